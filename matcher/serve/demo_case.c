#include "serve/demo_case.h"

#include <stdio.h>
#include <time.h>

enum { FOLLOW_UP_DAYS = 70 };

/* The present version of the case in an answer, as the API's JSON writes it. */
static const char *version_of(const json_t *answer)
{
    const char *version = json_string_value(json_object_get(json_object_get(answer, "case"), "version"));
    return version ? version : "";
}

/* A step at the version of the answer before, which it takes the place of. */
static enum err step(struct demo_client *client, const char *token, const char *method, json_t *fields, json_t **last)
{
    const char *id = json_string_value(json_object_get(json_object_get(*last, "case"), "caseId"));
    json_t *answer;
    json_object_set_new(fields, "caseId", json_string(id ? id : ""));
    json_object_set_new(fields, "version", json_string(version_of(*last)));
    enum err e = demo_client_change(client, method, token, fields, &answer);
    if (e == ERR_OK) {
        json_decref(*last);
        *last = answer;
    }
    return e;
}

static enum err open_case(struct demo_client *client, const char *token, const char *school, const char *leerbedrijf,
                          const char *text, json_t **answer)
{
    return demo_client_change(client, "CaseService/OpenCase", token,
                              json_pack("{s:s,s:s,s:s}", "school", school, "leerbedrijf", leerbedrijf, "text", text),
                              answer);
}

static enum err ask_the_company(struct demo_client *client, const char *token, const char *school,
                                const char *leerbedrijf)
{
    json_t *last;
    enum err e = open_case(client, token, school, leerbedrijf,
                           "Drie kandidaten kregen dezelfde reden, terwijl hun niveaus verschilden.", &last);
    if (e != ERR_OK)
        return e;
    e = step(client, token, "CaseService/TakeCase", json_pack("{s:b}", "noTie", 1), &last);
    if (e == ERR_OK)
        e = step(client, token, "CaseService/MoveCase", json_pack("{s:s}", "event", "CASE_EVENT_VERIFIED"), &last);
    if (e == ERR_OK)
        e = step(client, token, "CaseService/AskCompany",
                 json_pack("{s:s}", "text", "Hoe kwamen deze drie besluiten tot stand, en wie nam ze?"), &last);
    json_decref(last);
    return e;
}

static enum err agree(struct demo_client *client, const char *token, const char *school, const char *leerbedrijf)
{
    const time_t then = time(NULL) + (time_t)FOLLOW_UP_DAYS * 24 * 3600;
    struct tm parts;
    char day[16] = "";
    json_t *answer;
    if (!gmtime_r(&then, &parts) || strftime(day, sizeof day, "%Y-%m-%d", &parts) == 0)
        return ERR_INTERNAL;
    enum err e = demo_client_change(client, "MeasureService/TakeMeasure", token,
                                    json_pack("{s:s,s:s,s:s,s:s}", "measure", "objectieve-criteria", "school", school,
                                              "leerbedrijf", leerbedrijf, "followUpDate", day),
                                    &answer);
    if (e == ERR_OK)
        json_decref(answer);
    return e;
}

enum err demo_seed_cases(struct demo_client *client, const char *token, const char *school, const char *leerbedrijf)
{
    json_t *waiting = NULL;
    enum err e =
        open_case(client, token, school, leerbedrijf, "Een docent hoorde een opmerking over een naam.", &waiting);
    json_decref(waiting);
    if (e == ERR_OK)
        e = ask_the_company(client, token, school, leerbedrijf);
    return e == ERR_OK ? agree(client, token, school, leerbedrijf) : e;
}
