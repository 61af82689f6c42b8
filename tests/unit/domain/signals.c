/* The rules in the engine: each step counted once, what each rule makes of it, who is asked, and whose figures are seen. */
#include "core_fixture.h"

#include "domain/signal.h"
#include "domain/signal_units.h"
#include "signal/judge.h"
#include "stagematch/v1/signal.pb-c.h"

typedef Stagematch__V1__ListSignalsResponse Signals;
typedef Stagematch__V1__ListPointsResponse Points;

static const struct caller other_reviewer = {ROLE(VERTROUWENSPERSOON), "99AB", 9};

static Signals *signals_of(const struct caller *caller)
{
    Stagematch__V1__ListSignalsRequest request = STAGEMATCH__V1__LIST_SIGNALS_REQUEST__INIT;
    Signals *signals = call(caller, METHOD_LIST_SIGNALS, &request);
    DONE();
    return signals;
}

/* Events of a rule at a unit as the reviewer of 99AA sees them; 0: no such signal. */
static unsigned events_of(Stagematch__V1__SignalRule rule, Stagematch__V1__SignalUnit unit)
{
    Signals *signals = signals_of(&reviewer);
    unsigned count = 0;
    for (size_t i = 0; i < signals->n_signals; i++)
        if (signals->signals[i]->rule == rule && signals->signals[i]->unit_kind == unit)
            count += signals->signals[i]->event_count;
    message_free(signals);
    return count;
}
#define EVENTS(rule)                                                                                                 \
    events_of(STAGEMATCH__V1__SIGNAL_RULE__SIGNAL_RULE_##rule, STAGEMATCH__V1__SIGNAL_UNIT__SIGNAL_UNIT_COMPANY)
#define EVENTS_AT(rule, unit)                                                                                        \
    events_of(STAGEMATCH__V1__SIGNAL_RULE__SIGNAL_RULE_##rule, STAGEMATCH__V1__SIGNAL_UNIT__SIGNAL_UNIT_##unit)

static size_t points_of(const struct caller *caller)
{
    Stagematch__V1__ListPointsRequest request = STAGEMATCH__V1__LIST_POINTS_REQUEST__INIT;
    Points *points = call(caller, METHOD_LIST_POINTS, &request);
    DONE();
    size_t count = points->n_points;
    message_free(points);
    return count;
}

static struct context now_context(uint8_t entropy[ENTROPY_BYTES])
{
    static struct domain_options options;
    options = (struct domain_options){.reasons = reasons, .calendar = calendar};
    next_entropy(entropy);
    return some_context(entropy, &options);
}

/* Steps about a company without a placement, each about something else; `from` numbers them. */
static void count_steps(const char *school_code, const char *leerbedrijf, enum rule_step step, unsigned marks,
                        unsigned from, unsigned count)
{
    uint8_t entropy[ENTROPY_BYTES];
    struct context context = now_context(entropy);
    for (unsigned i = from; i < from + count; i++) {
        uint8_t id[ID_BYTES] = {(uint8_t)(i >> 8), (uint8_t)i, (uint8_t)step};
        (void)signal_count(&context,
                           &(struct signal_step){.step = step,
                                                 .marks = marks,
                                                 .school = school_code,
                                                 .leerbedrijf = leerbedrijf,
                                                 .subject = {sizeof id, id}},
                           false);
    }
    ck_assert_int_eq(context.error, ERR_OK);
}

static unsigned status_of(const char *leerbedrijf, const char *school_code, unsigned rule)
{
    uint8_t id[ID_BYTES];
    signal_id_of(UNIT_COMPANY, leerbedrijf, rule, school_code, id);
    const SignalRecord *signal =
        state_find(domain_state(domain), RECORD_SIGNAL, (struct text){(const char *)id, sizeof id});
    return signal ? signal->status : 0;
}

static void others_decide(unsigned count)
{
    count_steps("99AA", "others", STEP_AGREED, 0, 1000, count);
}

START_TEST(silence_is_counted_when_the_term_is_over)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    wait_until(now_ms + 10 * DAY_MS_LONG);
    ck_assert_int_eq(proposal_of(about.id)->state, PROPOSAL_STATE(EXPIRED_COMPANY));
    ck_assert_uint_eq(EVENTS(SILENCE), 1);
    wait_until(now_ms + 10 * DAY_MS_LONG);
    ck_assert_uint_eq(EVENTS(SILENCE), 1);
    close_domain();
}
END_TEST

START_TEST(what_a_school_declines_for_a_company_is_its_own)
{
    (void)open_story();
    add_placement(PLACEMENT + 1, "100001", 1, "99AA");
    add_stagevraag(STAGEVRAAG + 1, STUDENT + 1, "99AA", 2, 4);
    struct about about = about_of(propose(STAGEVRAAG + 1, PLACEMENT + 1));
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    about.reason = "geen-capaciteit";
    move_as(&school, METHOD_OBJECT_TO_CANDIDATE, &about, false);
    DONE();
    ck_assert_uint_eq(EVENTS_AT(SCHOOL_DECLINES, COORDINATOR), 1);
    ck_assert_uint_eq(EVENTS_AT(SCHOOL_DECLINES, SCHOOL), 1);
    ck_assert_uint_eq(EVENTS(UNEXPLAINED), 0);
    close_domain();
}
END_TEST

START_TEST(a_veto_is_the_schools)
{
    struct about about = open_story();
    about.reason = "plek-elders";
    move_as(&school, METHOD_VETO_PROPOSAL, &about, false);
    DONE();
    ck_assert_uint_eq(EVENTS_AT(SCHOOL_VETOES, COORDINATOR), 1);
    ck_assert_uint_eq(EVENTS_AT(SCHOOL_VETOES, SCHOOL), 1);
    close_domain();
}
END_TEST

START_TEST(a_drop_is_an_event_and_a_point_once)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(RELEASED));
    about.reason = "geen-capaciteit";
    about.request_id = new_request_id();
    move_as(&company, METHOD_DROP_CANDIDATE, &about, false);
    DONE();
    move_as(&company, METHOD_DROP_CANDIDATE, &about, false); /* the same call again */
    DONE();
    ck_assert_uint_eq(EVENTS(AFTER_RELEASE), 1);
    ck_assert_uint_eq(points_of(&reviewer), 1);
    ck_assert_uint_eq(points_of(&school), 1);
    ck_assert_uint_eq(points_of(&other_reviewer), 0);
    close_domain();
}
END_TEST

/* No VOG is a fact that cannot show earlier: a decision, no event. */
START_TEST(a_fact_after_release_is_no_event)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(RELEASED));
    about.reason = "geen-vog";
    move_as(&company, METHOD_DROP_CANDIDATE, &about, false);
    DONE();
    ck_assert_uint_eq(EVENTS(AFTER_RELEASE), 0);
    ck_assert_uint_eq(points_of(&reviewer), 0);
    close_domain();
}
END_TEST

START_TEST(a_reopened_seat_contradicts_the_want_of_room)
{
    for (int days = 1; days < 30; days += 20) {
        struct about about = open_story();
        bring_to(&about, PROPOSAL_STATE(APPROVED));
        about.reason = "geen-capaciteit";
        move_as(&company, METHOD_OBJECT_TO_CANDIDATE, &about, false);
        DONE();
        uint8_t entropy[ENTROPY_BYTES];
        now_ms += days * DAY_MS_LONG;
        struct context context = now_context(entropy);
        const PlacementRecord *placement = placement_of(PLACEMENT);
        signal_placement_reopened(&context, placement);
        signal_placement_reopened(&context, placement);
        ck_assert_uint_eq(EVENTS(UNEXPLAINED), days == 1 ? 1 : 0);
        if (days == 1)
            close_domain();
    }
    close_domain();
}
END_TEST

START_TEST(reports_are_noted_once_and_raise_nothing)
{
    uint8_t entropy[ENTROPY_BYTES];
    (void)open_story();
    others_decide(200);
    struct context context = now_context(entropy);
    for (unsigned i = 0; i < 60; i++) {
        uint8_t id[ID_BYTES] = {(uint8_t)(i % 50)};
        signal_report_received(&context, &(struct signal_report){{sizeof id, id}, "99AA", "100001"});
    }
    signal_report_received(&context, &(struct signal_report){id_of(9), "99AA", ""}); /* about no company */
    ck_assert_int_eq(context.error, ERR_OK);
    ck_assert_uint_eq(EVENTS(REPORT), 50);
    ck_assert_uint_eq(status_of("100001", "99AA", RULE_REPORT), JUDGED_OBSERVE);
    close_domain();
}
END_TEST

START_TEST(schools_share_a_status_and_not_their_figures)
{
    (void)open_story();
    others_decide(300);
    count_steps("99AA", "100001", STEP_REJECTED, MARK_UNEXPLAINED, 0, 2);
    ck_assert_uint_eq(status_of("100001", "99AA", RULE_UNEXPLAINED), JUDGED_INSUFFICIENT);
    count_steps("99AB", "100001", STEP_REJECTED, MARK_UNEXPLAINED, 100, 4);
    ck_assert_uint_eq(status_of("100001", "99AA", RULE_UNEXPLAINED), JUDGED_SIGNAL);
    ck_assert_uint_eq(status_of("100001", "99AB", RULE_UNEXPLAINED), JUDGED_SIGNAL);
    ck_assert_uint_eq(EVENTS(UNEXPLAINED), 2);
    Signals *signals = signals_of(&reviewer);
    ck_assert_uint_eq(signals->n_signals, 1);
    ck_assert(signals->signals[0]->other_schools);
    Stagematch__V1__GetSignalRequest request = STAGEMATCH__V1__GET_SIGNAL_REQUEST__INIT;
    request.signal_id = signals->signals[0]->signal_id;
    Stagematch__V1__GetSignalResponse *evidence = call(&reviewer, METHOD_GET_SIGNAL, &request);
    DONE();
    ck_assert_uint_eq(evidence->n_events, 2);
    message_free(evidence);
    message_free(call(&other_reviewer, METHOD_GET_SIGNAL, &request));
    REFUSED("not_found");
    message_free(signals);
    close_domain();
}
END_TEST

/* Told again in any order: the counters are the same, and nobody is asked twice. */
START_TEST(what_is_told_again_changes_nothing)
{
    (void)open_story();
    others_decide(300);
    count_steps("99AA", "100001", STEP_REJECTED, MARK_UNEXPLAINED, 0, 6);
    size_t tasks = state_count(domain_state(domain), RECORD_TASK);
    uint64_t seq = state_ledger_seq(domain_state(domain));
    for (unsigned i = 6; i-- > 0;)
        count_steps("99AA", "100001", STEP_REJECTED, MARK_UNEXPLAINED, i, 1);
    ck_assert_uint_eq(EVENTS(UNEXPLAINED), 6);
    ck_assert_uint_eq(state_count(domain_state(domain), RECORD_TASK), tasks);
    ck_assert_uint_eq(state_ledger_seq(domain_state(domain)), seq);
    close_domain();
}
END_TEST

/* A pattern of two years ago is none of today, and its counters are forgotten with the next step. */
START_TEST(old_quarters_leave_the_window)
{
    (void)open_story();
    others_decide(300);
    count_steps("99AA", "100001", STEP_REJECTED, MARK_UNEXPLAINED, 0, 6);
    ck_assert_uint_eq(status_of("100001", "99AA", RULE_UNEXPLAINED), JUDGED_SIGNAL);
    now_ms += 1095 * DAY_MS_LONG;
    count_steps("99AA", "100001", STEP_AGREED, 0, 500, 1);
    ck_assert_uint_eq(status_of("100001", "99AA", RULE_UNEXPLAINED), JUDGED_INSUFFICIENT);
    ck_assert_uint_eq(EVENTS(UNEXPLAINED), 0);
    uint8_t id[ID_BYTES];
    signal_counts_id_of(UNIT_COMPANY, "100001", "99AA", id);
    const SignalCountsRecord *counts =
        state_find(domain_state(domain), RECORD_SIGNAL_COUNTS, (struct text){(const char *)id, sizeof id});
    ck_assert_uint_eq(counts->n_windows, 1);
    close_domain();
}
END_TEST

RUN_TESTS("domain/signals", silence_is_counted_when_the_term_is_over, what_a_school_declines_for_a_company_is_its_own,
          a_veto_is_the_schools, a_drop_is_an_event_and_a_point_once, a_fact_after_release_is_no_event,
          a_reopened_seat_contradicts_the_want_of_room, reports_are_noted_once_and_raise_nothing,
          schools_share_a_status_and_not_their_figures, what_is_told_again_changes_nothing,
          old_quarters_leave_the_window)
