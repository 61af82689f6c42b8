/*
 * student_reader.h - the values of one stagevraag into two packed messages: who it is, for the vault, and what it looks for,
 * for the engine. Here the two part, and never meet again in one message.
 *
 * The profile is canonical: lists whose order means nothing are sorted, dates and codes have one form, defaults are written
 * out. So equal profiles have equal bytes, and sorting rows by them tells nothing of the order in which they came.
 *
 * The rules are those of intake/fields.h for profiles and of identity_fields.h for identities. Each rule that is broken
 * becomes a problem of the report.
 */
#ifndef FRONT_STUDENT_READER_H
#define FRONT_STUDENT_READER_H

#include "base/random.h"
#include "front/secret_pool.h"
#include "front/student_columns.h"
#include "intake/intake.h"

enum { REFERENCE_BYTES = 16, BRIN_BYTES = 4 };

/* One stagevraag, read. Its bytes live in the pools of its reader's owner. */
struct student_item {
    const uint8_t *profile; /* packed Profile */
    const uint8_t *staged;  /* packed StagedStudent; secret */
    uint32_t profile_bytes, staged_bytes;
    uint32_t index; /* place in the request, from 0 */
    char school[BRIN_BYTES + 1];
    uint8_t student_ref[REFERENCE_BYTES], stagevraag_id[REFERENCE_BYTES]; /* drawn by the vault */
    bool identity_changed;                                                /* said by the vault */
};

struct student_rules {
    const struct postcodes *postcodes;
    char *const *schools; /* those of the caller */
    size_t school_count;
    int32_t today; /* days since 1970-01-01 */
    const struct random_source *random;
};

struct student_reader;

/* What it is given must outlive it. `columns` gives the names for problems. */
MUST_USE enum err student_reader_new(const struct student_rules *rules, const struct table_column *columns,
                                     struct file_report *report, struct arena *profiles, struct secret_pool *secrets,
                                     struct student_reader **out);
void student_reader_free(struct student_reader *reader);

/*
 * Reads one row. A row with a problem gives ERR_INPUT and no item; the problems are in the report. A key (school, number,
 * start) that came before is a problem. Otherwise ERR_OK or ERR_MEMORY.
 */
MUST_USE enum err student_reader_read(struct student_reader *reader, const struct table_row *row, bool needs_support,
                                      struct student_item *out);

/* Notes that the file has a column that is dropped unread. */
void student_report_dropped(struct file_report *report, const char *column);

#endif
