/* The figures of a term that was counted become what everybody gets, for good. */
#include "domain/monitor.h"

#include "signal/disclosure.h"
#include "signal/discrete_laplace.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS = 4, NOISY = MONITOR_REPORTS_OPEN };

/* One unit of the tree; `key` ends at its level: "", "zorg", "zorg\0" "35", "zorg\0" "35\0" "99AA". */
struct node {
    struct text key;
    uint32_t level;
};

/* Units by level, and in one level by key, so that parts of one unit stand beside each other. */
struct tree {
    struct node *nodes;
    struct disclosure_unit *units;
    int64_t *counts; /* NOISY of each */
    uint64_t *seats;
    size_t count;
};

struct leaf {
    struct text key;
    uint32_t number;
};

static int by_key(const void *left, const void *right)
{
    return text_compare(((const struct leaf *)left)->key, ((const struct leaf *)right)->key);
}

/* The part of a leaf's key that names the unit of a level above it. */
static struct text key_at(struct text key, uint32_t level)
{
    size_t length = 0;
    for (uint32_t i = 0; i < level; i++) {
        const char *end = memchr(key.data + length, '\0', key.length - length);
        length = end && i + 1 < LEVELS - 1 ? (size_t)(end - key.data) + 1 : key.length;
    }
    if (level > 0 && level < LEVELS - 1)
        length--; /* without the NUL behind it */
    return (struct text){key.data, length};
}

static void tree_free(struct tree *tree)
{
    mem_free(tree->nodes);
    mem_free(tree->units);
    mem_free(tree->counts);
    mem_free(tree->seats);
}

static enum err tree_alloc(struct tree *tree, size_t count)
{
    *tree = (struct tree){.nodes = NULL};
    enum err e = mem_alloc(count, sizeof *tree->nodes, &tree->nodes);
    if (e == ERR_OK)
        e = mem_alloc(count, sizeof *tree->units, &tree->units);
    if (e == ERR_OK)
        e = mem_alloc(count * NOISY, sizeof *tree->counts, &tree->counts);
    if (e == ERR_OK)
        e = mem_alloc(count, sizeof *tree->seats, &tree->seats);
    if (e != ERR_OK)
        tree_free(tree);
    return e;
}

/* One level below the last: a unit for each different key, in order, with its parent in [from, to). */
static void add_level(struct tree *tree, const struct leaf *leaves, size_t leaf_count, uint32_t level, size_t from)
{
    size_t parent = from, first = tree->count;
    for (size_t i = 0; i < leaf_count; i++) {
        struct text key = key_at(leaves[i].key, level), above = key_at(leaves[i].key, level - 1);
        if (tree->count > first && text_equal(tree->nodes[tree->count - 1].key, key))
            continue;
        while (!text_equal(tree->nodes[parent].key, above))
            parent++;
        tree->nodes[tree->count] = (struct node){key, level};
        tree->units[tree->count++].parent = (uint32_t)parent;
    }
}

/* Counts of leaves; persons and seats of all above them. */
static void fill(struct tree *tree, const struct leaf *leaves, size_t leaf_count, const struct monitor_count *counts)
{
    size_t first_leaf = tree->count - leaf_count;
    for (size_t i = 0; i < leaf_count; i++) {
        const struct monitor_count *row = &counts[leaves[i].number];
        tree->units[first_leaf + i].persons = (uint64_t)row->columns[MONITOR_STUDENTS];
        tree->seats[first_leaf + i] = (uint64_t)row->columns[MONITOR_SEATS];
        memcpy(tree->counts + (first_leaf + i) * NOISY, row->columns, NOISY * sizeof *tree->counts);
    }
    for (size_t i = tree->count; i-- > 1;) {
        tree->units[tree->units[i].parent].persons += tree->units[i].persons;
        tree->seats[tree->units[i].parent] += tree->seats[i];
    }
}

static enum err tree_build(const struct monitor_work *work, struct tree *tree)
{
    struct leaf *leaves;
    size_t count = work->units.count;
    enum err e = mem_alloc(count, sizeof *leaves, &leaves);
    if (e != ERR_OK)
        return e;
    e = tree_alloc(tree, 1 + count * (LEVELS - 1));
    for (size_t i = 0; e == ERR_OK && i < count; i++)
        leaves[i] = (struct leaf){intern_text(&work->units, (uint32_t)i), (uint32_t)i};
    if (e == ERR_OK && count)
        qsort(leaves, count, sizeof *leaves, by_key);
    if (e == ERR_OK) {
        tree->nodes[0] = (struct node){{"", 0}, 0};
        tree->units[0].parent = DISCLOSURE_NONE;
        tree->count = 1;
        size_t from = 0;
        for (uint32_t level = 1; level < LEVELS; level++) {
            size_t next = tree->count;
            add_level(tree, leaves, count, level, from);
            from = next;
        }
        fill(tree, leaves, count, work->counts);
    }
    mem_free(leaves);
    return e;
}

/* Random bits from the command's entropy: the state machine has no randomness of its own, and nobody knows these afterwards. */
static void draw(void *user, void *out, size_t length)
{
    struct context *context = user;
    uint8_t block[ID_BYTES];
    for (size_t done = 0; done < length; done += sizeof block) {
        context_draw(context, block);
        memcpy((uint8_t *)out + done, block, length - done < sizeof block ? length - done : sizeof block);
    }
    sodium_memzero(block, sizeof block);
}

static struct disclosure_rule rule_of(const struct context *context)
{
    unsigned terms_a_year = (unsigned)__builtin_popcount(context->options->monitor.months);
    return (struct disclosure_rule){MONITOR_THRESHOLD, MONITOR_ROUNDING,
                                    MONITOR_CAP * (terms_a_year ? terms_a_year : 1), 1};
}

static void name_unit(struct context *context, const struct node *node, Stagematch__V1__MonitorUnit *unit)
{
    struct text rest = node->key, part;
    char **fields[] = {&unit->sector, &unit->region, &unit->school};
    for (uint32_t level = 0; level < LEVELS - 1 && level < node->level && text_next(&rest, '\0', &part); level++)
        (void)context_ok(context, message_assign_string(fields[level], part));
}

/* What is smaller than it may be off says nothing, and would be read as if it did. */
static uint32_t told(int64_t count, uint32_t margin, const struct disclosure_rule *rule)
{
    uint32_t rounded = disclosure_round(count, rule);
    return rounded < margin ? 0 : rounded;
}

static void show_unit(struct context *context, const struct tree *tree, size_t at, const struct disclosure_rule *rule,
                      Stagematch__V1__GetMonitorResponse *answer)
{
    const int64_t *counts = tree->counts + at * NOISY;
    Stagematch__V1__MonitorUnit *unit = CONTEXT_NEW(context, stagematch__v1__monitor_unit__descriptor);
    if (!unit)
        return;
    unit->level = (Stagematch__V1__MonitorLevel)(tree->nodes[at].level + 1);
    unit->margin = disclosure_margin(tree->units[at].parts, rule);
    name_unit(context, &tree->nodes[at], unit);
    if (context_ok(context, mem_alloc(MONITOR_COLUMNS, sizeof *unit->counts, &unit->counts))) {
        unit->n_counts = MONITOR_COLUMNS;
        for (size_t i = 0; i < NOISY; i++)
            unit->counts[i] = told(counts[i], unit->margin, rule);
        if (tree->nodes[at].level < LEVELS - 1)
            unit->counts[MONITOR_SEATS] = disclosure_round((int64_t)tree->seats[at], rule);
    }
    (void)context_ok(context, message_append(&answer->n_units, &answer->units, unit));
}

/* Reports have noise of their own, one draw; measures none: they are of schools and companies. */
static void show_market(const struct monitor_count *market, const struct disclosure_rule *rule,
                        const struct random_source *random, Stagematch__V1__MonitorUnit *whole)
{
    for (size_t i = MONITOR_REPORTS_OPEN; i <= MONITOR_REPORTS_ENDED; i++) {
        int64_t noise = discrete_laplace_draw(random, rule->scale_numerator, rule->scale_denominator);
        whole->counts[i] = told(market->columns[i] + noise, disclosure_margin(1, rule), rule);
    }
    whole->counts[MONITOR_MEASURES] = disclosure_round(market->columns[MONITOR_MEASURES], rule);
}

static void show_protection(struct context *context, const struct disclosure_rule *rule,
                            Stagematch__V1__GetMonitorResponse *answer)
{
    Stagematch__V1__MonitorProtection *shown = CONTEXT_NEW(context, stagematch__v1__monitor_protection__descriptor);
    if (!shown)
        return;
    shown->threshold = rule->threshold;
    shown->rounding = rule->rounding;
    shown->counts_per_student = MONITOR_CAP;
    shown->noise_scale = rule->scale_numerator / rule->scale_denominator;
    shown->epsilon_year_thousandths = 1000;
    answer->protection = shown;
}

static void make_answer(struct context *context, struct tree *tree, const struct monitor_count *market,
                        Stagematch__V1__GetMonitorResponse *answer)
{
    struct disclosure_rule rule = rule_of(context);
    struct random_source random = {draw, context};
    monitor_show_columns(context, &answer->n_columns, &answer->columns);
    show_protection(context, &rule, answer);
    disclosure_decide(tree->units, tree->count, &rule);
    disclosure_add_noise(tree->units, tree->count, tree->counts, NOISY, &rule, &random);
    for (size_t i = 0; i < tree->count && context->error == ERR_OK; i++)
        if (tree->units[i].shown)
            show_unit(context, tree, i, &rule, answer);
    if (context->error == ERR_OK && answer->n_units)
        show_market(market, &rule, &random, answer->units[0]);
}

static void keep(struct context *context, const char *term, Stagematch__V1__GetMonitorResponse *answer)
{
    uint8_t digest[32];
    MonitorRecord *record = context_edit(context, RECORD_MONITOR, text_of(term));
    if (!record)
        return;
    record->closing = false;
    record->frozen = true;
    record->freeze_ms = context->now_ms;
    monitor_show_term(context, record, &answer->term);
    size_t length = protobuf_c_message_get_packed_size(&answer->base);
    if (context->error != ERR_OK || !context_ok(context, mem_alloc(1, length, &record->answer.data)))
        return;
    record->answer.len = protobuf_c_message_pack(&answer->base, record->answer.data);
    (void)crypto_generichash(digest, sizeof digest, record->answer.data, record->answer.len, NULL, 0);
    context_edited(context, RECORD_MONITOR, record);
    (void)context_fact(
        context, &(struct fact){.kind = "monitor_frozen", .code = record->term, .digest = {sizeof digest, digest}});
}

void monitor_freeze(struct context *context, const MonitorRecord *record, struct monitor_work *work)
{
    struct monitor_term term = {.first_day = record->first_day, .last_day = record->last_day}, next;
    char code[sizeof term.code];
    struct tree tree = {.nodes = NULL};
    (void)snprintf(code, sizeof code, "%s", record->term);
    Stagematch__V1__GetMonitorResponse *answer =
        CONTEXT_NEW(context, stagematch__v1__get_monitor_response__descriptor);
    if (!answer || !context_ok(context, tree_build(work, &tree))) {
        message_free(answer);
        return;
    }
    make_answer(context, &tree, &work->market, answer);
    keep(context, code, answer);
    tree_free(&tree);
    message_free(answer);
    monitor_term_after(context->options->monitor.months, &term, &next);
    monitor_open(context, &next);
}
