/*
 * report_lists.h - what a report can say: grounds (config/grounds.csv) and routes (config/routes.csv), as they are shown and checked.
 *
 * Both are read once, at start. A setting that names no file gives an empty list; then no report can be made.
 */
#ifndef VAULT_REPORT_LISTS_H
#define VAULT_REPORT_LISTS_H

#include "base/conf.h"
#include "base/text.h"

enum { REPORT_CHOICES_MAX = 64, REPORT_VERSION_BYTES = 17 };

struct report_choice {
    const char *code, *name_nl, *name_en, *text_nl, *text_en, *basis; /* "" where there is none */
};

struct report_lists;

/* What is wrong is logged; ERR_INPUT, ERR_IO, ERR_MEMORY. */
MUST_USE enum err report_lists_read(const struct settings *settings, struct report_lists **out);
void report_lists_free(struct report_lists *lists);

/* In the order of the file; NULL behind the last. */
const struct report_choice *report_ground_at(const struct report_lists *lists, size_t index);
const struct report_choice *report_route_at(const struct report_lists *lists, size_t index);
bool report_has_ground(const struct report_lists *lists, const char *code);
bool report_has_route(const struct report_lists *lists, const char *code);

/* 16 hexadecimal digits of the hash of grounds.csv. */
const char *report_grounds_version(const struct report_lists *lists);

/* Settings that not every table has: a test's vault goes without. */
int64_t report_setting(const struct settings *settings, const char *name, int64_t fallback);

#endif
