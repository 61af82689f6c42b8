/*
 * What people ask and say about group statistics. What a student said is shown to that student alone; a reviewer gets the statuses, the
 * same for all, however often they ask.
 */
#include "api/message.h"
#include "base/date.h"
#include "vault/audit.h"
#include "vault/groups.h"
#include "vault/methods.h"
#include "vault/persons.h"

#include <string.h>

#include "stagematch/v1/group.pb-c.h"

enum { REFERENCE_BYTES_MIN = 3, REFERENCE_BYTES_MAX = 64, DATE_BYTES = 11 };

#define ORIGIN(name) STAGEMATCH__V1__ORIGIN__ORIGIN_##name

static const REFUSAL(refusal_dpia_needed, STATUS_INVALID_ARGUMENT, "dpia_needed",
                     "Noem het kenmerk van de DPIA van je school (3 tot 64 tekens). Zonder DPIA kan dit niet aan.",
                     "Name the reference of your school's DPIA (3 to 64 characters). Without a DPIA this stays off.");
static const REFUSAL(refusal_consent_needed, STATUS_INVALID_ARGUMENT, "consent_needed",
                     "Zonder toestemming bewaren we je antwoord niet.", "Without consent your answer is not kept.");
static const REFUSAL(refusal_not_asked, STATUS_FAILED_PRECONDITION, "not_asked", "Je school stelt deze vraag niet.",
                     "Your school does not ask this question.");
static const REFUSAL(refusal_statistics_off, STATUS_FAILED_PRECONDITION, "group_statistics_off",
                     "Je school gebruikt geen groepsstatistiek.", "Your school does not use group statistics.");

/* A school of the caller's; otherwise the request has ended. */
static bool is_theirs(struct request *request, const char *school)
{
    bool theirs = caller_has(&request->caller, school);
    if (!theirs)
        request_fail(request, ERR_MISSING);
    return theirs;
}

static void show(const char *school, const GroupSchoolRow *row, char day[DATE_BYTES],
                 Stagematch__V1__GroupStatistics *out)
{
    stagematch__v1__group_statistics__init(out);
    out->school = (char *)(uintptr_t)school;
    out->enabled = row->enabled;
    out->dpia_reference = row->dpia_reference;
    if (!row->change_ms)
        return;
    date_format((int32_t)(row->change_ms / MS_PER_DAY), day);
    out->changed_on = day;
}

void method_get_group_statistics(struct request *request)
{
    const Stagematch__V1__GetGroupStatisticsRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__GetGroupStatisticsRequest);
    Stagematch__V1__GetGroupStatisticsResponse response = STAGEMATCH__V1__GET_GROUP_STATISTICS_RESPONSE__INIT;
    Stagematch__V1__GroupStatistics shown;
    GroupSchoolRow *row = NULL;
    char day[DATE_BYTES];
    struct edit edit;
    if (!is_theirs(request, message->school))
        return;
    edit_begin(&edit, request->vault->image);
    enum err e = group_school_read(&edit, message->school, &row);
    edit_abort(&edit);
    if (e == ERR_OK) {
        show(message->school, row, day, &shown);
        response.statistics = &shown;
        request_answer(request, &response);
    } else {
        request_fail(request, e);
    }
    message_free(row);
}

static bool is_reference(struct text reference)
{
    reference = text_trim(reference);
    return reference.length >= REFERENCE_BYTES_MIN && reference.length <= REFERENCE_BYTES_MAX;
}

static enum err change_school(struct request *request, struct edit *edit,
                              const Stagematch__V1__SetGroupStatisticsRequest *message, GroupSchoolRow *row)
{
    AuditPayload payload = STAGEMATCH__INTERNAL__V1__VAULT_LEDGER_PAYLOAD__INIT;
    enum err e = ERR_OK;
    if (row->enabled && !message->enabled)
        e = origins_delete(request->vault, edit, message->school);
    /* What was said before counts on while the reference alone changes. */
    if (row->enabled != message->enabled || !row->change_ms)
        row->change_ms = vault_now_ms(request->vault);
    row->enabled = message->enabled;
    if (e == ERR_OK && message->enabled)
        e = message_assign_string(&row->dpia_reference, text_trim(text_of(message->dpia_reference)));
    if (e != ERR_OK)
        return e;
    payload.school = message->school;
    edit_put_message(edit, TABLE_GROUP_SCHOOL, text_of(message->school), row);
    audit_put(request->vault, edit, row->enabled ? "group_statistics_on" : "group_statistics_off",
              text_of(row->dpia_reference), &request->caller, &payload);
    return ERR_OK;
}

void method_set_group_statistics(struct request *request)
{
    const Stagematch__V1__SetGroupStatisticsRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__SetGroupStatisticsRequest);
    Stagematch__V1__SetGroupStatisticsResponse response = STAGEMATCH__V1__SET_GROUP_STATISTICS_RESPONSE__INIT;
    Stagematch__V1__GroupStatistics shown;
    GroupSchoolRow *row = NULL;
    char day[DATE_BYTES];
    struct edit edit;
    if (!is_theirs(request, message->school))
        return;
    if (message->enabled && !is_reference(text_of(message->dpia_reference))) {
        request_refuse_field(request, &refusal_dpia_needed, "dpia_reference");
        return;
    }
    edit_begin(&edit, request->vault->image);
    enum err e = group_school_read(&edit, message->school, &row);
    if (e == ERR_OK)
        e = change_school(request, &edit, message, row);
    if (e == ERR_OK) {
        show(message->school, row, day, &shown);
        response.statistics = &shown;
        request_commit(request, &edit, &response);
    } else {
        edit_abort(&edit);
        request_fail(request, e);
    }
    message_free(row);
}

/* The calling student and their school. */
struct respondent {
    uint8_t student_ref[ID_BYTES];
    PersonRow *person;
    bool asked;
};

static enum err find_respondent(struct request *request, struct edit *edit, struct respondent *out)
{
    uint8_t key[INDEX_BYTES];
    GroupSchoolRow *school = NULL;
    if (request->caller.scope_count != 1 || id_parse(request->caller.scope[0], out->student_ref) != ERR_OK)
        return ERR_MISSING;
    enum err e = person_of_reference(edit, TEXT_OF(out->student_ref), key, &out->person);
    if (e == ERR_OK)
        e = group_school_read(edit, out->person->school, &school);
    out->asked = e == ERR_OK && school->enabled && !out->person->erasing;
    message_free(school);
    return e;
}

void method_get_my_origin(struct request *request)
{
    Stagematch__V1__GetMyOriginResponse response = STAGEMATCH__V1__GET_MY_ORIGIN_RESPONSE__INIT;
    struct respondent respondent = {.person = NULL};
    int64_t answer_ms;
    struct edit edit;
    edit_begin(&edit, request->vault->image);
    enum err e = find_respondent(request, &edit, &respondent);
    response.asked = respondent.asked;
    if (e == ERR_OK && respondent.asked)
        e = origin_read(request->vault, &edit, TEXT_OF(respondent.student_ref), &response.origin, &answer_ms);
    edit_abort(&edit);
    if (e == ERR_OK || e == ERR_MISSING)
        request_answer(request, &response);
    else
        request_fail(request, e);
    message_free(respondent.person);
}

/* Says that somebody answered, not what. */
static void audit_answer(struct request *request, struct edit *edit, const struct respondent *respondent,
                         const char *kind)
{
    AuditPayload payload = STAGEMATCH__INTERNAL__V1__VAULT_LEDGER_PAYLOAD__INIT;
    payload.school = respondent->person->school;
    audit_put(request->vault, edit, kind, TEXT_OF(respondent->student_ref), &request->caller, &payload);
}

void method_set_my_origin(struct request *request)
{
    const Stagematch__V1__SetMyOriginRequest *message = REQUEST_MESSAGE(request, Stagematch__V1__SetMyOriginRequest);
    Stagematch__V1__SetMyOriginResponse response = STAGEMATCH__V1__SET_MY_ORIGIN_RESPONSE__INIT;
    struct respondent respondent = {.person = NULL};
    struct edit edit;
    if (message->origin < ORIGIN(NETHERLANDS) || message->origin > ORIGIN(OUTSIDE_EUROPE)) {
        request_refuse_field(request, &refusal_bad_value, "origin");
        return;
    }
    if (!message->consent) {
        request_refuse_field(request, &refusal_consent_needed, "consent");
        return;
    }
    edit_begin(&edit, request->vault->image);
    enum err e = find_respondent(request, &edit, &respondent);
    if (e == ERR_OK && respondent.asked)
        e = origin_write(request->vault, &edit, respondent.person->school, TEXT_OF(respondent.student_ref),
                         message->origin);
    if (e == ERR_OK && respondent.asked) {
        audit_answer(request, &edit, &respondent, "origin_consent_given");
        request_commit(request, &edit, &response);
    } else {
        edit_abort(&edit);
        if (e == ERR_OK)
            request_refuse(request, &refusal_not_asked);
        else
            request_fail(request, e);
    }
    message_free(respondent.person);
}

void method_withdraw_my_origin(struct request *request)
{
    Stagematch__V1__WithdrawMyOriginResponse response = STAGEMATCH__V1__WITHDRAW_MY_ORIGIN_RESPONSE__INIT;
    struct respondent respondent = {.person = NULL};
    struct edit edit;
    edit_begin(&edit, request->vault->image);
    enum err e = find_respondent(request, &edit, &respondent);
    if (e == ERR_OK) {
        edit_delete(&edit, TABLE_ORIGIN, TEXT_OF(respondent.student_ref));
        audit_answer(request, &edit, &respondent, "origin_consent_withdrawn");
        request_commit(request, &edit, &response);
    } else {
        edit_abort(&edit);
        request_fail(request, e);
    }
    message_free(respondent.person);
}

static void answer_statuses(struct request *request, struct edit *edit, const char *school)
{
    Stagematch__V1__ListGroupStatusesResponse response = STAGEMATCH__V1__LIST_GROUP_STATUSES_RESPONSE__INIT;
    AuditPayload payload = STAGEMATCH__INTERNAL__V1__VAULT_LEDGER_PAYLOAD__INIT;
    GroupStatusesRow *row = NULL;
    char day[DATE_BYTES];
    enum err e = edit_get_message(edit, TABLE_GROUP_STATUS, text_of("statuses"),
                                  &stagematch__internal__v1__group_statuses_row__descriptor, &row);
    if (e != ERR_OK && e != ERR_MISSING) {
        edit_abort(edit);
        request_fail(request, e);
        return;
    }
    if (row) {
        response.n_findings = row->n_findings;
        response.findings = row->findings;
        date_format(group_period_end(row->period), day);
        response.as_of = day;
    }
    payload.school = (char *)(uintptr_t)school;
    audit_put(request->vault, edit, "group_statuses_read", text_of(school), &request->caller, &payload);
    request_commit(request, edit, &response);
    message_free(row);
}

void method_list_group_statuses(struct request *request)
{
    const Stagematch__V1__ListGroupStatusesRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__ListGroupStatusesRequest);
    GroupSchoolRow *school = NULL;
    struct edit edit;
    if (!is_theirs(request, message->school))
        return;
    edit_begin(&edit, request->vault->image);
    enum err e = group_school_read(&edit, message->school, &school);
    if (e == ERR_OK && school->enabled) {
        answer_statuses(request, &edit, message->school);
    } else {
        edit_abort(&edit);
        if (e == ERR_OK)
            request_refuse(request, &refusal_statistics_off);
        else
            request_fail(request, e);
    }
    message_free(school);
}
