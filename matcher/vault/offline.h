/*
 * offline.h - the vault's accounts without a running service: for `stagematch user` and the demo.
 *
 * Opens the databases and takes their locks, so it is refused while a service runs on them.
 */
#ifndef VAULT_OFFLINE_H
#define VAULT_OFFLINE_H

#include "base/buf.h"
#include "base/text.h"
#include "stagematch/v1/common.pb-c.h"

enum { MASTER_KEY_BYTES = 32, OFFLINE_ID_BYTES = 33, OFFLINE_CODE_BYTES = 65 };

struct vault_offline;

/*
 * Reads a master key: a regular file of 32 bytes that only its owner can read. What is wrong is one sentence in `complaint`.
 */
MUST_USE enum err master_key_read(const char *path, uint8_t out[MASTER_KEY_BYTES], struct buf *complaint);

/*
 * Opens the databases in the vault's own folder (data_dir/vault), which is there, and makes them where they are not. ERR_EXISTS: a
 * service has them. Says what is wrong in `complaint`.
 */
MUST_USE enum err vault_offline_open(const char *folder, const uint8_t master_key[MASTER_KEY_BYTES],
                                     struct vault_offline **out, struct buf *complaint);
void vault_offline_close(struct vault_offline *offline);

struct offline_account {
    const char *email, *name;
    Stagematch__V1__Role role; /* not a student: those come with an import */
    const char *const *scope;  /* schools or leerbedrijven */
    size_t scope_count;
    const char *const *managed_by; /* a company's: schools that look after it */
    size_t managed_by_count;
    const char *password; /* NULL: invited; otherwise active at once, a company's contact counting as checked */
};

/*
 * Makes an account; durable on return. `code`, for an invited one, gets its one-time code. ERR_EXISTS: the address has an
 * account; ERR_INPUT: a value does not fit (said in `complaint`).
 */
MUST_USE enum err vault_offline_add_account(struct vault_offline *offline, const struct offline_account *account,
                                            char id[OFFLINE_ID_BYTES], char code[OFFLINE_CODE_BYTES],
                                            struct buf *complaint);

/* A new one-time code: an invitation where no password is set yet, otherwise a reset (said in `invitation`). */
MUST_USE enum err vault_offline_reset(struct vault_offline *offline, const char *email, char code[OFFLINE_CODE_BYTES],
                                      bool *invitation);

/* Ends the account, its sessions and tokens. ERR_MISSING: no account has this address. */
MUST_USE enum err vault_offline_disable(struct vault_offline *offline, const char *email);

struct offline_listing {
    const char *id, *email, *name, *role, *state; /* borrowed */
    const char *const *scope;
    size_t scope_count;
};

/* Every account but students', whose addresses are nobody's business here. */
MUST_USE enum err vault_offline_list(struct vault_offline *offline,
                                     enum err (*visit)(void *context, const struct offline_listing *account),
                                     void *context);

#endif
