/*
 * hr_binary.h - hospitals/residents instances in the binary form HRB1, little-endian:
 *
 *   u32 magic "HRB1", u32 N students, u32 M placements, u32 classes, u64 E
 *   u32 off[N+1]; u32 adj[E] (student order, best first); u16 score[E] (the placement's class of that student)
 *   u32 lot[N] (0 .. N-1, each once, the higher wins a tie); u16 cap[M]
 */
#ifndef MATCH_HR_BINARY_H
#define MATCH_HR_BINARY_H

#include "base/problem.h"
#include "match/hr.h"

/* Whether the bytes begin with the magic. */
bool hr_binary_is(struct text bytes);

/* Reads an instance. Everything is checked before it is used; problems name the array and index. */
MUST_USE enum err hr_binary_read(struct text bytes, struct hr *out, struct problems *problems);

#endif
