#include "cmd/signal_ledger.h"

#include "api/message.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "signal/tally.h"
#include "stagematch/internal/v1/record.pb-c.h"
#include "stagematch/v1/common.pb-c.h"
#include "store/store.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

typedef Stagematch__Internal__V1__SignalCountsRecord SignalCountsRecord;

enum { PATH_BYTES = 4096, QUARTERS = 8, PAGE_ENTRIES = 100000, ID_BYTES_MAX = 16, THREADS_MAX = 2 };

/* Fields of LedgerPayload (record.proto) that are counted. */
enum {
    FIELD_ACTOR = 1,
    FIELD_ROLE = 2,
    FIELD_SCHOOL = 3,
    FIELD_LEERBEDRIJF = 4,
    FIELD_CODE = 5,
    FIELD_ON_BEHALF = 12,
    FIELD_KVK = 18,
    FIELD_STRATUM = 19,
    FIELD_MARKS = 20,
    FIELD_LIMIT
};
enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

/* A payload as views of its bytes: five million of them are looked at, each for some microsecond's work. */
struct payload {
    struct text texts[FIELD_LIMIT];
    uint64_t numbers[FIELD_LIMIT];
};

static bool take_varint(struct text *rest, uint64_t *out)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && rest->length; shift += 7) {
        uint8_t byte = (uint8_t)rest->data[0];
        rest->data++;
        rest->length--;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *out = value;
            return true;
        }
    }
    return false;
}

static bool skip(struct text *rest, uint64_t bytes)
{
    if (bytes > rest->length)
        return false;
    rest->data += bytes;
    rest->length -= (size_t)bytes;
    return true;
}

/* ERR_INPUT for what is no message. */
static enum err read_payload(struct text bytes, struct payload *out)
{
    static const struct payload nothing;
    uint64_t tag, value;
    *out = nothing;
    while (bytes.length) {
        if (!take_varint(&bytes, &tag))
            return ERR_INPUT;
        uint64_t field = tag >> 3;
        unsigned wire = tag & 7;
        bool fixed = wire == WIRE_FIXED64 || wire == WIRE_FIXED32;
        if (wire != WIRE_VARINT && wire != WIRE_BYTES && !fixed)
            return ERR_INPUT;
        value = wire == WIRE_FIXED64 ? 8 : 4;
        if (!fixed && !take_varint(&bytes, &value))
            return ERR_INPUT;
        if (wire == WIRE_VARINT && field < FIELD_LIMIT)
            out->numbers[field] = value;
        if (wire == WIRE_BYTES && field < FIELD_LIMIT && value <= bytes.length)
            out->texts[field] = (struct text){bytes.data, (size_t)value};
        if (wire != WIRE_VARINT && !skip(&bytes, value))
            return ERR_INPUT;
    }
    return ERR_OK;
}

/* Wall time, and the processors' so far: what another program on the machine takes is not in that. */
static void say_time(const char *what, int64_t begun_us)
{
    const struct clock now = clock_system();
    fprintf(stderr, "%s in %.2f s; %.2f s of processor time so far\n", what,
            (double)(clock_monotonic_us(&now) - begun_us) / 1e6, (double)clock() / CLOCKS_PER_SEC);
}

/* One piece of the ledger. */
struct piece {
    struct store *store;
    struct tally *tally;
    uint64_t after, up_to;
    enum err e;
};

static enum rule_step step_of(const struct payload *payload)
{
    enum { CODE_BYTES = 40 };
    char code[CODE_BYTES];
    struct text given = payload->texts[FIELD_CODE];
    bool by_company =
        payload->numbers[FIELD_ROLE] == STAGEMATCH__V1__ROLE__ROLE_COMPANY || payload->numbers[FIELD_ON_BEHALF] != 0;
    if (given.length >= sizeof code)
        return STEP_OTHER;
    memcpy(code, given.data, given.length);
    code[given.length] = '\0';
    return rule_step_of(code, by_company);
}

static enum err count_entry(void *context, const struct ledger_entry *entry)
{
    struct piece *piece = context;
    struct payload payload;
    char account[2 * ID_BYTES_MAX + 1] = "";
    if (entry->seq > piece->up_to || (!text_is(entry->kind, "decision") && !text_is(entry->kind, "observation")))
        return ERR_OK;
    enum err e = read_payload(entry->payload, &payload);
    if (e != ERR_OK)
        return e;
    enum rule_step step = step_of(&payload);
    const struct text actor = payload.texts[FIELD_ACTOR];
    if (payload.numbers[FIELD_ROLE] == STAGEMATCH__V1__ROLE__ROLE_COORDINATOR && actor.length == ID_BYTES_MAX)
        sodium_bin2hex(account, sizeof account, (const unsigned char *)actor.data, actor.length);
    const struct tally_step counted = {.key = tally_key(entry->subject, step),
                                       .time_ms = entry->time_ms,
                                       .step = step,
                                       .marks = (unsigned)payload.numbers[FIELD_MARKS],
                                       .school = payload.texts[FIELD_SCHOOL],
                                       .leerbedrijf = payload.texts[FIELD_LEERBEDRIJF],
                                       .kvk = payload.texts[FIELD_KVK],
                                       .stratum = payload.texts[FIELD_STRATUM],
                                       .account = text_of(account)};
    return tally_add(piece->tally, &counted);
}

static void count_piece(void *context, uint32_t number, size_t begin, size_t end)
{
    struct piece *piece = (struct piece *)context + number;
    (void)begin;
    (void)end;
    for (uint64_t at = piece->after; piece->e == ERR_OK && at < piece->up_to; at += PAGE_ENTRIES)
        piece->e = store_ledger_read(piece->store, at, PAGE_ENTRIES, count_entry, piece);
}

/* Opening. */

static enum err open_at(const char *path, struct store **out)
{
    static const char *const tables[] = {"signal_counts", NULL};
    char file[PATH_BYTES];
    struct stat status;
    struct buf complaint;
    bool folder = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    int length = snprintf(file, sizeof file, folder ? "%s/engine/engine.sqlite" : "%s", path);
    if (length < 0 || (size_t)length >= sizeof file)
        return ERR_RANGE;
    const struct store_options options = {.path = file, .tables = tables, .read_only = true};
    buf_init(&complaint, PATH_BYTES);
    enum err e = store_open(&options, NULL, out, &complaint);
    if (e != ERR_OK)
        fprintf(stderr, "stagematch signal: %.*s\n", (int)complaint.length, complaint.length ? complaint.data : "");
    buf_free(&complaint);
    return e;
}

static enum err take_time(void *context, const struct ledger_entry *entry)
{
    *(int64_t *)context = entry->time_ms;
    return ERR_OK;
}

/* Opens a store and a tally for each piece of 1 .. head. */
static enum err open_pieces(const char *path, struct piece *pieces, uint32_t count, int64_t *present_ms)
{
    uint64_t head = 0;
    enum err e = ERR_OK;
    for (uint32_t i = 0; e == ERR_OK && i < count; i++) {
        e = open_at(path, &pieces[i].store);
        if (e == ERR_OK && i == 0)
            head = store_ledger_head(pieces[0].store).seq;
        if (e == ERR_OK && i == 0 && head)
            e = store_ledger_read(pieces[0].store, head - 1, 1, take_time, present_ms);
        if (e == ERR_OK)
            e = tally_new(*present_ms, QUARTERS, &pieces[i].tally);
        pieces[i].after = head / count * i;
        pieces[i].up_to = i + 1 == count ? head : head / count * (i + 1);
    }
    return e;
}

static void close_pieces(struct piece *pieces, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        tally_free(pieces[i].tally);
        if (pieces[i].store)
            store_close(pieces[i].store);
    }
}

/* Holding it against the engine's rows. */

struct comparing {
    const struct tally *tally;
    uint32_t present;
    uint64_t rows, differing, sum;
};

static void compare_window(struct comparing *comparing, const SignalCountsRecord *record, const char *stratum)
{
    uint32_t kept[RULE_COUNTERS] = {0};
    for (size_t i = 0; i < record->n_windows; i++) {
        const Stagematch__Internal__V1__SignalWindow *window = record->windows[i];
        bool counts =
            strcmp(window->stratum, stratum) == 0 && rule_in_window(window->quarter, comparing->present, QUARTERS);
        for (size_t c = 0; counts && c < window->n_counts && c < RULE_COUNTERS; c++)
            kept[c] += window->counts[c];
    }
    const uint32_t *found = tally_find(comparing->tally, (enum unit_kind)record->unit_kind, text_of(record->unit),
                                       text_of(record->school), text_of(stratum));
    bool same = true;
    for (unsigned c = 0; c < RULE_COUNTERS; c++) {
        same = same && kept[c] == (found ? found[c] : 0);
        comparing->sum += kept[c];
    }
    comparing->rows++;
    comparing->differing += !same;
}

static enum err compare_row(void *context, struct text key, struct text value)
{
    SignalCountsRecord *record;
    (void)key;
    enum err e = message_unpack(&stagematch__internal__v1__signal_counts_record__descriptor, value, &record);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < record->n_windows; i++) {
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = strcmp(record->windows[k]->stratum, record->windows[i]->stratum) == 0;
        if (!seen)
            compare_window(context, record, record->windows[i]->stratum);
    }
    message_free(record);
    return ERR_OK;
}

static enum err add_up(void *context, enum unit_kind kind, struct text unit, struct text school, struct text stratum,
                       const uint32_t counts[RULE_COUNTERS])
{
    uint64_t *sum = context;
    (void)kind;
    (void)unit;
    (void)school;
    (void)stratum;
    for (unsigned c = 0; c < RULE_COUNTERS; c++)
        *sum += counts[c];
    return ERR_OK;
}

/* Every row of the engine's, and nothing besides: then the sums are the same too. */
static enum err compare(struct store *store, const struct tally *tally, int64_t present_ms, FILE *out)
{
    struct comparing comparing = {.tally = tally, .present = rule_quarter(present_ms)};
    uint64_t sum = 0;
    enum err e = store_load(store, "signal_counts", compare_row, &comparing);
    if (e == ERR_OK)
        e = tally_each(tally, add_up, &sum);
    if (e != ERR_OK)
        return e;
    if (comparing.rows == 0) {
        fputs("engine: no rows to compare with\n", out);
        return ERR_OK;
    }
    fprintf(out, "engine: %" PRIu64 " rows, %" PRIu64 " differ, sums %" PRIu64 " and %" PRIu64 "\n", comparing.rows,
            comparing.differing, comparing.sum, sum);
    return comparing.differing || comparing.sum != sum ? ERR_MISMATCH : ERR_OK;
}

/* Statuses by rule. */

struct statuses {
    uint64_t count[UNIT_KINDS][RULE_LIMIT][JUDGED_SIGNAL + 1];
};

static void note_status(void *context, const struct tally_verdict *verdict)
{
    struct statuses *statuses = context;
    statuses->count[verdict->kind][verdict->sample->rule][verdict->judged->status]++;
}

static void print_statuses(const struct statuses *statuses, FILE *out)
{
    static const char *const kinds[UNIT_KINDS] = {"stratum", "company", "concern", "coordinator", "school"};
    static const char *const words[] = {"", "insufficient", "none", "observe", "signal"};
    for (unsigned kind = 0; kind < UNIT_KINDS; kind++)
        for (unsigned rule = 0; rule < RULE_LIMIT; rule++) {
            const struct rule_facts *facts = rule_facts(rule);
            const uint64_t *count = statuses->count[kind][rule];
            if (!facts || !(count[1] + count[2] + count[3] + count[4]))
                continue;
            fprintf(out, "%s %s/%u:", kinds[kind], facts->code, rule);
            for (unsigned status = JUDGED_INSUFFICIENT; status <= JUDGED_SIGNAL; status++)
                fprintf(out, " %s=%" PRIu64, words[status], count[status]);
            fputc('\n', out);
        }
}

static enum err report(struct piece *pieces, int64_t present_ms, FILE *out)
{
    struct tally *tally = pieces[0].tally;
    const struct tally_numbers numbers = tally_read_numbers(tally);
    struct statuses *statuses;
    enum err e = mem_alloc(1, sizeof *statuses, &statuses);
    if (e != ERR_OK)
        return e;
    fprintf(out, "steps: %" PRIu64 " counted, %" PRIu64 " repeated, %" PRIu64 " too old, %" PRIu64 " in the future\n",
            numbers.counted, numbers.repeated, numbers.too_old, numbers.in_the_future);
    const struct clock clock = clock_system();
    int64_t begun_us = clock_monotonic_us(&clock);
    e = tally_judge(tally, &judge_defaults, note_status, statuses);
    if (e == ERR_OK) {
        print_statuses(statuses, out);
        say_time("judged", begun_us);
        e = compare(pieces[0].store, tally, present_ms, out);
    }
    mem_free(statuses);
    return e;
}

static enum err recompute(const char *path, uint32_t threads, FILE *out)
{
    struct piece pieces[THREADS_MAX] = {0};
    const struct clock clock = clock_system();
    int64_t present_ms = 0, begun_us = clock_monotonic_us(&clock);
    enum err e = open_pieces(path, pieces, threads, &present_ms);
    if (e == ERR_OK)
        parallel_run(threads, threads, count_piece, pieces);
    for (uint32_t i = 0; e == ERR_OK && i < threads; i++)
        e = pieces[i].e;
    for (uint32_t i = 1; e == ERR_OK && i < threads; i++)
        e = tally_merge(pieces[0].tally, pieces[i].tally);
    if (e == ERR_OK) {
        say_time("recomputed", begun_us);
        e = report(pieces, present_ms, out);
    }
    close_pieces(pieces, threads);
    return e;
}

enum err signal_ledger_recompute(const char *path, uint32_t threads, FILE *out)
{
    uint32_t processors = threads ? threads : parallel_processors();
    enum err e = recompute(path, processors < THREADS_MAX ? processors : THREADS_MAX, out);
    return e == ERR_EXISTS ? recompute(path, 1, out) : e; /* the same step in both halves */
}
