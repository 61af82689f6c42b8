#include "vault/accounts.h"

#include "api/message.h"
#include "api/schools.h"
#include "vault/persons.h"

#include <sodium.h>
#include <string.h>

/* The index: one entry an account, in order of ids. */
struct entry {
    uint8_t id[ID_BYTES];
    uint8_t role;
    bool active;
    uint16_t scope_count, managed_count, checked_count;
    uint64_t *hashes; /* of the scopes, then of the schools that manage it, then of those that checked it */
};

struct accounts {
    struct entry *entries;
    size_t count, capacity;
    uint8_t hash_key[crypto_shorthash_KEYBYTES];
};

enum err accounts_new(struct accounts **out)
{
    struct accounts *accounts;
    enum err e = mem_alloc(1, sizeof *accounts, &accounts);
    if (e != ERR_OK)
        return e;
    crypto_shorthash_keygen(accounts->hash_key);
    *out = accounts;
    return ERR_OK;
}

void accounts_clear(struct accounts *accounts)
{
    for (size_t i = 0; i < accounts->count; i++)
        mem_free(accounts->entries[i].hashes);
    accounts->count = 0;
}

void accounts_free(struct accounts *accounts)
{
    if (!accounts)
        return;
    accounts_clear(accounts);
    mem_free(accounts->entries);
    mem_free(accounts);
}

size_t accounts_count(const struct accounts *accounts)
{
    return accounts->count;
}

static uint64_t hash_scope(const struct accounts *accounts, const char *scope)
{
    uint64_t hash;
    (void)crypto_shorthash((uint8_t *)&hash, (const uint8_t *)scope, strlen(scope), accounts->hash_key);
    return hash;
}

/* The first entry that is not before `id`. */
static size_t position_of(const struct accounts *accounts, const uint8_t id[ID_BYTES])
{
    size_t low = 0, high = accounts->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(accounts->entries[middle].id, id, ID_BYTES) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct accounts *accounts, size_t at, const uint8_t id[ID_BYTES])
{
    return at < accounts->count && memcmp(accounts->entries[at].id, id, ID_BYTES) == 0;
}

static enum err index_set(struct accounts *accounts, const uint8_t id[ID_BYTES], const AccountRow *row)
{
    struct entry entry = {.role = (uint8_t)row->role,
                          .active = account_state(row) == STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_ACTIVE,
                          .scope_count = (uint16_t)row->n_scope,
                          .managed_count = (uint16_t)row->n_managed_by,
                          .checked_count = (uint16_t)row->n_checked_by};
    const struct {
        char **list;
        size_t count;
    } lists[] = {
        {row->scope, row->n_scope}, {row->managed_by, row->n_managed_by}, {row->checked_by, row->n_checked_by}};
    size_t at = position_of(accounts, id), hashed = 0;
    enum err e = mem_alloc(row->n_scope + row->n_managed_by + row->n_checked_by, sizeof *entry.hashes, &entry.hashes);
    if (e != ERR_OK)
        return e;
    memcpy(entry.id, id, ID_BYTES);
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++)
        for (size_t i = 0; i < lists[k].count; i++)
            entry.hashes[hashed++] = hash_scope(accounts, lists[k].list[i]);
    if (is_at(accounts, at, id)) {
        mem_free(accounts->entries[at].hashes);
        accounts->entries[at] = entry;
        return ERR_OK;
    }
    e = mem_grow(&accounts->entries, &accounts->capacity, accounts->count + 1, sizeof *accounts->entries);
    if (e != ERR_OK) {
        mem_free(entry.hashes);
        return e;
    }
    memmove(accounts->entries + at + 1, accounts->entries + at, (accounts->count - at) * sizeof *accounts->entries);
    accounts->entries[at] = entry;
    accounts->count++;
    return ERR_OK;
}

static void index_remove(struct accounts *accounts, const uint8_t id[ID_BYTES])
{
    size_t at = position_of(accounts, id);
    if (!is_at(accounts, at, id))
        return;
    mem_free(accounts->entries[at].hashes);
    accounts->count--;
    memmove(accounts->entries + at, accounts->entries + at + 1, (accounts->count - at) * sizeof *accounts->entries);
}

static enum err load_row(void *context, struct text key, struct text value)
{
    struct accounts *accounts = context;
    AccountRow *row;
    if (key.length != ID_BYTES)
        return ERR_MISMATCH;
    enum err e = message_unpack(&stagematch__internal__v1__account_row__descriptor, value, &row);
    if (e != ERR_OK)
        return e == ERR_INPUT ? ERR_MISMATCH : e;
    e = index_set(accounts, (const uint8_t *)key.data, row);
    message_free(row);
    return e;
}

enum err accounts_load(struct accounts *accounts, struct image *image)
{
    accounts_clear(accounts);
    return image_load(image, TABLE_ACCOUNT, load_row, accounts);
}

static bool has_hash(const uint64_t *hashes, size_t count, uint64_t hash)
{
    for (size_t i = 0; i < count; i++)
        if (hashes[i] == hash)
            return true;
    return false;
}

static bool has_scope(const struct entry *entry, uint64_t hash)
{
    return has_hash(entry->hashes, entry->scope_count, hash);
}

static bool was_checked(const struct entry *entry, uint64_t hash)
{
    return has_hash(entry->hashes + entry->scope_count + entry->managed_count, entry->checked_count, hash);
}

enum err accounts_each(const struct accounts *accounts, unsigned role, const char *scope, const char *school,
                       enum err (*visit)(void *context, const uint8_t id[ID_BYTES]), void *context)
{
    uint64_t scope_hash = hash_scope(accounts, scope), school_hash = hash_scope(accounts, school);
    for (size_t i = 0; i < accounts->count; i++) {
        const struct entry *entry = &accounts->entries[i];
        if (!entry->active || entry->role != role || (scope[0] && !has_scope(entry, scope_hash)) ||
            (school[0] && !was_checked(entry, school_hash)))
            continue;
        enum err e = visit(context, entry->id);
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

/* An operator looks after operators and coördinatoren alone: other accounts' names are no business of the operator's. */
static bool operator_manages(unsigned role)
{
    return role == STAGEMATCH__V1__ROLE__ROLE_COORDINATOR || role == STAGEMATCH__V1__ROLE__ROLE_OPERATOR;
}

/* The first entry behind `after`; of all where it is NULL. */
static size_t first_after(const struct accounts *accounts, const uint8_t *after)
{
    size_t first = after ? position_of(accounts, after) : 0;
    return after && is_at(accounts, first, after) ? first + 1 : first;
}

enum err accounts_contacts(const struct accounts *accounts, const uint8_t *after, const char *leerbedrijf,
                           enum err (*visit)(void *context, const uint8_t id[ID_BYTES]), void *context)
{
    uint64_t hash = hash_scope(accounts, leerbedrijf);
    for (size_t i = first_after(accounts, after); i < accounts->count; i++) {
        const struct entry *entry = &accounts->entries[i];
        bool contact = entry->role == STAGEMATCH__V1__ROLE__ROLE_COMPANY && has_scope(entry, hash);
        enum err e = contact ? visit(context, entry->id) : ERR_OK;
        if (e != ERR_OK)
            return e == ERR_EXISTS ? ERR_OK : e;
    }
    return ERR_OK;
}

enum err accounts_managed(const struct accounts *accounts, const uint8_t *after, const char *const *schools,
                          size_t school_count, enum err (*visit)(void *context, const uint8_t id[ID_BYTES]),
                          void *context)
{
    for (size_t i = first_after(accounts, after); i < accounts->count; i++) {
        const struct entry *entry = &accounts->entries[i];
        bool managed = !schools && operator_manages(entry->role);
        for (size_t k = 0; schools && k < school_count && !managed; k++)
            managed = has_hash(entry->hashes + entry->scope_count, entry->managed_count + entry->checked_count,
                               hash_scope(accounts, schools[k]));
        enum err e = managed ? visit(context, entry->id) : ERR_OK;
        if (e != ERR_OK)
            return e == ERR_EXISTS ? ERR_OK : e;
    }
    return ERR_OK;
}

Stagematch__V1__AccountState account_state(const AccountRow *row)
{
    if (row->disabled)
        return STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_DISABLED;
    if (!row->password_hash[0])
        return STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_INVITED;
    if (row->role == STAGEMATCH__V1__ROLE__ROLE_COMPANY && !row->n_checked_by)
        return STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_UNVERIFIED;
    return STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_ACTIVE;
}

static bool has(char *const *list, size_t count, const char *value)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], value) == 0)
            return true;
    return false;
}

bool account_has_scope(const AccountRow *row, const char *scope)
{
    return has(row->scope, row->n_scope, scope);
}

static const char *const *checks_of(const AccountRow *row)
{
    return (const char *const *)row->checked_by;
}

bool account_is_checked_by(const AccountRow *row, const char *school)
{
    return schools_have(checks_of(row), row->n_checked_by, school);
}

enum err account_check(AccountRow *row, const char *school)
{
    size_t at = schools_position(checks_of(row), row->n_checked_by, school);
    if (account_is_checked_by(row, school))
        return ERR_OK;
    if (row->n_checked_by >= CHECKED_SCHOOLS_MAX)
        return ERR_RANGE;
    enum err e = message_append_string(&row->n_checked_by, &row->checked_by, text_of(school));
    if (e != ERR_OK)
        return e;
    char *added = row->checked_by[row->n_checked_by - 1];
    memmove(row->checked_by + at + 1, row->checked_by + at, (row->n_checked_by - 1 - at) * sizeof *row->checked_by);
    row->checked_by[at] = added;
    return ERR_OK;
}

void account_uncheck(AccountRow *row, const char *school)
{
    size_t at = schools_position(checks_of(row), row->n_checked_by, school);
    if (!account_is_checked_by(row, school))
        return;
    mem_free(row->checked_by[at]);
    row->n_checked_by--;
    memmove(row->checked_by + at, row->checked_by + at + 1, (row->n_checked_by - at) * sizeof *row->checked_by);
}

static void uncheck_all(AccountRow *row)
{
    while (row->n_checked_by)
        mem_free(row->checked_by[--row->n_checked_by]);
}

enum err account_read(struct edit *edit, struct text id, AccountRow **out)
{
    return edit_get_message(edit, TABLE_ACCOUNT, id, &stagematch__internal__v1__account_row__descriptor, out);
}

void account_write(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], const AccountRow *row)
{
    edit_put_message(edit, TABLE_ACCOUNT, bytes_of(id, ID_BYTES), row);
    if (edit->error == ERR_OK)
        edit->error = index_set(vault->accounts, id, row);
}

void account_remove(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], const AccountRow *row)
{
    for (size_t i = 0; i < row->n_tokens; i++)
        edit_delete(edit, TABLE_API_TOKEN, binary_text(&row->tokens[i]->token_hash));
    if (row->code_hash.len)
        edit_delete(edit, TABLE_CODE, binary_text(&row->code_hash));
    edit_delete(edit, TABLE_EMAIL, binary_text(&row->email_index));
    edit_delete(edit, TABLE_ACCOUNT, bytes_of(id, ID_BYTES));
    index_remove(vault->accounts, id);
}

/* Under which key the contact of this account is. */
static enum err contact_key(struct vault *vault, struct edit *edit, const AccountRow *row, struct secret_key *out)
{
    if (row->role != STAGEMATCH__V1__ROLE__ROLE_STUDENT) {
        keys_derive(vault->keys, KEY_ACCOUNTS, out);
        return ERR_OK;
    }
    if (row->n_managed_by != 1)
        return ERR_MISMATCH;
    return person_key(vault, edit, row->managed_by[0], binary_text(&row->student_ref), out);
}

enum err account_seal_contact(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], const char *email,
                              const char *name, AccountRow *row)
{
    Stagematch__Internal__V1__AccountContact contact = STAGEMATCH__INTERNAL__V1__ACCOUNT_CONTACT__INIT;
    struct secret_key key;
    struct buf plain, sealed;
    contact.email = (char *)(uintptr_t)email;
    contact.name = (char *)(uintptr_t)name;
    enum err e = contact_key(vault, edit, row, &key);
    if (e != ERR_OK)
        return e;
    buf_init(&plain, ROW_BYTES_MAX);
    buf_init(&sealed, ROW_BYTES_MAX);
    e = buf_reserve_secret(&plain, stagematch__internal__v1__account_contact__get_packed_size(&contact));
    if (e == ERR_OK)
        e = message_pack_buf(&contact, &plain);
    if (e == ERR_OK)
        e = keys_seal(vault->keys, &key, "contact", bytes_of(id, ID_BYTES), buf_text(&plain), &sealed);
    if (e == ERR_OK)
        e = message_assign_bytes(&row->sealed_contact, buf_text(&sealed));
    key_wipe(&key);
    buf_wipe(&plain);
    buf_free(&sealed);
    return e;
}

enum err account_open_contact(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES],
                              const AccountRow *row, Stagematch__Internal__V1__AccountContact **out)
{
    struct secret_key key;
    struct buf plain;
    enum err e = contact_key(vault, edit, row, &key);
    if (e != ERR_OK)
        return e;
    buf_init(&plain, ROW_BYTES_MAX);
    e = keys_open(&key, "contact", bytes_of(id, ID_BYTES), binary_text(&row->sealed_contact), &plain);
    if (e == ERR_OK)
        e = message_unpack(&stagematch__internal__v1__account_contact__descriptor, buf_text(&plain), out);
    key_wipe(&key);
    buf_wipe(&plain);
    return e == ERR_INPUT ? ERR_MISMATCH : e;
}

enum err account_find(struct vault *vault, struct edit *edit, const char *email, uint8_t id[ID_BYTES],
                      AccountRow **out)
{
    uint8_t index[INDEX_BYTES];
    struct buf value;
    buf_init(&value, ID_BYTES);
    keys_email_index(vault->keys, text_of(email), index);
    enum err e = edit_get(edit, TABLE_EMAIL, TEXT_OF(index), &value);
    if (e == ERR_OK && value.length != ID_BYTES)
        e = ERR_MISMATCH;
    if (e == ERR_OK)
        e = account_read(edit, buf_text(&value), out);
    if (e == ERR_OK)
        memcpy(id, value.data, ID_BYTES);
    buf_free(&value);
    return e;
}

bool account_is_managed_by(const AccountRow *row, const struct caller *caller)
{
    size_t shared = 0;
    if (caller->role == STAGEMATCH__V1__ROLE__ROLE_OPERATOR)
        return operator_manages(row->role);
    if (caller->role != STAGEMATCH__V1__ROLE__ROLE_COORDINATOR || row->role == STAGEMATCH__V1__ROLE__ROLE_OPERATOR)
        return false;
    for (size_t i = 0; i < row->n_managed_by; i++)
        shared += caller_has(caller, row->managed_by[i]);
    /* A company works with several schools, each of which may look after it; other accounts belong to all of theirs. */
    return row->role == STAGEMATCH__V1__ROLE__ROLE_COMPANY ? shared > 0 : shared && shared == row->n_managed_by;
}

static bool is_checked_for(const AccountRow *row, const struct caller *caller)
{
    bool checked = false;
    for (size_t i = 0; i < caller->scope_count && !checked; i++)
        checked =
            caller->role == STAGEMATCH__V1__ROLE__ROLE_COORDINATOR && account_is_checked_by(row, caller->scope[i]);
    return checked;
}

bool account_is_listed_for(const AccountRow *row, const struct caller *caller)
{
    return account_is_managed_by(row, caller) || is_checked_for(row, caller);
}

/* What another school did is not told: who has not checked a contact sees one that waits for a check. */
static Stagematch__V1__AccountState state_for(const AccountRow *row, const struct caller *caller)
{
    Stagematch__V1__AccountState state = account_state(row);
    bool unchecked = row->role == STAGEMATCH__V1__ROLE__ROLE_COMPANY && !is_checked_for(row, caller);
    return unchecked && state == STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_ACTIVE
               ? STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_UNVERIFIED
               : state;
}

enum err account_show(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], const AccountRow *row,
                      const struct caller *caller, struct account_shown *out)
{
    static char nothing[] = "";
    Stagematch__V1__Account *message = &out->message;
    enum err e = account_open_contact(vault, edit, id, row, &out->contact);
    if (e == ERR_MISSING)
        e = ERR_OK;
    if (e == ERR_OK && row->n_checked_by)
        e = mem_alloc(row->n_checked_by, sizeof *out->checked_by, &out->checked_by);
    if (e != ERR_OK)
        return e;
    id_format(id, out->id);
    stagematch__v1__account__init(message);
    message->account_id = out->id;
    message->email = out->contact ? out->contact->email : nothing;
    message->name = out->contact ? out->contact->name : nothing;
    message->role = row->role;
    message->n_scope = row->n_scope;
    message->scope = row->scope;
    message->state = state_for(row, caller);
    message->checked_by = out->checked_by;
    for (size_t i = 0; i < row->n_checked_by; i++)
        if (caller_has(caller, row->checked_by[i]))
            out->checked_by[message->n_checked_by++] = row->checked_by[i];
    return ERR_OK;
}

void account_shown_free(struct account_shown *shown)
{
    message_free_wiped(shown->contact);
    mem_free(shown->checked_by);
    *shown = (struct account_shown){.contact = NULL};
}

bool account_email_fits(const char *email)
{
    size_t length = strlen(email), at_signs = 0;
    bool plain_start = (email[0] >= 'a' && email[0] <= 'z') || (email[0] >= 'A' && email[0] <= 'Z') ||
                       (email[0] >= '0' && email[0] <= '9') || email[0] == '_';
    if (length < 3 || length > EMAIL_BYTES_MAX || !plain_start || email[length - 1] == '@')
        return false;
    for (size_t i = 0; i < length; i++) {
        /* What could end a header, name a second recipient, or quote something is not an address here. */
        if (email[i] <= ' ' || email[i] > '~' || strchr("\"(),:;<>[]\\", email[i]))
            return false;
        at_signs += email[i] == '@';
    }
    return at_signs == 1;
}

bool account_name_fits(const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
            return false;
    return length <= NAME_BYTES_MAX;
}

static enum err set_list(size_t *count, char ***list, const char *const *values, size_t value_count)
{
    enum err e = ERR_OK;
    for (size_t i = 0; i < *count; i++)
        mem_free((*list)[i]);
    *count = 0;
    for (size_t i = 0; i < value_count && e == ERR_OK; i++)
        e = message_append_string(count, list, text_of(values[i]));
    return e;
}

/* A company's contact stays with those who invited it before as well, as far as there is room. */
static enum err set_managers(AccountRow *row, const struct account_plan *plan)
{
    enum err e = ERR_OK;
    if (plan->role != STAGEMATCH__V1__ROLE__ROLE_COMPANY)
        return set_list(&row->n_managed_by, &row->managed_by, plan->managed_by, plan->managed_count);
    if (row->n_managed_by + plan->managed_count > CHECKED_SCHOOLS_MAX)
        e = set_list(&row->n_managed_by, &row->managed_by, NULL, 0);
    for (size_t i = 0; i < plan->managed_count && e == ERR_OK; i++)
        if (!has(row->managed_by, row->n_managed_by, plan->managed_by[i]))
            e = message_append_string(&row->n_managed_by, &row->managed_by, text_of(plan->managed_by[i]));
    return e;
}

/* Everything that an account has from its plan. */
static enum err fill(struct vault *vault, struct edit *edit, const struct account_plan *plan,
                     const uint8_t id[ID_BYTES], AccountRow *row)
{
    uint8_t index[INDEX_BYTES];
    row->role = plan->role;
    row->disabled = false;
    row->create_ms = vault_now_ms(vault);
    enum err e = set_list(&row->n_scope, &row->scope, plan->scope, plan->scope_count);
    if (e == ERR_OK)
        e = set_managers(row, plan);
    if (e == ERR_OK && plan->student_ref)
        e = message_assign_bytes(&row->student_ref, bytes_of(plan->student_ref, ID_BYTES));
    if (e == ERR_OK)
        e = account_seal_contact(vault, edit, id, plan->email, plan->name, row);
    keys_email_index(vault->keys, text_of(plan->email), index);
    if (e == ERR_OK)
        e = message_assign_bytes(&row->email_index, TEXT_OF(index));
    if (e == ERR_OK)
        edit_put(edit, TABLE_EMAIL, TEXT_OF(index), bytes_of(id, ID_BYTES));
    return e;
}

/* Whether an account that is there may be made anew: the same kind of account, not in use, and the caller's to manage. */
static bool may_renew(const AccountRow *row, const struct account_plan *plan, const struct caller *caller)
{
    Stagematch__V1__AccountState state = account_state(row);
    bool unused = state == STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_INVITED ||
                  state == STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_DISABLED;
    bool same_person =
        !plan->student_ref || text_equal(binary_text(&row->student_ref), bytes_of(plan->student_ref, ID_BYTES));
    /* A contact that was ended is nobody's any more: a school may begin again with it, whichever invited it before. */
    bool ended_contact = row->disabled && row->role == STAGEMATCH__V1__ROLE__ROLE_COMPANY;
    bool theirs = !caller || account_is_managed_by(row, caller) || ended_contact;
    return unused && same_person && row->role == plan->role && theirs;
}

enum err account_make(struct vault *vault, struct edit *edit, const struct account_plan *plan,
                      const struct caller *caller, uint8_t id[ID_BYTES])
{
    AccountRow *row = NULL;
    uint8_t found[ID_BYTES];
    enum err e = account_find(vault, edit, plan->email, found, &row);
    if (e == ERR_OK && !may_renew(row, plan, caller)) {
        message_free(row);
        return ERR_EXISTS;
    }
    if (e == ERR_MISSING) {
        random_fill(&vault->environment->random, found, sizeof found);
        e = message_new(&stagematch__internal__v1__account_row__descriptor, &row);
    } else if (e == ERR_OK) {
        /* An ended account starts again from nothing: old sessions, password and check of the contact do not come back. */
        row->epoch++;
        uncheck_all(row);
        e = message_assign_string(&row->password_hash, text_of(""));
    }
    if (e == ERR_OK)
        e = fill(vault, edit, plan, found, row);
    if (e == ERR_OK) {
        account_write(vault, edit, found, row);
        memcpy(id, found, ID_BYTES);
    }
    message_free(row);
    return e;
}

void account_draw_code(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], AccountRow *row,
                       Stagematch__Internal__V1__CodeRow__Use use, char code[TOKEN_HEX_BYTES])
{
    Stagematch__Internal__V1__CodeRow code_row = STAGEMATCH__INTERNAL__V1__CODE_ROW__INIT;
    bool invitation = use == STAGEMATCH__INTERNAL__V1__CODE_ROW__USE__USE_INVITATION;
    uint8_t hash[BLAKE_BYTES];
    token_draw(vault, code, hash);
    if (row->code_hash.len)
        edit_delete(edit, TABLE_CODE, binary_text(&row->code_hash));
    code_row.account_id = binary_of(bytes_of(id, ID_BYTES));
    code_row.use = use;
    edit_put_live(edit, TABLE_CODE, TEXT_OF(hash), vault_now_ms(vault) + (invitation ? 7 * MS_PER_DAY : MS_PER_HOUR),
                  &code_row);
    if (edit->error == ERR_OK)
        edit->error = message_assign_bytes(&row->code_hash, TEXT_OF(hash));
    account_write(vault, edit, id, row);
}

void account_drop_tokens(struct edit *edit, AccountRow *row)
{
    for (size_t i = 0; i < row->n_tokens; i++) {
        edit_delete(edit, TABLE_API_TOKEN, binary_text(&row->tokens[i]->token_hash));
        message_free(row->tokens[i]);
    }
    row->n_tokens = 0;
}

void account_disable(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], AccountRow *row)
{
    account_drop_tokens(edit, row);
    uncheck_all(row);
    if (row->code_hash.len)
        edit_delete(edit, TABLE_CODE, binary_text(&row->code_hash));
    row->disabled = true;
    row->epoch++;
    if (edit->error == ERR_OK)
        edit->error = message_assign_bytes(&row->code_hash, text_of(""));
    account_write(vault, edit, id, row);
}
