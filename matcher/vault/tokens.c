/*
 * API tokens: a caller's own, for the caller's systems.
 */
#include "api/message.h"
#include "vault/audit.h"
#include "vault/methods.h"
#include "vault/session.h"

#include <sodium.h>
#include <string.h>

enum { TOKENS_MAX = 20, LABEL_BYTES_MAX = 100, VALID_DAYS_MAX = 365 };

static const REFUSAL(refusal_tokens_full, STATUS_RESOURCE_EXHAUSTED, "tokens_full",
                     "Je hebt al 20 tokens. Trek er eerst een in.", "You have 20 tokens already. Revoke one first.");

static void show_time(int64_t time_ms, Google__Protobuf__Timestamp *out)
{
    google__protobuf__timestamp__init(out);
    out->seconds = time_ms / 1000;
    out->nanos = (int32_t)(time_ms % 1000) * 1000000;
}

/* Takes token number `at` out of the account, and its row away. */
static void drop_token(struct edit *edit, AccountRow *row, size_t at)
{
    edit_delete(edit, TABLE_API_TOKEN, binary_text(&row->tokens[at]->token_hash));
    message_free(row->tokens[at]);
    row->n_tokens--;
    memmove(row->tokens + at, row->tokens + at + 1, (row->n_tokens - at) * sizeof(void *));
}

static void drop_expired(struct edit *edit, AccountRow *row, int64_t now_ms)
{
    for (size_t i = row->n_tokens; i > 0; i--)
        if (row->tokens[i - 1]->expire_ms <= now_ms)
            drop_token(edit, row, i - 1);
}

struct new_token {
    uint8_t id[ID_BYTES], hash[BLAKE_BYTES];
    char secret[TOKEN_HEX_BYTES], id_hex[ID_HEX_BYTES];
    int64_t expire_ms;
};

static enum err add_token(struct request *request, struct edit *edit, AccountRow *row, const char *label,
                          struct new_token *token)
{
    Stagematch__Internal__V1__ApiTokenRow token_row = STAGEMATCH__INTERNAL__V1__API_TOKEN_ROW__INIT;
    Stagematch__Internal__V1__AccountToken *entry;
    struct vault *vault = request->vault;
    random_fill(&vault->environment->random, token->id, ID_BYTES);
    id_format(token->id, token->id_hex);
    token_draw(vault, token->secret, token->hash);
    enum err e = message_new(&stagematch__internal__v1__account_token__descriptor, &entry);
    if (e != ERR_OK)
        return e;
    entry->expire_ms = token->expire_ms;
    e = message_assign_bytes(&entry->token_id, TEXT_OF(token->id));
    if (e == ERR_OK)
        e = message_assign_bytes(&entry->token_hash, TEXT_OF(token->hash));
    if (e == ERR_OK)
        e = message_assign_string(&entry->label, text_of(label));
    if (e != ERR_OK) {
        message_free(entry);
        return e;
    }
    e = message_append(&row->n_tokens, &row->tokens, entry);
    if (e != ERR_OK)
        return e;
    token_row.account_id = binary_of(TEXT_OF(request->caller.account_id));
    edit_put_live(edit, TABLE_API_TOKEN, TEXT_OF(token->hash), token->expire_ms, &token_row);
    account_write(vault, edit, request->caller.account_id, row);
    audit_account(vault, edit, "token_created", request->caller.account_id, &request->caller, row->role);
    return ERR_OK;
}

static void answer_token(struct request *request, struct edit *edit, const char *label, struct new_token *token)
{
    Stagematch__V1__CreateApiTokenResponse response = STAGEMATCH__V1__CREATE_API_TOKEN_RESPONSE__INIT;
    Stagematch__V1__ApiToken shown = STAGEMATCH__V1__API_TOKEN__INIT;
    Google__Protobuf__Timestamp expire;
    show_time(token->expire_ms, &expire);
    shown.token_id = token->id_hex;
    shown.label = (char *)(uintptr_t)label;
    shown.expire_time = &expire;
    response.token = token->secret;
    response.api_token = &shown;
    request_commit(request, edit, &response);
}

void method_create_api_token(struct request *request)
{
    const Stagematch__V1__CreateApiTokenRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__CreateApiTokenRequest);
    int64_t now_ms = vault_now_ms(request->vault);
    struct new_token token = {.expire_ms = now_ms + message->valid_days * MS_PER_DAY};
    AccountRow *row = NULL;
    struct edit edit;
    bool label_fits = account_name_fits(message->label) && strlen(message->label) <= LABEL_BYTES_MAX;
    if (!request->caller.is_session) { /* a token that leaked must not outlive its own end by making others */
        request_refuse(request, &refusal_permission);
        return;
    }
    if (!label_fits || message->valid_days < 1 || message->valid_days > VALID_DAYS_MAX) {
        request_refuse_field(request, &refusal_bad_value, label_fits ? "valid_days" : "label");
        return;
    }
    edit_begin(&edit, request->vault->image);
    enum err e = account_read(&edit, TEXT_OF(request->caller.account_id), &row);
    if (e == ERR_OK)
        drop_expired(&edit, row, now_ms);
    bool full = e == ERR_OK && row->n_tokens >= TOKENS_MAX;
    if (e == ERR_OK && !full)
        e = add_token(request, &edit, row, message->label, &token);
    if (e == ERR_OK && !full) {
        answer_token(request, &edit, message->label, &token);
    } else {
        edit_abort(&edit);
        if (full)
            request_refuse(request, &refusal_tokens_full);
        else
            request_fail(request, e);
    }
    sodium_memzero(&token, sizeof token);
    message_free(row);
}

void method_list_api_tokens(struct request *request)
{
    Stagematch__V1__ListApiTokensResponse response = STAGEMATCH__V1__LIST_API_TOKENS_RESPONSE__INIT;
    Stagematch__V1__ApiToken shown[TOKENS_MAX], *pointers[TOKENS_MAX];
    Google__Protobuf__Timestamp expires[TOKENS_MAX];
    char ids[TOKENS_MAX][ID_HEX_BYTES];
    AccountRow *row;
    struct edit edit;
    edit_begin(&edit, request->vault->image);
    enum err e = account_read(&edit, TEXT_OF(request->caller.account_id), &row);
    edit_abort(&edit);
    if (e != ERR_OK) {
        request_fail(request, e);
        return;
    }
    for (size_t i = 0; i < row->n_tokens && response.n_api_tokens < TOKENS_MAX; i++) {
        const Stagematch__Internal__V1__AccountToken *token = row->tokens[i];
        size_t at = response.n_api_tokens;
        if (token->expire_ms <= vault_now_ms(request->vault) || token->token_id.len != ID_BYTES)
            continue;
        stagematch__v1__api_token__init(&shown[at]);
        id_format(token->token_id.data, ids[at]);
        show_time(token->expire_ms, &expires[at]);
        shown[at].token_id = ids[at];
        shown[at].label = token->label;
        shown[at].expire_time = &expires[at];
        pointers[at] = &shown[at];
        response.n_api_tokens++;
    }
    response.api_tokens = pointers;
    request_answer(request, &response);
    message_free(row);
}

void method_revoke_api_token(struct request *request)
{
    const Stagematch__V1__RevokeApiTokenRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__RevokeApiTokenRequest);
    Stagematch__V1__RevokeApiTokenResponse response = STAGEMATCH__V1__REVOKE_API_TOKEN_RESPONSE__INIT;
    uint8_t id[ID_BYTES];
    AccountRow *row = NULL;
    struct edit edit;
    edit_begin(&edit, request->vault->image);
    enum err e = id_parse(message->token_id, id) == ERR_OK ? ERR_OK : ERR_MISSING;
    if (e == ERR_OK)
        e = account_read(&edit, TEXT_OF(request->caller.account_id), &row);
    size_t at = 0;
    while (e == ERR_OK && at < row->n_tokens && !text_equal(binary_text(&row->tokens[at]->token_id), TEXT_OF(id)))
        at++;
    if (e == ERR_OK && at == row->n_tokens)
        e = ERR_MISSING;
    if (e == ERR_OK) {
        drop_token(&edit, row, at);
        account_write(request->vault, &edit, request->caller.account_id, row);
        audit_account(request->vault, &edit, "token_revoked", request->caller.account_id, &request->caller,
                      row->role);
        request_commit(request, &edit, &response);
    } else {
        edit_abort(&edit);
        request_fail(request, e);
    }
    message_free(row);
}
