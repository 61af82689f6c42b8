#include "learn.h"

#include "script.h"
#include "sim.h"

#include "api/message.h"
#include "stagematch/v1/candidate.pb-c.h"
#include "stagematch/v1/placement.pb-c.h"
#include "stagematch/v1/proposal.pb-c.h"
#include "stagematch/v1/round.pb-c.h"
#include "stagematch/v1/student.pb-c.h"
#include "stagematch/v1/task.pb-c.h"

#include <stdio.h>
#include <string.h>

static const struct shape {
    const ProtobufCMessageDescriptor *descriptor;
    enum thing_kind kind;
    const char *id, *of;
} shapes[] = {
    {&stagematch__v1__proposal__descriptor, THING_PROPOSAL, "proposal_id", "stagevraag_id"},
    {&stagematch__v1__candidate_view__descriptor, THING_CANDIDATE, "candidate", "placement_id"},
    {&stagematch__v1__candidate_summary__descriptor, THING_CANDIDATE, "candidate", "placement_id"},
    {&stagematch__v1__task__descriptor, THING_CANDIDATE, "candidate", "placement_id"},
    {&stagematch__v1__placement__descriptor, THING_PLACEMENT, "placement_id", "leerplaats"},
    {&stagematch__v1__round__descriptor, THING_ROUND, "round_id", "name"},
    {&stagematch__v1__stagevraag__descriptor, THING_STAGEVRAAG, "stagevraag_id", "school"},
};
enum { SHAPE_COUNT = sizeof shapes / sizeof shapes[0] };

static void copy_name(char to[NAME_BYTES], struct text from)
{
    SIM_MUST(from.length < NAME_BYTES);
    if (from.length)
        memcpy(to, from.data, from.length);
    to[from.length] = '\0';
}

static void read_round(const Stagematch__V1__Round *round, struct thing *thing)
{
    for (size_t i = 0; i < round->n_commitments; i++) {
        thing->has_commitment = thing->has_commitment || round->commitments[i]->commitment[0];
        thing->has_nonce = thing->has_nonce || round->commitments[i]->nonce[0];
    }
}

static void visit_message(const struct shape *shape, const void *message,
                          void (*visit)(void *context, const struct thing *thing), void *context)
{
    struct thing thing = {.kind = shape->kind};
    copy_name(thing.id, message_text(message, shape->id));
    if (!thing.id[0]) /* a task without a candidate */
        return;
    copy_name(thing.of, message_text(message, shape->of));
    if (message_has_field(message, "version"))
        thing.version = message_u64(message, "version");
    thing.is_named = !message_has_field(message, "state");
    if (!thing.is_named)
        thing.state = (uint32_t)message_u64(message, "state");
    if (shape->kind == THING_ROUND)
        read_round(message, &thing);
    visit(context, &thing);
}

static const struct shape *shape_of(const ProtobufCFieldDescriptor *field)
{
    for (size_t i = 0; field->type == PROTOBUF_C_TYPE_MESSAGE && i < SHAPE_COUNT; i++)
        if (shapes[i].descriptor == field->descriptor)
            return &shapes[i];
    return NULL;
}

void learn_each(const void *answer, void (*visit)(void *context, const struct thing *thing), void *context)
{
    const ProtobufCMessageDescriptor *descriptor = ((const ProtobufCMessage *)answer)->descriptor;
    const char *base = answer;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        const struct shape *shape = shape_of(field);
        if (!shape)
            continue;
        const void *member = base + field->offset;
        if (field->label != PROTOBUF_C_LABEL_REPEATED) {
            const void *one = *(void *const *)member;
            if (one)
                visit_message(shape, one, visit, context);
            continue;
        }
        size_t count = *(const size_t *)(const void *)(base + field->quantifier_offset);
        for (size_t j = 0; j < count; j++)
            visit_message(shape, (*(void *const *const *)member)[j], visit, context);
    }
}

struct learner {
    struct client *client;
    bool again;
};

static void take_thing(void *context, const struct thing *seen)
{
    const struct learner *learner = context;
    struct thing *known = client_thing(learner->client, seen->kind, seen->id);
    if (!known || learner->again || seen->is_named)
        return;
    if (seen->version && seen->version < known->version)
        sim_fail("a version never goes back for one client", "%s saw %s at %" PRIu64 ", then at %" PRIu64,
                 learner->client->email, seen->id, known->version, seen->version);
    uint64_t version = seen->version ? seen->version : known->version;
    *known = *seen;
    known->version = version;
}

static struct student *student_of(const char *stagevraag_id)
{
    for (int i = 0; i < CLIENTS_STUDENTS; i++)
        if (strcmp(clients.students[i].stagevraag_id, stagevraag_id) == 0)
            return &clients.students[i];
    return NULL;
}

/* Its time runs from when it was asked for, at the earliest. */
static void take_token(struct client *client, const struct operation *operation, const void *answer)
{
    copy_name(client->token, message_text(answer, "token"));
    client->token_wall_ms = operation->begun_wall_ms;
}

/* Whoever asked before it happened may be answered after. */
static void end_erasing(struct student *student)
{
    if (student->erasing_until_us == INT64_MAX)
        student->erasing_until_us = sim.now_us + SIM_MINUTE;
}

/* Ids come in the order of the request, which says in `about` whom it was about. */
static void take_students(const struct operation *operation, const void *answer)
{
    const Stagematch__V1__SubmitStudentsResponse *response = answer;
    struct text word, about = text_of(operation->about);
    uint64_t first = 0;
    SIM_MUST(text_next(&about, ' ', &word) && text_to_u64(word, 0, CLIENTS_STUDENTS - 1, &first) == ERR_OK);
    for (size_t i = 0; i < response->n_stagevraag_ids; i++) {
        struct student *student = &clients.students[first + i];
        student->erased = student->erased && strcmp(student->stagevraag_id, response->stagevraag_ids[i]) == 0;
        copy_name(student->stagevraag_id, text_of(response->stagevraag_ids[i]));
    }
}

void learn_answer(struct client *client, const struct operation *operation, const void *answer, bool again)
{
    struct learner learner = {client, again};
    struct student *student;
    learn_each(answer, take_thing, &learner);
    if (operation->method == METHOD_LOGIN || operation->method == METHOD_ACCEPT_INVITATION)
        take_token(client, operation, answer);
    if (operation->method == METHOD_ERASE_STUDENT && (student = student_of(operation->about)) != NULL) {
        student->erased = true;
        end_erasing(student);
    }
    if (operation->method == METHOD_SUBMIT_STUDENTS && !again)
        take_students(operation, answer);
}

/* What was thought of it may be wrong: it is looked at again before anything else is done with it. */
void learn_refusal(struct client *client, const struct operation *operation)
{
    for (size_t i = 0; i < client->thing_count; i++)
        if (strcmp(client->things[i].id, operation->about) == 0)
            client->things[i].state = 0;
    struct student *student;
    if (operation->method == METHOD_ERASE_STUDENT && (student = student_of(operation->about)) != NULL)
        end_erasing(student);
    if (operation->method == METHOD_ACCEPT_INVITATION) { /* perhaps it was accepted, and nobody heard */
        clients.students[client - clients.all - CLIENTS_FIRST_STUDENT].code[0] = '\0';
        script_login(client);
    }
}
