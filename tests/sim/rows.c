#include "rows.h"

#include "sim.h"

#include <stdlib.h>
#include <string.h>

/* An entry with the bytes that it views. */
struct ledger_page {
    unsigned users;
    struct ledger_entry entry;
    char bytes[];
};

/* Copies bytes to *at and moves it on. */
static struct text keep(char **at, struct text text)
{
    struct text kept = {*at, text.length};
    if (text.length)
        memcpy(*at, text.data, text.length);
    *at += text.length;
    return kept;
}

struct database_row *row_new(struct text key, struct text value)
{
    struct database_row *row = malloc(sizeof *row + key.length + value.length);
    SIM_MUST(row != NULL);
    char *at = (char *)(row + 1);
    row->users = 1;
    row->key = keep(&at, key);
    row->value = keep(&at, value);
    return row;
}

void row_hold(struct database_row *row)
{
    row->users++;
}

void row_drop(struct database_row *row)
{
    if (row && --row->users == 0)
        free(row);
}

unsigned rows_table(struct rows *rows, const char *name)
{
    for (unsigned i = 0; i < rows->table_count; i++)
        if (rows->tables[i].name == name || strcmp(rows->tables[i].name, name) == 0)
            return i;
    SIM_MUST(rows->table_count < ROWS_TABLES_MAX);
    rows->tables[rows->table_count].name = name;
    return (unsigned)rows->table_count++;
}

const char *rows_name(const struct rows *rows, unsigned table)
{
    return rows->tables[table].name;
}

size_t rows_count(const struct rows *rows, unsigned table)
{
    return rows->tables[table].count;
}

const struct database_row *rows_at(const struct rows *rows, unsigned table, size_t i)
{
    return rows->tables[table].rows[i];
}

/* Where the key stands, or would. */
static size_t place_of(const struct row_table *table, struct text key, bool *found)
{
    size_t low = 0, high = table->count;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = text_compare(table->rows[middle]->key, key);
        *found = *found || order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct database_row *rows_find(const struct rows *rows, unsigned table, struct text key)
{
    bool found;
    size_t place = place_of(&rows->tables[table], key, &found);
    return found ? rows->tables[table].rows[place] : NULL;
}

static void insert(struct row_table *table, size_t place, struct database_row *row)
{
    if (table->count == table->capacity) {
        table->capacity = table->capacity ? 2 * table->capacity : 8;
        table->rows = realloc(table->rows, table->capacity * sizeof(struct database_row *));
        SIM_MUST(table->rows != NULL);
    }
    memmove(&table->rows[place + 1], &table->rows[place], (table->count - place) * sizeof(struct database_row *));
    table->rows[place] = row;
    table->count++;
}

struct database_row *rows_set(struct rows *rows, unsigned table_index, struct text key, struct database_row *row)
{
    struct row_table *table = &rows->tables[table_index];
    bool found;
    size_t place = place_of(table, key, &found);
    struct database_row *before = found ? table->rows[place] : NULL;
    if (row)
        row_hold(row);
    if (row && found) {
        table->rows[place] = row;
    } else if (row) {
        insert(table, place, row);
    } else if (found) {
        table->count--;
        memmove(&table->rows[place], &table->rows[place + 1], (table->count - place) * sizeof(struct database_row *));
    }
    return before;
}

const struct ledger_entry *rows_append(struct rows *rows, int64_t time_ms, const char *kind, struct text subject,
                                       struct text payload)
{
    struct ledger_head head = rows_head(rows);
    struct ledger_page *page = malloc(sizeof *page + strlen(kind) + subject.length + payload.length);
    SIM_MUST(page != NULL);
    char *at = page->bytes;
    page->users = 1;
    page->entry = (struct ledger_entry){.seq = head.seq + 1, .time_ms = time_ms};
    page->entry.kind = keep(&at, text_of(kind));
    page->entry.subject = keep(&at, subject);
    page->entry.payload = keep(&at, payload);
    memcpy(page->entry.previous, head.hash, LEDGER_HASH_BYTES);
    ledger_hash(&page->entry);
    if (rows->entry_count == rows->entry_capacity) {
        rows->entry_capacity = rows->entry_capacity ? 2 * rows->entry_capacity : 16;
        rows->entries = realloc(rows->entries, rows->entry_capacity * sizeof(struct ledger_page *));
        SIM_MUST(rows->entries != NULL);
    }
    rows->entries[rows->entry_count++] = page;
    return &page->entry;
}

const struct ledger_entry *rows_entry(const struct rows *rows, uint64_t i)
{
    return &rows->entries[i]->entry;
}

struct ledger_head rows_head(const struct rows *rows)
{
    struct ledger_head head = {0};
    if (rows->entry_count) {
        const struct ledger_entry *last = &rows->entries[rows->entry_count - 1]->entry;
        head.seq = last->seq;
        memcpy(head.hash, last->hash, LEDGER_HASH_BYTES);
    }
    return head;
}

static void *copy_pointers(const void *from, size_t count)
{
    void *to = count ? malloc(count * sizeof(void *)) : NULL;
    SIM_MUST(to || !count);
    if (to)
        memcpy(to, from, count * sizeof(void *));
    return to;
}

void rows_copy(const struct rows *from, struct rows *to)
{
    *to = *from;
    for (size_t i = 0; i < from->table_count; i++) {
        struct row_table *table = &to->tables[i];
        table->rows = copy_pointers(table->rows, table->count);
        table->capacity = table->count;
        for (size_t j = 0; j < table->count; j++)
            row_hold(table->rows[j]);
    }
    to->entries = copy_pointers(to->entries, to->entry_count);
    to->entry_capacity = to->entry_count;
    for (size_t i = 0; i < to->entry_count; i++)
        to->entries[i]->users++;
}

void rows_free(struct rows *rows)
{
    for (size_t i = 0; i < rows->table_count; i++) {
        for (size_t j = 0; j < rows->tables[i].count; j++)
            row_drop(rows->tables[i].rows[j]);
        free(rows->tables[i].rows);
    }
    for (size_t i = 0; i < rows->entry_count; i++)
        if (--rows->entries[i]->users == 0)
            free(rows->entries[i]);
    free(rows->entries);
    memset(rows, 0, sizeof *rows);
}
