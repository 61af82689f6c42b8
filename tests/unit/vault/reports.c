/* A report when the engine refuses it, when its answer is lost, and when its term is over: in both places, or in none. */
#include "one_student.h"

#include "stagematch/v1/report.pb-c.h"
#include "vault/reports.h"

static void setup_reports(void)
{
    const char *root = getenv("STAGEMATCH_SOURCE");
    char path[1024];
    world_setup(NULL);
    (void)snprintf(path, sizeof path, "%s/config/grounds.csv", root ? root : ".");
    ck_assert_int_eq(settings_set(&world.settings, "grounds", path), ERR_OK);
    add_account("vp@example.org", ROLE(VERTROUWENSPERSOON), "25LX", good_password);
    world_start();
}

/* Sends one and gives its code, or the refusal's name. */
static struct result send_report(unsigned request_id, const char *school, const char *school_code)
{
    V(SendReportRequest) request = STAGEMATCH__V1__SEND_REPORT_REQUEST__INIT;
    V(ReportDraft) draft = STAGEMATCH__V1__REPORT_DRAFT__INIT;
    char *grounds[] = {(char *)(uintptr_t) "ras"};
    draft.phase = STAGEMATCH__V1__REPORT_PHASE__REPORT_PHASE_ZOEKEN;
    draft.nature = STAGEMATCH__V1__REPORT_NATURE__REPORT_NATURE_TREATMENT;
    draft.wish = STAGEMATCH__V1__REPORT_WISH__REPORT_WISH_HEARD;
    draft.desk = REPORT_DESK(VERTROUWENSPERSOON);
    draft.text = (char *)(uintptr_t) "Zo ging het.";
    draft.n_grounds = 1;
    draft.grounds = grounds;
    request.request_id = uuid(request_id);
    request.school = (char *)(uintptr_t)school;
    request.school_code = (char *)(uintptr_t)school_code;
    request.report = &draft;
    return call(METHOD_SEND_REPORT, &request, NULL);
}

static size_t list(const char *token, char first_id[ID_HEX_BYTES])
{
    V(ListReportsRequest) request = STAGEMATCH__V1__LIST_REPORTS_REQUEST__INIT;
    V(ListReportsResponse) *response = call_ok(METHOD_LIST_REPORTS, &request, token);
    size_t count = response->n_reports;
    if (count && first_id)
        (void)snprintf(first_id, ID_HEX_BYTES, "%s", response->reports[0]->report_id);
    message_free(response);
    return count;
}

static struct result come_back(const char *code)
{
    V(GetOwnReportRequest) request = STAGEMATCH__V1__GET_OWN_REPORT_REQUEST__INIT;
    request.come_back_code = (char *)(uintptr_t)code;
    return call(METHOD_GET_OWN_REPORT, &request, NULL);
}

static void make_school_code(const char *token, char out[REPORT_CODE_BYTES])
{
    V(CreateReportCodesRequest) request = STAGEMATCH__V1__CREATE_REPORT_CODES_REQUEST__INIT;
    request.request_id = uuid(900);
    request.school = (char *)(uintptr_t) "25LX";
    request.count = 1;
    V(CreateReportCodesResponse) *response = call_ok(METHOD_CREATE_REPORT_CODES, &request, token);
    (void)snprintf(out, REPORT_CODE_BYTES, "%s", response->codes[0]);
    message_free(response);
}

START_TEST(one_that_the_engine_refuses_leaves_nothing_and_the_code_is_good_again)
{
    char code[REPORT_CODE_BYTES];
    setup_reports();
    const char *token = login("vp@example.org", good_password);
    make_school_code(token, code);
    world.engine_refusal = &refusal_bad_value;
    ck_assert_str_eq(send_report(1, "", code).refusal, "bad_value");
    wait_for_no_stage();
    ck_assert_uint_eq(list(token, NULL), 0);
    world.engine_refusal = NULL;
    struct result sent = send_report(2, "", code);
    ck_assert_msg(sent.code == STATUS_OK, "%s %s", sent.refusal, sent.field);
    message_free(sent.message);
    ck_assert_uint_eq(list(token, NULL), 1);
    ck_assert_str_eq(send_report(3, "", code).refusal, "report_code_not_valid");
    world_teardown();
}
END_TEST

START_TEST(one_whose_answer_was_lost_is_there_and_gives_the_same_code)
{
    char code[REPORT_CODE_BYTES];
    setup_reports();
    world.engine_silent = true;
    ck_assert_str_eq(send_report(1, "25LX", "").refusal, "unavailable");
    ck_assert_uint_eq(world.committed_count, 1);
    world_restart();
    world.engine_silent = false;
    const char *token = login("vp@example.org", good_password);
    ck_assert_uint_eq(list(token, NULL), 0); /* what is staged is nobody's to see */
    world.clock.wall_ms += 10001;
    wait_for_no_stage();
    ck_assert_uint_eq(list(token, NULL), 1);
    unsigned before = world.engine_calls[METHOD_COMMIT_REPORT];
    struct result repeated = send_report(1, "25LX", "");
    ck_assert_int_eq(repeated.code, STATUS_OK);
    ck_assert_uint_eq(world.engine_calls[METHOD_COMMIT_REPORT], before);
    (void)snprintf(code, sizeof code, "%s", ((V(SendReportResponse) *)(void *)repeated.message)->come_back_code);
    message_free(repeated.message);
    struct result own = come_back(code);
    ck_assert_msg(own.code == STATUS_OK, "%s", own.refusal);
    ck_assert_str_eq(((V(GetOwnReportResponse) *)(void *)own.message)->report->text, "Zo ging het.");
    message_free(own.message);
    world_teardown();
}
END_TEST

static void close_report(const char *token, const char *id)
{
    V(CloseReportRequest) request = STAGEMATCH__V1__CLOSE_REPORT_REQUEST__INIT;
    request.request_id = uuid(901);
    request.report_id = (char *)(uintptr_t)id;
    request.outcome = STAGEMATCH__V1__REPORT_OUTCOME__REPORT_OUTCOME_HEARD;
    message_free(call_ok(METHOD_CLOSE_REPORT, &request, token));
}

START_TEST(one_that_a_case_rests_on_is_kept_beyond_its_term)
{
    static const REFUSAL(rests, STATUS_FAILED_PRECONDITION, "report_in_case", "", "");
    char id[ID_HEX_BYTES] = "";
    setup_reports();
    const char *token = login("vp@example.org", good_password);
    struct result sent = send_report(1, "25LX", "");
    ck_assert_int_eq(sent.code, STATUS_OK);
    message_free(sent.message);
    ck_assert_uint_eq(list(token, id), 1);
    close_report(token, id);
    world.engine_refusal = &rests;
    world.clock.wall_ms += 366 * MS_PER_DAY;
    for (int i = 0; i < 1000 && !world.engine_calls[METHOD_FORGET_REPORT]; i++)
        world_run_ms(5);
    world_run_ms(100);
    ck_assert_uint_eq(world.engine_calls[METHOD_FORGET_REPORT], 1); /* and not again before tomorrow */
    token = login("vp@example.org", good_password);
    ck_assert_uint_eq(list(token, NULL), 1);
    world.engine_refusal = NULL;
    world.clock.wall_ms += MS_PER_DAY;
    token = login("vp@example.org", good_password);
    for (int i = 0; i < 1000 && list(token, NULL); i++)
        world_run_ms(5);
    ck_assert_uint_eq(list(token, NULL), 0);
    world_teardown();
}
END_TEST

RUN_TESTS("vault/reports", one_that_the_engine_refuses_leaves_nothing_and_the_code_is_good_again,
          one_whose_answer_was_lost_is_there_and_gives_the_same_code,
          one_that_a_case_rests_on_is_kept_beyond_its_term)
