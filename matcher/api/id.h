/*
 * id.h - ids: 16 random bytes between the roles, 32 lower-case hexadecimal digits in the API.
 */
#ifndef API_ID_H
#define API_ID_H

#include "base/err.h"

#include <protobuf-c/protobuf-c.h>
#include <stdint.h>

enum { ID_BYTES = 16, ID_HEX_BYTES = 33 };

/* Exactly 32 lower-case hexadecimal digits; ERR_RANGE for anything else. */
MUST_USE enum err id_parse(const char *hex, uint8_t out[ID_BYTES]);

void id_format(const uint8_t id[ID_BYTES], char out[ID_HEX_BYTES]);

/* The same of a message's field; "" where it holds no id. */
void id_format_bytes(ProtobufCBinaryData id, char out[ID_HEX_BYTES]);

#endif
