#include "vault/outbox.h"

#include "api/message.h"
#include "base/log.h"
#include "vault/accounts.h"
#include "vault/cursor.h"
#include "vault/missing_contacts.h"
#include "vault/template.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stagematch/internal/v1/saga.pb-c.h"
#include "stagematch/v1/operation.pb-c.h"

enum {
    SENDING_MAX = 4,
    EXIT_TEMPFAIL = 75, /* sysexits.h */
    LETTER_BYTES_MAX = 64 << 10,
    LINK_BYTES_MAX = 1024,
    PULL_LIMIT = 100,
};

static const int64_t first_pause_ms = MS_PER_MINUTE, longest_pause_ms = 6 * MS_PER_HOUR, kept_days = 30;
static const char notices_cursor[] = "notices";

#define STATE(name) STAGEMATCH__V1__NOTICE_STATE__NOTICE_STATE_##name

typedef Stagematch__Internal__V1__NoticeRow NoticeRow;

struct entry {
    uint8_t id[ID_BYTES];
    uint32_t state;
    int64_t create_ms, next_ms;
    bool sending;
};

struct outbox {
    struct vault *vault;
    struct templates *templates;
    struct entry *entries; /* by their time, oldest first */
    size_t count, capacity, sending_count;
    struct sending *sendings;
    bool pulling, told_no_command;
    struct outbox_numbers numbers;
};

/* One message on its way to the mailer. */
struct sending {
    struct sending *next;
    struct outbox *outbox; /* NULL: the vault is gone, and only the spawner still knows of this */
    uint8_t id[ID_BYTES];
    bool handed;       /* to the spawner, which will call back */
    struct buf letter; /* holds an address and perhaps a code: wiped */
};

enum err outbox_new(struct vault *vault, struct outbox **out)
{
    struct outbox *outbox;
    const struct settings *settings = vault->environment->settings;
    enum err e = mem_alloc(1, sizeof *outbox, &outbox);
    if (e != ERR_OK)
        return e;
    outbox->vault = vault;
    outbox->numbers.has_command = vault->environment->spawner && settings_string_if_known(settings, "notify_command");
    e = templates_read(settings_string_if_known(settings, "notices"), &outbox->templates);
    if (e != ERR_OK) {
        outbox_free(outbox);
        return e;
    }
    *out = outbox;
    return ERR_OK;
}

static void free_sending(struct sending *sending)
{
    struct outbox *outbox = sending->outbox;
    struct sending **at = &outbox->sendings;
    while (*at != sending)
        at = &(*at)->next;
    *at = sending->next;
    outbox->sending_count--;
    buf_wipe(&sending->letter);
    mem_free(sending);
}

void outbox_free(struct outbox *outbox)
{
    if (!outbox)
        return;
    while (outbox->sendings) {
        struct sending *sending = outbox->sendings;
        if (!sending->handed) {
            free_sending(sending);
            continue;
        }
        outbox->sendings = sending->next;
        sending->outbox = NULL;
        buf_wipe(&sending->letter);
    }
    templates_free(outbox->templates);
    mem_free(outbox->entries);
    mem_free(outbox);
}

static struct entry *find(const struct outbox *outbox, const uint8_t id[ID_BYTES])
{
    for (size_t i = outbox->count; i > 0; i--)
        if (memcmp(outbox->entries[i - 1].id, id, ID_BYTES) == 0)
            return &outbox->entries[i - 1];
    return NULL;
}

static enum err index_set(struct outbox *outbox, const uint8_t id[ID_BYTES], const NoticeRow *row)
{
    struct entry *entry = find(outbox, id);
    if (!entry) {
        enum err e = mem_grow(&outbox->entries, &outbox->capacity, outbox->count + 1, sizeof *outbox->entries);
        if (e != ERR_OK)
            return e;
        entry = &outbox->entries[outbox->count++];
        *entry = (struct entry){.create_ms = row->create_ms};
        memcpy(entry->id, id, ID_BYTES);
    }
    entry->state = row->state;
    entry->next_ms = row->next_ms;
    return ERR_OK;
}

static void index_remove(struct outbox *outbox, const uint8_t id[ID_BYTES])
{
    struct entry *entry = find(outbox, id);
    if (!entry)
        return;
    size_t at = (size_t)(entry - outbox->entries);
    outbox->count--;
    memmove(entry, entry + 1, (outbox->count - at) * sizeof *entry);
}

static enum err load_row(void *context, struct text key, struct text value)
{
    NoticeRow *row;
    if (key.length != ID_BYTES)
        return ERR_MISMATCH;
    enum err e = message_unpack(&stagematch__internal__v1__notice_row__descriptor, value, &row);
    if (e != ERR_OK)
        return e == ERR_INPUT ? ERR_MISMATCH : e;
    e = index_set(context, (const uint8_t *)key.data, row);
    message_free(row);
    return e;
}

static int by_time(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->create_ms != y->create_ms)
        return x->create_ms < y->create_ms ? -1 : 1;
    return memcmp(x->id, y->id, ID_BYTES);
}

enum err outbox_load(struct outbox *outbox)
{
    outbox->count = 0;
    enum err e = image_load(outbox->vault->image, TABLE_NOTICE, load_row, outbox);
    if (outbox->count)
        qsort(outbox->entries, outbox->count, sizeof *outbox->entries, by_time);
    for (const struct sending *sending = outbox->sendings; sending; sending = sending->next) {
        struct entry *entry = find(outbox, sending->id);
        if (entry)
            entry->sending = true;
    }
    return e;
}

static void put_notice(struct outbox *outbox, struct edit *edit, const uint8_t id[ID_BYTES], const NoticeRow *row)
{
    edit_put_message(edit, TABLE_NOTICE, bytes_of(id, ID_BYTES), row);
    if (edit->error == ERR_OK)
        edit->error = index_set(outbox, id, row);
}

void outbox_add(struct vault *vault, struct edit *edit, const char *template, const uint8_t account_id[ID_BYTES],
                const char *subject)
{
    NoticeRow row = STAGEMATCH__INTERNAL__V1__NOTICE_ROW__INIT;
    uint8_t id[ID_BYTES];
    random_fill(&vault->environment->random, id, sizeof id);
    row.template_ = (char *)(uintptr_t) template;
    row.account_id = binary_of(bytes_of(account_id, ID_BYTES));
    row.subject = (char *)(uintptr_t)subject;
    row.state = STATE(WAITING);
    row.create_ms = row.next_ms = vault_now_ms(vault);
    put_notice(vault->outbox, edit, id, &row);
}

static enum err read_notice(struct edit *edit, const uint8_t id[ID_BYTES], NoticeRow **out)
{
    return edit_get_message(edit, TABLE_NOTICE, bytes_of(id, ID_BYTES),
                            &stagematch__internal__v1__notice_row__descriptor, out);
}

/* What the mailer's exit status means for a notice. */
static void judge(struct outbox *outbox, NoticeRow *row, int exit_status)
{
    int64_t attempts_max = settings_number(outbox->vault->environment->settings, "notify_attempts");
    bool again = exit_status == EXIT_TEMPFAIL || exit_status < 0;
    int64_t pause_ms = longest_pause_ms;
    row->last_status = exit_status;
    if (exit_status == 0) {
        row->state = STATE(SENT);
        outbox->numbers.sent++;
        return;
    }
    if (!again || row->attempt_count >= attempts_max) {
        row->state = STATE(BOUNCED);
        outbox->numbers.bounced++;
        LOG(LOG_WARN, "notice_bounced", LOG_WORD("template", row->template_), LOG_NUMBER("status", exit_status),
            LOG_NUMBER("attempts", row->attempt_count));
        return;
    }
    if (row->attempt_count <= 10 && first_pause_ms << (row->attempt_count - 1) < longest_pause_ms)
        pause_ms = first_pause_ms << (row->attempt_count - 1);
    row->next_ms = vault_now_ms(outbox->vault) + pause_ms;
    outbox->numbers.retried++;
}

static void sent(void *context, int exit_status)
{
    struct sending *sending = context;
    struct outbox *outbox = sending->outbox;
    NoticeRow *row = NULL;
    struct edit edit;
    if (!outbox) {
        mem_free(sending);
        return;
    }
    struct entry *entry = find(outbox, sending->id);
    if (entry)
        entry->sending = false;
    edit_begin(&edit, outbox->vault->image);
    enum err e = read_notice(&edit, sending->id, &row);
    if (e == ERR_OK) {
        judge(outbox, row, exit_status);
        put_notice(outbox, &edit, sending->id, row);
        e = edit_commit(&edit, NULL, NULL);
    } else {
        edit_abort(&edit);
    }
    if (e != ERR_OK && e != ERR_MISSING)
        vault_reload(outbox->vault);
    message_free(row);
    free_sending(sending);
    outbox_send_due(outbox);
}

/* Everything it needs is durable: off it goes. */
static void hand_over(void *context, enum err result)
{
    struct sending *sending = context;
    struct outbox *outbox = sending->outbox;
    if (result == ERR_OK)
        result = spawner_run(outbox->vault->environment->spawner, sending->letter.data, sending->letter.length, sent,
                             sending);
    if (result == ERR_OK) {
        sending->handed = true;
        return;
    }
    struct entry *entry = find(outbox, sending->id);
    if (entry) {
        entry->sending = false;
        entry->next_ms = vault_now_ms(outbox->vault) + first_pause_ms;
    }
    LOG(LOG_WARN, "notice_not_handed_over", LOG_WORD("error", err_text(result)));
    free_sending(sending);
}

/* "https://…/invitation#CODE": the part behind # stays in the browser and out of logs. */
static enum err make_link(struct outbox *outbox, struct edit *edit, const NoticeRow *row, AccountRow *account,
                          char link[LINK_BYTES_MAX])
{
    static const struct {
        const char *template, *page;
        Stagematch__Internal__V1__CodeRow__Use use;
    } with_code[] = {
        {"invitation", "invitation", STAGEMATCH__INTERNAL__V1__CODE_ROW__USE__USE_INVITATION},
        {"password_reset", "reset", STAGEMATCH__INTERNAL__V1__CODE_ROW__USE__USE_RESET},
    };
    const char *service = settings_string(outbox->vault->environment->settings, "public_url");
    char code[TOKEN_HEX_BYTES];
    int length = -1;
    for (size_t i = 0; i < sizeof with_code / sizeof with_code[0]; i++) {
        if (strcmp(row->template_, with_code[i].template) != 0)
            continue;
        account_draw_code(outbox->vault, edit, row->account_id.data, account, with_code[i].use, code);
        length = snprintf(link, LINK_BYTES_MAX, "%s/%s#%s", service, with_code[i].page, code);
        sodium_memzero(code, sizeof code);
    }
    if (length < 0)
        length = snprintf(link, LINK_BYTES_MAX, "%s/#%s", service, row->subject);
    return length > 0 && length < LINK_BYTES_MAX ? ERR_OK : ERR_RANGE;
}

static enum err compose(struct sending *sending, struct edit *edit, NoticeRow *row, AccountRow *account)
{
    struct outbox *outbox = sending->outbox;
    const struct settings *settings = outbox->vault->environment->settings;
    Stagematch__Internal__V1__AccountContact *contact = NULL;
    char link[LINK_BYTES_MAX], id[ID_HEX_BYTES];
    enum err e = account_open_contact(outbox->vault, edit, row->account_id.data, account, &contact);
    if (e == ERR_OK)
        e = make_link(outbox, edit, row, account, link);
    if (e == ERR_OK)
        e = buf_reserve_secret(&sending->letter, LETTER_BYTES_MAX / 2);
    if (e == ERR_OK) {
        id_format(sending->id, id);
        struct letter letter = {.to = contact->email,
                                .from = settings_string_if_known(settings, "notify_from"),
                                .template = row->template_,
                                .link = link,
                                .service = settings_string(settings, "public_url"),
                                .id = id,
                                .time_ms = vault_now_ms(outbox->vault)};
        e = letter_write(outbox->templates, &letter, &sending->letter);
    }
    sodium_memzero(link, sizeof link);
    message_free_wiped(contact);
    return e;
}

/* Whether there is still anybody to tell: an invitation is for who has no password yet, nothing is for an ended account. */
static bool is_wanted(const NoticeRow *row, const AccountRow *account)
{
    bool invitation = strcmp(row->template_, "invitation") == 0;
    return !account->disabled && (!invitation || !account->password_hash[0]);
}

static enum err prepare(struct sending *sending, struct edit *edit, bool *wanted)
{
    NoticeRow *row;
    AccountRow *account = NULL;
    enum err e = read_notice(edit, sending->id, &row);
    if (e != ERR_OK)
        return e;
    e = row->account_id.len == ID_BYTES ? account_read(edit, binary_text(&row->account_id), &account) : ERR_MISMATCH;
    *wanted = e == ERR_OK && is_wanted(row, account);
    if (*wanted)
        e = compose(sending, edit, row, account);
    if (e == ERR_OK && *wanted) {
        row->attempt_count++;
        put_notice(sending->outbox, edit, sending->id, row);
    }
    message_free(account);
    message_free(row);
    return e;
}

/* Nobody to send it to any more: the notice goes. */
static enum err forget(struct outbox *outbox, struct edit *edit, const uint8_t id[ID_BYTES])
{
    edit_delete(edit, TABLE_NOTICE, bytes_of(id, ID_BYTES));
    index_remove(outbox, id);
    return edit_commit(edit, NULL, NULL);
}

static enum err send_one(struct outbox *outbox, const uint8_t id[ID_BYTES])
{
    struct sending *sending;
    struct edit edit;
    bool wanted = false;
    enum err e = mem_alloc(1, sizeof *sending, &sending);
    if (e != ERR_OK)
        return e;
    *sending = (struct sending){.next = outbox->sendings, .outbox = outbox};
    memcpy(sending->id, id, ID_BYTES);
    buf_init(&sending->letter, LETTER_BYTES_MAX);
    outbox->sendings = sending;
    outbox->sending_count++;
    edit_begin(&edit, outbox->vault->image);
    e = prepare(sending, &edit, &wanted);
    if (e == ERR_OK && wanted) {
        find(outbox, id)->sending = true;
        e = edit_commit(&edit, hand_over, sending);
        if (e == ERR_OK)
            return ERR_OK;
    } else if (e == ERR_OK || e == ERR_MISSING) {
        e = forget(outbox, &edit, sending->id);
    } else {
        edit_abort(&edit);
    }
    free_sending(sending);
    return e;
}

void outbox_send_due(struct outbox *outbox)
{
    int64_t now_ms = vault_now_ms(outbox->vault);
    if (outbox->vault->stopping || !image_is_writable(outbox->vault->image))
        return;
    for (size_t i = 0; i < outbox->count && outbox->sending_count < SENDING_MAX; i++) {
        struct entry *entry = &outbox->entries[i];
        if (entry->state != STATE(WAITING) || entry->sending || entry->next_ms > now_ms)
            continue;
        if (!outbox->numbers.has_command) {
            if (!outbox->told_no_command)
                LOG(LOG_WARN, "notices_wait", LOG_WORD("setting", "notify_command"));
            outbox->told_no_command = true;
            return;
        }
        uint8_t id[ID_BYTES];
        memcpy(id, entry->id, ID_BYTES);
        size_t before = outbox->count;
        enum err e = send_one(outbox, id);
        if (e != ERR_OK) {
            LOG(LOG_ERROR, "notice_not_sent", LOG_WORD("error", err_text(e)));
            struct entry *later = find(outbox, id);
            if (later)
                later->next_ms = now_ms + first_pause_ms;
            return;
        }
        i -= before - outbox->count; /* one that was forgotten */
    }
}

void outbox_sweep(struct outbox *outbox)
{
    struct edit edit;
    int64_t before_ms = vault_now_ms(outbox->vault) - kept_days * MS_PER_DAY;
    edit_begin(&edit, outbox->vault->image);
    for (size_t i = 0; i < outbox->count && outbox->entries[i].create_ms < before_ms;) {
        uint8_t id[ID_BYTES];
        if (outbox->entries[i].state == STATE(WAITING)) {
            i++;
            continue;
        }
        memcpy(id, outbox->entries[i].id, ID_BYTES);
        edit_delete(&edit, TABLE_NOTICE, TEXT_OF(id));
        index_remove(outbox, id);
    }
    if (!edit_has_changes(&edit))
        edit_abort(&edit);
    else if (edit_commit(&edit, NULL, NULL) != ERR_OK)
        vault_reload(outbox->vault);
}

struct outbox_numbers outbox_read_numbers(const struct outbox *outbox)
{
    struct outbox_numbers numbers = outbox->numbers;
    numbers.waiting = 0;
    for (size_t i = 0; i < outbox->count; i++)
        numbers.waiting += outbox->entries[i].state == STATE(WAITING);
    return numbers;
}

size_t outbox_page(const struct outbox *outbox, const uint8_t *after, uint32_t state, size_t limit,
                   uint8_t (*ids)[ID_BYTES], bool *more)
{
    size_t count = 0, from = outbox->count;
    *more = false;
    for (size_t i = outbox->count; after && i > 0; i--)
        if (memcmp(outbox->entries[i - 1].id, after, ID_BYTES) == 0)
            from = i - 1;
    for (size_t i = from; i > 0; i--) {
        if (state != STATE(UNSPECIFIED) && outbox->entries[i - 1].state != state)
            continue;
        *more = count == limit;
        if (*more)
            break;
        memcpy(ids[count++], outbox->entries[i - 1].id, ID_BYTES);
    }
    return count;
}

enum err outbox_retry(struct outbox *outbox, struct edit *edit, const uint8_t id[ID_BYTES], NoticeRow **out)
{
    NoticeRow *row;
    enum err e = read_notice(edit, id, &row);
    if (e != ERR_OK)
        return e;
    if (row->state != STATE(SENT)) {
        row->state = STATE(WAITING);
        row->attempt_count = 0;
        row->next_ms = vault_now_ms(outbox->vault);
        put_notice(outbox, edit, id, row);
    }
    *out = row;
    return ERR_OK;
}

struct pull {
    struct vault *vault;
    struct edit *edit;
    const Stagematch__Internal__V1__EngineNotice *notice;
    size_t found;
};

static enum err add_for_account(void *context, const uint8_t id[ID_BYTES])
{
    struct pull *pull = context;
    pull->found++;
    outbox_add(pull->vault, pull->edit, pull->notice->template_, id, pull->notice->subject);
    return pull->edit->error;
}

static void pull_stored(void *context, enum err result)
{
    struct outbox *outbox = context;
    if (result != ERR_OK)
        return;
    outbox_send_due(outbox);
    outbox_pull(outbox); /* there may be more */
}

/* A task waits at a company, and there is nobody who may see it. */
static bool finds_nobody(const struct pull *pull)
{
    return pull->notice->role == STAGEMATCH__V1__ROLE__ROLE_COMPANY && pull->notice->school[0] && !pull->found &&
           strncmp(pull->notice->template_, "task_", 5) == 0;
}

/* A revoked grant ends here too, although the engine is asked at every read. */
static void take_notice(struct vault *vault, struct edit *edit, const Stagematch__Internal__V1__EngineNotice *notice)
{
    struct pull pull = {vault, edit, notice, 0};
    if (strcmp(notice->template_, "grant_revoked") == 0 && notice->subject[0])
        edit_delete(edit, TABLE_GRANT, text_of(notice->subject));
    if (!text_is_code(text_of(notice->template_), 64) ||
        (notice->subject[0] && !text_is_code(text_of(notice->subject), 128)))
        return;
    enum err e = accounts_each(vault->accounts, notice->role, notice->scope, notice->school, add_for_account, &pull);
    if (e == ERR_OK && finds_nobody(&pull))
        missing_contact_note(vault, edit, notice->school, notice->scope);
    if (e != ERR_OK && edit->error == ERR_OK)
        edit->error = e;
}

static void pulled(void *context, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    struct outbox *outbox = context;
    struct pbguard_message answer = {0};
    struct edit edit;
    outbox->pulling = false;
    if (status.refusal || !reply || channel_reply_code(reply) != STATUS_OK || outbox->vault->stopping ||
        engine_answer(METHOD_PULL_NOTICES, reply, &answer) != ERR_OK)
        return;
    const Stagematch__Internal__V1__PullNoticesResponse *response =
        (const Stagematch__Internal__V1__PullNoticesResponse *)(const void *)answer.message;
    if (response->n_notices) {
        edit_begin(&edit, outbox->vault->image);
        for (size_t i = 0; i < response->n_notices; i++)
            take_notice(outbox->vault, &edit, response->notices[i]);
        cursor_put(&edit, notices_cursor, response->notices[response->n_notices - 1]->seq);
        if (edit_commit(&edit, pull_stored, outbox) != ERR_OK)
            vault_reload(outbox->vault);
    }
    pbguard_free(&answer);
}

void outbox_pull(struct outbox *outbox)
{
    Stagematch__Internal__V1__PullNoticesRequest request = STAGEMATCH__INTERNAL__V1__PULL_NOTICES_REQUEST__INIT;
    if (outbox->pulling || outbox->vault->stopping || !image_is_writable(outbox->vault->image) ||
        cursor_read(outbox->vault, notices_cursor, &request.after_seq) != ERR_OK)
        return;
    request.limit = PULL_LIMIT;
    outbox->pulling = engine_call(outbox->vault, METHOD_PULL_NOTICES, &request, NULL, pulled, outbox) == ERR_OK;
}
