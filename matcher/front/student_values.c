#include "front/student_values.h"

#include "base/buf.h"
#include "intake/intake.h"

#include <string.h>

enum {
    ITEMS_MAX = LIST_ITEMS_MAX + 1, /* one more than is allowed is enough to be refused */
    ITEM_BYTES_MAX = 128,           /* longer than any code */
    LISTS_BYTES_MAX = 64 * 1024,
};

void student_values_init(struct student_values *values)
{
    *values = (struct student_values){0};
    buf_init(&values->lists, LISTS_BYTES_MAX);
}

void student_values_free(struct student_values *values)
{
    buf_free(&values->lists);
}

static void put_item(struct buf *out, const char *item, const char *marks)
{
    size_t length = strnlen(item, ITEM_BYTES_MAX);
    for (size_t i = 0; i < length; i++)
        buf_put(out, strchr(marks, item[i]) ? "?" : &item[i], 1);
}

/* A piece of the buffer of lists: its memory moves while it grows, so views are made at the end. */
struct piece {
    size_t at, length;
};

static struct piece put_texts(struct buf *out, size_t count, char *const *texts, char joint)
{
    struct piece piece = {out->length, 0};
    for (size_t i = 0; i < count && i < ITEMS_MAX; i++) {
        if (i)
            buf_put_char(out, joint);
        if (texts[i][0])
            put_item(out, texts[i], "|> ");
        else
            buf_put_char(out, '?'); /* an empty item is no code either */
    }
    piece.length = out->length - piece.at;
    return piece;
}

static struct piece put_skills(struct buf *out, const Stagematch__V1__Profile *profile)
{
    struct piece piece = {out->length, 0};
    for (size_t i = 0; i < profile->n_skills && i < ITEMS_MAX; i++) {
        if (i)
            buf_put_char(out, '|');
        put_item(out, profile->skills[i]->skill, "|= ");
        buf_put_char(out, '=');
        buf_put_u64(out, profile->skills[i]->level);
    }
    piece.length = out->length - piece.at;
    return piece;
}

static struct piece put_days(struct buf *out, const Stagematch__V1__Profile *profile)
{
    static const char *const names[] = {"?", "ma", "di", "wo", "do", "vr", "za", "zo"};
    struct piece piece = {out->length, 0};
    for (size_t i = 0; i < profile->n_days && i < 8; i++) {
        unsigned day = (unsigned)profile->days[i];
        if (i)
            buf_put_char(out, ' ');
        buf_put_string(out, names[day < 8 ? day : 0]);
    }
    piece.length = out->length - piece.at;
    return piece;
}

/* Zero stands for a number that was not given. */
static struct text number_text(char out[12], uint32_t number)
{
    if (number == 0)
        return text_of("");
    snprintf(out, 12, "%u", number);
    return text_of(out);
}

static struct text leerweg_text(Stagematch__V1__Leerweg leerweg)
{
    static const char *const names[] = {"", "BOL", "BBL", "HBO"};
    return text_of((unsigned)leerweg < 4 ? names[leerweg] : "?");
}

static void take_identity(struct text *values, const Stagematch__V1__Identity *identity)
{
    values[STUDENT_FIRST_NAME] = text_trim(text_of(identity->first_name));
    values[STUDENT_INFIX] = text_trim(text_of(identity->infix));
    values[STUDENT_LAST_NAME] = text_trim(text_of(identity->last_name));
    values[STUDENT_BIRTH_DATE] = text_of(identity->birth_date);
    values[STUDENT_SEX] = text_of(identity->sex);
    values[STUDENT_EMAIL] = text_trim(text_of(identity->email));
    values[STUDENT_PHONE] = text_trim(text_of(identity->phone));
}

/* The full code where there is one, but not of another area than the profile says. */
static struct text postcode_text(const Stagematch__V1__StudentSubmission *submission)
{
    struct text pc4 = text_of(submission->profile ? submission->profile->pc4 : "");
    struct text full = text_of(submission->identity ? submission->identity->postcode : "");
    bool fits = pc4.length == 0 || (pc4.length == 4 && full.length >= 4 && memcmp(full.data, pc4.data, 4) == 0);
    if (full.length == 0)
        return pc4;
    return fits ? full : text_of("?");
}

static void take_profile(struct student_values *out, const Stagematch__V1__Profile *profile)
{
    struct text *values = out->values;
    values[STUDENT_QUALIFICATION] = text_of(profile->qualification);
    values[STUDENT_LEERWEG] = leerweg_text(profile->leerweg);
    values[STUDENT_YEAR] = number_text(out->numbers[0], profile->year);
    values[STUDENT_FROM] = text_of(profile->start_date);
    values[STUDENT_TO] = text_of(profile->end_date);
    values[STUDENT_HOURS] = number_text(out->numbers[1], profile->hours_per_week);
    values[STUDENT_MAX_KM] = number_text(out->numbers[2], profile->max_km);
}

static enum err take_lists(struct student_values *out, const Stagematch__V1__Profile *profile)
{
    struct buf *lists = &out->lists;
    struct piece pieces[STUDENT_COLUMN_COUNT] = {0};
    buf_clear(lists);
    pieces[STUDENT_DAYS] = put_days(lists, profile);
    pieces[STUDENT_SKILLS] = put_skills(lists, profile);
    pieces[STUDENT_TAGS] = put_texts(lists, profile->n_tags, profile->tags, '|');
    pieces[STUDENT_EXCLUDED] = put_texts(lists, profile->n_excluded, profile->excluded, '|');
    pieces[STUDENT_PREFERRED] = put_texts(lists, profile->n_preferred, profile->preferred, '>');
    if (buf_error(lists) != ERR_OK)
        return buf_error(lists);
    for (size_t i = 0; i < STUDENT_COLUMN_COUNT; i++)
        if (pieces[i].length)
            out->values[i] = (struct text){lists->data + pieces[i].at, pieces[i].length};
    return ERR_OK;
}

enum err student_values_take(struct student_values *values, const Stagematch__V1__StudentSubmission *submission)
{
    for (size_t i = 0; i < STUDENT_COLUMN_COUNT; i++)
        values->values[i] = text_of("");
    values->values[STUDENT_SCHOOL] = text_of(submission->school);
    values->values[STUDENT_NUMBER] = text_of(submission->student_number);
    values->values[STUDENT_POSTCODE] = postcode_text(submission);
    if (submission->identity)
        take_identity(values->values, submission->identity);
    if (!submission->profile)
        return ERR_OK;
    take_profile(values, submission->profile);
    return take_lists(values, submission->profile);
}
