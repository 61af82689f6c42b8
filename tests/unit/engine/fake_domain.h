/*
 * fake_domain.h - a domain of one number, in place of domain/: so that turns are tested apart from what they carry.
 *
 * A method with METHOD_CHANGES adds one, writes a row under that number and a ledger entry; every other one reads. The answer's
 * body is the number in decimal. GetEntryProof waits for a tree that the solver makes. Tests steer it through `fake`.
 */
#ifndef ENGINE_FAKE_DOMAIN_H
#define ENGINE_FAKE_DOMAIN_H

#include "domain/domain.h"
#include "support/support.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct domain {
    uint64_t number, changes_begin; /* rows begin + 1 .. number are changes not taken yet */
    uint64_t ledger_seq;
    bool broken;
};

enum fake_solve { SOLVE_WELL, SOLVE_MUCH, SOLVE_REFUSE, SOLVE_DIE, SOLVE_HANG };

static struct {
    bool break_next;   /* the next call runs out of memory half-way */
    bool read_changes; /* reads change too */
    uint32_t views[4]; /* that each turn's changes touch */
    size_t view_count;
    bool all_views;
    size_t applied;
    int64_t last_now_ms;
    int64_t due_ms; /* of the timer; 0: none */
    size_t due_runs, work_left, solves_wanted, solved, solve_failures;
    bool tree, tree_wanted;
    enum fake_solve solve;
    char solve_result[64], solve_failure[64];
} fake;

static char row_keys[4096][24];

const char *record_kind_name(enum record_kind kind)
{
    static const char letters[] = "a\0b\0c\0d\0e\0f\0g\0h\0i\0j\0k\0l\0m\0n\0o\0p\0q\0r\0s\0t\0u\0v\0w\0x\0y\0z";
    _Static_assert(2 * RECORD_KIND_COUNT < sizeof letters, "a letter for each table");
    return letters + 2 * (size_t)kind;
}

struct state *domain_state(struct domain *domain)
{
    return (struct state *)(void *)domain;
}

size_t state_count(const struct state *state, enum record_kind kind)
{
    return kind == RECORD_TASK ? ((const struct domain *)(const void *)state)->number : 0;
}

static struct change taken[4096];
static struct ledger_change taken_entries[4096];

enum err state_take_changes(struct state *state, struct changes *out)
{
    struct domain *domain = (void *)state;
    size_t count = 0;
    for (uint64_t i = domain->changes_begin + 1; i <= domain->number; i++, count++) {
        ck_assert_uint_lt(i, 4096);
        snprintf(row_keys[i], sizeof row_keys[i], "%" PRIu64, i);
        taken[count] = (struct change){RECORD_TASK, text_of(row_keys[i]), text_of(row_keys[i])};
        taken_entries[count] =
            (struct ledger_change){1000, "changed", text_of(row_keys[i]), text_of(""), ++domain->ledger_seq};
    }
    domain->changes_begin = domain->number;
    *out = (struct changes){.records = taken,
                            .record_count = count,
                            .entries = taken_entries,
                            .entry_count = count,
                            .views = fake.views,
                            .view_count = count ? fake.view_count : 0,
                            .all_views = count && fake.all_views};
    return ERR_OK;
}

void changes_free(struct changes *changes)
{
    *changes = (struct changes){0};
}

void domain_apply(struct domain *domain, const struct command *command, struct outcome *out)
{
    fake.applied++;
    ck_assert_int_ge(command->now_ms, fake.last_now_ms);
    fake.last_now_ms = command->now_ms;
    ck_assert(!domain->broken);
    if (fake.break_next) {
        fake.break_next = false;
        domain->broken = true;
        domain->number++;
        out->status = status_refuse(&refusal_memory);
        return;
    }
    out->waits = command->method->id == METHOD_GET_ENTRY_PROOF && !fake.tree;
    fake.tree_wanted |= out->waits;
    if (out->waits)
        return;
    if ((command->method->flags & METHOD_CHANGES) || fake.read_changes)
        domain->number++;
    buf_put_u64(&out->response, domain->number);
}

bool domain_is_broken(const struct domain *domain)
{
    return domain->broken;
}

int64_t domain_next_due_ms(const struct domain *domain)
{
    (void)domain;
    return fake.due_ms ? fake.due_ms : INT64_MAX;
}

bool domain_run_due(struct domain *domain, const uint8_t entropy[ENTROPY_BYTES], int64_t now_ms, size_t limit)
{
    (void)entropy;
    ck_assert_int_ge(now_ms, fake.due_ms);
    ck_assert_uint_gt(limit, 0);
    fake.due_ms = 0;
    fake.due_runs++;
    domain->number++;
    return false;
}

bool domain_has_work(const struct domain *domain)
{
    (void)domain;
    return fake.work_left > 0;
}

bool domain_work(struct domain *domain, const uint8_t entropy[ENTROPY_BYTES], int64_t now_ms)
{
    (void)entropy;
    (void)now_ms;
    ck_assert_uint_gt(fake.work_left, 0);
    domain->number++;
    return --fake.work_left > 0;
}

bool domain_next_solve(const struct domain *domain, struct solve_request *out)
{
    (void)domain;
    memset(out, 0, sizeof *out);
    out->entries = fake.solves_wanted == 0 && fake.tree_wanted;
    return fake.solves_wanted > 0 || fake.tree_wanted;
}

enum err domain_solve(const struct domain *domain, const struct solve_request *request, struct buf *result)
{
    static char much[1 << 20];
    (void)domain;
    (void)request;
    switch (fake.solve) {
    case SOLVE_WELL:
        buf_put_string(result, "solved");
        return ERR_OK;
    case SOLVE_MUCH:
        for (int i = 0; i < 20; i++)
            buf_put(result, much, sizeof much);
        return ERR_OK;
    case SOLVE_REFUSE:
        return ERR_MISMATCH;
    case SOLVE_DIE:
        buf_put_string(result, "half");
        raise(SIGKILL);
        return ERR_OK;
    case SOLVE_HANG:
        pause();
        return ERR_OK;
    }
    return ERR_INTERNAL;
}

void domain_solved(struct domain *domain, const struct solve_request *request, struct text result,
                   const char *failure, const uint8_t entropy[ENTROPY_BYTES], int64_t now_ms)
{
    (void)entropy;
    (void)now_ms;
    if (request->entries) {
        fake.tree_wanted = false;
        fake.tree = !failure;
        return;
    }
    domain->number++;
    fake.solves_wanted--;
    if (failure) {
        fake.solve_failures++;
        snprintf(fake.solve_failure, sizeof fake.solve_failure, "%s", failure);
    } else {
        fake.solved++;
        snprintf(fake.solve_result, sizeof fake.solve_result, "%.*s", (int)(result.length > 60 ? 60 : result.length),
                 result.data);
    }
}

#endif
