#include "fixture.h"

static const struct cell good[] = {
    {"leerplaats", "stage-1"},
    {"leerbedrijf", "100123"},
    {"bedrijfsnaam", "De Eik B.V."},
    {"kvk", "90001234"},
    {"postcode", "3511 AB"},
    {"opleidingen", "25655 25656"},
    {"leerweg", "BBL"},
    {"plaatsen", "3"},
    {"van", "2027-01-15"},
    {"tot", "2027-07-15"},
    {"uren", "36"},
    {"dagen", "di do"},
    {"eisen", "vca>=1|taal>=3"},
    {"wegingen", "zorg*2|reken*9>=4"},
    {"tags", "groen"},
    {"vergoeding", "350,50"},
    {"titel", "Stage"},
    {"omschrijving", "Leuk werk"},
};
enum { COLUMN_COUNT = sizeof good / sizeof good[0] };

#define CODE_32 "abcdefghijklmnopqrstuvwxyz012345"
#define CODE_64 CODE_32 CODE_32

static const struct {
    const char *column, *value, *code;
} refused[] = {
    {"leerplaats", "", "value.required"},
    {"leerplaats", "stage 1", "value.leerplaats"},
    {"leerplaats", "a/bcd", "value.leerplaats"},
    {"leerplaats", CODE_64 "x", "value.leerplaats"},
    {"leerbedrijf", "", "value.required"},
    {"leerbedrijf", "100 123", "value.leerbedrijf"},
    {"leerbedrijf", "abcdefghijklmnopqrstu", "value.leerbedrijf"}, /* 21 */
    {"bedrijfsnaam", "", "value.required"},
    {"kvk", "", "value.required"},
    {"kvk", "1234567", "value.kvk"},
    {"kvk", "123456789", "value.kvk"},
    {"kvk", "1234567x", "value.kvk"},
    {"kvk", "1234 5678", "value.kvk"},
    {"postcode", "", "value.required"},
    {"postcode", "3511 A", "value.postcode"},
    {"postcode", "0511", "value.postcode"},
    {"postcode", "9999", "postcode.unknown"},
    {"opleidingen", "", "value.required"},
    {"opleidingen", "2565", "value.opleidingen"},
    {"opleidingen", "25655,25656", "value.opleidingen"},
    {"opleidingen", "25655|25656", "value.opleidingen"},
    {"opleidingen", "25655  25656", "value.opleidingen"},
    {"opleidingen", "25655 25656 25655", "value.duplicate"},
    {"leerweg", "", "value.required"},
    {"leerweg", "BOL BBL", "value.leerweg"},
    {"plaatsen", "", "value.required"},
    {"plaatsen", "0", "value.plaatsen"},
    {"plaatsen", "10001", "value.plaatsen"},
    {"plaatsen", "2,50", "value.plaatsen"},
    {"plaatsen", "0003", "value.plaatsen"},
    {"plaatsen", "18446744073709551617", "value.plaatsen"},
    {"van", "", "value.required"},
    {"van", "29-2-2027", "value.date"},
    {"tot", "", "value.required"},
    {"tot", "2027-13-01", "value.date"},
    {"tot", "14-1-2027", "period.reversed"},
    {"uren", "", "value.required"},
    {"uren", "0", "value.uren"},
    {"uren", "41", "value.uren"},
    {"dagen", "weekend", "value.dagen"},
    {"dagen", "ma ma", "value.duplicate"},
    {"eisen", "taal", "value.eisen"},
    {"eisen", "taal=3", "value.eisen"},
    {"eisen", "taal>3", "value.eisen"},
    {"eisen", "taal>=", "value.eisen"},
    {"eisen", "taal>=6", "value.eisen"},
    {"eisen", ">=3", "value.eisen"},
    {"eisen", "ta al>=3", "value.eisen"},
    {"eisen", "taal>=3|", "value.eisen"},
    {"eisen", "taal>=3||zorg>=2", "value.eisen"},
    {"eisen", "taal>=3|taal>=2", "value.duplicate"},
    {"wegingen", "taal", "value.wegingen"},
    {"wegingen", "taal*", "value.wegingen"},
    {"wegingen", "taal*0", "value.wegingen"},
    {"wegingen", "taal*10", "value.wegingen"},
    {"wegingen", "taal*2>=6", "value.wegingen"},
    {"wegingen", "taal*2>=", "value.wegingen"},
    {"wegingen", "taal*2>3", "value.wegingen"},
    {"wegingen", "taal>=3", "value.wegingen"},
    {"wegingen", "*2>=3", "value.wegingen"},
    {"wegingen", "taal*2||zorg*2", "value.wegingen"},
    {"wegingen", "taal*2|taal*3>=1", "value.duplicate"},
    {"tags", "groen||rood", "value.tags"},
    {"tags", "groen|groen", "value.duplicate"},
    {"vergoeding", "425,5", "value.vergoeding"},
    {"vergoeding", "425.50", "value.vergoeding"},
    {"vergoeding", "425,505", "value.vergoeding"},
    {"vergoeding", "425,", "value.vergoeding"},
    {"vergoeding", "1.425", "value.vergoeding"},
    {"vergoeding", "-425", "value.vergoeding"},
    {"vergoeding", "\xe2\x82\xac 425", "value.vergoeding"},
    {"vergoeding", "0425", "value.vergoeding"},
    {"vergoeding", ",50", "value.vergoeding"},
};

static void read_with(const char *column, const char *value, enum err expected)
{
    struct buf file;
    buf_init(&file, 1 << 20);
    fixture_open(NULL);
    put_one_row(&file, good, COLUMN_COUNT, column, value);
    enum err e = read_placements(file.data);
    ck_assert_msg(e == expected, "%s = '%s': %s, %s", column ? column : "", value ? value : "(absent)", err_text(e),
                  listed(&placements.problems));
    buf_free(&file);
}

START_TEST(each_value_that_breaks_a_rule_is_one_problem_in_its_place)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        char expected[100];
        snprintf(expected, sizeof expected, "%s@2:%s", refused[i].code, refused[i].column);
        read_with(refused[i].column, refused[i].value, ERR_INPUT);
        ck_assert_msg(strcmp(listed(&placements.problems), expected) == 0, "%s = '%s': %s", refused[i].column,
                      refused[i].value, listed(&placements.problems));
        if (strlen(refused[i].value) >= 5) /* shorter ones stand in the messages by chance */
            assert_not_repeated(&placements.problems, refused[i].value);
        ck_assert_int_eq(intake_build(intake, &students, &placements), ERR_INPUT); /* and so nothing is taken */
        fixture_close();
    }
}
END_TEST

START_TEST(lists_have_at_most_64_items)
{
    static const struct {
        const char *column, *prefix, *suffix;
        char separator;
    } cases[] = {{"opleidingen", "250", "", ' '},
                 {"eisen", "c", ">=3", '|'},
                 {"wegingen", "c", "*2>=3", '|'},
                 {"tags", "c", "", '|'}};
    for (size_t i = 0; i < 4; i++) {
        char expected[100];
        read_with(cases[i].column, many(cases[i].prefix, cases[i].suffix, cases[i].separator, 64), ERR_OK);
        ck_assert_uint_eq(intake->placement_count, 1);
        fixture_close();
        snprintf(expected, sizeof expected, "value.too-many@2:%s", cases[i].column);
        read_with(cases[i].column, many(cases[i].prefix, cases[i].suffix, cases[i].separator, 65), ERR_INPUT);
        ck_assert_str_eq(listed(&placements.problems), expected);
        fixture_close();
    }
}
END_TEST

START_TEST(values_at_the_edge_of_a_rule_are_taken)
{
    static const struct cell taken[] = {
        {"leerplaats", CODE_64},
        {"leerbedrijf", "abcdefghijklmnopqrst"},
        {"kvk", "00000000"},
        {"plaatsen", "1"},
        {"plaatsen", "10000"},
        {"uren", "1"},
        {"uren", "40"},
        {"dagen", ""},
        {"eisen", ""},
        {"eisen", "a>=0|b>=5"},
        {"wegingen", ""},
        {"wegingen", "a*1|b*9|c*1>=0|d*9>=5"},
        {"vergoeding", ""},
        {"vergoeding", "0"},
        {"vergoeding", "350"},
        {"vergoeding", "0,05"},
        {"tags", ""},
        {"van", "15-7-2027"},
        {"titel", ""},
        {"omschrijving", ""},
        {"omschrijving", "\"twee\nregels; en \"\"meer\"\"\""},
        {"eisen", "zorg>=3"}, /* the same code as in wegingen */
    };
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        read_with(taken[i].column, taken[i].value, ERR_OK);
        ck_assert_uint_eq(intake->placement_count, 1);
        fixture_close();
    }
}
END_TEST

START_TEST(a_row_becomes_a_placement)
{
    read_with(NULL, NULL, ERR_OK);
    const struct placement_row *row = &intake->placements[0];
    const struct placement *profile = &row->profile;
    const struct criterion *criteria = intake->market.criteria;
    ck_assert(text_is(row->leerbedrijf, "100123") && text_is(row->leerplaats, "stage-1"));
    ck_assert(text_is(row->bedrijfsnaam, "De Eik B.V.") && text_is(row->kvk, "90001234"));
    ck_assert_uint_eq(row->pc4, 3511);
    ck_assert_uint_eq(row->line, 2);
    ck_assert_uint_eq(profile->capacity, 3);
    ck_assert_uint_eq(profile->leerweg, LEERWEG_BBL);
    ck_assert_uint_eq(profile->hours, 36);
    ck_assert_uint_eq(profile->days, 1u << 1 | 1u << 3);
    ck_assert_int_eq(profile->from, 20850 - 17);
    ck_assert_int_eq(profile->to, 20850 + 28 + 31 + 30 + 31 + 30 + 14);
    ck_assert_uint_eq(profile->qualifications.count, 2);
    ck_assert_uint_eq(intake->market.qualifications[profile->qualifications.at + 1], 25656);
    ck_assert_uint_eq(profile->hard.count, 2);
    ck_assert(text_is(intern_text(&intake->skills, criteria[profile->hard.at + 1].skill), "taal"));
    ck_assert_uint_eq(criteria[profile->hard.at + 1].level, 3);
    ck_assert_uint_eq(criteria[profile->hard.at + 1].weight, 0);
    ck_assert_uint_eq(profile->weighted.count, 2);
    ck_assert_uint_eq(criteria[profile->weighted.at].weight, 2);
    ck_assert_uint_eq(criteria[profile->weighted.at].level, 0);
    ck_assert_uint_eq(criteria[profile->weighted.at + 1].weight, 9);
    ck_assert_uint_eq(criteria[profile->weighted.at + 1].level, 4);
    ck_assert_uint_eq(profile->tags.count, 1);
    fixture_close();
    read_with("dagen", "", ERR_OK);
    ck_assert_uint_eq(intake->placements[0].profile.days, 0); /* any */
    fixture_close();
}
END_TEST

START_TEST(required_columns_must_be_there_and_others_need_not)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        static const char *const optional[] = {"dagen",      "eisen", "wegingen",    "tags",
                                               "vergoeding", "titel", "omschrijving"};
        char expected[100];
        snprintf(expected, sizeof expected, "column.missing@1:%s", good[i].column);
        for (size_t k = 0; k < sizeof optional / sizeof optional[0]; k++)
            if (strcmp(optional[k], good[i].column) == 0)
                expected[0] = '\0';
        read_with(good[i].column, NULL, expected[0] ? ERR_INPUT : ERR_OK);
        ck_assert_str_eq(listed(&placements.problems), expected);
        fixture_close();
    }
}
END_TEST

START_TEST(all_errors_of_all_rows_come_at_once)
{
    fixture_open(NULL);
    ck_assert_int_eq(read_placements("leerplaats;leerbedrijf;bedrijfsnaam;kvk;postcode;opleidingen;leerweg;plaatsen;"
                                     "van;tot;uren\n"
                                     ";a b;;1;1;2;3;0;4;5;6000\n"
                                     "p;b;n;12345678;3511;25655;BOL;1;2027-02-01;2027-06-30;32;extra\n"
                                     "q;b;n;12345678;3511;25655;BOL;0;2027-02-01;2027-06-30;32\n"),
                     ERR_INPUT);
    ck_assert_str_eq(listed(&placements.problems),
                     "value.required@2:leerplaats value.leerbedrijf@2:leerbedrijf value.required@2:bedrijfsnaam "
                     "value.kvk@2:kvk value.postcode@2:postcode value.opleidingen@2:opleidingen "
                     "value.leerweg@2:leerweg value.plaatsen@2:plaatsen value.date@2:van value.date@2:tot "
                     "value.uren@2:uren row.fields@3:/12, header 11 value.plaatsen@4:plaatsen");
    fixture_close();
}
END_TEST

START_TEST(columns_of_students_are_unknown_here)
{
    fixture_open(NULL);
    ck_assert_int_eq(read_placements("leerplaats;leerbedrijf;bedrijfsnaam;kvk;postcode;opleidingen;leerweg;plaatsen;"
                                     "van;tot;uren;max_km;herkomst;TAGS;tags\n"),
                     ERR_INPUT);
    ck_assert_str_eq(listed(&placements.problems),
                     "column.unknown@1:max_km column.unknown@1:herkomst column.duplicate@1:tags");
    fixture_close();
}
END_TEST

RUN_TESTS("intake/placements", each_value_that_breaks_a_rule_is_one_problem_in_its_place, lists_have_at_most_64_items,
          values_at_the_edge_of_a_rule_are_taken, a_row_becomes_a_placement,
          required_columns_must_be_there_and_others_need_not, all_errors_of_all_rows_come_at_once,
          columns_of_students_are_unknown_here)
