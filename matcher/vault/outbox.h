/*
 * outbox.h - what people must be told: rows that wait, the sender that works through them, and the engine's notices.
 *
 * A row names an account and a template, never an address or a text; both are looked up when it is sent. Where a message
 * carries a one-time code, that is drawn at that moment too, so no code ever lies in a database. The message goes to
 * `notify_command` (ipc/spawner.h). Exit status 75 (EX_TEMPFAIL), or none, means: again later, each time later, up to
 * `notify_attempts`; any other but 0 is final. Without a command everything waits.
 */
#ifndef VAULT_OUTBOX_H
#define VAULT_OUTBOX_H

#include "stagematch/internal/v1/vault.pb-c.h"
#include "vault/service.h"

MUST_USE enum err outbox_new(struct vault *vault, struct outbox **out);
void outbox_free(struct outbox *outbox);
MUST_USE enum err outbox_load(struct outbox *outbox);

/* Adds a notice for an account. `subject` is an id for the link, or empty. */
void outbox_add(struct vault *vault, struct edit *edit, const char *template, const uint8_t account_id[ID_BYTES],
                const char *subject);

/* What is due is sent; called on a timer. */
void outbox_send_due(struct outbox *outbox);

/* Asks the engine for what is new; called on a timer. */
void outbox_pull(struct outbox *outbox);

/* Forgets what was sent or given up long ago; called on a timer. */
void outbox_sweep(struct outbox *outbox);

/* Ids of notices, newest first, behind `after` (NULL: from the newest), in this state (0: any). */
size_t outbox_page(const struct outbox *outbox, const uint8_t *after, uint32_t state, size_t limit,
                   uint8_t (*ids)[ID_BYTES], bool *more);

/* Tries one again that was given up; message_free the row. ERR_MISSING. */
MUST_USE enum err outbox_retry(struct outbox *outbox, struct edit *edit, const uint8_t id[ID_BYTES],
                               Stagematch__Internal__V1__NoticeRow **out);

struct outbox_numbers {
    uint64_t sent, retried, bounced;
    size_t waiting;
    bool has_command;
};
struct outbox_numbers outbox_read_numbers(const struct outbox *outbox);

#endif
