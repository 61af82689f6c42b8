#include "signal/disclosure.h"

#include "signal/discrete_laplace.h"

#include <math.h>
#include <string.h>

/* The parts of `parent` stand in [from, to). */
static uint64_t rest_of(const struct disclosure_unit *units, uint32_t parent, size_t from, size_t to)
{
    uint64_t rest = units[parent].persons;
    for (size_t i = from; i < to; i++)
        rest -= units[i].shown ? units[i].persons : 0;
    return rest;
}

static struct disclosure_unit *smallest_shown(struct disclosure_unit *units, size_t from, size_t to)
{
    struct disclosure_unit *smallest = NULL;
    for (size_t i = from; i < to; i++)
        if (units[i].shown && (!smallest || units[i].persons < smallest->persons))
            smallest = &units[i];
    return smallest;
}

/* Of two equally small ones the first goes, so that the same input always hides the same. */
static void decide_parts(struct disclosure_unit *units, size_t from, size_t to, uint32_t threshold)
{
    uint32_t parent = units[from].parent;
    for (size_t i = from; i < to; i++)
        units[i].shown = units[parent].shown && units[i].persons >= threshold;
    for (;;) {
        uint64_t rest = rest_of(units, parent, from, to);
        struct disclosure_unit *smallest = smallest_shown(units, from, to);
        if (!smallest || rest == 0 || rest >= threshold)
            return;
        smallest->shown = false;
    }
}

static void find_homes(struct disclosure_unit *units, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t parent = units[i].parent, above = parent == DISCLOSURE_NONE ? DISCLOSURE_NONE : units[parent].home;
        units[i].home = units[i].shown ? (uint32_t)i : above;
    }
}

/* From the last unit to the first: what a unit's parts take away and add is there before the unit itself is looked at. */
static void count_rests(struct disclosure_unit *units, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        units[i].rest = units[i].shown ? units[i].persons : 0;
        units[i].parts = 0;
    }
    for (size_t i = count; i-- > 0;) {
        uint32_t parent = units[i].parent;
        if (!units[i].shown)
            continue;
        units[i].parts += units[i].rest > 0;
        if (parent != DISCLOSURE_NONE) {
            units[parent].rest -= units[i].persons;
            units[parent].parts += units[i].parts;
        }
    }
}

void disclosure_decide(struct disclosure_unit *units, size_t count, const struct disclosure_rule *rule)
{
    if (count == 0)
        return;
    units[0].shown = units[0].persons > 0 && units[0].persons >= rule->threshold;
    for (size_t from = 1, to; from < count; from = to) {
        for (to = from + 1; to < count && units[to].parent == units[from].parent;)
            to++;
        decide_parts(units, from, to, rule->threshold);
    }
    find_homes(units, count);
    count_rests(units, count);
}

static void add(int64_t *to, const int64_t *from, size_t width)
{
    for (size_t i = 0; i < width; i++)
        to[i] += from[i];
}

/* From the last unit to the first, a unit's parts are whole before it is added to what it is part of. */
void disclosure_add_noise(const struct disclosure_unit *units, size_t count, int64_t *counts, size_t width,
                          const struct disclosure_rule *rule, const struct random_source *random)
{
    for (size_t i = count; i-- > 0;) {
        int64_t *own = counts + i * width;
        for (size_t k = 0; units[i].rest && k < width; k++)
            own[k] += discrete_laplace_draw(random, rule->scale_numerator, rule->scale_denominator);
        if (units[i].parent != DISCLOSURE_NONE)
            add(counts + units[i].parent * width, own, width);
        if (!units[i].shown)
            memset(own, 0, width * sizeof *own);
    }
}

/*
 * One draw of scale s is beyond s·ln 20 in 1 of 20; a sum of k is near a normal one of variance 2ks². Rounding adds half of itself.
 */
uint32_t disclosure_margin(uint32_t parts, const struct disclosure_rule *rule)
{
    double scale = (double)rule->scale_numerator / rule->scale_denominator;
    double one = scale * 2.996, many = 1.96 * scale * sqrt(2.0 * parts);
    double margin = parts == 0 ? 0 : parts == 1 || many < one ? one : many;
    return (uint32_t)ceil(margin + rule->rounding / 2.0);
}

uint32_t disclosure_round(int64_t count, const struct disclosure_rule *rule)
{
    int64_t rounding = rule->rounding ? rule->rounding : 1;
    if (count <= 0)
        return 0;
    int64_t rounded = (count + rounding / 2) / rounding * rounding;
    return rounded < rule->threshold ? 0 : rounded > UINT32_MAX ? UINT32_MAX : (uint32_t)rounded;
}
