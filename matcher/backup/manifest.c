#include "backup/manifest.h"

#include "base/file.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FORMAT = 1, HEAD_HEX_BYTES = 2 * LEDGER_HASH_BYTES + 1 };

const char manifest_name[] = "backup.json";

const struct backup_place backup_places[BACKUP_FILE_COUNT] = {
    [BACKUP_ENGINE] = {"engine/engine.sqlite", "engine.sqlite", "engine"},
    [BACKUP_VAULT] = {"vault/vault.sqlite", "vault.sqlite", "vault"},
    [BACKUP_KEYS] = {"vault/keys.sqlite", "keys/keys.sqlite", NULL},
};

enum err backup_path(const char *folder, const char *name, char out[BACKUP_PATH_BYTES])
{
    int length = snprintf(out, BACKUP_PATH_BYTES, "%s/%s", folder, name);
    return length > 0 && length < BACKUP_PATH_BYTES ? ERR_OK : ERR_RANGE;
}

enum err manifest_measure(const char *path, struct manifest_file *out)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return err_from_errno(errno);
    out->bytes = (uint64_t)status.st_size;
    return file_digest(path, out->sha256);
}

static json_t *file_json(const struct backup_place *place, const struct manifest_file *file)
{
    json_t *json = json_pack("{s:s, s:I, s:s}", "name", place->backup_name, "bytes", (json_int_t)file->bytes,
                             "sha256", file->sha256);
    if (json && place->chain) {
        char hex[HEAD_HEX_BYTES];
        sodium_bin2hex(hex, sizeof hex, file->head.hash, LEDGER_HASH_BYTES);
        json_t *head = json_pack("{s:I, s:s}", "seq", (json_int_t)file->head.seq, "hash", hex);
        if (json_object_set_new(json, "ledger_head", head) != 0) {
            json_decref(json);
            return NULL;
        }
    }
    return json;
}

enum err manifest_write(const struct manifest *manifest, struct buf *out)
{
    json_t *files = json_array();
    for (size_t i = 0; i < BACKUP_FILE_COUNT; i++)
        json_array_append_new(files, file_json(&backup_places[i], &manifest->files[i]));
    json_t *json = json_pack("{s:i, s:s, s:I, s:s, s:o}", "format", FORMAT, "id", manifest->id, "time_ms",
                             (json_int_t)manifest->time_ms, "version", STAGEMATCH_VERSION, "files", files);
    char *text = json && json_array_size(files) == BACKUP_FILE_COUNT ? json_dumps(json, JSON_INDENT(2)) : NULL;
    if (text)
        buf_printf(out, "%s\n", text);
    json_decref(json);
    free(text);
    return text ? buf_error(out) : ERR_MEMORY;
}

static bool get_number(const json_t *json, const char *key, int64_t *out)
{
    const json_t *value = json_object_get(json, key);
    *out = json_integer_value(value);
    return json_is_integer(value) && *out >= 0;
}

static bool get_hex(const json_t *json, const char *key, size_t digits, const char **out)
{
    *out = json_string_value(json_object_get(json, key));
    return *out && strlen(*out) == digits && strspn(*out, "0123456789abcdef") == digits;
}

static bool read_head(const json_t *json, struct ledger_head *out)
{
    const char *hash;
    int64_t seq;
    if (!get_number(json, "seq", &seq) || !get_hex(json, "hash", HEAD_HEX_BYTES - 1, &hash))
        return false;
    out->seq = (uint64_t)seq;
    return sodium_hex2bin(out->hash, LEDGER_HASH_BYTES, hash, HEAD_HEX_BYTES - 1, NULL, NULL, NULL) == 0;
}

static bool read_file(const json_t *json, const struct backup_place *place, struct manifest_file *out)
{
    const char *name = json_string_value(json_object_get(json, "name")), *sha256;
    int64_t bytes;
    if (!name || strcmp(name, place->backup_name) != 0 || !get_number(json, "bytes", &bytes) ||
        !get_hex(json, "sha256", DIGEST_HEX_BYTES - 1, &sha256))
        return false;
    out->bytes = (uint64_t)bytes;
    memcpy(out->sha256, sha256, DIGEST_HEX_BYTES);
    return !place->chain || read_head(json_object_get(json, "ledger_head"), &out->head);
}

static bool read_manifest(const json_t *json, struct manifest *out)
{
    const char *id;
    int64_t format;
    const json_t *files = json_object_get(json, "files");
    if (!get_number(json, "format", &format) || format != FORMAT || !get_number(json, "time_ms", &out->time_ms) ||
        !get_hex(json, "id", MANIFEST_ID_BYTES - 1, &id) || json_array_size(files) != BACKUP_FILE_COUNT)
        return false;
    memcpy(out->id, id, MANIFEST_ID_BYTES);
    for (size_t i = 0; i < BACKUP_FILE_COUNT; i++)
        if (!read_file(json_array_get(files, i), &backup_places[i], &out->files[i]))
            return false;
    return true;
}

enum err manifest_read(const char *folder, struct manifest *out, struct buf *complaint)
{
    char path[BACKUP_PATH_BYTES];
    struct buf text;
    struct manifest manifest = {0};
    enum err e = backup_path(folder, manifest_name, path);
    if (e != ERR_OK)
        return e;
    buf_init(&text, MANIFEST_BYTES_MAX);
    e = file_read_all(path, &text);
    json_t *json = e == ERR_OK ? json_loadb(text.data, text.length, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (e == ERR_MEMORY || (e == ERR_OK && !read_manifest(json, &manifest)))
        e = ERR_MISMATCH; /* or larger than one can be */
    if (e == ERR_OK)
        *out = manifest;
    else
        buf_printf(complaint, "%s: %s", path,
                   e == ERR_MISMATCH ? "this is no list of a backup's files" : err_text(e));
    json_decref(json);
    buf_free(&text);
    return e;
}
