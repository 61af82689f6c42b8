/*
 * One-time codes: the first password of an invitation, a new one after a reset, and the change of a password by its holder.
 */
#include "api/message.h"
#include "vault/audit.h"
#include "vault/methods.h"
#include "vault/missing_contacts.h"
#include "vault/outbox.h"
#include "vault/password.h"
#include "vault/session.h"
#include "vault/throttle.h"

#include <sodium.h>
#include <string.h>

#define USE_INVITATION STAGEMATCH__INTERNAL__V1__CODE_ROW__USE__USE_INVITATION
#define USE_RESET STAGEMATCH__INTERNAL__V1__CODE_ROW__USE__USE_RESET

static const REFUSAL(refusal_code, STATUS_FAILED_PRECONDITION, "code_not_valid",
                     "Deze link is al gebruikt of verlopen. Vraag een nieuwe aan.",
                     "This link was used already or is too old. Ask for a new one.");
static const REFUSAL(refusal_old_password, STATUS_PERMISSION_DENIED, "old_password",
                     "Het oude wachtwoord klopt niet.", "The old password is not right.");

struct redeem {
    uint8_t code_hash[BLAKE_BYTES], peer_index[INDEX_BYTES];
    Stagematch__Internal__V1__CodeRow__Use use;
    const char *password; /* of the request's message */
};

/* The account whose code this is, while it is; ERR_MISSING. */
static enum err account_of_code(struct vault *vault, struct edit *edit, const struct redeem *redeem,
                                uint8_t id[ID_BYTES], AccountRow **out)
{
    Stagematch__Internal__V1__CodeRow *code;
    AccountRow *row = NULL;
    enum err e = edit_get_live(edit, TABLE_CODE, TEXT_OF(redeem->code_hash), vault_now_ms(vault),
                               &stagematch__internal__v1__code_row__descriptor, &code);
    if (e != ERR_OK)
        return e;
    if (code->use != redeem->use || code->account_id.len != ID_BYTES)
        e = ERR_MISSING;
    if (e == ERR_OK)
        e = account_read(edit, binary_text(&code->account_id), &row);
    if (e == ERR_OK && (row->disabled || !text_equal(binary_text(&row->code_hash), TEXT_OF(redeem->code_hash))))
        e = ERR_MISSING;
    if (e == ERR_OK) {
        memcpy(id, code->account_id.data, ID_BYTES);
        *out = row;
    } else {
        message_free(row);
    }
    message_free(code);
    return e;
}

/*
 * The password, and with it the end of what was before: all sessions, and, unless its holder changes it, all tokens. Who asks for
 * a reset may have lost the account to somebody who made one.
 */
static void set_password(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], AccountRow *row,
                         const char *hash, bool by_code)
{
    if (by_code && row->n_tokens) {
        account_drop_tokens(edit, row);
        audit_account(vault, edit, "tokens_revoked", id, NULL, row->role);
    }
    if (row->code_hash.len)
        edit_delete(edit, TABLE_CODE, binary_text(&row->code_hash));
    row->epoch++;
    if (edit->error == ERR_OK)
        edit->error = message_assign_bytes(&row->code_hash, text_of(""));
    if (edit->error == ERR_OK)
        edit->error = message_assign_string(&row->password_hash, text_of(hash));
    account_write(vault, edit, id, row);
    missing_contact_found(vault, edit, row);
    audit_account(vault, edit, "password_set", id, NULL, row->role);
}

static void answer_invitation(struct request *request, struct edit *edit, const uint8_t id[ID_BYTES], AccountRow *row)
{
    Stagematch__V1__AcceptInvitationResponse response = STAGEMATCH__V1__ACCEPT_INVITATION_RESPONSE__INIT;
    char token[TOKEN_HEX_BYTES] = "";
    struct session_view view = {0};
    int64_t expire_ms = 0;
    /* A company's contact whom no school has checked yet gets no session. */
    if (account_state(row) == STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_ACTIVE)
        session_start(request->vault, edit, id, row, token, &expire_ms);
    enum err e = session_view_fill(request->vault, edit, id, row, expire_ms, &view);
    if (e == ERR_OK) {
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

/* The code may have been used by another call while the hash was made: it is looked up again. */
static void hashed(void *context, enum err result, const char *hash)
{
    struct request *request = context;
    const struct redeem *redeem = request->work;
    Stagematch__V1__ResetPasswordResponse reset = STAGEMATCH__V1__RESET_PASSWORD_RESPONSE__INIT;
    uint8_t id[ID_BYTES];
    AccountRow *row = NULL;
    struct edit edit;
    edit_begin(&edit, request->vault->image);
    if (result == ERR_OK)
        result = account_of_code(request->vault, &edit, redeem, id, &row);
    if (result == ERR_OK)
        result = throttle_undo(request->vault, &edit, THROTTLE_PEER, redeem->peer_index, false);
    if (result != ERR_OK) {
        edit_abort(&edit);
        message_free(row);
        if (result == ERR_MISSING)
            request_refuse(request, &refusal_code);
        else
            request_fail(request, result);
        return;
    }
    set_password(request->vault, &edit, id, row, hash, true);
    if (redeem->use == USE_INVITATION)
        answer_invitation(request, &edit, id, row);
    else
        request_commit(request, &edit, &reset);
    message_free(row);
}

static void attempt_counted(void *context, enum err result)
{
    struct request *request = context;
    const struct redeem *redeem = request->work;
    uint8_t id[ID_BYTES];
    AccountRow *row = NULL;
    struct edit edit;
    edit_begin(&edit, request->vault->image);
    if (result == ERR_OK)
        result = account_of_code(request->vault, &edit, redeem, id, &row);
    edit_abort(&edit);
    message_free(row);
    if (result == ERR_OK)
        result = hasher_make(request->vault->hasher, text_of(redeem->password), hashed, request);
    if (result == ERR_MISSING)
        request_refuse(request, &refusal_code);
    else if (result != ERR_OK)
        request_fail(request, result);
}

static void redeem_code(struct request *request, const char *code, const char *password,
                        Stagematch__Internal__V1__CodeRow__Use use)
{
    struct redeem *redeem;
    struct edit edit;
    bool allowed = false;
    const struct refusal *refusal = password_check(password, "");
    if (refusal) {
        request_refuse_field(request, refusal, "password");
        return;
    }
    enum err e = arena_alloc(&request->arena, 1, sizeof *redeem, &redeem);
    if (e != ERR_OK) {
        request_fail(request, e);
        return;
    }
    request->work = redeem;
    redeem->use = use;
    redeem->password = password;
    hash_of_text(text_of(code), redeem->code_hash);
    keys_peer_index(request->vault->keys, text_of(request->incoming->call->peer), redeem->peer_index);
    edit_begin(&edit, request->vault->image);
    e = throttle_begin(request->vault, &edit, THROTTLE_PEER, redeem->peer_index, &allowed);
    if (e == ERR_OK && allowed) {
        e = edit_commit(&edit, attempt_counted, request);
        if (e == ERR_OK)
            return;
    } else {
        edit_abort(&edit);
    }
    if (e == ERR_OK)
        request_refuse(request, &refusal_too_many);
    else
        request_fail(request, e);
}

void method_accept_invitation(struct request *request)
{
    const Stagematch__V1__AcceptInvitationRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__AcceptInvitationRequest);
    redeem_code(request, message->code, message->password, USE_INVITATION);
}

void method_reset_password(struct request *request)
{
    const Stagematch__V1__ResetPasswordRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__ResetPasswordRequest);
    redeem_code(request, message->code, message->password, USE_RESET);
}

/* The answer is the same whether or not somebody has this address. */
void method_request_password_reset(struct request *request)
{
    Stagematch__V1__RequestPasswordResetResponse response = STAGEMATCH__V1__REQUEST_PASSWORD_RESET_RESPONSE__INIT;
    const Stagematch__V1__RequestPasswordResetRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__RequestPasswordResetRequest);
    struct vault *vault = request->vault;
    uint8_t index[INDEX_BYTES], peer[INDEX_BYTES], id[ID_BYTES];
    bool allowed = false, peer_allowed = false;
    AccountRow *row = NULL;
    struct edit edit;
    keys_email_index(vault->keys, text_of(message->email), index);
    keys_peer_index(vault->keys, text_of(request->incoming->call->peer), peer);
    edit_begin(&edit, vault->image);
    enum err e = throttle_begin(vault, &edit, THROTTLE_PEER, peer, &peer_allowed);
    if (e == ERR_OK)
        e = throttle_begin(vault, &edit, THROTTLE_RESET, index, &allowed);
    if (e == ERR_OK && !peer_allowed) {
        edit_abort(&edit);
        request_refuse(request, &refusal_too_many);
        return;
    }
    if (e == ERR_OK)
        e = account_find(vault, &edit, message->email, id, &row);
    if (e == ERR_OK && allowed && !row->disabled)
        outbox_add(vault, &edit, row->password_hash[0] ? "password_reset" : "invitation", id, "");
    message_free(row);
    if (e == ERR_OK || e == ERR_MISSING) {
        request_commit(request, &edit, &response);
    } else {
        edit_abort(&edit);
        request_fail(request, e);
    }
}

struct change {
    uint8_t email_index[INDEX_BYTES];
};

static void change_hashed(void *context, enum err result, const char *hash)
{
    struct request *request = context;
    struct vault *vault = request->vault;
    const struct change *change = request->work;
    Stagematch__V1__ChangePasswordResponse response = STAGEMATCH__V1__CHANGE_PASSWORD_RESPONSE__INIT;
    Stagematch__Internal__V1__SessionRow *session = NULL;
    struct text session_key = TEXT_OF(request->caller.token_hash);
    AccountRow *row = NULL;
    struct edit edit;
    edit_begin(&edit, vault->image);
    if (result == ERR_OK)
        result = account_read(&edit, TEXT_OF(request->caller.account_id), &row);
    if (result == ERR_OK)
        result = edit_get_live(&edit, TABLE_SESSION, session_key, vault_now_ms(vault),
                               &stagematch__internal__v1__session_row__descriptor, &session);
    if (result == ERR_OK)
        result = throttle_undo(vault, &edit, THROTTLE_ACCOUNT, change->email_index, true);
    if (result == ERR_OK) {
        set_password(vault, &edit, request->caller.account_id, row, hash, false);
        session->epoch = row->epoch; /* this session goes on, alone */
        edit_put_live(&edit, TABLE_SESSION, session_key, session->idle_ms, session);
        request_commit(request, &edit, &response);
    } else {
        edit_abort(&edit);
        request_fail(request, result);
    }
    message_free(session);
    message_free(row);
}

static void old_checked(void *context, enum err result, const char *hash)
{
    struct request *request = context;
    const Stagematch__V1__ChangePasswordRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__ChangePasswordRequest);
    (void)hash;
    if (result == ERR_MISMATCH) {
        request_refuse_field(request, &refusal_old_password, "old_password");
        return;
    }
    if (result == ERR_OK)
        result = hasher_make(request->vault->hasher, text_of(message->new_password), change_hashed, request);
    if (result != ERR_OK)
        request_fail(request, result);
}

static void change_counted(void *context, enum err result)
{
    struct request *request = context;
    const Stagematch__V1__ChangePasswordRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__ChangePasswordRequest);
    struct text old_password = text_of(message->old_password);
    AccountRow *row = NULL;
    struct edit edit;
    edit_begin(&edit, request->vault->image);
    if (result == ERR_OK)
        result = account_read(&edit, TEXT_OF(request->caller.account_id), &row);
    edit_abort(&edit);
    if (old_password.length > PASSWORD_BYTES_MAX)
        old_password.length = PASSWORD_BYTES_MAX;
    if (result == ERR_OK)
        result = hasher_check(request->vault->hasher, old_password, row->password_hash, old_checked, request);
    message_free(row);
    if (result != ERR_OK)
        request_fail(request, result);
}

void method_change_password(struct request *request)
{
    const Stagematch__V1__ChangePasswordRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__ChangePasswordRequest);
    const struct refusal *refusal = password_check(message->new_password, "");
    struct change *change;
    AccountRow *row = NULL;
    struct edit edit;
    bool allowed = false;
    if (!request->caller.is_session || refusal) {
        request_refuse_field(request, refusal ? refusal : &refusal_permission, refusal ? "new_password" : NULL);
        return;
    }
    edit_begin(&edit, request->vault->image);
    enum err e = arena_alloc(&request->arena, 1, sizeof *change, &change);
    if (e == ERR_OK)
        e = account_read(&edit, TEXT_OF(request->caller.account_id), &row);
    if (e == ERR_OK && row->email_index.len != INDEX_BYTES)
        e = ERR_MISMATCH;
    if (e == ERR_OK) {
        memcpy(change->email_index, row->email_index.data, INDEX_BYTES);
        request->work = change;
        e = throttle_begin(request->vault, &edit, THROTTLE_ACCOUNT, change->email_index, &allowed);
    }
    message_free(row);
    if (e == ERR_OK && allowed) {
        e = edit_commit(&edit, change_counted, request);
        if (e == ERR_OK)
            return;
    } else {
        edit_abort(&edit);
    }
    if (e == ERR_OK)
        request_refuse(request, &refusal_too_many);
    else
        request_fail(request, e);
}
