#include "cmd/service_settings.h"

#include "engine/config.h"
#include "serve/prepare.h"

enum err service_settings_check(const struct settings *settings, FILE *complaints)
{
    struct engine_config lists;
    enum err e = prepare_check(settings, complaints);
    if (e == ERR_OK)
        e = engine_config_read(settings, complaints, &lists);
    if (e == ERR_OK)
        engine_config_free(&lists);
    return e == ERR_USAGE ? ERR_INPUT : e;
}
