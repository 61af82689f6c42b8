#include "engine/turn.h"

#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "engine/load.h"
#include "engine/quota.h"

#include <event2/event.h>

enum { RESPONSE_BYTES_MAX = 36 << 20, PROBLEMS_BYTES_MAX = 4 << 20, CLOCK_BACK_LOGGED_MS = 60000 };

static const REFUSAL(refusal_quota, STATUS_RESOURCE_EXHAUSTED, "quota",
                     "Dit account heeft vandaag te veel gewijzigd. Probeer het morgen weer.",
                     "This account changed too much today. Try again tomorrow.");

struct call_list {
    struct engine_call *first, **end;
    size_t count;
};

/* One turn that was applied and is not answered yet. */
struct turn {
    struct turns *turns;
    struct call_list calls;
    bool is_committing; /* false: it changed nothing and waits for those before it */
    bool is_done;
    enum err result;
    struct outdated outdated; /* by its changes */
    struct turn *next;
};

enum turns_state {
    TURNS_WITHOUT_DOMAIN, /* not loaded yet, or being loaded again */
    TURNS_RUNNING,        /* perhaps read-only */
    TURNS_FAILING,        /* waits for what is under way to end */
    TURNS_CLOSING,
    TURNS_CLOSED,
};

struct turns {
    struct turns_options options;
    enum turns_state state;
    struct domain *domain;
    bool read_only;
    struct quota *quota;
    enum err cause;
    bool cause_is_store;
    uint64_t next_seq;
    int64_t now_ms;
    struct call_list waiting;
    struct call_list parked;   /* reads that need what the solver makes (struct outcome) */
    struct turn *first, **end; /* in flight, oldest first */
    size_t committing;
    struct event *start; /* a turn is to be applied, now or after wait_ms */
    bool start_is_soon;  /* `start` comes without waiting */
    bool left_over;      /* the last turn was full: there is no more to gather */
    struct event *settled;
    struct turns_numbers numbers;
};

static void list_init(struct call_list *list)
{
    *list = (struct call_list){.end = &list->first};
}

static void list_add(struct call_list *list, struct engine_call *call)
{
    call->next = NULL;
    *list->end = call;
    list->end = &call->next;
    list->count++;
}

static struct engine_call *list_take(struct call_list *list)
{
    struct engine_call *call = list->first;
    if (!call)
        return NULL;
    list->first = call->next;
    if (!list->first)
        list->end = &list->first;
    list->count--;
    return call;
}

/* Who was parked is applied again, behind those who wait. */
static void unpark(struct turns *turns)
{
    struct engine_call *call;
    while ((call = list_take(&turns->parked)))
        list_add(&turns->waiting, call);
}

static void refuse_all(struct turns *turns, struct call_list *list, const struct refusal *refusal)
{
    struct engine_call *call;
    while ((call = list_take(list))) {
        turns->numbers.refused++;
        engine_call_refuse(call, status_refuse(refusal));
    }
}

/* Which states may follow which. */
static const bool moves[TURNS_CLOSED + 1][TURNS_CLOSED + 1] = {
    [TURNS_WITHOUT_DOMAIN] = {[TURNS_RUNNING] = true, [TURNS_CLOSING] = true},
    [TURNS_RUNNING] = {[TURNS_FAILING] = true, [TURNS_CLOSING] = true},
    [TURNS_FAILING] = {[TURNS_WITHOUT_DOMAIN] = true, [TURNS_CLOSING] = true},
    [TURNS_CLOSING] = {[TURNS_CLOSED] = true},
};

static void turns_set_state(struct turns *turns, enum turns_state state)
{
    if (!moves[turns->state][state]) {
        LOG(LOG_ERROR, "turns_wrong_move", LOG_NUMBER("from", turns->state), LOG_NUMBER("to", state));
        return;
    }
    turns->state = state;
}

/* Nothing is in flight any more: who waited for that is told, in a turn of the loop of its own. */
static void settle(struct turns *turns)
{
    if (!turns->first && (turns->state == TURNS_FAILING || turns->state == TURNS_CLOSING))
        event_active(turns->settled, 0, 0);
}

static void on_settled(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct turns *turns = context;
    if (turns->state == TURNS_FAILING) {
        turns_set_state(turns, TURNS_WITHOUT_DOMAIN);
        turns->domain = NULL;
        turns->options.failed(turns->options.context, turns->cause, turns->cause_is_store);
    } else if (turns->state == TURNS_CLOSING) {
        turns_set_state(turns, TURNS_CLOSED);
        turns->options.closed(turns->options.context);
    }
}

static void fail(struct turns *turns, enum err cause, bool of_store)
{
    turns->cause_is_store |= of_store;
    if (turns->state != TURNS_RUNNING)
        return;
    LOG(LOG_ERROR, "engine_turn_failed", LOG_WORD("error", err_text(cause)));
    turns->numbers.failures++;
    turns->cause = cause;
    turns_set_state(turns, TURNS_FAILING);
    settle(turns);
}

/* Whether a turn may be applied now. */
static bool has_room(const struct turns *turns)
{
    return turns->state == TURNS_RUNNING && turns->committing < TURNS_IN_FLIGHT_MAX;
}

/* Arms the next turn: at once when nothing is under way or enough waits, else after wait_ms. */
static void plan(struct turns *turns)
{
    static const struct timeval at_once = {0, 0};
    if (!turns->waiting.first || !has_room(turns))
        return;
    bool soon = turns->committing == 0 || turns->left_over || turns->waiting.count >= turns->options.commands_max;
    bool planned = event_pending(turns->start, EV_TIMEOUT, NULL) != 0;
    if (planned && (turns->start_is_soon || !soon))
        return;
    const struct timeval wait = {turns->options.wait_ms / 1000, (suseconds_t)(turns->options.wait_ms % 1000) * 1000};
    turns->start_is_soon = soon;
    event_add(turns->start, soon ? &at_once : &wait);
}

static void turn_free(struct turn *turn)
{
    outdated_free(&turn->outdated);
    mem_free(turn);
}

static void answer(struct turn *turn)
{
    struct engine_call *call;
    versions_announce(turn->turns->options.versions, &turn->outdated);
    while ((call = list_take(&turn->calls)))
        engine_call_answer(call);
}

/* Answers, in order, every turn whose commit and those before it are done. */
static void answer_done(struct turns *turns)
{
    while (turns->first && turns->first->is_done) {
        struct turn *turn = turns->first;
        turns->first = turn->next;
        if (!turns->first)
            turns->end = &turns->first;
        if (turn->result == ERR_OK)
            answer(turn);
        else
            refuse_all(turns, &turn->calls, &refusal_unavailable);
        turn_free(turn);
        /* What changed nothing is as good as what it saw. */
        for (struct turn *next = turns->first; next && !next->is_committing; next = next->next) {
            next->is_done = true;
            next->result = turns->state == TURNS_FAILING ? ERR_IO : ERR_OK;
        }
    }
    settle(turns);
}

static void commit_done(void *context, enum err result)
{
    struct turn *turn = context;
    struct turns *turns = turn->turns;
    FAULT_POINT("engine.committed");
    turn->is_done = true;
    turn->result = result;
    turns->committing--;
    if (result != ERR_OK)
        fail(turns, result, true);
    answer_done(turns);
    FAULT_POINT("engine.answered");
    plan(turns);
    if (has_room(turns))
        turns->options.turned(turns->options.context);
}

int64_t turns_now_ms(struct turns *turns)
{
    int64_t wall_ms = clock_wall_ms(&turns->options.clock);
    if (wall_ms < turns->now_ms - CLOCK_BACK_LOGGED_MS)
        LOG(LOG_WARN, "engine_clock_behind", LOG_NUMBER("ms", turns->now_ms - wall_ms));
    if (wall_ms > turns->now_ms)
        turns->now_ms = wall_ms;
    return turns->now_ms;
}

static enum err fill_batch(struct turns *turns, const struct changes *changes, struct store_batch *batch)
{
    enum err e = ERR_OK;
    for (size_t i = 0; e == ERR_OK && i < changes->record_count; i++) {
        const struct change *change = &changes->records[i];
        const char *table = record_kind_name(change->kind);
        e = change->value.data ? store_batch_put(batch, table, change->key, change->value)
                               : store_batch_delete(batch, table, change->key);
    }
    for (size_t i = 0; e == ERR_OK && i < changes->entry_count; i++) {
        const struct ledger_change *entry = &changes->entries[i];
        /* The domain counted on this number; the store will give the next one of the chain. */
        e = entry->seq == turns->next_seq++
                ? store_batch_ledger(batch, entry->time_ms, entry->kind, entry->subject, entry->payload)
                : ERR_INTERNAL;
    }
    return e;
}

/* Gives the domain's changes to the store; *any tells whether there were some. */
static enum err commit(struct turns *turns, struct turn *turn, bool *any)
{
    struct changes changes = {0};
    struct store_batch *batch = NULL;
    enum err e = state_take_changes(domain_state(turns->domain), &changes);
    if (e != ERR_OK)
        return e;
    *any = changes.record_count || changes.entry_count;
    if (*any && turns->read_only)
        e = ERR_IO; /* a method that dispatch.c calls a read has changed something */
    if (e == ERR_OK && *any)
        e = store_batch_new(turns->options.store, &batch);
    if (*any)
        versions_advance(turns->options.versions, &changes, &turn->outdated);
    if (e == ERR_OK && *any)
        e = fill_batch(turns, &changes, batch);
    if (e == ERR_OK && *any)
        e = load_put_version(batch, turn->outdated.version);
    changes_free(&changes);
    if (e != ERR_OK) {
        store_batch_free(batch);
        return e;
    }
    if (*any) {
        FAULT_POINT("engine.applied");
        turn->is_committing = true;
        turns->committing++;
        store_commit(turns->options.store, batch, commit_done, turn);
    }
    return ERR_OK;
}

static void enqueue(struct turns *turns, struct turn *turn)
{
    turn->next = NULL;
    *turns->end = turn;
    turns->end = &turn->next;
}

/* What was applied leaves the domain as changes, and the turn waits for them to be durable. */
static void end_turn(struct turns *turns, struct turn *turn)
{
    bool any = false;
    bool broken = domain_is_broken(turns->domain);
    enum err e = broken ? ERR_MEMORY : commit(turns, turn, &any);
    turns->numbers.turns++;
    turns->numbers.turn_calls += turn->calls.count;
    if (e != ERR_OK) {
        /* Not the store's failure: what is under way may still succeed, this turn cannot. */
        struct engine_call *call;
        while ((call = list_take(&turn->calls))) {
            bool its_own = call->outcome.status.refusal == &refusal_memory;
            turns->numbers.refused++;
            engine_call_refuse(call, status_refuse(its_own ? &refusal_memory : &refusal_unavailable));
        }
        turn_free(turn);
        fail(turns, e, turns->read_only);
        return;
    }
    turn->is_done = !any && !turns->first;
    enqueue(turns, turn);
    if (turn->is_done)
        answer_done(turns);
}

static struct quota_account account_of(struct turns *turns, const struct engine_call *call)
{
    return (struct quota_account){call->asserted.actor.account_id, call->asserted.actor.role, turns_now_ms(turns)};
}

static const struct refusal *check_quota(struct turns *turns, const struct engine_call *call)
{
    struct quota_account account = account_of(turns, call);
    if (!call->asserted.message.message)
        return NULL;
    if (!quota_allows_call(turns->quota, &account))
        return &refusal_too_many;
    return dispatch_is_charged(call) && !quota_allows_change(turns->quota, &account) ? &refusal_quota : NULL;
}

static void charge(struct turns *turns, const struct engine_call *call, int64_t busy_us)
{
    struct quota_account account = account_of(turns, call);
    if (!call->asserted.message.message)
        return;
    quota_took(turns->quota, &account, busy_us > 0 ? (uint64_t)busy_us : 0);
    if (dispatch_is_charged(call) && !call->outcome.status.refusal)
        quota_left(turns->quota, &account, call->outcome.response.length);
}

static void stamp(struct turns *turns, struct engine_call *call)
{
    const struct actor *actor = &call->asserted.actor;
    const struct view_asker asker = {actor->role, actor->scope, actor->scope_count};
    if (!call->outcome.status.refusal)
        call->stamps = stamps_take(turns->options.versions, call->incoming->method, call->request.message, &asker);
}

static void apply(struct turns *turns, struct engine_call *call)
{
    struct command command = {
        .method = call->incoming->method,
        .request = call->request.message,
        .request_bytes = {(const char *)call->incoming->call->body.data, call->incoming->call->body.len},
        .actor = call->asserted.actor,
        .now_ms = turns_now_ms(turns)};
    random_fill(&turns->options.random, command.entropy, sizeof command.entropy);
    buf_init(&call->outcome.response, RESPONSE_BYTES_MAX);
    buf_init(&call->outcome.problems, PROBLEMS_BYTES_MAX);
    int64_t begun_us = clock_monotonic_us(&turns->options.clock);
    domain_apply(turns->domain, &command, &call->outcome);
    charge(turns, call, clock_monotonic_us(&turns->options.clock) - begun_us);
    if (!call->outcome.waits)
        stamp(turns, call);
}

/* What it needs is made while the engine can write; nobody waits for that when it cannot. */
static void park(struct turns *turns, struct engine_call *call)
{
    buf_free(&call->outcome.response);
    buf_free(&call->outcome.problems);
    if (!turns->read_only) {
        list_add(&turns->parked, call);
        return;
    }
    turns->numbers.refused++;
    engine_call_refuse(call, status_refuse(&refusal_unavailable));
}

/* Refuses a call that is not worth applying any more, or cannot be now. */
static bool refused_before(struct turns *turns, struct engine_call *call, int64_t now_us)
{
    const struct refusal *refusal = NULL;
    if (call->incoming->deadline_us <= now_us)
        refusal = &refusal_deadline;
    else if (turns->read_only && dispatch_may_change(call->incoming->method))
        refusal = &refusal_unavailable;
    else
        refusal = check_quota(turns, call);
    if (!refusal)
        return false;
    turns->numbers.refused++;
    engine_call_refuse(call, status_refuse(refusal));
    return true;
}

static void apply_waiting(struct turns *turns, struct turn *turn)
{
    int64_t begun_us = clock_monotonic_us(&turns->options.clock), now_us = begun_us;
    struct engine_call *call;
    while (turn->calls.count < turns->options.commands_max && !domain_is_broken(turns->domain) &&
           now_us - begun_us <= (int64_t)turns->options.wait_ms * 1000 && (call = list_take(&turns->waiting))) {
        if (!refused_before(turns, call, now_us)) {
            apply(turns, call);
            if (call->outcome.waits)
                park(turns, call);
            else
                list_add(&turn->calls, call);
        }
        now_us = clock_monotonic_us(&turns->options.clock);
    }
}

static enum err turn_new(struct turns *turns, struct turn **out)
{
    enum err e = mem_alloc(1, sizeof **out, out);
    if (e == ERR_OK) {
        (*out)->turns = turns;
        list_init(&(*out)->calls);
    }
    return e;
}

static void on_start(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct turns *turns = context;
    struct turn *turn;
    if (!has_room(turns) || !turns->waiting.first)
        return;
    if (turn_new(turns, &turn) != ERR_OK) {
        refuse_all(turns, &turns->waiting, &refusal_memory);
        return;
    }
    apply_waiting(turns, turn);
    turns->left_over = turns->waiting.first != NULL;
    end_turn(turns, turn);
    plan(turns);
    if (has_room(turns))
        turns->options.turned(turns->options.context);
}

bool turns_run(struct turns *turns, turns_step *step, void *context)
{
    struct turn *turn;
    uint8_t entropy[ENTROPY_BYTES];
    if (!has_room(turns) || turns->read_only || turn_new(turns, &turn) != ERR_OK)
        return false;
    random_fill(&turns->options.random, entropy, sizeof entropy);
    step(context, turns->domain, entropy, turns_now_ms(turns));
    end_turn(turns, turn);
    return true;
}

enum err turns_new(const struct turns_options *options, struct turns **out)
{
    struct turns *turns;
    enum err e = mem_alloc(1, sizeof *turns, &turns);
    if (e != ERR_OK)
        return e;
    turns->options = *options;
    turns->end = &turns->first;
    list_init(&turns->waiting);
    list_init(&turns->parked);
    turns->start = evtimer_new(options->base, on_start, turns);
    turns->settled = event_new(options->base, -1, 0, on_settled, turns);
    e = turns->start && turns->settled ? quota_new(&turns->quota) : ERR_MEMORY;
    if (e != ERR_OK) {
        turns_free(turns);
        return e;
    }
    *out = turns;
    return ERR_OK;
}

void turns_free(struct turns *turns)
{
    if (!turns)
        return;
    unpark(turns);
    refuse_all(turns, &turns->waiting, &refusal_unavailable);
    while (turns->first) {
        struct turn *turn = turns->first;
        turns->first = turn->next;
        refuse_all(turns, &turn->calls, &refusal_unavailable);
        turn_free(turn);
    }
    if (turns->start)
        event_free(turns->start);
    if (turns->settled)
        event_free(turns->settled);
    quota_free(turns->quota);
    mem_free(turns);
}

void turns_resume(struct turns *turns, struct domain *domain, bool read_only, uint64_t next_seq, int64_t now_ms)
{
    if (turns->state == TURNS_WITHOUT_DOMAIN)
        turns_set_state(turns, TURNS_RUNNING);
    if (turns->state != TURNS_RUNNING)
        return;
    turns->domain = domain;
    turns->cause_is_store = false;
    turns->read_only = read_only;
    turns->next_seq = next_seq;
    if (now_ms > turns->now_ms)
        turns->now_ms = now_ms;
    unpark(turns);
    plan(turns);
}

void turns_go_on(struct turns *turns, bool made)
{
    if (made)
        unpark(turns);
    else
        refuse_all(turns, &turns->parked, &refusal_unavailable);
    plan(turns);
}

bool turns_writable(const struct turns *turns)
{
    return turns->state == TURNS_RUNNING && !turns->read_only;
}

void turns_take(struct turns *turns, struct engine_call *call)
{
    turns->numbers.calls++;
    const struct refusal *refusal = NULL;
    if (turns->state != TURNS_RUNNING && turns->state != TURNS_FAILING)
        refusal = &refusal_unavailable;
    else if (turns->waiting.count + turns->parked.count >= TURNS_WAITING_MAX)
        refusal = &refusal_too_many;
    if (refusal) {
        turns->numbers.refused++;
        engine_call_refuse(call, status_refuse(refusal));
        return;
    }
    list_add(&turns->waiting, call);
    plan(turns);
}

void turns_refuse_waiting(struct turns *turns)
{
    unpark(turns);
    refuse_all(turns, &turns->waiting, &refusal_unavailable);
}

void turns_close(struct turns *turns)
{
    if (turns->state == TURNS_CLOSING || turns->state == TURNS_CLOSED)
        return;
    turns_set_state(turns, TURNS_CLOSING);
    unpark(turns);
    refuse_all(turns, &turns->waiting, &refusal_unavailable);
    settle(turns);
}

struct turns_numbers turns_read_numbers(const struct turns *turns)
{
    struct turns_numbers numbers = turns->numbers;
    numbers.waiting = turns->waiting.count + turns->parked.count;
    numbers.in_flight = turns->committing;
    numbers.read_only = turns->read_only;
    return numbers;
}
