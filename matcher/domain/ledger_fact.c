#include "domain/command.h"

#include <sodium.h>
#include <string.h>

/* The payload borrows everything but what it must own; it is packed at once and never freed. */
static char *borrowed(const char *string)
{
    static char nothing[1];
    char *view = nothing;
    if (string)
        memcpy(&view, &string, sizeof view);
    return view;
}

uint64_t context_fact(struct context *context, const struct fact *fact)
{
    LedgerPayload payload = STAGEMATCH__INTERNAL__V1__LEDGER_PAYLOAD__INIT;
    uint8_t account[ID_BYTES];
    if (context->error != ERR_OK)
        return 0;
    if (context->actor && context->actor->role != 0) {
        memcpy(account, context->actor->account_id, sizeof account);
        payload.actor = (ProtobufCBinaryData){sizeof account, account};
        payload.actor_role = context->actor->role;
        payload.on_behalf = context->on_behalf;
    }
    payload.school = borrowed(fact->school);
    payload.leerbedrijf = borrowed(fact->leerbedrijf);
    payload.code = borrowed(fact->code);
    payload.reason = borrowed(fact->reason);
    payload.criterion = borrowed(fact->criterion);
    payload.proposal_id = fact->proposal_id;
    payload.round_id = fact->round_id;
    payload.placement_id = fact->placement_id;
    payload.profile_hash = fact->profile_hash;
    payload.digest = fact->digest;
    payload.entries_root = fact->entries_root;
    payload.from_seq = fact->from_seq;
    payload.up_to_seq = fact->up_to_seq;
    payload.criteria_version = fact->criteria_version;
    payload.kvk = borrowed(fact->kvk);
    payload.stratum = borrowed(fact->stratum);
    payload.marks = fact->marks;
    uint64_t seq = 0;
    (void)context_ok(context, state_ledger(context->state, context->now_ms, fact->kind, text_of_bytes(fact->subject),
                                           &payload.base, &seq));
    return seq;
}

void context_profile_hash(struct context *context, const StagevraagRecord *stagevraag, uint8_t out[32])
{
    static const char domain[] = "stagematch/profile/v1";
    const Stagematch__V1__Profile *profile =
        stagevraag->sealed_profile ? stagevraag->sealed_profile : stagevraag->profile;
    crypto_generichash_state hash;
    uint8_t *bytes = NULL;
    size_t length = profile ? protobuf_c_message_get_packed_size(&profile->base) : 0;
    memset(out, 0, 32);
    if (context->error != ERR_OK || !context_ok(context, mem_alloc(1, length, &bytes)))
        return;
    if (profile)
        protobuf_c_message_pack(&profile->base, bytes);
    (void)crypto_generichash_init(&hash, NULL, 0, 32);
    (void)crypto_generichash_update(&hash, (const unsigned char *)domain, sizeof domain);
    if (stagevraag->salt.len)
        (void)crypto_generichash_update(&hash, stagevraag->salt.data, stagevraag->salt.len);
    (void)crypto_generichash_update(&hash, bytes, length);
    (void)crypto_generichash_final(&hash, out, 32);
    mem_free(bytes);
}
