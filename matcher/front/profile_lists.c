#include "front/profile_lists.h"

#include <stdlib.h>
#include <string.h>

void lists_reset(struct intake *intake)
{
    intake->skill_count = 0;
    intake->criterion_count = 0;
    intake->tag_count = 0;
    intake->qualification_count = 0;
    intake->name_count = 0;
}

char *lists_string(const struct intern *texts, uint32_t number)
{
    union {
        const char *borrowed;
        char *unwritten;
    } text = {.borrowed = intern_text(texts, number).data};
    return text.unwritten;
}

static int compare_strings(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

size_t lists_texts(const struct intern *texts, const uint32_t *pool, struct span span, bool sorted, char **out)
{
    for (uint32_t i = 0; i < span.count; i++)
        out[i] = lists_string(texts, pool[span.at + i]);
    if (sorted && span.count > 1)
        qsort(out, span.count, sizeof *out, compare_strings);
    return span.count;
}

size_t lists_days(uint8_t days, Stagematch__V1__Day out[7])
{
    static const Stagematch__V1__Day week[7] = {STAGEMATCH__V1__DAY__DAY_MONDAY,    STAGEMATCH__V1__DAY__DAY_TUESDAY,
                                                STAGEMATCH__V1__DAY__DAY_WEDNESDAY, STAGEMATCH__V1__DAY__DAY_THURSDAY,
                                                STAGEMATCH__V1__DAY__DAY_FRIDAY,    STAGEMATCH__V1__DAY__DAY_SATURDAY,
                                                STAGEMATCH__V1__DAY__DAY_SUNDAY};
    size_t count = 0;
    for (unsigned day = 0; day < 7; day++)
        if (days & (1u << day))
            out[count++] = week[day];
    return count;
}
