#include "base/problem.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void problems_init(struct problems *problems, const char *file)
{
    *problems = (struct problems){.file = file};
}

void problems_free(struct problems *problems)
{
    mem_free(problems->list);
    problems_init(problems, problems->file);
}

/* Whether this byte is, or is part of, a control character: U+0000..U+001F, U+007F..U+009F. A terminal obeys them all. */
static bool is_control(struct text a, size_t i)
{
    const unsigned char *bytes = (const unsigned char *)a.data;
    if (bytes[i] == 0xc2)
        return i + 1 < a.length && bytes[i + 1] < 0xa0;
    return bytes[i] < 0x20 || bytes[i] == 0x7f || (i > 0 && bytes[i - 1] == 0xc2 && bytes[i] < 0xa0);
}

static void copy_shown(char *to, size_t size, struct text from)
{
    size_t length = from.length < size - 1 ? from.length : size - 1;
    while (length < from.length && length > 0 && ((unsigned char)from.data[length] & 0xc0) == 0x80)
        length--; /* not in the middle of a UTF-8 character */
    for (size_t i = 0; i < length; i++)
        to[i] = (char)(is_control(from, i) ? '?' : from.data[i]);
    to[length] = '\0';
}

void problems_add(struct problems *problems, const struct problem_kind *kind, uint64_t line, struct text column,
                  struct text detail)
{
    problems->total++;
    if (problems->kept == PROBLEMS_KEPT)
        return;
    if (mem_grow(&problems->list, &problems->capacity, problems->kept + 1, sizeof *problems->list) != ERR_OK)
        return;
    struct problem *problem = &problems->list[problems->kept++];
    problem->kind = kind;
    problem->line = line;
    copy_shown(problem->column, sizeof problem->column, column);
    copy_shown(problem->detail, sizeof problem->detail, detail);
}

enum err problems_result(const struct problems *problems)
{
    return problems->total ? ERR_INPUT : ERR_OK;
}

static void print_one(const char *file, const struct problem *problem, enum language language, FILE *to)
{
    static const char *const line_word[] = {"line", "regel"};
    static const char *const column_word[] = {"column", "kolom"};
    static const char *const expected_word[] = {"expected", "verwacht"};
    fprintf(to, "%s: ", file);
    if (problem->line)
        fprintf(to, "%s %" PRIu64, line_word[language], problem->line);
    if (problem->column[0])
        fprintf(to, "%s%s %s", problem->line ? ", " : "", column_word[language], problem->column);
    if (problem->line || problem->column[0])
        fputs(": ", to);
    fputs(problem->kind->what[language], to);
    if (problem->detail[0])
        fprintf(to, " (%s)", problem->detail);
    if (problem->kind->expected[language])
        fprintf(to, "; %s: %s", expected_word[language], problem->kind->expected[language]);
    fputc('\n', to);
}

void problems_print(const struct problems *problems, enum language language, FILE *to)
{
    static const char *const more[] = {"and more like these", "en nog meer"};
    for (size_t i = 0; i < problems->kept; i++)
        print_one(problems->file, &problems->list[i], language, to);
    if (problems->total > problems->kept)
        fprintf(to, "%s: %s: %" PRIu64 "\n", problems->file, more[language], problems->total - problems->kept);
}

enum language language_of_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value && value[0])
            return strncmp(value, "nl", 2) == 0 ? LANGUAGE_NL : LANGUAGE_EN;
    }
    return LANGUAGE_EN;
}
