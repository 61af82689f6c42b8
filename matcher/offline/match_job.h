/*
 * match_job.h - `stagematch match`: two files in, a result directory out.
 *
 * The directory holds matches.csv, unmatched.csv, round.json, and in inputs/ the blinded inputs in canonical form, so that
 * `stagematch verify` can recompute the round from the directory alone. It appears completely or not at all.
 */
#ifndef OFFLINE_MATCH_JOB_H
#define OFFLINE_MATCH_JOB_H

#include "intake/names.h"
#include "offline/job.h"

#include <stdio.h>

/*
 * Runs the whole job. What went wrong is said on stderr. `replace`: an earlier result under the same name (a
 * directory with a round.json) is exchanged for the new one.
 */
MUST_USE enum err match_job_run(struct job *job, const char *out_dir, bool replace);

/* A summary for a person: what went in, what came out, by qualification with their names. */
MUST_USE enum err match_job_summary(const struct job *job, const struct names *names, FILE *to);

#endif
