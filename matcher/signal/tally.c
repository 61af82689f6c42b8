#include "signal/tally.h"

#include "base/intern.h"
#include "base/mem.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS_OF_STEP_MAX = 4, SLOTS_MIN = 1024, MARKS = 32 };
#define NAME_BYTES_MAX ((size_t)1 << 32)

struct cell {
    uint32_t unit, school, stratum;
    uint8_t kind;
    uint32_t counts[RULE_COUNTERS];
};

/* Open addressing over 64-bit keys; 0 is free. */
struct key_set {
    uint64_t *slots;
    size_t slot_count, used;
};

/* Of a name: which strata it lies in where it is one; the first leerbedrijf, and whether there are more, where it is a concern. */
struct name_facts {
    uint32_t level[STRATUM_LEVELS];
    uint32_t first_company;
    bool is_split, plural;
};

/* What a step adds, worked out once: rule_adds by step, marks and kind. */
struct adds {
    uint8_t count, counters[RULE_ADDS_MAX];
};

/* A name by the keyed hash of its text: texts that hash alike are taken for one, which happens once in 10¹³ pairs of ledgers. */
struct name_slot {
    uint64_t hash; /* 0: free */
    uint32_t name;
};

struct tally {
    struct adds adds[RULE_STEPS][MARKS][UNIT_KINDS];
    struct intern names;
    struct name_slot *name_slots;
    size_t name_slot_count;
    uint8_t name_key[crypto_shorthash_KEYBYTES];
    struct name_facts *facts; /* by name */
    size_t facts_capacity, facts_count;
    struct cell *cells;
    size_t cell_count, cell_capacity;
    /* The upper half of the key's hash, so that a cell is only looked at where it is likely the one; then cell + 1. 0: free. */
    uint64_t *slots;
    size_t slot_count;
    struct key_set seen;
    uint32_t present, quarters, nothing; /* nothing: the name "" */
    struct tally_numbers numbers;
};

static uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

uint64_t tally_key(struct text subject, enum rule_step step)
{
    uint64_t key = 0;
    for (size_t i = 0; i < subject.length && i < sizeof key; i++)
        key = key << 8 | (uint8_t)subject.data[i];
    key = mix(key + (uint64_t)step * 0x9e3779b97f4a7c15u);
    return key ? key : 1;
}

/* The set of keys. */

static enum err set_grow(struct key_set *set)
{
    size_t count = set->slot_count ? 2 * set->slot_count : SLOTS_MIN;
    uint64_t *slots;
    enum err e = mem_alloc(count, sizeof *slots, &slots);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < set->slot_count; i++) {
        size_t at = (size_t)set->slots[i] & (count - 1);
        while (set->slots[i] && slots[at])
            at = (at + 1) & (count - 1);
        if (set->slots[i])
            slots[at] = set->slots[i];
    }
    mem_free(set->slots);
    set->slots = slots;
    set->slot_count = count;
    return ERR_OK;
}

/* ERR_EXISTS: it is there. */
static enum err set_add(struct key_set *set, uint64_t key)
{
    enum err e = 2 * (set->used + 1) > set->slot_count ? set_grow(set) : ERR_OK;
    if (e != ERR_OK)
        return e;
    size_t at = (size_t)key & (set->slot_count - 1);
    for (; set->slots[at]; at = (at + 1) & (set->slot_count - 1))
        if (set->slots[at] == key)
            return ERR_EXISTS;
    set->slots[at] = key;
    set->used++;
    return ERR_OK;
}

/* Names. */

static size_t name_slot_of(const struct name_slot *slots, size_t count, uint64_t hash)
{
    size_t at = (size_t)hash & (count - 1);
    while (slots[at].hash && slots[at].hash != hash)
        at = (at + 1) & (count - 1);
    return at;
}

static enum err grow_name_slots(struct tally *tally)
{
    size_t count = tally->name_slot_count ? 2 * tally->name_slot_count : SLOTS_MIN;
    struct name_slot *slots;
    enum err e = mem_alloc(count, sizeof *slots, &slots);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < tally->name_slot_count; i++)
        if (tally->name_slots[i].hash)
            slots[name_slot_of(slots, count, tally->name_slots[i].hash)] = tally->name_slots[i];
    mem_free(tally->name_slots);
    tally->name_slots = slots;
    tally->name_slot_count = count;
    return ERR_OK;
}

static enum err new_name(struct tally *tally, struct text text, uint32_t *out)
{
    enum err e = intern_put(&tally->names, text, out);
    if (e != ERR_OK || *out < tally->facts_count)
        return e;
    e = mem_grow(&tally->facts, &tally->facts_capacity, (size_t)*out + 1, sizeof *tally->facts);
    if (e != ERR_OK)
        return e;
    memset(&tally->facts[tally->facts_count], 0, (*out + 1 - tally->facts_count) * sizeof *tally->facts);
    tally->facts_count = (size_t)*out + 1;
    return ERR_OK;
}

static enum err name_of(struct tally *tally, struct text text, uint32_t *out)
{
    uint64_t hash = 0;
    enum err e = 2 * (tally->names.count + 1) > tally->name_slot_count ? grow_name_slots(tally) : ERR_OK;
    if (e != ERR_OK)
        return e;
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)text.data, text.length, tally->name_key);
    hash += hash == 0;
    struct name_slot *slot = &tally->name_slots[name_slot_of(tally->name_slots, tally->name_slot_count, hash)];
    if (slot->hash) {
        *out = slot->name;
        return ERR_OK;
    }
    e = new_name(tally, text, out);
    if (e == ERR_OK)
        *slot = (struct name_slot){hash, *out};
    return e;
}

static enum err split_stratum(struct tally *tally, uint32_t stratum)
{
    struct name_facts facts = tally->facts[stratum];
    char name[STRATUM_BYTES];
    enum err e = ERR_OK;
    for (unsigned level = 0; e == ERR_OK && level < STRATUM_LEVELS; level++) {
        stratum_at(intern_text(&tally->names, stratum).data, level, name);
        e = name_of(tally, text_of(name), &facts.level[level]);
    }
    facts.is_split = e == ERR_OK;
    tally->facts[stratum] = facts;
    return e;
}

/* Cells. */

static uint64_t hash_of(const struct cell *cell)
{
    uint64_t names = (uint64_t)cell->unit << 32 | cell->school;
    return mix(names * 0x9e3779b97f4a7c15u + ((uint64_t)cell->stratum << 8 | cell->kind));
}

static struct cell *cell_at(const struct tally *tally, uint64_t slot)
{
    return &tally->cells[(uint32_t)slot - 1];
}

static size_t slot_of(const struct tally *tally, const struct cell *wanted, uint64_t hash)
{
    size_t at = (size_t)hash & (tally->slot_count - 1);
    for (; tally->slots[at]; at = (at + 1) & (tally->slot_count - 1)) {
        if (tally->slots[at] >> 32 != hash >> 32)
            continue;
        const struct cell *cell = cell_at(tally, tally->slots[at]);
        if (cell->unit == wanted->unit && cell->school == wanted->school && cell->stratum == wanted->stratum &&
            cell->kind == wanted->kind)
            break;
    }
    return at;
}

static uint64_t slot_for(uint64_t hash, size_t cell)
{
    return hash >> 32 << 32 | (uint64_t)(cell + 1);
}

static enum err grow_slots(struct tally *tally)
{
    size_t count = tally->slot_count ? 2 * tally->slot_count : SLOTS_MIN;
    uint64_t *slots;
    enum err e = mem_alloc(count, sizeof *slots, &slots);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < tally->cell_count; i++) {
        uint64_t hash = hash_of(&tally->cells[i]);
        size_t at = (size_t)hash & (count - 1);
        while (slots[at])
            at = (at + 1) & (count - 1);
        slots[at] = slot_for(hash, i);
    }
    mem_free(tally->slots);
    tally->slots = slots;
    tally->slot_count = count;
    return ERR_OK;
}

static enum err cell_of(struct tally *tally, struct cell wanted, struct cell **out)
{
    enum err e = 2 * (tally->cell_count + 1) > tally->slot_count ? grow_slots(tally) : ERR_OK;
    if (e != ERR_OK)
        return e;
    uint64_t hash = hash_of(&wanted);
    size_t at = slot_of(tally, &wanted, hash);
    if (!tally->slots[at]) {
        if (tally->cell_count == UINT32_MAX - 1)
            return ERR_RANGE;
        e = mem_grow(&tally->cells, &tally->cell_capacity, tally->cell_count + 1, sizeof *tally->cells);
        if (e != ERR_OK)
            return e;
        tally->cells[tally->cell_count] = wanted;
        tally->slots[at] = slot_for(hash, tally->cell_count++);
    }
    *out = cell_at(tally, tally->slots[at]);
    return ERR_OK;
}

static enum err add_counters(struct tally *tally, const struct cell *to, const struct tally_step *step)
{
    const struct adds *adds = &tally->adds[step->step][step->marks % MARKS][to->kind];
    struct cell *cell = NULL;
    if (adds->count == 0)
        return ERR_OK;
    enum err e = cell_of(tally, *to, &cell);
    for (size_t i = 0; e == ERR_OK && i < adds->count; i++)
        cell->counts[adds->counters[i]]++;
    return e;
}

static void note_company(struct tally *tally, uint32_t concern, uint32_t company)
{
    struct name_facts *facts = &tally->facts[concern];
    if (facts->first_company && facts->first_company != company + 1)
        facts->plural = true;
    else
        facts->first_company = company + 1;
}

/* The names of a step, in the order of `names`. */
enum { SCHOOL, COMPANY, CONCERN, ACCOUNT, STRATUM, NAME_COUNT };

static enum err add_units(struct tally *tally, const struct tally_step *step, const uint32_t names[NAME_COUNT])
{
    static const struct {
        enum unit_kind kind;
        int name;
    } units[UNITS_OF_STEP_MAX] = {
        {UNIT_COMPANY, COMPANY}, {UNIT_CONCERN, CONCERN}, {UNIT_COORDINATOR, ACCOUNT}, {UNIT_SCHOOL, SCHOOL}};
    enum err e = ERR_OK;
    for (size_t i = 0; e == ERR_OK && i < UNITS_OF_STEP_MAX; i++) {
        struct cell to = {.unit = names[units[i].name],
                          .school = names[SCHOOL],
                          .stratum = names[STRATUM],
                          .kind = (uint8_t)units[i].kind};
        bool of_coordinator = units[i].kind == UNIT_COORDINATOR || units[i].kind == UNIT_SCHOOL;
        if (to.unit == tally->nothing || to.school == tally->nothing || (of_coordinator && !step->account.length))
            continue;
        e = add_counters(tally, &to, step);
    }
    if (names[CONCERN] != tally->nothing && names[COMPANY] != tally->nothing)
        note_company(tally, names[CONCERN], names[COMPANY]);
    for (unsigned level = 0; e == ERR_OK && level < STRATUM_LEVELS; level++) {
        const struct cell to = {.unit = tally->facts[names[STRATUM]].level[level],
                                .school = tally->nothing,
                                .stratum = tally->nothing,
                                .kind = UNIT_STRATUM};
        e = add_counters(tally, &to, step);
    }
    return e;
}

enum err tally_add(struct tally *tally, const struct tally_step *step)
{
    const struct text texts[NAME_COUNT] = {step->school, step->leerbedrijf, step->kvk, step->account, step->stratum};
    uint32_t names[NAME_COUNT], quarter = rule_quarter(step->time_ms);
    if (step->step == STEP_OTHER)
        return ERR_OK;
    enum err e = set_add(&tally->seen, step->key);
    if (e != ERR_OK) {
        tally->numbers.repeated += e == ERR_EXISTS;
        return e == ERR_EXISTS ? ERR_OK : e;
    }
    if (!rule_in_window(quarter, tally->present, tally->quarters)) {
        tally->numbers.in_the_future += quarter > tally->present;
        tally->numbers.too_old += quarter <= tally->present;
        return ERR_OK;
    }
    for (size_t i = 0; e == ERR_OK && i < NAME_COUNT; i++) {
        names[i] = tally->nothing;
        if (texts[i].length)
            e = name_of(tally, texts[i], &names[i]);
    }
    if (e == ERR_OK && !tally->facts[names[STRATUM]].is_split)
        e = split_stratum(tally, names[STRATUM]);
    if (e == ERR_OK)
        e = add_units(tally, step, names);
    tally->numbers.counted += e == ERR_OK;
    return e;
}

static void work_out(struct tally *tally)
{
    for (unsigned step = 0; step < RULE_STEPS; step++)
        for (unsigned marks = 0; marks < MARKS; marks++)
            for (unsigned kind = 0; kind < UNIT_KINDS; kind++) {
                enum rule_counter counters[RULE_ADDS_MAX];
                struct adds *adds = &tally->adds[step][marks][kind];
                adds->count = (uint8_t)rule_adds(step, marks, kind, counters);
                for (size_t i = 0; i < adds->count; i++)
                    adds->counters[i] = (uint8_t)counters[i];
            }
}

enum err tally_new(int64_t present_ms, uint32_t quarters, struct tally **out)
{
    struct tally *tally;
    enum err e = mem_alloc(1, sizeof *tally, &tally);
    if (e != ERR_OK)
        return e;
    intern_init(&tally->names, NAME_BYTES_MAX);
    tally->present = rule_quarter(present_ms);
    tally->quarters = quarters;
    work_out(tally);
    crypto_shorthash_keygen(tally->name_key);
    e = name_of(tally, text_of(""), &tally->nothing);
    if (e != ERR_OK)
        tally_free(tally);
    else
        *out = tally;
    return e;
}

void tally_free(struct tally *tally)
{
    if (!tally)
        return;
    intern_free(&tally->names);
    mem_free(tally->name_slots);
    mem_free(tally->facts);
    mem_free(tally->cells);
    mem_free(tally->slots);
    mem_free(tally->seen.slots);
    mem_free(tally);
}

/* Merging. */

static enum err merge_names(struct tally *into, const struct tally *from, uint32_t *names)
{
    enum err e = ERR_OK;
    for (uint32_t i = 0; e == ERR_OK && i < from->names.count; i++)
        e = name_of(into, intern_text(&from->names, i), &names[i]);
    for (uint32_t i = 0; e == ERR_OK && i < from->names.count; i++) {
        const struct name_facts *facts = &from->facts[i];
        if (facts->is_split && !into->facts[names[i]].is_split)
            e = split_stratum(into, names[i]);
        if (facts->first_company)
            note_company(into, names[i], names[facts->first_company - 1]);
        if (facts->plural)
            into->facts[names[i]].plural = true;
    }
    return e;
}

static enum err merge_cells(struct tally *into, const struct tally *from, const uint32_t *names)
{
    enum err e = ERR_OK;
    for (size_t i = 0; e == ERR_OK && i < from->cell_count; i++) {
        const struct cell *cell = &from->cells[i];
        struct cell *to = NULL;
        e = cell_of(into,
                    (struct cell){.unit = names[cell->unit],
                                  .school = names[cell->school],
                                  .stratum = names[cell->stratum],
                                  .kind = cell->kind},
                    &to);
        for (unsigned c = 0; e == ERR_OK && c < RULE_COUNTERS; c++)
            to->counts[c] += cell->counts[c];
    }
    return e;
}

enum err tally_merge(struct tally *into, const struct tally *from)
{
    uint32_t *names;
    enum err e = mem_alloc(from->names.count, sizeof *names, &names);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; e == ERR_OK && i < from->seen.slot_count; i++)
        if (from->seen.slots[i])
            e = set_add(&into->seen, from->seen.slots[i]);
    if (e == ERR_OK)
        e = merge_names(into, from, names);
    if (e == ERR_OK)
        e = merge_cells(into, from, names);
    mem_free(names);
    into->numbers.counted += from->numbers.counted;
    into->numbers.repeated += from->numbers.repeated;
    into->numbers.too_old += from->numbers.too_old;
    into->numbers.in_the_future += from->numbers.in_the_future;
    return e;
}

/* Looking. */

struct tally_numbers tally_read_numbers(const struct tally *tally)
{
    struct tally_numbers numbers = tally->numbers;
    numbers.units = tally->names.count;
    numbers.cells = tally->cell_count;
    return numbers;
}

static const uint32_t *find(const struct tally *tally, const struct cell *wanted)
{
    uint64_t found = tally->slot_count ? tally->slots[slot_of(tally, wanted, hash_of(wanted))] : 0;
    return found ? cell_at(tally, found)->counts : NULL;
}

const uint32_t *tally_find(const struct tally *tally, enum unit_kind kind, struct text unit, struct text school,
                           struct text stratum)
{
    const struct cell wanted = {.unit = intern_find(&tally->names, unit),
                                .school = intern_find(&tally->names, school),
                                .stratum = intern_find(&tally->names, stratum),
                                .kind = (uint8_t)kind};
    bool known = wanted.unit != INTERN_NONE && wanted.school != INTERN_NONE && wanted.stratum != INTERN_NONE;
    return known ? find(tally, &wanted) : NULL;
}

enum err tally_each(const struct tally *tally,
                    enum err (*visit)(void *context, enum unit_kind kind, struct text unit, struct text school,
                                      struct text stratum, const uint32_t counts[RULE_COUNTERS]),
                    void *context)
{
    enum err e = ERR_OK;
    for (size_t i = 0; e == ERR_OK && i < tally->cell_count; i++) {
        const struct cell *cell = &tally->cells[i];
        e = visit(context, (enum unit_kind)cell->kind, intern_text(&tally->names, cell->unit),
                  intern_text(&tally->names, cell->school), intern_text(&tally->names, cell->stratum), cell->counts);
    }
    return e;
}

/* Judging. */

static void counted_in(const void *context, const char *stratum, uint64_t out[RULE_COUNTERS])
{
    const struct tally *tally = context;
    const uint32_t *counts = tally_find(tally, UNIT_STRATUM, text_of(stratum), text_of(""), text_of(""));
    for (unsigned i = 0; i < RULE_COUNTERS; i++)
        out[i] = counts ? counts[i] : 0;
}

static int by_unit(const void *a, const void *b)
{
    const struct cell *left = *(const struct cell *const *)a, *right = *(const struct cell *const *)b;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    if (left->unit != right->unit)
        return left->unit < right->unit ? -1 : 1;
    if (left->stratum != right->stratum)
        return left->stratum < right->stratum ? -1 : 1;
    return left->school < right->school ? -1 : left->school > right->school;
}

struct judging {
    struct tally *tally;
    const struct judge_settings *settings;
    void (*visit)(void *context, const struct tally_verdict *verdict);
    void *context;
};

static void judge_unit(const struct judging *judging, const struct cell *const *cells, size_t count)
{
    struct unit_share shares[UNIT_SHARES_MAX];
    size_t share_count = 0;
    enum unit_kind kind = (enum unit_kind)cells[0]->kind;
    const struct tally *tally = judging->tally;
    if (kind == UNIT_STRATUM || (kind == UNIT_CONCERN && !tally->facts[cells[0]->unit].plural))
        return;
    for (size_t i = 0; i < count; i++) {
        struct unit_share *share =
            unit_share_of(shares, &share_count, intern_text(&tally->names, cells[i]->stratum).data);
        for (unsigned c = 0; c < RULE_COUNTERS; c++)
            share->counts[c] += cells[i]->counts[c];
    }
    const struct comparison with = {counted_in, tally, shares, share_count};
    for (unsigned rule = 0; rule < RULE_LIMIT; rule++) {
        const struct rule_facts *facts = rule_facts(rule);
        uint32_t events = 0;
        for (size_t i = 0; facts && i < share_count; i++)
            events += rule_events(rule, shares[i].counts);
        if (!events || !(facts->units >> kind & 1))
            continue;
        const struct judge_sample sample = compare_sample(&with, shares, share_count, rule);
        const struct judgement judged = judge(&sample, judging->settings);
        judging->visit(judging->context,
                       &(struct tally_verdict){kind, intern_text(&tally->names, cells[0]->unit), &sample, &judged});
    }
}

enum err tally_judge(struct tally *tally, const struct judge_settings *settings,
                     void (*visit)(void *context, const struct tally_verdict *verdict), void *context)
{
    const struct judging judging = {tally, settings, visit, context};
    const struct cell **order;
    enum err e = mem_alloc(tally->cell_count, sizeof(void *), &order);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < tally->cell_count; i++)
        order[i] = &tally->cells[i];
    if (tally->cell_count)
        qsort(order, tally->cell_count, sizeof(void *), by_unit);
    for (size_t begin = 0, end; begin < tally->cell_count; begin = end) {
        for (end = begin + 1; end < tally->cell_count && order[end]->kind == order[begin]->kind &&
                              order[end]->unit == order[begin]->unit;
             end++)
            continue;
        judge_unit(&judging, order + begin, end - begin);
    }
    mem_free(order);
    return ERR_OK;
}
