/*
 * signal_update.c - how long the engine takes to count one step and to judge what it touches, with many units in memory.
 *
 * usage: bench_signal_update [COMPANIES [STEPS]]      (50000 400000)
 */
#include "base/clock.h"
#include "domain/domain.h"
#include "domain/signal_units.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCHOOLS = 40, CHANGES_EVERY = 200 };

static uint64_t state = 7;

static uint64_t draw(void)
{
    uint64_t x = state += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    return x ^ x >> 31;
}

static int by_value(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static void count_one(struct context *context, uint64_t companies)
{
    static const struct {
        enum rule_step step;
        unsigned marks, weight;
    } steps[] = {{STEP_SCHOOL_APPROVED, 0, 35}, {STEP_AGREED, 0, 25},
                 {STEP_REJECTED, 0, 8},         {STEP_REJECTED, MARK_UNEXPLAINED, 3},
                 {STEP_SILENT, 0, 3},           {STEP_RELEASED, 0, 14},
                 {STEP_PLACED, 0, 11},          {STEP_DROPPED, 0, 1}};
    char leerbedrijf[24], school[8];
    uint64_t id[2] = {draw(), draw()};
    unsigned at = (unsigned)(draw() % 100);
    size_t i = 0;
    for (; at >= steps[i].weight; i++)
        at -= steps[i].weight;
    snprintf(leerbedrijf, sizeof leerbedrijf, "%09" PRIu64, draw() % companies);
    snprintf(school, sizeof school, "%02uAA", (unsigned)(draw() % SCHOOLS));
    const ProtobufCBinaryData subject = {sizeof id, (uint8_t *)id};
    (void)signal_count(context,
                       &(struct signal_step){.step = steps[i].step,
                                             .marks = steps[i].marks,
                                             .school = school,
                                             .leerbedrijf = leerbedrijf,
                                             .subject = subject,
                                             .proposal_id = subject},
                       true);
}

/* Microseconds of each step into `took_us`; of all with their changes, or -1. */
static int64_t measure(struct context *context, uint64_t companies, uint32_t *took_us, size_t steps)
{
    const struct clock clock = clock_system();
    int64_t begun_us = clock_monotonic_us(&clock);
    for (size_t i = 0; i < steps && context->error == ERR_OK; i++) {
        int64_t before_us = clock_monotonic_us(&clock);
        count_one(context, companies);
        took_us[i] = (uint32_t)(clock_monotonic_us(&clock) - before_us);
        if (i % CHANGES_EVERY != CHANGES_EVERY - 1)
            continue;
        struct changes changes;
        if (state_take_changes(context->state, &changes) != ERR_OK)
            return -1;
        changes_free(&changes);
    }
    return context->error == ERR_OK ? clock_monotonic_us(&clock) - begun_us : -1;
}

static int run(struct domain *domain, const struct domain_options *options, uint64_t companies, size_t steps)
{
    static const struct actor nobody;
    static const uint8_t entropy[ENTROPY_BYTES];
    struct context context = {.domain = domain,
                              .options = options,
                              .state = domain_state(domain),
                              .actor = &nobody,
                              .entropy = entropy,
                              .now_ms = 1803891600000};
    uint32_t *took_us = calloc(steps, sizeof *took_us);
    int64_t all_us = took_us ? measure(&context, companies, took_us, steps) : -1;
    if (all_us >= 0) {
        qsort(took_us, steps, sizeof *took_us, by_value);
        printf("%zu steps at %" PRIu64
               " companies: %.1f us each with its changes; counting alone: median %u us, 99.9%% within %u us\n",
               steps, companies, (double)all_us / (double)steps, took_us[steps / 2],
               took_us[steps - steps / 1000 - 1]);
    }
    free(took_us);
    return all_us >= 0 ? 0 : 1;
}

/* Tasks have terms, of the source's own lists. */
static enum err read_calendar(struct calendar **out)
{
    enum { PATH_BYTES = 4096 };
    const char *folder = getenv("STAGEMATCH_SOURCE");
    char terms[PATH_BYTES], holidays[PATH_BYTES];
    struct problems problems, others;
    problems_init(&problems, "terms");
    problems_init(&others, "holidays");
    (void)snprintf(terms, sizeof terms, "%s/config/terms.csv", folder ? folder : ".");
    (void)snprintf(holidays, sizeof holidays, "%s/config/holidays.csv", folder ? folder : ".");
    return calendar_read_files(terms, holidays, &problems, &others, out);
}

int main(int count, char **words)
{
    uint64_t companies = count > 1 ? strtoull(words[1], NULL, 10) : 50000;
    size_t steps = count > 2 ? (size_t)strtoull(words[2], NULL, 10) : 400000;
    struct calendar *calendar;
    struct domain *domain;
    if (companies == 0 || steps < 1000 || read_calendar(&calendar) != ERR_OK)
        return 2;
    const struct domain_options options = {.calendar = calendar};
    int status = 1;
    if (domain_new(&options, &domain) == ERR_OK) {
        status = run(domain, &options, companies, steps);
        domain_free(domain);
    }
    calendar_free(calendar);
    return status;
}
