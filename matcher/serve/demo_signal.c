#include "serve/demo_signal.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* A programme of its own, so that the round takes nobody of the demo's. */
#define QUALIFICATION "25168"

enum { STUDENTS = 19, UNCLEAR = 4, NONCE_BYTES = 32, ID_CHARS = 40, TRIES_MAX = 600, WAIT_NS = 50000000 };

/* The first objects to every candidate without a clear reason, the other agrees with all. */
static const struct company {
    const char *leerbedrijf, *name, *kvk;
    unsigned places;
} companies[] = {{"990009102", "Eethuis De Kade", "90009102", UNCLEAR},
                 {"990009101", "Restaurant Het Lokaal", "90009101", STUDENTS - UNCLEAR}};

/* A change whose answer nobody needs. */
static enum err change(struct demo_client *client, const char *token, const char *method, json_t *request)
{
    json_t *answer;
    enum err e = demo_client_change(client, method, token, request, &answer);
    if (e == ERR_OK)
        json_decref(answer);
    return e;
}

static enum err make_students(struct demo_client *client, const char *token, const char *school)
{
    json_t *students = json_array();
    for (unsigned i = 0; i < STUDENTS; i++) {
        char number[16], email[64];
        (void)snprintf(number, sizeof number, "77%05u", i);
        (void)snprintf(email, sizeof email, "s%s@student.example", number);
        (void)json_array_append_new(
            students, json_pack("{s:s,s:s,s:{s:s,s:s,s:s,s:s},s:{s:s,s:s,s:i,s:s,s:s,s:i,s:s,s:i}}", "school", school,
                                "studentNumber", number, "identity", "firstName", "Student", "lastName", "Horeca",
                                "email", email, "postcode", "3511 AB", "profile", "qualification", QUALIFICATION,
                                "leerweg", "LEERWEG_BOL", "year", 2, "startDate", "2027-02-01", "endDate",
                                "2027-07-02", "hoursPerWeek", 32, "pc4", "3511", "maxKm", 40));
    }
    return change(client, token, "StudentService/SubmitStudents", json_pack("{s:o}", "students", students));
}

static enum err make_place(struct demo_client *client, const char *token, const struct company *company,
                           unsigned number)
{
    char name[16];
    json_t *answer;
    (void)snprintf(name, sizeof name, "HOR.%u", number);
    json_t *placement =
        json_pack("{s:s,s:s,s:s,s:s,s:s,s:[s],s:s,s:i,s:s,s:s,s:i,s:s}", "leerbedrijf", company->leerbedrijf,
                  "leerplaats", name, "companyName", company->name, "kvk", company->kvk, "postcode", "3511",
                  "qualifications", QUALIFICATION, "leerweg", "LEERWEG_BOL", "capacity", 1, "startDate", "2027-02-01",
                  "endDate", "2027-07-02", "hoursPerWeek", 32, "title", "Leren in de bediening");
    enum err e = demo_client_change(client, "PlacementService/SubmitPlacement", token,
                                    json_pack("{s:o}", "placement", placement), &answer);
    if (e != ERR_OK)
        return e;
    json_t *made = json_object_get(answer, "placement");
    e = change(client, token, "PlacementService/PublishPlacement",
               json_pack("{s:O,s:O}", "placementId", json_object_get(made, "placementId"), "version",
                         json_object_get(made, "version")));
    json_decref(answer);
    return e;
}

/* The round. */

struct played {
    struct demo_client *client;
    const char *token, *school;
    char round_id[ID_CHARS];
};

static enum err get_round(const struct played *played, json_t **answer)
{
    return demo_client_call(played->client, "RoundService/GetRound", played->token,
                            json_pack("{s:s}", "roundId", played->round_id), answer);
}

static enum err move(const struct played *played, const char *method)
{
    json_t *answer;
    enum err e = get_round(played, &answer);
    if (e != ERR_OK)
        return e;
    e = change(played->client, played->token, method,
               json_pack("{s:s,s:O}", "roundId", played->round_id, "version",
                         json_object_get(json_object_get(answer, "round"), "version")));
    json_decref(answer);
    return e;
}

static enum err wait_for(const struct played *played, const char *state)
{
    const struct timespec wait = {0, WAIT_NS};
    for (unsigned i = 0; i < TRIES_MAX; i++) {
        json_t *answer;
        enum err e = get_round(played, &answer);
        if (e != ERR_OK)
            return e;
        const char *now = json_string_value(json_object_get(json_object_get(answer, "round"), "state"));
        bool there = now && strcmp(now, state) == 0;
        json_decref(answer);
        if (there)
            return ERR_OK;
        (void)nanosleep(&wait, NULL);
    }
    return ERR_MISSING;
}

/* The school's part of the lottery: of no secrecy here. */
static enum err give_nonce(const struct played *played, bool reveal)
{
    uint8_t nonce[NONCE_BYTES], hash[crypto_hash_sha256_BYTES];
    char nonce_hex[2 * NONCE_BYTES + 1], hash_hex[2 * sizeof hash + 1];
    crypto_hash_sha256_state state;
    memset(nonce, 0x33, sizeof nonce);
    (void)crypto_hash_sha256_init(&state);
    (void)crypto_hash_sha256_update(&state, (const unsigned char *)played->school, strlen(played->school) + 1);
    (void)crypto_hash_sha256_update(&state, nonce, sizeof nonce);
    (void)crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(nonce_hex, sizeof nonce_hex, nonce, sizeof nonce);
    sodium_bin2hex(hash_hex, sizeof hash_hex, hash, sizeof hash);
    return change(played->client, played->token, reveal ? "RoundService/RevealNonce" : "RoundService/CommitNonce",
                  json_pack("{s:s,s:s,s:s}", "roundId", played->round_id, "school", played->school,
                            reveal ? "nonce" : "commitment", reveal ? nonce_hex : hash_hex));
}

static enum err play_round(struct played *played)
{
    json_t *answer;
    enum err e = demo_client_change(played->client, "RoundService/CreateRound", played->token,
                                    json_pack("{s:s,s:[s],s:[s]}", "name", "Horeca (voorbeeld)", "schools",
                                              played->school, "qualifications", QUALIFICATION),
                                    &answer);
    if (e != ERR_OK)
        return e;
    const char *id = json_string_value(json_object_get(json_object_get(answer, "round"), "roundId"));
    (void)snprintf(played->round_id, sizeof played->round_id, "%s", id ? id : "");
    json_decref(answer);
    e = move(played, "RoundService/OpenRound");
    if (e == ERR_OK)
        e = give_nonce(played, false);
    if (e == ERR_OK)
        e = move(played, "RoundService/SealRound");
    if (e == ERR_OK)
        e = give_nonce(played, true);
    if (e == ERR_OK)
        e = move(played, "RoundService/SolveRound");
    if (e == ERR_OK)
        e = wait_for(played, "ROUND_STATE_VERIFIED");
    if (e == ERR_OK)
        e = move(played, "RoundService/PublishRound");
    return e == ERR_OK ? wait_for(played, "ROUND_STATE_PUBLISHED") : e;
}

/* Decisions on the companies' behalf. */

static enum err decide(const struct played *played, const json_t *proposal)
{
    json_t *answer;
    const char *leerbedrijf = json_string_value(json_object_get(proposal, "leerbedrijf"));
    bool unclear = leerbedrijf && strcmp(leerbedrijf, companies[0].leerbedrijf) == 0;
    enum err e = demo_client_change(played->client, "ProposalService/ApproveProposal", played->token,
                                    json_pack("{s:O,s:O}", "proposalId", json_object_get(proposal, "proposalId"),
                                              "version", json_object_get(proposal, "version")),
                                    &answer);
    if (e != ERR_OK)
        return e;
    json_t *decision = json_pack("{s:O,s:O}", "candidate", json_object_get(proposal, "candidate"), "version",
                                 json_object_get(json_object_get(answer, "proposal"), "version"));
    if (unclear) {
        (void)json_object_set_new(decision, "reason", json_string("anders"));
        (void)json_object_set_new(decision, "text", json_string("Past niet zo goed in het team."));
    }
    json_decref(answer);
    return change(played->client, played->token,
                  unclear ? "CandidateService/ObjectToCandidate" : "CandidateService/AgreeToCandidate", decision);
}

static enum err decide_all(const struct played *played)
{
    json_t *answer, *proposal;
    size_t i;
    enum err e = demo_client_call(played->client, "ProposalService/ListProposals", played->token,
                                  json_pack("{s:s}", "roundId", played->round_id), &answer);
    if (e != ERR_OK)
        return e;
    json_array_foreach(json_object_get(answer, "proposals"), i, proposal)
    {
        e = decide(played, proposal);
        if (e != ERR_OK)
            break;
    }
    json_decref(answer);
    return e;
}

enum err demo_seed_signals(struct demo_client *client, const char *token, const char *school)
{
    struct played played = {.client = client, .token = token, .school = school};
    unsigned number = 1;
    enum err e = make_students(client, token, school);
    for (size_t i = 0; i < sizeof companies / sizeof companies[0]; i++)
        for (unsigned n = 0; e == ERR_OK && n < companies[i].places; n++)
            e = make_place(client, token, &companies[i], number++);
    if (e == ERR_OK)
        e = play_round(&played);
    return e == ERR_OK ? decide_all(&played) : e;
}
