#include "api/schools.h"
#include "domain/command.h"

#include <sodium.h>
#include <string.h>

bool context_ok(struct context *context, enum err e)
{
    if (context->error == ERR_OK)
        context->error = e;
    return context->error == ERR_OK;
}

void context_draw(struct context *context, uint8_t out[ID_BYTES])
{
    static const char domain[] = "stagematch/id/v1";
    crypto_generichash_state hash;
    uint8_t counter[8];
    for (size_t i = 0; i < sizeof counter; i++)
        counter[i] = (uint8_t)(context->drawn >> 8 * (sizeof counter - 1 - i));
    context->drawn++;
    (void)crypto_generichash_init(&hash, context->entropy, ENTROPY_BYTES, ID_BYTES);
    (void)crypto_generichash_update(&hash, (const unsigned char *)domain, sizeof domain);
    (void)crypto_generichash_update(&hash, counter, sizeof counter);
    (void)crypto_generichash_final(&hash, out, ID_BYTES);
}

void *context_edit(struct context *context, enum record_kind kind, struct text key)
{
    if (context->error != ERR_OK || !state_find(context->state, kind, key))
        return NULL;
    void *record = state_edit(context->state, kind, key);
    (void)context_ok(context, record ? ERR_OK : ERR_MEMORY);
    return record;
}

void context_edited(struct context *context, enum record_kind kind, void *record)
{
    if (context->error == ERR_OK)
        (void)context_ok(context, state_edited(context->state, kind, record));
}

void context_add(struct context *context, enum record_kind kind, void *message)
{
    if (context->error == ERR_OK)
        (void)context_ok(context, state_add(context->state, kind, message));
    else
        message_free(message);
}

void context_remove(struct context *context, enum record_kind kind, struct text key)
{
    if (context->error == ERR_OK)
        (void)context_ok(context, state_remove(context->state, kind, key));
}

void *context_new(struct context *context, const ProtobufCMessageDescriptor *descriptor)
{
    void *message;
    return context->error == ERR_OK && context_ok(context, message_new(descriptor, &message)) ? message : NULL;
}

struct status context_status(const struct context *context)
{
    return context->error == ERR_OK ? STATUS_DONE : status_refuse(&refusal_memory);
}

/* Scope. */

bool actor_is(const struct actor *actor, unsigned role)
{
    return actor && actor->role == role;
}

static bool in_scope(const struct actor *actor, const char *value)
{
    for (size_t i = 0; i < actor->scope_count; i++)
        if (strcmp(actor->scope[i], value) == 0)
            return true;
    return false;
}

bool actor_coordinates(const struct actor *actor, const char *school)
{
    return actor_is(actor, ROLE(COORDINATOR)) && in_scope(actor, school);
}

bool actor_has_school(const struct actor *actor, const char *school)
{
    return (actor_is(actor, ROLE(COORDINATOR)) || actor_is(actor, ROLE(VERTROUWENSPERSOON)) ||
            actor_is(actor, ROLE(BEHANDELAAR))) &&
           in_scope(actor, school);
}

bool actor_has_leerbedrijf(const struct actor *actor, const char *leerbedrijf)
{
    return actor_is(actor, ROLE(COMPANY)) && in_scope(actor, leerbedrijf);
}

bool actor_is_checked_by(const struct actor *actor, const char *school)
{
    return actor_is(actor, ROLE(COMPANY)) && schools_have(actor->checked_by, actor->checked_count, school);
}

bool actor_serves(const struct actor *actor, const char *leerbedrijf, const char *school)
{
    return actor_has_leerbedrijf(actor, leerbedrijf) && actor_is_checked_by(actor, school);
}

bool actor_is_student(const struct actor *actor, ProtobufCBinaryData student_ref)
{
    char hex[ID_HEX_BYTES];
    id_format_bytes(student_ref, hex);
    return actor_is(actor, ROLE(STUDENT)) && hex[0] && in_scope(actor, hex);
}

/* Requests. */

struct status id_of_request(const char *hex, uint8_t id[ID_BYTES], struct text *key)
{
    if (id_parse(hex, id) != ERR_OK)
        return status_refuse(&refusal_not_found);
    *key = (struct text){(const char *)id, ID_BYTES};
    return STATUS_DONE;
}

struct status version_of_request(uint64_t asked, uint64_t present)
{
    if (asked == 0)
        return status_refuse_field(&refusal_missing_field, "version");
    if (asked != present)
        return (struct status){&refusal_stale_version, "version", present};
    return STATUS_DONE;
}

void context_time(struct context *context, int64_t ms, Google__Protobuf__Timestamp **field)
{
    if (ms == 0)
        return;
    Google__Protobuf__Timestamp *time = CONTEXT_NEW(context, google__protobuf__timestamp__descriptor);
    if (!time)
        return;
    int64_t seconds = ms / 1000, rest = ms % 1000;
    if (rest < 0) {
        seconds--;
        rest += 1000;
    }
    time->seconds = seconds;
    time->nanos = (int32_t)rest * 1000000;
    *field = time;
}

void context_id(struct context *context, ProtobufCBinaryData id, char **field)
{
    char hex[ID_HEX_BYTES];
    id_format_bytes(id, hex);
    if (context->error == ERR_OK)
        (void)context_ok(context, message_assign_string(field, text_of(hex)));
}
