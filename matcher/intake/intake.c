#include "intake/fields.h"

#include "base/parallel.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_BUDGET_BYTES = 1 << 30 };

static const struct problem_kind wish_unknown = {
    "wish.unknown",
    {"names a placement that is not in the file; it is passed over",
     "noemt een leerplaats die niet in het bestand staat; die telt niet mee"},
    {NULL, NULL}};
static const struct problem_kind wish_ambiguous = {
    "wish.ambiguous",
    {"names a leerplaats that more than one leerbedrijf has; it is passed over",
     "noemt een leerplaats die bij meer dan een leerbedrijf voorkomt; die telt niet mee"},
    {"leerbedrijf/leerplaats", "leerbedrijf/leerplaats"}};
static const struct problem_kind exclusion_unknown = {
    "exclusion.unknown",
    {"names a placement or leerbedrijf that is not in the file",
     "noemt een leerplaats of leerbedrijf dat niet in het bestand staat"},
    {NULL, NULL}};

void file_report_init(struct file_report *report, const char *file)
{
    problems_init(&report->problems, file);
    problems_init(&report->notices, file);
}

void file_report_free(struct file_report *report)
{
    problems_free(&report->problems);
    problems_free(&report->notices);
}

enum err intake_new(const struct postcodes *postcodes, const char *scope, struct intake **out)
{
    struct intake *intake;
    enum err e = mem_alloc(1, sizeof *intake, &intake);
    if (e != ERR_OK)
        return e;
    intake->postcodes = postcodes;
    intake->scope = scope;
    arena_init(&intake->texts, TEXT_BUDGET_BYTES);
    intern_init(&intake->schools, TEXT_BUDGET_BYTES);
    intern_init(&intake->skills, TEXT_BUDGET_BYTES);
    intern_init(&intake->tags, TEXT_BUDGET_BYTES);
    intern_init(&intake->places, TEXT_BUDGET_BYTES);
    *out = intake;
    return ERR_OK;
}

void intake_free(struct intake *intake)
{
    if (!intake)
        return;
    struct market *market = &intake->market;
    arena_free(&intake->texts);
    intern_free(&intake->schools);
    intern_free(&intake->skills);
    intern_free(&intake->tags);
    intern_free(&intake->places);
    void *blocks[] = {intake->students, intake->placements, intake->names,  market->students,
                      market->draws,    market->placements, market->points, market->placement_hashes,
                      market->skills,   market->criteria,   market->tags,   market->qualifications,
                      market->wishes,   market->exclusions, intake};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        mem_free(blocks[i]);
}

static int compare_students(const void *left, const void *right, void *context)
{
    const struct intake *intake = context;
    const struct student_row *a = left, *b = right;
    int order = a->school == b->school ? 0
                                       : text_compare(intern_text(&intake->schools, a->school),
                                                      intern_text(&intake->schools, b->school));
    if (order == 0)
        order = text_compare(a->number, b->number);
    if (order == 0)
        order = a->profile.from < b->profile.from ? -1 : a->profile.from > b->profile.from;
    return order;
}

static int compare_students_then_lines(const void *left, const void *right, void *context)
{
    const struct student_row *a = left, *b = right;
    int order = compare_students(left, right, context);
    return order ? order : a->line < b->line ? -1 : a->line > b->line;
}

static int compare_placements(const struct placement_row *a, const struct placement_row *b)
{
    int order = text_compare(a->leerbedrijf, b->leerbedrijf);
    return order ? order : text_compare(a->leerplaats, b->leerplaats);
}

static int compare_placements_then_lines(const void *left, const void *right)
{
    const struct placement_row *a = left, *b = right;
    int order = compare_placements(a, b);
    return order ? order : a->line < b->line ? -1 : a->line > b->line;
}

static void report_duplicate(struct file_report *report, uint32_t line, const char *column, uint32_t first_line)
{
    char detail[48];
    snprintf(detail, sizeof detail, "%u", first_line);
    problems_add(&report->problems, &key_duplicate, line, text_of(column), text_of(detail));
}

static void sort_and_check(struct intake *intake, struct file_report *students, struct file_report *placements)
{
    if (intake->student_count)
        qsort_r(intake->students, intake->student_count, sizeof *intake->students, compare_students_then_lines,
                intake);
    for (size_t i = 1, first = 0; i < intake->student_count; i++)
        if (compare_students(&intake->students[first], &intake->students[i], intake) == 0)
            report_duplicate(students, intake->students[i].line, "studentnummer", intake->students[first].line);
        else
            first = i;
    if (intake->placement_count)
        qsort(intake->placements, intake->placement_count, sizeof *intake->placements, compare_placements_then_lines);
    for (size_t i = 1, first = 0; i < intake->placement_count; i++)
        if (compare_placements(&intake->placements[first], &intake->placements[i]) == 0)
            report_duplicate(placements, intake->placements[i].line, "leerplaats", intake->placements[first].line);
        else
            first = i;
}

/* The placements that one name of voorkeuren or uitsluiten stands for. */
struct resolved {
    struct span
        company;      /* a run of placements in canonical order: the leerbedrijf's, or the one that is named whole */
    struct span bare; /* a run of `by_leerplaats` */
};

struct resolver {
    struct intake *intake;
    uint32_t *by_leerplaats;   /* placements in order of leerplaats, then canonical */
    struct resolved *resolved; /* by name */
};

static int compare_by_leerplaats(const void *left, const void *right, void *context)
{
    const struct intake *intake = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    int order = text_compare(intake->placements[a].leerplaats, intake->placements[b].leerplaats);
    return order ? order : a < b ? -1 : a > b;
}

/* The run of equal elements in an ordered array: compare(context, i) is negative before it and positive behind it. */
static struct span equal_run(size_t count, int (*compare)(const void *context, size_t i), const void *context)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(context, middle) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    size_t end = low;
    while (end < count && compare(context, end) == 0)
        end++;
    return (struct span){(uint32_t)low, (uint32_t)(end - low)};
}

struct wanted {
    const struct resolver *resolver;
    struct text leerbedrijf, leerplaats;
};

static int compare_company(const void *context, size_t i)
{
    const struct wanted *wanted = context;
    return text_compare(wanted->resolver->intake->placements[i].leerbedrijf, wanted->leerbedrijf);
}

static int compare_whole(const void *context, size_t i)
{
    const struct wanted *wanted = context;
    int order = compare_company(context, i);
    return order ? order : text_compare(wanted->resolver->intake->placements[i].leerplaats, wanted->leerplaats);
}

static int compare_bare(const void *context, size_t i)
{
    const struct wanted *wanted = context;
    uint32_t place = wanted->resolver->by_leerplaats[i];
    return text_compare(wanted->resolver->intake->placements[place].leerplaats, wanted->leerplaats);
}

static struct resolved resolve(const struct resolver *resolver, struct text name)
{
    size_t count = resolver->intake->placement_count;
    const char *slash = memchr(name.data, '/', name.length);
    struct wanted wanted = {resolver, name, name};
    if (slash) {
        size_t before = (size_t)(slash - name.data);
        wanted.leerbedrijf.length = before;
        wanted.leerplaats = (struct text){slash + 1, name.length - before - 1};
        return (struct resolved){equal_run(count, compare_whole, &wanted), {0, 0}};
    }
    return (struct resolved){equal_run(count, compare_company, &wanted), equal_run(count, compare_bare, &wanted)};
}

static enum err open_resolver(struct resolver *resolver)
{
    struct intake *intake = resolver->intake;
    enum err e = mem_alloc(intake->placement_count, sizeof *resolver->by_leerplaats, &resolver->by_leerplaats);
    if (e == ERR_OK)
        e = mem_alloc(intake->places.count, sizeof *resolver->resolved, &resolver->resolved);
    if (e != ERR_OK)
        return e;
    for (uint32_t i = 0; i < intake->placement_count; i++)
        resolver->by_leerplaats[i] = i;
    if (intake->placement_count)
        qsort_r(resolver->by_leerplaats, intake->placement_count, sizeof *resolver->by_leerplaats,
                compare_by_leerplaats, intake);
    for (uint32_t i = 0; i < intake->places.count; i++)
        resolver->resolved[i] = resolve(resolver, intern_text(&intake->places, i));
    return ERR_OK;
}

static enum err add_place(uint32_t **pool, size_t *count, size_t *capacity, uint32_t place, struct span *span)
{
    for (uint32_t i = 0; i < span->count; i++)
        if ((*pool)[span->at + i] == place)
            return ERR_OK;
    enum err e = mem_grow(pool, capacity, *count + 1, sizeof **pool);
    if (e == ERR_OK) {
        (*pool)[(*count)++] = place;
        span->count++;
    }
    return e;
}

struct growing {
    uint32_t *pool;
    size_t count, capacity;
};

static enum err resolve_wishes(const struct resolver *resolver, const struct student_row *row, struct span *out,
                               struct growing *growing, struct problems *notices)
{
    const struct intake *intake = resolver->intake;
    struct span span = {(uint32_t)growing->count, 0};
    enum err e = ERR_OK;
    for (uint32_t i = 0; i < row->profile.wishes.count && e == ERR_OK; i++) {
        uint32_t name = intake->names[row->profile.wishes.at + i];
        const struct resolved *found = &resolver->resolved[name];
        struct text written = intern_text(&intake->places, name);
        bool whole = memchr(written.data, '/', written.length) != NULL;
        if (whole && found->company.count == 1)
            e = add_place(&growing->pool, &growing->count, &growing->capacity, found->company.at, &span);
        else if (!whole && found->bare.count == 1)
            e = add_place(&growing->pool, &growing->count, &growing->capacity,
                          resolver->by_leerplaats[found->bare.at], &span);
        else
            problems_add(notices, found->bare.count > 1 ? &wish_ambiguous : &wish_unknown, row->line,
                         text_of("voorkeuren"), text_of(""));
    }
    *out = span;
    return e;
}

static enum err resolve_exclusions(const struct resolver *resolver, const struct student_row *row, struct span *out,
                                   struct growing *growing, struct problems *notices)
{
    const struct intake *intake = resolver->intake;
    struct span span = {(uint32_t)growing->count, 0};
    enum err e = ERR_OK;
    for (uint32_t i = 0; i < row->profile.exclusions.count && e == ERR_OK; i++) {
        const struct resolved *found = &resolver->resolved[intake->names[row->profile.exclusions.at + i]];
        for (uint32_t k = 0; k < found->company.count && e == ERR_OK; k++)
            e = add_place(&growing->pool, &growing->count, &growing->capacity, found->company.at + k, &span);
        for (uint32_t k = 0; k < found->bare.count && e == ERR_OK; k++)
            e = add_place(&growing->pool, &growing->count, &growing->capacity,
                          resolver->by_leerplaats[found->bare.at + k], &span);
        if (found->company.count + found->bare.count == 0)
            problems_add(notices, &exclusion_unknown, row->line, text_of("uitsluiten"), text_of(""));
    }
    *out = span;
    return e;
}

static enum err fill_market(struct intake *intake, struct problems *notices)
{
    struct market *market = &intake->market;
    struct resolver resolver = {.intake = intake};
    struct growing wishes = {0}, exclusions = {0};
    enum err e = open_resolver(&resolver);
    if (e == ERR_OK)
        e = mem_alloc(intake->student_count, sizeof *market->students, &market->students);
    if (e == ERR_OK)
        e = mem_alloc(intake->placement_count, sizeof *market->placements, &market->placements);
    for (size_t s = 0; s < intake->student_count && e == ERR_OK; s++) {
        const struct student_row *row = &intake->students[s];
        market->students[s] = row->profile;
        e = resolve_wishes(&resolver, row, &market->students[s].wishes, &wishes, notices);
        if (e == ERR_OK)
            e = resolve_exclusions(&resolver, row, &market->students[s].exclusions, &exclusions, notices);
    }
    for (size_t p = 0; p < intake->placement_count && e == ERR_OK; p++)
        market->placements[p] = intake->placements[p].profile;
    market->wishes = wishes.pool;
    market->exclusions = exclusions.pool;
    market->student_count = intake->student_count;
    market->placement_count = intake->placement_count;
    market->skill_numbers = (uint32_t)intake->skills.count;
    market->tag_numbers = (uint32_t)intake->tags.count;
    mem_free(resolver.by_leerplaats);
    mem_free(resolver.resolved);
    return e;
}

enum err intake_build(struct intake *intake, struct file_report *students, struct file_report *placements)
{
    sort_and_check(intake, students, placements);
    if (students->problems.total || placements->problems.total)
        return ERR_INPUT;
    return fill_market(intake, &students->notices);
}

enum { REFERENCE_BYTES = 16 };

struct drawing {
    struct intake *intake;
    struct lottery lottery;
};

static void draw_students(void *context, uint32_t piece, size_t begin, size_t end)
{
    struct drawing *drawing = context;
    const struct intake *intake = drawing->intake;
    (void)piece;
    for (size_t s = begin; s < end; s++) {
        uint8_t ref[HASH_BYTES];
        const struct student_row *row = &intake->students[s];
        lottery_offline_ref(&drawing->lottery, intern_text(&intake->schools, row->school), row->number, ref);
        lottery_draw(&drawing->lottery, ref, sizeof ref, &intake->market.draws[s]);
    }
}

static void draw_placements(void *context, uint32_t piece, size_t begin, size_t end)
{
    struct drawing *drawing = context;
    const struct intake *intake = drawing->intake;
    (void)piece;
    for (size_t p = begin; p < end; p++)
        lottery_placement_hash(&drawing->lottery, intake->placements[p].leerbedrijf, intake->placements[p].leerplaats,
                               intake->market.placement_hashes[p]);
}

static bool parse_reference(struct text hex, uint8_t ref[REFERENCE_BYTES])
{
    size_t length = 0;
    return hex.length == (size_t)2 * REFERENCE_BYTES &&
           sodium_hex2bin(ref, REFERENCE_BYTES, hex.data, hex.length, NULL, &length, NULL) == 0 &&
           length == REFERENCE_BYTES;
}

static void draw_references(void *context, uint32_t piece, size_t begin, size_t end)
{
    struct drawing *drawing = context;
    const struct intake *intake = drawing->intake;
    (void)piece;
    for (size_t s = begin; s < end; s++) {
        uint8_t ref[REFERENCE_BYTES] = {0};
        (void)parse_reference(intake->students[s].number, ref); /* it was checked */
        lottery_draw(&drawing->lottery, ref, sizeof ref, &intake->market.draws[s]);
    }
}

static enum err draw(struct intake *intake, const uint8_t seed[SEED_BYTES], uint32_t threads,
                     void (*draw_part)(void *, uint32_t, size_t, size_t))
{
    struct market *market = &intake->market;
    struct drawing drawing = {.intake = intake};
    enum err e = mem_alloc(market->student_count, sizeof *market->draws, &market->draws);
    if (e == ERR_OK)
        e = mem_alloc(market->placement_count, sizeof *market->placement_hashes, &market->placement_hashes);
    if (e != ERR_OK)
        return e;
    lottery_init(&drawing.lottery, seed);
    parallel_run(threads, market->student_count, draw_part, &drawing);
    parallel_run(threads, market->placement_count, draw_placements, &drawing);
    lottery_wipe(&drawing.lottery);
    return ERR_OK;
}

enum err intake_draw(struct intake *intake, const uint8_t seed[SEED_BYTES], uint32_t threads)
{
    return draw(intake, seed, threads, draw_students);
}

enum err intake_draw_references(struct intake *intake, const uint8_t seed[SEED_BYTES], uint32_t threads)
{
    uint8_t ref[REFERENCE_BYTES];
    for (size_t s = 0; s < intake->student_count; s++)
        if (!parse_reference(intake->students[s].number, ref))
            return ERR_INPUT;
    return draw(intake, seed, threads, draw_references);
}
