/*
 * views.h - views: the parts of the state that answers are made of, so that it is known which change makes which answer old.
 *
 * The engine counts its turns that changed something; a view's version is the number of the last turn that changed it. Which
 * views a change touches follows from the records that changed (domain/touched.h), which views an answer rests on from its
 * method and its caller (here). An answer that was made when none of its views had a later version than now is still the answer.
 *
 * A view is known by a number made of its kind and name, and its version lies in one of VIEW_PLACES places. Two views that share a
 * place are taken for one: an answer may look old that is not, never the other way round. So every table of versions has a
 * fixed size, however many schools and companies there are.
 *
 * The actor's own rights are no view: whoever keeps an answer keeps it under them (front/answer_key.h).
 */
#ifndef API_VIEWS_H
#define API_VIEWS_H

#include "api/method.h"
#include "base/text.h"

enum view_kind {
    VIEW_CATALOG,     /* what never changes while the engine runs; no name */
    VIEW_SHOWN,       /* which rounds and imports are shown to those who are not theirs; no name */
    VIEW_PLACEMENTS,  /* all placements; no name */
    VIEW_SCHOOL,      /* by brin: stagevragen, proposals, rounds and imports of the school */
    VIEW_LEERBEDRIJF, /* by its id: its placements and the proposals at them */
    VIEW_TASKS,       /* by brin or leerbedrijf: the tasks of those who have that scope */
    VIEW_ROUND,       /* by the 16 bytes of its id */
    VIEW_IMPORT,      /* by the 16 bytes of its id */
    VIEW_KIND_COUNT,
};

enum { VIEW_PLACES = 1 << 16, VIEWS_MAX = 2 * 64 + 4 };

/* Never 0. */
uint32_t view_of(enum view_kind kind, struct text name);

/* Where its version lies, below VIEW_PLACES. */
static inline size_t view_place(uint32_t view)
{
    return view % VIEW_PLACES;
}

struct view_set {
    uint32_t views[VIEWS_MAX];
    size_t count;
};

/* Who asks, as far as it decides what the answer is made of; role 0: nobody in particular. */
struct view_asker {
    unsigned role;
    const char *const *scope;
    size_t scope_count;
};

/*
 * The views that an answer to this request rests on. False: none that could be kept or watched (the method changes something, has
 * no row in the table for this role, names a thing that cannot be, or the caller has too many scopes). Cost: O(scopes).
 */
MUST_USE bool views_of_answer(const struct method *method, const void *request, const struct view_asker *asker,
                              struct view_set *out);

/* Whether some caller's answers to the method rest on views. */
bool views_has_method(const struct method *method);

#endif
