/* Sectors and kans op stage: what a list may say, and the stratum of a placement. */
#include "domain/chances.h"

#include "support/support.h"

#include <string.h>

#define HEAD "qualification;sector;region;chance\n"

static enum err read_list(const char *text, struct chances **out)
{
    struct problems problems;
    problems_init(&problems, "kans_op_stage.csv");
    enum err e = chances_read_bytes(text_of(text), &problems, out);
    problems_free(&problems);
    return e;
}

static void assert_stratum(const struct chances *chances, const char *qualification, const char *postcode,
                           const char *expected)
{
    char stratum[STRATUM_BYTES];
    chances_stratum(chances, qualification, postcode, stratum);
    ck_assert_str_eq(stratum, expected);
}

START_TEST(the_region_goes_before_the_country)
{
    struct chances *chances;
    ck_assert_int_eq(read_list(HEAD "25655;zorg;;4\n25655;zorg;35;3\n25998;ict;10;2\n", &chances), ERR_OK);
    ck_assert_uint_eq(chances_count(chances), 3);
    assert_stratum(chances, "25655", "3511", "zorg/35/3");
    assert_stratum(chances, "25655", "9711", "zorg/97/4");
    assert_stratum(chances, "25998", "1011", "ict/10/2");
    assert_stratum(chances, "25998", "3511", "ict/35/0"); /* the sector is known, the chance is not */
    assert_stratum(chances, "12345", "3511", "overig/35/0");
    assert_stratum(chances, "", "", "overig//0");
    assert_stratum(NULL, "25655", "3511", "overig/35/0");
    chances_free(chances);
}
END_TEST

START_TEST(what_is_wrong_is_refused)
{
    static const char *const bad[] = {
        HEAD "2565;zorg;;4\n",
        HEAD "2565a;zorg;;4\n",
        HEAD "25655;;;4\n",
        HEAD "25655;Zorg;;4\n",
        HEAD "25655;zo/rg;;4\n",
        HEAD "25655;abcdefghijklmnopqrstuvwxyz;;4\n",
        HEAD "25655;zorg;3;4\n",
        HEAD "25655;zorg;351;4\n",
        HEAD "25655;zorg;ab;4\n",
        HEAD "25655;zorg;;0\n",
        HEAD "25655;zorg;;6\n",
        HEAD "25655;zorg;;\n",
        HEAD "25655;zorg;;4\n25655;zorg;;3\n",
        HEAD "25655;zorg;;4\n25655;ict;35;3\n",
        "qualification;sector;region\n25655;zorg;35\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct chances *chances = NULL;
        ck_assert_msg(read_list(bad[i], &chances) == ERR_INPUT, "%s", bad[i]);
        ck_assert_ptr_null(chances);
    }
}
END_TEST

START_TEST(an_empty_list_knows_nothing)
{
    struct chances *chances;
    ck_assert_int_eq(read_list(HEAD, &chances), ERR_OK);
    assert_stratum(chances, "25655", "3511", "overig/35/0");
    chances_free(chances);
}
END_TEST

RUN_TESTS("domain/chances", the_region_goes_before_the_country, what_is_wrong_is_refused, an_empty_list_knows_nothing)
