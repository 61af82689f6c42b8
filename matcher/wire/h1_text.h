/*
 * h1_text.h - what both files of the parser need for views of a head. Nobody else includes this.
 */
#ifndef WIRE_H1_TEXT_H
#define WIRE_H1_TEXT_H

#include "wire/h1.h"

static inline struct text h1_view(const struct h1 *h1, uint32_t at, uint32_t length)
{
    return (struct text){h1->head ? h1->head + at : "", length};
}

static inline char h1_lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static inline bool h1_equal_nocase(struct text a, struct text b)
{
    if (a.length != b.length)
        return false;
    for (size_t i = 0; i < a.length; i++)
        if (h1_lower(a.data[i]) != h1_lower(b.data[i]))
            return false;
    return true;
}

#endif
