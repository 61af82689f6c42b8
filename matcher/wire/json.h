/*
 * json.h - the canonical JSON mapping of proto3, over protobuf-c's descriptors.
 *
 * https://protobuf.dev/programming-guides/json: names in lowerCamelCase (the proto's own names are read too), 64-bit
 * integers as strings (whole numbers are read too), enums by name (numbers are read too), bytes in base64 (both alphabets,
 * padded or not, are read), google.protobuf.Timestamp in RFC 3339, "NaN" and "Infinity" as strings, null for a default.
 * Defaults are not written, unknown names are passed over. There are no map fields in the API; tests/unit/api
 * sees to that.
 *
 * Reading is jansson's, without duplicate names, strict UTF-8, no NUL, with a limit of nesting, all of its memory counted and
 * wiped. Stricter than the mapping asks: a field under both of its names, two members of a oneof, or an unknown enum name
 * is an error; so is a whole number above 2^63 - 1 that is not in a string.
 *
 * Cost: reading about 40 ns a byte in small fields and 20 in long strings, writing 8 and 3.
 */
#ifndef WIRE_JSON_H
#define WIRE_JSON_H

#include "base/buf.h"
#include "wire/pbguard.h"

enum { JSON_DEPTH_MAX = 32, JSON_PATH_BYTES = 128 };

/* What is wrong and where, in words that never repeat a value; the path has names of the API and indices alone. */
struct json_fault {
    const char *what;           /* static: "not base64" */
    char path[JSON_PATH_BYTES]; /* "students[3].profile.leerweg"; empty: the document as a whole */
};

/* Draws the seed of jansson's tables; once, before a sandbox closes off the system's randomness. */
void json_start(void);

/*
 * Reads one object. `budget_bytes` bounds what the document and the message take together. ERR_INPUT: it is no such
 * message, *fault (may be NULL) says why. ERR_RANGE: nested too deeply. ERR_MEMORY: the budget or the memory is used up.
 * Free with pbguard_free. Not reentrant and for one thread: jansson's memory functions are the process's.
 */
MUST_USE enum err json_decode(const ProtobufCMessageDescriptor *descriptor, struct text json, size_t budget_bytes,
                              bool wiped, struct pbguard_message *out, struct json_fault *fault);

/*
 * Appends the message as one object without blanks; fields in the order of their numbers. ERR_MEMORY: the buffer's limit,
 * or memory. ERR_RANGE: nested too deeply, a Timestamp outside the years 1 to 9999, or text that is not UTF-8;
 * what was appended is then not whole.
 */
MUST_USE enum err json_encode(const void *message, struct buf *buf);

/* Appends a JSON string with its quotes. The text must be UTF-8. */
void json_put_string(struct buf *buf, struct text text);

/* Appends base64 of the standard alphabet. */
void json_put_base64(struct buf *buf, struct text bytes, bool padded);

#endif
