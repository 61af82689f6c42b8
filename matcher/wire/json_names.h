/*
 * json_names.h - a field's two names, and base64 and Timestamps as JSON writes them: what reading and writing share.
 */
#ifndef WIRE_JSON_NAMES_H
#define WIRE_JSON_NAMES_H

#include "base/buf.h"

#include <protobuf-c/protobuf-c.h>

enum { JSON_NAME_BYTES = 128, TIMESTAMP_TEXT_BYTES = 31 };

/* "stagevraag_id" to "stagevraagId"; longer names are cut. Returns the length. */
size_t json_name(const char *proto_name, char out[JSON_NAME_BYTES]);

/* The size of one value of this type in a message's struct. */
size_t json_element_bytes(ProtobufCType type);

/* Whether messages of this type are google.protobuf.Timestamp. */
bool json_is_timestamp(const ProtobufCMessageDescriptor *descriptor);

/* "2027-02-01T12:00:00.5Z", UTC, with 0, 3, 6 or 9 digits of a second. ERR_RANGE outside years 1 to 9999. */
MUST_USE enum err timestamp_format(int64_t seconds, int32_t nanos, char out[TIMESTAMP_TEXT_BYTES]);

/* RFC 3339 with Z or an offset, up to 9 digits of a second, no leap second. */
MUST_USE enum err timestamp_parse(struct text text, int64_t *seconds, int32_t *nanos);

/* How many bytes this base64 stands for, at most. */
size_t base64_bytes_max(struct text text);

/*
 * Decodes either alphabet, padded or not, into `out` (base64_bytes_max of it). ERR_INPUT for another character, a length that
 * cannot be, or leftover bits that are not zero.
 */
MUST_USE enum err base64_decode(struct text text, uint8_t *out, size_t *length);

#endif
