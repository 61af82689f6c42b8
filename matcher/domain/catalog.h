/*
 * catalog.h - names and contacts of the configuration, as they are shown to people: skills (config/skills.csv), qualifications
 * (opleidingen.csv), schools (schools.csv), grounds (grounds.csv), who can help (contacts.csv).
 *
 * Nothing that the service decides rests on them. Each list is bounded, entries and texts alike, so that all of them fit into one answer of
 * less than 4 MiB; ordinarily it is some tens of KiB.
 */
#ifndef DOMAIN_CATALOG_H
#define DOMAIN_CATALOG_H

#include "base/problem.h"

enum { CATALOG_TEXT_BYTES_MAX = 200 };

enum catalog_list {
    CATALOG_SKILLS,
    CATALOG_QUALIFICATIONS,
    CATALOG_SCHOOLS,
    CATALOG_GROUNDS,
    CATALOG_CONTACTS,
    CATALOG_LIST_COUNT
};

/* The list's setting: "skills", "opleidingen", "school_names", "grounds", "contacts"; static. */
const char *catalog_setting(enum catalog_list list);

struct named_entry {
    const char *code, *nl, *en; /* en: of skills and grounds, otherwise "" */
};

struct contact_entry {
    const char *school, *kind, *name, *phone, *email, *url, *nl, *en; /* "" where there is none */
};

struct catalog;

MUST_USE enum err catalog_new(struct catalog **out);
void catalog_free(struct catalog *catalog);

/* Reads and checks one list, each at most once; what is wrong becomes a problem, and then the result is ERR_INPUT. */
MUST_USE enum err catalog_read_file(struct catalog *catalog, enum catalog_list list, const char *path,
                                    struct problems *problems);
MUST_USE enum err catalog_read_bytes(struct catalog *catalog, enum catalog_list list, struct text bytes,
                                     struct problems *problems);

/* In the order of the file; NULL behind the last. `list` is not CATALOG_CONTACTS. */
const struct named_entry *catalog_name_at(const struct catalog *catalog, enum catalog_list list, size_t index);
const struct contact_entry *catalog_contact_at(const struct catalog *catalog, size_t index);

#endif
