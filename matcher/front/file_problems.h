/*
 * file_problems.h - problems and notices of a file into messages of the API, in both languages.
 */
#ifndef FRONT_FILE_PROBLEMS_H
#define FRONT_FILE_PROBLEMS_H

#include "base/problem.h"
#include "front/call.h"

/* Refuses the call with all that is wrong: invalid_argument, the kept problems, and how many there were. */
void file_problems_refuse(struct call *call, const struct problems *problems);

/* Appends each to a repeated field of an answer that is built in memory of api/message.h. */
MUST_USE enum err file_problems_append(const struct problems *problems, size_t *count,
                                       Stagematch__V1__FileProblem ***list);

#endif
