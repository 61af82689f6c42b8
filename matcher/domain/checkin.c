#include "domain/proposal_move.h"

#include <string.h>

enum { ANSWERS = 3, WEEK_DAYS = 7 };

static const REFUSAL(refusal_answered, STATUS_FAILED_PRECONDITION, "already_answered",
                     "Deze vragen zijn al beantwoord.", "These questions were answered already.");
static const REFUSAL(refusal_three_answers, STATUS_INVALID_ARGUMENT, "three_answers",
                     "Geef op elk van de drie vragen een antwoord: groen, oranje of rood.",
                     "Answer each of the three questions: green, orange or red.");

/* When each is asked: weeks after the start, or before the end of the stage. */
static const struct {
    const char *name;
    int32_t weeks_after_start, weeks_before_end;
} moments[] = {
    [CHECK_IN_MOMENT(UNSPECIFIED)] = {"", 0, 0},
    [CHECK_IN_MOMENT(WEEK_2)] = {"week_2", 2, 0},
    [CHECK_IN_MOMENT(WEEK_6)] = {"week_6", 6, 0},
    [CHECK_IN_MOMENT(END)] = {"end", 0, 1},
};
enum { MOMENT_COUNT = sizeof moments / sizeof moments[0] };

/* A stage that is over before week 6 has no check-in then. */
void check_in_open_tasks(struct context *context, const ProposalRecord *proposal, int32_t start_day, int32_t end_day)
{
    char student[ID_HEX_BYTES];
    id_format_bytes(proposal->student_ref, student);
    for (unsigned moment = CHECK_IN_MOMENT(WEEK_2); moment < MOMENT_COUNT; moment++) {
        int32_t weeks = moments[moment].weeks_after_start;
        int32_t day = weeks ? start_day + weeks * WEEK_DAYS : end_day - moments[moment].weeks_before_end * WEEK_DAYS;
        if (weeks && end_day && day > end_day)
            continue;
        struct task_spec spec = proposal_task(proposal, TASK_KIND(CHECK_IN), ROLE(STUDENT), student);
        spec.detail = moments[moment].name;
        spec.from_day = day;
        task_open(context, &spec);
        proposal_open_company_task(context, proposal, spec);
    }
}

static bool was_answered(const ProposalRecord *proposal, Stagematch__V1__Side side,
                         Stagematch__V1__CheckInMoment moment)
{
    for (size_t i = 0; i < proposal->n_check_ins; i++)
        if (proposal->check_ins[i]->side == side && proposal->check_ins[i]->moment == moment)
            return true;
    return false;
}

static struct status check(const ProposalRecord *proposal, Stagematch__V1__Side side,
                           Stagematch__V1__CheckInMoment moment, const Stagematch__V1__CheckInAnswer *answers,
                           size_t answer_count)
{
    if (moment == CHECK_IN_MOMENT(UNSPECIFIED) || (unsigned)moment >= MOMENT_COUNT)
        return status_refuse_field(&refusal_bad_value, "moment");
    if (answer_count != ANSWERS)
        return status_refuse_field(&refusal_three_answers, "answers");
    for (size_t i = 0; i < ANSWERS; i++)
        if (answers[i] < CHECK_IN_ANSWER(GREEN) || answers[i] > CHECK_IN_ANSWER(RED))
            return status_refuse_field(&refusal_three_answers, "answers");
    bool at_end = proposal->state == PROPOSAL_STATE(COMPLETED) && moment == CHECK_IN_MOMENT(END);
    if (proposal->state != PROPOSAL_STATE(STARTED) && !at_end)
        return status_refuse(&refusal_wrong_proposal_state);
    return was_answered(proposal, side, moment) ? status_refuse(&refusal_answered) : STATUS_DONE;
}

static Stagematch__V1__CheckIn *new_check_in(struct context *context, Stagematch__V1__Side side,
                                             Stagematch__V1__CheckInMoment moment,
                                             const Stagematch__V1__CheckInAnswer *answers)
{
    Stagematch__V1__CheckIn *check_in = CONTEXT_NEW(context, stagematch__v1__check_in__descriptor);
    if (!check_in)
        return NULL;
    check_in->side = side;
    check_in->moment = moment;
    if (context_ok(context, mem_alloc(ANSWERS, sizeof *check_in->answers, &check_in->answers))) {
        check_in->n_answers = ANSWERS;
        memcpy(check_in->answers, answers, ANSWERS * sizeof *answers);
    }
    context_time(context, context->now_ms, &check_in->answer_time);
    return check_in;
}

static void close_tasks(struct context *context, const ProposalRecord *proposal, Stagematch__V1__Side side,
                        const char *detail)
{
    struct scan scan;
    scan_id(&scan, context->state, INDEX_TASK_PROPOSAL, text_of_bytes(proposal->proposal_id));
    for (const TaskRecord *task; context->error == ERR_OK && (task = scan_next(&scan));)
        if (task->kind == TASK_KIND(CHECK_IN) && strcmp(task->detail, detail) == 0 &&
            (task->role == ROLE(STUDENT)) == (side == SIDE(STUDENT)))
            context_remove(context, RECORD_TASK, text_of_bytes(task->task_id));
}

struct status check_in_answer(struct context *context, const ProposalRecord *record, Stagematch__V1__Side side,
                              Stagematch__V1__CheckInMoment moment, const Stagematch__V1__CheckInAnswer *answers,
                              size_t answer_count)
{
    struct status status = check(record, side, moment, answers, answer_count);
    if (status.refusal)
        return status;
    Stagematch__V1__CheckIn *check_in = new_check_in(context, side, moment, answers);
    ProposalRecord *proposal = context_edit(context, RECORD_PROPOSAL, text_of_bytes(record->proposal_id));
    if (!check_in || !proposal) {
        message_free(check_in);
        return context_status(context);
    }
    bool red = false;
    for (size_t i = 0; i < ANSWERS; i++)
        red = red || answers[i] == CHECK_IN_ANSWER(RED);
    (void)context_ok(context, message_append(&proposal->n_check_ins, &proposal->check_ins, check_in));
    proposal->version++;
    context_edited(context, RECORD_PROPOSAL, proposal);
    close_tasks(context, proposal, side, moments[moment].name);
    if (red) {
        struct task_spec spec = proposal_task(proposal, TASK_KIND(RED_ANSWER), ROLE(COORDINATOR), proposal->school);
        spec.detail = moments[moment].name;
        task_open(context, &spec);
    }
    return STATUS_DONE;
}
