#include "ipc/pending.h"

#include "base/mem.h"
#include "base/random.h"
#include "support/support.h"

#include <string.h>

static void on_answer(void *context, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    (void)context, (void)status, (void)reply;
}

static uint64_t add(struct pending *pending, int64_t deadline_us)
{
    uint64_t id = 0;
    ck_assert_int_eq(pending_add(pending, on_answer, NULL, deadline_us, &id), ERR_OK);
    ck_assert_uint_ne(id, 0);
    return id;
}

START_TEST(an_id_finds_its_call_once)
{
    struct pending pending = {.slots = NULL};
    struct pending_call call;
    uint64_t first = add(&pending, 5), second = add(&pending, 3);
    ck_assert(pending_take(&pending, first, &call));
    ck_assert_int_eq(call.deadline_us, 5);
    ck_assert(!pending_take(&pending, first, &call));
    uint64_t third = add(&pending, 9); /* in the slot of the first */
    ck_assert_uint_ne(third, first);
    ck_assert(!pending_take(&pending, first, &call));
    ck_assert(pending_take(&pending, third, &call));
    ck_assert(pending_take(&pending, second, &call));
    ck_assert(!pending_take(&pending, 0, &call));
    ck_assert(!pending_take(&pending, UINT64_MAX, &call));
    pending_free(&pending);
}
END_TEST

START_TEST(calls_come_due_in_order)
{
    enum { CALLS = 300, STEPS = 20000, DEADLINES = 1000 };
    static uint64_t ids[CALLS];
    static int64_t deadlines[CALLS];
    struct pending pending = {.slots = NULL};
    struct pending_call call;
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(7));
    uint64_t id;
    memset(ids, 0, sizeof ids);
    for (int step = 0; step < STEPS; step++) {
        size_t i = (size_t)random_below(&random, CALLS);
        if (ids[i])
            ck_assert(pending_take(&pending, ids[i], &call) && call.deadline_us == deadlines[i]);
        deadlines[i] = (int64_t)random_below(&random, DEADLINES);
        ids[i] = random_below(&random, 3) ? add(&pending, deadlines[i]) : 0;
        int64_t first = INT64_MAX;
        for (size_t j = 0; j < CALLS; j++)
            if (ids[j] && deadlines[j] < first)
                first = deadlines[j];
        ck_assert_int_eq(pending_first_us(&pending), first);
    }
    int64_t last = 0;
    ck_assert(!pending_take_due(&pending, -1, &call, &id));
    while (pending_take_due(&pending, INT64_MAX, &call, &id)) {
        ck_assert_int_ge(call.deadline_us, last);
        last = call.deadline_us;
    }
    ck_assert_int_eq(pending_first_us(&pending), INT64_MAX);
    pending_free(&pending);
}
END_TEST

START_TEST(without_memory_it_stays_as_it_was)
{
    for (uint64_t nth = 1; nth <= 2; nth++) {
        struct pending pending = {.slots = NULL};
        struct pending_call call;
        uint64_t id = 0;
        mem_fail_at(nth);
        ck_assert_int_eq(pending_add(&pending, on_answer, NULL, 1, &id), ERR_MEMORY);
        mem_fail_at(0);
        ck_assert_uint_eq(id, 0);
        id = add(&pending, 1);
        ck_assert(pending_take(&pending, id, &call));
        pending_free(&pending);
    }
}
END_TEST

RUN_TESTS("pending", an_id_finds_its_call_once, calls_come_due_in_order, without_memory_it_stays_as_it_was)
