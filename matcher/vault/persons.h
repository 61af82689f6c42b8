/*
 * persons.h - students: their rows, their keys, and who they are. Inside the vault only.
 */
#ifndef VAULT_PERSONS_H
#define VAULT_PERSONS_H

#include "stagematch/internal/v1/vault.pb-c.h"
#include "vault/service.h"

typedef Stagematch__Internal__V1__PersonRow PersonRow;

enum { SCHOOL_BYTES_MAX = 32 };

/* The key of a school, made where it has none yet. */
MUST_USE enum err school_key(struct vault *vault, struct edit *edit, const char *school, struct secret_key *out);

/* A person's key. ERR_MISSING: destroyed, or never made. */
MUST_USE enum err person_key(struct vault *vault, struct edit *edit, const char *school, struct text student_ref,
                             struct secret_key *out);

/* Draws one and puts its row. */
MUST_USE enum err person_key_make(struct vault *vault, struct edit *edit, const char *school, struct text student_ref,
                                  struct secret_key *out);

/* Rows; message_free them. ERR_MISSING. */
MUST_USE enum err person_read(struct edit *edit, struct text key, PersonRow **out);
MUST_USE enum err person_of_reference(struct edit *edit, struct text student_ref, uint8_t key[INDEX_BYTES],
                                      PersonRow **out);
MUST_USE enum err person_of_stagevraag(struct edit *edit, const char *stagevraag_id, uint8_t key[INDEX_BYTES],
                                       PersonRow **out);

/* Who it is; message_free_wiped it. ERR_MISSING where nothing was finalised, or its key is destroyed. */
MUST_USE enum err person_identity(struct vault *vault, struct edit *edit, const PersonRow *row,
                                  Stagematch__Internal__V1__IdentityPlain **out);
/* The same, with the person's key at hand. */
MUST_USE enum err person_identity_under(const struct secret_key *key, const PersonRow *row,
                                        Stagematch__Internal__V1__IdentityPlain **out);

/*
 * Undoes what a dropped or finalised chunk held of a person: one stage less, and nothing at all left of somebody of whom
 * nothing was ever finalised.
 */
void person_unstage(struct edit *edit, struct text key, PersonRow *row);

/* Everything of a person goes: the key first, then rows, texts, grants, the account. */
MUST_USE enum err person_erase(struct vault *vault, struct edit *edit, struct text key, const PersonRow *row);

#endif
