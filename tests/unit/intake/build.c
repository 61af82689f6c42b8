#include "fixture.h"

#define STUDENTS "school;studentnummer;postcode;opleiding;leerweg;leerjaar;van;tot;uren;voorkeuren;uitsluiten\n"
#define PLACEMENTS "leerbedrijf;leerplaats;bedrijfsnaam;kvk;postcode;opleidingen;leerweg;plaatsen;van;tot;uren\n"
#define PLACEMENT(key) key ";N;12345678;3511;25655;BOL;1;2027-01-01;2027-12-31;40\n"

/* In canonical order: A1/stage-1, A1/stage-2, B2/stage-1, B2/uniek, C3/A1. */
static const char five_placements[] = PLACEMENTS PLACEMENT("C3;A1") PLACEMENT("B2;stage-1") PLACEMENT("A1;stage-2")
    PLACEMENT("B2;uniek") PLACEMENT("A1;stage-1");

/* "0 3 1": a span of the pool. */
static const char *span_text(const uint32_t *pool, struct span span)
{
    static char text[1000];
    size_t at = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < span.count; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%u", i ? " " : "", pool[span.at + i]);
    return text;
}

static void build_one_student(const char *wishes, const char *exclusions)
{
    char file[1000];
    snprintf(file, sizeof file, STUDENTS "25PT;1;1012;25655;BOL;1;2027-02-01;2027-06-30;32;%s;%s\n", wishes,
             exclusions);
    fixture_open(NULL);
    ck_assert_int_eq(read_placements(five_placements), ERR_OK);
    ck_assert_int_eq(read_students(file), ERR_OK);
    ck_assert_int_eq(intake_build(intake, &students, &placements), ERR_OK);
    ck_assert_uint_eq(intake->market.placement_count, 5);
    ck_assert_uint_eq(intake->market.student_count, 1);
}

START_TEST(wishes_name_placements_whole_or_where_it_is_unambiguous_bare)
{
    static const struct {
        const char *written, *resolved, *notices;
    } cases[] = {
        {"", "", ""},
        {"A1/stage-1", "0", ""},
        {"uniek", "3", ""},
        {"B2/uniek>A1/stage-2>C3/A1", "3 1 4", ""},
        {" A1/stage-1 > uniek ", "0 3", ""},
        {"A1", "4", ""}, /* the leerplaats of that name, not the leerbedrijf */
        {"stage-1", "", "wish.ambiguous@2:voorkeuren"},
        {"niets", "", "wish.unknown@2:voorkeuren"},
        {"B2", "", "wish.unknown@2:voorkeuren"}, /* a leerbedrijf is no placement */
        {"A1/niets", "", "wish.unknown@2:voorkeuren"},
        {"X9/stage-1", "", "wish.unknown@2:voorkeuren"},
        {"a1/stage-1", "", "wish.unknown@2:voorkeuren"}, /* codes are case-sensitive */
        {"niets>uniek>stage-1>A1/stage-1", "3 0", "wish.unknown@2:voorkeuren wish.ambiguous@2:voorkeuren"},
        /* Named by both forms it counts once, where it stands first. */
        {"B2/uniek>uniek", "3", ""},
        {"uniek>A1/stage-2>B2/uniek", "3 1", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        build_one_student(cases[i].written, "");
        const char *got = span_text(intake->market.wishes, intake->market.students[0].wishes);
        ck_assert_msg(strcmp(got, cases[i].resolved) == 0, "'%s': %s", cases[i].written, got);
        ck_assert_str_eq(listed(&students.notices), cases[i].notices);
        ck_assert_uint_eq(students.problems.total, 0);
        fixture_close();
    }
}
END_TEST

static int compare_numbers(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

START_TEST(exclusions_name_placements_and_companies)
{
    static const struct {
        const char *written, *resolved, *notices;
    } cases[] = {
        {"B2/uniek", "3", ""},
        {"uniek", "3", ""},
        {"B2", "2 3", ""},
        {"stage-1", "0 2", ""}, /* every placement of that name */
        {"A1", "0 1 4", ""},    /* the leerbedrijf's, and the placement of that name */
        {"B2|B2/uniek|uniek", "2 3", ""},
        {"A1/stage-2|uniek", "1 3", ""},
        {"niets", "", "exclusion.unknown@2:uitsluiten"},
        {"X9/stage-1|B2/stage-1", "2", "exclusion.unknown@2:uitsluiten"},
        {"b2", "", "exclusion.unknown@2:uitsluiten"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        build_one_student("", cases[i].written);
        struct span span = intake->market.students[0].exclusions;
        if (span.count)
            qsort(intake->market.exclusions + span.at, span.count, sizeof(uint32_t), compare_numbers);
        const char *got = span_text(intake->market.exclusions, span);
        ck_assert_msg(strcmp(got, cases[i].resolved) == 0, "'%s': %s", cases[i].written, got);
        ck_assert_str_eq(listed(&students.notices), cases[i].notices);
        fixture_close();
    }
}
END_TEST

START_TEST(each_student_gets_their_own_names)
{
    fixture_open(NULL);
    ck_assert_int_eq(read_students(STUDENTS "25PT;2;1012;25655;BOL;1;2027-02-01;2027-06-30;32;uniek;A1/stage-1\n"
                                            "25PT;3;1012;25655;BOL;1;2027-02-01;2027-06-30;32;;\n"
                                            "25PT;1;1012;25655;BOL;1;2027-02-01;2027-06-30;32;A1/stage-2>uniek;B2\n"),
                     ERR_OK);
    ck_assert_int_eq(read_placements(five_placements), ERR_OK);
    ck_assert_int_eq(intake_build(intake, &students, &placements), ERR_OK);
    const struct market *market = &intake->market;
    static const char *const wishes[] = {"1 3", "3", ""}, *const exclusions[] = {"2 3", "0", ""};
    for (size_t s = 0; s < 3; s++) {
        ck_assert_str_eq(span_text(market->wishes, market->students[s].wishes), wishes[s]);
        ck_assert_str_eq(span_text(market->exclusions, market->students[s].exclusions), exclusions[s]);
    }
    fixture_close();
}
END_TEST

#define STUDENT(key) key ";1012;25655;BOL;1;2027-12-31;32;;\n"
#define KEYED "school;studentnummer;van;postcode;opleiding;leerweg;leerjaar;tot;uren;voorkeuren;uitsluiten\n"

START_TEST(a_duplicate_names_the_first_line)
{
    fixture_open(NULL);
    ck_assert_int_eq(read_students(KEYED STUDENT("25PT;1;2027-02-01") /* 2 */
                                   STUDENT("25PT;2;2027-02-01")       /* 3 */
                                   "\n"                               /* 4 */
                                   STUDENT("25PT;1;1-2-2027")         /* 5: the same day */
                                   STUDENT("25PT;1;2027-03-01")       /* 6: another period */
                                   STUDENT("99AA;1;2027-02-01")       /* 7: another school */
                                   STUDENT("25PT;1;01-02-2027")       /* 8: the third of them */
                                   STUDENT("25PT;a;2027-02-01")       /* 9 */
                                   STUDENT("25PT;A;2027-02-01")),     /* 10: another case */
                     ERR_OK);
    ck_assert_int_eq(read_placements(PLACEMENTS PLACEMENT("B;p") PLACEMENT("A;p") PLACEMENT("B;q") PLACEMENT("B;p")
                                         PLACEMENT("b;p") PLACEMENT("B;p")),
                     ERR_OK);
    ck_assert_int_eq(intake_build(intake, &students, &placements), ERR_INPUT);
    ck_assert_str_eq(listed(&students.problems), "row.duplicate@5:studentnummer/2 "
                                                 "row.duplicate@8:studentnummer/2");
    ck_assert_str_eq(listed(&placements.problems), "row.duplicate@5:leerplaats/2 row.duplicate@7:leerplaats/2");
    fixture_close();
}
END_TEST

START_TEST(nothing_is_built_from_a_file_with_an_error)
{
    fixture_open(NULL);
    ck_assert_int_eq(
        read_students(KEYED STUDENT("25PT;1;2027-02-01") STUDENT("25PT;1;2027-02-01") STUDENT("wrong;2;2027-02-01")),
        ERR_INPUT);
    ck_assert_int_eq(read_placements(five_placements), ERR_OK);
    ck_assert_int_eq(intake_build(intake, &students, &placements), ERR_INPUT);
    ck_assert_str_eq(listed(&students.problems), "value.brin@4:school row.duplicate@3:studentnummer/2");
    ck_assert_uint_eq(intake->market.student_count, 0);
    ck_assert_uint_eq(intake->market.placement_count, 0);
    fixture_close();
}
END_TEST

START_TEST(empty_files_make_an_empty_market)
{
    fixture_open(NULL);
    ck_assert_int_eq(read_students(STUDENTS), ERR_OK);
    ck_assert_int_eq(read_placements(PLACEMENTS), ERR_OK);
    ck_assert_int_eq(intake_build(intake, &students, &placements), ERR_OK);
    ck_assert_int_eq(intake_draw(intake, (const uint8_t[SEED_BYTES]){0}, 1), ERR_OK);
    ck_assert_uint_eq(intake->market.student_count, 0);
    fixture_close();
}
END_TEST

/* The keys of the market in its order. */
static const char *order_of(const char *student_rows, const char *placement_rows, bool students_first)
{
    static char text[1000];
    char student_file[1000], placement_file[1000];
    size_t at = 0;
    snprintf(student_file, sizeof student_file, KEYED "%s", student_rows);
    snprintf(placement_file, sizeof placement_file, PLACEMENTS "%s", placement_rows);
    fixture_open(NULL);
    if (students_first)
        ck_assert_int_eq(read_students(student_file), ERR_OK);
    ck_assert_int_eq(read_placements(placement_file), ERR_OK);
    if (!students_first)
        ck_assert_int_eq(read_students(student_file), ERR_OK);
    ck_assert_int_eq(intake_build(intake, &students, &placements), ERR_OK);
    for (size_t s = 0; s < intake->student_count; s++) {
        const struct student_row *row = &intake->students[s];
        ck_assert_int_eq(intake->market.students[s].from, row->profile.from);
        at += (size_t)snprintf(text + at, sizeof text - at, "%s.%s.%d ",
                               intern_text(&intake->schools, row->school).data, row->number.data, row->profile.from);
    }
    for (size_t p = 0; p < intake->placement_count; p++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s/%s ", intake->placements[p].leerbedrijf.data,
                               intake->placements[p].leerplaats.data);
    fixture_close();
    return text;
}

START_TEST(the_order_of_rows_and_files_does_not_matter)
{
    /* Bytewise: digits, capitals, small letters; a prefix first; 2027-02-01 is day 20850. */
    static const char expected[] = "25PT.10.20850 25PT.2.20850 25PT.2.20881 25PT.A.20850 25PT.a.20850 99AA.1.20850 "
                                   "A/p A/p1 B/a a/p ";
    ck_assert_str_eq(order_of(STUDENT("25PT;a;2027-02-01") STUDENT("99AA;1;2027-02-01") STUDENT("25PT;2;2027-03-04")
                                  STUDENT("25PT;10;2027-02-01") STUDENT("25PT;A;2027-02-01")
                                      STUDENT("25PT;2;2027-02-01"),
                              PLACEMENT("a;p") PLACEMENT("A;p1") PLACEMENT("B;a") PLACEMENT("A;p"), true),
                     expected);
    ck_assert_str_eq(order_of(STUDENT("25PT;2;1-2-2027") STUDENT("25PT;A;2027-02-01") STUDENT("25PT;10;2027-02-01")
                                  STUDENT("25PT;2;4-3-2027") STUDENT("25PT;a;2027-02-01")
                                      STUDENT("99AA;1;2027-02-01"),
                              PLACEMENT("A;p") PLACEMENT("B;a") PLACEMENT("A;p1") PLACEMENT("a;p"), false),
                     expected);
}
END_TEST

START_TEST(one_postcode_has_one_point)
{
    fixture_open(NULL);
    ck_assert_int_eq(read_students(KEYED STUDENT("25PT;1;2027-02-01") STUDENT("25PT;2;2027-02-01")), ERR_OK);
    ck_assert_int_eq(read_placements(five_placements), ERR_OK);
    ck_assert_int_eq(intake_build(intake, &students, &placements), ERR_OK);
    const struct market *market = &intake->market;
    ck_assert_uint_eq(market->point_count, 2); /* 1012 and 3511 */
    ck_assert_uint_eq(market->students[0].point, market->students[1].point);
    ck_assert_double_eq(market->points[market->students[0].point].lat, 52.374);
    for (size_t p = 0; p < 5; p++)
        ck_assert_double_eq(market->points[market->placements[p].point].lat, 52.092);
    fixture_close();
}
END_TEST

RUN_TESTS("intake/intake", wishes_name_placements_whole_or_where_it_is_unambiguous_bare,
          exclusions_name_placements_and_companies, each_student_gets_their_own_names,
          a_duplicate_names_the_first_line, nothing_is_built_from_a_file_with_an_error,
          empty_files_make_an_empty_market, the_order_of_rows_and_files_does_not_matter, one_postcode_has_one_point)
