/* Signals: made with a first event, judged again when counters change, a task for the reviewers when the status rises to "signal". */
#include "domain/signal_state.h"
#include "domain/task.h"

#include <string.h>

static SignalRecord *new_signal(struct context *context, const struct signal_unit *unit, unsigned rule,
                                struct text key)
{
    SignalRecord *signal = CONTEXT_NEW(context, stagematch__internal__v1__signal_record__descriptor);
    if (!signal)
        return NULL;
    signal->unit_kind = unit->kind;
    signal->rule = rule;
    signal->status = JUDGED_INSUFFICIENT;
    signal->status_ms = signal->last_event_ms = context->now_ms;
    signal->version = 1;
    if (!context_ok(context, message_assign_bytes(&signal->signal_id, key)) ||
        !context_ok(context, message_assign_string(&signal->unit, text_of(unit->name))) ||
        !context_ok(context, message_assign_string(&signal->school, text_of(unit->school)))) {
        message_free(signal);
        return NULL;
    }
    context_add(context, RECORD_SIGNAL, signal);
    return context->error == ERR_OK ? signal : NULL;
}

void signal_note_event(struct context *context, const struct signal_unit *unit, unsigned rule)
{
    uint8_t id[ID_BYTES];
    struct text key = {(const char *)id, sizeof id};
    if (unit->kind == UNIT_CONCERN && !signal_concern_is_plural(context, unit->name))
        return;
    signal_id_of(unit->kind, unit->name, rule, unit->school, id);
    SignalRecord *signal = context_edit(context, RECORD_SIGNAL, key);
    if (!signal) {
        (void)new_signal(context, unit, rule, key);
        return;
    }
    signal->last_event_ms = context->now_ms;
    signal->version++;
    context_edited(context, RECORD_SIGNAL, signal);
}

bool signal_concern_is_plural(const struct context *context, const char *kvk)
{
    struct scan scan;
    struct index_key prefix;
    const char *first = NULL;
    index_key_start(&prefix);
    index_key_u8(&prefix, UNIT_CONCERN);
    index_key_string(&prefix, kvk);
    scan_start(&scan, context->state, INDEX_SIGNAL_COUNTS_UNIT, &prefix);
    for (const SignalCountsRecord *record; (record = scan_next(&scan));)
        for (size_t i = 0; i < record->n_companies; i++) {
            if (first && strcmp(first, record->companies[i]) != 0)
                return true;
            first = record->companies[i];
        }
    return false;
}

/* The reviewers of a school look at it, again where it was looked at before. */
static void ask_reviewers(struct context *context, SignalRecord *signal)
{
    signal->assessment = 0;
    signal->assess_ms = 0;
    task_open(context, &(struct task_spec){.kind = TASK_KIND(SIGNAL),
                                           .role = ROLE(VERTROUWENSPERSOON),
                                           .scope = signal->school,
                                           .subject_id = signal->signal_id});
}

static void say(struct context *context, const SignalRecord *found, enum judge_status status)
{
    if (found->status == (uint32_t)status)
        return;
    SignalRecord *signal = context_edit(context, RECORD_SIGNAL, text_of_bytes(found->signal_id));
    if (!signal)
        return;
    bool rises = status == JUDGED_SIGNAL;
    signal->status = status;
    signal->status_ms = context->now_ms;
    signal->version++;
    if (rises)
        ask_reviewers(context, signal);
    context_edited(context, RECORD_SIGNAL, signal);
}

/* The signals of this rule at all schools of the unit say the same: it is judged by the decisions of all. */
static void judge_rule(struct context *context, const struct signal_unit *unit, unsigned rule)
{
    struct scan scan;
    struct index_key prefix;
    struct signal_pool pool;
    enum judge_status status = JUDGED_INSUFFICIENT;
    bool judged = false;
    index_key_start(&prefix);
    index_key_u8(&prefix, unit->kind);
    index_key_string(&prefix, unit->name);
    index_key_u8(&prefix, rule);
    scan_start(&scan, context->state, INDEX_SIGNAL_UNIT, &prefix);
    for (const SignalRecord *signal; context->error == ERR_OK && (signal = scan_next(&scan));) {
        if (!judged) {
            const struct judge_settings settings = signal_options_of(context).judge;
            signal_pool(context, &(struct signal_unit){unit->kind, unit->name, NULL}, &pool);
            const struct judge_sample sample = signal_sample(context, &pool, &pool, rule);
            status = judge(&sample, &settings).status;
            judged = true;
        }
        say(context, signal, status);
    }
}

void signal_judge_unit(struct context *context, const struct signal_unit *unit, unsigned rules)
{
    for (unsigned rule = 0; rule < RULE_LIMIT; rule++)
        if (rules >> rule & 1)
            judge_rule(context, unit, rule);
}
