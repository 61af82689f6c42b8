#include "match/lists.h"

#include "base/mem.h"
#include "match/visits.h"

enum { PROGRESS_STUDENTS = 4096 };

enum err list_maker_open(const struct market *market, const struct match_rules *rules, struct list_maker *out)
{
    struct list_maker maker = {.market = market, .rules = *rules};
    enum err e = eligibility_new(market, rules, &maker.eligibility);
    if (e == ERR_OK)
        e = preference_new(market, eligibility_most(maker.eligibility), &maker.preference);
    if (e != ERR_OK) {
        list_maker_close(&maker);
        return e;
    }
    *out = maker;
    return ERR_OK;
}

void list_maker_close(struct list_maker *maker)
{
    eligibility_free(maker->eligibility);
    preference_free(maker->preference);
    *maker = (struct list_maker){0};
}

void list_maker_full(struct list_maker *maker, uint32_t student, const struct candidate **list, uint32_t *count)
{
    const struct candidate *candidates;
    uint32_t found;
    eligibility_find(maker->eligibility, student, &candidates, &found);
    preference_order(maker->preference, student, candidates, found, 0, list, count);
}

/* Adds one student's list behind the edges there are. */
static enum err add_list(struct list_maker *maker, const struct list_request *request, uint32_t number,
                         struct instance *instance, bool *was_cut, struct list_counts *counts)
{
    const struct candidate *candidates, *list;
    uint32_t found, count, listed = 0, student = request->students[number];
    eligibility_find(maker->eligibility, student, &candidates, &found);
    preference_order(maker->preference, student, candidates, found, request->list_max, &list, &count);
    enum err e = instance_reserve(instance, count);
    if (e != ERR_OK)
        return e;
    instance->first[number] = instance->edge_count;
    for (uint32_t k = 0; k < count; k++)
        if (request->capacity[list[k].place] > 0)
            instance_set_edge(instance, instance->edge_count + listed++, list[k].place,
                              list[k].score / maker->rules.band_width);
    instance->length[number] = listed;
    instance->edge_count += listed;
    counts->eligible_pairs += found;
    counts->cut_lists += count < found;
    *was_cut = count < found;
    return ERR_OK;
}

enum err lists_build(struct list_maker *maker, const struct list_request *request, struct instance *out, bool *cut,
                     struct list_counts *counts)
{
    struct instance instance;
    struct visit *visits = NULL;
    struct list_counts counted = {0, 0};
    enum err e = instance_new(request->student_count, (uint32_t)maker->market->placement_count,
                              SCORE_MAX / maker->rules.band_width, &instance);
    if (e != ERR_OK)
        return e;
    for (size_t p = 0; p < maker->market->placement_count; p++)
        instance.capacity[p] = request->capacity[p];
    e = visits_plan(maker->market, request->students, request->student_count, &visits);
    for (uint32_t i = 0; i < request->student_count && e == ERR_OK; i++) {
        bool was_cut = false;
        e = add_list(maker, request, visits[i].number, &instance, &was_cut, &counted);
        if (cut)
            cut[visits[i].number] = was_cut;
        if (request->progress && i % PROGRESS_STUDENTS == 0)
            request->progress(request->context, i, request->student_count);
    }
    mem_free(visits);
    if (e != ERR_OK) {
        instance_free(&instance);
        return e;
    }
    *out = instance;
    *counts = counted;
    return ERR_OK;
}
