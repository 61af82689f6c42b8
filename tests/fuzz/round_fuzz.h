/*
 * round_fuzz.h - one of the two input files from the fuzzer, the other one fixed: read, built, drawn and played.
 *
 * A file is refused with problems, or a whole round runs over it: no error, no seat above capacity, each outcome whole.
 */
#ifndef FUZZ_ROUND_FUZZ_H
#define FUZZ_ROUND_FUZZ_H

#include "fuzz.h"

#include "intake/intake.h"
#include "match/round.h"

#include <string.h>

static inline const struct postcodes *fuzz_postcodes(void)
{
    static struct postcodes table;
    table.coarse = true;
    for (uint32_t region = PC4_REGION_MIN; region <= PC4_REGION_MAX; region++) {
        table.region_known[region] = region != 99; /* one that is missing */
        table.regions[region] = (struct point){51.0 + region / 40.0, 4.0 + region / 40.0};
    }
    table.known[1012] = true;
    table.points[1012] = (struct point){52.373, 4.893};
    table.count = 1;
    return &table;
}

static inline void claim_outcome(const struct intake *intake, const struct round_result *result, size_t s,
                                 uint32_t *held)
{
    const struct student_outcome *outcome = &result->outcomes[s];
    if (outcome->place == PLACE_NONE) {
        CLAIM(outcome->by_band + outcome->by_lottery == outcome->eligible);
        CLAIM((outcome->eligible == 0) == (outcome->removed_at < result->removed_count));
        return;
    }
    CLAIM(outcome->place < intake->market.placement_count && outcome->rank >= 1);
    CLAIM(outcome->score <= SCORE_MAX && outcome->rank <= result->rank_max);
    CLAIM(outcome->distance_m <= 1000u * intake->market.students[s].max_km);
    CLAIM(++held[outcome->place] <= intake->market.placements[outcome->place].capacity);
}

static inline void play_round(struct intake *intake, uint32_t list_max, uint32_t threads)
{
    struct match_rules rules = {.slack_days = 7, .list_max = list_max, .band_width = 10};
    struct round_result result;
    uint32_t *held = calloc(intake->market.placement_count + 1, sizeof *held);
    CLAIM(held && round_run(&intake->market, &rules, threads, NULL, &result) == ERR_OK);
    CLAIM(result.counts.matched + result.counts.unmatched == intake->market.student_count);
    for (size_t s = 0; s < result.student_count; s++)
        claim_outcome(intake, &result, s, held);
    free(held);
    round_result_free(&result);
}

/* Reads both, builds, draws and plays. The fixed one must be without fault. */
static inline void fuzz_round(struct text students, struct text placements, bool students_fixed)
{
    static const uint8_t seed[SEED_BYTES] = {7};
    char student_path[MEMORY_FILE_PATH_BYTES], placement_path[MEMORY_FILE_PATH_BYTES];
    int student_fd = memory_file(students.data, students.length, student_path);
    int placement_fd = memory_file(placements.data, placements.length, placement_path);
    struct file_report student_report, placement_report;
    struct intake *intake;
    file_report_init(&student_report, "students");
    file_report_init(&placement_report, "placements");
    CLAIM(intake_new(fuzz_postcodes(), "99AA,99AB", &intake) == ERR_OK);
    enum err first = intake_read_students(intake, student_path, &student_report, NULL, NULL);
    enum err second = intake_read_placements(intake, placement_path, &placement_report, NULL, NULL);
    CLAIM((students_fixed ? first : second) == ERR_OK);
    CLAIM(first == (student_report.problems.total ? ERR_INPUT : ERR_OK));
    CLAIM(second == (placement_report.problems.total ? ERR_INPUT : ERR_OK));
    if (first == ERR_OK && second == ERR_OK) {
        enum err built = intake_build(intake, &student_report, &placement_report);
        bool problems = student_report.problems.total || placement_report.problems.total;
        CLAIM(built == (problems ? ERR_INPUT : ERR_OK));
        if (built == ERR_OK) {
            CLAIM(intake_draw(intake, seed, 1) == ERR_OK);
            play_round(intake, 0, 1);
            play_round(intake, 1, 2);
        }
    }
    intake_free(intake);
    file_report_free(&student_report);
    file_report_free(&placement_report);
    close(student_fd);
    close(placement_fd);
}

#endif
