/*
 * row_map.h - where every row of a database stands, and where new ones go. Inside the store only, and in the loop only.
 *
 * It is ahead of the database by what was handed to the writer and is not committed yet. When a commit failed it tells
 * nothing any more until it is loaded again.
 */
#ifndef STORE_ROW_MAP_H
#define STORE_ROW_MAP_H

#include "store/batch.h"
#include "store/database.h"
#include "store/key_index.h"
#include "store/tables.h"

struct row_map {
    bool is_loaded;
    size_t table_count;
    struct key_index keys[STORE_TABLES_MAX];
    int64_t last_row[STORE_TABLES_MAX];
};

void row_map_init(struct row_map *map, size_t table_count);
void row_map_free(struct row_map *map);

/* Reads it from the database; nothing where it is loaded. ERR_MISMATCH: a key stands there twice. */
MUST_USE enum err row_map_load(struct row_map *map, sqlite3 *handle, const char *const *tables);

/* Forgets everything. */
void row_map_unload(struct row_map *map);

/* The row of a key; 0: none. It must be loaded. */
int64_t row_map_find(const struct row_map *map, uint32_t table, struct text key);

/* Gives every operation of a batch its row. It must be loaded; on error nothing changed. */
MUST_USE enum err row_map_place(struct row_map *map, struct store_batch *batch);

#endif
