/*
 * import.h - files of students and placements, row by row into the state.
 *
 * Rows come in chunks of at most WORK_RECORDS_MAX. What fits in one chunk is installed in the call that brings it. A larger file
 * is kept as chunks; the last one is the decision point; then market_work installs a chunk a turn, with a durable cursor, and
 * what is new stays hidden until the import is done, which is one row. After that the rows forget the import, again in pieces.
 *
 * A row that says nothing about wishes or exclusions leaves those that the student set as they are.
 */
#ifndef DOMAIN_IMPORT_H
#define DOMAIN_IMPORT_H

#include "domain/placement.h"
#include "domain/stagevraag.h"

typedef Stagematch__Internal__V1__StudentProfile StudentProfile;

/* How many rows were what. */
struct import_counts {
    uint32_t added, changed, same;
};

/* The key of a chunk, of an import or of matches: the id it belongs to and its number. */
enum { CHUNK_KEY_BYTES = 20 };
void chunk_key(ProtobufCBinaryData id, uint32_t chunk, uint8_t key[CHUNK_KEY_BYTES]);

/* Rows kept for a file, 0 .. chunk-1: are they all there? Their number and counts. */
struct kept_rows {
    bool complete;
    uint64_t row_count, new_count, changed_count, same_count;
};
struct kept_rows import_kept_rows(const struct context *context, ProtobufCBinaryData stage_id, uint32_t chunks);

/* Of a row in `identity_changed`, whose bits are as in CommitStudentsRequest. */
bool import_identity_changed(ProtobufCBinaryData bits, size_t row);

/*
 * Installs rows that were checked. `identity_changed` counts a row whose profile is the same as changed, and does nothing else.
 * `hidden_by`: an import that is under way, or empty.
 */
void import_install_student(struct context *context, const StudentProfile *row, bool identity_changed,
                            struct text hidden_by, struct import_counts *counts);
void import_install_placement(struct context *context, const Placement *row, const char *school, bool publish,
                              struct text hidden_by, struct import_counts *counts);

/* Decides a file of `chunks` chunks: an import that runs. */
void import_start(struct context *context, ProtobufCBinaryData id, uint32_t chunks, const struct kept_rows *rows,
                  bool publish);
void import_show(struct context *context, const ImportRecord *record, Stagematch__V1__Import **field);

extern const struct refusal refusal_chunk_missing, refusal_chunk_size;

bool import_has_work(const struct state *state);
void import_work(struct context *context);

handler_function handle_commit_students, handle_commit_placements, handle_get_import;

#endif
