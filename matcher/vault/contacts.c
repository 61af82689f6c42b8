/*
 * Companies' contacts: a school says that it has checked one, by another way than the account, or takes that back. It holds for
 * that school's students alone: whoever invites a mailbox of their own as the contact of a company learns nothing about students of
 * another school. Each change stands in the ledger, with the school and who did it.
 */
#include "api/message.h"
#include "vault/accounts.h"
#include "vault/audit.h"
#include "vault/methods.h"
#include "vault/missing_contacts.h"
#include "vault/outbox.h"

#include <string.h>

static const REFUSAL(refusal_checks_full, STATUS_RESOURCE_EXHAUSTED, "checks_full",
                     "Deze contactpersoon is al door 512 scholen gecontroleerd. Nodig een tweede contactpersoon uit.",
                     "This contact was checked by 512 schools already. Invite a second contact.");

static const REFUSAL(
    refusal_scope_changed, STATUS_ABORTED, "scope_changed",
    "Dit account is inmiddels van andere leerbedrijven. Bekijk het opnieuw voordat je het controleert.",
    "This account is of other companies by now. Look at it again before you check it.");

/* What a call asks for. */
struct contact_change {
    const char *account_id, *school; /* school: "" for all of the caller's */
    char *const *scope;              /* what the account was taken to have; none: whatever it has */
    size_t scope_count;
    bool checks; /* or takes it back */
};

/* A company's account that has not ended. A check may come from any school; taking one back, and seeing it, is for those it is of. */
static enum err read_contact(struct request *request, struct edit *edit, const struct contact_change *change,
                             uint8_t id[ID_BYTES], AccountRow **out)
{
    AccountRow *row;
    if (id_parse(change->account_id, id) != ERR_OK)
        return ERR_MISSING;
    enum err e = account_read(edit, bytes_of(id, ID_BYTES), &row);
    if (e != ERR_OK)
        return e;
    bool is_contact = row->role == STAGEMATCH__V1__ROLE__ROLE_COMPANY && !row->disabled;
    if (!is_contact || (!change->checks && !account_is_listed_for(row, &request->caller))) {
        message_free(row);
        return ERR_MISSING;
    }
    *out = row;
    return ERR_OK;
}

static bool scope_fits(const struct contact_change *change, const AccountRow *row)
{
    bool fits = change->scope_count == 0 || change->scope_count == row->n_scope;
    for (size_t i = 0; i < change->scope_count && fits; i++)
        fits = strcmp(change->scope[i], row->scope[i]) == 0;
    return fits;
}

static void audit_change(struct request *request, struct edit *edit, const uint8_t id[ID_BYTES], const char *school,
                         bool checks)
{
    AuditPayload payload = STAGEMATCH__INTERNAL__V1__VAULT_LEDGER_PAYLOAD__INIT;
    payload.school = (char *)(uintptr_t)school;
    payload.account_id = binary_of(bytes_of(id, ID_BYTES));
    audit_put(request->vault, edit, checks ? "contact_checked" : "contact_check_withdrawn", bytes_of(id, ID_BYTES),
              &request->caller, &payload);
}

/* For each school that is meant; those where nothing changes are passed over. */
static enum err change_row(struct request *request, struct edit *edit, const struct contact_change *change,
                           const uint8_t id[ID_BYTES], AccountRow *row, bool *changed)
{
    const struct caller *caller = &request->caller;
    enum err e = ERR_OK;
    for (size_t i = 0; i < caller->scope_count && e == ERR_OK; i++) {
        const char *school = caller->scope[i];
        bool meant = !change->school[0] || strcmp(change->school, school) == 0;
        if (!meant || account_is_checked_by(row, school) == change->checks)
            continue;
        if (change->checks)
            e = account_check(row, school);
        else
            account_uncheck(row, school);
        if (e == ERR_OK)
            audit_change(request, edit, id, school, change->checks);
        *changed = e == ERR_OK;
    }
    return e;
}

static enum err change_checks(struct request *request, struct edit *edit, const struct contact_change *change,
                              const uint8_t id[ID_BYTES], AccountRow *row)
{
    bool changed = false;
    enum err e = change_row(request, edit, change, id, row, &changed);
    if (e != ERR_OK || !changed)
        return e;
    account_write(request->vault, edit, id, row);
    if (change->checks) {
        missing_contact_found(request->vault, edit, row);
        if (account_state(row) == STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_ACTIVE)
            outbox_add(request->vault, edit, "contact_checked", id, "");
    }
    return ERR_OK;
}

/* Does it, and shows the account in `shown`; the edit is aborted and the request ended unless ERR_OK. */
static enum err apply(struct request *request, struct edit *edit, const struct contact_change *change,
                      AccountRow **row, struct account_shown *shown)
{
    uint8_t id[ID_BYTES];
    enum err e = change->school[0] && !caller_has(&request->caller, change->school) ? ERR_MISSING : ERR_OK;
    edit_begin(edit, request->vault->image);
    if (e == ERR_OK)
        e = read_contact(request, edit, change, id, row);
    if (e == ERR_OK && !scope_fits(change, *row)) {
        edit_abort(edit);
        request_refuse(request, &refusal_scope_changed);
        return ERR_MISMATCH;
    }
    bool found = e == ERR_OK;
    if (e == ERR_OK)
        e = change_checks(request, edit, change, id, *row);
    if (e == ERR_OK)
        e = account_show(request->vault, edit, id, *row, &request->caller, shown);
    if (e == ERR_OK)
        return ERR_OK;
    edit_abort(edit);
    if (found)
        vault_reload(request->vault); /* the index may have run ahead of this edit */
    if (e == ERR_RANGE)
        request_refuse(request, &refusal_checks_full);
    else
        request_fail(request, e);
    return e;
}

void method_verify_company_contact(struct request *request)
{
    const Stagematch__V1__VerifyCompanyContactRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__VerifyCompanyContactRequest);
    Stagematch__V1__VerifyCompanyContactResponse response = STAGEMATCH__V1__VERIFY_COMPANY_CONTACT_RESPONSE__INIT;
    const struct contact_change change = {message->account_id, message->school, message->scope, message->n_scope,
                                          true};
    struct account_shown shown = {.contact = NULL};
    AccountRow *row = NULL;
    struct edit edit;
    if (apply(request, &edit, &change, &row, &shown) == ERR_OK) {
        response.account = &shown.message;
        request_commit(request, &edit, &response);
    }
    account_shown_free(&shown);
    message_free(row);
}

void method_withdraw_contact_check(struct request *request)
{
    const Stagematch__V1__WithdrawContactCheckRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__WithdrawContactCheckRequest);
    Stagematch__V1__WithdrawContactCheckResponse response = STAGEMATCH__V1__WITHDRAW_CONTACT_CHECK_RESPONSE__INIT;
    const struct contact_change change = {message->account_id, message->school, NULL, 0, false};
    struct account_shown shown = {.contact = NULL};
    AccountRow *row = NULL;
    struct edit edit;
    if (apply(request, &edit, &change, &row, &shown) == ERR_OK) {
        response.account = &shown.message;
        request_commit(request, &edit, &response);
    }
    account_shown_free(&shown);
    message_free(row);
}
