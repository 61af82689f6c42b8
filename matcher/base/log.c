#include "base/log.h"

#include "base/buf.h"
#include "base/date.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES_MAX = 4096, WORD_MAX = 64, MS_PER_DAY = 86400000 };

static struct {
    int fd;
    enum log_level from;
    enum log_format format;
    struct clock clock;
    bool open;
    char process[LOG_PROCESS_BYTES];
    char request[LOG_ID_BYTES];
} sink;

void log_open(int fd, enum log_level from, struct clock clock)
{
    sink.fd = fd;
    sink.from = from;
    sink.clock = clock;
    sink.open = true;
}

void log_identify(enum log_format format, const char *process)
{
    sink.format = format;
    snprintf(sink.process, sizeof sink.process, "%s", process);
}

enum log_format log_get_format(void)
{
    return sink.format;
}

void log_set_request(const char *id)
{
    snprintf(sink.request, sizeof sink.request, "%s", id ? id : "");
}

const char *log_get_request(void)
{
    return sink.request;
}

bool log_wants(enum log_level level)
{
    return sink.open && level >= sink.from;
}

static const char *level_name(enum log_level level)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    return names[level];
}

static void put_time(struct buf *line)
{
    int64_t wall_ms = clock_wall_ms(&sink.clock), day = wall_ms / MS_PER_DAY, ms = wall_ms % MS_PER_DAY;
    char date[11];
    date_format((int32_t)day, date);
    buf_printf(line, "%sT%02d:%02d:%02d.%03dZ", date, (int)(ms / 3600000), (int)(ms / 60000 % 60),
               (int)(ms / 1000 % 60), (int)(ms % 1000));
}

static void put_word(struct buf *line, const char *word)
{
    for (size_t i = 0; word[i] && i < WORD_MAX; i++) {
        bool plain = text_is_code((struct text){word + i, 1}, 1) || word[i] == '/' || word[i] == ':';
        buf_put_char(line, (char)(plain ? word[i] : '?'));
    }
}

static void put_text_event(struct buf *line, enum log_level level, const char *event, const struct log_field *fields,
                           size_t count)
{
    buf_put_string(line, "time=");
    put_time(line);
    buf_printf(line, " level=%s event=", level_name(level));
    put_word(line, event);
    for (size_t i = 0; i < count; i++) {
        buf_printf(line, " %s=", fields[i].key);
        if (fields[i].word)
            put_word(line, fields[i].word);
        else
            buf_printf(line, "%lld", (long long)fields[i].number);
    }
    if (sink.process[0])
        buf_printf(line, " process=%s", sink.process);
    if (sink.request[0]) {
        buf_put_string(line, " request=");
        put_word(line, sink.request);
    }
}

/* A word has no character that JSON would have to escape. */
static void put_member(struct buf *line, const char *key, const char *word)
{
    buf_printf(line, "\"%s\":\"", key);
    put_word(line, word);
    buf_put_char(line, '"');
}

static void put_json_start(struct buf *line, enum log_level level, const char *event)
{
    buf_put_string(line, "{\"time\":\"");
    put_time(line);
    buf_printf(line, "\",\"level\":\"%s\",\"role\":\"%s\",\"pid\":%d,", level_name(level), sink.process,
               (int)getpid());
    put_member(line, "event", event);
    if (sink.request[0]) {
        buf_put_char(line, ',');
        put_member(line, "request_id", sink.request);
    }
}

static void put_json_event(struct buf *line, enum log_level level, const char *event, const struct log_field *fields,
                           size_t count)
{
    put_json_start(line, level, event);
    buf_put_string(line, ",\"fields\":{");
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_put_char(line, ',');
        if (fields[i].word)
            put_member(line, fields[i].key, fields[i].word);
        else
            buf_printf(line, "\"%s\":%lld", fields[i].key, (long long)fields[i].number);
    }
    buf_put_string(line, "}}");
}

static void write_line(struct buf *line)
{
    buf_put_char(line, '\n');
    if (buf_error(line) == ERR_OK) {
        ssize_t written = write(sink.fd, line->data, line->length);
        (void)written; /* a log that cannot be written has nobody to tell */
    }
    buf_free(line);
}

void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t count)
{
    struct buf line;
    if (!log_wants(level))
        return;
    buf_init(&line, LINE_BYTES_MAX);
    if (sink.format == LOG_AS_JSON)
        put_json_event(&line, level, event, fields, count);
    else
        put_text_event(&line, level, event, fields, count);
    write_line(&line);
}

/* RFC 8259 §7. What is no UTF-8 would be no JSON: bytes above ASCII become '?'. */
static void put_escaped(struct buf *line, const char *sentence)
{
    for (; *sentence; sentence++) {
        unsigned char byte = (unsigned char)*sentence;
        if (byte < ' ' || byte == 0x7f)
            buf_printf(line, "\\u%04x", byte);
        else if (byte > 0x7f)
            buf_put_char(line, '?');
        else if (byte == '"' || byte == '\\')
            buf_printf(line, "\\%c", byte);
        else
            buf_put_char(line, (char)byte);
    }
}

void log_say(enum log_level level, const char *sentence)
{
    struct buf line;
    if (!sink.open)
        return;
    buf_init(&line, LINE_BYTES_MAX);
    if (sink.format == LOG_AS_JSON) {
        put_json_start(&line, level, "said");
        buf_put_string(&line, ",\"text\":\"");
        put_escaped(&line, sentence);
        buf_put_string(&line, "\"}");
    } else {
        buf_put_string(&line, sentence);
    }
    write_line(&line);
}
