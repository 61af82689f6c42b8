#include "support/support.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int run_tests(const char *name, const TTest *const *tests, size_t count)
{
    Suite *suite = suite_create(name);
    TCase *cases = tcase_create(name);
    tcase_set_timeout(cases, 100);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(cases, tests[i]);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

unsigned long long test_seed(unsigned long long fallback)
{
    const char *chosen = getenv("TEST_SEED");
    unsigned long long seed = chosen ? strtoull(chosen, NULL, 0) : fallback;
    fprintf(stderr, "TEST_SEED=%llu\n", seed);
    return seed;
}

const char *shared_path(const char *name)
{
    static char path[4096];
    const char *source = getenv("STAGEMATCH_SOURCE");
    snprintf(path, sizeof path, "%s/../shared/%s", source ? source : ".", name);
    if (access(path, R_OK) == 0)
        return path;
    fprintf(stderr, "skipped: %s is not there\n", name);
    return NULL;
}

static char temporary[64];

static void remove_temporary(void)
{
    unlink(temporary);
}

const char *temporary_file(const void *bytes, size_t length)
{
    static int registered;
    if (temporary[0])
        unlink(temporary);
    snprintf(temporary, sizeof temporary, "/tmp/stagematch-test-XXXXXX");
    int fd = mkstemp(temporary);
    ck_assert_int_ge(fd, 0);
    while (length) {
        ssize_t written = write(fd, bytes, length);
        ck_assert_int_gt(written, 0);
        bytes = (const char *)bytes + written;
        length -= (size_t)written;
    }
    close(fd);
    if (!registered)
        atexit(remove_temporary);
    registered = 1;
    return temporary;
}
