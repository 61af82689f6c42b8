#include "domain/catalog.h"

#include "base/intern.h"
#include "base/mem.h"
#include "base/table.h"
#include "domain/profile_check.h"

#include <string.h>

static const struct problem_kind bad_code = {"catalog.code",
                                             {"not a code of this list", "geen code van deze lijst"},
                                             {"skills: 1 to 32 letters, digits, points, underscores, hyphens; a "
                                              "qualification: five digits; a school: its brin, such as 25PT",
                                              "vaardigheden: 1 tot 32 letters, cijfers, punten, liggende streepjes, "
                                              "koppeltekens; een opleiding: vijf cijfers; een school: de "
                                              "brin, zoals 25PT"}};
static const struct problem_kind duplicate = {"catalog.duplicate",
                                              {"a code that is there twice", "een code die er twee keer staat"},
                                              {"each code once", "elke code een keer"}};
static const struct problem_kind empty = {"catalog.empty",
                                          {"a required value is missing", "een verplichte waarde ontbreekt"},
                                          {"a text in this column", "een tekst in deze kolom"}};
static const struct problem_kind too_long = {
    "catalog.long", {"a text that is too long", "een te lange tekst"}, {"at most 200 bytes", "hoogstens 200 bytes"}};
static const struct problem_kind too_many = {
    "catalog.many",
    {"more entries than this list may have", "meer regels dan deze lijst mag hebben"},
    {"at most 1,000 skills, 10,000 qualifications, 1,000 schools, 500 contacts",
     "hoogstens 1.000 vaardigheden, 10.000 opleidingen, 1.000 scholen, 500 contacten"}};
static const struct problem_kind bad_kind = {
    "contact.kind",
    {"not a kind of contact", "geen soort contact"},
    {"school, vertrouwenspersoon, ser, sbb, mdt, adv, college or inspectie",
     "school, vertrouwenspersoon, ser, sbb, mdt, adv, college of inspectie"}};
static const struct problem_kind no_way = {
    "contact.unreachable",
    {"a contact whom nobody can reach", "een contact dat niemand kan bereiken"},
    {"a phone number, an e-mail address or a web address", "een telefoonnummer, e-mailadres of webadres"}};
static const struct problem_kind bad_phone = {
    "contact.phone",
    {"not a phone number", "geen telefoonnummer"},
    {"digits, blanks, hyphens, parentheses, a plus", "cijfers, spaties, koppeltekens, haakjes, een plus"}};
static const struct problem_kind bad_email = {
    "contact.email",
    {"not an e-mail address", "geen e-mailadres"},
    {"an address such as hulp@school.example", "een adres zoals hulp@school.example"}};
static const struct problem_kind bad_url = {
    "contact.url", {"not a web address", "geen webadres"}, {"https:// and a host", "https:// en een host"}};

enum { COLUMNS_MAX = 8, CODE_BYTES_MAX = 32, BUDGET_BYTES = 8 << 20 };

/* Columns of lists of names. A qualification's code may stand under three names, a school's under two, with the name beside it. */
enum { CODE, CREBO, ISAT, BRIN, NL, EN, NAAM, NAME };
static const struct table_column skill_columns[COLUMNS_MAX] = {{"code", true},  {"crebo", false}, {"isat", false},
                                                               {"brin", false}, {"nl", true},     {"en", true},
                                                               {"naam", false}, {"name", false}};
static const struct table_column qualification_columns[COLUMNS_MAX] = {
    {"code", false}, {"crebo", false}, {"isat", false}, {"brin", false},
    {"nl", false},   {"en", false},    {"naam", true},  {"name", false}};
static const struct table_column school_columns[COLUMNS_MAX] = {{"code", false}, {"crebo", false}, {"isat", false},
                                                                {"brin", false}, {"nl", false},    {"en", false},
                                                                {"naam", false}, {"name", false}};

enum { SCHOOL, KIND, CONTACT_NAME, PHONE, EMAIL, URL, CONTACT_NL, CONTACT_EN };
static const struct table_column contact_columns[COLUMNS_MAX] = {{"school", true}, {"kind", true},  {"name", true},
                                                                 {"phone", true},  {"email", true}, {"url", true},
                                                                 {"nl", true},     {"en", true}};

static const struct list_facts {
    const char *setting;
    const struct table_column *columns;
    bool ignore_unknown; /* lists of others have columns of their own */
    size_t max;
} facts[CATALOG_LIST_COUNT] = {
    [CATALOG_SKILLS] = {"skills", skill_columns, true, 1000},
    [CATALOG_QUALIFICATIONS] = {"opleidingen", qualification_columns, true, 10000},
    [CATALOG_SCHOOLS] = {"school_names", school_columns, true, 1000},
    [CATALOG_GROUNDS] = {"grounds", skill_columns, true, 100},
    [CATALOG_CONTACTS] = {"contacts", contact_columns, false, 500},
};

static const char *const contact_kinds[] = {"school",  "vertrouwenspersoon", "ser", "sbb", "mdt", "adv",
                                            "college", "inspectie"};
enum { CONTACT_KIND_COUNT = sizeof contact_kinds / sizeof contact_kinds[0] };

struct names {
    struct named_entry *list;
    size_t count, capacity;
    struct intern codes;
};

struct catalog {
    struct arena arena;
    struct names names[CATALOG_CONTACTS];
    struct contact_entry *contacts;
    size_t contact_count, contact_capacity;
};

struct reading {
    struct catalog *catalog;
    enum catalog_list list;
    struct problems *problems;
    size_t rows;
};

const char *catalog_setting(enum catalog_list list)
{
    return facts[list].setting;
}

enum err catalog_new(struct catalog **out)
{
    struct catalog *catalog;
    enum err e = mem_alloc(1, sizeof *catalog, &catalog);
    if (e != ERR_OK)
        return e;
    arena_init(&catalog->arena, BUDGET_BYTES);
    for (size_t i = 0; i < CATALOG_CONTACTS; i++)
        intern_init(&catalog->names[i].codes, BUDGET_BYTES);
    *out = catalog;
    return ERR_OK;
}

void catalog_free(struct catalog *catalog)
{
    if (!catalog)
        return;
    for (size_t i = 0; i < CATALOG_CONTACTS; i++) {
        intern_free(&catalog->names[i].codes);
        mem_free(catalog->names[i].list);
    }
    mem_free(catalog->contacts);
    arena_free(&catalog->arena);
    mem_free(catalog);
}

static void complain(struct reading *reading, const struct problem_kind *kind, uint64_t line, int column)
{
    problems_add(reading->problems, kind, line, text_of(facts[reading->list].columns[column].name), text_of(""));
}

/* Whether there is room for this row; what is too much is said once. */
static bool has_room(struct reading *reading, uint64_t line)
{
    size_t max = facts[reading->list].max;
    if (reading->rows++ == max)
        problems_add(reading->problems, &too_many, line, text_of(""), text_of(""));
    return reading->rows <= max;
}

static enum err copy(struct reading *reading, const struct table_row *row, int column, const char **out)
{
    struct text value = row->values[column];
    if (value.length > CATALOG_TEXT_BYTES_MAX) {
        complain(reading, &too_long, row->line, column);
        value.length = 0;
    }
    return arena_dup(&reading->catalog->arena, value.data ? value.data : "", value.length, out);
}

/* The first of these columns that says something; the first of all where none does. */
static int column_with_value(const struct table_row *row, const int *columns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (row->values[columns[i]].length)
            return columns[i];
    return columns[0];
}

static bool code_fits(enum catalog_list list, const char *code)
{
    if (list == CATALOG_QUALIFICATIONS)
        return qualification_is_valid(code);
    return list == CATALOG_SCHOOLS ? brin_is_valid(code) : text_is_code(text_of(code), CODE_BYTES_MAX);
}

static enum err add_name(struct reading *reading, const struct named_entry *entry, uint64_t line, int code_column)
{
    struct names *names = &reading->catalog->names[reading->list];
    uint32_t number = 0;
    size_t before = names->codes.count;
    enum err e = intern_put(&names->codes, text_of(entry->code), &number);
    if (e == ERR_OK && number < before) { /* registers of studies name one once for each year or place */
        if (reading->list != CATALOG_QUALIFICATIONS)
            complain(reading, &duplicate, line, code_column);
        return ERR_OK;
    }
    if (e == ERR_OK)
        e = mem_grow(&names->list, &names->capacity, names->count + 1, sizeof *names->list);
    if (e == ERR_OK)
        names->list[names->count++] = *entry;
    return e;
}

static enum err on_name(void *context, const struct table_row *row)
{
    static const int codes[] = {CODE, CREBO, ISAT, BRIN}, texts[] = {NL, NAAM, NAME};
    struct reading *reading = context;
    int code = column_with_value(row, codes, sizeof codes / sizeof codes[0]);
    int text = column_with_value(row, texts, sizeof texts / sizeof texts[0]);
    struct named_entry entry;
    if (!has_room(reading, row->line))
        return ERR_OK;
    enum err e = copy(reading, row, code, &entry.code);
    if (e == ERR_OK)
        e = copy(reading, row, text, &entry.nl);
    if (e == ERR_OK)
        e = copy(reading, row, EN, &entry.en);
    if (e != ERR_OK)
        return e;
    if (!code_fits(reading->list, entry.code))
        complain(reading, &bad_code, row->line, code);
    if (!*entry.nl && reading->list != CATALOG_QUALIFICATIONS)
        complain(reading, &empty, row->line, text);
    if (!*entry.en && reading->list == CATALOG_SKILLS)
        complain(reading, &empty, row->line, EN);
    return *entry.nl ? add_name(reading, &entry, row->line, code) : ERR_OK;
}

static bool is_phone(const char *phone)
{
    return strspn(phone, "0123456789 +-()") == strlen(phone) && strpbrk(phone, "0123456789");
}

static bool is_email(const char *email)
{
    const char *at = strchr(email, '@');
    return at && at > email && at[1] && !strchr(at + 1, '@') && !strpbrk(email, " ,;<>\"");
}

static bool is_url(const char *url)
{
    static const char start[] = "https://";
    return strncmp(url, start, sizeof start - 1) == 0 && url[sizeof start - 1] && !strpbrk(url, " <>\"");
}

static bool is_kind(const char *kind)
{
    for (size_t i = 0; i < CONTACT_KIND_COUNT; i++)
        if (strcmp(kind, contact_kinds[i]) == 0)
            return true;
    return false;
}

static void check_contact(struct reading *reading, const struct contact_entry *entry, uint64_t line)
{
    const struct {
        int column;
        const char *value;
        bool (*fits)(const char *);
        const struct problem_kind *kind;
        bool required;
    } checks[] = {{SCHOOL, entry->school, brin_is_valid, &bad_code, false},
                  {KIND, entry->kind, is_kind, &bad_kind, true},
                  {CONTACT_NAME, entry->name, NULL, NULL, true},
                  {PHONE, entry->phone, is_phone, &bad_phone, false},
                  {EMAIL, entry->email, is_email, &bad_email, false},
                  {URL, entry->url, is_url, &bad_url, false},
                  {CONTACT_NL, entry->nl, NULL, NULL, true},
                  {CONTACT_EN, entry->en, NULL, NULL, true}};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        if (!*checks[i].value && checks[i].required)
            complain(reading, &empty, line, checks[i].column);
        if (*checks[i].value && checks[i].fits && !checks[i].fits(checks[i].value))
            complain(reading, checks[i].kind, line, checks[i].column);
    }
    if (!*entry->phone && !*entry->email && !*entry->url)
        problems_add(reading->problems, &no_way, line, text_of(""), text_of(""));
}

static enum err on_contact(void *context, const struct table_row *row)
{
    struct reading *reading = context;
    struct catalog *catalog = reading->catalog;
    struct contact_entry entry;
    const char **fields[COLUMNS_MAX] = {&entry.school, &entry.kind, &entry.name, &entry.phone,
                                        &entry.email,  &entry.url,  &entry.nl,   &entry.en};
    enum err e = ERR_OK;
    if (!has_room(reading, row->line))
        return ERR_OK;
    for (int column = 0; column < COLUMNS_MAX && e == ERR_OK; column++)
        e = copy(reading, row, column, fields[column]);
    if (e == ERR_OK)
        e = mem_grow(&catalog->contacts, &catalog->contact_capacity, catalog->contact_count + 1,
                     sizeof *catalog->contacts);
    if (e != ERR_OK)
        return e;
    check_contact(reading, &entry, row->line);
    catalog->contacts[catalog->contact_count++] = entry;
    return ERR_OK;
}

static enum err read_list(struct catalog *catalog, enum catalog_list list, const char *path, struct text bytes,
                          struct problems *problems)
{
    struct reading reading = {.catalog = catalog, .list = list, .problems = problems};
    struct table_spec spec = {facts[list].columns, COLUMNS_MAX, NULL, facts[list].ignore_unknown};
    struct table_handler handler = {.row = list == CATALOG_CONTACTS ? on_contact : on_name, .context = &reading};
    enum err e =
        path ? table_read_file(path, &spec, &handler, problems) : table_read_bytes(bytes, &spec, &handler, problems);
    return e == ERR_OK ? problems_result(problems) : e;
}

enum err catalog_read_file(struct catalog *catalog, enum catalog_list list, const char *path,
                           struct problems *problems)
{
    return read_list(catalog, list, path, (struct text){NULL, 0}, problems);
}

enum err catalog_read_bytes(struct catalog *catalog, enum catalog_list list, struct text bytes,
                            struct problems *problems)
{
    return read_list(catalog, list, NULL, bytes, problems);
}

const struct named_entry *catalog_name_at(const struct catalog *catalog, enum catalog_list list, size_t index)
{
    const struct names *names = list < CATALOG_CONTACTS ? &catalog->names[list] : NULL;
    return names && index < names->count ? &names->list[index] : NULL;
}

const struct contact_entry *catalog_contact_at(const struct catalog *catalog, size_t index)
{
    return index < catalog->contact_count ? &catalog->contacts[index] : NULL;
}
