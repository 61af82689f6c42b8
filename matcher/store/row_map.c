#include "store/row_map.h"

void row_map_init(struct row_map *map, size_t table_count)
{
    map->is_loaded = false;
    map->table_count = table_count;
    for (size_t i = 0; i < table_count; i++) {
        key_index_init(&map->keys[i]);
        map->last_row[i] = 0;
    }
}

void row_map_unload(struct row_map *map)
{
    map->is_loaded = false;
    for (size_t i = 0; i < map->table_count; i++) {
        key_index_free(&map->keys[i]);
        map->last_row[i] = 0;
    }
}

void row_map_free(struct row_map *map)
{
    row_map_unload(map);
}

static enum err load_row(struct row_map *map, size_t table, int64_t row, struct text key)
{
    struct key_index *keys = &map->keys[table];
    if (row <= 0 || key_index_find(keys, key))
        return ERR_MISMATCH;
    enum err e = key_index_reserve(keys, 1);
    if (e != ERR_OK)
        return e;
    key_index_set(keys, key, row);
    if (row > map->last_row[table])
        map->last_row[table] = row;
    return ERR_OK;
}

static enum err load_table(struct row_map *map, sqlite3 *handle, size_t table, const char *name)
{
    sqlite3_stmt *statement;
    int result;
    enum err e = database_prepare(handle, "SELECT id, key FROM %s", name, &statement);
    if (e != ERR_OK)
        return e;
    while (e == ERR_OK && (result = sqlite3_step(statement)) != SQLITE_DONE)
        e = result == SQLITE_ROW
                ? load_row(map, table, sqlite3_column_int64(statement, 0), database_column(statement, 1))
                : database_err(handle, result);
    sqlite3_finalize(statement);
    return e;
}

enum err row_map_load(struct row_map *map, sqlite3 *handle, const char *const *tables)
{
    enum err e = ERR_OK;
    if (map->is_loaded)
        return ERR_OK;
    for (size_t i = 0; e == ERR_OK && i < map->table_count; i++)
        e = load_table(map, handle, i, tables[i]);
    if (e != ERR_OK)
        row_map_unload(map);
    map->is_loaded = e == ERR_OK;
    return e;
}

int64_t row_map_find(const struct row_map *map, uint32_t table, struct text key)
{
    return key_index_find(&map->keys[table], key);
}

static enum err reserve(struct row_map *map, const struct store_batch *batch)
{
    size_t puts[STORE_TABLES_MAX] = {0};
    enum err e = ERR_OK;
    for (size_t i = 0; i < batch->count; i++)
        if (batch->operations[i].kind == OPERATION_PUT)
            puts[batch->operations[i].table]++;
    for (size_t i = 0; i < map->table_count && e == ERR_OK; i++)
        if (puts[i])
            e = key_index_reserve(&map->keys[i], puts[i]);
    return e;
}

enum err row_map_place(struct row_map *map, struct store_batch *batch)
{
    enum err e = reserve(map, batch);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < batch->count; i++) {
        struct operation *operation = &batch->operations[i];
        struct key_index *keys = &map->keys[operation->table];
        if (operation->kind == OPERATION_DELETE)
            operation->row = key_index_take(keys, operation->key);
        if (operation->kind != OPERATION_PUT)
            continue;
        operation->row = key_index_find(keys, operation->key);
        if (operation->row == 0) {
            operation->row = ++map->last_row[operation->table];
            key_index_set(keys, operation->key, operation->row);
        }
    }
    return ERR_OK;
}
