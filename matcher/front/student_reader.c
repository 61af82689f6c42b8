#include "front/student_reader.h"

#include "base/date.h"
#include "front/identity_fields.h"
#include "front/profile_lists.h"
#include "intake/row.h"
#include "stagematch/internal/v1/saga.pb-c.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { DAYS_MONDAY_TO_FRIDAY = 0x1f, MAX_KM_DEFAULT = 40, KEY_HASH_BYTES = 16, KEYS_BUDGET_BYTES = 64 << 20 };

static PROBLEM_KIND(out_of_scope, "school.scope", "a school outside your scope", "een school waar u niet over gaat",
                    "only your own schools", "alleen uw eigen scholen");
static PROBLEM_KIND(column_dropped, "column.dropped", "this column is not used; it was dropped and not read",
                    "deze kolom wordt niet gebruikt; hij is weggelaten en niet gelezen", NULL, NULL);

struct student_reader {
    const struct student_rules *rules;
    const struct table_column *columns;
    struct file_report *report;
    struct arena *profiles;
    struct secret_pool *secrets;
    struct intake *intake; /* for lists; its pools are emptied for every row */
    struct intern keys;    /* hashes of the keys that came, under a key of this reader */
    uint8_t hash_key[crypto_generichash_KEYBYTES];
    uint64_t *line_of_key;
    size_t line_capacity;
    uint32_t read_count;
};

/* The longest values of a row that fits: names of 100 characters of four bytes and the rest. */
enum { STRINGS_BYTES = 4096 };

/* One row under way. Wiped when it is done. */
struct reading {
    struct student_reader *reader;
    struct row_check check;
    Stagematch__V1__Profile profile;
    Stagematch__V1__Identity identity;
    Stagematch__Internal__V1__StagedStudent staged;
    Stagematch__V1__SkillLevel skills[LIST_ITEMS_MAX], *skill_list[LIST_ITEMS_MAX];
    Stagematch__V1__Day days[7];
    char *tags[LIST_ITEMS_MAX], *excluded[LIST_ITEMS_MAX], *preferred[LIST_ITEMS_MAX];
    char start_date[11], end_date[11], birth_date[11], sex[2], postcode[8], pc4[5], qualification[6];
    char strings[STRINGS_BYTES]; /* copies with a NUL */
    size_t strings_used;
};

static struct text value_of(const struct reading *row, enum student_column column)
{
    return row->check.row->values[column];
}

/* Takes the value where its rule allows it. */
static void take_string(struct reading *row, enum student_column column, field_result (*rule)(struct text value),
                        char **out)
{
    struct text value = value_of(row, column);
    if (!row_has(&row->check, (int)column))
        return;
    field_result result = rule(value);
    if (!result && value.length >= sizeof row->strings - row->strings_used)
        result = FIELD_MEMORY;
    row_take(&row->check, (int)column, result);
    if (result)
        return;
    *out = row->strings + row->strings_used;
    memcpy(*out, value.data, value.length);
    (*out)[value.length] = '\0';
    row->strings_used += value.length + 1;
}

static bool in_scope(const struct student_rules *rules, struct text school)
{
    for (size_t i = 0; i < rules->school_count; i++)
        if (text_is(school, rules->schools[i]))
            return true;
    return false;
}

static void read_key(struct reading *row)
{
    take_string(row, STUDENT_SCHOOL, field_brin, &row->staged.school);
    if (row->staged.school[0] && !in_scope(row->reader->rules, value_of(row, STUDENT_SCHOOL)))
        row_take(&row->check, STUDENT_SCHOOL, &out_of_scope);
    take_string(row, STUDENT_NUMBER, field_number_code, &row->staged.student_number);
}

static void read_identity(struct reading *row)
{
    Stagematch__V1__Identity *identity = &row->identity;
    int32_t day = 0;
    take_string(row, STUDENT_FIRST_NAME, identity_name, &identity->first_name);
    take_string(row, STUDENT_INFIX, identity_name, &identity->infix);
    take_string(row, STUDENT_LAST_NAME, identity_name, &identity->last_name);
    take_string(row, STUDENT_EMAIL, identity_email, &identity->email);
    take_string(row, STUDENT_PHONE, identity_phone, &identity->phone);
    if (row_has(&row->check, STUDENT_BIRTH_DATE)) {
        field_result result = identity_birth_date(value_of(row, STUDENT_BIRTH_DATE), row->reader->rules->today, &day);
        row_take(&row->check, STUDENT_BIRTH_DATE, result);
        if (!result) {
            date_format(day, row->birth_date);
            identity->birth_date = row->birth_date;
        }
    }
    if (row_has(&row->check, STUDENT_SEX)) {
        row_take(&row->check, STUDENT_SEX, identity_sex(value_of(row, STUDENT_SEX), &row->sex[0]));
        identity->sex = row->sex;
    }
}

static void read_study(struct reading *row)
{
    static const Stagematch__V1__Leerweg leerwegen[] = {STAGEMATCH__V1__LEERWEG__LEERWEG_BOL,
                                                        STAGEMATCH__V1__LEERWEG__LEERWEG_BBL,
                                                        STAGEMATCH__V1__LEERWEG__LEERWEG_HBO};
    Stagematch__V1__Profile *profile = &row->profile;
    uint32_t qualification = 0, point = 0;
    uint16_t pc4 = 0;
    uint8_t leerweg = 0, year = 0;
    row_read_postcode(&row->check, STUDENT_POSTCODE, &pc4, &point);
    if (pc4 != 0) {
        snprintf(row->pc4, sizeof row->pc4, "%04u", pc4 % 10000u);
        profile->pc4 = row->pc4;
        identity_postcode(value_of(row, STUDENT_POSTCODE), row->postcode);
        row->identity.postcode = row->postcode;
    }
    if (row_has(&row->check, STUDENT_QUALIFICATION)) {
        row_take(&row->check, STUDENT_QUALIFICATION,
                 field_qualification(value_of(row, STUDENT_QUALIFICATION), &qualification));
        snprintf(row->qualification, sizeof row->qualification, "%05u", qualification % 100000u);
        profile->qualification = row->qualification;
    }
    if (row_has(&row->check, STUDENT_LEERWEG))
        row_take(&row->check, STUDENT_LEERWEG, field_leerweg(value_of(row, STUDENT_LEERWEG), &leerweg));
    profile->leerweg = leerwegen[leerweg % 3];
    if (row_has(&row->check, STUDENT_YEAR))
        row_take(&row->check, STUDENT_YEAR, field_year(value_of(row, STUDENT_YEAR), &year));
    profile->year = year;
}

static void read_availability(struct reading *row)
{
    static const struct window_columns columns = {STUDENT_FROM, STUDENT_TO, STUDENT_HOURS, STUDENT_DAYS};
    struct window window = {.days = DAYS_MONDAY_TO_FRIDAY};
    uint16_t max_km = MAX_KM_DEFAULT;
    row_read_window(&row->check, &columns, &window);
    if (row_has(&row->check, STUDENT_MAX_KM))
        row_take(&row->check, STUDENT_MAX_KM, field_max_km(value_of(row, STUDENT_MAX_KM), &max_km));
    date_format(window.from, row->start_date);
    date_format(window.to, row->end_date);
    row->profile.start_date = row->staged.start_date = row->start_date;
    row->profile.end_date = row->end_date;
    row->profile.hours_per_week = window.hours;
    row->profile.max_km = max_km;
    row->profile.n_days = lists_days(window.days, row->days);
    row->profile.days = row->days;
}

static int compare_skills(const void *a, const void *b)
{
    const Stagematch__V1__SkillLevel *const *x = a, *const *y = b;
    return strcmp((*x)->skill, (*y)->skill);
}

static void read_skills(struct reading *row)
{
    struct intake *intake = row->reader->intake;
    struct span span = {0, 0};
    row_take(&row->check, STUDENT_SKILLS, field_skills(intake, value_of(row, STUDENT_SKILLS), &span));
    for (uint32_t i = 0; i < span.count; i++) {
        const struct skill_level *read = &intake->market.skills[span.at + i];
        stagematch__v1__skill_level__init(&row->skills[i]);
        row->skills[i].skill = lists_string(&intake->skills, read->skill);
        row->skills[i].level = read->level;
        row->skill_list[i] = &row->skills[i];
    }
    if (span.count > 1)
        qsort(row->skill_list, span.count, sizeof(void *), compare_skills);
    row->profile.skills = row->skill_list;
    row->profile.n_skills = span.count;
}

static void read_wishes(struct reading *row)
{
    struct intake *intake = row->reader->intake;
    struct span tags = {0, 0}, excluded = {0, 0}, preferred = {0, 0};
    row_take(&row->check, STUDENT_TAGS, field_tags(intake, value_of(row, STUDENT_TAGS), &tags));
    row_take(&row->check, STUDENT_EXCLUDED, field_places(intake, value_of(row, STUDENT_EXCLUDED), '|', &excluded));
    row_take(&row->check, STUDENT_PREFERRED, field_places(intake, value_of(row, STUDENT_PREFERRED), '>', &preferred));
    row->profile.n_tags = lists_texts(&intake->tags, intake->market.tags, tags, true, row->tags);
    row->profile.tags = row->tags;
    row->profile.n_excluded = lists_texts(&intake->places, intake->names, excluded, true, row->excluded);
    row->profile.excluded = row->excluded;
    row->profile.n_preferred = lists_texts(&intake->places, intake->names, preferred, false, row->preferred);
    row->profile.preferred = row->preferred;
}

/* Only a keyed hash of the key is kept: it holds a student number. */
static enum err check_key(struct reading *row)
{
    struct student_reader *reader = row->reader;
    uint8_t hash[KEY_HASH_BYTES];
    const char *parts[] = {row->staged.school, row->staged.student_number, row->staged.start_date};
    crypto_generichash_state state;
    uint32_t number;
    if (crypto_generichash_init(&state, reader->hash_key, sizeof reader->hash_key, sizeof hash) != 0)
        return ERR_INTERNAL;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        crypto_generichash_update(&state, (const uint8_t *)parts[i], strlen(parts[i]) + 1);
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_memzero(&state, sizeof state);
    size_t known = reader->keys.count;
    enum err e = intern_put(&reader->keys, (struct text){(const char *)hash, sizeof hash}, &number);
    if (e == ERR_OK)
        e = mem_grow(&reader->line_of_key, &reader->line_capacity, reader->keys.count, sizeof *reader->line_of_key);
    if (e != ERR_OK)
        return e;
    if (number < known) {
        char first[24];
        snprintf(first, sizeof first, "%llu", (unsigned long long)reader->line_of_key[number]);
        problems_add(&reader->report->problems, &key_duplicate, row->check.row->line,
                     text_of(reader->columns[STUDENT_NUMBER].name), text_of(first));
        return ERR_INPUT;
    }
    reader->line_of_key[number] = row->check.row->line;
    return ERR_OK;
}

static enum err pack(struct reading *row, struct student_item *out)
{
    struct student_reader *reader = row->reader;
    uint8_t *profile, *staged;
    size_t profile_bytes = stagematch__v1__profile__get_packed_size(&row->profile);
    size_t staged_bytes = stagematch__internal__v1__staged_student__get_packed_size(&row->staged);
    enum err e = arena_alloc(reader->profiles, profile_bytes, 1, &profile);
    if (e == ERR_OK)
        e = secret_pool_alloc(reader->secrets, staged_bytes, &staged);
    if (e != ERR_OK)
        return e;
    *out = (struct student_item){
        .profile = profile,
        .staged = staged,
        .profile_bytes = (uint32_t)stagematch__v1__profile__pack(&row->profile, profile),
        .staged_bytes = (uint32_t)stagematch__internal__v1__staged_student__pack(&row->staged, staged),
        .index = reader->read_count++,
    };
    memcpy(out->school, row->staged.school, BRIN_BYTES);
    return ERR_OK;
}

static enum err read_row(struct reading *row, bool needs_support, struct student_item *out)
{
    lists_reset(row->reader->intake);
    read_key(row);
    read_identity(row);
    read_study(row);
    read_availability(row);
    read_skills(row);
    read_wishes(row);
    row->profile.needs_support = needs_support;
    row->staged.identity = &row->identity;
    enum err e = row_result(&row->check);
    static const uint64_t key_columns =
        UINT64_C(1) << STUDENT_SCHOOL | UINT64_C(1) << STUDENT_NUMBER | UINT64_C(1) << STUDENT_FROM;
    if (e == ERR_OK && row_has_key(&row->check, key_columns))
        e = check_key(row);
    if (e == ERR_OK && row->check.wrong_columns)
        e = ERR_INPUT;
    return e == ERR_OK ? pack(row, out) : e;
}

enum err student_reader_read(struct student_reader *reader, const struct table_row *row, bool needs_support,
                             struct student_item *out)
{
    struct file_reading file = {reader->intake, reader->report, reader->columns, NULL, NULL};
    struct reading reading;
    reading.reader = reader;
    reading.check = (struct row_check){.reading = &file, .row = row};
    reading.strings_used = 0;
    reading.sex[1] = reading.birth_date[0] = reading.postcode[0] = '\0';
    stagematch__v1__profile__init(&reading.profile);
    stagematch__v1__identity__init(&reading.identity);
    stagematch__internal__v1__staged_student__init(&reading.staged);
    enum err e = read_row(&reading, needs_support, out);
    sodium_memzero(reading.strings, reading.strings_used);
    sodium_memzero(reading.birth_date, sizeof reading.birth_date);
    sodium_memzero(reading.postcode, sizeof reading.postcode);
    return e;
}

enum err student_reader_new(const struct student_rules *rules, const struct table_column *columns,
                            struct file_report *report, struct arena *profiles, struct secret_pool *secrets,
                            struct student_reader **out)
{
    struct student_reader *reader;
    enum err e = mem_alloc(1, sizeof *reader, &reader);
    if (e != ERR_OK)
        return e;
    e = intake_new(rules->postcodes, NULL, &reader->intake);
    if (e != ERR_OK) {
        mem_free(reader);
        return e;
    }
    reader->rules = rules;
    reader->columns = columns;
    reader->report = report;
    reader->profiles = profiles;
    reader->secrets = secrets;
    intern_init(&reader->keys, KEYS_BUDGET_BYTES);
    random_fill(rules->random, reader->hash_key, sizeof reader->hash_key);
    *out = reader;
    return ERR_OK;
}

void student_reader_free(struct student_reader *reader)
{
    if (!reader)
        return;
    intake_free(reader->intake);
    intern_free(&reader->keys);
    mem_free(reader->line_of_key);
    sodium_memzero(reader->hash_key, sizeof reader->hash_key);
    mem_free(reader);
}

void student_report_dropped(struct file_report *report, const char *column)
{
    problems_add(&report->notices, &column_dropped, 1, text_of(column), text_of(""));
}
