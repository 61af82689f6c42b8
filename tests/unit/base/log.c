#include "base/log.h"

#include "support/support.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int ends[2];
static struct clock_manual now;

static void open_pipe(enum log_level from)
{
    ck_assert_int_eq(pipe(ends), 0);
    log_open(ends[1], from, clock_of_manual(&now));
}

/* All that was logged since; closes the pipe. */
static const char *logged(void)
{
    static char bytes[16384];
    size_t length = 0;
    ssize_t got;
    close(ends[1]);
    while (length < sizeof bytes - 1 && (got = read(ends[0], bytes + length, sizeof bytes - 1 - length)) > 0)
        length += (size_t)got;
    close(ends[0]);
    bytes[length] = '\0';
    return bytes;
}

START_TEST(an_event_is_one_line_of_keys_and_values)
{
    now.wall_ms = 1801440000123 + 3723000; /* 2027-02-01 00:00:00.123 UTC, and 1 h 2 min 3 s */
    open_pipe(LOG_DEBUG);
    LOG(LOG_INFO, "stage", LOG_WORD("name", "read"), LOG_NUMBER("us", -15), LOG_NUMBER("big", INT64_MAX));
    log_event(LOG_ERROR, "bare", NULL, 0);
    ck_assert_str_eq(logged(), "time=2027-02-01T01:02:03.123Z level=info event=stage name=read us=-15 "
                               "big=9223372036854775807\n"
                               "time=2027-02-01T01:02:03.123Z level=error event=bare\n");
}
END_TEST

START_TEST(levels_below_the_chosen_one_are_silent)
{
    static const char *const expected[] = {"debug info warn error", "info warn error", "warn error", "error"};
    for (int from = LOG_DEBUG; from <= LOG_ERROR; from++) {
        char levels[100] = "";
        open_pipe((enum log_level)from);
        for (int level = LOG_DEBUG; level <= LOG_ERROR; level++)
            log_event((enum log_level)level, "e", NULL, 0);
        for (const char *at = logged(); (at = strstr(at, "level=")); at += 6) {
            strncat(levels, levels[0] ? " " : "", 2);
            strncat(levels, at + 6, strcspn(at + 6, " "));
        }
        ck_assert_str_eq(levels, expected[from]);
    }
}
END_TEST

START_TEST(nothing_is_logged_before_the_log_is_opened)
{
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    log_event(LOG_ERROR, "early", NULL, 0);
    close(STDERR_FILENO);
    ck_assert_str_eq(logged(), "");
}
END_TEST

START_TEST(a_word_cannot_forge_a_line_or_a_field)
{
    open_pipe(LOG_DEBUG);
    LOG(LOG_INFO, "a\nb", LOG_WORD("word", "x\ntime=2027-02-01 level=error event=forged\r\t\x1b[0m \"q\" \xc3\xa9"));
    const char *text = logged();
    const char *newline = strchr(text, '\n');
    ck_assert_ptr_nonnull(newline);
    ck_assert_str_eq(newline, "\n");
    ck_assert_ptr_nonnull(strstr(text, " event=a?b word=x?time?2027-02-01?level?error?event?forged????0m??q????\n"));
}
END_TEST

START_TEST(the_alphabet_of_a_word_is_closed)
{
    for (int value = 1; value < 256; value++) {
        const char word[] = {(char)value, '\0'};
        char expected[16];
        bool plain = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/:-", value) != NULL;
        snprintf(expected, sizeof expected, " word=%c\n", plain ? value : '?');
        open_pipe(LOG_DEBUG);
        LOG(LOG_INFO, "e", LOG_WORD("word", word));
        const char *text = logged();
        ck_assert_msg(strstr(text, expected) != NULL, "byte %d: %s", value, text);
    }
}
END_TEST

START_TEST(a_word_is_cut_at_64_characters)
{
    char word[101], expected[80];
    memset(word, 'w', 100);
    for (size_t length = 63; length <= 100; length += length < 66 ? 1 : 34) {
        word[length] = '\0';
        snprintf(expected, sizeof expected, " word=%.64s\n", word);
        open_pipe(LOG_DEBUG);
        LOG(LOG_INFO, "e", LOG_WORD("word", word));
        ck_assert_ptr_nonnull(strstr(logged(), expected));
        word[length] = 'w';
    }
}
END_TEST

START_TEST(as_json_an_event_is_one_object)
{
    char expected[512];
    now.wall_ms = 1801440000123 + 3723000;
    log_identify(LOG_AS_JSON, "front.1");
    open_pipe(LOG_DEBUG);
    LOG(LOG_INFO, "stage", LOG_WORD("name", "a \"b\"\\\n"), LOG_NUMBER("us", -15));
    log_set_request("5f0c-11");
    log_event(LOG_ERROR, "bare", NULL, 0);
    log_set_request(NULL);
    log_event(LOG_WARN, "bare", NULL, 0);
    snprintf(expected, sizeof expected,
             "{\"time\":\"2027-02-01T01:02:03.123Z\",\"level\":\"info\",\"role\":\"front.1\",\"pid\":%d,"
             "\"event\":\"stage\",\"fields\":{\"name\":\"a??b???\",\"us\":-15}}\n"
             "{\"time\":\"2027-02-01T01:02:03.123Z\",\"level\":\"error\",\"role\":\"front.1\",\"pid\":%d,"
             "\"event\":\"bare\",\"request_id\":\"5f0c-11\",\"fields\":{}}\n"
             "{\"time\":\"2027-02-01T01:02:03.123Z\",\"level\":\"warn\",\"role\":\"front.1\",\"pid\":%d,"
             "\"event\":\"bare\",\"fields\":{}}\n",
             (int)getpid(), (int)getpid(), (int)getpid());
    ck_assert_str_eq(logged(), expected);
}
END_TEST

START_TEST(a_line_says_whose_it_is_and_for_which_request)
{
    char id[101], expected[200];
    now.wall_ms = 0;
    log_identify(LOG_AS_TEXT, "vault");
    memset(id, 'a', 100);
    id[100] = '\0';
    log_set_request(id); /* cut, not refused */
    open_pipe(LOG_INFO);
    ck_assert(log_wants(LOG_INFO));
    ck_assert(!log_wants(LOG_DEBUG));
    LOG(LOG_INFO, "e", LOG_NUMBER("n", 1));
    snprintf(expected, sizeof expected, " event=e n=1 process=vault request=%.64s\n", id);
    ck_assert_ptr_nonnull(strstr(logged(), expected));
    ck_assert_uint_eq(strlen(log_get_request()), 64);
    log_set_request("forged\nlevel=error");
    open_pipe(LOG_INFO);
    LOG(LOG_INFO, "e", LOG_NUMBER("n", 1));
    ck_assert_ptr_nonnull(strstr(logged(), " request=forged?level?error\n"));
}
END_TEST

START_TEST(a_sentence_is_said_in_the_form_of_the_log)
{
    static const char sentence[] = "a.conf: line 3, \"x\": caf\xc3\xa9 \\ \t";
    log_identify(LOG_AS_TEXT, "parent");
    open_pipe(LOG_ERROR);
    log_say(LOG_INFO, sentence); /* whatever the level: somebody asked for it */
    ck_assert_str_eq(logged(), "a.conf: line 3, \"x\": caf\xc3\xa9 \\ \t\n");
    log_identify(LOG_AS_JSON, "parent");
    open_pipe(LOG_ERROR);
    log_say(LOG_WARN, sentence);
    const char *line = logged();
    ck_assert_ptr_nonnull(strstr(line, "\"level\":\"warn\",\"role\":\"parent\""));
    ck_assert_ptr_nonnull(
        strstr(line, ",\"event\":\"said\",\"text\":\"a.conf: line 3, \\\"x\\\": caf?? \\\\ \\u0009\"}\n"));
}
END_TEST

RUN_TESTS("base/log", an_event_is_one_line_of_keys_and_values, levels_below_the_chosen_one_are_silent,
          nothing_is_logged_before_the_log_is_opened, a_word_cannot_forge_a_line_or_a_field,
          the_alphabet_of_a_word_is_closed, a_word_is_cut_at_64_characters, as_json_an_event_is_one_object,
          a_line_says_whose_it_is_and_for_which_request, a_sentence_is_said_in_the_form_of_the_log)
