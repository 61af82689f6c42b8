/*
 * redis.h - a real redis-server for one test, and waiting for what it does.
 */
#ifndef SUPPORT_REDIS_H
#define SUPPORT_REDIS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct event_base;

struct redis_process {
    pid_t pid;
    char folder[64]; /* its own; removed at the end */
    char socket[96];
};

/* Whether the program is there; says so on stderr when it is not: the test is to be skipped then. */
bool redis_is_there(void);

/*
 * Starts redis-server in a new folder with these further arguments (NULL at the end), listening at `socket`, and waits until one can
 * connect there. It ends with the test.
 */
void redis_begin(struct redis_process *redis, const char *const *arguments);

/* Ends it at once and starts it again, with these arguments, at the same place. */
void redis_kill(struct redis_process *redis);
void redis_again(struct redis_process *redis, const char *const *arguments);

/* Ends it and removes its folder. */
void redis_end(struct redis_process *redis);

/* Sends a command past the client under test, by words joined by blanks, and gives the beginning of its answer as text. */
void redis_tell(const struct redis_process *redis, const char *command, char *answer, size_t size);

/* Turns the loop until `holds` or many seconds have passed; fails the test then. */
void loop_until(struct event_base *base, bool (*holds)(void *context), void *context, const char *what);

/* Turns the loop for this long. */
void loop_for(struct event_base *base, int ms);

/* A port of loopback that is free now. */
int free_port(void);

#endif
