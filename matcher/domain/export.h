/*
 * export.h - what a round gives out: its blinded input and matches, and the rows of a result with names.
 */
#ifndef DOMAIN_EXPORT_H
#define DOMAIN_EXPORT_H

#include "domain/export_lines.h"
#include "domain/round.h"

#define EXPORT_PC4_HEADER "pc4;lat;lon\n"
#define EXPORT_MATCHES_HEADER "school;studentnummer;van;leerbedrijf;leerplaats;rang;score;band;distance_m\n"

/* SHA-256 of the solve's matches as they are exported; in canonical order of the students. */
MUST_USE enum err export_matches_digest(const struct round_input *input, const SolveResult *result,
                                        uint8_t digest[DIGEST_BYTES]);

#endif
