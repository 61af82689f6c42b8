#include "match/hr_binary.h"
#include "base/mem.h"
#include "support/support.h"

#include <string.h>

enum { FILE_BYTES_MAX = 256 };

/* An HRB1 file of at most four students, for a case to damage. */
struct parts {
    uint32_t students, places;
    uint64_t edges;
    uint32_t off[5], adj[6], lot[4];
    uint16_t score[6], cap[3];
    uint32_t off_count, adj_count, lot_count, cap_count; /* how many are written */
};

/* Student 0 lists 0 1, student 1 lists 1, student 2 lists 1 0; the lottery order is 1, 0, 2. */
static const struct parts good = {
    .students = 3,
    .places = 2,
    .edges = 5,
    .off = {0, 2, 3, 5},
    .adj = {0, 1, 1, 1, 0},
    .score = {4, 65535, 2, 1, 0},
    .lot = {1, 2, 0},
    .cap = {1, 65535},
    .off_count = 4,
    .adj_count = 5,
    .lot_count = 3,
    .cap_count = 2,
};

static void put(unsigned char *out, size_t *length, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[(*length)++] = (unsigned char)(number >> (8 * i));
}

/* At an odd address, as a file may lie. */
static struct text write_file(const struct parts *parts, unsigned char out[FILE_BYTES_MAX])
{
    size_t length = 1;
    for (const char *c = "HRB1"; *c; c++)
        out[length++] = (unsigned char)*c;
    put(out, &length, parts->students, 4);
    put(out, &length, parts->places, 4);
    put(out, &length, 0, 4);
    put(out, &length, parts->edges, 8);
    for (size_t i = 0; i < parts->off_count; i++)
        put(out, &length, parts->off[i], 4);
    for (size_t i = 0; i < parts->adj_count; i++)
        put(out, &length, parts->adj[i], 4);
    for (size_t i = 0; i < parts->adj_count; i++)
        put(out, &length, parts->score[i], 2);
    for (size_t i = 0; i < parts->lot_count; i++)
        put(out, &length, parts->lot[i], 4);
    for (size_t i = 0; i < parts->cap_count; i++)
        put(out, &length, parts->cap[i], 2);
    return (struct text){(const char *)out + 1, length - 1};
}

static void expect_refused(struct text bytes, const char *code, const char *where)
{
    struct problems problems;
    struct hr hr = {.number = NULL};
    problems_init(&problems, "instance");
    ck_assert_int_eq(hr_binary_read(bytes, &hr, &problems), ERR_INPUT);
    ck_assert_uint_eq(problems.total, 1);
    ck_assert_str_eq(problems.list[0].kind->code, code);
    ck_assert_str_eq(problems.list[0].column, where);
    ck_assert_ptr_null(hr.number);
    problems_free(&problems);
}

#define REFUSED(change, code, where)                                                                                 \
    do {                                                                                                             \
        struct parts parts = good;                                                                                   \
        unsigned char bytes[FILE_BYTES_MAX];                                                                         \
        change;                                                                                                      \
        expect_refused(write_file(&parts, bytes), code, where);                                                      \
    } while (0)

START_TEST(what_is_malformed_is_named_with_its_array_and_index)
{
    REFUSED(parts.students = 4, "hrb.length", "header[0]");
    REFUSED(parts.places = 3, "hrb.length", "header[0]");
    REFUSED(parts.edges = 6, "hrb.length", "header[0]");
    REFUSED(parts.students = UINT32_MAX, "hrb.length", "header[0]");
    REFUSED(parts.places = UINT32_MAX, "hrb.length", "header[0]");
    REFUSED(parts.edges = UINT64_MAX, "hrb.length", "header[0]");
    REFUSED(parts.edges = UINT64_MAX / 6 + 1, "hrb.length", "header[0]"); /* 6 * E wraps round */
    REFUSED(parts.off[0] = 1, "hrb.off", "off[0]");
    REFUSED(parts.off[2] = 1, "hrb.off", "off[2]");
    REFUSED(parts.off[1] = 6, "hrb.off", "off[1]");
    REFUSED(parts.off[3] = 4, "hrb.off", "off[3]");
    REFUSED(parts.adj[4] = 2, "hrb.adj", "adj[4]");
    REFUSED(parts.adj[1] = 0, "hrb.adj", "adj[1]");
    REFUSED(parts.adj[2] = UINT32_MAX, "hrb.adj", "adj[2]");
    REFUSED(parts.lot[2] = 3, "hrb.lot", "lot[2]");
    REFUSED(parts.lot[1] = 1, "hrb.lot", "lot[1]");
    REFUSED(parts.cap[1] = 0, "hrb.cap", "cap[1]");
}
END_TEST

START_TEST(a_file_cut_or_lengthened_anywhere_is_refused)
{
    unsigned char bytes[FILE_BYTES_MAX] = {0};
    struct text whole = write_file(&good, bytes);
    for (size_t length = 0; length <= whole.length + 3; length++) {
        if (length == whole.length)
            continue;
        char *exact = malloc(length ? length : 1); /* a sanitizer sees one byte too far */
        memcpy(exact, whole.data, length);
        expect_refused((struct text){exact, length}, "hrb.length", "header[0]");
        free(exact);
    }
}
END_TEST

START_TEST(every_array_is_read_in_its_place)
{
    unsigned char bytes[FILE_BYTES_MAX];
    struct problems problems;
    struct hr hr;
    problems_init(&problems, "instance");
    ck_assert_int_eq(hr_binary_read(write_file(&good, bytes), &hr, &problems), ERR_OK);
    ck_assert_uint_eq(problems.total, 0);
    const struct instance *instance = &hr.instance;
    ck_assert_uint_eq(instance->student_count, 3);
    ck_assert_uint_eq(instance->placement_count, 2);
    ck_assert_uint_eq(instance->edge_count, 5);
    for (uint32_t s = 0; s < 3; s++) {
        ck_assert_uint_eq(hr.number[s], 2 - good.lot[s]); /* the highest goes first */
        ck_assert_uint_eq(instance->length[hr.number[s]], good.off[s + 1] - good.off[s]);
        for (uint32_t k = good.off[s]; k < good.off[s + 1]; k++) {
            uint64_t edge = instance->first[hr.number[s]] + k - good.off[s];
            ck_assert_uint_eq(instance_place(instance, edge), good.adj[k]);
            ck_assert_uint_eq(instance_class(instance, edge), good.score[k]);
        }
    }
    ck_assert_uint_eq(instance->capacity[0], 1);
    ck_assert_uint_eq(instance->capacity[1], 65535);
    hr_free(&hr);
    problems_free(&problems);
}
END_TEST

START_TEST(nobody_and_nothing_are_instances)
{
    static const uint32_t sizes[][2] = {{0, 0}, {2, 0}, {0, 2}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct parts parts = {.students = sizes[i][0],
                              .places = sizes[i][1],
                              .lot = {0, 1},
                              .cap = {1, 1},
                              .off_count = sizes[i][0] + 1,
                              .lot_count = sizes[i][0],
                              .cap_count = sizes[i][1]};
        unsigned char bytes[FILE_BYTES_MAX];
        struct problems problems;
        struct hr hr;
        problems_init(&problems, "instance");
        ck_assert_int_eq(hr_binary_read(write_file(&parts, bytes), &hr, &problems), ERR_OK);
        ck_assert_uint_eq(hr.instance.student_count, sizes[i][0]);
        ck_assert_uint_eq(hr.instance.placement_count, sizes[i][1]);
        hr_free(&hr);
    }
}
END_TEST

START_TEST(the_magic_tells_the_form)
{
    ck_assert(hr_binary_is((struct text){"HRB1", 4}));
    ck_assert(hr_binary_is((struct text){"HRB1\0", 5}));
    ck_assert(!hr_binary_is((struct text){"HRB1", 3}));
    ck_assert(!hr_binary_is((struct text){"HRB2", 4}));
    ck_assert(!hr_binary_is((struct text){"1 1\n", 4}));
    ck_assert(!hr_binary_is((struct text){"", 0}));
}
END_TEST

START_TEST(every_failing_allocation_is_answered)
{
    unsigned char bytes[FILE_BYTES_MAX];
    struct text file = write_file(&good, bytes);
    for (uint64_t nth = 1;; nth++) {
        struct problems problems;
        struct hr hr = {.number = NULL};
        problems_init(&problems, "instance");
        mem_fail_at(nth);
        enum err e = hr_binary_read(file, &hr, &problems);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
        ck_assert_uint_eq(problems.total, 0);
        if (!failed) {
            ck_assert_uint_gt(nth, 5);
            hr_free(&hr);
            return;
        }
        ck_assert_ptr_null(hr.number);
    }
}
END_TEST

RUN_TESTS("match/hr_binary", what_is_malformed_is_named_with_its_array_and_index,
          a_file_cut_or_lengthened_anywhere_is_refused, every_array_is_read_in_its_place,
          nobody_and_nothing_are_instances, the_magic_tells_the_form, every_failing_allocation_is_answered)
