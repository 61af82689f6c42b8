/*
 * label.h - the name under which a company knows a candidate: HMAC-SHA256 of the proposal's id under a key of the engine.
 *
 * The first 60 bits, as twelve characters of Crockford's base 32 (no I, L, O, U). It says nothing about the proposal, the student
 * or the order in which proposals were made, and lists of candidates are ordered by it.
 */
#ifndef BLIND_LABEL_H
#define BLIND_LABEL_H

#include <stdint.h>

enum { LABEL_KEY_BYTES = 32, LABEL_ID_BYTES = 16, LABEL_BYTES = 13 };

void blind_label(const uint8_t key[LABEL_KEY_BYTES], const uint8_t proposal_id[LABEL_ID_BYTES],
                 char out[LABEL_BYTES]);

#endif
