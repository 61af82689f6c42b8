/*
 * profile_check.h - whether a profile or a placement that was handed in keeps the rules, and its one canonical form.
 *
 * The rules are those of the import format (README): codes, dates, numbers within bounds, lists of at most LIST_ITEMS_MAX
 * items without repeats, postcodes that the geography knows. A refusal names the field and repeats nothing.
 *
 * Canonical: sets are sorted bytewise, days lie in order of the week, what is equal to a default is left at the default, a
 * postcode has four digits. So equal content has equal bytes, and "same" is found by comparing packed messages.
 */
#ifndef DOMAIN_PROFILE_CHECK_H
#define DOMAIN_PROFILE_CHECK_H

#include "api/status.h"
#include "domain/domain.h"
#include "stagematch/v1/placement.pb-c.h"
#include "stagematch/v1/student.pb-c.h"

enum {
    LIST_ITEMS_MAX = 64,
    PROFILE_TEXT_BYTES_MAX = 4096,
    MAX_KM_DEFAULT = 40,
    CAPACITY_MAX = 10000,
    ALLOWANCE_CENTS_MAX = 99999999,
    DAYS_WORKWEEK = 0x1f, /* bit 0: Monday */
};

extern const struct refusal refusal_period, refusal_list_too_long, refusal_listed_twice, refusal_postcode_unknown;

MUST_USE struct status profile_check(const Stagematch__V1__Profile *profile, const struct geography *geography);

/* In place; the profile passed profile_check. */
void profile_canonicalise(Stagematch__V1__Profile *profile);

/* What a placement asks and offers; its service-set fields are passed over. */
MUST_USE struct status placement_check(const Stagematch__V1__Placement *placement, const struct geography *geography);

/* In place; the placement passed placement_check. Clears the fields that the service sets. */
void placement_canonicalise(Stagematch__V1__Placement *placement);

/* Wishes and exclusions as SetPreferences hands them in; fields "preferred" and "excluded". */
MUST_USE struct status preferences_check(char *const *preferred, size_t preferred_count, char *const *excluded,
                                         size_t excluded_count);

/* "25PT". */
bool brin_is_valid(const char *brin);

/* Five digits, a crebo or isat code. */
bool qualification_is_valid(const char *code);

/* A day as "2027-02-01" and no other way. */
MUST_USE enum err day_parse(const char *date, int32_t *day);

/* One bit a day; `none` where the list is empty. */
uint8_t days_mask(const Stagematch__V1__Day *days, size_t count, uint8_t none);

/* "leerbedrijf/leerplaats": its two halves; false where there is no slash. */
bool place_name_split(const char *name, struct text *leerbedrijf, struct text *leerplaats);

/* The four digits of a canonical postcode. */
unsigned pc4_of(const char *postcode);

#endif
