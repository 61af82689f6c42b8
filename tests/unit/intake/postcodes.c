#include "fixture.h"

static struct postcodes *table;
static struct problems problems;

static void close_table(void)
{
    free(table);
    table = NULL;
    problems_free(&problems);
    buf_free(&shown);
}

static enum err read_table(const char *bytes)
{
    close_table();
    table = malloc(sizeof *table);
    ck_assert_ptr_nonnull(table);
    problems_init(&problems, "PC4");
    buf_init(&shown, 1 << 20);
    return postcodes_read(temporary_file(bytes, strlen(bytes)), table, &problems);
}

START_TEST(a_full_table_gives_points_and_means_of_neighbours)
{
    struct point point;
    ck_assert_int_eq(
        read_table("pc4,lat,lon\n1012,52.37,4.89\n1013,52.39,4.87\n1017,52.38,4.9\n2000,50,3\n9999,54,8\n"), ERR_OK);
    ck_assert(!table->coarse);
    ck_assert_uint_eq(table->count, 5);
    ck_assert_int_eq(postcodes_find(table, 1012, &point), POSTCODE_TABLE);
    ck_assert_double_eq(point.lat, 52.37);
    ck_assert_double_eq(point.lon, 4.89);
    ck_assert_int_eq(postcodes_find(table, 1010, &point), POSTCODE_MEAN);
    ck_assert_double_eq_tol(point.lat, (52.37 + 52.39 + 52.38) / 3, 1e-12);
    ck_assert_double_eq_tol(point.lon, (4.89 + 4.87 + 4.9) / 3, 1e-12);
    ck_assert_int_eq(postcodes_find(table, 1019, &point), POSTCODE_MEAN);
    ck_assert_int_eq(postcodes_find(table, 1009, &point), POSTCODE_NONE); /* near, but 100 and not 101 */
    ck_assert_int_eq(postcodes_find(table, 1020, &point), POSTCODE_NONE);
    ck_assert_int_eq(postcodes_find(table, 9990, &point), POSTCODE_MEAN);
    ck_assert_int_eq(postcodes_find(table, 1000, &point), POSTCODE_NONE);
    close_table();
}
END_TEST

START_TEST(a_coarse_table_gives_the_point_of_the_region)
{
    struct point point;
    ck_assert_int_eq(read_table("pc4;lat;lon\n1012;52.37;4.89\n10;52.3;4.8\n99;53.3;6.8\n1112;52.1;4.1\n"), ERR_OK);
    ck_assert(table->coarse);
    ck_assert_uint_eq(table->count, 2);
    ck_assert_int_eq(postcodes_find(table, 1012, &point), POSTCODE_TABLE);
    ck_assert_double_eq(point.lat, 52.37);
    ck_assert_int_eq(postcodes_find(table, 1013, &point), POSTCODE_REGION);
    ck_assert_double_eq(point.lat, 52.3);
    ck_assert_double_eq(point.lon, 4.8);
    ck_assert_int_eq(postcodes_find(table, 9999, &point), POSTCODE_REGION);
    ck_assert_int_eq(postcodes_find(table, 1113, &point), POSTCODE_NONE); /* no region 11, and no mean either */
    close_table();
}
END_TEST

START_TEST(a_round_s_own_copy_keeps_the_mark_of_coarse)
{
    ck_assert_int_eq(read_table("pc4,lat,lon,soort\n1012,52.37,4.89,\n1013,52.37,4.89,gemiddelde\n"), ERR_OK);
    ck_assert(!table->coarse);
    ck_assert_int_eq(read_table("pc4,lat,lon,soort\n1012,52.37,4.89,\n1013,52.37,4.89,benadering\n"), ERR_OK);
    ck_assert(table->coarse);
    close_table();
}
END_TEST

START_TEST(other_columns_are_passed_over)
{
    ck_assert_int_eq(read_table("naam;LON;plaats;PC4;plaats;lat\nx;4.89;y;1012;z;52.37\n"), ERR_OK);
    ck_assert(table->known[1012]);
    ck_assert_double_eq(table->points[1012].lat, 52.37);
    ck_assert_double_eq(table->points[1012].lon, 4.89);
    close_table();
}
END_TEST

START_TEST(each_wrong_row_is_a_problem_in_its_place)
{
    static const struct {
        const char *rows, *expected;
    } cases[] = {
        {"0999,52,5", "pc4.code@2:pc4"},
        {"10000,52,5", "pc4.code@2:pc4"},
        {"101,52,5", "pc4.code@2:pc4"},
        {"1,52,5", "pc4.code@2:pc4"},
        {"09,52,5", "pc4.code@2:pc4"},
        {"1012 AB,52,5", "pc4.code@2:pc4"},
        {",52,5", "pc4.code@2:pc4"},
        {"1012,49.999,5", "pc4.coordinate@2:lat"},
        {"1012,54.001,5", "pc4.coordinate@2:lat"},
        {"1012,52,2.999", "pc4.coordinate@2:lon"},
        {"1012,52,8.001", "pc4.coordinate@2:lon"},
        {"1012,,5", "pc4.coordinate@2:lat"},
        {"1012,nan,5", "pc4.coordinate@2:lat"},
        {"1012,52N,5", "pc4.coordinate@2:lat"},
        {"1012,\"52,1\",5", "pc4.coordinate@2:lat"},
        {"1012,0x34,5", "pc4.coordinate@2:lat"},
        {"1012,inf,1e999", "pc4.coordinate@2:lat pc4.coordinate@2:lon"},
        {"x,y,z", "pc4.code@2:pc4 pc4.coordinate@2:lat pc4.coordinate@2:lon"},
        {"1012,4.89,52.37", "pc4.coordinate@2:lat pc4.coordinate@2:lon"}, /* exchanged */
        {"1012,52,5\n1013,52,5\n1012,52,5", "pc4.duplicate@4:pc4"},
        {"10,52,5\n10,52,5", "pc4.duplicate@3:pc4"},
        {"1012,52", "row.fields@2:/2, header 3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char file[200];
        snprintf(file, sizeof file, "pc4,lat,lon\n%s\n", cases[i].rows);
        ck_assert_msg(read_table(file) == ERR_INPUT, "%s", cases[i].rows);
        ck_assert_msg(strcmp(listed(&problems), cases[i].expected) == 0, "%s: %s", cases[i].rows, listed(&problems));
        close_table();
    }
}
END_TEST

START_TEST(the_columns_and_the_file_must_be_there)
{
    ck_assert_int_eq(read_table("pc4,latitude,lon\n1012,52,5\n"), ERR_INPUT);
    ck_assert_str_eq(listed(&problems), "column.missing@1:lat");
    ck_assert_int_eq(read_table(""), ERR_INPUT);
    ck_assert_str_eq(listed(&problems), "file.empty@0:");
    problems_free(&problems);
    ck_assert_int_eq(postcodes_read("/nonexistent/pc4.csv", table, &problems), ERR_INPUT);
    ck_assert_uint_eq(problems.total, 1);
    close_table();
}
END_TEST

START_TEST(a_postcode_is_full_or_its_four_digits)
{
    static const char *const good[] = {"1012 AB", "1012AB", "1012"};
    static const char *const bad[] = {"",        "1",        "101",    "0999",     "10123",   "1012 ",
                                      " 1012",   "1012A",    "1012 A", "1012  AB", "1012 A1", "1012 1A",
                                      "1012-AB", "1012 ABC", "AB1012", "10a2",     "+101"};
    uint32_t pc4 = 7;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(postcode_parse(text_of(bad[i]), &pc4) == ERR_RANGE, "%s", bad[i]);
    ck_assert_uint_eq(pc4, 7);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        pc4 = 0;
        ck_assert_int_eq(postcode_parse(text_of(good[i]), &pc4), ERR_OK);
        ck_assert_uint_eq(pc4, 1012);
    }
    ck_assert_int_eq(postcode_parse(text_of("1000"), &pc4), ERR_OK);
    ck_assert_int_eq(postcode_parse(text_of("9999 ZZ"), &pc4), ERR_OK);
    ck_assert_uint_eq(pc4, 9999);
}
END_TEST

START_TEST(the_table_of_the_repository_is_coarse_and_whole)
{
    char path[4096];
    const char *source = getenv("STAGEMATCH_SOURCE");
    struct point point;
    ck_assert_ptr_nonnull(source);
    snprintf(path, sizeof path, "%s/config/pc4.csv", source);
    ck_assert_int_eq(read_table("pc4,lat,lon\n"), ERR_OK);
    ck_assert_int_eq(postcodes_read(path, table, &problems), ERR_OK);
    ck_assert(table->coarse);
    for (uint32_t pc4 = PC4_MIN; pc4 <= PC4_MAX; pc4++)
        ck_assert_msg(postcodes_find(table, pc4, &point) != POSTCODE_NONE, "%u", pc4);
    close_table();
}
END_TEST

RUN_TESTS("intake/postcodes", a_full_table_gives_points_and_means_of_neighbours,
          a_coarse_table_gives_the_point_of_the_region, a_round_s_own_copy_keeps_the_mark_of_coarse,
          other_columns_are_passed_over, each_wrong_row_is_a_problem_in_its_place,
          the_columns_and_the_file_must_be_there, a_postcode_is_full_or_its_four_digits,
          the_table_of_the_repository_is_coarse_and_whole)
