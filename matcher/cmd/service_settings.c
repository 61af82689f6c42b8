#include "cmd/service_settings.h"

#include "engine/config.h"
#include "front/web_files.h"
#include "serve/certificate.h"
#include "serve/prepare.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

/* The vault reads them later, as another user and behind its sandbox; a path that is wrong is said here. */
static enum err check_folder(const struct settings *settings, const char *name, FILE *complaints)
{
    const char *path = settings_string(settings, name);
    DIR *folder = path ? opendir(path) : NULL;
    if (path && !folder) {
        fprintf(complaints, "%s: the folder %s cannot be read: %s\n", name, path, strerror(errno));
        return err_from_errno(errno);
    }
    if (folder)
        closedir(folder);
    return ERR_OK;
}

/* Where the fronts will look. */
static enum err check_web(const struct settings *settings, FILE *complaints)
{
    struct web_fault fault;
    enum err e =
        web_files_check(settings_string(settings, "web_root"), settings_string(settings, "web_theme"), &fault);
    if (e != ERR_OK)
        fprintf(complaints, "%s: %s\n", fault.setting, fault.why);
    return e;
}

enum err service_settings_check(const struct settings *settings, FILE *complaints)
{
    struct engine_config lists;
    enum err e = prepare_check(settings, complaints);
    if (e == ERR_OK)
        e = engine_config_read(settings, complaints, &lists);
    if (e == ERR_OK)
        engine_config_free(&lists);
    if (e == ERR_OK)
        e = check_folder(settings, "notices", complaints);
    if (e == ERR_OK)
        e = certificate_check(settings, complaints);
    if (e == ERR_OK)
        e = check_web(settings, complaints);
    return e == ERR_USAGE ? ERR_INPUT : e;
}
