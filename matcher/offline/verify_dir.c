#include "offline/verify_dir.h"

#include "base/file.h"
#include "base/mem.h"
#include "offline/record.h"
#include "offline/result_files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { RECORD_BYTES_MAX = 1 << 24, SHOWN_BYTES = 80 };

static enum err path_in(const char *dir, const char *name, char out[4096])
{
    int length = snprintf(out, 4096, "%s/%s", dir, name);
    return length > 0 && length < 4096 ? ERR_OK : ERR_RANGE;
}

/* A file that is compared with what should be in it, piece by piece. */
struct comparison {
    struct file_reader reader;
    struct digest digest;  /* of what should be in it */
    uint64_t line, column; /* of the next byte, from 1; column in bytes */
    bool differs;
    char expected[SHOWN_BYTES + 1], found[SHOWN_BYTES + 1];
};

/* What stands from `at` to the end of its line, for a person. */
static void show(char out[SHOWN_BYTES + 1], const char *bytes, size_t length)
{
    size_t used = 0;
    while (used < length && used < SHOWN_BYTES && bytes[used] != '\n') {
        unsigned char c = (unsigned char)bytes[used];
        out[used++] = (char)(c < 0x20 || c == 0x7f ? '?' : c);
    }
    out[used] = '\0';
}

/* Goes on over the bytes that are the same and returns their number; keeps line and column. */
static size_t skip_same(struct comparison *comparison, const char *expected, const char *found, size_t length)
{
    size_t same = 0;
    while (same < length && found[same] == expected[same]) {
        comparison->column++;
        if (found[same++] == '\n') {
            comparison->line++;
            comparison->column = 1;
        }
    }
    return same;
}

static enum err compare_piece(void *context, struct buf *buf)
{
    struct comparison *comparison = context;
    struct text expected = buf_text(buf);
    digest_add(&comparison->digest, expected.data, expected.length);
    while (expected.length && !comparison->differs) {
        char found[4096];
        size_t part = expected.length < sizeof found ? expected.length : sizeof found, got = 0;
        enum err e = file_reader_read(&comparison->reader, found, part, &got);
        if (e != ERR_OK)
            return e;
        size_t same = skip_same(comparison, expected.data, found, got);
        if (same < part) {
            comparison->differs = true;
            show(comparison->expected, expected.data + same, expected.length - same);
            show(comparison->found, found + same, got - same);
        }
        expected.data += part;
        expected.length -= part;
    }
    buf_clear(buf);
    return ERR_OK;
}

static enum err check_end(struct comparison *comparison)
{
    char more;
    size_t got = 0;
    enum err e = comparison->differs ? ERR_OK : file_reader_read(&comparison->reader, &more, 1, &got);
    if (e == ERR_OK && got) {
        comparison->differs = true;
        snprintf(comparison->expected, sizeof comparison->expected, "the end of the file");
        show(comparison->found, &more, 1);
    }
    return e;
}

static enum err say_result(const char *name, const struct comparison *comparison, FILE *to)
{
    if (!comparison->differs) {
        fprintf(to, "%s: as recomputed\n", name);
        return ERR_OK;
    }
    fprintf(to, "%s: DIFFERS at line %" PRIu64 ", byte %" PRIu64 ": expected \"%s\", found \"%s\"\n", name,
            comparison->line, comparison->column, comparison->expected, comparison->found);
    return ERR_MISMATCH;
}

static enum err put_to_digest(void *context, struct buf *buf)
{
    struct text text = buf_text(buf);
    digest_add(context, text.data, text.length);
    buf_clear(buf);
    return ERR_OK;
}

/* The digest of a file as it should be. */
static enum err expected_digest(const struct job *job, enum record_file file, char hex[DIGEST_HEX_BYTES])
{
    struct digest digest;
    struct sink sink = {put_to_digest, &digest};
    digest_start(&digest);
    enum err e = result_file_produce(job, file, &sink);
    digest_end(&digest, hex);
    return e;
}

/* Compares one file with what `produce` makes; the digest of that goes into `hex`. */
static enum err compare_file(const struct job *job, const char *dir, enum record_file file,
                             char hex[DIGEST_HEX_BYTES], FILE *to)
{
    char path[4096];
    struct comparison comparison = {.line = 1, .column = 1};
    struct sink sink = {compare_piece, &comparison};
    enum err e = path_in(dir, record_file_name(file), path);
    if (e == ERR_OK)
        e = file_reader_open(&comparison.reader, path);
    if (e != ERR_OK) {
        fprintf(to, "%s: cannot be read: %s\n", record_file_name(file), strerror(errno));
        e = expected_digest(job, file, hex);
        return e == ERR_OK ? ERR_MISMATCH : e;
    }
    digest_start(&comparison.digest);
    e = result_file_produce(job, file, &sink);
    if (e == ERR_OK)
        e = check_end(&comparison);
    digest_end(&comparison.digest, hex);
    file_reader_close(&comparison.reader);
    return e == ERR_OK ? say_result(record_file_name(file), &comparison, to) : e;
}

static enum err compare_record(const struct job *job, const struct record_digests *digests, struct text found,
                               FILE *to)
{
    struct buf expected;
    struct comparison comparison = {.line = 1, .column = 1};
    buf_init(&expected, RECORD_BYTES_MAX);
    enum err e = record_write(job, digests, &expected);
    if (e != ERR_OK) {
        buf_free(&expected);
        return e;
    }
    struct text wanted = buf_text(&expected);
    size_t shorter = wanted.length < found.length ? wanted.length : found.length;
    size_t at = skip_same(&comparison, wanted.data, found.data, shorter);
    comparison.differs = at < wanted.length || at < found.length;
    show(comparison.expected, wanted.data + at, wanted.length - at);
    show(comparison.found, found.data + at, found.length - at);
    buf_free(&expected);
    return say_result(RECORD_NAME, &comparison, to);
}

static void keep_first(enum err *result, enum err e)
{
    if (*result == ERR_OK || (*result == ERR_MISMATCH && e != ERR_OK && e != ERR_MISMATCH))
        *result = e;
}

/* The inputs must be what the record names, before anything is played from them. */
static enum err check_input_digests(const char *dir, const struct record *record, FILE *to)
{
    enum err result = ERR_OK;
    for (enum record_file file = RECORD_PC4; file <= RECORD_STUDENTS; file++) {
        char path[4096], hex[DIGEST_HEX_BYTES];
        enum err e = path_in(dir, record_file_name(file), path);
        if (e == ERR_OK)
            e = file_digest(path, hex);
        if (e != ERR_OK) {
            fprintf(to, "%s: cannot be read: %s\n", record_file_name(file), strerror(errno));
            e = ERR_MISMATCH;
        } else if (strcmp(hex, record->digests.hex[file]) != 0) {
            fprintf(to, "%s: CHANGED since the round: SHA-256 %.12s…, round.json says %.12s…\n",
                    record_file_name(file), hex, record->digests.hex[file]);
            e = ERR_MISMATCH;
        }
        keep_first(&result, e);
    }
    return result;
}

static enum err read_record(const char *dir, struct buf *text, struct record *record, FILE *to)
{
    char path[4096], reason[256];
    enum err e = path_in(dir, RECORD_NAME, path);
    if (e == ERR_OK)
        e = file_read_all(path, text);
    if (e != ERR_OK) {
        fprintf(to, "%s: cannot be read: %s; is this the result directory of a round?\n", path,
                e == ERR_MEMORY ? "too large" : strerror(errno));
        return e;
    }
    e = record_read(buf_text(text), record, reason, sizeof reason);
    if (e == ERR_MISMATCH)
        fprintf(to, "%s: DIFFERS: %s\n", RECORD_NAME, reason);
    if (e == ERR_OK && !record->own_digest_fits)
        fprintf(to, "%s: CHANGED since the round: its own digest (the last member) does not fit\n", RECORD_NAME);
    return e;
}

static enum err open_from(const char *dir, const struct record *record, struct clock clock, enum language language,
                          struct replay *replay)
{
    enum err e = path_in(dir, record_file_name(RECORD_STUDENTS), replay->students);
    if (e == ERR_OK)
        e = path_in(dir, record_file_name(RECORD_PLACEMENTS), replay->placements);
    if (e == ERR_OK)
        e = path_in(dir, record_file_name(RECORD_PC4), replay->pc4);
    if (e != ERR_OK)
        return e;
    struct job_inputs inputs = {replay->students, replay->placements, replay->pc4, NULL};
    job_init(&replay->job, &inputs, &record->rules, clock, language);
    memcpy(replay->job.seed, record->seed, SEED_BYTES);
    e = job_read(&replay->job);
    if (e == ERR_INPUT)
        job_print_reports(&replay->job, 0);
    if (e == ERR_OK)
        e = job_play(&replay->job);
    job_enter(&replay->job, JOB_STAGE_COUNT);
    if (e == ERR_OK)
        memcpy(replay->job.stage_us, record->stage_us, sizeof record->stage_us);
    return e == ERR_INPUT ? ERR_MISMATCH : e;
}

enum err replay_open(const char *dir, struct clock clock, enum language language, struct replay *out)
{
    struct buf text;
    struct record record;
    buf_init(&text, RECORD_BYTES_MAX);
    job_init(&out->job, &(struct job_inputs){0}, &(struct match_rules){0}, clock, language);
    enum err e = read_record(dir, &text, &record, stderr);
    if (e == ERR_OK)
        e = check_input_digests(dir, &record, stderr);
    if (e == ERR_OK)
        e = open_from(dir, &record, clock, language, out);
    buf_free(&text);
    return e;
}

void replay_close(struct replay *replay)
{
    job_free(&replay->job);
}

/* Compares the canonical form of the original files with the digests of the record. */
static enum err check_originals(const char *students, const char *placements, const struct replay *replay,
                                const struct record *record, FILE *to)
{
    struct job job;
    struct job_inputs inputs = {students, placements, replay->pc4, NULL};
    const enum record_file files[] = {RECORD_STUDENTS, RECORD_PLACEMENTS};
    job_init(&job, &inputs, &record->rules, replay->job.clock, replay->job.language);
    enum err e = job_read(&job), result = e;
    job_print_reports(&job, 0);
    for (size_t i = 0; i < 2 && e == ERR_OK; i++) {
        char hex[DIGEST_HEX_BYTES];
        e = expected_digest(&job, files[i], hex);
        bool same = strcmp(hex, record->digests.hex[files[i]]) == 0;
        fprintf(to, "%s: %s\n", i == 0 ? students : placements,
                same ? "the round was made from this file" : "DIFFERS from what the round was made from");
        keep_first(&result, e != ERR_OK ? e : same ? ERR_OK : ERR_MISMATCH);
    }
    job_enter(&job, JOB_STAGE_COUNT);
    job_free(&job);
    return result == ERR_INPUT ? ERR_MISMATCH : result;
}

static enum err compare_all(const char *dir, const struct replay *replay, const struct record *record,
                            struct text record_text, FILE *to)
{
    struct record_digests digests;
    enum err result = record->own_digest_fits ? ERR_OK : ERR_MISMATCH;
    for (enum record_file file = 0; file < RECORD_FILE_COUNT; file++)
        keep_first(&result, compare_file(&replay->job, dir, file, digests.hex[file], to));
    keep_first(&result, compare_record(&replay->job, &digests, record_text, to));
    return result;
}

enum err verify_dir_run(const char *dir, const char *students, const char *placements, struct clock clock,
                        enum language language, FILE *to)
{
    struct buf text;
    struct record record;
    struct replay *replay;
    buf_init(&text, RECORD_BYTES_MAX);
    enum err e = mem_alloc(1, sizeof *replay, &replay);
    if (e != ERR_OK)
        return e;
    job_init(&replay->job, &(struct job_inputs){0}, &(struct match_rules){0}, clock, language);
    e = read_record(dir, &text, &record, to);
    if (e == ERR_OK)
        e = check_input_digests(dir, &record, to);
    if (e == ERR_OK)
        e = open_from(dir, &record, clock, language, replay);
    if (e == ERR_OK)
        e = compare_all(dir, replay, &record, buf_text(&text), to);
    if (e == ERR_OK && students && placements)
        e = check_originals(students, placements, replay, &record, to);
    replay_close(replay);
    mem_free(replay);
    buf_free(&text);
    return e;
}
