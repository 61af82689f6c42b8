/*
 * status.h - how a call of the API ends: a code of Connect, and for a refusal what a person and a program must know.
 *
 * A status is a small value. Its refusal, where there is one, is a constant of the module that refuses (a table row): a
 * stable code, texts in Dutch and English. Where in the request the fault lies, and the version an object has now, are
 * added by the caller. Nothing of the request is repeated in it, so an error never carries personal data.
 */
#ifndef API_STATUS_H
#define API_STATUS_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* The codes of the Connect protocol, by their numbers in gRPC. */
enum status_code {
    STATUS_OK = 0,
    STATUS_CANCELED = 1,
    STATUS_UNKNOWN = 2,
    STATUS_INVALID_ARGUMENT = 3,
    STATUS_DEADLINE_EXCEEDED = 4,
    STATUS_NOT_FOUND = 5,
    STATUS_ALREADY_EXISTS = 6,
    STATUS_PERMISSION_DENIED = 7,
    STATUS_RESOURCE_EXHAUSTED = 8,
    STATUS_FAILED_PRECONDITION = 9,
    STATUS_ABORTED = 10,
    STATUS_OUT_OF_RANGE = 11,
    STATUS_UNIMPLEMENTED = 12,
    STATUS_INTERNAL = 13,
    STATUS_UNAVAILABLE = 14,
    STATUS_DATA_LOSS = 15,
    STATUS_UNAUTHENTICATED = 16,
    STATUS_CODE_COUNT = 17,
};

/* One way to be refused; static. */
struct refusal {
    enum status_code code;
    const char *name;       /* stable, for programs: "stale_version" */
    const char *message_nl; /* what is wrong and what to do */
    const char *message_en;
};

struct status {
    const struct refusal *refusal; /* NULL: done */
    const char *field;             /* of the request, static; NULL: none */
    uint64_t current_version;      /* with refusal_stale_version */
};

#define STATUS_DONE ((struct status){NULL, NULL, 0})

/* Defines one: `const REFUSAL(refusal_wrong_state, STATUS_FAILED_PRECONDITION, "wrong_state", "…", "…");` */
#define REFUSAL(variable, code, name, nl, en) struct refusal variable = {(code), (name), (nl), (en)}

/* Those that every role gives. */
extern const struct refusal refusal_internal, refusal_unavailable, refusal_memory, refusal_deadline, refusal_canceled,
    refusal_unauthenticated, refusal_permission, refusal_not_found, refusal_unimplemented, refusal_malformed,
    refusal_request_id, refusal_request_reused, refusal_stale_version, refusal_missing_field, refusal_bad_value,
    refusal_too_large, refusal_too_many;

static inline struct status status_refuse(const struct refusal *refusal)
{
    return (struct status){refusal, NULL, 0};
}

static inline struct status status_refuse_field(const struct refusal *refusal, const char *field)
{
    return (struct status){refusal, field, 0};
}

/* "invalid_argument", …; static. "unknown" for a number that is none. */
const char *status_code_name(enum status_code code);

/* The HTTP status that Connect gives a unary error with this code. */
int status_http(enum status_code code);

#endif
