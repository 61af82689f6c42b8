/* Names of files from outside: what is left of each, and the ending that they get. */
#include "vault/file_name.h"

#include "support/support.h"

#include <string.h>

START_TEST(only_what_can_be_shown_and_saved_is_left)
{
    static const struct {
        const char *name, *clean;
    } names[] = {
        {"foto.png", "foto.png"},
        {"C:\\Mijn documenten\\brief.pdf", "brief.pdf"},
        {"../../etc/passwd", "passwd"},
        {"..hidden", "hidden"},
        {"  brief van zo\xc3\xab.pdf", "brief van zo\xc3\xab.pdf"},
        {"a\x01\x1f\x7f"
         "b<>:\"|?*c",
         "abc"},
        {"gpj.\xe2\x80\xaeterces.exe", "gpj.terces.exe"}, /* right to left override */
        {"\xef\xbb\xbfx\xe2\x80\x8by\xc2\x85z", "xyz"},   /* byte order mark, zero width space, next line */
        {"", "bestand"},
        {"///", "bestand"},
        {"...", "bestand"},
        {"\xc3", "bestand"}, /* no whole character */
    };
    char clean[FILE_NAME_BYTES];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        file_name_clean(names[i].name, clean);
        ck_assert_str_eq(clean, names[i].clean);
    }
}
END_TEST

START_TEST(a_long_one_is_cut_at_a_whole_character)
{
    char name[400], clean[FILE_NAME_BYTES];
    for (size_t i = 0; i + 3 < sizeof name; i += 3)
        memcpy(name + i, "\xe2\x82\xac", 4); /* three bytes each, and the NUL */
    file_name_clean(name, clean);
    ck_assert_uint_eq(strlen(clean), 99);
}
END_TEST

START_TEST(the_ending_is_that_of_the_type)
{
    static const struct {
        const char *name, *ended;
        enum file_type type;
    } names[] = {
        {"a.pdf", "a.pdf", FILE_TYPE_PDF},      {"a.PDF", "a.PDF", FILE_TYPE_PDF},
        {"a.exe", "a.exe.pdf", FILE_TYPE_PDF},  {"a.jpeg", "a.jpeg", FILE_TYPE_JPEG},
        {"a.png", "a.png.jpg", FILE_TYPE_JPEG}, {".png", ".png.png", FILE_TYPE_PNG},
    };
    char ended[FILE_NAME_BYTES + FILE_ENDING_BYTES];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        file_name_end(names[i].name, names[i].type, ended);
        ck_assert_str_eq(ended, names[i].ended);
    }
}
END_TEST

RUN_TESTS("vault/file_name", only_what_can_be_shown_and_saved_is_left, a_long_one_is_cut_at_a_whole_character,
          the_ending_is_that_of_the_type)
