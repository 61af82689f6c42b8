#include "front/health.h"

#include "front/state.h"
#include "stagematch/internal/v1/saga.pb-c.h"
#include "wire/pbguard.h"

enum {
    KEPT_US = 1000000,
    TIMEOUT_MS = 2000,
    NUMBERS_BYTES_MAX = 1 << 20,
    REASON_BYTES_MAX = 1024,
    BUDGET_BYTES = 4 << 20,
};

void health_init(struct front *front)
{
    static const enum role_name roles[HEALTH_ROLES] = {ROLE_ENGINE, ROLE_VAULT};
    for (size_t i = 0; i < HEALTH_ROLES; i++) {
        struct role_health *role = &front->health.roles[i];
        role->front = front;
        role->role = roles[i];
        buf_init(&role->reason, REASON_BYTES_MAX);
        buf_init(&role->numbers, NUMBERS_BYTES_MAX);
    }
}

static void tell(struct front *front)
{
    struct health *health = &front->health;
    while (health->waiter_count) {
        struct health_waiter waiter = health->waiters[--health->waiter_count];
        waiter.known(front, waiter.exchange);
    }
}

void health_free(struct front *front)
{
    struct health *health = &front->health;
    for (size_t i = 0; i < HEALTH_ROLES; i++) {
        struct role_health *role = &health->roles[i];
        if (role->asked && role->asked == front->channels[role->role])
            channel_cancel(role->asked, role->ask_id);
        role->asked = NULL;
    }
    tell(front);
    for (size_t i = 0; i < HEALTH_ROLES; i++) {
        buf_free(&health->roles[i].reason);
        buf_free(&health->roles[i].numbers);
    }
}

static void set_reason(struct role_health *role, const char *reason)
{
    role->ready = false;
    buf_clear(&role->reason);
    buf_clear(&role->numbers);
    buf_put_string(&role->reason, reason);
}

static void take(struct role_health *role, const Stagematch__Internal__V1__Reply *reply)
{
    struct pbguard_message unpacked;
    struct text body = {(const char *)reply->body.data, reply->body.len};
    if (pbguard_unpack(&stagematch__internal__v1__get_metrics_response__descriptor, body, &pbguard_limits_internal,
                       BUDGET_BYTES, false, &unpacked, NULL) != ERR_OK) {
        set_reason(role, "its answer cannot be read");
        return;
    }
    const Stagematch__Internal__V1__GetMetricsResponse *said =
        (const Stagematch__Internal__V1__GetMetricsResponse *)unpacked.message;
    set_reason(role, said->reason);
    role->ready = said->ready;
    buf_put_string(&role->numbers, said->text);
    if (buf_error(&role->numbers) != ERR_OK)
        buf_clear(&role->numbers);
    pbguard_free(&unpacked);
}

static void finish_one(struct front *front)
{
    struct health *health = &front->health;
    if (--health->waiting_for)
        return;
    health->known = true;
    health->known_until_us = clock_monotonic_us(&front->environment->clock) + KEPT_US;
    tell(front);
}

static void on_answer(void *context, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    struct role_health *role = context;
    role->asked = NULL;
    if (reply && channel_reply_code(reply) == STATUS_OK)
        take(role, reply);
    else
        set_reason(role, status.refusal == &refusal_deadline ? "it does not answer in time" : "it is not there");
    finish_one(role->front);
}

/* Whether an answer is on its way. */
static bool ask_role(struct role_health *role)
{
    struct channel *channel = role->front->channels[role->role];
    const struct method *method = method_of(METHOD_GET_METRICS);
    char name[64];
    snprintf(name, sizeof name, "%s", method->path);
    Stagematch__Internal__V1__Call call = STAGEMATCH__INTERNAL__V1__CALL__INIT;
    call.method = name;
    call.timeout_ms = TIMEOUT_MS;
    if (!channel || channel_call(channel, method, &call, on_answer, role, &role->ask_id) != ERR_OK) {
        set_reason(role, "it is not there");
        return false;
    }
    role->asked = channel;
    return true;
}

bool health_ask(struct front *front, struct exchange *exchange, health_known_cb *known)
{
    struct health *health = &front->health;
    if (health->known && clock_monotonic_us(&front->environment->clock) < health->known_until_us) {
        known(front, exchange);
        return true;
    }
    if (health->waiter_count == HEALTH_WAITERS_MAX)
        return false;
    health->waiters[health->waiter_count++] = (struct health_waiter){exchange, known};
    if (health->waiting_for)
        return true;
    health->waiting_for = 1; /* this function itself, so that none of the answers is the last before it is done */
    for (size_t i = 0; i < HEALTH_ROLES; i++)
        health->waiting_for += ask_role(&health->roles[i]);
    finish_one(front);
    return true;
}

bool health_is_ready(const struct health *health)
{
    for (size_t i = 0; i < HEALTH_ROLES; i++)
        if (!health->roles[i].ready)
            return false;
    return true;
}
