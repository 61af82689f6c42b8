/* Companies' contacts: each school checks one for itself; what that opens, what its end closes, and who is told. */
#include "world.h"

#include "api/schools.h"
#include "store/store.h"

static char *school, *other, *operator_token;
static char contact_id[33];
static unsigned next_id;

/* A contact of bedrijf-1 whom 25LX has checked, and coördinatoren of 25LX and of 00AA. */
static void setup(void)
{
    V(ListAccountsRequest) request = STAGEMATCH__V1__LIST_ACCOUNTS_REQUEST__INIT;
    world_setup(NULL);
    add_account("op@example.org", ROLE(OPERATOR), NULL, good_password);
    add_account("co@example.org", ROLE(COORDINATOR), "25LX", good_password);
    add_account("other@example.org", ROLE(COORDINATOR), "00AA", good_password);
    add_account("bedrijf@example.org", ROLE(COMPANY), "bedrijf-1", good_password);
    world_start();
    next_id = 1;
    school = login("co@example.org", good_password);
    other = login("other@example.org", good_password);
    operator_token = login("op@example.org", good_password);
    request.leerbedrijf = (char *)(uintptr_t) "bedrijf-1";
    V(ListAccountsResponse) *response = call_ok(METHOD_LIST_ACCOUNTS, &request, other);
    ck_assert_uint_eq(response->n_accounts, 1);
    snprintf(contact_id, sizeof contact_id, "%s", response->accounts[0]->account_id);
    message_free(response);
}

/* The schools of a list, joined by spaces. */
static const char *joined(char *const *list, size_t count)
{
    static char out[64];
    out[0] = '\0';
    for (size_t i = 0; i < count; i++)
        snprintf(out + strlen(out), sizeof out - strlen(out), "%s%s", i ? " " : "", list[i]);
    return out;
}

/* A school says that it checked the contact, or takes that back; what it sees of the account then. */
static const char *check(const char *by)
{
    V(VerifyCompanyContactRequest) request = STAGEMATCH__V1__VERIFY_COMPANY_CONTACT_REQUEST__INIT;
    request.request_id = uuid(next_id++);
    request.account_id = contact_id;
    V(VerifyCompanyContactResponse) *response = call_ok(METHOD_VERIFY_COMPANY_CONTACT, &request, by);
    const char *seen = joined(response->account->checked_by, response->account->n_checked_by);
    message_free(response);
    return seen;
}

static const char *take_back(const char *by)
{
    V(WithdrawContactCheckRequest) request = STAGEMATCH__V1__WITHDRAW_CONTACT_CHECK_REQUEST__INIT;
    request.request_id = uuid(next_id++);
    request.account_id = contact_id;
    V(WithdrawContactCheckResponse) *response = call_ok(METHOD_WITHDRAW_CONTACT_CHECK, &request, by);
    const char *seen = joined(response->account->checked_by, response->account->n_checked_by);
    message_free(response);
    return seen;
}

static void check_refused(enum method_id method, const char *by, const char *account, const char *for_school,
                          const char *refusal)
{
    V(VerifyCompanyContactRequest) request = STAGEMATCH__V1__VERIFY_COMPANY_CONTACT_REQUEST__INIT;
    V(WithdrawContactCheckRequest) back = STAGEMATCH__V1__WITHDRAW_CONTACT_CHECK_REQUEST__INIT;
    request.request_id = back.request_id = uuid(next_id++);
    request.account_id = back.account_id = (char *)(uintptr_t)account;
    request.school = back.school = (char *)(uintptr_t)for_school;
    bool checks = method == METHOD_VERIFY_COMPANY_CONTACT;
    call_refused(method, checks ? (const void *)&request : &back, by, refusal);
}

/* What the engine would be told of the contact. */
static const char *asserted(const char *token)
{
    I(AuthenticateRequest) request = STAGEMATCH__INTERNAL__V1__AUTHENTICATE_REQUEST__INIT;
    I(AuthenticateResponse) *response = call_ok(METHOD_AUTHENTICATE, &request, token);
    const char *said = joined(response->actor->checked_by, response->actor->n_checked_by);
    message_free(response);
    return said;
}

static enum err count_entry(void *context, const struct ledger_entry *entry)
{
    unsigned *counts = context;
    counts[0] += text_is(entry->kind, "contact_checked");
    counts[1] += text_is(entry->kind, "contact_check_withdrawn");
    return ERR_OK;
}

/* The entries of a vault that was ended. */
static void count_ledger(unsigned counts[2])
{
    static const char *const tables[] = {NULL};
    char path[128];
    struct store *store;
    struct buf complaint;
    snprintf(path, sizeof path, "%s/vault.sqlite", world.folder);
    struct store_options options = {.path = path, .tables = tables, .read_only = true};
    buf_init(&complaint, 1000);
    ck_assert_int_eq(store_open(&options, world.base, &store, &complaint), ERR_OK);
    ck_assert_int_eq(store_ledger_read(store, 0, 1000, count_entry, counts), ERR_OK);
    store_close(store);
    buf_free(&complaint);
}

START_TEST(each_school_checks_for_itself_and_is_told_of_nobody_else)
{
    unsigned counts[2] = {0};
    setup();
    const char *contact = login("bedrijf@example.org", good_password);
    ck_assert_str_eq(asserted(contact), "25LX");
    ck_assert_str_eq(check(other), "00AA");
    ck_assert_str_eq(check(other), "00AA"); /* again: nothing changes */
    ck_assert_str_eq(asserted(contact), "00AA 25LX");
    world_restart();
    ck_assert_str_eq(asserted(contact), "00AA 25LX");
    ck_assert_str_eq(take_back(school), "");
    ck_assert_str_eq(asserted(contact), "00AA");
    check_refused(METHOD_VERIFY_COMPANY_CONTACT, other, contact_id, "25LX", "not_found"); /* not their school */
    ck_assert_str_eq(asserted(contact), "00AA");
    ck_assert_str_eq(asserted(other), ""); /* it is said of companies alone */
    world_end();
    count_ledger(counts);
    ck_assert_uint_eq(counts[0], 1);
    ck_assert_uint_eq(counts[1], 1);
    world_start();
    world_teardown();
}
END_TEST

START_TEST(who_is_no_contact_cannot_be_checked_and_others_checks_cannot_be_taken_back)
{
    V(VerifyCompanyContactRequest) request = STAGEMATCH__V1__VERIFY_COMPANY_CONTACT_REQUEST__INIT;
    setup();
    check_refused(METHOD_WITHDRAW_CONTACT_CHECK, other, contact_id, "", "not_found");
    check_refused(METHOD_VERIFY_COMPANY_CONTACT, school, "00000000000000000000000000000000", "", "not_found");
    check_refused(METHOD_VERIFY_COMPANY_CONTACT, school, "x", "", "not_found");
    request.request_id = uuid(next_id++);
    request.account_id = contact_id;
    call_refused(METHOD_VERIFY_COMPANY_CONTACT, &request, login("bedrijf@example.org", good_password),
                 "not_your_role");
    call_refused(METHOD_VERIFY_COMPANY_CONTACT, &request, operator_token, "not_your_role");
    world_teardown();
}
END_TEST

START_TEST(a_check_is_for_the_leerbedrijven_that_were_seen)
{
    static const char *const seen[][2] = {{"bedrijf-1", NULL}, {"bedrijf-2", NULL}, {"bedrijf-1", "bedrijf-2"}};
    V(VerifyCompanyContactRequest) request = STAGEMATCH__V1__VERIFY_COMPANY_CONTACT_REQUEST__INIT;
    setup();
    request.account_id = contact_id;
    for (size_t i = 3; i-- > 0;) {
        request.request_id = uuid(next_id++);
        request.scope = (char **)(uintptr_t)seen[i];
        request.n_scope = seen[i][1] ? 2 : 1;
        if (i > 0)
            call_refused(METHOD_VERIFY_COMPANY_CONTACT, &request, other, "scope_changed");
        else
            message_free(call_ok(METHOD_VERIFY_COMPANY_CONTACT, &request, other));
        ck_assert_str_eq(asserted(login("bedrijf@example.org", good_password)), i > 0 ? "25LX" : "00AA 25LX");
    }
    world_teardown();
}
END_TEST

START_TEST(without_any_check_a_contact_is_out_at_once)
{
    V(GetSessionRequest) get = STAGEMATCH__V1__GET_SESSION_REQUEST__INIT;
    V(LoginRequest) again = STAGEMATCH__V1__LOGIN_REQUEST__INIT;
    setup();
    const char *contact = login("bedrijf@example.org", good_password);
    message_free(call_ok(METHOD_GET_SESSION, &get, contact));
    (void)take_back(school);
    call_refused(METHOD_GET_SESSION, &get, contact, "unauthenticated");
    again.email = (char *)(uintptr_t) "bedrijf@example.org";
    again.password = (char *)(uintptr_t)good_password;
    call_refused(METHOD_LOGIN, &again, NULL, "account_unverified");
    (void)check(other);
    ck_assert_str_eq(asserted(login("bedrijf@example.org", good_password)), "00AA");
    world_teardown();
}
END_TEST

START_TEST(an_account_that_is_ended_and_begun_again_has_no_checks)
{
    V(DisableAccountRequest) disable = STAGEMATCH__V1__DISABLE_ACCOUNT_REQUEST__INIT;
    V(InviteAccountRequest) invite = STAGEMATCH__V1__INVITE_ACCOUNT_REQUEST__INIT;
    V(ListAccountsRequest) list = STAGEMATCH__V1__LIST_ACCOUNTS_REQUEST__INIT;
    char *scope[] = {(char *)(uintptr_t) "bedrijf-1"};
    setup();
    (void)check(other);
    disable.account_id = contact_id;
    disable.request_id = uuid(next_id++);
    call_refused(METHOD_DISABLE_ACCOUNT, &disable, other, "not_found"); /* it only checked it */
    disable.request_id = uuid(next_id++);
    message_free(call_ok(METHOD_DISABLE_ACCOUNT, &disable, school));
    check_refused(METHOD_VERIFY_COMPANY_CONTACT, other, contact_id, "", "not_found");
    invite.request_id = uuid(next_id++);
    invite.email = (char *)(uintptr_t) "bedrijf@example.org";
    invite.name = (char *)(uintptr_t) "Naam";
    invite.role = ROLE(COMPANY);
    invite.n_scope = 1;
    invite.scope = scope;
    message_free(call_ok(METHOD_INVITE_ACCOUNT, &invite, other));
    list.leerbedrijf = scope[0];
    V(ListAccountsResponse) *response = call_ok(METHOD_LIST_ACCOUNTS, &list, other);
    ck_assert_uint_eq(response->n_accounts, 1);
    ck_assert_uint_eq(response->accounts[0]->n_checked_by, 0);
    ck_assert_int_eq(response->accounts[0]->state, STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_INVITED);
    message_free(response);
    world_teardown();
}
END_TEST

/* The engine is asked about a grant only where the student's school checked the contact. */
START_TEST(a_grant_is_for_contacts_whom_the_students_school_checked)
{
    V(GetCandidateIdentityRequest) request = STAGEMATCH__V1__GET_CANDIDATE_IDENTITY_REQUEST__INIT;
    I(GrantRow) grant = STAGEMATCH__INTERNAL__V1__GRANT_ROW__INIT;
    struct edit edit;
    setup();
    const char *contact = login("bedrijf@example.org", good_password);
    (void)check(other);
    grant.school = (char *)(uintptr_t) "25LX";
    grant.leerbedrijf = (char *)(uintptr_t) "bedrijf-1";
    grant.expire_ms = world.clock.wall_ms + MS_PER_DAY;
    edit_begin(&edit, ((struct vault *)world.vault)->image);
    edit_put_message(&edit, TABLE_GRANT, text_of(candidate_label), &grant);
    ck_assert_int_eq(edit_commit(&edit, NULL, NULL), ERR_OK);
    request.candidate = (char *)(uintptr_t)candidate_label;
    call_refused(METHOD_GET_CANDIDATE_IDENTITY, &request, contact, "not_found");
    ck_assert_uint_eq(world.engine_calls[METHOD_CHECK_GRANT], 1); /* which says that there is none */
    (void)take_back(school);
    world.grant = true;
    call_refused(METHOD_GET_CANDIDATE_IDENTITY, &request, contact, "not_found");
    ck_assert_uint_eq(world.engine_calls[METHOD_CHECK_GRANT], 1);
    world_teardown();
}
END_TEST

START_TEST(schools_lie_in_order_and_have_a_bound)
{
    AccountRow *row;
    char name[8];
    ck_assert_int_eq(message_new(&stagematch__internal__v1__account_row__descriptor, &row), ERR_OK);
    for (unsigned i = 0; i < CHECKED_SCHOOLS_MAX; i++) {
        snprintf(name, sizeof name, "%04X", i * 37 % CHECKED_SCHOOLS_MAX); /* in no order */
        ck_assert_int_eq(account_check(row, name), ERR_OK);
        ck_assert_int_eq(account_check(row, name), ERR_OK);
        ck_assert_uint_eq(row->n_checked_by, i + 1);
        ck_assert(schools_ascend((const char *const *)row->checked_by, row->n_checked_by));
    }
    ck_assert_int_eq(account_check(row, "ZZZZ"), ERR_RANGE);
    ck_assert_int_eq(account_check(row, "0000"), ERR_OK);
    ck_assert(account_is_checked_by(row, "01FF"));
    account_uncheck(row, "01FF");
    account_uncheck(row, "01FF");
    ck_assert(!account_is_checked_by(row, "01FF"));
    ck_assert_uint_eq(row->n_checked_by, CHECKED_SCHOOLS_MAX - 1);
    ck_assert_int_eq(account_check(row, "ZZZZ"), ERR_OK);
    message_free(row);
}
END_TEST

/* Notices. */

static void engine_tells(const char *template, const char *for_school)
{
    I(EngineNotice) *notice = &world.notices[world.notice_count];
    stagematch__internal__v1__engine_notice__init(notice);
    notice->seq = ++world.notice_count;
    notice->template_ = (char *)(uintptr_t) template;
    notice->role = ROLE(COMPANY);
    notice->scope = (char *)(uintptr_t) "bedrijf-1";
    notice->school = (char *)(uintptr_t)for_school;
    notice->subject = (char *)(uintptr_t)candidate_label;
    world_run_ms(100);
}

static size_t told(const char *template)
{
    V(ListNoticesRequest) request = STAGEMATCH__V1__LIST_NOTICES_REQUEST__INIT;
    V(ListNoticesResponse) *response = call_ok(METHOD_LIST_NOTICES, &request, operator_token);
    size_t count = 0;
    for (size_t i = 0; i < response->n_notices; i++)
        count += strcmp(response->notices[i]->template_, template) == 0;
    message_free(response);
    return count;
}

static size_t missing_for(const char *token)
{
    V(ListAccountsRequest) request = STAGEMATCH__V1__LIST_ACCOUNTS_REQUEST__INIT;
    V(ListAccountsResponse) *response = call_ok(METHOD_LIST_ACCOUNTS, &request, token);
    size_t count = response->n_missing_contacts;
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(response->missing_contacts[i]->leerbedrijf, "bedrijf-1");
    message_free(response);
    return count;
}

START_TEST(a_notice_about_a_student_finds_contacts_of_the_school_or_the_school_itself)
{
    setup();
    engine_tells("task_decide", "25LX");
    ck_assert_uint_eq(told("task_decide"), 1);
    ck_assert_uint_eq(told("no_checked_contact"), 0);
    engine_tells("task_decide", "00AA");
    ck_assert_uint_eq(told("task_decide"), 1);
    ck_assert_uint_eq(told("no_checked_contact"), 1);
    engine_tells("task_place", "00AA"); /* they know that already */
    ck_assert_uint_eq(told("task_place"), 0);
    ck_assert_uint_eq(told("no_checked_contact"), 1);
    ck_assert_uint_eq(missing_for(other), 1);
    ck_assert_uint_eq(missing_for(school), 0);
    (void)check(other);
    ck_assert_uint_eq(missing_for(other), 0);
    engine_tells("task_decide", "00AA");
    ck_assert_uint_eq(told("task_decide"), 2);
    world_teardown();
}
END_TEST

START_TEST(a_contact_that_is_missed_is_forgotten_when_nothing_waits_any_more)
{
    setup();
    engine_tells("task_decide", "00AA");
    ck_assert_uint_eq(missing_for(other), 1);
    world_restart();
    ck_assert_uint_eq(missing_for(other), 1);
    world.clock.wall_ms += 31 * MS_PER_DAY;
    ck_assert_uint_eq(missing_for(login("other@example.org", good_password)), 0);
    world_teardown();
}
END_TEST

RUN_TESTS("vault/contacts", each_school_checks_for_itself_and_is_told_of_nobody_else,
          who_is_no_contact_cannot_be_checked_and_others_checks_cannot_be_taken_back,
          a_check_is_for_the_leerbedrijven_that_were_seen, without_any_check_a_contact_is_out_at_once,
          an_account_that_is_ended_and_begun_again_has_no_checks,
          a_grant_is_for_contacts_whom_the_students_school_checked, schools_lie_in_order_and_have_a_bound,
          a_notice_about_a_student_finds_contacts_of_the_school_or_the_school_itself,
          a_contact_that_is_missed_is_forgotten_when_nothing_waits_any_more)
