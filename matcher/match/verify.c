#include "match/verify.h"

#include "base/mem.h"

/* What a placement holds at the least: its lowest class, and within that the latest lottery number. */
struct holding {
    uint32_t seats_left;
    uint32_t lowest_class;
    uint32_t latest_student;
    bool any;
};

const char *finding_text(enum finding finding)
{
    switch (finding) {
    case FINDING_NONE:
        return "nothing wrong";
    case FINDING_NOT_ON_LIST:
        return "a student is matched to a placement that is not on its list";
    case FINDING_OVER_CAPACITY:
        return "a placement holds more students than it has seats";
    case FINDING_BLOCKING_CLASS:
        return "a student and a placement would both rather have each other";
    case FINDING_BLOCKING_LOTTERY:
        return "a student lost to a later one in the lottery";
    }
    return "unknown finding";
}

/* Keeps the gravest finding, of equally grave ones the first: the order of enum finding is that of gravity. */
static void found(struct verdict *verdict, enum finding finding, uint32_t student, uint32_t place)
{
    if (verdict->finding == FINDING_NONE || finding < verdict->finding)
        *verdict = (struct verdict){finding, student, place};
}

/* Enters one matched student; finds it on its own list. */
static void enter(const struct instance *instance, struct holding *holdings, uint32_t student, uint32_t place,
                  struct verdict *verdict)
{
    uint64_t end = instance->first[student] + instance->length[student];
    for (uint64_t edge = instance->first[student]; edge < end; edge++) {
        if (instance_place(instance, edge) != place)
            continue;
        struct holding *holding = &holdings[place];
        uint32_t class = instance_class(instance, edge);
        if (holding->seats_left == 0) {
            found(verdict, FINDING_OVER_CAPACITY, student, place);
            return;
        }
        holding->seats_left--;
        /* Students come in lottery order, so a later one of the same class replaces an earlier one. */
        if (!holding->any || class <= holding->lowest_class) {
            holding->lowest_class = class;
            holding->latest_student = student;
        }
        holding->any = true;
        return;
    }
    found(verdict, FINDING_NOT_ON_LIST, student, place);
}

/* Everything a student likes better than what it has must be full of students who go before it. */
static void check_student(const struct instance *instance, const struct holding *holdings, uint32_t student,
                          uint32_t place, struct verdict *verdict)
{
    uint64_t end = instance->first[student] + instance->length[student];
    for (uint64_t edge = instance->first[student]; edge < end; edge++) {
        uint32_t better = instance_place(instance, edge);
        if (better == place)
            return;
        const struct holding *holding = &holdings[better];
        uint32_t class = instance_class(instance, edge);
        if (holding->seats_left > 0 || (holding->any && class > holding->lowest_class))
            found(verdict, FINDING_BLOCKING_CLASS, student, better);
        else if (holding->any && class == holding->lowest_class && student < holding->latest_student)
            found(verdict, FINDING_BLOCKING_LOTTERY, student, better);
    }
}

enum err verify_matching(const struct instance *instance, const uint32_t *place, struct verdict *verdict)
{
    struct holding *holdings;
    enum err e = mem_alloc(instance->placement_count, sizeof *holdings, &holdings);
    if (e != ERR_OK)
        return e;
    struct verdict result = {FINDING_NONE, 0, 0};
    for (uint32_t p = 0; p < instance->placement_count; p++)
        holdings[p].seats_left = instance->capacity[p];
    for (uint32_t s = 0; s < instance->student_count; s++)
        if (place[s] != INSTANCE_UNMATCHED && place[s] >= instance->placement_count)
            found(&result, FINDING_NOT_ON_LIST, s, place[s]);
        else if (place[s] != INSTANCE_UNMATCHED)
            enter(instance, holdings, s, place[s], &result);
    for (uint32_t s = 0; s < instance->student_count; s++)
        check_student(instance, holdings, s, place[s], &result);
    mem_free(holdings);
    *verdict = result;
    return result.finding == FINDING_NONE ? ERR_OK : ERR_MISMATCH;
}
