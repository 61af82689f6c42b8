#include "front/file_problems.h"

#include "api/message.h"

static const REFUSAL(
    refusal_file, STATUS_INVALID_ARGUMENT, "file_problems",
    "Er staan fouten in wat is aangeleverd; er is niets van opgeslagen. Verbeter ze en probeer het "
    "opnieuw, met een nieuw request_id.",
    "What was handed in has faults; nothing of it was stored. Correct them and try again, with a new "
    "request_id.");

static enum err set_message(char **member, const struct problem *problem, enum language language)
{
    static const char *const expected_word[] = {"expected", "verwacht"};
    char text[1024];
    const struct problem_kind *kind = problem->kind;
    const char *expected = kind->expected[language];
    int length = snprintf(text, sizeof text, "%s%s%s%s%s%s%s", kind->what[language], problem->detail[0] ? " (" : "",
                          problem->detail, problem->detail[0] ? ")" : "", expected ? "; " : "",
                          expected ? expected_word[language] : "", expected ? ": " : "");
    if (length < 0 || (size_t)length >= sizeof text)
        return ERR_RANGE;
    snprintf(text + length, sizeof text - (size_t)length, "%s", expected ? expected : "");
    return message_assign_string(member, text_of(text));
}

static enum err fill(Stagematch__V1__FileProblem *out, const struct problem *problem)
{
    out->line = problem->line;
    enum err e = message_assign_string(&out->column, text_of(problem->column));
    if (e == ERR_OK)
        e = message_assign_string(&out->code, text_of(problem->kind->code));
    if (e == ERR_OK)
        e = set_message(&out->message_nl, problem, LANGUAGE_NL);
    if (e == ERR_OK)
        e = set_message(&out->message_en, problem, LANGUAGE_EN);
    return e;
}

enum err file_problems_append(const struct problems *problems, size_t *count, Stagematch__V1__FileProblem ***list)
{
    enum err e = ERR_OK;
    for (size_t i = 0; i < problems->kept && e == ERR_OK; i++) {
        Stagematch__V1__FileProblem *one;
        e = message_new(&stagematch__v1__file_problem__descriptor, &one);
        if (e != ERR_OK)
            break;
        e = fill(one, &problems->list[i]);
        if (e == ERR_OK)
            e = message_append(count, list, one);
        else
            message_free(one);
    }
    return e;
}

void file_problems_refuse(struct call *call, const struct problems *problems)
{
    Stagematch__V1__Refusal *refusal = NULL;
    enum err e = message_new(&stagematch__v1__refusal__descriptor, &refusal);
    if (e == ERR_OK)
        e = message_assign_string(&refusal->code, text_of(refusal_file.name));
    if (e == ERR_OK)
        e = message_assign_string(&refusal->message_nl, text_of(refusal_file.message_nl));
    if (e == ERR_OK)
        e = message_assign_string(&refusal->message_en, text_of(refusal_file.message_en));
    if (e == ERR_OK)
        e = file_problems_append(problems, &refusal->n_problems, &refusal->problems);
    if (e == ERR_OK) {
        refusal->problem_count = problems->total;
        call_refuse_detail(call, refusal_file.code, refusal);
    } else {
        call_fail(call, e);
    }
    message_free(refusal);
}
