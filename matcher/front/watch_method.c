#include "front/watch_method.h"

static void ask_tasks(const void *message, union watch_question *out)
{
    const Stagematch__V1__WatchTasksRequest *request = message;
    stagematch__v1__list_tasks_request__init(&out->tasks);
    out->tasks.page_size = request->page_size;
}

static void tell_tasks(const void *message, uint64_t seq, union watch_event *out)
{
    const Stagematch__V1__ListTasksResponse *answer = message;
    stagematch__v1__watch_tasks_response__init(&out->tasks);
    out->tasks.seq = seq;
    out->tasks.heartbeat = !answer;
    if (!answer)
        return;
    out->tasks.tasks = answer->tasks;
    out->tasks.n_tasks = answer->n_tasks;
    out->tasks.more = answer->next_page_token[0] != '\0';
}

static void ask_round(const void *message, union watch_question *out)
{
    const Stagematch__V1__WatchRoundRequest *request = message;
    stagematch__v1__get_round_request__init(&out->round);
    out->round.round_id = request->round_id;
}

static void tell_round(const void *message, uint64_t seq, union watch_event *out)
{
    const Stagematch__V1__GetRoundResponse *answer = message;
    stagematch__v1__watch_round_response__init(&out->round);
    out->round.seq = seq;
    out->round.heartbeat = !answer;
    out->round.round = answer ? answer->round : NULL;
}

static bool is_last_round(const void *message)
{
    const Stagematch__V1__GetRoundResponse *answer = message;
    Stagematch__V1__RoundState state = answer->round ? answer->round->state : 0;
    return state == STAGEMATCH__V1__ROUND_STATE__ROUND_STATE_CLOSED ||
           state == STAGEMATCH__V1__ROUND_STATE__ROUND_STATE_CANCELLED ||
           state == STAGEMATCH__V1__ROUND_STATE__ROUND_STATE_FAILED;
}

static void ask_import(const void *message, union watch_question *out)
{
    const Stagematch__V1__WatchImportRequest *request = message;
    stagematch__v1__get_import_request__init(&out->import);
    out->import.import_id = request->import_id;
}

static void tell_import(const void *message, uint64_t seq, union watch_event *out)
{
    const Stagematch__V1__GetImportResponse *answer = message;
    stagematch__v1__watch_import_response__init(&out->import);
    out->import.seq = seq;
    out->import.heartbeat = !answer;
    out->import.import = answer ? answer->import : NULL;
}

static bool is_last_import(const void *message)
{
    const Stagematch__V1__GetImportResponse *answer = message;
    return answer->import && answer->import->state != STAGEMATCH__V1__IMPORT_STATE__IMPORT_STATE_RUNNING;
}

const struct watch_method *watch_method_of(enum method_id method)
{
    static const struct watch_method methods[] = {
        {METHOD_WATCH_TASKS, METHOD_LIST_TASKS, ask_tasks, tell_tasks, NULL},
        {METHOD_WATCH_ROUND, METHOD_GET_ROUND, ask_round, tell_round, is_last_round},
        {METHOD_WATCH_IMPORT, METHOD_GET_IMPORT, ask_import, tell_import, is_last_import},
    };
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (methods[i].method == method)
            return &methods[i];
    return NULL;
}
