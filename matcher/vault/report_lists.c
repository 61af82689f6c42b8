#include "vault/report_lists.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/table.h"

#include <sodium.h>
#include <string.h>

enum { CODE, NAME_NL, NAME_EN, BASIS, TEXT_NL, TEXT_EN, COLUMN_COUNT };
enum { TEXTS_BYTES_MAX = 1 << 20, CODE_BYTES = 32, VERSION_HASH_BYTES = 8 };

static const struct table_column ground_columns[COLUMN_COUNT] = {
    {"code", true}, {"nl", true}, {"en", true}, {"basis", true}, {"text_nl", false}, {"text_en", false}};
static const struct table_column route_columns[COLUMN_COUNT] = {
    {"code", true}, {"nl", true}, {"en", true}, {"contact", true}, {"text_nl", true}, {"text_en", true}};

static const struct problem_kind bad_choice = {
    "report.choice",
    {"not a code with its names, a code that is there twice, or too many of them",
     "geen code met namen, een code die er twee keer staat, of te veel regels"},
    {"at most 64 lines, each with a code of its own and texts",
     "hoogstens 64 regels, elk met een eigen code en teksten"}};

struct choices {
    struct report_choice list[REPORT_CHOICES_MAX];
    size_t count;
};

struct report_lists {
    struct arena arena;
    struct choices grounds, routes;
    char version[REPORT_VERSION_BYTES];
};

struct reading {
    struct report_lists *lists;
    struct choices *choices;
    const struct table_column *columns;
    struct problems *problems;
};

static bool has(const struct choices *choices, struct text code)
{
    for (size_t i = 0; i < choices->count; i++)
        if (text_equal(text_of(choices->list[i].code), code))
            return true;
    return false;
}

static enum err keep(struct arena *arena, struct text value, const char **out)
{
    char *copy;
    enum err e = arena_alloc(arena, value.length + 1, 1, &copy);
    if (e != ERR_OK)
        return e;
    if (value.length)
        memcpy(copy, value.data, value.length);
    copy[value.length] = '\0';
    *out = copy;
    return ERR_OK;
}

static enum err on_row(void *context, const struct table_row *row)
{
    struct reading *reading = context;
    struct choices *choices = reading->choices;
    bool whole = choices->count < REPORT_CHOICES_MAX && text_is_code(row->values[CODE], CODE_BYTES) &&
                 !has(choices, row->values[CODE]);
    for (int column = NAME_NL; column < COLUMN_COUNT; column++)
        whole = whole && (column == BASIS || !reading->columns[column].required || row->values[column].length);
    if (!whole) {
        problems_add(reading->problems, &bad_choice, row->line, text_of("code"), text_of(""));
        return ERR_OK;
    }
    struct report_choice *choice = &choices->list[choices->count];
    const char **members[COLUMN_COUNT] = {&choice->code,  &choice->name_nl, &choice->name_en,
                                          &choice->basis, &choice->text_nl, &choice->text_en};
    for (int column = 0; column < COLUMN_COUNT; column++) {
        enum err e = keep(&reading->lists->arena, row->values[column], members[column]);
        if (e != ERR_OK)
            return e;
    }
    choices->count++;
    return ERR_OK;
}

static enum err read_bytes(struct report_lists *lists, struct choices *choices, const struct table_column *columns,
                           const char *path, struct text bytes)
{
    struct problems problems;
    problems_init(&problems, path);
    struct reading reading = {lists, choices, columns, &problems};
    struct table_spec spec = {columns, COLUMN_COUNT, NULL, false};
    struct table_handler handler = {.row = on_row, .context = &reading};
    enum err e = table_read_bytes(bytes, &spec, &handler, &problems);
    if (e == ERR_OK)
        e = problems_result(&problems);
    problems_free(&problems);
    return e;
}

static enum err read_list(struct report_lists *lists, const char *path, struct choices *choices,
                          const struct table_column *columns, struct buf *bytes)
{
    buf_clear(bytes);
    if (!path || !path[0])
        return ERR_OK;
    enum err e = file_read_all(path, bytes);
    if (e == ERR_OK)
        e = read_bytes(lists, choices, columns, path, buf_text(bytes));
    if (e != ERR_OK)
        LOG(LOG_ERROR, "report_list", LOG_WORD("list", columns == ground_columns ? "grounds" : "routes"),
            LOG_WORD("error", err_text(e)));
    return e;
}

int64_t report_setting(const struct settings *settings, const char *name, int64_t fallback)
{
    return settings_have(settings, name) ? settings_number(settings, name) : fallback;
}

static void set_version(struct report_lists *lists, struct text bytes)
{
    uint8_t hash[crypto_generichash_BYTES];
    (void)crypto_generichash(hash, sizeof hash, (const uint8_t *)bytes.data, bytes.length, NULL, 0);
    (void)sodium_bin2hex(lists->version, sizeof lists->version, hash, VERSION_HASH_BYTES);
}

enum err report_lists_read(const struct settings *settings, struct report_lists **out)
{
    struct report_lists *lists;
    struct buf bytes;
    enum err e = mem_alloc(1, sizeof *lists, &lists);
    if (e != ERR_OK)
        return e;
    arena_init(&lists->arena, TEXTS_BYTES_MAX);
    buf_init(&bytes, TEXTS_BYTES_MAX);
    e = read_list(lists, settings_string_if_known(settings, "routes"), &lists->routes, route_columns, &bytes);
    if (e == ERR_OK)
        e = read_list(lists, settings_string_if_known(settings, "grounds"), &lists->grounds, ground_columns, &bytes);
    if (e == ERR_OK) {
        set_version(lists, buf_text(&bytes));
        *out = lists;
    } else {
        report_lists_free(lists);
    }
    buf_free(&bytes);
    return e;
}

void report_lists_free(struct report_lists *lists)
{
    if (!lists)
        return;
    arena_free(&lists->arena);
    mem_free(lists);
}

static const struct report_choice *at(const struct choices *choices, size_t index)
{
    return index < choices->count ? &choices->list[index] : NULL;
}

const struct report_choice *report_ground_at(const struct report_lists *lists, size_t index)
{
    return at(&lists->grounds, index);
}

const struct report_choice *report_route_at(const struct report_lists *lists, size_t index)
{
    return at(&lists->routes, index);
}

bool report_has_ground(const struct report_lists *lists, const char *code)
{
    return has(&lists->grounds, text_of(code));
}

bool report_has_route(const struct report_lists *lists, const char *code)
{
    return has(&lists->routes, text_of(code));
}

const char *report_grounds_version(const struct report_lists *lists)
{
    return lists->version;
}
