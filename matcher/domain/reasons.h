/*
 * reasons.h - the closed list of reasons (config/reasons.csv): what each is about, what it needs, which events may carry it.
 */
#ifndef DOMAIN_REASONS_H
#define DOMAIN_REASONS_H

#include "base/problem.h"

enum reason_class { REASON_PLACE, REASON_CRITERION, REASON_FACT, REASON_OTHER, REASON_CLASS_COUNT };

/* The events that may carry a reason; bits of reason.events are 1 << these. */
enum reason_event {
    REASON_SCHOOL_VETO,
    REASON_COMPANY_OBJECTS,
    REASON_STUDENT_DECLINES,
    REASON_COMPANY_DROPS,
    REASON_CANCELLED_BEFORE_START,
    REASON_ENDED_EARLY,
    REASON_WITHDRAWN_STUDENT,
    REASON_WITHDRAWN_PLACE,
    REASON_EVENT_COUNT,
    REASON_NONE = REASON_EVENT_COUNT, /* an event that carries none */
};

struct reason {
    const char *code, *nl, *en;
    enum reason_class reason_class;
    bool needs_criterion;
    unsigned events;
};

struct reasons;

/* Reads and checks a list; what is wrong becomes a problem, and then the result is ERR_INPUT. */
MUST_USE enum err reasons_read_file(const char *path, struct problems *problems, struct reasons **out);
MUST_USE enum err reasons_read_bytes(struct text bytes, struct problems *problems, struct reasons **out);
void reasons_free(struct reasons *reasons);

/* NULL where there is none with this code. */
const struct reason *reason_find(const struct reasons *reasons, const char *code);

/* In the order of the file; NULL behind the last. */
const struct reason *reason_at(const struct reasons *reasons, size_t index);

/* "place", …; "school_veto", …; static. */
const char *reason_class_name(enum reason_class reason_class);
const char *reason_event_name(enum reason_event event);

/* REASON_EVENT_COUNT for a name that is none. */
enum reason_event reason_event_of(struct text name);

#endif
