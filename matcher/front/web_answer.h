/*
 * web_answer.h - the web application over HTTP: its files, and index.html for each of its pages.
 *
 * GET and HEAD; another verb gets 405. Files below /assets/ may be kept for a year, since their names change with their content;
 * all others are asked for again, and answered with 304 while they are the same. Where web_root is not set there is none of this.
 *
 * The files are read at the start of the front, and not again. A reload (SIGHUP) starts the fronts anew, unless a new certificate is
 * all that it finds: it looks at the entries of the folder itself and at the theme, as at every list (serve/inputs.h).
 */
#ifndef FRONT_WEB_ANSWER_H
#define FRONT_WEB_ANSWER_H

#include "front/state.h"

/* Reads web_root and web_theme; what is wrong was logged. */
MUST_USE enum err web_open(struct front *front);
void web_close(struct front *front);

/* Answers a path that is neither a page (front/pages.h) nor a method, or the root. False, and nothing done: it is no path of the web. */
bool web_answer(struct front *front, struct exchange *exchange);

/* The table's path of what answers this one, for the log; NULL where nothing does. */
const char *web_path(const struct front *front, struct text path);

#endif
