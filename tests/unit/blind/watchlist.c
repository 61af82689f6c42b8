#include "blind/watchlist.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/table.h"
#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER "code;language;class;phrases;better;nl;en\n"

static const char *source_path(const char *name)
{
    static char path[1024];
    const char *root = getenv("STAGEMATCH_SOURCE");
    (void)snprintf(path, sizeof path, "%s/%s", root ? root : ".", name);
    return path;
}

static struct watchlist *own_list(void)
{
    struct problems problems;
    struct watchlist *list;
    problems_init(&problems, "watchlist.csv");
    ck_assert_int_eq(watchlist_read_file(source_path("config/watchlist.csv"), &problems, &list), ERR_OK);
    problems_free(&problems);
    return list;
}

/* The codes found, joined by blanks, each with what it covers. */
static void expect(const struct watchlist *list, const char *text, const char *found)
{
    struct watch_hit hits[WATCH_HITS_MAX];
    struct buf said;
    buf_init(&said, 4096);
    size_t count = watchlist_find(list, text_of(text), hits, WATCH_HITS_MAX);
    for (size_t i = 0; i < count; i++)
        buf_printf(&said, "%s%s=%.*s", i ? " " : "", hits[i].term->code, (int)hits[i].bytes, text + hits[i].offset);
    buf_put_char(&said, '\0');
    ck_assert_str_eq(said.data, found);
    buf_free(&said);
}

START_TEST(whole_words_are_found_whatever_their_form)
{
    struct watchlist *list = own_list();
    expect(list, "Je past in het team.", "past-in-team=past in het team");
    expect(list, "JE PÁST   IN\nhet-Team", "past-in-team=PÁST   IN\nhet-Team");
    expect(list, "Nederlands als moedertaal, graag", "moedertaal=Nederlands als moedertaal");
    expect(list, "een moedertaalspreker", "moedertaal=moedertaalspreker");
    expect(list, "Wij vragen accentloos Nederlands", "accentloos=accentloos Nederlands");
    expect(list,
           "acc\xc2\xad"
           "entloos",
           "accentloos=acc\xc2\xad"
           "entloos");
    expect(list, "representatieve", "representatief=representatieve");
    expect(list, "Native speakers only", "native-nl=Native speakers");
    expect(list, "Een klik met het team, m/v, jong en dynamisch", "klik=Een klik mv=m/v jong=jong en dynamisch");
    expect(list, "Wij zoeken een jongen uit Marokko", "jongen=jongen");
    watchlist_free(list);
}
END_TEST

START_TEST(parts_of_other_words_are_not_found)
{
    struct watchlist *list = own_list();
    expect(list, "De klikobak legen", "");
    expect(list, "kaarten verkopen, tabletop, ras-terminal", "afkomst=ras");
    expect(list, "romanschrijver manager bemanning", "");
    expect(list, "past in het teamverband? nee: in het team past", "");
    expect(list, "Helpen bij wassen en aankleden van mensen met een beperking", "");
    expect(list, "Jonge kinderen begeleiden, gezonde voeding koken, ik geloof dat dit leuk is", "");
    expect(list, "", "");
    watchlist_free(list);
}
END_TEST

START_TEST(positions_are_characters_and_bytes)
{
    struct watchlist *list = own_list();
    struct watch_hit hits[2];
    const char *text = "Één café: klik, klik, klik";
    ck_assert_uint_eq(watchlist_find(list, text_of(text), hits, 2), 2);
    ck_assert_uint_eq(hits[0].position, 10);
    ck_assert_uint_eq(hits[0].length, 4);
    ck_assert_uint_eq(hits[0].offset, 13);
    ck_assert_uint_eq(hits[1].position, 16);
    ck_assert_int_eq(hits[0].term->watch_class, WATCH_FIT);
    ck_assert_uint_gt(strlen(hits[0].term->better), 0);
    ck_assert_uint_eq(watchlist_find(NULL, text_of(text), hits, 2), 0);
    watchlist_free(list);
}
END_TEST

START_TEST(bytes_that_are_no_utf8_part_words)
{
    struct watchlist *list = own_list();
    expect(list, "\xff\xfeklik\xc3", "klik=klik");
    expect(list, "kl\xffik", "");
    expect(list, "\xf0\x9f\x98\x80klik", "");
    expect(list, "klik\xe2\x80\x94klik", "klik=klik klik=klik");
    watchlist_free(list);
}
END_TEST

/* The skills of the configuration are what may be asked. */
static enum err no_remark(void *context, const struct table_row *row)
{
    struct watch_hit hit;
    for (int column = 0; column < 3; column++)
        ck_assert_msg(watchlist_find(context, row->values[column], &hit, 1) == 0, "%.*s: %s",
                      (int)row->values[column].length, row->values[column].data, hit.term->code);
    return ERR_OK;
}

START_TEST(no_skill_of_the_configuration_is_questioned)
{
    static const struct table_column columns[] = {{"code", true}, {"nl", true}, {"en", true}};
    static const struct table_spec spec = {columns, 3, NULL, true};
    struct watchlist *list = own_list();
    struct table_handler handler = {.row = no_remark, .context = list};
    struct problems problems;
    problems_init(&problems, "skills.csv");
    ck_assert_int_eq(table_read_file(source_path("config/skills.csv"), &spec, &handler, &problems), ERR_OK);
    problems_free(&problems);
    watchlist_free(list);
}
END_TEST

/* A better wording must not be questioned in its turn. */
START_TEST(what_is_proposed_is_not_questioned_itself)
{
    struct watchlist *list = own_list();
    const struct watch_term *term;
    size_t count = 0;
    for (; (term = watchlist_at(list, count)); count++) {
        expect(list, term->better, "");
        ck_assert_uint_gt(strlen(term->nl), 0);
        ck_assert_uint_gt(strlen(term->en), 0);
    }
    ck_assert_uint_gt(count, 30);
    watchlist_free(list);
}
END_TEST

START_TEST(a_megabyte_is_read_in_bounded_work)
{
    enum { MEGABYTE = 1 << 20 };
    static const char *const fillers[] = {"past in het ", "m ", "a", "een van ", "klik", "\xc3\xa9"};
    struct watchlist *list = own_list();
    struct watch_hit hits[WATCH_HITS_MAX];
    char *text;
    ck_assert_int_eq(mem_alloc(1, MEGABYTE, &text), ERR_OK);
    for (size_t f = 0; f < sizeof fillers / sizeof fillers[0]; f++) {
        size_t length = strlen(fillers[f]);
        for (size_t i = 0; i < MEGABYTE; i++)
            text[i] = fillers[f][i % length];
        ck_assert_uint_eq(watchlist_find(list, (struct text){text, MEGABYTE}, hits, WATCH_HITS_MAX), 0);
        static const char last[] = " klik";
        memcpy(text + MEGABYTE - sizeof last + 1, last, sizeof last - 1);
        ck_assert_uint_eq(watchlist_find(list, (struct text){text, MEGABYTE}, hits, WATCH_HITS_MAX), 1);
        ck_assert_uint_eq(hits[0].offset + hits[0].bytes, MEGABYTE);
    }
    mem_free(text);
    watchlist_free(list);
}
END_TEST

static void refused(const char *file, const char *said)
{
    struct problems problems;
    struct watchlist *list;
    struct buf text;
    buf_init(&text, 4096);
    problems_init(&problems, "watchlist.csv");
    ck_assert_int_eq(watchlist_read_bytes(text_of(file), &problems, &list), ERR_INPUT);
    for (size_t i = 0; i < problems.kept; i++)
        buf_printf(&text, "%s%s@%u:%s", i ? " " : "", problems.list[i].kind->code, (unsigned)problems.list[i].line,
                   problems.list[i].column);
    buf_put_char(&text, '\0');
    ck_assert_str_eq(text.data, said);
    buf_free(&text);
    problems_free(&problems);
}

START_TEST(wrong_lists_are_refused)
{
    refused(HEADER "a;nl;fit;x;;n;e\na;nl;fit;y;;n;e\n", "watchlist.duplicate@3:code");
    refused(HEADER "a;de;kleur;x;;n;e\n", "watchlist.choice@2:language watchlist.choice@2:class");
    refused(HEADER "a;nl;fit;;;n;e\n", "watchlist.phrase@2:phrases");
    refused(HEADER "a;nl;fit;a b c d e f g h i;;n;e\n", "watchlist.phrase@2:phrases");
    refused(HEADER "a;nl;fit;x|...;;n;e\n", "watchlist.phrase@2:phrases");
    refused(HEADER "a;nl;fit;x;;;e\n", "watchlist.text@2:nl");
    refused(HEADER "een code;nl;fit;x;;n;e\n", "watchlist.code@2:code");
}
END_TEST

START_TEST(without_memory_it_is_an_error)
{
    struct problems problems;
    struct watchlist *list;
    enum err e = ERR_MEMORY;
    for (uint64_t nth = 1; e == ERR_MEMORY; nth++) {
        ck_assert_uint_lt(nth, 1000);
        problems_init(&problems, "watchlist.csv");
        mem_fail_at(nth);
        e = watchlist_read_bytes(text_of(HEADER "a;nl;fit;x|y;;n;e\nb;nl;fit;z;;n;e\n"), &problems, &list);
        mem_fail_at(0);
        problems_free(&problems);
    }
    ck_assert_int_eq(e, ERR_OK);
    watchlist_free(list);
}
END_TEST

RUN_TESTS("watchlist", whole_words_are_found_whatever_their_form, parts_of_other_words_are_not_found,
          positions_are_characters_and_bytes, bytes_that_are_no_utf8_part_words,
          no_skill_of_the_configuration_is_questioned, what_is_proposed_is_not_questioned_itself,
          a_megabyte_is_read_in_bounded_work, wrong_lists_are_refused, without_memory_it_is_an_error)
