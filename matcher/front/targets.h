/*
 * targets.h - what serves a call, by the target of its method (api/method.h). The caller is known and has the role.
 *
 * Each begins with a call that has been decoded and ends it in one of the ways of call.h.
 */
#ifndef FRONT_TARGETS_H
#define FRONT_TARGETS_H

#include "front/call.h"

/* Two methods: a file, or a list of stagevragen. Identities to the vault, profiles to the engine. */
void saga_students_start(struct call *call);

/* A file of placements. */
void saga_placements_start(struct call *call);

/* A decision that may come with a text: the text to the vault, the rest to the engine. */
void saga_text_start(struct call *call);

/* The results of a round with names. */
void join_results_start(struct call *call);

/* A case with its texts, as JSON and PDF. */
void dossier_start(struct call *call);

#endif
