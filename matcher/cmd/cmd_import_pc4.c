#include "cmd/command.h"

#include "base/mem.h"
#include "intake/import_pc4.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct option options[] = {
    {.name = "out",
     .type = OPTION_PATH,
     .where = OPTION_ON_LINE,
     .unit = "FILE",
     .text = "the table to write; stdout when absent"},
};

static enum err print_table(const struct postcodes *table, FILE *to)
{
    fputs("pc4,lat,lon\n", to);
    for (uint32_t pc4 = PC4_MIN; pc4 <= PC4_MAX; pc4++)
        if (table->known[pc4])
            fprintf(to, "%u,%.5f,%.5f\n", pc4, table->points[pc4].lat, table->points[pc4].lon);
    return fflush(to) == 0 && !ferror(to) ? ERR_OK : err_from_errno(errno);
}

/* Into a sibling first, so that the old table stays until the new one is whole. */
static enum err write_table(const struct postcodes *table, const char *path)
{
    char work[4096];
    int length = snprintf(work, sizeof work, "%s.partial-XXXXXX", path);
    int fd = length > 0 && (size_t)length < sizeof work ? mkstemp(work) : -1;
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!file) {
        fprintf(stderr, "%s: cannot be written: %s\n", path, strerror(errno));
        return ERR_IO;
    }
    enum err e = print_table(table, file);
    if (e == ERR_OK && fsync(fd) != 0)
        e = err_from_errno(errno);
    if (fclose(file) != 0 && e == ERR_OK)
        e = err_from_errno(errno);
    if (e == ERR_OK && (chmod(work, 0644) != 0 || rename(work, path) != 0))
        e = err_from_errno(errno);
    if (e != ERR_OK) {
        fprintf(stderr, "%s: cannot be written: %s\n", path, strerror(errno));
        (void)unlink(work);
    }
    return e;
}

static int run(const struct invocation *invocation)
{
    const char *from = invocation->operands[0], *to = settings_string(invocation->settings, "out");
    struct postcodes *table;
    struct import_pc4_counts counts = {0, 0, 0};
    struct problems problems;
    problems_init(&problems, from);
    enum err e = mem_alloc(1, sizeof *table, &table);
    if (e != ERR_OK)
        return exit_status(e);
    e = import_pc4_read(from, table, &counts, &problems);
    problems_print(&problems, language_of_environment(), stderr);
    problems_free(&problems);
    if (e == ERR_OK)
        e = to ? write_table(table, to) : print_table(table, stdout);
    if (e == ERR_OK)
        fprintf(stderr, "%u postcodes from %u rows; %u left out as too far from their neighbours\n", counts.postcodes,
                counts.rows, counts.left_out);
    mem_free(table);
    return exit_status(e);
}

const struct command command_import_pc4 = {
    .name = "import-pc4",
    .usage = "FILE [--out FILE]",
    .summary = "Make a postcode table from GeoNames' NL.txt or a table with coordinates",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
