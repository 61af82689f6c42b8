#include "base/file.h"

#include "base/mem.h"
#include "support/support.h"

#include <errno.h>
#include <string.h>

/* A file of `length` bytes with a pattern that never repeats at a power of two. */
static unsigned char *make_bytes(size_t length)
{
    unsigned char *bytes = malloc(length ? length : 1);
    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < length; i++)
        bytes[i] = (unsigned char)(i % 251);
    return bytes;
}

START_TEST(a_file_comes_in_pieces_of_any_size)
{
    static const size_t lengths[] = {0, 1, 65535, 65536, 65537, 200000}, parts[] = {997, 4096, 65536, 70000, 300000};
    struct file_reader *reader = malloc(sizeof *reader);
    ck_assert_ptr_nonnull(reader);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
            unsigned char *bytes = make_bytes(lengths[i]), *out = malloc(parts[k]);
            size_t at = 0, got;
            ck_assert_int_eq(file_reader_open(reader, temporary_file(bytes, lengths[i])), ERR_OK);
            do {
                ck_assert_int_eq(file_reader_read(reader, out, parts[k], &got), ERR_OK);
                ck_assert_uint_le(at + got, lengths[i]);
                ck_assert(got == parts[k] || at + got == lengths[i]); /* all of them unless the file ends */
                ck_assert(got == 0 || memcmp(out, bytes + at, got) == 0);
                at += got;
            } while (got);
            ck_assert_uint_eq(at, lengths[i]);
            file_reader_close(reader);
            free(bytes);
            free(out);
        }
    free(reader);
}
END_TEST

START_TEST(what_is_no_readable_file_is_an_error)
{
    static const struct {
        const char *path;
        enum err expected;
    } cases[] = {{"/nonexistent/file", ERR_MISSING}, {"/tmp", ERR_IO}, {"/dev/null", ERR_IO}};
    struct buf buf;
    char hex[DIGEST_HEX_BYTES] = "untouched";
    struct file_reader *reader = malloc(sizeof *reader);
    ck_assert_ptr_nonnull(reader);
    buf_init(&buf, 100);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        errno = 0;
        ck_assert_int_eq(file_reader_open(reader, cases[i].path), cases[i].expected);
        ck_assert_int_ne(errno, 0);
        ck_assert_int_eq(file_read_all(cases[i].path, &buf), cases[i].expected);
        ck_assert_int_eq(file_digest(cases[i].path, hex), cases[i].expected);
    }
    ck_assert_str_eq(hex, "untouched");
    buf_free(&buf);
    free(reader);
}
END_TEST

START_TEST(a_whole_file_is_appended_up_to_the_limit)
{
    struct buf buf;
    unsigned char *bytes = make_bytes(100000);
    const char *path = temporary_file(bytes, 100000);
    buf_init(&buf, 100003);
    buf_put_string(&buf, "abc");
    ck_assert_int_eq(file_read_all(path, &buf), ERR_OK);
    ck_assert_uint_eq(buf_text(&buf).length, 100003);
    ck_assert_mem_eq(buf_text(&buf).data, "abc", 3);
    ck_assert_mem_eq(buf_text(&buf).data + 3, bytes, 100000);
    buf_free(&buf);
    buf_init(&buf, 99999);
    ck_assert_int_eq(file_read_all(path, &buf), ERR_MEMORY);
    buf_free(&buf);
    buf_init(&buf, 1 << 20);
    for (uint64_t nth = 1; nth <= 2; nth++) { /* its reader, then the buffer */
        mem_fail_at(nth);
        ck_assert_int_eq(file_read_all(path, &buf), ERR_MEMORY);
        ck_assert(mem_has_failed());
        mem_fail_at(0);
        buf_free(&buf);
    }
    free(bytes);
}
END_TEST

START_TEST(digests_are_sha_256)
{
    /* FIPS 180-2, appendix B, and the SHA-256 of nothing; the last is a million times "a". */
    static const struct {
        const char *text, *hex;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    char hex[DIGEST_HEX_BYTES];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text = text_of(cases[i].text);
        digest_of(text, hex);
        ck_assert_str_eq(hex, cases[i].hex);
        ck_assert_int_eq(file_digest(temporary_file(text.data, text.length), hex), ERR_OK);
        ck_assert_str_eq(hex, cases[i].hex);
    }
    char *million = malloc(1000000);
    ck_assert_ptr_nonnull(million);
    memset(million, 'a', 1000000);
    ck_assert_int_eq(file_digest(temporary_file(million, 1000000), hex), ERR_OK);
    ck_assert_str_eq(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}
END_TEST

START_TEST(errno_values_have_their_error)
{
    static const struct {
        int number;
        enum err expected;
    } cases[] = {{ENOSPC, ERR_SPACE},     {EDQUOT, ERR_SPACE},   {EFBIG, ERR_SPACE},   {EEXIST, ERR_EXISTS},
                 {ENOTEMPTY, ERR_EXISTS}, {ENOENT, ERR_MISSING}, {ENOMEM, ERR_MEMORY}, {EACCES, ERR_IO},
                 {EIO, ERR_IO},           {ENOTDIR, ERR_IO}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_int_eq(err_from_errno(cases[i].number), cases[i].expected);
    for (int e = ERR_OK; e <= ERR_INTERNAL; e++)
        for (int other = ERR_OK; other < e; other++)
            ck_assert_str_ne(err_text((enum err)e), err_text((enum err)other));
}
END_TEST

RUN_TESTS("base/file", a_file_comes_in_pieces_of_any_size, what_is_no_readable_file_is_an_error,
          a_whole_file_is_appended_up_to_the_limit, digests_are_sha_256, errno_values_have_their_error)
