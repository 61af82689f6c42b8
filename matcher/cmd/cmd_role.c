#include "cmd/command.h"

#include "engine/engine.h"
#include "front/front.h"
#include "serve/role_process.h"
#include "vault/vault.h"

#include <string.h>

static const struct role_operations *const roles[] = {&front_role, &engine_role, &vault_role};

static int run(const struct invocation *invocation)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (strcmp(role_text(roles[i]->name), invocation->operands[0]) == 0)
            return role_process_run(roles[i]);
    fputs("stagematch role: expected front, engine or vault; `stagematch serve` starts them\n", stderr);
    return EXIT_WRONG_USE;
}

/* What `stagematch serve` becomes again in each role's process. */
const struct command command_role = {
    .name = "role",
    .usage = "NAME",
    .summary = "Be one role of the service; `stagematch serve` starts it",
    .min_operands = 1,
    .max_operands = 1,
    .hidden = true,
    .run = run,
};
