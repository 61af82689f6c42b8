/* Which units a step counts in, and by whose decisions a unit is judged. */
#include "domain/signal_units.h"

#include "domain/signal_state.h"

#include <sodium.h>
#include <string.h>

enum { PLACEMENT_LOOKS_MAX = 1000 };

static void hash_key(const char *what, unsigned a, const char *name, unsigned b, struct text tail,
                     uint8_t out[ID_BYTES])
{
    crypto_generichash_state hash;
    const unsigned char numbers[2] = {(unsigned char)a, (unsigned char)b};
    (void)crypto_generichash_init(&hash, NULL, 0, ID_BYTES);
    (void)crypto_generichash_update(&hash, (const unsigned char *)what, strlen(what) + 1);
    (void)crypto_generichash_update(&hash, numbers, sizeof numbers);
    (void)crypto_generichash_update(&hash, (const unsigned char *)name, strlen(name) + 1);
    (void)crypto_generichash_update(&hash, (const unsigned char *)tail.data, tail.length);
    (void)crypto_generichash_final(&hash, out, ID_BYTES);
}

void signal_id_of(unsigned unit_kind, const char *unit, unsigned rule, const char *school, uint8_t out[ID_BYTES])
{
    hash_key("stagematch/signal/v1", unit_kind, unit, rule, text_of(school), out);
}

void signal_counts_id_of(unsigned unit_kind, const char *unit, const char *school, uint8_t out[ID_BYTES])
{
    hash_key("stagematch/signal-counts/v1", unit_kind, unit, 0, text_of(school), out);
}

void signal_event_id_of(unsigned rule, ProtobufCBinaryData subject, uint8_t out[ID_BYTES])
{
    hash_key("stagematch/signal-event/v1", rule, "", 0, text_of_bytes(subject), out);
}

bool signal_event_known(const struct context *context, unsigned rule, ProtobufCBinaryData subject)
{
    uint8_t id[ID_BYTES];
    signal_event_id_of(rule, subject, id);
    return state_find(context->state, RECORD_SIGNAL_EVENT, (struct text){(const char *)id, sizeof id}) != NULL;
}

void signal_place_of(const struct context *context, const PlacementRecord *placement, struct signal_place *out)
{
    const Stagematch__V1__Placement *offered = placement ? placement->placement : NULL;
    const char *qualification = offered && offered->n_qualifications ? offered->qualifications[0] : "";
    out->kvk = offered ? offered->kvk : "";
    chances_stratum(context->options->chances, qualification, offered ? offered->postcode : "", out->stratum);
}

const PlacementRecord *signal_any_placement(const struct state *state, const char *leerbedrijf)
{
    struct scan scan;
    scan_string(&scan, state, INDEX_PLACEMENT_LEERBEDRIJF, leerbedrijf);
    return scan_next(&scan);
}

/* Counters. */

static SignalCountsRecord *new_counts(struct context *context, const struct signal_unit *unit, struct text key)
{
    SignalCountsRecord *record = CONTEXT_NEW(context, stagematch__internal__v1__signal_counts_record__descriptor);
    if (!record)
        return NULL;
    record->unit_kind = unit->kind;
    if (!context_ok(context, message_assign_bytes(&record->counts_id, key)) ||
        !context_ok(context, message_assign_string(&record->unit, text_of(unit->name))) ||
        !context_ok(context, message_assign_string(&record->school, text_of(unit->school)))) {
        message_free(record);
        return NULL;
    }
    context_add(context, RECORD_SIGNAL_COUNTS, record);
    return context->error == ERR_OK ? context_edit(context, RECORD_SIGNAL_COUNTS, key) : NULL;
}

static int compare_window(const SignalWindow *window, uint32_t quarter, const char *stratum)
{
    if (window->quarter != quarter)
        return window->quarter < quarter ? -1 : 1;
    return strcmp(window->stratum, stratum);
}

/* Forgets what no window can reach any more, so that a record stays small. */
static void drop_old(SignalCountsRecord *record, uint32_t present, uint32_t quarters)
{
    size_t kept = 0;
    for (size_t i = 0; i < record->n_windows; i++) {
        if (record->windows[i]->quarter + quarters > present)
            record->windows[kept++] = record->windows[i];
        else
            message_free(record->windows[i]);
    }
    record->n_windows = kept;
}

/* The window of a quarter and stratum, in its place. */
static SignalWindow *window_of(struct context *context, SignalCountsRecord *record, uint32_t quarter,
                               const char *stratum)
{
    size_t at = record->n_windows;
    while (at > 0 && compare_window(record->windows[at - 1], quarter, stratum) > 0)
        at--;
    if (at > 0 && compare_window(record->windows[at - 1], quarter, stratum) == 0)
        return record->windows[at - 1];
    SignalWindow *window = CONTEXT_NEW(context, stagematch__internal__v1__signal_window__descriptor);
    if (!window)
        return NULL;
    window->quarter = quarter;
    if (!context_ok(context, message_assign_string(&window->stratum, text_of(stratum)))) {
        message_free(window);
        return NULL;
    }
    if (!context_ok(context, message_append(&record->n_windows, &record->windows, window)))
        return NULL;
    memmove(&record->windows[at + 1], &record->windows[at], (record->n_windows - 1 - at) * sizeof(void *));
    record->windows[at] = window;
    return window;
}

static void add_one(struct context *context, SignalWindow *window, enum rule_counter counter)
{
    size_t before = window->n_counts, need = (size_t)counter + 1;
    if (need > before) {
        if (!context_ok(context, mem_resize(&window->counts, need, sizeof *window->counts)))
            return;
        memset(window->counts + before, 0, (need - before) * sizeof *window->counts);
        window->n_counts = need;
    }
    if (window->counts[counter] < UINT32_MAX)
        window->counts[counter]++;
}

void signal_unit_add(struct context *context, const struct signal_unit *unit, const char *stratum,
                     const enum rule_counter *counters, size_t count)
{
    uint8_t id[ID_BYTES];
    struct text key = {(const char *)id, sizeof id};
    uint32_t present = rule_quarter(context->now_ms);
    if (count == 0 || context->error != ERR_OK)
        return;
    signal_counts_id_of(unit->kind, unit->name, unit->school, id);
    SignalCountsRecord *record = context_edit(context, RECORD_SIGNAL_COUNTS, key);
    if (!record)
        record = new_counts(context, unit, key);
    if (!record)
        return;
    drop_old(record, present, signal_options_of(context).window_quarters);
    SignalWindow *window = window_of(context, record, present, stratum);
    for (size_t i = 0; window && i < count; i++)
        add_one(context, window, counters[i]);
    context_edited(context, RECORD_SIGNAL_COUNTS, record);
}

/* Pooling. */

struct signal_options signal_options_of(const struct context *context)
{
    enum { QUARTERS_DEFAULT = 8, AGAIN_WEEKS_DEFAULT = 8, EARLY_WEEKS_DEFAULT = 8 };
    struct signal_options options = context->options->signals;
    if (options.judge.signal_level <= 0)
        options.judge = judge_defaults;
    options.window_quarters = options.window_quarters ? options.window_quarters : QUARTERS_DEFAULT;
    options.again_weeks = options.again_weeks ? options.again_weeks : AGAIN_WEEKS_DEFAULT;
    options.early_weeks = options.early_weeks ? options.early_weeks : EARLY_WEEKS_DEFAULT;
    return options;
}

static void pool_record(struct signal_pool *pool, const SignalCountsRecord *record, uint32_t present,
                        uint32_t quarters)
{
    for (size_t i = 0; i < record->n_windows; i++) {
        const SignalWindow *window = record->windows[i];
        if (!rule_in_window(window->quarter, present, quarters))
            continue;
        struct unit_share *share = unit_share_of(pool->shares, &pool->count, window->stratum);
        for (size_t c = 0; c < window->n_counts && c < RULE_COUNTERS; c++) {
            share->counts[c] += window->counts[c];
            pool->total[c] += window->counts[c];
        }
    }
}

void signal_pool(const struct context *context, const struct signal_unit *unit, struct signal_pool *out)
{
    struct scan scan;
    struct index_key prefix;
    uint32_t present = rule_quarter(context->now_ms), quarters = signal_options_of(context).window_quarters;
    out->count = 0;
    memset(out->total, 0, sizeof out->total);
    index_key_start(&prefix);
    index_key_u8(&prefix, unit->kind);
    index_key_string(&prefix, unit->name);
    if (unit->school)
        index_key_string(&prefix, unit->school);
    scan_start(&scan, context->state, INDEX_SIGNAL_COUNTS_UNIT, &prefix);
    for (const SignalCountsRecord *record; (record = scan_next(&scan));)
        pool_record(out, record, present, quarters);
}

static void counted_in(const void *context, const char *stratum, uint64_t out[RULE_COUNTERS])
{
    struct signal_pool all;
    signal_pool(context, &(struct signal_unit){UNIT_STRATUM, stratum, ""}, &all);
    for (unsigned i = 0; i < RULE_COUNTERS; i++)
        out[i] = all.total[i];
}

struct judge_sample signal_sample(const struct context *context, const struct signal_pool *all,
                                  const struct signal_pool *of, unsigned rule)
{
    const struct comparison with = {counted_in, context, all->shares, all->count};
    return compare_sample(&with, of->shares, of->count, rule);
}
