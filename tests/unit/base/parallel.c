#include "base/parallel.h"
#include "support/support.h"

#include <string.h>

enum { COUNT = 1000 };

struct seen {
    unsigned char times[COUNT]; /* each is written by the piece that has it alone */
    unsigned char pieces[PARALLEL_THREADS_MAX];
};

static void mark(void *context, uint32_t piece, size_t begin, size_t end)
{
    struct seen *seen = context;
    seen->pieces[piece]++;
    for (size_t i = begin; i < end; i++)
        seen->times[i]++;
}

START_TEST(every_item_is_done_once_whatever_the_number_of_threads)
{
    static const uint32_t threads[] = {0, 1, 2, 3, 7, PARALLEL_THREADS_MAX, 1000};
    static const size_t counts[] = {0, 1, 2, 63, COUNT};
    for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++)
        for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
            struct seen seen;
            memset(&seen, 0, sizeof seen);
            parallel_run(threads[t], counts[c], mark, &seen);
            for (size_t i = 0; i < COUNT; i++)
                ck_assert_uint_eq(seen.times[i], i < counts[c]);
        }
}
END_TEST

START_TEST(as_many_pieces_as_threads_each_once)
{
    struct seen seen;
    memset(&seen, 0, sizeof seen);
    parallel_run(5, COUNT, mark, &seen);
    for (size_t i = 0; i < PARALLEL_THREADS_MAX; i++)
        ck_assert_uint_eq(seen.pieces[i], i < 5);
}
END_TEST

START_TEST(there_is_at_least_one_processor)
{
    ck_assert_uint_ge(parallel_processors(), 1);
}
END_TEST

RUN_TESTS("base/parallel", every_item_is_done_once_whatever_the_number_of_threads,
          as_many_pieces_as_threads_each_once, there_is_at_least_one_processor)
