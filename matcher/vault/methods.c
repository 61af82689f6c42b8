#include "vault/methods.h"

#include "stagematch/v1/common.pb-c.h"

#define R(role) ROLE_BIT(STAGEMATCH__V1__ROLE__ROLE_##role)

/* Internal methods that act for somebody name the roles here; for public ones the table of methods does. */
static const struct {
    void (*run)(struct request *request);
    unsigned roles;
} methods[METHOD_COUNT] = {
    [METHOD_AUTHENTICATE] = {method_authenticate, 0},
    [METHOD_LOGIN] = {method_login, 0},
    [METHOD_LOGOUT] = {method_logout, 0},
    [METHOD_GET_SESSION] = {method_get_session, 0},
    [METHOD_ACCEPT_INVITATION] = {method_accept_invitation, 0},
    [METHOD_REQUEST_PASSWORD_RESET] = {method_request_password_reset, 0},
    [METHOD_RESET_PASSWORD] = {method_reset_password, 0},
    [METHOD_CHANGE_PASSWORD] = {method_change_password, 0},
    [METHOD_INVITE_ACCOUNT] = {method_invite_account, 0},
    [METHOD_INVITE_STUDENT] = {method_invite_student, 0},
    [METHOD_VERIFY_COMPANY_CONTACT] = {method_verify_company_contact, 0},
    [METHOD_WITHDRAW_CONTACT_CHECK] = {method_withdraw_contact_check, 0},
    [METHOD_LIST_ACCOUNTS] = {method_list_accounts, 0},
    [METHOD_DISABLE_ACCOUNT] = {method_disable_account, 0},
    [METHOD_CREATE_API_TOKEN] = {method_create_api_token, 0},
    [METHOD_LIST_API_TOKENS] = {method_list_api_tokens, 0},
    [METHOD_REVOKE_API_TOKEN] = {method_revoke_api_token, 0},
    [METHOD_GET_IDENTITIES] = {method_get_identities, 0},
    [METHOD_GET_CANDIDATE_IDENTITY] = {method_get_candidate_identity, 0},
    [METHOD_GET_TEXT] = {method_get_text, 0},
    [METHOD_GET_CASE_TEXT] = {method_get_case_text, 0},
    [METHOD_CHECK_REASON_TEXT] = {method_check_reason_text, 0},
    [METHOD_RELEASE_PROPOSAL] = {method_release_proposal, 0},
    [METHOD_ERASE_STUDENT] = {method_erase_student, 0},
    [METHOD_GET_GROUP_STATISTICS] = {method_get_group_statistics, 0},
    [METHOD_SET_GROUP_STATISTICS] = {method_set_group_statistics, 0},
    [METHOD_GET_MY_ORIGIN] = {method_get_my_origin, 0},
    [METHOD_SET_MY_ORIGIN] = {method_set_my_origin, 0},
    [METHOD_WITHDRAW_MY_ORIGIN] = {method_withdraw_my_origin, 0},
    [METHOD_LIST_GROUP_STATUSES] = {method_list_group_statuses, 0},
    [METHOD_GET_REPORT_FORM] = {method_get_report_form, 0},
    [METHOD_FILE_REPORT] = {method_file_report, 0},
    [METHOD_SEND_REPORT] = {method_send_report, 0},
    [METHOD_CREATE_REPORT_CODES] = {method_create_report_codes, 0},
    [METHOD_GET_OWN_REPORT] = {method_get_own_report, 0},
    [METHOD_ADD_TO_OWN_REPORT] = {method_add_to_own_report, 0},
    [METHOD_SET_OWN_REPORT_CONSENT] = {method_set_own_report_consent, 0},
    [METHOD_ATTACH_TO_OWN_REPORT] = {method_attach_to_own_report, 0},
    [METHOD_LIST_REPORTS] = {method_list_reports, 0},
    [METHOD_GET_REPORT] = {method_get_report, 0},
    [METHOD_ANSWER_REPORT] = {method_answer_report, 0},
    [METHOD_HAND_OVER_REPORT] = {method_hand_over_report, 0},
    [METHOD_SET_REPORT_COMPANY] = {method_set_report_company, 0},
    [METHOD_CLOSE_REPORT] = {method_close_report, 0},
    [METHOD_GET_REPORT_ATTACHMENT] = {method_get_report_attachment, 0},
    [METHOD_LIST_NOTICES] = {method_list_notices, 0},
    [METHOD_RETRY_NOTICE] = {method_retry_notice, 0},
    [METHOD_STAGE_STUDENTS] = {method_stage_students, R(COORDINATOR)},
    [METHOD_STAGE_TEXT] = {method_stage_text, R(COORDINATOR) | R(COMPANY) | R(STUDENT) | R(BEHANDELAAR)},
    [METHOD_FINALISE] = {method_finalise, 0},
    [METHOD_GET_METRICS] = {method_get_metrics, 0},
};

unsigned methods_roles(const struct method *method)
{
    return method->target == TARGET_INTERNAL ? methods[method->id].roles : method->roles;
}

void methods_run(struct request *request)
{
    if (methods[request->method->id].run)
        methods[request->method->id].run(request);
    else
        request_refuse(request, &refusal_unimplemented);
}
