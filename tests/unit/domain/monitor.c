/* Terms of the monitor, what is counted of a student, and that a frozen term stays as it is. */
#include "core_fixture.h"

#include "base/date.h"
#include "domain/monitor.h"
#include "domain/stagevraag.h"
#include "stagematch/v1/monitor.pb-c.h"

enum { FEBRUARY_AND_SEPTEMBER = 1 << 2 | 1 << 9 };
static const struct caller operator= {ROLE(OPERATOR), NULL, 9};
static const struct caller nobody = {0, NULL, 0};

static int32_t day_of(const char *date)
{
    int32_t day;
    ck_assert_int_eq(date_parse(text_of(date), &day), ERR_OK);
    return day;
}

static void expect_term(const struct monitor_term *term, const char *code, const char *from, const char *until)
{
    ck_assert_str_eq(term->code, code);
    ck_assert_int_eq(term->first_day, day_of(from));
    ck_assert_int_eq(term->last_day, day_of(until));
}

START_TEST(terms_follow_each_other)
{
    struct monitor_term term, other;
    monitor_term_of(FEBRUARY_AND_SEPTEMBER, day_of("2027-01-31"), &term);
    expect_term(&term, "2026-09", "2026-09-01", "2027-01-31");
    monitor_term_after(FEBRUARY_AND_SEPTEMBER, &term, &other);
    expect_term(&other, "2027-02", "2027-02-01", "2027-08-31");
    monitor_term_before(FEBRUARY_AND_SEPTEMBER, &term, &other);
    expect_term(&other, "2026-02", "2026-02-01", "2026-08-31");
    monitor_term_of(FEBRUARY_AND_SEPTEMBER, day_of("2028-02-29"), &term);
    expect_term(&term, "2028-02", "2028-02-01", "2028-08-31");
    monitor_term_of(1 << 8, day_of("2027-07-31"), &term); /* one a year */
    expect_term(&term, "2026-08", "2026-08-01", "2027-07-31");
}
END_TEST

START_TEST(months_are_read_strictly)
{
    static const char *const wrong[] = {"", "0", "13", "2 2", "9 2", "2,9", "2  9", "two"};
    unsigned months = 0;
    ck_assert_int_eq(monitor_months_parse(text_of("2 9"), &months), ERR_OK);
    ck_assert_uint_eq(months, FEBRUARY_AND_SEPTEMBER);
    ck_assert_int_eq(monitor_months_parse(text_of("1 2 3 4 5 6 7 8 9 10 11 12"), &months), ERR_OK);
    ck_assert_uint_eq(months, 0x1ffe);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_msg(monitor_months_parse(text_of(wrong[i]), &months) == ERR_RANGE, "%s", wrong[i]);
}
END_TEST

/* A domain whose terms begin in February and September, in the first of which the fixture's students have their period. */
static struct domain_options monitored(void)
{
    return (struct domain_options){.reasons = reasons,
                                   .calendar = calendar,
                                   .geography = {some_point, NULL},
                                   .rules = {14, 0, 20},
                                   .monitor = {FEBRUARY_AND_SEPTEMBER, 30},
                                   .label_key = "0123456789abcdef0123456789abcde",
                                   .threads = 1};
}

static void open_monitored(void)
{
    open_domain();
    domain_free(domain);
    struct domain_options options = monitored();
    ck_assert_int_eq(domain_new(&options, &domain), ERR_OK);
    add_round(ROUND, ROUND_MODE(BLIND));
    add_placement(PLACEMENT, "100001", 40, "");
    now_ms += 7 * DAY_MS_LONG; /* in March: the term of September ended more than 30 days ago */
}

static void work(void)
{
    uint8_t entropy[ENTROPY_BYTES];
    next_entropy(entropy);
    while (domain_has_work(domain)) {
        (void)domain_work(domain, entropy, now_ms);
        next_entropy(entropy);
    }
    ck_assert(!domain_is_broken(domain));
}

static void run_due(void)
{
    uint8_t entropy[ENTROPY_BYTES];
    next_entropy(entropy);
    while (domain_run_due(domain, entropy, now_ms, 7))
        next_entropy(entropy);
    work();
}

static Stagematch__V1__GetMonitorResponse *get_monitor(const char *term)
{
    Stagematch__V1__GetMonitorRequest request = STAGEMATCH__V1__GET_MONITOR_REQUEST__INIT;
    request.term = message_borrow(term);
    return call(&nobody, METHOD_GET_MONITOR, &request);
}

/* `free` students of a school who look for a place, from this number on. */
static void add_students(unsigned from, unsigned count, const char *of_school)
{
    for (unsigned i = from; i < from + count; i++)
        add_stagevraag(STAGEVRAAG + i, STUDENT + i, of_school, 2, 4);
}

static Stagematch__V1__GetOwnFiguresResponse *own_figures(const struct caller *caller, const char *of_school)
{
    Stagematch__V1__GetOwnFiguresRequest request = STAGEMATCH__V1__GET_OWN_FIGURES_REQUEST__INIT;
    request.school = message_borrow(of_school);
    return call(caller, METHOD_GET_OWN_FIGURES, &request);
}

START_TEST(a_term_is_frozen_a_while_after_it_is_over)
{
    open_monitored();
    ck_assert_int_eq(domain_next_due_ms(domain), 0);
    run_due();
    add_students(0, 20, "99AA");
    message_free(get_monitor(""));
    REFUSED("not_found");
    message_free(get_monitor("2027-02"));
    REFUSED("term_not_frozen");
    int64_t due_ms = dutch_day_start_ms(day_of("2027-10-01"));
    ck_assert_int_eq(domain_next_due_ms(domain), due_ms);
    now_ms = due_ms - 1;
    run_due();
    message_free(get_monitor("2027-02"));
    REFUSED("term_not_frozen");
    now_ms = due_ms;
    run_due();
    Stagematch__V1__GetMonitorResponse *answer = get_monitor("");
    DONE();
    ck_assert_str_eq(answer->term->term, "2027-02");
    ck_assert(answer->term->frozen);
    ck_assert_uint_eq(answer->n_columns, MONITOR_COLUMNS);
    ck_assert_uint_eq(answer->n_units, 4); /* all, sector, region, school: the same students, so no remainder */
    ck_assert_uint_eq(answer->units[0]->n_counts, MONITOR_COLUMNS);
    ck_assert_str_eq(answer->units[3]->school, "99AA");
    ck_assert_str_eq(answer->units[3]->region, "35");
    ck_assert_uint_eq(answer->units[0]->counts[MONITOR_STUDENTS] % MONITOR_ROUNDING, 0);
    ck_assert_uint_eq(answer->protection->threshold, MONITOR_THRESHOLD);
    ck_assert_uint_eq(answer->protection->noise_scale / 2, MONITOR_CAP);
    message_free(answer);
    /* The next term is there. */
    ck_assert_int_eq(domain_next_due_ms(domain), dutch_day_start_ms(day_of("2028-03-02")));
    close_domain();
}
END_TEST

START_TEST(a_frozen_term_stays_the_same)
{
    open_monitored();
    run_due();
    add_students(0, 30, "99AA");
    now_ms = dutch_day_start_ms(day_of("2027-10-01"));
    run_due();
    Stagematch__V1__GetMonitorResponse *before = get_monitor("2027-02"), *after;
    bool same = false;
    DONE();
    add_students(30, 20, "99AB");
    run_due();
    after = get_monitor("2027-02");
    DONE();
    ck_assert_int_eq(message_same(before, after, &same), ERR_OK);
    ck_assert(same);
    message_free(before);
    message_free(after);
    close_domain();
}
END_TEST

/* 20 students of one school and 4 of another: the second is not there, and neither is the first, which would give it away. */
START_TEST(a_school_is_not_found_by_subtracting_another)
{
    open_monitored();
    run_due();
    add_students(0, 20, "99AA");
    add_students(20, 4, "99AB");
    now_ms = dutch_day_start_ms(day_of("2027-10-01"));
    run_due();
    Stagematch__V1__GetMonitorResponse *answer = get_monitor("");
    DONE();
    ck_assert_uint_eq(answer->n_units, 3);
    for (size_t i = 0; i < answer->n_units; i++)
        ck_assert_str_eq(answer->units[i]->school, "");
    message_free(answer);
    close_domain();
}
END_TEST

START_TEST(fewer_than_the_threshold_are_nobody)
{
    open_monitored();
    run_due();
    add_students(0, 9, "99AA");
    now_ms = dutch_day_start_ms(day_of("2027-10-01"));
    run_due();
    Stagematch__V1__GetMonitorResponse *answer = get_monitor("");
    DONE();
    ck_assert_uint_eq(answer->n_units, 0);
    message_free(answer);
    close_domain();
}
END_TEST

START_TEST(own_figures_are_exact_and_for_the_own_school)
{
    open_monitored();
    run_due();
    add_students(0, 3, "99AA");
    struct about about = about_of(propose(STAGEVRAAG, PLACEMENT));
    bring_to(&about, PROPOSAL_STATE(PLACED));
    about = about_of(propose(STAGEVRAAG + 1, PLACEMENT));
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    about.reason = "geen-begeleider";
    move_as(&company, METHOD_OBJECT_TO_CANDIDATE, &about, false);
    DONE();
    Stagematch__V1__GetOwnFiguresResponse *answer = own_figures(&school, "99AA");
    DONE();
    ck_assert_uint_eq(answer->n_units, 2);
    const uint32_t *counts = answer->units[0]->counts;
    ck_assert_uint_eq(counts[MONITOR_STUDENTS], 3);
    ck_assert_uint_eq(counts[MONITOR_PLACED_FIRST], 1);
    ck_assert_uint_eq(counts[MONITOR_WITHIN_2_WEEKS] + counts[MONITOR_WITHIN_6_WEEKS] + counts[MONITOR_AFTER_6_WEEKS],
                      1);
    ck_assert_uint_eq(counts[MONITOR_SEARCHING], 2);
    ck_assert_uint_eq(counts[MONITOR_BLIND_PLACE], 1);
    ck_assert_str_eq(answer->units[1]->sector, "overig");
    message_free(answer);
    message_free(own_figures(&reviewer, "99AA"));
    DONE();
    message_free(own_figures(&other_school, "99AA"));
    REFUSED("not_found");
    message_free(own_figures(&company, "99AA"));
    REFUSED("not_your_role");
    close_domain();
}
END_TEST

/* However much happens to a student, no more of the table changes than the noise is drawn for. */
START_TEST(a_student_is_in_no_more_counts_than_the_cap)
{
    struct monitor_count count = {{0}};
    uint8_t entropy[ENTROPY_BYTES] = {1};
    open_monitored();
    struct domain_options options = monitored();
    add_students(0, 1, "99AA");
    for (unsigned i = 0; i < 6; i++) {
        ProposalRecord *proposal = new_message(&stagematch__internal__v1__proposal_record__descriptor);
        static const Stagematch__V1__ProposalState states[] = {
            PROPOSAL_STATE(REJECTED), PROPOSAL_STATE(VETOED),      PROPOSAL_STATE(DROPPED_AFTER_RELEASE),
            PROPOSAL_STATE(DECLINED), PROPOSAL_STATE(ENDED_EARLY), PROPOSAL_STATE(COMPLETED)};
        proposal->proposal_id = dup_id(0xA0 + i);
        proposal->stagevraag_id = dup_id(STAGEVRAAG);
        proposal->student_ref = dup_id(STUDENT);
        proposal->school = dup_string("99AA");
        proposal->shown = true;
        proposal->state = states[i];
        proposal->state_since_ms = now_ms + i;
        add_record(RECORD_PROPOSAL, proposal);
    }
    struct context context = some_context(entropy, &options);
    monitor_count_stagevraag(&context, state_find(context.state, RECORD_STAGEVRAAG, key_of(STAGEVRAAG)), &count);
    int64_t sum = 0;
    for (size_t i = MONITOR_STUDENTS; i < MONITOR_SEATS; i++)
        sum += count.columns[i];
    ck_assert_int_eq(sum, MONITOR_CAP - 1); /* a report is the last */
    ck_assert_int_eq(count.columns[MONITOR_ENDED_EARLY], 1);
    ck_assert_int_eq(count.columns[MONITOR_PLACED_LATE], 1);
    close_domain();
}
END_TEST

static void close_term(const struct caller *caller, const char *term)
{
    Stagematch__V1__CloseMonitorTermRequest request = STAGEMATCH__V1__CLOSE_MONITOR_TERM_REQUEST__INIT;
    request.request_id = message_borrow(new_request_id());
    request.term = message_borrow(term);
    message_free(call(caller, METHOD_CLOSE_MONITOR_TERM, &request));
}

START_TEST(only_the_operator_closes_only_what_is_over)
{
    open_monitored();
    run_due();
    close_term(&school, "2027-02");
    REFUSED("not_your_role");
    close_term(&operator, "2027-02");
    REFUSED("term_not_over");
    close_term(&operator, "2027-09");
    REFUSED("not_found");
    now_ms = dutch_day_start_ms(day_of("2027-09-01"));
    close_term(&operator, "2027-02");
    DONE();
    work();
    Stagematch__V1__GetMonitorResponse *answer = get_monitor("");
    DONE();
    message_free(answer);
    close_term(&operator, "2027-02");
    REFUSED("not_found");
    close_domain();
}
END_TEST

/* Whatever allocation fails while a term is counted and frozen: nothing is, and nothing is lost. */
START_TEST(without_memory_nothing_is_frozen)
{
    bool failed = true;
    for (uint64_t nth = 1; failed; nth++) {
        uint8_t entropy[ENTROPY_BYTES] = {2};
        ck_assert_uint_lt(nth, 5000);
        open_monitored();
        run_due();
        add_students(0, 12, "99AA");
        now_ms = dutch_day_start_ms(day_of("2027-10-01"));
        (void)domain_run_due(domain, entropy, now_ms, 7);
        mem_fail_at(nth);
        while (domain_has_work(domain))
            (void)domain_work(domain, entropy, now_ms);
        failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_int_eq(domain_is_broken(domain), failed);
        close_domain();
    }
}
END_TEST

RUN_TESTS("monitor", terms_follow_each_other, months_are_read_strictly, a_term_is_frozen_a_while_after_it_is_over,
          a_frozen_term_stays_the_same, a_school_is_not_found_by_subtracting_another,
          fewer_than_the_threshold_are_nobody, own_figures_are_exact_and_for_the_own_school,
          a_student_is_in_no_more_counts_than_the_cap, only_the_operator_closes_only_what_is_over,
          without_memory_nothing_is_frozen)
