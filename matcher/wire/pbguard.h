/*
 * pbguard.h - protobuf bytes of somebody else: walked before they are unpacked, and unpacked within a budget.
 *
 * protobuf-c recurses without a limit, keeps every unknown field in a block of its own, merges repeated singular messages,
 * and checks neither UTF-8 nor NUL in strings. So the bytes are walked first, without recursion and without memory, against
 * the descriptor. Refused, beyond what the encoding itself forbids: nesting beyond `depth_max`, more fields or unknown bytes
 * than the limits, a varint longer than its value needs or too large for its field, groups, field number 0, a singular
 * message that occurs twice, a string with a NUL or that is not strict UTF-8 (no overlong forms, no surrogates).
 *
 * Faults are said in static words and never repeat a value.
 * Cost of the walk: about 4 ns a byte in small fields, far less in long ones; nothing is allocated.
 */
#ifndef WIRE_PBGUARD_H
#define WIRE_PBGUARD_H

#include "base/mem.h"
#include "base/text.h"

#include <protobuf-c/protobuf-c.h>

enum { PBGUARD_DEPTH_MAX = 16, PBGUARD_FIELDS_OF_A_MESSAGE_MAX = 256 };

struct pbguard_limits {
    size_t depth_max;  /* messages inside each other, the outermost counts; at most PBGUARD_DEPTH_MAX */
    size_t fields_max; /* occurrences of fields in all, elements of packed ones too */
    size_t unknown_fields_max;
    size_t unknown_bytes_max;
};

/* For requests from outside: depth 16, 1,048,576 fields, 64 unknown ones of 64 KiB in all. */
extern const struct pbguard_limits pbguard_limits_public;

/* For frames and messages between roles: as above with 33,554,432 fields. */
extern const struct pbguard_limits pbguard_limits_internal;

/*
 * ERR_OK: unpacking gives a message that is sound in all the ways above. ERR_INPUT: these bytes are no such message.
 * ERR_RANGE: more of something than the limits. On error *fault (may be NULL) gets a static sentence for the log.
 */
MUST_USE enum err pbguard_check(const ProtobufCMessageDescriptor *descriptor, struct text bytes,
                                const struct pbguard_limits *limits, const char **fault);

/* An unpacked message and how to free it. Its memory is that of api/message.h, so parts may be changed with it. */
struct pbguard_message {
    ProtobufCMessage *message;
    bool wiped;         /* overwritten when freed: it has identities, texts or secrets */
    struct arena arena; /* of pbguard_unpack_whole */
};

/*
 * Checks, then unpacks with at most budget_bytes of memory at any time. ERR_MEMORY: the budget, or the system's memory, was
 * not enough. Free with pbguard_free.
 */
MUST_USE enum err pbguard_unpack(const ProtobufCMessageDescriptor *descriptor, struct text bytes,
                                 const struct pbguard_limits *limits, size_t budget_bytes, bool wiped,
                                 struct pbguard_message *out, const char **fault);

/*
 * The same for a message that is only read: where there is much of it, all its parts lie in one arena, which is made and freed
 * far faster. No part may be changed or freed.
 */
MUST_USE enum err pbguard_unpack_whole(const ProtobufCMessageDescriptor *descriptor, struct text bytes,
                                       const struct pbguard_limits *limits, size_t budget_bytes, bool wiped,
                                       struct pbguard_message *out, const char **fault);

/* Frees it, wiping where it was asked for; a zeroed one is allowed, and it is zeroed afterwards. */
void pbguard_free(struct pbguard_message *message);

/* Whether these bytes are strict UTF-8 without a NUL: what every string of the API must be. */
bool pbguard_is_text(struct text bytes);

/*
 * An allocator that counts: what is handed out through it is memory of api/message.h, at most budget_bytes of it at any
 * time. For code that builds a message from a request in another way (wire/json). `budget` must live as long as it is used.
 */
struct pbguard_budget {
    ProtobufCAllocator allocator;
    size_t left_bytes;
    bool wiped;     /* overwrite what is freed */
    bool exhausted; /* a request did not fit */
};

void pbguard_budget_init(struct pbguard_budget *budget, size_t budget_bytes, bool wiped);

#endif
