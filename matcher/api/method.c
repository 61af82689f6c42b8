#include "api/method.h"

#include "stagematch/internal/v1/saga.pb-c.h"
#include "stagematch/v1/account.pb-c.h"
#include "stagematch/v1/auth.pb-c.h"
#include "stagematch/v1/candidate.pb-c.h"
#include "stagematch/v1/case.pb-c.h"
#include "stagematch/v1/group.pb-c.h"
#include "stagematch/v1/identity.pb-c.h"
#include "stagematch/v1/measure.pb-c.h"
#include "stagematch/v1/monitor.pb-c.h"
#include "stagematch/v1/operation.pb-c.h"
#include "stagematch/v1/placement.pb-c.h"
#include "stagematch/v1/proposal.pb-c.h"
#include "stagematch/v1/round.pb-c.h"
#include "stagematch/v1/signal.pb-c.h"
#include "stagematch/v1/student.pb-c.h"
#include "stagematch/v1/task.pb-c.h"
#include "stagematch/v1/wording.pb-c.h"

#include <stdlib.h>

#define R_CO ROLE_BIT(STAGEMATCH__V1__ROLE__ROLE_COORDINATOR)
#define R_CP ROLE_BIT(STAGEMATCH__V1__ROLE__ROLE_COMPANY)
#define R_VP ROLE_BIT(STAGEMATCH__V1__ROLE__ROLE_VERTROUWENSPERSOON)
#define R_BH ROLE_BIT(STAGEMATCH__V1__ROLE__ROLE_BEHANDELAAR)
#define R_ST ROLE_BIT(STAGEMATCH__V1__ROLE__ROLE_STUDENT)
#define R_OP ROLE_BIT(STAGEMATCH__V1__ROLE__ROLE_OPERATOR)
#define R_ALL (R_CO | R_CP | R_VP | R_BH | R_ST | R_OP)
#define KIB(n) ((size_t)(n) << 10)
#define MIB(n) ((size_t)(n) << 20)

static const struct method methods[METHOD_COUNT] = {
#define X(id, path, snake, target, roles, max_bytes, flags)                                                          \
    {METHOD_##id,                                                                                                    \
     path,                                                                                                           \
     target,                                                                                                         \
     roles,                                                                                                          \
     max_bytes,                                                                                                      \
     flags,                                                                                                          \
     &stagematch__##snake##_request__descriptor,                                                                     \
     &stagematch__##snake##_response__descriptor},
#include "api/methods.def"
#undef X
};

const struct method *method_of(enum method_id id)
{
    return &methods[id];
}

/* Methods in the order of their paths, for the search; sorted on first use. */
static enum method_id by_path[METHOD_COUNT];

static int compare_methods(const void *a, const void *b)
{
    const enum method_id *x = a, *y = b;
    return text_compare(text_of(methods[*x].path), text_of(methods[*y].path));
}

const struct method *method_find(struct text path)
{
    static bool sorted;
    if (!sorted) {
        sorted = true;
        for (enum method_id id = 0; id < METHOD_COUNT; id++)
            by_path[id] = id;
        qsort(by_path, METHOD_COUNT, sizeof by_path[0], compare_methods);
    }
    size_t low = 0, high = METHOD_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct method *method = &methods[by_path[middle]];
        int order = text_compare(path, text_of(method->path));
        if (order == 0)
            return method;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
