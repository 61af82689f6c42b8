#include "match/lists.h"

#include "base/mem.h"
#include "base/parallel.h"
#include "match/visits.h"

#include <string.h>

enum { PROGRESS_STUDENTS = 4096, STUDENTS_PER_THREAD = 4096 };

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

/* One thread's share: a run of the visits, and an array of edges that starts at 0. */
struct worker {
    const struct list_request *request;
    struct list_maker maker;
    bool maker_is_shared;
    const struct visit *visits;
    uint32_t visit_count;
    struct instance *whole; /* for `first` and `length`, where no two workers write the same student */
    struct instance part;   /* for the edges */
    bool *cut;
    struct list_counts counts;
    bool shows_progress;
    enum err error;
};

/* Adds one student's list behind the edges there are. */
static enum err add_list(struct worker *worker, uint32_t number)
{
    const struct candidate *candidates, *list;
    const struct list_request *request = worker->request;
    struct instance *part = &worker->part;
    uint32_t found, count, listed = 0, student = request->students[number];
    eligibility_find(worker->maker.eligibility, student, &candidates, &found);
    preference_order(worker->maker.preference, student, candidates, found, request->list_max, &list, &count);
    enum err e = instance_reserve(part, count);
    if (e != ERR_OK)
        return e;
    worker->whole->first[number] = part->edge_count;
    for (uint32_t k = 0; k < count; k++)
        if (request->capacity[list[k].place] > 0)
            instance_set_edge(part, part->edge_count + listed++, list[k].place,
                              list[k].score / worker->maker.rules.band_width);
    worker->whole->length[number] = listed;
    part->edge_count += listed;
    worker->counts.eligible_pairs += found;
    worker->counts.cut_lists += count < found;
    if (worker->cut)
        worker->cut[number] = count < found;
    return ERR_OK;
}

static void work(struct worker *worker)
{
    const struct list_request *request = worker->request;
    for (uint32_t i = 0; i < worker->visit_count && worker->error == ERR_OK; i++) {
        worker->error = add_list(worker, worker->visits[i].number);
        if (worker->shows_progress && request->progress && i % PROGRESS_STUDENTS == 0)
            request->progress(request->context, i, worker->visit_count);
    }
}

static enum err open_worker(struct worker *worker, const struct list_maker *maker, const struct instance *whole)
{
    worker->maker = *maker;
    worker->part = (struct instance){.place_bits = whole->place_bits};
    enum err e = ERR_OK;
    if (whole->wide)
        e = mem_grow(&worker->part.wide, &worker->part.wide_capacity, 1, sizeof *worker->part.wide);
    if (e != ERR_OK || worker->shows_progress)
        return e; /* the first one works with the maker that was given */
    worker->maker.eligibility = NULL;
    worker->maker.preference = NULL;
    worker->maker_is_shared = true;
    e = eligibility_share(maker->eligibility, &worker->maker.eligibility);
    return e == ERR_OK
               ? preference_new(maker->market, eligibility_most(maker->eligibility), &worker->maker.preference)
               : e;
}

static void close_worker(struct worker *worker)
{
    if (worker->maker_is_shared)
        list_maker_close(&worker->maker);
    instance_free(&worker->part);
}

/* Puts a worker's edges behind those of the whole; the first one's array becomes the whole's. */
static enum err join_part(struct worker *worker, struct instance *whole)
{
    struct instance *part = &worker->part;
    uint64_t base = whole->edge_count;
    if (base == 0) {
        mem_free(whole->edges);
        mem_free(whole->wide);
        whole->edges = part->edges;
        whole->wide = part->wide;
        whole->edge_capacity = part->edge_capacity;
        whole->wide_capacity = part->wide_capacity;
        part->edges = NULL;
        part->wide = NULL;
    } else if (part->edge_count) {
        enum err e = instance_reserve(whole, part->edge_count);
        if (e != ERR_OK)
            return e;
        memcpy(whole->edges + base, part->edges, part->edge_count * sizeof *part->edges);
        if (part->wide)
            memcpy(whole->wide + base, part->wide, part->edge_count * sizeof *part->wide);
        for (uint32_t i = 0; i < worker->visit_count; i++)
            whole->first[worker->visits[i].number] += base;
    }
    whole->edge_count = base + part->edge_count;
    return ERR_OK;
}

/* One worker a piece. */
static void work_pieces(void *context, uint32_t piece, size_t begin, size_t end)
{
    struct worker *workers = context;
    (void)piece;
    for (size_t i = begin; i < end; i++)
        work(&workers[i]);
}

/*
 * Shares the visits out: ends[i] is where worker i's run ends. A visit weighs what its qualification offers, so that runs
 * cost about the same.
 */
static void share_out(const struct list_maker *maker, const struct visit *visits, uint32_t visit_count,
                      uint32_t workers, uint32_t *ends)
{
    uint64_t total = 0, so_far = 0;
    uint32_t worker = 0;
    for (uint32_t i = 0; i < visit_count; i++)
        total += 1u + eligibility_offered(maker->eligibility, visits[i].qualification, visits[i].leerweg);
    for (uint32_t i = 0; i < visit_count; i++) {
        so_far += 1u + eligibility_offered(maker->eligibility, visits[i].qualification, visits[i].leerweg);
        while (worker + 1 < workers && so_far * workers >= total * (worker + 1))
            ends[worker++] = i + 1;
    }
    while (worker < workers)
        ends[worker++] = visit_count;
}

static enum err build_parts(const struct list_maker *maker, const struct list_request *request,
                            const struct visit *visits, struct instance *whole, bool *cut, struct list_counts *counts)
{
    struct worker workers[PARALLEL_THREADS_MAX] = {0};
    uint32_t ends[PARALLEL_THREADS_MAX], most = request->student_count / STUDENTS_PER_THREAD + 1, begin = 0;
    uint32_t count = request->threads < most ? request->threads : most;
    enum err e = ERR_OK;
    share_out(maker, visits, request->student_count, count, ends);
    for (uint32_t i = 0; i < count && e == ERR_OK; begin = ends[i++]) {
        workers[i] = (struct worker){.request = request,
                                     .visits = visits + begin,
                                     .visit_count = ends[i] - begin,
                                     .whole = whole,
                                     .cut = cut,
                                     .shows_progress = i == 0};
        e = open_worker(&workers[i], maker, whole);
    }
    if (e == ERR_OK)
        parallel_run(count, count, work_pieces, workers);
    for (uint32_t i = 0; i < count && e == ERR_OK; i++)
        e = workers[i].error;
    for (uint32_t i = 0; i < count; i++) {
        if (e == ERR_OK)
            e = join_part(&workers[i], whole);
        counts->eligible_pairs += workers[i].counts.eligible_pairs;
        counts->cut_lists += workers[i].counts.cut_lists;
        close_worker(&workers[i]);
    }
    return e;
}

enum err lists_build(struct list_maker *maker, const struct list_request *request, struct instance *out, bool *cut,
                     struct list_counts *counts)
{
    struct instance instance;
    struct visit *visits = NULL;
    struct list_counts counted = {0, 0};
    if (request->threads < 1 || request->threads > PARALLEL_THREADS_MAX)
        return ERR_RANGE;
    enum err e = instance_new(request->student_count, (uint32_t)maker->market->placement_count,
                              SCORE_MAX / maker->rules.band_width, &instance);
    if (e != ERR_OK)
        return e;
    for (size_t p = 0; p < maker->market->placement_count; p++)
        instance.capacity[p] = request->capacity[p];
    e = visits_plan(maker->market, request->students, request->student_count, &visits);
    if (e == ERR_OK)
        e = build_parts(maker, request, visits, &instance, cut, &counted);
    mem_free(visits);
    if (e != ERR_OK) {
        instance_free(&instance);
        return e;
    }
    *out = instance;
    *counts = counted;
    return ERR_OK;
}
