#include "offline/match_job.h"

#include "base/stage.h"
#include "offline/canonical.h"
#include "offline/record.h"
#include "offline/result_files.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum { NOTICES_SHOWN = 10 };

static enum err put_to_file(void *context, struct buf *buf)
{
    return stage_file_put(context, buf);
}

static enum err write_file(const struct job *job, struct stage *stage, enum record_file file,
                           struct record_digests *digests)
{
    struct stage_file out;
    enum err e = stage_file_open(stage, record_file_name(file), &out);
    if (e != ERR_OK)
        return e;
    struct sink sink = {put_to_file, &out};
    e = result_file_produce(job, file, &sink);
    enum err closed = stage_file_close(&out, digests->hex[file]);
    return e != ERR_OK ? e : closed;
}

static enum err write_record(const struct job *job, struct stage *stage, const struct record_digests *digests)
{
    struct buf text;
    struct stage_file out;
    buf_init(&text, 1 << 24);
    enum err e = record_write(job, digests, &text);
    if (e == ERR_OK)
        e = stage_file_open(stage, RECORD_NAME, &out);
    if (e == ERR_OK) {
        e = stage_file_put(&out, &text);
        enum err closed = stage_file_close(&out, NULL);
        e = e != ERR_OK ? e : closed;
    }
    buf_free(&text);
    return e;
}

static enum err write_all(struct job *job, struct stage *stage)
{
    struct record_digests digests;
    job_enter(job, JOB_WRITE);
    enum err e = stage_folder(stage, "inputs");
    for (enum record_file file = 0; file < RECORD_FILE_COUNT && e == ERR_OK; file++)
        e = write_file(job, stage, file, &digests);
    job_enter(job, JOB_STAGE_COUNT);
    return e == ERR_OK ? write_record(job, stage, &digests) : e;
}

static void say_stage_failed(const struct stage *stage, enum err e, const char *out_dir)
{
    const char *advice =
        e == ERR_EXISTS
            ? "choose another --out, or add --force to replace an earlier result (a directory with round.json)"
        : e == ERR_SPACE ? "make room, or choose another --out"
                         : "choose a directory that you may write to";
    fprintf(stderr, "stagematch match: %s: cannot write the result: %s (%s); %s\n", out_dir,
            stage->failed_errno ? strerror(stage->failed_errno) : err_text(e),
            stage->failed_name ? stage->failed_name : "", advice);
}

static void say_failed(const struct job *job, enum err e)
{
    if (e == ERR_MISMATCH)
        fprintf(stderr,
                "stagematch match: the check of the matching found a fault in this program: %s; nothing was "
                "written, please report it\n",
                finding_text(job->result.verdict.finding));
    else
        fprintf(stderr, "stagematch match: %s; nothing was written\n",
                e == ERR_INPUT ? "the files have errors; correct them and try again" : err_text(e));
}

enum err match_job_run(struct job *job, const char *out_dir, bool replace)
{
    struct stage stage;
    enum err e = stage_begin(&stage, out_dir, replace ? RECORD_NAME : NULL);
    if (e != ERR_OK) {
        say_stage_failed(&stage, e, out_dir);
        stage_abort(&stage);
        return e;
    }
    e = job_read(job);
    job_print_reports(job, NOTICES_SHOWN);
    if (e == ERR_OK)
        e = job_play(job);
    if (e != ERR_OK) {
        job_enter(job, JOB_STAGE_COUNT);
        say_failed(job, e);
        stage_abort(&stage);
        return e;
    }
    e = write_all(job, &stage);
    if (e == ERR_OK)
        e = stage_commit(&stage);
    else
        stage_abort(&stage);
    if (e != ERR_OK)
        say_stage_failed(&stage, e, out_dir);

    return e;
}
