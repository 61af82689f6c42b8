#include "base/csv.h"

#include "base/buf.h"
#include "base/encoding.h"
#include "base/mem.h"
#include "support/support.h"

#include <string.h>
#include <unistd.h>

#define LITERAL(literal)                                                                                             \
    {                                                                                                                \
        (literal), sizeof(literal) - 1                                                                               \
    }

/* What came of a reading, as text: "1[a][b] 2[1][2] !csv.quote@3:name" and at the end "=" with the error's number. */
struct transcript {
    struct buf text;
    struct problems problems;
    uint64_t stop_at_line; /* the handler answers ERR_MISMATCH there */
    uint64_t progress_calls, progress_done, progress_total;
};

static enum err on_row(void *context, const struct csv_row *row)
{
    struct transcript *transcript = context;
    buf_put_u64(&transcript->text, row->line);
    for (size_t i = 0; i < row->count; i++) {
        buf_put_char(&transcript->text, '[');
        buf_put_text(&transcript->text, row->fields[i]);
        buf_put_char(&transcript->text, ']');
    }
    buf_put_char(&transcript->text, ' ');
    return row->line == transcript->stop_at_line ? ERR_MISMATCH : ERR_OK;
}

static void on_progress(void *context, uint64_t done_bytes, uint64_t total_bytes)
{
    struct transcript *transcript = context;
    ck_assert_uint_gt(done_bytes, transcript->progress_done);
    ck_assert_uint_le(done_bytes, total_bytes);
    transcript->progress_calls++;
    transcript->progress_done = done_bytes;
    transcript->progress_total = total_bytes;
}

static struct csv_handler start(struct transcript *transcript)
{
    *transcript = (struct transcript){0};
    buf_init(&transcript->text, 64 << 20);
    problems_init(&transcript->problems, "FILE");
    return (struct csv_handler){on_row, NULL, on_progress, transcript};
}

static void finish(struct transcript *transcript, enum err result)
{
    for (size_t i = 0; i < transcript->problems.kept; i++) {
        const struct problem *problem = &transcript->problems.list[i];
        buf_printf(&transcript->text, "!%s@%u:%s ", problem->kind->code, (unsigned)problem->line, problem->column);
    }
    buf_printf(&transcript->text, "=%d", (int)result);
    ck_assert_int_eq(buf_error(&transcript->text), ERR_OK);
}

static void discard(struct transcript *transcript)
{
    buf_free(&transcript->text);
    problems_free(&transcript->problems);
}

static void read_whole(struct text bytes, struct transcript *transcript)
{
    struct csv_handler handler = start(transcript);
    finish(transcript, csv_read_bytes(bytes, &handler, &transcript->problems));
}

/* The same, fed in parts: the first `first` bytes, then `step` at a time. */
static void read_parts(struct text bytes, size_t first, size_t step, struct transcript *transcript)
{
    struct csv_handler handler = start(transcript);
    struct encoding_guess guess = {0};
    struct csv_reader *reader;
    encoding_guess_add(&guess, (const unsigned char *)bytes.data, bytes.length);
    ck_assert_int_eq(
        csv_reader_new(encoding_guess_end(&guess) == ENCODING_WINDOWS_1252, &handler, &transcript->problems, &reader),
        ERR_OK);
    size_t part = first < bytes.length ? first : bytes.length;
    enum err e = ERR_OK;
    for (size_t at = 0; at < bytes.length && e == ERR_OK; part = step) {
        part = part < bytes.length - at ? part : bytes.length - at;
        e = csv_reader_feed(reader, bytes.data + at, part);
        at += part;
    }
    enum err ended = csv_reader_end(reader);
    ck_assert(e == ERR_OK || ended == e); /* the end knows the result of the whole */
    finish(transcript, ended == ERR_OK ? problems_result(&transcript->problems) : ended);
    csv_reader_free(reader);
}

/* ERR_OK is 0 and ERR_INPUT 2. */
static const struct {
    struct text bytes;
    const char *expected;
} files[] = {
    /* The separator is found on the header line, outside quotes. */
    {LITERAL("a;b\n1;2\n"), "1[a][b] 2[1][2] =0"},
    {LITERAL("a,b\n1,2\n"), "1[a][b] 2[1][2] =0"},
    {LITERAL("a;b\n1,5;2,5\n"), "1[a][b] 2[1,5][2,5] =0"},
    {LITERAL("a,b\n1;5,2;5\n"), "1[a][b] 2[1;5][2;5] =0"},
    {LITERAL("\"a,b,c\";d\n1;2\n"), "1[a,b,c][d] 2[1][2] =0"},
    {LITERAL("\"a;b;c\",d\n1,2\n"), "1[a;b;c][d] 2[1][2] =0"},
    {LITERAL("\"a\n,;;;\",d\n1,2\n"), "1[a\n,;;;][d] 2[1][2] =0"},
    {LITERAL("alone\nx\n"), "1[alone] 2[x] =0"},
    /* A sep= line is skipped and not counted: a spreadsheet does not show it. */
    {LITERAL("sep=;\na;b\n1;2\n"), "1[a][b] 2[1][2] =0"},
    {LITERAL("SEP=,\r\na,b\r\n1,2\r\n"), "1[a][b] 2[1][2] =0"},
    {LITERAL("\xef\xbb\xbfsep=;\na;b\n1;2\n"), "1[a][b] 2[1][2] =0"},
    {LITERAL("sep=\na;b\n"), "1[a][b] =0"},
    {LITERAL("separate;b\n1;2\n"), "1[separate][b] 2[1][2] =0"},
    {LITERAL("a;b\nsep=;\n"), "1[a][b] 2[sep=][] =0"},
    /* Line ends: CRLF or LF, and none at the end. */
    {LITERAL("a;b\r\n1;2\r\n3;4"), "1[a][b] 2[1][2] 3[3][4] =0"},
    {LITERAL("a;b\n1;2\r\n3;4\n"), "1[a][b] 2[1][2] 3[3][4] =0"},
    {LITERAL("a;b"), "1[a][b] =0"},
    {LITERAL("a;b\n;"), "1[a][b] 2[][] =0"},
    {LITERAL("a;b\r1;2\n3;4\n"), "1[a][b] 2[1][2] 3[3][4] !csv.lone-cr@1: =2"},
    {LITERAL("a;b\n1;2\r3;4\n5;6\n"), "1[a][b] 2[1][2] 3[3][4] 4[5][6] !csv.lone-cr@2: =2"},
    {LITERAL("a;b\n1;2\r"), "1[a][b] 2[1][2] !csv.lone-cr@2: =2"},
    {LITERAL("a;b\n1;2\r\r\n3;4\n"), "1[a][b] 2[1][2] 4[3][4] !csv.lone-cr@2: =2"},
    {LITERAL("a;b\r1;2\r3;4\r"), "1[a][b] 2[1][2] 3[3][4] !csv.lone-cr@1: !csv.lone-cr@2: !csv.lone-cr@3: =2"},
    /* Blank lines are counted and not handed on. */
    {LITERAL("a;b\n\n\n1;2\n\n"), "1[a][b] 4[1][2] =0"},
    {LITERAL("a;b\r\n\r\n\r\n1;2\r\n\r\n3;4\r\n"), "1[a][b] 4[1][2] 6[3][4] =0"},
    {LITERAL("a;b\n \n1;2\n"), "1[a][b] 2[ ] 3[1][2] =0"},
    {LITERAL("a;b\n\"\"\n1;2\n"), "1[a][b] 2[] 3[1][2] =0"},
    /* Strict quoting. */
    {LITERAL("a;b\n\"x;y\";\"say \"\"hi\"\"\"\n"), "1[a][b] 2[x;y][say \"hi\"] =0"},
    {LITERAL("a;b\n\"\";\"\"\"\"\n"), "1[a][b] 2[][\"] =0"},
    {LITERAL("a;b\n it's ; b \n"), "1[a][b] 2[ it's ][ b ] =0"},
    {LITERAL("a;b\n\"x\ny\r\nz\";1\n2;3\n"), "1[a][b] 2[x\ny\r\nz][1] 3[2][3] =0"},
    {LITERAL("a;b\n1;x\"y\n2;3\n"), "1[a][b] 3[2][3] !csv.quote@2:2 (B) =2"},
    {LITERAL("a;b\n\"x\"y;1\n2;3\n"), "1[a][b] 3[2][3] !csv.quote@2:1 (A) =2"},
    {LITERAL("a;b\n1;\"x\" \n2;3\n"), "1[a][b] 3[2][3] !csv.quote@2:2 (B) =2"},
    {LITERAL("a;b\n1; \"x\"\r\n2;3\r\n"), "1[a][b] 3[2][3] !csv.quote@2:2 (B) =2"},
    {LITERAL("a;b\n\"x\ny\"z;1\n2;3\n"), "1[a][b] 3[2][3] !csv.quote@2:1 (A) =2"},
    {LITERAL("a;b\nx\"\ny\"\n2;3\n"), "1[a][b] 4[2][3] !csv.quote@2:1 (A) !csv.quote@3:1 (A) =2"},
    {LITERAL("a;b\nx\"y"), "1[a][b] !csv.quote@2:1 (A) =2"},
    {LITERAL("a;b\n1;2\n3;\"x\n4;5\n"), "1[a][b] 2[1][2] !csv.unclosed-quote@3:2 (B) =2"},
    {LITERAL("a;\"b\n1;2\n"), "!csv.unclosed-quote@1:2 (B) =2"},
    /* Without a header line the rest is not read: its first row must not pass for the header. */
    {LITERAL("a\"b;c\nJansen;2\n3;4\n"), "!csv.quote@1:1 (A) =2"},
    /* Encodings. */
    {LITERAL("\xef\xbb\xbf"
             "a;b\n1;2\n"),
     "1[a][b] 2[1][2] =0"},
    {LITERAL("a;b\nJos\xc3\xa9;2\n"), "1[a][b] 2[Jos\xc3\xa9][2] =0"},
    {LITERAL("a;b\nJos\xe9;\x80\n"), "1[a][b] 2[Jos\xc3\xa9][\xe2\x82\xac] =0"},
    {LITERAL("a;b\nJos\xc3\xa9;2\n3;Zo\xeb\n4;5\n"),
     "1[a][b] 2[Jos\xc3\xa9][2] 3[3][Zo\xef\xbf\xbd] 4[4][5] !csv.encoding@3:2 (B) =2"},
    {LITERAL("a;b\nJos\xe9;2\n3;\x81\n4;5\n"),
     "1[a][b] 2[Jos\xc3\xa9][2] 3[3][\xef\xbf\xbd] 4[4][5] !csv.undefined-byte@3:2 (B) =2"},
    {LITERAL("a;b\n1;x\0y\n3;4\n"), "1[a][b] 2[1][x\xef\xbf\xbdy] 3[3][4] !csv.nul@2:2 (B) =2"},
    {LITERAL("a;b\n1;2\n3;\xc3\xa9\xc3"), "1[a][b] 2[1][2] 3[3][\xc3\xa9\xef\xbf\xbd] !csv.encoding@3:2 (B) =2"},
    {LITERAL("a;\0b\n1;2\n"), "1[a][\xef\xbf\xbd"
                              "b] 2[1][2] !csv.nul@1: =2"},
    /* Nothing to read. */
    {{"", 0}, "!file.empty@0: =2"},
    {LITERAL("\xef\xbb\xbf"), "!file.empty@0: =2"},
    {LITERAL("\n"), "!file.empty@0: =2"},
    {LITERAL("\r\n\r\n"), "!file.empty@0: =2"},
    {LITERAL("sep=;"), "!file.empty@0: =2"},
    {LITERAL("sep=;\r\n"), "!file.empty@0: =2"},
};
enum { FILE_COUNT = sizeof files / sizeof files[0] };

static void assert_transcript(const struct transcript *transcript, struct text expected, size_t file, size_t cut)
{
    struct text got = buf_text(&transcript->text);
    ck_assert_msg(text_equal(got, expected), "file %zu cut at %zu:\n got      %.*s\n expected %.*s", file, cut,
                  (int)got.length, got.data, (int)expected.length, expected.data);
}

START_TEST(every_rule_of_the_format)
{
    for (size_t i = 0; i < FILE_COUNT; i++) {
        struct transcript transcript;
        read_whole(files[i].bytes, &transcript);
        assert_transcript(&transcript, text_of(files[i].expected), i, 0);
        discard(&transcript);
    }
}
END_TEST

START_TEST(parts_read_as_the_whole_wherever_they_are_cut)
{
    for (size_t i = 0; i < FILE_COUNT; i++)
        for (size_t cut = 1; cut <= files[i].bytes.length; cut++)
            for (size_t step = 1; step <= 2; step++) {
                struct transcript transcript;
                read_parts(files[i].bytes, cut, step == 1 ? 1 : SIZE_MAX, &transcript);
                assert_transcript(&transcript, text_of(files[i].expected), i, cut);
                discard(&transcript);
            }
}
END_TEST

/* "a;b" and a line "FIELD;2" and a line "3;4", FIELD being `count` times `unit`, in quotes or not. */
static struct text file_with_field(struct buf *buf, const char *unit, size_t count, const char *quote)
{
    buf_clear(buf);
    buf_put_string(buf, "a;b\n");
    buf_put_string(buf, quote);
    for (size_t i = 0; i < count; i++)
        buf_put_string(buf, unit);
    buf_put_string(buf, quote);
    buf_put_string(buf, ";2\n3;4\n");
    return buf_text(buf);
}

START_TEST(a_field_has_at_most_4096_bytes_of_utf8)
{
    static const struct {
        const char *unit;
        size_t count;
        size_t taken; /* bytes; 0: too long */
    } cases[] = {{"x", 4096, 4096},    {"x", 4097, 0},    {"\xc3\xa9", 2048, 4096}, {"\xc3\xa9", 2049, 0},
                 {"\xe9", 2048, 4096}, {"\xe9", 2049, 0}, {"x", 65000, 0}};
    struct buf buf;
    buf_init(&buf, 1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int quoted = 0; quoted < 2; quoted++) {
            struct transcript transcript;
            struct text file = file_with_field(&buf, cases[i].unit, cases[i].count, quoted ? "\"" : "");
            read_whole(file, &transcript);
            struct text got = buf_text(&transcript.text);
            if (cases[i].taken)
                ck_assert_uint_eq(got.length, strlen("1[a][b] 2[][2] 3[3][4] =0") + cases[i].taken);
            else
                assert_transcript(&transcript, text_of("1[a][b] 2[][2] 3[3][4] !csv.field-too-long@2:1 (A) =2"), i,
                                  0);
            discard(&transcript);
        }
    buf_free(&buf);
}
END_TEST

START_TEST(a_field_beyond_64_kib_ends_the_reading)
{
    struct buf buf;
    buf_init(&buf, 1 << 20);
    for (int quoted = 0; quoted < 2; quoted++) {
        struct transcript transcript;
        struct text file = file_with_field(&buf, "xy", 40000, quoted ? "\"" : "");
        read_whole(file, &transcript);
        assert_transcript(&transcript, text_of("1[a][b] !csv.field-endless@2:1 (A) =2"), 0, 0);
        discard(&transcript);
        read_parts(file, 1, 1000, &transcript);
        assert_transcript(&transcript, text_of("1[a][b] !csv.field-endless@2:1 (A) =2"), 1, 0);
        discard(&transcript);
    }
    buf_free(&buf);
}
END_TEST

START_TEST(a_header_beyond_64_kib_ends_the_reading)
{
    struct buf buf;
    struct transcript transcript;
    buf_init(&buf, 1 << 20);
    for (size_t i = 0; i < 80000; i++)
        buf_put_char(&buf, 'x');
    read_whole(buf_text(&buf), &transcript);
    assert_transcript(&transcript, text_of("!csv.field-endless@1:1 (A) =2"), 0, 0);
    discard(&transcript);
    buf_free(&buf);
}
END_TEST

static void put_columns(struct buf *buf, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_put_string(buf, i + 1 < count ? "x;" : "x\n");
}

START_TEST(a_row_of_more_than_256_columns_is_a_problem)
{
    struct buf buf;
    struct transcript transcript;
    buf_init(&buf, 1 << 20);
    buf_put_string(&buf, "a;b\n");
    put_columns(&buf, 257);
    put_columns(&buf, 600);
    buf_put_string(&buf, "3;4\n");
    read_whole(buf_text(&buf), &transcript);
    assert_transcript(&transcript,
                      text_of("1[a][b] 4[3][4] !csv.too-many-columns@2:257 (IW) !csv.too-many-columns@3:257 (IW) =2"),
                      0, 0);
    discard(&transcript);

    buf_clear(&buf);
    put_columns(&buf, 256);
    read_whole(buf_text(&buf), &transcript);
    ck_assert_uint_eq(buf_text(&transcript.text).length, strlen("1 =0") + (size_t)256 * 3);
    discard(&transcript);

    buf_clear(&buf);
    put_columns(&buf, 257); /* a header that cannot be kept: the next row must not pass for it */
    buf_put_string(&buf, "3;4\n");
    read_whole(buf_text(&buf), &transcript);
    assert_transcript(&transcript, text_of("!csv.too-many-columns@1:257 (IW) =2"), 1, 0);
    discard(&transcript);
    buf_free(&buf);
}
END_TEST

START_TEST(columns_are_named_as_a_spreadsheet_names_them)
{
    static const struct {
        size_t column;
        const char *label;
    } cases[] = {{0, "1 (A)"},    {6, "7 (G)"},    {25, "26 (Z)"},   {26, "27 (AA)"},
                 {51, "52 (AZ)"}, {52, "53 (BA)"}, {255, "256 (IV)"}};
    char label[16];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_uint_eq(csv_column_label(cases[i].column, label), strlen(cases[i].label));
        ck_assert_str_eq(label, cases[i].label);
    }
}
END_TEST

static struct text second_has_a_name(void *context, size_t column)
{
    (void)context;
    return text_of(column == 1 ? "naam" : "");
}

START_TEST(a_column_is_shown_by_its_name_where_it_has_one)
{
    struct transcript transcript;
    struct csv_handler handler = start(&transcript);
    handler.column_name = second_has_a_name;
    struct text bytes = text_of("a;b\n1;x\"\nx\";1\n");
    finish(&transcript, csv_read_bytes(bytes, &handler, &transcript.problems));
    assert_transcript(&transcript, text_of("1[a][b] !csv.quote@2:naam !csv.quote@3:1 (A) =2"), 0, 0);
    discard(&transcript);
}
END_TEST

START_TEST(the_handlers_error_is_the_result_and_no_row_follows)
{
    for (size_t step = 1; step <= 40; step += 13) {
        struct transcript transcript;
        struct csv_handler handler = start(&transcript);
        struct csv_reader *reader;
        static const char bytes[] = "a;b\n1;2\n3;4\n5;6\n";
        transcript.stop_at_line = 3;
        ck_assert_int_eq(csv_reader_new(false, &handler, &transcript.problems, &reader), ERR_OK);
        enum err e = ERR_OK;
        for (size_t at = 0; at < sizeof bytes - 1; at += step) {
            size_t left = sizeof bytes - 1 - at;
            e = csv_reader_feed(reader, bytes + at, step < left ? step : left);
        }
        ck_assert_int_eq(e, ERR_MISMATCH);
        ck_assert_int_eq(csv_reader_end(reader), ERR_MISMATCH);
        finish(&transcript, e);
        assert_transcript(&transcript, text_of("1[a][b] 2[1][2] 3[3][4] =8"), 0, step);
        csv_reader_free(reader);
        discard(&transcript);
    }
    ck_assert_int_eq(ERR_MISMATCH, 8);
    csv_reader_free(NULL);
}
END_TEST

START_TEST(a_file_reads_as_its_bytes_and_tells_its_progress)
{
    struct buf buf, expected;
    struct transcript transcript;
    buf_init(&buf, 4 << 20);
    buf_init(&expected, 8 << 20);
    buf_put_string(&buf, "a;b\r\n");
    buf_put_string(&expected, "1[a][b] ");
    for (unsigned i = 2; i < 60000; i++) {
        buf_printf(&buf, "%u;\"Zo\xc3\xab; %u\"\r\n", i, i * i);
        buf_printf(&expected, "%u[%u][Zo\xc3\xab; %u] ", i, i, i * i);
    }
    buf_put_string(&expected, "=0");
    struct csv_handler handler = start(&transcript);
    const char *path = temporary_file(buf.data, buf.length);
    finish(&transcript, csv_read_file(path, &handler, &transcript.problems));
    ck_assert(text_equal(buf_text(&transcript.text), buf_text(&expected)));
    ck_assert_uint_gt(transcript.progress_calls, 1);
    ck_assert_uint_eq(transcript.progress_done, buf.length);
    ck_assert_uint_eq(transcript.progress_total, buf.length);
    discard(&transcript);
    buf_free(&buf);
    buf_free(&expected);
}
END_TEST

START_TEST(the_whole_file_decides_its_encoding)
{
    struct buf buf;
    struct transcript transcript;
    buf_init(&buf, 4 << 20);
    buf_put_string(&buf, "a;b\n");
    for (unsigned i = 0; i < 100000; i++)
        buf_put_string(&buf, "1;x\n");
    buf_put_string(&buf, "2;Jos\xe9\n"); /* far behind the first chunk */
    const char *path = temporary_file(buf.data, buf.length);
    struct csv_handler handler = start(&transcript);
    ck_assert_int_eq(csv_read_file(path, &handler, &transcript.problems), ERR_OK);
    struct text got = buf_text(&transcript.text);
    static const char tail[] = "[2][Jos\xc3\xa9] ";
    ck_assert_mem_eq(got.data + got.length - strlen(tail), tail, strlen(tail));
    discard(&transcript);
    buf_free(&buf);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_a_problem)
{
    static const struct {
        const char *path, *expected;
    } cases[] = {{"/nonexistent/file.csv", "!file.unreadable@0: =2"},
                 {"/", "!file.not-regular@0: =2"},
                 {"/dev/null", "!file.not-regular@0: =2"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct transcript transcript;
        struct csv_handler handler = start(&transcript);
        finish(&transcript, csv_read_file(cases[i].path, &handler, &transcript.problems));
        assert_transcript(&transcript, text_of(cases[i].expected), i, 0);
        discard(&transcript);
    }
}
END_TEST

static enum err count_row(void *context, const struct csv_row *row)
{
    *(size_t *)context += row->count;
    return ERR_OK;
}

START_TEST(every_failed_allocation_is_no_memory_and_no_problem)
{
    struct buf buf;
    buf_init(&buf, 1 << 20);
    struct text file = file_with_field(&buf, "\xe9", 2000, "\"");
    bool failed = true;
    unsigned tries = 0;
    for (uint64_t nth = 1; failed; nth++, tries++) {
        size_t fields = 0;
        struct csv_handler handler = {.row = count_row, .context = &fields};
        struct problems problems;
        problems_init(&problems, "FILE");
        mem_fail_at(nth);
        enum err e = csv_read_bytes(file, &handler, &problems);
        failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
        ck_assert_uint_eq(problems.total, 0);
        ck_assert(failed || fields == 6);
        problems_free(&problems);
    }
    ck_assert_uint_gt(tries, 5);
    buf_free(&buf);
}
END_TEST

RUN_TESTS("base/csv", every_rule_of_the_format, parts_read_as_the_whole_wherever_they_are_cut,
          a_field_has_at_most_4096_bytes_of_utf8, a_field_beyond_64_kib_ends_the_reading,
          a_header_beyond_64_kib_ends_the_reading, a_row_of_more_than_256_columns_is_a_problem,
          columns_are_named_as_a_spreadsheet_names_them, a_column_is_shown_by_its_name_where_it_has_one,
          the_handlers_error_is_the_result_and_no_row_follows, a_file_reads_as_its_bytes_and_tells_its_progress,
          the_whole_file_decides_its_encoding, a_file_that_cannot_be_read_is_a_problem,
          every_failed_allocation_is_no_memory_and_no_problem)
