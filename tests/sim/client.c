#include "client.h"

#include "holds.h"
#include "http.h"
#include "learn.h"
#include "script.h"
#include "sim.h"
#include "stand_ins.h"

#include "api/message.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { RETRY_MS_MAX = 3000, THINK_MS_MAX = 400, CODE_BYTES = 40, TOKEN_TRUSTED_MINUTES = 10 };

static const int64_t on_the_way_us = 5 * SIM_SECOND;

/* How long an answer is kept for repeats, less a margin. */
static const int64_t repeat_ms = (int64_t)20 * 3600 * 1000;

struct clients clients;

static const char *name_of(const struct client *client)
{
    return client->email;
}

bool client_is_waiting(int client)
{
    return clients.all[client].operation.out;
}

bool clients_are_idle(void)
{
    for (int i = 0; i < CLIENTS_COUNT; i++)
        if (clients.all[i].operation.active)
            return false;
    return true;
}

bool clients_erase(void)
{
    for (int i = 0; i < CLIENTS_STUDENTS; i++)
        if (clients.students[i].erasing_until_us > sim.now_us)
            return true;
    return false;
}

/* ---- making requests ---- */

void *operation_new(enum method_id method)
{
    void *message;
    char id[40];
    SIM_MUST(message_new(method_of(method)->request, &message) == ERR_OK);
    if (message_has_field(message, "request_id")) {
        (void)snprintf(id, sizeof id, "00000000-0000-4000-8000-%012" PRIx64, clients.next_request++);
        operation_set(message, "request_id", id);
    }
    return message;
}

void operation_set(void *message, const char *field, const char *value)
{
    SIM_MUST(message_set_string(message, field, text_of(value)) == ERR_OK);
}

void operation_set_number(void *message, const char *field, uint64_t value)
{
    SIM_MUST(message_set_u64(message, field, value) == ERR_OK);
}

static void pack_body(struct operation *operation, const void *message)
{
    operation->length = protobuf_c_message_get_packed_size(message);
    SIM_MUST(operation->length <= sizeof operation->body);
    protobuf_c_message_pack(message, operation->body);
}

void operation_begin(struct client *client, enum method_id method, void *message, const char *about)
{
    struct operation *operation = &client->operation;
    *operation = (struct operation){.active = true, .method = method, .begun_wall_ms = sim_wall_ms()};
    (void)snprintf(operation->about, sizeof operation->about, "%s", about);
    operation->has_text = message_has_field(message, "text") && message_text(message, "text").length > 0;
    pack_body(operation, message);
    message_free(message);
}

/* ---- sending, and what becomes of it ---- */

bool operation_is_old(const struct operation *operation)
{
    return sim_wall_ms() - operation->begun_wall_ms > repeat_ms;
}

static void retry_later(struct client *client)
{
    struct operation *operation = &client->operation;
    operation->out = false;
    client->next_us = sim.now_us + (int64_t)sim_below(RETRY_MS_MAX) * SIM_MS;
    /* Too late for a repeat to be recognised: what became of it stays unknown. */
    if (operation_is_old(operation))
        operation->active = false;
}

static void send_request(struct client *client)
{
    struct operation *operation = &client->operation;
    const struct method *method = method_of(operation->method);
    operation->tries++;
    operation->sent_us = sim.now_us;
    SIM_TRACE("%s: %s %s%s", name_of(client), method->path, operation->about,
              operation->is_misuse   ? " (misused)"
              : operation->is_repeat ? " (repeated)"
              : operation->tries > 1 ? " (again)"
                                     : "");
    operation->out = true;
    uint64_t before = clients.answers + clients.refusals;
    operation->request = UINT64_MAX; /* it may be answered before its number is known */
    uint64_t request = http_send(method->path, method->flags & METHOD_PUBLIC ? "" : client->token,
                                 (struct text){(const char *)operation->body, operation->length});
    if (request == 0)
        retry_later(client);
    else if (operation->out && before == clients.answers + clients.refusals)
        operation->request = request;
}

static struct client *client_of(uint64_t request)
{
    for (int i = 0; i < CLIENTS_COUNT; i++)
        if (clients.all[i].operation.out && clients.all[i].operation.request == request)
            return &clients.all[i];
    for (int i = 0; i < CLIENTS_COUNT; i++)
        if (clients.all[i].operation.out && clients.all[i].operation.request == UINT64_MAX)
            return &clients.all[i];
    return NULL;
}

/* The status code in Connect's JSON. */
static void read_code(struct text body, char code[CODE_BYTES])
{
    static const char key[] = "\"code\":\"";
    const char *at = body.length ? memmem(body.data, body.length, key, sizeof key - 1) : NULL;
    size_t length = 0;
    if (at)
        at += sizeof key - 1;
    while (at && length + 1 < CODE_BYTES && at + length < body.data + body.length && at[length] != '"')
        length++;
    memcpy(code, at ? at : "", length);
    code[length] = '\0';
}

static bool is_worth_repeating(const char *code)
{
    static const char *const codes[] = {"unavailable", "deadline_exceeded", "canceled"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(code, codes[i]) == 0)
            return true;
    return false;
}

/* Whether this is a student who is erased, or being erased: then the account goes, too. */
static bool may_be_gone(const struct client *client)
{
    const ptrdiff_t student = client - clients.all - CLIENTS_FIRST_STUDENT;
    return student >= 0 && (clients.students[student].erased || clients.students[student].erasing_until_us);
}

static void lose_token(struct client *client)
{
    int64_t age_ms = sim_wall_ms() - client->token_wall_ms;
    /* What it was let in with is good for a minute, and may be over on the way; a try may share the answer that one before it asked for. */
    bool jumped = sim.jumped_us + on_the_way_us >= client->operation.sent_us ||
                  sim.now_us - client->operation.sent_us > on_the_way_us;
    bool is_young = age_ms >= 0 && age_ms < (int64_t)TOKEN_TRUSTED_MINUTES * 60000;
    if (client->token[0] && is_young && !jumped && !may_be_gone(client))
        sim_fail("a session that was given is known", "%s was logged out after %" PRId64 " ms", name_of(client),
                 age_ms);
    client->token[0] = '\0';
    script_login(client);
}

static void take_refusal(struct client *client, struct text body)
{
    struct operation *operation = &client->operation;
    char code[CODE_BYTES];
    read_code(body, code);
    clients.refusals++;
    SIM_TRACE("%s: %s refused: %s %.*s", name_of(client), method_of(operation->method)->path, code,
              (int)(body.length < 90 ? body.length : 90), body.data);
    operation->out = false;
    if (is_worth_repeating(code)) {
        retry_later(client);
        return;
    }
    if (strcmp(code, "internal") == 0 || strcmp(code, "unknown") == 0 || strcmp(code, "data_loss") == 0)
        sim_fail("no fault of the program shows", "%s: %s", method_of(operation->method)->path, code);
    if (operation->is_repeat && !operation->is_misuse && strcmp(code, "unauthenticated") != 0 &&
        clients.erasures == 0 && !operation_is_old(operation))
        sim_fail("a repeat gets the same answer", "%s: %s", method_of(operation->method)->path, code);
    operation->active = false;
    if (strcmp(code, "unauthenticated") == 0 && operation->method != METHOD_LOGIN)
        lose_token(client);
    learn_refusal(client, operation);
}

/* Some of what was answered is asked once more; some of it with another content under the same request_id. */
static void ask_again(struct client *client, struct text body)
{
    struct operation *operation = &client->operation;
    void *message;
    if (!(method_of(operation->method)->flags & METHOD_CHANGES) || operation->is_repeat || !sim_chance(150))
        return;
    operation->active = operation->is_repeat = true;
    client->next_us = sim.now_us + (int64_t)sim_below(RETRY_MS_MAX) * SIM_MS;
    crypto_generichash(operation->answer, sizeof operation->answer, (const uint8_t *)body.data, body.length, NULL, 0);
    const struct method *method = method_of(operation->method);
    if (!sim_chance(200) || !message_field(method->request, "version"))
        return;
    SIM_MUST(message_unpack(method->request, (struct text){(const char *)operation->body, operation->length},
                            &message) == ERR_OK);
    operation_set_number(message, "version", message_u64(message, "version") + 1);
    pack_body(operation, message);
    message_free(message);
    operation->is_misuse = true;
}

static void check_repeat(const struct client *client, struct text body)
{
    const struct operation *operation = &client->operation;
    uint8_t digest[sizeof operation->answer];
    crypto_generichash(digest, sizeof digest, (const uint8_t *)body.data, body.length, NULL, 0);
    if (operation_is_old(operation))
        return;
    if (operation->is_misuse)
        sim_fail("a request_id has one effect", "%s took another content under it",
                 method_of(operation->method)->path);
    else if (memcmp(digest, operation->answer, sizeof digest) != 0 && clients.erasures == 0)
        sim_fail("a repeat gets the same answer", "%s %s", method_of(operation->method)->path, operation->about);
}

static void take_answer(struct client *client, struct text body)
{
    struct operation *operation = &client->operation;
    void *message;
    clients.answers++;
    SIM_TRACE("%s: %s answered, %zu bytes", name_of(client), method_of(operation->method)->path, body.length);
    if (message_unpack(method_of(operation->method)->response, body, &message) != ERR_OK) {
        sim_fail("an answer can be read", "%s", method_of(operation->method)->path);
        return;
    }
    operation->out = operation->active = false;
    if (operation->is_repeat)
        check_repeat(client, body);
    else
        holds_answer(client, operation, message);
    learn_answer(client, operation, message, operation->is_repeat);
    message_free(message);
    ask_again(client, body);
}

/* From the front, in its turn. Some answers are lost on their way. */
static void answered(uint64_t request, int status, struct text body)
{
    struct client *client = client_of(request);
    if (!client)
        return;
    if (!sim.faults_off && sim_chance(20)) {
        SIM_TRACE("%s: an answer is lost", name_of(client));
        retry_later(client);
    } else if (status == 200) {
        take_answer(client, body);
    } else {
        take_refusal(client, body);
    }
}

/* ---- turns ---- */

bool client_is_ready(int number, bool may_begin)
{
    const struct client *client = &clients.all[number];
    if (client->operation.out)
        return false;
    bool wants = client->operation.active || (may_begin && script_has_something(number));
    return wants && client->next_us <= sim.now_us;
}

void client_turn(int number)
{
    struct client *client = &clients.all[number];
    if (!client->operation.active)
        script_choose(number);
    client->next_us = sim.now_us + (int64_t)sim_below(THINK_MS_MAX) * SIM_MS;
    if (client->operation.active)
        send_request(client);
}

int64_t client_due_us(int number)
{
    const struct client *client = &clients.all[number];
    return client->operation.out ? INT64_MAX : client->next_us;
}

void client_leave(int number)
{
    struct client *client = &clients.all[number];
    uint64_t request = client->operation.request;
    SIM_TRACE("%s: leaves", name_of(client));
    retry_later(client);
    http_leave(request);
}

void clients_lose_front(void)
{
    for (int i = 0; i < CLIENTS_COUNT; i++)
        if (clients.all[i].operation.out)
            retry_later(&clients.all[i]);
}

/* An invitation, with its code behind the link, to a student. */
static void take_letter(struct text letter)
{
    static const char link[] = "/invitation#", to[] = "To: ";
    char email[NAME_BYTES];
    struct text line, rest = letter;
    const char *at = memmem(letter.data, letter.length, link, sizeof link - 1);
    if (!at || !text_next(&rest, '\n', &line) || line.length < sizeof to)
        return;
    (void)snprintf(email, sizeof email, "%.*s", (int)(line.length - (sizeof to - 1)), line.data + sizeof to - 1);
    at += sizeof link - 1;
    SIM_TRACE("an invitation for %s", email);
    for (int i = 0; i < CLIENTS_STUDENTS; i++)
        if (strcmp(clients.all[CLIENTS_FIRST_STUDENT + i].email, email) == 0)
            (void)snprintf(clients.students[i].code, NAME_BYTES, "%.*s", (int)strspn(at, "0123456789abcdef"), at);
}

void clients_reset(void)
{
    static const unsigned roles[CLIENTS_FIRST_STUDENT] = {1, 1, 2};
    static const char *const emails[CLIENTS_FIRST_STUDENT] = {"anna@sim.example", "bram@sim.example",
                                                              "bedrijf@sim.example"};
    memset(&clients, 0, sizeof clients);
    for (int i = 0; i < CLIENTS_COUNT; i++) {
        struct client *client = &clients.all[i];
        client->role = i < CLIENTS_FIRST_STUDENT ? roles[i] : 5;
        if (i < CLIENTS_FIRST_STUDENT)
            (void)snprintf(client->email, sizeof client->email, "%s", emails[i]);
        else
            (void)snprintf(client->email, sizeof client->email, "s%d@student.example", i);
    }
    clients.next_request = 1;
    http_listen(answered);
    letters_listen(take_letter);
}

struct thing *client_thing(struct client *client, enum thing_kind kind, const char *id)
{
    for (size_t i = 0; i < client->thing_count; i++)
        if (client->things[i].kind == kind && strcmp(client->things[i].id, id) == 0)
            return &client->things[i];
    if (client->thing_count == THINGS_MAX)
        return NULL;
    struct thing *thing = &client->things[client->thing_count++];
    *thing = (struct thing){.kind = kind};
    (void)snprintf(thing->id, sizeof thing->id, "%s", id);
    return thing;
}
