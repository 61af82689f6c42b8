/*
 * security_headers.h - what every answer tells a browser, in one table.
 *
 * Calls are answered with data, never with a page: nothing in an answer may run, be framed, be guessed to be another type or
 * be read by another site. The web application's files have a policy of their own: they may load script, style, images and fonts from
 * this service alone, nothing inline, and call this service alone; script may not write HTML (Trusted Types): the one policy of that
 * kind names the script of the worker that reads spreadsheets. Over TLS a browser is also told to come back over TLS alone, for a year
 * (RFC 6797).
 */
#ifndef FRONT_SECURITY_HEADERS_H
#define FRONT_SECURITY_HEADERS_H

#include "wire/h1_server.h"

struct security_headers {
    const struct exchange_header *headers; /* static */
    size_t count;
};

struct security_headers security_headers(bool over_tls);

/* In place of or beside those, for the files of the web application. */
struct security_headers security_headers_of_web(void);

#endif
