#include "engine/ledger_reads.h"

#include "api/message.h"
#include "stagematch/internal/v1/record.pb-c.h"
#include "stagematch/v1/operation.pb-c.h"

#include <sodium.h>
#include <string.h>

typedef Stagematch__Internal__V1__LedgerPayload LedgerPayload;
typedef Stagematch__Internal__V1__RoundRecord RoundRecord;
typedef Stagematch__V1__LedgerEntry ApiEntry;
typedef Stagematch__V1__ListLedgerEntriesResponse ListResponse;

enum { PAGE_DEFAULT = 100, PAGE_MAX = 1000, LOOKS_MAX = 5000, RESPONSE_BYTES = 4 << 20, HEX_BYTES_MAX = 64 };

bool ledger_reads(const struct method *method)
{
    return method->id == METHOD_GET_LEDGER_HEAD || method->id == METHOD_LIST_LEDGER_ENTRIES;
}

static bool in_scope(const struct actor *actor, const char *school)
{
    for (size_t i = 0; i < actor->scope_count; i++)
        if (strcmp(actor->scope[i], school) == 0)
            return true;
    return false;
}

struct listing {
    const struct actor *actor;
    const struct state *state;
    ListResponse *response;
    uint32_t page_size;
    uint64_t last_seq;
};

/*
 * That there is a report is for whoever may read it (vault/reports.h), which the engine cannot tell: so nobody is shown here that one came,
 * neither by its own entry nor by that of the rule that counts it.
 */
static bool tells_of_report(const struct ledger_entry *entry, const LedgerPayload *payload)
{
    static const char own[] = "report_";
    bool is_own = entry->kind.length >= sizeof own - 1 && memcmp(entry->kind.data, own, sizeof own - 1) == 0;
    return is_own || (text_is(entry->kind, "observation") && strcmp(payload->code, "report") == 0);
}

/* An entry concerns its school; one without a school, the schools of its round. */
static bool concerns(const struct listing *listing, const LedgerPayload *payload)
{
    if (payload->school[0])
        return in_scope(listing->actor, payload->school);
    const struct text round_id = {(const char *)payload->round_id.data, payload->round_id.len};
    const RoundRecord *round =
        listing->state && round_id.length ? state_find(listing->state, RECORD_ROUND, round_id) : NULL;
    for (size_t i = 0; round && i < round->n_schools; i++)
        if (in_scope(listing->actor, round->schools[i]))
            return true;
    return false;
}

static enum err assign_hex(char **member, struct text bytes)
{
    char hex[2 * HEX_BYTES_MAX + 1];
    if (bytes.length > HEX_BYTES_MAX)
        bytes.length = HEX_BYTES_MAX;
    sodium_bin2hex(hex, sizeof hex, (const unsigned char *)bytes.data, bytes.length);
    return message_assign_string(member, text_of(hex));
}

static enum err fill(ApiEntry *to, const struct ledger_entry *entry, const LedgerPayload *payload)
{
    const struct text actor = {(const char *)payload->actor.data, payload->actor.len};
    to->seq = entry->seq;
    to->actor_role = (Stagematch__V1__Role)payload->actor_role;
    to->on_behalf = payload->on_behalf;
    enum err e = message_new(&google__protobuf__timestamp__descriptor, &to->time);
    if (e != ERR_OK)
        return e;
    to->time->seconds = entry->time_ms / 1000;
    to->time->nanos = (int32_t)(entry->time_ms % 1000) * 1000000;
    e = actor.length ? assign_hex(&to->actor, actor) : message_assign_string(&to->actor, text_of("service"));
    if (e == ERR_OK)
        e = message_assign_string(&to->kind, entry->kind);
    if (e == ERR_OK)
        e = assign_hex(&to->subject, entry->subject);
    if (e == ERR_OK)
        e = message_assign_string(&to->code, text_of(payload->reason[0] ? payload->reason : payload->code));
    if (e == ERR_OK)
        e = message_assign_string(&to->criterion, text_of(payload->criterion));
    if (e == ERR_OK)
        e = assign_hex(&to->hash, (struct text){(const char *)entry->hash, LEDGER_HASH_BYTES});
    return e;
}

static enum err append(struct listing *listing, const struct ledger_entry *entry, const LedgerPayload *payload)
{
    ApiEntry *added;
    enum err e = message_new(&stagematch__v1__ledger_entry__descriptor, &added);
    if (e != ERR_OK)
        return e;
    e = fill(added, entry, payload);
    if (e != ERR_OK) {
        message_free(added);
        return e;
    }
    return message_append(&listing->response->n_entries, &listing->response->entries, added);
}

/* ERR_RANGE ends the reading: the page is full. */
static enum err look(void *context, const struct ledger_entry *entry)
{
    struct listing *listing = context;
    LedgerPayload *payload;
    if (listing->response->n_entries == listing->page_size)
        return ERR_RANGE;
    enum err e = message_unpack(&stagematch__internal__v1__ledger_payload__descriptor, entry->payload, &payload);
    if (e != ERR_OK)
        return e;
    if (!tells_of_report(entry, payload) && concerns(listing, payload))
        e = append(listing, entry, payload);
    message_free(payload);
    if (e == ERR_OK)
        listing->last_seq = entry->seq;
    return e;
}

static enum err list_entries(struct engine_call *call, struct store *store, const struct state *state)
{
    const Stagematch__V1__ListLedgerEntriesRequest *request = (const void *)call->request.message;
    struct listing listing = {.actor = &call->asserted.actor, .state = state, .last_seq = request->after_seq};
    listing.page_size = request->page_size == 0         ? PAGE_DEFAULT
                        : request->page_size > PAGE_MAX ? PAGE_MAX
                                                        : request->page_size;
    enum err e = message_new(&stagematch__v1__list_ledger_entries_response__descriptor, &listing.response);
    if (e != ERR_OK)
        return e;
    e = store_ledger_read(store, request->after_seq, LOOKS_MAX, look, &listing);
    if (e == ERR_RANGE && listing.response->n_entries == listing.page_size)
        e = ERR_OK;
    if (e == ERR_OK) {
        listing.response->last_seq = listing.last_seq;
        e = message_pack_buf(listing.response, &call->outcome.response);
    }
    message_free(listing.response);
    return e;
}

static enum err tell_head(struct engine_call *call, struct store *store)
{
    struct ledger_head head = store_ledger_head(store);
    Stagematch__V1__GetLedgerHeadResponse response = STAGEMATCH__V1__GET_LEDGER_HEAD_RESPONSE__INIT;
    char hex[2 * LEDGER_HASH_BYTES + 1];
    sodium_bin2hex(hex, sizeof hex, head.hash, LEDGER_HASH_BYTES);
    response.seq = head.seq;
    response.hash = hex;
    return message_pack_buf(&response, &call->outcome.response);
}

void ledger_reads_answer(struct engine_call *call, struct store *store, const struct state *state)
{
    buf_init(&call->outcome.response, RESPONSE_BYTES);
    enum err e = call->incoming->method->id == METHOD_GET_LEDGER_HEAD ? tell_head(call, store)
                                                                      : list_entries(call, store, state);
    if (e == ERR_RANGE) /* after_seq is no number that a ledger has */
        call->outcome.status = status_refuse_field(&refusal_bad_value, "after_seq");
    else if (e != ERR_OK)
        call->outcome.status = status_refuse(e == ERR_MEMORY ? &refusal_memory : &refusal_unavailable);
    engine_call_answer(call);
}
