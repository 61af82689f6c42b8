#include "cmd/command.h"

#include "engine/engine.h"
#include "front/front.h"
#include "ipc/control.h"
#include "serve/role_process.h"
#include "vault/vault.h"

#include <string.h>

static const struct role_operations *const roles[] = {&front_role, &engine_role, &vault_role};

/* Which of the fronts, in one or two digits; 0 where it is not said. */
static bool read_index(const struct invocation *invocation, unsigned *out)
{
    const char *digits = invocation->operand_count > 1 ? invocation->operands[1] : "0";
    unsigned number = 0;
    if (strlen(digits) > 2 || strspn(digits, "0123456789") != strlen(digits))
        return false;
    for (; *digits; digits++)
        number = number * 10 + (unsigned)(*digits - '0');
    *out = number;
    return number < FRONTS_MAX;
}

static int run(const struct invocation *invocation)
{
    unsigned index;
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (strcmp(role_text(roles[i]->name), invocation->operands[0]) == 0 && read_index(invocation, &index))
            return role_process_run(roles[i], index);
    fputs("stagematch role: expected front, engine or vault; `stagematch serve` starts them\n", stderr);
    return EXIT_WRONG_USE;
}

/* What `stagematch serve` becomes again in each role's process. */
const struct command command_role = {
    .name = "role",
    .usage = "NAME [INDEX]",
    .summary = "Be one role of the service; `stagematch serve` starts it",
    .min_operands = 1,
    .max_operands = 2,
    .hidden = true,
    .run = run,
};
