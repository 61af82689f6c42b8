/*
 * demo_client.h - a small client of the service's own API, for `stagematch demo`: one JSON call at a time.
 */
#ifndef SERVE_DEMO_CLIENT_H
#define SERVE_DEMO_CLIENT_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>

struct demo_client;

/* `address` is "127.0.0.1:8080". */
MUST_USE enum err demo_client_new(const char *address, struct demo_client **out);
void demo_client_free(struct demo_client *client);

/* From here on it speaks TLS, with who has a certificate of this file for that address. ERR_IO: there is none in it. */
MUST_USE enum err demo_client_trust(struct demo_client *client, const char *file);

/*
 * Calls "AuthService/Login" and the like, and waits for the answer, at most a minute. Takes `request` whatever happens. `token` may
 * be NULL. ERR_IO: no connection; ERR_INPUT: refused (the answer's message is said on stderr). The answer is the caller's.
 */
MUST_USE enum err demo_client_call(struct demo_client *client, const char *method, const char *token, json_t *request,
                                   json_t **answer);

/* The same with a request_id of its own. */
MUST_USE enum err demo_client_change(struct demo_client *client, const char *method, const char *token,
                                     json_t *request, json_t **answer);

/* Whether GET `path` answers with 200. */
bool demo_client_is_ok(struct demo_client *client, const char *path);

#endif
