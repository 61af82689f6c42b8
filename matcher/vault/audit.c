#include "vault/audit.h"

#include "api/message.h"
#include "base/log.h"
#include "stagematch/v1/operation.pb-c.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

typedef Stagematch__Internal__V1__CheckpointRow CheckpointRow;

enum { ENTRIES_BETWEEN = 1000, PAYLOAD_BYTES_MAX = 1 << 20 };

void audit_put(struct vault *vault, struct edit *edit, const char *kind, struct text subject,
               const struct caller *caller, AuditPayload *payload)
{
    struct buf bytes;
    if (caller) {
        payload->actor = binary_of(TEXT_OF(caller->account_id));
        payload->actor_role = (Stagematch__V1__Role)caller->role;
    }
    buf_init(&bytes, PAYLOAD_BYTES_MAX);
    enum err e = message_pack_buf(payload, &bytes);
    if (e == ERR_OK)
        edit_ledger(edit, vault_now_ms(vault), kind, subject, buf_text(&bytes));
    else if (edit->error == ERR_OK)
        edit->error = e;
    buf_free(&bytes);
}

void audit_account(struct vault *vault, struct edit *edit, const char *kind, const uint8_t account_id[ID_BYTES],
                   const struct caller *caller, unsigned role)
{
    AuditPayload payload = STAGEMATCH__INTERNAL__V1__VAULT_LEDGER_PAYLOAD__INIT;
    char code[16];
    (void)snprintf(code, sizeof code, "role_%u", role);
    payload.account_id = binary_of(bytes_of(account_id, ID_BYTES));
    payload.code = code;
    audit_put(vault, edit, kind, bytes_of(account_id, ID_BYTES), caller, &payload);
}

static const char *const chains[LEDGER_COUNT] = {"engine", "vault"};

enum err audit_load_checkpoint(void *context, struct text key, struct text value)
{
    struct vault *vault = context;
    CheckpointRow *row;
    (void)key;
    enum err e = message_unpack(&stagematch__internal__v1__checkpoint_row__descriptor, value, &row);
    if (e != ERR_OK)
        return e;
    for (int ledger = 0; ledger < LEDGER_COUNT; ledger++)
        if (strcmp(row->chain, chains[ledger]) == 0) /* rows come in order of their numbers */
            vault->signed_heads[ledger] = (struct signed_head){row->seq, row->time_ms};
    message_free(row);
    return ERR_OK;
}

/* Chain, a zero byte, and the number as 8 bytes, big-endian. */
static void put_key(struct buf *key, const struct ledger_checkpoint *checkpoint)
{
    buf_put(key, checkpoint->chain, strlen(checkpoint->chain) + 1);
    for (int shift = 56; shift >= 0; shift -= 8)
        buf_put_char(key, (char)(checkpoint->head.seq >> shift & 0xff));
}

static void put_checkpoint(struct vault *vault, struct edit *edit, const struct ledger_checkpoint *checkpoint)
{
    CheckpointRow row = STAGEMATCH__INTERNAL__V1__CHECKPOINT_ROW__INIT;
    uint8_t bytes[LEDGER_CHECKPOINT_BYTES_MAX], signature[SIGNATURE_BYTES], public_key[PUBLIC_KEY_BYTES];
    size_t length = ledger_checkpoint_bytes(checkpoint, bytes);
    struct buf key;
    buf_init(&key, LEDGER_CHECKPOINT_BYTES_MAX);
    put_key(&key, checkpoint);
    keys_sign(vault->keys, bytes_of(bytes, length), signature, public_key);
    row.chain = (char *)(uintptr_t)checkpoint->chain;
    row.seq = checkpoint->head.seq;
    row.time_ms = checkpoint->time_ms;
    row.hash = binary_of(TEXT_OF(checkpoint->head.hash));
    row.signature = binary_of(TEXT_OF(signature));
    row.public_key = binary_of(TEXT_OF(public_key));
    if (buf_error(&key) == ERR_OK)
        edit_put_message(edit, TABLE_CHECKPOINT, buf_text(&key), &row);
    else if (edit->error == ERR_OK)
        edit->error = ERR_MEMORY;
    buf_free(&key);
}

/* Signs the head where it is due. */
static void sign_head(struct vault *vault, enum ledger_name ledger, const struct ledger_head *head)
{
    struct signed_head *last = &vault->signed_heads[ledger];
    struct ledger_checkpoint checkpoint = {.head = *head, .time_ms = vault_now_ms(vault)};
    struct edit edit;
    (void)snprintf(checkpoint.chain, sizeof checkpoint.chain, "%s", chains[ledger]);
    if (head->seq < last->seq)
        LOG(LOG_ERROR, "ledger_went_back", LOG_WORD("chain", chains[ledger]), LOG_NUMBER("seq", head->seq),
            LOG_NUMBER("signed_seq", last->seq));
    if (head->seq <= last->seq ||
        (head->seq < last->seq + ENTRIES_BETWEEN && checkpoint.time_ms - last->time_ms < MS_PER_DAY))
        return;
    edit_begin(&edit, vault->image);
    put_checkpoint(vault, &edit, &checkpoint);
    if (edit_commit(&edit, NULL, NULL) != ERR_OK)
        return; /* the next minute tries again */
    *last = (struct signed_head){head->seq, checkpoint.time_ms};
    LOG(LOG_INFO, "checkpoint", LOG_WORD("chain", chains[ledger]), LOG_NUMBER("seq", head->seq));
}

static void engine_head_came(void *context, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    struct vault *vault = context;
    struct pbguard_message answer;
    struct ledger_head head;
    size_t length;
    if (status.refusal || !reply || channel_reply_code(reply) != STATUS_OK || vault->stopping ||
        engine_answer(METHOD_GET_LEDGER_HEAD, reply, &answer) != ERR_OK)
        return;
    const Stagematch__V1__GetLedgerHeadResponse *response =
        (const Stagematch__V1__GetLedgerHeadResponse *)(const void *)answer.message;
    head.seq = response->seq;
    if (sodium_hex2bin(head.hash, sizeof head.hash, response->hash, strlen(response->hash), NULL, &length, NULL) ==
            0 &&
        length == sizeof head.hash)
        sign_head(vault, LEDGER_OF_ENGINE, &head);
    pbguard_free(&answer);
}

void audit_checkpoint(struct vault *vault)
{
    const Stagematch__V1__GetLedgerHeadRequest request = STAGEMATCH__V1__GET_LEDGER_HEAD_REQUEST__INIT;
    struct ledger_head own = image_ledger_head(vault->image);
    sign_head(vault, LEDGER_OF_VAULT, &own);
    enum err e = engine_call(vault, METHOD_GET_LEDGER_HEAD, &request, NULL, engine_head_came, vault);
    if (e != ERR_OK && e != ERR_IO) /* without an engine the next minute tries again */
        LOG(LOG_WARN, "ledger_head_not_asked", LOG_WORD("error", err_text(e)));
}
