#include "engine/load.h"

/* Apart from the rest: a turn writes this row, and needs nothing of how a domain is loaded. */

enum { VERSION_BYTES = 8 };

static const char meta_table[] = "meta", version_name[] = "version";

enum err load_version(struct store *store, uint64_t *version)
{
    struct buf value;
    uint64_t read = 0;
    buf_init(&value, VERSION_BYTES);
    enum err e = store_get(store, meta_table, text_of(version_name), &value);
    if (e == ERR_OK && value.length != VERSION_BYTES)
        e = ERR_MISMATCH;
    for (size_t i = 0; e == ERR_OK && i < VERSION_BYTES; i++)
        read = read << 8 | (uint8_t)value.data[i];
    buf_free(&value);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    *version = read;
    return ERR_OK;
}

enum err load_put_version(struct store_batch *batch, uint64_t version)
{
    char bytes[VERSION_BYTES];
    for (size_t i = 0; i < VERSION_BYTES; i++)
        bytes[i] = (char)(uint8_t)(version >> 8 * (VERSION_BYTES - 1 - i));
    return store_batch_put(batch, meta_table, text_of(version_name), (struct text){bytes, sizeof bytes});
}
