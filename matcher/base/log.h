/*
 * log.h - one event a line, and never a person: as key=value for people, as an object of JSON for machines.
 *
 *   time=2027-02-01T01:02:03.123Z level=info event=stage name=read us=15 process=front.0 request=5f0c…
 *   {"time":"2027-02-01T01:02:03.123Z","level":"info","role":"front.0","pid":712,"event":"stage","request_id":"5f0c…",
 *    "fields":{"name":"read","us":15}}                                                      (on one line)
 *
 * A field is a number or a word. A word is a code of the program (an event, a state, an error): characters outside
 * [A-Za-z0-9._/:-] become '?', and what is longer than 64 is cut, so that a value that came from a file or a form cannot
 * forge a line or carry a sentence. There is no formatter for identity data, on purpose: its types do not fit a field.
 * log_say is for the one kind of sentence there is: what a person at the machine wrote in a file, and is told of.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_AS_TEXT, LOG_AS_JSON };

/* LOG_ID_BYTES: of a request's id with its NUL. */
enum { LOG_ID_BYTES = 65, LOG_PROCESS_BYTES = 32 };

struct log_field {
    const char *key;
    const char *word; /* NULL: the number counts */
    int64_t number;
};

#define LOG_NUMBER(name, value) ((struct log_field){(name), NULL, (int64_t)(value)})
#define LOG_WORD(name, value) ((struct log_field){(name), (value), 0})

/* Where lines go, from which level on, and whose clock stamps them. Until it is called nothing is logged. */
void log_open(int fd, enum log_level from, struct clock clock);

/* How lines look, and which process writes them: "front.0"; copied. Before it is called: text that names none. */
void log_identify(enum log_format format, const char *process);
enum log_format log_get_format(void);

/* The request that is worked on now: lines carry its id until the next call; "" or NULL: none. Copied, cut at LOG_ID_BYTES. */
void log_set_request(const char *id);
const char *log_get_request(void);

/* Whether a line of this level would be written: for what costs something to put together. */
bool log_wants(enum log_level level);

/* Writes one line with one write(2). */
void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t count);

/* A sentence for a person: as it is where the log is text, as {"event":"said","text":…} where it is JSON. */
void log_say(enum log_level level, const char *sentence);

#define LOG(level, event, ...)                                                                                       \
    log_event((level), (event), (const struct log_field[]){__VA_ARGS__},                                             \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))

#endif
