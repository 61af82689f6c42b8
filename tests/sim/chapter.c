#include "chapter.h"

#include "client.h"
#include "find.h"
#include "process.h"
#include "script.h"
#include "sim.h"
#include "witness.h"
#include "world.h"

#include "vault/offline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHAPTERS = 6, STEPS_MAX = 400000, STORY_SEED = 1 };

static struct chapter {
    struct database_copy *databases;
    struct clients clients;
    int64_t now_us, wall_offset_ms;
} chapters[CHAPTERS];

static void make_account(struct vault_offline *vault, const struct client *client)
{
    static const char *const schools[] = {SIM_SCHOOL}, *const companies[] = {SIM_COMPANY};
    bool is_company = client->role == ROLE(COMPANY);
    struct offline_account wanted = {.email = client->email,
                                     .name = "Sim",
                                     .role = (Stagematch__V1__Role)client->role,
                                     .scope = is_company ? companies : schools,
                                     .scope_count = 1,
                                     .managed_by = is_company ? schools : NULL,
                                     .managed_by_count = is_company,
                                     .password = SIM_PASSWORD};
    char id[OFFLINE_ID_BYTES], code[OFFLINE_CODE_BYTES];
    struct buf complaint;
    buf_init(&complaint, 1024);
    SIM_MUST(vault_offline_add_account(vault, &wanted, id, code, &complaint) == ERR_OK);
    buf_free(&complaint);
}

static void make_accounts(void)
{
    struct vault_offline *vault;
    struct buf complaint;
    buf_init(&complaint, 1024);
    SIM_MUST(vault_offline_open(SIM_VAULT_FOLDER, process_master_key, &vault, &complaint) == ERR_OK);
    for (int i = 0; i < CLIENTS_FIRST_STUDENT; i++)
        make_account(vault, &clients.all[i]);
    vault_offline_close(vault);
    buf_free(&complaint);
}

static bool has_proposal(Stagematch__V1__ProposalState from)
{
    bool found = false;
    for (size_t i = 0; !found && i < database_count(DATABASE_ENGINE, "proposal"); i++) {
        ProposalRecord *proposal = find_unpack(&stagematch__internal__v1__proposal_record__descriptor,
                                               database_at(DATABASE_ENGINE, "proposal", i));
        found = proposal->state >= from && proposal->state <= PROPOSAL_STATE(STARTED);
        message_free(proposal);
    }
    return found;
}

/* Whether the story has come as far as a chapter. */
static bool has_come(int chapter)
{
    switch (chapter) {
    case 0:
        return true;
    case 1:
        return database_count(DATABASE_ENGINE, "stagevraag") > 0 && database_count(DATABASE_ENGINE, "round") > 0;
    case 2:
        return has_proposal(PROPOSAL_STATE(PROPOSED));
    case 3:
        return has_proposal(PROPOSAL_STATE(ACCEPTED));
    case 4:
        return has_proposal(PROPOSAL_STATE(CONFIRMED));
    default:
        return has_proposal(PROPOSAL_STATE(RELEASED));
    }
}

static void keep(int number)
{
    struct chapter *chapter = &chapters[number];
    chapter->databases = databases_save();
    chapter->clients = clients;
    chapter->now_us = sim.now_us;
    chapter->wall_offset_ms = sim.wall_offset_ms;
}

void chapters_make(void)
{
    sim_begin(STORY_SEED, true, false);
    sim.faults_off = true;
    script_keep_order(true);
    clients_reset();
    databases_reset();
    make_accounts();
    witness_begin();
    world_begin();
    for (int number = 0; number < CHAPTERS; number++) {
        while (!has_come(number) && !sim_has_failed() && sim.steps < STEPS_MAX)
            world_step(true);
        keep(number);
    }
    if (sim_has_failed()) {
        sim_print_trace();
        printf("already without faults, step %" PRIu64 ": %s\n", sim.steps, sim.failed);
        exit(EXIT_FAILURE);
    }
    world_end();
    script_keep_order(false);
    if (sim.steps >= STEPS_MAX)
        sim_is_wrong("the story without faults does not come to its end");
}

void chapters_free(void)
{
    databases_reset();
    for (int i = 0; i < CHAPTERS; i++)
        databases_discard(chapters[i].databases);
}

void chapter_open(void)
{
    const struct chapter *chapter = &chapters[sim_below(CHAPTERS)];
    databases_restore(chapter->databases);
    clients = chapter->clients;
    sim.now_us = chapter->now_us;
    sim.wall_offset_ms = chapter->wall_offset_ms;
    clients_lose_front();
}
