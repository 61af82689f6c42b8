#include "domain/profile_check.h"
#include "unit/domain/market_fixture.h"

static const struct geography geography = {fixture_point, NULL};

static void expect(struct status status, const char *code, const char *field)
{
    if (!code) {
        ck_assert_ptr_null(status.refusal);
        return;
    }
    ck_assert_ptr_nonnull(status.refusal);
    ck_assert_str_eq(status.refusal->name, code);
    ck_assert_ptr_nonnull(status.field);
    ck_assert_str_eq(status.field, field);
}

static Stagematch__V1__SkillLevel lassen = {PROTOBUF_C_MESSAGE_INIT(&stagematch__v1__skill_level__descriptor),
                                            "lassen", 3};
static Stagematch__V1__SkillLevel high = {PROTOBUF_C_MESSAGE_INIT(&stagematch__v1__skill_level__descriptor), "koken",
                                          6};
static Stagematch__V1__SkillLevel no_code = {PROTOBUF_C_MESSAGE_INIT(&stagematch__v1__skill_level__descriptor),
                                             "met spatie", 1};

/* A row of the table changes one thing of a good profile. */
#define PROFILE(change, code, field)                                                                                 \
    do {                                                                                                             \
        struct row row;                                                                                              \
        row_make(&row, 1, SCHOOL_A);                                                                                 \
        Stagematch__V1__Profile *p = &row.profile;                                                                   \
        change;                                                                                                      \
        expect(profile_check(p, &geography), code, field);                                                           \
    } while (0)

START_TEST(each_field_of_a_profile_is_checked)
{
    static Stagematch__V1__Day twice[] = {1, 2, 1}, none[] = {0}, eighth[] = {8};
    static Stagematch__V1__SkillLevel *doubled[] = {&lassen, &lassen}, *above[] = {&high}, *bad[] = {&no_code};
    static char *tags[] = {"mbo", "mbo"}, *bad_tag[] = {""}, *place[] = {"lb1/p1/x"}, *bare[] = {"lb1"};
    PROFILE((void)p, NULL, NULL);
    PROFILE(p->qualification = "2518", "bad_qualification", "qualification");
    PROFILE(p->qualification = "2518a", "bad_qualification", "qualification");
    PROFILE(p->leerweg = 0, "bad_leerweg", "leerweg");
    PROFILE(p->leerweg = 4, "bad_leerweg", "leerweg");
    PROFILE(p->year = 0, "bad_number", "year");
    PROFILE(p->year = 9, "bad_number", "year");
    PROFILE(p->start_date = "1-2-2027", "bad_date", "start_date");
    PROFILE(p->end_date = "2027-02-30", "bad_date", "end_date");
    PROFILE(p->end_date = "2027-01-31", "bad_period", "end_date");
    PROFILE(p->end_date = p->start_date, NULL, NULL);
    PROFILE(p->hours_per_week = 0, "bad_number", "hours_per_week");
    PROFILE(p->hours_per_week = 41, "bad_number", "hours_per_week");
    PROFILE((p->days = twice, p->n_days = 3), "listed_twice", "days");
    PROFILE((p->days = none, p->n_days = 1), "bad_value", "days");
    PROFILE((p->days = eighth, p->n_days = 1), "bad_value", "days");
    PROFILE(p->pc4 = "", "missing_field", "pc4");
    PROFILE(p->pc4 = "0123", "bad_postcode", "pc4");
    PROFILE(p->pc4 = "1000 AB", "bad_postcode", "pc4");
    PROFILE(p->pc4 = "2000", "postcode_unknown", "pc4");
    PROFILE(p->max_km = 301, "bad_number", "max_km");
    PROFILE(p->max_km = 0, NULL, NULL);
    PROFILE((p->skills = doubled, p->n_skills = 2), "listed_twice", "skills");
    PROFILE(p->skills = above, "bad_number", "skills");
    PROFILE(p->skills = bad, "bad_code", "skills");
    PROFILE(p->n_skills = 65, "list_too_long", "skills");
    PROFILE((p->tags = tags, p->n_tags = 2), "listed_twice", "tags");
    PROFILE((p->tags = bad_tag, p->n_tags = 1), "bad_code", "tags");
    PROFILE(p->n_tags = 65, "list_too_long", "tags");
    PROFILE((p->preferred = place, p->n_preferred = 1), "bad_place_name", "preferred");
    PROFILE((p->excluded = place, p->n_excluded = 1), "bad_place_name", "excluded");
    PROFILE((p->excluded = bare, p->n_excluded = 1), NULL, NULL);
}
END_TEST

#define PLACEMENT(change, code, field)                                                                               \
    do {                                                                                                             \
        Stagematch__V1__Placement placement = placement_make("lb1", "p1"), *p = &placement;                          \
        change;                                                                                                      \
        expect(placement_check(p, &geography), code, field);                                                         \
    } while (0)

START_TEST(each_field_of_a_placement_is_checked)
{
    static Stagematch__V1__HardCriterion hard = {PROTOBUF_C_MESSAGE_INIT(&stagematch__v1__hard_criterion__descriptor),
                                                 "lassen", 6};
    static Stagematch__V1__WeightedCriterion weighted = {
        PROTOBUF_C_MESSAGE_INIT(&stagematch__v1__weighted_criterion__descriptor), "lassen", 10, 0};
    static Stagematch__V1__WeightedCriterion fine = {
        PROTOBUF_C_MESSAGE_INIT(&stagematch__v1__weighted_criterion__descriptor), "lassen", 9, 5};
    static Stagematch__V1__HardCriterion *hards[] = {&hard};
    static Stagematch__V1__WeightedCriterion *weights[] = {&weighted}, *twice[] = {&fine, &fine};
    static char *codes[] = {"1234"}, long_text[4098];
    memset(long_text, 'x', sizeof long_text - 1);
    PLACEMENT((void)p, NULL, NULL);
    PLACEMENT(p->leerbedrijf = "", "missing_field", "leerbedrijf");
    PLACEMENT(p->leerbedrijf = "123456789012345678901", "bad_code", "leerbedrijf");
    PLACEMENT(p->leerplaats = "a/b", "bad_code", "leerplaats");
    PLACEMENT(p->company_name = "", "missing_field", "company_name");
    PLACEMENT(p->company_name = long_text, "text_too_long", "company_name");
    PLACEMENT(p->title = long_text, "text_too_long", "title");
    PLACEMENT(p->description = long_text, "text_too_long", "description");
    PLACEMENT(p->kvk = "1234567", "bad_kvk", "kvk");
    PLACEMENT(p->kvk = "123456789", "bad_kvk", "kvk");
    PLACEMENT(p->postcode = "1010 A", "bad_postcode", "postcode");
    PLACEMENT(p->postcode = "1010ab", NULL, NULL);
    PLACEMENT(p->postcode = "9999", "postcode_unknown", "postcode");
    PLACEMENT(p->n_qualifications = 0, "missing_field", "qualifications");
    PLACEMENT(p->qualifications = codes, "bad_qualification", "qualifications");
    PLACEMENT(p->leerweg = 9, "bad_leerweg", "leerweg");
    PLACEMENT(p->capacity = 0, "bad_number", "capacity");
    PLACEMENT(p->capacity = 10001, "bad_number", "capacity");
    PLACEMENT(p->start_date = "", "bad_date", "start_date");
    PLACEMENT(p->end_date = "2026-01-01", "bad_period", "end_date");
    PLACEMENT(p->hours_per_week = 41, "bad_number", "hours_per_week");
    PLACEMENT((p->hard_criteria = hards, p->n_hard_criteria = 1), "bad_number", "hard_criteria");
    PLACEMENT((p->weighted_criteria = weights, p->n_weighted_criteria = 1), "bad_number", "weighted_criteria");
    PLACEMENT((p->weighted_criteria = twice, p->n_weighted_criteria = 2), "listed_twice", "weighted_criteria");
    PLACEMENT(p->allowance_cents = 100000000, "bad_number", "allowance_cents");
}
END_TEST

START_TEST(equal_content_has_equal_bytes)
{
    static char *tags[] = {"b", "a"}, *sorted_tags[] = {"a", "b"}, *excluded[] = {"z", "lb1/p1"};
    static char *sorted_excluded[] = {"lb1/p1", "z"};
    static Stagematch__V1__Day days[] = {5, 1, 3, 2, 4};
    struct row first, second;
    Stagematch__V1__Profile *one, *other;
    bool same = false;
    row_make(&first, 1, SCHOOL_A);
    row_make(&second, 1, SCHOOL_A);
    first.profile.tags = tags;
    second.profile.tags = sorted_tags;
    first.profile.n_tags = second.profile.n_tags = 2;
    first.profile.excluded = excluded;
    second.profile.excluded = sorted_excluded;
    first.profile.n_excluded = second.profile.n_excluded = 2;
    first.profile.days = days;
    first.profile.n_days = 5;
    first.profile.max_km = 0;
    second.profile.max_km = 40;
    ck_assert_int_eq(message_dup(&first.profile, &one), ERR_OK);
    ck_assert_int_eq(message_dup(&second.profile, &other), ERR_OK);
    profile_canonicalise(one);
    profile_canonicalise(other);
    ck_assert_int_eq(message_same(one, other, &same), ERR_OK);
    ck_assert(same);
    ck_assert_uint_eq(one->n_days, 0);
    message_free(one);
    message_free(other);
}
END_TEST

START_TEST(a_canonical_placement_has_four_digits_and_nothing_of_ours)
{
    Stagematch__V1__Placement placement = placement_make("lb1", "p1"), *copy;
    placement.postcode = "1010 ab";
    placement.placement_id = "00112233445566778899aabbccddeeff";
    placement.seats_taken = 4;
    placement.version = 7;
    placement.state = PLACEMENT_STATE(PUBLISHED);
    ck_assert_int_eq(message_dup(&placement, &copy), ERR_OK);
    placement_canonicalise(copy);
    ck_assert_str_eq(copy->postcode, "1010");
    ck_assert_str_eq(copy->placement_id, "");
    ck_assert_uint_eq(copy->seats_taken, 0);
    ck_assert_uint_eq(copy->version, 0);
    ck_assert_int_eq(copy->state, PLACEMENT_STATE(UNSPECIFIED));
    message_free(copy);
}
END_TEST

RUN_TESTS("domain/profile", each_field_of_a_profile_is_checked, each_field_of_a_placement_is_checked,
          equal_content_has_equal_bytes, a_canonical_placement_has_four_digits_and_nothing_of_ours)
