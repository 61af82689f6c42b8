#include "front/student_rows.h"

#include "front/wire_bytes.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { SORT_STEP_ITEMS = 32768 };

void student_rows_init(struct student_rows *rows, size_t profile_bytes_max, size_t secret_bytes_max)
{
    *rows = (struct student_rows){0};
    arena_init(&rows->profiles, profile_bytes_max);
    secret_pool_init(&rows->secrets, secret_bytes_max);
}

void student_rows_free(struct student_rows *rows)
{
    arena_free(&rows->profiles);
    secret_pool_free(&rows->secrets);
    mem_free(rows->items);
    mem_free(rows->order);
    mem_free(rows->scratch);
    *rows = (struct student_rows){0};
}

enum err student_rows_add(struct student_rows *rows, const struct student_item *item)
{
    enum err e = rows->count == UINT32_MAX ? ERR_RANGE : ERR_OK;
    if (e == ERR_OK)
        e = mem_grow(&rows->items, &rows->capacity, rows->count + 1, sizeof *rows->items);
    if (e == ERR_OK)
        rows->items[rows->count++] = *item;
    return e;
}

static int compare_items(const struct student_item *a, const struct student_item *b)
{
    struct text x = {(const char *)a->profile, a->profile_bytes}, y = {(const char *)b->profile, b->profile_bytes};
    int order = text_compare(x, y);
    return order ? order : memcmp(a->school, b->school, BRIN_BYTES);
}

enum err student_rows_sort_begin(struct student_rows *rows)
{
    enum err e = mem_alloc(rows->count, sizeof *rows->order, &rows->order);
    if (e == ERR_OK)
        e = mem_alloc(rows->count, sizeof *rows->scratch, &rows->scratch);
    for (size_t i = 0; i < rows->count && e == ERR_OK; i++)
        rows->order[i] = (uint32_t)i;
    rows->width = 1;
    return e;
}

/* Merges two neighbouring sorted runs into scratch. Stable. */
static void merge(struct student_rows *rows, size_t left, size_t middle, size_t end)
{
    const struct student_item *items = rows->items;
    size_t a = left, b = middle;
    for (size_t out = left; out < end; out++) {
        bool take_left =
            a < middle && (b == end || compare_items(&items[rows->order[a]], &items[rows->order[b]]) <= 0);
        rows->scratch[out] = take_left ? rows->order[a++] : rows->order[b++];
    }
}

/* One pass over all runs of the present width; passes with a great many rows have a step of their own each. */
static void merge_pass(struct student_rows *rows)
{
    for (size_t left = 0; left < rows->count; left += 2 * rows->width) {
        size_t middle = left + rows->width < rows->count ? left + rows->width : rows->count;
        size_t end = middle + rows->width < rows->count ? middle + rows->width : rows->count;
        merge(rows, left, middle, end);
    }
    uint32_t *sorted = rows->scratch;
    rows->scratch = rows->order;
    rows->order = sorted;
    rows->width *= 2;
}

void student_rows_sort_step(struct student_rows *rows, bool *done)
{
    size_t moved = 0;
    while (rows->width < rows->count && moved < SORT_STEP_ITEMS) {
        merge_pass(rows);
        moved += rows->count;
    }
    *done = rows->width >= rows->count;
}

size_t student_rows_chunks(const struct student_rows *rows)
{
    return (rows->count + STUDENT_CHUNK - 1) / STUDENT_CHUNK;
}

struct bounds {
    size_t begin, end;
};

static struct bounds bounds_of(const struct student_rows *rows, size_t chunk)
{
    size_t begin = chunk * STUDENT_CHUNK, left = rows->count - begin;
    return (struct bounds){begin, begin + (left < STUDENT_CHUNK ? left : STUDENT_CHUNK)};
}

void student_rows_write_stage(const struct student_rows *rows, size_t chunk, struct text request_id, struct buf *out)
{
    enum { HEAD_BYTES = 32, ROW_HEAD_BYTES = 8 };
    struct bounds bounds = bounds_of(rows, chunk);
    size_t room = HEAD_BYTES + request_id.length;
    for (size_t i = bounds.begin; i < bounds.end; i++)
        room += ROW_HEAD_BYTES + rows->items[rows->order[i]].staged_bytes;
    wire_reserve(out, room);
    wire_put_bytes(out, 1, request_id);
    wire_put_number(out, 2, chunk);
    for (size_t i = bounds.begin; i < bounds.end; i++) {
        const struct student_item *item = &rows->items[rows->order[i]];
        wire_put_bytes(out, 3, (struct text){(const char *)item->staged, item->staged_bytes});
    }
}

static int compare_ids(const void *a, const void *b, void *context)
{
    const struct student_rows *rows = context;
    const uint32_t *x = a, *y = b;
    return memcmp(rows->items[*x].stagevraag_id, rows->items[*y].stagevraag_id, REFERENCE_BYTES);
}

static bool equal_rows(const struct student_rows *rows, size_t a, size_t b)
{
    return compare_items(&rows->items[rows->order[a]], &rows->items[rows->order[b]]) == 0;
}

/* Puts rows that nothing else tells apart in the order of their ids; the rows before `end` have theirs. */
static void settle(struct student_rows *rows, size_t end)
{
    if (end < rows->count && equal_rows(rows, end - 1, end)) /* these wait for the rest of their like */
        for (size_t last = end--; end > rows->settled && equal_rows(rows, end - 1, last);)
            end--;
    while (rows->settled < end) {
        size_t first = rows->settled++;
        while (rows->settled < end && equal_rows(rows, first, rows->settled))
            rows->settled++;
        if (rows->settled - first > 1)
            qsort_r(rows->order + first, rows->settled - first, sizeof *rows->order, compare_ids, rows);
    }
}

static void wipe_staged(struct student_item *item)
{
    union {
        const uint8_t *kept;
        uint8_t *wiped;
    } bytes = {.kept = item->staged};
    sodium_memzero(bytes.wiped, item->staged_bytes);
    item->staged = NULL;
    item->staged_bytes = 0;
}

enum err student_rows_take_references(struct student_rows *rows, size_t chunk,
                                      const Stagematch__Internal__V1__StageStudentsResponse *said)
{
    struct bounds bounds = bounds_of(rows, chunk);
    if (said->n_references != bounds.end - bounds.begin)
        return ERR_MISMATCH;
    for (size_t i = 0; i < said->n_references; i++) {
        const Stagematch__Internal__V1__StudentReference *reference = said->references[i];
        struct student_item *item = &rows->items[rows->order[bounds.begin + i]];
        if (reference->student_ref.len != REFERENCE_BYTES || reference->stagevraag_id.len != REFERENCE_BYTES)
            return ERR_MISMATCH;
        memcpy(item->student_ref, reference->student_ref.data, REFERENCE_BYTES);
        memcpy(item->stagevraag_id, reference->stagevraag_id.data, REFERENCE_BYTES);
        item->identity_changed = reference->identity_changed;
        wipe_staged(item);
    }
    settle(rows, bounds.end);
    return ERR_OK;
}

bool student_rows_is_settled(const struct student_rows *rows, size_t chunk)
{
    return rows->settled >= bounds_of(rows, chunk).end;
}

void student_rows_write_commit(const struct student_rows *rows, size_t chunk, struct text request_id,
                               struct text stage_id, struct buf *out)
{
    struct bounds bounds = bounds_of(rows, chunk);
    uint8_t changed[STUDENT_CHUNK / 8] = {0};
    size_t changed_bytes = 0;
    wire_put_bytes(out, 1, request_id);
    wire_put_bytes(out, 2, stage_id);
    wire_put_number(out, 3, chunk);
    wire_put_number(out, 4, chunk + 1 == student_rows_chunks(rows));
    for (size_t i = bounds.begin; i < bounds.end; i++) {
        const struct student_item *item = &rows->items[rows->order[i]];
        const struct text parts[] = {{(const char *)item->student_ref, REFERENCE_BYTES},
                                     {(const char *)item->stagevraag_id, REFERENCE_BYTES},
                                     {item->school, BRIN_BYTES},
                                     {(const char *)item->profile, item->profile_bytes}};
        wire_put_message(out, 5, parts, sizeof parts / sizeof parts[0]);
        if (item->identity_changed) {
            changed_bytes = (i - bounds.begin) / 8 + 1;
            changed[changed_bytes - 1] |= (uint8_t)(1u << (i - bounds.begin) % 8);
        }
    }
    wire_put_bytes(out, 6, (struct text){(const char *)changed, changed_bytes});
}
