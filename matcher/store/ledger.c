#include "store/ledger.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static void add_u64(crypto_generichash_state *state, uint64_t value)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (56 - 8 * i));
    crypto_generichash_update(state, bytes, sizeof bytes);
}

static void add_text(crypto_generichash_state *state, struct text text)
{
    uint8_t length[4];
    for (int i = 0; i < 4; i++)
        length[i] = (uint8_t)(text.length >> (24 - 8 * i));
    crypto_generichash_update(state, length, sizeof length);
    crypto_generichash_update(state, (const uint8_t *)text.data, text.length);
}

void ledger_hash(struct ledger_entry *entry)
{
    static const uint8_t use[] = "stagematch/ledger/v1"; /* with its NUL */
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, LEDGER_HASH_BYTES);
    crypto_generichash_update(&state, use, sizeof use);
    add_u64(&state, entry->seq);
    add_u64(&state, (uint64_t)entry->time_ms);
    add_text(&state, entry->kind);
    add_text(&state, entry->subject);
    add_text(&state, entry->payload);
    crypto_generichash_update(&state, entry->previous, LEDGER_HASH_BYTES);
    crypto_generichash_final(&state, entry->hash, LEDGER_HASH_BYTES);
}

static size_t put_u64(uint8_t *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(value >> (56 - 8 * i));
    return 8;
}

size_t ledger_checkpoint_bytes(const struct ledger_checkpoint *checkpoint, uint8_t out[LEDGER_CHECKPOINT_BYTES_MAX])
{
    static const char use[] = "stagematch/checkpoint/v1"; /* with its NUL */
    size_t chain_bytes = strlen(checkpoint->chain) + 1, at = sizeof use;
    memcpy(out, use, sizeof use);
    memcpy(out + at, checkpoint->chain, chain_bytes);
    at += chain_bytes;
    at += put_u64(out + at, checkpoint->head.seq);
    at += put_u64(out + at, (uint64_t)checkpoint->time_ms);
    memcpy(out + at, checkpoint->head.hash, LEDGER_HASH_BYTES);
    return at + LEDGER_HASH_BYTES;
}

void ledger_checkpoint_sign(struct ledger_checkpoint *checkpoint, const uint8_t secret_key[64])
{
    uint8_t bytes[LEDGER_CHECKPOINT_BYTES_MAX];
    size_t length = ledger_checkpoint_bytes(checkpoint, bytes);
    crypto_sign_detached(checkpoint->signature, NULL, bytes, length, secret_key);
    checkpoint->is_signed = true;
}

bool ledger_checkpoint_signed_by(const struct ledger_checkpoint *checkpoint, const uint8_t public_key[32])
{
    uint8_t bytes[LEDGER_CHECKPOINT_BYTES_MAX];
    size_t length = ledger_checkpoint_bytes(checkpoint, bytes);
    return checkpoint->is_signed &&
           crypto_sign_verify_detached(checkpoint->signature, bytes, length, public_key) == 0;
}

size_t ledger_checkpoint_format(const struct ledger_checkpoint *checkpoint, char out[LEDGER_CHECKPOINT_LINE_BYTES])
{
    char hash[2 * LEDGER_HASH_BYTES + 1], signature[2 * LEDGER_SIGNATURE_BYTES + 1] = "-";
    sodium_bin2hex(hash, sizeof hash, checkpoint->head.hash, LEDGER_HASH_BYTES);
    if (checkpoint->is_signed)
        sodium_bin2hex(signature, sizeof signature, checkpoint->signature, LEDGER_SIGNATURE_BYTES);
    int length = snprintf(out, LEDGER_CHECKPOINT_LINE_BYTES, "%s %" PRIu64 " %s %" PRId64 " %s\n", checkpoint->chain,
                          checkpoint->head.seq, hash, checkpoint->time_ms, signature);
    return length < 0 ? 0 : (size_t)length;
}

static bool read_hex(struct text text, uint8_t *out, size_t length)
{
    size_t got;
    return text.length == 2 * length && sodium_hex2bin(out, length, text.data, text.length, NULL, &got, NULL) == 0 &&
           got == length;
}

enum err ledger_checkpoint_parse(struct text line, struct ledger_checkpoint *out)
{
    struct text fields[5] = {{0}}, part;
    size_t count = 0;
    while (text_next(&line, ' ', &part)) {
        if (count == 5)
            return ERR_INPUT;
        fields[count++] = part;
    }
    struct ledger_checkpoint read = {0};
    uint64_t time_ms;
    if (count != 5 || !text_is_code(fields[0], LEDGER_CHAIN_BYTES - 1) ||
        text_to_u64(fields[1], 1, INT64_MAX, &read.head.seq) != ERR_OK ||
        !read_hex(fields[2], read.head.hash, LEDGER_HASH_BYTES) ||
        text_to_u64(fields[3], 0, INT64_MAX, &time_ms) != ERR_OK)
        return ERR_INPUT;
    read.is_signed = !text_is(fields[4], "-");
    if (read.is_signed && !read_hex(fields[4], read.signature, LEDGER_SIGNATURE_BYTES))
        return ERR_INPUT;
    memcpy(read.chain, fields[0].data, fields[0].length);
    read.time_ms = (int64_t)time_ms;
    *out = read;
    return ERR_OK;
}
