/*
 * prepare.h - what the parent makes before it starts a role: folders, the lock on them, sockets and keys.
 *
 * Only the parent needs the rights for these: it may be root, the roles are not.
 */
#ifndef SERVE_PREPARE_H
#define SERVE_PREPARE_H

#include "base/conf.h"
#include "ipc/channel.h"
#include "serve/certificate.h"
#include "serve/handed.h"

enum { SERVICE_KEY_BYTES = 32, SERVICE_ADDRESS_BYTES = 64, SERVICE_URL_BYTES = SERVICE_ADDRESS_BYTES + 8 };

struct preparation {
    int lock_fd; /* held as long as the service runs */
    int listen_fd, metrics_fd;
    int redirect_fd; /* -1: none */
    int numbers_fd;  /* memory in which the fronts keep what they count (front/numbers.h) */
    bool
        is_anothers; /* the lock, and with it the address files, belong to the service whose place this one is to take */
    char address[SERVICE_ADDRESS_BYTES]; /* as bound: "127.0.0.1:8080" */
    char url[SERVICE_URL_BYTES];         /* for people: with http:// or https:// before it */
    char *folders[ROLE_NAME_COUNT];      /* NULL for a role without files */
    uint8_t *assertion_key;              /* guarded memory; new at every start of the service */
    uint8_t *cache_key;                  /* the same */
    uint8_t *master_key;
    struct certificate certificate; /* of TLS; may be replaced while the service runs */
};

/* ERR_INPUT where a value cannot be right, whatever the machine; one line each in `complaints`. */
MUST_USE enum err prepare_check(const struct settings *settings, FILE *complaints);

/* ERR_INPUT where a setting differs that only a new start can change. */
MUST_USE enum err prepare_check_same(const struct settings *now, const struct settings *next, FILE *complaints);

/*
 * Does all of it, with the sockets and the lock that were handed over where there are any, which are taken out of `handed`. What
 * fails is said in `complaints` with what to do.
 */
MUST_USE enum err prepare_service(const struct settings *settings, struct handed *handed, struct preparation *out,
                                  FILE *complaints);

/* The service is this one now: says so in the lock's file, by its process. */
void prepare_own(struct preparation *preparation);

/* Takes the next certificate; wipes the one before. */
void prepare_replace_certificate(struct preparation *preparation, const struct certificate *next);

/* Closes, wipes and frees; the address files go where they are this service's, the data stay. */
void prepare_undo(const struct settings *settings, struct preparation *preparation);

/* Writes a new random master key to `path`, which must not be there: ERR_EXISTS. errno tells of other errors. */
MUST_USE enum err prepare_master_key(const char *path);

#endif
