#include "offline/record.h"

#include "base/mem.h"
#include "offline/tables.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

static const char format_name[] = "stagematch/round/1";

const char *record_file_name(enum record_file file)
{
    static const char *const names[] = {"inputs/pc4.csv", "inputs/placements.csv", "inputs/students.csv",
                                        "matches.csv", "unmatched.csv"};
    return file < RECORD_FILE_COUNT ? names[file] : "";
}

static json_t *rules_json(const struct job *job)
{
    return json_pack("{s:I, s:I, s:I}", "speling_dagen", (json_int_t)job->rules.slack_days, "list_max",
                     (json_int_t)job->rules.list_max, "band_width", (json_int_t)job->rules.band_width);
}

/* The digest over the inputs: of the three lines "sha256  name" as sha256sum writes them, in bytewise order of name. */
static void digest_inputs(const struct record_digests *digests, char hex[DIGEST_HEX_BYTES])
{
    struct digest digest;
    digest_start(&digest);
    for (enum record_file file = RECORD_PC4; file <= RECORD_STUDENTS; file++) {
        digest_add(&digest, digests->hex[file], DIGEST_HEX_BYTES - 1);
        digest_add(&digest, "  ", 2);
        digest_add(&digest, record_file_name(file), strlen(record_file_name(file)));
        digest_add(&digest, "\n", 1);
    }
    digest_end(&digest, hex);
}

/* Sets a member; where that fails the object is given up, and the packing of the whole fails on its NULL. */
static json_t *with(json_t *object, const char *key, json_t *value)
{
    if (object && json_object_set_new(object, key, value) == 0)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *files_json(const struct record_digests *digests, enum record_file first, enum record_file last)
{
    json_t *files = json_object();
    for (enum record_file file = first; file <= last; file++)
        files = with(files, record_file_name(file), json_string(digests->hex[file]));
    return files;
}

static json_t *counts_json(const struct job *job)
{
    const struct round_counts *counts = &job->result.counts;
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",           //
                     "students", (json_int_t)job->intake->student_count,             //
                     "placements", (json_int_t)job->intake->placement_count,         //
                     "seats", (json_int_t)counts->seats,                             //
                     "eligible_pairs", (json_int_t)counts->eligible_pairs,           //
                     "listed_pairs", (json_int_t)counts->listed_pairs,               //
                     "cut_lists", (json_int_t)counts->cut_lists,                     //
                     "proposals", (json_int_t)counts->proposals,                     //
                     "matched", (json_int_t)counts->matched,                         //
                     "matched_second_pass", (json_int_t)counts->matched_second_pass, //
                     "unmatched", (json_int_t)counts->unmatched);
}

static json_t *ranks_json(const struct round_result *result)
{
    json_t *ranks = json_array();
    for (uint32_t rank = 1; rank <= result->rank_max; rank++)
        if (result->rank_counts[rank] && ranks &&
            json_array_append_new(ranks, json_pack("{s:I, s:I}", "rank", (json_int_t)rank, "students",
                                                   (json_int_t)result->rank_counts[rank])) != 0) {
            json_decref(ranks);
            return NULL;
        }
    return ranks;
}

static json_t *reasons_json(const struct job *job)
{
    static const char *const codes[] = {"geen aanbod", "opleiding", "leerweg", "uitgesloten", "periode", "uren",
                                        "dagen",       "afstand",   "eisen",   "band",        "loting"};
    enum { CODES = sizeof codes / sizeof codes[0] };
    int64_t counts[CODES] = {0};
    for (size_t s = 0; s < job->result.student_count; s++) {
        const struct student_outcome *outcome = &job->result.outcomes[s];
        if (outcome->place != PLACE_NONE)
            continue;
        const char *code = tables_reason_code(&job->result, outcome, job->intake->placement_count);
        for (size_t i = 0; i < CODES; i++)
            counts[i] += strcmp(code, codes[i]) == 0;
    }
    json_t *reasons = json_object();
    for (size_t i = 0; i < CODES; i++)
        if (counts[i])
            reasons = with(reasons, codes[i], json_integer(counts[i]));
    return reasons;
}

static json_t *timings_json(const struct job *job)
{
    json_t *timings = json_object();
    for (enum job_stage stage = JOB_READ; stage < JOB_STAGE_COUNT; stage++)
        timings = with(timings, job_stage_name(stage), json_integer(job->stage_us[stage]));
    return timings;
}

/* jansson gives its text to free(); ours goes through buf. */
static enum err dump(const json_t *json, struct buf *out)
{
    char *text = json_dumps(json, JSON_INDENT(2));
    if (!text)
        return ERR_MEMORY;
    buf_clear(out);
    buf_put_string(out, text);
    buf_put_char(out, '\n');
    free(text);
    return buf_error(out);
}

enum err record_write(const struct job *job, const struct record_digests *digests, struct buf *out)
{
    char seed[2 * SEED_BYTES + 1], inputs_hex[DIGEST_HEX_BYTES], own_hex[DIGEST_HEX_BYTES];
    sodium_bin2hex(seed, sizeof seed, job->seed, sizeof job->seed);
    digest_inputs(digests, inputs_hex);
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:o, s:s, s:{s:s, s:o}, s:o, s:o, s:o, s:o, s:o}",                        //
                  "format", format_name,                                                                     //
                  "mechanism", RECORD_MECHANISM,                                                             //
                  "seed", seed,                                                                              //
                  "rules", rules_json(job),                                                                  //
                  "distances", job->postcodes->coarse ? "approximate" : "exact",                             //
                  "inputs", "digest", inputs_hex, "files", files_json(digests, RECORD_PC4, RECORD_STUDENTS), //
                  "counts", counts_json(job),                                                                //
                  "rank_distribution", ranks_json(&job->result),                                             //
                  "unmatched_reasons", reasons_json(job),                                                    //
                  "outputs", files_json(digests, RECORD_MATCHES, RECORD_UNMATCHED),                          //
                  "timings_us", timings_json(job));
    if (!json)
        return ERR_MEMORY;
    enum err e = dump(json, out);
    if (e == ERR_OK) {
        digest_of(buf_text(out), own_hex);
        e = json_object_set_new(json, "sha256", json_string(own_hex)) == 0 ? dump(json, out) : ERR_MEMORY;
    }
    json_decref(json);
    return e;
}

static bool read_number(const json_t *object, const char *key, int64_t min, int64_t max, int64_t *out)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_integer(value) || json_integer_value(value) < min || json_integer_value(value) > max)
        return false;
    *out = json_integer_value(value);
    return true;
}

static bool read_digests(const json_t *json, struct record_digests *out)
{
    const json_t *inputs = json_object_get(json_object_get(json, "inputs"), "files");
    const json_t *outputs = json_object_get(json, "outputs");
    for (enum record_file file = 0; file < RECORD_FILE_COUNT; file++) {
        const char *hex =
            json_string_value(json_object_get(file <= RECORD_STUDENTS ? inputs : outputs, record_file_name(file)));
        if (!hex || strlen(hex) != DIGEST_HEX_BYTES - 1)
            return false;
        memcpy(out->hex[file], hex, DIGEST_HEX_BYTES);
    }
    return true;
}

static const char *read_members(const json_t *json, struct record *out)
{
    const json_t *rules = json_object_get(json, "rules"), *timings = json_object_get(json, "timings_us");
    const char *format = json_string_value(json_object_get(json, "format"));
    const char *mechanism = json_string_value(json_object_get(json, "mechanism"));
    const char *seed = json_string_value(json_object_get(json, "seed"));
    int64_t slack, list_max, band_width;
    if (!format || strcmp(format, format_name) != 0)
        return "\"format\" is not one that this program knows";
    if (!mechanism || strcmp(mechanism, RECORD_MECHANISM) != 0)
        return "\"mechanism\" is not one that this program knows";
    if (!seed || lottery_parse_seed(text_of(seed), out->seed) != ERR_OK)
        return "\"seed\" is not 1 to 64 hexadecimal digits";
    if (!read_number(rules, "speling_dagen", 0, 366, &slack) ||
        !read_number(rules, "list_max", 0, UINT32_MAX, &list_max) ||
        !read_number(rules, "band_width", 1, SCORE_MAX, &band_width))
        return "\"rules\" are not complete";
    out->rules = (struct match_rules){(int32_t)slack, (uint32_t)list_max, (uint32_t)band_width};
    for (enum job_stage stage = JOB_READ; stage < JOB_STAGE_COUNT; stage++)
        if (!read_number(timings, job_stage_name(stage), 0, INT64_MAX, &out->stage_us[stage]))
            return "\"timings_us\" are not complete";
    return read_digests(json, &out->digests) ? NULL : "the digests of the files are not complete";
}

static enum err check_own_digest(json_t *json, bool *fits)
{
    char own_hex[DIGEST_HEX_BYTES];
    struct buf text;
    const char *claimed = json_string_value(json_object_get(json, "sha256"));
    char kept[DIGEST_HEX_BYTES] = "";
    if (claimed)
        snprintf(kept, sizeof kept, "%s", claimed);
    json_object_del(json, "sha256");
    buf_init(&text, 1 << 24);
    enum err e = dump(json, &text);
    if (e == ERR_OK) {
        digest_of(buf_text(&text), own_hex);
        *fits = strcmp(own_hex, kept) == 0;
    }
    buf_free(&text);
    return e;
}

enum err record_read(struct text text, struct record *out, char *reason, size_t reason_bytes)
{
    json_error_t error;
    struct record record = {0};
    json_t *json = json_loadb(text.data, text.length, JSON_REJECT_DUPLICATES, &error);
    if (!json) {
        snprintf(reason, reason_bytes, "line %d, column %d: not JSON: %s", error.line, error.column, error.text);
        return ERR_MISMATCH;
    }
    const char *wrong = read_members(json, &record);
    enum err e = wrong ? ERR_MISMATCH : check_own_digest(json, &record.own_digest_fits);
    if (wrong)
        snprintf(reason, reason_bytes, "%s", wrong);
    json_decref(json);
    if (e == ERR_OK)
        *out = record;
    return e;
}
