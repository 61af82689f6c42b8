/*
 * intern.h - every different text once, with a small number for it.
 *
 * Numbers count up from 0 in order of first appearance. Open addressing under SipHash with a key drawn per table, so
 * that a file cannot be written to make it slow. Expected O(length) per call.
 */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include "base/mem.h"
#include "base/text.h"

#define INTERN_NONE UINT32_MAX

struct intern {
    struct arena arena;
    struct text *items;
    size_t count;
    size_t capacity;
    uint32_t *slots; /* number + 1, or 0 */
    size_t slot_count;
    unsigned char key[16];
};

/* An empty table that keeps at most budget_bytes of texts. */
void intern_init(struct intern *intern, size_t budget_bytes);
void intern_free(struct intern *intern);

/* The number of `text`, added where it is new. */
MUST_USE enum err intern_put(struct intern *intern, struct text text, uint32_t *number);

/* The number of `text`, or INTERN_NONE. */
uint32_t intern_find(const struct intern *intern, struct text text);

/* The text of a number below `count`; NUL-terminated; lives as long as the table. */
struct text intern_text(const struct intern *intern, uint32_t number);

#endif
