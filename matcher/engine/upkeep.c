#include "engine/upkeep.h"

#include "base/log.h"
#include "base/mem.h"

#include <event2/event.h>

/* An answer of the solver that waits for room for a turn. */
struct solved {
    bool waits;
    struct solve_request request;
    struct buf result;
    const char *failure;
};

struct upkeep {
    struct turns *turns;
    struct domain *domain; /* NULL: stopped */
    struct event *due, *work, *solve, *apply_solved;
    int64_t due_ms;    /* what `due` is armed for; INT64_MAX: it is not */
    bool solver_rests; /* `solve` is armed for later */
    struct solver *solver;
    struct solved solved;
};

static struct timeval after_ms(int64_t ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000};
}

/* Even "now" goes through a timer, so that calls that came in meanwhile are read first. */
static void arm(struct event *event, int64_t ms)
{
    const struct timeval wait = after_ms(ms);
    event_add(event, &wait);
}

static void run_due(void *context, struct domain *domain, const uint8_t entropy[ENTROPY_BYTES], int64_t now_ms)
{
    (void)context;
    (void)domain_run_due(domain, entropy, now_ms, UPKEEP_DUE_LIMIT);
}

static void on_due(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct upkeep *upkeep = context;
    upkeep->due_ms = INT64_MAX;
    bool early = upkeep->domain && domain_next_due_ms(upkeep->domain) > turns_now_ms(upkeep->turns);
    if (upkeep->domain && (early || turns_run(upkeep->turns, run_due, NULL)))
        upkeep_look(upkeep, upkeep->domain);
}

static void run_work(void *context, struct domain *domain, const uint8_t entropy[ENTROPY_BYTES], int64_t now_ms)
{
    (void)context;
    (void)domain_work(domain, entropy, now_ms);
}

static void on_work(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct upkeep *upkeep = context;
    if (upkeep->domain && turns_run(upkeep->turns, run_work, NULL))
        upkeep_look(upkeep, upkeep->domain);
}

static void on_solve(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct upkeep *upkeep = context;
    struct solve_request request;
    upkeep->solver_rests = false;
    if (!upkeep->domain || !turns_writable(upkeep->turns) || solver_is_busy(upkeep->solver) || upkeep->solved.waits ||
        !domain_next_solve(upkeep->domain, &request))
        return;
    enum err e = solver_start(upkeep->solver, upkeep->domain, &request);
    if (e != ERR_OK) {
        LOG(LOG_ERROR, "solver_not_started", LOG_WORD("error", err_text(e)));
        upkeep->solver_rests = true;
        arm(upkeep->solve, UPKEEP_RETRY_MS);
    }
}

static void take_solved(void *context, struct domain *domain, const uint8_t entropy[ENTROPY_BYTES], int64_t now_ms)
{
    const struct solved *solved = context;
    domain_solved(domain, &solved->request, buf_text(&solved->result), solved->failure, entropy, now_ms);
}

static void on_apply_solved(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct upkeep *upkeep = context;
    if (!upkeep->domain || !upkeep->solved.waits || !turns_run(upkeep->turns, take_solved, &upkeep->solved))
        return;
    upkeep->solved.waits = false;
    buf_free(&upkeep->solved.result);
    if (upkeep->solved.request.entries)
        turns_go_on(upkeep->turns, !upkeep->solved.failure);
    upkeep_look(upkeep, upkeep->domain);
}

/* From the solver. What failed is not begun again at once, whatever the domain says. */
static void on_solved(void *context, const struct solve_request *request, struct text result, const char *failure,
                      bool again)
{
    struct upkeep *upkeep = context;
    if (failure) {
        upkeep->solver_rests = true;
        arm(upkeep->solve, again ? UPKEEP_RETRY_MS : UPKEEP_FAILED_MS);
    }
    if (again)
        return;
    upkeep->solved = (struct solved){.waits = true, .request = *request, .failure = failure};
    buf_init(&upkeep->solved.result, result.length + 1);
    buf_put_text(&upkeep->solved.result, result);
    if (buf_error(&upkeep->solved.result) != ERR_OK && !failure)
        upkeep->solved.failure = "memory";
    arm(upkeep->apply_solved, 0);
}

enum err upkeep_new(struct event_base *base, struct turns *turns, struct upkeep **out)
{
    struct upkeep *upkeep;
    enum err e = mem_alloc(1, sizeof *upkeep, &upkeep);
    if (e != ERR_OK)
        return e;
    upkeep->turns = turns;
    upkeep->due_ms = INT64_MAX;
    upkeep->due = evtimer_new(base, on_due, upkeep);
    upkeep->work = evtimer_new(base, on_work, upkeep);
    upkeep->solve = evtimer_new(base, on_solve, upkeep);
    upkeep->apply_solved = evtimer_new(base, on_apply_solved, upkeep);
    e = upkeep->due && upkeep->work && upkeep->solve && upkeep->apply_solved ? ERR_OK : ERR_MEMORY;
    if (e == ERR_OK)
        e = solver_new(base, SOLVER_SECONDS_MAX, on_solved, upkeep, &upkeep->solver);
    if (e != ERR_OK) {
        upkeep_free(upkeep);
        return e;
    }
    *out = upkeep;
    return ERR_OK;
}

void upkeep_free(struct upkeep *upkeep)
{
    if (!upkeep)
        return;
    struct event *const events[] = {upkeep->due, upkeep->work, upkeep->solve, upkeep->apply_solved};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        if (events[i])
            event_free(events[i]);
    solver_free(upkeep->solver);
    buf_free(&upkeep->solved.result);
    mem_free(upkeep);
}

static void look_at_timers(struct upkeep *upkeep)
{
    int64_t due_ms = domain_next_due_ms(upkeep->domain);
    if (due_ms == upkeep->due_ms)
        return;
    upkeep->due_ms = due_ms;
    if (due_ms == INT64_MAX) {
        event_del(upkeep->due);
        return;
    }
    int64_t wait_ms = due_ms - turns_now_ms(upkeep->turns);
    arm(upkeep->due, wait_ms < 0 ? 0 : wait_ms > UPKEEP_SLEEP_MS_MAX ? UPKEEP_SLEEP_MS_MAX : wait_ms);
}

void upkeep_look(struct upkeep *upkeep, struct domain *domain)
{
    struct solve_request request;
    upkeep->domain = domain;
    if (!turns_writable(upkeep->turns))
        return;
    look_at_timers(upkeep);
    if (upkeep->solved.waits)
        arm(upkeep->apply_solved, 0);
    if (domain_has_work(domain))
        arm(upkeep->work, 0);
    if (!upkeep->solver_rests && !solver_is_busy(upkeep->solver) && !upkeep->solved.waits &&
        domain_next_solve(domain, &request))
        arm(upkeep->solve, 0);
}

void upkeep_stop(struct upkeep *upkeep)
{
    struct event *const events[] = {upkeep->due, upkeep->work, upkeep->solve, upkeep->apply_solved};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        event_del(events[i]);
    upkeep->domain = NULL;
    upkeep->due_ms = INT64_MAX;
    upkeep->solver_rests = false;
    upkeep->solved.waits = false;
    buf_free(&upkeep->solved.result);
    solver_stop(upkeep->solver);
}

struct solver_numbers upkeep_solver_numbers(const struct upkeep *upkeep)
{
    return solver_read_numbers(upkeep->solver);
}
