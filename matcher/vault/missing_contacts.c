#include "vault/missing_contacts.h"

#include "api/message.h"
#include "vault/outbox.h"

#include <string.h>

typedef Stagematch__Internal__V1__MissingContactsRow MissingRow;
typedef Stagematch__Internal__V1__MissingContactEntry MissingEntry;

enum { READ_BYTES_MAX = 1 << 20 };

static const int64_t kept_ms = 30 * MS_PER_DAY, told_every_ms = MS_PER_DAY;

static enum err read_row(struct edit *edit, const char *school, MissingRow **out)
{
    return edit_get_message(edit, TABLE_MISSING_CONTACT, text_of(school),
                            &stagematch__internal__v1__missing_contacts_row__descriptor, out);
}

static void drop_entry(MissingRow *row, size_t at)
{
    message_free(row->entries[at]);
    row->n_entries--;
    memmove(row->entries + at, row->entries + at + 1, (row->n_entries - at) * sizeof(void *));
}

static MissingEntry *find(const MissingRow *row, const char *leerbedrijf)
{
    for (size_t i = 0; i < row->n_entries; i++)
        if (strcmp(row->entries[i]->leerbedrijf, leerbedrijf) == 0)
            return row->entries[i];
    return NULL;
}

static bool is_over(const MissingEntry *entry, int64_t now_ms)
{
    return entry->last_ms + kept_ms <= now_ms;
}

/* What is over goes; then, where there is no room, what was seen last the longest ago. */
static void make_room(MissingRow *row, int64_t now_ms)
{
    size_t oldest = 0;
    for (size_t i = row->n_entries; i > 0; i--)
        if (is_over(row->entries[i - 1], now_ms))
            drop_entry(row, i - 1);
    if (row->n_entries < MISSING_CONTACTS_MAX)
        return;
    for (size_t i = 1; i < row->n_entries; i++)
        if (row->entries[i]->last_ms < row->entries[oldest]->last_ms)
            oldest = i;
    drop_entry(row, oldest);
}

static enum err add_entry(MissingRow *row, const char *leerbedrijf, int64_t now_ms)
{
    MissingEntry *entry;
    make_room(row, now_ms);
    enum err e = message_new(&stagematch__internal__v1__missing_contact_entry__descriptor, &entry);
    if (e != ERR_OK)
        return e;
    entry->first_ms = entry->last_ms = now_ms;
    e = message_assign_string(&entry->leerbedrijf, text_of(leerbedrijf));
    if (e == ERR_OK)
        return message_append(&row->n_entries, &row->entries, entry);
    message_free(entry);
    return e;
}

struct telling {
    struct vault *vault;
    struct edit *edit;
};

static enum err tell_one(void *context, const uint8_t id[ID_BYTES])
{
    const struct telling *telling = context;
    outbox_add(telling->vault, telling->edit, "no_checked_contact", id, "");
    return telling->edit->error;
}

static enum err tell(struct vault *vault, struct edit *edit, const char *school, MissingRow *row)
{
    struct telling telling = {vault, edit};
    row->untold = false;
    row->told_ms = vault_now_ms(vault);
    return accounts_each(vault->accounts, STAGEMATCH__V1__ROLE__ROLE_COORDINATOR, school, "", tell_one, &telling);
}

/* A row is written for a new entry, for one that is a day behind, and when somebody is told. */
static enum err note(struct vault *vault, struct edit *edit, const char *school, const char *leerbedrijf,
                     MissingRow *row)
{
    int64_t now_ms = vault_now_ms(vault);
    MissingEntry *entry = find(row, leerbedrijf);
    enum err e = ERR_OK;
    bool changed = true;
    if (!entry || is_over(entry, now_ms)) {
        e = add_entry(row, leerbedrijf, now_ms);
        row->untold = true;
    } else if (entry->last_ms + MS_PER_DAY <= now_ms) {
        entry->last_ms = now_ms;
    } else {
        changed = false;
    }
    if (e == ERR_OK && row->untold && row->told_ms + told_every_ms <= now_ms) {
        changed = true;
        e = tell(vault, edit, school, row);
    }
    if (e == ERR_OK && changed)
        edit_put_message(edit, TABLE_MISSING_CONTACT, text_of(school), row);
    return e;
}

void missing_contact_note(struct vault *vault, struct edit *edit, const char *school, const char *leerbedrijf)
{
    MissingRow *row = NULL;
    enum err e = read_row(edit, school, &row);
    if (e == ERR_MISSING)
        e = message_new(&stagematch__internal__v1__missing_contacts_row__descriptor, &row);
    if (e == ERR_OK)
        e = note(vault, edit, school, leerbedrijf, row);
    message_free(row);
    if (e != ERR_OK && edit->error == ERR_OK)
        edit->error = e;
}

static enum err found_by(struct edit *edit, const char *school, const AccountRow *account)
{
    MissingRow *row = NULL;
    enum err e = read_row(edit, school, &row);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e;
    size_t before = row->n_entries;
    for (size_t i = row->n_entries; i > 0; i--)
        for (size_t k = 0; k < account->n_scope; k++)
            if (strcmp(row->entries[i - 1]->leerbedrijf, account->scope[k]) == 0) {
                drop_entry(row, i - 1);
                break;
            }
    if (row->n_entries != before)
        edit_put_message(edit, TABLE_MISSING_CONTACT, text_of(school), row);
    message_free(row);
    return ERR_OK;
}

void missing_contact_found(struct vault *vault, struct edit *edit, const AccountRow *row)
{
    (void)vault;
    if (row->role != STAGEMATCH__V1__ROLE__ROLE_COMPANY ||
        account_state(row) != STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_ACTIVE)
        return;
    for (size_t i = 0; i < row->n_checked_by && edit->error == ERR_OK; i++)
        edit->error = found_by(edit, row->checked_by[i], row);
}

/* Reading. */

/* An entry as it is shown, with what its message points to. */
struct shown {
    Stagematch__V1__MissingContact message;
    Google__Protobuf__Timestamp first, last;
};

static void show_time(int64_t time_ms, Google__Protobuf__Timestamp *out)
{
    google__protobuf__timestamp__init(out);
    out->seconds = time_ms / 1000;
    out->nanos = (int32_t)(time_ms % 1000) * 1000000;
}

static enum err show(struct missing_contacts *contacts, const char *school, const MissingEntry *entry)
{
    struct shown *shown;
    const char *leerbedrijf;
    enum err e = arena_alloc(&contacts->arena, 1, sizeof *shown, &shown);
    if (e == ERR_OK)
        e = arena_dup(&contacts->arena, entry->leerbedrijf, strlen(entry->leerbedrijf), &leerbedrijf);
    if (e != ERR_OK)
        return e;
    stagematch__v1__missing_contact__init(&shown->message);
    show_time(entry->first_ms, &shown->first);
    show_time(entry->last_ms, &shown->last);
    shown->message.school = (char *)(uintptr_t)school;
    shown->message.leerbedrijf = (char *)(uintptr_t)leerbedrijf;
    shown->message.first_time = &shown->first;
    shown->message.last_time = &shown->last;
    contacts->list[contacts->count++] = &shown->message;
    return ERR_OK;
}

static enum err read_school(struct missing_contacts *contacts, struct edit *edit, const char *school, int64_t now_ms)
{
    MissingRow *row;
    enum err e = read_row(edit, school, &row);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e;
    for (size_t i = 0; i < row->n_entries && contacts->count < MISSING_CONTACTS_MAX && e == ERR_OK; i++)
        if (!is_over(row->entries[i], now_ms))
            e = show(contacts, school, row->entries[i]);
    message_free(row);
    return e;
}

enum err missing_contacts_read(struct vault *vault, struct edit *edit, const struct caller *caller,
                               struct missing_contacts *out)
{
    *out = (struct missing_contacts){.count = 0};
    arena_init(&out->arena, READ_BYTES_MAX);
    enum err e = arena_alloc(&out->arena, MISSING_CONTACTS_MAX, sizeof(void *), &out->list);
    for (size_t i = 0; i < caller->scope_count && e == ERR_OK; i++)
        e = read_school(out, edit, caller->scope[i], vault_now_ms(vault));
    return e;
}

void missing_contacts_free(struct missing_contacts *contacts)
{
    arena_free(&contacts->arena);
}
