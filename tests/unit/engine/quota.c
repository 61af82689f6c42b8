#include "engine/quota.h"

#include "stagematch/v1/common.pb-c.h"
#include "support/support.h"

#include <string.h>

enum { STUDENT = STAGEMATCH__V1__ROLE__ROLE_STUDENT, COORDINATOR = STAGEMATCH__V1__ROLE__ROLE_COORDINATOR };

static const int64_t day_ms = 86400000, begin_ms = 1800000000000;

/* An account by its number. */
static struct quota_account account_of(unsigned number, unsigned role, int64_t now_ms)
{
    static uint8_t ids[4][ID_BYTES];
    uint8_t *id = ids[number % 4];
    memset(id, 0x3c, ID_BYTES);
    memcpy(id + 4, &number, sizeof number);
    return (struct quota_account){id, role, now_ms};
}

static struct quota *open_quota(void)
{
    struct quota *quota;
    ck_assert_int_eq(quota_new(&quota), ERR_OK);
    return quota;
}

/* Changes until it is refused; gives how much was answered. */
static uint64_t fill(struct quota *quota, struct quota_account account)
{
    uint64_t calls = 0;
    while (quota_allows_change(quota, &account)) {
        quota_left(quota, &account, 15000);
        calls++;
        ck_assert_uint_lt(calls, 1000000);
    }
    return calls * 15000;
}

START_TEST(a_student_cannot_fill_the_memory)
{
    struct quota *quota = open_quota();
    uint64_t measure = quota_measure_of(STUDENT).kept_bytes;
    struct quota_account student = account_of(1, STUDENT, begin_ms), other = account_of(2, STUDENT, begin_ms);
    uint64_t left = fill(quota, student);
    ck_assert_uint_le(left, measure);
    ck_assert_uint_gt(left, measure / 2);
    ck_assert(quota_allows_change(quota, &other)); /* nobody pays for another */
    ck_assert(quota_allows_call(quota, &student)); /* who is full may still read */
    /* It drains within a day, and no faster. */
    student.now_ms += day_ms / 2;
    uint64_t later = fill(quota, student);
    ck_assert_uint_lt(later, measure * 6 / 10);
    ck_assert_uint_gt(later, measure * 4 / 10);
    ck_assert(!quota_allows_change(quota, &student));
    student.now_ms = begin_ms;
    ck_assert(!quota_allows_change(quota, &student)); /* a clock that goes back gives nothing */
    student.now_ms = begin_ms + 2 * day_ms;
    ck_assert(quota_allows_change(quota, &student));
    quota_free(quota);
}
END_TEST

START_TEST(short_answers_count_too)
{
    struct quota *quota = open_quota();
    struct quota_account student = account_of(1, STUDENT, begin_ms);
    uint64_t calls = 0;
    while (quota_allows_change(quota, &student) && calls < 100000) {
        quota_left(quota, &student, 0);
        calls++;
    }
    ck_assert_uint_eq(calls, quota_measure_of(STUDENT).kept_bytes / 512);
    quota_free(quota);
}
END_TEST

START_TEST(a_student_cannot_keep_the_engine_busy)
{
    struct quota *quota = open_quota();
    struct quota_account student = account_of(1, STUDENT, begin_ms), school = account_of(2, COORDINATOR, begin_ms);
    unsigned calls = 0;
    for (; quota_allows_call(quota, &student) && calls < 1000; calls++)
        quota_took(quota, &student, 50000);
    ck_assert_uint_eq(calls, 40); /* 2 s */
    for (int second = 1; second <= 100; second++) {
        student.now_ms = begin_ms + (int64_t)1000 * second;
        for (; quota_allows_call(quota, &student); calls++)
            quota_took(quota, &student, 50000);
    }
    ck_assert_uint_eq(calls, 40 + 100 * 2); /* a tenth of the time */
    ck_assert(quota_allows_change(quota, &student));
    for (int i = 0; i < 1000; i++)
        quota_took(quota, &school, 50000);
    ck_assert(quota_allows_call(quota, &school));
    quota_free(quota);
}
END_TEST

START_TEST(many_accounts_find_room_and_are_forgotten)
{
    struct quota *quota = open_quota();
    for (int day = 0; day < 3; day++)
        for (unsigned i = 0; i < 20000; i++) {
            struct quota_account student =
                account_of(i + 20000u * (unsigned)day, STUDENT, begin_ms + (int64_t)2 * day * day_ms);
            quota_left(quota, &student, 5 << 20);
            ck_assert(!quota_allows_change(quota, &student));
        }
    struct quota_account first = account_of(0, STUDENT, begin_ms + 4 * day_ms),
                         last = account_of(59999, STUDENT, begin_ms + 4 * day_ms);
    ck_assert(quota_allows_change(quota, &first));
    ck_assert(!quota_allows_change(quota, &last));
    quota_free(quota);
}
END_TEST

RUN_TESTS("engine/quota", a_student_cannot_fill_the_memory, short_answers_count_too,
          a_student_cannot_keep_the_engine_busy, many_accounts_find_room_and_are_forgotten)
