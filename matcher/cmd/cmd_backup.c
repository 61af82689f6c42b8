#include "cmd/command.h"
#include "cmd/options.h"

#include "backup/backup.h"

#include <string.h>

enum { COMPLAINT_BYTES = 8192 };

static const struct option options[] = {
    OPTION_DATA_DIR,
    {.name = "out",
     .type = OPTION_PATH,
     .where = OPTION_ON_LINE,
     .unit = "DIR",
     .text = "the backup, a directory that must not be there yet"},
    {.name = "check",
     .type = OPTION_PATH,
     .where = OPTION_ON_LINE,
     .unit = "DIR",
     .text = "make none, but check that this one is whole"},
    OPTION_LOG_LEVEL,
};

static int run(const struct invocation *invocation)
{
    const struct settings *settings = invocation->settings;
    const char *out = settings_string(settings, "out"), *check = settings_string(settings, "check");
    struct buf complaint;
    if (!out == !check) {
        fputs("stagematch backup: one of --out DIR and --check DIR is needed\n", stderr);
        return EXIT_WRONG_USE;
    }
    buf_init(&complaint, COMPLAINT_BYTES);
    const struct backup_job job = {
        .data_dir = settings_string(settings, "data_dir"), .out = out, .clock = clock_system()};
    enum err e = out ? backup_run(&job, &complaint) : backup_check(check, &complaint);
    if (e == ERR_OK)
        fprintf(stderr,
                out ? "%s: backup made; keep its keys/ for days only, and the master key elsewhere\n"
                    : "%s: whole, both ledgers intact\n",
                out ? out : check);
    else
        fprintf(stderr, "stagematch backup: %.*s\n", (int)(complaint.length ? complaint.length : strlen(err_text(e))),
                complaint.length ? complaint.data : err_text(e));
    buf_free(&complaint);
    return exit_status(e);
}

const struct command command_backup = {
    .name = "backup",
    .usage = "--out DIR | --check DIR [--data-dir DIR] [--config FILE]",
    .summary = "Copy all databases as they are at one moment, also while the service runs",
    .details =
        "The backup appears completely or not at all. The service goes on; its writers wait some milliseconds.\n"
        "DIR/keys/ holds the persons' keys: keep it for as many days as your school needs to notice a loss, no "
        "longer.\n"
        "Who was erased is gone from a backup once its keys/ is gone. The rest can be kept longer: `stagematch "
        "restore\n"
        "DIR --keys NEWER` brings it back with the keys of a newer backup. Identities stay encrypted in both; the "
        "master\n"
        "key is in neither, so keep a copy of it in a safe place of its own.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .reads_config = true,
    .run = run,
};
