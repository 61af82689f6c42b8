/*
 * Files of a report: handed in part by part, checked and sealed as they come; read by reviewers part by part.
 */
#include "api/message.h"
#include "base/file_type.h"
#include "vault/file_name.h"
#include "vault/methods.h"
#include "vault/report_own.h"

#include <string.h>

typedef Stagematch__Internal__V1__ReportFilePlain FilePlain;

static const REFUSAL(
    refusal_file_type, STATUS_INVALID_ARGUMENT, "report_file_type",
    "Dit is geen heel PDF-, PNG- of JPEG-bestand. Sla het op als een van die drie en probeer het opnieuw.",
    "This is no whole PDF, PNG or JPEG file. Save it as one of those three and try again.");
static const REFUSAL(refusal_file_size, STATUS_INVALID_ARGUMENT, "report_file_size",
                     "Dit bestand is groter dan 10 MB. Maak het kleiner of stuur een deel.",
                     "This file is larger than 10 MB. Make it smaller or send a part of it.");
static const REFUSAL(refusal_file_count, STATUS_FAILED_PRECONDITION, "report_file_count",
                     "Bij een melding kunnen hoogstens 5 bestanden.", "A report can have 5 files at most.");
static const REFUSAL(refusal_file_part, STATUS_FAILED_PRECONDITION, "report_file_part",
                     "Dit deel van het bestand kwam niet op zijn beurt. Stuur het bestand opnieuw.",
                     "This part of the file did not come in its turn. Send the file again.");

static FilePlain *find_file(const ReportPlain *plain, struct text id)
{
    for (size_t i = 0; i < plain->n_files; i++)
        if (text_equal(binary_text(&plain->files[i]->file_id), id))
            return plain->files[i];
    return NULL;
}

/* One that was given up half-way makes room. */
static void drop_unfinished(struct edit *edit, ReportPlain *plain)
{
    uint8_t key[REPORT_PART_KEY_BYTES];
    size_t kept = 0;
    for (size_t i = 0; i < plain->n_files; i++) {
        FilePlain *file = plain->files[i];
        if (file->complete) {
            plain->files[kept++] = file;
            continue;
        }
        for (uint32_t part = 0; part < file->part_count; part++) {
            report_part_key(binary_text(&file->file_id), part, key);
            edit_delete(edit, TABLE_REPORT_PART, TEXT_OF(key));
        }
        message_free_wiped(file);
    }
    plain->n_files = kept;
}

static enum err start_file(ReportPlain *plain, struct text id, const char *name, FilePlain **out)
{
    struct file_type_check check;
    char clean[FILE_NAME_BYTES];
    FilePlain *file;
    enum err e = message_new(&stagematch__internal__v1__report_file_plain__descriptor, &file);
    if (e != ERR_OK)
        return e;
    file_name_clean(name, clean);
    memset(&check, 0, sizeof check);
    file_type_start(&check);
    e = message_assign_bytes(&file->file_id, id);
    if (e == ERR_OK)
        e = message_assign_string(&file->name, text_of(clean));
    if (e == ERR_OK)
        e = message_assign_bytes(&file->check, (struct text){(const char *)&check, sizeof check});
    if (e != ERR_OK) {
        message_free_wiped(file);
        return e;
    }
    *out = file;
    return message_append(&plain->n_files, &plain->files, file);
}

static enum err seal_part(struct vault *vault, struct edit *edit, const struct own_report *own, const FilePlain *file,
                          struct text data)
{
    struct secret_key key;
    struct buf sealed;
    uint8_t part_key[REPORT_PART_KEY_BYTES];
    enum err e = report_key(vault, edit, own->row->school, TEXT_OF(own->id), &key);
    if (e != ERR_OK)
        return e;
    buf_init(&sealed, ROW_BYTES_MAX);
    report_part_key(binary_text(&file->file_id), file->part_count, part_key);
    e = keys_seal(vault->keys, &key, "report_part", TEXT_OF(part_key), data, &sealed);
    key_wipe(&key);
    if (e == ERR_OK)
        edit_put(edit, TABLE_REPORT_PART, TEXT_OF(part_key), buf_text(&sealed));
    buf_free(&sealed);
    return e;
}

static Stagematch__V1__ReportFileType type_of(enum file_type type)
{
    static const Stagematch__V1__ReportFileType types[] = {
        [FILE_TYPE_UNKNOWN] = STAGEMATCH__V1__REPORT_FILE_TYPE__REPORT_FILE_TYPE_UNSPECIFIED,
        [FILE_TYPE_PDF] = STAGEMATCH__V1__REPORT_FILE_TYPE__REPORT_FILE_TYPE_PDF,
        [FILE_TYPE_PNG] = STAGEMATCH__V1__REPORT_FILE_TYPE__REPORT_FILE_TYPE_PNG,
        [FILE_TYPE_JPEG] = STAGEMATCH__V1__REPORT_FILE_TYPE__REPORT_FILE_TYPE_JPEG};
    return types[type];
}

/* Its name says what it is, whatever it said before. */
static enum err complete(FilePlain *file, enum file_type type)
{
    char name[FILE_NAME_BYTES + FILE_ENDING_BYTES];
    file_name_end(file->name, type, name);
    file->complete = true;
    file->type = type_of(type);
    enum err e = message_assign_bytes(&file->check, text_of(""));
    return e == ERR_OK ? message_assign_string(&file->name, text_of(name)) : e;
}

/* Goes on with the check; *refusal where the file cannot be what it must. */
static enum err check_part(FilePlain *file, struct text data, bool last, const struct refusal **refusal)
{
    struct file_type_check check;
    if (file->check.len != sizeof check) { /* begun by another version of this program */
        *refusal = &refusal_file_part;
        return ERR_OK;
    }
    memcpy(&check, file->check.data, sizeof check);
    file_type_feed(&check, data.data, data.length);
    file->size_bytes += data.length;
    file->part_count++;
    enum file_type type = last ? file_type_end(&check) : check.type;
    if (check.broken || (last && type == FILE_TYPE_UNKNOWN))
        *refusal = &refusal_file_type;
    if (*refusal)
        return ERR_OK;
    if (last)
        return complete(file, type);
    return message_assign_bytes(&file->check, (struct text){(const char *)&check, sizeof check});
}

/* The file whose turn this part is, made with its first. */
static enum err file_of_part(struct edit *edit, struct own_report *own,
                             const Stagematch__V1__AttachToOwnReportRequest *message, struct text id, FilePlain **out,
                             const struct refusal **refusal)
{
    FilePlain *file = find_file(own->plain, id);
    if (!file && message->part == 0) {
        drop_unfinished(edit, own->plain);
        if (own->plain->n_files >= REPORT_FILES_MAX) {
            *refusal = &refusal_file_count;
            return ERR_OK;
        }
        enum err e = start_file(own->plain, id, message->name, &file);
        if (e != ERR_OK)
            return e;
    }
    if (!file || file->complete || file->part_count != message->part)
        *refusal = &refusal_file_part;
    else if (file->size_bytes + message->data.len > REPORT_FILE_BYTES_MAX)
        *refusal = &refusal_file_size;
    *out = file;
    return ERR_OK;
}

static enum err take_part(struct request *request, struct edit *edit, struct own_report *own, struct text id,
                          FilePlain **file, const struct refusal **refusal)
{
    const Stagematch__V1__AttachToOwnReportRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__AttachToOwnReportRequest);
    struct vault *vault = request->vault;
    bool allowed = false;
    if (own->row->state == REPORT_STATE(CLOSED)) {
        *refusal = report_refusal_closed;
        return ERR_OK;
    }
    enum err e = report_quota_take(vault, edit, REPORT_QUOTA_PARTS, TEXT_OF(own->id), &allowed);
    if (e == ERR_OK && !allowed)
        *refusal = &refusal_too_many;
    if (e == ERR_OK && !*refusal)
        e = file_of_part(edit, own, message, id, file, refusal);
    if (e == ERR_OK && !*refusal)
        e = seal_part(vault, edit, own, *file, binary_text(&message->data));
    if (e == ERR_OK && !*refusal)
        e = check_part(*file, binary_text(&message->data), message->last, refusal);
    if (e == ERR_OK && !*refusal)
        e = report_seal(vault, edit, TEXT_OF(own->id), own->plain, own->row);
    return e;
}

void method_attach_to_own_report(struct request *request)
{
    const Stagematch__V1__AttachToOwnReportRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__AttachToOwnReportRequest);
    Stagematch__V1__AttachToOwnReportResponse response = STAGEMATCH__V1__ATTACH_TO_OWN_REPORT_RESPONSE__INIT;
    const struct refusal *refusal = NULL;
    Stagematch__V1__ReportFile shown;
    char shown_id[ID_HEX_BYTES];
    uint8_t id[ID_BYTES];
    FilePlain *file = NULL;
    struct own_report own;
    struct edit edit;
    bool is_id = id_parse(message->file_id, id) == ERR_OK;
    if (!is_id || !message->data.len || message->data.len > REPORT_PART_BYTES_MAX) {
        request_refuse_field(request, is_id && message->data.len ? &refusal_too_large : &refusal_bad_value,
                             is_id ? "data" : "file_id");
        return;
    }
    if (!own_report_open(request, &edit, message->come_back_code, &own))
        return;
    enum err e = take_part(request, &edit, &own, TEXT_OF(id), &file, &refusal);
    if (e != ERR_OK || refusal) {
        edit_abort(&edit);
        if (refusal)
            request_refuse(request, refusal);
        else
            request_fail(request, e);
    } else {
        report_write(request->vault, &edit, own.id, own.row);
        if (file && file->complete) {
            report_audit(request->vault, &edit, "report_file_added", TEXT_OF(own.id), NULL);
            report_file_show(file, shown_id, &shown);
            response.file = &shown;
        }
        request_commit(request, &edit, &response);
    }
    own_report_free(&own);
}

/* Reading. */

static enum err open_part(struct vault *vault, struct edit *edit, struct text report_id, const ReportRow *row,
                          struct text file_id, uint32_t part, struct buf *out)
{
    struct secret_key key;
    struct buf sealed;
    uint8_t part_key[REPORT_PART_KEY_BYTES];
    buf_init(&sealed, ROW_BYTES_MAX);
    report_part_key(file_id, part, part_key);
    enum err e = edit_get(edit, TABLE_REPORT_PART, TEXT_OF(part_key), &sealed);
    if (e == ERR_OK)
        e = report_key(vault, edit, row->school, report_id, &key);
    if (e == ERR_OK) {
        e = keys_open(&key, "report_part", TEXT_OF(part_key), buf_text(&sealed), out);
        key_wipe(&key);
    }
    buf_free(&sealed);
    return e;
}

void method_get_report_attachment(struct request *request)
{
    const Stagematch__V1__GetReportAttachmentRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__GetReportAttachmentRequest);
    Stagematch__V1__GetReportAttachmentResponse response = STAGEMATCH__V1__GET_REPORT_ATTACHMENT_RESPONSE__INIT;
    uint8_t id[ID_BYTES], file_id[ID_BYTES];
    const FilePlain *file = NULL;
    ReportRow *row = NULL;
    ReportPlain *plain = NULL;
    struct buf data;
    struct edit edit;
    buf_init(&data, ROW_BYTES_MAX);
    edit_begin(&edit, request->vault->image);
    enum err e = id_parse(message->report_id, id) == ERR_OK && id_parse(message->file_id, file_id) == ERR_OK
                     ? ERR_OK
                     : ERR_MISSING;
    if (e == ERR_OK)
        e = report_read(&edit, TEXT_OF(id), &row);
    if (e == ERR_OK && !report_is_for(&request->caller, row))
        e = ERR_MISSING;
    if (e == ERR_OK)
        e = report_open(request->vault, &edit, TEXT_OF(id), row, &plain);
    if (e == ERR_OK) {
        file = find_file(plain, TEXT_OF(file_id));
        e = file && file->complete && message->part < file->part_count ? ERR_OK : ERR_MISSING;
    }
    if (e == ERR_OK)
        e = open_part(request->vault, &edit, TEXT_OF(id), row, TEXT_OF(file_id), message->part, &data);
    if (e == ERR_OK) {
        response.data = binary_of(buf_text(&data));
        report_audit(request->vault, &edit, "report_file_read", TEXT_OF(id), &request->caller);
        request_commit(request, &edit, &response);
    } else {
        edit_abort(&edit);
        request_fail(request, e);
    }
    message_free(row);
    message_free_wiped(plain);
    buf_wipe(&data);
}
