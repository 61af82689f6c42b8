/*
 * state.h - all that the engine knows, in memory: records by kind and key, the indexes over them, and what changed.
 *
 * A record is a message of proto/stagematch/internal/v1/record.proto, owned by the state, whole in memory; the database holds
 * the same bytes. The state is the only one that adds, changes and removes records, keeps the indexes true, and remembers
 * what changed since state_take_changes, so that a turn of the loop is one transaction.
 *
 * Pure: no clock, no randomness, no input or output. Records and indexes are ordered by their keys alone, never by arrival, so
 * that a state loaded from the store behaves as the one that wrote it. Lookups and steps of a scan are O(log n).
 *
 * Changing a record: `state_edit` gives it for writing and marks it; state_edited afterwards brings the indexes up to date (it
 * may be left out where no indexed field can have changed). Strings and arrays in records are replaced by message_assign_* and
 * message_append_* (records.h).
 */
#ifndef DOMAIN_STATE_H
#define DOMAIN_STATE_H

#include "api/id.h"
#include "base/text.h"

#include <protobuf-c/protobuf-c.h>

enum record_kind {
    RECORD_STAGEVRAAG,
    RECORD_PLACEMENT,
    RECORD_ROUND,
    RECORD_MATCH_CHUNK,
    RECORD_PROPOSAL,
    RECORD_TASK,
    RECORD_STAGE,
    RECORD_IMPORT_CHUNK,
    RECORD_IMPORT,
    RECORD_NOTICE,
    RECORD_DECISION,
    RECORD_ANSWER,
    RECORD_REPORT,
    RECORD_SIGNAL_COUNTS,
    RECORD_SIGNAL,
    RECORD_SIGNAL_EVENT,
    RECORD_POINT,
    RECORD_CASE,
    RECORD_CASE_EVIDENCE,
    RECORD_MEASURE,
    RECORD_MONITOR,
    RECORD_KIND_COUNT,
};

/* The table's name in the store: "stagevraag", "placement", … */
const char *record_kind_name(enum record_kind kind);

struct state;

MUST_USE enum err state_new(struct state **out);
void state_free(struct state *state);

/* Puts back a row of the store; no change. ERR_INPUT for bytes that are no such record or a key that is not its own. */
MUST_USE enum err state_restore(struct state *state, enum record_kind kind, struct text key, struct text value);
/* The ledger's next number is last_seq + 1. */
void state_restore_ledger(struct state *state, uint64_t last_seq);

/* Borrowed, for reading; NULL where there is none. Valid until it is removed. */
const void *state_find(const struct state *state, enum record_kind kind, struct text key);

/* Takes ownership of `message` whatever happens. ERR_EXISTS where the key is taken. */
MUST_USE enum err state_add(struct state *state, enum record_kind kind, ProtobufCMessage *message);
void *state_edit(struct state *state, enum record_kind kind, struct text key);
MUST_USE enum err state_edited(struct state *state, enum record_kind kind, void *record);
MUST_USE enum err state_remove(struct state *state, enum record_kind kind, struct text key);

size_t state_count(const struct state *state, enum record_kind kind);

/* How many times something was added, changed or removed; equal before and after: nothing changed. */
uint64_t state_mutations(const struct state *state);

/* Every record of a kind, in key order; for loading, dumps and tests. */
MUST_USE enum err state_each(const struct state *state, enum record_kind kind,
                             enum err (*visit)(void *context, const ProtobufCMessage *record), void *context);

/*
 * Indexes. Each holds some records of one kind in the order of a key; the comment says what it is made of. A string stands in
 * a key with a NUL behind it, a number big-endian, an id as its 16 bytes; every key ends in the record's own.
 */
enum state_index {
    INDEX_STAGEVRAAG_SCHOOL,  /* school */
    INDEX_STAGEVRAAG_STUDENT, /* student_ref */
    INDEX_STAGEVRAAG_ROUND,  /* round_id, qualification, leerweg (1 byte), of the sealed profile where there is one */
    INDEX_STAGEVRAAG_HIDDEN, /* hidden_by; only those that are hidden */
    INDEX_PLACEMENT_LEERBEDRIJF, /* leerbedrijf, leerplaats */
    INDEX_PLACEMENT_ROUND,       /* round_id; only those in one */
    INDEX_PLACEMENT_ROUND_NAME,  /* round_id, leerplaats; only those in one */
    /* A record stands in an index once, and a placement takes several qualifications: round_id and the first to fourth of the sealed
       criteria, and round_id of those with more. explain.c goes through all. */
    INDEX_PLACEMENT_ROUND_OFFER,
    INDEX_PLACEMENT_ROUND_OFFER_2,
    INDEX_PLACEMENT_ROUND_OFFER_3,
    INDEX_PLACEMENT_ROUND_OFFER_4,
    INDEX_PLACEMENT_ROUND_OFFER_MORE,
    INDEX_PLACEMENT_STATE,      /* state (1 byte) */
    INDEX_PLACEMENT_HIDDEN,     /* hidden_by; only those that are hidden */
    INDEX_ROUND_STATE,          /* state (1 byte) */
    INDEX_ROUND_REMATCH,        /* only rounds with rematch_from_seq */
    INDEX_ROUND_RETRY,          /* rematch_retry_ms (8 bytes); only rounds whose re-match waits until then */
    INDEX_CHUNK_ROUND,          /* of match chunks: round_id, chunk */
    INDEX_PROPOSAL_SCHOOL,      /* school */
    INDEX_PROPOSAL_STUDENT,     /* student_ref */
    INDEX_PROPOSAL_STAGEVRAAG,  /* stagevraag_id */
    INDEX_PROPOSAL_PLACEMENT,   /* placement_id; in every state */
    INDEX_PROPOSAL_ROUND,       /* round_id; in every state */
    INDEX_PROPOSAL_CANDIDATE,   /* candidate: the label; one record each */
    INDEX_PROPOSAL_LEERBEDRIJF, /* leerbedrijf, candidate; only those shown to the company */
    INDEX_RUNNING_PLACEMENT,    /* placement_id; only proposals that have not ended */
    INDEX_RUNNING_ROUND,        /* round_id; only proposals that have not ended */
    INDEX_TASK_OWNER,           /* role (1 byte), scope, due_ms (8 bytes); only those that are there */
    INDEX_TASK_PROPOSAL,        /* proposal_id */
    INDEX_TASK_PLACEMENT,       /* placement_id; only tasks without a proposal */
    INDEX_TASK_STAGEVRAAG,      /* stagevraag_id; only tasks without a proposal */
    INDEX_TASK_ROUND,           /* round_id; only tasks without a proposal */
    INDEX_TASK_SUBJECT,         /* subject_id; only tasks with one */
    INDEX_TASK_TIMER,           /* the next of open_ms, reminder_ms, due_ms (8 bytes); only those with one */
    INDEX_STAGE_OPEN,           /* time_ms (8 bytes); only stages that are open */
    INDEX_STAGE_COMMITTED,      /* time_ms (8 bytes); only stages that are committed */
    INDEX_STAGE_FENCED,         /* time_ms (8 bytes); only stages that are fenced */
    INDEX_IMPORT_RUNNING,       /* only imports that run */
    INDEX_ANSWER_EXPIRY,        /* expire_ms (8 bytes) */
    INDEX_REPORT_SCHOOL,        /* school */
    INDEX_REPORT_LEERBEDRIJF,   /* leerbedrijf; only reports that name one */
    INDEX_SIGNAL_COUNTS_UNIT,   /* unit_kind (1 byte), unit, school */
    INDEX_SIGNAL_COUNTS_SCHOOL, /* school, unit_kind (1 byte); none of strata */
    INDEX_SIGNAL_SCHOOL, /* school; what merits attention first: 255 - status (1 byte), the last event (8 bytes, newest first) */
    INDEX_SIGNAL_UNIT,         /* unit_kind (1 byte), unit, rule (1 byte) */
    INDEX_SIGNAL_EVENT_SCHOOL, /* school, rule (1 byte), time (8 bytes, newest first) */
    INDEX_POINT_SCHOOL,        /* school, whether completed (1 byte), time (8 bytes, newest first) */
    INDEX_CASE_SCHOOL,         /* school, when it was opened (8 bytes, newest first) */
    INDEX_CASE_SECOND,         /* second_school; only while it closes */
    INDEX_CASE_COMPANY, /* leerbedrijf, when it was opened (8 bytes, newest first); only those in which it was asked something */
    INDEX_MEASURE_SCHOOL, /* school, when it was taken (8 bytes, newest first) */
    INDEX_MEASURE_CASE,   /* case_id; only those taken in one */
    INDEX_MEASURE_STOP,   /* school, leerbedrijf; only those that are active and pause or end the cooperation */
    STATE_INDEX_COUNT,
};

enum { INDEX_KEY_BYTES_MAX = 384 };

/* A key, or the beginning of one, put together part by part. Too long a part is cut; such a key matches no record. */
struct index_key {
    size_t length;
    uint8_t bytes[INDEX_KEY_BYTES_MAX];
};
void index_key_start(struct index_key *key);
void index_key_string(struct index_key *key, const char *string); /* with its NUL */
void index_key_bytes(struct index_key *key, struct text bytes);
void index_key_u8(struct index_key *key, unsigned value);
void index_key_u64(struct index_key *key, uint64_t value);

/*
 * Goes through the records whose key begins with `prefix`, in order. Each step looks up where it is, so records may be changed,
 * added and removed on the way: what lies before the scan's place is not seen, what lies behind it is.
 */
struct scan {
    const struct state *state;
    enum state_index index;
    size_t prefix_length;
    bool inclusive; /* the first step takes a record at `at` itself */
    struct index_key at;
};
void scan_start(struct scan *scan, const struct state *state, enum state_index index, const struct index_key *prefix);
void scan_id(struct scan *scan, const struct state *state, enum state_index index, struct text id);
void scan_string(struct scan *scan, const struct state *state, enum state_index index, const char *string);
void scan_all(struct scan *scan, const struct state *state, enum state_index index);
const void *scan_next(struct scan *scan); /* NULL at the end */

/* The same over all records of a kind, in key order, after `after` (length 0: from the first). NULL at the end. */
const void *state_next(const struct state *state, enum record_kind kind, struct text after);

/* The last of a kind in key order; NULL where there is none. */
const void *state_last(const struct state *state, enum record_kind kind);

/* The one placement of this leerbedrijf and leerplaats, the proposal with this label; NULL where there is none. */
const void *state_placement_at(const struct state *state, const char *leerbedrijf, const char *leerplaats);
const void *state_candidate(const struct state *state, const char *candidate);

/* The number of the ledger's newest entry; 0: none. */
uint64_t state_ledger_seq(const struct state *state);

/* Appends a ledger entry to the changes and gives its sequence number. `payload` is a LedgerPayload. */
MUST_USE enum err state_ledger(struct state *state, int64_t time_ms, const char *kind, struct text subject,
                               const ProtobufCMessage *payload, uint64_t *seq);

/* What changed since the last call: each record once, as it is now, by kind and key, and the ledger entries in order. */
struct change {
    enum record_kind kind;
    struct text key;
    struct text value; /* data NULL: removed */
};
struct ledger_change {
    int64_t time_ms;
    const char *kind;
    struct text subject, payload;
    uint64_t seq;
};
struct changes {
    struct change *records;
    size_t record_count;
    struct ledger_change *entries;
    size_t entry_count;
    const uint32_t *views; /* that these changes touch (api/views.h), each once */
    size_t view_count;
    bool all_views; /* too many to name */
    void *owner;    /* memory behind the views */
};
MUST_USE enum err state_take_changes(struct state *state, struct changes *out);
void changes_free(struct changes *changes);

#endif
