/*
 * password.h - which passwords are taken. Length counts (NIST SP 800-63B): 12 to 200 characters, no rules about kinds of
 * characters, and none that everybody tries first.
 */
#ifndef VAULT_PASSWORD_H
#define VAULT_PASSWORD_H

#include "api/status.h"

extern const struct refusal refusal_password_length, refusal_password_common;

/* NULL: taken. `email` (may be empty) must not be the password. */
const struct refusal *password_check(const char *password, const char *email);

#endif
