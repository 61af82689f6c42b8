/*
 * complaints.h - what a person is told line by line, put into the log as it goes there: as it is, or as JSON.
 */
#ifndef BASE_COMPLAINTS_H
#define BASE_COMPLAINTS_H

#include <stddef.h>
#include <stdio.h>

struct complaints {
    FILE *to; /* write here; stderr where there is no memory */
    char *text;
    size_t length;
};

void complaints_open(struct complaints *out);

/* Says each line (log.h). */
void complaints_close(struct complaints *complaints);

#endif
