/*
 * turn.h - calls into turns: applied together, committed together, answered when that is durable.
 *
 * What waits is taken into a turn when no commit is under way, else after wait_ms or with commands_max of it; a turn ends early
 * when it has taken wait_ms. Its changes are one commit. The next turn is applied while earlier commits are under way, at most
 * TURNS_IN_FLIGHT_MAX; answers go out in the order of the turns, each after its commit. A turn without changes has seen what
 * earlier ones did, so its answers wait for theirs; with nothing under way they go at once. Before the answers the fronts are told
 * what the turn made old (engine/versions.h).
 *
 * When a commit fails, or the domain runs out of memory half-way, nothing new is applied, and everything under way is answered
 * refusal_unavailable (refusal_memory to the call it happened in); with the last of it `failed` is called, in a turn of the loop
 * of its own, and the owner gives a freshly loaded domain with turns_resume. Calls that were not applied yet wait for it.
 */
#ifndef ENGINE_TURN_H
#define ENGINE_TURN_H

#include "base/clock.h"
#include "base/random.h"
#include "domain/domain.h"
#include "engine/dispatch.h"
#include "engine/versions.h"
#include "store/store.h"

struct event_base;
struct turns;

enum { TURNS_IN_FLIGHT_MAX = 4, TURNS_WAITING_MAX = 16384 };

struct turns_options {
    struct event_base *base;
    struct store *store;
    struct versions *versions; /* counts the turns that change something, and tells the fronts */
    struct clock clock;
    struct random_source random;
    size_t commands_max;
    unsigned wait_ms;
    /* After every turn, and when there is room for one more: what else is to do (timers, long work) is looked at again. */
    void (*turned)(void *context);
    /* See above. `of_store`: it was the store, which takes no commits until store_recover has found it well. */
    void (*failed)(void *context, enum err cause, bool of_store);
    /* After turns_close, when nothing is under way any more. */
    void (*closed)(void *context);
    void *context;
};

MUST_USE enum err turns_new(const struct turns_options *options, struct turns **out);

/* What waits is refused; commits under way are the store's to end (store_close before this). */
void turns_free(struct turns *turns);

/* Goes on with this domain. `next_seq` is the ledger's next number; `now_ms` a time that must not be gone below. */
void turns_resume(struct turns *turns, struct domain *domain, bool read_only, uint64_t next_seq, int64_t now_ms);

/* What calls waited for was made, or could not be (outcome.waits): they are applied again, or refused as unavailable. */
void turns_go_on(struct turns *turns, bool made);

/* Whether changes are taken: a domain is there, nothing failed, and it is not read-only. */
bool turns_writable(const struct turns *turns);

/* The domain could not be loaded: nobody waits for it any longer. */
void turns_refuse_waiting(struct turns *turns);

/* Takes a call; refused at once where there is no domain. */
void turns_take(struct turns *turns, struct engine_call *call);

/*
 * Does something else with the domain as a turn of its own: timers, long work, a solver's result. false where it cannot be now
 * (too much under way, failed, read-only): `turned` tells when to try again.
 */
typedef void turns_step(void *context, struct domain *domain, const uint8_t entropy[ENTROPY_BYTES], int64_t now_ms);
MUST_USE bool turns_run(struct turns *turns, turns_step *step, void *context);

/* The engine's time: the wall clock, never going back. */
int64_t turns_now_ms(struct turns *turns);

/* Refuses what waits and all that comes, lets commits end, then calls `closed`. */
void turns_close(struct turns *turns);

struct turns_numbers {
    uint64_t calls, refused, turns, turn_calls, failures;
    size_t waiting, in_flight;
    bool read_only;
};
struct turns_numbers turns_read_numbers(const struct turns *turns);

#endif
