#include "core_fixture.h"

/* What a state of a proposal is reached by, so that every call can be tried in every state. */
static struct about in_state(Stagematch__V1__ProposalState state)
{
    struct about about = open_story();
    static const struct {
        Stagematch__V1__ProposalState end, from;
        enum method_id method;
        const struct caller *caller;
        const char *reason;
    } ends[] = {
        {PROPOSAL_STATE(VETOED), PROPOSAL_STATE(PROPOSED), METHOD_VETO_PROPOSAL, &school, "plek-elders"},
        {PROPOSAL_STATE(REJECTED), PROPOSAL_STATE(APPROVED), METHOD_OBJECT_TO_CANDIDATE, &company, "gesloten"},
        {PROPOSAL_STATE(DECLINED), PROPOSAL_STATE(ACCEPTED), METHOD_DECLINE_PROPOSAL, &student, "reistijd"},
        {PROPOSAL_STATE(DROPPED_AFTER_RELEASE), PROPOSAL_STATE(RELEASED), METHOD_DROP_CANDIDATE, &company,
         "geen-vog"},
        {PROPOSAL_STATE(CANCELLED_BEFORE_START), PROPOSAL_STATE(PLACED), METHOD_CANCEL_BEFORE_START, &school,
         "gesloten"},
        {PROPOSAL_STATE(ENDED_EARLY), PROPOSAL_STATE(STARTED), METHOD_END_PROPOSAL_EARLY, &school, "niet-gekomen"},
        {PROPOSAL_STATE(WITHDRAWN_STUDENT), PROPOSAL_STATE(CONFIRMED), METHOD_WITHDRAW_PROPOSAL, &school,
         "plek-elders"},
    };
    if (state == PROPOSAL_STATE(EXPIRED_COMPANY) || state == PROPOSAL_STATE(EXPIRED_STUDENT)) {
        bring_to(&about,
                 state == PROPOSAL_STATE(EXPIRED_COMPANY) ? PROPOSAL_STATE(APPROVED) : PROPOSAL_STATE(ACCEPTED));
        wait_until(now_ms + 10 * DAY_MS_LONG);
    } else {
        size_t i = 0;
        while (i < sizeof ends / sizeof ends[0] && ends[i].end != state)
            i++;
        if (i == sizeof ends / sizeof ends[0]) {
            bring_to(&about, state);
        } else {
            bring_to(&about, ends[i].from);
            about.reason = ends[i].reason;
            about.side = SIDE(STUDENT);
            move_as(ends[i].caller, ends[i].method, &about, false);
            DONE();
        }
    }
    ck_assert_int_eq(proposal_of(about.id)->state, state);
    about.version = proposal_of(about.id)->version;
    return about;
}

/* Each call that moves a proposal, a reason that would do, and the one state from which it does. */
static const struct {
    enum method_id method;
    const struct caller *caller;
    const char *reason;
    Stagematch__V1__ProposalState from, to;
    unsigned more_from; /* 1 << state, besides `from` */
} calls[] = {
    {METHOD_APPROVE_PROPOSAL, &school, NULL, PROPOSAL_STATE(PROPOSED), PROPOSAL_STATE(APPROVED), 0},
    {METHOD_VETO_PROPOSAL, &school, "plek-elders", PROPOSAL_STATE(PROPOSED), PROPOSAL_STATE(VETOED), 0},
    {METHOD_AGREE_TO_CANDIDATE, &company, NULL, PROPOSAL_STATE(APPROVED), PROPOSAL_STATE(ACCEPTED), 0},
    {METHOD_OBJECT_TO_CANDIDATE, &company, "geen-begeleider", PROPOSAL_STATE(APPROVED), PROPOSAL_STATE(REJECTED), 0},
    {METHOD_CONFIRM_PROPOSAL, &student, NULL, PROPOSAL_STATE(ACCEPTED), PROPOSAL_STATE(CONFIRMED), 0},
    {METHOD_DECLINE_PROPOSAL, &student, "reistijd", PROPOSAL_STATE(ACCEPTED), PROPOSAL_STATE(DECLINED), 0},
    {METHOD_PLACE_CANDIDATE, &company, NULL, PROPOSAL_STATE(RELEASED), PROPOSAL_STATE(PLACED), 0},
    {METHOD_DROP_CANDIDATE, &company, "niet-gekomen", PROPOSAL_STATE(RELEASED), PROPOSAL_STATE(DROPPED_AFTER_RELEASE),
     0},
    {METHOD_START_PROPOSAL, &school, NULL, PROPOSAL_STATE(PLACED), PROPOSAL_STATE(STARTED), 0},
    {METHOD_CANCEL_BEFORE_START, &school, "geen-vog", PROPOSAL_STATE(PLACED), PROPOSAL_STATE(CANCELLED_BEFORE_START),
     0},
    {METHOD_COMPLETE_PROPOSAL, &school, NULL, PROPOSAL_STATE(STARTED), PROPOSAL_STATE(COMPLETED), 0},
    {METHOD_END_PROPOSAL_EARLY, &school, "niet-gekomen", PROPOSAL_STATE(STARTED), PROPOSAL_STATE(ENDED_EARLY), 0},
    {METHOD_WITHDRAW_PROPOSAL, &school, "plek-elders", PROPOSAL_STATE(PROPOSED), PROPOSAL_STATE(WITHDRAWN_STUDENT),
     1u << PROPOSAL_STATE(APPROVED) | 1u << PROPOSAL_STATE(ACCEPTED) | 1u << PROPOSAL_STATE(CONFIRMED) |
         1u << PROPOSAL_STATE(RELEASED)},
};
enum { CALLS = sizeof calls / sizeof calls[0] };

static const Stagematch__V1__ProposalState reachable[] = {PROPOSAL_STATE(PROPOSED),
                                                          PROPOSAL_STATE(APPROVED),
                                                          PROPOSAL_STATE(ACCEPTED),
                                                          PROPOSAL_STATE(CONFIRMED),
                                                          PROPOSAL_STATE(RELEASED),
                                                          PROPOSAL_STATE(PLACED),
                                                          PROPOSAL_STATE(STARTED),
                                                          PROPOSAL_STATE(COMPLETED),
                                                          PROPOSAL_STATE(VETOED),
                                                          PROPOSAL_STATE(REJECTED),
                                                          PROPOSAL_STATE(EXPIRED_COMPANY),
                                                          PROPOSAL_STATE(DECLINED),
                                                          PROPOSAL_STATE(EXPIRED_STUDENT),
                                                          PROPOSAL_STATE(DROPPED_AFTER_RELEASE),
                                                          PROPOSAL_STATE(CANCELLED_BEFORE_START),
                                                          PROPOSAL_STATE(ENDED_EARLY),
                                                          PROPOSAL_STATE(WITHDRAWN_STUDENT)};
enum { REACHABLE = sizeof reachable / sizeof reachable[0] };

START_TEST(every_call_moves_from_its_own_state_and_is_refused_in_every_other)
{
    for (size_t state = 0; state < REACHABLE; state++)
        for (size_t i = 0; i < CALLS; i++) {
            struct about about = in_state(reachable[state]);
            bool shown = proposal_of(about.id)->shown;
            bool moves = calls[i].from == reachable[state] || calls[i].more_from >> reachable[state] & 1;
            uint64_t before = state_mutations(domain_state(domain));
            about.reason = calls[i].reason;
            about.side = SIDE(SCHOOL);
            move_as(calls[i].caller, calls[i].method, &about, false);
            if (moves) {
                DONE();
                ck_assert_uint_eq(proposal_of(about.id)->version, about.version + 1);
            } else {
                /* What a company was never shown does not exist for it. */
                REFUSED(calls[i].caller == &company && !shown ? "not_found" : "wrong_state");
                ck_assert_uint_eq(state_mutations(domain_state(domain)), before);
                ck_assert_int_eq(proposal_of(about.id)->state, reachable[state]);
            }
            close_domain();
        }
}
END_TEST

START_TEST(each_call_leads_where_it_says)
{
    for (size_t i = 0; i < CALLS; i++) {
        struct about about = in_state(calls[i].from);
        about.reason = calls[i].reason;
        about.side = SIDE(COMPANY);
        move_as(calls[i].caller, calls[i].method, &about, false);
        DONE();
        ck_assert_int_eq(proposal_of(about.id)->state, calls[i].to);
        close_domain();
    }
}
END_TEST

START_TEST(every_other_role_and_scope_is_refused)
{
    static const struct caller *const others[] = {&school,  &other_school,  &company,          &other_company,
                                                  &student, &other_student, &handler_of_cases, &reviewer};
    for (size_t i = 0; i < CALLS; i++)
        for (size_t j = 0; j < sizeof others / sizeof others[0]; j++) {
            bool on_behalf = calls[i].caller == &company || calls[i].caller == &student;
            if (others[j] == calls[i].caller || (on_behalf && others[j] == &school))
                continue; /* a coördinator of the student's school may act for the company and for the student */
            struct about about = in_state(calls[i].from);
            about.reason = calls[i].reason;
            about.side = SIDE(SCHOOL);
            move_as(others[j], calls[i].method, &about, false);
            bool right_role = method_of(calls[i].method)->roles & ROLE_BIT(others[j]->role);
            REFUSED(right_role ? "not_found" : "not_your_role");
            ck_assert_int_eq(proposal_of(about.id)->state, calls[i].from);
            close_domain();
        }
}
END_TEST

/* Which ledger entry of the changes says `code`; the caller frees it. */
static LedgerPayload *entry_saying(const struct changes *changes, const char *code)
{
    for (size_t i = 0; i < changes->entry_count; i++) {
        LedgerPayload *payload;
        ck_assert_int_eq(message_unpack(&stagematch__internal__v1__ledger_payload__descriptor,
                                        changes->entries[i].payload, &payload),
                         ERR_OK);
        if (strcmp(payload->code, code) == 0)
            return payload;
        message_free(payload);
    }
    ck_abort_msg("the ledger does not say %s", code);
}

static size_t notices_to(const char *template, unsigned role)
{
    size_t count = 0;
    struct index_key key;
    index_key_start(&key);
    index_key_u64(&key, 0);
    for (const NoticeRecord *notice; (notice = state_next(domain_state(domain), RECORD_NOTICE,
                                                          (struct text){(const char *)key.bytes, key.length}));) {
        count += strcmp(notice->template_, template) == 0 && notice->role == role;
        index_key_start(&key);
        index_key_u64(&key, notice->seq);
    }
    return count;
}

START_TEST(who_answered_for_a_student_is_recorded_and_the_student_is_told)
{
    static const struct {
        const struct caller *caller;
        enum method_id method;
        const char *reason, *code;
        bool on_behalf;
        size_t ended; /* notices of an end to the student, and to the school */
    } cases[] = {
        {&student, METHOD_CONFIRM_PROPOSAL, NULL, "confirmed", false, 0},
        {&school, METHOD_CONFIRM_PROPOSAL, NULL, "confirmed", true, 0},
        {&student, METHOD_DECLINE_PROPOSAL, "reistijd", "declined", false, 1},
        {&school, METHOD_DECLINE_PROPOSAL, "reistijd", "declined", true, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct about about = in_state(PROPOSAL_STATE(ACCEPTED));
        struct changes changes;
        about.reason = cases[i].reason;
        move_as(cases[i].caller, cases[i].method, &about, false);
        DONE();
        ck_assert(proposal_of(about.id)->on_behalf_of_student == cases[i].on_behalf);
        ck_assert_int_eq(state_take_changes(domain_state(domain), &changes), ERR_OK);
        LedgerPayload *payload = entry_saying(&changes, cases[i].code);
        ck_assert(payload->on_behalf == cases[i].on_behalf);
        ck_assert_uint_eq(payload->actor_role, cases[i].caller->role);
        ck_assert_uint_eq(notices_to("answered_for_student", ROLE(STUDENT)), cases[i].on_behalf);
        ck_assert_uint_eq(notices_to("proposal_ended", ROLE(STUDENT)), 0);
        ck_assert_uint_eq(notices_to("proposal_ended", ROLE(COORDINATOR)), cases[i].ended);
        ck_assert_uint_eq(count_tasks(0, NULL, TASK_KIND(CONFIRM)), 0);
        message_free(payload);
        changes_free(&changes);
        close_domain();
    }
}
END_TEST

START_TEST(a_stale_version_is_told_the_present_one)
{
    for (size_t i = 0; i < CALLS; i++) {
        struct about about = in_state(calls[i].from);
        uint64_t present = about.version;
        about.reason = calls[i].reason;
        about.side = SIDE(SCHOOL);
        about.version = present + 1;
        move_as(calls[i].caller, calls[i].method, &about, false);
        REFUSED("stale_version");
        ck_assert_uint_eq(last.current_version, present);
        about.version = 0;
        move_as(calls[i].caller, calls[i].method, &about, false);
        REFUSED("missing_field");
        close_domain();
    }
}
END_TEST

START_TEST(what_does_not_exist_is_not_found)
{
    struct about about = open_story();
    static const char *const wrong[] = {"",
                                        "00",
                                        "ffffffffffffffffffffffffffffffff",
                                        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
                                        "gggggggggggggggggggggggggggggggg",
                                        "0000000000000000000000000000000000"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        about.id = wrong[i];
        move_as(&school, METHOD_APPROVE_PROPOSAL, &about, false);
        REFUSED("not_found");
    }
    close_domain();
}
END_TEST

START_TEST(an_unfavourable_end_frees_the_student_and_bars_the_pair)
{
    for (size_t i = 0; i < REACHABLE; i++) {
        struct about about = in_state(reachable[i]);
        const StagevraagRecord *stagevraag = stagevraag_of(STAGEVRAAG);
        const struct proposal_state_facts *facts = proposal_state_facts(reachable[i]);
        bool unfavourable = !facts->runs && reachable[i] != PROPOSAL_STATE(COMPLETED);
        ck_assert_int_eq(stagevraag->state, facts->stagevraag);
        ck_assert_uint_eq(stagevraag->proposal_id.len, facts->runs ? 16 : 0);
        ck_assert_uint_eq(stagevraag->n_barred_placements, unfavourable ? 1 : 0);
        if (unfavourable)
            ck_assert(bytes_equal(stagevraag->barred_placements[0], id_of(PLACEMENT)));
        ck_assert_str_eq(proposal_of(about.id)->reason[0] ? "reason" : "", about.reason ? "reason" : "");
        close_domain();
    }
}
END_TEST

START_TEST(the_seat_goes_where_the_end_says)
{
    static const struct {
        Stagematch__V1__ProposalState state;
        uint32_t taken, suspended;
    } seats[] = {{PROPOSAL_STATE(PROPOSED), 1, 0},
                 {PROPOSAL_STATE(STARTED), 1, 0},
                 {PROPOSAL_STATE(VETOED), 0, 0},
                 {PROPOSAL_STATE(REJECTED), 0, 1}, /* "gesloten": the place */
                 {PROPOSAL_STATE(EXPIRED_COMPANY), 0, 1},
                 {PROPOSAL_STATE(DECLINED), 0, 0},
                 {PROPOSAL_STATE(EXPIRED_STUDENT), 0, 0},
                 {PROPOSAL_STATE(DROPPED_AFTER_RELEASE), 1, 0}, /* held */
                 {PROPOSAL_STATE(CANCELLED_BEFORE_START), 0, 0},
                 {PROPOSAL_STATE(ENDED_EARLY), 0, 1},
                 {PROPOSAL_STATE(COMPLETED), 0, 1},
                 {PROPOSAL_STATE(WITHDRAWN_STUDENT), 0, 0}};
    for (size_t i = 0; i < sizeof seats / sizeof seats[0]; i++) {
        struct about about = in_state(seats[i].state);
        ck_assert_uint_eq(placement_of(PLACEMENT)->seats_taken, seats[i].taken);
        ck_assert_uint_eq(placement_of(PLACEMENT)->seats_suspended, seats[i].suspended);
        ck_assert_uint_eq(placement_free_seats(placement_of(PLACEMENT)), 2 - seats[i].taken - seats[i].suspended);
        ck_assert_int_eq(proposal_of(about.id)->seat_held, seats[i].state == PROPOSAL_STATE(DROPPED_AFTER_RELEASE));
        ck_assert_int_eq(domain_restored(domain), ERR_OK);
        close_domain();
    }
}
END_TEST

START_TEST(where_the_company_does_not_choose_the_student_is_asked_at_once)
{
    open_domain();
    add_round(ROUND, ROUND_MODE(DIRECT));
    add_placement(PLACEMENT, "100001", 1, "");
    add_stagevraag(STAGEVRAAG, STUDENT, "99AA", 2, 4);
    struct about about = about_of(propose(STAGEVRAAG, PLACEMENT));
    move_as(&school, METHOD_APPROVE_PROPOSAL, &about, false);
    DONE();
    ck_assert_int_eq(proposal_of(about.id)->state, PROPOSAL_STATE(ACCEPTED));
    ck_assert_uint_eq(count_tasks(ROLE(COMPANY), NULL, TASK_KIND(DECIDE)), 0);
    ck_assert_uint_eq(count_tasks(ROLE(STUDENT), student.scope, TASK_KIND(CONFIRM)), 1);
    ck_assert(proposal_of(about.id)->shown);
    close_domain();
}
END_TEST

START_TEST(a_round_that_is_cancelled_ends_what_is_not_placed_and_bars_nobody)
{
    struct about about = open_story();
    static struct domain_options options;
    uint8_t entropy[ENTROPY_BYTES] = {1};
    add_stagevraag(STAGEVRAAG + 1, STUDENT + 1, "99AA", 3, 3);
    struct about placed = about_of(propose(STAGEVRAAG + 1, PLACEMENT));
    static const struct caller second = {ROLE(STUDENT), "81818181818181818181818181818181", 6};
    move_as(&school, METHOD_APPROVE_PROPOSAL, &placed, false);
    placed.version++;
    move_as(&company, METHOD_AGREE_TO_CANDIDATE, &placed, false);
    placed.version++;
    move_as(&second, METHOD_CONFIRM_PROPOSAL, &placed, false);
    placed.version++;
    release_as(&school, &placed, 0x77);
    placed.version++;
    move_as(&company, METHOD_PLACE_CANDIDATE, &placed, false);
    DONE();
    options = (struct domain_options){.reasons = reasons, .calendar = calendar};
    struct context context = some_context(entropy, &options);
    ck_assert_uint_eq(
        proposal_end_all_of(&context, INDEX_RUNNING_ROUND, id_of(ROUND), EVENT_ROUND_CANCELLED, "", 1000), 1);
    ck_assert_int_eq(context.error, ERR_OK);
    ck_assert_int_eq(proposal_of(about.id)->state, PROPOSAL_STATE(CANCELLED_ROUND));
    ck_assert_int_eq(proposal_of(placed.id)->state, PROPOSAL_STATE(PLACED));
    ck_assert_uint_eq(stagevraag_of(STAGEVRAAG)->n_barred_placements, 0);
    ck_assert_int_eq(stagevraag_of(STAGEVRAAG)->state, STAGEVRAAG_STATE(FREE));
    ck_assert_int_eq(domain_restored(domain), ERR_OK);
    close_domain();
}
END_TEST

START_TEST(a_stagevraag_that_is_withdrawn_ends_what_runs_in_any_state)
{
    static const struct {
        Stagematch__V1__ProposalState from, to;
    } ends[] = {{PROPOSAL_STATE(PROPOSED), PROPOSAL_STATE(WITHDRAWN_STUDENT)},
                {PROPOSAL_STATE(RELEASED), PROPOSAL_STATE(WITHDRAWN_STUDENT)},
                {PROPOSAL_STATE(PLACED), PROPOSAL_STATE(CANCELLED_BEFORE_START)},
                {PROPOSAL_STATE(STARTED), PROPOSAL_STATE(ENDED_EARLY)}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct about about = in_state(ends[i].from);
        Stagematch__V1__WithdrawStagevraagRequest request = STAGEMATCH__V1__WITHDRAW_STAGEVRAAG_REQUEST__INIT;
        char id[ID_HEX_BYTES], *request_id = dup_string(new_request_id());
        char reason[] = "persoonlijke-reden";
        id_format_bytes(id_of(STAGEVRAAG), id);
        request.request_id = request_id;
        request.stagevraag_id = id;
        request.version = stagevraag_of(STAGEVRAAG)->version;
        request.reason = reason;
        message_free(call(&student, METHOD_WITHDRAW_STAGEVRAAG, &request));
        DONE();
        ck_assert_int_eq(proposal_of(about.id)->state, ends[i].to);
        ck_assert_int_eq(stagevraag_of(STAGEVRAAG)->state, STAGEVRAAG_STATE(WITHDRAWN));
        ck_assert_int_eq(domain_restored(domain), ERR_OK);
        mem_free(request_id);
        close_domain();
    }
}
END_TEST

static size_t listed(const struct caller *caller, Stagematch__V1__ProposalState state, const char *first_id)
{
    Stagematch__V1__ListProposalsRequest request = STAGEMATCH__V1__LIST_PROPOSALS_REQUEST__INIT;
    request.state = state;
    Stagematch__V1__ListProposalsResponse *answer = call(caller, METHOD_LIST_PROPOSALS, &request);
    DONE();
    size_t count = answer->n_proposals;
    if (first_id)
        ck_assert_str_eq(answer->proposals[0]->proposal_id, first_id);
    if (count && caller->role == ROLE(STUDENT))
        ck_assert_str_eq(answer->proposals[0]->candidate, "");
    message_free(answer);
    return count;
}

static size_t listed_of(const struct caller *caller, const char *stagevraag_id)
{
    Stagematch__V1__ListProposalsRequest request = STAGEMATCH__V1__LIST_PROPOSALS_REQUEST__INIT;
    char id[ID_HEX_BYTES] = {0};
    strncpy(id, stagevraag_id, sizeof id - 1);
    request.stagevraag_id = id;
    Stagematch__V1__ListProposalsResponse *answer = call(caller, METHOD_LIST_PROPOSALS, &request);
    size_t count = answer ? answer->n_proposals : 0;
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(answer->proposals[i]->stagevraag_id, stagevraag_id);
    message_free(answer);
    return count;
}

START_TEST(a_list_may_be_of_one_stagevraag)
{
    struct about about = open_story();
    char first[ID_HEX_BYTES], second[ID_HEX_BYTES];
    add_stagevraag(STAGEVRAAG + 1, STUDENT + 1, "99AA", 3, 3);
    (void)propose(STAGEVRAAG + 1, PLACEMENT);
    id_format_bytes(id_of(STAGEVRAAG), first);
    id_format_bytes(id_of(STAGEVRAAG + 1), second);
    ck_assert_uint_eq(listed(&school, PROPOSAL_STATE(UNSPECIFIED), NULL), 2);
    ck_assert_uint_eq(listed_of(&school, first), 1);
    ck_assert_uint_eq(listed_of(&school, second), 1);
    ck_assert_uint_eq(listed_of(&student, first), 1);
    ck_assert_uint_eq(listed_of(&student, second), 0);
    REFUSED("not_found");
    ck_assert_uint_eq(listed_of(&other_school, first), 0);
    REFUSED("not_found");
    ck_assert_uint_eq(listed_of(&school, about.id), 0);
    REFUSED("not_found");
    ck_assert_uint_eq(listed_of(&school, "x"), 0);
    REFUSED("not_found");
    close_domain();
}
END_TEST

START_TEST(lists_show_the_callers_own)
{
    struct about about = open_story();
    ck_assert_uint_eq(listed(&school, PROPOSAL_STATE(UNSPECIFIED), about.id), 1);
    ck_assert_uint_eq(listed(&school, PROPOSAL_STATE(APPROVED), NULL), 0);
    ck_assert_uint_eq(listed(&student, PROPOSAL_STATE(UNSPECIFIED), about.id), 1);
    ck_assert_uint_eq(listed(&other_school, PROPOSAL_STATE(UNSPECIFIED), NULL), 0);
    ck_assert_uint_eq(listed(&other_student, PROPOSAL_STATE(UNSPECIFIED), NULL), 0);
    close_domain();
}
END_TEST

START_TEST(pages_follow_on_each_other)
{
    open_domain();
    add_round(ROUND, ROUND_MODE(BLIND));
    add_placement(PLACEMENT, "100001", 50, "");
    for (unsigned i = 0; i < 23; i++) {
        add_stagevraag(STAGEVRAAG + i, STUDENT + i, "99AA", 2, 4);
        (void)propose(STAGEVRAAG + i, PLACEMENT);
    }
    char *token = dup_string("");
    char previous[ID_HEX_BYTES] = "";
    size_t seen = 0, pages = 0;
    do {
        Stagematch__V1__ListProposalsRequest request = STAGEMATCH__V1__LIST_PROPOSALS_REQUEST__INIT;
        request.page_size = 5;
        request.page_token = token;
        Stagematch__V1__ListProposalsResponse *answer = call(&school, METHOD_LIST_PROPOSALS, &request);
        DONE();
        for (size_t i = 0; i < answer->n_proposals; i++) {
            ck_assert(strcmp(previous, answer->proposals[i]->proposal_id) < 0);
            (void)snprintf(previous, sizeof previous, "%s", answer->proposals[i]->proposal_id);
            seen++;
        }
        pages++;
        ck_assert_int_eq(message_assign_string(&token, text_of(answer->next_page_token)), ERR_OK);
        message_free(answer);
    } while (token[0]);
    ck_assert_uint_eq(seen, 23);
    ck_assert_uint_eq(pages, 5);
    static const char *const wrong[] = {"x", "zz", "00", "3939414200ff", "39394141"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        Stagematch__V1__ListProposalsRequest request = STAGEMATCH__V1__LIST_PROPOSALS_REQUEST__INIT;
        ck_assert_int_eq(message_assign_string(&token, text_of(wrong[i])), ERR_OK);
        request.page_token = token;
        message_free(call(&school, METHOD_LIST_PROPOSALS, &request));
        REFUSED("bad_value");
    }
    mem_free(token);
    close_domain();
}
END_TEST

RUN_TESTS("proposal", every_call_moves_from_its_own_state_and_is_refused_in_every_other,
          each_call_leads_where_it_says, every_other_role_and_scope_is_refused,
          who_answered_for_a_student_is_recorded_and_the_student_is_told, a_stale_version_is_told_the_present_one,
          what_does_not_exist_is_not_found, an_unfavourable_end_frees_the_student_and_bars_the_pair,
          the_seat_goes_where_the_end_says, where_the_company_does_not_choose_the_student_is_asked_at_once,
          a_round_that_is_cancelled_ends_what_is_not_placed_and_bars_nobody,
          a_stagevraag_that_is_withdrawn_ends_what_runs_in_any_state, a_list_may_be_of_one_stagevraag,
          lists_show_the_callers_own, pages_follow_on_each_other)
