#include "match/hr_text.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static PROBLEM_KIND(bad_size, "hr.size", "not the size of an instance", "geen omvang van een instantie",
                    "a first line `N M`, no larger than the lines that follow",
                    "een eerste regel `N M`, niet groter dan het aantal regels dat volgt");
static PROBLEM_KIND(bad_student, "hr.student", "not a student line", "geen studentregel",
                    "`s i lottery r : places` with i counting from 0", "`s i lottery r : plaatsen` met i vanaf 0");
static PROBLEM_KIND(bad_place, "hr.place", "not a placement line", "geen plaatsregel",
                    "`p j cap c : (students) (students)` with j counting from 0 and c from 1 to 65535",
                    "`p j cap c : (studenten) (studenten)` met j vanaf 0 en c van 1 tot 65535");
static PROBLEM_KIND(bad_list, "hr.list", "not a list of placements", "geen lijst van plaatsen",
                    "numbers from 0 to M-1, each once", "nummers van 0 tot en met M-1, elk een keer");
static PROBLEM_KIND(bad_groups, "hr.groups", "not a list of groups of students", "geen lijst van groepen studenten",
                    "(numbers from 0 to N-1), each student once, at most 65535 groups",
                    "(nummers van 0 tot en met N-1), elke student een keer, ten hoogste 65535 groepen");
static PROBLEM_KIND(bad_lottery, "hr.lottery", "a lottery number that another student has too",
                    "een lotnummer dat een andere student ook heeft", "a different number for each student",
                    "een ander nummer voor elke student");
static PROBLEM_KIND(not_mutual, "hr.not-mutual", "this placement does not rank a student who lists it",
                    "deze plaats noemt een student niet die haar op de lijst heeft",
                    "every student who lists the placement", "elke student die de plaats op de lijst heeft");
static PROBLEM_KIND(cut_short, "hr.short", "the file ends too early", "het bestand eindigt te vroeg",
                    "N student lines and M placement lines", "N studentregels en M plaatsregels");
static PROBLEM_KIND(too_long, "hr.trailing", "more lines than the first line says",
                    "meer regels dan de eerste regel zegt", "N student lines and M placement lines",
                    "N studentregels en M plaatsregels");

struct edge {
    uint32_t place;
    uint32_t class; /* 0 until the placement's line says it; classes count from 1 */
};

struct reading {
    struct text rest; /* of the file */
    struct text line;
    uint64_t line_number;
    const char *line_start;
    const char *start; /* of the file */
    struct problems *problems;
    uint32_t students, places;
    uint32_t *lottery;     /* by student */
    const char **lot_text; /* by student: where that number stands in the file */
    uint64_t *first;       /* by student, and one behind */
    struct edge *edges;    /* in the order of the file */
    size_t edge_count, edge_capacity;
    uint16_t *capacity;
    uint32_t class_max;
    uint64_t *by_place_first; /* the edges of each placement: */
    uint64_t *by_place;       /* their indexes */
    uint64_t *group_of;       /* by student: the last placement that ranked it, plus one, above its group there */
};

static enum err complain(const struct reading *reading, const struct problem_kind *kind)
{
    char column[24];
    snprintf(column, sizeof column, "%td", reading->line.data - reading->line_start + 1);
    problems_add(reading->problems, kind, reading->line_number, text_of(column), text_of(""));
    return ERR_INPUT;
}

/* Goes to the next line that is not blank; false at the end of the file. */
static bool next_line(struct reading *reading)
{
    struct text line;
    while (text_next(&reading->rest, '\n', &line)) {
        reading->line_number++;
        reading->line_start = line.data;
        if (line.length && line.data[line.length - 1] == '\r')
            line.length--;
        reading->line = line;
        if (text_trim(line).length)
            return true;
    }
    return false;
}

static void skip_blanks(struct text *line)
{
    while (line->length && (line->data[0] == ' ' || line->data[0] == '\t')) {
        line->data++;
        line->length--;
    }
}

static bool take_char(struct text *line, char wanted)
{
    skip_blanks(line);
    if (line->length == 0 || line->data[0] != wanted)
        return false;
    line->data++;
    line->length--;
    return true;
}

static bool take_word(struct text *line, const char *word)
{
    skip_blanks(line);
    size_t length = strlen(word);
    if (line->length < length || memcmp(line->data, word, length) != 0)
        return false;
    line->data += length;
    line->length -= length;
    return true;
}

static bool take_number(struct text *line, uint64_t min, uint64_t max, uint32_t *out)
{
    skip_blanks(line);
    uint64_t number;
    size_t digits = 0;
    while (digits < line->length && line->data[digits] >= '0' && line->data[digits] <= '9')
        digits++;
    if (text_to_u64((struct text){line->data, digits}, min, max, &number) != ERR_OK)
        return false;
    line->data += digits;
    line->length -= digits;
    *out = (uint32_t)number;
    return true;
}

static enum err read_size(struct reading *reading)
{
    /* Every student and placement needs a line of its own, so the file's size bounds both before memory is asked. */
    uint64_t most = reading->rest.length / 2;
    if (!next_line(reading) || !take_number(&reading->line, 0, most, &reading->students) ||
        !take_number(&reading->line, 0, most, &reading->places) || text_trim(reading->line).length)
        return complain(reading, &bad_size);
    enum err e = mem_alloc(reading->students, sizeof *reading->lottery, &reading->lottery);
    if (e == ERR_OK)
        e = mem_alloc(reading->students, sizeof *reading->lot_text, &reading->lot_text);
    if (e == ERR_OK)
        e = mem_alloc((size_t)reading->students + 1, sizeof *reading->first, &reading->first);
    if (e == ERR_OK)
        e = mem_alloc(reading->places, sizeof *reading->capacity, &reading->capacity);
    if (e == ERR_OK)
        e = mem_alloc(reading->students, sizeof *reading->group_of, &reading->group_of);
    if (e == ERR_OK)
        e = mem_alloc((size_t)reading->places + 2, sizeof *reading->by_place_first, &reading->by_place_first);
    return e;
}

static bool take_lottery(struct reading *reading, uint32_t student)
{
    skip_blanks(&reading->line);
    reading->lot_text[student] = reading->line.data;
    return take_number(&reading->line, 0, UINT32_MAX, &reading->lottery[student]);
}

static enum err read_student(struct reading *reading, uint32_t student, uint32_t *last_lister)
{
    uint32_t number, place;
    struct text *line = &reading->line;
    if (!take_char(line, 's') || !take_number(line, student, student, &number) || !take_word(line, "lottery") ||
        !take_lottery(reading, student) || !take_char(line, ':'))
        return complain(reading, &bad_student);
    for (skip_blanks(line); line->length; skip_blanks(line)) {
        if (reading->places == 0 || !take_number(line, 0, reading->places - UINT64_C(1), &place) ||
            last_lister[place] == student + 1)
            return complain(reading, &bad_list);
        last_lister[place] = student + 1;
        enum err e =
            mem_grow(&reading->edges, &reading->edge_capacity, reading->edge_count + 1, sizeof *reading->edges);
        if (e != ERR_OK)
            return e;
        reading->edges[reading->edge_count++] = (struct edge){place, 0};
        reading->by_place_first[place + 1]++;
    }
    reading->first[student + 1] = reading->edge_count;
    return ERR_OK;
}

static enum err read_students(struct reading *reading)
{
    uint32_t *last_lister = NULL; /* by placement: the last student that listed it, plus one */
    enum err e = mem_alloc(reading->places, sizeof *last_lister, &last_lister);
    for (uint32_t s = 0; s < reading->students && e == ERR_OK; s++)
        e = next_line(reading) ? read_student(reading, s, last_lister) : complain(reading, &cut_short);
    mem_free(last_lister);
    return e;
}

/* Turns the counts of edges by placement into runs of edge indexes. */
static enum err index_by_place(struct reading *reading)
{
    enum err e = mem_alloc(reading->edge_count, sizeof *reading->by_place, &reading->by_place);
    if (e != ERR_OK)
        return e;
    for (uint32_t p = 0; p < reading->places; p++)
        reading->by_place_first[p + 1] += reading->by_place_first[p];
    uint64_t *at = reading->by_place_first; /* moves up as edges are entered, and back below */
    for (uint64_t edge = 0; edge < reading->edge_count; edge++)
        reading->by_place[at[reading->edges[edge].place]++] = edge;
    for (uint32_t p = reading->places; p > 0; p--)
        at[p] = at[p - 1];
    at[0] = 0;
    return ERR_OK;
}

static uint32_t student_of_edge(const struct reading *reading, uint64_t edge)
{
    uint32_t low = 0, high = reading->students;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (reading->first[middle] <= edge)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static bool ranked_by(const struct reading *reading, uint32_t student, uint32_t place)
{
    return reading->group_of[student] >> 32 == place + UINT64_C(1);
}

/* The groups of one placement, counted from 1. */
static enum err read_groups(struct reading *reading, uint32_t place, uint32_t *groups)
{
    struct text *line = &reading->line;
    uint32_t student, count = 0;
    for (skip_blanks(line); line->length; skip_blanks(line)) {
        if (!take_char(line, '(') || ++count > UINT16_MAX)
            return complain(reading, &bad_groups);
        while (!take_char(line, ')')) {
            if (reading->students == 0 || !take_number(line, 0, reading->students - UINT64_C(1), &student) ||
                ranked_by(reading, student, place))
                return complain(reading, &bad_groups);
            reading->group_of[student] = (place + UINT64_C(1)) << 32 | count;
        }
    }
    *groups = count;
    return ERR_OK;
}

static enum err read_place(struct reading *reading, uint32_t place)
{
    uint32_t number, capacity, groups = 0;
    struct text *line = &reading->line;
    if (!take_char(line, 'p') || !take_number(line, place, place, &number) || !take_word(line, "cap") ||
        !take_number(line, 1, UINT16_MAX, &capacity) || !take_char(line, ':'))
        return complain(reading, &bad_place);
    reading->capacity[place] = (uint16_t)capacity;
    enum err e = read_groups(reading, place, &groups);
    if (e != ERR_OK)
        return e;
    if (groups > reading->class_max)
        reading->class_max = groups;
    for (uint64_t k = reading->by_place_first[place]; k < reading->by_place_first[place + 1]; k++) {
        uint64_t edge = reading->by_place[k];
        uint32_t student = student_of_edge(reading, edge);
        if (!ranked_by(reading, student, place))
            return complain(reading, &not_mutual);
        reading->edges[edge].class = groups + 1 - (uint32_t)reading->group_of[student]; /* the best: the highest */
    }
    return ERR_OK;
}

static enum err read_places(struct reading *reading)
{
    enum err e = index_by_place(reading);
    for (uint32_t p = 0; p < reading->places && e == ERR_OK; p++)
        e = next_line(reading) ? read_place(reading, p) : complain(reading, &cut_short);
    if (e == ERR_OK && next_line(reading))
        e = complain(reading, &too_long);
    return e;
}

struct ticket {
    uint32_t lottery, student;
};

static int compare_tickets(const void *left, const void *right)
{
    const struct ticket *a = left, *b = right;
    if (a->lottery != b->lottery)
        return a->lottery > b->lottery ? -1 : 1;
    return a->student < b->student ? -1 : a->student > b->student;
}

/* Says that the number at `at` stood in the file before; its line is counted only now. */
static enum err complain_lottery(const struct reading *reading, const char *at)
{
    struct reading there = *reading;
    there.line_number = 1;
    there.line_start = reading->start;
    for (const char *c = reading->start; c < at; c++)
        if (*c == '\n') {
            there.line_number++;
            there.line_start = c + 1;
        }
    there.line.data = at;
    return complain(&there, &bad_lottery);
}

static enum err draw_order(const struct reading *reading, struct ticket **out)
{
    struct ticket *tickets;
    enum err e = mem_alloc(reading->students, sizeof *tickets, &tickets);
    if (e != ERR_OK)
        return e;
    for (uint32_t s = 0; s < reading->students; s++)
        tickets[s] = (struct ticket){reading->lottery[s], s};
    qsort(tickets, reading->students, sizeof *tickets, compare_tickets);
    for (uint32_t i = 1; i < reading->students; i++)
        if (tickets[i].lottery == tickets[i - 1].lottery) {
            e = complain_lottery(reading, reading->lot_text[tickets[i].student]);
            mem_free(tickets);
            return e;
        }
    *out = tickets;
    return ERR_OK;
}

static enum err build(const struct reading *reading, struct hr *out)
{
    struct hr hr = {0};
    struct ticket *tickets = NULL;
    enum err e = draw_order(reading, &tickets);
    if (e == ERR_OK)
        e = instance_new(reading->students, reading->places, reading->class_max, &hr.instance);
    if (e == ERR_OK)
        e = mem_alloc(reading->students, sizeof *hr.number, &hr.number);
    if (e == ERR_OK)
        e = instance_reserve(&hr.instance, reading->edge_count);
    for (uint32_t i = 0; e == ERR_OK && i < reading->students; i++) {
        uint32_t student = tickets[i].student;
        hr.number[student] = i;
        hr.instance.first[i] = hr.instance.edge_count;
        hr.instance.length[i] = (uint32_t)(reading->first[student + 1] - reading->first[student]);
        for (uint64_t edge = reading->first[student]; edge < reading->first[student + 1]; edge++)
            instance_set_edge(&hr.instance, hr.instance.edge_count++, reading->edges[edge].place,
                              reading->edges[edge].class);
    }
    if (e == ERR_OK)
        memcpy(hr.instance.capacity, reading->capacity, reading->places * sizeof *reading->capacity);
    mem_free(tickets);
    if (e != ERR_OK)
        hr_free(&hr);
    else
        *out = hr;
    return e;
}

enum err hr_text_read(struct text bytes, struct hr *out, struct problems *problems)
{
    struct reading reading = {
        .rest = bytes, .problems = problems, .line = bytes, .line_start = bytes.data, .start = bytes.data};
    enum err e = read_size(&reading);
    if (e == ERR_OK)
        e = read_students(&reading);
    if (e == ERR_OK)
        e = read_places(&reading);
    if (e == ERR_OK)
        e = build(&reading, out);
    void *blocks[] = {(void *)reading.lot_text, reading.lottery,        reading.first,    reading.edges,
                      reading.capacity,         reading.by_place_first, reading.by_place, reading.group_of};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        mem_free(blocks[i]);
    return e;
}
