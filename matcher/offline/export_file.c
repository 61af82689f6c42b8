#include "offline/export_file.h"

#include "base/mem.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { CSV_FILES = 4, PARTS_MAX = 64 };

struct owner {
    json_t *json;
    char *files[CSV_FILES];
};

static const char *text_member(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : ""; /* what is empty is left out */
}

/* A number of up to 32 bits is a number, a longer one a string of digits; 0 is left out. */
static bool number_member(const json_t *object, const char *key, uint64_t max, uint64_t *out)
{
    const json_t *value = json_object_get(object, key);
    *out = 0;
    if (!value)
        return true;
    if (json_is_string(value))
        return text_to_u64(text_of(json_string_value(value)), 0, max, out) == ERR_OK;
    if (!json_is_integer(value) || json_integer_value(value) < 0 || (uint64_t)json_integer_value(value) > max)
        return false;
    *out = (uint64_t)json_integer_value(value);
    return true;
}

static bool hash_member(const json_t *object, const char *key, uint8_t out[HASH_BYTES])
{
    const char *hex = text_member(object, key);
    size_t length = 0;
    return strlen(hex) == (size_t)2 * HASH_BYTES &&
           sodium_hex2bin(out, HASH_BYTES, hex, strlen(hex), NULL, &length, NULL) == 0 && length == HASH_BYTES;
}

/* Bytes are base64 in JSON. ERR_MISMATCH where they are not. */
static enum err bytes_member(const json_t *object, const char *key, char **memory, struct text *out)
{
    const char *encoded = text_member(object, key);
    size_t encoded_length = strlen(encoded), length = 0;
    enum err e = mem_alloc(encoded_length / 4 * 3 + 3, 1, memory);
    if (e != ERR_OK)
        return e;
    if (sodium_base642bin((unsigned char *)*memory, encoded_length / 4 * 3 + 3, encoded, encoded_length, NULL,
                          &length, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
        return ERR_MISMATCH;
    *out = (struct text){*memory, length};
    return ERR_OK;
}

static enum err read_parts(const json_t *round, struct export_file *out)
{
    const json_t *list = json_object_get(round, "commitments");
    size_t count = json_array_size(list);
    if (count == 0 || count > PARTS_MAX)
        return ERR_MISMATCH;
    enum err e = mem_alloc(count, sizeof *out->parts, &out->parts);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        struct export_part *part = &out->parts[i];
        part->brin = text_of(text_member(item, "school"));
        part->withheld = json_is_true(json_object_get(item, "withheld"));
        if (!part->brin.length || !hash_member(item, "commitment", part->commitment) ||
            !hash_member(item, "nonce", part->nonce))
            return ERR_MISMATCH;
        /* In order of brin, each school once: the order in which the seed takes them. */
        if (i && text_compare(out->parts[i - 1].brin, part->brin) >= 0)
            return ERR_MISMATCH;
    }
    out->part_count = count;
    return ERR_OK;
}

static bool read_rules(const json_t *json, struct export_file *out)
{
    uint64_t slack_days, list_max, band_width;
    if (!number_member(json, "slackDays", 366, &slack_days) ||
        !number_member(json, "listMax", UINT32_MAX, &list_max) ||
        !number_member(json, "bandWidth", SCORE_MAX, &band_width) || band_width == 0)
        return false;
    out->rules = (struct match_rules){(int32_t)slack_days, (uint32_t)list_max, (uint32_t)band_width};
    return true;
}

static enum err read_files(const json_t *json, struct owner *owner, struct export_file *out, const char **wrong)
{
    static const char *const keys[CSV_FILES] = {"studentsCsv", "placementsCsv", "matchesCsv", "pc4Csv"};
    struct text *const files[CSV_FILES] = {&out->students, &out->placements, &out->matches, &out->postcodes};
    enum err e = ERR_OK;
    for (size_t i = 0; i < CSV_FILES && e == ERR_OK; i++) {
        *wrong = keys[i];
        e = bytes_member(json, keys[i], &owner->files[i], files[i]);
    }
    return e;
}

static enum err read_members(const json_t *json, struct owner *owner, struct export_file *out, const char **wrong)
{
    const json_t *round = json_object_get(json, "round");
    enum err e = read_files(json, owner, out, wrong);
    if (e != ERR_OK)
        return e;
    *wrong = "seed";
    if (!hash_member(json, "seed", out->seed))
        return ERR_MISMATCH;
    *wrong = "inputDigest";
    if (!hash_member(json, "inputDigest", out->input_digest))
        return ERR_MISMATCH;
    *wrong = "slackDays, listMax or bandWidth";
    if (!read_rules(json, out))
        return ERR_MISMATCH;
    *wrong = "erasedCount";
    if (!number_member(json, "erasedCount", UINT32_MAX, &out->erased_count))
        return ERR_MISMATCH;
    out->beacon = text_of(text_member(round, "beacon"));
    out->mechanism = text_of(text_member(round, "mechanism"));
    *wrong = "round.entriesRoot";
    out->has_entries_root = json_object_get(round, "entriesRoot") != NULL;
    if (out->has_entries_root && !hash_member(round, "entriesRoot", out->entries_root))
        return ERR_MISMATCH;
    *wrong = "round.commitments";
    return read_parts(round, out);
}

enum err export_file_read(struct text text, struct export_file *out, char *reason, size_t reason_bytes)
{
    json_error_t error;
    struct owner *owner;
    struct export_file file = {.parts = NULL};
    const char *wrong = "";
    enum err e = mem_alloc(1, sizeof *owner, &owner);
    if (e != ERR_OK)
        return e;
    file.owner = owner;
    owner->json = json_loadb(text.data, text.length, JSON_REJECT_DUPLICATES, &error);
    if (!owner->json) {
        snprintf(reason, reason_bytes, "line %d, column %d: not JSON: %s", error.line, error.column, error.text);
        e = ERR_MISMATCH;
    } else {
        e = read_members(owner->json, owner, &file, &wrong);
        if (e == ERR_MISMATCH)
            snprintf(reason, reason_bytes, "\"%s\" is absent or not as ExportRound writes it", wrong);
    }
    if (e == ERR_OK)
        *out = file;
    else
        export_file_free(&file);
    return e;
}

void export_file_free(struct export_file *file)
{
    struct owner *owner = file->owner;
    if (owner) {
        for (size_t i = 0; i < CSV_FILES; i++)
            mem_free(owner->files[i]);
        json_decref(owner->json);
        mem_free(owner);
    }
    mem_free(file->parts);
    *file = (struct export_file){.parts = NULL};
}
