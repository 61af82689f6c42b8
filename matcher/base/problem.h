/*
 * problem.h - what is wrong with a file, where, and what was expected; in Dutch and in English.
 *
 * A problem points at a line and a column as a spreadsheet shows them and never repeats the value that stands there.
 * Its kind is a constant of the module that found it: a stable code for programs, texts for people. A list keeps the
 * first PROBLEMS_KEPT and counts the rest, so that a file of a million wrong rows costs a bounded amount of memory.
 */
#ifndef BASE_PROBLEM_H
#define BASE_PROBLEM_H

#include "base/text.h"

#include <stdio.h>

enum { PROBLEMS_KEPT = 1000, PROBLEM_COLUMN_BYTES = 72, PROBLEM_DETAIL_BYTES = 128 };

enum language { LANGUAGE_EN, LANGUAGE_NL, LANGUAGE_COUNT };

struct problem_kind {
    const char *code;
    const char *what[LANGUAGE_COUNT];     /* what is wrong */
    const char *expected[LANGUAGE_COUNT]; /* what to write instead, or what to do; NULL where `what` says it all */
};

/* Defines a kind: `static PROBLEM_KIND(name, "code", what in English, in Dutch, expected in English, in Dutch);` */
#define PROBLEM_KIND(name, code, en, nl, en_expected, nl_expected)                                                   \
    const struct problem_kind name = {code, {en, nl}, {en_expected, nl_expected}}

struct problem {
    const struct problem_kind *kind;
    uint64_t line;                     /* 1 is the header; 0: the file as a whole */
    char column[PROBLEM_COLUMN_BYTES]; /* a column's name, or its number; empty: the line as a whole */
    char
        detail[PROBLEM_DETAIL_BYTES]; /* more about the place: a code of the program, an operating system's message */
};

struct problems {
    const char *file; /* the name to show, borrowed */
    struct problem *list;
    size_t kept;
    size_t capacity;
    uint64_t total;
};

/* An empty list about `file`, which must outlive it. Allocates nothing yet. */
void problems_init(struct problems *problems, const char *file);
void problems_free(struct problems *problems);

/*
 * Adds one. `column` and `detail` may be empty; they are copied, shortened to fit, and control characters become '?'.
 * When memory is out the problem is counted all the same.
 */
void problems_add(struct problems *problems, const struct problem_kind *kind, uint64_t line, struct text column,
                  struct text detail);

/* ERR_INPUT where there is at least one, otherwise ERR_OK. */
MUST_USE enum err problems_result(const struct problems *problems);

/* One line each, "FILE: line 12, column postcode: WHAT; expected EXPECTED", and how many more there were. */
void problems_print(const struct problems *problems, enum language language, FILE *to);

/* Dutch where the environment asks for it (LC_ALL, LC_MESSAGES or LANG begins with "nl"), otherwise English. */
enum language language_of_environment(void);

#endif
