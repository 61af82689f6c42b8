#include "base/log.h"

#include "base/buf.h"
#include "base/date.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES_MAX = 4096, WORD_MAX = 64, MS_PER_DAY = 86400000 };

static struct {
    int fd;
    enum log_level from;
    struct clock clock;
    bool open;
} sink;

void log_open(int fd, enum log_level from, struct clock clock)
{
    sink.fd = fd;
    sink.from = from;
    sink.clock = clock;
    sink.open = true;
}

static const char *level_name(enum log_level level)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    return names[level];
}

static void put_time(struct buf *line, int64_t wall_ms)
{
    int64_t day = wall_ms / MS_PER_DAY, ms = wall_ms % MS_PER_DAY;
    char date[11];
    date_format((int32_t)day, date);
    buf_printf(line, "time=%sT%02d:%02d:%02d.%03dZ", date, (int)(ms / 3600000), (int)(ms / 60000 % 60),
               (int)(ms / 1000 % 60), (int)(ms % 1000));
}

static void put_word(struct buf *line, const char *word)
{
    for (size_t i = 0; word[i] && i < WORD_MAX; i++) {
        bool plain = text_is_code((struct text){word + i, 1}, 1) || word[i] == '/' || word[i] == ':';
        buf_put_char(line, (char)(plain ? word[i] : '?'));
    }
}

void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t count)
{
    if (!sink.open || level < sink.from)
        return;
    struct buf line;
    buf_init(&line, LINE_BYTES_MAX);
    put_time(&line, clock_wall_ms(&sink.clock));
    buf_printf(&line, " level=%s event=", level_name(level));
    put_word(&line, event);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&line, " %s=", fields[i].key);
        if (fields[i].word)
            put_word(&line, fields[i].word);
        else
            buf_printf(&line, "%lld", (long long)fields[i].number);
    }
    buf_put_char(&line, '\n');
    if (buf_error(&line) == ERR_OK) {
        ssize_t written = write(sink.fd, line.data, line.length);
        (void)written; /* a log that cannot be written has nobody to tell */
    }
    buf_free(&line);
}
