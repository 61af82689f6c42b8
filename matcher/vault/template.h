/*
 * template.h - the texts of notices: one file a notice in the folder `notices`, Dutch and then English.
 *
 * The first line is `Subject: …`, then a blank line, then the text. `{link}` becomes the link, `{service}` the address of the
 * service; there is nothing else to fill in, so no personal data can get in. A notice without a file of its own takes
 * `task.txt` where its name begins with "task", otherwise `notice.txt`; without a folder there is a built-in text.
 */
#ifndef VAULT_TEMPLATE_H
#define VAULT_TEMPLATE_H

#include "base/buf.h"

struct templates;

/* Reads all of a folder (NULL: none). What is wrong is logged, with the name of the notice. */
MUST_USE enum err templates_read(const char *folder, struct templates **out);
void templates_free(struct templates *templates);

struct letter {
    const char *to, *from; /* from: NULL: the mailer's own */
    const char *template;
    const char *link, *service;
    const char *id; /* of the notice, for Message-ID */
    int64_t time_ms;
};

/* Appends the whole message, headers first, as a mailer reads it from its input (RFC 5322, 2047). */
MUST_USE enum err letter_write(const struct templates *templates, const struct letter *letter, struct buf *out);

#endif
