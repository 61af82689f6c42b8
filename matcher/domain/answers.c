#include "domain/answers.h"

#include <sodium.h>
#include <string.h>

enum { UUID_CHARS = 36 };

bool answer_is_kept(const struct handler *handler)
{
    return handler->keep_answer || (method_of(handler->method)->flags & METHOD_CHANGES) != 0;
}

/* A field of a message whose type is known by its descriptor alone. NULL where it has none of this name and type. */
static const void *field_of(const ProtobufCMessage *message, const char *name, ProtobufCType type)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
    if (!field || field->type != type || field->label == PROTOBUF_C_LABEL_REPEATED)
        return NULL;
    return (const char *)message + field->offset;
}

/* Lower-case; "" for what is no UUID. */
static void read_uuid(const char *value, char out[UUID_CHARS + 1])
{
    out[0] = '\0';
    if (!value || strnlen(value, UUID_CHARS + 1) != UUID_CHARS)
        return;
    char lower[UUID_CHARS + 1] = "";
    for (size_t i = 0; i < UUID_CHARS; i++) {
        char c = value[i];
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !digit)
            return;
        lower[i] = c;
        if (c >= 'A' && c <= 'F')
            lower[i] = "abcdef"[c - 'A'];
    }
    memcpy(out, lower, sizeof lower);
}

static void read_request_id(const ProtobufCMessage *request, char out[UUID_CHARS + 1])
{
    const char *const *value = field_of(request, "request_id", PROTOBUF_C_TYPE_STRING);
    read_uuid(value ? *value : NULL, out);
}

/* With a text the public call lies inside: it is that call's id, and that call's method, under which a repeat is found. */
static const struct method *read_inner(const Stagematch__Internal__V1__CommitWithTextRequest *request,
                                       char out[UUID_CHARS + 1])
{
    const struct method *method = method_find(text_of(request->method));
    ProtobufCMessage *inner;
    out[0] = '\0';
    if (!method || message_unpack(method->request, text_of_bytes(request->request), &inner) != ERR_OK)
        return NULL;
    read_request_id(inner, out);
    message_free(inner);
    return method;
}

static void hash_number(crypto_generichash_state *hash, uint64_t value)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(value >> 8 * (sizeof bytes - 1 - i));
    (void)crypto_generichash_update(hash, bytes, sizeof bytes);
}

struct status answer_identify(const struct command *command, struct answer_identity *out)
{
    char request_id[UUID_CHARS + 1];
    const struct method *method = command->method;
    if (method->id == METHOD_COMMIT_WITH_TEXT)
        method = read_inner((const void *)command->request, request_id);
    else
        read_request_id(command->request, request_id);
    if (!method || !request_id[0])
        return status_refuse_field(&refusal_request_id, "request_id");
    const uint32_t *chunk = field_of(command->request, "chunk", PROTOBUF_C_TYPE_UINT32);
    crypto_generichash_state hash;
    (void)crypto_generichash_init(&hash, NULL, 0, sizeof out->key);
    (void)crypto_generichash_update(&hash, command->actor.account_id, sizeof command->actor.account_id);
    (void)crypto_generichash_update(&hash, (const unsigned char *)method->path, strlen(method->path) + 1);
    (void)crypto_generichash_update(&hash, (const unsigned char *)request_id, UUID_CHARS);
    hash_number(&hash, chunk ? *chunk : 0);
    (void)crypto_generichash_final(&hash, out->key, sizeof out->key);
    (void)crypto_generichash(out->digest, sizeof out->digest, (const unsigned char *)command->request_bytes.data,
                             command->request_bytes.length, NULL, 0);
    return STATUS_DONE;
}

struct status answer_find(const struct state *state, const struct answer_identity *identity, int64_t now_ms,
                          const AnswerRecord **found)
{
    struct text key = {(const char *)identity->key, sizeof identity->key};
    const AnswerRecord *answer = state_find(state, RECORD_ANSWER, key);
    *found = NULL;
    if (!answer || answer->expire_ms <= now_ms)
        return STATUS_DONE;
    if (answer->digest.len != sizeof identity->digest ||
        memcmp(answer->digest.data, identity->digest, sizeof identity->digest) != 0)
        return status_refuse_field(&refusal_request_reused, "request_id");
    *found = answer;
    return STATUS_DONE;
}

void answer_keep(struct context *context, const struct answer_identity *identity, struct text reply)
{
    struct text key = {(const char *)identity->key, sizeof identity->key};
    /* One that has expired and was not swept yet gives way. */
    if (state_find(context->state, RECORD_ANSWER, key))
        context_remove(context, RECORD_ANSWER, key);
    AnswerRecord *answer = CONTEXT_NEW(context, stagematch__internal__v1__answer_record__descriptor);
    if (!answer)
        return;
    answer->expire_ms = context->now_ms + ANSWER_KEPT_MS;
    if (!context_ok(context, message_assign_bytes(&answer->key, key)) ||
        !context_ok(context, message_assign_bytes(&answer->digest, (struct text){(const char *)identity->digest,
                                                                                 sizeof identity->digest})) ||
        !context_ok(context, message_assign_bytes(&answer->reply, reply))) {
        message_free(answer);
        return;
    }
    context_add(context, RECORD_ANSWER, answer);
}
