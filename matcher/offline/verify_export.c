#include "offline/verify_export.h"

#include "base/date.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/merkle.h"
#include "base/parallel.h"
#include "intake/intake.h"
#include "match/round.h"
#include "offline/export_file.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum { JSON_BYTES_MAX = 1 << 27, MATCHES_BYTES_MAX = 1 << 26 };

/* A round that is played again, with all it needs. */
struct replayed {
    struct postcodes *postcodes;
    struct intake *intake;
    struct file_report students, placements;
    struct problems pc4;
    struct round_result result;
};

static enum err say(FILE *to, bool fits, const char *fine, const char *wrong)
{
    fprintf(to, "%s\n", fits ? fine : wrong);
    return fits ? ERR_OK : ERR_MISMATCH;
}

static enum err check_input(const struct export_file *file, FILE *to)
{
    struct digest digest;
    uint8_t found[HASH_BYTES];
    digest_start(&digest);
    digest_add(&digest, file->students.data, file->students.length);
    digest_add(&digest, file->placements.data, file->placements.length);
    crypto_hash_sha256_final(&digest.state, found);
    return say(to, memcmp(found, file->input_digest, HASH_BYTES) == 0, "input: has the digest that sealing published",
               "input: DIFFERS from the digest");
}

/* The lines of a file, without its headings, as leaves. */
static void add_entries(struct merkle *entries, struct text file)
{
    const char *end = file.data + file.length, *line = file.data;
    for (bool is_heading = true; line < end; is_heading = false) {
        const char *line_end = memchr(line, '\n', (size_t)(end - line));
        if (!line_end)
            line_end = end;
        if (!is_heading)
            merkle_add(entries, (struct text){line, (size_t)(line_end - line)});
        line = line_end + (line_end < end);
    }
}

static enum err check_entries(const struct export_file *file, FILE *to)
{
    struct merkle entries = {.count = 0};
    uint8_t found[DIGEST_BYTES];
    if (!file->has_entries_root)
        return say(to, true, "entries: the round was sealed before their root was published", "");
    add_entries(&entries, file->students);
    add_entries(&entries, file->placements);
    merkle_root(&entries, found);
    return say(to, memcmp(found, file->entries_root, HASH_BYTES) == 0,
               "entries: have the root that sealing published", "entries: DIFFER from their root");
}

static enum err check_nonces(const struct export_file *file, FILE *to)
{
    uint64_t withheld = 0;
    enum err e = ERR_OK;
    for (size_t i = 0; i < file->part_count; i++) {
        const struct export_part *part = &file->parts[i];
        const uint8_t *claimed = part->withheld ? part->nonce : part->commitment;
        uint8_t expected[HASH_BYTES];
        if (part->withheld)
            seed_withheld_nonce(part->commitment, file->input_digest, expected);
        else
            seed_commitment(part->brin, part->nonce, expected);
        withheld += part->withheld;
        if (memcmp(expected, claimed, HASH_BYTES) == 0)
            continue;
        fprintf(to, "nonce of %.*s: DIFFERS from %s\n", (int)part->brin.length, part->brin.data,
                part->withheld ? "the rule for one that was withheld" : "its commitment");
        e = ERR_MISMATCH;
    }
    if (e == ERR_OK)
        fprintf(to, "nonces: as committed, of %zu schools; %" PRIu64 " withheld and replaced by the rule\n",
                file->part_count, withheld);
    return e;
}

static enum err check_seed(const struct export_file *file, FILE *to)
{
    uint8_t(*nonces)[NONCE_BYTES], seed[SEED_BYTES];
    enum err e = mem_alloc(file->part_count, sizeof *nonces, &nonces);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < file->part_count; i++)
        memcpy(nonces[i], file->parts[i].nonce, NONCE_BYTES);
    seed_draw(file->input_digest, (const uint8_t(*)[NONCE_BYTES])nonces, file->part_count, file->beacon, seed);
    mem_free(nonces);
    return say(to, memcmp(seed, file->seed, SEED_BYTES) == 0,
               file->beacon.length ? "seed: drawn from the digest, the nonces and the beacon"
                                   : "seed: drawn from the digest and the nonces; there was no beacon",
               "seed: DIFFERS from what the digest, the nonces and the beacon give");
}

/* A reading that ended early has said why in its report. */
static enum err only_memory(enum err e)
{
    return e == ERR_MEMORY || e == ERR_INTERNAL ? e : ERR_OK;
}

static enum err read_input(const struct export_file *file, const char *pc4, struct replayed *replayed)
{
    enum err e = mem_alloc(1, sizeof *replayed->postcodes, &replayed->postcodes);
    if (e == ERR_OK)
        e = only_memory(pc4 ? postcodes_read(pc4, replayed->postcodes, &replayed->pc4)
                            : postcodes_read_bytes(file->postcodes, replayed->postcodes, &replayed->pc4));
    if (e == ERR_OK && replayed->pc4.total)
        return ERR_INPUT;
    if (e == ERR_OK)
        e = intake_new(replayed->postcodes, NULL, &replayed->intake);
    if (e == ERR_OK)
        e = only_memory(intake_read_students_bytes(replayed->intake, file->students, &replayed->students));
    if (e == ERR_OK)
        e = only_memory(intake_read_placements_bytes(replayed->intake, file->placements, &replayed->placements));
    return e == ERR_OK ? intake_build(replayed->intake, &replayed->students, &replayed->placements) : e;
}

static enum err play(const struct export_file *file, const char *pc4, struct replayed *replayed)
{
    uint32_t threads = parallel_processors();
    enum err e = read_input(file, pc4, replayed);
    if (e != ERR_OK)
        return e;
    /* No market, no matches: the service does not play such a round. */
    if (replayed->intake->student_count == 0 || replayed->intake->placement_count == 0)
        return ERR_OK;
    if (threads > PARALLEL_THREADS_MAX)
        threads = PARALLEL_THREADS_MAX;
    e = intake_draw_references(replayed->intake, file->seed, threads);
    if (e == ERR_OK)
        e = round_run(&replayed->intake->market, &file->rules, threads, NULL, &replayed->result);
    return e;
}

static void put_match(struct buf *buf, const struct intake *intake, const struct student_row *student,
                      const struct student_outcome *outcome)
{
    const struct placement_row *place = &intake->placements[outcome->place];
    char date[11];
    date_format(student->profile.from, date);
    buf_put_text(buf, intern_text(&intake->schools, student->school));
    buf_put_char(buf, ';');
    buf_put_text(buf, student->number);
    buf_printf(buf, ";%s;", date);
    buf_put_text(buf, place->leerbedrijf);
    buf_put_char(buf, ';');
    buf_put_text(buf, place->leerplaats);
    buf_printf(buf, ";%u;%u;%u;%u\n", outcome->rank, outcome->score, outcome->band, outcome->distance_m);
}

/* The line, from 1, on which two texts differ first; 0: they do not. */
static uint64_t first_difference(struct text a, struct text b)
{
    uint64_t line = 1;
    size_t shorter = a.length < b.length ? a.length : b.length, at = 0;
    for (; at < shorter && a.data[at] == b.data[at]; at++)
        line += a.data[at] == '\n';
    return at == a.length && at == b.length ? 0 : line;
}

static enum err check_matches(const struct export_file *file, const struct replayed *replayed, FILE *to)
{
    const struct intake *intake = replayed->intake;
    struct buf expected;
    buf_init(&expected, MATCHES_BYTES_MAX);
    buf_put_string(&expected, "school;studentnummer;van;leerbedrijf;leerplaats;rang;score;band;distance_m\n");
    for (size_t s = 0; s < replayed->result.student_count; s++)
        if (replayed->result.outcomes[s].place != PLACE_NONE)
            put_match(&expected, intake, &intake->students[s], &replayed->result.outcomes[s]);
    enum err e = buf_error(&expected);
    uint64_t line = e == ERR_OK ? first_difference(buf_text(&expected), file->matches) : 0;
    buf_free(&expected);
    if (e != ERR_OK)
        return e;
    if (line == 0) {
        fprintf(to, "matches: as recomputed, and stable: %" PRIu64 " of %zu students\n",
                replayed->result.counts.matched, intake->student_count);
        return ERR_OK;
    }
    fprintf(to, "matches: DIFFER from what the input, the rules and the seed give, first at line %" PRIu64 "\n",
            line);
    return ERR_MISMATCH;
}

static void print_problems(const struct replayed *replayed, enum language language)
{
    problems_print(&replayed->pc4, language, stderr);
    problems_print(&replayed->students.problems, language, stderr);
    problems_print(&replayed->placements.problems, language, stderr);
}

static enum err replay(const struct export_file *file, const char *pc4, enum language language, FILE *to)
{
    struct replayed replayed = {.intake = NULL};
    file_report_init(&replayed.students, "studentsCsv");
    file_report_init(&replayed.placements, "placementsCsv");
    problems_init(&replayed.pc4, pc4 ? pc4 : "pc4Csv");
    fprintf(to, "coordinates: %s\n", pc4 ? pc4 : "those of the export; --pc4 FILE uses others");
    enum err e = play(file, pc4, &replayed);
    print_problems(&replayed, language);
    if (e == ERR_OK)
        e = check_matches(file, &replayed, to);
    else if (e == ERR_INPUT)
        e = say(to, false, "", "input: NOT in the form of an export");
    else if (e == ERR_MISMATCH)
        fprintf(to, "matching: NOT stable: %s\n", finding_text(replayed.result.verdict.finding));
    intake_free(replayed.intake);
    mem_free(replayed.postcodes);
    file_report_free(&replayed.students);
    file_report_free(&replayed.placements);
    problems_free(&replayed.pc4);
    round_result_free(&replayed.result);
    return e;
}

static enum err check(const struct export_file *file, const char *pc4, enum language language, FILE *to)
{
    if (file->erased_count) {
        fprintf(to, "input: not whole: %" PRIu64 " students were erased since the round\n", file->erased_count);
        return ERR_MISSING;
    }
    if (!text_is(file->mechanism, "stb"))
        return say(to, false, "", "mechanism: one that this program does not know");
    enum err result = check_input(file, to), e = check_entries(file, to);
    result = result == ERR_OK ? e : result;
    e = check_nonces(file, to);
    result = result == ERR_OK ? e : result;
    e = check_seed(file, to);
    result = result == ERR_OK ? e : result;
    e = replay(file, pc4, language, to);
    return result == ERR_OK ? e : result;
}

enum err verify_export_run(const char *path, const char *pc4, enum language language, FILE *to)
{
    struct buf text;
    struct export_file file;
    char reason[256];
    buf_init(&text, JSON_BYTES_MAX);
    enum err e = file_read_all(path, &text);
    if (e != ERR_OK) {
        fprintf(stderr, "%s: cannot be read: %s\n", path, e == ERR_MEMORY ? "too large" : strerror(errno));
        buf_free(&text);
        return e == ERR_MISSING ? ERR_IO : e;
    }
    e = export_file_read(buf_text(&text), &file, reason, sizeof reason);
    buf_free(&text);
    if (e == ERR_MISMATCH)
        fprintf(to, "%s: not the JSON answer of ExportRound: %s\n", path, reason);
    if (e != ERR_OK)
        return e;
    e = check(&file, pc4, language, to);
    export_file_free(&file);
    return e;
}
