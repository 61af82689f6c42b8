#include "api/method.h"

#include "api/message.h"
#include "google/protobuf/descriptor.pb-c.h"
#include "support/support.h"

#include <stdio.h>
#include <string.h>

enum { SET_BYTES_MAX = 4 << 20 };

static const char public_package[] = "stagematch.v1", internal_package[] = "stagematch.internal.v1";

/* The compiled descriptor set of proto/; kept until the process ends. */
static const Google__Protobuf__FileDescriptorSet *descriptor_set(void)
{
    static Google__Protobuf__FileDescriptorSet *set;
    static uint8_t bytes[SET_BYTES_MAX];
    if (set)
        return set;
    FILE *file = fopen(STAGEMATCH_API_DESCRIPTORS, "rb");
    ck_assert_ptr_nonnull(file);
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    ck_assert_uint_lt(length, sizeof bytes);
    set = google__protobuf__file_descriptor_set__unpack(NULL, length, bytes);
    ck_assert_ptr_nonnull(set);
    return set;
}

/* Calls `visit` for every rpc of the public API with its path and returns how many there were. */
static size_t each_rpc(void (*visit)(const char *path, const Google__Protobuf__MethodDescriptorProto *rpc))
{
    const Google__Protobuf__FileDescriptorSet *set = descriptor_set();
    size_t count = 0;
    for (size_t f = 0; f < set->n_file; f++) {
        const Google__Protobuf__FileDescriptorProto *file = set->file[f];
        if (!file->package || strcmp(file->package, public_package) != 0)
            continue;
        for (size_t s = 0; s < file->n_service; s++) {
            const Google__Protobuf__ServiceDescriptorProto *service = file->service[s];
            for (size_t m = 0; m < service->n_method; m++) {
                char path[200];
                snprintf(path, sizeof path, "%s.%s/%s", public_package, service->name, service->method[m]->name);
                visit(path, service->method[m]);
                count++;
            }
        }
    }
    return count;
}

static void assert_same_message(const char *path, const ProtobufCMessageDescriptor *descriptor, const char *type)
{
    ck_assert_msg(type[0] == '.' && strcmp(descriptor->name, type + 1) == 0, "%s: %s is not %s", path,
                  descriptor->name, type);
}

static void assert_routed(const char *path, const Google__Protobuf__MethodDescriptorProto *rpc)
{
    const struct method *method = method_find(text_of(path));
    ck_assert_msg(method != NULL, "%s is not in methods.def", path);
    ck_assert_str_eq(method->path, path);
    ck_assert_ptr_eq(method, method_of(method->id));
    assert_same_message(path, method->request, rpc->input_type);
    assert_same_message(path, method->response, rpc->output_type);
    ck_assert_msg(!rpc->client_streaming, "%s: a client cannot stream", path);
    ck_assert_msg((rpc->server_streaming != 0) == ((method->flags & METHOD_STREAM) != 0),
                  "%s: METHOD_STREAM and `stream` differ", path);
    ck_assert_int_eq(method->target == TARGET_WATCH, (method->flags & METHOD_STREAM) != 0);
    bool safe = rpc->options && rpc->options->idempotency_level ==
                                    GOOGLE__PROTOBUF__METHOD_OPTIONS__IDEMPOTENCY_LEVEL__NO_SIDE_EFFECTS;
    ck_assert_msg(safe == ((method->flags & METHOD_GET) != 0), "%s: METHOD_GET and NO_SIDE_EFFECTS differ", path);
}

START_TEST(every_rpc_stands_in_the_table_once)
{
    size_t rpcs = each_rpc(assert_routed), routed = 0;
    for (int i = 0; i < METHOD_COUNT; i++) {
        const struct method *method = method_of((enum method_id)i);
        ck_assert_int_eq(method->id, i);
        routed += method->target != TARGET_INTERNAL;
        for (int k = 0; k < i; k++)
            ck_assert_str_ne(method->path, method_of((enum method_id)k)->path);
    }
    ck_assert_uint_gt(rpcs, 0);
    ck_assert_uint_eq(routed, rpcs);
}
END_TEST

START_TEST(internal_methods_are_internal)
{
    for (int i = 0; i < METHOD_COUNT; i++) {
        const struct method *method = method_of((enum method_id)i);
        bool internal = method->target == TARGET_INTERNAL;
        const char *package = internal ? internal_package : public_package;
        ck_assert_int_eq(internal, strncmp(method->path, "internal/", 9) == 0);
        ck_assert_str_eq(method->request->package_name, package);
        ck_assert_str_eq(method->response->package_name, package);
        if (internal)
            ck_assert_uint_eq(method->roles | method->flags, 0);
        else
            ck_assert_msg((method->roles == 0) == ((method->flags & METHOD_PUBLIC) != 0), "%s: public, or roles",
                          method->path);
        ck_assert_uint_gt(method->max_bytes, 0);
    }
}
END_TEST

START_TEST(what_changes_something_carries_a_request_id)
{
    for (int i = 0; i < METHOD_COUNT; i++) {
        const struct method *method = method_of((enum method_id)i);
        if (method->target == TARGET_INTERNAL)
            continue;
        const ProtobufCFieldDescriptor *field = message_field(method->request, "request_id");
        ck_assert_msg((field != NULL) == ((method->flags & METHOD_CHANGES) != 0), "%s: METHOD_CHANGES and request_id",
                      method->path);
        ck_assert(!field || (field->type == PROTOBUF_C_TYPE_STRING && field->id == 1));
        ck_assert_msg(!(method->flags & METHOD_CHANGES) || !(method->flags & METHOD_GET), "%s", method->path);
    }
}
END_TEST

static bool has_secret(const ProtobufCMessageDescriptor *descriptor)
{
    static const char *const names[] = {"password", "old_password", "new_password", "token", "code"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (message_field(descriptor, names[i]))
            return true;
    return false;
}

START_TEST(what_holds_a_secret_says_so)
{
    for (int i = 0; i < METHOD_COUNT; i++) {
        const struct method *method = method_of((enum method_id)i);
        bool secret = has_secret(method->request) || has_secret(method->response);
        ck_assert_msg(!secret || method->flags & METHOD_SECRET, "%s holds a secret", method->path);
        ck_assert_msg(!(method->flags & METHOD_SECRET) || !(method->flags & METHOD_GET), "%s", method->path);
    }
}
END_TEST

START_TEST(what_takes_a_text_sends_it_through_the_vault)
{
    for (int i = 0; i < METHOD_COUNT; i++) {
        const struct method *method = method_of((enum method_id)i);
        if (method->target == TARGET_INTERNAL)
            continue;
        bool text = message_field(method->request, "text") != NULL;
        bool by_vault = method->target == TARGET_SAGA_TEXT || method->target == TARGET_VAULT;
        ck_assert_msg(!text || by_vault, "%s: a text, and the engine would see it", method->path);
        ck_assert_msg(text || method->target != TARGET_SAGA_TEXT, "%s: no text, and TARGET_SAGA_TEXT", method->path);
    }
}
END_TEST

static bool reaches(const ProtobufCMessageDescriptor *from, const char *type)
{
    for (unsigned i = 0; i < from->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &from->fields[i];
        if (field->type != PROTOBUF_C_TYPE_MESSAGE)
            continue;
        const ProtobufCMessageDescriptor *inner = field->descriptor;
        if (strcmp(inner->name, type) == 0 || reaches(inner, type))
            return true;
    }
    return false;
}

START_TEST(no_identity_goes_to_the_engine)
{
    static const char *const for_the_vault[] = {"stagematch.v1.Identity", "stagematch.v1.StudentIdentity",
                                                "stagematch.internal.v1.StagedStudent"};
    for (int i = 0; i < METHOD_COUNT; i++) {
        const struct method *method = method_of((enum method_id)i);
        bool of_the_engine = method->target == TARGET_ENGINE || method->target == TARGET_SAGA_TEXT ||
                             strncmp(method->path, "internal/Commit", strlen("internal/Commit")) == 0 ||
                             method->flags & METHOD_GET;
        for (size_t k = 0; k < sizeof for_the_vault / sizeof for_the_vault[0] && of_the_engine; k++) {
            ck_assert_msg(!reaches(method->request, for_the_vault[k]), "%s", method->path);
            ck_assert_msg(!reaches(method->response, for_the_vault[k]), "%s", method->path);
        }
    }
}
END_TEST

START_TEST(a_path_is_found_whole_or_not_at_all)
{
    static const char *const wrong[] = {"",
                                        "/",
                                        "stagematch.v1.AuthService",
                                        "stagematch.v1.AuthService/",
                                        "stagematch.v1.AuthService/login",
                                        "stagematch.v1.AuthService/LoginX",
                                        "/stagematch.v1.AuthService/Login",
                                        "zzz",
                                        "internal/"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_ptr_null(method_find(text_of(wrong[i])));
    for (int i = 0; i < METHOD_COUNT; i++)
        ck_assert_ptr_eq(method_find(text_of(method_of((enum method_id)i)->path)), method_of((enum method_id)i));
}
END_TEST

/* wire/json.h has no maps, and wire/pbguard.h walks messages of at most 256 fields, at most 16 deep. */
static void check_shape(const Google__Protobuf__DescriptorProto *message)
{
    ck_assert_msg(!message->options || !message->options->map_entry, "%s is a map", message->name);
    ck_assert_uint_le(message->n_field, 256);
    for (size_t i = 0; i < message->n_nested_type; i++)
        check_shape(message->nested_type[i]);
}

START_TEST(the_api_has_no_maps_and_no_huge_messages)
{
    const Google__Protobuf__FileDescriptorSet *set = descriptor_set();
    for (size_t f = 0; f < set->n_file; f++)
        for (size_t m = 0; m < set->file[f]->n_message_type; m++)
            check_shape(set->file[f]->message_type[m]);
}
END_TEST

static unsigned depth_of(const ProtobufCMessageDescriptor *descriptor, unsigned above)
{
    unsigned deepest = 1;
    ck_assert_msg(above < 16, "%s is in itself, or too deep", descriptor->name);
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        if (descriptor->fields[i].type != PROTOBUF_C_TYPE_MESSAGE)
            continue;
        unsigned inner = 1 + depth_of(descriptor->fields[i].descriptor, above + 1);
        deepest = inner > deepest ? inner : deepest;
    }
    return deepest;
}

START_TEST(no_message_is_in_itself)
{
    for (int i = 0; i < METHOD_COUNT; i++) {
        ck_assert_uint_le(depth_of(method_of((enum method_id)i)->request, 0), 16);
        ck_assert_uint_le(depth_of(method_of((enum method_id)i)->response, 0), 16);
    }
}
END_TEST

RUN_TESTS("api/method", every_rpc_stands_in_the_table_once, internal_methods_are_internal,
          what_changes_something_carries_a_request_id, what_holds_a_secret_says_so,
          what_takes_a_text_sends_it_through_the_vault, no_identity_goes_to_the_engine,
          a_path_is_found_whole_or_not_at_all, the_api_has_no_maps_and_no_huge_messages, no_message_is_in_itself)
