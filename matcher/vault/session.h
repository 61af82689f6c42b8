/*
 * session.h - sessions: made at a login, shown to their holder.
 */
#ifndef VAULT_SESSION_H
#define VAULT_SESSION_H

#include "stagematch/v1/auth.pb-c.h"
#include "vault/accounts.h"

/* What is told of a session; lives as long as the struct. */
struct session_view {
    Stagematch__V1__Session message;
    Google__Protobuf__Timestamp expire;
    char account_id[ID_HEX_BYTES];
    Stagematch__Internal__V1__AccountContact *contact; /* whose name it shows; may be NULL */
};

/* Makes a session for an account, with a new token, and writes the row. The oldest of more than SESSIONS_MAX ends. */
enum { SESSIONS_MAX = 20 };
void session_start(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], AccountRow *row,
                   char token[TOKEN_HEX_BYTES], int64_t *expire_ms);

/* Fills in the view; session_view_free it. */
MUST_USE enum err session_view_fill(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES],
                                    const AccountRow *row, int64_t expire_ms, struct session_view *view);
void session_view_free(struct session_view *view);

#endif
