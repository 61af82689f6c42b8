#include "cmd/command.h"
#include "cmd/options.h"

#include "backup/backup.h"

#include <string.h>

enum { COMPLAINT_BYTES = 8192 };

static const struct option options[] = {
    OPTION_DATA_DIR,
    OPTION_USER_ENGINE,
    OPTION_USER_VAULT,
    {.name = "keys",
     .type = OPTION_PATH,
     .where = OPTION_ON_LINE,
     .unit = "DIR",
     .text = "a newer backup whose persons' keys are taken: who was erased since stays erased"},
    {.name = "replace",
     .type = OPTION_FLAG,
     .where = OPTION_ON_LINE,
     .text = "set aside the data that are there; they are kept in data_dir/before-restore-TIME"},
    OPTION_LOG_LEVEL,
};

static int run(const struct invocation *invocation)
{
    const struct settings *settings = invocation->settings;
    char aside[RESTORE_ASIDE_BYTES];
    struct buf complaint;
    const struct restore_job job = {
        .backup = invocation->operands[0],
        .keys = settings_string(settings, "keys"),
        .data_dir = settings_string(settings, "data_dir"),
        .replace = settings_flag(settings, "replace"),
        .user_engine = settings_string(settings, "user_engine"),
        .user_vault = settings_string(settings, "user_vault"),
        .clock = clock_system(),
    };
    buf_init(&complaint, COMPLAINT_BYTES);
    enum err e = restore_run(&job, aside, &complaint);
    if (e == ERR_OK) {
        fprintf(stderr,
                "%s: restored. Everybody signs in anew, and API tokens are made anew. What was decided after the\n"
                "backup is lost: look through the tasks, and erase again who was erased since.\n",
                job.data_dir);
        if (*aside)
            fprintf(stderr, "The earlier data are in %s\n", aside);
    } else {
        fprintf(stderr, "stagematch restore: %.*s\n",
                (int)(complaint.length ? complaint.length : strlen(err_text(e))),
                complaint.length ? complaint.data : err_text(e));
    }
    buf_free(&complaint);
    return exit_status(e);
}

const struct command command_restore = {
    .name = "restore",
    .usage = "BACKUP [--data-dir DIR] [--keys DIR] [--replace] [--config FILE]",
    .summary = "Put a backup's databases in place while the service is stopped",
    .details = "Everything is checked before anything is replaced: digests, databases, both ledgers. A restore that "
               "is cut off\n"
               "leaves data_dir/restoring, and the service does not start until it was run again, with --replace.\n"
               "To undo a restore, move engine/ and vault/ of data_dir/before-restore-TIME back.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .min_operands = 1,
    .max_operands = 1,
    .reads_config = true,
    .run = run,
};
