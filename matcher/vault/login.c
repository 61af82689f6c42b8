/*
 * Logging in: the attempt is counted and durable, then the password is checked outside the loop, then the session is made.
 */
#include "api/message.h"
#include "base/log.h"
#include "vault/methods.h"
#include "vault/session.h"
#include "vault/throttle.h"

#include <sodium.h>
#include <string.h>

static const REFUSAL(refusal_login, STATUS_UNAUTHENTICATED, "login_failed", "E-mailadres of wachtwoord klopt niet.",
                     "The e-mail address or the password is not right.");
static const REFUSAL(
    refusal_unverified, STATUS_FAILED_PRECONDITION, "account_unverified",
    "De school moet je nog als contact van het leerbedrijf bevestigen. Neem contact op met de school.",
    "The school has yet to confirm you as the company's contact. Get in touch with the school.");
static const REFUSAL(refusal_throttled, STATUS_RESOURCE_EXHAUSTED, "login_throttled",
                     "Te veel mislukte pogingen. Wacht even en probeer het opnieuw.",
                     "Too many failed attempts. Wait a while and try again.");

struct login {
    uint8_t email_index[INDEX_BYTES], peer_index[INDEX_BYTES];
    uint8_t account_id[ID_BYTES];
    char hash[HASH_TEXT_BYTES]; /* empty: no such account */
};

static void login_ended(struct request *request)
{
    sodium_memzero(request->work, sizeof(struct login));
    mem_free(request->work);
}

static void succeed(struct request *request, struct edit *edit, AccountRow *row)
{
    struct login *login = request->work;
    struct vault *vault = request->vault;
    Stagematch__V1__LoginResponse response = STAGEMATCH__V1__LOGIN_RESPONSE__INIT;
    char token[TOKEN_HEX_BYTES];
    struct session_view view = {0};
    int64_t expire_ms;
    session_start(vault, edit, login->account_id, row, token, &expire_ms);
    enum err e = throttle_undo(vault, edit, THROTTLE_ACCOUNT, login->email_index, true);
    if (e == ERR_OK)
        e = throttle_undo(vault, edit, THROTTLE_PEER, login->peer_index, false);
    if (e == ERR_OK)
        e = session_view_fill(vault, edit, login->account_id, row, expire_ms, &view);
    if (e == ERR_OK) {
        vault->numbers.logins++;
        response.token = token;
        response.session = &view.message;
        request_commit(request, edit, &response);
    } else {
        edit_abort(edit);
        request_fail(request, e);
    }
    session_view_free(&view);
    sodium_memzero(token, sizeof token);
}

/* The account may have changed while its password was checked. */
static void checked(void *context, enum err result, const char *hash)
{
    struct request *request = context;
    struct login *login = request->work;
    AccountRow *row = NULL;
    struct edit edit;
    (void)hash;
    if (result != ERR_OK && result != ERR_MISMATCH) {
        request_fail(request, result);
        return;
    }
    edit_begin(&edit, request->vault->image);
    enum err e = result == ERR_OK ? account_read(&edit, TEXT_OF(login->account_id), &row) : ERR_MISSING;
    Stagematch__V1__AccountState state =
        e == ERR_OK ? account_state(row) : STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_DISABLED;
    if (e == ERR_OK && strcmp(row->password_hash, login->hash) != 0)
        state = STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_DISABLED;
    if (e != ERR_OK && e != ERR_MISSING) {
        edit_abort(&edit);
        request_fail(request, e);
    } else if (state == STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_ACTIVE) {
        succeed(request, &edit, row);
    } else {
        edit_abort(&edit);
        request->vault->numbers.failed_logins++;
        request_refuse(request, state == STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_UNVERIFIED ? &refusal_unverified
                                                                                                 : &refusal_login);
    }
    message_free(row);
}

/* The attempt is on disk: now the password. */
static void counted(void *context, enum err result)
{
    struct request *request = context;
    const struct login *login = request->work;
    struct text password = text_of(REQUEST_MESSAGE(request, Stagematch__V1__LoginRequest)->password);
    if (password.length > PASSWORD_BYTES_MAX)
        password.length = PASSWORD_BYTES_MAX; /* no account has such a password; the work is the same */
    if (result == ERR_OK)
        result = hasher_check(request->vault->hasher, password, login->hash, checked, request);
    if (result != ERR_OK)
        request_fail(request, result);
}

static enum err begin(struct request *request, struct edit *edit, bool *allowed)
{
    struct vault *vault = request->vault;
    struct login *login = request->work;
    const Stagematch__V1__LoginRequest *message = REQUEST_MESSAGE(request, Stagematch__V1__LoginRequest);
    AccountRow *row;
    bool peer_allowed = false;
    keys_email_index(vault->keys, text_of(message->email), login->email_index);
    keys_peer_index(vault->keys, text_of(request->incoming->call->peer), login->peer_index);
    enum err e = throttle_begin(vault, edit, THROTTLE_PEER, login->peer_index, &peer_allowed);
    if (e == ERR_OK)
        e = throttle_begin(vault, edit, THROTTLE_ACCOUNT, login->email_index, allowed);
    if (e != ERR_OK)
        return e;
    *allowed = *allowed && peer_allowed;
    e = account_find(vault, edit, message->email, login->account_id, &row);
    if (e == ERR_OK) {
        memcpy(login->hash, row->password_hash, strnlen(row->password_hash, HASH_TEXT_BYTES - 1));
        message_free(row);
    }
    return e == ERR_MISSING ? ERR_OK : e;
}

void method_login(struct request *request)
{
    const Stagematch__V1__LoginRequest *message = REQUEST_MESSAGE(request, Stagematch__V1__LoginRequest);
    struct edit edit;
    bool allowed = false;
    if (!message->email[0] || !message->password[0]) {
        request_refuse_field(request, &refusal_missing_field, message->email[0] ? "password" : "email");
        return;
    }
    enum err e = mem_alloc(1, sizeof(struct login), &request->work);
    if (e != ERR_OK) {
        request_fail(request, e);
        return;
    }
    request->ended = login_ended;
    edit_begin(&edit, request->vault->image);
    e = begin(request, &edit, &allowed);
    if (e == ERR_OK && allowed) {
        e = edit_commit(&edit, counted, request);
        if (e == ERR_OK)
            return;
    } else {
        edit_abort(&edit);
    }
    if (e == ERR_OK) {
        request->vault->numbers.throttled++;
        LOG(LOG_INFO, "login_throttled", LOG_NUMBER("count", request->vault->numbers.throttled));
        request_refuse(request, &refusal_throttled);
    } else {
        request_fail(request, e);
    }
}
