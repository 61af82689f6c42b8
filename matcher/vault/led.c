#include "vault/led.h"

#include "api/message.h"
#include "base/fault.h"
#include "base/log.h"

#include <string.h>

static const int64_t lead_ms = 60000; /* how long the assertion for a call lasts */

/* One run of a saga. It belongs to whoever answers it: the engine's call, then the commit. */
struct led {
    struct led *previous, *next; /* all that are under way */
    const struct led_saga *saga;
    struct vault *vault;
    struct request *request; /* NULL: reconciliation runs it */
    uint8_t stage_id[ID_BYTES];
};

static void free_led(struct led *led)
{
    if (led->previous)
        led->previous->next = led->next;
    else
        led->vault->leds = led->next;
    if (led->next)
        led->next->previous = led->previous;
    mem_free(led);
}

void led_abandon(struct vault *vault)
{
    while (vault->leds)
        free_led(vault->leds);
}

static void give_up(struct led *led, enum err e)
{
    stage_let_go(led->vault, led->stage_id);
    if (led->request)
        request_fail(led->request, e);
    else
        LOG(LOG_WARN, "saga_waits", LOG_WORD("method", method_of(led->saga->method)->path),
            LOG_WORD("error", err_text(e)));
    free_led(led);
}

/* Not committed, and never to be under this stage. */
static void drop(struct led *led, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    StageRow *row = NULL;
    struct edit edit;
    if (!led->request) {
        /* The engine said before that it committed this; what it says now cannot be right. */
        LOG(LOG_ERROR, "saga_contradiction", LOG_WORD("method", method_of(led->saga->method)->path));
        give_up(led, ERR_MISMATCH);
        return;
    }
    edit_begin(&edit, led->vault->image);
    enum err e = stage_read(&edit, TEXT_OF(led->stage_id), &row);
    if (e == ERR_OK)
        e = led->saga->drop(&edit, row);
    if (e == ERR_OK) {
        stage_end(led->vault, &edit, led->stage_id, row, true);
        e = edit_commit(&edit, NULL, NULL); /* where it is lost, reconciliation drops the stage */
        if (e != ERR_OK)
            vault_reload(led->vault);
    } else {
        edit_abort(&edit);
    }
    message_free(row);
    request_relay(led->request, status, reply);
    free_led(led);
}

static void reconciled(void *context, enum err result)
{
    struct led *led = context;
    if (result == ERR_OK)
        free_led(led);
    else
        give_up(led, result);
}

static void finish(struct led *led, const void *answer)
{
    StageRow *row = NULL;
    const void *response = NULL;
    struct edit edit;
    FAULT_POINT("vault.led_committed");
    edit_begin(&edit, led->vault->image);
    enum err e = stage_read(&edit, TEXT_OF(led->stage_id), &row);
    if (e == ERR_OK)
        e = led->saga->finish(led->vault, &edit, row, answer, &response);
    if (e != ERR_OK) {
        edit_abort(&edit);
        message_free(row);
        give_up(led, e);
        return;
    }
    stage_end(led->vault, &edit, led->stage_id, row, false);
    if (led->request) {
        request_commit(led->request, &edit, response);
        free_led(led);
    } else {
        vault_answer_keep(led->vault, &edit, binary_text(&row->answer_key), binary_text(&row->answer_digest),
                          response);
        e = edit_commit(&edit, reconciled, led);
        if (e != ERR_OK) {
            vault_reload(led->vault);
            give_up(led, e);
        }
    }
    message_free(row);
}

static void answered(void *context, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    struct led *led = context;
    struct pbguard_message answer = {0};
    if (!status.refusal && reply && channel_reply_code(reply) == STATUS_OK) {
        enum err e = engine_answer(led->saga->method, reply, &answer);
        if (e == ERR_OK)
            finish(led, answer.message);
        else
            give_up(led, e);
        pbguard_free(&answer);
        return;
    }
    if (engine_refused(reply))
        drop(led, status, reply);
    else
        give_up(led, ERR_IO); /* nobody knows: reconciliation asks */
}

/* The caller as the stage remembers it: the saga goes on whoever is still there. */
static void caller_of_stage(struct vault *vault, const StageRow *row, struct caller *out)
{
    *out = (struct caller){.role = row->role,
                           .scope = (const char *const *)row->scope,
                           .scope_count = row->n_scope,
                           .expire_ms = vault_now_ms(vault) + lead_ms,
                           .name = ""};
    if (row->account_id.len == ID_BYTES)
        memcpy(out->account_id, row->account_id.data, ID_BYTES);
}

void led_run(const struct led_saga *saga, struct vault *vault, const uint8_t stage_id[ID_BYTES],
             struct request *request)
{
    struct led *led;
    struct caller caller;
    StageRow *row = NULL;
    struct edit edit;
    enum err e = mem_alloc(1, sizeof *led, &led);
    if (e != ERR_OK) {
        stage_let_go(vault, stage_id);
        if (request)
            request_fail(request, e);
        return;
    }
    *led = (struct led){.saga = saga, .vault = vault, .request = request};
    memcpy(led->stage_id, stage_id, ID_BYTES);
    led->next = vault->leds;
    if (led->next)
        led->next->previous = led;
    vault->leds = led;
    edit_begin(&edit, vault->image);
    e = stage_read(&edit, TEXT_OF(led->stage_id), &row);
    edit_abort(&edit);
    if (e == ERR_OK) {
        caller_of_stage(vault, row, &caller);
        stage_hold(vault, led->stage_id);
        e = saga->ask(vault, led->stage_id, row, &caller, answered, led);
    }
    message_free(row);
    if (e != ERR_OK)
        give_up(led, e == ERR_MISSING ? ERR_IO : e);
}

struct led_staged {
    const struct led_saga *saga;
    uint8_t stage_id[ID_BYTES];
};

static void staged(void *context, enum err result)
{
    struct request *request = context;
    const struct led_staged *led = request->work;
    FAULT_POINT("vault.led_staged");
    if (result == ERR_OK)
        led_run(led->saga, request->vault, led->stage_id, request);
    else
        request_fail(request, result);
}

static enum err fill_row(const struct led_plan *plan, const struct request *request, const uint8_t base[ID_BYTES],
                         StageRow *row)
{
    const struct caller *caller = &request->caller;
    row->kind = plan->kind;
    row->role = (Stagematch__V1__Role)caller->role;
    row->version = plan->version;
    enum err e = message_assign_string(&row->request_id, text_of(plan->request_id));
    const struct {
        ProtobufCBinaryData *member;
        struct text value;
    } members[] = {
        {&row->account_id, TEXT_OF(caller->account_id)},  {&row->base_id, bytes_of(base, ID_BYTES)},
        {&row->answer_key, TEXT_OF(request->answer_key)}, {&row->answer_digest, TEXT_OF(request->digest)},
        {&row->proposal_id, plan->proposal_id},           {&row->person, plan->person},
        {&row->student_ref, plan->student_ref},           {&row->report_id, plan->report_id},
    };
    for (size_t i = 0; i < sizeof members / sizeof members[0] && e == ERR_OK; i++)
        if (members[i].value.length)
            e = message_assign_bytes(members[i].member, members[i].value);
    if (e == ERR_OK && plan->report_change)
        e = message_dup(plan->report_change, &row->report_change);
    for (size_t i = 0; i < caller->scope_count && e == ERR_OK; i++)
        e = message_append_string(&row->n_scope, &row->scope, text_of(caller->scope[i]));
    return e;
}

/* A new stage, or the one that an earlier try left. */
static enum err stage(const struct led_plan *plan, struct request *request, struct edit *edit, struct led_staged *led)
{
    struct vault *vault = request->vault;
    uint8_t base[ID_BYTES];
    StageRow *row = NULL;
    enum err e = stage_id_of(vault, edit, &request->caller, plan->use, plan->request_id, base, led->stage_id);
    if (e == ERR_OK && stage_is_busy(vault, led->stage_id))
        return ERR_IO;
    if (e == ERR_OK)
        e = stage_read(edit, TEXT_OF(led->stage_id), &row);
    if (e == ERR_MISSING) {
        e = message_new(&stagematch__internal__v1__stage_row__descriptor, &row);
        if (e == ERR_OK)
            e = fill_row(plan, request, base, row);
        if (e == ERR_OK)
            stage_write(vault, edit, led->stage_id, row);
    }
    message_free(row);
    return e;
}

void led_begin(const struct led_plan *plan, struct request *request, struct edit *edit)
{
    struct led_staged *led;
    enum err e = arena_alloc(&request->arena, 1, sizeof *led, &led);
    if (e == ERR_OK) {
        led->saga = plan->saga;
        e = stage(plan, request, edit, led);
    }
    if (e != ERR_OK) {
        edit_abort(edit);
        request_fail(request, e);
        return;
    }
    request->work = led;
    e = edit_commit(edit, staged, request);
    if (e == ERR_OK) {
        stage_hold(request->vault, led->stage_id);
        return;
    }
    vault_reload(request->vault);
    request_fail(request, e);
}
