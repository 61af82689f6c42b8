#include "cmd/command.h"
#include "cmd/options.h"
#include "cmd/service_settings.h"

#include "base/mem.h"
#include "blind/watchlist.h"
#include "domain/catalog.h"
#include "domain/chances.h"
#include "intake/codelist.h"
#include "intake/names.h"
#include "intake/postcodes.h"

#include <stdlib.h>

static const struct option options[] = {
    SERVICE_OPTIONS,
    OPTION_LANGUAGE,
    {.name = "markdown",
     .type = OPTION_FLAG,
     .where = OPTION_ON_LINE,
     .text = "print the table of settings for the README instead"},
};

static enum err check_postcodes(const char *path)
{
    struct postcodes *table;
    struct problems problems;
    enum err e = mem_alloc(1, sizeof *table, &table);
    if (e != ERR_OK)
        return e;
    problems_init(&problems, path);
    e = postcodes_read(path, table, &problems);
    problems_print(&problems, language_of_environment(), stderr);
    if (e == ERR_OK)
        printf("pc4: %u postcodes%s (%s)\n", table->count,
               table->coarse ? ", coarse: distances are approximate; scripts/setup completes it" : "", path);
    problems_free(&problems);
    mem_free(table);
    return e;
}

static enum err check_names(const char *path)
{
    struct names names;
    enum err e = names_read(path, &names);
    if (e != ERR_OK)
        return e;
    printf("opleidingen: %zu names (%s)\n", names.count, path);
    names_free(&names);
    return ERR_OK;
}

static enum err check_list(const char *name, const char *path, enum codelist_kind kind)
{
    struct problems problems;
    size_t count = 0;
    problems_init(&problems, path);
    enum err e = codelist_check(path, kind, &problems, &count);
    problems_print(&problems, language_of_environment(), stderr);
    if (e == ERR_OK)
        printf("%s: %zu entries (%s)\n", name, count, path);
    problems_free(&problems);
    return e;
}

/* Lists that only the service shows. */
static enum err check_catalog(enum catalog_list list, const char *path)
{
    struct catalog *catalog;
    struct problems problems;
    size_t count = 0;
    enum err e = catalog_new(&catalog);
    if (e != ERR_OK)
        return e;
    problems_init(&problems, path);
    e = catalog_read_file(catalog, list, path, &problems);
    problems_print(&problems, language_of_environment(), stderr);
    while (list == CATALOG_CONTACTS ? catalog_contact_at(catalog, count) != NULL
                                    : catalog_name_at(catalog, list, count) != NULL)
        count++;
    if (e == ERR_OK)
        printf("%s: %zu entries (%s)\n", catalog_setting(list), count, path);
    problems_free(&problems);
    catalog_free(catalog);
    return e;
}

static enum err check_chances(const char *path)
{
    struct chances *chances = NULL;
    struct problems problems;
    problems_init(&problems, path);
    enum err e = chances_read_file(path, &problems, &chances);
    problems_print(&problems, language_of_environment(), stderr);
    problems_free(&problems);
    if (e == ERR_OK)
        printf("kans_op_stage: %zu entries (%s)\n", chances_count(chances), path);
    chances_free(chances);
    return e;
}

static enum err check_watchlist(const char *path)
{
    struct watchlist *watchlist = NULL;
    struct problems problems;
    size_t count = 0;
    problems_init(&problems, path);
    enum err e = watchlist_read_file(path, &problems, &watchlist);
    problems_print(&problems, language_of_environment(), stderr);
    while (watchlist && watchlist_at(watchlist, count))
        count++;
    if (e == ERR_OK)
        printf("watchlist: %zu entries (%s)\n", count, path);
    problems_free(&problems);
    watchlist_free(watchlist);
    return e;
}

static void keep_first(enum err *result, enum err e)
{
    if (*result == ERR_OK)
        *result = e;
}

static bool names_one_of_service(const struct settings *settings)
{
    static const char *const names[] = {"terms", "tls_certificate", "tls_key", "web_root", "web_theme"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (settings_string(settings, names[i]))
            return true;
    return false;
}

static int run(const struct invocation *invocation)
{
    const struct settings *settings = invocation->settings;
    static const struct {
        const char *name;
        enum codelist_kind kind;
    } lists[] = {{"skills", CODELIST_SKILLS},
                 {"reasons", CODELIST_REASONS},
                 {"grounds", CODELIST_GROUNDS},
                 {"routes", CODELIST_ROUTES}};
    static const enum catalog_list shown[] = {CATALOG_SCHOOLS, CATALOG_CONTACTS};
    enum err result = ERR_OK;
    if (settings_flag(settings, "markdown")) {
        options_print_markdown(config_options, config_option_count, stdout);
        return EXIT_SUCCESS;
    }
    if (settings_string(settings, "pc4"))
        keep_first(&result, check_postcodes(settings_string(settings, "pc4")));
    if (settings_string(settings, "opleidingen"))
        keep_first(&result, check_names(settings_string(settings, "opleidingen")));
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (settings_string(settings, lists[i].name))
            keep_first(&result, check_list(lists[i].name, settings_string(settings, lists[i].name), lists[i].kind));
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        if (settings_string(settings, catalog_setting(shown[i])))
            keep_first(&result, check_catalog(shown[i], settings_string(settings, catalog_setting(shown[i]))));
    if (settings_string(settings, "kans_op_stage"))
        keep_first(&result, check_chances(settings_string(settings, "kans_op_stage")));
    if (settings_string(settings, "watchlist"))
        keep_first(&result, check_watchlist(settings_string(settings, "watchlist")));
    /* An offline round needs none; who names one of them runs a service. */
    if (result == ERR_OK && names_one_of_service(settings))
        result = service_settings_check(settings, stderr);
    if (result == ERR_OK)
        puts("the configuration is good");
    return exit_status(result);
}

const struct command command_check_config = {
    .name = "check-config",
    .usage = "[--config FILE]",
    .summary = "Read the configuration and every list that it names, and say what is wrong",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .reads_config = true,
    .run = run,
};
