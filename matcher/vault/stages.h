/*
 * stages.h - sagas that are not finished: their rows, the index over them, and how each ends.
 *
 * A stage is made durable before the engine hears of it. It ends when the engine's decision is known: finalised in chunks, a
 * turn of the loop each, or dropped. What the front or a crash leaves open is asked after on a timer; the engine fences what
 * it does not know, so dropping is safe.
 *
 * stage_id = BLAKE2b-128, under a key of the vault's so that nobody else can tell it beforehand, of account_id, a zero byte, what is staged ("students", "text", …), a zero byte and request_id; where a
 * stage under it was dropped before, another zero byte and how often. So a repeat finds its stage, and one that comes after a
 * fence gets an id that the engine will take.
 */
#ifndef VAULT_STAGES_H
#define VAULT_STAGES_H

#include "stagematch/internal/v1/saga.pb-c.h"
#include "stagematch/internal/v1/vault.pb-c.h"
#include "vault/service.h"

typedef Stagematch__Internal__V1__StageRow StageRow;

MUST_USE enum err stages_new(struct vault *vault, struct stages **out);
void stages_free(struct stages *stages);
MUST_USE enum err stages_load(struct stages *stages);
size_t stages_count(const struct stages *stages);

/* The stage_id of this caller, use and request, and the key of its attempts. */
MUST_USE enum err stage_id_of(struct vault *vault, struct edit *edit, const struct caller *caller, const char *use,
                              const char *request_id, uint8_t base[ID_BYTES], uint8_t id[ID_BYTES]);

MUST_USE enum err stage_read(struct edit *edit, struct text id, StageRow **out); /* message_free it; ERR_MISSING */

/* Puts the row and brings the index up to date. */
void stage_write(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], StageRow *row);

/* A live call leads this one: reconciliation leaves it alone until stage_let_go. */
void stage_hold(struct vault *vault, const uint8_t id[ID_BYTES]);
void stage_let_go(struct vault *vault, const uint8_t id[ID_BYTES]);

/* Removes row and index entry; `dropped`: and counts the attempt. */
void stage_end(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], const StageRow *row, bool dropped);

/*
 * Somebody says that the engine committed it: asks the engine itself, finishes it where that is so, and calls `done` in a
 * later turn; ERR_MISSING where it was not so: then it is fenced and dropped. Safe to repeat; a stage that is not there is
 * finished (ERR_OK).
 */
MUST_USE enum err stage_finish(struct vault *vault, const uint8_t id[ID_BYTES],
                               void (*done)(void *context, enum err result), void *context);

/*
 * Asks the engine about what is old; on a timer, and at once when the engine is there again. Notes besides up to where in the engine's
 * ledger everything that was decided there is finished here: the engine hears it with the next question and can forget those stages
 * (domain/saga.h). No clock is in that, and it stays true whatever crashes: a stage is decided after it was staged, so after what
 * the ledger was known to be by then.
 */
void stages_reconcile(struct stages *stages);

/* Calls `done` in a later turn, when the asking or ending that runs is over. ERR_MISSING: none runs. */
MUST_USE enum err stage_await(struct vault *vault, const uint8_t id[ID_BYTES],
                              void (*done)(void *context, enum err result), void *context);

/* Whether a stage is being finished or dropped now. */
bool stage_is_busy(const struct vault *vault, const uint8_t id[ID_BYTES]);

/* Whether `digest` is what was staged as this chunk before, as far as is known: false means another content under the same id. */
MUST_USE enum err stage_digest_fits(struct edit *edit, int64_t now_ms, const uint8_t base[ID_BYTES],
                                    const StageRow *row, uint32_t chunk, struct text digest, bool *fits);

/* Whether this chunk was finalised before, by a call that this one repeats: it is not staged again. */
MUST_USE enum err stage_was_finished(struct edit *edit, int64_t now_ms, const uint8_t base[ID_BYTES], uint32_t chunk,
                                     bool *finished);

/* One chunk of students, finalised or dropped. students.c */
MUST_USE enum err students_finish_chunk(struct vault *vault, struct edit *edit, const uint8_t stage_id[ID_BYTES],
                                        uint32_t chunk, bool committed);

/* A staged text is filed, or forgotten. texts.c */
MUST_USE enum err stage_text_finish(struct vault *vault, struct edit *edit, const uint8_t stage_id[ID_BYTES],
                                    const StageRow *row, const Stagematch__Internal__V1__TextSubject *subject);
void stage_text_drop(struct edit *edit, const uint8_t stage_id[ID_BYTES]);

/*
 * Release and erasure, which the vault leads: asks the engine to commit (again), and finishes. `request` (may be NULL) is
 * answered. release.c, erase.c
 */
void release_lead(struct vault *vault, const uint8_t stage_id[ID_BYTES], struct request *request);
void erasure_lead(struct vault *vault, const uint8_t stage_id[ID_BYTES], struct request *request);
void report_lead(struct vault *vault, const uint8_t stage_id[ID_BYTES], struct request *request); /* report_saga.c */

/* Forgets runs of those, when the vault is freed. */
void led_abandon(struct vault *vault);

/* The engine fenced an erasure: the student stays. */
MUST_USE enum err erasure_drop(struct edit *edit, const StageRow *row);

/* The same of a report that was to be filed: nothing of it is left. */
MUST_USE enum err report_drop(struct edit *edit, const StageRow *row);

/* Whether an answer of the engine says that it did not happen, for certain. */
bool engine_refused(const Stagematch__Internal__V1__Reply *reply);

#endif
