/*
 * err.h - the one error type.
 *
 * Every fallible function returns enum err and leaves its outputs untouched unless it returns ERR_OK. The code says
 * which kind of answer the caller owes (retry, refuse, give up); what a person should read is written where the
 * failure is understood, once: as a problem (base/problem.h), as a line on stderr, or as a log event.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err {
    ERR_OK = 0,
    ERR_MEMORY,   /* the system gave no memory, or a budget is used up */
    ERR_INPUT,    /* the caller's data break a rule; a problem list says which */
    ERR_RANGE,    /* a number or size is outside what this function takes */
    ERR_IO,       /* reading or writing failed; errno at the time was logged or reported */
    ERR_SPACE,    /* no room left on the device, or a quota or file size limit was hit */
    ERR_EXISTS,   /* the thing to make is already there */
    ERR_MISSING,  /* the thing to read is not there */
    ERR_MISMATCH, /* a check found a difference */
    ERR_USAGE,    /* wrong use of a command: exit status 2 */
    ERR_INTERNAL, /* an invariant does not hold */
};

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(string, first) __attribute__((__format__(__printf__, string, first)))

/* A short English noun phrase for the error; static memory, never NULL. */
const char *err_text(enum err e);

/* The err that fits a value of errno: ERR_SPACE, ERR_EXISTS, ERR_MISSING, ERR_MEMORY, otherwise ERR_IO. */
enum err err_from_errno(int number);

#endif
