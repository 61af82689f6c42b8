#include "domain/export_lines.h"

#include "base/mem.h"
#include "base/merkle.h"
#include "domain/profile_check.h"

#include <stdlib.h>
#include <string.h>

static void put_days(struct buf *buf, uint8_t days)
{
    static const char *const names[] = {"ma", "di", "wo", "do", "vr", "za", "zo"};
    bool first = true;
    for (unsigned day = 0; day < 7; day++) {
        if (!(days & (1u << day)))
            continue;
        if (!first)
            buf_put_char(buf, ' ');
        buf_put_string(buf, names[day]);
        first = false;
    }
}

static void put_field(struct buf *buf, const char *value)
{
    buf_put_string(buf, value);
    buf_put_char(buf, ';');
}

static void put_number(struct buf *buf, uint64_t value)
{
    buf_put_u64(buf, value);
    buf_put_char(buf, ';');
}

static const char *leerweg_name(Stagematch__V1__Leerweg leerweg)
{
    static const char *const names[] = {"", "BOL", "BBL", "HBO"};
    return names[leerweg];
}

static void put_list(struct buf *buf, char *const *items, size_t count, char separator)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_put_char(buf, separator);
        buf_put_string(buf, items[i]);
    }
}

static void put_window(struct buf *buf, const char *start, const char *end, uint32_t hours, uint8_t days)
{
    put_field(buf, start);
    put_field(buf, end);
    put_number(buf, hours);
    put_days(buf, days);
    buf_put_char(buf, ';');
}

static void put_skills(struct buf *buf, const Stagematch__V1__Profile *profile)
{
    for (size_t i = 0; i < profile->n_skills; i++) {
        if (i)
            buf_put_char(buf, '|');
        buf_printf(buf, "%s=%u", profile->skills[i]->skill, profile->skills[i]->level);
    }
    buf_put_char(buf, ';');
}

/* "leerbedrijf/leerplaats" of a place, or a name as written: what an exclusion says. */
struct exclusion {
    const char *name, *leerbedrijf, *leerplaats;
};

static char exclusion_at(const struct exclusion *exclusion, size_t at)
{
    if (exclusion->name)
        return exclusion->name[at];
    size_t company = strlen(exclusion->leerbedrijf);
    if (at < company)
        return exclusion->leerbedrijf[at];
    if (at == company)
        return '/';
    return exclusion->leerplaats[at - company - 1];
}

static int compare_exclusions(const void *left, const void *right)
{
    size_t at = 0;
    while (exclusion_at(left, at) && exclusion_at(left, at) == exclusion_at(right, at))
        at++;
    return (unsigned char)exclusion_at(left, at) - (unsigned char)exclusion_at(right, at);
}

static void put_exclusion(struct buf *buf, const struct exclusion *exclusion)
{
    if (exclusion->name)
        buf_put_string(buf, exclusion->name);
    else
        buf_printf(buf, "%s/%s", exclusion->leerbedrijf, exclusion->leerplaats);
}

/* What the student excludes, and what is barred, as one set. */
static void put_exclusions(struct buf *buf, const struct round_input *input, const struct input_student *student)
{
    const Stagematch__V1__Profile *profile = student->profile;
    struct exclusion *set;
    size_t count = 0;
    if (mem_alloc(profile->n_excluded + student->barred_count, sizeof *set, &set) != ERR_OK) {
        buf->error = ERR_MEMORY;
        return;
    }
    for (size_t i = 0; i < profile->n_excluded; i++)
        set[count++] = (struct exclusion){profile->excluded[i], NULL, NULL};
    for (size_t i = 0; i < student->barred_count; i++) {
        uint32_t place = round_input_place(input, &student->record->barred_placements[i]);
        if (place != PLACE_NONE)
            set[count++] = (struct exclusion){NULL, input->places[place].placement->leerbedrijf,
                                              input->places[place].placement->leerplaats};
    }
    if (count > 1)
        qsort(set, count, sizeof *set, compare_exclusions);
    for (size_t i = 0; i < count; i++) {
        if (i && compare_exclusions(&set[i - 1], &set[i]) == 0)
            continue;
        if (i)
            buf_put_char(buf, '|');
        put_exclusion(buf, &set[i]);
    }
    mem_free(set);
    buf_put_char(buf, ';');
}

void export_student_line(struct buf *buf, const struct round_input *input, const struct input_student *student)
{
    const Stagematch__V1__Profile *profile = student->profile;
    put_field(buf, student->record->school);
    buf_put_hex(buf, student->record->student_ref.data, student->record->student_ref.len);
    buf_put_char(buf, ';');
    put_field(buf, profile->pc4);
    put_field(buf, profile->qualification);
    put_field(buf, leerweg_name(profile->leerweg));
    put_number(buf, profile->year);
    put_window(buf, profile->start_date, profile->end_date, profile->hours_per_week,
               days_mask(profile->days, profile->n_days, DAYS_WORKWEEK));
    put_number(buf, profile->max_km);
    put_skills(buf, profile);
    put_list(buf, profile->tags, profile->n_tags, '|');
    buf_put_char(buf, ';');
    put_exclusions(buf, input, student);
    put_list(buf, profile->preferred, profile->n_preferred, '>');
    buf_put_char(buf, '\n');
}

static void put_criteria(struct buf *buf, const Stagematch__V1__Placement *placement)
{
    for (size_t i = 0; i < placement->n_hard_criteria; i++)
        buf_printf(buf, "%s%s>=%u", i ? "|" : "", placement->hard_criteria[i]->skill,
                   placement->hard_criteria[i]->level);
    buf_put_char(buf, ';');
    for (size_t i = 0; i < placement->n_weighted_criteria; i++) {
        const Stagematch__V1__WeightedCriterion *criterion = placement->weighted_criteria[i];
        buf_printf(buf, "%s%s*%u", i ? "|" : "", criterion->skill, criterion->weight);
        if (criterion->minimum_level)
            buf_printf(buf, ">=%u", criterion->minimum_level);
    }
    buf_put_char(buf, ';');
}

void export_placement_line(struct buf *buf, const struct input_place *place)
{
    const Stagematch__V1__Placement *placement = place->placement;
    put_field(buf, placement->leerplaats);
    put_field(buf, placement->leerbedrijf);
    put_field(buf, placement->leerbedrijf); /* in place of its name and number, which may change */
    put_field(buf, "00000000");
    put_field(buf, placement->postcode);
    put_list(buf, placement->qualifications, placement->n_qualifications, ' ');
    buf_put_char(buf, ';');
    put_field(buf, leerweg_name(placement->leerweg));
    put_number(buf, place->seats);
    put_window(buf, placement->start_date, placement->end_date, placement->hours_per_week,
               days_mask(placement->days, placement->n_days, 0));
    put_criteria(buf, placement);
    put_list(buf, placement->tags, placement->n_tags, '|');
    buf_put_char(buf, '\n');
}

struct text export_row(const struct buf *buf)
{
    struct text line = buf_text(buf);
    return (struct text){line.data, line.length ? line.length - 1 : 0};
}

struct hashes {
    struct digest digest;
    struct merkle entries;
    struct buf line;
};

/* Hashes the line that was put, and takes the next. */
static enum err add_line(struct hashes *hashes, bool is_entry)
{
    enum err e = buf_error(&hashes->line);
    if (e != ERR_OK)
        return e;
    digest_add(&hashes->digest, hashes->line.data, hashes->line.length);
    if (is_entry)
        merkle_add(&hashes->entries, export_row(&hashes->line));
    buf_clear(&hashes->line);
    return ERR_OK;
}

static enum err add_heading(struct hashes *hashes, const char *heading)
{
    buf_put_string(&hashes->line, heading);
    return add_line(hashes, false);
}

enum err export_digest(const struct round_input *input, uint8_t digest[DIGEST_BYTES],
                       uint8_t entries_root[DIGEST_BYTES])
{
    struct hashes hashes = {.entries = {.count = 0}};
    digest_start(&hashes.digest);
    buf_init(&hashes.line, EXPORT_LINE_BYTES_MAX);
    enum err e = add_heading(&hashes, EXPORT_STUDENTS_HEADER);
    for (size_t i = 0; i < input->student_count && e == ERR_OK; i++) {
        export_student_line(&hashes.line, input, &input->students[i]);
        e = add_line(&hashes, true);
    }
    if (e == ERR_OK)
        e = add_heading(&hashes, EXPORT_PLACEMENTS_HEADER);
    for (size_t i = 0; i < input->place_count && e == ERR_OK; i++) {
        export_placement_line(&hashes.line, &input->places[i]);
        e = add_line(&hashes, true);
    }
    buf_free(&hashes.line);
    if (e != ERR_OK)
        return e;
    crypto_hash_sha256_final(&hashes.digest.state, digest);
    merkle_root(&hashes.entries, entries_root);
    return ERR_OK;
}
