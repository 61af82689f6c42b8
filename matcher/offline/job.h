/*
 * job.h - a round without a server: files in, a played round in memory.
 *
 * What `match` writes, `verify` checks and `explain` tells all start here.
 */
#ifndef OFFLINE_JOB_H
#define OFFLINE_JOB_H

#include "base/progress.h"
#include "intake/intake.h"
#include "match/round.h"

enum job_stage { JOB_READ, JOB_ELIGIBILITY, JOB_SOLVE, JOB_VERIFY, JOB_EXPLAIN, JOB_WRITE, JOB_STAGE_COUNT };

struct job_inputs {
    const char *students, *placements, *pc4; /* paths */
    const char *scope;                       /* school codes the student file may name, or NULL */
};

struct job {
    struct job_inputs inputs;
    struct match_rules rules;
    uint32_t threads; /* 0: one for each processor this process may use */
    uint8_t seed[SEED_BYTES];
    struct clock clock;
    enum language language;

    struct postcodes *postcodes;
    struct intake *intake;
    struct file_report student_report, placement_report;
    struct problems pc4_problems;
    struct round_result result;

    struct progress progress;
    enum job_stage stage;
    int64_t stage_began_us;
    int64_t stage_us[JOB_STAGE_COUNT]; /* wall time */
};

/* A job that has done nothing yet. The strings of `inputs` must outlive it. */
void job_init(struct job *job, const struct job_inputs *inputs, const struct match_rules *rules, struct clock clock,
              enum language language);
void job_free(struct job *job);

/* Reads and checks everything; all problems of all files are in the reports. ERR_INPUT where there are any. */
MUST_USE enum err job_read(struct job *job);

/* Draws the lottery with job->seed and plays the round. */
MUST_USE enum err job_play(struct job *job);

/* Ends the running stage and begins the next; JOB_STAGE_COUNT only ends. Each ended stage is a log event. */
void job_enter(struct job *job, enum job_stage stage);

/* Prints all problems, then up to `notices` notices a file, to stderr. */
void job_print_reports(const struct job *job, size_t notices);

/* "read", "eligibility", … */
const char *job_stage_name(enum job_stage stage);

#endif
