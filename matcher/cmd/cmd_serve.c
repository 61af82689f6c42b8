#include "cmd/command.h"
#include "cmd/service_settings.h"

#include "ipc/service_options.h"
#include "serve/parent.h"

static const struct option options[] = {SERVICE_OPTIONS};

/* Lists are read here too, and again by the role that needs them: a fault in one is found before a role is replaced. */
static enum err read_again(void *context, struct settings *out, FILE *complaints)
{
    struct settings settings;
    enum err e = invocation_read_again(context, &settings, complaints);
    if (e != ERR_OK)
        return e;
    e = service_settings_check(&settings, complaints);
    if (e == ERR_OK)
        *out = settings;
    else
        settings_free(&settings);
    return e;
}

static int run(const struct invocation *invocation)
{
    struct invocation again = *invocation;
    return exit_status(
        serve_run(&(struct serve_source){.read = read_again, .context = &again, .can_be_upgraded = true}));
}

const struct command command_serve = {
    .name = "serve",
    .usage = "[--config FILE]",
    .summary = "Run the service until a signal ends it",
    .details =
        "SIGTERM or SIGINT finishes what was acknowledged and ends it. SIGHUP reads the configuration again: "
        "a good one is\n"
        "taken over without refusing anybody, a bad one is refused with file and line. SIGUSR2 starts the program\n"
        "anew, by the name it was started by, hands it the sockets and ends when that one serves; where it does "
        "not,\n"
        "this one goes on. Sockets of systemd's socket activation are taken, and what it wants to know it is told.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .reads_config = true,
    .run = run,
};
