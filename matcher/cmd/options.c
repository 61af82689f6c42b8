#include "cmd/options.h"

#include <string.h>

const struct option config_options[] = {SERVICE_OPTIONS, OPTION_LANGUAGE};
const size_t config_option_count = sizeof config_options / sizeof config_options[0];

struct match_rules options_rules(const struct settings *settings)
{
    return (struct match_rules){
        .slack_days = (int32_t)settings_number(settings, "speling_dagen"),
        .list_max = (uint32_t)settings_number(settings, "list_max"),
        .band_width = (uint32_t)settings_number(settings, "band_width"),
    };
}

enum language options_language(const struct settings *settings)
{
    const char *chosen = settings_string(settings, "taal");
    if (!chosen)
        return language_of_environment();
    return strcmp(chosen, "nl") == 0 ? LANGUAGE_NL : LANGUAGE_EN;
}
