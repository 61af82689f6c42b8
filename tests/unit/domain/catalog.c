#include "domain/catalog.h"

#include "base/buf.h"
#include "base/mem.h"
#include "support/support.h"

#include <stdio.h>
#include <string.h>

#define CONTACTS "school;kind;name;phone;email;url;nl;en\n"

/* Reads a list, and gives its problems as "code@line:column" in order, joined by blanks. */
static enum err read_list(struct catalog *catalog, enum catalog_list list, const char *file, struct buf *said)
{
    struct problems problems;
    problems_init(&problems, "list.csv");
    enum err e = catalog_read_bytes(catalog, list, text_of(file), &problems);
    for (size_t i = 0; i < problems.kept; i++)
        buf_printf(said, "%s%s@%u:%s", i ? " " : "", problems.list[i].kind->code, (unsigned)problems.list[i].line,
                   problems.list[i].column);
    buf_put_char(said, '\0');
    ck_assert_int_eq(e == ERR_INPUT, problems.total > 0);
    problems_free(&problems);
    return e;
}

static void expect(enum catalog_list list, const char *file, const char *problems)
{
    struct catalog *catalog;
    struct buf said;
    buf_init(&said, 4096);
    ck_assert_int_eq(catalog_new(&catalog), ERR_OK);
    (void)read_list(catalog, list, file, &said);
    ck_assert_str_eq(said.data, problems);
    buf_free(&said);
    catalog_free(catalog);
}

START_TEST(names_are_read_whatever_their_columns_are_called)
{
    struct catalog *catalog;
    struct buf said;
    buf_init(&said, 4096);
    ck_assert_int_eq(catalog_new(&catalog), ERR_OK);
    ck_assert_int_eq(read_list(catalog, CATALOG_SKILLS, "code;nl;en\nvca;VCA-diploma;VCA certificate\n", &said),
                     ERR_OK);
    ck_assert_int_eq(
        read_list(catalog, CATALOG_QUALIFICATIONS, "naam;crebo;jaar\nKok;25182;2024\nKok;25182;2025\n", &said),
        ERR_OK);
    ck_assert_int_eq(read_list(catalog, CATALOG_SCHOOLS, "brin;naam\n25PT;Een school\n", &said), ERR_OK);
    ck_assert_int_eq(
        read_list(catalog, CATALOG_CONTACTS, CONTACTS ";sbb;SBB;;;https://www.s-bb.nl;Hulp;Help\n", &said), ERR_OK);
    ck_assert_str_eq(catalog_name_at(catalog, CATALOG_SKILLS, 0)->en, "VCA certificate");
    ck_assert_str_eq(catalog_name_at(catalog, CATALOG_QUALIFICATIONS, 0)->code, "25182");
    ck_assert_str_eq(catalog_name_at(catalog, CATALOG_QUALIFICATIONS, 0)->nl, "Kok");
    ck_assert_ptr_null(catalog_name_at(catalog, CATALOG_QUALIFICATIONS, 1));
    ck_assert_str_eq(catalog_name_at(catalog, CATALOG_SCHOOLS, 0)->nl, "Een school");
    ck_assert_str_eq(catalog_contact_at(catalog, 0)->url, "https://www.s-bb.nl");
    ck_assert_str_eq(catalog_contact_at(catalog, 0)->school, "");
    ck_assert_ptr_null(catalog_contact_at(catalog, 1));
    ck_assert_ptr_null(catalog_name_at(catalog, CATALOG_CONTACTS, 0));
    buf_free(&said);
    catalog_free(catalog);
}
END_TEST

START_TEST(what_is_wrong_is_said_where_it_stands)
{
    static const struct {
        enum catalog_list list;
        const char *file, *problems;
    } cases[] = {
        {CATALOG_SKILLS, "code;nl;en\na b;x;y\n", "catalog.code@2:code"},
        {CATALOG_SKILLS, "code;nl;en\na;x;y\na;x;y\n", "catalog.duplicate@3:code"},
        {CATALOG_SKILLS, "code;nl;en\na;;\n", "catalog.empty@2:nl catalog.empty@2:en"},
        {CATALOG_QUALIFICATIONS, "code;naam\n2518;Kok\n", "catalog.code@2:code"},
        {CATALOG_QUALIFICATIONS, "isat;naam\n3911x;Kok\n", "catalog.code@2:isat"},
        {CATALOG_SCHOOLS, "code;name\n25pt;School\n", "catalog.code@2:code"},
        {CATALOG_SCHOOLS, "code;name\n25PT;\n", "catalog.empty@2:nl"},
        {CATALOG_CONTACTS, CONTACTS "25pt;school;N;1;;;a;b\n", "catalog.code@2:school"},
        {CATALOG_CONTACTS, CONTACTS ";politie;N;1;;;a;b\n", "contact.kind@2:kind"},
        {CATALOG_CONTACTS, CONTACTS ";;;1;;;;\n",
         "catalog.empty@2:kind catalog.empty@2:name catalog.empty@2:nl catalog.empty@2:en"},
        {CATALOG_CONTACTS, CONTACTS ";sbb;N;bel ons;;;a;b\n", "contact.phone@2:phone"},
        {CATALOG_CONTACTS, CONTACTS ";sbb;N;- -;;;a;b\n", "contact.phone@2:phone"},
        {CATALOG_CONTACTS, CONTACTS ";sbb;N;;hulp;;a;b\n", "contact.email@2:email"},
        {CATALOG_CONTACTS, CONTACTS ";sbb;N;;a@b@c;;a;b\n", "contact.email@2:email"},
        {CATALOG_CONTACTS, CONTACTS ";sbb;N;;;http://www.s-bb.nl;a;b\n", "contact.url@2:url"},
        {CATALOG_CONTACTS, CONTACTS ";sbb;N;;;javascript:alert(1);a;b\n", "contact.url@2:url"},
        {CATALOG_CONTACTS, CONTACTS ";sbb;N;;;https://;a;b\n", "contact.url@2:url"},
        {CATALOG_CONTACTS, CONTACTS ";sbb;N;;;;a;b\n", "contact.unreachable@2:"},
        {CATALOG_CONTACTS, CONTACTS "25PT;mdt;N;030 123 45-67;hulp@school.example;https://a.example/b;a;b\n", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(cases[i].list, cases[i].file, cases[i].problems);
}
END_TEST

START_TEST(lists_and_texts_are_bounded)
{
    struct buf file, said;
    char name[CATALOG_TEXT_BYTES_MAX + 2];
    buf_init(&file, 1 << 20);
    buf_init(&said, 4096);
    buf_put_string(&file, "code;name\n");
    for (unsigned i = 0; i < 1002; i++)
        buf_printf(&file, "%02u%c%c;School\n", i % 100, 'A' + i / 100, 'A' + i / 100);
    buf_put_char(&file, '\0');
    expect(CATALOG_SCHOOLS, file.data, "catalog.many@1002:");
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    buf_clear(&file);
    buf_printf(&file, "code;name\n25PT;%s\n", name);
    buf_put_char(&file, '\0');
    expect(CATALOG_SCHOOLS, file.data, "catalog.long@2:name catalog.empty@2:name");
    buf_free(&said);
    buf_free(&file);
}
END_TEST

START_TEST(without_memory_nothing_is_left)
{
    enum err e = ERR_MEMORY;
    uint64_t n = 0;
    for (; e == ERR_MEMORY; n++) {
        struct catalog *catalog = NULL;
        struct problems problems;
        problems_init(&problems, "contacts.csv");
        mem_fail_at(n + 1);
        e = catalog_new(&catalog);
        if (e == ERR_OK)
            e = catalog_read_bytes(catalog, CATALOG_SKILLS, text_of("code;nl;en\na;b;c\n"), &problems);
        if (e == ERR_OK)
            e = catalog_read_bytes(catalog, CATALOG_CONTACTS, text_of(CONTACTS ";sbb;N;1;;;a;b\n"), &problems);
        mem_fail_at(0);
        problems_free(&problems);
        catalog_free(catalog);
    }
    ck_assert_int_eq(e, ERR_OK);
    ck_assert_uint_gt(n, 5);
}
END_TEST

RUN_TESTS("domain/catalog", names_are_read_whatever_their_columns_are_called, what_is_wrong_is_said_where_it_stands,
          lists_and_texts_are_bounded, without_memory_nothing_is_left)
