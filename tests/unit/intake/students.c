#include "fixture.h"

static const struct cell good[] = {
    {"school", "25PT"},          {"studentnummer", "S-1001"},
    {"voornaam", "Noor"},        {"tussenvoegsel", "de"},
    {"achternaam", "Vries"},     {"geboortedatum", "2008-05-04"},
    {"geslacht", "v"},           {"email", "n@example.org"},
    {"telefoon", "0612345678"},  {"postcode", "1012 AB"},
    {"opleiding", "25655"},      {"leerweg", "BOL"},
    {"leerjaar", "2"},           {"van", "2027-02-01"},
    {"tot", "2027-06-30"},       {"uren", "32"},
    {"dagen", "ma wo zo"},       {"max_km", "25"},
    {"vaardigheden", "a=1|b=5"}, {"tags", "t1|t2"},
    {"uitsluiten", "x|b/c"},     {"voorkeuren", "p>b/q"},
};
enum { COLUMN_COUNT = sizeof good / sizeof good[0] };

#define CODE_32 "abcdefghijklmnopqrstuvwxyz012345"
#define CODE_64 CODE_32 CODE_32

static const struct {
    const char *column, *value, *code;
} refused[] = {
    {"school", "", "value.required"},
    {"school", "25P", "value.brin"},
    {"school", "25pt", "value.brin"},
    {"school", "2APT", "value.brin"},
    {"school", "25PTX", "value.brin"},
    {"school", "25P1", "value.brin"},
    {"studentnummer", "", "value.required"},
    {"studentnummer", "12 34", "value.code"},
    {"studentnummer", "Ren\xc3\xa9", "value.code"},
    {"studentnummer", "a/bcd", "value.code"},
    {"studentnummer", CODE_32 "x", "value.code"},
    {"postcode", "", "value.required"},
    {"postcode", "1013A", "value.postcode"},
    {"postcode", "1013 A", "value.postcode"},
    {"postcode", "1013  AB", "value.postcode"},
    {"postcode", "1013-AB", "value.postcode"},
    {"postcode", "1013 ABC", "value.postcode"},
    {"postcode", "1013 A1", "value.postcode"},
    {"postcode", "0999 AB", "value.postcode"},
    {"postcode", "101", "value.postcode"},
    {"postcode", "10133", "value.postcode"},
    {"postcode", "9999 XY", "postcode.unknown"},
    {"opleiding", "", "value.required"},
    {"opleiding", "2565", "value.opleiding"},
    {"opleiding", "256551", "value.opleiding"},
    {"opleiding", "2565x", "value.opleiding"},
    {"opleiding", "25655 25656", "value.opleiding"},
    {"leerweg", "", "value.required"},
    {"leerweg", "MBOX", "value.leerweg"},
    {"leerweg", "BOLBBL", "value.leerweg"},
    {"leerjaar", "", "value.required"},
    {"leerjaar", "0", "value.leerjaar"},
    {"leerjaar", "9", "value.leerjaar"},
    {"leerjaar", "2.00", "value.leerjaar"},
    {"van", "", "value.required"},
    {"van", "2027-02-30", "value.date"},
    {"van", "1/2/2027", "value.date"},
    {"van", "1-2-27", "value.date"},
    {"van", "2027-2-01", "value.date"},
    {"tot", "", "value.required"},
    {"tot", "31-6-2027", "value.date"},
    {"tot", "June", "value.date"},
    {"uren", "", "value.required"},
    {"uren", "0", "value.uren"},
    {"uren", "41", "value.uren"},
    {"uren", "32,5", "value.uren"},
    {"uren", "0032", "value.uren"},
    {"dagen", "maandag", "value.dagen"},
    {"dagen", "ma,di", "value.dagen"},
    {"dagen", "ma|di", "value.dagen"},
    {"dagen", "ma  di", "value.dagen"},
    {"dagen", "ma di ma", "value.duplicate"},
    {"max_km", "0", "value.max-km"},
    {"max_km", "301", "value.max-km"},
    {"max_km", "40km", "value.max-km"},
    {"max_km", "2,50", "value.max-km"},
    {"vaardigheden", "rekenen", "value.vaardigheden"},
    {"vaardigheden", "rekenen=6", "value.vaardigheden"},
    {"vaardigheden", "rekenen=-1", "value.vaardigheden"},
    {"vaardigheden", "rekenen=", "value.vaardigheden"},
    {"vaardigheden", "rekenen=05", "value.vaardigheden"},
    {"vaardigheden", "rekenen>=3", "value.vaardigheden"},
    {"vaardigheden", "=3", "value.vaardigheden"},
    {"vaardigheden", "re kenen=3", "value.vaardigheden"},
    {"vaardigheden", CODE_32 "x=3", "value.vaardigheden"},
    {"vaardigheden", "taal=1|", "value.vaardigheden"},
    {"vaardigheden", "|taal=1", "value.vaardigheden"},
    {"vaardigheden", "taal=1||zorg=2", "value.vaardigheden"},
    {"vaardigheden", "taal=1,zorg=2", "value.vaardigheden"},
    {"vaardigheden", "taal=1|zorg=2|taal=1", "value.duplicate"},
    {"tags", "groen||rood", "value.tags"},
    {"tags", "groen|", "value.tags"},
    {"tags", "groen rood", "value.tags"},
    {"tags", "groen|rood|groen", "value.duplicate"},
    {"uitsluiten", "plek||plaats", "value.plaatsnamen"},
    {"uitsluiten", "bedrijf/plek/1", "value.plaatsnamen"},
    {"uitsluiten", "firma/", "value.plaatsnamen"},
    {"uitsluiten", "/plek", "value.plaatsnamen"},
    {"uitsluiten", "plek>plaats", "value.plaatsnamen"},
    {"uitsluiten", "abcdefghijklmnopqrstu/plek", "value.plaatsnamen"}, /* 21 for a leerbedrijf */
    {"uitsluiten", "bedrijf/" CODE_64 "x", "value.plaatsnamen"},
    {"uitsluiten", "plek|bedrijf/plek|plek", "value.duplicate"},
    {"voorkeuren", "plek>>plaats", "value.plaatsnamen"},
    {"voorkeuren", "plek>", "value.plaatsnamen"},
    {"voorkeuren", "plek|plaats", "value.plaatsnamen"},
    {"voorkeuren", CODE_64 "x", "value.plaatsnamen"},
    {"voorkeuren", "plek>plaats>plek", "value.duplicate"},
};

static void read_with(const char *column, const char *value, enum err expected)
{
    struct buf file;
    buf_init(&file, 1 << 20);
    fixture_open(NULL);
    put_one_row(&file, good, COLUMN_COUNT, column, value);
    enum err e = read_students(file.data);
    ck_assert_msg(e == expected, "%s = '%s': %s, %s", column ? column : "", value ? value : "(absent)", err_text(e),
                  listed(&students.problems));
    buf_free(&file);
}

START_TEST(each_value_that_breaks_a_rule_is_one_problem_in_its_place)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        char expected[100];
        snprintf(expected, sizeof expected, "%s@2:%s", refused[i].code, refused[i].column);
        read_with(refused[i].column, refused[i].value, ERR_INPUT);
        ck_assert_msg(strcmp(listed(&students.problems), expected) == 0, "%s = '%s': %s", refused[i].column,
                      refused[i].value, listed(&students.problems));
        if (strlen(refused[i].value) >= 4) /* shorter ones stand in the messages by chance */
            assert_not_repeated(&students.problems, refused[i].value);
        ck_assert_int_eq(intake_build(intake, &students, &placements), ERR_INPUT); /* and so nothing is taken */
        fixture_close();
    }
}
END_TEST

START_TEST(lists_have_at_most_64_items)
{
    static const struct {
        const char *column, *suffix;
        char separator;
    } cases[] = {{"vaardigheden", "=3", '|'}, {"tags", "", '|'}, {"uitsluiten", "", '|'}, {"voorkeuren", "", '>'}};
    for (size_t i = 0; i < 4; i++) {
        char expected[100];
        read_with(cases[i].column, many("c", cases[i].suffix, cases[i].separator, 64), ERR_OK);
        ck_assert_uint_eq(intake->student_count, 1);
        fixture_close();
        snprintf(expected, sizeof expected, "value.too-many@2:%s", cases[i].column);
        read_with(cases[i].column, many("c", cases[i].suffix, cases[i].separator, 65), ERR_INPUT);
        ck_assert_str_eq(listed(&students.problems), expected);
        fixture_close();
    }
}
END_TEST

START_TEST(values_at_the_edge_of_a_rule_are_taken)
{
    static const struct cell taken[] = {
        {"studentnummer", CODE_32},
        {"studentnummer", "a.B_c-9"},
        {"postcode", "1012"},
        {"postcode", "1012AB"},
        {"leerjaar", "1"},
        {"leerjaar", "8"},
        {"uren", "1"},
        {"uren", "40"},
        {"max_km", "1"},
        {"max_km", "300"},
        {"leerweg", "HBO"},
        {"leerweg", "BBL"},
        {"van", "30-6-2027"},
        {"tot", "2027-02-01"},
        {"dagen", "zo za vr do wo di ma"},
        {"vaardigheden", ""},
        {"vaardigheden", "a=0|A=5"},
        {"tags", ""},
        {"uitsluiten", ""},
        {"voorkeuren", ""},
        {"uitsluiten", CODE_64},
        {"voorkeuren", "abcdefghijklmnopqrst/" CODE_64},
        {"vaardigheden", " a=1 | b=2 "},
        {"voorkeuren", "a > b/c"},
        /* Identity columns are never looked at. */
        {"geboortedatum", "not a date"},
        {"email", "not an address"},
        {"geslacht", "?"},
        {"voornaam", ""},
    };
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        read_with(taken[i].column, taken[i].value, ERR_OK);
        ck_assert_uint_eq(intake->student_count, 1);
        ck_assert_uint_eq(students.notices.total, 0);
        fixture_close();
    }
}
END_TEST

START_TEST(a_row_becomes_a_profile)
{
    read_with(NULL, NULL, ERR_OK);
    const struct student_row *row = &intake->students[0];
    const struct student *profile = &row->profile;
    ck_assert(text_is(intern_text(&intake->schools, row->school), "25PT"));
    ck_assert(text_is(row->number, "S-1001"));
    ck_assert_uint_eq(row->line, 2);
    ck_assert_uint_eq(row->pc4, 1012);
    ck_assert_uint_eq(profile->qualification, 25655);
    ck_assert_uint_eq(profile->leerweg, LEERWEG_BOL);
    ck_assert_uint_eq(profile->year, 2);
    ck_assert_int_eq(profile->from, 20850); /* 57 years and 15 leap days after 1970-01-01, and 31 days */
    ck_assert_int_eq(profile->to, 20850 + 28 + 31 + 30 + 31 + 29);
    ck_assert_uint_eq(profile->hours, 32);
    ck_assert_uint_eq(profile->days, 1u << 0 | 1u << 2 | 1u << 6);
    ck_assert_uint_eq(profile->max_km, 25);
    ck_assert_double_eq(intake->market.points[profile->point].lat, 52.374);
    ck_assert_uint_eq(profile->skills.count, 2);
    const struct skill_level *skills = intake->market.skills + profile->skills.at;
    ck_assert(text_is(intern_text(&intake->skills, skills[0].skill), "a") && skills[0].level == 1);
    ck_assert(text_is(intern_text(&intake->skills, skills[1].skill), "b") && skills[1].level == 5);
    ck_assert_uint_eq(profile->tags.count, 2);
    ck_assert(text_is(intern_text(&intake->tags, intake->market.tags[profile->tags.at + 1]), "t2"));
    fixture_close();
}
END_TEST

START_TEST(defaults_are_monday_to_friday_and_40_km)
{
    static const char *const values[] = {"", NULL};
    for (size_t i = 0; i < 2; i++) {
        read_with("dagen", values[i], ERR_OK);
        ck_assert_uint_eq(intake->students[0].profile.days, 0x1f);
        fixture_close();
        read_with("max_km", values[i], ERR_OK);
        ck_assert_uint_eq(intake->students[0].profile.max_km, 40);
        fixture_close();
    }
}
END_TEST

START_TEST(required_columns_must_be_there_and_others_need_not)
{
    static const char *const required[] = {"school",   "studentnummer", "postcode", "opleiding", "leerweg",
                                           "leerjaar", "van",           "tot",      "uren"};
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        char expected[100] = "";
        for (size_t k = 0; k < sizeof required / sizeof required[0]; k++)
            if (strcmp(required[k], good[i].column) == 0)
                snprintf(expected, sizeof expected, "column.missing@1:%s", good[i].column);
        read_with(good[i].column, NULL, expected[0] ? ERR_INPUT : ERR_OK);
        ck_assert_str_eq(listed(&students.problems), expected);
        fixture_close();
    }
}
END_TEST

START_TEST(a_period_that_is_reversed_is_a_problem_of_its_end)
{
    read_with("van", "2027-07-01", ERR_INPUT);
    ck_assert_str_eq(listed(&students.problems), "period.reversed@2:tot");
    fixture_close();
    read_with("tot", "31-1-2027", ERR_INPUT);
    ck_assert_str_eq(listed(&students.problems), "period.reversed@2:tot");
    fixture_close();
}
END_TEST

#define HEADER "school;studentnummer;postcode;opleiding;leerweg;leerjaar;van;tot;uren"

START_TEST(all_errors_of_all_rows_come_at_once)
{
    fixture_open(NULL);
    ck_assert_int_eq(read_students(HEADER ";tags\n"
                                          "25PT;1;1012;25655;BOL;2;2027-02-01;2027-06-30;32;a\n"
                                          "25pt;;10;x;y;0;z;1-1-2027;99;a|a\n"
                                          "\n"
                                          "25PT;2;1012;25655;BOL;2;2027-02-01;2027-06-30\n"
                                          "25PT;3;1012;2\"5655;BOL;2;2027-02-01;2027-06-30;32;a\n"
                                          "25PT;4;1012;25655;BOL;9;2027-02-01;2027-06-30;32;a\n"),
                     ERR_INPUT);
    ck_assert_str_eq(listed(&students.problems),
                     "value.brin@3:school value.required@3:studentnummer value.postcode@3:postcode "
                     "value.opleiding@3:opleiding value.leerweg@3:leerweg value.leerjaar@3:leerjaar "
                     "value.date@3:van value.uren@3:uren value.duplicate@3:tags row.fields@5:/8, header 10 "
                     "csv.quote@6:opleiding value.leerjaar@7:leerjaar");
    fixture_close();
}
END_TEST

START_TEST(unknown_and_duplicate_columns_are_named)
{
    fixture_open(NULL);
    ck_assert_int_eq(read_students("bsn;" HEADER ";Uren\n"), ERR_INPUT);
    ck_assert_str_eq(listed(&students.problems), "column.unknown@1:bsn column.duplicate@1:Uren");
    fixture_close();
}
END_TEST

START_TEST(columns_stand_in_any_order_and_any_case)
{
    fixture_open(NULL);
    ck_assert_int_eq(read_students("UREN,tot,VAN,leerjaar,Leerweg,opleiding,Postcode,StudentNummer,School\r\n"
                                   "32,30-6-2027,1-2-2027,2,BOL,25655,1012AB,S-1,25PT\r\n"),
                     ERR_OK);
    ck_assert_uint_eq(intake->student_count, 1);
    ck_assert(text_is(intake->students[0].number, "S-1"));
    ck_assert_int_eq(intake->students[0].profile.from, 20850);
    fixture_close();
}
END_TEST

START_TEST(columns_of_origin_are_dropped_with_a_notice_and_never_read)
{
    fixture_open(NULL);
    ck_assert_int_eq(read_students("geboorteland;geboorteland_ouder1;geboorteland_ouder2;nationaliteit;HERKOMST;"
                                   "religie;" HEADER "\n"
                                   "Verweggistan;Verweggistan;Verweggistan;Verweggistan;Verweggistan;Verweggistan;"
                                   "25PT;1;1012;25655;BOL;2;2027-02-01;2027-06-30;32\n"),
                     ERR_OK);
    ck_assert_str_eq(listed(&students.notices), "column.dropped@1:geboorteland column.dropped@1:geboorteland_ouder1 "
                                                "column.dropped@1:geboorteland_ouder2 column.dropped@1:nationaliteit "
                                                "column.dropped@1:herkomst column.dropped@1:religie");
    assert_not_repeated(&students.notices, "Verweggistan");
    ck_assert_uint_eq(intake->student_count, 1);
    fixture_close();
}
END_TEST

START_TEST(a_school_outside_the_scope_is_a_problem)
{
    static const struct {
        const char *scope, *expected;
    } cases[] = {{NULL, ""},
                 {"25PT,99AA", ""},
                 {"99AA, 25PT", ""},
                 {"99AA", "school.scope@2:school"},
                 {"25P", "school.scope@2:school"},
                 {"25PT25PT", "school.scope@2:school"},
                 {"", "school.scope@2:school"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture_open(cases[i].scope);
        enum err e = read_students(HEADER "\n25PT;1;1012;25655;BOL;2;2027-02-01;2027-06-30;32\n");
        ck_assert_int_eq(e, cases[i].expected[0] ? ERR_INPUT : ERR_OK);
        ck_assert_str_eq(listed(&students.problems), cases[i].expected);
        assert_not_repeated(&students.problems, "25PT");
        fixture_close();
    }
}
END_TEST

START_TEST(a_postcode_near_known_ones_is_taken_with_a_notice)
{
    read_with("postcode", "1019 AB", ERR_OK);
    ck_assert_str_eq(listed(&students.notices), "postcode.mean@2:postcode");
    ck_assert_str_eq(listed(&students.problems), "");
    const struct point *point = &intake->market.points[intake->students[0].profile.point];
    ck_assert_double_eq_tol(point->lat, (52.372 + 52.374) / 2, 1e-12);
    ck_assert_double_eq_tol(point->lon, (4.906 + 4.896) / 2, 1e-12);
    fixture_close();
}
END_TEST

static void keep_progress(void *context, uint64_t done_bytes, uint64_t total_bytes)
{
    uint64_t *kept = context;
    kept[0] = done_bytes;
    kept[1] = total_bytes;
}

START_TEST(progress_reaches_the_size_and_a_missing_file_is_a_problem)
{
    uint64_t kept[2] = {0, 0};
    fixture_open(NULL);
    ck_assert_int_eq(
        intake_read_students(intake, temporary_file(HEADER "\n", sizeof HEADER), &students, keep_progress, kept),
        ERR_OK);
    ck_assert_uint_eq(kept[0], sizeof HEADER);
    ck_assert_uint_eq(kept[1], sizeof HEADER);
    ck_assert_int_eq(intake_read_students(intake, "/nonexistent/students.csv", &students, NULL, NULL), ERR_INPUT);
    ck_assert_uint_eq(students.problems.total, 1);
    ck_assert_str_eq(students.problems.list[0].kind->code, "file.unreadable");
    fixture_close();
}
END_TEST

RUN_TESTS("intake/students", each_value_that_breaks_a_rule_is_one_problem_in_its_place, lists_have_at_most_64_items,
          values_at_the_edge_of_a_rule_are_taken, a_row_becomes_a_profile, defaults_are_monday_to_friday_and_40_km,
          required_columns_must_be_there_and_others_need_not, a_period_that_is_reversed_is_a_problem_of_its_end,
          all_errors_of_all_rows_come_at_once, unknown_and_duplicate_columns_are_named,
          columns_stand_in_any_order_and_any_case, columns_of_origin_are_dropped_with_a_notice_and_never_read,
          a_school_outside_the_scope_is_a_problem, a_postcode_near_known_ones_is_taken_with_a_notice,
          progress_reaches_the_size_and_a_missing_file_is_a_problem)
