#include "vault/reports.h"

#include "api/message.h"
#include "base/log.h"
#include "vault/accounts.h"
#include "vault/audit.h"
#include "vault/outbox.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct reports {
    struct report_entry *entries; /* by create_ms, then by id */
    size_t count, capacity;
};

enum err reports_new(struct reports **out)
{
    struct reports *reports;
    enum err e = mem_alloc(1, sizeof *reports, &reports);
    if (e == ERR_OK)
        *out = reports;
    return e;
}

void reports_free(struct reports *reports)
{
    if (!reports)
        return;
    mem_free(reports->entries);
    mem_free(reports);
}

static int order(const void *a, const void *b)
{
    const struct report_entry *one = a, *other = b;
    if (one->create_ms != other->create_ms)
        return one->create_ms < other->create_ms ? -1 : 1;
    return memcmp(one->id, other->id, ID_BYTES);
}

static void fill(struct report_entry *entry, const uint8_t id[ID_BYTES], const ReportRow *row)
{
    *entry = (struct report_entry){.desk = row->desk,
                                   .state = row->state,
                                   .create_ms = row->create_ms,
                                   .answer_by_ms = row->answer_by_ms,
                                   .close_ms = row->close_ms,
                                   .reminded = row->reminded};
    memcpy(entry->id, id, ID_BYTES);
    size_t length = strlen(row->school);
    memcpy(entry->school, row->school, length <= SCHOOL_BYTES_MAX ? length : SCHOOL_BYTES_MAX);
}

static enum err load_row(void *context, struct text key, struct text value)
{
    struct reports *reports = context;
    ReportRow *row;
    if (key.length != ID_BYTES)
        return ERR_MISMATCH;
    enum err e = message_unpack(&stagematch__internal__v1__report_row__descriptor, value, &row);
    if (e != ERR_OK)
        return e == ERR_INPUT ? ERR_MISMATCH : e;
    if (!row->staged)
        e = mem_grow(&reports->entries, &reports->capacity, reports->count + 1, sizeof *reports->entries);
    if (e == ERR_OK && !row->staged)
        fill(&reports->entries[reports->count++], (const uint8_t *)key.data, row);
    message_free(row);
    return e;
}

enum err reports_load(struct reports *reports, struct image *image)
{
    reports->count = 0;
    enum err e = image_load(image, TABLE_REPORT, load_row, reports);
    if (e == ERR_OK && reports->count)
        qsort(reports->entries, reports->count, sizeof *reports->entries, order);
    return e;
}

const struct report_entry *reports_at(const struct reports *reports, size_t index)
{
    return index < reports->count ? &reports->entries[index] : NULL;
}

size_t reports_find(const struct reports *reports, const uint8_t id[ID_BYTES])
{
    size_t at = 0;
    while (at < reports->count && memcmp(reports->entries[at].id, id, ID_BYTES) != 0)
        at++;
    return at;
}

/* A new one belongs at the end, or nearly so: clocks of one machine go back by little. */
static enum err index_set(struct reports *reports, const uint8_t id[ID_BYTES], const ReportRow *row)
{
    struct report_entry entry;
    size_t at = reports_find(reports, id);
    fill(&entry, id, row);
    if (at == reports->count) {
        enum err e = mem_grow(&reports->entries, &reports->capacity, reports->count + 1, sizeof entry);
        if (e != ERR_OK)
            return e;
        for (reports->count++; at > 0 && order(&reports->entries[at - 1], &entry) > 0; at--)
            reports->entries[at] = reports->entries[at - 1];
    }
    reports->entries[at] = entry;
    return ERR_OK;
}

static void index_remove(struct reports *reports, const uint8_t id[ID_BYTES])
{
    size_t at = reports_find(reports, id);
    if (at == reports->count)
        return;
    reports->count--;
    memmove(&reports->entries[at], &reports->entries[at + 1], (reports->count - at) * sizeof *reports->entries);
}

enum err report_read(struct edit *edit, struct text id, ReportRow **out)
{
    return edit_get_message(edit, TABLE_REPORT, id, &stagematch__internal__v1__report_row__descriptor, out);
}

void report_write(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], ReportRow *row)
{
    row->version++;
    edit_put_message(edit, TABLE_REPORT, bytes_of(id, ID_BYTES), row);
    if (edit->error == ERR_OK && !row->staged)
        edit->error = index_set(vault->reports, id, row);
}

enum err report_key(struct vault *vault, struct edit *edit, const char *school, struct text id,
                    struct secret_key *out)
{
    struct secret_key under;
    struct buf wrapped;
    buf_init(&wrapped, ROW_BYTES_MAX);
    enum err e = edit_get(edit, TABLE_REPORT_KEY, id, &wrapped);
    if (e == ERR_OK)
        e = school_key(vault, edit, school, &under);
    if (e == ERR_OK) {
        e = keys_unwrap(&under, "report_key", id, buf_text(&wrapped), out);
        key_wipe(&under);
    }
    buf_free(&wrapped);
    return e;
}

enum err report_key_make(struct vault *vault, struct edit *edit, const char *school, struct text id,
                         struct secret_key *out)
{
    struct secret_key under;
    struct buf wrapped;
    enum err e = school_key(vault, edit, school, &under);
    if (e != ERR_OK)
        return e;
    buf_init(&wrapped, ROW_BYTES_MAX);
    keys_draw(vault->keys, out);
    e = keys_wrap(vault->keys, &under, "report_key", id, out, &wrapped);
    key_wipe(&under);
    if (e == ERR_OK)
        edit_put(edit, TABLE_REPORT_KEY, id, buf_text(&wrapped));
    buf_free(&wrapped);
    return e;
}

enum err report_open(struct vault *vault, struct edit *edit, struct text id, const ReportRow *row, ReportPlain **out)
{
    struct secret_key key;
    struct buf plain;
    enum err e = report_key(vault, edit, row->school, id, &key);
    if (e != ERR_OK)
        return e;
    buf_init(&plain, ROW_BYTES_MAX);
    e = keys_open(&key, "report", id, binary_text(&row->sealed_plain), &plain);
    key_wipe(&key);
    if (e == ERR_OK)
        e = message_unpack(&stagematch__internal__v1__report_plain__descriptor, buf_text(&plain), out);
    buf_wipe(&plain);
    return e == ERR_INPUT ? ERR_MISMATCH : e;
}

enum err report_seal(struct vault *vault, struct edit *edit, struct text id, const ReportPlain *plain, ReportRow *row)
{
    struct secret_key key;
    struct buf bytes, sealed;
    enum err e = report_key(vault, edit, row->school, id, &key);
    if (e != ERR_OK)
        return e;
    buf_init(&bytes, ROW_BYTES_MAX);
    buf_init(&sealed, ROW_BYTES_MAX);
    e = buf_reserve_secret(&bytes, protobuf_c_message_get_packed_size(&plain->base));
    if (e == ERR_OK)
        e = message_pack_buf(plain, &bytes);
    if (e == ERR_OK)
        e = keys_seal(vault->keys, &key, "report", id, buf_text(&bytes), &sealed);
    if (e == ERR_OK)
        e = message_assign_bytes(&row->sealed_plain, buf_text(&sealed));
    key_wipe(&key);
    buf_wipe(&bytes);
    buf_free(&sealed);
    return e;
}

enum err report_add_letter(struct vault *vault, ReportPlain *plain, const char *text, const uint8_t *account_id)
{
    Stagematch__Internal__V1__ReportLetter *letter;
    if (plain->n_letters >= REPORT_LETTERS_MAX)
        return ERR_RANGE;
    enum err e = message_new(&stagematch__internal__v1__report_letter__descriptor, &letter);
    if (e != ERR_OK)
        return e;
    letter->from_reporter = account_id == NULL;
    letter->time_ms = vault_now_ms(vault);
    e = message_assign_string(&letter->text, text_of(text));
    if (e == ERR_OK && account_id)
        e = message_assign_bytes(&letter->account_id, bytes_of(account_id, ID_BYTES));
    if (e != ERR_OK) {
        message_free_wiped(letter);
        return e;
    }
    return message_append(&plain->n_letters, &plain->letters, letter);
}

void report_part_key(struct text file_id, uint32_t part, uint8_t out[REPORT_PART_KEY_BYTES])
{
    memset(out, 0, REPORT_PART_KEY_BYTES);
    if (file_id.length == ID_BYTES)
        memcpy(out, file_id.data, ID_BYTES);
    for (size_t i = 0; i < 4; i++)
        out[ID_BYTES + i] = (uint8_t)(part >> 8 * (3 - i));
}

void report_erase(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], const ReportRow *row)
{
    struct text key = bytes_of(id, ID_BYTES);
    edit_delete(edit, TABLE_REPORT_KEY, key);
    edit_delete(edit, TABLE_REPORT_WAY, binary_text(&row->code_hash));
    edit_delete(edit, TABLE_REPORT, key);
    index_remove(vault->reports, id);
}

enum err reports_of_person(struct vault *vault, struct edit *edit, const PersonRow *person, struct buf *out)
{
    struct secret_key key;
    struct text reference = binary_text(&person->student_ref);
    if (!person->sealed_report_ids.len)
        return ERR_OK;
    enum err e = person_key(vault, edit, person->school, reference, &key);
    if (e != ERR_OK)
        return e;
    e = keys_open(&key, "person_reports", reference, binary_text(&person->sealed_report_ids), out);
    key_wipe(&key);
    return e;
}

enum err report_note_person(struct vault *vault, struct edit *edit, struct text report_id, PersonRow *person)
{
    struct secret_key key;
    struct buf ids, sealed;
    struct text reference = binary_text(&person->student_ref);
    buf_init(&ids, ROW_BYTES_MAX);
    buf_init(&sealed, ROW_BYTES_MAX);
    enum err e = reports_of_person(vault, edit, person, &ids);
    if (e == ERR_OK)
        e = person_key(vault, edit, person->school, reference, &key);
    if (e == ERR_OK) {
        buf_put_text(&ids, report_id);
        e = keys_seal(vault->keys, &key, "person_reports", reference, buf_text(&ids), &sealed);
        key_wipe(&key);
    }
    if (e == ERR_OK)
        e = message_assign_bytes(&person->sealed_report_ids, buf_text(&sealed));
    buf_wipe(&ids);
    buf_free(&sealed);
    return e;
}

static bool is_for(const struct caller *caller, const char *school, unsigned desk)
{
    bool reads = caller->role == STAGEMATCH__V1__ROLE__ROLE_VERTROUWENSPERSOON ||
                 (caller->role == STAGEMATCH__V1__ROLE__ROLE_BEHANDELAAR && desk == REPORT_DESK(BEHANDELAAR));
    return reads && caller_has(caller, school);
}

bool report_is_for(const struct caller *caller, const ReportRow *row)
{
    return !row->staged && is_for(caller, row->school, row->desk);
}

bool report_entry_is_for(const struct caller *caller, const struct report_entry *entry)
{
    return is_for(caller, entry->school, entry->desk);
}

struct telling {
    struct vault *vault;
    struct edit *edit;
    const char *template;
};

static enum err tell_one(void *context, const uint8_t id[ID_BYTES])
{
    const struct telling *telling = context;
    outbox_add(telling->vault, telling->edit, telling->template, id, "");
    return telling->edit->error;
}

void report_tell(struct vault *vault, struct edit *edit, const char *template, const char *school, unsigned desk)
{
    static const unsigned roles[] = {STAGEMATCH__V1__ROLE__ROLE_VERTROUWENSPERSOON,
                                     STAGEMATCH__V1__ROLE__ROLE_BEHANDELAAR};
    struct telling telling = {vault, edit, template};
    size_t count = desk == REPORT_DESK(BEHANDELAAR) ? 2 : 1;
    for (size_t i = 0; i < count && edit->error == ERR_OK; i++) {
        enum err e = accounts_each(vault->accounts, roles[i], school, "", tell_one, &telling);
        if (e != ERR_OK && edit->error == ERR_OK)
            edit->error = e;
    }
}

void report_audit(struct vault *vault, struct edit *edit, const char *kind, struct text id,
                  const struct caller *caller)
{
    AuditPayload payload = STAGEMATCH__INTERNAL__V1__VAULT_LEDGER_PAYLOAD__INIT;
    audit_put(vault, edit, kind, id, caller && caller->role ? caller : NULL, &payload);
}

void report_time(int64_t ms, Google__Protobuf__Timestamp *out)
{
    google__protobuf__timestamp__init(out);
    out->seconds = ms / 1000;
    out->nanos = (int32_t)(ms % 1000) * 1000000;
}

void report_show(const uint8_t id[ID_BYTES], const ReportRow *row, struct report_shown *out)
{
    stagematch__v1__report_summary__init(&out->message);
    stagematch__v1__report_consent__init(&out->consent);
    id_format(id, out->id);
    report_time(row->create_ms, &out->created);
    report_time(row->answer_by_ms, &out->answer_by);
    out->consent.hand_over = row->hand_over_consent;
    out->consent.open_case = row->case_consent;
    out->consent.name_to_company = row->identity_consent;
    out->message.report_id = out->id;
    out->message.school = row->school;
    out->message.state = row->state;
    out->message.desk = row->desk;
    out->message.source = row->source;
    out->message.phase = row->phase;
    out->message.nature = row->nature;
    out->message.leerbedrijf = row->leerbedrijf;
    out->message.consent = &out->consent;
    out->message.create_time = &out->created;
    out->message.answer_by = &out->answer_by;
    out->message.outcome = row->outcome;
    out->message.waits_for_school = row->waits_for_school;
    out->message.version = row->version;
}
