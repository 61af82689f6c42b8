/*
 * dispatch.h - from a call that came in to one that may be applied: method, caller, role, size, and a sound message.
 *
 * A table says for each internal method on whose behalf it may come: of an actor with a role that the public method has which
 * it carries out, or of the vault itself. Scope is the domain's (domain/command.h).
 */
#ifndef ENGINE_DISPATCH_H
#define ENGINE_DISPATCH_H

#include "engine/assertion.h"
#include "engine/stamps.h"
#include "ipc/channel.h"

/* A call under way; owned by whoever has it last, until engine_call_refuse or engine_call_answer. */
struct engine_call {
    struct incoming_call *incoming;
    struct pbguard_message request;
    struct asserted asserted; /* empty: nobody in particular, or the vault */
    struct outcome outcome;
    struct view_stamps *stamps; /* of an answer that may be kept; NULL: none */
    struct engine_call *next;
};

/*
 * Checks a call. On a refusal the incoming call is still the caller's to answer. `now_ms` is the wall clock's.
 */
MUST_USE struct status dispatch_check(struct incoming_call *incoming,
                                      const uint8_t assertion_key[ASSERTION_KEY_BYTES], int64_t now_ms,
                                      struct engine_call **out);

/* Whether applying this method can change the state, be it a note of what somebody saw. */
bool dispatch_may_change(const struct method *method);

/* Whether what it leaves behind is on its caller's account (engine/quota.h): a change that the front brings. */
bool dispatch_is_charged(const struct engine_call *call);

/* Answers with the outcome, or with another refusal, and frees the call. */
void engine_call_answer(struct engine_call *call);
void engine_call_refuse(struct engine_call *call, struct status status);

#endif
