#include "domain/market_build.h"

#include "domain/export_lines.h"
#include "match/eligible.h"
#include "match/lottery.h"
#include "unit/domain/market_fixture.h"

static const struct geography geography = {fixture_point, NULL};
static const struct match_rules rules = {.slack_days = 7, .list_max = 0, .band_width = 10};

/* Records on the stack: two students and three places. */
struct bench {
    struct row rows[2];
    StagevraagRecord students[2];
    Stagematch__V1__Placement placements[3];
    PlacementRecord places[3];
    uint8_t place_ids[3][ID_BYTES];
    ProtobufCBinaryData barred[1];
    struct round_input input;
};

static void bench_open(struct bench *bench)
{
    static const char *const names[][2] = {{"lb2", "p1"}, {"lb1", "p2"}, {"lb1", "p1"}};
    *bench = (struct bench){0};
    for (unsigned n = 0; n < 2; n++) {
        row_make(&bench->rows[n], n, n ? SCHOOL_B : SCHOOL_A);
        stagematch__internal__v1__stagevraag_record__init(&bench->students[n]);
        bench->students[n].stagevraag_id = bench->rows[n].student.stagevraag_id;
        bench->students[n].student_ref = bench->rows[n].student.student_ref;
        bench->students[n].school = bench->rows[n].student.school;
        bench->students[n].profile = &bench->rows[n].profile;
    }
    for (unsigned p = 0; p < 3; p++) {
        bench->placements[p] = placement_make(names[p][0], names[p][1]);
        bench->placements[p].postcode = "1010";
        stagematch__internal__v1__placement_record__init(&bench->places[p]);
        fill_id(bench->place_ids[p], 0x60, p);
        bench->places[p].placement_id = (ProtobufCBinaryData){ID_BYTES, bench->place_ids[p]};
        bench->places[p].placement = &bench->placements[p];
    }
}

static void bench_arrange(struct bench *bench, size_t barred)
{
    for (unsigned n = 0; n < 2; n++)
        ck_assert_int_eq(
            round_input_add_student(
                &bench->input, &(struct input_student){&bench->students[n], &bench->rows[n].profile, n ? 0 : barred}),
            ERR_OK);
    for (unsigned p = 0; p < 3; p++)
        ck_assert_int_eq(
            round_input_add_place(&bench->input, &(struct input_place){&bench->places[p], &bench->placements[p], 2}),
            ERR_OK);
    ck_assert_int_eq(round_input_arrange(&bench->input), ERR_OK);
}

START_TEST(canonical_order_is_by_school_and_by_name)
{
    struct bench bench;
    bench_open(&bench);
    bench_arrange(&bench, 0);
    ck_assert_str_eq(bench.input.students[0].record->school, SCHOOL_B);
    ck_assert_str_eq(bench.input.places[0].placement->leerplaats, "p1");
    ck_assert_str_eq(bench.input.places[0].placement->leerbedrijf, "lb1");
    ck_assert_str_eq(bench.input.places[2].placement->leerbedrijf, "lb2");
    for (unsigned p = 0; p < 3; p++) {
        uint32_t at = round_input_place(&bench.input, &bench.places[p].placement_id);
        ck_assert_ptr_eq(bench.input.places[at].record, &bench.places[p]);
    }
    uint8_t unknown[ID_BYTES] = {0};
    ck_assert_uint_eq(round_input_place(&bench.input, &(ProtobufCBinaryData){ID_BYTES, unknown}), PLACE_NONE);
    round_input_free(&bench.input);
}
END_TEST

START_TEST(a_market_has_what_the_profiles_say)
{
    struct bench bench;
    struct built_market built;
    bench_open(&bench);
    bench.rows[0].profile.max_km = 12;
    bench_arrange(&bench, 0);
    ck_assert_int_eq(market_build(&bench.input, &geography, &built), ERR_OK);
    const struct student *student = &built.market.students[1];
    ck_assert_uint_eq(student->qualification, 25180);
    ck_assert_uint_eq(student->leerweg, LEERWEG_BOL);
    ck_assert_uint_eq(student->hours, 32);
    ck_assert_uint_eq(student->days, 0x1f);
    ck_assert_uint_eq(student->max_km, 12);
    ck_assert_uint_eq(student->skills.count, 1);
    ck_assert_uint_eq(built.market.point_count, 2);
    ck_assert_uint_eq(built.market.placements[0].capacity, 2);
    ck_assert_uint_eq(built.market.placements[0].days, 0);
    for (uint32_t s = 0; s < 2; s++)
        for (uint32_t p = 0; p < 3; p++)
            ck_assert_int_eq(eligible_first_broken(&built.market, &rules, s, p), RULE_COUNT);
    uint8_t seed[SEED_BYTES] = {9}, ref[ID_BYTES];
    struct lottery lottery;
    struct draw draw;
    ck_assert_int_eq(market_build_draw(&built, &bench.input, seed), ERR_OK);
    memcpy(ref, bench.rows[0].ref, sizeof ref);
    lottery_init(&lottery, seed);
    lottery_draw(&lottery, ref, sizeof ref, &draw);
    ck_assert_mem_eq(built.market.draws[1].lottery, draw.lottery, HASH_BYTES);
    built_market_free(&built);
    round_input_free(&bench.input);
}
END_TEST

START_TEST(wishes_and_exclusions_are_resolved_and_unknown_ones_counted)
{
    static char *wishes[] = {"lb1/p2", "p2", "p1", "lb9/p9"}, *exclusions[] = {"lb2", "nergens"};
    struct bench bench;
    struct built_market built;
    bench_open(&bench);
    bench.rows[0].profile.preferred = wishes;
    bench.rows[0].profile.n_preferred = 4;
    bench.rows[0].profile.excluded = exclusions;
    bench.rows[0].profile.n_excluded = 2;
    bench.students[0].barred_placements = bench.barred;
    bench.students[0].n_barred_placements = 1;
    bench.barred[0] = bench.places[2].placement_id; /* lb1/p1 */
    bench_arrange(&bench, 1);
    ck_assert_int_eq(market_build(&bench.input, &geography, &built), ERR_OK);
    const struct student *student = &built.market.students[1];
    ck_assert_uint_eq(student->wishes.count, 1); /* lb1/p2, twice named; p1 is ambiguous */
    ck_assert_uint_eq(built.market.wishes[student->wishes.at], 1);
    ck_assert_uint_eq(built.unknown_wish_count, 3);
    ck_assert_int_eq(eligible_first_broken(&built.market, &rules, 1, 0), RULE_EXCLUDED);
    ck_assert_int_eq(eligible_first_broken(&built.market, &rules, 1, 1), RULE_COUNT);
    ck_assert_int_eq(eligible_first_broken(&built.market, &rules, 1, 2), RULE_EXCLUDED);
    built_market_free(&built);
    round_input_free(&bench.input);
}
END_TEST

START_TEST(a_postcode_that_is_gone_is_said)
{
    struct bench bench;
    struct built_market built;
    bench_open(&bench);
    bench.rows[1].profile.pc4 = "5000";
    bench_arrange(&bench, 0);
    ck_assert_int_eq(market_build(&bench.input, &geography, &built), ERR_INPUT);
    round_input_free(&bench.input);
}
END_TEST

START_TEST(lines_are_in_the_form_of_the_offline_round)
{
    static char *tags[] = {"groen", "techniek"}, *exclusions[] = {"lb9"};
    struct bench bench;
    struct buf buf;
    bench_open(&bench);
    bench.rows[0].profile.tags = tags;
    bench.rows[0].profile.n_tags = 2;
    bench.rows[0].profile.excluded = exclusions;
    bench.rows[0].profile.n_excluded = 1;
    row_prefers(&bench.rows[0], "lb1/p1");
    bench.students[0].barred_placements = bench.barred;
    bench.students[0].n_barred_placements = 1;
    bench.barred[0] = bench.places[1].placement_id;
    bench_arrange(&bench, 1);
    buf_init(&buf, 4096);
    export_student_line(&buf, &bench.input, &bench.input.students[1]);
    buf_put_char(&buf, '\0');
    char expected[512];
    snprintf(expected, sizeof expected,
             SCHOOL_A ";%s;1000;25180;BOL;2;2027-02-01;2027-06-30;32;ma di wo do vr;30;lassen=3;groen|techniek;"
                      "lb1/p2|lb9;lb1/p1\n",
             student_hex(0));
    ck_assert_str_eq(buf.data, expected);
    buf_clear(&buf);
    export_placement_line(&buf, &bench.input.places[0]);
    buf_put_char(&buf, '\0');
    ck_assert_str_eq(buf.data, "p1;lb1;lb1;00000000;1010;25180;BOL;2;2027-01-25;2027-07-10;36;;;;\n");
    buf_free(&buf);
    round_input_free(&bench.input);
}
END_TEST

START_TEST(lack_of_memory_is_an_error_everywhere)
{
    struct bench bench;
    struct built_market built;
    bench_open(&bench);
    bench_arrange(&bench, 0);
    for (uint64_t n = 1;; n++) {
        mem_fail_at(n);
        enum err e = market_build(&bench.input, &geography, &built);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
        if (!failed)
            break;
    }
    built_market_free(&built);
    round_input_free(&bench.input);
}
END_TEST

RUN_TESTS("domain/market_build", canonical_order_is_by_school_and_by_name, a_market_has_what_the_profiles_say,
          wishes_and_exclusions_are_resolved_and_unknown_ones_counted, a_postcode_that_is_gone_is_said,
          lines_are_in_the_form_of_the_offline_round, lack_of_memory_is_an_error_everywhere)
