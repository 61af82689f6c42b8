/*
 * signal_simulation.c - what signals find, and how often they are wrong: companies whose behaviour is known are drawn, and every test of
 * matcher/signal looks at them, beside a naive Fisher test each week. Prints tables in Markdown.
 *
 * usage: bench_signal_simulation [SEED [REPEATS]]      (1 20)
 *
 * One unit is a company or a concern of several. A decision falls in a stage (blinded, released) and a quarter; a candidate is of the focal
 * group with probability GROUP_SHARE; the company's own log odds of rejection differ from the others' by a normal of SPREAD. The odds of
 * a focal candidate are `quality` times as high in both stages and at every company (something hidden from us), and `odds` times more
 * after release at a company that discriminates. Of each candidate the group is known with probability `known`.
 */
#include "base/mem.h"
#include "signal/did.h"
#include "signal/e_value.h"
#include "signal/exact_test.h"
#include "signal/judge.h"
#include "signal/many.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS_MAX = 1000, COMPANIES_MAX = 20, QUARTERS = 4, WEEKS = 52, BLOCKS_MAX = COMPANIES_MAX * QUARTERS };
enum { TESTS = 5, NAIVE = 0, CMH, E_PROCESS, DID, RULE_R2 };

static const char *const test_names[TESTS] = {"weekly Fisher (naive)", "exact CMH", "e-process", "DiD", "R2"};
static const double group_share = 0.3, rejection_odds = 3.0 / 7, spread = 0.5, alpha = 0.05;

struct scenario {
    const char *name;
    unsigned units, companies, decisions; /* decisions of a company in a year, in each stage */
    double share, odds, quality, known;
};

static const struct scenario scenarios[] = {
    {"company, 20 decisions a stage, OR 3", 1000, 1, 20, .05, 3, 1, 1},
    {"company, 60 decisions a stage, OR 3", 600, 1, 60, .05, 3, 1, 1},
    {"company, 200 decisions a stage, OR 3", 300, 1, 200, .05, 3, 1, 1},
    {"nobody discriminates, company, 60", 600, 1, 60, 0, 3, 1, 1},
    {"concern of 20, 20 each, OR 2", 60, 20, 20, .1, 2, 1, 1},
    {"concern of 20, 20 each, OR 3", 60, 20, 20, .1, 3, 1, 1},
    {"concern of 20, 30 each, OR 3", 60, 20, 30, .1, 3, 1, 1},
    {"concern of 20, 20 each, OR 3, half tells the group", 60, 20, 20, .1, 3, 1, .5},
    {"concern of 20, 20 each, OR 3, hidden quality 1.5", 60, 20, 20, .1, 3, 1.5, 1},
    {"nobody discriminates, concern, hidden quality 1.5", 60, 20, 20, 0, 3, 1.5, 1},
};
enum { SCENARIOS = sizeof scenarios / sizeof scenarios[0] };

/* Random numbers: splitmix64, the same on every machine. */

static uint64_t state;

static double uniform(void)
{
    uint64_t x = state += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return (double)((x ^ x >> 31) >> 11) * 0x1p-53;
}

static double normal(void)
{
    static const double turn = 6.283185307179586;
    return sqrt(-2 * log(1 - uniform())) * cos(turn * uniform());
}

/* Drawing a unit. */

struct unit {
    bool discriminates;
    struct block blinded[BLOCKS_MAX], released[BLOCKS_MAX]; /* by quarter, then company */
    uint32_t blind_decided, blind_rejected, released_decided, released_rejected;
    unsigned naive_week; /* of the first p below alpha; 0: none */
    double log_p[TESTS];
    unsigned found_at[TESTS]; /* decisions after release until it was named; 0: never */
};

static void add_decision(struct block *block, bool focal, bool rejected)
{
    block->n++;
    block->m += focal;
    block->r += rejected;
    block->x += focal && rejected;
}

/* A company's decisions of one stage, spread over the year; those of which the group is known go into blocks and into its weeks. */
static void draw_stage(const struct scenario *scenario, struct unit *unit, unsigned company, bool released,
                       double own, struct block weeks[WEEKS])
{
    double focal_odds = scenario->quality * (released && unit->discriminates ? scenario->odds : 1);
    for (unsigned i = 0; i < scenario->decisions; i++) {
        bool focal = uniform() < group_share;
        double odds = own * (focal ? focal_odds : 1);
        bool rejected = uniform() < odds / (1 + odds);
        unsigned week = i * WEEKS / scenario->decisions, quarter = week * QUARTERS / WEEKS;
        struct block *blocks = released ? unit->released : unit->blinded;
        *(released ? &unit->released_decided : &unit->blind_decided) += 1;
        *(released ? &unit->released_rejected : &unit->blind_rejected) += rejected;
        if (uniform() >= scenario->known)
            continue;
        add_decision(&blocks[quarter * scenario->companies + company], focal, rejected);
        add_decision(&weeks[week], focal, rejected);
    }
}

/* Everything in one table, looked at every week: what one would do without thinking. */
static void look_weekly(struct unit *unit, const struct block weeks[WEEKS], unsigned decisions_a_week)
{
    struct block all = {0};
    double level = log(alpha);
    for (unsigned week = 0; week < WEEKS && !unit->found_at[NAIVE]; week++) {
        all.n += weeks[week].n;
        all.m += weeks[week].m;
        all.r += weeks[week].r;
        all.x += weeks[week].x;
        unit->log_p[NAIVE] = table_log_at_least(all.n, all.m, all.r, all.x, 0);
        if (unit->log_p[NAIVE] <= level)
            unit->found_at[NAIVE] = (week + 1) * decisions_a_week;
    }
}

static void draw_unit(const struct scenario *scenario, struct unit *unit)
{
    struct block weeks[WEEKS] = {{0}};
    memset(unit, 0, sizeof *unit);
    unit->discriminates = uniform() < scenario->share;
    for (unsigned company = 0; company < scenario->companies; company++) {
        double own = rejection_odds * exp(spread * normal());
        draw_stage(scenario, unit, company, false, own, weeks);
        draw_stage(scenario, unit, company, true, own, weeks);
    }
    look_weekly(unit, weeks, (scenario->companies * scenario->decisions + WEEKS - 1) / WEEKS);
}

/* Γ: the upper limit of the market's odds ratio while blinded (Mantel-Haenszel, variance of Robins, Breslow & Greenland 1986). */
static double tolerated_odds(const struct scenario *scenario, const struct unit *units)
{
    static const double least = 1.25, one_sided = 1.645;
    double r = 0, s = 0, pr = 0, ps_qr = 0, qs = 0;
    for (unsigned u = 0; u < scenario->units; u++)
        for (unsigned i = 0; i < scenario->companies * QUARTERS; i++) {
            const struct block *b = &units[u].blinded[i];
            double n = b->n, a = b->x, c = b->r - b->x, f = b->m - b->x, d = n - b->m - c;
            if (b->n < 2)
                continue;
            double ri = a * d / n, si = f * c / n, p = (a + d) / n, q = (f + c) / n;
            r += ri;
            s += si;
            pr += p * ri;
            ps_qr += p * si + q * ri;
            qs += q * si;
        }
    double variance = pr / (2 * r * r) + ps_qr / (2 * r * s) + qs / (2 * s * s);
    double upper = r / s * exp(one_sided * sqrt(variance));
    return upper > least ? upper : least;
}

/* The tests. */

static void name_by_bh(struct unit *units, unsigned count, unsigned test, unsigned decisions)
{
    static double log_p[UNITS_MAX], adjusted[UNITS_MAX];
    for (unsigned u = 0; u < count; u++)
        log_p[u] = units[u].log_p[test] < 0 ? units[u].log_p[test] : 0;
    if (bh_adjust(log_p, count, adjusted) != ERR_OK)
        abort();
    for (unsigned u = 0; u < count; u++)
        if (adjusted[u] <= log(alpha) && !units[u].found_at[test])
            units[u].found_at[test] = decisions;
}

/* A test of the year takes a company's year as one block: smaller ones tell less. */
static void sum_years(const struct scenario *scenario, const struct block *quarters,
                      struct block years[COMPANIES_MAX])
{
    memset(years, 0, COMPANIES_MAX * sizeof *years);
    for (unsigned i = 0; i < scenario->companies * QUARTERS; i++) {
        struct block *year = &years[i % scenario->companies];
        year->n += quarters[i].n;
        year->m += quarters[i].m;
        year->r += quarters[i].r;
        year->x += quarters[i].x;
    }
}

static void test_yearly(const struct scenario *scenario, struct unit *units, double gamma)
{
    for (unsigned u = 0; u < scenario->units; u++) {
        struct block blinded[COMPANIES_MAX], released[COMPANIES_MAX];
        struct exact_test exact;
        struct did did;
        sum_years(scenario, units[u].blinded, blinded);
        sum_years(scenario, units[u].released, released);
        if (exact_test_run(released, scenario->companies, log(gamma), .95, &exact) != ERR_OK ||
            did_run(blinded, scenario->companies, released, scenario->companies, &grid_unit, &did) != ERR_OK)
            abort();
        units[u].log_p[CMH] = exact.log_p_greater;
        units[u].log_p[DID] = did.odds_ratio_ratio > 1 ? did.log_p_greater : 0;
    }
    unsigned decisions = scenario->companies * scenario->decisions;
    name_by_bh(units, scenario->units, CMH, decisions);
    name_by_bh(units, scenario->units, DID, decisions);
}

static void test_quarterly(const struct scenario *scenario, struct unit *units, double gamma)
{
    static struct e_process processes[UNITS_MAX];
    for (unsigned u = 0; u < scenario->units; u++)
        processes[u] = e_process_start();
    for (unsigned quarter = 0; quarter < QUARTERS; quarter++) {
        for (unsigned u = 0; u < scenario->units; u++) {
            for (unsigned c = 0; c < scenario->companies; c++)
                e_process_add(&processes[u], &units[u].released[quarter * scenario->companies + c], &grid_unit,
                              gamma);
            units[u].log_p[E_PROCESS] = e_process_log_p(&processes[u]);
        }
        name_by_bh(units, scenario->units, E_PROCESS,
                   (quarter + 1) * scenario->companies * scenario->decisions / QUARTERS);
    }
}

/* R2 knows no group: drops after release against the own rejections while blinded. */
static void test_rule(const struct scenario *scenario, struct unit *units)
{
    for (unsigned u = 0; u < scenario->units; u++) {
        const struct judge_sample sample = {.rule = RULE_AFTER_RELEASE,
                                            .events = units[u].released_rejected,
                                            .decisions = units[u].released_decided,
                                            .share = rejection_odds / (1 + rejection_odds),
                                            .reference = UINT32_MAX,
                                            .blind_decided = units[u].blind_decided,
                                            .blind_rejected = units[u].blind_rejected};
        if (judge(&sample, &judge_defaults).status == JUDGED_SIGNAL)
            units[u].found_at[RULE_R2] = units[u].released_decided;
    }
}

/* Reporting. */

struct result {
    double found, guilty, false_share, repeats, decisions;
};

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void add_result(const struct scenario *scenario, const struct unit *units, unsigned test,
                       struct result *result)
{
    double found = 0, false_found = 0, at[UNITS_MAX];
    size_t hits = 0;
    for (unsigned u = 0; u < scenario->units; u++) {
        bool named = units[u].found_at[test] > 0;
        result->guilty += units[u].discriminates;
        found += named;
        false_found += named && !units[u].discriminates;
        if (named && units[u].discriminates)
            at[hits++] = units[u].found_at[test];
    }
    qsort(at, hits, sizeof at[0], by_value);
    result->found += (double)hits;
    result->false_share += found > 0 ? false_found / found : 0;
    result->decisions += hits ? at[hits / 2] : 0;
    result->repeats += hits > 0;
}

static void print_row(const struct scenario *scenario, const struct result *results, unsigned repeats)
{
    for (unsigned test = 0; test < TESTS; test++) {
        const struct result *r = &results[test];
        printf("| %s | %s | ", test ? "" : scenario->name, test_names[test]);
        if (r->guilty > 0)
            printf("%.2f | ", r->found / r->guilty);
        else
            printf("- | ");
        printf("%.3f | ", r->false_share / repeats);
        if (r->repeats > 0)
            printf("%.0f |\n", r->decisions / r->repeats);
        else
            printf("- |\n");
    }
}

static void run_scenario(const struct scenario *scenario, unsigned repeats)
{
    static struct unit units[UNITS_MAX];
    struct result results[TESTS] = {{0}};
    for (unsigned repeat = 0; repeat < repeats; repeat++) {
        for (unsigned u = 0; u < scenario->units; u++)
            draw_unit(scenario, &units[u]);
        double gamma = tolerated_odds(scenario, units);
        test_yearly(scenario, units, gamma);
        test_quarterly(scenario, units, gamma);
        test_rule(scenario, units);
        for (unsigned test = 0; test < TESTS; test++)
            add_result(scenario, units, test, &results[test]);
    }
    print_row(scenario, results, repeats);
    fflush(stdout);
}

/* The rules that count events: a share of `base` at all, `odds` times the odds at some, looked at after each decision. */

static const struct {
    unsigned decisions;
    double odds;
} counting[] = {{10, 5}, {20, 5}, {40, 3}, {40, 5}, {40, 10}, {100, 3}, {100, 5}};

static bool is_named(double odds, unsigned decisions, double base, unsigned *at)
{
    double own = base / (1 - base) * exp(spread * normal()) * odds, share = own / (1 + own);
    struct judge_sample sample = {.rule = RULE_UNEXPLAINED, .share = base, .reference = UINT32_MAX};
    for (sample.decisions = 1; sample.decisions <= decisions; sample.decisions++) {
        bool event = uniform() < share;
        sample.events += event;
        if (event && judge(&sample, &judge_defaults).status == JUDGED_SIGNAL) {
            *at = sample.decisions;
            return true;
        }
    }
    return false;
}

static void run_counting(unsigned repeats)
{
    static const double base = .05, share = .05;
    enum { UNITS = 1000 };
    printf("\n| decisions | odds ratio | power | FDR | false alarms in 1,000 | decisions until named |\n"
           "|--:|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < sizeof counting / sizeof counting[0]; i++) {
        double guilty = 0, hits = 0, wrong = 0, at_sum = 0, innocent = 0;
        for (unsigned u = 0; u < UNITS * repeats; u++) {
            bool bad = uniform() < share;
            unsigned at = 0;
            bool named = is_named(bad ? counting[i].odds : 1, counting[i].decisions, base, &at);
            guilty += bad;
            innocent += !bad;
            hits += bad && named;
            wrong += !bad && named;
            at_sum += bad && named ? at : 0;
        }
        printf("| %u | %g | %.2f | %.3f | %.1f | %.0f |\n", counting[i].decisions, counting[i].odds, hits / guilty,
               hits + wrong > 0 ? wrong / (hits + wrong) : 0, 1000 * wrong / innocent, hits > 0 ? at_sum / hits : 0);
    }
}

int main(int count, char **words)
{
    uint64_t seed = count > 1 ? strtoull(words[1], NULL, 10) : 1;
    unsigned repeats = count > 2 ? (unsigned)strtoul(words[2], NULL, 10) : 20;
    if (count > 3 || repeats == 0) {
        fputs("usage: bench_signal_simulation [SEED [REPEATS]]\n", stderr);
        return 2;
    }
    state = seed;
    printf("Seed %" PRIu64 ", %u repeats.\n\n| scenario | test | power | FDR | decisions until named |\n"
           "|---|---|--:|--:|--:|\n",
           seed, repeats);
    for (size_t i = 0; i < SCENARIOS; i++)
        run_scenario(&scenarios[i], repeats);
    run_counting(repeats);
    return 0;
}
