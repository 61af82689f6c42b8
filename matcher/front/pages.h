/*
 * pages.h - pages that are no calls of the API: for load balancers, for Prometheus, for who finds a hole, and the root.
 *
 *   /healthz  this process turns its loop        /readyz  which roles are there and ready; asked at most once a second
 *   /metrics  the numbers of all fronts, engine and vault (on an address of its own, not the API's)
 *   /.well-known/security.txt                    /        what this is, or the web application (front/web_answer.h)
 */
#ifndef FRONT_PAGES_H
#define FRONT_PAGES_H

#include "base/buf.h"
#include "front/health.h"
#include "wire/h1_server.h"

struct front;

enum page_place { PAGE_OF_API = 1, PAGE_OF_METRICS = 2 };

struct page;

/* The page with this path at this place, or NULL. */
const struct page *page_find(struct text path, enum page_place place);

const char *page_path(const struct page *page);

/* Whether it can be answered before the request is complete, in `head`; otherwise in `request`. */
bool page_is_ready(const struct page *page);

/* Answers, now or when engine and vault did: GET and HEAD; another verb gets 405. */
void page_answer(struct front *front, const struct page *page, struct exchange *exchange);

/* Makes the pages whose text depends on the time. */
MUST_USE enum err pages_init(struct front *front);
void pages_free(struct front *front);

/* An answer that is no call's, for nobody to keep. `name` and `type` may be NULL. */
void page_respond(struct exchange *exchange, int status, const char *name, const char *value, const char *type,
                  struct text body);

#endif
