/* What several fronts count, in one piece of memory. */
#include "front/numbers.h"

#include "support/support.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FRONTS = 3 };

static int make_memory(void)
{
    int fd = memfd_create("numbers", MFD_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, (off_t)numbers_bytes(FRONTS)), 0);
    return fd;
}

static struct front_numbers some(uint64_t calls, size_t connections, int64_t published_us)
{
    struct front_numbers numbers;
    memset(&numbers, 0, sizeof numbers);
    for (uint64_t i = 0; i < calls; i++)
        counters_add(&numbers.counters, METHOD_GET_PROPOSAL, STATUS_OK, 2000);
    numbers.server.connections = connections;
    numbers.server.requests = calls * 2;
    numbers.auth.found = calls;
    numbers.auth.known = connections;
    numbers.calls_running = connections;
    numbers.published_us = (uint64_t)published_us;
    return numbers;
}

START_TEST(whoever_is_asked_knows_what_all_count)
{
    struct numbers fronts[FRONTS];
    struct front_numbers sum, one;
    int fd = make_memory();
    for (size_t i = 0; i < FRONTS; i++) {
        struct front_numbers now = some(10 * (i + 1), i + 1, 1);
        ck_assert_int_eq(numbers_open(fd, FRONTS, i, &fronts[i]), ERR_OK);
        numbers_publish(&fronts[i], &now);
        numbers_publish(&fronts[i], &now); /* it says what there is, not what is new */
    }
    close(fd);
    for (size_t i = 0; i < FRONTS; i++) {
        numbers_sum(&fronts[i], &sum);
        ck_assert_uint_eq(sum.counters.calls[METHOD_GET_PROPOSAL][STATUS_OK], 60);
        ck_assert_uint_eq(sum.counters.duration_sum_us, 120000);
        ck_assert_uint_eq(sum.server.connections, 6);
        ck_assert_uint_eq(sum.server.requests, 120);
        ck_assert_uint_eq(sum.auth.known, 6);
        numbers_read(&fronts[i], 1, &one);
        ck_assert_uint_eq(one.server.requests, 40);
    }
    for (size_t i = 0; i < FRONTS; i++)
        numbers_close(&fronts[i]);
}
END_TEST

START_TEST(a_new_front_goes_on_from_what_its_predecessor_counted)
{
    struct numbers front;
    struct front_numbers now = some(5, 9, 1), sum;
    int fd = make_memory();
    for (int starts = 0; starts < 3; starts++) {
        ck_assert_int_eq(numbers_open(fd, FRONTS, 2, &front), ERR_OK);
        numbers_publish(&front, &now);
        numbers_sum(&front, &sum);
        ck_assert_uint_eq(sum.counters.calls[METHOD_GET_PROPOSAL][STATUS_OK], 5 * (uint64_t)(starts + 1));
        ck_assert_uint_eq(sum.server.requests, 10 * (uint64_t)(starts + 1));
        ck_assert_uint_eq(sum.server.connections, 9); /* those of who is gone are gone */
        ck_assert_uint_eq(sum.auth.known, 9);
        ck_assert_uint_eq(sum.calls_running, 9);
        numbers_close(&front);
    }
    close(fd);
}
END_TEST

START_TEST(who_says_nothing_for_long_is_not_there)
{
    struct front_numbers never = some(0, 0, 0), once = some(0, 0, 7000000);
    ck_assert(!numbers_is_alive(&never, 1));
    ck_assert(numbers_is_alive(&once, 7000000 + NUMBERS_ALIVE_MS * 1000 - 1));
    ck_assert(!numbers_is_alive(&once, 7000000 + NUMBERS_ALIVE_MS * 1000));
}
END_TEST

START_TEST(without_a_parent_there_is_one_front)
{
    struct numbers front;
    struct front_numbers sum;
    ck_assert_int_eq(numbers_open(-1, 1, 1, &front), ERR_RANGE);
    ck_assert_int_eq(numbers_open(-1, 1, 0, &front), ERR_OK);
    numbers_sum(&front, &sum);
    ck_assert_uint_eq(sum.server.requests, 0);
    numbers_close(&front);
    numbers_close(&front);
}
END_TEST

RUN_TESTS("front/numbers", whoever_is_asked_knows_what_all_count,
          a_new_front_goes_on_from_what_its_predecessor_counted, who_says_nothing_for_long_is_not_there,
          without_a_parent_there_is_one_front)
