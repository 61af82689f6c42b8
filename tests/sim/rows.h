/*
 * rows.h - the durable content of one simulated database: tables of rows in key order, and a ledger.
 *
 * Rows and entries are immutable, counted and shared between copies.
 */
#ifndef SIM_ROWS_H
#define SIM_ROWS_H

#include "database.h"

enum { ROWS_TABLES_MAX = 32 };

struct ledger_page;

struct rows {
    size_t table_count;
    struct row_table {
        const char *name; /* static, as the roles give it */
        struct database_row **rows;
        size_t count, capacity;
    } tables[ROWS_TABLES_MAX];
    struct ledger_page **entries;
    size_t entry_count, entry_capacity;
};

struct database_row *row_new(struct text key, struct text value);
void row_hold(struct database_row *row);
void row_drop(struct database_row *row); /* NULL is allowed */

/* The table's number; a new table where there is none of that name. */
unsigned rows_table(struct rows *rows, const char *name);
const char *rows_name(const struct rows *rows, unsigned table);

size_t rows_count(const struct rows *rows, unsigned table);
const struct database_row *rows_at(const struct rows *rows, unsigned table, size_t i);
const struct database_row *rows_find(const struct rows *rows, unsigned table, struct text key);

/* Puts a row (which it holds then), or removes the one with this key; gives the one before, to be dropped. */
struct database_row *rows_set(struct rows *rows, unsigned table, struct text key, struct database_row *row);

const struct ledger_entry *rows_append(struct rows *rows, int64_t time_ms, const char *kind, struct text subject,
                                       struct text payload);
const struct ledger_entry *rows_entry(const struct rows *rows, uint64_t i);
struct ledger_head rows_head(const struct rows *rows);

void rows_copy(const struct rows *from, struct rows *to);
void rows_free(struct rows *rows);

#endif
