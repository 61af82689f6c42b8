/*
 * accounts.h - accounts: their rows, what state they are in, who manages them, and the index over all of them.
 *
 * Name and address of an account are sealed: a student's under the person's key, so that erasure takes them along, others
 * under the accounts' key. The index in memory holds ids, roles, and hashes of scopes; it may be ahead of a commit that fails,
 * so whoever uses it reads the row again.
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

/* Active accounts of a role with this scope (empty: any), as far as the index knows. */
MUST_USE enum err accounts_each(const struct accounts *accounts, unsigned role, const char *scope,
                                enum err (*visit)(void *context, const uint8_t id[ID_BYTES]), void *context);

/* Accounts after `after` (NULL: from the first), in order of their ids, that one of these schools manages (`schools` NULL: of the
   roles that an operator manages). `visit` answers ERR_EXISTS to stop. */
MUST_USE enum err accounts_managed(const struct accounts *accounts, const uint8_t *after, const char *const *schools,
                                   size_t school_count, enum err (*visit)(void *context, const uint8_t id[ID_BYTES]),
                                   void *context);

Stagematch__V1__AccountState account_state(const AccountRow *row);

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

/* Whether this caller may manage it (list, verify, disable, invite again). */
bool account_is_managed_by(const AccountRow *row, const struct caller *caller);

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

/* Ends it, its sessions, its tokens, its code. */
void account_disable(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], AccountRow *row);

#endif
