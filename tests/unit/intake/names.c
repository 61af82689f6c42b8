#include "intake/names.h"

#include "fixture.h"

#include <stdio.h>
#include <unistd.h>

static struct names names;

static enum err read_names(const char *bytes)
{
    return names_read(temporary_file(bytes, strlen(bytes)), &names);
}

/* What names_read printed to stderr about this list. */
static const char *complaints_about(const char *bytes)
{
    static char text[2000];
    FILE *to = tmpfile();
    ck_assert_ptr_nonnull(to);
    int kept = dup(STDERR_FILENO);
    ck_assert_int_eq(dup2(fileno(to), STDERR_FILENO), STDERR_FILENO);
    enum err e = read_names(bytes);
    ck_assert_int_eq(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    close(kept);
    ck_assert_int_eq(e, ERR_INPUT);
    rewind(to);
    text[fread(text, 1, sizeof text - 1, to)] = '\0';
    fclose(to);
    return text;
}

START_TEST(a_code_has_its_name_whatever_the_column_is_called)
{
    static const char *const files[] = {"code;naam\n25656;Verzorgende IG\n25655;Mbo-verpleegkundige\n",
                                        "NAAM;Crebo;niveau\nVerzorgende IG;25656;3\nMbo-verpleegkundige;25655;4\n",
                                        "isat,naam\n25656,Verzorgende IG\n25655,Mbo-verpleegkundige\n"};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(read_names(files[i]), ERR_OK);
        ck_assert_uint_eq(names.count, 2);
        ck_assert(text_is(names_find(&names, 25655), "Mbo-verpleegkundige"));
        ck_assert(text_is(names_find(&names, 25656), "Verzorgende IG"));
        ck_assert_uint_eq(names_find(&names, 25657).length, 0);
        names_free(&names);
    }
}
END_TEST

START_TEST(without_a_list_every_name_is_empty)
{
    ck_assert_int_eq(names_read(NULL, &names), ERR_OK);
    ck_assert_uint_eq(names.count, 0);
    ck_assert_uint_eq(names_find(&names, 25655).length, 0);
    names_free(&names);
    names_free(&names);
}
END_TEST

START_TEST(what_is_wrong_is_printed_with_its_place)
{
    ck_assert_int_eq(setenv("LC_ALL", "C", 1), 0);
    ck_assert_ptr_nonnull(
        strstr(complaints_about("code;naam\n25655;a\n2565;b\n;c\n25656;d\n"), "line 3, column code: "));
    ck_assert_ptr_nonnull(strstr(complaints_about("code;naam\n;c\n"), "line 2, column code: "));
    ck_assert_ptr_nonnull(strstr(complaints_about("crebo;naam\nx;c\n"), "line 2, column crebo: "));
    ck_assert_ptr_nonnull(strstr(complaints_about("code\n25655\n"), "line 1, column naam: "));
    ck_assert_uint_eq(names.count, 0);
    ck_assert_int_eq(names_read("/nonexistent/names.csv", &names), ERR_INPUT);
}
END_TEST

START_TEST(every_failed_allocation_is_answered)
{
    bool failed = true;
    unsigned tries = 0;
    for (uint64_t nth = 1; failed; nth++, tries++) {
        static const char bytes[] = "code;naam\n25655;Mbo-verpleegkundige\n25656;Verzorgende IG\n";
        const char *path = temporary_file(bytes, sizeof bytes - 1);
        mem_fail_at(nth);
        enum err e = names_read(path, &names);
        failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
    }
    ck_assert_uint_gt(tries, 4);
    ck_assert_uint_eq(names.count, 2);
    names_free(&names);
}
END_TEST

RUN_TESTS("intake/names", a_code_has_its_name_whatever_the_column_is_called, without_a_list_every_name_is_empty,
          what_is_wrong_is_printed_with_its_place, every_failed_allocation_is_answered)
