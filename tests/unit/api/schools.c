#include "api/schools.h"

#include "support/support.h"

static const char *const some[] = {"00AA", "04FO", "25LX", "25LX00"};

START_TEST(a_list_is_looked_in)
{
    static const char *const present[] = {"00AA", "04FO", "25LX", "25LX00"};
    static const char *const absent[] = {"", "00A", "00AB", "25LX0", "25LX01", "99ZZ", "04fo"};
    for (size_t i = 0; i < 4; i++) {
        ck_assert(schools_have(some, 4, present[i]));
        ck_assert_uint_eq(schools_position(some, 4, present[i]), i);
        ck_assert(!schools_have(some, i, present[i])); /* it is not in the part before it */
    }
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        ck_assert(!schools_have(some, 4, absent[i]));
    ck_assert(!schools_have(NULL, 0, "25LX"));
    ck_assert_uint_eq(schools_position(some, 4, "25LX0"), 3);
    ck_assert_uint_eq(schools_position(some, 4, "99ZZ"), 4);
}
END_TEST

START_TEST(each_school_is_there_once_in_ascending_order)
{
    static const char *const twice[] = {"00AA", "00AA"}, *const falling[] = {"04FO", "00AA"};
    ck_assert(schools_ascend(some, 4));
    ck_assert(schools_ascend(some, 1));
    ck_assert(schools_ascend(NULL, 0));
    ck_assert(!schools_ascend(twice, 2));
    ck_assert(!schools_ascend(falling, 2));
}
END_TEST

RUN_TESTS("api/schools", a_list_is_looked_in, each_school_is_there_once_in_ascending_order)
