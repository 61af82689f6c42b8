/*
 * market_rounds.h - random steps of rounds, long work, and the child that solves, which may fail.
 */
#ifndef PROP_MARKET_ROUNDS_H
#define PROP_MARKET_ROUNDS_H

#include "prop/market_life.h"

static const char *hash_hex(const char *brin, bool commitment)
{
    static char hex[65];
    uint8_t nonce[32], hash[32];
    crypto_hash_sha256_state sha;
    memset(nonce, brin[3], sizeof nonce);
    crypto_hash_sha256_init(&sha);
    crypto_hash_sha256_update(&sha, (const unsigned char *)brin, strlen(brin) + 1);
    crypto_hash_sha256_update(&sha, nonce, sizeof nonce);
    crypto_hash_sha256_final(&sha, hash);
    return sodium_bin2hex(hex, sizeof hex, commitment ? hash : nonce, 32);
}

static void create_round(void)
{
    Stagematch__V1__CreateRoundRequest request = STAGEMATCH__V1__CREATE_ROUND_REQUEST__INIT;
    char *both[] = {schools[0], schools[1]}, *codes[] = {"25604", "25605"};
    unsigned first = below(2);
    if (state_count(domain_state(domain), RECORD_ROUND) >= ROUNDS_MAX)
        return;
    request.name = "Ronde";
    request.schools = both + (chance(3) ? first : 0);
    request.n_schools = request.schools == both && !chance(4) ? 2 : 1;
    request.qualifications = codes + (chance(4) ? 1 : 0);
    request.n_qualifications = request.qualifications == codes ? 1 + below(2) : 1;
    request.mode = chance(3) ? ROUND_MODE(DIRECT) : ROUND_MODE(BLIND);
    send_as(&coordinators[first], METHOD_CREATE_ROUND, &request);
}

static void say_nonce(const RoundRecord *round, enum method_id method)
{
    const char *brin = round->schools[below((unsigned)round->n_schools)];
    union {
        Stagematch__V1__CommitNonceRequest commit;
        Stagematch__V1__RevealNonceRequest reveal;
        ProtobufCMessage base;
    } request;
    char id[ID_HEX_BYTES];
    id_format_bytes(round->round_id, id);
    method_of(method)->request->message_init(&request.base);
    set_string(&request.base, "round_id", id);
    set_string(&request.base, "school", brin);
    set_string(&request.base, "commitment", hash_hex(brin, true));
    if (method == METHOD_REVEAL_NONCE)
        set_string(&request.base, "nonce", hash_hex(brin, false));
    send_as(&coordinators[strcmp(brin, schools[1]) == 0], method, &request);
}

/* What takes a round on from each state; now and then something else. */
static enum method_id round_method(const RoundRecord *round)
{
    static const enum method_id onward[] = {
        [ROUND_STATE(DRAFT)] = METHOD_OPEN_ROUND,         [ROUND_STATE(OPEN)] = METHOD_SEAL_ROUND,
        [ROUND_STATE(SEALED)] = METHOD_REVEAL_NONCE,      [ROUND_STATE(REVEALED)] = METHOD_SOLVE_ROUND,
        [ROUND_STATE(SOLVING)] = METHOD_EXPORT_ROUND,     [ROUND_STATE(VERIFIED)] = METHOD_PUBLISH_ROUND,
        [ROUND_STATE(PUBLISHING)] = METHOD_PUBLISH_ROUND, [ROUND_STATE(PUBLISHED)] = METHOD_CLOSE_ROUND,
        [ROUND_STATE(CLOSED)] = METHOD_CANCEL_ROUND,      [ROUND_STATE(CANCELLED)] = METHOD_SOLVE_ROUND,
        [ROUND_STATE(FAILED)] = METHOD_CLOSE_ROUND};
    static const enum method_id others[] = {METHOD_OPEN_ROUND,    METHOD_SEAL_ROUND,  METHOD_REPLACE_WITHHELD_NONCES,
                                            METHOD_PUBLISH_ROUND, METHOD_SOLVE_ROUND, METHOD_EXPORT_ROUND};
    if (chance(80))
        return METHOD_CANCEL_ROUND;
    if (round->state == ROUND_STATE(OPEN) && !chance(3))
        return METHOD_COMMIT_NONCE;
    return chance(8) ? others[below(sizeof others / sizeof others[0])] : onward[round->state];
}

static void move_round(void)
{
    const RoundRecord *round = some(RECORD_ROUND);
    for (unsigned tries = 0; tries < 6 && round && round->state >= ROUND_STATE(PUBLISHED); tries++)
        round = some(RECORD_ROUND);
    union {
        Stagematch__V1__OpenRoundRequest open;
        ProtobufCMessage base;
        char bytes[256];
    } request;
    char id[ID_HEX_BYTES];
    if (!round)
        return;
    enum method_id method = round_method(round);
    if (method == METHOD_COMMIT_NONCE || method == METHOD_REVEAL_NONCE) {
        say_nonce(round, method);
        return;
    }
    ck_assert_uint_le(method_of(method)->request->sizeof_message, sizeof request);
    id_format_bytes(round->round_id, id);
    memset(&request, 0, sizeof request);
    method_of(method)->request->message_init(&request.base);
    set_string(&request.base, "round_id", id);
    if (method != METHOD_EXPORT_ROUND)
        request.open.version = round->version; /* in all of them the same field */
    send_as(&coordinators[strcmp(round->schools[0], schools[1]) == 0], method, &request);
}

/* A child is forked, and answers when it is done: much may have happened since. */
static void let_child_answer(void)
{
    uint8_t entropy[ENTROPY_BYTES];
    if (!child.is_out) {
        if (!domain_next_solve(domain, &child.request))
            return;
        child.is_out = true;
        child.fails = chance(child.request.rematch ? 4 : 40); /* a round fails with it; a re-match is tried again */
        buf_init(&child.result, SOLVE_BYTES_MAX);
        ck_assert_int_eq(domain_solve(domain, &child.request, &child.result), ERR_OK);
        return;
    }
    if (!chance(3))
        return; /* it takes its time */
    next_entropy(entropy);
    domain_solved(domain, &child.request, buf_text(&child.result), child.fails ? "killed" : NULL, entropy, now_ms);
    buf_free(&child.result);
    child.is_out = false;
}

static void work(void)
{
    uint8_t entropy[ENTROPY_BYTES];
    next_entropy(entropy);
    if (domain_has_work(domain))
        (void)domain_work(domain, entropy, now_ms);
}

#endif
