/*
 * saga.h - what was staged in the vault: committed here, still open, or fenced for ever.
 */
#ifndef DOMAIN_SAGA_H
#define DOMAIN_SAGA_H

#include "domain/command.h"

/*
 * May this stage go on? STATUS_DONE for one that is new or open; refusal_stage_fenced where the vault gave it up;
 * refusal_stage_committed where it was committed before (whoever asks again knows the answer by its request_id).
 */
struct status stage_check(const struct context *context, ProtobufCBinaryData stage_id);

/* Makes it known as open: its chunks arrive. */
void stage_open(struct context *context, ProtobufCBinaryData stage_id);

/* The decision point. `subject` may be NULL. */
void stage_committed(struct context *context, ProtobufCBinaryData stage_id,
                     const Stagematch__Internal__V1__TextSubject *subject);

/*
 * Whatever is still open after a day is fenced: a file that was not sent to its end, or a vault that was away for so long. When
 * the oldest is due (INT64_MAX: none), and doing it.
 */
#define STAGE_OPEN_MS ((int64_t)24 * 3600 * 1000)
int64_t stage_give_up_ms(const struct state *state);
void stage_give_up(struct context *context);

/*
 * How long a stage is remembered, and with it the import that it was. A fence: STAGE_KEPT_MS, far longer than a front can be late. A
 * commit: as long, for a vault that was away; but once the vault has finished all that was decided before it (it says so with its
 * questions: ResolveStageRequest.settled_seq), only STAGE_SETTLED_KEPT_MS, for repeats, which the vault lets through for as long as it
 * remembers an attempt (vault/stages.c). So what is in memory follows the rate of the last days.
 */
#define STAGE_KEPT_MS ((int64_t)30 * 24 * 3600 * 1000)
#define STAGE_SETTLED_KEPT_MS ((int64_t)2 * 24 * 3600 * 1000)

/* When one is STAGE_KEPT_MS old (INT64_MAX: none is there), and forgetting the oldest. */
int64_t stage_forget_ms(const struct state *state);
void stage_forget(struct context *context);

/* import.c: an open stage was fenced: rows that were kept aside for it can go. Called by saga.c. */
void import_abandon(struct context *context, ProtobufCBinaryData stage_id);

/* import.c: there is an import of this id, and no row waits for it any more. */
bool import_can_go(const struct state *state, ProtobufCBinaryData stage_id);

extern const struct refusal refusal_stage_fenced, refusal_stage_committed;

#endif
