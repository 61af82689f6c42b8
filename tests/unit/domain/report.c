/* What the engine keeps of a report: once, of the reporter's own proposal alone, as it is until a case that rests on it is closed. */
#include "core_fixture.h"

#include "domain/report.h"

typedef Stagematch__Internal__V1__CommitReportRequest Request;

enum { REPORT = 0xA0, CASE = 0xC0 };

static const struct caller nobody = {0, NULL, 0};
static unsigned stage_counter;

static Request request_of(void)
{
    Request request = STAGEMATCH__INTERNAL__V1__COMMIT_REPORT_REQUEST__INIT;
    request.stage_id = id_of(++stage_counter);
    request.report_id = id_of(REPORT);
    request.school = message_borrow("99AA");
    request.leerbedrijf = message_borrow("100001");
    request.phase = STAGEMATCH__V1__REPORT_PHASE__REPORT_PHASE_ZOEKEN;
    request.desk = STAGEMATCH__V1__REPORT_DESK__REPORT_DESK_BEHANDELAAR;
    request.case_consent = true;
    request.identity_consent = true;
    return request;
}

/* The answer's leerbedrijf and term, by the caller that the vault hands on. */
static int64_t commit(const struct caller *caller, const Request *request, char leerbedrijf[32])
{
    Stagematch__Internal__V1__CommitReportResponse *answer = call(caller, METHOD_COMMIT_REPORT, request);
    int64_t answer_by_ms = answer ? answer->answer_by_ms : 0;
    if (answer && leerbedrijf)
        (void)snprintf(leerbedrijf, 32, "%s", answer->leerbedrijf);
    message_free(answer);
    return answer_by_ms;
}

static const ReportRecord *kept(void)
{
    return report_find(domain_state(domain), id_of(REPORT));
}

static void file_one(void)
{
    Request request = request_of();
    request.is_new = true;
    (void)commit(&nobody, &request, NULL);
    DONE();
}

START_TEST(a_report_is_kept_once_whatever_is_repeated)
{
    char leerbedrijf[32] = "";
    open_domain();
    Request request = request_of();
    request.is_new = true;
    /* Three working days after Monday 1 March: Thursday is its last day. */
    ck_assert_int_eq(commit(&nobody, &request, leerbedrijf), MONDAY_MS + 4 * DAY_MS_LONG - 10 * INT64_C(3600000));
    DONE();
    ck_assert_str_eq(leerbedrijf, "100001");
    uint64_t mutations = state_mutations(domain_state(domain));
    ck_assert_int_ne(commit(&nobody, &request, leerbedrijf), 0);
    DONE();
    ck_assert_uint_eq(state_mutations(domain_state(domain)), mutations);
    Request other = request_of();
    other.is_new = true;
    (void)commit(&nobody, &other, NULL);
    REFUSED("bad_value");
    ck_assert_uint_eq(state_count(domain_state(domain), RECORD_REPORT), 1);
    close_domain();
}
END_TEST

START_TEST(the_proposal_must_be_the_reporters_own)
{
    char leerbedrijf[32] = "";
    struct about about = open_story();
    Request request = request_of();
    request.is_new = true;
    request.leerbedrijf = message_borrow("");
    request.proposal_id = message_borrow(about.id);
    const struct caller *const others[] = {&other_student, &other_school, &company, &nobody};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        (void)commit(others[i], &request, NULL);
        REFUSED("not_found");
    }
    (void)commit(&student, &request, leerbedrijf);
    DONE();
    ck_assert_str_eq(leerbedrijf, "100001");
    ck_assert_str_eq(kept()->leerbedrijf, "100001");
    close_domain();
}
END_TEST

START_TEST(what_a_case_rests_on_stays_as_it_is)
{
    open_domain();
    file_one();
    ReportRecord *record = state_edit(domain_state(domain), RECORD_REPORT, key_of(REPORT));
    record->case_id = dup_id(CASE);
    Request withdrawn = request_of(), unnamed = request_of(), closed = request_of(), moved = request_of();
    withdrawn.case_consent = false;
    unnamed.identity_consent = false;
    closed.outcome = STAGEMATCH__V1__REPORT_OUTCOME__REPORT_OUTCOME_CASE;
    moved.leerbedrijf = message_borrow("100002");
    const Request *const wishes[] = {&withdrawn, &unnamed, &closed, &moved};
    for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++) {
        (void)commit(&nobody, wishes[i], NULL);
        REFUSED("report_in_case");
    }
    Stagematch__Internal__V1__ForgetReportRequest forget = STAGEMATCH__INTERNAL__V1__FORGET_REPORT_REQUEST__INIT;
    forget.report_id = id_of(REPORT);
    message_free(call(&nobody, METHOD_FORGET_REPORT, &forget));
    REFUSED("report_in_case");
    ck_assert(kept()->case_consent && kept()->identity_consent && !kept()->outcome);
    mem_free(record->case_id.data);
    record->case_id = (ProtobufCBinaryData){0, NULL};
    (void)commit(&nobody, &withdrawn, NULL);
    DONE();
    ck_assert(!kept()->case_consent);
    message_free(call(&nobody, METHOD_FORGET_REPORT, &forget));
    DONE();
    ck_assert_ptr_null(kept());
    message_free(call(&nobody, METHOD_FORGET_REPORT, &forget)); /* and once more */
    DONE();
    (void)commit(&nobody, &unnamed, NULL);
    REFUSED("not_found");
    close_domain();
}
END_TEST

START_TEST(running_out_of_memory_leaves_it_whole_or_not_at_all)
{
    for (uint64_t nth = 1; nth < 200; nth++) {
        open_domain();
        Request request = request_of();
        request.is_new = true;
        fail_nth = nth;
        (void)commit(&nobody, &request, NULL);
        fail_nth = 0;
        bool failed = has_failed;
        ck_assert(failed == (last.refusal == &refusal_memory));
        ck_assert(failed || kept());
        close_domain();
        if (!failed)
            return;
    }
    ck_abort_msg("it never succeeds");
}
END_TEST

RUN_TESTS("domain/report", a_report_is_kept_once_whatever_is_repeated, the_proposal_must_be_the_reporters_own,
          what_a_case_rests_on_stays_as_it_is, running_out_of_memory_leaves_it_whole_or_not_at_all)
