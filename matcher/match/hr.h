/*
 * hr.h - a matching instance from a file, with the file's own numbering of students.
 */
#ifndef MATCH_HR_H
#define MATCH_HR_H

#include "match/instance.h"

struct hr {
    struct instance instance; /* students in lottery order */
    uint32_t *number;         /* by the file's student: its number in the instance */
};

void hr_free(struct hr *hr);

#endif
