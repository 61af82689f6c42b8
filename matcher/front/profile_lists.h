/*
 * profile_lists.h - lists as the intake reads them, numbers in pools, into lists of the API's messages, text by text.
 *
 * The texts are the intake's; the arrays are the caller's, with room for LIST_ITEMS_MAX.
 */
#ifndef FRONT_PROFILE_LISTS_H
#define FRONT_PROFILE_LISTS_H

#include "intake/intake.h"
#include "stagematch/v1/common.pb-c.h"

/* Makes the pools of the intake empty again; its texts stay. */
void lists_reset(struct intake *intake);

/* Sets `out` to the texts of these numbers and returns their count. `sorted`: bytewise, for lists without an order. */
size_t lists_texts(const struct intern *texts, const uint32_t *pool, struct span span, bool sorted, char **out);

/* Days as a set of bits (Monday is bit 0) into a list in the order of the week. */
size_t lists_days(uint8_t days, Stagematch__V1__Day out[7]);

/* A text of an intern table as protobuf-c takes it: it packs from it and does not write. */
char *lists_string(const struct intern *texts, uint32_t number);

#endif
