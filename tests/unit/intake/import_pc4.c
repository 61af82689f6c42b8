#include "intake/import_pc4.h"

#include "fixture.h"

static struct postcodes *table;
static struct import_pc4_counts counts;
static struct problems problems;

static void close_table(void)
{
    free(table);
    table = NULL;
    problems_free(&problems);
    buf_free(&shown);
}

static enum err import(const char *path)
{
    close_table();
    table = malloc(sizeof *table);
    ck_assert_ptr_nonnull(table);
    problems_init(&problems, "FILE");
    buf_init(&shown, 1 << 20);
    return import_pc4_read(path, table, &counts, &problems);
}

static enum err import_bytes(const char *bytes)
{
    return import(temporary_file(bytes, strlen(bytes)));
}

static void assert_point(uint32_t pc4, double lat, double lon, double tolerance)
{
    ck_assert_msg(table->known[pc4], "%u", pc4);
    ck_assert_double_eq_tol(table->points[pc4].lat, lat, tolerance);
    ck_assert_double_eq_tol(table->points[pc4].lon, lon, tolerance);
}

/* country, code, place, three pairs of regions, latitude, longitude, accuracy */
#define GEONAMES(country, code, lat, lon, accuracy)                                                                  \
    country "\t" code "\tPlaats\tProvincie\t07\tGemeente\t0363\t\t\t" lat "\t" lon "\t" accuracy "\n"

START_TEST(geonames_lines_are_read_and_other_countries_passed_over)
{
    ck_assert_int_eq(import_bytes(GEONAMES("BE", "1012", "50.85", "4.35", "6") GEONAMES(
                         "NL", "1012", "52.3735", "4.8951", "6") GEONAMES("NL", "1013", "52.3966", "4.8765", "")
                                      GEONAMES("DE", "1014", "52.39", "4.87", "6")),
                     ERR_OK);
    assert_point(1012, 52.3735, 4.8951, 1e-12);
    assert_point(1013, 52.3966, 4.8765, 1e-12);
    ck_assert(!table->known[1014]);
    ck_assert(!table->coarse);
    ck_assert_uint_eq(table->count, 2);
    ck_assert_uint_eq(counts.postcodes, 2);
    ck_assert_uint_eq(counts.rows, 2);
    ck_assert_uint_eq(counts.left_out, 0);
    close_table();
}
END_TEST

START_TEST(full_codes_crlf_and_lines_without_accuracy_are_geonames_too)
{
    ck_assert_int_eq(import_bytes("NL\t1012 AB\tA\tB\t07\tC\t0363\t\t\t52.3735\t4.8951\t6\r\n"
                                  "NL\t1013\tA\tB\t07\tC\t0363\t\t\t52.3966\t4.8765\r\n"),
                     ERR_OK);
    assert_point(1012, 52.3735, 4.8951, 1e-12);
    assert_point(1013, 52.3966, 4.8765, 1e-12);
    close_table();
}
END_TEST

START_TEST(of_several_rows_the_most_accurate_counts_and_of_these_the_first)
{
    ck_assert_int_eq(
        import_bytes(GEONAMES("NL", "1012", "52.1", "4.1", "1") GEONAMES("NL", "1012", "52.2", "4.2", "6")
                         GEONAMES("NL", "1012", "52.3", "4.3", "6") GEONAMES("NL", "1012", "52.4", "4.4", "4")
                             GEONAMES("NL", "1013", "52.25", "4.25", "") GEONAMES("NL", "1013", "52.2", "4.2", "1")
                                 GEONAMES("NL", "1014", "52.2", "4.2", "") GEONAMES("NL", "1014", "52.3", "4.3", "")),
        ERR_OK);
    assert_point(1012, 52.2, 4.2, 1e-12);
    assert_point(1013, 52.2, 4.2, 1e-12);
    assert_point(1014, 52.2, 4.2, 1e-12);
    ck_assert_uint_eq(counts.rows, 8);
    ck_assert_uint_eq(counts.postcodes, 3);
    close_table();
}
END_TEST

START_TEST(points_outside_the_country_and_codes_that_are_none_are_passed_over)
{
    ck_assert_int_eq(
        import_bytes(GEONAMES("NL", "1012", "52.37", "4.89", "6") GEONAMES("NL", "1013", "12.5", "-69", "6")
                         GEONAMES("NL", "0123", "52.37", "4.89", "6") GEONAMES("NL", "1014", "", "", "6")),
        ERR_OK);
    ck_assert_uint_eq(counts.postcodes, 1);
    close_table();
}
END_TEST

START_TEST(a_file_of_other_countries_alone_has_nothing_to_give)
{
    ck_assert_int_eq(import_bytes(GEONAMES("BE", "1012", "50.85", "4.35", "6")), ERR_INPUT);
    ck_assert_str_eq(listed(&problems), "import-pc4.none@0:");
    close_table();
}
END_TEST

#define AT(code, lat) GEONAMES("NL", code, lat, "5.0", "6")

START_TEST(a_point_far_from_its_region_is_a_slip_and_left_out)
{
    /* One degree of latitude is 6371.0088 * pi / 180 = 111.195 km: 0.3597 degrees are 39,997 m, 0.3598 are 40,008 m. */
    ck_assert_int_eq(import_bytes(AT("1010", "52.0") AT("1021", "52.0") AT("1032", "52.0") AT("1043", "52.0") AT(
                         "1054", "52.3597") AT("1055", "52.3598") GEONAMES("NL", "1066", "50.85", "5.69", "6")
                                      GEONAMES("NL", "6211", "50.85", "5.69", "6")), /* where it belongs */
                     ERR_OK);
    ck_assert(table->known[1054]);
    ck_assert(!table->known[1055]);
    ck_assert(!table->known[1066]);
    ck_assert(table->known[6211]);
    ck_assert_uint_eq(counts.rows, 8);
    ck_assert_uint_eq(counts.left_out, 2);
    ck_assert_uint_eq(counts.postcodes, 6);
    ck_assert_uint_eq(table->count, 6);
    close_table();
}
END_TEST

START_TEST(a_point_far_from_its_closer_neighbours_is_a_slip_where_there_are_four)
{
    /* 1025 lies 22 km from the middle of the region and 56 km from that of 102x. */
#define REGION AT("1010", "52.0") AT("1011", "52.0") AT("1012", "52.0") AT("1013", "52.0") AT("1014", "52.0")
    ck_assert_int_eq(import_bytes(REGION AT("1021", "52.3") AT("1022", "52.3") AT("1025", "51.8")), ERR_OK);
    ck_assert(table->known[1025]);
    ck_assert_int_eq(import_bytes(REGION AT("1021", "52.3") AT("1022", "52.3") AT("1023", "52.3") AT("1025", "51.8")),
                     ERR_OK);
    ck_assert(!table->known[1025]);
    ck_assert_uint_eq(counts.left_out, 1);
    struct point point;
    ck_assert_int_eq(postcodes_find(table, 1025, &point), POSTCODE_MEAN);
    ck_assert_double_eq_tol(point.lat, 52.3, 1e-9);
    close_table();
}
END_TEST

START_TEST(tables_with_degrees_are_read_under_any_of_their_names)
{
    static const char *const files[] = {
        "pc4,lat,lon\n1012,52.3735,4.8951\n",
        "PC4;naam;Latitude;Longitude\n1012;x;52.3735;4.8951\n",
        "lon;lat;postcode\r\n4.8951;52.3735;1012 AB\r\n",
        "postcode4,lat,lon\n1012,52.3735,4.8951\n",
        "\xef\xbb\xbfpc4,lat,lon\n1012,52.3735,4.8951\n1013,,\nx,52,5\n",
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        ck_assert_msg(import_bytes(files[i]) == ERR_OK, "%s", files[i]);
        assert_point(1012, 52.3735, 4.8951, 1e-12);
        ck_assert_uint_eq(counts.postcodes, 1);
        close_table();
    }
}
END_TEST

START_TEST(tables_in_rd_new_are_converted)
{
    /* The base point of the system, and the Westertoren in Amsterdam, as the geodetic registry publishes them. */
    ck_assert_int_eq(import_bytes("pc4;x;y\n3817;155000;463000\n1016;120700.723;487525.501\n1017;121687;487484\n"),
                     ERR_OK);
    assert_point(3817, 52.15517, 5.38721, 0.00001);
    assert_point(1016, 52.37453, 4.88352, 0.00001);
    assert_point(1017, 52.3744, 4.8979, 0.0003);
    close_table();
}
END_TEST

START_TEST(degrees_go_before_rd)
{
    ck_assert_int_eq(import_bytes("pc4;x;y;lat;lon\n1012;155000;463000;52.3735;4.8951\n1013;121687;487484;;\n"),
                     ERR_OK);
    assert_point(1012, 52.3735, 4.8951, 1e-12);
    ck_assert(table->known[1013]);
    close_table();
}
END_TEST

START_TEST(what_is_neither_kind_is_said)
{
    static const struct {
        const char *bytes, *expected;
    } cases[] = {
        {"a;b\n1;2\n", "import-pc4.kind@0:"},
        {"pc4;inwoners\n1012;8545\n", "import-pc4.kind@0:"},
        {"pc4,lat,lon\n", "import-pc4.kind@0:"},
        {"NL\t1012\tto few cells\n", "import-pc4.kind@0:"},
        {"", "file.empty@0:"},
        {"pc4,lat,lon,pc4\n1012,52,5,1012\n", "column.duplicate@1:pc4"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_msg(import_bytes(cases[i].bytes) == ERR_INPUT, "%s", cases[i].bytes);
        ck_assert_str_eq(listed(&problems), cases[i].expected);
        close_table();
    }
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_said)
{
    static const char *const paths[] = {"/nonexistent/NL.txt", "/tmp"};
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(import(paths[i]), ERR_INPUT);
        ck_assert_uint_eq(problems.total, 1);
        ck_assert_str_eq(problems.list[0].kind->code, "file.unreadable");
        ck_assert_str_ne(problems.list[0].detail, "");
        close_table();
    }
}
END_TEST

START_TEST(every_failed_allocation_is_answered)
{
    bool failed = true;
    unsigned tries = 0;
    for (uint64_t nth = 1; failed; nth++, tries++) {
        static const char bytes[] = "pc4,lat,lon\n1012,52.3735,4.8951\n";
        const char *path = temporary_file(bytes, sizeof bytes - 1);
        close_table();
        table = malloc(sizeof *table);
        ck_assert_ptr_nonnull(table);
        problems_init(&problems, "FILE");
        mem_fail_at(nth);
        enum err e = import_pc4_read(path, table, &counts, &problems);
        failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
    }
    ck_assert_uint_gt(tries, 3);
    close_table();
}
END_TEST

START_TEST(the_shared_table_comes_through_whole)
{
    const char *path = shared_path("data/pc4.csv");
    if (!path)
        return;
    ck_assert_int_eq(import(path), ERR_OK);
    ck_assert_uint_eq(counts.rows, 4067); /* as its README counts */
    ck_assert_uint_eq(counts.postcodes + counts.left_out, 4067);
    assert_point(1012, 52.3746, 4.8960, 0.0001);
    close_table();
}
END_TEST

RUN_TESTS("intake/import_pc4", geonames_lines_are_read_and_other_countries_passed_over,
          full_codes_crlf_and_lines_without_accuracy_are_geonames_too,
          of_several_rows_the_most_accurate_counts_and_of_these_the_first,
          points_outside_the_country_and_codes_that_are_none_are_passed_over,
          a_file_of_other_countries_alone_has_nothing_to_give, a_point_far_from_its_region_is_a_slip_and_left_out,
          a_point_far_from_its_closer_neighbours_is_a_slip_where_there_are_four,
          tables_with_degrees_are_read_under_any_of_their_names, tables_in_rd_new_are_converted, degrees_go_before_rd,
          what_is_neither_kind_is_said, a_file_that_cannot_be_read_is_said, every_failed_allocation_is_answered,
          the_shared_table_comes_through_whole)
