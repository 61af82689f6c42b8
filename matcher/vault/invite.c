/*
 * Accounts as their managers see them: invite, list, end.
 */
#include "api/message.h"
#include "vault/audit.h"
#include "vault/methods.h"
#include "vault/missing_contacts.h"
#include "vault/outbox.h"
#include "vault/persons.h"
#include "vault/session.h"

#include <string.h>

static const REFUSAL(refusal_account_exists, STATUS_ALREADY_EXISTS, "account_exists",
                     "Dit e-mailadres heeft al een account.", "This e-mail address has an account already.");
static const REFUSAL(refusal_no_email, STATUS_FAILED_PRECONDITION, "no_email",
                     "Van deze student is geen bruikbaar e-mailadres bekend. Lever dat eerst aan.",
                     "No usable e-mail address is known of this student. Hand it in first.");

#define ROLE(name) STAGEMATCH__V1__ROLE__ROLE_##name

enum { PAGE_DEFAULT = 100, PAGE_MAX = 1000, PAGE_BYTES_MAX = 2 << 20 };

/* Who may invite whom: role of the inviter, role of the invited. */
static bool may_invite(unsigned inviter, unsigned invited)
{
    static const unsigned by_coordinator = ROLE_BIT(ROLE(COORDINATOR)) | ROLE_BIT(ROLE(COMPANY)) |
                                           ROLE_BIT(ROLE(VERTROUWENSPERSOON)) | ROLE_BIT(ROLE(BEHANDELAAR));
    static const unsigned by_operator = ROLE_BIT(ROLE(COORDINATOR)) | ROLE_BIT(ROLE(OPERATOR));
    if (invited > ROLE(OPERATOR))
        return false;
    return ((inviter == ROLE(OPERATOR) ? by_operator : by_coordinator) & ROLE_BIT(invited)) != 0;
}

static const struct refusal *check_scope(const struct caller *caller,
                                         const Stagematch__V1__InviteAccountRequest *message)
{
    bool schools = message->role != ROLE(COMPANY) && message->role != ROLE(OPERATOR);
    if (message->role == ROLE(OPERATOR))
        return message->n_scope ? &refusal_bad_value : NULL;
    if (!message->n_scope)
        return &refusal_missing_field;
    if (message->n_scope > SCOPES_MAX)
        return &refusal_bad_value;
    for (size_t i = 0; i < message->n_scope; i++) {
        if (!text_is_code(text_of(message->scope[i]), SCOPE_BYTES_MAX))
            return &refusal_bad_value;
        if (schools && caller->role == ROLE(COORDINATOR) && !caller_has(caller, message->scope[i]))
            return &refusal_not_found;
    }
    return NULL;
}

static bool refuse_invitation(struct request *request, const Stagematch__V1__InviteAccountRequest *message)
{
    const struct refusal *scope;
    if (!may_invite(request->caller.role, message->role)) {
        request_refuse_field(request, &refusal_permission, "role");
        return true;
    }
    if (!account_email_fits(message->email)) {
        request_refuse_field(request, message->email[0] ? &refusal_bad_value : &refusal_missing_field, "email");
        return true;
    }
    if (!account_name_fits(message->name)) {
        request_refuse_field(request, &refusal_bad_value, "name");
        return true;
    }
    scope = check_scope(&request->caller, message);
    if (scope)
        request_refuse_field(request, scope, "scope");
    return scope != NULL;
}

void method_invite_account(struct request *request)
{
    const Stagematch__V1__InviteAccountRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__InviteAccountRequest);
    Stagematch__V1__InviteAccountResponse response = STAGEMATCH__V1__INVITE_ACCOUNT_RESPONSE__INIT;
    const struct caller *caller = &request->caller;
    uint8_t id[ID_BYTES];
    char hex[ID_HEX_BYTES];
    struct edit edit;
    if (refuse_invitation(request, message))
        return;
    const char *const *scope = (const char *const *)message->scope;
    bool own_schools = message->role != ROLE(COMPANY) && message->role != ROLE(OPERATOR);
    struct account_plan plan = {
        .role = message->role,
        .email = message->email,
        .name = message->name,
        .scope = scope,
        .scope_count = message->n_scope,
        .managed_by = own_schools ? scope : caller->scope,
        .managed_count = own_schools ? message->n_scope : caller->scope_count,
    };
    edit_begin(&edit, request->vault->image);
    enum err e = account_make(request->vault, &edit, &plan, caller, id);
    if (e != ERR_OK) {
        edit_abort(&edit);
        if (e == ERR_EXISTS)
            request_refuse_field(request, &refusal_account_exists, "email");
        else
            request_fail(request, e);
        return;
    }
    outbox_add(request->vault, &edit, "invitation", id, "");
    audit_account(request->vault, &edit, "account_invited", id, caller, message->role);
    id_format(id, hex);
    response.account_id = hex;
    request_commit(request, &edit, &response);
}

/* An earlier account of this student at another address goes, where it was never used. */
static enum err replace_account(struct request *request, struct edit *edit, const PersonRow *person,
                                const char *email)
{
    uint8_t index[INDEX_BYTES];
    AccountRow *row;
    if (person->account_id.len != ID_BYTES)
        return ERR_OK;
    enum err e = account_read(edit, binary_text(&person->account_id), &row);
    if (e == ERR_MISSING)
        return ERR_OK;
    if (e != ERR_OK)
        return e;
    keys_email_index(request->vault->keys, text_of(email), index);
    if (!text_equal(binary_text(&row->email_index), TEXT_OF(index))) {
        if (account_state(row) == STAGEMATCH__V1__ACCOUNT_STATE__ACCOUNT_STATE_ACTIVE)
            e = ERR_EXISTS;
        else
            account_remove(request->vault, edit, person->account_id.data, row);
    }
    message_free(row);
    return e;
}

static enum err make_student_account(struct request *request, struct edit *edit, const uint8_t key[INDEX_BYTES],
                                     PersonRow *person, const Stagematch__Internal__V1__IdentityPlain *plain,
                                     uint8_t id[ID_BYTES])
{
    char reference[ID_HEX_BYTES];
    const char *scope[] = {reference}, *school[] = {person->school};
    if (person->student_ref.len != ID_BYTES)
        return ERR_MISMATCH;
    id_format(person->student_ref.data, reference);
    struct account_plan plan = {
        .role = ROLE(STUDENT),
        .email = plain->identity->email,
        .name = plain->identity->first_name,
        .scope = scope,
        .scope_count = 1,
        .managed_by = school,
        .managed_count = 1,
        .student_ref = person->student_ref.data,
    };
    enum err e = replace_account(request, edit, person, plan.email);
    if (e == ERR_OK)
        e = account_make(request->vault, edit, &plan, &request->caller, id);
    if (e == ERR_OK)
        e = message_assign_bytes(&person->account_id, bytes_of(id, ID_BYTES));
    if (e == ERR_OK)
        edit_put_message(edit, TABLE_PERSON, bytes_of(key, INDEX_BYTES), person);
    return e;
}

static enum err invite_person(struct request *request, struct edit *edit, const uint8_t key[INDEX_BYTES],
                              PersonRow *person, uint8_t id[ID_BYTES], bool *has_email)
{
    Stagematch__Internal__V1__IdentityPlain *plain = NULL;
    AuditPayload payload = STAGEMATCH__INTERNAL__V1__VAULT_LEDGER_PAYLOAD__INIT;
    enum err e = person_identity(request->vault, edit, person, &plain);
    if (e != ERR_OK)
        return e;
    *has_email = plain->identity && account_email_fits(plain->identity->email);
    if (*has_email)
        e = make_student_account(request, edit, key, person, plain, id);
    message_free_wiped(plain);
    if (e == ERR_OK && *has_email) {
        outbox_add(request->vault, edit, "invitation", id, "");
        payload.school = person->school;
        payload.account_id = binary_of(bytes_of(id, ID_BYTES));
        payload.n_student_refs = 1;
        payload.student_refs = &person->student_ref;
        audit_put(request->vault, edit, "account_invited", bytes_of(id, ID_BYTES), &request->caller, &payload);
    }
    return e;
}

void method_invite_student(struct request *request)
{
    const Stagematch__V1__InviteStudentRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__InviteStudentRequest);
    Stagematch__V1__InviteStudentResponse response = STAGEMATCH__V1__INVITE_STUDENT_RESPONSE__INIT;
    uint8_t key[INDEX_BYTES], id[ID_BYTES];
    char hex[ID_HEX_BYTES];
    PersonRow *person = NULL;
    struct edit edit;
    bool has_email = true;
    edit_begin(&edit, request->vault->image);
    enum err e = person_of_stagevraag(&edit, message->stagevraag_id, key, &person);
    if (e == ERR_OK && (!caller_has(&request->caller, person->school) || person->erasing))
        e = ERR_MISSING;
    if (e == ERR_OK)
        e = invite_person(request, &edit, key, person, id, &has_email);
    message_free(person);
    if (e == ERR_OK && has_email) {
        id_format(id, hex);
        response.account_id = hex;
        request_commit(request, &edit, &response);
        return;
    }
    edit_abort(&edit);
    if (e == ERR_OK)
        request_refuse_field(request, &refusal_no_email, "stagevraag_id");
    else if (e == ERR_EXISTS)
        request_refuse_field(request, &refusal_account_exists, "stagevraag_id");
    else
        request_fail(request, e);
}

/* The account of a request, where the caller manages it; ERR_MISSING otherwise. */
static enum err managed_account(struct request *request, struct edit *edit, const char *hex, uint8_t id[ID_BYTES],
                                AccountRow **out)
{
    AccountRow *row;
    if (id_parse(hex, id) != ERR_OK)
        return ERR_MISSING;
    enum err e = account_read(edit, bytes_of(id, ID_BYTES), &row);
    if (e == ERR_OK && !account_is_managed_by(row, &request->caller)) {
        message_free(row);
        return ERR_MISSING;
    }
    if (e == ERR_OK)
        *out = row;
    return e;
}

void method_disable_account(struct request *request)
{
    const Stagematch__V1__DisableAccountRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__DisableAccountRequest);
    Stagematch__V1__DisableAccountResponse response = STAGEMATCH__V1__DISABLE_ACCOUNT_RESPONSE__INIT;
    uint8_t id[ID_BYTES];
    AccountRow *row;
    struct edit edit;
    edit_begin(&edit, request->vault->image);
    enum err e = managed_account(request, &edit, message->account_id, id, &row);
    if (e != ERR_OK) {
        edit_abort(&edit);
        request_fail(request, e);
        return;
    }
    if (!row->disabled) {
        account_disable(request->vault, &edit, id, row);
        audit_account(request->vault, &edit, "account_disabled", id, &request->caller, row->role);
    }
    request_commit(request, &edit, &response);
    message_free(row);
}

/* One page: rows stay as long as the answer needs them. */
struct page {
    struct request *request;
    struct edit *edit;
    struct arena arena; /* outlives the request, which ends when it is answered */
    size_t limit, count;
    bool more;
    const char *leerbedrijf; /* its contacts alone; "": those of the caller */
    AccountRow **rows;
    struct account_shown *shown;
    Stagematch__V1__Account **pointers;
};

/* The row is looked at again: the index may be ahead. */
static bool is_on_page(const struct page *page, const AccountRow *row)
{
    if (!page->leerbedrijf[0])
        return account_is_listed_for(row, &page->request->caller);
    return row->role == ROLE(COMPANY) && !row->disabled && account_has_scope(row, page->leerbedrijf);
}

static enum err page_add(void *context, const uint8_t id[ID_BYTES])
{
    struct page *page = context;
    AccountRow *row;
    enum err e = account_read(page->edit, bytes_of(id, ID_BYTES), &row);
    if (e == ERR_MISSING)
        return ERR_OK; /* the index was ahead */
    if (e != ERR_OK)
        return e;
    if (!is_on_page(page, row) || page->count == page->limit) {
        page->more = page->more || page->count == page->limit;
        message_free(row);
        return page->more ? ERR_EXISTS : ERR_OK;
    }
    size_t at = page->count++;
    page->rows[at] = row;
    page->pointers[at] = &page->shown[at].message;
    return account_show(page->request->vault, page->edit, id, row, &page->request->caller, &page->shown[at]);
}

static enum err page_alloc(struct page *page)
{
    struct arena *arena = &page->arena;
    arena_init(arena, PAGE_BYTES_MAX);
    enum err e = arena_alloc(arena, page->limit, sizeof(void *), &page->rows);
    if (e == ERR_OK)
        e = arena_alloc(arena, page->limit, sizeof *page->shown, &page->shown);
    if (e == ERR_OK)
        e = arena_alloc(arena, page->limit, sizeof(void *), &page->pointers);
    return e;
}

static enum err page_fill(struct page *page, const Stagematch__V1__ListAccountsRequest *message)
{
    const struct caller *caller = &page->request->caller;
    const struct accounts *accounts = page->request->vault->accounts;
    bool is_operator = caller->role == ROLE(OPERATOR);
    uint8_t after_id[ID_BYTES];
    const uint8_t *after = message->page_token[0] ? after_id : NULL;
    if (after && id_parse(message->page_token, after_id) != ERR_OK)
        return ERR_INPUT;
    enum err e = page_alloc(page);
    if (e == ERR_OK && page->leerbedrijf[0])
        e = accounts_contacts(accounts, after, page->leerbedrijf, page_add, page);
    else if (e == ERR_OK)
        e = accounts_managed(accounts, after, is_operator ? NULL : caller->scope, caller->scope_count, page_add,
                             page);
    return e;
}

static void page_free(struct page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        account_shown_free(&page->shown[i]);
        message_free(page->rows[i]);
    }
    arena_free(&page->arena);
}

static void answer_page(struct page *page, const struct missing_contacts *missing)
{
    Stagematch__V1__ListAccountsResponse response = STAGEMATCH__V1__LIST_ACCOUNTS_RESPONSE__INIT;
    AuditPayload payload = STAGEMATCH__INTERNAL__V1__VAULT_LEDGER_PAYLOAD__INIT;
    struct request *request = page->request;
    response.n_accounts = page->count;
    response.accounts = page->pointers;
    response.n_missing_contacts = missing->count;
    response.missing_contacts = missing->list;
    if (page->more)
        response.next_page_token = page->shown[page->count - 1].id;
    payload.code = (char *)(uintptr_t) "list";
    payload.leerbedrijf = (char *)(uintptr_t)page->leerbedrijf;
    audit_put(request->vault, page->edit, "accounts_read", TEXT_OF(request->caller.account_id), &request->caller,
              &payload);
    request_commit(request, page->edit, &response);
}

/* An operator sees no companies' contacts; the names of leerbedrijven are codes. */
static bool refuse_list(struct request *request, const Stagematch__V1__ListAccountsRequest *message)
{
    bool fits = !message->leerbedrijf[0] || (request->caller.role == ROLE(COORDINATOR) &&
                                             text_is_code(text_of(message->leerbedrijf), SCOPE_BYTES_MAX));
    if (!fits)
        request_refuse_field(request, &refusal_bad_value, "leerbedrijf");
    return !fits;
}

void method_list_accounts(struct request *request)
{
    const Stagematch__V1__ListAccountsRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__ListAccountsRequest);
    struct missing_contacts missing = {.count = 0};
    struct edit edit;
    struct page page = {.request = request, .edit = &edit, .leerbedrijf = message->leerbedrijf};
    if (refuse_list(request, message))
        return;
    page.limit = message->page_size == 0         ? PAGE_DEFAULT
                 : message->page_size > PAGE_MAX ? PAGE_MAX
                                                 : message->page_size;
    edit_begin(&edit, request->vault->image);
    enum err e = page_fill(&page, message);
    if (e == ERR_OK && request->caller.role == ROLE(COORDINATOR) && !message->page_token[0] && !page.leerbedrijf[0])
        e = missing_contacts_read(request->vault, &edit, &request->caller, &missing);
    if (e == ERR_OK) {
        answer_page(&page, &missing);
    } else {
        edit_abort(&edit);
        if (e == ERR_INPUT)
            request_refuse_field(request, &refusal_bad_value, "page_token");
        else
            request_fail(request, e);
    }
    page_free(&page);
    missing_contacts_free(&missing);
}
