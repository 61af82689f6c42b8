#include "script.h"

#include "sim.h"

#include "api/message.h"
#include "domain/records.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { TRIES_MAX = 6, PLACEMENTS_MAX = 3, ROUNDS_MAX = 2, STALE_IN_A_THOUSAND = 40 };

#define NONCE "3333333333333333333333333333333333333333333333333333333333333333"

static bool in_order; /* nobody objects, withdraws or goes */

void script_keep_order(bool order)
{
    in_order = order;
}

static bool rarely(unsigned in_a_thousand)
{
    return !in_order && sim_chance(in_a_thousand);
}

/* ---- choosing among what is known ---- */

/* A thing of a kind in one of some states (bits; 0: any); NULL: none. */
static struct thing *pick(struct client *client, enum thing_kind kind, unsigned states)
{
    struct thing *fits[THINGS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < client->thing_count; i++) {
        struct thing *thing = &client->things[i];
        if (thing->kind == kind && (!states || states & 1u << thing->state))
            fits[count++] = thing;
    }
    return count ? fits[sim_below(count)] : NULL;
}

static size_t count_of(const struct client *client, enum thing_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < client->thing_count; i++)
        count += client->things[i].kind == kind;
    return count;
}

/* A version to send: now and then one that is over. */
static uint64_t version_of(const struct thing *thing)
{
    return thing->version > 1 && sim_chance(STALE_IN_A_THOUSAND) ? thing->version - 1 : thing->version;
}

/* A step with a thing: its id under `field`, its version, and perhaps a reason with a text. */
static bool move_thing(struct client *client, enum method_id method, const struct thing *thing, const char *field)
{
    if (!thing || (thing->version == 0 && message_field(method_of(method)->request, "version")))
        return false;
    void *message = operation_new(method);
    operation_set(message, field, thing->id);
    if (message_has_field(message, "version"))
        operation_set_number(message, "version", version_of(thing));
    if (message_has_field(message, "reason"))
        operation_set(message, "reason", "anders");
    if (message_has_field(message, "text") && message_has_field(message, "reason"))
        operation_set(message, "text", "Een toelichting van de simulatie");
    operation_begin(client, method, message, thing->id);
    return true;
}

static bool plain(struct client *client, enum method_id method)
{
    operation_begin(client, method, operation_new(method), "");
    return true;
}

/* ---- everybody ---- */

void script_login(struct client *client)
{
    void *message = operation_new(METHOD_LOGIN);
    operation_set(message, "email", client->email);
    operation_set(message, "password", SIM_PASSWORD);
    operation_begin(client, METHOD_LOGIN, message, "");
}

#define P(name) (1u << PROPOSAL_STATE(name))
#define L(name) (1u << PLACEMENT_STATE(name))

static bool list_proposals(struct client *client)
{
    return plain(client, METHOD_LIST_PROPOSALS);
}

static bool list_placements(struct client *client)
{
    return plain(client, METHOD_LIST_PLACEMENTS);
}

/* ---- a coördinator ---- */

static void add_student(Stagematch__V1__SubmitStudentsRequest *request, int number)
{
    Stagematch__V1__StudentSubmission *submission;
    Stagematch__V1__SkillLevel *skill;
    SIM_MUST(message_new(&stagematch__v1__student_submission__descriptor, &submission) == ERR_OK);
    SIM_MUST(message_new(&stagematch__v1__identity__descriptor, &submission->identity) == ERR_OK);
    SIM_MUST(message_new(&stagematch__v1__profile__descriptor, &submission->profile) == ERR_OK);
    SIM_MUST(message_new(&stagematch__v1__skill_level__descriptor, &skill) == ERR_OK);
    char name[NAME_BYTES];
    (void)snprintf(name, sizeof name, "%d", 1000 + number);
    operation_set(submission, "school", SIM_SCHOOL);
    operation_set(submission, "student_number", name);
    operation_set(submission->identity, "first_name", "Sanne");
    operation_set(submission->identity, "last_name", SIM_LAST_NAME);
    operation_set(submission->identity, "email", clients.all[CLIENTS_FIRST_STUDENT + number].email);
    operation_set(submission->identity, "postcode", "3511 SA");
    operation_set(submission->profile, "qualification", "25656");
    operation_set(submission->profile, "start_date", "2027-02-01");
    operation_set(submission->profile, "end_date", "2027-07-02");
    operation_set(submission->profile, "pc4", "3511");
    submission->profile->leerweg = LEERWEG(BOL);
    submission->profile->year = 2;
    submission->profile->hours_per_week = 32;
    submission->profile->max_km = 60;
    operation_set(skill, "skill", "verzorging");
    skill->level = 2 + clients.students[number].level % 4;
    SIM_MUST(message_append(&submission->profile->n_skills, &submission->profile->skills, skill) == ERR_OK);
    SIM_MUST(message_append(&request->n_students, &request->students, submission) == ERR_OK);
}

/* One student or several, new ones and known ones, with another level now and then. */
static bool submit_students(struct client *client)
{
    char about[NAME_BYTES];
    int first = (int)sim_below(CLIENTS_STUDENTS);
    int count = 1 + (int)sim_below((uint64_t)(CLIENTS_STUDENTS - first));
    Stagematch__V1__SubmitStudentsRequest *request = operation_new(METHOD_SUBMIT_STUDENTS);
    for (int i = first; i < first + count; i++) {
        clients.students[i].level += sim_below(3) == 0;
        add_student(request, i);
    }
    (void)snprintf(about, sizeof about, "%d %d", first, count);
    operation_begin(client, METHOD_SUBMIT_STUDENTS, request, about);
    return true;
}

static bool list_stagevragen(struct client *client)
{
    return plain(client, METHOD_LIST_STAGEVRAGEN);
}

static bool list_rounds(struct client *client)
{
    return plain(client, METHOD_LIST_ROUNDS);
}

static bool create_round(struct client *client)
{
    char name[NAME_BYTES];
    size_t over = 0;
    for (size_t i = 0; i < client->thing_count; i++)
        over += client->things[i].kind == THING_ROUND && client->things[i].state >= ROUND_STATE(CLOSED);
    if (count_of(client, THING_ROUND) - over >= ROUNDS_MAX)
        return false;
    Stagematch__V1__CreateRoundRequest *request = operation_new(METHOD_CREATE_ROUND);
    (void)snprintf(name, sizeof name, "Ronde %" PRIu64, clients.next_name++);
    operation_set(request, "name", name);
    SIM_MUST(message_append_string(&request->n_schools, &request->schools, text_of(SIM_SCHOOL)) == ERR_OK);
    SIM_MUST(message_append_string(&request->n_qualifications, &request->qualifications, text_of("25656")) == ERR_OK);
    operation_begin(client, METHOD_CREATE_ROUND, request, name);
    return true;
}

/* Commits to the nonce that is revealed later. */
static bool give_nonce(struct client *client, const struct thing *round, bool reveal)
{
    uint8_t bytes[sizeof SIM_SCHOOL + 32], hash[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof hash + 1];
    memcpy(bytes, SIM_SCHOOL, sizeof SIM_SCHOOL);
    memset(bytes + sizeof SIM_SCHOOL, 0x33, 32);
    crypto_hash_sha256(hash, bytes, sizeof bytes);
    enum method_id method = reveal ? METHOD_REVEAL_NONCE : METHOD_COMMIT_NONCE;
    void *message = operation_new(method);
    operation_set(message, "round_id", round->id);
    operation_set(message, "school", SIM_SCHOOL);
    operation_set(message, reveal ? "nonce" : "commitment",
                  reveal ? NONCE : sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
    operation_begin(client, method, message, round->id);
    return true;
}

static bool look_at_round(struct client *client, const struct thing *round)
{
    return move_thing(client, METHOD_GET_ROUND, round, "round_id");
}

/* The next step of a round. */
static bool step_round(struct client *client)
{
    static const enum method_id steps[] = {[ROUND_STATE(DRAFT)] = METHOD_OPEN_ROUND,
                                           [ROUND_STATE(OPEN)] = METHOD_SEAL_ROUND,
                                           [ROUND_STATE(REVEALED)] = METHOD_SOLVE_ROUND,
                                           [ROUND_STATE(VERIFIED)] = METHOD_PUBLISH_ROUND};
    const struct thing *round = pick(client, THING_ROUND, 0);
    if (!round)
        return false;
    if (round->state == ROUND_STATE(OPEN) && !round->has_commitment)
        return give_nonce(client, round, false);
    if (round->state == ROUND_STATE(SEALED) && !round->has_nonce)
        return give_nonce(client, round, true);
    if (round->state == ROUND_STATE(DRAFT) || round->state == ROUND_STATE(OPEN) ||
        round->state == ROUND_STATE(REVEALED) || round->state == ROUND_STATE(VERIFIED))
        return move_thing(client, steps[round->state], round, "round_id");
    return look_at_round(client, round);
}

static bool cancel_round(struct client *client)
{
    return rarely(150) && move_thing(client, METHOD_CANCEL_ROUND, pick(client, THING_ROUND, 0), "round_id");
}

static bool close_round(struct client *client)
{
    return rarely(150) && move_thing(client, METHOD_CLOSE_ROUND,
                                     pick(client, THING_ROUND, 1u << ROUND_STATE(PUBLISHED)), "round_id");
}

static bool step_proposal(struct client *client, enum method_id method, unsigned states)
{
    return move_thing(client, method, pick(client, THING_PROPOSAL, states), "proposal_id");
}

static bool approve(struct client *client)
{
    return step_proposal(client, METHOD_APPROVE_PROPOSAL, P(PROPOSED));
}

static bool veto(struct client *client)
{
    return rarely(300) && step_proposal(client, METHOD_VETO_PROPOSAL, P(PROPOSED));
}

static bool release(struct client *client)
{
    return step_proposal(client, METHOD_RELEASE_PROPOSAL, P(CONFIRMED));
}

static bool start(struct client *client)
{
    return step_proposal(client, METHOD_START_PROPOSAL, P(PLACED));
}

static bool end_or_complete(struct client *client)
{
    return rarely(300) && step_proposal(client, METHOD_COMPLETE_PROPOSAL, P(STARTED));
}

static bool cancel_before_start(struct client *client)
{
    return rarely(200) && step_proposal(client, METHOD_CANCEL_BEFORE_START, P(PLACED));
}

static bool withdraw_proposal(struct client *client)
{
    return rarely(200) && step_proposal(client, METHOD_WITHDRAW_PROPOSAL,
                                        P(PROPOSED) | P(APPROVED) | P(ACCEPTED) | P(CONFIRMED) | P(RELEASED));
}

static bool get_proposal(struct client *client)
{
    return step_proposal(client, METHOD_GET_PROPOSAL, 0);
}

static bool plan_introduction(struct client *client)
{
    const struct thing *proposal = pick(client, THING_PROPOSAL, P(RELEASED));
    if (!proposal || !proposal->version)
        return false;
    void *message = operation_new(METHOD_PLAN_INTRODUCTION);
    operation_set(message, "proposal_id", proposal->id);
    operation_set_number(message, "version", version_of(proposal));
    operation_set(message, "date", "2027-01-25");
    operation_set(message, "text", "Om tien uur bij de balie");
    operation_begin(client, METHOD_PLAN_INTRODUCTION, message, proposal->id);
    return true;
}

static struct student *student_of(const char *stagevraag_id)
{
    for (int i = 0; i < CLIENTS_STUDENTS; i++)
        if (clients.students[i].stagevraag_id[0] && strcmp(clients.students[i].stagevraag_id, stagevraag_id) == 0)
            return &clients.students[i];
    return NULL;
}

/* Whoever has an accepted proposal needs an account to confirm it; others get one now and then. */
static bool invite_student(struct client *client)
{
    const struct thing *proposal = pick(client, THING_PROPOSAL, sim_below(3) ? P(ACCEPTED) : 0);
    const struct student *student = proposal ? student_of(proposal->of) : NULL;
    if (!student || student->code[0])
        return false;
    void *message = operation_new(METHOD_INVITE_STUDENT);
    operation_set(message, "stagevraag_id", student->stagevraag_id);
    operation_begin(client, METHOD_INVITE_STUDENT, message, student->stagevraag_id);
    return true;
}

static bool erase(struct client *client)
{
    struct student *student = &clients.students[sim_below(CLIENTS_STUDENTS)];
    if (!student->stagevraag_id[0] || student->erased || !rarely(150))
        return false;
    student->erasing_until_us = INT64_MAX;
    clients.erasures++;
    void *message = operation_new(METHOD_ERASE_STUDENT);
    operation_set(message, "stagevraag_id", student->stagevraag_id);
    operation_begin(client, METHOD_ERASE_STUDENT, message, student->stagevraag_id);
    return true;
}

/* ---- a company ---- */

static bool submit_placement(struct client *client)
{
    char name[NAME_BYTES];
    Stagematch__V1__Placement *placement;
    if (count_of(client, THING_PLACEMENT) >= PLACEMENTS_MAX)
        return false;
    Stagematch__V1__SubmitPlacementRequest *request = operation_new(METHOD_SUBMIT_PLACEMENT);
    SIM_MUST(message_new(&stagematch__v1__placement__descriptor, &request->placement) == ERR_OK);
    placement = request->placement;
    (void)snprintf(name, sizeof name, "P-%" PRIu64, clients.next_name++);
    operation_set(placement, "leerbedrijf", SIM_COMPANY);
    operation_set(placement, "leerplaats", name);
    operation_set(placement, "company_name", "Zorg");
    operation_set(placement, "kvk", "90000001");
    operation_set(placement, "postcode", "3511");
    operation_set(placement, "start_date", "2027-02-01");
    operation_set(placement, "end_date", "2027-07-02");
    operation_set(placement, "title", "Leren in de zorg");
    SIM_MUST(message_append_string(&placement->n_qualifications, &placement->qualifications, text_of("25656")) ==
             ERR_OK);
    placement->leerweg = LEERWEG(BOL);
    placement->capacity = 1 + (uint32_t)sim_below(2);
    placement->hours_per_week = 36;
    operation_begin(client, METHOD_SUBMIT_PLACEMENT, request, name);
    return true;
}

static bool step_placement(struct client *client, enum method_id method, unsigned states)
{
    return move_thing(client, method, pick(client, THING_PLACEMENT, states), "placement_id");
}

static bool publish_placement(struct client *client)
{
    return step_placement(client, METHOD_PUBLISH_PLACEMENT, L(DRAFT));
}

static bool reopen_placement(struct client *client)
{
    return step_placement(client, METHOD_REOPEN_PLACEMENT, L(PAUSED) | L(PUBLISHED));
}

static bool withdraw_placement(struct client *client)
{
    return rarely(60) && step_placement(client, METHOD_WITHDRAW_PLACEMENT, L(PUBLISHED) | L(PAUSED));
}

static bool list_candidates(struct client *client)
{
    return plain(client, METHOD_LIST_CANDIDATES);
}

/* Candidates are made known by the tasks that wait for the company. */
static bool list_tasks(struct client *client)
{
    return plain(client, METHOD_LIST_TASKS);
}

static bool step_candidate(struct client *client, enum method_id method, unsigned states)
{
    return move_thing(client, method, pick(client, THING_CANDIDATE, states), "candidate");
}

static bool get_candidate(struct client *client)
{
    return step_candidate(client, METHOD_GET_CANDIDATE, 0);
}

static bool agree(struct client *client)
{
    return step_candidate(client, METHOD_AGREE_TO_CANDIDATE, P(APPROVED));
}

static bool object(struct client *client)
{
    return rarely(300) && step_candidate(client, METHOD_OBJECT_TO_CANDIDATE, P(APPROVED));
}

static bool place(struct client *client)
{
    return step_candidate(client, METHOD_PLACE_CANDIDATE, P(RELEASED));
}

static bool drop(struct client *client)
{
    return rarely(300) && step_candidate(client, METHOD_DROP_CANDIDATE, P(RELEASED));
}

static bool read_identity(struct client *client)
{
    return step_candidate(client, METHOD_GET_CANDIDATE_IDENTITY, P(RELEASED) | P(PLACED));
}

/* ---- a student ---- */

static bool confirm(struct client *client)
{
    return step_proposal(client, METHOD_CONFIRM_PROPOSAL, P(ACCEPTED));
}

static bool decline(struct client *client)
{
    return rarely(200) && step_proposal(client, METHOD_DECLINE_PROPOSAL, P(ACCEPTED));
}

/* A coördinator answers on a student's behalf. */
static bool answer_for_student(struct client *client)
{
    return rarely(100) &&
           step_proposal(client, sim_below(3) ? METHOD_CONFIRM_PROPOSAL : METHOD_DECLINE_PROPOSAL, P(ACCEPTED));
}

static bool list_mine(struct client *client)
{
    return plain(client, METHOD_LIST_MY_STAGEVRAGEN);
}

static bool withdraw_mine(struct client *client)
{
    return rarely(60) &&
           move_thing(client, METHOD_WITHDRAW_STAGEVRAAG, pick(client, THING_STAGEVRAAG, 0), "stagevraag_id");
}

/* ---- choosing ---- */

struct action {
    bool (*begin)(struct client *client);
    unsigned weight;
};

static const struct action coordinator[] = {
    {submit_students, 4},
    {list_stagevragen, 1},
    {list_proposals, 6},
    {list_rounds, 3},
    {create_round, 2},
    {step_round, 12},
    {cancel_round, 1},
    {close_round, 1},
    {approve, 8},
    {veto, 2},
    {release, 8},
    {start, 3},
    {end_or_complete, 2},
    {withdraw_proposal, 2},
    {get_proposal, 2},
    {invite_student, 8},
    {erase, 1},
    {plan_introduction, 2},
    {cancel_before_start, 1},
    {list_placements, 1},
    {answer_for_student, 1},
};
static const struct action company[] = {
    {submit_placement, 4},
    {list_placements, 3},
    {publish_placement, 6},
    {reopen_placement, 2},
    {withdraw_placement, 1},
    {list_candidates, 2},
    {list_tasks, 5},
    {get_candidate, 5},
    {agree, 8},
    {object, 3},
    {place, 6},
    {drop, 2},
    {read_identity, 2},
};
static const struct action student_actions[] = {
    {list_proposals, 4}, {confirm, 8}, {decline, 2}, {list_mine, 2}, {withdraw_mine, 1}, {get_proposal, 1},
};

static bool choose_of(struct client *client, const struct action *actions, size_t count)
{
    uint64_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += actions[i].weight;
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        uint64_t drawn = sim_below(total);
        size_t i = 0;
        while (drawn >= actions[i].weight)
            drawn -= actions[i++].weight;
        if (actions[i].begin(client))
            return true;
    }
    return false;
}

static void accept_invitation(struct client *client, const struct student *student)
{
    void *message = operation_new(METHOD_ACCEPT_INVITATION);
    operation_set(message, "code", student->code);
    operation_set(message, "password", SIM_PASSWORD);
    operation_begin(client, METHOD_ACCEPT_INVITATION, message, "");
}

static void choose_student(struct client *client, int number)
{
    struct student *student = &clients.students[number - CLIENTS_FIRST_STUDENT];
    if (!client->token[0])
        accept_invitation(client, student);
    else
        (void)choose_of(client, student_actions, sizeof student_actions / sizeof student_actions[0]);
}

bool script_has_something(int number)
{
    const struct client *client = &clients.all[number];
    return number < CLIENTS_FIRST_STUDENT || client->token[0] ||
           clients.students[number - CLIENTS_FIRST_STUDENT].code[0];
}

void script_choose(int number)
{
    struct client *client = &clients.all[number];
    if (number >= CLIENTS_FIRST_STUDENT)
        choose_student(client, number);
    else if (!client->token[0])
        script_login(client);
    else if (client->role == ROLE(COORDINATOR))
        (void)choose_of(client, coordinator, sizeof coordinator / sizeof coordinator[0]);
    else
        (void)choose_of(client, company, sizeof company / sizeof company[0]);
}
