#include "world.h"

#include "vault/outbox.h"
#include "vault/template.h"

#include <sys/stat.h>

static char mailbox[64], script[64], verdict[64];

/* A mailer that appends its input to a file and ends as another file says. */
static void make_mailer(void)
{
    strcpy(mailbox, "/tmp/stagematch-mail-XXXXXX");
    strcpy(script, "/tmp/stagematch-mailer-XXXXXX");
    strcpy(verdict, "/tmp/stagematch-verdict-XXXXXX");
    close(mkstemp(mailbox));
    close(mkstemp(verdict));
    int fd = mkstemp(script);
    dprintf(fd, "#!/bin/sh\ncat >> %s\nexit $(cat %s)\n", mailbox, verdict);
    fchmod(fd, 0700);
    close(fd);
}

static void decide(int status)
{
    FILE *file = fopen(verdict, "w");
    fprintf(file, "%d\n", status);
    fclose(file);
}

static void remove_mailer(void)
{
    unlink(mailbox);
    unlink(script);
    unlink(verdict);
}

static bool mail_has(const char *needle)
{
    struct buf bytes;
    buf_init(&bytes, 1 << 20);
    ck_assert_int_eq(file_read_all(mailbox, &bytes), ERR_OK);
    bool found = bytes.length && memmem(bytes.data, bytes.length, needle, strlen(needle));
    buf_free(&bytes);
    return found;
}

static void setup(bool with_mailer)
{
    make_mailer();
    decide(0);
    world_setup(with_mailer ? script : NULL);
    add_account("op@example.org", ROLE(OPERATOR), NULL, good_password);
    add_account("co@example.org", ROLE(COORDINATOR), "25LX", good_password);
    world_start();
}

static void teardown(void)
{
    world_teardown();
    remove_mailer();
}

static void invite(const char *token, unsigned request_id)
{
    V(InviteAccountRequest) request = STAGEMATCH__V1__INVITE_ACCOUNT_REQUEST__INIT;
    char *scope[] = {(char *)(uintptr_t) "25LX"};
    request.request_id = uuid(request_id);
    request.email = (char *)(uintptr_t) "nieuw@example.org";
    request.name = (char *)(uintptr_t) "Nieuwe Collega";
    request.role = ROLE(BEHANDELAAR);
    request.n_scope = 1;
    request.scope = scope;
    message_free(call_ok(METHOD_INVITE_ACCOUNT, &request, token));
}

static V(Notice) only_notice(const char *token, char id[33])
{
    V(ListNoticesRequest) request = STAGEMATCH__V1__LIST_NOTICES_REQUEST__INIT;
    V(ListNoticesResponse) *response = call_ok(METHOD_LIST_NOTICES, &request, token);
    ck_assert_uint_eq(response->n_notices, 1);
    V(Notice) notice = *response->notices[0];
    snprintf(id, 33, "%s", response->notices[0]->notice_id);
    message_free(response);
    return notice;
}

/* Waits until the mailer has answered for the n-th time, and gives the state of the only notice then. */
static V(NoticeState) wait_for_answer(const char *token, uint64_t nth, int32_t status)
{
    char id[33];
    for (int i = 0; i < 300; i++) {
        struct outbox_numbers numbers = outbox_read_numbers(((struct vault *)world.vault)->outbox);
        if (numbers.sent + numbers.retried + numbers.bounced == nth) {
            V(Notice) notice = only_notice(token, id);
            ck_assert_int_eq(notice.last_status, status);
            return notice.state;
        }
        world_run_ms(10);
    }
    ck_abort_msg("the mailer did not answer %u times", (unsigned)nth);
}

START_TEST(an_invitation_is_sent_with_a_link_that_works)
{
    V(AcceptInvitationRequest) accept = STAGEMATCH__V1__ACCEPT_INVITATION_REQUEST__INIT;
    struct buf bytes;
    char code[65] = "";
    setup(true);
    const char *operator_token = login("op@example.org", good_password);
    invite(login("co@example.org", good_password), 1);
    for (int i = 0; i < 300 && !mail_has("#"); i++)
        world_run_ms(10);
    ck_assert(mail_has("To: nieuw@example.org\n"));
    ck_assert(mail_has("Content-Type: text/plain; charset=UTF-8\n"));
    ck_assert(!mail_has("Nieuwe Collega"));
    buf_init(&bytes, 1 << 20);
    ck_assert_int_eq(file_read_all(mailbox, &bytes), ERR_OK);
    const char *link = memmem(bytes.data, bytes.length, "/invitation#", 12);
    ck_assert_ptr_nonnull(link);
    memcpy(code, link + 12, 64);
    buf_free(&bytes);
    ck_assert_int_eq(wait_for_answer(operator_token, 1, 0), STAGEMATCH__V1__NOTICE_STATE__NOTICE_STATE_SENT);
    ck_assert(!databases_have(code));
    accept.code = code;
    accept.password = (char *)(uintptr_t)good_password;
    V(AcceptInvitationResponse) *accepted = call_ok(METHOD_ACCEPT_INVITATION, &accept, NULL);
    ck_assert_uint_eq(strlen(accepted->token), 64);
    message_free_wiped(accepted);
    teardown();
}
END_TEST

START_TEST(a_mailer_that_is_busy_is_tried_again_later_and_later)
{
    setup(true);
    const char *operator_token = login("op@example.org", good_password);
    decide(75);
    invite(login("co@example.org", good_password), 1);
    V(NoticeState) state = wait_for_answer(operator_token, 1, 75);
    ck_assert_int_eq(state, STAGEMATCH__V1__NOTICE_STATE__NOTICE_STATE_WAITING);
    world_run_ms(100);
    (void)wait_for_answer(operator_token, 1, 75); /* not at once */
    for (uint32_t attempt = 2; attempt <= 5; attempt++) {
        world.clock.wall_ms += MS_PER_MINUTE << (attempt - 2);
        state = wait_for_answer(operator_token, attempt, 75);
    }
    ck_assert_int_eq(state, STAGEMATCH__V1__NOTICE_STATE__NOTICE_STATE_BOUNCED);
    char id[33];
    V(RetryNoticeRequest) retry = STAGEMATCH__V1__RETRY_NOTICE_REQUEST__INIT;
    (void)only_notice(operator_token, id);
    decide(0);
    retry.request_id = uuid(9);
    retry.notice_id = id;
    call_refused(METHOD_RETRY_NOTICE, &retry, login("co@example.org", good_password), "not_your_role");
    message_free(call_ok(METHOD_RETRY_NOTICE, &retry, operator_token));
    ck_assert_int_eq(wait_for_answer(operator_token, 6, 0), STAGEMATCH__V1__NOTICE_STATE__NOTICE_STATE_SENT);
    teardown();
}
END_TEST

START_TEST(an_address_that_nobody_has_bounces)
{
    setup(true);
    const char *operator_token = login("op@example.org", good_password);
    decide(67); /* EX_NOUSER */
    invite(login("co@example.org", good_password), 1);
    ck_assert_int_eq(wait_for_answer(operator_token, 1, 67), STAGEMATCH__V1__NOTICE_STATE__NOTICE_STATE_BOUNCED);
    teardown();
}
END_TEST

START_TEST(without_a_mailer_notices_wait)
{
    char id[33];
    setup(false);
    const char *operator_token = login("op@example.org", good_password);
    invite(login("co@example.org", good_password), 1);
    world_run_ms(60);
    V(Notice) notice = only_notice(operator_token, id);
    ck_assert_int_eq(notice.state, STAGEMATCH__V1__NOTICE_STATE__NOTICE_STATE_WAITING);
    ck_assert_uint_eq(notice.attempt_count, 0);
    ck_assert(!outbox_read_numbers(((struct vault *)world.vault)->outbox).has_command);
    teardown();
}
END_TEST

START_TEST(the_engines_notices_reach_the_accounts_they_are_for_once)
{
    V(ListNoticesRequest) request = STAGEMATCH__V1__LIST_NOTICES_REQUEST__INIT;
    setup(true);
    for (size_t i = 0; i < 2; i++) {
        stagematch__internal__v1__engine_notice__init(&world.notices[i]);
        world.notices[i].seq = i + 1;
        world.notices[i].template_ = (char *)(uintptr_t)(i ? "task_overdue" : "task_approve");
        world.notices[i].role = ROLE(COORDINATOR);
        world.notices[i].scope = (char *)(uintptr_t)(i ? "25LX" : "99ZZ");
        world.notices[i].subject = (char *)(uintptr_t) "abc";
    }
    world.notice_count = 2;
    for (int i = 0; i < 300 && !mail_has("To: co@example.org"); i++)
        world_run_ms(10);
    ck_assert(mail_has("/#abc"));
    ck_assert(!mail_has("op@example.org"));
    world_restart();
    world_run_ms(100);
    V(ListNoticesResponse) *response = call_ok(METHOD_LIST_NOTICES, &request, login("op@example.org", good_password));
    ck_assert_uint_eq(response->n_notices, 1);
    message_free(response);
    teardown();
}
END_TEST

START_TEST(a_reset_link_is_sent_to_who_has_an_account_and_the_answer_tells_nothing)
{
    V(RequestPasswordResetRequest) request = STAGEMATCH__V1__REQUEST_PASSWORD_RESET_REQUEST__INIT;
    setup(true);
    request.email = (char *)(uintptr_t) "nobody@example.org";
    message_free(call_ok(METHOD_REQUEST_PASSWORD_RESET, &request, NULL));
    request.email = (char *)(uintptr_t) "co@example.org";
    for (int i = 0; i < 10; i++) /* many requests are a few mails */
        message_free(call_ok(METHOD_REQUEST_PASSWORD_RESET, &request, NULL));
    for (int i = 0; i < 300 && !mail_has("/reset#"); i++)
        world_run_ms(10);
    ck_assert(mail_has("To: co@example.org"));
    ck_assert(!mail_has("nobody"));
    ck_assert_uint_le(((struct vault *)world.vault)->numbers.calls, 20);
    world_run_ms(300);
    struct outbox_numbers numbers = outbox_read_numbers(((struct vault *)world.vault)->outbox);
    ck_assert_uint_eq(numbers.sent + numbers.waiting, 3);
    teardown();
}
END_TEST

START_TEST(templates_are_read_and_letters_written)
{
    char path[4200];
    struct templates *templates;
    struct buf out;
    const char *source = getenv("STAGEMATCH_SOURCE");
    snprintf(path, sizeof path, "%s/config/notices", source ? source : ".");
    ck_assert_int_eq(templates_read(path, &templates), ERR_OK);
    buf_init(&out, 100000);
    struct letter letter = {
        "a@example.org", "Stagematch <no-reply@example.org>", "invitation", "https://x/#y", "https://x", "0123",
        1800000000000};
    ck_assert_int_eq(letter_write(templates, &letter, &out), ERR_OK);
    buf_put_char(&out, '\0');
    ck_assert_ptr_nonnull(strstr(out.data, "To: a@example.org\nFrom: Stagematch <no-reply@example.org>\nSubject: "));
    ck_assert_ptr_nonnull(strstr(out.data, "Date: Fri, 15 Jan 2027 08:00:00 +0000\n"));
    ck_assert_ptr_nonnull(strstr(out.data, "https://x/#y"));
    ck_assert_ptr_null(strstr(out.data, "{link}"));
    buf_clear(&out);
    letter.template = "task_of_some_new_kind"; /* takes task.txt */
    ck_assert_int_eq(letter_write(templates, &letter, &out), ERR_OK);
    buf_put_char(&out, '\0');
    ck_assert_ptr_nonnull(strstr(out.data, "een taak"));
    buf_free(&out);
    templates_free(templates);
    ck_assert_int_eq(templates_read("/nonexistent", &templates), ERR_MISSING);
}
END_TEST

RUN_TESTS("vault/outbox", an_invitation_is_sent_with_a_link_that_works,
          a_mailer_that_is_busy_is_tried_again_later_and_later, an_address_that_nobody_has_bounces,
          without_a_mailer_notices_wait, the_engines_notices_reach_the_accounts_they_are_for_once,
          a_reset_link_is_sent_to_who_has_an_account_and_the_answer_tells_nothing,
          templates_are_read_and_letters_written)
