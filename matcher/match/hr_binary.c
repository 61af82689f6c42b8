#include "match/hr_binary.h"

#include "base/mem.h"

#include <inttypes.h>
#include <string.h>

static PROBLEM_KIND(bad_length, "hrb.length", "the file is not as long as its header says",
                    "het bestand is niet zo lang als de kop zegt", "a complete HRB1 file",
                    "een volledig HRB1-bestand");
static PROBLEM_KIND(bad_offset, "hrb.off", "an offset that goes back or beyond the end",
                    "een verwijzing terug of voorbij het einde",
                    "off[0] = 0, never smaller than the one before, off[N] = E",
                    "off[0] = 0, nooit kleiner dan de vorige, off[N] = E");
static PROBLEM_KIND(bad_place, "hrb.adj", "a placement that does not exist or is on the list twice",
                    "een plaats die niet bestaat of twee keer op de lijst staat", "0 to M-1, each once a student",
                    "0 tot en met M-1, elk een keer per student");
static PROBLEM_KIND(bad_lottery, "hrb.lot", "a lottery number that is too high or is there twice",
                    "een lotnummer dat te hoog is of twee keer voorkomt", "0 to N-1, each once",
                    "0 tot en met N-1, elk een keer");
static PROBLEM_KIND(bad_capacity, "hrb.cap", "a placement without seats", "een plaats zonder zitplaatsen",
                    "1 to 65535", "1 tot en met 65535");

enum { HEADER_BYTES = 24 };

/* The arrays of the file, where they lie; they need not be aligned. */
struct layout {
    uint32_t students, places;
    uint64_t edges;
    const char *off, *adj, *score, *lot, *cap;
};

static uint32_t read_u32(const char *at, uint64_t index)
{
    unsigned char b[4];
    memcpy(b, at + 4 * index, sizeof b);
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static uint16_t read_u16(const char *at, uint64_t index)
{
    unsigned char b[2];
    memcpy(b, at + 2 * index, sizeof b);
    return (uint16_t)(b[0] | b[1] << 8);
}

bool hr_binary_is(struct text bytes)
{
    return bytes.length >= 4 && memcmp(bytes.data, "HRB1", 4) == 0;
}

static enum err complain(struct problems *problems, const struct problem_kind *kind, const char *array,
                         uint64_t index)
{
    char where[48];
    snprintf(where, sizeof where, "%s[%" PRIu64 "]", array, index);
    problems_add(problems, kind, 0, text_of(where), text_of(""));
    return ERR_INPUT;
}

static enum err find_layout(struct text bytes, struct layout *out, struct problems *problems)
{
    struct layout layout = {0};
    if (bytes.length < HEADER_BYTES)
        return complain(problems, &bad_length, "header", 0);
    layout.students = read_u32(bytes.data, 1);
    layout.places = read_u32(bytes.data, 2);
    layout.edges = read_u32(bytes.data, 4) | (uint64_t)read_u32(bytes.data, 5) << 32;
    /* Bounded by the file's own length first, so that the sum below cannot overflow. */
    if (layout.edges > bytes.length || layout.students > bytes.length || layout.places > bytes.length)
        return complain(problems, &bad_length, "header", 0);
    uint64_t students = layout.students,
             need = HEADER_BYTES + 4 * (students + 1) + 6 * layout.edges + 4 * students + UINT64_C(2) * layout.places;
    if (need != bytes.length)
        return complain(problems, &bad_length, "header", 0);
    layout.off = bytes.data + HEADER_BYTES;
    layout.adj = layout.off + 4 * (students + 1);
    layout.score = layout.adj + 4 * layout.edges;
    layout.lot = layout.score + 2 * layout.edges;
    layout.cap = layout.lot + 4 * students;
    *out = layout;
    return ERR_OK;
}

/* order[number in the instance] = the file's student, checked. */
static enum err read_order(const struct layout *layout, uint32_t *order, struct problems *problems)
{
    memset(order, 0xff, (size_t)layout->students * sizeof *order);
    for (uint32_t s = 0; s < layout->students; s++) {
        uint32_t lottery = read_u32(layout->lot, s);
        if (lottery >= layout->students || order[layout->students - 1 - lottery] != UINT32_MAX)
            return complain(problems, &bad_lottery, "lot", s);
        order[layout->students - 1 - lottery] = s;
    }
    return ERR_OK;
}

static enum err check_offsets(const struct layout *layout, struct problems *problems)
{
    uint64_t before = 0;
    for (uint64_t s = 0; s <= layout->students; s++) {
        uint32_t off = read_u32(layout->off, s);
        if (off < before || off > layout->edges || (s == 0 && off != 0))
            return complain(problems, &bad_offset, "off", s);
        before = off;
    }
    return before == layout->edges ? ERR_OK : complain(problems, &bad_offset, "off", layout->students);
}

static enum err copy_list(const struct layout *layout, struct hr *hr, uint32_t number, uint32_t student,
                          uint32_t *last_lister, struct problems *problems)
{
    struct instance *instance = &hr->instance;
    uint64_t from = read_u32(layout->off, student), to = read_u32(layout->off, (uint64_t)student + 1);
    instance->first[number] = instance->edge_count;
    instance->length[number] = (uint32_t)(to - from);
    for (uint64_t edge = from; edge < to; edge++) {
        uint32_t place = read_u32(layout->adj, edge);
        if (place >= layout->places || last_lister[place] == number + 1)
            return complain(problems, &bad_place, "adj", edge);
        last_lister[place] = number + 1;
        instance_set_edge(instance, instance->edge_count++, place, read_u16(layout->score, edge));
    }
    hr->number[student] = number;
    return ERR_OK;
}

static enum err copy_capacities(const struct layout *layout, struct instance *instance, struct problems *problems)
{
    for (uint32_t p = 0; p < layout->places; p++) {
        instance->capacity[p] = read_u16(layout->cap, p);
        if (instance->capacity[p] == 0)
            return complain(problems, &bad_capacity, "cap", p);
    }
    return ERR_OK;
}

static uint32_t highest_class(const struct layout *layout)
{
    uint32_t highest = 0;
    for (uint64_t edge = 0; edge < layout->edges; edge++) {
        uint32_t class = read_u16(layout->score, edge);
        highest = class > highest ? class : highest;
    }
    return highest;
}

enum err hr_binary_read(struct text bytes, struct hr *out, struct problems *problems)
{
    struct layout layout;
    struct hr hr = {0};
    uint32_t *order = NULL, *last_lister = NULL;
    enum err e = find_layout(bytes, &layout, problems);
    if (e != ERR_OK)
        return e;
    e = instance_new(layout.students, layout.places, highest_class(&layout), &hr.instance);
    if (e == ERR_OK)
        e = instance_reserve(&hr.instance, layout.edges);
    if (e == ERR_OK)
        e = mem_alloc(layout.students, sizeof *hr.number, &hr.number);
    if (e == ERR_OK)
        e = mem_alloc(layout.students, sizeof *order, &order);
    if (e == ERR_OK)
        e = mem_alloc(layout.places, sizeof *last_lister, &last_lister);
    if (e == ERR_OK)
        e = check_offsets(&layout, problems);
    if (e == ERR_OK)
        e = read_order(&layout, order, problems);
    for (uint32_t i = 0; i < layout.students && e == ERR_OK; i++)
        e = copy_list(&layout, &hr, i, order[i], last_lister, problems);
    if (e == ERR_OK)
        e = copy_capacities(&layout, &hr.instance, problems);
    mem_free(order);
    mem_free(last_lister);
    if (e != ERR_OK)
        hr_free(&hr);
    else
        *out = hr;
    return e;
}
