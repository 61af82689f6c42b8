/*
 * domain.h - the engine as a state machine: apply(state, command, now) → answer, and the changes in the state.
 *
 * Deterministic: the same commands in the same order, with the same times and entropy, give the same state, answers and
 * ledger, byte for byte, on any machine. Nothing here reads a clock, draws randomness, logs, or touches a file; ids are
 * hashes of the command's entropy and a counter.
 *
 * A command is a method of the API (or an internal one) with its decoded request and the actor on whose behalf it comes.
 * Commands that were answered before are found by request_id and answered alike (design: at least 24 hours).
 */
#ifndef DOMAIN_DOMAIN_H
#define DOMAIN_DOMAIN_H

#include "api/method.h"
#include "api/status.h"
#include "base/buf.h"
#include "domain/catalog.h"
#include "domain/chances.h"
#include "domain/reasons.h"
#include "domain/state.h"
#include "domain/terms.h"
#include "match/market.h"
#include "signal/judge.h"

enum { ENTROPY_BYTES = 32, SCOPE_MAX = 64 };

struct actor {
    uint8_t account_id[ID_BYTES];
    unsigned role;            /* enum Role of the API; 0: the service itself */
    const char *const *scope; /* schools, leerbedrijven, or the student's reference in hexadecimal */
    size_t scope_count;
    const char *const *checked_by; /* of a company: the schools that checked this contact (api/schools.h) */
    size_t checked_count;
};

struct command {
    const struct method *method;
    const ProtobufCMessage *request; /* of method->request */
    struct text request_bytes;       /* as it came, for the digest of repeats */
    struct actor actor;
    uint8_t entropy[ENTROPY_BYTES];
    int64_t now_ms; /* wall clock; never before the last command's (the engine sees to that) */
};

struct outcome {
    struct status status;
    struct buf response; /* the packed response message, when done */
    struct buf problems; /* packed stagematch.v1.Refusal to send in place of the status's own, where length > 0 */
    bool
        waits; /* a read that needs what only domain_solve can make: nothing else is set, apply it again after domain_solved */
};
void outcome_free(struct outcome *outcome);

/* Postcode → point; the engine reads the table (intake/) and hands this in. false: unknown. */
struct geography {
    bool (*point)(void *context, unsigned pc4, struct point *out);
    void *context;
};

struct watchlist;

/* The terms of the monitor (monitor.h). Bit 1 << month for each month in which one begins; 0: there is no monitor. */
struct monitor_options {
    unsigned months;
    uint32_t wait_days; /* after its last day a term is counted */
};

/* What the rules of signals go by (signal/judge.h). All 0: its defaults. */
struct signal_options {
    struct judge_settings judge;
    uint32_t window_quarters;
    uint32_t again_weeks, early_weeks; /* R3: published again within; R8: ended within */
};

struct domain_options {
    const struct reasons *reasons;             /* config/reasons.csv, read by the engine */
    const struct calendar *calendar;           /* terms and holidays */
    const struct catalog *catalog;             /* names and contacts for people; NULL: none */
    const struct case_outcomes *case_outcomes; /* how a case can end; NULL: none */
    const struct menukaart *menukaart;         /* measures to choose from; NULL: none */
    const struct chances *chances;             /* sectors and kans op stage; NULL: none */
    struct signal_options signals;
    struct monitor_options monitor;
    const struct watchlist *watchlist; /* words that are questioned (blind/watchlist.h); NULL: none */
    struct geography geography;
    struct match_rules rules; /* for new rounds */
    uint8_t label_key[32];    /* HMAC key of candidates' labels; kept in the engine's store */
    uint32_t threads;         /* of the solver */
};

struct domain;

MUST_USE enum err domain_new(const struct domain_options *options, struct domain **out);
void domain_free(struct domain *domain);
struct state *domain_state(struct domain *domain);

/* After every row was restored: rebuilds what is derived (timers, counters); checks invariants, ERR_MISMATCH where broken. */
MUST_USE enum err domain_restored(struct domain *domain);

/*
 * Applies one command, and fills `out`, which the caller frees with outcome_free. A refusal changes nothing. ERR_MEMORY inside is refusal_memory in the outcome with the state possibly
 * half changed: domain_is_broken() is then true and the engine must load again.
 */
void domain_apply(struct domain *domain, const struct command *command, struct outcome *out);
bool domain_is_broken(const struct domain *domain);

/* When the next timer is due; INT64_MAX: none. */
int64_t domain_next_due_ms(const struct domain *domain);

/* Does what is due (reminders, overdue states, expiries of answers), at most `limit` records; true when more is due. */
bool domain_run_due(struct domain *domain, const uint8_t entropy[ENTROPY_BYTES], int64_t now_ms, size_t limit);

/* Long work, at most 1,000 records a call: imports to install, rounds to publish or cancel. True when there is more. */
bool domain_has_work(const struct domain *domain);
bool domain_work(struct domain *domain, const uint8_t entropy[ENTROPY_BYTES], int64_t now_ms);

/*
 * Solving, apart from the loop. domain_next_solve names a round that waits (solving, or with a re-match due); domain_solve, in
 * a forked child, computes from the state alone and writes a result; domain_solved takes it back in the engine (a
 * re-match whose ground changed meanwhile is recognised and asked for again). `failure` set: the child failed.
 */
/*
 * `rematch`: of a published round. `seal`: the digest of a large input, before its round is sealed. `entries`: the tree of one that was,
 * for proofs; it changes nothing in the state. None of them: the solve.
 */
struct solve_request {
    uint8_t round_id[ID_BYTES];
    bool rematch, seal, entries;
    uint64_t up_to_seq;
};
bool domain_next_solve(const struct domain *domain, struct solve_request *out);
MUST_USE enum err domain_solve(const struct domain *domain, const struct solve_request *request, struct buf *result);
void domain_solved(struct domain *domain, const struct solve_request *request, struct text result,
                   const char *failure, const uint8_t entropy[ENTROPY_BYTES], int64_t now_ms);

#endif
