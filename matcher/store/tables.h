/*
 * tables.h - what a store is: its tables by number, and whether it can be written. Inside the store only.
 */
#ifndef STORE_TABLES_H
#define STORE_TABLES_H

#include "store/store.h"

enum { STORE_TABLES_MAX = 64 };

/* The number of a table by its name; ERR_MISSING where the store has none of that name. */
MUST_USE enum err store_table_index(const struct store *store, const char *table, uint32_t *out);

bool store_is_read_only(const struct store *store);

#endif
