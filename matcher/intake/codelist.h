/*
 * codelist.h - the closed lists of the configuration: skills, reasons, grounds, routes.
 *
 * Each is a CSV with columns code, nl, en and, by list, more: reasons have class (place, criterion, fact, other),
 * needs_criterion (yes, no) and allowed (events joined by `|`); grounds have basis; routes have contact (which may be empty), text_nl and
 * text_en. Codes are unique, names are not empty.
 */
#ifndef INTAKE_CODELIST_H
#define INTAKE_CODELIST_H

#include "base/problem.h"

enum codelist_kind { CODELIST_SKILLS, CODELIST_REASONS, CODELIST_GROUNDS, CODELIST_ROUTES };

/* Reads and checks a list; *count is the number of its entries. ERR_INPUT where there are problems. */
MUST_USE enum err codelist_check(const char *path, enum codelist_kind kind, struct problems *problems, size_t *count);

#endif
