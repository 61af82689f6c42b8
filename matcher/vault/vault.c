#include "vault/vault.h"

#include "api/message.h"
#include "base/log.h"
#include "vault/accounts.h"
#include "vault/audit.h"
#include "vault/expiry.h"
#include "vault/groups.h"
#include "vault/key_check.h"
#include "vault/outbox.h"
#include "vault/report_lists.h"
#include "vault/report_sweep.h"
#include "vault/stages.h"
#include "vault/text_check.h"

#include <event2/event.h>
#include <string.h>

enum { TIMER_COUNT = 4 };

const struct vault_tuning vault_tuning_default = {
    .hasher = {.workers = HASHER_WORKERS},
    .reconcile_every_ms = 3000,
    .stage_age_ms = 10000,
    .pull_every_ms = 2000,
    .send_every_ms = 1000,
    .minute_ms = 60000,
    .lock_wait_ms = 60000,
};

static void reconcile(int fd, short what, void *context)
{
    struct vault *vault = context;
    (void)fd;
    (void)what;
    stages_reconcile(vault->stages);
}

static void pull(int fd, short what, void *context)
{
    struct vault *vault = context;
    (void)fd;
    (void)what;
    outbox_pull(vault->outbox);
    groups_pull(vault);
}

static void send_due(int fd, short what, void *context)
{
    struct vault *vault = context;
    (void)fd;
    (void)what;
    outbox_send_due(vault->outbox);
}

static void minute(int fd, short what, void *context)
{
    struct vault *vault = context;
    (void)fd;
    (void)what;
    if (vault->stopping)
        return;
    expiry_sweep(vault->expiry, vault_now_ms(vault));
    outbox_sweep(vault->outbox);
    reports_sweep(vault);
    audit_checkpoint(vault);
}

static enum err start_timers(struct vault *vault)
{
    const struct {
        event_callback_fn run;
        unsigned every_ms;
    } timers[TIMER_COUNT] = {
        {reconcile, vault->tuning.reconcile_every_ms},
        {pull, vault->tuning.pull_every_ms},
        {send_due, vault->tuning.send_every_ms},
        {minute, vault->tuning.minute_ms},
    };
    for (int i = 0; i < TIMER_COUNT; i++) {
        struct timeval every = {timers[i].every_ms / 1000, (suseconds_t)(timers[i].every_ms % 1000) * 1000};
        vault->timers[i] = event_new(vault->environment->base, -1, EV_PERSIST, timers[i].run, vault);
        if (!vault->timers[i] || event_add(vault->timers[i], &every) != 0)
            return ERR_MEMORY;
    }
    return ERR_OK;
}

static enum err load(struct vault *vault)
{
    enum err e = accounts_load(vault->accounts, vault->image);
    if (e == ERR_OK)
        e = stages_load(vault->stages);
    if (e == ERR_OK)
        e = outbox_load(vault->outbox);
    if (e == ERR_OK)
        e = expiry_load(vault->expiry);
    if (e == ERR_OK)
        e = reports_load(vault->reports, vault->image);
    memset(vault->signed_heads, 0, sizeof vault->signed_heads);
    if (e == ERR_OK)
        e = image_load(vault->image, TABLE_CHECKPOINT, audit_load_checkpoint, vault);
    return e;
}

/* The indexes are hints that point at rows, so one that cannot be made again is logged and the rows stay true. */
void vault_reload(void *context)
{
    struct vault *vault = context;
    keys_forget(vault->keys);
    enum err e = load(vault);
    LOG(e == ERR_OK ? LOG_INFO : LOG_ERROR, "vault_reloaded", LOG_WORD("result", err_text(e)));
}

static void vault_free(void *self)
{
    struct vault *vault = self;
    if (!vault)
        return;
    for (int i = 0; i < TIMER_COUNT; i++)
        if (vault->timers[i])
            event_free(vault->timers[i]);
    /* First whatever could call back, then what would be called. */
    engine_calls_cancel(vault);
    hasher_free(vault->hasher);
    expiry_free(vault->expiry);
    image_close(vault->image);
    requests_abandon(vault);
    led_abandon(vault);
    outbox_free(vault->outbox);
    stages_free(vault->stages);
    reports_free(vault->reports);
    report_lists_free(vault->report_lists);
    accounts_free(vault->accounts);
    text_check_free(vault->text_check);
    keys_free(vault->keys);
    mem_free(vault);
}

static enum err open_all(struct vault *vault, struct buf *complaint)
{
    const struct role_environment *environment = vault->environment;
    struct image_options options = {.folder = environment->folder,
                                    .lock_wait_ms = vault->tuning.lock_wait_ms,
                                    .reload = vault_reload,
                                    .context = vault};
    /* The hasher's processes come first: they are forks, and there is nothing here yet that they should not have. */
    enum err e = hasher_new(&vault->tuning.hasher, environment->base, &vault->hasher);
    if (e == ERR_OK)
        e = keys_new(environment->master_key, &environment->random, &vault->keys);
    if (e == ERR_OK)
        e = image_open(&options, environment->base, &vault->image, complaint);
    if (e == ERR_OK)
        e = key_check(vault->image, vault->keys, complaint);
    if (e == ERR_OK)
        e = text_check_new(environment->settings, &vault->text_check);
    if (e == ERR_OK)
        e = accounts_new(&vault->accounts);
    if (e == ERR_OK)
        e = stages_new(vault, &vault->stages);
    if (e == ERR_OK)
        e = outbox_new(vault, &vault->outbox);
    if (e == ERR_OK)
        e = expiry_new(vault->image, &vault->expiry);
    if (e == ERR_OK)
        e = reports_new(&vault->reports);
    if (e == ERR_OK)
        e = report_lists_read(environment->settings, &vault->report_lists);
    if (e == ERR_OK)
        e = load(vault);
    return e == ERR_OK ? start_timers(vault) : e;
}

enum err vault_start(const struct role_environment *environment, const struct vault_tuning *tuning, void **self)
{
    struct vault *vault;
    struct buf complaint;
    if (!environment->master_key || !environment->folder || !environment->assertion_key)
        return ERR_INTERNAL;
    enum err e = mem_alloc(1, sizeof *vault, &vault);
    if (e != ERR_OK)
        return e;
    vault->environment = environment;
    vault->tuning = *tuning;
    buf_init(&complaint, 1024);
    e = open_all(vault, &complaint);
    if (complaint.length) {
        buf_put_char(&complaint, '\0');
        log_say(LOG_ERROR, complaint.data);
    }
    buf_free(&complaint);
    if (e != ERR_OK) {
        LOG(LOG_ERROR, "vault_start", LOG_WORD("error", err_text(e)));
        vault_free(vault);
        return e;
    }
    LOG(LOG_INFO, "vault_started", LOG_NUMBER("accounts", accounts_count(vault->accounts)),
        LOG_NUMBER("stages", stages_count(vault->stages)), LOG_NUMBER("ledger", image_ledger_head(vault->image).seq));
    *self = vault;
    if (environment->ready)
        environment->ready(environment->context);
    return ERR_OK;
}

static enum err start(const struct role_environment *environment, void **self)
{
    return vault_start(environment, &vault_tuning_default, self);
}

static void take_call(void *context, struct incoming_call *incoming)
{
    request_take(context, incoming);
}

static void engine_closed(void *context, struct channel *channel)
{
    struct vault *vault = context;
    if (vault->engine == channel)
        vault->engine = NULL;
}

static void front_closed(void *context, struct channel *channel)
{
    (void)context;
    (void)channel;
}

static struct channel_handlers handlers(void *self, enum role_name peer)
{
    return (struct channel_handlers){
        .call = take_call, .closed = peer == ROLE_ENGINE ? engine_closed : front_closed, .context = self};
}

static void connected(void *self, enum role_name peer, struct channel *channel)
{
    struct vault *vault = self;
    if (peer != ROLE_ENGINE)
        return;
    vault->engine = channel;
    stages_reconcile(vault->stages);
    outbox_pull(vault->outbox);
    audit_checkpoint(vault);
}

/* Nothing new is taken, so once nothing is on its way everything that was acknowledged is durable. */
static void became_idle(void *context)
{
    struct vault *vault = context;
    LOG(LOG_INFO, "vault_stopped", LOG_NUMBER("stages", stages_count(vault->stages)));
    vault->environment->stopped(vault->environment->context);
}

static void stop(void *self)
{
    struct vault *vault = self;
    vault->stopping = true;
    image_when_idle(vault->image, became_idle, vault);
}

const struct role_operations vault_role = {
    .name = ROLE_VAULT,
    .start = start,
    .handlers = handlers,
    .connected = connected,
    .stop = stop,
    .free = vault_free,
};
