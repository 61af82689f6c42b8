#include "match/solve.h"

#include "base/mem.h"

#include <string.h>

/*
 * A placement's view of a proposer is one 64-bit key: the class above the complement of the lottery number, so that the
 * higher key is the better student and no key is zero. Held keys lie in a binary heap with the worst at the root; the root
 * is repeated in the head, which most proposals touch alone.
 */
struct head {
    uint64_t worst; /* 0 while there is a free seat: any proposer is better */
    uint32_t capacity, held;
    uint64_t heap_at;
};

struct solving {
    const struct instance *instance;
    struct solution *solution;
    struct head *heads;
    uint64_t *heap;
    uint32_t *queue;     /* the students that propose in this round */
    uint32_t *next;      /* and in the next one */
    uint64_t *free_bits; /* by student: proposes in the next round; work space for ordering a long queue */
    uint32_t queued, next_queued;
};

enum {
    EDGE_AHEAD = 24, /* how many proposals ahead a student's edge is fetched, */
    HEAD_AHEAD = 12, /* and the head of the placement it names */
};

static uint64_t key_of(uint32_t class, uint32_t student)
{
    return (uint64_t) class << 32 | (UINT32_MAX - student);
}

static uint32_t student_of(uint64_t key)
{
    return UINT32_MAX - (uint32_t)key;
}

static void sift_up(uint64_t *heap, uint32_t at, uint64_t key)
{
    while (at > 0 && heap[(at - 1) / 2] > key) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = key;
}

static void sift_down(uint64_t *heap, uint32_t count, uint64_t key)
{
    uint32_t at = 0;
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= count)
            break;
        if (child + 1 < count && heap[child + 1] < heap[child])
            child++;
        if (heap[child] >= key)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = key;
}

static void requeue(struct solving *solving, uint32_t student)
{
    solving->solution->position[student]++;
    if (solving->solution->position[student] < solving->instance->length[student])
        solving->next[solving->next_queued++] = student;
}

/* One proposal. Whoever is refused by it, the proposer or the worst one held, is queued for the next round. */
static void propose(struct solving *solving, uint32_t student, uint64_t edge)
{
    struct head *head = &solving->heads[instance_place(solving->instance, edge)];
    uint64_t key = key_of(instance_class(solving->instance, edge), student);
    if (key <= head->worst || head->capacity == 0) {
        requeue(solving, student);
        return;
    }
    uint64_t *heap = solving->heap + head->heap_at;
    if (head->held < head->capacity) {
        sift_up(heap, head->held++, key);
        if (head->held == head->capacity)
            head->worst = heap[0];
        return;
    }
    uint32_t refused = student_of(head->worst);
    if (head->capacity == 1)
        heap[0] = key;
    else
        sift_down(heap, head->held, key);
    head->worst = heap[0];
    requeue(solving, refused);
}

static uint64_t next_edge(const struct solving *solving, uint32_t student)
{
    return solving->instance->first[student] + solving->solution->position[student];
}

/* Every queued student proposes once. A student is in the queue once, so what is fetched ahead does not change. */
static void play_round(struct solving *solving)
{
    const struct instance *instance = solving->instance;
    uint32_t queued = solving->queued;
    for (uint32_t i = 0; i < queued; i++) {
        if (i + EDGE_AHEAD < queued)
            __builtin_prefetch(&instance->edges[next_edge(solving, solving->queue[i + EDGE_AHEAD])]);
        if (i + HEAD_AHEAD < queued) {
            uint64_t edge = next_edge(solving, solving->queue[i + HEAD_AHEAD]);
            __builtin_prefetch(&solving->heads[instance_place(instance, edge)], 1);
        }
        propose(solving, solving->queue[i], next_edge(solving, solving->queue[i]));
    }
    solving->solution->proposals += queued;
}

/* A long queue is put in student order, so that the lists are read in the order in which they lie. */
static void sort_next(struct solving *solving)
{
    size_t words = ((size_t)solving->instance->student_count + 63) / 64;
    if (solving->next_queued < words)
        return;
    for (uint32_t i = 0; i < solving->next_queued; i++)
        solving->free_bits[solving->next[i] / 64] |= UINT64_C(1) << (solving->next[i] % 64);
    uint32_t at = 0;
    for (size_t w = 0; w < words; w++) {
        for (uint64_t bits = solving->free_bits[w]; bits; bits &= bits - 1)
            solving->next[at++] = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(bits));
        solving->free_bits[w] = 0;
    }
}

static void play(struct solving *solving)
{
    while (solving->queued) {
        solving->next_queued = 0;
        play_round(solving);
        sort_next(solving);
        uint32_t *played = solving->queue;
        solving->queue = solving->next;
        solving->next = played;
        solving->queued = solving->next_queued;
    }
}

/* A placement needs no more seats than students who list it; counting them costs a pass, so only where it matters. */
static enum err count_applicants(const struct instance *instance, uint32_t *applicants)
{
    for (uint32_t s = 0; s < instance->student_count; s++)
        for (uint64_t k = 0; k < instance->length[s]; k++)
            applicants[instance_place(instance, instance->first[s] + k)]++;
    return ERR_OK;
}

static enum err open_heads(struct solving *solving)
{
    const struct instance *instance = solving->instance;
    uint64_t seats = 0;
    uint32_t *applicants = NULL;
    enum err e = mem_alloc(instance->placement_count, sizeof *solving->heads, &solving->heads);
    for (uint32_t p = 0; e == ERR_OK && p < instance->placement_count; p++)
        seats += instance->capacity[p];
    if (e == ERR_OK && seats > 4 * (uint64_t)instance->student_count) {
        e = mem_alloc(instance->placement_count, sizeof(uint32_t), &applicants);
        if (e == ERR_OK)
            e = count_applicants(instance, applicants);
    }
    seats = 0;
    for (uint32_t p = 0; e == ERR_OK && p < instance->placement_count; p++) {
        uint32_t capacity = instance->capacity[p];
        if (applicants && applicants[p] < capacity)
            capacity = applicants[p];
        solving->heads[p] = (struct head){.capacity = capacity, .heap_at = seats};
        seats += capacity;
    }
    mem_free(applicants);
    return e == ERR_OK ? mem_alloc(seats, sizeof *solving->heap, &solving->heap) : e;
}

static enum err open_queues(struct solving *solving)
{
    uint32_t students = solving->instance->student_count;
    enum err e = mem_alloc(students, sizeof *solving->queue, &solving->queue);
    if (e == ERR_OK)
        e = mem_alloc(students, sizeof *solving->next, &solving->next);
    if (e == ERR_OK)
        e = mem_alloc(((size_t)students + 63) / 64, sizeof *solving->free_bits, &solving->free_bits);
    for (uint32_t s = 0; e == ERR_OK && s < students; s++)
        if (solving->instance->length[s])
            solving->queue[solving->queued++] = s;
    return e;
}

static void read_result(const struct solving *solving)
{
    const struct instance *instance = solving->instance;
    struct solution *solution = solving->solution;
    for (uint32_t s = 0; s < instance->student_count; s++) {
        bool matched = solution->position[s] < instance->length[s];
        solution->place[s] = matched ? instance_place(instance, next_edge(solving, s)) : INSTANCE_UNMATCHED;
        solution->matched += matched;
    }
}

enum err solve_stb(const struct instance *instance, struct solution *out)
{
    struct solution solution = {0};
    struct solving solving = {.instance = instance, .solution = &solution};
    enum err e = mem_alloc(instance->student_count, sizeof *solution.place, &solution.place);
    if (e == ERR_OK)
        e = mem_alloc(instance->student_count, sizeof *solution.position, &solution.position);
    if (e == ERR_OK)
        e = open_heads(&solving);
    if (e == ERR_OK)
        e = open_queues(&solving);
    if (e == ERR_OK) {
        play(&solving);
        read_result(&solving);
        *out = solution;
    } else {
        solution_free(&solution);
    }
    mem_free(solving.heads);
    mem_free(solving.heap);
    mem_free(solving.queue);
    mem_free(solving.next);
    mem_free(solving.free_bits);
    return e;
}

void solution_free(struct solution *solution)
{
    mem_free(solution->place);
    mem_free(solution->position);
    *solution = (struct solution){0};
}
