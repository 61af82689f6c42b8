#include "base/table.h"

#include "base/buf.h"
#include "base/mem.h"
#include "support/support.h"

#include <string.h>

/* What came of a reading: "2<1,2,3> ~dropped !code@line:column/detail =result". */
static struct buf transcript;

static enum err on_row(void *context, const struct table_row *row)
{
    const struct table_spec *spec = context;
    buf_printf(&transcript, "%u<", (unsigned)row->line);
    for (size_t i = 0; i < spec->count; i++) {
        buf_put_string(&transcript, i ? "," : "");
        buf_put_text(&transcript, row->values[i]);
    }
    buf_put_string(&transcript, "> ");
    return ERR_OK;
}

static void on_dropped(void *context, const char *column)
{
    (void)context;
    buf_printf(&transcript, "~%s ", column);
}

static const struct table_column columns[] = {{"naam", true}, {"aantal", true}, {"tekst", false}};
static const char *const dropped[] = {"herkomst", "religie", NULL};
static const struct table_spec strict = {columns, 3, dropped, false};
static const struct table_spec lenient = {columns, 3, NULL, true};

static void put_problems(const struct problems *problems, enum err result)
{
    for (size_t i = 0; i < problems->kept; i++) {
        const struct problem *problem = &problems->list[i];
        buf_printf(&transcript, "!%s@%u:%s", problem->kind->code, (unsigned)problem->line, problem->column);
        if (problem->detail[0])
            buf_printf(&transcript, "/%s", problem->detail);
        buf_put_char(&transcript, ' ');
    }
    buf_printf(&transcript, "=%d", (int)result);
}

static struct text read_table(const char *bytes, const struct table_spec *spec, bool from_file)
{
    /* The handler only reads the spec. */
    struct table_handler handler = {.row = on_row, .dropped = on_dropped, .context = (void *)(uintptr_t)spec};
    struct problems problems;
    problems_init(&problems, "FILE");
    buf_clear(&transcript);
    enum err e = from_file ? table_read_file(temporary_file(bytes, strlen(bytes)), spec, &handler, &problems)
                           : table_read_bytes(text_of(bytes), spec, &handler, &problems);
    put_problems(&problems, e);
    problems_free(&problems);
    ck_assert_int_eq(buf_error(&transcript), ERR_OK);
    return buf_text(&transcript);
}

static const struct {
    const struct table_spec *spec;
    const char *bytes, *expected;
} cases[] = {
    {&strict, "naam;aantal;tekst\nx;1;t\ny;2;\n", "2<x,1,t> 3<y,2,> =0"},
    /* Any order, any case, blanks around; an absent column is empty. */
    {&strict, "TEKST;naam;Aantal\nt;x;1\n", "2<x,1,t> =0"},
    {&strict, " naam ;\taantal\n x\t; 1 \n", "2<x,1,> =0"},
    {&strict, "aantal,naam\n1,x\n", "2<x,1,> =0"},
    {&strict, "naam;aantal\n", "=0"},
    /* The header. */
    {&strict, "naam;aantal;kleur\nx;1;rood\n", "!column.unknown@1:kleur =2"},
    {&strict, "naam;aantal;\nx;1;\n", "!column.unknown@1:3 (C) =2"},
    {&strict, "naam;aantal;NAAM\nx;1;y\n", "!column.duplicate@1:NAAM =2"},
    {&strict, "naam\nx\n", "!column.missing@1:aantal =2"},
    {&strict, "tekst;kleur;tekst\na;b;c\n",
     "!column.unknown@1:kleur !column.duplicate@1:tekst !column.missing@1:naam !column.missing@1:aantal =2"},
    /* Rows are still counted under a wrong header, their values not judged. */
    {&strict, "naam;kleur;aantal\nx;1;2;3\ny\n",
     "!column.unknown@1:kleur !row.fields@2:/4, header 3 !row.fields@3:/1, header 3 =2"},
    /* Rows. */
    {&strict, "naam;aantal\nx;1;9\ny;2\nz\n", "3<y,2,> !row.fields@2:/3, header 2 !row.fields@4:/1, header 2 =2"},
    {&strict, "naam;aantal\n;\n\"\";\"\"\n;;;\nx;1\n\n;5\n", "5<x,1,> 7<,5,> =0"},
    /* Dropped columns are said, not read, and need no values. */
    {&strict, "Religie;naam;aantal;HERKOMST\ngeheim;x;1;geheim\n", "~religie ~herkomst 2<x,1,> =0"},
    {&strict, "naam;aantal;nationaliteit\nx;1;y\n", "!column.unknown@1:nationaliteit =2"},
    /* Reference data: columns of others are passed over, even without a name or twice. */
    {&lenient, "kleur;naam;;aantal;kleur\nrood;x;;1;blauw\n", "2<x,1,> =0"},
    {&lenient, "kleur;naam;aantal;naam\nrood;x;1;y\n", "!column.duplicate@1:naam =2"},
    {&lenient, "kleur\nrood\n", "!column.missing@1:naam !column.missing@1:aantal =2"},
    /* What CSV finds is said with the column's name where the format knows one. */
    {&strict, "naam;aantal\nx;\"1\"2\ny;2\n", "3<y,2,> !csv.quote@2:aantal =2"},
    {&strict, "naam;herkomst;aantal\nx;\"1\"2;1\ny;2;3\n", "~herkomst 3<y,3,> !csv.quote@2:2 (B) =2"},
    {&strict, "naam;\"aan\"tal\nJansen;2\n", "!csv.quote@1:2 (B) =2"},
    {&strict, "", "!file.empty@0: =2"},
    {&strict, "\n\n", "!file.empty@0: =2"},
};

START_TEST(every_rule_of_named_columns)
{
    buf_init(&transcript, 1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int from_file = 0; from_file < 2; from_file++) {
            struct text got = read_table(cases[i].bytes, cases[i].spec, from_file);
            ck_assert_msg(text_is(got, cases[i].expected), "case %zu:\n got      %.*s\n expected %s", i,
                          (int)got.length, got.data, cases[i].expected);
        }
    buf_free(&transcript);
}
END_TEST

static enum err refuse_third_line(void *context, const struct table_row *row)
{
    (*(unsigned *)context)++;
    return row->line == 3 ? ERR_MEMORY : ERR_OK;
}

START_TEST(an_error_of_the_handler_ends_the_reading)
{
    unsigned rows = 0;
    struct table_handler handler = {.row = refuse_third_line, .context = &rows};
    struct problems problems;
    problems_init(&problems, "FILE");
    ck_assert_int_eq(table_read_bytes(text_of("naam;aantal\na;1\nb;2\nc;3\nd;4\n"), &strict, &handler, &problems),
                     ERR_MEMORY);
    ck_assert_uint_eq(rows, 2);
    problems_free(&problems);
}
END_TEST

static void keep_progress(void *context, uint64_t done_bytes, uint64_t total_bytes)
{
    uint64_t *kept = context;
    kept[0] = done_bytes;
    kept[1] = total_bytes;
}

static enum err take_any(void *context, const struct table_row *row)
{
    (void)context;
    (void)row;
    return ERR_OK;
}

START_TEST(progress_reaches_the_size_of_the_file)
{
    uint64_t kept[2] = {0, 0};
    static const char bytes[] = "naam;aantal\nx;1\n";
    struct table_handler handler = {.row = take_any, .progress = keep_progress, .context = kept};
    struct problems problems;
    problems_init(&problems, "FILE");
    const char *path = temporary_file(bytes, sizeof bytes - 1);
    ck_assert_int_eq(table_read_file(path, &strict, &handler, &problems), ERR_OK);
    ck_assert_uint_eq(kept[0], sizeof bytes - 1);
    ck_assert_uint_eq(kept[1], sizeof bytes - 1);
    problems_free(&problems);
}
END_TEST

static enum err count_row(void *context, const struct table_row *row)
{
    size_t *rows = context;
    ck_assert(text_is(row->values[0], *rows ? "y" : "x;"));
    ++*rows;
    return ERR_OK;
}

START_TEST(a_reader_that_is_fed_reads_the_same_at_every_split)
{
    static const char bytes[] = "naam;aantal\r\n\"x;\";1\r\ny;2\r\nz\r\n";
    for (size_t split = 0; split < sizeof bytes; split++) {
        size_t rows = 0;
        struct table_handler handler = {.row = count_row, .context = &rows};
        struct table_reader *reader;
        struct problems problems;
        problems_init(&problems, "FILE");
        ck_assert_int_eq(table_reader_new(false, &strict, &handler, &problems, &reader), ERR_OK);
        ck_assert_int_eq(table_reader_feed(reader, bytes, split), ERR_OK);
        ck_assert_int_eq(table_reader_feed(reader, bytes + split, sizeof bytes - 1 - split), ERR_OK);
        ck_assert_int_eq(table_reader_end(reader), ERR_OK);
        ck_assert_uint_eq(rows, 2);
        ck_assert_uint_eq(problems.total, 1);
        ck_assert_str_eq(problems.list[0].kind->code, "row.fields");
        table_reader_free(reader);
        problems_free(&problems);
    }
}
END_TEST

RUN_TESTS("base/table", every_rule_of_named_columns, an_error_of_the_handler_ends_the_reading,
          progress_reaches_the_size_of_the_file, a_reader_that_is_fed_reads_the_same_at_every_split)
