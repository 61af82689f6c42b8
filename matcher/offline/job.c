#include "offline/job.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/parallel.h"

#include <sys/resource.h>

const char *job_stage_name(enum job_stage stage)
{
    static const char *const names[] = {"read", "eligibility", "solve", "verify", "explain", "write"};
    return stage < JOB_STAGE_COUNT ? names[stage] : "end";
}

void job_init(struct job *job, const struct job_inputs *inputs, const struct match_rules *rules, struct clock clock,
              enum language language)
{
    *job = (struct job){
        .inputs = *inputs, .rules = *rules, .clock = clock, .language = language, .stage = JOB_STAGE_COUNT};
    file_report_init(&job->student_report, inputs->students);
    file_report_init(&job->placement_report, inputs->placements);
    problems_init(&job->pc4_problems, inputs->pc4);
    progress_init(&job->progress, clock);
}

void job_free(struct job *job)
{
    intake_free(job->intake);
    mem_free(job->postcodes);
    file_report_free(&job->student_report);
    file_report_free(&job->placement_report);
    problems_free(&job->pc4_problems);
    round_result_free(&job->result);
    job->intake = NULL;
    job->postcodes = NULL;
}

void job_enter(struct job *job, enum job_stage stage)
{
    int64_t now_us = clock_monotonic_us(&job->clock);
    if (job->stage < JOB_STAGE_COUNT) {
        struct rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        job->stage_us[job->stage] += now_us - job->stage_began_us;
        LOG(LOG_INFO, "stage", LOG_WORD("name", job_stage_name(job->stage)),
            LOG_NUMBER("us", now_us - job->stage_began_us), LOG_NUMBER("peak_kib", usage.ru_maxrss));
        progress_clear(&job->progress);
    }
    job->stage = stage;
    job->stage_began_us = now_us;
}

static void on_bytes(void *context, uint64_t done_bytes, uint64_t total_bytes)
{
    struct job *job = context;
    progress_show(&job->progress, job_stage_name(job->stage), done_bytes, total_bytes);
}

/* A reading that ended early has said why in its report; the other file is read all the same. */
static enum err only_memory(enum err e)
{
    return e == ERR_MEMORY || e == ERR_INTERNAL ? e : ERR_OK;
}

enum err job_read(struct job *job)
{
    job_enter(job, JOB_READ);
    enum err e = mem_alloc(1, sizeof *job->postcodes, &job->postcodes);
    if (e == ERR_OK)
        e = only_memory(postcodes_read(job->inputs.pc4, job->postcodes, &job->pc4_problems));
    if (e == ERR_OK && job->pc4_problems.total)
        return ERR_INPUT; /* without the table every row would be an error */
    if (e == ERR_OK)
        e = intake_new(job->postcodes, job->inputs.scope, &job->intake);
    if (e == ERR_OK)
        e = only_memory(intake_read_students(job->intake, job->inputs.students, &job->student_report, on_bytes, job));
    if (e == ERR_OK)
        e = only_memory(
            intake_read_placements(job->intake, job->inputs.placements, &job->placement_report, on_bytes, job));
    return e == ERR_OK ? intake_build(job->intake, &job->student_report, &job->placement_report) : e;
}

static enum job_stage job_stage_of(enum round_stage stage)
{
    static const enum job_stage stages[] = {JOB_ELIGIBILITY, JOB_SOLVE, JOB_VERIFY, JOB_EXPLAIN};
    return stages[stage];
}

static void on_stage(void *context, enum round_stage stage)
{
    job_enter(context, job_stage_of(stage));
}

static void on_progress(void *context, enum round_stage stage, uint64_t done, uint64_t total)
{
    struct job *job = context;
    progress_show(&job->progress, job_stage_name(job_stage_of(stage)), done, total);
}

static uint32_t count_threads(const struct job *job)
{
    uint32_t threads = job->threads ? job->threads : parallel_processors();
    return threads < PARALLEL_THREADS_MAX ? threads : PARALLEL_THREADS_MAX;
}

enum err job_play(struct job *job)
{
    struct round_observer observer = {on_stage, on_progress, job};
    uint32_t threads = count_threads(job);
    enum err e = intake_draw(job->intake, job->seed, threads);
    return e == ERR_OK ? round_run(&job->intake->market, &job->rules, threads, &observer, &job->result) : e;
}

static void print_notices(const struct problems *notices, size_t most, enum language language)
{
    struct problems shown = *notices; /* borrows the list; only the counts differ */
    if (most == 0)
        return;
    if (shown.kept > most)
        shown.kept = most;
    problems_print(&shown, language, stderr);
}

void job_print_reports(const struct job *job, size_t notices)
{
    problems_print(&job->pc4_problems, job->language, stderr);
    problems_print(&job->student_report.problems, job->language, stderr);
    problems_print(&job->placement_report.problems, job->language, stderr);
    print_notices(&job->student_report.notices, notices, job->language);
    print_notices(&job->placement_report.notices, notices, job->language);
}
