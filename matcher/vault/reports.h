/*
 * reports.h - reports as the vault keeps them: rows, keys, the index over all of them, and who may read one. Inside the vault only.
 *
 * A report has a key of its own in the key database, wrapped by its school's; destroying that row makes text, grounds, files and
 * reporter unreadable, in backups too. What is not sealed is what a list shows, and is the same as the engine knows.
 *
 * The reporter comes back with a code: 140 random bits, written in groups; the vault keeps its hash, and finds the report by that.
 */
#ifndef VAULT_REPORTS_H
#define VAULT_REPORTS_H

#include "stagematch/internal/v1/vault.pb-c.h"
#include "stagematch/v1/report.pb-c.h"
#include "vault/persons.h"
#include "vault/service.h"

typedef Stagematch__Internal__V1__ReportRow ReportRow;
typedef Stagematch__Internal__V1__ReportPlain ReportPlain;

enum {
    REPORT_TEXT_BYTES_MAX = 16 << 10,
    REPORT_NAME_BYTES_MAX = 200,
    REPORT_LETTERS_MAX = 100,
    REPORT_FILES_MAX = 5,
    REPORT_FILE_BYTES_MAX = 10 << 20,
    REPORT_PART_BYTES_MAX = 512 << 10,
    REPORT_CODE_GROUP = 4,
    REPORT_BACK_CHARACTERS = 28, /* 5 bits each */
    REPORT_SCHOOL_CHARACTERS = 16,
    REPORT_CODE_BYTES = 48, /* with hyphens and a NUL */
    REPORT_PART_KEY_BYTES = ID_BYTES + 4,
};

#define REPORT_STATE(name) STAGEMATCH__V1__REPORT_STATE__REPORT_STATE_##name
#define REPORT_DESK(name) STAGEMATCH__V1__REPORT_DESK__REPORT_DESK_##name
#define REPORT_SOURCE(name) STAGEMATCH__V1__REPORT_SOURCE__REPORT_SOURCE_##name

/* What the index knows of one; the row is the truth. */
struct report_entry {
    uint8_t id[ID_BYTES];
    char school[SCHOOL_BYTES_MAX + 1];
    unsigned desk, state; /* enums ReportDesk, ReportState */
    int64_t create_ms, answer_by_ms, close_ms;
    bool reminded;
};

MUST_USE enum err reports_new(struct reports **out);
void reports_free(struct reports *reports);
MUST_USE enum err reports_load(struct reports *reports, struct image *image);

/* The oldest first; NULL behind the last. Valid until one is written. */
const struct report_entry *reports_at(const struct reports *reports, size_t index);
/* Its place in that order, or the number of all. */
size_t reports_find(const struct reports *reports, const uint8_t id[ID_BYTES]);

/* Rows; message_free them. ERR_MISSING. */
MUST_USE enum err report_read(struct edit *edit, struct text id, ReportRow **out);

/* Puts the row, with its next version, and brings the index up to date. */
void report_write(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], ReportRow *row);

/* The key of a report; made. ERR_MISSING: it was destroyed. */
MUST_USE enum err report_key(struct vault *vault, struct edit *edit, const char *school, struct text id,
                             struct secret_key *out);
MUST_USE enum err report_key_make(struct vault *vault, struct edit *edit, const char *school, struct text id,
                                  struct secret_key *out);

/* What is sealed: opened (message_free_wiped it), and sealed into the row, which is to be written. */
MUST_USE enum err report_open(struct vault *vault, struct edit *edit, struct text id, const ReportRow *row,
                              ReportPlain **out);
MUST_USE enum err report_seal(struct vault *vault, struct edit *edit, struct text id, const ReportPlain *plain,
                              ReportRow *row);

/* A letter more. ERR_RANGE: there are too many. */
MUST_USE enum err report_add_letter(struct vault *vault, ReportPlain *plain, const char *text,
                                    const uint8_t *account_id);

/* All but its files goes: the key first, then the rows. */
void report_erase(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], const ReportRow *row);

/*
 * The reports that a student made with a session, in the student's row: sealed under the person's key, so that they are found by an
 * erasure and by nothing else. The ids behind each other; wipe `out`.
 */
MUST_USE enum err report_note_person(struct vault *vault, struct edit *edit, struct text report_id,
                                     PersonRow *person);
MUST_USE enum err reports_of_person(struct vault *vault, struct edit *edit, const PersonRow *person, struct buf *out);

/* Whether this reviewer may know of it. */
bool report_is_for(const struct caller *caller, const ReportRow *row);
bool report_entry_is_for(const struct caller *caller, const struct report_entry *entry);

/* Tells the reviewers who may read it, with a message that says no more than that something waits. */
void report_tell(struct vault *vault, struct edit *edit, const char *template, const char *school, unsigned desk);

/* Codes: drawn, in groups; the hash of what somebody typed, however it is written. */
void report_code_draw(const struct vault *vault, size_t characters, char out[REPORT_CODE_BYTES]);
void report_code_hash(struct text typed, uint8_t out[BLAKE_BYTES]);

/* The key of a part's row. */
void report_part_key(struct text file_id, uint32_t part, uint8_t out[REPORT_PART_KEY_BYTES]);

/* An entry in the vault's ledger: ids alone. `caller` may be NULL. */
void report_audit(struct vault *vault, struct edit *edit, const char *kind, struct text id,
                  const struct caller *caller);

/* As a row of a list. `out` borrows from `row`; the times are in it. */
struct report_shown {
    Stagematch__V1__ReportSummary message;
    Stagematch__V1__ReportConsent consent;
    Google__Protobuf__Timestamp created, answer_by;
    char id[ID_HEX_BYTES];
};
void report_show(const uint8_t id[ID_BYTES], const ReportRow *row, struct report_shown *out);

/* Milliseconds as a message of the API. */
void report_time(int64_t ms, Google__Protobuf__Timestamp *out);

/*
 * A limit of so many a day of one address, account, school, or (parts of files) report; counted from the first of them. *allowed: this one is within it, and
 * was counted.
 */
enum report_quota { REPORT_QUOTA_ADDRESS, REPORT_QUOTA_SCHOOL, REPORT_QUOTA_ACCOUNT, REPORT_QUOTA_PARTS };
MUST_USE enum err report_quota_take(struct vault *vault, struct edit *edit, enum report_quota quota, struct text name,
                                    bool *allowed);

#endif
