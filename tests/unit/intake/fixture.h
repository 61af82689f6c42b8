/*
 * fixture.h - a small postcode table, an intake over it, and its problems as text.
 */
#ifndef UNIT_INTAKE_FIXTURE_H
#define UNIT_INTAKE_FIXTURE_H

#include "base/buf.h"
#include "base/mem.h"
#include "intake/intake.h"
#include "support/support.h"

#include <string.h>

#define FIXTURE static __attribute__((unused))

static struct postcodes *fixture_table;
static struct intake *intake;
static struct file_report students, placements;
static struct buf shown;

/* A full table: 1011, 1012 and 3511. So 1019 takes a mean and 9999 has nothing near it. */
FIXTURE void fixture_open(const char *scope)
{
    static const struct {
        uint32_t pc4;
        struct point point;
    } known[] = {{1011, {52.372, 4.906}}, {1012, {52.374, 4.896}}, {3511, {52.092, 5.114}}};
    fixture_table = calloc(1, sizeof *fixture_table);
    ck_assert_ptr_nonnull(fixture_table);
    for (size_t i = 0; i < 3; i++) {
        fixture_table->known[known[i].pc4] = true;
        fixture_table->points[known[i].pc4] = known[i].point;
    }
    fixture_table->count = 3;
    file_report_init(&students, "STUDENTS");
    file_report_init(&placements, "PLACEMENTS");
    buf_init(&shown, 1 << 24);
    ck_assert_int_eq(intake_new(fixture_table, scope, &intake), ERR_OK);
}

FIXTURE void fixture_close(void)
{
    intake_free(intake);
    file_report_free(&students);
    file_report_free(&placements);
    buf_free(&shown);
    free(fixture_table);
    intake = NULL;
    fixture_table = NULL;
}

FIXTURE enum err read_students(const char *bytes)
{
    return intake_read_students(intake, temporary_file(bytes, strlen(bytes)), &students, NULL, NULL);
}

FIXTURE enum err read_placements(const char *bytes)
{
    return intake_read_placements(intake, temporary_file(bytes, strlen(bytes)), &placements, NULL, NULL);
}

/* "code@line:column code@line:column/detail"; valid until the next call. */
FIXTURE const char *listed(const struct problems *problems)
{
    buf_clear(&shown);
    for (size_t i = 0; i < problems->kept; i++) {
        const struct problem *problem = &problems->list[i];
        buf_printf(&shown, "%s%s@%u:%s", i ? " " : "", problem->kind->code, (unsigned)problem->line, problem->column);
        if (problem->detail[0])
            buf_printf(&shown, "/%s", problem->detail);
    }
    buf_put_char(&shown, '\0');
    ck_assert_int_eq(buf_error(&shown), ERR_OK);
    return shown.data;
}

/* No message, in either language, repeats `value`. */
FIXTURE void assert_not_repeated(const struct problems *problems, const char *value)
{
    for (int language = LANGUAGE_EN; language < LANGUAGE_COUNT; language++) {
        char *text = NULL;
        size_t length = 0;
        FILE *to = open_memstream(&text, &length);
        ck_assert_ptr_nonnull(to);
        problems_print(problems, (enum language)language, to);
        ck_assert_int_eq(fclose(to), 0);
        ck_assert_msg(strstr(text, value) == NULL, "'%s' is repeated in: %s", value, text);
        free(text);
    }
}

struct cell {
    const char *column, *value;
};

/* A header line and one row, with `value` in `column`; a NULL value leaves the column out. */
FIXTURE void put_one_row(struct buf *out, const struct cell *cells, size_t count, const char *column,
                         const char *value)
{
    for (int line = 0; line < 2; line++) {
        bool first = true;
        for (size_t i = 0; i < count; i++) {
            bool chosen = column && strcmp(cells[i].column, column) == 0;
            if (chosen && !value)
                continue;
            buf_put_string(out, first ? "" : ";");
            buf_put_string(out, line == 0 ? cells[i].column : chosen ? value : cells[i].value);
            first = false;
        }
        buf_put_char(out, '\n');
    }
    buf_put_char(out, '\0');
    ck_assert_int_eq(buf_error(out), ERR_OK);
}

/* `count` items "PREFIXi SUFFIX" joined by `separator`, in static memory. */
FIXTURE const char *many(const char *prefix, const char *suffix, char separator, int count)
{
    static char text[4][4096];
    static unsigned next;
    char *out = text[next++ % 4];
    size_t at = 0;
    for (int i = 0; i < count; i++) {
        int length = snprintf(out + at, sizeof text[0] - at, "%s%s%02d%s", i ? (char[]){separator, '\0'} : "", prefix,
                              i + 10, suffix);
        at += (size_t)length;
        ck_assert_uint_lt(at, sizeof text[0]);
    }
    return out;
}

#endif
