#include "intake/fields.h"

#include "base/date.h"

#include <string.h>

PROBLEM_KIND(field_memory, "memory", "out of memory", "geen geheugen meer", "a smaller file", "een kleiner bestand");
PROBLEM_KIND(field_empty, "value.required", "a required value is missing", "een verplichte waarde ontbreekt",
             "a value in this column", "een waarde in deze kolom");
PROBLEM_KIND(field_duplicate_code, "value.duplicate", "a code that is there twice", "een code die er twee keer staat",
             "each code once", "elke code een keer");
PROBLEM_KIND(field_too_many, "value.too-many", "a list that is too long", "een te lange lijst",
             "at most 64 items in this list", "ten hoogste 64 onderdelen in deze lijst");
PROBLEM_KIND(key_duplicate, "row.duplicate", "the same row key as the row on the line in brackets",
             "dezelfde sleutel als de rij op de regel tussen haakjes",
             "each key once: school, studentnummer and van; or leerbedrijf and leerplaats",
             "elke sleutel een keer: school, studentnummer en van; of leerbedrijf en leerplaats");
PROBLEM_KIND(period_reversed, "period.reversed", "the period ends before it begins",
             "de periode eindigt voordat die begint", "van on or before tot", "van op of voor tot");
PROBLEM_KIND(postcode_unknown, "postcode.unknown", "a postcode that is not in the postcode table, nor any near it",
             "een postcode die niet in de postcodetabel staat, en geen enkele in de buurt ervan",
             "an existing postcode, or a more complete table (--pc4)",
             "een bestaande postcode, of een completere tabel (--pc4)");
PROBLEM_KIND(postcode_mean, "postcode.mean", "this postcode is not in the table: the mean of its neighbours is used",
             "deze postcode staat niet in de tabel: het midden van de postcodes ernaast telt", NULL, NULL);

static PROBLEM_KIND(bad_brin, "value.brin", "not a BRIN", "geen BRIN", "two digits and two capitals, as 25PT",
                    "twee cijfers en twee hoofdletters, zoals 25PT");
static PROBLEM_KIND(bad_code, "value.code", "not a code", "geen code",
                    "1 to 32 characters: letters, digits, point, underscore, hyphen",
                    "1 tot 32 tekens: letters, cijfers, punt, liggend streepje, koppelteken");
static PROBLEM_KIND(bad_postcode, "value.postcode", "not a Dutch postcode", "geen Nederlandse postcode",
                    "1012 AB or 1012", "1012 AB of 1012");
static PROBLEM_KIND(bad_qualification, "value.opleiding", "not a crebo or isat code", "geen crebo- of isat-code",
                    "five digits", "vijf cijfers");
static PROBLEM_KIND(bad_leerweg, "value.leerweg", "not a leerweg", "geen leerweg", "BOL, BBL or HBO",
                    "BOL, BBL of HBO");
static PROBLEM_KIND(bad_year, "value.leerjaar", "not a year of study", "geen leerjaar", "a whole number from 1 to 8",
                    "een heel getal van 1 tot en met 8");
static PROBLEM_KIND(bad_date, "value.date", "not a date", "geen datum", "2027-02-01 or 1-2-2027",
                    "2027-02-01 of 1-2-2027");
static PROBLEM_KIND(bad_hours, "value.uren", "not a number of hours a week", "geen aantal uren per week",
                    "a whole number from 1 to 40", "een heel getal van 1 tot en met 40");
static PROBLEM_KIND(bad_max_km, "value.max-km", "not a distance", "geen afstand", "whole kilometres from 1 to 300",
                    "hele kilometers van 1 tot en met 300");
static PROBLEM_KIND(bad_capacity, "value.plaatsen", "not a number of places", "geen aantal plaatsen",
                    "a whole number from 1 to 10000; leave the row out when there is no place",
                    "een heel getal van 1 tot en met 10000; laat de rij weg als er geen plaats is");
static PROBLEM_KIND(bad_kvk, "value.kvk", "not a KvK number", "geen KvK-nummer", "eight digits", "acht cijfers");
static PROBLEM_KIND(bad_leerplaats, "value.leerplaats", "not an id of a placement", "geen id van een leerplaats",
                    "1 to 64 characters: letters, digits, point, underscore, hyphen",
                    "1 tot 64 tekens: letters, cijfers, punt, liggend streepje, koppelteken");
static PROBLEM_KIND(bad_leerbedrijf, "value.leerbedrijf", "not an id of a leerbedrijf", "geen id van een leerbedrijf",
                    "1 to 20 characters: letters, digits, point, underscore, hyphen",
                    "1 tot 20 tekens: letters, cijfers, punt, liggend streepje, koppelteken");
static PROBLEM_KIND(bad_allowance, "value.vergoeding", "not an amount", "geen bedrag", "euros a month: 350 or 350,50",
                    "euro's per maand: 350 of 350,50");
static PROBLEM_KIND(bad_days, "value.dagen", "not a list of days", "geen lijst van dagen",
                    "ma di wo do vr za zo, with a space between them",
                    "ma di wo do vr za zo, met een spatie ertussen");
static PROBLEM_KIND(bad_skills, "value.vaardigheden", "not a list of skills", "geen lijst van vaardigheden",
                    "code=level with a level from 0 to 5, joined by |",
                    "code=niveau met een niveau van 0 tot 5, met | ertussen");
static PROBLEM_KIND(bad_tags, "value.tags", "not a list of tags", "geen lijst van tags", "codes joined by |",
                    "codes met | ertussen");
static PROBLEM_KIND(bad_qualifications, "value.opleidingen", "not a list of crebo or isat codes",
                    "geen lijst van crebo- of isat-codes", "codes of five digits with a space between them",
                    "codes van vijf cijfers met een spatie ertussen");
static PROBLEM_KIND(bad_hard, "value.eisen", "not a list of requirements", "geen lijst van eisen",
                    "code>=level with a level from 0 to 5, joined by |",
                    "code>=niveau met een niveau van 0 tot 5, met | ertussen");
static PROBLEM_KIND(bad_weighted, "value.wegingen", "not a list of weights", "geen lijst van wegingen",
                    "code*weight or code*weight>=level, weight 1 to 9, level 0 to 5, joined by |",
                    "code*gewicht of code*gewicht>=niveau, gewicht 1 tot 9, niveau 0 tot 5, met | ertussen");
static PROBLEM_KIND(bad_places, "value.plaatsnamen", "not a list of placements", "geen lijst van leerplaatsen",
                    "leerbedrijf/leerplaats or an id alone; voorkeuren joined by >, uitsluiten by |",
                    "leerbedrijf/leerplaats of een id alleen; voorkeuren met > ertussen, uitsluiten met |");

static bool all_digits(struct text value, size_t length)
{
    if (value.length != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (value.data[i] < '0' || value.data[i] > '9')
            return false;
    return true;
}

/* A whole number within bounds, or the kind. */
static field_result whole(struct text value, uint64_t min, uint64_t max, const struct problem_kind *kind,
                          uint64_t *out)
{
    return text_to_u64(value, min, max, out) == ERR_OK ? NULL : kind;
}

field_result field_brin(struct text value)
{
    if (value.length != 4 || !all_digits((struct text){value.data, 2}, 2))
        return &bad_brin;
    bool capitals = value.data[2] >= 'A' && value.data[2] <= 'Z' && value.data[3] >= 'A' && value.data[3] <= 'Z';
    return capitals ? NULL : &bad_brin;
}

field_result field_number_code(struct text value)
{
    return text_is_code(value, CODE_BYTES_MAX) ? NULL : &bad_code;
}

field_result field_leerplaats(struct text value)
{
    return text_is_code(value, LEERPLAATS_BYTES_MAX) ? NULL : &bad_leerplaats;
}

field_result field_leerbedrijf(struct text value)
{
    return text_is_code(value, LEERBEDRIJF_BYTES_MAX) ? NULL : &bad_leerbedrijf;
}

field_result field_kvk(struct text value)
{
    return all_digits(value, 8) ? NULL : &bad_kvk;
}

field_result field_postcode(struct text value, uint16_t *pc4)
{
    uint32_t code;
    if (postcode_parse(value, &code) != ERR_OK)
        return &bad_postcode;
    *pc4 = (uint16_t)code;
    return NULL;
}

field_result field_qualification(struct text value, uint32_t *out)
{
    if (!all_digits(value, 5))
        return &bad_qualification;
    uint32_t code = 0;
    for (size_t i = 0; i < value.length; i++)
        code = code * 10 + (uint32_t)(value.data[i] - '0');
    *out = code;
    return NULL;
}

field_result field_leerweg(struct text value, uint8_t *out)
{
    static const char *const names[] = {"BOL", "BBL", "HBO"};
    for (uint8_t i = 0; i < 3; i++)
        if (text_is_nocase(value, names[i])) {
            *out = i;
            return NULL;
        }
    return &bad_leerweg;
}

field_result field_year(struct text value, uint8_t *out)
{
    uint64_t number = 0;
    field_result result = whole(value, 1, 8, &bad_year, &number);
    *out = (uint8_t)number;
    return result;
}

field_result field_date(struct text value, int32_t *out)
{
    return date_parse(value, out) == ERR_OK ? NULL : &bad_date;
}

field_result field_hours(struct text value, uint8_t *out)
{
    uint64_t number = 0;
    field_result result = whole(value, 1, 40, &bad_hours, &number);
    *out = (uint8_t)number;
    return result;
}

field_result field_max_km(struct text value, uint16_t *out)
{
    uint64_t number = 0;
    field_result result = whole(value, 1, MAX_KM_LIMIT, &bad_max_km, &number);
    *out = (uint16_t)number;
    return result;
}

field_result field_capacity(struct text value, uint16_t *out)
{
    uint64_t number = 0;
    field_result result = whole(value, 1, 10000, &bad_capacity, &number);
    *out = (uint16_t)number;
    return result;
}

field_result field_allowance(struct text value)
{
    struct text rest = value, euros;
    uint64_t amount;
    if (!text_next(&rest, ',', &euros) || text_to_u64(euros, 0, 999999, &amount) != ERR_OK)
        return &bad_allowance;
    return !rest.data || all_digits(rest, 2) ? NULL : &bad_allowance;
}

field_result field_days(struct text value, uint8_t *out)
{
    static const char *const names[] = {"ma", "di", "wo", "do", "vr", "za", "zo"};
    struct text rest = value, name;
    uint8_t days = 0;
    if (value.length == 0)
        return NULL;
    while (text_next(&rest, ' ', &name)) {
        uint8_t day = 0;
        while (day < 7 && !text_is_nocase(name, names[day]))
            day++;
        if (day == 7)
            return &bad_days;
        if (days & (1u << day))
            return &field_duplicate_code;
        days = (uint8_t)(days | 1u << day);
    }
    *out = days;
    return NULL;
}

/* Splits "left MARK right" at the first MARK; false when it is not there. */
static bool split_at(struct text item, const char *mark, struct text *left, struct text *right)
{
    const char *found = memmem(item.data, item.length, mark, strlen(mark));
    if (!found)
        return false;
    size_t before = (size_t)(found - item.data);
    *left = (struct text){item.data, before};
    *right = (struct text){found + strlen(mark), item.length - before - strlen(mark)};
    return true;
}

static field_result intern_code(struct intern *table, struct text code, const struct problem_kind *kind,
                                uint32_t *number)
{
    if (!text_is_code(code, CODE_BYTES_MAX))
        return kind;
    return intern_put(table, code, number) == ERR_OK ? NULL : FIELD_MEMORY;
}

static field_result add_skill(struct intake *intake, struct text item, struct span *span)
{
    struct text code, level_text;
    uint64_t level;
    uint32_t skill;
    if (!split_at(item, "=", &code, &level_text) || text_to_u64(level_text, 0, LEVEL_MAX, &level) != ERR_OK)
        return &bad_skills;
    field_result result = intern_code(&intake->skills, code, &bad_skills, &skill);
    if (result)
        return result;
    for (uint32_t i = 0; i < span->count; i++)
        if (intake->market.skills[span->at + i].skill == skill)
            return &field_duplicate_code;
    if (mem_grow(&intake->market.skills, &intake->skill_capacity, intake->skill_count + 1,
                 sizeof *intake->market.skills) != ERR_OK)
        return FIELD_MEMORY;
    intake->market.skills[intake->skill_count++] = (struct skill_level){skill, (uint8_t)level};
    span->count++;
    return NULL;
}

static field_result add_number(uint32_t **pool, size_t *count, size_t *capacity, uint32_t number, struct span *span)
{
    for (uint32_t i = 0; i < span->count; i++)
        if ((*pool)[span->at + i] == number)
            return &field_duplicate_code;
    if (mem_grow(pool, capacity, *count + 1, sizeof **pool) != ERR_OK)
        return FIELD_MEMORY;
    (*pool)[(*count)++] = number;
    span->count++;
    return NULL;
}

static field_result add_tag(struct intake *intake, struct text item, struct span *span)
{
    uint32_t tag;
    field_result result = intern_code(&intake->tags, item, &bad_tags, &tag);
    return result ? result : add_number(&intake->market.tags, &intake->tag_count, &intake->tag_capacity, tag, span);
}

static field_result add_qualification(struct intake *intake, struct text item, struct span *span)
{
    uint32_t code;
    if (field_qualification(item, &code))
        return &bad_qualifications;
    return add_number(&intake->market.qualifications, &intake->qualification_count, &intake->qualification_capacity,
                      code, span);
}

static field_result add_place(struct intake *intake, struct text item, struct span *span)
{
    struct text leerbedrijf, leerplaats;
    uint32_t name;
    bool fits = split_at(item, "/", &leerbedrijf, &leerplaats) ? text_is_code(leerbedrijf, LEERBEDRIJF_BYTES_MAX) &&
                                                                     text_is_code(leerplaats, LEERPLAATS_BYTES_MAX)
                                                               : text_is_code(item, LEERPLAATS_BYTES_MAX);
    if (!fits)
        return &bad_places;
    if (intern_put(&intake->places, item, &name) != ERR_OK)
        return FIELD_MEMORY;
    return add_number(&intake->names, &intake->name_count, &intake->name_capacity, name, span);
}

static field_result add_criterion(struct intake *intake, struct text code, uint64_t level, uint64_t weight,
                                  const struct problem_kind *kind, struct span *span)
{
    uint32_t skill;
    field_result result = intern_code(&intake->skills, code, kind, &skill);
    if (result)
        return result;
    for (uint32_t i = 0; i < span->count; i++)
        if (intake->market.criteria[span->at + i].skill == skill)
            return &field_duplicate_code;
    if (mem_grow(&intake->market.criteria, &intake->criterion_capacity, intake->criterion_count + 1,
                 sizeof *intake->market.criteria) != ERR_OK)
        return FIELD_MEMORY;
    intake->market.criteria[intake->criterion_count++] = (struct criterion){skill, (uint8_t)level, (uint8_t)weight};
    span->count++;
    return NULL;
}

static field_result add_hard(struct intake *intake, struct text item, struct span *span)
{
    struct text code, level_text;
    uint64_t level;
    if (!split_at(item, ">=", &code, &level_text) || text_to_u64(level_text, 0, LEVEL_MAX, &level) != ERR_OK)
        return &bad_hard;
    return add_criterion(intake, code, level, 0, &bad_hard, span);
}

static field_result add_weighted(struct intake *intake, struct text item, struct span *span)
{
    struct text code, rest, weight_text, level_text;
    uint64_t weight, level = 0;
    if (!split_at(item, "*", &code, &rest))
        return &bad_weighted;
    if (!split_at(rest, ">=", &weight_text, &level_text))
        weight_text = rest;
    else if (text_to_u64(level_text, 0, LEVEL_MAX, &level) != ERR_OK)
        return &bad_weighted;
    if (text_to_u64(weight_text, 1, 9, &weight) != ERR_OK)
        return &bad_weighted;
    return add_criterion(intake, code, level, weight, &bad_weighted, span);
}

/* Reads every item of a list; blanks around an item are allowed. */
static field_result each_item(struct intake *intake, struct text value, char separator, size_t pool_count,
                              field_result (*add)(struct intake *intake, struct text item, struct span *span),
                              struct span *out)
{
    struct span span = {(uint32_t)pool_count, 0};
    struct text rest = value, item;
    if (pool_count > UINT32_MAX - LIST_ITEMS_MAX)
        return FIELD_MEMORY;
    while (value.length && text_next(&rest, separator, &item)) {
        if (span.count == LIST_ITEMS_MAX)
            return &field_too_many;
        field_result result = add(intake, text_trim(item), &span);
        if (result)
            return result;
    }
    *out = span;
    return NULL;
}

field_result field_skills(struct intake *intake, struct text value, struct span *out)
{
    return each_item(intake, value, '|', intake->skill_count, add_skill, out);
}

field_result field_tags(struct intake *intake, struct text value, struct span *out)
{
    return each_item(intake, value, '|', intake->tag_count, add_tag, out);
}

field_result field_qualifications(struct intake *intake, struct text value, struct span *out)
{
    return each_item(intake, value, ' ', intake->qualification_count, add_qualification, out);
}

field_result field_hard(struct intake *intake, struct text value, struct span *out)
{
    return each_item(intake, value, '|', intake->criterion_count, add_hard, out);
}

field_result field_weighted(struct intake *intake, struct text value, struct span *out)
{
    return each_item(intake, value, '|', intake->criterion_count, add_weighted, out);
}

field_result field_places(struct intake *intake, struct text value, char separator, struct span *out)
{
    return each_item(intake, value, separator, intake->name_count, add_place, out);
}

field_result field_point(struct intake *intake, uint16_t pc4, uint32_t *point)
{
    struct point found;
    enum postcode_source source = postcodes_find(intake->postcodes, pc4, &found);
    if (source == POSTCODE_NONE)
        return &postcode_unknown;
    if (intake->point_of_pc4[pc4] == 0) {
        size_t count = intake->market.point_count;
        if (mem_grow(&intake->market.points, &intake->point_capacity, count + 1, sizeof found) != ERR_OK)
            return FIELD_MEMORY;
        intake->market.points[count] = found;
        intake->point_of_pc4[pc4] = (uint32_t)++intake->market.point_count;
    }
    *point = intake->point_of_pc4[pc4] - 1;
    return source == POSTCODE_MEAN ? &postcode_mean : NULL;
}
