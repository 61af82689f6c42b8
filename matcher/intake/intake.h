/*
 * intake.h - students.csv and placements.csv into a market without names.
 *
 * Both files follow the import format (README, "File formats"). Identity columns are passed over without being looked
 * at: nothing here can hold a name. What is kept beside the profile is the declared row key (school, student number,
 * start), which offline takes the place of the vault's reference.
 *
 * Use: intake_new; intake_read_students and intake_read_placements, in that order or the other; intake_build. Every
 * rule that a file breaks becomes a problem in `problems`, what deserves a look but is no error a problem in `notices`.
 * Nothing is taken from a file with an error.
 *
 * Cost: about 2 s and 200 bytes a row for 600,000 students.
 */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "base/intern.h"
#include "base/problem.h"
#include "intake/postcodes.h"
#include "match/lottery.h"
#include "match/market.h"

enum { LIST_ITEMS_MAX = 64, CODE_BYTES_MAX = 32, LEERPLAATS_BYTES_MAX = 64, LEERBEDRIJF_BYTES_MAX = 20 };

/* The declared key of one stagevraag, and what its row says beside the profile. */
struct student_row {
    struct student profile; /* wishes and exclusions: spans of intake.names until intake_build */
    struct text number;
    uint32_t school; /* of intake.schools */
    uint32_t line;
    uint16_t pc4;
};

struct placement_row {
    struct placement profile;
    struct text leerbedrijf, leerplaats, bedrijfsnaam, kvk;
    uint32_t line;
    uint16_t pc4;
};

struct file_report {
    struct problems problems;
    struct problems notices;
};

typedef void intake_progress(void *context, uint64_t done_bytes, uint64_t total_bytes);

struct intake {
    const struct postcodes *postcodes;
    const char *scope; /* school codes joined by ',' that the student file may name; NULL: any */
    struct arena texts;
    struct intern schools, skills, tags;
    struct intern places; /* what voorkeuren and uitsluiten name, as written */
    struct student_row *students;
    struct placement_row *placements;
    size_t student_count, student_capacity, placement_count, placement_capacity;
    uint32_t *names; /* pool of numbers of `places` */
    size_t name_count, name_capacity;
    uint32_t point_of_pc4[PC4_MAX + 1]; /* index into market.points + 1, or 0 */
    size_t point_capacity, skill_count, skill_capacity, criterion_count, criterion_capacity, tag_count, tag_capacity,
        qualification_count, qualification_capacity;
    struct market market;
};

/* `postcodes` and `scope` must outlive it. */
MUST_USE enum err intake_new(const struct postcodes *postcodes, const char *scope, struct intake **out);
void intake_free(struct intake *intake);

MUST_USE enum err intake_read_students(struct intake *intake, const char *path, struct file_report *report,
                                       intake_progress *progress, void *context);
MUST_USE enum err intake_read_placements(struct intake *intake, const char *path, struct file_report *report,
                                         intake_progress *progress, void *context);

/* The same from memory. */
MUST_USE enum err intake_read_students_bytes(struct intake *intake, struct text bytes, struct file_report *report);
MUST_USE enum err intake_read_placements_bytes(struct intake *intake, struct text bytes, struct file_report *report);

/*
 * Puts both in canonical order, finds duplicate keys (problems of the reports), resolves what voorkeuren and uitsluiten
 * name (unknown and ambiguous ones become notices) and completes intake->market but for the draws.
 */
MUST_USE enum err intake_build(struct intake *intake, struct file_report *students, struct file_report *placements);

/* Draws the lottery: hashes of students and placements under the seed, into the market, with at most `threads` threads. */
MUST_USE enum err intake_draw(struct intake *intake, const uint8_t seed[SEED_BYTES], uint32_t threads);

/*
 * The same for students who have the vault's reference, 32 hexadecimal digits, where offline has a student number: the lottery
 * is drawn for its 16 bytes. ERR_INPUT where a number is no reference.
 */
MUST_USE enum err intake_draw_references(struct intake *intake, const uint8_t seed[SEED_BYTES], uint32_t threads);

void file_report_init(struct file_report *report, const char *file);
void file_report_free(struct file_report *report);

#endif
