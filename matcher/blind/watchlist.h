/*
 * watchlist.h - words by which a text asks for something other than what a student can do (config/watchlist.csv), and what to write
 * in their place. They are questioned, never refused.
 *
 * Columns: code; language (of the wording: nl, en); class (below); phrases (joined by `|`, as phrases.h reads them); better (a
 * wording to take over; empty: leave it out); nl and en (why, a sentence).
 */
#ifndef BLIND_WATCHLIST_H
#define BLIND_WATCHLIST_H

#include "base/problem.h"
#include "blind/phrases.h"

enum { WATCH_TERMS_MAX = 500, WATCH_HITS_MAX = 20 };

/* What a wording is about. */
enum watch_class {
    WATCH_LANGUAGE,   /* mother tongue, accent, native */
    WATCH_FIT,        /* klik, the right feeling */
    WATCH_APPEARANCE, /* representative, looks */
    WATCH_AGE,
    WATCH_SEX,
    WATCH_ORIGIN, /* descent and nationality */
    WATCH_RELIGION,
    WATCH_HEALTH,
    WATCH_FAMILY,
    WATCH_CLASS_COUNT,
};
const char *watch_class_name(enum watch_class watch_class); /* "language", …; static */

struct watch_term {
    const char *code, *better, *nl, *en;
    enum watch_class watch_class;
};

struct watchlist;

/* Reads and checks a list; what is wrong becomes a problem, and then the result is ERR_INPUT. */
MUST_USE enum err watchlist_read_file(const char *path, struct problems *problems, struct watchlist **out);
MUST_USE enum err watchlist_read_bytes(struct text bytes, struct problems *problems, struct watchlist **out);
void watchlist_free(struct watchlist *watchlist);

/* In the order of the file; NULL behind the last. */
const struct watch_term *watchlist_at(const struct watchlist *watchlist, size_t index);

/* Where it stands, in characters (code points) and in bytes of the text. */
struct watch_hit {
    const struct watch_term *term;
    size_t position, length;
    size_t offset, bytes;
};

/* At most `max` of them, WATCH_HITS_MAX at most, in the order of the text. `watchlist` may be NULL: none. Cost: as phrases_find. */
size_t watchlist_find(const struct watchlist *watchlist, struct text text, struct watch_hit *hits, size_t max);

#endif
