#include "match/solve.h"

#include "base/mem.h"

#include <string.h>

enum { KEYS_INLINE = 3 };

/*
 * A placement's view of a proposer is one 64-bit key: the class above the complement of the lottery number, so that the
 * higher key is the better student. Held keys form a binary heap with the worst at the root. The heap of a placement with up
 * to KEYS_INLINE seats, which most have, lies in its head, so that a proposal touches one cache line of it; that of a larger
 * one lies elsewhere, and its root is repeated in keys[0].
 */
struct head {
    uint64_t keys[KEYS_INLINE];
    uint32_t heap_at;
    uint16_t capacity, held;
};

/* Where a student is on its list: indexes of edges. */
struct cursor {
    uint32_t next, end;
};

_Static_assert(sizeof(struct head) == 32 && sizeof(struct cursor) == 8, "neither ever straddles a cache line");

struct solving {
    const struct instance *instance;
    struct head *heads;
    uint64_t *heap;
    struct cursor *cursors;
    uint32_t *queue;     /* the students that propose in this round */
    uint32_t *next;      /* and in the next one */
    uint64_t *free_bits; /* by student: proposes in the next round; work space for ordering a long queue */
    uint32_t queued, next_queued;
    uint64_t proposals;
};

/* A proposal on its way through the pipeline of play_round. */
struct proposal {
    uint64_t key;
    uint32_t place;
};

enum {
    PIPELINE = 64, /* a power of two above the sum of the steps */
    EDGE_STEP = 16,
    HEAD_STEP = 16,
    HEAP_STEP = 8,
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
    struct cursor *cursor = &solving->cursors[student];
    if (++cursor->next < cursor->end)
        solving->next[solving->next_queued++] = student;
}

static bool is_refused(const struct head *head, uint64_t key)
{
    return head->held == head->capacity && (head->capacity == 0 || key <= head->keys[0]);
}

/* One proposal. Whoever is refused by it, the proposer or the worst one held, is queued for the next round. */
static void propose(struct solving *solving, const struct proposal *proposal)
{
    struct head *head = &solving->heads[proposal->place];
    uint64_t key = proposal->key;
    if (is_refused(head, key)) {
        requeue(solving, student_of(key));
        return;
    }
    uint64_t *heap = head->capacity <= KEYS_INLINE ? head->keys : solving->heap + head->heap_at;
    if (head->held < head->capacity) {
        sift_up(heap, head->held++, key);
        head->keys[0] = heap[0];
        return;
    }
    uint32_t refused = student_of(head->keys[0]);
    sift_down(heap, head->held, key);
    head->keys[0] = heap[0];
    requeue(solving, refused);
}

/* Fetches what an accepted proposal will touch beside the head. Only a hint: the head may change until its turn comes. */
static void fetch_for(const struct solving *solving, const struct proposal *proposal)
{
    const struct head *head = &solving->heads[proposal->place];
    if (is_refused(head, proposal->key))
        return;
    if (head->capacity > KEYS_INLINE)
        __builtin_prefetch(&solving->heap[head->heap_at], 1);
    if (head->held == head->capacity)
        __builtin_prefetch(&solving->cursors[student_of(head->keys[0])], 1);
}

/*
 * Every queued student proposes once. What a proposal needs lies in random cache lines, each found in the one before:
 * edge, head, heap. So proposals go through a pipeline, and each step fetches for the next. A student is in the queue once, and
 * nobody else moves its cursor while it is, so reading its edge early is safe.
 */
static void play_round(struct solving *solving)
{
    const struct instance *instance = solving->instance;
    struct proposal pipeline[PIPELINE] = {{0, 0}};
    uint32_t queued = solving->queued, end = queued + EDGE_STEP + HEAD_STEP + HEAP_STEP;
    for (uint32_t i = 0; i < end; i++) {
        if (i < queued)
            __builtin_prefetch(&instance->edges[solving->cursors[solving->queue[i]].next]);
        uint32_t at = i - EDGE_STEP; /* beyond `queued` while it is below zero */
        if (at < queued) {
            uint32_t student = solving->queue[at], edge = solving->cursors[student].next;
            struct proposal *proposal = &pipeline[at % PIPELINE];
            proposal->place = instance_place(instance, edge);
            proposal->key = key_of(instance_class(instance, edge), student);
            __builtin_prefetch(&solving->heads[proposal->place], 1);
        }
        at -= HEAD_STEP;
        if (at < queued)
            fetch_for(solving, &pipeline[at % PIPELINE]);
        at -= HEAP_STEP;
        if (at < queued)
            propose(solving, &pipeline[at % PIPELINE]);
    }
    solving->proposals += queued;
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
static void count_applicants(const struct instance *instance, uint32_t *applicants)
{
    for (uint32_t s = 0; s < instance->student_count; s++)
        for (uint64_t k = 0; k < instance->length[s]; k++)
            applicants[instance_place(instance, instance->first[s] + k)]++;
}

static enum err open_heads(struct solving *solving)
{
    const struct instance *instance = solving->instance;
    uint64_t seats = 0;
    uint32_t *applicants = NULL;
    enum err e = mem_alloc_aligned(64, instance->placement_count, sizeof *solving->heads, &solving->heads);
    for (uint32_t p = 0; e == ERR_OK && p < instance->placement_count; p++)
        seats += instance->capacity[p];
    if (e == ERR_OK && seats > 4 * (uint64_t)instance->student_count) {
        e = mem_alloc(instance->placement_count, sizeof *applicants, &applicants);
        if (e == ERR_OK)
            count_applicants(instance, applicants);
    }
    seats = 0;
    for (uint32_t p = 0; e == ERR_OK && p < instance->placement_count; p++) {
        uint16_t capacity = instance->capacity[p];
        if (applicants && applicants[p] < capacity)
            capacity = (uint16_t)applicants[p];
        solving->heads[p] = (struct head){.capacity = capacity, .heap_at = (uint32_t)seats};
        seats += capacity > KEYS_INLINE ? capacity : 0;
        if (seats > UINT32_MAX)
            e = ERR_RANGE;
    }
    mem_free(applicants);
    return e == ERR_OK ? mem_alloc(seats, sizeof *solving->heap, &solving->heap) : e;
}

static enum err open_queues(struct solving *solving)
{
    const struct instance *instance = solving->instance;
    uint32_t students = instance->student_count;
    enum err e = mem_alloc(students, sizeof *solving->cursors, &solving->cursors);
    if (e == ERR_OK)
        e = mem_alloc(students, sizeof *solving->queue, &solving->queue);
    if (e == ERR_OK)
        e = mem_alloc(students, sizeof *solving->next, &solving->next);
    if (e == ERR_OK)
        e = mem_alloc(((size_t)students + 63) / 64, sizeof *solving->free_bits, &solving->free_bits);
    for (uint32_t s = 0; e == ERR_OK && s < students; s++) {
        uint32_t first = (uint32_t)instance->first[s];
        solving->cursors[s] = (struct cursor){first, first + instance->length[s]};
        if (instance->length[s])
            solving->queue[solving->queued++] = s;
    }
    return e;
}

static void read_result(const struct solving *solving, struct solution *solution)
{
    const struct instance *instance = solving->instance;
    for (uint32_t s = 0; s < instance->student_count; s++) {
        const struct cursor *cursor = &solving->cursors[s];
        bool matched = cursor->next < cursor->end;
        solution->place[s] = matched ? instance_place(instance, cursor->next) : INSTANCE_UNMATCHED;
        solution->position[s] = instance->length[s] - (cursor->end - cursor->next);
        solution->matched += matched;
    }
    solution->proposals = solving->proposals;
}

enum err solve_stb(const struct instance *instance, struct solution *out)
{
    struct solution solution = {0};
    struct solving solving = {.instance = instance};
    if (instance->edge_count >= UINT32_MAX)
        return ERR_RANGE;
    enum err e = mem_alloc(instance->student_count, sizeof *solution.place, &solution.place);
    if (e == ERR_OK)
        e = mem_alloc(instance->student_count, sizeof *solution.position, &solution.position);
    if (e == ERR_OK)
        e = open_heads(&solving);
    if (e == ERR_OK)
        e = open_queues(&solving);
    if (e == ERR_OK) {
        play(&solving);
        read_result(&solving, &solution);
        *out = solution;
    } else {
        solution_free(&solution);
    }
    void *blocks[] = {solving.heads, solving.heap, solving.cursors, solving.queue, solving.next, solving.free_bits};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        mem_free(blocks[i]);
    return e;
}

void solution_free(struct solution *solution)
{
    mem_free(solution->place);
    mem_free(solution->position);
    *solution = (struct solution){0};
}
