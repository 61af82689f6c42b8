#include "vault/report_sweep.h"

#include "api/message.h"
#include "base/log.h"
#include "vault/report_form.h"
#include "vault/report_lists.h"

#include <string.h>

#include "stagematch/internal/v1/saga.pb-c.h"

enum { AT_ONCE = 16 };

static int64_t keep_ms(const struct vault *vault)
{
    return report_setting(vault->environment->settings, "report_keep_days", REPORT_KEEP_DAYS) * MS_PER_DAY;
}

static void go_on(struct vault *vault, enum err result)
{
    vault->forgetting.runs = false;
    if (result == ERR_OK)
        reports_sweep(vault); /* there may be more */
}

static void erased(void *context, enum err result)
{
    go_on(context, result);
}

static void parts_erased(void *context, enum err result);

static void drop_parts(struct edit *edit, ReportPlain *plain)
{
    uint8_t key[REPORT_PART_KEY_BYTES];
    for (size_t i = 0; i < plain->n_files; i++) {
        for (uint32_t part = 0; part < plain->files[i]->part_count; part++) {
            report_part_key(binary_text(&plain->files[i]->file_id), part, key);
            edit_delete(edit, TABLE_REPORT_PART, TEXT_OF(key));
        }
        message_free_wiped(plain->files[i]);
    }
    plain->n_files = 0;
}

/*
 * Its files first, in a commit of their own: the key goes before the rows, and without it nobody could say any more which parts there
 * are. Then the rest.
 */
static enum err erase_step(struct vault *vault, struct edit *edit, struct text id, bool *parts)
{
    ReportRow *row = NULL;
    ReportPlain *plain = NULL;
    enum err e = report_read(edit, id, &row);
    if (e == ERR_OK)
        e = report_open(vault, edit, id, row, &plain);
    *parts = e == ERR_OK && plain->n_files;
    if (*parts) {
        drop_parts(edit, plain);
        e = report_seal(vault, edit, id, plain, row);
        if (e == ERR_OK)
            report_write(vault, edit, vault->forgetting.id, row);
    } else if (e == ERR_OK || (e == ERR_MISSING && row)) { /* its key may have gone before */
        report_erase(vault, edit, vault->forgetting.id, row);
        report_audit(vault, edit, "report_erased", id, NULL);
        e = ERR_OK;
    }
    message_free(row);
    message_free_wiped(plain);
    return e;
}

static void erase(struct vault *vault)
{
    struct edit edit;
    bool parts = false;
    edit_begin(&edit, vault->image);
    enum err e = erase_step(vault, &edit, TEXT_OF(vault->forgetting.id), &parts);
    if (e == ERR_OK) {
        e = edit_commit(&edit, parts ? parts_erased : erased, vault);
        if (e != ERR_OK)
            vault_reload(vault);
    } else {
        edit_abort(&edit);
    }
    if (e != ERR_OK)
        go_on(vault, e);
}

static void parts_erased(void *context, enum err result)
{
    if (result == ERR_OK)
        erase(context);
    else
        go_on(context, result);
}

/* Kept a day longer, and asked about again then. */
static void keep_longer(struct vault *vault)
{
    ReportRow *row = NULL;
    struct edit edit;
    edit_begin(&edit, vault->image);
    enum err e = report_read(&edit, TEXT_OF(vault->forgetting.id), &row);
    if (e == ERR_OK) {
        row->close_ms = vault_now_ms(vault) - keep_ms(vault) + MS_PER_DAY;
        report_write(vault, &edit, vault->forgetting.id, row);
        e = edit_commit(&edit, erased, vault);
        if (e != ERR_OK)
            vault_reload(vault);
    } else {
        edit_abort(&edit);
    }
    if (e != ERR_OK)
        go_on(vault, e);
    message_free(row);
}

static void forgotten(void *context, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    struct vault *vault = context;
    if (!status.refusal && reply && channel_reply_code(reply) == STATUS_OK)
        erase(vault);
    else if (reply && channel_reply_code(reply) == STATUS_FAILED_PRECONDITION)
        keep_longer(vault);
    else
        go_on(vault, ERR_IO); /* the next minute asks again */
}

/* The engine first: what it has forgotten no case can be opened on. */
static void forget(struct vault *vault, const uint8_t id[ID_BYTES])
{
    Stagematch__Internal__V1__ForgetReportRequest message = STAGEMATCH__INTERNAL__V1__FORGET_REPORT_REQUEST__INIT;
    if (vault->forgetting.runs)
        return;
    memcpy(vault->forgetting.id, id, ID_BYTES);
    message.report_id = binary_of(TEXT_OF(vault->forgetting.id));
    vault->forgetting.runs = engine_call(vault, METHOD_FORGET_REPORT, &message, NULL, forgotten, vault) == ERR_OK;
}

static void remind(struct vault *vault, const uint8_t id[ID_BYTES])
{
    ReportRow *row = NULL;
    struct edit edit;
    edit_begin(&edit, vault->image);
    if (report_read(&edit, bytes_of(id, ID_BYTES), &row) == ERR_OK) {
        row->reminded = true;
        report_tell(vault, &edit, "task_overdue", row->school, row->desk);
        report_write(vault, &edit, id, row);
        if (edit_commit(&edit, NULL, NULL) != ERR_OK)
            vault_reload(vault);
    } else {
        edit_abort(&edit);
    }
    message_free(row);
}

static bool is_over(const struct report_entry *entry, int64_t now_ms, int64_t keep)
{
    return entry->state == REPORT_STATE(CLOSED) && entry->close_ms + keep <= now_ms;
}

static bool is_overdue(const struct report_entry *entry, int64_t now_ms)
{
    return entry->state == REPORT_STATE(RECEIVED) && !entry->reminded && entry->answer_by_ms <= now_ms;
}

void reports_sweep(struct vault *vault)
{
    const struct report_entry *entry;
    uint8_t overdue[AT_ONCE][ID_BYTES];
    size_t overdue_count = 0;
    int64_t now_ms = vault_now_ms(vault), keep = keep_ms(vault);
    if (vault->stopping || !image_is_writable(vault->image))
        return;
    for (size_t i = 0; (entry = reports_at(vault->reports, i)); i++) {
        if (is_over(entry, now_ms, keep))
            forget(vault, entry->id);
        if (is_overdue(entry, now_ms) && overdue_count < AT_ONCE)
            memcpy(overdue[overdue_count++], entry->id, ID_BYTES);
    }
    for (size_t i = 0; i < overdue_count; i++)
        remind(vault, overdue[i]);
}

/* Closed and over at once: the sweep asks the engine whether a case rests on it, and erases it where none does. */
static enum err end_at_once(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES])
{
    ReportRow *row;
    enum err e = report_read(edit, bytes_of(id, ID_BYTES), &row);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e;
    row->state = REPORT_STATE(CLOSED);
    row->close_ms = 0;
    report_write(vault, edit, id, row);
    message_free(row);
    return ERR_OK;
}

enum err reports_forget_person(struct vault *vault, struct edit *edit, const PersonRow *person)
{
    struct buf ids;
    buf_init(&ids, ROW_BYTES_MAX);
    enum err e = reports_of_person(vault, edit, person, &ids);
    for (size_t at = 0; e == ERR_OK && at + ID_BYTES <= ids.length; at += ID_BYTES)
        e = end_at_once(vault, edit, (const uint8_t *)ids.data + at);
    buf_wipe(&ids);
    return e == ERR_MISSING ? ERR_OK : e; /* the key went before */
}
