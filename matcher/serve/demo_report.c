#include "serve/demo_report.h"

static enum err send(struct demo_client *client, const char *school, json_t *report)
{
    json_t *answer;
    enum err e = demo_client_change(client, "ReportService/SendReport", NULL,
                                    json_pack("{s:s,s:o}", "school", school, "report", report), &answer);
    if (e == ERR_OK)
        json_decref(answer);
    return e;
}

enum err demo_seed_reports(struct demo_client *client, const char *school, const char *leerbedrijf)
{
    enum err e =
        send(client, school,
             json_pack("{s:s,s:[s],s:s,s:s,s:s,s:[s],s:s,s:s}", "phase", "REPORT_PHASE_TIJDENS", "grounds",
                       "godsdienst", "nature", "REPORT_NATURE_HOSTILE", "text",
                       "Er worden elke dag grappen gemaakt over mijn hoofddoek. Ik durf er niets van te zeggen.",
                       "wish", "REPORT_WISH_HEARD", "routes", "vertrouwenspersoon", "companyName",
                       "Een zorginstelling", "desk", "REPORT_DESK_VERTROUWENSPERSOON"));
    if (e != ERR_OK)
        return e;
    return send(client, school,
                json_pack("{s:s,s:[s],s:s,s:s,s:s,s:[s,s],s:s,s:s,s:{s:b,s:b}}", "phase", "REPORT_PHASE_SOLLICITATIE",
                          "grounds", "ras", "nature", "REPORT_NATURE_TREATMENT", "text",
                          "Na de kennismaking was de plek ineens weg. Een week later stond hij er weer.", "wish",
                          "REPORT_WISH_CASE", "routes", "sbb", "adv", "leerbedrijf", leerbedrijf, "desk",
                          "REPORT_DESK_BEHANDELAAR", "consent", "handOver", 1, "openCase", 1));
}
