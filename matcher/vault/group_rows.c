#include "vault/groups.h"

#include "api/message.h"
#include "base/date.h"
#include "vault/persons.h"

#include <stdio.h>
#include <string.h>

typedef Stagematch__Internal__V1__OriginPlain OriginPlain;

enum { PLAIN_BYTES_MAX = 64, FEBRUARY = 2, HALF_YEAR_MONTHS = 6 };

uint32_t group_period(int64_t time_ms)
{
    int64_t month = date_month(time_ms / MS_PER_DAY);
    return (uint32_t)((month - (FEBRUARY - 1)) / HALF_YEAR_MONTHS);
}

int32_t group_period_end(uint32_t period)
{
    char day[11];
    int32_t days = 0;
    bool from_august = period % 2;
    (void)snprintf(day, sizeof day, "%04u-%s", (period / 2 + from_august) % 10000, from_august ? "01-31" : "07-31");
    return date_parse(text_of(day), &days) == ERR_OK ? days : 0;
}

enum err group_school_read(struct edit *edit, const char *school, GroupSchoolRow **out)
{
    const ProtobufCMessageDescriptor *descriptor = &stagematch__internal__v1__group_school_row__descriptor;
    enum err e = edit_get_message(edit, TABLE_GROUP_SCHOOL, text_of(school), descriptor, out);
    return e == ERR_MISSING ? message_new(descriptor, out) : e;
}

static enum err read_row(struct edit *edit, struct text student_ref, OriginRow **out)
{
    OriginRow *row;
    GroupSchoolRow *school = NULL;
    enum err e =
        edit_get_message(edit, TABLE_ORIGIN, student_ref, &stagematch__internal__v1__origin_row__descriptor, &row);
    if (e != ERR_OK)
        return e;
    e = group_school_read(edit, row->school, &school);
    if (e == ERR_OK && (!school->enabled || row->answer_ms < school->change_ms))
        e = ERR_MISSING;
    message_free(school);
    if (e == ERR_OK)
        *out = row;
    else
        message_free(row);
    return e;
}

enum err origin_read(struct vault *vault, struct edit *edit, struct text student_ref, Stagematch__V1__Origin *origin,
                     int64_t *answer_ms)
{
    OriginRow *row;
    OriginPlain *plain = NULL;
    struct secret_key key;
    struct buf bytes;
    enum err e = read_row(edit, student_ref, &row);
    if (e != ERR_OK)
        return e;
    buf_init(&bytes, PLAIN_BYTES_MAX);
    e = person_key(vault, edit, row->school, student_ref, &key);
    if (e == ERR_OK) {
        e = keys_open(&key, "origin", student_ref, binary_text(&row->sealed_origin), &bytes);
        key_wipe(&key);
    }
    if (e == ERR_OK)
        e = message_unpack(&stagematch__internal__v1__origin_plain__descriptor, buf_text(&bytes), &plain);
    if (e == ERR_INPUT)
        e = ERR_MISMATCH;
    if (e == ERR_OK) {
        *origin = plain->origin;
        *answer_ms = row->answer_ms;
    }
    message_free_wiped(plain);
    buf_wipe(&bytes);
    message_free(row);
    return e;
}

enum err origin_write(struct vault *vault, struct edit *edit, const char *school, struct text student_ref,
                      Stagematch__V1__Origin origin)
{
    OriginPlain plain = STAGEMATCH__INTERNAL__V1__ORIGIN_PLAIN__INIT;
    OriginRow row = STAGEMATCH__INTERNAL__V1__ORIGIN_ROW__INIT;
    struct secret_key key;
    struct buf bytes, sealed;
    plain.origin = origin;
    buf_init(&bytes, PLAIN_BYTES_MAX);
    buf_init(&sealed, PLAIN_BYTES_MAX + SEAL_EXTRA_BYTES);
    enum err e = buf_reserve_secret(&bytes, PLAIN_BYTES_MAX);
    if (e == ERR_OK)
        e = message_pack_buf(&plain, &bytes);
    if (e == ERR_OK)
        e = person_key(vault, edit, school, student_ref, &key);
    if (e == ERR_OK) {
        e = keys_seal(vault->keys, &key, "origin", student_ref, buf_text(&bytes), &sealed);
        key_wipe(&key);
    }
    if (e == ERR_OK) {
        row.school = (char *)(uintptr_t)school;
        row.sealed_origin = binary_of(buf_text(&sealed));
        row.answer_ms = vault_now_ms(vault);
        edit_put_message(edit, TABLE_ORIGIN, student_ref, &row);
    }
    plain.origin = STAGEMATCH__V1__ORIGIN__ORIGIN_UNSPECIFIED;
    buf_wipe(&bytes);
    buf_free(&sealed);
    return e;
}

struct deletion {
    struct edit *edit;
    const char *school;
};

static enum err delete_of_school(void *context, struct text key, struct text value)
{
    const struct deletion *deletion = context;
    OriginRow *row;
    enum err e = message_unpack(&stagematch__internal__v1__origin_row__descriptor, value, &row);
    if (e != ERR_OK)
        return e == ERR_INPUT ? ERR_MISMATCH : e;
    if (strcmp(row->school, deletion->school) == 0)
        edit_delete(deletion->edit, TABLE_ORIGIN, key);
    message_free(row);
    return deletion->edit->error;
}

enum err origins_delete(struct vault *vault, struct edit *edit, const char *school)
{
    struct deletion deletion = {edit, school};
    return image_load(vault->image, TABLE_ORIGIN, delete_of_school, &deletion);
}
