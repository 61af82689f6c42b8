#include "vault/persons.h"

#include "api/message.h"
#include "vault/accounts.h"

#include <string.h>

/* The row of a key that is wrapped by a school's: both names are bound to it. */
static enum err person_key_id(const char *school, struct text student_ref, struct buf *out)
{
    buf_put_string(out, school);
    buf_put_char(out, '\0');
    buf_put_text(out, student_ref);
    return buf_error(out);
}

/* A key that others see as well is remembered; one that this edit made may still be undone with it. */
static enum err read_school_key(struct vault *vault, struct edit *edit, const struct secret_key *schools,
                                struct text id, struct secret_key *out)
{
    struct buf wrapped;
    buf_init(&wrapped, ROW_BYTES_MAX);
    enum err e = image_get(vault->image, TABLE_SCHOOL_KEY, id, &wrapped);
    bool shared = e == ERR_OK;
    if (e == ERR_MISSING)
        e = edit_get(edit, TABLE_SCHOOL_KEY, id, &wrapped);
    if (e == ERR_OK)
        e = keys_unwrap(schools, "school_key", id, buf_text(&wrapped), out);
    if (e == ERR_OK && shared)
        keys_remember(vault->keys, id.data, out);
    buf_free(&wrapped);
    return e;
}

static enum err make_school_key(struct vault *vault, struct edit *edit, const struct secret_key *schools,
                                struct text id, struct secret_key *out)
{
    struct buf wrapped;
    buf_init(&wrapped, ROW_BYTES_MAX);
    keys_draw(vault->keys, out);
    enum err e = keys_wrap(vault->keys, schools, "school_key", id, out, &wrapped);
    if (e == ERR_OK)
        edit_put(edit, TABLE_SCHOOL_KEY, id, buf_text(&wrapped));
    buf_free(&wrapped);
    return e;
}

enum err school_key(struct vault *vault, struct edit *edit, const char *school, struct secret_key *out)
{
    struct secret_key schools, key;
    if (keys_recall(vault->keys, school, out))
        return ERR_OK;
    keys_derive(vault->keys, KEY_SCHOOLS, &schools);
    enum err e = read_school_key(vault, edit, &schools, text_of(school), &key);
    if (e == ERR_MISSING)
        e = make_school_key(vault, edit, &schools, text_of(school), &key);
    if (e == ERR_OK)
        *out = key;
    key_wipe(&schools);
    key_wipe(&key);
    return e;
}

enum err person_key(struct vault *vault, struct edit *edit, const char *school, struct text student_ref,
                    struct secret_key *out)
{
    struct secret_key under;
    struct buf wrapped, id;
    buf_init(&wrapped, ROW_BYTES_MAX);
    buf_init(&id, ROW_BYTES_MAX);
    enum err e = edit_get(edit, TABLE_PERSON_KEY, student_ref, &wrapped);
    if (e == ERR_OK)
        e = person_key_id(school, student_ref, &id);
    if (e == ERR_OK)
        e = school_key(vault, edit, school, &under);
    if (e == ERR_OK) {
        e = keys_unwrap(&under, "person_key", buf_text(&id), buf_text(&wrapped), out);
        key_wipe(&under);
    }
    buf_free(&wrapped);
    buf_free(&id);
    return e;
}

enum err person_key_make(struct vault *vault, struct edit *edit, const char *school, struct text student_ref,
                         struct secret_key *out)
{
    struct secret_key under;
    struct buf wrapped, id;
    buf_init(&wrapped, ROW_BYTES_MAX);
    buf_init(&id, ROW_BYTES_MAX);
    enum err e = person_key_id(school, student_ref, &id);
    if (e == ERR_OK)
        e = school_key(vault, edit, school, &under);
    if (e == ERR_OK) {
        keys_draw(vault->keys, out);
        e = keys_wrap(vault->keys, &under, "person_key", buf_text(&id), out, &wrapped);
        key_wipe(&under);
    }
    if (e == ERR_OK)
        edit_put(edit, TABLE_PERSON_KEY, student_ref, buf_text(&wrapped));
    buf_free(&wrapped);
    buf_free(&id);
    return e;
}

enum err person_read(struct edit *edit, struct text key, PersonRow **out)
{
    return edit_get_message(edit, TABLE_PERSON, key, &stagematch__internal__v1__person_row__descriptor, out);
}

/* Through an index that holds the key of the person's row. */
static enum err person_through(struct edit *edit, enum table table, struct text id, uint8_t key[INDEX_BYTES],
                               PersonRow **out)
{
    struct buf value;
    buf_init(&value, INDEX_BYTES);
    enum err e = edit_get(edit, table, id, &value);
    if (e == ERR_OK && value.length != INDEX_BYTES)
        e = ERR_MISMATCH;
    if (e == ERR_OK)
        e = person_read(edit, buf_text(&value), out);
    if (e == ERR_OK)
        memcpy(key, value.data, INDEX_BYTES);
    buf_free(&value);
    return e;
}

enum err person_of_reference(struct edit *edit, struct text student_ref, uint8_t key[INDEX_BYTES], PersonRow **out)
{
    return person_through(edit, TABLE_REFERENCE, student_ref, key, out);
}

enum err person_of_stagevraag(struct edit *edit, const char *stagevraag_id, uint8_t key[INDEX_BYTES], PersonRow **out)
{
    uint8_t id[ID_BYTES];
    if (id_parse(stagevraag_id, id) != ERR_OK)
        return ERR_MISSING;
    return person_through(edit, TABLE_STAGEVRAAG, TEXT_OF(id), key, out);
}

enum err person_identity_under(const struct secret_key *key, const PersonRow *row,
                               Stagematch__Internal__V1__IdentityPlain **out)
{
    struct buf plain;
    if (!row->sealed_identity.len)
        return ERR_MISSING;
    buf_init(&plain, ROW_BYTES_MAX);
    enum err e =
        keys_open(key, "identity", binary_text(&row->student_ref), binary_text(&row->sealed_identity), &plain);
    if (e == ERR_OK)
        e = message_unpack(&stagematch__internal__v1__identity_plain__descriptor, buf_text(&plain), out);
    buf_wipe(&plain);
    return e == ERR_INPUT ? ERR_MISMATCH : e;
}

enum err person_identity(struct vault *vault, struct edit *edit, const PersonRow *row,
                         Stagematch__Internal__V1__IdentityPlain **out)
{
    struct secret_key key;
    if (!row->sealed_identity.len)
        return ERR_MISSING;
    enum err e = person_key(vault, edit, row->school, binary_text(&row->student_ref), &key);
    if (e != ERR_OK)
        return e;
    e = person_identity_under(&key, row, out);
    key_wipe(&key);
    return e;
}

void person_unstage(struct edit *edit, struct text key, PersonRow *row)
{
    if (row->staged_count)
        row->staged_count--;
    if (row->staged_count || row->sealed_identity.len) {
        edit_put_message(edit, TABLE_PERSON, key, row);
        return;
    }
    edit_delete(edit, TABLE_PERSON_KEY, binary_text(&row->student_ref));
    edit_delete(edit, TABLE_PERSON, key);
}

static enum err erase_account(struct vault *vault, struct edit *edit, const ProtobufCBinaryData *id)
{
    AccountRow *row;
    if (id->len != ID_BYTES)
        return ERR_OK;
    enum err e = account_read(edit, binary_text(id), &row);
    if (e == ERR_MISSING)
        return ERR_OK;
    if (e != ERR_OK)
        return e;
    account_remove(vault, edit, id->data, row);
    message_free(row);
    return ERR_OK;
}

enum err person_erase(struct vault *vault, struct edit *edit, struct text key, const PersonRow *row)
{
    edit_delete(edit, TABLE_PERSON_KEY, binary_text(&row->student_ref));
    for (size_t i = 0; i < row->n_stagevragen; i++)
        edit_delete(edit, TABLE_STAGEVRAAG, binary_text(&row->stagevragen[i]->stagevraag_id));
    for (size_t i = 0; i < row->n_text_keys; i++)
        edit_delete(edit, TABLE_TEXT, binary_text(&row->text_keys[i]));
    for (size_t i = 0; i < row->n_candidates; i++)
        edit_delete(edit, TABLE_GRANT, text_of(row->candidates[i]));
    edit_delete(edit, TABLE_ORIGIN, binary_text(&row->student_ref));
    edit_delete(edit, TABLE_REFERENCE, binary_text(&row->student_ref));
    edit_delete(edit, TABLE_PERSON, key);
    return erase_account(vault, edit, &row->account_id);
}
