/*
 * log.h - one event a line, as key=value, and never a person.
 *
 * A field is a number or a word. A word is a code of the program (an event, a state, an error): characters outside
 * [A-Za-z0-9._/:-] become '?', and what is longer than 64 is cut, so that a value that came from a file or a form cannot
 * forge a line or carry a sentence. There is no formatter for identity data, on purpose: its types do not fit a field.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/clock.h"

#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_field {
    const char *key;
    const char *word; /* NULL: the number counts */
    int64_t number;
};

#define LOG_NUMBER(name, value) ((struct log_field){(name), NULL, (int64_t)(value)})
#define LOG_WORD(name, value) ((struct log_field){(name), (value), 0})

/* Where lines go, from which level on, and whose clock stamps them. Until it is called nothing is logged. */
void log_open(int fd, enum log_level from, struct clock clock);

/* Writes "time=… level=… event=… key=value …" with one write(2). */
void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t count);

#define LOG(level, event, ...)                                                                                       \
    log_event((level), (event), (const struct log_field[]){__VA_ARGS__},                                             \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))

#endif
