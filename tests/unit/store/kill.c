#include "fixture.h"

#include <signal.h>
#include <sys/wait.h>

/*
 * What was acknowledged is there, whole and in order, whenever the process is killed: a child commits batch after batch of three
 * rows and an entry and says on a pipe which are durable; it is killed at a moment that differs in every pass.
 */
enum { PASSES = 20, IN_FLIGHT = 8 };

struct committer {
    struct fixture *fixture;
    int to_parent;
    uint32_t next, acknowledged;
};

static void commit_next(struct committer *committer);

static void acknowledge(void *context, enum err result)
{
    struct committer *committer = context;
    if (result != ERR_OK)
        _exit(3);
    committer->acknowledged++;
    if (write(committer->to_parent, &committer->acknowledged, sizeof committer->acknowledged) < 0)
        _exit(4);
    commit_next(committer);
}

static void commit_next(struct committer *committer)
{
    struct store_batch *batch;
    char key[16];
    uint32_t number = ++committer->next;
    if (store_batch_new(committer->fixture->store, &batch) != ERR_OK)
        _exit(5);
    enum err e = ERR_OK;
    for (int part = 0; e == ERR_OK && part < 3; part++) {
        snprintf(key, sizeof key, "%08u%d", number, part);
        e = store_batch_put(batch, part == 1 ? "second" : "first", text_of(key), text_of(key));
    }
    if (e == ERR_OK)
        e = store_batch_ledger(batch, number, "put", text_of(key), text_of("x"));
    if (e != ERR_OK)
        _exit(6);
    store_commit(committer->fixture->store, batch, acknowledge, committer);
}

static int run_committer(const char *folder, uint32_t begun, int to_parent)
{
    struct fixture fixture;
    fixture_open_at(&fixture, folder);
    struct committer committer = {.fixture = &fixture, .to_parent = to_parent, .next = begun, .acknowledged = begun};
    for (int i = 0; i < IN_FLIGHT; i++)
        commit_next(&committer);
    return event_base_dispatch(fixture.base);
}

/* Kills a committer after about `wait_us`; the number of the last batch that it acknowledged. */
static uint32_t run_and_kill(const char *folder, uint32_t begun, unsigned wait_us)
{
    int pipes[2];
    uint32_t last = begun, said;
    ck_assert_int_eq(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0)
        _exit(run_committer(folder, begun, pipes[1]));
    close(pipes[1]);
    ck_assert_int_eq(read(pipes[0], &last, sizeof last), sizeof last);
    usleep(wait_us);
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    while (read(pipes[0], &said, sizeof said) == sizeof said)
        last = said;
    close(pipes[0]);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    return last;
}

/* Every batch up to the last one is there, and none in part; the number of that. In a child: SQLite does not cross a fork. */
static int check(const char *folder, uint32_t acknowledged, int to_parent)
{
    struct fixture fixture;
    uint64_t first, second;
    fixture_open_at(&fixture, folder);
    uint64_t there = store_ledger_head(fixture.store).seq;
    if (store_count(fixture.store, "first", &first) != ERR_OK ||
        store_count(fixture.store, "second", &second) != ERR_OK)
        return 2;
    if (there < acknowledged || there > acknowledged + IN_FLIGHT || first != 2 * there || second != there)
        return 1;
    store_close(fixture.store);
    uint32_t number = (uint32_t)there;
    return write(to_parent, &number, sizeof number) == sizeof number ? 0 : 3;
}

START_TEST(what_was_acknowledged_survives_a_kill)
{
    char folder[] = "/tmp/stagematch_store_kill_XXXXXX";
    uint32_t there = 0;
    ck_assert_ptr_nonnull(mkdtemp(folder));
    for (unsigned pass = 0; pass < PASSES; pass++) {
        int pipes[2], status;
        uint32_t acknowledged = run_and_kill(folder, there, pass * 1700);
        ck_assert_uint_gt(acknowledged, there);
        ck_assert_int_eq(pipe(pipes), 0);
        pid_t child = fork();
        if (child == 0)
            _exit(check(folder, acknowledged, pipes[1]));
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_msg(status == 0, "pass %u: status %d", pass, status);
        ck_assert_int_eq(read(pipes[0], &there, sizeof there), sizeof there);
        close(pipes[0]);
        close(pipes[1]);
    }
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

RUN_TESTS("store/kill", what_was_acknowledged_survives_a_kill)
