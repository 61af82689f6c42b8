#include "domain/profile_check.h"

#include "base/date.h"

#include <stdlib.h>
#include <string.h>

enum { CODE_BYTES_MAX = 32, LEERPLAATS_BYTES_MAX = 64, LEERBEDRIJF_BYTES_MAX = 20 };

static const REFUSAL(refusal_qualification, STATUS_INVALID_ARGUMENT, "bad_qualification",
                     "Een opleiding is een crebo- of isat-code: vijf cijfers.",
                     "A qualification is a crebo or isat code: five digits.");
static const REFUSAL(refusal_leerweg, STATUS_INVALID_ARGUMENT, "bad_leerweg", "De leerweg is BOL, BBL of HBO.",
                     "The leerweg is BOL, BBL or HBO.");
static const REFUSAL(refusal_number, STATUS_INVALID_ARGUMENT, "bad_number", "Dit getal valt buiten de grenzen.",
                     "This number is out of bounds.");
static const REFUSAL(refusal_date, STATUS_INVALID_ARGUMENT, "bad_date", "Schrijf een datum als 2027-02-01.",
                     "Write a date as 2027-02-01.");
static const REFUSAL(refusal_code, STATUS_INVALID_ARGUMENT, "bad_code",
                     "Een code bestaat uit letters, cijfers, punt, liggend streepje en koppelteken.",
                     "A code has letters, digits, points, underscores and hyphens.");
static const REFUSAL(refusal_postcode, STATUS_INVALID_ARGUMENT, "bad_postcode",
                     "Schrijf een postcode als 1012 of 1012 AB.", "Write a postcode as 1012 or 1012 AB.");
static const REFUSAL(refusal_place_name, STATUS_INVALID_ARGUMENT, "bad_place_name",
                     "Noem een leerplaats als leerbedrijf/leerplaats.",
                     "Name a placement as leerbedrijf/leerplaats.");
static const REFUSAL(refusal_kvk, STATUS_INVALID_ARGUMENT, "bad_kvk", "Een KvK-nummer heeft acht cijfers.",
                     "A KvK number has eight digits.");
static const REFUSAL(refusal_text_long, STATUS_INVALID_ARGUMENT, "text_too_long", "Deze tekst is te lang.",
                     "This text is too long.");
const REFUSAL(refusal_period, STATUS_INVALID_ARGUMENT, "bad_period", "De periode eindigt voordat die begint.",
              "The period ends before it begins.");
const REFUSAL(refusal_list_too_long, STATUS_INVALID_ARGUMENT, "list_too_long",
              "Ten hoogste 64 onderdelen in deze lijst.", "At most 64 items in this list.");
const REFUSAL(refusal_listed_twice, STATUS_INVALID_ARGUMENT, "listed_twice", "Iets staat er twee keer.",
              "Something is there twice.");
const REFUSAL(refusal_postcode_unknown, STATUS_INVALID_ARGUMENT, "postcode_unknown",
              "Deze postcode kennen we niet, en geen enkele in de buurt ervan.",
              "We do not know this postcode, nor any near it.");

static bool all_digits(const char *text, size_t count)
{
    return strspn(text, "0123456789") >= count;
}

bool qualification_is_valid(const char *code)
{
    return strlen(code) == 5 && all_digits(code, 5);
}

bool brin_is_valid(const char *brin)
{
    if (strlen(brin) != 4 || !all_digits(brin, 2))
        return false;
    return brin[2] >= 'A' && brin[2] <= 'Z' && brin[3] >= 'A' && brin[3] <= 'Z';
}

enum err day_parse(const char *date, int32_t *day)
{
    char shown[11];
    int32_t parsed;
    if (date_parse(text_of(date), &parsed) != ERR_OK)
        return ERR_RANGE;
    date_format(parsed, shown);
    if (strcmp(shown, date) != 0)
        return ERR_RANGE;
    *day = parsed;
    return ERR_OK;
}

uint8_t days_mask(const Stagematch__V1__Day *days, size_t count, uint8_t none)
{
    uint8_t mask = 0;
    for (size_t i = 0; i < count; i++)
        mask = (uint8_t)(mask | 1u << ((unsigned)days[i] - 1));
    return count ? mask : none;
}

bool place_name_split(const char *name, struct text *leerbedrijf, struct text *leerplaats)
{
    const char *slash = strchr(name, '/');
    if (!slash)
        return false;
    *leerbedrijf = (struct text){name, (size_t)(slash - name)};
    *leerplaats = text_of(slash + 1);
    return true;
}

unsigned pc4_of(const char *postcode)
{
    unsigned code = 0;
    for (int i = 0; i < 4; i++)
        code = code * 10 + (unsigned)(postcode[i] - '0');
    return code;
}

/* Remembers the first field that breaks a rule. */
struct check {
    struct status status;
};

static void refuse(struct check *check, const struct refusal *refusal, const char *field)
{
    if (!check->status.refusal)
        check->status = status_refuse_field(refusal, field);
}

static void need(struct check *check, bool holds, const struct refusal *refusal, const char *field)
{
    if (!holds)
        refuse(check, refusal, field);
}

static void check_number(struct check *check, uint32_t value, uint32_t min, uint32_t max, const char *field)
{
    need(check, value >= min && value <= max, &refusal_number, field);
}

static void check_code(struct check *check, const char *value, size_t max, const char *field)
{
    need(check, *value, &refusal_missing_field, field);
    need(check, text_is_code(text_of(value), max), &refusal_code, field);
}

static void check_leerweg(struct check *check, Stagematch__V1__Leerweg leerweg)
{
    bool known = leerweg == STAGEMATCH__V1__LEERWEG__LEERWEG_BOL || leerweg == STAGEMATCH__V1__LEERWEG__LEERWEG_BBL ||
                 leerweg == STAGEMATCH__V1__LEERWEG__LEERWEG_HBO;
    need(check, known, &refusal_leerweg, "leerweg");
}

static void check_period(struct check *check, const char *start, const char *end)
{
    int32_t from = 0, to = 0;
    need(check, day_parse(start, &from) == ERR_OK, &refusal_date, "start_date");
    need(check, day_parse(end, &to) == ERR_OK, &refusal_date, "end_date");
    need(check, from <= to, &refusal_period, "end_date");
}

static void check_days(struct check *check, const Stagematch__V1__Day *days, size_t count)
{
    uint8_t seen = 0;
    for (size_t i = 0; i < count && !check->status.refusal; i++) {
        bool known = days[i] >= STAGEMATCH__V1__DAY__DAY_MONDAY && days[i] <= STAGEMATCH__V1__DAY__DAY_SUNDAY;
        need(check, known, &refusal_bad_value, "days");
        if (!known)
            return;
        uint8_t bit = (uint8_t)(1u << ((unsigned)days[i] - 1));
        need(check, !(seen & bit), &refusal_listed_twice, "days");
        seen |= bit;
    }
}

static void check_postcode(struct check *check, const char *value, bool full_allowed,
                           const struct geography *geography, const char *field)
{
    struct point point;
    need(check, *value, &refusal_missing_field, field);
    bool four = all_digits(value, 4) && value[0] != '0';
    const char *letters = four ? value + 4 : "";
    if (*letters == ' ')
        letters++;
    bool two = strlen(letters) == 2 && strspn(letters, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == 2;
    need(check, four && (value[4] == '\0' || (full_allowed && two)), &refusal_postcode, field);
    if (!check->status.refusal)
        need(check, geography->point(geography->context, pc4_of(value), &point), &refusal_postcode_unknown, field);
}

/* A list of texts: its length, the shape of each, and none of them twice. */
static void check_list(struct check *check, char *const *items, size_t count, bool (*fits)(const char *item),
                       const struct refusal *refusal, const char *field)
{
    need(check, count <= LIST_ITEMS_MAX, &refusal_list_too_long, field);
    if (check->status.refusal)
        return;
    for (size_t i = 0; i < count; i++) {
        need(check, fits(items[i]), refusal, field);
        for (size_t k = 0; k < i; k++)
            need(check, strcmp(items[i], items[k]) != 0, &refusal_listed_twice, field);
    }
}

static bool is_code(const char *item)
{
    return text_is_code(text_of(item), CODE_BYTES_MAX);
}

/* A placement, or a leerbedrijf or leerplaats by its bare id. */
static bool is_place_name(const char *item)
{
    struct text leerbedrijf, leerplaats;
    if (!place_name_split(item, &leerbedrijf, &leerplaats))
        return text_is_code(text_of(item), LEERPLAATS_BYTES_MAX);
    return text_is_code(leerbedrijf, LEERBEDRIJF_BYTES_MAX) && text_is_code(leerplaats, LEERPLAATS_BYTES_MAX);
}

static void check_skills(struct check *check, Stagematch__V1__SkillLevel *const *skills, size_t count)
{
    need(check, count <= LIST_ITEMS_MAX, &refusal_list_too_long, "skills");
    for (size_t i = 0; i < count && !check->status.refusal; i++) {
        need(check, is_code(skills[i]->skill), &refusal_code, "skills");
        need(check, skills[i]->level <= LEVEL_MAX, &refusal_number, "skills");
        for (size_t k = 0; k < i; k++)
            need(check, strcmp(skills[i]->skill, skills[k]->skill) != 0, &refusal_listed_twice, "skills");
    }
}

struct status preferences_check(char *const *preferred, size_t preferred_count, char *const *excluded,
                                size_t excluded_count)
{
    struct check check = {STATUS_DONE};
    check_list(&check, preferred, preferred_count, is_place_name, &refusal_place_name, "preferred");
    check_list(&check, excluded, excluded_count, is_place_name, &refusal_place_name, "excluded");
    return check.status;
}

struct status profile_check(const Stagematch__V1__Profile *profile, const struct geography *geography)
{
    struct check check = {STATUS_DONE};
    need(&check, qualification_is_valid(profile->qualification), &refusal_qualification, "qualification");
    check_leerweg(&check, profile->leerweg);
    check_number(&check, profile->year, 1, 8, "year");
    check_period(&check, profile->start_date, profile->end_date);
    check_number(&check, profile->hours_per_week, 1, 40, "hours_per_week");
    check_days(&check, profile->days, profile->n_days);
    check_postcode(&check, profile->pc4, false, geography, "pc4");
    check_number(&check, profile->max_km, 0, MAX_KM_LIMIT, "max_km");
    check_skills(&check, profile->skills, profile->n_skills);
    check_list(&check, profile->tags, profile->n_tags, is_code, &refusal_code, "tags");
    if (check.status.refusal)
        return check.status;
    return preferences_check(profile->preferred, profile->n_preferred, profile->excluded, profile->n_excluded);
}

static int compare_strings(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static int compare_skills(const void *left, const void *right)
{
    const Stagematch__V1__SkillLevel *const *a = left, *const *b = right;
    return strcmp((*a)->skill, (*b)->skill);
}

static int compare_days(const void *left, const void *right)
{
    return (int)*(const Stagematch__V1__Day *)left - (int)*(const Stagematch__V1__Day *)right;
}

static void sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    if (count > 1)
        qsort(items, count, size, compare);
}

void profile_canonicalise(Stagematch__V1__Profile *profile)
{
    sort(profile->days, profile->n_days, sizeof *profile->days, compare_days);
    if (days_mask(profile->days, profile->n_days, DAYS_WORKWEEK) == DAYS_WORKWEEK)
        profile->n_days = 0;
    sort(profile->skills, profile->n_skills, sizeof(Stagematch__V1__SkillLevel *), compare_skills);
    sort(profile->tags, profile->n_tags, sizeof(char *), compare_strings);
    sort(profile->excluded, profile->n_excluded, sizeof(char *), compare_strings);
    if (profile->max_km == 0)
        profile->max_km = MAX_KM_DEFAULT;
}

static bool is_qualification(const char *item)
{
    return qualification_is_valid(item);
}

static void check_hard(struct check *check, Stagematch__V1__HardCriterion *const *criteria, size_t count)
{
    static const char field[] = "hard_criteria";
    need(check, count <= LIST_ITEMS_MAX, &refusal_list_too_long, field);
    for (size_t i = 0; i < count && !check->status.refusal; i++) {
        need(check, is_code(criteria[i]->skill), &refusal_code, field);
        check_number(check, criteria[i]->level, 0, LEVEL_MAX, field);
        for (size_t k = 0; k < i; k++)
            need(check, strcmp(criteria[i]->skill, criteria[k]->skill) != 0, &refusal_listed_twice, field);
    }
}

static void check_weighted(struct check *check, Stagematch__V1__WeightedCriterion *const *criteria, size_t count)
{
    static const char field[] = "weighted_criteria";
    need(check, count <= LIST_ITEMS_MAX, &refusal_list_too_long, field);
    for (size_t i = 0; i < count && !check->status.refusal; i++) {
        need(check, is_code(criteria[i]->skill), &refusal_code, field);
        check_number(check, criteria[i]->weight, 1, 9, field);
        check_number(check, criteria[i]->minimum_level, 0, LEVEL_MAX, field);
        for (size_t k = 0; k < i; k++)
            need(check, strcmp(criteria[i]->skill, criteria[k]->skill) != 0, &refusal_listed_twice, field);
    }
}

static void check_texts(struct check *check, const Stagematch__V1__Placement *placement)
{
    need(check, *placement->company_name, &refusal_missing_field, "company_name");
    need(check, strlen(placement->company_name) <= PROFILE_TEXT_BYTES_MAX, &refusal_text_long, "company_name");
    need(check, strlen(placement->title) <= PROFILE_TEXT_BYTES_MAX, &refusal_text_long, "title");
    need(check, strlen(placement->description) <= PROFILE_TEXT_BYTES_MAX, &refusal_text_long, "description");
}

struct status placement_check(const Stagematch__V1__Placement *placement, const struct geography *geography)
{
    struct check check = {STATUS_DONE};
    check_code(&check, placement->leerbedrijf, LEERBEDRIJF_BYTES_MAX, "leerbedrijf");
    check_code(&check, placement->leerplaats, LEERPLAATS_BYTES_MAX, "leerplaats");
    check_texts(&check, placement);
    need(&check, strlen(placement->kvk) == 8 && all_digits(placement->kvk, 8), &refusal_kvk, "kvk");
    check_postcode(&check, placement->postcode, true, geography, "postcode");
    need(&check, placement->n_qualifications > 0, &refusal_missing_field, "qualifications");
    check_list(&check, placement->qualifications, placement->n_qualifications, is_qualification,
               &refusal_qualification, "qualifications");
    check_leerweg(&check, placement->leerweg);
    check_number(&check, placement->capacity, 1, CAPACITY_MAX, "capacity");
    check_period(&check, placement->start_date, placement->end_date);
    check_number(&check, placement->hours_per_week, 1, 40, "hours_per_week");
    check_days(&check, placement->days, placement->n_days);
    check_hard(&check, placement->hard_criteria, placement->n_hard_criteria);
    check_weighted(&check, placement->weighted_criteria, placement->n_weighted_criteria);
    check_list(&check, placement->tags, placement->n_tags, is_code, &refusal_code, "tags");
    check_number(&check, placement->allowance_cents, 0, ALLOWANCE_CENTS_MAX, "allowance_cents");
    return check.status;
}

static int compare_hard(const void *left, const void *right)
{
    const Stagematch__V1__HardCriterion *const *a = left, *const *b = right;
    return strcmp((*a)->skill, (*b)->skill);
}

static int compare_weighted(const void *left, const void *right)
{
    const Stagematch__V1__WeightedCriterion *const *a = left, *const *b = right;
    return strcmp((*a)->skill, (*b)->skill);
}

void placement_canonicalise(Stagematch__V1__Placement *placement)
{
    if (strlen(placement->postcode) > 4)
        placement->postcode[4] = '\0';
    sort(placement->qualifications, placement->n_qualifications, sizeof(char *), compare_strings);
    sort(placement->days, placement->n_days, sizeof *placement->days, compare_days);
    sort(placement->hard_criteria, placement->n_hard_criteria, sizeof(Stagematch__V1__HardCriterion *), compare_hard);
    sort(placement->weighted_criteria, placement->n_weighted_criteria, sizeof(Stagematch__V1__WeightedCriterion *),
         compare_weighted);
    sort(placement->tags, placement->n_tags, sizeof(char *), compare_strings);
    if (*placement->placement_id)
        placement->placement_id[0] = '\0';
    if (*placement->round_id)
        placement->round_id[0] = '\0';
    if (*placement->entered_by_school)
        placement->entered_by_school[0] = '\0';
    placement->state = STAGEMATCH__V1__PLACEMENT_STATE__PLACEMENT_STATE_UNSPECIFIED;
    placement->version = placement->criteria_version = 0;
    placement->seats_taken = placement->seats_suspended = 0;
}
