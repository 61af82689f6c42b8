#include "intake/names.h"

#include "base/table.h"
#include "intake/fields.h"

#include <stdlib.h>

enum { CODE, CREBO, ISAT, NAAM, COLUMN_COUNT, BUDGET_BYTES = 1 << 24 };

static const struct table_column columns[COLUMN_COUNT] = {
    {"code", false}, {"crebo", false}, {"isat", false}, {"naam", true}};
static const struct table_spec spec = {columns, COLUMN_COUNT, NULL, true};

struct reading {
    struct names *names;
    struct problems *problems;
};

static enum err on_row(void *context, const struct table_row *row)
{
    struct reading *reading = context;
    struct names *names = reading->names;
    int column = row->values[CREBO].length ? CREBO : row->values[ISAT].length ? ISAT : CODE;
    struct named_code entry;
    field_result wrong = field_qualification(row->values[column], &entry.code);
    if (wrong) {
        problems_add(reading->problems, wrong, row->line, text_of(columns[column].name), text_of(""));
        return ERR_OK;
    }
    const char *copy;
    enum err e = arena_dup(&names->texts, row->values[NAAM].data, row->values[NAAM].length, &copy);
    if (e == ERR_OK)
        e = mem_grow(&names->codes, &names->capacity, names->count + 1, sizeof *names->codes);
    if (e != ERR_OK)
        return e;
    entry.name = (struct text){copy, row->values[NAAM].length};
    names->codes[names->count++] = entry;
    return ERR_OK;
}

static int compare_codes(const void *left, const void *right)
{
    const struct named_code *a = left, *b = right;
    return a->code < b->code ? -1 : a->code > b->code;
}

enum err names_read(const char *path, struct names *out)
{
    struct names names = {0};
    struct problems problems;
    arena_init(&names.texts, BUDGET_BYTES);
    problems_init(&problems, path);
    enum err e = ERR_OK;
    if (path) {
        struct reading reading = {&names, &problems};
        struct table_handler handler = {.row = on_row, .context = &reading};
        e = table_read_file(path, &spec, &handler, &problems);
        problems_print(&problems, language_of_environment(), stderr);
        if (e != ERR_OK && problems.total == 0)
            fprintf(stderr, "%s: %s\n", path, err_text(e));
    }
    problems_free(&problems);
    if (e != ERR_OK) {
        names_free(&names);
        return e;
    }
    if (names.count)
        qsort(names.codes, names.count, sizeof *names.codes, compare_codes);
    *out = names;
    return ERR_OK;
}

void names_free(struct names *names)
{
    arena_free(&names->texts);
    mem_free(names->codes);
    *names = (struct names){0};
}

struct text names_find(const struct names *names, uint32_t code)
{
    struct named_code wanted = {.code = code};
    const struct named_code *found =
        names->count ? bsearch(&wanted, names->codes, names->count, sizeof wanted, compare_codes) : NULL;
    return found ? found->name : (struct text){"", 0};
}
