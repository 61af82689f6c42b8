/*
 * The binary form of instances: refused with a problem that names an array and index, or read; then solved, and the
 * independent verifier must accept the result.
 */
#include "fuzz.h"

#include "match/hr_binary.h"
#include "match/solve.h"
#include "match/verify.h"

#include <string.h>

static void claim_instance(const struct hr *hr)
{
    const struct instance *instance = &hr->instance;
    uint64_t edges = 0;
    for (uint32_t p = 0; p < instance->placement_count; p++)
        CLAIM(instance->capacity[p] > 0);
    for (uint32_t s = 0; s < instance->student_count; s++) {
        CLAIM(hr->number[s] < instance->student_count);
        CLAIM(instance->first[s] + instance->length[s] <= instance->edge_count);
        edges += instance->length[s];
    }
    CLAIM(edges == instance->edge_count);
    for (uint64_t edge = 0; edge < instance->edge_count; edge++)
        CLAIM(instance_place(instance, edge) < instance->placement_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct problems problems;
    struct hr hr;
    struct text input = {(const char *)bytes, length};
    if (!hr_binary_is(input))
        return 0;
    problems_init(&problems, "input");
    enum err e = hr_binary_read(input, &hr, &problems);
    CLAIM((e == ERR_OK && problems.total == 0) || (e == ERR_INPUT && problems.total == 1));
    CLAIM(e == ERR_OK || strchr(problems.list[0].column, '['));
    problems_free(&problems);
    if (e != ERR_OK)
        return 0;
    struct solution solution;
    struct verdict verdict;
    claim_instance(&hr);
    CLAIM(solve_stb(&hr.instance, &solution) == ERR_OK);
    CLAIM(verify_matching(&hr.instance, solution.place, &verdict) == ERR_OK && verdict.finding == FINDING_NONE);
    solution_free(&solution);
    hr_free(&hr);
    return 0;
}
