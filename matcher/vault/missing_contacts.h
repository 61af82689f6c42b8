/*
 * missing_contacts.h - where something waits for a company and nobody there may see it: the school has checked no contact of that
 * leerbedrijf, or none who has set a password. The engine knows no accounts; it shows when a notice of it finds nobody.
 *
 * The school's coördinatoren are told at most once a day, however many leerbedrijven there are, and see all of them with their
 * accounts. An entry goes when the school has checked a contact, or when nothing waited there for 30 days.
 */
#ifndef VAULT_MISSING_CONTACTS_H
#define VAULT_MISSING_CONTACTS_H

#include "stagematch/v1/account.pb-c.h"
#include "vault/accounts.h"

enum { MISSING_CONTACTS_MAX = 1000 }; /* of a school, and in an answer: the oldest go */

/* A notice about a student of the school found nobody. Errors are the edit's. Cost: O(entries of the school). */
void missing_contact_note(struct vault *vault, struct edit *edit, const char *school, const char *leerbedrijf);

/* This account may act for these schools now. */
void missing_contact_found(struct vault *vault, struct edit *edit, const AccountRow *row);

/* The entries of all schools of a caller; missing_contacts_free it, whatever comes. */
struct missing_contacts {
    struct arena arena;
    Stagematch__V1__MissingContact **list;
    size_t count;
};
MUST_USE enum err missing_contacts_read(struct vault *vault, struct edit *edit, const struct caller *caller,
                                        struct missing_contacts *out);
void missing_contacts_free(struct missing_contacts *contacts);

#endif
