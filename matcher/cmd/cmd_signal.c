#include "cmd/command.h"

#include "cmd/options.h"
#include "cmd/signal_ledger.h"

#include "base/mem.h"
#include "signal/did.h"
#include "signal/exact_test.h"
#include "signal/many.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static const struct option options[] = {
    {.name = "vectors",
     .type = OPTION_PATH,
     .where = OPTION_ON_LINE,
     .unit = "FILE",
     .text = "a JSON file with tables to compute (shapes: see --help)"},
    {.name = "ledger",
     .type = OPTION_PATH,
     .where = OPTION_ON_LINE,
     .unit = "PATH",
     .text = "data_dir of a service, which may be running, or an engine.sqlite: recompute the rules from its ledger"},
    OPTION_THREADS,
};

enum { BLOCKS_MAX = 100000, EBH_MAX = 10000000 };

static const double confidence = 0.95;

/* R writes Inf where JSON has no word for it. */
static json_t *number(double value)
{
    if (isnan(value))
        return json_null();
    return isinf(value) ? json_string(value > 0 ? "Inf" : "-Inf") : json_real(value);
}

static json_t *numbers(const double *values, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < count; i++)
        json_array_append_new(array, number(values[i]));
    return array;
}

/* A whole number of 0 .. 2³²-1 under a name or at a place. */
static bool take_u32(const json_t *value, uint32_t *out)
{
    json_int_t wide = json_integer_value(value);
    if (!json_is_integer(value) || wide < 0 || wide > UINT32_MAX)
        return false;
    *out = (uint32_t)wide;
    return true;
}

static bool take_block(const json_t *value, struct block *out)
{
    if (json_is_array(value))
        return take_u32(json_array_get(value, 0), &out->n) && take_u32(json_array_get(value, 1), &out->m) &&
               take_u32(json_array_get(value, 2), &out->r) && take_u32(json_array_get(value, 3), &out->x);
    return take_u32(json_object_get(value, "n"), &out->n) && take_u32(json_object_get(value, "m"), &out->m) &&
           take_u32(json_object_get(value, "r"), &out->r) && take_u32(json_object_get(value, "x"), &out->x);
}

/* ERR_INPUT where one is no block. *out is freed with mem_free. */
static enum err take_blocks(const json_t *array, struct block **out, size_t *count)
{
    struct block *blocks;
    size_t size = json_array_size(array);
    enum err e = json_is_array(array) && size <= BLOCKS_MAX ? mem_alloc(size, sizeof *blocks, &blocks) : ERR_INPUT;
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; e == ERR_OK && i < size; i++)
        if (!take_block(json_array_get(array, i), &blocks[i]) || !block_is_valid(&blocks[i]))
            e = ERR_INPUT;
    if (e != ERR_OK) {
        mem_free(blocks);
        return e;
    }
    *out = blocks;
    *count = size;
    return ERR_OK;
}

/* "5/4", or a number. */
static bool take_ratio(const json_t *value, double *out)
{
    double numerator, denominator = 1;
    char end;
    if (json_is_number(value)) {
        *out = json_number_value(value);
        return true;
    }
    const char *text = json_string_value(value);
    int got = text ? sscanf(text, "%lf/%lf%c", &numerator, &denominator, &end) : 0; // NOLINT(cert-err34-c): checked
    *out = got >= 1 ? numerator / denominator : NAN;
    return (got == 1 || got == 2) && *out > 0;
}

/* ---- cmh.json ---- */

static enum err add_test(const json_t *vector, json_t *out)
{
    struct block *blocks = NULL;
    size_t count = 0;
    struct exact_test test = {0};
    const char *id = json_string_value(json_object_get(vector, "id"));
    enum err e = id ? take_blocks(json_object_get(vector, "tables"), &blocks, &count) : ERR_INPUT;
    if (e == ERR_OK)
        e = exact_test_run(blocks, count, 0, confidence, &test);
    mem_free(blocks);
    if (e != ERR_OK)
        return e;
    double limits[] = {test.odds_ratio_low, test.odds_ratio_high};
    json_t *result = json_pack("{s:f, s:f, s:f, s:f, s:f, s:o, s:o}", "p_greater", exp(test.log_p_greater), "p_less",
                               exp(test.log_p_less), "p_two_sided", exp(test.log_p_two_sided), "midp_greater",
                               exp(test.log_midp_greater), "midp_less", exp(test.log_midp_less), "cond_mle_or",
                               number(test.odds_ratio), "ci95", numbers(limits, 2));
    return result && json_object_set_new(out, id, result) == 0 ? ERR_OK : ERR_MEMORY;
}

/* ---- evalues.json ---- */

static enum err add_single(const json_t *item, json_t *out)
{
    struct block block;
    double gamma = 1, log_e[GRID_COUNT];
    if (!take_block(item, &block) || !block_is_valid(&block) || !take_ratio(json_object_get(item, "gamma"), &gamma))
        return ERR_INPUT;
    e_value_of_block(&block, &grid_unit, gamma, log_e);
    double mix = grid_mix(&grid_unit, log_e);
    return json_array_append_new(out, json_pack("{s:o, s:f, s:f}", "log_e", numbers(log_e, GRID_COUNT), "e_mix",
                                                exp(mix), "log_e_mix", mix)) == 0
               ? ERR_OK
               : ERR_MEMORY;
}

static enum err add_product(const json_t *item, json_t *out)
{
    struct block *blocks = NULL;
    size_t count = 0;
    struct e_process process = e_process_start();
    enum err e = take_blocks(json_object_get(item, "blocks"), &blocks, &count);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < count; i++)
        e_process_add(&process, &blocks[i], &grid_unit, 1);
    mem_free(blocks);
    double mix = e_process_log_value(&process, &grid_unit);
    return json_array_append_new(out, json_pack("{s:o, s:f, s:f}", "log_e", numbers(process.log_e, GRID_COUNT),
                                                "log_e_mix", mix, "e_mix", exp(mix))) == 0
               ? ERR_OK
               : ERR_MEMORY;
}

static enum err add_did(const json_t *item, json_t *out)
{
    struct block *first = NULL, *second = NULL;
    size_t first_count = 0, second_count = 0;
    struct did did;
    enum err e = take_blocks(json_object_get(item, "stage1"), &first, &first_count);
    if (e == ERR_OK)
        e = take_blocks(json_object_get(item, "stage2"), &second, &second_count);
    if (e == ERR_OK)
        e = did_run(first, first_count, second, second_count, &grid_unit, &did);
    mem_free(first);
    mem_free(second);
    if (e != ERR_OK)
        return e;
    double mix = grid_mix(&grid_unit, did.log_e);
    json_t *result = json_pack("{s:f, s:f, s:o, s:f, s:f, s:[I, I]}", "p_greater", exp(did.log_p_greater), "p_less",
                               exp(did.log_p_less), "log_e", numbers(did.log_e, GRID_COUNT), "e_mix", exp(mix),
                               "log_e_mix", mix, "support", (json_int_t)did.lowest, (json_int_t)did.highest);
    return json_array_append_new(out, result) == 0 ? ERR_OK : ERR_MEMORY;
}

/* A list, or {"first", "rest", "N"}: one value and N - 1 times another. */
static enum err take_e(const json_t *e_values, double **out, size_t *count)
{
    double *log_e;
    bool is_list = json_is_array(e_values);
    json_int_t size =
        is_list ? (json_int_t)json_array_size(e_values) : json_integer_value(json_object_get(e_values, "N"));
    enum err e = size >= 0 && size <= EBH_MAX ? mem_alloc((size_t)size, sizeof *log_e, &log_e) : ERR_INPUT;
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < (size_t)size; i++) {
        const json_t *value = is_list ? json_array_get(e_values, i) : json_object_get(e_values, i ? "rest" : "first");
        log_e[i] = log(json_number_value(value));
    }
    *out = log_e;
    *count = (size_t)size;
    return ERR_OK;
}

static enum err add_ebh(const json_t *item, json_t *out)
{
    double *log_e = NULL;
    size_t count = 0;
    bool *chosen = NULL;
    json_t *places = json_array();
    enum err e = take_e(json_object_get(item, "e"), &log_e, &count);
    if (e == ERR_OK)
        e = mem_alloc(count, sizeof *chosen, &chosen);
    if (e == ERR_OK)
        e = ebh_choose(log_e, count, json_number_value(json_object_get(item, "alpha")), chosen);
    for (size_t i = 0; e == ERR_OK && i < count; i++)
        if (chosen[i])
            json_array_append_new(places, json_integer((json_int_t)i));
    mem_free(log_e);
    mem_free(chosen);
    if (e != ERR_OK) {
        json_decref(places);
        return e;
    }
    return json_array_append_new(out, json_pack("{s:o}", "rejected_index0", places)) == 0 ? ERR_OK : ERR_MEMORY;
}

static enum err add_adjuster(const json_t *item, json_t *out)
{
    double highest = json_number_value(json_object_get(item, "sup"));
    if (!(highest >= 1))
        return ERR_INPUT;
    return json_array_append_new(out, json_pack("{s:f}", "adjusted_e", exp(e_adjust(log(highest))))) == 0
               ? ERR_OK
               : ERR_MEMORY;
}

/* Lists of the file that are computed item by item, in the order of the answer. */
static const struct {
    const char *name;
    enum err (*add)(const json_t *item, json_t *out);
} lists[] = {
    {"single", add_single}, {"product", add_product}, {"did", add_did}, {"ebh", add_ebh}, {"adjuster", add_adjuster}};

static enum err compute_list(const json_t *items, enum err (*add)(const json_t *item, json_t *out), json_t *results,
                             const char *name)
{
    size_t i;
    const json_t *item;
    json_array_foreach(items, i, item)
    {
        enum err e = add(item, results);
        if (e != ERR_OK) {
            fprintf(stderr, "%s[%zu]: %s\n", name, i, e == ERR_INPUT ? "its tables cannot be" : err_text(e));
            return e;
        }
    }
    return ERR_OK;
}

static enum err compute(const json_t *file, json_t *out)
{
    enum err e = ERR_OK;
    const json_t *vectors = json_object_get(file, "vectors");
    bool known = json_is_array(vectors);
    if (known)
        e = compute_list(vectors, add_test, out, "vectors");
    for (size_t k = 0; e == ERR_OK && k < sizeof lists / sizeof lists[0]; k++) {
        const json_t *items = json_object_get(file, lists[k].name);
        json_t *results = json_is_array(items) ? json_array() : NULL;
        if (!results)
            continue;
        known = true;
        e = compute_list(items, lists[k].add, results, lists[k].name);
        json_object_set_new(out, lists[k].name, results);
    }
    if (e == ERR_OK && !known) {
        fputs("the file has no vectors, single, product, did, ebh or adjuster\n", stderr);
        return ERR_INPUT;
    }
    return e;
}

static int run(const struct invocation *invocation)
{
    const char *path = settings_string(invocation->settings, "vectors");
    const char *ledger = settings_string(invocation->settings, "ledger");
    json_error_t problem;
    if (!path == !ledger) {
        fputs("stagematch signal: say which: --vectors FILE or --ledger PATH\n", stderr);
        return EXIT_WRONG_USE;
    }
    if (ledger)
        return exit_status(
            signal_ledger_recompute(ledger, (uint32_t)settings_number(invocation->settings, "threads"), stdout));
    json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &problem);
    if (!file) {
        fprintf(stderr, "%s: line %d: %s\n", path, problem.line, problem.text);
        return EXIT_JOB_FAILED;
    }
    json_t *out = json_object();
    enum err e = out ? compute(file, out) : ERR_MEMORY;
    if (e == ERR_OK &&
        (json_dumpf(out, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) != 0 || putchar('\n') == EOF))
        e = ERR_IO;
    json_decref(out);
    json_decref(file);
    return exit_status(e);
}

const struct command command_signal = {
    .name = "signal",
    .usage = "--vectors FILE | --ledger PATH",
    .summary = "Recompute signals from a ledger; compute exact tests and e-values of given tables",
    .details =
        "FILE is JSON. With `vectors`, a list of {id, tables: [{n, m, r, x}, …]}: prints for each id the exact "
        "conditional\n"
        "test over its tables (n decided, m of the focal group, r rejected, x focal and rejected): p_greater, "
        "p_less,\n"
        "p_two_sided, midp_greater, midp_less, cond_mle_or, ci95.\n"
        "With `single` ({n, m, r, x, gamma}), `product` ({blocks}), `did` ({stage1, stage2}), `ebh` ({e, alpha}) or\n"
        "`adjuster` ({sup}): lists with the e-values, in the same order. Odds ratios without a limit are \"Inf\".\n"
        "With --ledger: counts every decision and observation of the ledger again, in any order the same, judges "
        "each unit\n"
        "by the default settings, and says how many of the counters that the engine keeps differ (then exits 1).",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .run = run,
};
