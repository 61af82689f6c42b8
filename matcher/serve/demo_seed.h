/*
 * demo_seed.h - what the demo has: accounts, made on the vault's files, and students and placements, through the API.
 */
#ifndef SERVE_DEMO_SEED_H
#define SERVE_DEMO_SEED_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum { DEMO_PASSWORD_BYTES = 32 };

/* Makes an account for each role but the student's, all with one password that is drawn here. Says what is wrong on stderr. */
MUST_USE enum err demo_seed_accounts(const char *vault_folder, const uint8_t master_key[32],
                                     char password[DEMO_PASSWORD_BYTES]);

struct demo_place {
    const char *folder;        /* the demo's; the service writes `address` there, the notify command into mail/ */
    const char *config_folder; /* holds demo/students.csv and demo/placements.csv */
    const char *certificate;   /* what the service speaks TLS with; NULL: plain HTTP */
    bool has_web;              /* it serves the web application */
};

/*
 * Waits for the service, imports the files, invites a student and sets their password, then prints the address, the logins and what
 * to try. Says what is wrong on stderr.
 */
MUST_USE enum err demo_seed_service(const struct demo_place *place, const char *password);

#endif
