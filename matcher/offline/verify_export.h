/*
 * verify_export.h - `stagematch verify --export FILE`: recomputes a round of the service from its blinded export.
 *
 * Checks, in this order, one line each: the input has the digest that sealing published, and its rows the Merkle root, where the
 * round has one; every nonce is the one that its school committed to, or the one that the rule puts in place of a withheld
 * one; the seed is drawn from the digest, the nonces and the beacon; the round, played again under that seed and the export's rules, passes the independent verifier; and gives the
 * export's matches, byte for byte. The lottery is drawn for the students' references.
 *
 * What that proves: whoever published the digest and the commitments before could not choose the result. What it cannot tell, and what
 * the program says: whether digest and commitments are those that were published (compare them with GetPublicRound or your own
 * notes), whether the profiles are true, whether the coordinates are right (`pc4` gives others), and what people decided afterwards
 * (the ledger). Where students were erased since, the input is no longer whole and the answer is ERR_MISSING.
 */
#ifndef OFFLINE_VERIFY_EXPORT_H
#define OFFLINE_VERIFY_EXPORT_H

#include "base/problem.h"

#include <stdio.h>

/*
 * `pc4`: a table of postcodes to use in place of the export's; NULL: none. ERR_OK: everything fits; ERR_MISMATCH: something does
 * not; ERR_MISSING: it cannot be recomputed any more; another error: it could not be checked.
 */
MUST_USE enum err verify_export_run(const char *path, const char *pc4, enum language language, FILE *to);

#endif
