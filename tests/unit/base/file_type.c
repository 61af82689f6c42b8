/* The type of a file by its structure: whole files of each type, each of their beginnings, what lies behind, and any cut into pieces. */
#include "base/file_type.h"

#include "support/support.h"

#include <check.h>
#include <string.h>

static const char png[] = "\x89PNG\r\n\x1a\n"
                          "\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\0\0\0\0crc1"
                          "\0\0\0\3tEXtabccrc2"
                          "\0\0\0\2IDATxycrc3"
                          "\0\0\0\0IENDcrc4";
static const char jpeg[] =
    "\xff\xd8\xff\xe0\0\4ab\xff\xff\xc0\0\5abc\xff\xda\0\3a\x12\xff\0\x34\xff\xd3\x56\xff\xda\0\2\x78\xff\xd9";
static const char pdf[] = "%PDF-1.4\n1 0 obj\n%%EOF\n2 0 obj %%%%EOF\r\n";

static const struct sample {
    const char *bytes;
    size_t length;
    enum file_type type;
} wholes[] = {{png, sizeof png - 1, FILE_TYPE_PNG},
              {jpeg, sizeof jpeg - 1, FILE_TYPE_JPEG},
              {pdf, sizeof pdf - 1, FILE_TYPE_PDF}};
enum { WHOLE_COUNT = sizeof wholes / sizeof wholes[0] };

static enum file_type type_of(const void *bytes, size_t length)
{
    struct file_type_check check;
    file_type_start(&check);
    file_type_feed(&check, bytes, length);
    return file_type_end(&check);
}

START_TEST(whole_files_are_what_they_are)
{
    for (size_t i = 0; i < WHOLE_COUNT; i++)
        ck_assert_int_eq(type_of(wholes[i].bytes, wholes[i].length), wholes[i].type);
}
END_TEST

/* A PDF that grew is whole at each of its ends. */
static bool ends_there(const struct sample *whole, size_t length)
{
    size_t first_end = (size_t)(strstr(pdf, "%%EOF") - pdf) + 5;
    return whole->type == FILE_TYPE_PDF &&
           (length == first_end || length == first_end + 1 || length + 2 >= whole->length);
}

START_TEST(no_beginning_of_one_is_a_file)
{
    for (size_t i = 0; i < WHOLE_COUNT; i++)
        for (size_t length = 0; length < wholes[i].length; length++)
            ck_assert_int_eq(type_of(wholes[i].bytes, length),
                             ends_there(&wholes[i], length) ? FILE_TYPE_PDF : FILE_TYPE_UNKNOWN);
}
END_TEST

static enum file_type type_of_pieces(const struct sample *whole, size_t piece)
{
    struct file_type_check check;
    file_type_start(&check);
    for (size_t at = 0; at < whole->length; at += piece)
        file_type_feed(&check, whole->bytes + at, whole->length - at < piece ? whole->length - at : piece);
    return file_type_end(&check);
}

START_TEST(it_makes_no_difference_how_a_file_is_cut)
{
    for (size_t i = 0; i < WHOLE_COUNT; i++)
        for (size_t piece = 1; piece <= wholes[i].length; piece++)
            ck_assert_int_eq(type_of_pieces(&wholes[i], piece), wholes[i].type);
}
END_TEST

START_TEST(what_lies_behind_the_end_breaks_it)
{
    static const char *const tails[] = {"PK\3\4", "<script>", "\xff\xd8\xff\xd9", "x"};
    enum { TAIL_COUNT = sizeof tails / sizeof tails[0] };
    for (size_t i = 0; i < WHOLE_COUNT; i++)
        for (size_t tail = 0; tail < TAIL_COUNT; tail++) {
            struct file_type_check check;
            file_type_start(&check);
            file_type_feed(&check, wholes[i].bytes, wholes[i].length);
            file_type_feed(&check, tails[tail], strlen(tails[tail]));
            ck_assert_int_eq(file_type_end(&check), FILE_TYPE_UNKNOWN);
        }
}
END_TEST

START_TEST(a_camera_writes_a_second_image_behind_the_first)
{
    char bytes[2 * sizeof jpeg];
    size_t length = sizeof jpeg - 1;
    memcpy(bytes, jpeg, length);
    memcpy(bytes + length, jpeg, length);
    ck_assert_int_eq(type_of(bytes, 2 * length), FILE_TYPE_JPEG);
    ck_assert_int_eq(type_of(bytes, 2 * length - 1), FILE_TYPE_UNKNOWN);
    memcpy(bytes + length, png, sizeof png - 1 < length ? sizeof png - 1 : length);
    ck_assert_int_eq(type_of(bytes, 2 * length), FILE_TYPE_UNKNOWN);
}
END_TEST

#define BYTES(literal) literal, sizeof(literal) - 1
static const struct {
    const char *bytes;
    size_t length;
} others[] = {
    {BYTES("")},
    {BYTES("<!doctype html>")},
    {BYTES("GIF89a\1\0\1\0")},
    {BYTES(" %PDF-1.4\n%%EOF")},                                                             /* not at the front */
    {BYTES("%PDF-3.0\n%%EOF")},                                                              /* no such version */
    {BYTES("%PDF-1.4\n%%EO")},                                                               /* no end */
    {BYTES("\x89PNG\r\n\x1a\n\0\0\0\2IDATxycrc3\0\0\0\0IENDcrc4")},                          /* no header */
    {BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\0\0\0\0crc1\0\0\0\0IENDcrc4")}, /* no data */
    {BYTES("\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR")},                                        /* too long a chunk */
    {BYTES("\xff\xd8\xff\xd9")},                                                             /* nothing in it */
    {BYTES("\xff\xd8\xff\xda\0\3a\x12\xff\xd9")},                                            /* no frame */
    {BYTES("\xff\xd8\xff\xc0\0\1\xff\xda\0\3a\xff\xd9")},                                    /* too short a segment */
    {BYTES("\xff\xd8\xff\xc0\0\5abc\x12\xff\xda\0\3a\xff\xd9")},                             /* a gap */
    {BYTES("\xff\xd8\xff\xd8\xff\xc0\0\5abc\xff\xda\0\3a\xff\xd9")},                         /* two beginnings */
};

START_TEST(other_files_are_none)
{
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        ck_assert_int_eq(type_of(others[i].bytes, others[i].length), FILE_TYPE_UNKNOWN);
}
END_TEST

RUN_TESTS("base/file_type", whole_files_are_what_they_are, no_beginning_of_one_is_a_file,
          it_makes_no_difference_how_a_file_is_cut, what_lies_behind_the_end_breaks_it,
          a_camera_writes_a_second_image_behind_the_first, other_files_are_none)
