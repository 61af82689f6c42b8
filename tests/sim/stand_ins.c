/*
 * What the roles use that is not theirs and would not be deterministic or cheap: the machine's clock, argon2id in forked
 * processes, the solver's fork, the notify command. Each has the functions of its header and takes its place at link time.
 */
#include "stand_ins.h"

#include "sim.h"

#include "domain/domain.h"
#include "engine/config.h"
#include "engine/solver.h"
#include "ipc/spawner.h"
#include "vault/hasher.h"

#include <event2/event.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct timeval after_us(int64_t us)
{
    return (struct timeval){us / 1000000, us % 1000000};
}

/* ---- base/clock.h ---- */

struct clock clock_system(void)
{
    return sim_clock();
}

int64_t clock_wall_ms(const struct clock *clock)
{
    return clock->wall_ms(clock->context);
}

int64_t clock_monotonic_us(const struct clock *clock)
{
    return clock->monotonic_us(clock->context);
}

/* ---- argon2id: one hash instead of many ---- */

static void hash_password(const char *password, size_t length, char out[crypto_pwhash_STRBYTES])
{
    uint8_t hash[32];
    char hex[2 * sizeof hash + 1];
    crypto_generichash(hash, sizeof hash, (const uint8_t *)password, length, NULL, 0);
    (void)snprintf(out, crypto_pwhash_STRBYTES, "$sim$%s", sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

int crypto_pwhash_str(char out[crypto_pwhash_STRBYTES], const char *const password, unsigned long long length,
                      unsigned long long operations, size_t memory_bytes)
{
    (void)operations;
    (void)memory_bytes;
    memset(out, 0, crypto_pwhash_STRBYTES);
    hash_password(password, (size_t)length, out);
    return 0;
}

struct hash_job {
    struct hash_job *next;
    enum err result;
    char hash[HASH_TEXT_BYTES];
    hasher_done_cb *done;
    void *context;
};

struct hasher {
    struct event *ready;
    struct hash_job *first, **end;
    struct hasher_numbers numbers;
};

static void hasher_turn(evutil_socket_t fd, short what, void *context)
{
    struct hasher *hasher = context;
    struct hash_job *job = hasher->first;
    (void)fd;
    (void)what;
    if (!job)
        return;
    hasher->first = job->next;
    if (!hasher->first)
        hasher->end = &hasher->first;
    else
        event_active(hasher->ready, EV_READ, 0);
    hasher->numbers.done++;
    job->done(job->context, job->result, job->hash);
    free(job);
}

enum err hasher_new(const struct hasher_options *options, struct event_base *base, struct hasher **out)
{
    (void)options;
    *out = calloc(1, sizeof **out);
    SIM_MUST(*out != NULL);
    (*out)->end = &(*out)->first;
    (*out)->ready = event_new(base, -1, 0, hasher_turn, *out);
    return ERR_OK;
}

void hasher_free(struct hasher *hasher)
{
    if (!hasher)
        return;
    while (hasher->first) {
        struct hash_job *next = hasher->first->next;
        free(hasher->first);
        hasher->first = next;
    }
    event_free(hasher->ready);
    free(hasher);
}

static enum err push_job(struct hasher *hasher, struct text password, const char *compare, hasher_done_cb *done,
                         void *context)
{
    struct hash_job *job = calloc(1, sizeof *job);
    SIM_MUST(job != NULL);
    hash_password(password.data, password.length, job->hash);
    job->result = compare && strcmp(compare, job->hash) != 0 ? ERR_MISMATCH : ERR_OK;
    job->done = done;
    job->context = context;
    *hasher->end = job;
    hasher->end = &job->next;
    event_active(hasher->ready, EV_READ, 0);
    return ERR_OK;
}

enum err hasher_make(struct hasher *hasher, struct text password, hasher_done_cb *done, void *context)
{
    return push_job(hasher, password, NULL, done, context);
}

enum err hasher_check(struct hasher *hasher, struct text password, const char *hash, hasher_done_cb *done,
                      void *context)
{
    return push_job(hasher, password, hash, done, context);
}

struct hasher_numbers hasher_read_numbers(const struct hasher *hasher)
{
    return hasher->numbers;
}

/* ---- the solver: what the child would have written, some time later ---- */

struct solver {
    solver_done_cb *done;
    void *context;
    struct event *ready;
    bool busy;
    unsigned attempts;
    struct solve_request request;
    struct buf result;
    enum err error;
    struct solver_numbers numbers;
};

enum { RESULT_BYTES_MAX = 1 << 24, CHILD_KILLED_IN_A_THOUSAND = 50 };

static void solver_turn(evutil_socket_t fd, short what, void *context)
{
    struct solver *solver = context;
    bool killed = !sim.faults_off && sim_chance(CHILD_KILLED_IN_A_THOUSAND);
    bool again = killed && solver->attempts < SOLVER_ATTEMPTS_MAX;
    const char *failure = killed                          ? "killed"
                          : solver->error == ERR_MISMATCH ? "not_stable"
                          : solver->error != ERR_OK       ? "refused"
                                                          : NULL;
    struct buf result = solver->result;
    (void)fd;
    (void)what;
    SIM_TRACE("solver: %s", failure ? failure : "solved");
    solver->busy = false;
    solver->result = (struct buf){0};
    if (!again)
        solver->attempts = 0;
    solver->done(solver->context, &solver->request, failure ? (struct text){NULL, 0} : buf_text(&result), failure,
                 again);
    buf_free(&result);
}

enum err solver_new(struct event_base *base, unsigned seconds_max, solver_done_cb *done, void *context,
                    struct solver **out)
{
    (void)seconds_max;
    *out = calloc(1, sizeof **out);
    SIM_MUST(*out != NULL);
    (*out)->done = done;
    (*out)->context = context;
    (*out)->ready = event_new(base, -1, 0, solver_turn, *out);
    return ERR_OK;
}

void solver_stop(struct solver *solver)
{
    (void)event_del(solver->ready);
    buf_free(&solver->result);
    solver->busy = false;
}

void solver_free(struct solver *solver)
{
    if (!solver)
        return;
    solver_stop(solver);
    event_free(solver->ready);
    free(solver);
}

bool solver_is_busy(const struct solver *solver)
{
    return solver->busy;
}

enum err solver_start(struct solver *solver, const struct domain *domain, const struct solve_request *request)
{
    struct timeval wait = after_us((int64_t)sim_below((uint64_t)SIM_SECOND));
    if (solver->busy)
        return ERR_EXISTS;
    buf_init(&solver->result, RESULT_BYTES_MAX);
    solver->error = domain_solve(domain, request, &solver->result);
    solver->request = *request;
    solver->busy = true;
    solver->attempts++;
    return event_add(solver->ready, &wait) == 0 ? ERR_OK : ERR_MEMORY;
}

struct solver_numbers solver_read_numbers(const struct solver *solver)
{
    return solver->numbers;
}

/* ---- the notify command: letters arrive, or the command fails, or both ---- */

struct letter_job {
    struct letter_job *next;
    struct event *ready;
    struct spawner *spawner;
    int status;
    spawner_done_cb *done;
    void *context;
};

struct spawner {
    struct event_base *base;
    struct letter_job *jobs;
};

static void (*read_letter)(struct text letter);

void letters_listen(void (*letter)(struct text letter))
{
    read_letter = letter;
}

static void end_job(struct letter_job *job, int status)
{
    event_free(job->ready);
    job->done(job->context, status);
    free(job);
}

static void job_turn(evutil_socket_t fd, short what, void *context)
{
    struct letter_job *job = context, **at = &job->spawner->jobs;
    (void)fd;
    (void)what;
    while (*at != job)
        at = &(*at)->next;
    *at = job->next;
    end_job(job, job->status);
}

enum err spawner_run(struct spawner *spawner, const void *input, size_t length, spawner_done_cb *done, void *context)
{
    struct letter_job *job = calloc(1, sizeof *job);
    struct timeval wait = after_us((int64_t)sim_below((uint64_t)SIM_SECOND));
    SIM_MUST(job != NULL);
    job->spawner = spawner;
    job->done = done;
    job->context = context;
    job->status = !sim.faults_off && sim_chance(100) ? 1 : 0;
    job->ready = event_new(spawner->base, -1, 0, job_turn, job);
    job->next = spawner->jobs;
    spawner->jobs = job;
    if (!sim.muted && (job->status == 0 || sim_below(2)))
        read_letter((struct text){input, length});
    return event_add(job->ready, &wait) == 0 ? ERR_OK : ERR_MEMORY;
}

struct spawner *spawner_simulated(struct event_base *base)
{
    struct spawner *spawner = calloc(1, sizeof *spawner);
    SIM_MUST(spawner != NULL);
    spawner->base = base;
    return spawner;
}

void spawner_free(struct spawner *spawner)
{
    while (spawner && spawner->jobs) {
        struct letter_job *job = spawner->jobs;
        spawner->jobs = job->next;
        end_job(job, -1);
    }
    free(spawner);
}

/* ---- files that every start reads anew: once (the linker's --wrap) ---- */

// NOLINTBEGIN(bugprone-reserved-identifier): the names are the linker's
enum err __real_engine_config_read(const struct settings *settings, FILE *complaints, struct engine_config *out);
enum err __wrap_engine_config_read(const struct settings *settings, FILE *complaints, struct engine_config *out);
void __wrap_engine_config_free(struct engine_config *config);
enum err __real_postcodes_read(const char *path, struct postcodes *out, struct problems *problems);
enum err __wrap_postcodes_read(const char *path, struct postcodes *out, struct problems *problems);

static struct engine_config config_read_once;
static struct postcodes postcodes_read_once;

enum err __wrap_engine_config_read(const struct settings *settings, FILE *complaints, struct engine_config *out)
{
    if (!config_read_once.reasons && __real_engine_config_read(settings, complaints, &config_read_once) != ERR_OK)
        return ERR_INPUT;
    *out = config_read_once;
    return ERR_OK;
}

/* The parts are those of all configurations; they stay until the end. */
void __wrap_engine_config_free(struct engine_config *config)
{
    sodium_memzero(config, sizeof *config);
}

enum err __wrap_postcodes_read(const char *path, struct postcodes *out, struct problems *problems)
{
    if (!postcodes_read_once.count && __real_postcodes_read(path, &postcodes_read_once, problems) != ERR_OK)
        return ERR_INPUT;
    memcpy(out, &postcodes_read_once, sizeof *out);
    return ERR_OK;
}
// NOLINTEND(bugprone-reserved-identifier)
