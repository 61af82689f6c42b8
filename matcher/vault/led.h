/*
 * led.h - sagas that the vault leads, release and erasure alike: stage → the engine commits → finish → answer.
 *
 * A stage holds what is needed to go on without its caller. Who repeats the call before it ended goes on with the same stage;
 * after a crash, or an answer that was lost, reconciliation does (stages.h), once the engine said that it committed.
 */
#ifndef VAULT_LED_H
#define VAULT_LED_H

#include "vault/stages.h"

struct led_saga {
    enum method_id method;
    /* Asks the engine to commit. */
    enum err (*ask)(struct vault *vault, const uint8_t stage_id[ID_BYTES], const StageRow *row,
                    const struct caller *caller, channel_answer_cb *answer, void *context);
    /* What follows in the vault, into `edit`; *response is the public answer, valid until the next call. */
    enum err (*finish)(struct vault *vault, struct edit *edit, const StageRow *row, const void *answer,
                       const void **response);
    /* Undoes what staging did. */
    enum err (*drop)(struct edit *edit, const StageRow *row);
};

struct led_plan {
    const struct led_saga *saga;
    Stagematch__Internal__V1__StageKind kind;
    const char *use, *request_id;
    struct text proposal_id;
    uint64_t version;
    struct text person, student_ref;
    struct text report_id;
    const Stagematch__Internal__V1__ReportChange *report_change; /* NULL: none */
};

/* Stages and goes on; answers the request. Takes the edit, which has what else must be durable with the stage. */
void led_begin(const struct led_plan *plan, struct request *request, struct edit *edit);

/* Asks the engine (again) and finishes; `request` may be NULL. */
void led_run(const struct led_saga *saga, struct vault *vault, const uint8_t stage_id[ID_BYTES],
             struct request *request);

#endif
