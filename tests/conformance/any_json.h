/*
 * any_json.h - google.protobuf.Any in JSON: {"@type":…, members of the message}.
 *
 * wire/json knows no Any (the API has none) and reads and writes it by its fields, {"typeUrl":…,"value":base64}. These two
 * turn the one form into the other, at every depth, around it.
 */
#ifndef CONFORMANCE_ANY_JSON_H
#define CONFORMANCE_ANY_JSON_H

#include "base/buf.h"

/* For what is to be read. ERR_INPUT: no JSON, or an Any of a type that this service does not have. */
MUST_USE enum err any_json_to_fields(struct text json, struct buf *out);

/* For what was written. */
MUST_USE enum err any_json_from_fields(struct text json, struct buf *out);

#endif
