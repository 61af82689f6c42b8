/*
 * http.h - wire/h1_server.h without sockets: clients hand whole requests to the front and get whole answers.
 *
 * HTTP/1.1 itself is tested and fuzzed elsewhere (wire/); here only what a client may see matters: an answer, or none.
 */
#ifndef SIM_HTTP_H
#define SIM_HTTP_H

#include "base/text.h"

/* Sends a request to the front that is there. 0: there is none. Otherwise a number for http_leave and the answer. */
uint64_t http_send(const char *path, const char *token, struct text body);

/* The client leaves before its answer. */
void http_leave(uint64_t request);

/* Who gets answers: called inside the front's turn, so `body` must be copied. */
void http_listen(void (*answered)(uint64_t request, int status, struct text body));

#endif
