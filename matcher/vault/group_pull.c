/* What companies decided, taken from the engine in order; of students who may count it is kept until the period closes. */
#include "api/message.h"
#include "base/log.h"
#include "vault/cursor.h"
#include "vault/groups.h"

#include "stagematch/internal/v1/saga.pb-c.h"

typedef Stagematch__Internal__V1__DecisionRecord DecisionRecord;

enum { PULL_LIMIT = 200 };

static const char decisions_cursor[] = "decisions", period_cursor[] = "group_period";

/* What comes late counts in the open period; a clock that runs ahead does not open a later one. */
static uint32_t period_of(const struct vault *vault, const DecisionRecord *decision, uint64_t closed)
{
    uint32_t period = group_period(decision->time_ms), now = group_period(vault_now_ms(vault));
    if (period > now)
        period = now;
    return period <= closed ? (uint32_t)closed + 1 : period;
}

static void keep(struct vault *vault, struct edit *edit, const DecisionRecord *decision, uint64_t closed)
{
    GroupDecisionRow row = STAGEMATCH__INTERNAL__V1__GROUP_DECISION_ROW__INIT;
    uint8_t key[SEQ_BYTES];
    seq_write(decision->seq, key);
    row.student_ref = decision->student_ref;
    row.period = period_of(vault, decision, closed);
    row.leerbedrijf = decision->leerbedrijf;
    row.kvk = decision->kvk;
    row.qualification = decision->qualification;
    row.sector = decision->sector;
    row.region = decision->region;
    row.band = decision->band;
    row.released = decision->released;
    row.rejected = decision->rejected;
    row.first_ms = decision->first_ms;
    edit_put_message(edit, TABLE_GROUP_DECISION, TEXT_OF(key), &row);
}

/* Whether the student said something before any company decided. What it was does not matter here, and is not opened. */
static enum err take(struct vault *vault, struct edit *edit, const DecisionRecord *decision, uint64_t closed)
{
    OriginRow *row;
    enum err e = edit_get_message(edit, TABLE_ORIGIN, binary_text(&decision->student_ref),
                                  &stagematch__internal__v1__origin_row__descriptor, &row);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e;
    if (row->answer_ms < decision->first_ms)
        keep(vault, edit, decision, closed);
    message_free(row);
    return edit->error;
}

static void stored(void *context, enum err result)
{
    if (result == ERR_OK)
        groups_pull(context); /* there may be more */
}

static void store(struct vault *vault, const Stagematch__Internal__V1__PullDecisionsResponse *response)
{
    struct edit edit;
    uint64_t closed;
    edit_begin(&edit, vault->image);
    enum err e = cursor_read(vault, period_cursor, &closed);
    for (size_t i = 0; i < response->n_decisions && e == ERR_OK; i++)
        e = take(vault, &edit, response->decisions[i], closed);
    if (e == ERR_OK) {
        cursor_put(&edit, decisions_cursor, response->decisions[response->n_decisions - 1]->seq);
        e = edit_commit(&edit, stored, vault);
    } else {
        edit_abort(&edit);
    }
    if (e != ERR_OK)
        vault_reload(vault);
}

/* The engine has no more, so nothing of an ended period is missing. */
static void close_ended(struct vault *vault)
{
    struct edit edit;
    bool closed = false;
    edit_begin(&edit, vault->image);
    enum err e = groups_close(vault, &edit, &closed);
    if (e == ERR_OK && closed)
        e = edit_commit(&edit, NULL, NULL);
    else
        edit_abort(&edit);
    if (e != ERR_OK)
        LOG(LOG_ERROR, "groups_not_closed", LOG_WORD("error", err_text(e)));
}

static void pulled(void *context, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    struct vault *vault = context;
    struct pbguard_message answer = {0};
    vault->pulls_decisions = false;
    if (status.refusal || !reply || channel_reply_code(reply) != STATUS_OK || vault->stopping ||
        engine_answer(METHOD_PULL_DECISIONS, reply, &answer) != ERR_OK)
        return;
    const Stagematch__Internal__V1__PullDecisionsResponse *response =
        (const Stagematch__Internal__V1__PullDecisionsResponse *)(const void *)answer.message;
    if (response->n_decisions)
        store(vault, response);
    else
        close_ended(vault);
    pbguard_free(&answer);
}

void groups_pull(struct vault *vault)
{
    Stagematch__Internal__V1__PullDecisionsRequest request = STAGEMATCH__INTERNAL__V1__PULL_DECISIONS_REQUEST__INIT;
    if (vault->pulls_decisions || vault->stopping || !image_is_writable(vault->image) ||
        cursor_read(vault, decisions_cursor, &request.after_seq) != ERR_OK)
        return;
    request.limit = PULL_LIMIT;
    vault->pulls_decisions = engine_call(vault, METHOD_PULL_DECISIONS, &request, NULL, pulled, vault) == ERR_OK;
}
