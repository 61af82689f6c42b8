/*
 * export_lines.h - a round's input as text, in the offline round's canonical form (offline/canonical.h).
 *
 * `students.csv` has the student's reference, 32 hexadecimal digits, where offline has the student number; pairs that an
 * earlier end barred stand among the exclusions. `placements.csv` has the leerbedrijf for the company's name, and zeros for its
 * KvK number: neither is looked at, and both may change. The bytes are the same for the same input, so their SHA-256 is what sealing
 * publishes: digest = SHA-256 of students.csv followed by placements.csv. So is the root of a Merkle tree over the rows, for proofs
 * of one entry.
 *
 * Who recomputes a round from it: as offline, but the lottery is drawn for the reference's 16 bytes themselves.
 */
#ifndef DOMAIN_EXPORT_LINES_H
#define DOMAIN_EXPORT_LINES_H

#include "base/buf.h"
#include "base/digest.h"
#include "domain/market_build.h"

#define EXPORT_STUDENTS_HEADER                                                                                       \
    "school;studentnummer;postcode;opleiding;leerweg;leerjaar;van;tot;uren;dagen;max_km;vaardigheden;tags;"          \
    "uitsluiten;voorkeuren\n"
#define EXPORT_PLACEMENTS_HEADER                                                                                     \
    "leerplaats;leerbedrijf;bedrijfsnaam;kvk;postcode;opleidingen;leerweg;plaatsen;van;tot;uren;dagen;eisen;"        \
    "wegingen;tags\n"

enum { EXPORT_LINE_BYTES_MAX = 1 << 20 };

/* One line each, of an arranged input. */
void export_student_line(struct buf *buf, const struct round_input *input, const struct input_student *student);
void export_placement_line(struct buf *buf, const struct input_place *place);

/* A line without its end: what one entry of the round is hashed and proved as. Clear `buf` first. */
struct text export_row(const struct buf *buf);

/* SHA-256 over both files, and the Merkle root over their rows without the headings (base/merkle.h). ERR_MEMORY alone. */
MUST_USE enum err export_digest(const struct round_input *input, uint8_t digest[DIGEST_BYTES],
                                uint8_t entries_root[DIGEST_BYTES]);

#endif
