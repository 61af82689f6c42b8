#include "ipc/service_options.h"

#include "support/support.h"

#include <string.h>

START_TEST(every_default_is_a_value_of_its_option)
{
    struct settings settings;
    ck_assert_int_eq(settings_new(service_options, service_option_count, &settings), ERR_OK);
    ck_assert_str_eq(settings_string(&settings, "listen"), "127.0.0.1:8080");
    ck_assert_int_eq(settings_number(&settings, "connections_max"), 4096);
    ck_assert_ptr_null(settings_string(&settings, "user_vault"));
    settings_free(&settings);
}
END_TEST

START_TEST(every_option_says_what_it_is_and_stands_there_once)
{
    for (size_t i = 0; i < service_option_count; i++) {
        const struct option *option = &service_options[i];
        ck_assert_msg(option->text && option->text[0], "%s", option->name);
        ck_assert_msg(option->where & OPTION_IN_FILE, "%s", option->name);
        ck_assert_msg(option->type != OPTION_NUMBER || (option->min < option->max && option->fallback), "%s",
                      option->name);
        ck_assert_msg(strncmp(option->name + strlen(option->name) - 3, "_ms", 3) != 0 ||
                          strcmp(option->unit, "MS") == 0,
                      "%s", option->name);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(service_options[j].name, option->name);
    }
}
END_TEST

START_TEST(a_value_can_be_handed_over)
{
    struct settings settings;
    ck_assert_int_eq(settings_new(service_options, service_option_count, &settings), ERR_OK);
    ck_assert_int_eq(settings_set(&settings, "commit_wait_ms", "7"), ERR_OK);
    ck_assert_int_eq(settings_number(&settings, "commit_wait_ms"), 7);
    ck_assert_int_eq(settings_set(&settings, "commit_wait_ms", "seven"), ERR_RANGE);
    ck_assert_int_eq(settings_set(&settings, "nothing", "7"), ERR_MISSING);
    ck_assert_int_eq(settings_number(&settings, "commit_wait_ms"), 7);
    settings_free(&settings);
}
END_TEST

RUN_TESTS("service_options", every_default_is_a_value_of_its_option,
          every_option_says_what_it_is_and_stands_there_once, a_value_can_be_handed_over)
