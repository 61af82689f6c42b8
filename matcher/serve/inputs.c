#include "serve/inputs.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_BYTES = 4096 };

/* Settings whose paths are no lists: what lies there changes while the service runs, or reaches it in another way. */
static bool is_no_list(const char *name)
{
    static const char *const names[] = {"tls_certificate", "tls_key", "data_dir", "master_key"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool add_file(struct digest *digest, const char *path)
{
    struct stat info;
    bool there = stat(path, &info) == 0;
    digest_add(digest, &there, sizeof there);
    if (!there)
        return false;
    digest_add(digest, &info.st_ino, sizeof info.st_ino);
    digest_add(digest, &info.st_size, sizeof info.st_size);
    digest_add(digest, &info.st_ctim.tv_sec, sizeof info.st_ctim.tv_sec);
    digest_add(digest, &info.st_ctim.tv_nsec, sizeof info.st_ctim.tv_nsec);
    return S_ISDIR(info.st_mode);
}

/* Not the folder itself, and not the one above, in which others make files. */
static int is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static void add_folder(struct digest *digest, const char *path)
{
    char entry[PATH_BYTES];
    struct dirent **names;
    int count = scandir(path, &names, is_entry, alphasort);
    for (int i = 0; i < count; i++) {
        digest_add(digest, names[i]->d_name, strlen(names[i]->d_name) + 1);
        if (snprintf(entry, sizeof entry, "%s/%s", path, names[i]->d_name) < PATH_BYTES)
            (void)add_file(digest, entry);
        free(names[i]); /* scandir's own allocation */
    }
    if (count >= 0)
        free(names);
}

void inputs_digest(const struct settings *settings, char hex[DIGEST_HEX_BYTES])
{
    struct digest digest;
    digest_start(&digest);
    for (size_t i = 0; i < settings->count; i++) {
        const struct option *option = &settings->options[i];
        const char *value = settings->values[i].string ? settings->values[i].string : "";
        digest_add(&digest, option->name, strlen(option->name) + 1);
        digest_add(&digest, value, strlen(value) + 1);
        if (option->type == OPTION_PATH && *value && !is_no_list(option->name) && add_file(&digest, value))
            add_folder(&digest, value);
    }
    digest_end(&digest, hex);
}
