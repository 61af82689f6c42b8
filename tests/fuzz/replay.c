/* Runs a fuzz target over every file of a folder, in order of their names, where there is no libFuzzer to do it. */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void replay(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    CLAIM(file && fseek(file, 0, SEEK_END) == 0);
    long end = ftell(file);
    CLAIM(end >= 0 && fseek(file, 0, SEEK_SET) == 0);
    size_t length = (size_t)end;
    uint8_t *bytes =
        malloc(length ? length : 1); /* as long as the input, so that a sanitizer sees one byte too far */
    CLAIM(bytes && fread(bytes, 1, length, file) == length);
    fclose(file);
    fprintf(stderr, "%s\n", path);
    CLAIM(LLVMFuzzerTestOneInput(bytes, length) == 0);
    free(bytes);
}

int main(int argc, char **argv)
{
    struct dirent **entries = NULL;
    int count = argc == 2 ? scandir(argv[1], &entries, is_input, alphasort) : -1;
    if (count < 1) {
        fprintf(stderr, "use: %s FOLDER, with at least one file in it\n", argv[0]);
        return EXIT_FAILURE;
    }
    for (int i = 0; i < count; i++) {
        replay(argv[1], entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    printf("%d inputs\n", count);
    return EXIT_SUCCESS;
}
