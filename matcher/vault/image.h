/*
 * image.h - the vault's rows as its code sees them: what is committed, what is on its way, and one call's own changes.
 *
 * The databases hold the rows; reading one costs a lookup, so nothing but small indexes is kept in memory. Layers of changes
 * lie over them:
 *
 *   edit    what one call wants to change; dropped, or joined to the next commit as a whole
 *   next    edits that wait for the commit that runs now
 *   flying  the commit that runs now
 *   landed  what was committed last, so that what is needed again soon is found without the database
 *
 * Reading looks through all of them, so a call sees what went before it although that is not durable yet. Whoever answers
 * after its own commit therefore answers nothing that can still be lost. Edits that come while a commit runs share the
 * next one: that is the group commit, and it needs no timer.
 *
 * Within one commit the key database goes first: a person's key is there before its row, and is gone before its row.
 *
 * When a commit fails, everything that was built on it fails too, `reload` is called once nothing is left, and commits are
 * taken again after the databases can be written.
 */
#ifndef VAULT_IMAGE_H
#define VAULT_IMAGE_H

#include "store/store.h"

#include <protobuf-c/protobuf-c.h>

enum table {
    TABLE_PERSON,
    TABLE_REFERENCE,  /* student_ref → key of its person */
    TABLE_STAGEVRAAG, /* stagevraag_id → key of its person */
    TABLE_STAGE,
    TABLE_STAGE_CHUNK,
    TABLE_ATTEMPT, /* expiring */
    TABLE_TEXT,
    TABLE_GRANT,
    TABLE_ACCOUNT,
    TABLE_EMAIL,     /* blind index → account_id */
    TABLE_SESSION,   /* expiring */
    TABLE_API_TOKEN, /* expiring */
    TABLE_CODE,      /* expiring */
    TABLE_THROTTLE,  /* expiring */
    TABLE_ANSWER,    /* expiring */
    TABLE_NOTICE,
    TABLE_CURSOR,     /* "notices" → sequence number, 8 bytes, big-endian */
    TABLE_SCHOOL_KEY, /* brin → wrapped key */
    TABLE_CHECKPOINT,
    TABLE_MISSING_CONTACT, /* brin → where its students wait for a contact whom it has checked */
    TABLE_ORIGIN,          /* student_ref → what the student said, for group statistics */
    TABLE_GROUP_SCHOOL,    /* brin → whether the school uses group statistics */
    TABLE_GROUP_DECISION,  /* number → a decision of the open period */
    TABLE_GROUP_BLOCK,     /* hash of period and stratum → closed block */
    TABLE_GROUP_STATUS,    /* "statuses" → what left at the end of the last period */
    TABLE_MASTER,          /* "public_key" → that of the master key which the data were made with */
    TABLE_REPORT,
    TABLE_REPORT_WAY,  /* hash of the code to come back with → report_id */
    TABLE_REPORT_PART, /* a piece of a file */
    TABLE_VAULT_COUNT,
    /* In the key database. */
    TABLE_PERSON_KEY = TABLE_VAULT_COUNT, /* student_ref → wrapped key */
    TABLE_STAGE_KEY,                      /* stage_id → wrapped key */
    TABLE_REPORT_KEY,                     /* report_id → wrapped key */
    TABLE_COUNT,
};

struct image;
struct layer;

struct image_options {
    const char *folder; /* vault.sqlite and keys.sqlite lie here */
    unsigned lock_wait_ms;
    /* After a failed commit: what is kept in memory beside the image must be made again. */
    void (*reload)(void *context);
    void *context;
};

MUST_USE enum err image_open(const struct image_options *options, struct event_base *base, struct image **out,
                             struct buf *complaint);

/* Waits for what is flying; what waits behind it is dropped, and no `done` is called any more. */
void image_close(struct image *image);

/* One row; ERR_MISSING. Appends the value. */
MUST_USE enum err image_get(struct image *image, enum table table, struct text key, struct buf *out);

/* Every committed row, in key order; at start, and in `reload`. */
MUST_USE enum err image_load(struct image *image, enum table table,
                             enum err (*row)(void *context, struct text key, struct text value), void *context);

/* Calls `idle` in this turn or a later one, when nothing waits or flies any more. One at a time. */
void image_when_idle(struct image *image, void (*idle)(void *context), void *context);

struct ledger_head image_ledger_head(const struct image *image);

/* Whether the last commit went well: what readiness says. */
bool image_is_writable(const struct image *image);
struct store_numbers image_numbers(const struct image *image, bool keys);

/* A call's changes. Errors are kept and come out of edit_commit, so writing needs no checks. */
struct edit {
    struct image *image;
    struct layer *layer;
    enum err error;
};

void edit_begin(struct edit *edit, struct image *image);

/* Reads through the edit's own changes. */
MUST_USE enum err edit_get(struct edit *edit, enum table table, struct text key, struct buf *out);

/* Reads a message; message_free it. ERR_MISSING. */
MUST_USE enum err edit_get_message(struct edit *edit, enum table table, struct text key,
                                   const ProtobufCMessageDescriptor *descriptor, void *out);
void edit_put(struct edit *edit, enum table table, struct text key, struct text value);
void edit_put_message(struct edit *edit, enum table table, struct text key, const void *message);
void edit_delete(struct edit *edit, enum table table, struct text key);
void edit_ledger(struct edit *edit, int64_t time_ms, const char *kind, struct text subject, struct text payload);

bool edit_has_changes(const struct edit *edit);

/*
 * Ends the edit: its changes are seen by everybody from now on, and `done` comes in a later turn once they are durable, or with
 * the error that undid them. On error nothing was changed and `done` is not called. An edit without changes waits for what
 * is on its way, like any other. `done` may be NULL.
 */
MUST_USE enum err edit_commit(struct edit *edit, void (*done)(void *context, enum err result), void *context);

/* Drops its changes. */
void edit_abort(struct edit *edit);

/*
 * Rows of expiring tables begin with the moment they expire (milliseconds, 8 bytes, big-endian). An expired row is missing to
 * edit_get_live, and expiry.h deletes it some time later.
 */
void edit_put_live(struct edit *edit, enum table table, struct text key, int64_t expire_ms, const void *message);
MUST_USE enum err edit_get_live(struct edit *edit, enum table table, struct text key, int64_t now_ms,
                                const ProtobufCMessageDescriptor *descriptor, void *out);

/* The expiry at the head of such a value; 0 where it is none. */
int64_t live_expire_ms(struct text value);

/* Where edit_put_live says that a row will expire; may be NULL. */
void image_watch_expiry(struct image *image,
                        void (*watch)(void *context, enum table table, struct text key, int64_t expire_ms),
                        void *context);

#endif
