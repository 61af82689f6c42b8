#include "offline/canonical.h"

#include "base/date.h"
#include "base/mem.h"

#include <stdlib.h>

/* The place of every text of a table in bytewise order, so that small sets can be sorted by number. */
struct ranking {
    uint32_t *rank; /* by number */
};

static int compare_texts(const void *left, const void *right, void *context)
{
    const struct intern *table = context;
    return text_compare(intern_text(table, *(const uint32_t *)left), intern_text(table, *(const uint32_t *)right));
}

static enum err ranking_open(const struct intern *table, struct ranking *out)
{
    uint32_t *numbers = NULL, *rank = NULL;
    enum err e = mem_alloc(table->count, sizeof *numbers, &numbers);
    if (e == ERR_OK)
        e = mem_alloc(table->count, sizeof *rank, &rank);
    if (e != ERR_OK) {
        mem_free(numbers);
        return e;
    }
    for (uint32_t i = 0; i < table->count; i++)
        numbers[i] = i;
    if (table->count)
        qsort_r(numbers, table->count, sizeof *numbers, compare_texts, (void *)(uintptr_t)table);
    for (uint32_t i = 0; i < table->count; i++)
        rank[numbers[i]] = i;
    mem_free(numbers);
    out->rank = rank;
    return ERR_OK;
}

/* Up to LIST_ITEMS_MAX items of a set, as positions within its span, in the order of their keys. */
struct sorted_set {
    uint32_t position[LIST_ITEMS_MAX];
    uint32_t key[LIST_ITEMS_MAX];
    uint32_t count;
};

static void set_add(struct sorted_set *set, uint32_t key, uint32_t position)
{
    uint32_t at = set->count++;
    for (; at > 0 && set->key[at - 1] > key; at--) {
        set->key[at] = set->key[at - 1];
        set->position[at] = set->position[at - 1];
    }
    set->key[at] = key;
    set->position[at] = position;
}

static void put_date(struct buf *buf, int32_t days)
{
    char date[11];
    date_format(days, date);
    buf_put(buf, date, 10);
}

static void put_days(struct buf *buf, uint8_t days)
{
    static const char *const names[] = {"ma", "di", "wo", "do", "vr", "za", "zo"};
    bool first = true;
    for (unsigned day = 0; day < 7; day++)
        if (days & (1u << day)) {
            if (!first)
                buf_put_char(buf, ' ');
            buf_put_string(buf, names[day]);
            first = false;
        }
}

static void put_window(struct buf *buf, int32_t from, int32_t to, uint8_t hours, uint8_t days)
{
    put_date(buf, from);
    buf_put_char(buf, ';');
    put_date(buf, to);
    buf_put_char(buf, ';');
    buf_put_u64(buf, hours);
    buf_put_char(buf, ';');
    put_days(buf, days);
    buf_put_char(buf, ';');
}

static void put_qualification(struct buf *buf, uint32_t code)
{
    buf_printf(buf, "%05u", code);
}

static const char *leerweg_name(uint8_t leerweg)
{
    static const char *const names[] = {"BOL", "BBL", "HBO"};
    return names[leerweg];
}

static void put_tags(struct buf *buf, const struct intake *intake, struct span span, const struct ranking *ranking)
{
    struct sorted_set set = {.count = 0};
    for (uint32_t i = 0; i < span.count; i++) {
        uint32_t tag = intake->market.tags[span.at + i];
        set_add(&set, ranking->rank[tag], tag);
    }
    for (uint32_t i = 0; i < set.count; i++) {
        if (i)
            buf_put_char(buf, '|');
        buf_put_text(buf, intern_text(&intake->tags, set.position[i]));
    }
}

static void put_skills(struct buf *buf, const struct intake *intake, struct span span, const struct ranking *ranking)
{
    struct sorted_set set = {.count = 0};
    for (uint32_t i = 0; i < span.count; i++)
        set_add(&set, ranking->rank[intake->market.skills[span.at + i].skill], span.at + i);
    for (uint32_t i = 0; i < set.count; i++) {
        const struct skill_level *skill = &intake->market.skills[set.position[i]];
        if (i)
            buf_put_char(buf, '|');
        buf_put_text(buf, intern_text(&intake->skills, skill->skill));
        buf_put_char(buf, '=');
        buf_put_u64(buf, skill->level);
    }
}

static void put_criteria(struct buf *buf, const struct intake *intake, struct span span,
                         const struct ranking *ranking)
{
    struct sorted_set set = {.count = 0};
    for (uint32_t i = 0; i < span.count; i++)
        set_add(&set, ranking->rank[intake->market.criteria[span.at + i].skill], span.at + i);
    for (uint32_t i = 0; i < set.count; i++) {
        const struct criterion *criterion = &intake->market.criteria[set.position[i]];
        if (i)
            buf_put_char(buf, '|');
        buf_put_text(buf, intern_text(&intake->skills, criterion->skill));
        if (criterion->weight) {
            buf_put_char(buf, '*');
            buf_put_u64(buf, criterion->weight);
        }
        if (criterion->weight == 0 || criterion->level) {
            buf_put_string(buf, ">=");
            buf_put_u64(buf, criterion->level);
        }
    }
}

/* Names of placements as written: exclusions are a set, wishes an order. */
static void put_places(struct buf *buf, const struct intake *intake, struct span span, const struct ranking *ranking,
                       char separator)
{
    struct sorted_set set = {.count = 0};
    for (uint32_t i = 0; i < span.count; i++) {
        uint32_t name = intake->names[span.at + i];
        set_add(&set, ranking ? ranking->rank[name] : i, name);
    }
    for (uint32_t i = 0; i < set.count; i++) {
        if (i)
            buf_put_char(buf, separator);
        buf_put_text(buf, intern_text(&intake->places, set.position[i]));
    }
}

static void put_student(struct buf *buf, const struct intake *intake, const struct student_row *row,
                        const struct ranking *skills, const struct ranking *tags, const struct ranking *places)
{
    const struct student *profile = &row->profile;
    buf_put_text(buf, intern_text(&intake->schools, row->school));
    buf_put_char(buf, ';');
    buf_put_text(buf, row->number);
    buf_put_char(buf, ';');
    buf_put_u64(buf, row->pc4);
    buf_put_char(buf, ';');
    put_qualification(buf, profile->qualification);
    buf_put_char(buf, ';');
    buf_put_string(buf, leerweg_name(profile->leerweg));
    buf_put_char(buf, ';');
    buf_put_u64(buf, profile->year);
    buf_put_char(buf, ';');
    put_window(buf, profile->from, profile->to, profile->hours, profile->days);
    buf_put_u64(buf, profile->max_km);
    buf_put_char(buf, ';');
    put_skills(buf, intake, profile->skills, skills);
    buf_put_char(buf, ';');
    put_tags(buf, intake, profile->tags, tags);
    buf_put_char(buf, ';');
    put_places(buf, intake, profile->exclusions, places, '|');
    buf_put_char(buf, ';');
    put_places(buf, intake, profile->wishes, NULL, '>');
    buf_put_char(buf, '\n');
}

enum err canonical_students(const struct intake *intake, const struct sink *sink)
{
    struct ranking skills = {NULL}, tags = {NULL}, places = {NULL};
    struct buf buf;
    buf_init(&buf, SINK_BUF_BYTES);
    buf_put_string(&buf, "school;studentnummer;postcode;opleiding;leerweg;leerjaar;van;tot;uren;dagen;max_km;"
                         "vaardigheden;tags;uitsluiten;voorkeuren\n");
    enum err e = ranking_open(&intake->skills, &skills);
    if (e == ERR_OK)
        e = ranking_open(&intake->tags, &tags);
    if (e == ERR_OK)
        e = ranking_open(&intake->places, &places);
    for (size_t i = 0; i < intake->student_count && e == ERR_OK; i++) {
        put_student(&buf, intake, &intake->students[i], &skills, &tags, &places);
        e = sink_flush(sink, &buf, false);
    }
    if (e == ERR_OK)
        e = sink_flush(sink, &buf, true);
    buf_free(&buf);
    mem_free(skills.rank);
    mem_free(tags.rank);
    mem_free(places.rank);
    return e;
}

static int compare_codes(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static void put_qualifications(struct buf *buf, const struct intake *intake, struct span span)
{
    uint32_t codes[LIST_ITEMS_MAX];
    for (uint32_t i = 0; i < span.count; i++)
        codes[i] = intake->market.qualifications[span.at + i];
    qsort(codes, span.count, sizeof codes[0], compare_codes);
    for (uint32_t i = 0; i < span.count; i++) {
        if (i)
            buf_put_char(buf, ' ');
        put_qualification(buf, codes[i]);
    }
}

static void put_placement(struct buf *buf, const struct intake *intake, const struct placement_row *row,
                          const struct ranking *skills, const struct ranking *tags)
{
    const struct placement *profile = &row->profile;
    buf_put_text(buf, row->leerplaats);
    buf_put_char(buf, ';');
    buf_put_text(buf, row->leerbedrijf);
    buf_put_char(buf, ';');
    buf_put_csv(buf, row->bedrijfsnaam, ';');
    buf_put_char(buf, ';');
    buf_put_text(buf, row->kvk);
    buf_put_char(buf, ';');
    buf_put_u64(buf, row->pc4);
    buf_put_char(buf, ';');
    put_qualifications(buf, intake, profile->qualifications);
    buf_put_char(buf, ';');
    buf_put_string(buf, leerweg_name(profile->leerweg));
    buf_put_char(buf, ';');
    buf_put_u64(buf, profile->capacity);
    buf_put_char(buf, ';');
    put_window(buf, profile->from, profile->to, profile->hours, profile->days);
    put_criteria(buf, intake, profile->hard, skills);
    buf_put_char(buf, ';');
    put_criteria(buf, intake, profile->weighted, skills);
    buf_put_char(buf, ';');
    put_tags(buf, intake, profile->tags, tags);
    buf_put_char(buf, '\n');
}

enum err canonical_placements(const struct intake *intake, const struct sink *sink)
{
    struct ranking skills = {NULL}, tags = {NULL};
    struct buf buf;
    buf_init(&buf, SINK_BUF_BYTES);
    buf_put_string(&buf, "leerplaats;leerbedrijf;bedrijfsnaam;kvk;postcode;opleidingen;leerweg;plaatsen;van;tot;uren;"
                         "dagen;eisen;wegingen;tags\n");
    enum err e = ranking_open(&intake->skills, &skills);
    if (e == ERR_OK)
        e = ranking_open(&intake->tags, &tags);
    for (size_t i = 0; i < intake->placement_count && e == ERR_OK; i++) {
        put_placement(&buf, intake, &intake->placements[i], &skills, &tags);
        e = sink_flush(sink, &buf, false);
    }
    if (e == ERR_OK)
        e = sink_flush(sink, &buf, true);
    buf_free(&buf);
    mem_free(skills.rank);
    mem_free(tags.rank);
    return e;
}

enum err canonical_postcodes(const struct intake *intake, const struct sink *sink)
{
    struct buf buf;
    enum err e = ERR_OK;
    const char *kind = intake->postcodes->coarse ? "benadering" : "postcode";
    buf_init(&buf, SINK_BUF_BYTES);
    buf_put_string(&buf, "pc4;lat;lon;soort\n");
    for (uint32_t pc4 = PC4_MIN; pc4 <= PC4_MAX && e == ERR_OK; pc4++) {
        if (intake->point_of_pc4[pc4] == 0)
            continue;
        const struct point *point = &intake->market.points[intake->point_of_pc4[pc4] - 1];
        buf_printf(&buf, "%u;", pc4);
        buf_put_double(&buf, point->lat);
        buf_put_char(&buf, ';');
        buf_put_double(&buf, point->lon);
        buf_printf(&buf, ";%s\n", kind);
        e = sink_flush(sink, &buf, false);
    }
    if (e == ERR_OK)
        e = sink_flush(sink, &buf, true);
    buf_free(&buf);
    return e;
}
