/*
 * The text form of instances: refused with a problem, or read; then solved, and the independent verifier must accept the
 * result. What was read, written in the binary form and read again, must be the same instance.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "match/hr_binary.h"
#include "match/hr_text.h"
#include "match/solve.h"
#include "match/verify.h"

#include <string.h>

enum { BINARY_BYTES_MAX = 64 * 1024 * 1024 };

static void put_number(struct buf *out, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        buf_put_char(out, (char)(number >> (8 * i) & 0xff));
}

/* As HRB1: students keep the file's numbers, lottery numbers become places in the order. */
static void write_binary(const struct hr *hr, struct buf *out)
{
    const struct instance *instance = &hr->instance;
    buf_put_string(out, "HRB1");
    put_number(out, instance->student_count, 4);
    put_number(out, instance->placement_count, 4);
    put_number(out, 0, 4);
    put_number(out, instance->edge_count, 8);
    uint64_t offset = 0;
    put_number(out, offset, 4);
    for (uint32_t s = 0; s < instance->student_count; s++)
        put_number(out, offset += instance->length[hr->number[s]], 4);
    for (size_t size = 4; size >= 2; size -= 2) /* first the placements, then their classes */
        for (uint32_t s = 0; s < instance->student_count; s++) {
            uint64_t first = instance->first[hr->number[s]];
            for (uint64_t edge = first; edge < first + instance->length[hr->number[s]]; edge++)
                put_number(out, size == 4 ? instance_place(instance, edge) : instance_class(instance, edge), size);
        }
    for (uint32_t s = 0; s < instance->student_count; s++)
        put_number(out, instance->student_count - 1 - hr->number[s], 4);
    for (uint32_t p = 0; p < instance->placement_count; p++)
        put_number(out, instance->capacity[p], 2);
}

static void claim_equal(const struct hr *a, const struct hr *b)
{
    const struct instance *left = &a->instance, *right = &b->instance;
    CLAIM(left->student_count == right->student_count && left->placement_count == right->placement_count);
    CLAIM(left->edge_count == right->edge_count);
    for (uint32_t p = 0; p < left->placement_count; p++)
        CLAIM(left->capacity[p] == right->capacity[p]);
    for (uint32_t s = 0; s < left->student_count; s++) {
        CLAIM(a->number[s] == b->number[s] && left->length[s] == right->length[s]);
        for (uint64_t k = 0; k < left->length[s]; k++) {
            uint64_t x = left->first[s] + k, y = right->first[s] + k;
            CLAIM(instance_place(left, x) == instance_place(right, y));
            CLAIM(instance_class(left, x) == instance_class(right, y));
        }
    }
}

static void claim_binary_says_the_same(const struct hr *hr)
{
    struct buf binary;
    struct problems problems;
    struct hr again;
    buf_init(&binary, BINARY_BYTES_MAX);
    problems_init(&problems, "binary");
    write_binary(hr, &binary);
    CLAIM(buf_error(&binary) == ERR_OK && hr_binary_is(buf_text(&binary)));
    CLAIM(hr_binary_read(buf_text(&binary), &again, &problems) == ERR_OK);
    claim_equal(hr, &again);
    hr_free(&again);
    problems_free(&problems);
    buf_free(&binary);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct problems problems;
    struct hr hr;
    problems_init(&problems, "input");
    enum err e = hr_text_read((struct text){(const char *)bytes, length}, &hr, &problems);
    CLAIM((e == ERR_OK && problems.total == 0) || (e == ERR_INPUT && problems.total > 0));
    problems_free(&problems);
    if (e != ERR_OK)
        return 0;
    struct solution solution;
    struct verdict verdict;
    CLAIM(solve_stb(&hr.instance, &solution) == ERR_OK);
    CLAIM(verify_matching(&hr.instance, solution.place, &verdict) == ERR_OK && verdict.finding == FINDING_NONE);
    claim_binary_says_the_same(&hr);
    solution_free(&solution);
    hr_free(&hr);
    return 0;
}
