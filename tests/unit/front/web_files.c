/* The files of the web application: what is read, what is refused, what a path finds, and that no memory is a plain refusal. */
#include "front/web_files.h"

#include "base/mem.h"
#include "support/support.h"
#include "wire/connect_coding.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
    (void)about, (void)kind, (void)walk;
    return remove(path);
}

static void open_root(void)
{
    snprintf(root, sizeof root, "/tmp/stagematch-web-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
}

static void close_root(void)
{
    ck_assert_int_eq(nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static void add_folder(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", root, name);
    ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void add_file(const char *name, const char *content)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", root, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(content, file);
    ck_assert_int_eq(fclose(file), 0);
}

static const char *long_text(void)
{
    static char text[4096];
    memset(text, 'a', sizeof text - 1);
    return text;
}

static void assert_refused(enum err expected, const char *why)
{
    struct web_files *files = NULL;
    struct web_fault fault;
    ck_assert_int_eq(web_files_read(root, NULL, &files, &fault), expected);
    ck_assert_ptr_null(files);
    ck_assert_str_eq(fault.setting, "web_root");
    ck_assert_str_eq(fault.why, why);
}

START_TEST(files_are_found_by_their_paths)
{
    struct web_files *files;
    struct web_fault fault;
    struct buf plain;
    open_root();
    add_folder("assets");
    add_file("index.html", "<p>");
    add_file("assets/a-1.js", long_text());
    add_file("assets/b.png", long_text());
    add_file("z.css", "");
    add_file("unknown.bin", "x");
    add_file(".hidden.txt", "x");
    memcpy(root + strlen(root), "//", 3); /* as somebody may write it */
    ck_assert_int_eq(web_files_read(root, NULL, &files, &fault), ERR_OK);
    ck_assert_uint_eq(web_files_count(files), 4);
    ck_assert_uint_eq(web_files_skipped(files), 1);
    ck_assert_ptr_null(web_files_find(files, text_of("/unknown.bin")));
    ck_assert_ptr_null(web_files_find(files, text_of("/.hidden.txt")));
    ck_assert_ptr_null(web_files_find(files, text_of("")));
    const struct web_file *script = web_files_find(files, text_of("/assets/a-1.js"));
    ck_assert(script && script->has_gzip && script->is_immutable && text_is(script->plain, long_text()));
    buf_init(&plain, 1 << 20);
    ck_assert_int_eq(coding_gunzip(script->gzip, 1 << 20, &plain), ERR_OK);
    ck_assert(text_is(buf_text(&plain), long_text()));
    buf_free(&plain);
    const struct web_file *image = web_files_find(files, text_of("/assets/b.png"));
    ck_assert(image && !image->has_gzip);
    const struct web_file *index = web_files_find(files, text_of("/index.html"));
    ck_assert(index && !index->has_gzip && !index->is_immutable && strcmp(index->etag, script->etag) != 0);
    ck_assert_uint_eq(web_files_find(files, text_of("/z.css"))->plain.length, 0);
    ck_assert_uint_eq(web_files_bytes(files), 3 + 2 * 4095 + script->gzip.length);
    web_files_free(files);
    close_root();
}
END_TEST

START_TEST(pages_of_the_application_are_its_index)
{
    static const char *const pages[] = {"/", "/rondes", "/rondes/1-a_b~c/", "/A/b/C"};
    static const char *const none[] = {"",     "rondes", "//",    "/a//b", "/a.b", "/..",
                                       "/%41", "/a b",   "/a\\b", "/a:b",  "/a;b", "*"};
    struct web_files *files;
    struct web_fault fault;
    open_root();
    add_file("index.html", "<p>");
    ck_assert_int_eq(web_files_read(root, NULL, &files, &fault), ERR_OK);
    const struct web_file *index = web_files_find(files, text_of("/index.html"));
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        ck_assert_ptr_eq(web_files_page(files, text_of(pages[i])), index);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        ck_assert_msg(!web_files_page(files, text_of(none[i])), "a page: %s", none[i]);
    ck_assert_ptr_null(web_files_page(files, (struct text){"/a\0b", 4}));
    web_files_free(files);
    close_root();
}
END_TEST

START_TEST(a_folder_that_is_none_is_refused)
{
    open_root();
    assert_refused(ERR_INPUT, "no_index_html");
    add_folder("index.html");
    assert_refused(ERR_INPUT, "no_index_html");
    add_file("a b.js", "");
    assert_refused(ERR_INPUT, "bad_file_name");
    close_root();
    assert_refused(ERR_INPUT, "unreadable");
    snprintf(root, sizeof root, "%s", temporary_file("x", 1));
    assert_refused(ERR_INPUT, "no_folder");
}
END_TEST

START_TEST(without_memory_nothing_is_read_and_nothing_is_lost)
{
    struct web_files *files = NULL;
    struct web_fault fault;
    enum err e = ERR_MEMORY;
    open_root();
    add_file("index.html", long_text());
    add_file("theme.css", long_text());
    const char *theme = temporary_file(long_text(), 2000);
    uint64_t nth = 1;
    for (; e != ERR_OK; nth++) {
        mem_fail_at(nth);
        e = web_files_read(root, theme, &files, &fault);
        mem_fail_at(0);
        ck_assert(e == ERR_OK || e == ERR_MEMORY || e == ERR_RANGE);
        ck_assert((e == ERR_OK) == (files != NULL));
    }
    ck_assert_uint_gt(nth, 10);
    ck_assert_uint_eq(web_files_count(files), 2);
    ck_assert_uint_eq(web_files_find(files, text_of("/theme.css"))->plain.length, 2000);
    web_files_free(files);
    web_files_free(NULL);
    close_root();
}
END_TEST

RUN_TESTS("front/web_files", files_are_found_by_their_paths, pages_of_the_application_are_its_index,
          a_folder_that_is_none_is_refused, without_memory_nothing_is_read_and_nothing_is_lost)
