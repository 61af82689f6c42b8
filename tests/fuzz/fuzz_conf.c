/*
 * A configuration file with an option of every type: refused with a complaint for each fault, or read; and what was read
 * lies within the table's bounds.
 */
#include "fuzz.h"

#include "base/conf.h"

#include <string.h>

static const struct option options[] = {
    {.name = "count", .type = OPTION_NUMBER, .where = OPTION_IN_FILE, .min = 1, .max = 100, .fallback = "10"},
    {.name = "way", .type = OPTION_CHOICE, .where = OPTION_IN_FILE, .choices = "nl en", .fallback = "nl"},
    {.name = "table", .type = OPTION_PATH, .where = OPTION_IN_FILE},
    {.name = "title", .type = OPTION_TEXT, .where = OPTION_IN_FILE | OPTION_ON_LINE},
    {.name = "out", .type = OPTION_PATH, .where = OPTION_ON_LINE},
};
static const struct option known[] = {
    {.name = "elsewhere", .type = OPTION_TEXT, .where = OPTION_IN_FILE},
};
enum { OPTION_COUNT = sizeof options / sizeof options[0] };

static void claim_settings(const struct settings *settings)
{
    int64_t count = settings_number(settings, "count");
    const char *way = settings_string(settings, "way"), *table = settings_string(settings, "table");
    CLAIM(count >= 1 && count <= 100);
    CLAIM(strcmp(way, "nl") == 0 || strcmp(way, "en") == 0);
    CLAIM(!table || table[0] == '/'); /* the file lies in a folder with an absolute path */
    CLAIM(settings_string(settings, "out") == NULL);
}

/* Each complaint is one line that begins with the file. */
static void claim_complaints(const char *complaints, size_t length, const char *path)
{
    CLAIM(length == 0 || complaints[length - 1] == '\n');
    CLAIM(length == 0 || strncmp(complaints, path, strlen(path)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char path[MEMORY_FILE_PATH_BYTES], *complaints = NULL;
    size_t complained = 0;
    struct settings settings;
    int fd = memory_file(bytes, length, path);
    FILE *to = open_memstream(&complaints, &complained);
    CLAIM(to && settings_new(options, OPTION_COUNT, &settings) == ERR_OK);
    enum err e = settings_read_file(&settings, path, known, sizeof known / sizeof known[0], to);
    CLAIM(fclose(to) == 0);
    CLAIM(e == (complained ? ERR_INPUT : ERR_OK));
    claim_complaints(complaints, complained, path);
    claim_settings(&settings);
    settings_free(&settings);
    free(complaints);
    close(fd);
    return 0;
}
