/*
 * route.h - from a request of HTTP to a page or a call: what h1_server asks of its handler.
 *
 * In the order of the Connect protocol: path (404), verb (405 with Allow), content type (415 with Accept-Post), compression,
 * version, timeout. All of that is answered before a byte of the body is taken; the rest is the call's (call.h).
 */
#ifndef FRONT_ROUTE_H
#define FRONT_ROUTE_H

#include "front/state.h"

/* The method of "/stagematch.v1.Service/Method"; NULL where there is none, or it is one between roles. */
const struct method *route_method(struct text path);

struct h1_handler route_api(struct front *front);
struct h1_handler route_metrics(struct front *front);

#endif
