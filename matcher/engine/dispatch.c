#include "engine/dispatch.h"

#include "api/message.h"
#include "base/log.h"
#include "base/mem.h"
#include "stagematch/internal/v1/saga.pb-c.h"
#include "stagematch/v1/common.pb-c.h"

/* An unpacked message may take this many times its bytes: small submessages become structs. */
enum { UNPACK_FACTOR = 40, UNPACK_BYTES_MIN = 64 << 10, UNPACK_BYTES_MAX = 256 << 20 };

/* On whose behalf an internal method comes. */
enum behalf {
    BEHALF_ACTOR,   /* whoever may call `as` */
    BEHALF_CARRIED, /* whoever may call the method that the request names */
    BEHALF_EITHER,  /* whoever may call `as`, or the service when it goes on with what was begun */
    BEHALF_SERVICE, /* no actor */
};

static const struct {
    enum method_id method;
    enum behalf behalf;
    enum method_id as;
    bool changes;
} internals[] = {
    {METHOD_COMMIT_STUDENTS, BEHALF_ACTOR, METHOD_IMPORT_STUDENTS, true},
    {METHOD_COMMIT_PLACEMENTS, BEHALF_ACTOR, METHOD_IMPORT_PLACEMENTS, true},
    {METHOD_COMMIT_WITH_TEXT, BEHALF_CARRIED, METHOD_COUNT, true},
    {METHOD_COMMIT_RELEASE, BEHALF_ACTOR, METHOD_RELEASE_PROPOSAL, true},
    {METHOD_COMMIT_ERASURE, BEHALF_EITHER, METHOD_ERASE_STUDENT, true},
    {METHOD_LIST_RESULTS, BEHALF_ACTOR, METHOD_EXPORT_RESULTS, false},
    {METHOD_CHECK_GRANT, BEHALF_ACTOR, METHOD_GET_CANDIDATE_IDENTITY, false},
    {METHOD_CHECK_CASE_TEXT, BEHALF_ACTOR, METHOD_GET_CASE_TEXT, false},
    {METHOD_COMMIT_CASE_EXPORT, BEHALF_ACTOR, METHOD_EXPORT_CASE, true}, /* writes it down */
    {METHOD_RESOLVE_STAGE, BEHALF_SERVICE, METHOD_COUNT, true},          /* fences what it does not know */
    {METHOD_COMMIT_REPORT, BEHALF_EITHER, METHOD_FILE_REPORT,
     true}, /* who has no account has a code: the vault checked it */
    {METHOD_FORGET_REPORT, BEHALF_SERVICE, METHOD_COUNT, true},
    {METHOD_PULL_NOTICES, BEHALF_SERVICE, METHOD_COUNT, true}, /* forgets what was taken */
    {METHOD_PULL_DECISIONS, BEHALF_SERVICE, METHOD_COUNT, true},
    {METHOD_GET_METRICS, BEHALF_SERVICE, METHOD_COUNT, false},
};
enum { INTERNAL_COUNT = sizeof internals / sizeof internals[0] };

/* Reads that note what a company has seen: from then on its view is frozen. */
static const enum method_id noting[] = {METHOD_LIST_CANDIDATES, METHOD_GET_CANDIDATE};

static struct text text_of_bytes(ProtobufCBinaryData bytes)
{
    return (struct text){(const char *)bytes.data, bytes.len};
}

bool dispatch_may_change(const struct method *method)
{
    if (method->flags & METHOD_CHANGES)
        return true;
    for (size_t i = 0; i < sizeof noting / sizeof noting[0]; i++)
        if (noting[i] == method->id)
            return true;
    for (size_t i = 0; i < INTERNAL_COUNT; i++)
        if (internals[i].method == method->id)
            return internals[i].changes;
    return false;
}

bool dispatch_is_charged(const struct engine_call *call)
{
    static const enum method_id carriers[] = {METHOD_COMMIT_STUDENTS, METHOD_COMMIT_PLACEMENTS,
                                              METHOD_COMMIT_WITH_TEXT};
    const struct method *method = call->incoming->method;
    bool charged = (method->flags & METHOD_CHANGES) != 0;
    for (size_t i = 0; i < sizeof carriers / sizeof carriers[0]; i++)
        charged = charged || carriers[i] == method->id;
    return charged && call->asserted.message.message;
}

/* The roles that may call it; 0: none may. `request` is unpacked. */
static unsigned roles_of(const struct method *method, const ProtobufCMessage *request, enum behalf *behalf)
{
    *behalf = method->flags & METHOD_PUBLIC ? BEHALF_SERVICE : BEHALF_ACTOR;
    if (method->target != TARGET_INTERNAL)
        return method->roles;
    for (size_t i = 0; i < INTERNAL_COUNT; i++) {
        if (internals[i].method != method->id)
            continue;
        *behalf = internals[i].behalf;
        if (*behalf == BEHALF_CARRIED) {
            const Stagematch__Internal__V1__CommitWithTextRequest *carrier = (const void *)request;
            const struct method *carried = method_find(text_of(carrier->method));
            return carried && carried->target == TARGET_SAGA_TEXT ? carried->roles : 0;
        }
        return internals[i].as == METHOD_COUNT ? 0 : method_of(internals[i].as)->roles;
    }
    return 0;
}

static struct status check_caller(struct engine_call *call, const uint8_t *assertion_key, int64_t now_ms)
{
    const Stagematch__Internal__V1__Call *sent = call->incoming->call;
    enum behalf behalf;
    unsigned roles = roles_of(call->incoming->method, call->request.message, &behalf);
    if (behalf == BEHALF_SERVICE || (behalf == BEHALF_EITHER && sent->assertion.len == 0))
        return STATUS_DONE;
    struct status status = assertion_check(text_of_bytes(sent->assertion), text_of_bytes(sent->assertion_mac),
                                           assertion_key, now_ms, &call->asserted);
    if (!status.refusal && !(roles & ROLE_BIT(call->asserted.actor.role)))
        status = status_refuse(&refusal_permission);
    return status;
}

static struct status unpack(struct engine_call *call)
{
    const struct method *method = call->incoming->method;
    struct text body = text_of_bytes(call->incoming->call->body);
    if (body.length > method->max_bytes)
        return status_refuse(&refusal_too_large);
    size_t budget_bytes = UNPACK_BYTES_MIN + UNPACK_FACTOR * body.length;
    if (budget_bytes > UNPACK_BYTES_MAX)
        budget_bytes = UNPACK_BYTES_MAX;
    const char *fault = NULL;
    enum err e = pbguard_unpack_whole(
        method->request, body, method->target == TARGET_INTERNAL ? &pbguard_limits_internal : &pbguard_limits_public,
        budget_bytes, false, &call->request, &fault);
    if (e == ERR_OK)
        return STATUS_DONE;
    return status_refuse(e == ERR_MEMORY  ? &refusal_memory
                         : e == ERR_RANGE ? &refusal_too_large
                                          : &refusal_malformed);
}

static void free_call(struct engine_call *call)
{
    pbguard_free(&call->request);
    asserted_free(&call->asserted);
    buf_free(&call->outcome.response);
    buf_free(&call->outcome.problems);
    mem_free(call->stamps);
    mem_free(call);
}

struct status dispatch_check(struct incoming_call *incoming, const uint8_t assertion_key[ASSERTION_KEY_BYTES],
                             int64_t now_ms, struct engine_call **out)
{
    struct engine_call *call;
    if (mem_alloc(1, sizeof *call, &call) != ERR_OK)
        return status_refuse(&refusal_memory);
    call->incoming = incoming;
    struct status status = unpack(call);
    if (!status.refusal)
        status = check_caller(call, assertion_key, now_ms);
    if (status.refusal) {
        free_call(call);
        return status;
    }
    *out = call;
    return STATUS_DONE;
}

/* A refusal that the domain put together itself: with the problems of a file. */
static bool answer_problems(struct engine_call *call)
{
    Stagematch__V1__Refusal *refusal = NULL;
    if (call->outcome.problems.length == 0 ||
        message_unpack(&stagematch__v1__refusal__descriptor, buf_text(&call->outcome.problems), &refusal) != ERR_OK)
        return false;
    Stagematch__Internal__V1__Reply reply = STAGEMATCH__INTERNAL__V1__REPLY__INIT;
    reply.code = (uint32_t)call->outcome.status.refusal->code;
    reply.refusal = refusal;
    channel_answer(call->incoming, &reply);
    message_free(refusal);
    return true;
}

void engine_call_answer(struct engine_call *call)
{
    if (call->outcome.status.refusal) {
        if (!answer_problems(call))
            channel_refuse(call->incoming, call->outcome.status);
    } else {
        Stagematch__Internal__V1__Reply reply = STAGEMATCH__INTERNAL__V1__REPLY__INIT;
        reply.body.data = (uint8_t *)call->outcome.response.data;
        reply.body.len = call->outcome.response.length;
        if (call->stamps) {
            reply.invalidations = call->stamps->list;
            reply.n_invalidations = call->stamps->count;
        }
        channel_answer(call->incoming, &reply);
    }
    free_call(call);
}

void engine_call_refuse(struct engine_call *call, struct status status)
{
    channel_refuse(call->incoming, status);
    free_call(call);
}
