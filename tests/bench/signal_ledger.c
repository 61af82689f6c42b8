/*
 * signal_ledger.c - makes an engine's database with a ledger of many drawn decisions: what `stagematch signal --ledger` is measured on.
 *
 * usage: bench_signal_ledger FILE [DECISIONS COMPANIES]      (5000000 250000)
 */
#include "store/store.h"

#include "base/text.h"
#include "stagematch/internal/v1/record.pb-c.h"
#include "stagematch/v1/common.pb-c.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_ENTRIES = 50000, SCHOOLS = 80, REGIONS = 90, PAYLOAD_BYTES = 1024 };

#define FIRST_MS ((int64_t)1756684800000) /* September 2025: two years to the end of the window */
#define SPAN_MS ((int64_t)720 * 86400000)

static uint64_t state = 42;

/* splitmix64: the same ledger on every machine. */
static uint64_t draw(void)
{
    uint64_t x = state += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static void fill(uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)draw();
}

struct drawn {
    char school[32], leerbedrijf[32], kvk[32], stratum[64], code[32], reason[32], criterion[1];
    uint8_t ids[4][16], hash[32];
};

/* Steps in about the shares of a market; `marks` as the engine notes them. */
static const struct {
    const char *code, *reason;
    unsigned weight, marks;
    bool by_company;
} steps[] = {{"approved", "", 28, 0, false},
             {"accepted", "", 20, 0, true},
             {"rejected", "geen-capaciteit", 5, 0, true},
             {"rejected", "anders", 1, 1, true},
             {"expired_company", "", 2, 0, false},
             {"confirmed", "", 17, 0, false},
             {"released", "", 12, 0, false},
             {"placed", "", 10, 0, true},
             {"dropped_after_release", "anders", 1, 1, true},
             {"started", "", 4, 0, false}};

static size_t draw_step(void)
{
    unsigned at = (unsigned)(draw() % 100);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (at < steps[i].weight)
            return i;
        at -= steps[i].weight;
    }
    return 0;
}

static size_t make_payload(uint64_t companies, struct drawn *drawn, uint8_t out[PAYLOAD_BYTES])
{
    static const char *const sectors[] = {"zorg", "techniek", "ict", "horeca", "bouw", "logistiek"};
    Stagematch__Internal__V1__LedgerPayload payload = STAGEMATCH__INTERNAL__V1__LEDGER_PAYLOAD__INIT;
    uint64_t company = draw() % companies;
    size_t step = draw_step();
    /* A company works with a few schools. */
    snprintf(drawn->school, sizeof drawn->school, "%02" PRIu64 "AA", (company * 7 + draw() % 3) % SCHOOLS);
    snprintf(drawn->leerbedrijf, sizeof drawn->leerbedrijf, "%09" PRIu64, 100000000 + company);
    snprintf(drawn->kvk, sizeof drawn->kvk, "%08" PRIu64, 10000000 + company / 2);
    snprintf(drawn->stratum, sizeof drawn->stratum, "%s/%02" PRIu64 "/%" PRIu64, sectors[company % 6],
             10 + company / 7 % REGIONS, 1 + company % 5);
    fill(drawn->ids[0], sizeof drawn->ids);
    fill(drawn->hash, sizeof drawn->hash);
    snprintf(drawn->code, sizeof drawn->code, "%s", steps[step].code);
    snprintf(drawn->reason, sizeof drawn->reason, "%s", steps[step].reason);
    drawn->criterion[0] = '\0';
    payload.actor = (ProtobufCBinaryData){16, drawn->ids[0]};
    payload.actor_role =
        steps[step].by_company ? STAGEMATCH__V1__ROLE__ROLE_COMPANY : STAGEMATCH__V1__ROLE__ROLE_COORDINATOR;
    payload.school = drawn->school;
    payload.leerbedrijf = drawn->leerbedrijf;
    payload.code = drawn->code;
    payload.reason = drawn->reason;
    payload.criterion = drawn->criterion;
    payload.proposal_id = (ProtobufCBinaryData){16, drawn->ids[1]};
    payload.round_id = (ProtobufCBinaryData){16, drawn->ids[2]};
    payload.placement_id = (ProtobufCBinaryData){16, drawn->ids[3]};
    payload.profile_hash = (ProtobufCBinaryData){32, drawn->hash};
    payload.criteria_version = 1;
    payload.kvk = drawn->kvk;
    payload.stratum = drawn->stratum;
    payload.marks = steps[step].marks;
    /* Coördinatoren are few. */
    if (!steps[step].by_company)
        memset(drawn->ids[0], (int)(draw() % 250), 16);
    return protobuf_c_message_pack(&payload.base, out);
}

static enum err outcome = ERR_INTERNAL;

static void committed(void *context, enum err result)
{
    outcome = result;
    event_base_loopbreak(context);
}

static enum err commit(struct store *store, struct event_base *base, struct store_batch *batch)
{
    outcome = ERR_INTERNAL;
    store_commit(store, batch, committed, base);
    event_base_dispatch(base);
    return outcome;
}

static enum err write_all(struct store *store, struct event_base *base, uint64_t decisions, uint64_t companies)
{
    enum err e = ERR_OK;
    for (uint64_t done = 0; e == ERR_OK && done < decisions;) {
        struct store_batch *batch;
        e = store_batch_new(store, &batch);
        for (unsigned i = 0; e == ERR_OK && i < BATCH_ENTRIES && done < decisions; i++, done++) {
            struct drawn drawn;
            uint8_t bytes[PAYLOAD_BYTES];
            size_t length = make_payload(companies, &drawn, bytes);
            e = store_batch_ledger(batch, FIRST_MS + (int64_t)(done * (uint64_t)(SPAN_MS / 1000) / decisions * 1000),
                                   "decision", (struct text){(const char *)drawn.ids[1], 16},
                                   (struct text){(const char *)bytes, length});
        }
        if (e == ERR_OK)
            e = commit(store, base, batch);
    }
    return e;
}

int main(int count, char **words)
{
    static const char *const tables[] = {"signal_counts", NULL};
    struct buf complaint;
    struct store *store;
    if (count != 2 && count != 4) {
        fputs("usage: bench_signal_ledger FILE [DECISIONS COMPANIES]\n", stderr);
        return 2;
    }
    uint64_t decisions = count == 4 ? strtoull(words[2], NULL, 10) : 5000000;
    uint64_t companies = count == 4 ? strtoull(words[3], NULL, 10) : 250000;
    struct event_base *base = event_base_new();
    const struct store_options options = {.path = words[1], .tables = tables};
    buf_init(&complaint, 4096);
    if (!base || !companies || store_open(&options, base, &store, &complaint) != ERR_OK)
        return 1;
    enum err e = write_all(store, base, decisions, companies);
    store_close(store);
    event_base_free(base);
    buf_free(&complaint);
    return e == ERR_OK ? 0 : 1;
}
