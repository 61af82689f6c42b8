#include "engine/config.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "domain/monitor.h"

#include <sodium.h>

/* A setting that must be there; the complaint is one line. */
static const char *path_of(const struct settings *settings, const char *name, FILE *complaints)
{
    const char *path = settings_string(settings, name);
    if (!path || !path[0]) {
        fprintf(complaints, "the setting '%s' names no file\n", name);
        LOG(LOG_ERROR, "engine_setting_missing", LOG_WORD("setting", name));
        return NULL;
    }
    return path;
}

static enum err report(struct problems *problems, const char *name, enum err e, FILE *complaints)
{
    problems_print(problems, language_of_environment(), complaints);
    problems_free(problems);
    if (e != ERR_OK)
        LOG(LOG_ERROR, "engine_config_refused", LOG_WORD("setting", name), LOG_WORD("error", err_text(e)));
    return e;
}

static enum err read_reasons(const struct settings *settings, FILE *complaints, struct engine_config *config)
{
    struct problems problems;
    const char *path = path_of(settings, "reasons", complaints);
    if (!path)
        return ERR_USAGE;
    problems_init(&problems, path);
    enum err e = reasons_read_file(path, &problems, &config->reasons);
    return report(&problems, "reasons", e, complaints);
}

static enum err read_calendar(const struct settings *settings, FILE *complaints, struct engine_config *config)
{
    struct problems terms_problems, holidays_problems;
    const char *terms = path_of(settings, "terms", complaints), *holidays = path_of(settings, "holidays", complaints);
    if (!terms || !holidays)
        return ERR_USAGE;
    problems_init(&terms_problems, terms);
    problems_init(&holidays_problems, holidays);
    enum err e = calendar_read_files(terms, holidays, &terms_problems, &holidays_problems, &config->calendar);
    e = report(&terms_problems, "terms", e, complaints);
    return report(&holidays_problems, "holidays", e, complaints);
}

/* Its files are shown, and nothing rests on them: one that no setting names is empty. */
static enum err read_catalog(const struct settings *settings, FILE *complaints, struct engine_config *config)
{
    enum err first = ERR_OK, e = catalog_new(&config->catalog);
    for (unsigned list = 0; list < CATALOG_LIST_COUNT && e == ERR_OK; list++) {
        struct problems problems;
        const char *name = catalog_setting((enum catalog_list)list), *path = settings_string(settings, name);
        if (!path || !path[0])
            continue;
        problems_init(&problems, path);
        enum err read = catalog_read_file(config->catalog, (enum catalog_list)list, path, &problems);
        read = report(&problems, name, read, complaints);
        first = first == ERR_OK ? read : first;
    }
    return e == ERR_OK ? first : e;
}

/* Nothing rests on it either: without one no wording is questioned. */
static enum err read_watchlist(const struct settings *settings, FILE *complaints, struct engine_config *config)
{
    struct problems problems;
    const char *path = settings_string(settings, "watchlist");
    if (!path || !path[0])
        return ERR_OK;
    problems_init(&problems, path);
    enum err e = watchlist_read_file(path, &problems, &config->watchlist);
    return report(&problems, "watchlist", e, complaints);
}

static enum err read_chances(const struct settings *settings, FILE *complaints, struct engine_config *config)
{
    struct problems problems;
    const char *path = settings_string(settings, "kans_op_stage");
    if (!path || !path[0])
        return ERR_OK;
    problems_init(&problems, path);
    enum err e = chances_read_file(path, &problems, &config->chances);
    return report(&problems, "kans_op_stage", e, complaints);
}

static struct signal_options signals_of(const struct settings *settings)
{
    static const double million = 1e6;
    struct signal_options options = {.judge = judge_defaults};
    options.judge.min_events = (uint32_t)settings_number(settings, "signal_min_events");
    options.judge.min_percent = (uint32_t)settings_number(settings, "signal_min_percent");
    options.judge.reference_min = (uint32_t)settings_number(settings, "signal_reference");
    options.judge.signal_level = (double)settings_number(settings, "signal_level_ppm") / million;
    return options;
}

/* Without them no case can be decided, and there is no measure to take. */
static enum err read_case_lists(const struct settings *settings, FILE *complaints, struct engine_config *config)
{
    struct problems problems;
    const char *outcomes = settings_string(settings, "case_outcomes"), *menu = settings_string(settings, "menukaart");
    enum err e = ERR_OK;
    if (outcomes && outcomes[0]) {
        problems_init(&problems, outcomes);
        e = case_outcomes_read_file(outcomes, &problems, &config->case_outcomes);
        e = report(&problems, "case_outcomes", e, complaints);
    }
    if (e == ERR_OK && menu && menu[0]) {
        problems_init(&problems, menu);
        e = menukaart_read_file(menu, &problems, &config->menukaart);
        e = report(&problems, "menukaart", e, complaints);
    }
    return e;
}

static enum err read_monitor(const struct settings *settings, FILE *complaints, struct monitor_options *out)
{
    const char *months = settings_string(settings, "monitor_months");
    out->wait_days = (uint32_t)settings_number(settings, "monitor_wait_days");
    enum err e = monitor_months_parse(text_of(months ? months : ""), &out->months);
    if (e == ERR_OK)
        return ERR_OK;
    fputs("the setting 'monitor_months' must be months from 1 to 12, ascending, joined by blanks\n", complaints);
    LOG(LOG_ERROR, "engine_config_refused", LOG_WORD("setting", "monitor_months"), LOG_WORD("error", err_text(e)));
    return ERR_USAGE;
}

static enum err read_postcodes(const struct settings *settings, FILE *complaints, struct engine_config *config)
{
    struct problems problems;
    const char *path = path_of(settings, "pc4", complaints);
    if (!path)
        return ERR_USAGE;
    enum err e = mem_alloc(1, sizeof *config->postcodes, &config->postcodes);
    if (e != ERR_OK)
        return e;
    problems_init(&problems, path);
    e = postcodes_read(path, config->postcodes, &problems);
    return report(&problems, "pc4", e, complaints);
}

static bool find_point(void *context, unsigned pc4, struct point *out)
{
    return pc4 >= PC4_MIN && pc4 <= PC4_MAX && postcodes_find(context, pc4, out) != POSTCODE_NONE;
}

enum err engine_config_read(const struct settings *settings, FILE *complaints, struct engine_config *out)
{
    struct engine_config config = {0};
    struct monitor_options monitor = {0};
    enum err e = read_reasons(settings, complaints, &config);
    if (e == ERR_OK)
        e = read_monitor(settings, complaints, &monitor);
    if (e == ERR_OK)
        e = read_calendar(settings, complaints, &config);
    if (e == ERR_OK)
        e = read_catalog(settings, complaints, &config);
    if (e == ERR_OK)
        e = read_watchlist(settings, complaints, &config);
    if (e == ERR_OK)
        e = read_chances(settings, complaints, &config);
    if (e == ERR_OK)
        e = read_case_lists(settings, complaints, &config);
    if (e == ERR_OK)
        e = read_postcodes(settings, complaints, &config);
    if (e != ERR_OK) {
        engine_config_free(&config);
        return e;
    }
    uint32_t threads = (uint32_t)settings_number(settings, "threads");
    config.options = (struct domain_options){
        .reasons = config.reasons,
        .calendar = config.calendar,
        .catalog = config.catalog,
        .case_outcomes = config.case_outcomes,
        .menukaart = config.menukaart,
        .watchlist = config.watchlist,
        .chances = config.chances,
        .signals = signals_of(settings),
        .monitor = monitor,
        .geography = {find_point, config.postcodes},
        .rules = {.slack_days = (int32_t)settings_number(settings, "speling_dagen"),
                  .list_max = (uint32_t)settings_number(settings, "list_max"),
                  .band_width = (uint32_t)settings_number(settings, "band_width")},
        .threads = threads ? threads : parallel_processors(),
    };
    *out = config;
    return ERR_OK;
}

void engine_config_free(struct engine_config *config)
{
    if (config->reasons)
        reasons_free(config->reasons);
    if (config->calendar)
        calendar_free(config->calendar);
    catalog_free(config->catalog);
    case_outcomes_free(config->case_outcomes);
    menukaart_free(config->menukaart);
    watchlist_free(config->watchlist);
    chances_free(config->chances);
    mem_free(config->postcodes);
    sodium_memzero(config, sizeof *config);
}
