/*
 * demo_case.h - cases and a measure for the demo, made through the service's own API, so that no page of theirs is empty.
 */
#ifndef SERVE_DEMO_CASE_H
#define SERVE_DEMO_CASE_H

#include "serve/demo_client.h"

/* About this leerbedrijf of this school: a case that waits for a handler, one in which the company is asked something, an agreement. `token`: of a
   behandelaar. */
MUST_USE enum err demo_seed_cases(struct demo_client *client, const char *token, const char *school,
                                  const char *leerbedrijf);

#endif
