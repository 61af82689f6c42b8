#include "vault/stages.h"

#include "api/message.h"
#include "base/fault.h"
#include "base/log.h"

#include <sodium.h>
#include <string.h>

enum { RESOLVING_MAX = 64 };

/* The API promises 24; the engine knows what it committed for longer (domain/saga.h). */
static const int64_t attempt_hours = 25;

struct entry {
    uint8_t id[ID_BYTES];
    int64_t active_ms;
    uint64_t begin_seq;
    bool held, busy;
};

struct ending_waiter {
    struct ending_waiter *next;
    bool is_finish; /* it says that the stage is committed: ERR_MISSING where it was not */
    void (*done)(void *context, enum err result);
    void *context;
};

/* A stage that is being finished or dropped, a chunk a commit. */
struct ending {
    struct ending *next;
    struct vault *vault;
    uint8_t id[ID_BYTES];
    bool committed;
    bool has_key;                                   /* of a text, which goes when the text is filed for certain */
    Stagematch__Internal__V1__TextSubject *subject; /* own copy; NULL: none */
    struct ending_waiter *waiters;
};

struct resolving {
    struct resolving *next;
    struct vault *vault;
    uint8_t id[ID_BYTES];
    struct ending_waiter *waiters;
};

struct stages {
    struct vault *vault;
    struct entry *entries;
    size_t count, capacity;
    struct ending *endings;
    struct resolving *resolvings;
    size_t resolving_count;
    uint64_t known_seq; /* the engine's ledger was as long as this */
    uint64_t
        settling_seq; /* nothing that was staged before the ledger was so long is open, but that may not be durable */
    uint64_t settled_seq; /* the same, and durable */
    bool settling;        /* the former is on its way to become the latter */
    bool keys_swept;      /* since the rows were loaded: no key is left of a text whose stage is gone */
};

enum err stages_new(struct vault *vault, struct stages **out)
{
    struct stages *stages;
    enum err e = mem_alloc(1, sizeof *stages, &stages);
    if (e != ERR_OK)
        return e;
    stages->vault = vault;
    *out = stages;
    return ERR_OK;
}

static void free_waiters(struct ending_waiter *waiters)
{
    while (waiters) {
        struct ending_waiter *next = waiters->next;
        mem_free(waiters);
        waiters = next;
    }
}

static void free_ending(struct ending *ending)
{
    free_waiters(ending->waiters);
    message_free(ending->subject);
    mem_free(ending);
}

void stages_free(struct stages *stages)
{
    if (!stages)
        return;
    while (stages->endings) {
        struct ending *next = stages->endings->next;
        free_ending(stages->endings);
        stages->endings = next;
    }
    while (stages->resolvings) {
        struct resolving *next = stages->resolvings->next;
        free_waiters(stages->resolvings->waiters);
        mem_free(stages->resolvings);
        stages->resolvings = next;
    }
    mem_free(stages->entries);
    mem_free(stages);
}

size_t stages_count(const struct stages *stages)
{
    return stages->count;
}

static struct entry *find(const struct stages *stages, const uint8_t id[ID_BYTES])
{
    for (size_t i = 0; i < stages->count; i++)
        if (memcmp(stages->entries[i].id, id, ID_BYTES) == 0)
            return &stages->entries[i];
    return NULL;
}

static enum err index_set(struct stages *stages, const uint8_t id[ID_BYTES], const StageRow *row)
{
    struct entry *entry = find(stages, id);
    if (!entry) {
        enum err e = mem_grow(&stages->entries, &stages->capacity, stages->count + 1, sizeof *stages->entries);
        if (e != ERR_OK)
            return e;
        entry = &stages->entries[stages->count++];
        *entry = (struct entry){.held = false};
        memcpy(entry->id, id, ID_BYTES);
    }
    entry->active_ms = row->active_ms;
    entry->begin_seq = row->begin_seq;
    return ERR_OK;
}

static void index_remove(struct stages *stages, const uint8_t id[ID_BYTES])
{
    struct entry *entry = find(stages, id);
    if (entry)
        *entry = stages->entries[--stages->count];
}

static enum err load_row(void *context, struct text key, struct text value)
{
    StageRow *row;
    if (key.length != ID_BYTES)
        return ERR_MISMATCH;
    enum err e = message_unpack(&stagematch__internal__v1__stage_row__descriptor, value, &row);
    if (e != ERR_OK)
        return e == ERR_INPUT ? ERR_MISMATCH : e;
    e = index_set(context, (const uint8_t *)key.data, row);
    message_free(row);
    return e;
}

enum err stages_load(struct stages *stages)
{
    stages->count = 0;
    stages->keys_swept = false;
    return image_load(stages->vault->image, TABLE_STAGE, load_row, stages);
}

static void derive_id(const struct keys *keys, const struct caller *caller, const char *use, const char *request_id,
                      uint32_t dropped, uint8_t id[ID_BYTES])
{
    crypto_generichash_state state;
    struct secret_key key;
    uint8_t attempt[5] = {0, (uint8_t)(dropped >> 24), (uint8_t)(dropped >> 16), (uint8_t)(dropped >> 8),
                          (uint8_t)dropped};
    keys_derive(keys, KEY_STAGE_IDS, &key);
    crypto_generichash_init(&state, key.bytes, sizeof key.bytes, ID_BYTES);
    key_wipe(&key);
    crypto_generichash_update(&state, caller->account_id, ID_BYTES);
    crypto_generichash_update(&state, (const uint8_t *)"", 1);
    crypto_generichash_update(&state, (const uint8_t *)use, strlen(use) + 1);
    crypto_generichash_update(&state, (const uint8_t *)request_id, strlen(request_id));
    if (dropped)
        crypto_generichash_update(&state, attempt, sizeof attempt);
    crypto_generichash_final(&state, id, ID_BYTES);
    sodium_memzero(&state, sizeof state);
}

typedef Stagematch__Internal__V1__AttemptRow AttemptRow;

static enum err attempt_read(struct edit *edit, int64_t now_ms, struct text base, AttemptRow **out)
{
    enum err e =
        edit_get_live(edit, TABLE_ATTEMPT, base, now_ms, &stagematch__internal__v1__attempt_row__descriptor, out);
    return e == ERR_MISSING ? message_new(&stagematch__internal__v1__attempt_row__descriptor, out) : e;
}

enum err stage_id_of(struct vault *vault, struct edit *edit, const struct caller *caller, const char *use,
                     const char *request_id, uint8_t base[ID_BYTES], uint8_t id[ID_BYTES])
{
    AttemptRow *attempt;
    derive_id(vault->keys, caller, use, request_id, 0, base);
    enum err e = attempt_read(edit, vault_now_ms(vault), bytes_of(base, ID_BYTES), &attempt);
    if (e != ERR_OK)
        return e;
    derive_id(vault->keys, caller, use, request_id, attempt->dropped_count, id);
    message_free(attempt);
    return ERR_OK;
}

enum err stage_digest_fits(struct edit *edit, int64_t now_ms, const uint8_t base[ID_BYTES], const StageRow *row,
                           uint32_t chunk, struct text digest, bool *fits)
{
    AttemptRow *attempt;
    if (row && chunk < row->n_digests) {
        *fits = text_equal(binary_text(&row->digests[chunk]), digest);
        return ERR_OK;
    }
    enum err e = attempt_read(edit, now_ms, bytes_of(base, ID_BYTES), &attempt);
    if (e != ERR_OK)
        return e;
    *fits =
        chunk >= attempt->n_finished_digests || text_equal(binary_text(&attempt->finished_digests[chunk]), digest);
    message_free(attempt);
    return ERR_OK;
}

enum err stage_was_finished(struct edit *edit, int64_t now_ms, const uint8_t base[ID_BYTES], uint32_t chunk,
                            bool *finished)
{
    AttemptRow *attempt;
    enum err e = attempt_read(edit, now_ms, bytes_of(base, ID_BYTES), &attempt);
    if (e != ERR_OK)
        return e;
    *finished = chunk < attempt->n_finished_digests;
    message_free(attempt);
    return ERR_OK;
}

enum err stage_read(struct edit *edit, struct text id, StageRow **out)
{
    return edit_get_message(edit, TABLE_STAGE, id, &stagematch__internal__v1__stage_row__descriptor, out);
}

void stage_write(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], StageRow *row)
{
    row->active_ms = vault_now_ms(vault);
    if (!find(vault->stages, id))
        row->begin_seq = vault->stages->known_seq;
    edit_put_message(edit, TABLE_STAGE, bytes_of(id, ID_BYTES), row);
    if (edit->error == ERR_OK)
        edit->error = index_set(vault->stages, id, row);
}

void stage_hold(struct vault *vault, const uint8_t id[ID_BYTES])
{
    struct entry *entry = find(vault->stages, id);
    if (entry)
        entry->held = true;
}

void stage_let_go(struct vault *vault, const uint8_t id[ID_BYTES])
{
    struct entry *entry = find(vault->stages, id);
    if (!entry)
        return;
    entry->held = entry->busy = false;
    entry->active_ms = vault_now_ms(vault);
}

bool stage_is_busy(const struct vault *vault, const uint8_t id[ID_BYTES])
{
    const struct entry *entry = find(vault->stages, id);
    return entry && (entry->busy || entry->held);
}

/* Remembers what became of it, for repeats. */
static enum err attempt_note(struct vault *vault, struct edit *edit, const StageRow *row, bool dropped)
{
    AttemptRow *attempt;
    int64_t now_ms = vault_now_ms(vault);
    enum err e = attempt_read(edit, now_ms, binary_text(&row->base_id), &attempt);
    if (e != ERR_OK)
        return e;
    if (dropped)
        attempt->dropped_count++;
    for (size_t i = attempt->n_finished_digests; !dropped && i < row->n_digests && e == ERR_OK; i++)
        e = message_append_bytes(&attempt->n_finished_digests, &attempt->finished_digests,
                                 binary_text(&row->digests[i]));
    if (e == ERR_OK)
        edit_put_live(edit, TABLE_ATTEMPT, binary_text(&row->base_id), now_ms + attempt_hours * MS_PER_HOUR, attempt);
    message_free(attempt);
    return e;
}

void stage_end(struct vault *vault, struct edit *edit, const uint8_t id[ID_BYTES], const StageRow *row, bool dropped)
{
    enum err e = attempt_note(vault, edit, row, dropped);
    if (e != ERR_OK && edit->error == ERR_OK)
        edit->error = e;
    edit_delete(edit, TABLE_STAGE, bytes_of(id, ID_BYTES));
    index_remove(vault->stages, id);
    if (dropped)
        vault->numbers.stages_dropped++;
    else
        vault->numbers.stages_finished++;
}

static void tell(struct ending_waiter *waiters, enum err result, bool committed)
{
    while (waiters) {
        struct ending_waiter *next = waiters->next;
        waiters->done(waiters->context, result == ERR_OK && waiters->is_finish && !committed ? ERR_MISSING : result);
        mem_free(waiters);
        waiters = next;
    }
}

static void ended(struct ending *ending, enum err result)
{
    struct stages *stages = ending->vault->stages;
    struct ending **at = &stages->endings;
    struct ending_waiter *waiters = ending->waiters;
    bool committed = ending->committed;
    while (*at != ending)
        at = &(*at)->next;
    *at = ending->next;
    stage_let_go(ending->vault, ending->id);
    ending->waiters = NULL;
    free_ending(ending);
    tell(waiters, result, committed);
}

/* The next piece of it; *last when nothing is left after this one. */
static enum err end_piece(struct ending *ending, struct edit *edit, StageRow *row, bool *last)
{
    struct vault *vault = ending->vault;
    enum err e = ERR_OK;
    switch (row->kind) {
    case STAGEMATCH__INTERNAL__V1__STAGE_KIND__STAGE_KIND_STUDENTS:
        if (row->done_chunks < row->chunk_count)
            e = students_finish_chunk(vault, edit, ending->id, row->done_chunks++, ending->committed);
        *last = row->done_chunks >= row->chunk_count;
        return e;
    case STAGEMATCH__INTERNAL__V1__STAGE_KIND__STAGE_KIND_TEXT:
        if (ending->committed)
            e = stage_text_finish(vault, edit, ending->id, row, ending->subject);
        ending->has_key = true;
        break;
    case STAGEMATCH__INTERNAL__V1__STAGE_KIND__STAGE_KIND_ERASURE:
        e = ending->committed ? ERR_INTERNAL : erasure_drop(edit, row);
        break;
    case STAGEMATCH__INTERNAL__V1__STAGE_KIND__STAGE_KIND_RELEASE:
        e = ending->committed ? ERR_INTERNAL : ERR_OK;
        break;
    case STAGEMATCH__INTERNAL__V1__STAGE_KIND__STAGE_KIND_REPORT:
        e = ending->committed ? ERR_INTERNAL : report_drop(edit, row);
        break;
    case STAGEMATCH__INTERNAL__V1__STAGE_KIND__STAGE_KIND_UNSPECIFIED:
    case _STAGEMATCH__INTERNAL__V1__STAGE_KIND_IS_INT_SIZE:
        e = ERR_MISMATCH;
        break;
    }
    *last = true;
    return e;
}

/*
 * The key of a staged text. The databases commit one after the other, so a key that went with its row could be gone while the row,
 * and the text that only it opens, are still there. Where this is lost, sweep_keys() comes after it.
 */
static void forget_key(const struct ending *ending)
{
    struct edit edit;
    if (!ending->has_key)
        return;
    edit_begin(&edit, ending->vault->image);
    stage_text_drop(&edit, ending->id);
    if (edit_commit(&edit, NULL, NULL) != ERR_OK)
        ending->vault->stages->keys_swept = false;
}

static void end_step(void *context, enum err result)
{
    struct ending *ending = context;
    StageRow *row = NULL;
    struct edit edit;
    bool last = false;
    if (result != ERR_OK) {
        ended(ending, result);
        return;
    }
    FAULT_POINT("vault.ending");
    edit_begin(&edit, ending->vault->image);
    enum err e = stage_read(&edit, TEXT_OF(ending->id), &row);
    if (e == ERR_MISSING) { /* all of it is durable */
        edit_abort(&edit);
        forget_key(ending);
        ended(ending, ERR_OK);
        return;
    }
    if (e == ERR_OK)
        e = end_piece(ending, &edit, row, &last);
    if (e == ERR_OK) {
        row->committed = ending->committed;
        if (last)
            stage_end(ending->vault, &edit, ending->id, row, !ending->committed);
        else
            stage_write(ending->vault, &edit, ending->id, row);
        e = edit_commit(&edit, end_step, ending);
        if (e != ERR_OK)
            vault_reload(ending->vault);
    } else {
        edit_abort(&edit);
    }
    message_free(row);
    if (e != ERR_OK) {
        LOG(LOG_ERROR, "stage_not_ended", LOG_WORD("error", err_text(e)));
        ended(ending, e);
    }
}

static enum err add_waiter(struct ending_waiter **list, bool is_finish, void (*done)(void *context, enum err result),
                           void *context)
{
    struct ending_waiter *waiter;
    enum err e = mem_alloc(1, sizeof *waiter, &waiter);
    if (e == ERR_OK) {
        *waiter = (struct ending_waiter){*list, is_finish, done, context};
        *list = waiter;
    }
    return e;
}

static void move_waiters(struct ending_waiter **from, struct ending_waiter **to)
{
    while (*from) {
        struct ending_waiter *waiter = *from;
        *from = waiter->next;
        waiter->next = *to;
        *to = waiter;
    }
}

static struct ending *find_ending(const struct vault *vault, const uint8_t id[ID_BYTES])
{
    for (struct ending *ending = vault->stages->endings; ending; ending = ending->next)
        if (memcmp(ending->id, id, ID_BYTES) == 0)
            return ending;
    return NULL;
}

/* Who waits for a stage that is being asked after or ended; NULL: neither. */
static struct ending_waiter **waiters_of(const struct vault *vault, const uint8_t id[ID_BYTES])
{
    struct ending *ending = find_ending(vault, id);
    for (struct resolving *resolving = vault->stages->resolvings; !ending && resolving; resolving = resolving->next)
        if (memcmp(resolving->id, id, ID_BYTES) == 0)
            return &resolving->waiters;
    return ending ? &ending->waiters : NULL;
}

enum err stage_await(struct vault *vault, const uint8_t id[ID_BYTES], void (*done)(void *context, enum err result),
                     void *context)
{
    struct ending_waiter **waiters = waiters_of(vault, id);
    return waiters ? add_waiter(waiters, false, done, context) : ERR_MISSING;
}

/* Begins to end a stage, or joins the ending that runs; takes the waiters over where it does. */
static enum err begin_ending(struct vault *vault, const uint8_t id[ID_BYTES], bool committed,
                             const Stagematch__Internal__V1__TextSubject *subject, struct ending_waiter **waiters)
{
    struct ending *ending = find_ending(vault, id);
    struct edit edit;
    if (ending) {
        if (ending->committed != committed)
            return ERR_IO;
        move_waiters(waiters, &ending->waiters);
        return ERR_OK;
    }
    enum err e = mem_alloc(1, sizeof *ending, &ending);
    if (e != ERR_OK)
        return e;
    ending->vault = vault;
    ending->committed = committed;
    memcpy(ending->id, id, ID_BYTES);
    if (subject)
        e = message_dup(subject, &ending->subject);
    edit_begin(&edit, vault->image);
    if (e == ERR_OK)
        e = edit_commit(&edit, end_step, ending); /* an empty one: the first step comes in a later turn */
    else
        edit_abort(&edit);
    if (e != ERR_OK) {
        free_ending(ending);
        return e;
    }
    struct entry *entry = find(vault->stages, id);
    if (entry)
        entry->busy = true;
    ending->next = vault->stages->endings;
    vault->stages->endings = ending;
    move_waiters(waiters, &ending->waiters);
    return ERR_OK;
}

static enum err take_resolution(struct vault *vault, const uint8_t id[ID_BYTES], const StageRow *row,
                                const Stagematch__Internal__V1__ResolveStageResponse *response,
                                struct ending_waiter **waiters)
{
    enum err e = ERR_OK;
    if (response->ledger_seq > vault->stages->known_seq)
        vault->stages->known_seq = response->ledger_seq;
    if (response->committed && row->kind == STAGEMATCH__INTERNAL__V1__STAGE_KIND__STAGE_KIND_RELEASE)
        release_lead(vault, id, NULL);
    else if (response->committed && row->kind == STAGEMATCH__INTERNAL__V1__STAGE_KIND__STAGE_KIND_ERASURE)
        erasure_lead(vault, id, NULL);
    else if (response->committed && row->kind == STAGEMATCH__INTERNAL__V1__STAGE_KIND__STAGE_KIND_REPORT)
        report_lead(vault, id, NULL);
    else
        e = begin_ending(vault, id, response->committed, response->subject, waiters);
    LOG(LOG_INFO, "stage_resolved", LOG_NUMBER("kind", row->kind), LOG_NUMBER("committed", response->committed),
        LOG_WORD("result", err_text(e)));
    if (e != ERR_OK)
        stage_let_go(vault, id);
    return e;
}

static void resolved(void *context, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    struct resolving *resolving = context;
    struct vault *vault = resolving->vault;
    struct resolving **at = &vault->stages->resolvings;
    struct pbguard_message answer = {0};
    StageRow *row = NULL;
    struct edit edit;
    while (*at != resolving)
        at = &(*at)->next;
    *at = resolving->next;
    vault->stages->resolving_count--;
    edit_begin(&edit, vault->image);
    enum err e = !status.refusal && reply && channel_reply_code(reply) == STATUS_OK
                     ? engine_answer(METHOD_RESOLVE_STAGE, reply, &answer)
                     : ERR_IO;
    if (e == ERR_OK)
        e = stage_read(&edit, TEXT_OF(resolving->id), &row);
    edit_abort(&edit);
    if (e == ERR_OK)
        e = take_resolution(vault, resolving->id, row,
                            (const Stagematch__Internal__V1__ResolveStageResponse *)(const void *)answer.message,
                            &resolving->waiters);
    else
        stage_let_go(vault, resolving->id);
    tell(resolving->waiters, e == ERR_OK ? ERR_IO : e, false); /* whom no ending took over */
    message_free(row);
    pbguard_free(&answer);
    mem_free(resolving);
}

/* What is staged; NULL where the row is gone already. */
static enum err read_row(struct vault *vault, const uint8_t id[ID_BYTES], StageRow **out)
{
    struct edit edit;
    edit_begin(&edit, vault->image);
    enum err e = stage_read(&edit, bytes_of(id, ID_BYTES), out);
    edit_abort(&edit);
    if (e == ERR_MISSING)
        *out = NULL;
    return e == ERR_MISSING ? ERR_OK : e;
}

static enum err resolve(struct stages *stages, struct entry *entry)
{
    Stagematch__Internal__V1__ResolveStageRequest request = STAGEMATCH__INTERNAL__V1__RESOLVE_STAGE_REQUEST__INIT;
    struct resolving *resolving;
    StageRow *row = NULL;
    enum err e = mem_alloc(1, sizeof *resolving, &resolving);
    if (e != ERR_OK)
        return e;
    resolving->vault = stages->vault;
    memcpy(resolving->id, entry->id, ID_BYTES);
    request.stage_id = binary_of(TEXT_OF(resolving->id));
    request.settled_seq = stages->settled_seq;
    e = read_row(stages->vault, resolving->id, &row);
    if (e == ERR_OK) {
        request.text = row ? row->text_facts : NULL;
        e = engine_call(stages->vault, METHOD_RESOLVE_STAGE, &request, NULL, resolved, resolving);
    }
    message_free(row);
    if (e != ERR_OK) {
        mem_free(resolving);
        return e;
    }
    entry->busy = true;
    resolving->next = stages->resolvings;
    stages->resolvings = resolving;
    stages->resolving_count++;
    return ERR_OK;
}

enum err stage_finish(struct vault *vault, const uint8_t id[ID_BYTES], void (*done)(void *context, enum err result),
                      void *context)
{
    struct ending_waiter **waiters = waiters_of(vault, id), *waiter = NULL;
    struct entry *entry = find(vault->stages, id);
    if (waiters)
        return add_waiter(waiters, true, done, context);
    enum err e = add_waiter(&waiter, true, done, context);
    if (e == ERR_OK && entry)
        e = resolve(vault->stages, entry);
    else if (e == ERR_OK)
        e = begin_ending(vault, id, true, NULL, &waiter); /* what is not there was finished before */
    waiters = e == ERR_OK ? waiters_of(vault, id) : NULL;
    if (waiters)
        move_waiters(&waiter, waiters);
    free_waiters(waiter);
    return e;
}

struct sweep {
    const struct stages *stages;
    struct edit edit;
};

static enum err sweep_key(void *context, struct text key, struct text value)
{
    struct sweep *sweep = context;
    (void)value;
    if (key.length == ID_BYTES && !find(sweep->stages, (const uint8_t *)key.data))
        stage_text_drop(&sweep->edit, (const uint8_t *)key.data);
    return ERR_OK;
}

/* Keys of texts whose stages are gone for certain: what a crash left. */
static void sweep_keys(struct stages *stages)
{
    struct sweep sweep = {.stages = stages};
    if (stages->keys_swept || stages->endings)
        return;
    edit_begin(&sweep.edit, stages->vault->image);
    enum err e = image_load(stages->vault->image, TABLE_STAGE_KEY, sweep_key, &sweep);
    if (e == ERR_OK && edit_has_changes(&sweep.edit))
        e = edit_commit(&sweep.edit, NULL, NULL);
    else
        edit_abort(&sweep.edit);
    stages->keys_swept = e == ERR_OK;
}

static void settled(void *context, enum err result)
{
    struct stages *stages = context;
    stages->settling = false;
    if (result == ERR_OK)
        stages->settled_seq = stages->settling_seq;
}

/* An end that was noted in memory may still be on its way to the disk: an empty edit waits for that. */
static void settle(struct stages *stages)
{
    struct edit edit;
    if (stages->settling)
        return;
    stages->settling_seq = stages->known_seq;
    for (size_t i = 0; i < stages->count; i++)
        if (stages->entries[i].begin_seq < stages->settling_seq)
            stages->settling_seq = stages->entries[i].begin_seq;
    edit_begin(&edit, stages->vault->image);
    stages->settling = edit_commit(&edit, settled, stages) == ERR_OK;
}

void stages_reconcile(struct stages *stages)
{
    int64_t old_ms = vault_now_ms(stages->vault) - stages->vault->tuning.stage_age_ms;
    if (!stages->vault->engine || stages->vault->stopping || !image_is_writable(stages->vault->image))
        return;
    sweep_keys(stages);
    settle(stages);
    for (size_t i = 0; i < stages->count && stages->resolving_count < RESOLVING_MAX; i++) {
        struct entry *entry = &stages->entries[i];
        if (!entry->held && !entry->busy && entry->active_ms <= old_ms && resolve(stages, entry) != ERR_OK)
            return;
    }
}

bool engine_refused(const Stagematch__Internal__V1__Reply *reply)
{
    if (!reply)
        return false;
    switch (channel_reply_code(reply)) {
    case STATUS_INVALID_ARGUMENT:
    case STATUS_NOT_FOUND:
    case STATUS_ALREADY_EXISTS:
    case STATUS_PERMISSION_DENIED:
    case STATUS_FAILED_PRECONDITION:
    case STATUS_ABORTED:
    case STATUS_OUT_OF_RANGE:
    case STATUS_UNIMPLEMENTED:
        return true;
    case STATUS_OK:
    case STATUS_CANCELED:
    case STATUS_UNKNOWN:
    case STATUS_DEADLINE_EXCEEDED:
    case STATUS_RESOURCE_EXHAUSTED:
    case STATUS_INTERNAL:
    case STATUS_UNAVAILABLE:
    case STATUS_DATA_LOSS:
    case STATUS_UNAUTHENTICATED: /* the assertion was over before the call was looked at: an earlier try may have been committed */
    case STATUS_CODE_COUNT:
        break;
    }
    return false;
}
