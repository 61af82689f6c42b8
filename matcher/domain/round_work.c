/* Which round has long work, and a piece of it. */
#include "domain/round.h"

static bool has_work(const RoundRecord *record)
{
    if (record->work == ROUND_WORK(SEALING))
        return !round_waits_for_digest(record);
    return record->work != ROUND_WORK(UNSPECIFIED) || record->state == ROUND_STATE(PUBLISHING);
}

/* Over the rounds that are not over. */
static const RoundRecord *first_with_work(const struct state *state)
{
    for (unsigned at = ROUND_STATE(DRAFT); at <= ROUND_STATE(PUBLISHED); at++) {
        struct index_key prefix;
        struct scan scan;
        const RoundRecord *record;
        index_key_start(&prefix);
        index_key_u8(&prefix, at);
        scan_start(&scan, state, INDEX_ROUND_STATE, &prefix);
        while ((record = scan_next(&scan)) != NULL)
            if (has_work(record))
                return record;
    }
    return NULL;
}

bool round_has_work(const struct state *state)
{
    return first_with_work(state) != NULL;
}

void round_work(struct context *context)
{
    const RoundRecord *found = first_with_work(context->state);
    RoundRecord *record = found ? round_edit(context, found) : NULL;
    if (!record)
        return;
    switch (record->work) {
    case ROUND_WORK(SEALING):
        round_seal_work(context, record, false);
        break;
    case ROUND_WORK(CANCELLING):
    case ROUND_WORK(CLOSING):
        round_end_work(context, record);
        break;
    case ROUND_WORK(PROPOSING):
    case ROUND_WORK(UNSPECIFIED):
        round_propose_work(context, record);
        break;
    case _STAGEMATCH__INTERNAL__V1__ROUND_RECORD__WORK_IS_INT_SIZE:
        break;
    }
}
