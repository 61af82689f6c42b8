/*
 * names.h - names of qualifications, for people to read.
 *
 * A CSV with a column `code` (or `crebo`, or `isat`) of five digits and a column `naam`; other columns are passed over.
 */
#ifndef INTAKE_NAMES_H
#define INTAKE_NAMES_H

#include "base/mem.h"
#include "base/text.h"

struct named_code {
    uint32_t code;
    struct text name;
};

struct names {
    struct arena texts;
    struct named_code *codes; /* in order of code */
    size_t count, capacity;
};

/* Reads a list; a NULL path gives an empty one. What is wrong is printed to stderr; then ERR_INPUT. */
MUST_USE enum err names_read(const char *path, struct names *out);
void names_free(struct names *names);

/* The name, or an empty text. */
struct text names_find(const struct names *names, uint32_t code);

#endif
