/*
 * The end of a period: decisions become blocks, and all blocks are judged.
 *
 * Names become numbers by their place in a sorted list. Rows of a cell (one stratum of one company) are found side by side once the
 * decisions are sorted; nothing here depends on the order in which they came.
 */
#include "api/message.h"
#include "base/log.h"
#include "signal/group.h"
#include "vault/audit.h"
#include "vault/cursor.h"
#include "vault/groups.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES_MAX = 160, BLOCK_BYTES_MAX = 1024, ROWS_BYTES_MAX = 512 << 20, BLOCK_KEY_BYTES = 16 };

static const char period_cursor[] = "group_period", statuses_key[] = "statuses";

struct decision {
    GroupDecisionRow *row;
    uint64_t seq;
    bool focal;
};

struct closing {
    struct vault *vault;
    struct edit *edit;
    uint32_t period; /* closed up to and including this one */
    struct arena arena;
    struct decision *decisions;
    size_t decision_count, decision_capacity;
    GroupBlockPlain **blocks;
    size_t block_count, block_capacity;
    struct secret_key key;
};

/* Decisions. */

/* Who said nothing before the first decision, took it back, or is gone, does not count. */
static enum err find_group(struct closing *closing, const GroupDecisionRow *row, bool *counts, bool *focal)
{
    Stagematch__V1__Origin origin;
    int64_t answer_ms;
    enum err e = origin_read(closing->vault, closing->edit, binary_text(&row->student_ref), &origin, &answer_ms);
    *counts = e == ERR_OK && answer_ms < row->first_ms;
    *focal = *counts && origin == STAGEMATCH__V1__ORIGIN__ORIGIN_OUTSIDE_EUROPE;
    return e == ERR_MISSING ? ERR_OK : e;
}

static enum err take_decision(void *context, struct text key, struct text value)
{
    struct closing *closing = context;
    GroupDecisionRow *row;
    struct decision decision = {.seq = seq_read(key)};
    bool counts;
    enum err e = message_unpack(&stagematch__internal__v1__group_decision_row__descriptor, value, &row);
    if (e != ERR_OK)
        return e == ERR_INPUT ? ERR_MISMATCH : e;
    decision.row = row;
    if (row->period > closing->period) {
        message_free(row);
        return ERR_OK;
    }
    edit_delete(closing->edit, TABLE_GROUP_DECISION, key);
    e = find_group(closing, row, &counts, &decision.focal);
    if (e == ERR_OK && counts)
        e = mem_grow(&closing->decisions, &closing->decision_capacity, closing->decision_count + 1,
                     sizeof *closing->decisions);
    if (e != ERR_OK || !counts) {
        message_free(row);
        return e;
    }
    closing->decisions[closing->decision_count++] = decision;
    return ERR_OK;
}

static int by_cell(const GroupDecisionRow *a, const GroupDecisionRow *b)
{
    const char *const left[] = {a->leerbedrijf, a->kvk, a->sector, a->region, a->qualification};
    const char *const right[] = {b->leerbedrijf, b->kvk, b->sector, b->region, b->qualification};
    if (a->period != b->period)
        return a->period < b->period ? -1 : 1;
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++) {
        int order = strcmp(left[i], right[i]);
        if (order)
            return order;
    }
    if (a->band != b->band)
        return a->band < b->band ? -1 : 1;
    return (int)a->released - (int)b->released;
}

static int compare_decisions(const void *left, const void *right)
{
    const struct decision *a = left, *b = right;
    int order = by_cell(a->row, b->row);
    return order ? order : a->seq < b->seq ? -1 : a->seq > b->seq;
}

/* Blocks. */

static enum err add_block(struct closing *closing, GroupBlockPlain *block)
{
    enum err e = mem_grow(&closing->blocks, &closing->block_capacity, closing->block_count + 1, sizeof(void *));
    if (e != ERR_OK) {
        message_free(block);
        return e;
    }
    closing->blocks[closing->block_count++] = block;
    return ERR_OK;
}

static enum err put_block(struct closing *closing, const GroupDecisionRow *cell, const GroupBlockPlain *block)
{
    Stagematch__Internal__V1__GroupBlockRow row = STAGEMATCH__INTERNAL__V1__GROUP_BLOCK_ROW__INIT;
    char name[NAME_BYTES_MAX];
    uint8_t id[BLOCK_KEY_BYTES];
    struct buf plain, sealed;
    int length = snprintf(name, sizeof name, "%u %s %s %s %s %s %u %d", cell->period, cell->leerbedrijf, cell->kvk,
                          cell->sector, cell->region, cell->qualification, cell->band, cell->released);
    if (length < 0 || (size_t)length >= sizeof name)
        return ERR_RANGE;
    (void)crypto_generichash(id, sizeof id, (const uint8_t *)name, (unsigned)length, NULL, 0);
    buf_init(&plain, BLOCK_BYTES_MAX);
    buf_init(&sealed, BLOCK_BYTES_MAX + SEAL_EXTRA_BYTES);
    enum err e = buf_reserve_secret(&plain, BLOCK_BYTES_MAX);
    if (e == ERR_OK)
        e = message_pack_buf(block, &plain);
    if (e == ERR_OK)
        e = keys_seal(closing->vault->keys, &closing->key, "group_block", TEXT_OF(id), buf_text(&plain), &sealed);
    if (e == ERR_OK) {
        row.sealed_block = binary_of(buf_text(&sealed));
        edit_put_message(closing->edit, TABLE_GROUP_BLOCK, TEXT_OF(id), &row);
    }
    buf_wipe(&plain);
    buf_free(&sealed);
    return e;
}

static enum err make_block(struct closing *closing, const struct decision *decisions, size_t count)
{
    const GroupDecisionRow *cell = decisions[0].row;
    GroupBlockPlain *block;
    enum err e = message_new(&stagematch__internal__v1__group_block_plain__descriptor, &block);
    if (e != ERR_OK)
        return e;
    block->period = cell->period;
    block->released = cell->released;
    for (size_t i = 0; i < count; i++) {
        block->n++;
        bool rejected = decisions[i].row->rejected;
        block->m += decisions[i].focal;
        block->r += rejected;
        block->x += decisions[i].focal && rejected;
    }
    e = message_assign_string(&block->leerbedrijf, text_of(cell->leerbedrijf));
    if (e == ERR_OK)
        e = message_assign_string(&block->kvk, text_of(cell->kvk));
    if (e == ERR_OK)
        e = message_assign_string(&block->sector, text_of(cell->sector));
    if (e == ERR_OK)
        e = message_assign_string(&block->region, text_of(cell->region));
    if (e == ERR_OK)
        e = put_block(closing, cell, block);
    if (e == ERR_OK)
        return add_block(closing, block);
    message_free(block);
    return e;
}

static enum err make_blocks(struct closing *closing)
{
    enum err e = ERR_OK;
    if (closing->decision_count)
        qsort(closing->decisions, closing->decision_count, sizeof *closing->decisions, compare_decisions);
    for (size_t from = 0; from < closing->decision_count && e == ERR_OK;) {
        size_t end = from + 1;
        while (end < closing->decision_count &&
               by_cell(closing->decisions[from].row, closing->decisions[end].row) == 0)
            end++;
        e = make_block(closing, closing->decisions + from, end - from);
        from = end;
    }
    return e;
}

static enum err load_block(void *context, struct text key, struct text value)
{
    struct closing *closing = context;
    Stagematch__Internal__V1__GroupBlockRow *row;
    GroupBlockPlain *block = NULL;
    struct buf plain;
    enum err e = message_unpack(&stagematch__internal__v1__group_block_row__descriptor, value, &row);
    if (e != ERR_OK)
        return e == ERR_INPUT ? ERR_MISMATCH : e;
    buf_init(&plain, BLOCK_BYTES_MAX);
    e = keys_open(&closing->key, "group_block", key, binary_text(&row->sealed_block), &plain);
    if (e == ERR_OK)
        e = message_unpack(&stagematch__internal__v1__group_block_plain__descriptor, buf_text(&plain), &block);
    buf_wipe(&plain);
    message_free(row);
    if (e != ERR_OK)
        return e == ERR_INPUT ? ERR_MISMATCH : e;
    return add_block(closing, block);
}

/* Units. */

struct names {
    const char **list;
    size_t count;
};

static int by_name(const void *left, const void *right)
{
    const char *const *a = left, *const *b = right;
    return strcmp(*a, *b);
}

static void sort_names(struct names *names)
{
    size_t kept = 0;
    if (names->count)
        qsort(names->list, names->count, sizeof *names->list, by_name);
    for (size_t i = 0; i < names->count; i++)
        if (i == 0 || strcmp(names->list[kept - 1], names->list[i]) != 0)
            names->list[kept++] = names->list[i];
    names->count = kept;
}

static uint32_t number_of(const struct names *names, const char *name)
{
    const char **found = bsearch(&name, names->list, names->count, sizeof *names->list, by_name);
    return (uint32_t)(found - names->list);
}

/* The unit's name at this level. A company without a kvk is a concern of its own; names are borrowed or the arena's. */
static enum err unit_name(struct closing *closing, const GroupBlockPlain *block, enum group_level level,
                          const char **out)
{
    char both[NAME_BYTES_MAX];
    if (level == GROUP_REGION) {
        int length = snprintf(both, sizeof both, "%s %s", block->sector, block->region);
        if (length < 0 || (size_t)length >= sizeof both)
            return ERR_RANGE;
        return arena_dup(&closing->arena, both, (size_t)length, out);
    }
    *out = level == GROUP_CONCERN && block->kvk[0] ? block->kvk : block->leerbedrijf;
    return ERR_OK;
}

struct judgement {
    struct group_block *blocks;
    const char **unit_of[GROUP_LEVEL_COUNT]; /* the names of each block's units */
    struct names units[GROUP_LEVEL_COUNT], sectors;
    struct group_finding *findings[GROUP_LEVEL_COUNT];
};

static enum err alloc_names(struct closing *closing, struct names *names)
{
    names->count = closing->block_count;
    return arena_alloc(&closing->arena, closing->block_count, sizeof *names->list, &names->list);
}

static enum err collect_names(struct closing *closing, struct judgement *judgement)
{
    enum err e = alloc_names(closing, &judgement->sectors);
    for (size_t i = 0; e == ERR_OK && i < closing->block_count; i++)
        judgement->sectors.list[i] = closing->blocks[i]->sector;
    for (int level = 0; level < GROUP_LEVEL_COUNT && e == ERR_OK; level++) {
        const char ***names = &judgement->unit_of[level];
        e = arena_alloc(&closing->arena, closing->block_count, sizeof(char *), names);
        for (size_t i = 0; e == ERR_OK && i < closing->block_count; i++)
            e = unit_name(closing, closing->blocks[i], (enum group_level)level, &(*names)[i]);
        if (e == ERR_OK)
            e = alloc_names(closing, &judgement->units[level]);
        if (e == ERR_OK && closing->block_count)
            memcpy(judgement->units[level].list, *names, closing->block_count * sizeof(char *));
    }
    return e;
}

static void number_blocks(const struct closing *closing, struct judgement *judgement)
{
    sort_names(&judgement->sectors);
    for (int level = 0; level < GROUP_LEVEL_COUNT; level++)
        sort_names(&judgement->units[level]);
    for (size_t i = 0; i < closing->block_count; i++) {
        const GroupBlockPlain *plain = closing->blocks[i];
        judgement->blocks[i] = (struct group_block){.sector = number_of(&judgement->sectors, plain->sector),
                                                    .period = plain->period,
                                                    .stage = plain->released ? GROUP_RELEASED : GROUP_BLINDED,
                                                    .block = {plain->n, plain->m, plain->r, plain->x}};
        for (int level = 0; level < GROUP_LEVEL_COUNT; level++)
            judgement->blocks[i].unit[level] = number_of(&judgement->units[level], judgement->unit_of[level][i]);
    }
}

static enum err judge(struct closing *closing, struct judgement *judgement)
{
    size_t counts[GROUP_LEVEL_COUNT];
    enum err e = collect_names(closing, judgement);
    if (e == ERR_OK)
        e = arena_alloc(&closing->arena, closing->block_count, sizeof *judgement->blocks, &judgement->blocks);
    if (e != ERR_OK)
        return e;
    number_blocks(closing, judgement);
    for (int level = 0; level < GROUP_LEVEL_COUNT && e == ERR_OK; level++) {
        counts[level] = judgement->units[level].count;
        e = arena_alloc(&closing->arena, counts[level], sizeof(struct group_finding), &judgement->findings[level]);
    }
    if (e != ERR_OK)
        return e;
    return group_judge(&group_rules_default, judgement->blocks, closing->block_count, counts,
                       judgement->sectors.count, judgement->findings);
}

/* What leaves. */

static enum err add_finding(GroupStatusesRow *row, int level, const char *unit, enum group_status status)
{
    Stagematch__V1__GroupFinding *finding;
    enum err e = message_new(&stagematch__v1__group_finding__descriptor, &finding);
    if (e != ERR_OK)
        return e;
    finding->level = (Stagematch__V1__GroupLevel)(level + 1);
    finding->status = (Stagematch__V1__GroupStatus)status;
    e = message_assign_string(&finding->unit, text_of(unit));
    if (e == ERR_OK)
        return message_append(&row->n_findings, &row->findings, finding);
    message_free(finding);
    return e;
}

/* Signals first; within that by level and name, never by how sure it is. */
static enum err put_statuses(struct closing *closing, const struct judgement *judgement)
{
    GroupStatusesRow *row;
    enum err e = message_new(&stagematch__internal__v1__group_statuses_row__descriptor, &row);
    if (e != ERR_OK)
        return e;
    row->period = closing->period;
    for (int status = GROUP_SIGNAL; status > GROUP_INSUFFICIENT; status--)
        for (int level = 0; level < GROUP_LEVEL_COUNT; level++)
            for (size_t i = 0; i < judgement->units[level].count && e == ERR_OK; i++)
                if ((int)judgement->findings[level][i].status == status)
                    e = add_finding(row, level, judgement->units[level].list[i], (enum group_status)status);
    if (e == ERR_OK)
        edit_put_message(closing->edit, TABLE_GROUP_STATUS, text_of(statuses_key), row);
    message_free(row);
    return e;
}

static enum err run(struct closing *closing)
{
    struct judgement judgement = {.blocks = NULL};
    AuditPayload payload = STAGEMATCH__INTERNAL__V1__VAULT_LEDGER_PAYLOAD__INIT;
    enum err e = image_load(closing->vault->image, TABLE_GROUP_BLOCK, load_block, closing);
    if (e == ERR_OK)
        e = image_load(closing->vault->image, TABLE_GROUP_DECISION, take_decision, closing);
    if (e == ERR_OK)
        e = make_blocks(closing);
    if (e == ERR_OK)
        e = judge(closing, &judgement);
    if (e == ERR_OK)
        e = put_statuses(closing, &judgement);
    if (e != ERR_OK)
        return e;
    cursor_put(closing->edit, period_cursor, closing->period);
    audit_put(closing->vault, closing->edit, "group_period_closed", text_of(""), NULL, &payload);
    LOG(LOG_INFO, "group_period_closed", LOG_NUMBER("period", closing->period));
    return closing->edit->error;
}

enum err groups_close(struct vault *vault, struct edit *edit, bool *closed)
{
    struct closing closing = {.vault = vault, .edit = edit, .period = group_period(vault_now_ms(vault)) - 1};
    uint64_t last;
    enum err e = cursor_read(vault, period_cursor, &last);
    *closed = e == ERR_OK && last < closing.period;
    if (!*closed)
        return e;
    arena_init(&closing.arena, ROWS_BYTES_MAX);
    keys_derive(vault->keys, KEY_GROUPS, &closing.key);
    e = run(&closing);
    key_wipe(&closing.key);
    for (size_t i = 0; i < closing.decision_count; i++)
        message_free(closing.decisions[i].row);
    for (size_t i = 0; i < closing.block_count; i++)
        message_free_wiped(closing.blocks[i]);
    mem_free(closing.decisions);
    mem_free(closing.blocks);
    arena_wipe(&closing.arena);
    return e;
}
