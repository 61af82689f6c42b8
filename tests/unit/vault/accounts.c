#include "world.h"

static void setup(void)
{
    world_setup(NULL);
    add_account("op@example.org", ROLE(OPERATOR), NULL, good_password);
    add_account("co@example.org", ROLE(COORDINATOR), "25LX", good_password);
    add_account("other@example.org", ROLE(COORDINATOR), "00AA", good_password);
    world_start();
}

static struct result try_login(const char *email, const char *password)
{
    V(LoginRequest) request = STAGEMATCH__V1__LOGIN_REQUEST__INIT;
    request.email = (char *)(uintptr_t)email;
    request.password = (char *)(uintptr_t)password;
    return call(METHOD_LOGIN, &request, NULL);
}

START_TEST(a_session_begins_with_a_password_and_ends_with_logout)
{
    V(GetSessionRequest) get = STAGEMATCH__V1__GET_SESSION_REQUEST__INIT;
    V(LogoutRequest) logout = STAGEMATCH__V1__LOGOUT_REQUEST__INIT;
    I(AuthenticateRequest) authenticate = STAGEMATCH__INTERNAL__V1__AUTHENTICATE_REQUEST__INIT;
    setup();
    const char *token = login("CO@example.org", good_password);
    V(GetSessionResponse) *session = call_ok(METHOD_GET_SESSION, &get, token);
    ck_assert_int_eq(session->session->role, ROLE(COORDINATOR));
    ck_assert_str_eq(session->session->scope[0], "25LX");
    ck_assert_str_eq(session->session->name, "Naam");
    message_free(session);
    I(AuthenticateResponse) *actor = call_ok(METHOD_AUTHENTICATE, &authenticate, token);
    ck_assert_int_eq(actor->actor->expire_ms, world.clock.wall_ms + 60000);
    I(ActorAssertion) * assertion;
    ck_assert_int_eq(message_unpack(&stagematch__internal__v1__actor_assertion__descriptor,
                                    binary_text(&actor->assertion), &assertion),
                     ERR_OK);
    ck_assert_int_eq(assertion->role, ROLE(COORDINATOR));
    static const char tag[] = "stagematch/assertion/v1";
    uint8_t bytes[512], mac[crypto_auth_BYTES];
    memcpy(bytes, tag, sizeof tag);
    memcpy(bytes + sizeof tag, actor->assertion.data, actor->assertion.len);
    ck_assert_int_eq(crypto_auth(mac, bytes, sizeof tag + actor->assertion.len, world.assertion_key), 0);
    ck_assert_uint_eq(actor->assertion_mac.len, sizeof mac);
    ck_assert_mem_eq(actor->assertion_mac.data, mac, sizeof mac);
    message_free(assertion);
    message_free(actor);
    world_restart();
    message_free(call_ok(METHOD_GET_SESSION, &get, token)); /* a session survives */
    ck_assert(!databases_have(token));
    message_free(call_ok(METHOD_LOGOUT, &logout, token));
    call_refused(METHOD_GET_SESSION, &get, token, "unauthenticated");
    call_refused(METHOD_AUTHENTICATE, &authenticate, token, "unauthenticated");
    call_refused(METHOD_AUTHENTICATE, &authenticate, "", "unauthenticated");
    world_teardown();
}
END_TEST

START_TEST(a_session_ends_idle_and_absolutely)
{
    V(GetSessionRequest) get = STAGEMATCH__V1__GET_SESSION_REQUEST__INIT;
    setup();
    const char *token = login("co@example.org", good_password);
    for (int hour = 0; hour < 7 * 24 - 1; hour++) {
        world.clock.wall_ms += MS_PER_HOUR;
        message_free(call_ok(METHOD_GET_SESSION, &get, token)); /* use keeps it */
    }
    world.clock.wall_ms += 2 * MS_PER_HOUR;
    call_refused(METHOD_GET_SESSION, &get, token, "unauthenticated");
    token = login("co@example.org", good_password);
    world.clock.wall_ms += 13 * MS_PER_HOUR;
    call_refused(METHOD_GET_SESSION, &get, token, "unauthenticated");
    world_teardown();
}
END_TEST

START_TEST(wrong_passwords_and_unknown_addresses_answer_alike)
{
    setup();
    struct result wrong = try_login("co@example.org", "verkeerd verkeerd");
    struct result unknown = try_login("nobody@example.org", "verkeerd verkeerd");
    ck_assert_str_eq(wrong.refusal, "login_failed");
    ck_assert_str_eq(unknown.refusal, "login_failed");
    ck_assert_int_eq(wrong.code, unknown.code);
    ck_assert_str_eq(try_login("co@example.org", "").refusal, "missing_field");
    ck_assert_str_eq(try_login("", good_password).refusal, "missing_field");
    world_teardown();
}
END_TEST

START_TEST(guessing_is_slowed_down_across_restarts)
{
    setup();
    for (int i = 0; i < 5; i++)
        ck_assert_str_eq(try_login("co@example.org", "verkeerd verkeerd").refusal, "login_failed");
    ck_assert_str_eq(try_login("co@example.org", good_password).refusal, "login_throttled");
    world_restart();
    ck_assert_str_eq(try_login("co@example.org", good_password).refusal, "login_throttled");
    ck_assert_str_eq(try_login("op@example.org", "verkeerd verkeerd").refusal, "login_failed"); /* others go on */
    world.clock.wall_ms += 1001;
    ck_assert_str_eq(try_login("co@example.org", "verkeerd verkeerd").refusal, "login_failed");
    world.clock.wall_ms += 1001; /* now it is two seconds */
    ck_assert_str_eq(try_login("co@example.org", good_password).refusal, "login_throttled");
    world.clock.wall_ms += 1000;
    (void)login("co@example.org", good_password);
    ck_assert_str_eq(try_login("co@example.org", "verkeerd verkeerd").refusal, "login_failed"); /* counts anew */
    (void)login("co@example.org", good_password);
    world_teardown();
}
END_TEST

START_TEST(many_attempts_at_once_gain_nothing)
{
    struct result results[12];
    V(LoginRequest) request = STAGEMATCH__V1__LOGIN_REQUEST__INIT;
    unsigned tried = 0;
    setup();
    request.email = (char *)(uintptr_t) "co@example.org";
    request.password = (char *)(uintptr_t) "verkeerd verkeerd";
    for (size_t i = 0; i < 12; i++)
        send_call(METHOD_LOGIN, &request, NULL, &results[i]);
    for (size_t i = 0; i < 12; i++) {
        wait_for(&results[i]);
        tried += strcmp(results[i].refusal, "login_failed") == 0;
    }
    ck_assert_uint_eq(tried, 5);
    world_teardown();
}
END_TEST

/* The newest notice's code, read from where nobody can in the service: drawn here instead. */
static void code_of(const char *email, char code[65], bool *invitation)
{
    struct vault_offline *offline;
    struct buf complaint;
    world_end();
    buf_init(&complaint, 1000);
    ck_assert_int_eq(vault_offline_open(world.folder, world.master_key, &offline, &complaint), ERR_OK);
    ck_assert_int_eq(vault_offline_reset(offline, email, code, invitation), ERR_OK);
    vault_offline_close(offline);
    buf_free(&complaint);
    world_start();
}

static V(InviteAccountResponse) *
    invite(const char *token, const char *email, unsigned role, const char *scope, unsigned request_id)
{
    V(InviteAccountRequest) request = STAGEMATCH__V1__INVITE_ACCOUNT_REQUEST__INIT;
    char *scopes[] = {(char *)(uintptr_t)scope};
    request.request_id = uuid(request_id);
    request.email = (char *)(uintptr_t)email;
    request.name = (char *)(uintptr_t) "Iemand Anders";
    request.role = (Stagematch__V1__Role)role;
    request.n_scope = scope ? 1 : 0;
    request.scope = scopes;
    return call_ok(METHOD_INVITE_ACCOUNT, &request, token);
}

static void invite_refused(const char *token, const char *email, unsigned role, const char *scope,
                           const char *refusal)
{
    V(InviteAccountRequest) request = STAGEMATCH__V1__INVITE_ACCOUNT_REQUEST__INIT;
    char *scopes[] = {(char *)(uintptr_t)scope};
    static unsigned number = 900;
    request.request_id = uuid(number++);
    request.email = (char *)(uintptr_t)email;
    request.role = (Stagematch__V1__Role)role;
    request.n_scope = scope ? 1 : 0;
    request.scope = scopes;
    call_refused(METHOD_INVITE_ACCOUNT, &request, token, refusal);
}

START_TEST(an_invitation_works_once_and_a_company_waits_for_its_school)
{
    V(AcceptInvitationRequest) accept = STAGEMATCH__V1__ACCEPT_INVITATION_REQUEST__INIT;
    V(VerifyCompanyContactRequest) verify = STAGEMATCH__V1__VERIFY_COMPANY_CONTACT_REQUEST__INIT;
    char code[65];
    bool invitation;
    setup();
    const char *token = login("co@example.org", good_password);
    V(InviteAccountResponse) *invited = invite(token, "bedrijf@example.org", ROLE(COMPANY), "bedrijf-1", 1);
    code_of("bedrijf@example.org", code, &invitation);
    ck_assert(invitation);
    accept.code = code;
    accept.password = (char *)(uintptr_t) "te kort";
    call_refused(METHOD_ACCEPT_INVITATION, &accept, NULL, "password_length");
    accept.password = (char *)(uintptr_t) "WachtWoord1234";
    call_refused(METHOD_ACCEPT_INVITATION, &accept, NULL, "password_common");
    accept.password = (char *)(uintptr_t)good_password;
    V(AcceptInvitationResponse) *accepted = call_ok(METHOD_ACCEPT_INVITATION, &accept, NULL);
    ck_assert_str_eq(accepted->token, ""); /* no session before a school checked the contact */
    message_free(accepted);
    call_refused(METHOD_ACCEPT_INVITATION, &accept, NULL, "code_not_valid");
    ck_assert_str_eq(try_login("bedrijf@example.org", good_password).refusal, "account_unverified");
    verify.request_id = uuid(2);
    verify.account_id = invited->account_id;
    call_refused(METHOD_VERIFY_COMPANY_CONTACT, &verify, login("op@example.org", good_password), "not_your_role");
    V(VerifyCompanyContactResponse) *verified = call_ok(METHOD_VERIFY_COMPANY_CONTACT, &verify, token);
    ck_assert_int_eq(verified->account->state, STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_ACTIVE);
    ck_assert_str_eq(verified->account->email, "bedrijf@example.org");
    message_free(verified);
    (void)login("bedrijf@example.org", good_password);
    ck_assert(!databases_have("bedrijf@example.org"));
    ck_assert(!databases_have(code));
    message_free(invited);
    world_teardown();
}
END_TEST

START_TEST(a_code_used_twice_at_once_works_once)
{
    V(AcceptInvitationRequest) accept = STAGEMATCH__V1__ACCEPT_INVITATION_REQUEST__INIT;
    struct result first, second;
    char code[65];
    bool invitation;
    setup();
    message_free(invite(login("op@example.org", good_password), "nieuw@example.org", ROLE(COORDINATOR), "11BB", 1));
    code_of("nieuw@example.org", code, &invitation);
    accept.code = code;
    accept.password = (char *)(uintptr_t)good_password;
    send_call(METHOD_ACCEPT_INVITATION, &accept, NULL, &first);
    send_call(METHOD_ACCEPT_INVITATION, &accept, NULL, &second);
    wait_for(&first);
    wait_for(&second);
    ck_assert_int_eq((first.code == STATUS_OK) + (second.code == STATUS_OK), 1);
    message_free(first.message);
    message_free(second.message);
    world_teardown();
}
END_TEST

START_TEST(an_old_code_is_no_code)
{
    V(AcceptInvitationRequest) accept = STAGEMATCH__V1__ACCEPT_INVITATION_REQUEST__INIT;
    char code[65];
    bool invitation;
    setup();
    message_free(invite(login("op@example.org", good_password), "nieuw@example.org", ROLE(COORDINATOR), "11BB", 1));
    code_of("nieuw@example.org", code, &invitation);
    world.clock.wall_ms += 7 * MS_PER_DAY + MS_PER_HOUR;
    accept.code = code;
    accept.password = (char *)(uintptr_t)good_password;
    call_refused(METHOD_ACCEPT_INVITATION, &accept, NULL, "code_not_valid");
    accept.code = (char *)(uintptr_t) "";
    call_refused(METHOD_ACCEPT_INVITATION, &accept, NULL, "code_not_valid");
    world_teardown();
}
END_TEST

START_TEST(a_reset_ends_all_sessions_and_tokens_and_a_code_has_one_use)
{
    V(ResetPasswordRequest) reset = STAGEMATCH__V1__RESET_PASSWORD_REQUEST__INIT;
    V(AcceptInvitationRequest) accept = STAGEMATCH__V1__ACCEPT_INVITATION_REQUEST__INIT;
    V(GetSessionRequest) get = STAGEMATCH__V1__GET_SESSION_REQUEST__INIT;
    char code[65];
    bool invitation;
    setup();
    const char *token = login("co@example.org", good_password);
    V(CreateApiTokenRequest) create = STAGEMATCH__V1__CREATE_API_TOKEN_REQUEST__INIT;
    create.request_id = uuid(1);
    create.label = (char *)(uintptr_t) "osiris";
    create.valid_days = 30;
    V(CreateApiTokenResponse) *created = call_ok(METHOD_CREATE_API_TOKEN, &create, token);
    code_of("co@example.org", code, &invitation);
    message_free(call_ok(METHOD_GET_SESSION, &get, created->token)); /* a link alone changes nothing */
    ck_assert(!invitation);
    accept.code = code; /* for a reset, not for an invitation */
    accept.password = (char *)(uintptr_t) "nog een andere lange zin";
    call_refused(METHOD_ACCEPT_INVITATION, &accept, NULL, "code_not_valid");
    reset.code = code;
    reset.password = (char *)(uintptr_t) "nog een andere lange zin";
    message_free(call_ok(METHOD_RESET_PASSWORD, &reset, NULL));
    call_refused(METHOD_GET_SESSION, &get, token, "unauthenticated");
    call_refused(METHOD_GET_SESSION, &get, created->token, "unauthenticated");
    message_free(created);
    call_refused(METHOD_RESET_PASSWORD, &reset, NULL, "code_not_valid");
    ck_assert_str_eq(try_login("co@example.org", good_password).refusal, "login_failed");
    (void)login("co@example.org", "nog een andere lange zin");
    world_teardown();
}
END_TEST

START_TEST(changing_a_password_keeps_this_session_alone_and_the_tokens)
{
    V(ChangePasswordRequest) change = STAGEMATCH__V1__CHANGE_PASSWORD_REQUEST__INIT;
    V(GetSessionRequest) get = STAGEMATCH__V1__GET_SESSION_REQUEST__INIT;
    setup();
    const char *mine = login("co@example.org", good_password), *other = login("co@example.org", good_password);
    change.old_password = (char *)(uintptr_t) "verkeerd verkeerd";
    change.new_password = (char *)(uintptr_t) "nog een andere lange zin";
    call_refused(METHOD_CHANGE_PASSWORD, &change, mine, "old_password");
    change.old_password = (char *)(uintptr_t)good_password;
    V(CreateApiTokenRequest) create = STAGEMATCH__V1__CREATE_API_TOKEN_REQUEST__INIT;
    create.request_id = uuid(1);
    create.label = (char *)(uintptr_t) "osiris";
    create.valid_days = 30;
    V(CreateApiTokenResponse) *created = call_ok(METHOD_CREATE_API_TOKEN, &create, mine);
    message_free(call_ok(METHOD_CHANGE_PASSWORD, &change, mine));
    message_free(call_ok(METHOD_GET_SESSION, &get, created->token)); /* the holder's systems go on */
    message_free(created);
    message_free(call_ok(METHOD_GET_SESSION, &get, mine));
    call_refused(METHOD_GET_SESSION, &get, other, "unauthenticated");
    (void)login("co@example.org", "nog een andere lange zin");
    world_teardown();
}
END_TEST

START_TEST(who_may_invite_whom)
{
    setup();
    const char *operator_token = login("op@example.org", good_password);
    const char *token = login("co@example.org", good_password);
    invite_refused(operator_token, "a@example.org", ROLE(COMPANY), "bedrijf-1", "not_your_role");
    invite_refused(operator_token, "a@example.org", ROLE(STUDENT), "x", "not_your_role");
    invite_refused(operator_token, "a@example.org", ROLE(OPERATOR), "25LX", "bad_value");
    invite_refused(token, "a@example.org", ROLE(OPERATOR), NULL, "not_your_role");
    invite_refused(token, "a@example.org", ROLE(STUDENT), "x", "not_your_role");
    invite_refused(token, "a@example.org", ROLE(COORDINATOR), "00AA", "not_found");
    invite_refused(token, "a@example.org", ROLE(COORDINATOR), NULL, "missing_field");
    invite_refused(token, "a@example.org", ROLE(COMPANY), "bedrijf 1", "bad_value");
    invite_refused(token, "", ROLE(COMPANY), "bedrijf-1", "missing_field");
    invite_refused(token, "-oops@example.org", ROLE(COMPANY), "bedrijf-1", "bad_value");
    invite_refused(token, "a@example.org\nBcc: x@example.org", ROLE(COMPANY), "bedrijf-1", "bad_value");
    invite_refused(token, "a@example.org,b@example.org", ROLE(COMPANY), "bedrijf-1", "bad_value");
    invite_refused(token, "other@example.org", ROLE(COORDINATOR), "25LX", "account_exists");
    invite_refused(token, "op@example.org", ROLE(COMPANY), "bedrijf-1", "account_exists");
    message_free(invite(operator_token, "op2@example.org", ROLE(OPERATOR), NULL, 1));
    message_free(invite(token, "vp@example.org", ROLE(VERTROUWENSPERSOON), "25LX", 2));
    invite_refused(NULL, "b@example.org", ROLE(COMPANY), "bedrijf-1", "unauthenticated");
    world_teardown();
}
END_TEST

START_TEST(a_repeat_gets_the_same_answer_and_a_reused_id_none)
{
    V(InviteAccountRequest) request = STAGEMATCH__V1__INVITE_ACCOUNT_REQUEST__INIT;
    char *scope[] = {(char *)(uintptr_t) "25LX"};
    struct result first, second;
    setup();
    const char *token = login("co@example.org", good_password);
    request.request_id = uuid(1);
    request.email = (char *)(uintptr_t) "vp@example.org";
    request.role = ROLE(VERTROUWENSPERSOON);
    request.n_scope = 1;
    request.scope = scope;
    send_call(METHOD_INVITE_ACCOUNT, &request, token, &first);
    send_call(METHOD_INVITE_ACCOUNT, &request, token, &second); /* while the first is under way */
    wait_for(&first);
    wait_for(&second);
    ck_assert_int_eq(first.code, STATUS_OK);
    ck_assert_int_eq(second.code, STATUS_OK);
    world_restart();
    V(InviteAccountResponse) *third = call_ok(METHOD_INVITE_ACCOUNT, &request, token);
    ck_assert_str_eq(third->account_id, ((V(InviteAccountResponse) *)(void *)first.message)->account_id);
    ck_assert_str_eq(third->account_id, ((V(InviteAccountResponse) *)(void *)second.message)->account_id);
    message_free(first.message);
    message_free(second.message);
    message_free(third);
    request.role = ROLE(BEHANDELAAR);
    call_refused(METHOD_INVITE_ACCOUNT, &request, token, "request_id_reused");
    request.request_id = (char *)(uintptr_t) "not a uuid";
    call_refused(METHOD_INVITE_ACCOUNT, &request, token, "request_id");
    world_teardown();
}
END_TEST

START_TEST(an_account_ends_with_its_sessions_and_tokens_and_can_be_invited_again)
{
    V(DisableAccountRequest) disable = STAGEMATCH__V1__DISABLE_ACCOUNT_REQUEST__INIT;
    V(CreateApiTokenRequest) create = STAGEMATCH__V1__CREATE_API_TOKEN_REQUEST__INIT;
    V(GetSessionRequest) get = STAGEMATCH__V1__GET_SESSION_REQUEST__INIT;
    setup();
    const char *token = login("co@example.org", good_password),
               *operator_token = login("op@example.org", good_password);
    V(GetSessionResponse) *session = call_ok(METHOD_GET_SESSION, &get, token);
    create.request_id = uuid(1);
    create.label = (char *)(uintptr_t) "osiris";
    create.valid_days = 30;
    V(CreateApiTokenResponse) *created = call_ok(METHOD_CREATE_API_TOKEN, &create, token);
    message_free(call_ok(METHOD_GET_SESSION, &get, created->token));
    V(CreateApiTokenResponse) *again = call_ok(METHOD_CREATE_API_TOKEN, &create, token);
    ck_assert_str_eq(again->token, created->token);
    ck_assert(!databases_have(created->token));
    disable.request_id = uuid(2);
    disable.account_id = session->session->account_id;
    call_refused(METHOD_DISABLE_ACCOUNT, &disable, login("other@example.org", good_password), "not_found");
    message_free(call_ok(METHOD_DISABLE_ACCOUNT, &disable, operator_token));
    call_refused(METHOD_GET_SESSION, &get, token, "unauthenticated");
    call_refused(METHOD_GET_SESSION, &get, created->token, "unauthenticated");
    ck_assert_str_eq(try_login("co@example.org", good_password).refusal, "login_failed");
    V(InviteAccountResponse) *invited = invite(operator_token, "co@example.org", ROLE(COORDINATOR), "25LX", 3);
    ck_assert_str_eq(invited->account_id, session->session->account_id);
    ck_assert_str_eq(try_login("co@example.org", good_password).refusal, "login_failed");
    message_free(invited);
    message_free(session);
    message_free(created);
    message_free(again);
    world_teardown();
}
END_TEST

START_TEST(tokens_are_listed_without_their_secret_and_revoked)
{
    V(CreateApiTokenRequest) create = STAGEMATCH__V1__CREATE_API_TOKEN_REQUEST__INIT;
    V(ListApiTokensRequest) list = STAGEMATCH__V1__LIST_API_TOKENS_REQUEST__INIT;
    V(RevokeApiTokenRequest) revoke = STAGEMATCH__V1__REVOKE_API_TOKEN_REQUEST__INIT;
    V(GetSessionRequest) get = STAGEMATCH__V1__GET_SESSION_REQUEST__INIT;
    setup();
    const char *token = login("co@example.org", good_password);
    create.label = (char *)(uintptr_t) "systeem";
    create.request_id = uuid(1);
    create.valid_days = 366;
    call_refused(METHOD_CREATE_API_TOKEN, &create, token, "bad_value");
    create.valid_days = 1;
    V(CreateApiTokenResponse) *created = call_ok(METHOD_CREATE_API_TOKEN, &create, token);
    V(ListApiTokensResponse) *listed = call_ok(METHOD_LIST_API_TOKENS, &list, token);
    ck_assert_uint_eq(listed->n_api_tokens, 1);
    ck_assert_str_eq(listed->api_tokens[0]->token_id, created->api_token->token_id);
    ck_assert_str_eq(listed->api_tokens[0]->label, "systeem");
    message_free(listed);
    revoke.request_id = uuid(2);
    revoke.token_id = created->api_token->token_id;
    call_refused(METHOD_REVOKE_API_TOKEN, &revoke, login("other@example.org", good_password), "not_found");
    message_free(call_ok(METHOD_REVOKE_API_TOKEN, &revoke, token));
    call_refused(METHOD_GET_SESSION, &get, created->token, "unauthenticated");
    message_free(created);
    create.request_id = uuid(3);
    created = call_ok(METHOD_CREATE_API_TOKEN, &create, token);
    world.clock.wall_ms += MS_PER_DAY + 1;
    call_refused(METHOD_GET_SESSION, &get, created->token, "unauthenticated");
    message_free(created);
    world_teardown();
}
END_TEST

START_TEST(accounts_are_listed_by_those_who_manage_them)
{
    V(ListAccountsRequest) list = STAGEMATCH__V1__LIST_ACCOUNTS_REQUEST__INIT;
    setup();
    const char *token = login("co@example.org", good_password),
               *operator_token = login("op@example.org", good_password);
    message_free(invite(token, "vp@example.org", ROLE(VERTROUWENSPERSOON), "25LX", 1));
    message_free(invite(token, "bedrijf@example.org", ROLE(COMPANY), "bedrijf-1", 2));
    V(ListAccountsResponse) *listed = call_ok(METHOD_LIST_ACCOUNTS, &list, token);
    ck_assert_uint_eq(listed->n_accounts, 3);
    message_free(listed);
    listed = call_ok(METHOD_LIST_ACCOUNTS, &list, operator_token);
    ck_assert_uint_eq(listed->n_accounts, 3); /* two coordinators and the operator */
    message_free(listed);
    size_t seen = 0;
    char page_token[64] = "";
    list.page_size = 1;
    do {
        list.page_token = page_token;
        listed = call_ok(METHOD_LIST_ACCOUNTS, &list, token);
        seen += listed->n_accounts;
        snprintf(page_token, sizeof page_token, "%s", listed->next_page_token);
        message_free(listed);
    } while (page_token[0]);
    ck_assert_uint_eq(seen, 3);
    list.page_token = (char *)(uintptr_t) "x";
    call_refused(METHOD_LIST_ACCOUNTS, &list, token, "bad_value");
    world_teardown();
}
END_TEST

START_TEST(the_databases_are_one_process_alone)
{
    struct vault_offline *offline;
    struct buf complaint;
    setup();
    buf_init(&complaint, 1000);
    ck_assert_int_eq(vault_offline_open(world.folder, world.master_key, &offline, &complaint), ERR_EXISTS);
    ck_assert_ptr_nonnull(memmem(complaint.data, complaint.length, "stop it first", 13));
    buf_free(&complaint);
    world_teardown();
}
END_TEST

START_TEST(stopping_finishes_what_was_acknowledged)
{
    setup();
    message_free(invite(login("co@example.org", good_password), "vp@example.org", ROLE(BEHANDELAAR), "25LX", 1));
    vault_role.stop(world.vault);
    for (int i = 0; i < 1000 && !world.stopped; i++)
        world_turn();
    ck_assert(world.stopped);
    ck_assert_str_eq(try_login("co@example.org", good_password).refusal, "unavailable");
    world_teardown();
}
END_TEST

START_TEST(what_expired_is_deleted_some_time)
{
    uint8_t hash[BLAKE_BYTES];
    struct buf value;
    setup();
    struct vault *vault = world.vault;
    hash_of_text(text_of(login("co@example.org", good_password)), hash);
    buf_init(&value, 1000);
    world_run_ms(60);
    ck_assert_int_eq(image_get(vault->image, TABLE_SESSION, TEXT_OF(hash), &value), ERR_OK);
    world_restart(); /* it is found by its row too */
    vault = world.vault;
    world.clock.wall_ms += 13 * MS_PER_HOUR;
    for (int i = 0; i < 100 && image_get(vault->image, TABLE_SESSION, TEXT_OF(hash), &value) == ERR_OK; i++)
        world_run_ms(10);
    ck_assert_int_eq(image_get(vault->image, TABLE_SESSION, TEXT_OF(hash), &value), ERR_MISSING);
    buf_free(&value);
    world_teardown();
}
END_TEST

START_TEST(metrics_tell_numbers_and_readiness)
{
    I(GetMetricsRequest) request = STAGEMATCH__INTERNAL__V1__GET_METRICS_REQUEST__INIT;
    setup();
    (void)login("co@example.org", good_password);
    I(GetMetricsResponse) *response = call_ok(METHOD_GET_METRICS, &request, NULL);
    ck_assert(response->ready);
    ck_assert_ptr_nonnull(strstr(response->text, "\nstagematch_vault_logins_total 1\n"));
    ck_assert_ptr_nonnull(strstr(response->text, "\nstagematch_vault_accounts 3\n"));
    message_free(response);
    channel_close(world.engine);
    for (int i = 0; i < 20; i++)
        world_turn();
    response = call_ok(METHOD_GET_METRICS, &request, NULL);
    ck_assert(!response->ready);
    ck_assert_str_eq(response->reason, "engine_missing");
    message_free(response);
    world_join_engine();
    world_teardown();
}
END_TEST

START_TEST(a_body_that_is_none_is_refused)
{
    I(Call) frame = STAGEMATCH__INTERNAL__V1__CALL__INIT;
    struct result result = {.message = NULL};
    uint8_t wrong[] = {0x0a, 0x05, 'a'};
    setup();
    frame.method = (char *)(uintptr_t)method_of(METHOD_LOGIN)->path;
    frame.timeout_ms = 1000;
    frame.peer = world.peer;
    frame.body = (ProtobufCBinaryData){sizeof wrong, wrong};
    ck_assert_int_eq(channel_call(world.front, method_of(METHOD_LOGIN), &frame, answered, &result, NULL), ERR_OK);
    wait_for(&result);
    ck_assert_str_eq(result.refusal, "malformed");
    (void)login("co@example.org", good_password); /* the channel goes on */
    world_teardown();
}
END_TEST

RUN_TESTS("vault/accounts", what_expired_is_deleted_some_time, metrics_tell_numbers_and_readiness,
          a_body_that_is_none_is_refused, a_session_begins_with_a_password_and_ends_with_logout,
          a_session_ends_idle_and_absolutely, wrong_passwords_and_unknown_addresses_answer_alike,
          guessing_is_slowed_down_across_restarts, many_attempts_at_once_gain_nothing,
          an_invitation_works_once_and_a_company_waits_for_its_school, a_code_used_twice_at_once_works_once,
          an_old_code_is_no_code, a_reset_ends_all_sessions_and_tokens_and_a_code_has_one_use,
          changing_a_password_keeps_this_session_alone_and_the_tokens, who_may_invite_whom,
          a_repeat_gets_the_same_answer_and_a_reused_id_none,
          an_account_ends_with_its_sessions_and_tokens_and_can_be_invited_again,
          tokens_are_listed_without_their_secret_and_revoked, accounts_are_listed_by_those_who_manage_them,
          the_databases_are_one_process_alone, stopping_finishes_what_was_acknowledged)
