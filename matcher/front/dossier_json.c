#include "front/dossier.h"

#include "base/mem.h"

#include <jansson.h>
#include <sodium.h>
#include <string.h>

static void put(json_t *object, const char *name, const char *value)
{
    if (value[0])
        json_object_set_new(object, name, json_string(value));
}

static void put_time(json_t *object, const char *name, const Google__Protobuf__Timestamp *time)
{
    char text[32];
    dossier_time(time, false, text);
    put(object, name, text);
}

static json_t *list_of(char *const *values, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(values[i]));
    return list;
}

static json_t *step_json(const struct dossier *dossier, const Stagematch__V1__CaseStep *step)
{
    const struct dossier_text *text = dossier_text_of(dossier, step->step);
    json_t *object = json_object();
    json_object_set_new(object, "step", json_integer(step->step));
    put(object, "event", dossier_event_name(step->event));
    put(object, "state", dossier_state_name(step->state));
    put_time(object, "time", step->time);
    put(object, "by", step->role);
    put(object, "about", step->about);
    if (text && text->said->n_grounds)
        json_object_set_new(object, "grounds", list_of(text->said->grounds, text->said->n_grounds));
    if (text)
        json_object_set_new(object, "text", json_string(text->said->text));
    return object;
}

static json_t *decision_json(const Stagematch__V1__CaseDecision *decision)
{
    const ProtobufCEnumValue *state =
        protobuf_c_enum_descriptor_get_value(&stagematch__v1__proposal_state__descriptor, (int)decision->state);
    json_t *object = json_object(), *levels = json_object();
    put(object, "state", state ? state->name + strlen("PROPOSAL_STATE_") : "");
    put(object, "reason", decision->reason);
    put(object, "criterion", decision->criterion);
    put_time(object, "time", decision->time);
    put(object, "qualification", decision->qualification);
    json_object_set_new(object, "band", json_integer(decision->band));
    json_object_set_new(object, "on_behalf", json_boolean(decision->on_behalf));
    json_object_set_new(object, "identity_released", json_boolean(decision->identity_released));
    json_object_set_new(object, "criteria_version", json_integer((json_int_t)decision->criteria_version));
    for (size_t i = 0; i < decision->n_levels; i++)
        json_object_set_new(levels, decision->levels[i]->skill, json_integer(decision->levels[i]->level));
    json_object_set_new(object, "levels", levels);
    if (decision->placement)
        put(object, "leerplaats", decision->placement->leerplaats);
    return object;
}

static json_t *evidence_json(const struct dossier *dossier)
{
    json_t *list = json_array();
    for (size_t i = 0; i < dossier->evidence_count; i++) {
        const Stagematch__V1__CaseEvidence *piece = dossier->evidence[i];
        json_t *object = json_object();
        put(object, "kind", piece->kind);
        put(object, "id", piece->id);
        put(object, "digest", piece->digest);
        if (piece->decision)
            json_object_set_new(object, "decision", decision_json(piece->decision));
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *measures_json(const Stagematch__V1__Case *about)
{
    json_t *list = json_array();
    for (size_t i = 0; i < about->n_measures; i++) {
        const Stagematch__V1__TakenMeasure *measure = about->measures[i];
        json_t *object = json_object();
        put(object, "measure", measure->measure);
        put_time(object, "taken", measure->take_time);
        put_time(object, "ended", measure->end_time);
        put(object, "follow_up_date", measure->follow_up_date);
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *dossier_object(const struct dossier *dossier)
{
    const Stagematch__V1__Case *about = dossier->about;
    const Google__Protobuf__Timestamp made = {.seconds = dossier->made_ms / 1000};
    json_t *object = json_object(), *steps = json_array();
    put(object, "format", "stagematch-case-1");
    put_time(object, "made", &made);
    put(object, "case_id", about->case_id);
    put(object, "school", about->school);
    put(object, "leerbedrijf", about->leerbedrijf);
    put(object, "state", dossier_state_name(about->state));
    put_time(object, "opened", about->create_time);
    put(object, "outcome", about->outcome);
    put(object, "end_reason", about->end_reason);
    put(object, "evidence_digest", about->evidence_digest);
    json_object_set_new(object, "evidence", evidence_json(dossier));
    for (size_t i = 0; i < about->n_steps; i++)
        json_array_append_new(steps, step_json(dossier, about->steps[i]));
    json_object_set_new(object, "steps", steps);
    json_object_set_new(object, "measures", measures_json(about));
    return object;
}

/* jansson gives NULL for what it cannot make; a document with a hole would be worse than none, so it is made again by its parts. */
enum err dossier_json(const struct dossier *dossier, struct buf *out)
{
    json_t *object = dossier_object(dossier);
    char *text = object ? json_dumps(object, JSON_INDENT(1) | JSON_PRESERVE_ORDER) : NULL;
    enum err e = text ? ERR_OK : ERR_MEMORY;
    if (text) {
        buf_put_string(out, text);
        e = buf_error(out);
        sodium_memzero(text, strlen(text));
        free(text);
    }
    json_decref(object);
    return e;
}
