#include "match/round.h"

#include "base/mem.h"
#include "match/explain.h"
#include "match/lottery.h"
#include "match/visits.h"

#include <string.h>

enum { NO_REMOVED = UINT32_MAX };

struct running {
    const struct market *market;
    struct match_rules rules;
    uint32_t threads;
    const struct round_observer *observer;
    struct round_result *result;
    struct list_maker maker;
    uint32_t *order;      /* lottery number → student */
    uint16_t *free_seats; /* by placement */
    bool *cut;            /* by lottery number */
};

const char *rule_name(enum rule rule)
{
    static const char *const names[] = {"opleiding", "leerweg", "uitgesloten", "periode",
                                        "uren",      "dagen",   "afstand",     "eisen"};
    return rule < RULE_COUNT ? names[rule] : "geen";
}

enum rule rule_binding(const uint32_t removed[RULE_COUNT])
{
    enum rule binding = RULE_COUNT;
    for (enum rule rule = RULE_QUALIFICATION; rule < RULE_COUNT; rule++)
        if (removed[rule])
            binding = rule;
    return binding;
}

static void begin_stage(const struct running *run, enum round_stage stage)
{
    if (run->observer && run->observer->stage)
        run->observer->stage(run->observer->context, stage);
}

static void on_lists(void *context, uint64_t done, uint64_t total)
{
    const struct running *run = context;
    if (run->observer && run->observer->progress)
        run->observer->progress(run->observer->context, STAGE_ELIGIBILITY, done, total);
}

/* Enters the matches of one pass: who sits where, and the seats that are left. */
static void enter_pass(struct running *run, const uint32_t *students, const struct solution *solution,
                       uint32_t student_count, bool second)
{
    struct round_result *result = run->result;
    for (uint32_t i = 0; i < student_count; i++) {
        uint32_t place = solution->place[i];
        if (place == INSTANCE_UNMATCHED)
            continue;
        struct student_outcome *outcome = &result->outcomes[students[i]];
        outcome->place = place;
        outcome->rank = solution->position[i] + 1; /* of the second pass: set right by set_full_rank */
        outcome->second_pass = second;
        run->free_seats[place]--;
    }
    result->counts.proposals += solution->proposals;
    result->counts.matched += solution->matched;
    result->counts.matched_second_pass += second ? solution->matched : 0;
}

/* Builds, solves and verifies one pass over these students and the seats that are free. */
static enum err play_pass(struct running *run, const uint32_t *students, uint32_t student_count, bool second)
{
    struct list_request request = {.students = students,
                                   .student_count = student_count,
                                   .capacity = run->free_seats,
                                   .list_max = second ? 0 : run->rules.list_max,
                                   .threads = run->threads,
                                   .progress = on_lists,
                                   .context = run};
    struct instance instance;
    struct solution solution;
    struct list_counts counts;
    begin_stage(run, STAGE_ELIGIBILITY);
    enum err e = lists_build(&run->maker, &request, &instance, second ? NULL : run->cut, &counts);
    if (e != ERR_OK)
        return e;
    begin_stage(run, STAGE_SOLVE);
    e = solve_stb(&instance, &solution);
    if (e == ERR_OK) {
        begin_stage(run, STAGE_VERIFY);
        e = verify_matching(&instance, solution.place, &run->result->verdict);
        if (e == ERR_OK)
            enter_pass(run, students, &solution, student_count, second);
        solution_free(&solution);
    }
    if (!second) {
        for (uint64_t edge = 0; edge < instance.edge_count; edge++)
            run->result->places[instance_place(&instance, edge)].candidates++;
        run->result->counts.eligible_pairs = counts.eligible_pairs;
        run->result->counts.cut_lists = counts.cut_lists;
        run->result->counts.listed_pairs = instance.edge_count;
    }
    instance_free(&instance);
    return e;
}

/* The rank in the whole list, for a student whose list was narrowed to free places. */
static void set_full_rank(struct running *run, uint32_t student)
{
    const struct candidate *list;
    uint32_t count;
    list_maker_full(&run->maker, student, &list, &count);
    for (uint32_t k = 0; k < count; k++)
        if (list[k].place == run->result->outcomes[student].place)
            run->result->outcomes[student].rank = k + 1;
}

/* Sets the rank of everybody whom the second pass placed, postcode by postcode. */
static enum err set_full_ranks(struct running *run, const uint32_t *students, uint32_t count)
{
    struct visit *visits;
    enum err e = visits_plan(run->market, students, count, &visits);
    if (e != ERR_OK)
        return e;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t student = students[visits[i].number];
        if (run->result->outcomes[student].place == PLACE_NONE)
            continue;
        set_full_rank(run, student);
    }
    mem_free(visits);
    return ERR_OK;
}

static enum err play_second_pass(struct running *run)
{
    uint32_t *left;
    uint32_t count = 0;
    enum err e = mem_alloc(run->market->student_count, sizeof *left, &left);
    if (e != ERR_OK)
        return e;
    for (uint32_t i = 0; i < run->market->student_count; i++)
        if (run->cut[i] && run->result->outcomes[run->order[i]].place == PLACE_NONE)
            left[count++] = run->order[i];
    if (count)
        e = play_pass(run, left, count, true);
    if (count && e == ERR_OK)
        e = set_full_ranks(run, left, count);
    mem_free(left);
    return e;
}

/* Holds every matched pair against the plain rule and fills in what its row shows. Also the lowest band of each place. */
static enum err settle_pairs(struct running *run)
{
    struct place_outcome *places = run->result->places;
    for (uint32_t s = 0; s < run->market->student_count; s++) {
        struct student_outcome *outcome = &run->result->outcomes[s];
        if (outcome->place == PLACE_NONE)
            continue;
        if (eligible_first_broken(run->market, &run->rules, s, outcome->place) != RULE_COUNT) {
            run->result->verdict = (struct verdict){FINDING_NOT_ON_LIST, s, outcome->place};
            return ERR_MISMATCH;
        }
        outcome->score = eligible_score(run->market, s, outcome->place);
        outcome->band = (uint8_t)(outcome->score / run->rules.band_width);
        outcome->distance_m = eligible_distance_m(run->market, s, outcome->place);
        if (outcome->band < places[outcome->place].lowest_band)
            places[outcome->place].lowest_band = outcome->band;
    }
    return ERR_OK;
}

static enum err explain_student(struct running *run, uint32_t s)
{
    const struct candidate *candidates;
    uint32_t count;
    struct student_outcome *outcome = &run->result->outcomes[s];
    eligibility_find(run->maker.eligibility, s, &candidates, &count);
    outcome->eligible = count;
    for (uint32_t i = 0; i < count; i++) {
        bool lottery =
            run->result->places[candidates[i].place].lowest_band == candidates[i].score / run->rules.band_width;
        outcome->by_lottery += lottery;
        outcome->by_band += !lottery;
    }
    if (count)
        return ERR_OK;
    struct round_result *result = run->result;
    enum err e =
        mem_grow(&result->removed, &result->removed_capacity, result->removed_count + 1, sizeof *result->removed);
    if (e != ERR_OK)
        return e;
    eligibility_explain(run->maker.eligibility, s, result->removed[result->removed_count]);
    outcome->removed_at = (uint32_t)result->removed_count++;
    return ERR_OK;
}

static enum err explain_all(struct running *run)
{
    uint32_t *left = NULL, count = 0;
    struct visit *visits = NULL;
    enum err e = settle_pairs(run);
    if (e == ERR_OK)
        e = mem_alloc(run->market->student_count, sizeof *left, &left);
    for (uint32_t s = 0; s < run->market->student_count && e == ERR_OK; s++)
        if (run->result->outcomes[s].place == PLACE_NONE)
            left[count++] = s;
    if (e == ERR_OK)
        e = visits_plan(run->market, left, count, &visits);
    for (uint32_t i = 0; i < count && e == ERR_OK; i++)
        e = explain_student(run, left[visits[i].number]);
    mem_free(visits);
    mem_free(left);
    return e;
}

static enum err count_ranks(struct round_result *result)
{
    for (size_t s = 0; s < result->student_count; s++)
        if (result->outcomes[s].place != PLACE_NONE && result->outcomes[s].rank > result->rank_max)
            result->rank_max = result->outcomes[s].rank;
    enum err e = mem_alloc((size_t)result->rank_max + 1, sizeof *result->rank_counts, &result->rank_counts);
    for (size_t s = 0; s < result->student_count && e == ERR_OK; s++)
        if (result->outcomes[s].place != PLACE_NONE)
            result->rank_counts[result->outcomes[s].rank]++;
    result->counts.unmatched = result->student_count - result->counts.matched;
    return e;
}

static enum err open_run(struct running *run)
{
    const struct market *market = run->market;
    struct round_result *result = run->result;
    begin_stage(run, STAGE_ELIGIBILITY);
    enum err e = mem_alloc(market->student_count, sizeof *result->outcomes, &result->outcomes);
    if (e == ERR_OK)
        e = mem_alloc(market->placement_count, sizeof *result->places, &result->places);
    if (e == ERR_OK)
        e = mem_alloc(market->student_count, sizeof *run->order, &run->order);
    if (e == ERR_OK)
        e = mem_alloc(market->placement_count, sizeof *run->free_seats, &run->free_seats);
    if (e == ERR_OK)
        e = mem_alloc(market->student_count, sizeof *run->cut, &run->cut);
    if (e == ERR_OK)
        e = lottery_order(market, run->order);
    if (e == ERR_OK)
        e = list_maker_open(market, &run->rules, &run->maker);
    if (e != ERR_OK)
        return e;
    result->student_count = market->student_count;
    for (size_t s = 0; s < market->student_count; s++)
        result->outcomes[s] = (struct student_outcome){.place = PLACE_NONE, .removed_at = NO_REMOVED};
    for (size_t p = 0; p < market->placement_count; p++) {
        result->places[p].lowest_band = BAND_NOBODY;
        run->free_seats[p] = market->placements[p].capacity;
        result->counts.seats += market->placements[p].capacity;
    }
    return ERR_OK;
}

enum err round_run(const struct market *market, const struct match_rules *rules, uint32_t threads,
                   const struct round_observer *observer, struct round_result *result)
{
    *result = (struct round_result){0};
    struct running run = {
        .market = market, .rules = *rules, .threads = threads, .observer = observer, .result = result};
    enum err e = open_run(&run);
    if (e == ERR_OK)
        e = play_pass(&run, run.order, (uint32_t)market->student_count, false);
    if (e == ERR_OK)
        e = play_second_pass(&run);
    begin_stage(&run, STAGE_EXPLAIN);
    if (e == ERR_OK)
        e = explain_all(&run);
    if (e == ERR_OK)
        e = count_ranks(result);
    list_maker_close(&run.maker);
    mem_free(run.order);
    mem_free(run.free_seats);
    mem_free(run.cut);
    if (e != ERR_OK) {
        struct verdict verdict = result->verdict;
        round_result_free(result);
        result->verdict = verdict;
    }
    return e;
}

void round_result_free(struct round_result *result)
{
    mem_free(result->outcomes);
    mem_free(result->places);
    mem_free(result->removed);
    mem_free(result->rank_counts);
    *result = (struct round_result){0};
}
