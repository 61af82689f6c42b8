/*
 * support.h - what the C tests share.
 */
#ifndef SUPPORT_SUPPORT_H
#define SUPPORT_SUPPORT_H

#include <check.h>
#include <stdlib.h>

/* Runs a suite of one test case with these tests and returns main's exit status. Check forks for every test. */
int run_tests(const char *name, const TTest *const *tests, size_t count);

#define RUN_TESTS(name, ...)                                                                                         \
    int main(void)                                                                                                   \
    {                                                                                                                \
        const TTest *const tests[] = {__VA_ARGS__};                                                                  \
        return run_tests((name), tests, sizeof tests / sizeof tests[0]);                                             \
    }

/* A seed for a property: TEST_SEED from the environment, otherwise `fallback`. It is printed, so a failure can be rerun. */
unsigned long long test_seed(unsigned long long fallback);

/* `name` below the folder of shared reference data beside the project, or NULL (said on stderr) where it is absent. */
const char *shared_path(const char *name);

/* Writes `length` bytes to a new temporary file and returns its path in static memory; removed when the test ends. */
const char *temporary_file(const void *bytes, size_t length);

#endif
