/*
 * methods.h - which function answers which method of the vault. Inside the vault only.
 */
#ifndef VAULT_METHODS_H
#define VAULT_METHODS_H

#include "vault/service.h"

/* Who may call it, as ROLE_BITs; 0: no caller is asked for. */
unsigned methods_roles(const struct method *method);

/* Runs it. */
void methods_run(struct request *request);

/* internal/Authenticate and the public methods of AuthService. */
void method_authenticate(struct request *request);
void method_login(struct request *request);
void method_logout(struct request *request);
void method_get_session(struct request *request);
void method_accept_invitation(struct request *request);
void method_request_password_reset(struct request *request);
void method_reset_password(struct request *request);
void method_change_password(struct request *request);

/* AccountService. */
void method_invite_account(struct request *request);
void method_invite_student(struct request *request);
void method_verify_company_contact(struct request *request);
void method_withdraw_contact_check(struct request *request);
void method_list_accounts(struct request *request);
void method_disable_account(struct request *request);
void method_create_api_token(struct request *request);
void method_list_api_tokens(struct request *request);
void method_revoke_api_token(struct request *request);

/* Identities, texts, and the sagas. */
void method_get_identities(struct request *request);
void method_get_candidate_identity(struct request *request);
void method_get_text(struct request *request);
void method_get_case_text(struct request *request);
void method_stage_students(struct request *request);
void method_stage_text(struct request *request);
void method_check_reason_text(struct request *request);
void method_finalise(struct request *request);
void method_release_proposal(struct request *request);
void method_erase_student(struct request *request);

/* Group statistics. */
void method_get_group_statistics(struct request *request);
void method_set_group_statistics(struct request *request);
void method_get_my_origin(struct request *request);
void method_set_my_origin(struct request *request);
void method_withdraw_my_origin(struct request *request);
void method_list_group_statuses(struct request *request);

/* Reports: report_form.c, report_new.c, report_own.c, report_files.c, report_review.c. */
void method_get_report_form(struct request *request);
void method_file_report(struct request *request);
void method_send_report(struct request *request);
void method_create_report_codes(struct request *request);
void method_get_own_report(struct request *request);
void method_add_to_own_report(struct request *request);
void method_set_own_report_consent(struct request *request);
void method_attach_to_own_report(struct request *request);
void method_list_reports(struct request *request);
void method_get_report(struct request *request);
void method_answer_report(struct request *request);
void method_hand_over_report(struct request *request);
void method_set_report_company(struct request *request);
void method_close_report(struct request *request);
void method_get_report_attachment(struct request *request);

/* For the operator. */
void method_list_notices(struct request *request);
void method_retry_notice(struct request *request);
void method_get_metrics(struct request *request);

#endif
