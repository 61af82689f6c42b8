#include "api/message.h"
#include "api/schools.h"
#include "vault/accounts.h"
#include "vault/methods.h"
#include "vault/persons.h"

#include <sodium.h>
#include <string.h>

#include "stagematch/internal/v1/saga.pb-c.h"

enum { ASSERTION_MS = 60000, ASSERTION_BYTES_MAX = 64 << 10 };

bool caller_has(const struct caller *caller, const char *scope)
{
    for (size_t i = 0; i < caller->scope_count; i++)
        if (strcmp(caller->scope[i], scope) == 0)
            return true;
    return false;
}

bool caller_is_checked_by(const struct caller *caller, const char *school)
{
    return caller->role == STAGEMATCH__V1__ROLE__ROLE_COMPANY &&
           schools_have(caller->checked_by, caller->checked_count, school);
}

static enum err dup_list(struct arena *arena, char *const *list, size_t count, const char *const **out)
{
    const char **copies;
    enum err e = arena_alloc(arena, count, sizeof *copies, &copies);
    for (size_t i = 0; i < count && e == ERR_OK; i++)
        e = arena_dup(arena, list[i], strlen(list[i]), &copies[i]);
    if (e == ERR_OK)
        *out = copies;
    return e;
}

/* `epoch`: of a session; NULL: a token, which its holder's change of password does not end. */
static enum err take_account(struct caller *caller, struct text id, const AccountRow *row, const uint64_t *epoch,
                             struct arena *arena)
{
    if (account_state(row) != STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_ACTIVE || (epoch && row->epoch != *epoch))
        return ERR_MISSING;
    enum err e = dup_list(arena, row->scope, row->n_scope, &caller->scope);
    if (e == ERR_OK)
        e = dup_list(arena, row->checked_by, row->n_checked_by, &caller->checked_by);
    if (e != ERR_OK)
        return e;
    memcpy(caller->account_id, id.data, ID_BYTES);
    caller->role = row->role;
    caller->scope_count = row->n_scope;
    caller->checked_count = row->n_checked_by;
    return ERR_OK;
}

static enum err load_account(struct edit *edit, const ProtobufCBinaryData *id, const uint64_t *epoch,
                             struct arena *arena, struct caller *caller)
{
    AccountRow *row;
    if (id->len != ID_BYTES)
        return ERR_MISMATCH;
    enum err e = account_read(edit, binary_text(id), &row);
    if (e != ERR_OK)
        return e;
    e = take_account(caller, binary_text(id), row, epoch, arena);
    message_free(row);
    return e;
}

/* A session that is used goes on; kept to a 24th of the time that it may be idle. */
static void touch(struct vault *vault, struct edit *edit, struct text hash, Stagematch__Internal__V1__SessionRow *row)
{
    int64_t hours = settings_number(vault->environment->settings, "session_hours");
    int64_t idle_ms = vault_now_ms(vault) + hours * MS_PER_HOUR;
    if (idle_ms > row->end_ms)
        idle_ms = row->end_ms;
    if (idle_ms - row->idle_ms < hours * MS_PER_HOUR / 24 || vault->stopping)
        return;
    row->idle_ms = idle_ms;
    edit_put_live(edit, TABLE_SESSION, hash, idle_ms, row);
}

static enum err by_session(struct vault *vault, struct edit *edit, struct arena *arena, struct caller *caller)
{
    Stagematch__Internal__V1__SessionRow *row;
    struct text hash = TEXT_OF(caller->token_hash);
    enum err e = edit_get_live(edit, TABLE_SESSION, hash, vault_now_ms(vault),
                               &stagematch__internal__v1__session_row__descriptor, &row);
    if (e != ERR_OK)
        return e;
    e = load_account(edit, &row->account_id, &row->epoch, arena, caller);
    if (e == ERR_OK) {
        touch(vault, edit, hash, row);
        caller->expire_ms = row->idle_ms;
        caller->is_session = true;
    }
    message_free(row);
    return e;
}

static enum err by_api_token(struct vault *vault, struct edit *edit, struct arena *arena, struct caller *caller)
{
    Stagematch__Internal__V1__ApiTokenRow *row;
    struct buf value;
    struct text hash = TEXT_OF(caller->token_hash);
    enum err e = edit_get_live(edit, TABLE_API_TOKEN, hash, vault_now_ms(vault),
                               &stagematch__internal__v1__api_token_row__descriptor, &row);
    if (e != ERR_OK)
        return e;
    e = load_account(edit, &row->account_id, NULL, arena, caller);
    message_free(row);
    buf_init(&value, ROW_BYTES_MAX);
    if (e == ERR_OK)
        e = edit_get(edit, TABLE_API_TOKEN, hash, &value);
    if (e == ERR_OK)
        caller->expire_ms = live_expire_ms(buf_text(&value));
    buf_free(&value);
    return e;
}

enum err caller_of_token(struct vault *vault, struct text token, struct arena *arena, struct caller *out)
{
    struct caller caller = {.name = ""};
    struct edit edit;
    if (token.length != TOKEN_HEX_BYTES - 1)
        return ERR_MISSING;
    hash_of_text(token, caller.token_hash);
    edit_begin(&edit, vault->image);
    enum err e = by_session(vault, &edit, arena, &caller);
    if (e == ERR_MISSING)
        e = by_api_token(vault, &edit, arena, &caller);
    /* Nobody waits for a session to be touched, and where it cannot be now it is by the next call. */
    if (e == ERR_OK && edit_has_changes(&edit))
        (void)!edit_commit(&edit, NULL, NULL);
    else
        edit_abort(&edit);
    if (e == ERR_OK)
        *out = caller;
    return e;
}

enum err caller_assert(const struct vault *vault, const struct caller *caller, struct buf *assertion, struct buf *mac,
                       int64_t *expire_ms)
{
    static const char tag[] = "stagematch/assertion/v1";
    Stagematch__Internal__V1__ActorAssertion message = STAGEMATCH__INTERNAL__V1__ACTOR_ASSERTION__INIT;
    uint8_t code[crypto_auth_BYTES];
    struct buf bytes;
    int64_t expire = vault_now_ms(vault) + ASSERTION_MS;
    if (expire > caller->expire_ms)
        expire = caller->expire_ms;
    message.account_id = binary_of(TEXT_OF(caller->account_id));
    message.role = (Stagematch__V1__Role)caller->role;
    message.n_scope = caller->scope_count;
    message.scope = (char **)(uintptr_t)caller->scope;
    message.n_checked_by = caller->checked_count;
    message.checked_by = (char **)(uintptr_t)caller->checked_by;
    message.token_hash = binary_of(TEXT_OF(caller->token_hash));
    message.expire_ms = expire;
    enum err e = message_pack_buf(&message, assertion);
    buf_init(&bytes, ASSERTION_BYTES_MAX);
    buf_put(&bytes, tag, sizeof tag);
    buf_put_text(&bytes, buf_text(assertion));
    if (e == ERR_OK)
        e = buf_error(&bytes);
    if (e == ERR_OK) {
        (void)crypto_auth(code, (const uint8_t *)bytes.data, bytes.length, vault->environment->assertion_key);
        buf_put(mac, code, sizeof code);
        e = buf_error(mac);
    }
    buf_free(&bytes);
    if (e == ERR_OK)
        *expire_ms = expire;
    return e;
}

void method_authenticate(struct request *request)
{
    Stagematch__Internal__V1__AuthenticateResponse response = STAGEMATCH__INTERNAL__V1__AUTHENTICATE_RESPONSE__INIT;
    Stagematch__Internal__V1__ActorView view = STAGEMATCH__INTERNAL__V1__ACTOR_VIEW__INIT;
    struct caller *caller = &request->caller;
    struct buf assertion, mac;
    enum err e =
        caller_of_token(request->vault, binary_text(&request->incoming->call->token), &request->arena, caller);
    if (e != ERR_OK) {
        if (e == ERR_MISSING)
            request_refuse(request, &refusal_unauthenticated);
        else
            request_fail(request, e);
        return;
    }
    buf_init(&assertion, ASSERTION_BYTES_MAX);
    buf_init(&mac, ASSERTION_BYTES_MAX);
    e = caller_assert(request->vault, caller, &assertion, &mac, &view.expire_ms);
    if (e == ERR_OK) {
        response.assertion = binary_of(buf_text(&assertion));
        response.assertion_mac = binary_of(buf_text(&mac));
        view.account_id = binary_of(TEXT_OF(caller->account_id));
        view.role = (Stagematch__V1__Role)caller->role;
        view.n_scope = caller->scope_count;
        view.scope = (char **)(uintptr_t)caller->scope;
        view.n_checked_by = caller->checked_count;
        view.checked_by = (char **)(uintptr_t)caller->checked_by;
        response.actor = &view;
        request_answer(request, &response);
    } else {
        request_fail(request, e);
    }
    buf_free(&assertion);
    buf_free(&mac);
}
