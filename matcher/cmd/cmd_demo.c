#include "cmd/command.h"

#include "ipc/service_options.h"
#include "serve/demo.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>

static const struct option options[] = {
    SERVICE_OPTIONS,
    {.name = "data",
     .type = OPTION_PATH,
     .where = OPTION_ON_LINE,
     .unit = "DIR",
     .text = "a folder to make and to keep; without it a temporary one"},
    {.name = "tls",
     .type = OPTION_FLAG,
     .where = OPTION_ON_LINE,
     .text = "speak TLS, with a certificate that is made in that folder"},
};

static enum err read_again(void *context, struct settings *out, FILE *complaints)
{
    return invocation_read_again(context, out, complaints);
}

/* The demo's files lie beside the postcode table that every configuration names. */
static int run(const struct invocation *invocation)
{
    const char *pc4 = settings_string(invocation->settings, "pc4");
    struct invocation again = *invocation;
    char *path = pc4 ? strdup(pc4) : NULL;
    if (!path) {
        fputs("stagematch demo: the configuration names no postcode table, so its folder is not known\n", stderr);
        return EXIT_WRONG_USE;
    }
    char *folder = dirname(path);
    size_t length = strlen(folder);
    if (length > 6 && strcmp(folder + length - 6, "/local") == 0)
        folder[length - 6] = '\0';
    enum err e = demo_run(&(struct demo){{.read = read_again, .context = &again},
                                         settings_string(invocation->settings, "data"),
                                         folder,
                                         settings_string(invocation->settings, "web_root"),
                                         settings_flag(invocation->settings, "tls")});
    free(path);
    return exit_status(e);
}

const struct command command_demo = {
    .name = "demo",
    .usage = "[--listen ADDRESS:PORT] [--data DIR] [--tls] [--web DIR]",
    .summary = "Run the service on loopback with made-up data, a login for each role",
    .details = "Prints the address, the logins and what to try. Ctrl-C ends it; without --data nothing is kept. The "
               "web application is that of\n"
               "--web, or the folder `web` beside the program.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .reads_config = true,
    .run = run,
};
