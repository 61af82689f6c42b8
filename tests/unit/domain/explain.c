#include "match/explain.h"
#include "base/digest.h"
#include "domain/round.h"
#include "match/round.h"
#include "unit/domain/market_fixture.h"

typedef Stagematch__V1__ExplainStagevraagResponse Explained;
typedef Stagematch__V1__ExplainPlacementResponse Cost;

#define FULL(name) STAGEMATCH__V1__FULL_REASON__FULL_REASON_##name
#define UNMATCHED(name) STAGEMATCH__V1__UNMATCHED_REASON__UNMATCHED_REASON_##name
#define RULE(name) STAGEMATCH__V1__MATCH_RULE__MATCH_RULE_##name

static Explained *ask(struct world *world, const struct caller *caller, const struct round_id *id, unsigned n)
{
    Stagematch__V1__ExplainStagevraagRequest request = STAGEMATCH__V1__EXPLAIN_STAGEVRAAG_REQUEST__INIT;
    request.round_id = (char *)(uintptr_t)id->hex;
    request.stagevraag_id = stagevraag_hex(n);
    return call(world, caller, METHOD_EXPLAIN_STAGEVRAAG, &request);
}

static Explained *explained(struct world *world, const struct caller *caller, const struct round_id *id, unsigned n)
{
    Explained *answer = ask(world, caller, id, n);
    DONE(answer, world);
    return answer;
}

static void not_told(struct world *world, const struct caller *caller, const struct round_id *id, unsigned n,
                     const char *code)
{
    ck_assert_ptr_null(ask(world, caller, id, n));
    ck_assert_str_eq(world->status.refusal->name, code);
}

static struct caller as_student(unsigned n)
{
    return (struct caller){ROLE(STUDENT), {student_hex(n)}};
}

static Cost *ask_cost(struct world *world, const struct caller *caller, const char *leerbedrijf,
                      const char *leerplaats)
{
    Stagematch__V1__ExplainPlacementRequest request = STAGEMATCH__V1__EXPLAIN_PLACEMENT_REQUEST__INIT;
    char hex[ID_HEX_BYTES];
    id_format_bytes(placement_at(world, leerbedrijf, leerplaats)->placement_id, hex);
    request.placement_id = hex;
    return call(world, caller, METHOD_EXPLAIN_PLACEMENT, &request);
}

/* A placement with what a test sets, published. */
static void add_made(struct world *world, const struct caller *caller, Stagematch__V1__Placement *placement)
{
    Stagematch__V1__Placement *shown = submit(world, caller, placement);
    Stagematch__V1__PublishPlacementRequest request = STAGEMATCH__V1__PUBLISH_PLACEMENT_REQUEST__INIT;
    DONE(shown, world);
    request.placement_id = shown->placement_id;
    request.version = shown->version;
    void *answer = call(world, caller, METHOD_PUBLISH_PLACEMENT, &request);
    DONE(answer, world);
    message_free(answer);
    message_free(shown);
}

enum { STUDENTS = 60, PLACES = 14 };

/* Students with levels, days, distances and wishes of their own, and placements that not everybody may go to. */
static void add_varied_students(struct world *world)
{
    static struct row rows[STUDENTS];
    static char pc4[STUDENTS][5];
    static const char *const wishes[] = {"lb0/p0", "p3", "lb1/p5", "stage", "nergens"};
    static const Stagematch__V1__Day some_days[] = {STAGEMATCH__V1__DAY__DAY_MONDAY,
                                                    STAGEMATCH__V1__DAY__DAY_TUESDAY};
    for (unsigned n = 0; n < STUDENTS; n++) {
        row_make(&rows[n], n, n % 2 ? SCHOOL_B : SCHOOL_A);
        rows[n].skill.level = n % 6;
        snprintf(pc4[n], sizeof pc4[n], "%u", 1000 + n * 7 % 60);
        rows[n].profile.pc4 = pc4[n];
        rows[n].profile.max_km = n % 3 ? 60 : 5;
        rows[n].profile.hours_per_week = n % 7 ? 32 : 40;
        if (n % 5 == 0) {
            rows[n].profile.days = (Stagematch__V1__Day *)(uintptr_t)some_days;
            rows[n].profile.n_days = 2;
        }
        row_prefers(&rows[n], wishes[n % 5]);
        if (n % 11 == 0) {
            rows[n].excluded[0] = "lb2";
            rows[n].profile.excluded = rows[n].excluded;
            rows[n].profile.n_excluded = 1;
        }
    }
    void *answer = commit_rows(world, &both_schools, 1, 0, true, rows, STUDENTS);
    DONE(answer, world);
    message_free(answer);
    world_work(world);
}

static void add_varied_places(struct world *world)
{
    static char *all[] = {"25180", "25181", "25182", "25183", "25184", "25185"};
    Stagematch__V1__HardCriterion hard = STAGEMATCH__V1__HARD_CRITERION__INIT, *hards[] = {&hard};
    Stagematch__V1__WeightedCriterion weighted = STAGEMATCH__V1__WEIGHTED_CRITERION__INIT, *weights[] = {&weighted};
    static const Stagematch__V1__Day wednesday[] = {STAGEMATCH__V1__DAY__DAY_WEDNESDAY};
    hard.skill = weighted.skill = "lassen";
    weighted.weight = 2;
    for (unsigned p = 0; p < PLACES; p++) {
        char leerbedrijf[8], leerplaats[8], postcode[8];
        snprintf(leerbedrijf, sizeof leerbedrijf, "lb%u", p % 4);
        snprintf(leerplaats, sizeof leerplaats, p == 6 || p == 9 ? "stage" : "p%u", p);
        snprintf(postcode, sizeof postcode, "%u", 1000 + p * 11 % 60);
        Stagematch__V1__Placement placement = placement_make(leerbedrijf, leerplaats);
        placement.postcode = postcode;
        placement.capacity = 1 + p % 3;
        placement.title = "Leerplaats";
        placement.qualifications =
            p == 9 ? all + 1 : all; /* of another qualification, but of the same name as another */
        placement.n_qualifications = p == 9 ? 1 : 1 + p % 6;
        hard.level = 1 + p % 4;
        placement.hard_criteria = hards;
        placement.n_hard_criteria = p % 3 == 0;
        placement.weighted_criteria = weights;
        placement.n_weighted_criteria = p % 2;
        placement.leerweg = p == 12 ? LEERWEG(BBL) : LEERWEG(BOL);
        placement.days = (Stagematch__V1__Day *)(uintptr_t)wednesday;
        placement.n_days = p == 4;
        add_made(world, &school_a, &placement);
    }
}

/* A round of two qualifications over all of them, published. */
static struct round_id varied_round(struct world *world)
{
    static char *schools[] = {SCHOOL_A, SCHOOL_B}, *qualifications[] = {"25180", "25181"};
    Stagematch__V1__CreateRoundRequest request = STAGEMATCH__V1__CREATE_ROUND_REQUEST__INIT;
    struct round_id id;
    add_varied_students(world);
    add_varied_places(world);
    request.name = "Voorjaar";
    request.schools = schools;
    request.n_schools = 2;
    request.qualifications = qualifications;
    request.n_qualifications = 2;
    Stagematch__V1__CreateRoundResponse *answer = call(world, &school_a, METHOD_CREATE_ROUND, &request);
    DONE(answer, world);
    memcpy(id.hex, answer->round->round_id, sizeof id.hex);
    message_free(answer);
    round_step(world, METHOD_OPEN_ROUND, &id);
    round_commit(world, &school_a, SCHOOL_A, &id);
    round_commit(world, &school_b, SCHOOL_B, &id);
    round_step(world, METHOD_SEAL_ROUND, &id);
    world_work(world);
    round_reveal(world, &school_a, SCHOOL_A, &id);
    round_reveal(world, &school_b, SCHOOL_B, &id);
    round_step(world, METHOD_SOLVE_ROUND, &id);
    world_work(world);
    round_step(world, METHOD_PUBLISH_ROUND, &id);
    world_work(world);
    ck_assert_int_eq(round_at(world, &id)->state, ROUND_STATE(PUBLISHED));
    return id;
}

/* The whole sealed market, solved by hand. */
struct solved {
    struct round_input input;
    struct built_market built;
    struct round_result result;
    struct match_rules rules;
};

static void solve(const struct world *world, const struct round_id *id, struct solved *solved)
{
    struct geography geography = {fixture_point, NULL};
    const RoundRecord *round = round_at(world, id);
    solved->rules = (struct match_rules){(int32_t)round->slack_days, round->list_max, round->band_width};
    ck_assert_int_eq(round_sealed_input(world->state, round, &solved->input), ERR_OK);
    ck_assert_int_eq(market_build(&solved->input, &geography, &solved->built), ERR_OK);
    ck_assert_int_eq(market_build_draw(&solved->built, &solved->input, round->seed.data), ERR_OK);
    ck_assert_int_eq(round_run(&solved->built.market, &solved->rules, 1, NULL, &solved->result), ERR_OK);
}

static void solved_free(struct solved *solved)
{
    round_result_free(&solved->result);
    built_market_free(&solved->built);
    round_input_free(&solved->input);
}

static void check_place(const struct solved *solved, const Stagematch__V1__ExplainedPlace *shown,
                        const struct candidate *candidate, uint32_t rank)
{
    char hex[ID_HEX_BYTES];
    const struct place_outcome *outcome = &solved->result.places[candidate->place];
    id_format_bytes(solved->input.places[candidate->place].record->placement_id, hex);
    ck_assert_str_eq(shown->placement_id, hex);
    ck_assert_str_eq(shown->title, "Leerplaats");
    ck_assert_uint_eq(shown->rank, rank);
    ck_assert_uint_eq(shown->band, candidate->score / solved->rules.band_width);
    ck_assert_int_eq(shown->cutoff_shown, outcome->candidates >= 5);
    if (shown->cutoff_shown)
        ck_assert_uint_eq(shown->cutoff_band, outcome->lowest_band);
}

/* An answer from a narrowed market is what the whole one says. */
static void check_explained(const struct solved *solved, uint32_t s, const Explained *answer)
{
    static const Stagematch__V1__FullReason reasons[FATE_COUNT] = {[FATE_FREE] = FULL(OTHER),
                                                                   [FATE_BAND] = FULL(BAND),
                                                                   [FATE_LOTTERY] = FULL(LOTTERY),
                                                                   [FATE_CUT] = FULL(OTHER)};
    const struct student_outcome *outcome = &solved->result.outcomes[s];
    struct explained_list whole;
    uint32_t own_rank = outcome->place == PLACE_NONE ? 0 : outcome->rank, removed[RULE_COUNT] = {0};
    ck_assert_int_eq(explain_list(&solved->built.market, &solved->rules, s, &whole), ERR_OK);
    ck_assert_uint_eq(answer->eligible_count, whole.count);
    ck_assert_int_eq(answer->matched != NULL, own_rank > 0);
    if (own_rank)
        check_place(solved, answer->matched, &whole.list[own_rank - 1], own_rank);
    ck_assert_uint_eq(answer->preferred_count, own_rank ? own_rank - 1 : whole.count);
    ck_assert_uint_eq(answer->n_preferred, answer->preferred_count);
    for (uint32_t i = 0; i < answer->n_preferred; i++) {
        uint32_t band = whole.list[i].score / solved->rules.band_width;
        uint8_t lowest = solved->result.places[whole.list[i].place].lowest_band;
        check_place(solved, answer->preferred[i], &whole.list[i], i + 1);
        ck_assert_int_eq(answer->preferred[i]->reason, reasons[explain_fate(own_rank, i + 1, band, lowest)]);
    }
    for (size_t i = 0; i < answer->n_removed; i++) {
        ck_assert_uint_gt(answer->removed[i]->placement_count, 0);
        removed[answer->removed[i]->rule - 1] = answer->removed[i]->placement_count;
    }
    ck_assert_mem_eq(removed, whole.removed, sizeof removed);
    ck_assert_uint_eq(answer->n_missed_skills, whole.removed[RULE_CRITERIA] > 0);
    if (answer->n_missed_skills)
        ck_assert_uint_eq(answer->missed_skills[0]->placement_count, whole.removed[RULE_CRITERIA]);
    bool fits_nothing = !own_rank && !whole.count;
    ck_assert_int_eq(answer->unmatched_reason == UNMATCHED(RULE), fits_nothing);
    ck_assert_int_eq(answer->unmatched_reason == UNMATCHED(UNSPECIFIED), own_rank > 0);
    if (fits_nothing)
        ck_assert_int_eq(answer->binding_rule, (int)rule_binding(whole.removed) + 1);
    else if (!own_rank)
        ck_assert_int_eq(answer->unmatched_reason, outcome->by_lottery ? UNMATCHED(LOTTERY) : UNMATCHED(BAND));
    explained_list_free(&whole);
}

START_TEST(every_answer_is_what_the_whole_market_says)
{
    struct world world;
    struct solved solved;
    unsigned matched = 0, fits_nothing = 0, outranked = 0, preferred = 0;
    world_open(&world);
    struct round_id id = varied_round(&world);
    solve(&world, &id, &solved);
    ck_assert_uint_eq(solved.input.student_count, STUDENTS);
    for (uint32_t s = 0; s < STUDENTS; s++) {
        unsigned n = 0;
        while (!bytes_equal(stagevraag_at(&world, n)->stagevraag_id, solved.input.students[s].record->stagevraag_id))
            n++;
        Explained *answer = explained(&world, &both_schools, &id, n);
        check_explained(&solved, s, answer);
        matched += answer->matched != NULL;
        fits_nothing += answer->unmatched_reason == UNMATCHED(RULE);
        outranked += answer->unmatched_reason == UNMATCHED(LOTTERY) || answer->unmatched_reason == UNMATCHED(BAND);
        preferred += answer->n_preferred > 0;
        message_free(answer);
    }
    ck_assert(matched && fits_nothing && outranked && preferred > 10); /* or the test says little */
    solved_free(&solved);
    world_close(&world);
}
END_TEST

/* What changed since, and a restart, make no difference. */
START_TEST(it_is_the_first_solve_that_is_explained)
{
    struct world world, again;
    Stagematch__V1__SetPreferencesRequest wish = STAGEMATCH__V1__SET_PREFERENCES_REQUEST__INIT;
    char *preferred[] = {"lb3/p3"};
    world_open(&world);
    struct round_id id = varied_round(&world);
    Explained *before = explained(&world, &school_a, &id, 2);
    wish.stagevraag_id = stagevraag_hex(2);
    wish.version = stagevraag_at(&world, 2)->version;
    wish.preferred = preferred;
    wish.n_preferred = 1;
    void *answer = call(&world, &school_a, METHOD_SET_PREFERENCES, &wish);
    DONE(answer, &world);
    message_free(answer);
    for (unsigned p = 0; p < PLACES; p++) { /* every criterion changes */
        char leerbedrijf[8], leerplaats[8];
        snprintf(leerbedrijf, sizeof leerbedrijf, "lb%u", p % 4);
        snprintf(leerplaats, sizeof leerplaats, p == 6 || p == 9 ? "stage" : "p%u", p);
        Stagematch__V1__Placement placement = placement_make(leerbedrijf, leerplaats);
        placement.title = "Leerplaats";
        placement.capacity = 3;
        message_free(submit(&world, &school_a, &placement));
    }
    Explained *after = explained(&world, &school_a, &id, 2);
    bool same = false;
    ck_assert_int_eq(message_same(before, after, &same), ERR_OK);
    ck_assert(same);
    message_free(after);
    world_restart(&world, &again);
    after = explained(&again, &school_a, &id, 2);
    ck_assert_int_eq(message_same(before, after, &same), ERR_OK);
    ck_assert(same);
    message_free(after);
    message_free(before);
    world_close(&again);
    world_close(&world);
}
END_TEST

/* Four students want one seat: the three without are told by what, but not a student by whom. */
START_TEST(a_student_is_not_told_of_a_few_others)
{
    struct world world;
    unsigned told = 0;
    world_open(&world);
    for (unsigned n = 0; n < 4; n++)
        add_student(&world, n, SCHOOL_A, NULL);
    add_placement(&world, &company, "lb1", "p1", 1);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    for (unsigned n = 0; n < 4; n++) {
        struct caller student = as_student(n);
        Explained *to_school = explained(&world, &school_a, &id, n),
                  *to_student = explained(&world, &student, &id, n);
        ck_assert_int_eq(to_school->matched != NULL, to_student->matched != NULL);
        if (!to_school->matched) {
            told++;
            ck_assert_int_eq(to_school->unmatched_reason, UNMATCHED(LOTTERY));
            ck_assert_int_eq(to_school->preferred[0]->reason, FULL(LOTTERY));
            ck_assert_int_eq(to_student->unmatched_reason, UNMATCHED(OTHER));
            ck_assert_int_eq(to_student->preferred[0]->reason, FULL(OTHER));
            ck_assert(!to_student->preferred[0]->cutoff_shown && !to_school->preferred[0]->cutoff_shown);
        }
        message_free(to_school);
        message_free(to_student);
    }
    ck_assert_uint_eq(told, 3);
    world_close(&world);
}
END_TEST

START_TEST(with_five_candidates_a_student_is_told)
{
    struct world world;
    unsigned told = 0;
    world_open(&world);
    for (unsigned n = 0; n < 5; n++)
        add_student(&world, n, SCHOOL_A, NULL);
    add_placement(&world, &company, "lb1", "p1", 1);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    for (unsigned n = 0; n < 5; n++) {
        struct caller student = as_student(n);
        Explained *answer = explained(&world, &student, &id, n);
        if (!answer->matched) {
            told++;
            ck_assert_int_eq(answer->unmatched_reason, UNMATCHED(LOTTERY));
            ck_assert(answer->preferred[0]->cutoff_shown);
            ck_assert_uint_eq(answer->preferred[0]->cutoff_band, 10);
        }
        message_free(answer);
    }
    ck_assert_uint_eq(told, 4);
    world_close(&world);
}
END_TEST

START_TEST(only_school_and_student_are_told_and_only_while_it_is_published)
{
    struct world world;
    world_open(&world);
    add_student(&world, 0, SCHOOL_A, NULL);
    add_student(&world, 1, SCHOOL_B, NULL);
    add_placement(&world, &company, "lb1", "p1", 1);
    struct caller own = as_student(0), other = as_student(1);
    struct round_id id = round_until(&world, ROUND_STATE(VERIFIED)), nowhere = {"00000000000000000000000000000000"};
    not_told(&world, &school_a, &id, 0, "not_explained");
    not_told(&world, &own, &id, 0, "not_explained");
    round_step(&world, METHOD_PUBLISH_ROUND, &id);
    not_told(&world, &own, &id, 0, "not_explained");
    world_work(&world);
    message_free(explained(&world, &own, &id, 0));
    message_free(explained(&world, &school_a, &id, 0));
    not_told(&world, &other, &id, 0, "not_found");
    not_told(&world, &school_b, &id, 0, "not_found");
    not_told(&world, &company, &id, 0, "not_your_role");
    not_told(&world, &school_a, &nowhere, 0, "not_found");
    round_step(&world, METHOD_CANCEL_ROUND, &id);
    world_work(&world);
    not_told(&world, &school_a, &id, 0, "not_found"); /* it is in no round any more */
    ck_assert_ptr_null(stagevraag_at(&world, 0)->solve_match);
    ck_assert_uint_eq(placement_at(&world, "lb1", "p1")->solve_candidates, 0);
    world_close(&world);
}
END_TEST

/* Who met everything but one criterion, of 12 students with levels 0 to 5 twice. */
START_TEST(a_placement_is_told_what_its_criteria_cost)
{
    struct world world;
    Stagematch__V1__HardCriterion hard = STAGEMATCH__V1__HARD_CRITERION__INIT, *hards[] = {&hard};
    world_open(&world);
    for (unsigned n = 0; n < 12; n++) {
        struct row row;
        row_make(&row, n, n % 2 ? SCHOOL_B : SCHOOL_A);
        row.skill.level = n / 2;
        const struct caller school = {ROLE(COORDINATOR), {row.student.school}};
        void *answer = commit_rows(&world, &school, 100 + n, 0, true, &row, 1);
        DONE(answer, &world);
        message_free(answer);
    }
    hard.skill = "lassen";
    for (unsigned level = 2; level <= 4; level += 2) {
        Stagematch__V1__Placement placement = placement_make("lb1", level == 2 ? "p2" : "p4");
        hard.level = level;
        placement.hard_criteria = hards;
        placement.n_hard_criteria = 1;
        add_made(&world, &company, &placement);
    }
    ck_assert_ptr_null(ask_cost(&world, &company, "lb1", "p2"));
    ck_assert_str_eq(world.status.refusal->name, "not_explained");
    (void)round_until(&world, ROUND_STATE(PUBLISHED));
    Cost *cost = ask_cost(&world, &company, "lb1", "p4");
    DONE(cost, &world);
    ck_assert_uint_eq(cost->n_criteria, 1);
    ck_assert_str_eq(cost->criteria[0]->skill, "lassen");
    ck_assert_uint_eq(cost->criteria[0]->level, 4);
    ck_assert_uint_eq(cost->criteria[0]->more_students, 8); /* levels 0 to 3 */
    ck_assert(!cost->criteria[0]->few && !cost->partial);
    ck_assert(cost->eligible_few && cost->eligible_students == 0); /* four */
    message_free(cost);
    cost = ask_cost(&world, &company, "lb1", "p2");
    DONE(cost, &world);
    ck_assert(cost->criteria[0]->few && cost->criteria[0]->more_students == 0); /* four */
    ck_assert(!cost->eligible_few);
    ck_assert_uint_eq(cost->eligible_students, 8);
    message_free(cost);
    ck_assert_ptr_null(ask_cost(&world, &other_company, "lb1", "p2"));
    ck_assert_str_eq(world.status.refusal->name, "not_found");
    ck_assert_ptr_null(ask_cost(&world, &school_a, "lb1", "p2")); /* the company handed it in itself */
    ck_assert_str_eq(world.status.refusal->name, "not_found");
    checking_count = 0;
    ck_assert_ptr_null(ask_cost(&world, &company, "lb1", "p2"));
    ck_assert_str_eq(world.status.refusal->name, "contact_not_checked");
    checking_count = 2;
    world_close(&world);
}
END_TEST

RUN_TESTS("domain/explain", every_answer_is_what_the_whole_market_says, it_is_the_first_solve_that_is_explained,
          a_student_is_not_told_of_a_few_others, with_five_candidates_a_student_is_told,
          only_school_and_student_are_told_and_only_while_it_is_published, a_placement_is_told_what_its_criteria_cost)
