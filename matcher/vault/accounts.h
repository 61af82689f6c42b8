/*
 * accounts.h - accounts: their rows, what state they are in, who manages them, and the index over all of them.
 *
 * Name and address of an account are sealed: a student's under the person's key, so that erasure takes them along, others
 * under the accounts' key. The index in memory holds ids, roles, and hashes of scopes; it may be ahead of a commit that fails,
 * so whoever uses it reads the row again.
 *
 * A company's contact is checked by a school, and that holds for the school alone: `checked_by` of the row (api/schools.h). One whom
 * no school has checked is not active.
 */
#ifndef VAULT_ACCOUNTS_H
#define VAULT_ACCOUNTS_H

#include "stagematch/internal/v1/vault.pb-c.h"
#include "stagematch/v1/account.pb-c.h"
#include "vault/service.h"

typedef Stagematch__Internal__V1__AccountRow AccountRow;

enum { EMAIL_BYTES_MAX = 254, NAME_BYTES_MAX = 200, SCOPES_MAX = 64, SCOPE_BYTES_MAX = 32 };

MUST_USE enum err accounts_new(struct accounts **out);
void accounts_free(struct accounts *accounts);
void accounts_clear(struct accounts *accounts);
MUST_USE enum err accounts_load(struct accounts *accounts, struct image *image);
size_t accounts_count(const struct accounts *accounts);

/* Active accounts of a role with this scope (empty: any) that this school has checked (empty: no matter), as far as the index knows. */
MUST_USE enum err accounts_each(const struct accounts *accounts, unsigned role, const char *scope, const char *school,
                                enum err (*visit)(void *context, const uint8_t id[ID_BYTES]), void *context);

/* Accounts after `after` (NULL: from the first), in order of their ids, that one of these schools manages or has checked (`schools`
   NULL: of the roles that an operator manages). `visit` answers ERR_EXISTS to stop. */
MUST_USE enum err accounts_managed(const struct accounts *accounts, const uint8_t *after, const char *const *schools,
                                   size_t school_count, enum err (*visit)(void *context, const uint8_t id[ID_BYTES]),
                                   void *context);

/* The same over the contacts of a leerbedrijf, in whatever state. */
MUST_USE enum err accounts_contacts(const struct accounts *accounts, const uint8_t *after, const char *leerbedrijf,
                                    enum err (*visit)(void *context, const uint8_t id[ID_BYTES]), void *context);

Stagematch__V1__AccountState account_state(const AccountRow *row);

bool account_has_scope(const AccountRow *row, const char *scope);

/* Whether the school has checked this company's contact; says so, or takes it back. ERR_RANGE: it was checked by too many. */
bool account_is_checked_by(const AccountRow *row, const char *school);
MUST_USE enum err account_check(AccountRow *row, const char *school);
void account_uncheck(AccountRow *row, const char *school);

MUST_USE enum err account_read(struct edit *edit, struct text id, AccountRow **out); /* message_free it */

/* Puts the row and brings the index up to date. */
void account_write(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], const AccountRow *row);
void account_remove(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], const AccountRow *row);

/* Name and address, sealed and opened. ERR_MISSING: its key was destroyed. Wipe the message (message_free_wiped). */
MUST_USE enum err account_seal_contact(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES],
                                       const char *email, const char *name, AccountRow *row);
MUST_USE enum err account_open_contact(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES],
                                       const AccountRow *row, Stagematch__Internal__V1__AccountContact **out);

/* The account with this address; ERR_MISSING. */
MUST_USE enum err account_find(struct vault *vault, struct edit *edit, const char *email, uint8_t id[ID_BYTES],
                               AccountRow **out);

/* Whether this caller may manage it (disable, invite again), or at least sees it among the own accounts. */
bool account_is_managed_by(const AccountRow *row, const struct caller *caller);
bool account_is_listed_for(const AccountRow *row, const struct caller *caller);

/*
 * An account as this caller sees it: of the schools that checked it the own ones alone. `out` borrows from the rest, whose
 * `contact` is wiped and whose `checked_by` is freed by the caller (account_shown_free); all zero before.
 */
struct account_shown {
    Stagematch__V1__Account message;
    Stagematch__Internal__V1__AccountContact *contact;
    char **checked_by;
    char id[ID_HEX_BYTES];
};
MUST_USE enum err account_show(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES],
                               const AccountRow *row, const struct caller *caller, struct account_shown *out);
void account_shown_free(struct account_shown *shown);

/* Shapes: an address that a mailer takes as one, a name, a scope. */
bool account_email_fits(const char *email);
bool account_name_fits(const char *name);

/* What an account is made of. */
struct account_plan {
    Stagematch__V1__Role role;
    const char *email, *name;
    const char *const *scope, *const *managed_by;
    size_t scope_count, managed_count;
    const uint8_t *student_ref; /* a student's */
};

/*
 * Makes the account, or makes one that is disabled or was never used anew under the same role; ERR_EXISTS where there is another
 * that is in use. `id` gets its id.
 */
MUST_USE enum err account_make(struct vault *vault, struct edit *edit, const struct account_plan *plan,
                               const struct caller *caller, uint8_t id[ID_BYTES]);

/* Draws a one-time code for it and makes it the only one that counts. */
void account_draw_code(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], AccountRow *row,
                       Stagematch__Internal__V1__CodeRow__Use use, char code[TOKEN_HEX_BYTES]);

/* Ends its tokens; the row is to be written. */
void account_drop_tokens(struct edit *edit, AccountRow *row);

/* Ends it, its sessions, its tokens, its code, and every school's check. */
void account_disable(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], AccountRow *row);

#endif
