#include "world.h"

#include "client.h"
#include "database.h"
#include "process.h"
#include "sim.h"
#include "streams.h"

#include <string.h>

enum {
    HEAL_STEPS_MAX = 60000,
    RESTART_MS_MAX = 400,
    STEP_US_MAX = 300,
    FAULTS_IN_TEN_THOUSAND = 180,
    COMMIT_FAILS_IN_A_THOUSAND = 15,
};

static const enum role_name roles[] = {ROLE_FRONT, ROLE_ENGINE, ROLE_VAULT};
enum { ROLES = sizeof roles / sizeof roles[0] };

static int64_t slow_until_us[DATABASE_COUNT]; /* its disk writes nothing before */
static int64_t restart_us[ROLE_NAME_COUNT];   /* when the parent starts a role again that is not there */

void world_begin(void)
{
    streams_reset();
    memset(slow_until_us, 0, sizeof slow_until_us);
    processes_draw_key();
    for (int i = 0; i < ROLES; i++)
        process_start(roles[(i + (int)(sim.seed % ROLES)) % ROLES]);
}

/* ---- faults ---- */

static void kill_role(enum role_name role)
{
    if (!process_runs(role))
        return;
    process_kill(role);
    if (role == ROLE_FRONT)
        clients_lose_front();
    restart_us[role] = sim.now_us + (int64_t)sim_below(RESTART_MS_MAX) * SIM_MS;
}

static void kill_some(void)
{
    kill_role(roles[sim_below(ROLES)]);
}

static void kill_all(void)
{
    for (int i = 0; i < ROLES; i++)
        kill_role(roles[i]);
    processes_draw_key();
}

static void stop_some(void)
{
    enum role_name role = sim_below(2) ? ROLE_ENGINE : ROLE_VAULT;
    if (process_runs(role))
        process_stop(role);
}

static void cut_some(void)
{
    static const enum role_name pairs[][2] = {
        {ROLE_FRONT, ROLE_ENGINE}, {ROLE_FRONT, ROLE_VAULT}, {ROLE_ENGINE, ROLE_VAULT}};
    const enum role_name *pair = pairs[sim_below(sizeof pairs / sizeof pairs[0])];
    if (process_runs(pair[0]) && process_runs(pair[1]))
        process_rejoin(pair[0], pair[1]);
}

/* One way between two roles is slow, by less or by more than it takes until the vault asks after what it has staged. */
static void hold_some(void)
{
    streams_hold_some(sim_below(2) ? SIM_SECOND : 25 * SIM_SECOND);
}

/* A disk is slow: what was applied waits to be durable, while everything else goes on. */
static void slow_some(void)
{
    int database = (int)sim_below(DATABASE_COUNT);
    int64_t us = (int64_t)sim_below(2 * SIM_SECOND);
    SIM_TRACE("%s database: writes nothing for %.3f s", database_text((enum database_name)database),
              (double)us / 1e6);
    slow_until_us[database] = sim.now_us + us;
}

static void leave_some(void)
{
    int client = (int)sim_below(CLIENTS_COUNT);
    if (client_is_waiting(client))
        client_leave(client);
}

/* The wall clock is set: mostly a little, now and then to another day, forward or back. */
static void jump_some(void)
{
    static const int64_t jumps_ms[] = {-2000, 1500, -120000, 300000, 3600000, (int64_t)26 * 3600 * 1000};
    int64_t jump_ms = jumps_ms[sim_below(sim_below(4) ? 2 : sizeof jumps_ms / sizeof jumps_ms[0])];
    SIM_TRACE("the clock jumps by %" PRId64 " ms", jump_ms);
    if (sim_wall_ms() > sim.latest_wall_ms)
        sim.latest_wall_ms = sim_wall_ms();
    sim.wall_offset_ms += jump_ms;
    if (jump_ms > 10000)
        sim.jumped_us = sim.now_us;
}

/* All stands still for a while: deadlines pass. */
static void stall_some(void)
{
    int64_t us = (int64_t)sim_below((uint64_t)(sim_below(8) ? SIM_SECOND : 40 * SIM_SECOND));
    SIM_TRACE("everything stands still for %.3f s", (double)us / 1e6);
    sim.now_us += us;
}

static void do_fault(void)
{
    static const struct {
        void (*happen)(void);
        unsigned weight;
    } faults[] = {{kill_some, 10}, {kill_all, 1},   {stop_some, 2}, {cut_some, 4},  {hold_some, 14},
                  {slow_some, 14}, {leave_some, 6}, {jump_some, 2}, {stall_some, 4}};
    uint64_t total = 0, drawn;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        total += faults[i].weight;
    drawn = sim_below(total);
    size_t i = 0;
    while (drawn >= faults[i].weight)
        drawn -= faults[i++].weight;
    faults[i].happen();
}

/* ---- what can happen next ---- */

enum choice_kind { CHOICE_TURN, CHOICE_DELIVER, CHOICE_WRITE, CHOICE_CLIENT, CHOICE_RESTART, CHOICE_END };

struct choice {
    enum choice_kind kind;
    int what;
    unsigned weight;
};

enum { CHOICES_MAX = 64, READY_MAX = 16 };

struct choices {
    struct choice all[CHOICES_MAX];
    size_t count;
    unsigned total;
};

static void add(struct choices *choices, enum choice_kind kind, int what, unsigned weight)
{
    choices->all[choices->count++] = (struct choice){kind, what, weight};
    choices->total += weight;
}

static void gather(struct choices *choices, bool clients_begin)
{
    int ready[READY_MAX];
    size_t ready_count = streams_ready(ready, READY_MAX);
    for (int i = 0; i < ROLES; i++) {
        enum role_name role = roles[i];
        if (process_has_stopped(role))
            add(choices, CHOICE_END, (int)role, 4);
        else if (process_has_turn(role))
            add(choices, CHOICE_TURN, (int)role, 8);
        else if (!process_runs(role) && restart_us[role] <= sim.now_us)
            add(choices, CHOICE_RESTART, (int)role, 4);
    }
    for (size_t i = 0; i < ready_count; i++)
        add(choices, CHOICE_DELIVER, ready[i], 6);
    for (int i = 0; i < DATABASE_COUNT; i++)
        if (database_has_work((enum database_name)i) && slow_until_us[i] <= sim.now_us)
            add(choices, CHOICE_WRITE, i, 5);
    for (int i = 0; i < CLIENTS_COUNT; i++)
        if (client_is_ready(i, clients_begin))
            add(choices, CHOICE_CLIENT, i, 1);
}

static void write_some(enum database_name database)
{
    database_write(database, !sim.faults_off && sim_chance(COMMIT_FAILS_IN_A_THOUSAND));
}

static void deliver_some(int end)
{
    int process = streams_process(end);
    streams_deliver(end, sim_below(4) != 0);
    streams_flush(process);
}

static void client_some(int client)
{
    client_turn(client);
    streams_flush((int)ROLE_FRONT);
}

static void turn_some(int role)
{
    process_turn((enum role_name)role);
}

static void restart_some(int role)
{
    process_start((enum role_name)role);
    streams_flush(role);
}

static void end_some(int role)
{
    process_end((enum role_name)role);
    restart_us[role] = sim.now_us;
}

static void write_one(int database)
{
    write_some((enum database_name)database);
}

static void happen(const struct choice *choice)
{
    static void (*const kinds[])(int what) = {
        [CHOICE_TURN] = turn_some,     [CHOICE_DELIVER] = deliver_some, [CHOICE_WRITE] = write_one,
        [CHOICE_CLIENT] = client_some, [CHOICE_RESTART] = restart_some, [CHOICE_END] = end_some,
    };
    kinds[choice->kind](choice->what);
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Nothing can happen now: the clock goes to the next moment at which something can. */
static void wait_for_something(bool clients_begin)
{
    int64_t next_us = streams_due_us();
    for (int i = 0; i < DATABASE_COUNT; i++)
        if (slow_until_us[i] > sim.now_us)
            next_us = sooner(next_us, slow_until_us[i]);
    for (int i = 0; i < ROLES; i++)
        next_us = sooner(next_us, process_runs(roles[i]) ? process_due_us(roles[i]) : restart_us[roles[i]]);
    for (int i = 0; i < CLIENTS_COUNT; i++)
        if (client_due_us(i) > sim.now_us && (clients_begin || clients.all[i].operation.active))
            next_us = sooner(next_us, client_due_us(i));
    SIM_MUST(next_us != INT64_MAX);
    if (next_us > sim.now_us)
        sim.now_us = next_us;
}

void world_step(bool clients_begin)
{
    struct choices choices = {.count = 0};
    sim.steps++;
    if (!sim.faults_off && sim_below(10000) < FAULTS_IN_TEN_THOUSAND) {
        do_fault();
        return;
    }
    gather(&choices, clients_begin);
    if (choices.count == 0) {
        wait_for_something(clients_begin);
        return;
    }
    uint64_t drawn = sim_below(choices.total);
    size_t i = 0;
    while (drawn >= choices.all[i].weight)
        drawn -= choices.all[i++].weight;
    happen(&choices.all[i]);
    sim.now_us += 1 + (int64_t)sim_below(STEP_US_MAX);
}

static bool all_run(void)
{
    bool all = true;
    for (int i = 0; i < ROLES; i++)
        all = all && process_runs(roles[i]);
    return all;
}

/* Long enough for what was staged to be asked after, for notices to be pulled, and for a database to be tried again. */
void world_heal(void)
{
    static const int64_t quiet_us = 45 * SIM_SECOND;
    uint64_t steps_end = sim.steps + HEAL_STEPS_MAX;
    SIM_TRACE("the world heals");
    sim.faults_off = true;
    streams_let_all_go();
    memset(slow_until_us, 0, sizeof slow_until_us);
    while (!sim_has_failed() && sim.steps < steps_end && !(clients_are_idle() && all_run()))
        world_step(false);
    if (!sim_has_failed() && !clients_are_idle())
        sim_fail("every request is answered in the end", "%d steps after the last fault", HEAL_STEPS_MAX);
    /* What was noted before the wall clock was set back is not old before that moment comes again. */
    int64_t back_us = sim.latest_wall_ms > sim_wall_ms() ? (sim.latest_wall_ms - sim_wall_ms()) * SIM_MS : 0;
    int64_t end_us = sim.now_us + back_us + quiet_us;
    while (!sim_has_failed() && sim.now_us < end_us)
        world_step(false);
}

void world_end(void)
{
    for (int i = 0; i < ROLES; i++)
        if (process_runs(roles[i]))
            process_kill(roles[i]);
    streams_reset();
}
