/*
 * Random commands against the state machine. After every one: no seat over capacity, taken seats are those that proposals
 * hold, no student in two proposals, every end in the ledger exactly once, and what was written is what is in memory. The
 * same commands give the same changes, byte for byte, also when the service is restarted on the way.
 */
#include "prop/domain_journal.h"

enum { STUDENTS = 60, PLACES = 8, STEPS = 1500, RELOAD_EVERY = 37 };

/* What must always hold; domain_restored counts seats and pairs. */
static void check_invariants(void)
{
    struct state *state = domain_state(domain);
    size_t ended = 0;
    ck_assert(!domain_is_broken(domain));
    ck_assert_int_eq(domain_restored(domain), ERR_OK);
    for (const PlacementRecord *place = state_next(state, RECORD_PLACEMENT, text_of("")); place;
         place = state_next(state, RECORD_PLACEMENT, text_of_bytes(place->placement_id)))
        ck_assert_uint_le(place->seats_taken + place->seats_suspended, place->placement->capacity);
    for (unsigned i = 0; i < STUDENTS; i++) {
        const StagevraagRecord *stagevraag = stagevraag_of(STAGEVRAAG + i);
        struct scan scan;
        size_t running = 0;
        scan_id(&scan, state, INDEX_PROPOSAL_STAGEVRAAG, key_of(STAGEVRAAG + i));
        for (const ProposalRecord *proposal; (proposal = scan_next(&scan));)
            running += proposal_state_facts(proposal->state)->runs;
        ck_assert_uint_le(running, 1);
        ck_assert_uint_eq(running, stagevraag->proposal_id.len ? 1 : 0);
    }
    for (const ProposalRecord *proposal = state_next(state, RECORD_PROPOSAL, text_of("")); proposal;
         proposal = state_next(state, RECORD_PROPOSAL, text_of_bytes(proposal->proposal_id))) {
        const struct proposal_state_facts *facts = proposal_state_facts(proposal->state);
        ended += !facts->runs;
        ck_assert_int_eq(index_find(&endings, text_of_bytes(proposal->proposal_id)) != NULL, !facts->runs);
        /* Whoever is waited for has it in a list. */
        if (facts->runs)
            ck_assert_int_ne(task_due_ms(state, INDEX_TASK_PROPOSAL, proposal->proposal_id, facts->task), 0);
    }
    ck_assert_uint_eq(endings.count, ended);
}

/* Commands. */

static const ProposalRecord *some_proposal(void)
{
    struct state *state = domain_state(domain);
    size_t count = state_count(state, RECORD_PROPOSAL);
    const ProposalRecord *proposal = state_next(state, RECORD_PROPOSAL, text_of(""));
    if (count == 0)
        return NULL;
    for (unsigned skip = below((unsigned)count); skip > 0; skip--)
        proposal = state_next(state, RECORD_PROPOSAL, text_of_bytes(proposal->proposal_id));
    return proposal;
}

/* As a re-match would: a free student at a free seat that is not barred. */
static void make_match(void)
{
    unsigned student_at = below(STUDENTS), place_at = below(PLACES);
    const StagevraagRecord *stagevraag = stagevraag_of(STAGEVRAAG + student_at);
    const PlacementRecord *place = placement_of(PLACEMENT + place_at);
    if (stagevraag->state != STAGEVRAAG_STATE(FREE) || placement_free_seats(place) == 0)
        return;
    for (size_t i = 0; i < stagevraag->n_barred_placements; i++)
        if (bytes_equal(stagevraag->barred_placements[i], place->placement_id) && below(20))
            return;
    (void)propose(STAGEVRAAG + student_at, PLACEMENT + place_at);
}

static const char *const reason_codes[] = {"geen-begeleider", "gesloten",     "onder-minimum",     "niveau-betwist",
                                           "geen-vog",        "niet-gekomen", "plek-elders",       "reistijd",
                                           "anders",          "klik",         "persoonlijke-reden"};
static const char *const criteria[] = {"", "", "taal", "zorg", "vca"};

static const enum method_id method_of_event[PROPOSAL_EVENT_COUNT] = {
    [EVENT_SCHOOL_APPROVES] = METHOD_APPROVE_PROPOSAL,
    [EVENT_SCHOOL_VETOES] = METHOD_VETO_PROPOSAL,
    [EVENT_COMPANY_AGREES] = METHOD_AGREE_TO_CANDIDATE,
    [EVENT_COMPANY_OBJECTS] = METHOD_OBJECT_TO_CANDIDATE,
    [EVENT_STUDENT_CONFIRMS] = METHOD_CONFIRM_PROPOSAL,
    [EVENT_STUDENT_DECLINES] = METHOD_DECLINE_PROPOSAL,
    [EVENT_SCHOOL_RELEASES] = METHOD_COMMIT_RELEASE,
    [EVENT_COMPANY_PLACES] = METHOD_PLACE_CANDIDATE,
    [EVENT_COMPANY_DROPS] = METHOD_DROP_CANDIDATE,
    [EVENT_STARTS] = METHOD_START_PROPOSAL,
    [EVENT_CANCELLED_BEFORE_START] = METHOD_CANCEL_BEFORE_START,
    [EVENT_COMPLETES] = METHOD_COMPLETE_PROPOSAL,
    [EVENT_ENDS_EARLY] = METHOD_END_PROPOSAL_EARLY,
    [EVENT_STUDENT_WITHDRAWN] = METHOD_WITHDRAW_PROPOSAL,
    [EVENT_PLACE_WITHDRAWN] = METHOD_AGREE_INTRODUCTION, /* events that have no call: something else is tried */
    [EVENT_ROUND_CANCELLED] = METHOD_APPROVE_PROPOSAL,
    [EVENT_OVERDUE] = METHOD_CONFIRM_PROPOSAL,
};

/* Mostly a move that the state has, onward more often than not. */
static enum proposal_event some_event(const ProposalRecord *proposal)
{
    enum proposal_event event = (enum proposal_event)below(PROPOSAL_EVENT_COUNT);
    for (unsigned tries = 0; tries < 40; tries++) {
        const struct proposal_move *move = &proposal_moves[below((unsigned)proposal_move_count)];
        if (move->from == proposal->state && (!move->unfavourable || below(3) == 0))
            return move->event;
    }
    return event;
}

static const char *some_reason(enum proposal_event event, const ProposalRecord *proposal)
{
    const struct proposal_move *move = proposal_move_of(proposal->state, event);
    const char *code = reason_codes[below(sizeof reason_codes / sizeof reason_codes[0])];
    for (unsigned tries = 0; tries < 40 && move && move->reason != REASON_NONE && below(10); tries++) {
        const struct reason *reason = reason_find(reasons, code);
        if (reason && reason->events >> move->reason & 1)
            break;
        code = reason_codes[below(sizeof reason_codes / sizeof reason_codes[0])];
    }
    return code;
}

static bool fits(const struct caller *caller, enum method_id method, const ProposalRecord *proposal)
{
    char student_ref[ID_HEX_BYTES];
    id_format_bytes(proposal->student_ref, student_ref);
    bool of_it = strcmp(caller->scope, proposal->school) == 0 || strcmp(caller->scope, proposal->leerbedrijf) == 0 ||
                 strcmp(caller->scope, student_ref) == 0;
    bool role = method == METHOD_COMMIT_RELEASE ? caller->role == ROLE(COORDINATOR)
                                                : (method_of(method)->roles & ROLE_BIT(caller->role)) != 0;
    return of_it && role;
}

static void make_move(const struct caller *callers, size_t caller_count)
{
    const ProposalRecord *proposal = some_proposal();
    if (!proposal)
        return;
    struct about about = about_of(proposal);
    enum proposal_event event = some_event(proposal);
    enum method_id method = method_of_event[event];
    const struct caller *caller = &callers[below((unsigned)caller_count)];
    bool any_caller = below(10) == 0;
    for (unsigned tries = 0; tries < 200 && !any_caller && !fits(caller, method, proposal); tries++)
        caller = &callers[below((unsigned)caller_count)];
    about.reason = some_reason(event, proposal);
    const struct reason *reason = reason_find(reasons, about.reason);
    about.criterion = (reason && reason->needs_criterion) || below(20) == 0
                          ? criteria[below(sizeof criteria / sizeof criteria[0])]
                          : "";
    about.side = (Stagematch__V1__Side)below(4);
    about.version -= below(20) == 0;
    bool with_text = method_of(method)->target == TARGET_SAGA_TEXT && strcmp(about.reason, "anders") == 0;
    if (method == METHOD_COMMIT_RELEASE)
        release_as(caller, &about, (uint8_t)(1 + below(250)));
    else
        move_as(caller, method, &about, with_text);
}

static void finish_task(const struct caller *callers, size_t caller_count)
{
    struct state *state = domain_state(domain);
    Stagematch__V1__CompleteTaskRequest request = STAGEMATCH__V1__COMPLETE_TASK_REQUEST__INIT;
    char id[ID_HEX_BYTES];
    unsigned skip = below((unsigned)state_count(state, RECORD_TASK) + 1);
    const TaskRecord *task = state_next(state, RECORD_TASK, text_of(""));
    while (task && skip-- > 0)
        task = state_next(state, RECORD_TASK, text_of_bytes(task->task_id));
    if (!task)
        return;
    id_format_bytes(task->task_id, id);
    request.request_id = message_borrow(new_request_id());
    request.task_id = id;
    message_free(call(&callers[below((unsigned)caller_count)], METHOD_COMPLETE_TASK, &request));
}

static void reopen(const struct caller *callers, size_t caller_count)
{
    unsigned at = below(PLACES);
    Stagematch__V1__ReopenPlacementRequest request = STAGEMATCH__V1__REOPEN_PLACEMENT_REQUEST__INIT;
    char id[ID_HEX_BYTES];
    id_format_bytes(id_of(PLACEMENT + at), id);
    request.request_id = message_borrow(new_request_id());
    request.placement_id = id;
    request.version = placement_of(PLACEMENT + at)->version;
    message_free(call(&callers[below((unsigned)caller_count)], METHOD_REOPEN_PLACEMENT, &request));
}

static void place_elsewhere(const struct caller *callers, size_t caller_count)
{
    unsigned at = below(STUDENTS);
    Stagematch__V1__PlaceElsewhereRequest request = STAGEMATCH__V1__PLACE_ELSEWHERE_REQUEST__INIT;
    char id[ID_HEX_BYTES], place[ID_HEX_BYTES];
    id_format_bytes(id_of(STAGEVRAAG + at), id);
    id_format_bytes(id_of(PLACEMENT + below(PLACES)), place);
    request.request_id = message_borrow(new_request_id());
    request.stagevraag_id = id;
    request.version = stagevraag_of(STAGEVRAAG + at)->version;
    request.placement_id = message_borrow(below(2) ? place : "");
    message_free(call(&callers[below((unsigned)caller_count)], METHOD_PLACE_ELSEWHERE, &request));
}

static void answer_questions(const struct caller *callers, size_t caller_count)
{
    const ProposalRecord *proposal = some_proposal();
    Stagematch__V1__CheckInAnswer answers[3];
    if (!proposal)
        return;
    struct about about = about_of(proposal);
    for (unsigned i = 0; i < 3; i++)
        answers[i] = (Stagematch__V1__CheckInAnswer)below(5);
    Stagematch__V1__AnswerCompanyCheckInRequest request = STAGEMATCH__V1__ANSWER_COMPANY_CHECK_IN_REQUEST__INIT;
    request.request_id = message_borrow(new_request_id());
    request.candidate = message_borrow(about.label);
    request.moment = (Stagematch__V1__CheckInMoment)below(5);
    request.n_answers = 3;
    request.answers = answers;
    message_free(call(&callers[below((unsigned)caller_count)], METHOD_ANSWER_COMPANY_CHECK_IN, &request));
}

static void end_round(void)
{
    static struct domain_options options;
    uint8_t entropy[ENTROPY_BYTES];
    options = (struct domain_options){.reasons = reasons, .calendar = calendar};
    next_entropy(entropy);
    struct context context = some_context(entropy, &options);
    (void)proposal_end_all_of(&context, INDEX_RUNNING_ROUND, id_of(ROUND), EVENT_ROUND_CANCELLED, "", 1 + below(3));
    ck_assert_int_eq(context.error, ERR_OK);
}

static void fill_callers(struct caller callers[STUDENTS + 5])
{
    static char refs[STUDENTS][ID_HEX_BYTES];
    callers[0] = (struct caller){ROLE(COORDINATOR), "99AA", 1};
    callers[1] = (struct caller){ROLE(COORDINATOR), "99AB", 2};
    callers[2] = (struct caller){ROLE(COMPANY), "100001", 3};
    callers[3] = (struct caller){ROLE(COMPANY), "100002", 4};
    callers[4] = (struct caller){ROLE(VERTROUWENSPERSOON), "99AA", 5};
    for (unsigned i = 0; i < STUDENTS; i++) {
        id_format_bytes(id_of(STUDENT + i), refs[i]);
        callers[5 + i] = (struct caller){ROLE(STUDENT), refs[i], (uint8_t)(10 + i)};
    }
}

static void make_market(void)
{
    open_domain();
    add_round(ROUND, below(4) == 0 ? ROUND_MODE(DIRECT) : ROUND_MODE(BLIND));
    for (unsigned i = 0; i < PLACES; i++)
        add_placement(PLACEMENT + i, i % 2 ? "100001" : "100002", 1 + i % 3, i == 3 ? "99AB" : "");
    for (unsigned i = 0; i < STUDENTS; i++)
        add_stagevraag(STAGEVRAAG + i, STUDENT + i, i % 3 ? "99AA" : "99AB", below(6), below(6));
}

static void step(const struct caller *callers, size_t caller_count)
{
    unsigned choice = below(100);
    if (choice < 20)
        make_match();
    else if (choice < 80)
        make_move(callers, caller_count);
    else if (choice < 84)
        finish_task(callers, caller_count);
    else if (choice < 88)
        reopen(callers, caller_count);
    else if (choice == 88 && below(5) == 0)
        place_elsewhere(callers, caller_count);
    else if (choice < 93)
        answer_questions(callers, caller_count);
    else if (choice == 93 && below(4) == 0)
        end_round();
    else
        wait_until(now_ms + (int64_t)below(24) * 3600000);
}

/* One life of a market; with `restarts` the service is started anew now and then. The digest is of all that was written. */
static void live(uint64_t seed, bool restarts, uint8_t out[32])
{
    struct caller callers[STUDENTS + 5];
    journal_open(seed);
    fill_callers(callers);
    make_market();
    for (unsigned i = 0; i < STEPS; i++) {
        step(callers, sizeof callers / sizeof callers[0]);
        write_changes();
        check_invariants();
        if (i % RELOAD_EVERY != 0)
            continue;
        check_reload();
        if (restarts) {
            struct domain *fresh = reload();
            domain_free(domain);
            domain = fresh;
        }
    }
    journal_close(out);
    close_domain();
}

START_TEST(whatever_is_asked_in_whatever_order_the_rules_hold)
{
    uint64_t seed = test_seed(20270301) + (unsigned)_i;
    uint8_t first[32], second[32], restarted[32];
    live(seed, false, first);
    ck_assert_uint_gt(ledger_seq, 100); /* something happened */
    live(seed, false, second);
    ck_assert_mem_eq(first, second, sizeof first);
    live(seed, true, restarted);
    ck_assert_mem_eq(first, restarted, sizeof first);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("domain_random");
    TCase *tcase = tcase_create("domain_random");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, whatever_is_asked_in_whatever_order_the_rules_hold, 0, 4);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
