/*
 * What the vault tells of itself: numbers without anybody in them, and whether it is ready.
 */
#include "vault/accounts.h"
#include "vault/expiry.h"
#include "vault/methods.h"
#include "vault/outbox.h"
#include "vault/stages.h"

enum { TEXT_BYTES_MAX = 64 << 10, ROWS_MAX = 40 };

struct metric {
    const char *name, *kind, *help;
    uint64_t value;
};

static size_t collect(const struct vault *vault, struct metric out[ROWS_MAX])
{
    struct store_numbers store = image_numbers(vault->image, false), keys = image_numbers(vault->image, true);
    struct hasher_numbers hasher = hasher_read_numbers(vault->hasher);
    struct outbox_numbers outbox = outbox_read_numbers(vault->outbox);
    const struct vault_numbers *numbers = &vault->numbers;
    const struct metric metrics[] = {
        {"calls_total", "counter", "Calls taken", numbers->calls},
        {"refusals_total", "counter", "Calls refused", numbers->refusals},
        {"logins_total", "counter", "Sessions begun with a password", numbers->logins},
        {"failed_logins_total", "counter", "Passwords that did not fit", numbers->failed_logins},
        {"throttled_logins_total", "counter", "Logins refused for a while", numbers->throttled},
        {"identities_read_total", "counter", "Identities opened for somebody", numbers->identities_read},
        {"texts_read_total", "counter", "Texts opened for somebody", numbers->texts_read},
        {"stages_finished_total", "counter", "Sagas finished", numbers->stages_finished},
        {"stages_dropped_total", "counter", "Sagas dropped", numbers->stages_dropped},
        {"releases_total", "counter", "Identities released", numbers->releases},
        {"erasures_total", "counter", "Students erased", numbers->erasures},
        {"stages", "gauge", "Sagas that are not finished", stages_count(vault->stages)},
        {"accounts", "gauge", "Accounts", accounts_count(vault->accounts)},
        {"requests", "gauge", "Calls that are not answered", vault->request_count},
        {"expiring_rows", "gauge", "Rows that expire some time", expiry_count(vault->expiry)},
        {"hashes_total", "counter", "Passwords hashed or checked", hasher.done},
        {"hashes_refused_total", "counter", "Passwords that found no room to wait", hasher.refused},
        {"hasher_restarts_total", "counter", "Hashing processes made again", hasher.restarts},
        {"hashes_waiting", "gauge", "Passwords that wait for a process", hasher.waiting},
        {"notices_sent_total", "counter", "Notices handed to the mailer", outbox.sent},
        {"notices_retried_total", "counter", "Notices the mailer put off", outbox.retried},
        {"notices_bounced_total", "counter", "Notices given up", outbox.bounced},
        {"notices_waiting", "gauge", "Notices to be sent", outbox.waiting},
        {"notify_command", "gauge", "1 where a mailer is configured", outbox.has_command},
        {"commits_total", "counter", "Commits to the vault's database", store.commits},
        {"commits_failed_total", "counter", "Commits that failed", store.failed_commits + keys.failed_commits},
        {"commit_microseconds_total", "counter", "Time in commits", store.commit_us},
        {"rows_total", "counter", "Rows written", store.rows},
        {"ledger_entries_total", "counter", "Ledger entries written", store.ledger_entries},
        {"key_commits_total", "counter", "Commits to the key database", keys.commits},
        {"ledger_seq", "gauge", "Newest ledger entry", image_ledger_head(vault->image).seq},
        {"writable", "gauge", "1 where the last commit went well", image_is_writable(vault->image)},
        {"engine_connected", "gauge", "1 where there is a channel to the engine", vault->engine != NULL},
    };
    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++)
        out[i] = metrics[i];
    return sizeof metrics / sizeof metrics[0];
}

static const char *why_not_ready(const struct vault *vault)
{
    if (!image_is_writable(vault->image))
        return "vault_read_only";
    return vault->engine ? "" : "engine_missing";
}

void method_get_metrics(struct request *request)
{
    Stagematch__Internal__V1__GetMetricsResponse response = STAGEMATCH__INTERNAL__V1__GET_METRICS_RESPONSE__INIT;
    struct metric metrics[ROWS_MAX];
    const char *reason = why_not_ready(request->vault);
    struct buf text;
    size_t count = collect(request->vault, metrics);
    buf_init(&text, TEXT_BYTES_MAX);
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, "# HELP stagematch_vault_%s %s\n# TYPE stagematch_vault_%s %s\nstagematch_vault_%s %llu\n",
                   metrics[i].name, metrics[i].help, metrics[i].name, metrics[i].kind, metrics[i].name,
                   (unsigned long long)metrics[i].value);
    buf_put_char(&text, '\0');
    if (buf_error(&text) == ERR_OK) {
        response.text = text.data;
        response.ready = !reason[0];
        response.reason = (char *)(uintptr_t)reason;
        request_answer(request, &response);
    } else {
        request_fail(request, buf_error(&text));
    }
    buf_free(&text);
}
