/*
 * result_files.h - which code makes which file of a result directory.
 */
#ifndef OFFLINE_RESULT_FILES_H
#define OFFLINE_RESULT_FILES_H

#include "offline/job.h"
#include "offline/record.h"
#include "offline/sink.h"

/* Produces the bytes of one file from a played job. */
MUST_USE enum err result_file_produce(const struct job *job, enum record_file file, const struct sink *sink);

#endif
