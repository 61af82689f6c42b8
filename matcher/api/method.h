/*
 * method.h - the one table of methods: who serves each, who may call it, how large a request may be.
 *
 * protobuf-c's service descriptors carry no options, so this table routes, and tests/unit/api holds it against the
 * compiled descriptor set: every method of proto/ stands in it once, with its own messages.
 */
#ifndef API_METHOD_H
#define API_METHOD_H

#include "base/text.h"

#include <protobuf-c/protobuf-c.h>

enum method_target {
    TARGET_ENGINE,          /* the engine answers alone */
    TARGET_VAULT,           /* the vault answers alone, or leads */
    TARGET_SAGA_STUDENTS,   /* staged in the vault, committed by the engine: identities and profiles */
    TARGET_PLACEMENTS_FILE, /* a file that the front reads; the engine commits its rows */
    TARGET_SAGA_TEXT,       /* engine, with a text that goes through the vault first where there is one */
    TARGET_JOIN,            /* the engine's rows and the vault's names, joined by the front */
    TARGET_DOSSIER,         /* the engine's case and the vault's texts, joined by the front */
    TARGET_WATCH,           /* a stream that the front keeps up to date with the engine's answers to another method */
    TARGET_INTERNAL,        /* between roles alone; never routed from outside */
};

/* Bit of a role in `roles`: 1 << enum Role of the API. */
#define ROLE_BIT(role) (1u << (role))

enum {
    METHOD_PUBLIC = 1,  /* needs no caller */
    METHOD_CHANGES = 2, /* carries a request_id; its answer is kept for repeats */
    METHOD_GET = 4,     /* NO_SIDE_EFFECTS in the proto: may be called by GET, has no personal data */
    METHOD_SECRET = 8,  /* request or answer holds a password or token; never logged, never cached */
    METHOD_STREAM = 16, /* answers with a stream of messages */
};

enum method_id {
#define X(id, path, snake, target, roles, max_bytes, flags) METHOD_##id,
#include "api/methods.def"
#undef X
    METHOD_COUNT,
};

struct method {
    enum method_id id;
    const char *path; /* "stagematch.v1.ProposalService/ApproveProposal" or "internal/StageStudents" */
    enum method_target target;
    unsigned roles; /* ROLE_BITs; 0 with METHOD_PUBLIC or for internal ones */
    size_t max_bytes;
    unsigned flags;
    const ProtobufCMessageDescriptor *request, *response;
};

/* By id, which must be below METHOD_COUNT. */
const struct method *method_of(enum method_id id);

/* By path, without a leading slash; NULL where there is none. O(log methods). */
const struct method *method_find(struct text path);

#endif
