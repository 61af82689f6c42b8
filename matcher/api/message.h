/*
 * message.h - protobuf-c messages as the whole program keeps them: memory, copies, bytes, and fields by their names.
 *
 * Every message that outlives a function lives in memory of base/mem, each string and array a block of its own, so a part
 * may be replaced here and the whole freed here, whoever made it (wire/pbguard, wire/json, or message_new). A message that
 * is built on the stack from borrowed strings is only packed, never given to these functions to change or free.
 *
 * Functions take `void *` where any generated message fits: its first member is its ProtobufCMessage.
 */
#ifndef API_MESSAGE_H
#define API_MESSAGE_H

#include "base/buf.h"

#include <protobuf-c/protobuf-c.h>

/* base/mem for protobuf-c; static. */
ProtobufCAllocator *message_allocator(void);

/* A message with every field at its default. `out` is the address of a pointer to it. */
MUST_USE enum err message_new(const ProtobufCMessageDescriptor *descriptor, void *out);

/* A view as a member of a message on the stack that is only packed or written: not copied, not to be changed or freed. */
char *message_borrow(const char *string);
ProtobufCBinaryData message_borrow_bytes(struct text bytes);

/* Frees a message and all it holds; NULL is allowed. The second overwrites each block first: identities, secrets. */
void message_free(void *message);
void message_free_wiped(void *message);

/* A deep copy (through its bytes). O(size). */
MUST_USE enum err message_dup(const void *message, void *out);

/* Appends its bytes. ERR_MEMORY where the buffer's limit or memory ends; then the buffer has that error too. */
MUST_USE enum err message_pack_buf(const void *message, struct buf *buf);

/*
 * Reads bytes that this program wrote itself (a row of its store). What comes from anybody else goes through
 * wire/pbguard.h. ERR_INPUT where they are no such message.
 */
MUST_USE enum err message_unpack(const ProtobufCMessageDescriptor *descriptor, struct text bytes, void *out);

/* The field with this name in the proto; NULL where there is none. O(log fields). */
const ProtobufCFieldDescriptor *message_field(const ProtobufCMessageDescriptor *descriptor, const char *name);

/* Whether messages of this type have a field of that name (not: whether it is set). */
bool message_has_field(const void *message, const char *name);

/*
 * A singular field by name, for code that serves many methods alike. Where there is no such field, it has another type, or it
 * is a member of a oneof that is not set: empty, or 0. Views are valid until the field changes. A signed value comes as its two's
 * complement, an enum or a bool as its number.
 */
struct text message_text(const void *message, const char *name); /* string or bytes */
uint64_t message_u64(const void *message, const char *name);
const void *message_sub(const void *message, const char *name); /* a message, or NULL */

/*
 * Sets one, which must not be a member of a oneof. ERR_MISSING where there is no such field of that type; ERR_INPUT for a
 * string with a NUL in it; ERR_RANGE for a number that does not fit. Strings are copied; the old one is wiped.
 */
MUST_USE enum err message_set_string(void *message, const char *name, struct text value);
MUST_USE enum err message_set_bytes(void *message, const char *name, struct text value);
MUST_USE enum err message_set_u64(void *message, const char *name, uint64_t value);

/*
 * The same on a generated struct's own member: `message_assign_string(&record->school, school)`. The old value must be a
 * block of base/mem or protobuf-c's empty string. Nothing changes on ERR_MEMORY.
 */
MUST_USE enum err message_assign_string(char **member, struct text value);
MUST_USE enum err message_assign_bytes(ProtobufCBinaryData *member, struct text value);

/*
 * Appends to a repeated member: `message_append_string(&r->n_schools, &r->schools, school)` copies; message_append takes
 * ownership of the message `item` whatever happens. `list` is the address of the array. Cost: amortised O(1).
 */
MUST_USE enum err message_append_string(size_t *count, char ***list, struct text value);
MUST_USE enum err message_append_bytes(size_t *count, ProtobufCBinaryData **list, struct text value);
MUST_USE enum err message_append_u64(size_t *count, uint64_t **list, uint64_t value);
MUST_USE enum err message_append(size_t *count, void *list, void *item);

#endif
