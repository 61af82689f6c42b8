#include "fixture.h"

#include <unistd.h>

static const char student_file[] =
    "school;studentnummer;postcode;opleiding;leerweg;leerjaar;van;tot;uren;vaardigheden;tags;uitsluiten;voorkeuren\n"
    "25PT;1;1012AB;25655;BOL;2;2027-02-01;2027-06-30;32;a=1|b=5;t1|t2;B2;A1/p>q\n"
    "99AA;2;1019;25656;BBL;3;1-2-2027;30-6-2027;16;c=2;t3;p;q>niets\n";
static const char placement_file[] =
    "leerbedrijf;leerplaats;bedrijfsnaam;kvk;postcode;opleidingen;leerweg;plaatsen;van;tot;uren;eisen;wegingen;tags\n"
    "B2;q;Caf\xc3\xa9;12345678;3511;25655 25656;BOL;1;2027-01-01;2027-12-31;40;a>=1;b*2|c*1>=3;t1\n"
    "A1;p;Bakker;12345679;1011;25656;BBL;2;2027-01-01;2027-12-31;40;;;\n";

static char student_path[] = "/tmp/stagematch-test-XXXXXX", placement_path[] = "/tmp/stagematch-test-XXXXXX";

static void write_new(char *template, const char *bytes)
{
    int fd = mkstemp(template);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
    ck_assert_int_eq(close(fd), 0);
}

/* The whole of it, ended by the first failure; counts what it built. */
static enum err read_and_build(size_t *built)
{
    struct intake *made = NULL;
    enum err e = intake_new(fixture_table, NULL, &made);
    if (e == ERR_OK)
        e = intake_read_students(made, student_path, &students, NULL, NULL);
    if (e == ERR_OK)
        e = intake_read_placements(made, placement_path, &placements, NULL, NULL);
    if (e == ERR_OK)
        e = intake_build(made, &students, &placements);
    if (e == ERR_OK)
        e = intake_draw(made, (const uint8_t[SEED_BYTES]){1}, 1);
    if (e == ERR_OK)
        *built = made->market.student_count + made->market.placement_count;
    intake_free(made);
    return e;
}

START_TEST(every_failed_allocation_is_answered_and_leaks_nothing)
{
    bool failed = true;
    unsigned tries = 0;
    fixture_open(NULL);
    write_new(student_path, student_file);
    write_new(placement_path, placement_file);
    for (uint64_t nth = 1; failed; nth++, tries++) {
        size_t built = 0;
        file_report_free(&students);
        file_report_free(&placements);
        mem_fail_at(nth);
        enum err e = read_and_build(&built);
        failed = mem_has_failed();
        mem_fail_at(0);
        /* A notice that finds no memory is only counted: then all the rest must have found some, so it was the last. */
        ck_assert_msg(e == ERR_MEMORY || (e == ERR_OK && built == 4), "allocation %u: %s", (unsigned)nth,
                      err_text(e));
        ck_assert_msg(failed || e == ERR_OK, "allocation %u", (unsigned)nth);
        ck_assert_uint_eq(students.problems.total, 0); /* no memory is no fault of the file */
        ck_assert_uint_eq(placements.problems.total, 0);
    }
    unlink(student_path);
    unlink(placement_path);
    ck_assert_uint_gt(tries, 40);
    ck_assert_uint_eq(students.notices.total, 2); /* postcode.mean and wish.unknown */
    fixture_close();
}
END_TEST

RUN_TESTS("intake/memory", every_failed_allocation_is_answered_and_leaks_nothing)
