#include "serve/demo_term.h"

#include "base/date.h"

#include <stdio.h>
#include <string.h>

/* One group: a school's students of one programme in one region. */
static const struct group {
    const char *school, *qualification, *leerweg, *postcode;
    unsigned count;
} groups[] = {
    {"99AA", "25655", "LEERWEG_BOL", "3511", 34}, {"99AA", "25998", "LEERWEG_BOL", "3511", 26},
    {"99AB", "25655", "LEERWEG_BOL", "3025", 28}, {"99AB", "25774", "LEERWEG_BBL", "3025", 18},
    {"99AD", "25655", "LEERWEG_BOL", "3811", 6},
};

/* A term as ListMonitorTerms gives it; its days in the middle, so that a period lies within it whatever its months are. */
struct open_term {
    char code[16], from[11], to[11];
};

static enum err read_term(struct demo_client *client, struct open_term *out)
{
    json_t *answer;
    int32_t first, last;
    enum err e = demo_client_call(client, "MonitorService/ListMonitorTerms", NULL, json_object(), &answer);
    if (e != ERR_OK)
        return e;
    const json_t *term = json_array_get(json_object_get(answer, "terms"), 0);
    const char *code = json_string_value(json_object_get(term, "term"));
    const char *first_date = json_string_value(json_object_get(term, "firstDate"));
    const char *last_date = json_string_value(json_object_get(term, "lastDate"));
    e = code && first_date && last_date && date_parse(text_of(first_date), &first) == ERR_OK &&
                date_parse(text_of(last_date), &last) == ERR_OK && strlen(code) < sizeof out->code
            ? ERR_OK
            : ERR_MISMATCH;
    if (e == ERR_OK) {
        (void)snprintf(out->code, sizeof out->code, "%s", code);
        date_format(first + 7, out->from);
        date_format(last - 7, out->to);
    }
    json_decref(answer);
    return e;
}

static json_t *student_of(const struct group *group, const struct open_term *term, unsigned number)
{
    char student_number[16], email[64], postcode[16];
    (void)snprintf(student_number, sizeof student_number, "88%05u", number);
    (void)snprintf(email, sizeof email, "s%s@student.example", student_number);
    (void)snprintf(postcode, sizeof postcode, "%s AB", group->postcode);
    return json_pack("{s:s,s:s,s:{s:s,s:s,s:s,s:s},s:{s:s,s:s,s:i,s:s,s:s,s:i,s:s,s:i}}", "school", group->school,
                     "studentNumber", student_number, "identity", "firstName", "Student", "lastName",
                     "Vorig halfjaar", "email", email, "postcode", postcode, "profile", "qualification",
                     group->qualification, "leerweg", group->leerweg, "year", 2, "startDate", term->from, "endDate",
                     term->to, "hoursPerWeek", 24, "pc4", group->postcode, "maxKm", 40);
}

/* Two of three found a place themselves, one stopped: nobody is left for a round. */
static enum err end_one(struct demo_client *client, const char *token, const char *stagevraag_id, size_t index)
{
    json_t *answer;
    bool stopped = index % 3 == 2;
    json_t *request = json_pack("{s:s,s:i}", "stagevraagId", stagevraag_id, "version", 1);
    if (stopped)
        (void)json_object_set_new(request, "reason", json_string("gestopt-met-opleiding"));
    enum err e =
        demo_client_change(client, stopped ? "StudentService/WithdrawStagevraag" : "StudentService/PlaceElsewhere",
                           token, request, &answer);
    if (e == ERR_OK)
        json_decref(answer);
    return e;
}

static enum err make_group(struct demo_client *client, const char *token, const struct group *group,
                           const struct open_term *term, unsigned *number)
{
    json_t *students = json_array(), *answer;
    for (unsigned i = 0; i < group->count; i++)
        (void)json_array_append_new(students, student_of(group, term, (*number)++));
    enum err e = demo_client_change(client, "StudentService/SubmitStudents", token,
                                    json_pack("{s:o}", "students", students), &answer);
    if (e != ERR_OK)
        return e;
    const json_t *ids = json_object_get(answer, "stagevraagIds");
    for (size_t i = 0; e == ERR_OK && i < json_array_size(ids); i++) {
        const char *id = json_string_value(json_array_get(ids, i));
        e = id ? end_one(client, token, id, i) : ERR_MISMATCH;
    }
    json_decref(answer);
    return e;
}

enum err demo_term_make(struct demo_client *client, const char *coordinator, const char *operator_token)
{
    struct open_term term;
    unsigned number = 1;
    json_t *answer;
    enum err e = read_term(client, &term);
    for (size_t i = 0; e == ERR_OK && i < sizeof groups / sizeof groups[0]; i++)
        e = make_group(client, coordinator, &groups[i], &term, &number);
    if (e == ERR_OK)
        e = demo_client_change(client, "MonitorService/CloseMonitorTerm", operator_token,
                               json_pack("{s:s}", "term", term.code), &answer);
    if (e == ERR_OK)
        json_decref(answer);
    return e;
}
