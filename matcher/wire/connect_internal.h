/*
 * connect_internal.h - what the unary and the streaming half of Connect share. Nobody else includes this.
 */
#ifndef WIRE_CONNECT_INTERNAL_H
#define WIRE_CONNECT_INTERNAL_H

#include "wire/connect.h"

/* What stands before the parameters of a Content-Type. */
struct text connect_media_type(struct text content_type);

/* Both give ERR_INPUT, having filled in the refusal. */
MUST_USE enum err connect_refuse_http(struct connect_refusal *refusal, int http_status, const char *name,
                                      const char *value);
MUST_USE enum err connect_refuse(struct connect_refusal *refusal, const struct refusal *why);

/* The coding that a Content-Encoding names. */
MUST_USE enum err connect_check_coding(struct text name, enum connect_coding *out, struct connect_refusal *refusal);

/* The version, and out->timeout_ms. */
MUST_USE enum err connect_check_call(const struct connect_head *head, struct connect_request *out,
                                     struct connect_refusal *refusal);

/* What is told where a message could not be got out of what is around it. */
const struct refusal *connect_refusal_of(enum err e);

#endif
