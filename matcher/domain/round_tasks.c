/*
 * Whom a round waits for. Every school of a round may take its steps, so each has the task; a nonce is asked of its own school
 * alone, and when that lets its term pass, the others hear of it.
 */
#include "domain/round.h"
#include "domain/task.h"

#include <string.h>

/* By state: what is asked of each school. */
static const Stagematch__V1__TaskKind asked[ROUND_STATE(FAILED) + 1] = {
    [ROUND_STATE(DRAFT)] = TASK_KIND(OPEN_ROUND),       [ROUND_STATE(OPEN)] = TASK_KIND(NONCE),
    [ROUND_STATE(SEALED)] = TASK_KIND(NONCE),           [ROUND_STATE(REVEALED)] = TASK_KIND(SOLVE_ROUND),
    [ROUND_STATE(VERIFIED)] = TASK_KIND(PUBLISH_ROUND), [ROUND_STATE(PUBLISHED)] = TASK_KIND(CLOSE_ROUND),
    [ROUND_STATE(FAILED)] = TASK_KIND(ROUND_FAILED),
};

static void ask(struct context *context, const RoundRecord *record, const char *school, Stagematch__V1__TaskKind kind,
                const char *detail)
{
    task_open(context, &(struct task_spec){.kind = kind,
                                           .role = ROLE(COORDINATOR),
                                           .scope = school,
                                           .round_id = record->round_id,
                                           .detail = detail});
}

void round_ask_all(struct context *context, const RoundRecord *record, Stagematch__V1__TaskKind kind)
{
    for (size_t i = 0; i < record->n_schools; i++)
        ask(context, record, record->schools[i], kind, kind == TASK_KIND(NONCE) ? record->schools[i] : NULL);
}

void round_open_tasks(struct context *context, const RoundRecord *record)
{
    if (asked[record->state] != TASK_KIND(UNSPECIFIED))
        round_ask_all(context, record, asked[record->state]);
}

void round_change_tasks(struct context *context, const RoundRecord *record)
{
    task_close(context, INDEX_TASK_ROUND, record->round_id, TASK_KIND(UNSPECIFIED), NULL);
    round_open_tasks(context, record);
}

static bool is_committed(const RoundRecord *record)
{
    for (size_t i = 0; i < record->n_commitments; i++)
        if (!*record->commitments[i]->commitment)
            return false;
    return true;
}

void round_nonce_came(struct context *context, const RoundRecord *record, const char *school)
{
    task_close(context, INDEX_TASK_ROUND, record->round_id, TASK_KIND(NONCE), school);
    if (record->state != ROUND_STATE(OPEN) || !is_committed(record))
        return;
    task_close(context, INDEX_TASK_ROUND, record->round_id, TASK_KIND(ESCALATION), NULL);
    round_ask_all(context, record, TASK_KIND(SEAL_ROUND));
}

/* Without the nonce the others can only wait, cancel, or, once it is sealed, replace it. */
void round_task_overdue(struct context *context, const TaskRecord *task)
{
    const RoundRecord *record = round_find(context->state, task->round_id);
    if (!record || task->kind != TASK_KIND(NONCE))
        return;
    for (size_t i = 0; i < record->n_schools; i++)
        if (strcmp(record->schools[i], task->scope) != 0)
            ask(context, record, record->schools[i], TASK_KIND(ESCALATION),
                record->state == ROUND_STATE(OPEN) ? "open" : "sealed");
}
