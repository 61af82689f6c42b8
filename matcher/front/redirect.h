/*
 * redirect.h - the plain port of a service that speaks TLS: it sends browsers to public_url and does nothing else.
 *
 * GET and HEAD are answered with 308 and where the same path is over TLS; anything else is refused, since what it carries has
 * then gone over the network in the clear, and a client that is sent on would never notice.
 */
#ifndef FRONT_REDIRECT_H
#define FRONT_REDIRECT_H

#include "front/state.h"

struct h1_handler redirect_handler(struct front *front);

#endif
