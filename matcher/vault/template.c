#include "vault/template.h"

#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { FILE_BYTES_MAX = 32 << 10, NAME_BYTES = 64, PATH_BYTES = 4096, TEMPLATES_MAX = 256, WORD_BYTES = 42 };

struct entry {
    char name[NAME_BYTES];
    struct buf bytes;
    struct text subject, body;
};

struct templates {
    struct entry *entries;
    size_t count, capacity;
};

static const char built_in_subject[] = "Bericht van Stagematch / Message from Stagematch";
static const char built_in_body[] = "Er staat iets voor je klaar in Stagematch:\n{link}\n\n"
                                    "Something is waiting for you in Stagematch:\n{link}\n";

static enum err split(struct entry *entry)
{
    static const char head[] = "Subject: ";
    struct text rest = buf_text(&entry->bytes), line, blank;
    if (!text_next(&rest, '\n', &line) || line.length <= sizeof head - 1 ||
        memcmp(line.data, head, sizeof head - 1) != 0 || !text_next(&rest, '\n', &blank) || blank.length ||
        !rest.data)
        return ERR_INPUT;
    entry->subject = (struct text){line.data + sizeof head - 1, line.length - (sizeof head - 1)};
    entry->body = rest;
    return ERR_OK;
}

static enum err read_one(struct templates *templates, const char *folder, const char *file, size_t name_length)
{
    char path[PATH_BYTES];
    struct entry entry = {.name = ""};
    int length = snprintf(path, sizeof path, "%s/%s", folder, file);
    if (length < 0 || (size_t)length >= sizeof path)
        return ERR_RANGE;
    memcpy(entry.name, file, name_length);
    buf_init(&entry.bytes, FILE_BYTES_MAX);
    enum err e = file_read_all(path, &entry.bytes);
    if (e == ERR_OK)
        e = split(&entry);
    if (e == ERR_OK)
        e = mem_grow(&templates->entries, &templates->capacity, templates->count + 1, sizeof entry);
    if (e != ERR_OK) {
        LOG(LOG_ERROR, "notice_template", LOG_WORD("name", entry.name), LOG_WORD("error", err_text(e)));
        buf_free(&entry.bytes);
        return e;
    }
    templates->entries[templates->count++] = entry;
    return ERR_OK;
}

static enum err read_folder(struct templates *templates, const char *folder)
{
    DIR *directory = opendir(folder);
    if (!directory) {
        LOG(LOG_ERROR, "notice_folder", LOG_NUMBER("errno", errno));
        return err_from_errno(errno);
    }
    enum err e = ERR_OK;
    for (const struct dirent *file; e == ERR_OK && (file = readdir(directory));) {
        size_t length = strlen(file->d_name);
        if (length <= 4 || length - 4 >= NAME_BYTES || strcmp(file->d_name + length - 4, ".txt") != 0)
            continue;
        e = templates->count < TEMPLATES_MAX ? read_one(templates, folder, file->d_name, length - 4) : ERR_RANGE;
    }
    closedir(directory);
    return e;
}

enum err templates_read(const char *folder, struct templates **out)
{
    struct templates *templates;
    enum err e = mem_alloc(1, sizeof *templates, &templates);
    if (e != ERR_OK)
        return e;
    if (folder)
        e = read_folder(templates, folder);
    if (e != ERR_OK) {
        templates_free(templates);
        return e;
    }
    *out = templates;
    return ERR_OK;
}

void templates_free(struct templates *templates)
{
    if (!templates)
        return;
    for (size_t i = 0; i < templates->count; i++)
        buf_free(&templates->entries[i].bytes);
    mem_free(templates->entries);
    mem_free(templates);
}

static const struct entry *find(const struct templates *templates, const char *name)
{
    for (size_t i = 0; i < templates->count; i++)
        if (strcmp(templates->entries[i].name, name) == 0)
            return &templates->entries[i];
    return NULL;
}

static const struct entry *choose(const struct templates *templates, const char *name)
{
    const struct entry *entry = find(templates, name);
    if (!entry && strncmp(name, "task", 4) == 0)
        entry = find(templates, "task");
    return entry ? entry : find(templates, "notice");
}

static bool is_ascii(struct text text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.data[i] >= 0x80)
            return false;
    return true;
}

/* Encoded words of at most 75 characters, each of whole characters. */
static void put_subject(struct buf *out, struct text subject)
{
    char base64[sodium_base64_ENCODED_LEN(WORD_BYTES, sodium_base64_VARIANT_ORIGINAL)];
    buf_put_string(out, "Subject: ");
    if (is_ascii(subject)) {
        buf_put_text(out, subject);
        subject.length = 0;
    }
    for (bool first = true; subject.length; first = false) {
        size_t part = subject.length < WORD_BYTES ? subject.length : WORD_BYTES;
        while (part < subject.length && part > 1 && ((unsigned char)subject.data[part] & 0xc0) == 0x80)
            part--;
        (void)sodium_bin2base64(base64, sizeof base64, (const unsigned char *)subject.data, part,
                                sodium_base64_VARIANT_ORIGINAL);
        buf_printf(out, "%s=?UTF-8?B?%s?=", first ? "" : "\n ", base64);
        subject.data += part;
        subject.length -= part;
    }
    buf_put_char(out, '\n');
}

static void put_date(struct buf *out, int64_t time_ms)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm at;
    time_t seconds = (time_t)(time_ms / 1000);
    if (gmtime_r(&seconds, &at))
        buf_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\n", days[at.tm_wday], at.tm_mday,
                   months[at.tm_mon], at.tm_year + 1900, at.tm_hour, at.tm_min, at.tm_sec);
}

static void put_body(struct buf *out, struct text body, const struct letter *letter)
{
    static const struct text link = {"{link}", 6}, service = {"{service}", 9};
    while (body.length) {
        if (body.length >= link.length && memcmp(body.data, link.data, link.length) == 0) {
            buf_put_string(out, letter->link);
            body = (struct text){body.data + link.length, body.length - link.length};
        } else if (body.length >= service.length && memcmp(body.data, service.data, service.length) == 0) {
            buf_put_string(out, letter->service);
            body = (struct text){body.data + service.length, body.length - service.length};
        } else {
            buf_put_char(out, *body.data);
            body = (struct text){body.data + 1, body.length - 1};
        }
    }
}

enum err letter_write(const struct templates *templates, const struct letter *letter, struct buf *out)
{
    const struct entry *entry = choose(templates, letter->template);
    buf_printf(out, "To: %s\n", letter->to);
    if (letter->from)
        buf_printf(out, "From: %s\n", letter->from);
    put_subject(out, entry ? entry->subject : text_of(built_in_subject));
    put_date(out, letter->time_ms);
    buf_printf(out, "Message-ID: <%s@stagematch.invalid>\n", letter->id);
    buf_put_string(out, "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n"
                        "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n");
    put_body(out, entry ? entry->body : text_of(built_in_body), letter);
    return buf_error(out);
}
