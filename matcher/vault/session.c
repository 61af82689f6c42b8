#include "vault/session.h"

#include "api/message.h"
#include "vault/methods.h"

#include <string.h>

static const int64_t session_days_max = 7;

/* So that somebody who logs in over and over fills neither memory nor disk. */
static void note_session(struct edit *edit, AccountRow *row, struct text hash)
{
    if (row->n_session_hashes >= SESSIONS_MAX) {
        edit_delete(edit, TABLE_SESSION, binary_text(&row->session_hashes[0]));
        mem_free(row->session_hashes[0].data);
        row->n_session_hashes--;
        memmove(row->session_hashes, row->session_hashes + 1, row->n_session_hashes * sizeof *row->session_hashes);
    }
    if (edit->error == ERR_OK)
        edit->error = message_append_bytes(&row->n_session_hashes, &row->session_hashes, hash);
}

void session_start(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], AccountRow *row,
                   char token[TOKEN_HEX_BYTES], int64_t *expire_ms)
{
    Stagematch__Internal__V1__SessionRow session = STAGEMATCH__INTERNAL__V1__SESSION_ROW__INIT;
    uint8_t hash[BLAKE_BYTES];
    int64_t now_ms = vault_now_ms(vault);
    token_draw(vault, token, hash);
    session.account_id = binary_of(bytes_of(id, ID_BYTES));
    session.epoch = row->epoch;
    session.end_ms = now_ms + session_days_max * MS_PER_DAY;
    session.idle_ms = now_ms + settings_number(vault->environment->settings, "session_hours") * MS_PER_HOUR;
    if (session.idle_ms > session.end_ms)
        session.idle_ms = session.end_ms;
    edit_put_live(edit, TABLE_SESSION, TEXT_OF(hash), session.idle_ms, &session);
    note_session(edit, row, TEXT_OF(hash));
    account_write(vault, edit, id, row);
    *expire_ms = session.idle_ms;
}

enum err session_view_fill(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], const AccountRow *row,
                           int64_t expire_ms, struct session_view *view)
{
    *view =
        (struct session_view){.message = STAGEMATCH__V1__SESSION__INIT, .expire = GOOGLE__PROTOBUF__TIMESTAMP__INIT};
    enum err e = account_open_contact(vault, edit, id, row, &view->contact);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    id_format(id, view->account_id);
    view->message.account_id = view->account_id;
    view->message.role = row->role;
    view->message.n_scope = row->n_scope;
    view->message.scope = row->scope;
    view->message.name = view->contact ? view->contact->name : (char *)(uintptr_t) "";
    if (expire_ms) {
        view->expire.seconds = expire_ms / 1000;
        view->expire.nanos = (int32_t)(expire_ms % 1000) * 1000000;
        view->message.expire_time = &view->expire;
    }
    return ERR_OK;
}

void session_view_free(struct session_view *view)
{
    message_free_wiped(view->contact);
    view->contact = NULL;
}

void method_get_session(struct request *request)
{
    Stagematch__V1__GetSessionResponse response = STAGEMATCH__V1__GET_SESSION_RESPONSE__INIT;
    struct session_view view = {0};
    AccountRow *row = NULL;
    struct edit edit;
    const struct caller *caller = &request->caller;
    edit_begin(&edit, request->vault->image);
    enum err e = account_read(&edit, TEXT_OF(caller->account_id), &row);
    if (e == ERR_OK)
        e = session_view_fill(request->vault, &edit, caller->account_id, row, caller->expire_ms, &view);
    edit_abort(&edit);
    response.session = &view.message;
    if (e == ERR_OK)
        request_answer(request, &response);
    else
        request_fail(request, e);
    session_view_free(&view);
    message_free(row);
}

void method_logout(struct request *request)
{
    Stagematch__V1__LogoutResponse response = STAGEMATCH__V1__LOGOUT_RESPONSE__INIT;
    struct edit edit;
    if (!request->caller.is_session) {
        request_refuse(request, &refusal_permission);
        return;
    }
    edit_begin(&edit, request->vault->image);
    edit_delete(&edit, TABLE_SESSION, TEXT_OF(request->caller.token_hash));
    request_commit(request, &edit, &response);
}
