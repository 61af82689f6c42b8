#include "ipc/allowed.h"

#define ANY_METHOD METHOD_COUNT

/* All methods of a target, or one internal method; what no row names is forbidden. */
static const struct {
    enum role_name from, to;
    enum method_target target;
    enum method_id method;
} rules[] = {
    {ROLE_FRONT, ROLE_ENGINE, TARGET_ENGINE, ANY_METHOD},
    {ROLE_FRONT, ROLE_ENGINE, TARGET_SAGA_TEXT, ANY_METHOD},
    {ROLE_FRONT, ROLE_ENGINE, TARGET_INTERNAL, METHOD_COMMIT_STUDENTS},
    {ROLE_FRONT, ROLE_ENGINE, TARGET_INTERNAL, METHOD_COMMIT_PLACEMENTS},
    {ROLE_FRONT, ROLE_ENGINE, TARGET_INTERNAL, METHOD_COMMIT_WITH_TEXT},
    {ROLE_FRONT, ROLE_ENGINE, TARGET_INTERNAL, METHOD_LIST_RESULTS},
    {ROLE_FRONT, ROLE_ENGINE, TARGET_INTERNAL, METHOD_GET_METRICS},
    {ROLE_FRONT, ROLE_VAULT, TARGET_VAULT, ANY_METHOD},
    {ROLE_FRONT, ROLE_VAULT, TARGET_INTERNAL, METHOD_AUTHENTICATE},
    {ROLE_FRONT, ROLE_VAULT, TARGET_INTERNAL, METHOD_STAGE_STUDENTS},
    {ROLE_FRONT, ROLE_VAULT, TARGET_INTERNAL, METHOD_STAGE_TEXT},
    {ROLE_FRONT, ROLE_VAULT, TARGET_INTERNAL, METHOD_FINALISE},
    {ROLE_FRONT, ROLE_VAULT, TARGET_INTERNAL, METHOD_GET_METRICS},
    {ROLE_VAULT, ROLE_ENGINE, TARGET_INTERNAL, METHOD_RESOLVE_STAGE},
    {ROLE_VAULT, ROLE_ENGINE, TARGET_INTERNAL, METHOD_COMMIT_RELEASE},
    {ROLE_VAULT, ROLE_ENGINE, TARGET_INTERNAL, METHOD_CHECK_GRANT},
    {ROLE_VAULT, ROLE_ENGINE, TARGET_INTERNAL, METHOD_COMMIT_ERASURE},
    {ROLE_VAULT, ROLE_ENGINE, TARGET_INTERNAL, METHOD_PULL_NOTICES},
    {ROLE_VAULT, ROLE_ENGINE, TARGET_ENGINE, METHOD_GET_LEDGER_HEAD}, /* to sign it */
};

bool allowed_call(enum role_name from, enum role_name to, const struct method *method)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].from == from && rules[i].to == to && rules[i].target == method->target &&
            (rules[i].method == ANY_METHOD || rules[i].method == method->id))
            return true;
    return false;
}

bool allowed_changed(enum role_name from, enum role_name to)
{
    return from == ROLE_ENGINE && to == ROLE_FRONT;
}
