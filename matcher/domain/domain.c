#include "domain/domain.h"

#include "domain/answers.h"
#include "domain/case.h"
#include "domain/entries.h"
#include "domain/handlers.h"
#include "domain/import.h"
#include "domain/market.h"
#include "domain/measure.h"
#include "domain/monitor.h"
#include "domain/report.h"
#include "domain/saga.h"
#include "domain/state_index.h"
#include "domain/task.h"

#include <string.h>

enum { RESPONSE_BYTES_MAX = 36 << 20 }; /* what fits in a frame between two roles */

struct domain {
    struct domain_options options;
    struct state *state;
    struct entries entries;
    struct monitor_work monitor;
    bool broken;
};

enum err domain_new(const struct domain_options *options, struct domain **out)
{
    struct domain *domain;
    enum err e = mem_alloc(1, sizeof *domain, &domain);
    if (e != ERR_OK)
        return e;
    domain->options = *options;
    e = state_new(&domain->state);
    if (e != ERR_OK) {
        mem_free(domain);
        return e;
    }
    *out = domain;
    return ERR_OK;
}

void domain_free(struct domain *domain)
{
    if (!domain)
        return;
    entries_free(&domain->entries);
    monitor_work_free(&domain->monitor);
    state_free(domain->state);
    mem_free(domain);
}

struct state *domain_state(struct domain *domain)
{
    return domain->state;
}

bool domain_is_broken(const struct domain *domain)
{
    return domain->broken;
}

void outcome_free(struct outcome *outcome)
{
    buf_free(&outcome->response);
    buf_free(&outcome->problems);
}

const struct handler *handler_of(enum method_id method)
{
    static const struct handler *const tables[] = {
        proposal_handlers, candidate_handlers, task_handlers, saga_handlers,    market_handlers,
        report_handlers,   signal_handlers,    case_handlers, measure_handlers, monitor_handlers};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        for (const struct handler *row = tables[i]; row->run; row++)
            if (row->method == method)
                return row;
    return NULL;
}

static struct context context_start(struct domain *domain, const struct command *command, const uint8_t *entropy,
                                    int64_t now_ms)
{
    return (struct context){.domain = domain,
                            .options = &domain->options,
                            .state = domain->state,
                            .entries = &domain->entries,
                            .monitor = &domain->monitor,
                            .actor = command ? &command->actor : NULL,
                            .command = command,
                            .entropy = entropy,
                            .now_ms = now_ms};
}

static void pack_into(struct buf *buf, const ProtobufCMessage *message, struct context *context)
{
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes;
    if (!context_ok(context, mem_alloc(1, length, &bytes)))
        return;
    protobuf_c_message_pack(message, bytes);
    buf_put(buf, bytes, length);
    mem_free(bytes);
    (void)context_ok(context, buf_error(buf));
}

/* Runs the handler on an empty response, and packs that when all went well. */
static struct status run(struct context *context, const struct handler *handler, struct outcome *out)
{
    const struct method *method = method_of(handler->method);
    ProtobufCMessage *response = context_new(context, method->response);
    if (!response)
        return status_refuse(&refusal_memory);
    struct status status = handler->run(context, context->command->request, response);
    if (!status.refusal && context->error == ERR_OK && !context->waits)
        pack_into(&out->response, response, context);
    message_free(response);
    message_free(context->text_subject);
    context->text_subject = NULL;
    return status;
}

static struct status apply(struct context *context, const struct handler *handler, struct outcome *out)
{
    struct answer_identity identity;
    const AnswerRecord *before;
    bool kept = answer_is_kept(handler);
    struct status status = STATUS_DONE;
    if (kept)
        status = answer_identify(context->command, &identity);
    if (kept && !status.refusal) {
        status = answer_find(context->state, &identity, context->now_ms, &before);
        if (!status.refusal && before) {
            buf_put(&out->response, before->reply.data, before->reply.len);
            (void)context_ok(context, buf_error(&out->response));
            return STATUS_DONE;
        }
    }
    if (!status.refusal)
        status = run(context, handler, out);
    if (kept && !status.refusal && context->error == ERR_OK)
        answer_keep(context, &identity, buf_text(&out->response));
    return status;
}

static struct status check_caller(const struct command *command, const struct handler *handler)
{
    if (!handler)
        return status_refuse(&refusal_unimplemented);
    if (command->method->roles && !(command->method->roles & ROLE_BIT(command->actor.role)))
        return status_refuse(&refusal_permission);
    return STATUS_DONE;
}

void domain_apply(struct domain *domain, const struct command *command, struct outcome *out)
{
    struct context context = context_start(domain, command, command->entropy, command->now_ms);
    const struct handler *handler = handler_of(command->method->id);
    uint64_t before = state_mutations(domain->state);
    buf_init(&out->response, RESPONSE_BYTES_MAX);
    buf_init(&out->problems, RESPONSE_BYTES_MAX);
    out->waits = false;
    out->status = domain->broken ? status_refuse(&refusal_unavailable) : check_caller(command, handler);
    if (out->status.refusal)
        return;
    out->status = apply(&context, handler, out);
    out->waits = context.waits;
    if (context.error == ERR_OK && !out->status.refusal)
        return;
    buf_clear(&out->response);
    bool changed = state_mutations(domain->state) != before;
    if (context.error != ERR_OK)
        out->status = status_refuse(context.error == ERR_MEMORY ? &refusal_memory : &refusal_internal);
    else if (changed)
        out->status = status_refuse(&refusal_internal); /* a refusal that changed something is a fault of ours */
    domain->broken = changed;
}

/* Timers. */

static int64_t answer_due_ms(const struct state *state)
{
    struct scan scan;
    scan_all(&scan, state, INDEX_ANSWER_EXPIRY);
    const AnswerRecord *answer = scan_next(&scan);
    return answer ? answer->expire_ms : INT64_MAX;
}

static const TaskRecord *first_task(const struct state *state)
{
    struct scan scan;
    scan_all(&scan, state, INDEX_TASK_TIMER);
    return scan_next(&scan);
}

static int64_t task_timer_ms(const struct state *state)
{
    const TaskRecord *task = first_task(state);
    return task ? task_next_ms(task) : INT64_MAX;
}

int64_t domain_next_due_ms(const struct domain *domain)
{
    const int64_t due_ms[] = {task_timer_ms(domain->state),        answer_due_ms(domain->state),
                              stage_forget_ms(domain->state),      stage_give_up_ms(domain->state),
                              rematch_retry_due_ms(domain->state), monitor_due_ms(domain->state, &domain->options)};
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < sizeof due_ms / sizeof due_ms[0]; i++)
        next = due_ms[i] < next ? due_ms[i] : next;
    return next;
}

static void forget_answer(struct context *context)
{
    struct scan scan;
    scan_all(&scan, context->state, INDEX_ANSWER_EXPIRY);
    const AnswerRecord *answer = scan_next(&scan);
    context_remove(context, RECORD_ANSWER, text_of_bytes(answer->key));
}

/* One thing that is due; false where nothing is. What is late is done in the order in which it was due. */
static bool run_one(struct context *context)
{
    int64_t now = context->now_ms;
    if (task_timer_ms(context->state) <= now)
        task_run_due(context, first_task(context->state));
    else if (answer_due_ms(context->state) <= now)
        forget_answer(context);
    else if (stage_forget_ms(context->state) <= now)
        stage_forget(context);
    else if (stage_give_up_ms(context->state) <= now)
        stage_give_up(context);
    else if (rematch_retry_due_ms(context->state) <= now)
        rematch_retry(context);
    else if (monitor_due_ms(context->state, context->options) <= now)
        monitor_run_due(context);
    else
        return false;
    return true;
}

bool domain_run_due(struct domain *domain, const uint8_t entropy[ENTROPY_BYTES], int64_t now_ms, size_t limit)
{
    struct context context = context_start(domain, NULL, entropy, now_ms);
    bool more = !domain->broken;
    for (size_t i = 0; more && i < limit && context.error == ERR_OK; i++)
        more = run_one(&context);
    if (context.error != ERR_OK)
        domain->broken = true;
    return more && !domain->broken && domain_next_due_ms(domain) <= now_ms;
}

/* Long work and solving. */

bool domain_has_work(const struct domain *domain)
{
    return !domain->broken && (market_has_work(domain->state) || monitor_has_work(domain->state));
}

bool domain_work(struct domain *domain, const uint8_t entropy[ENTROPY_BYTES], int64_t now_ms)
{
    struct context context = context_start(domain, NULL, entropy, now_ms);
    if (domain->broken)
        return false;
    if (market_has_work(domain->state))
        market_work(&context);
    else
        monitor_work_piece(&context);
    if (context.error != ERR_OK)
        domain->broken = true;
    return domain_has_work(domain);
}

bool domain_next_solve(const struct domain *domain, struct solve_request *out)
{
    return !domain->broken &&
           (market_next_solve(domain->state, out) || entries_next(&domain->entries, domain->state, out));
}

enum err domain_solve(const struct domain *domain, const struct solve_request *request, struct buf *result)
{
    return request->entries ? entries_make(domain->state, request, result)
                            : market_solve(domain->state, &domain->options, request, result);
}

void domain_solved(struct domain *domain, const struct solve_request *request, struct text result,
                   const char *failure, const uint8_t entropy[ENTROPY_BYTES], int64_t now_ms)
{
    struct context context = context_start(domain, NULL, entropy, now_ms);
    if (domain->broken)
        return;
    if (request->entries)
        context.error = entries_made(&domain->entries, domain->state, request, result, failure);
    else
        market_solved(&context, request, result, failure);
    if (context.error != ERR_OK)
        domain->broken = true;
}
