/*
 * placement_reader.h - rows of placements.csv into packed Placement messages, one after another in the order of the file.
 *
 * The rules are those of intake/fields.h. Each that is broken becomes a problem of the report.
 */
#ifndef FRONT_PLACEMENT_READER_H
#define FRONT_PLACEMENT_READER_H

#include "intake/columns.h"
#include "intake/intake.h"

struct placement_reader;

/* What it is given must outlive it; packed messages are put into `arena`. */
MUST_USE enum err placement_reader_new(const struct postcodes *postcodes, struct file_report *report,
                                       struct arena *arena, struct placement_reader **out);
void placement_reader_free(struct placement_reader *reader);

/* Reads one row. ERR_INPUT: it has problems, which are in the report. Otherwise ERR_OK or ERR_MEMORY. */
MUST_USE enum err placement_reader_read(struct placement_reader *reader, const struct table_row *row,
                                        struct text *packed);

#endif
