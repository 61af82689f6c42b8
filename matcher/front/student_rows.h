/*
 * student_rows.h - the stagevragen of one import between the vault and the engine: in what order, in which messages.
 *
 * Order is what could tell on people (a file sorted by name), so it comes from the profiles alone. Before references are
 * drawn the rows are sorted by (profile bytes, school); afterwards rows that are equal in both are sorted by their random
 * stagevraag id, as soon as all of them have one: then they are settled. What the engine gets is a function of the set of
 * (profile, school, references), whatever the file's order. Sorting is cut into steps, so that the loop serves others in
 * between.
 *
 * A chunk is at most STUDENT_CHUNK rows. Its messages are put together from the rows' packed bytes.
 */
#ifndef FRONT_STUDENT_ROWS_H
#define FRONT_STUDENT_ROWS_H

#include "base/buf.h"
#include "front/student_reader.h"
#include "stagematch/internal/v1/saga.pb-c.h"

enum { STUDENT_CHUNK = 1000 };

struct student_rows {
    struct student_item *items; /* as handed in */
    size_t count, capacity;
    uint32_t *order;   /* numbers of items, sorted */
    uint32_t *scratch; /* for merging */
    size_t width;      /* runs of this length are sorted */
    size_t settled;    /* so many from the front have their final order */
    struct arena profiles;
    struct secret_pool secrets;
};

/* Empty, within these budgets. */
void student_rows_init(struct student_rows *rows, size_t profile_bytes_max, size_t secret_bytes_max);
void student_rows_free(struct student_rows *rows);

MUST_USE enum err student_rows_add(struct student_rows *rows, const struct student_item *item);

/* Makes ready for sorting; then steps until *done. */
MUST_USE enum err student_rows_sort_begin(struct student_rows *rows);
void student_rows_sort_step(struct student_rows *rows, bool *done);

size_t student_rows_chunks(const struct student_rows *rows);

/* Appends a packed StageStudentsRequest: the identities of a chunk. The bytes are secret. */
void student_rows_write_stage(const struct student_rows *rows, size_t chunk, struct text request_id, struct buf *out);

/*
 * Takes the references that the vault drew for a chunk, wipes its identities, and settles what can be. Chunks come in order.
 * ERR_MISMATCH: not one for each row, or of another length.
 */
MUST_USE enum err student_rows_take_references(struct student_rows *rows, size_t chunk,
                                               const Stagematch__Internal__V1__StageStudentsResponse *said);

/* Whether all rows of the chunk are settled, so that it may be committed. */
bool student_rows_is_settled(const struct student_rows *rows, size_t chunk);

/* Appends a packed CommitStudentsRequest: the profiles of a chunk under their references. */
void student_rows_write_commit(const struct student_rows *rows, size_t chunk, struct text request_id,
                               struct text stage_id, struct buf *out);

#endif
