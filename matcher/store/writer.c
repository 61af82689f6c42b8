#include "store/writer.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "store/rows.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/*
 * Pages of the write-ahead log after which it is copied back: some when nothing comes for a moment, many when something does,
 * because writing on is what clients wait for and a page that changes often is then copied once; and how long it must be quiet
 * before it is cut to nothing.
 */
enum { IDLE_PAGES = 1024, BUSY_PAGES = 65536, PAUSE_MS = 50, QUIET_MS = 500, GROUP_OPERATIONS_MAX = 16384 };

struct queue {
    struct store_batch *first, **end;
};

struct writer {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    /* Under the mutex. */
    struct queue waiting, finished;
    struct store_numbers numbers;
    bool stopping;
    /* The thread's own. */
    struct rows rows;
    struct ledger_head head;
    enum err failed; /* the cause, until a probe succeeds */
    int wal_pages;
    bool wal_is_cut;
    struct clock clock;
    int event_fd;
};

static void queue_init(struct queue *queue)
{
    queue->first = NULL;
    queue->end = &queue->first;
}

static void queue_add(struct queue *queue, struct store_batch *batch)
{
    batch->next = NULL;
    *queue->end = batch;
    queue->end = &batch->next;
}

static int note_wal_pages(void *context, sqlite3 *handle, const char *name, int pages)
{
    (void)handle;
    (void)name;
    struct writer *writer = context;
    writer->wal_pages = pages;
    writer->wal_is_cut = false;
    return SQLITE_OK;
}

static void checkpoint(struct writer *writer, int mode)
{
    int log_pages = 0, copied_pages = 0;
    sqlite3 *handle = writer->rows.handle;
    sqlite3_busy_timeout(handle, 0); /* a reader beside us only delays it; commits wait for nobody */
    int result = sqlite3_wal_checkpoint_v2(handle, NULL, mode, &log_pages, &copied_pages);
    sqlite3_busy_timeout(handle, DATABASE_BUSY_WAIT_MS);
    /* However it ended: what could not be done now is done after the next commit, which counts the pages anew. */
    writer->wal_pages = 0;
    writer->wal_is_cut = mode == SQLITE_CHECKPOINT_TRUNCATE;
    if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY)
        LOG(LOG_WARN, "store_checkpoint_failed", LOG_NUMBER("sqlite", result));
    pthread_mutex_lock(&writer->mutex);
    writer->numbers.checkpoints++;
    writer->numbers.failed_checkpoints += result != SQLITE_OK;
    writer->numbers.wal_pages = result == SQLITE_OK
                                    ? (uint64_t)(log_pages > copied_pages ? log_pages - copied_pages : 0)
                                    : (uint64_t)(log_pages > 0 ? log_pages : 0);
    pthread_mutex_unlock(&writer->mutex);
}

/* Takes batches that can share a transaction: at least one, and no probe among others. */
static struct store_batch *take_group(struct queue *waiting)
{
    struct store_batch *group = waiting->first, *last = group;
    size_t operations = last->count;
    while (!last->is_probe && last->next && !last->next->is_probe &&
           operations + last->next->count <= GROUP_OPERATIONS_MAX) {
        last = last->next;
        operations += last->count;
    }
    waiting->first = last->next;
    if (!waiting->first)
        waiting->end = &waiting->first;
    last->next = NULL;
    return group;
}

/* One transaction for all of them; the ledger's head moves with it. */
static enum err commit_group(struct writer *writer, struct store_batch *group)
{
    struct ledger_head head = writer->head;
    enum err e = rows_begin(&writer->rows);
    for (struct store_batch *batch = group; e == ERR_OK && batch; batch = batch->next) {
        e = batch->refusal != ERR_OK ? batch->refusal : rows_apply(&writer->rows, batch, &head);
        batch->head = head;
    }
    FAULT_POINT("store.before_commit");
    if (e == ERR_OK)
        e = rows_commit(&writer->rows);
    FAULT_POINT("store.after_commit");
    if (e == ERR_OK)
        writer->head = head;
    else
        rows_rollback(&writer->rows);
    return e;
}

static void work_on(struct writer *writer, struct store_batch *group)
{
    if (group->is_probe)
        writer->failed = rows_probe(&writer->rows);
    else if (writer->failed == ERR_OK)
        writer->failed = commit_group(writer, group);
    for (struct store_batch *batch = group; batch; batch = batch->next) {
        batch->result = writer->failed;
        if (batch->result != ERR_OK || batch->is_probe)
            batch->head = writer->head;
    }
}

static void count(struct store_numbers *numbers, const struct store_batch *batch)
{
    if (batch->is_probe)
        return;
    if (batch->result != ERR_OK) {
        numbers->failed_commits++;
        return;
    }
    numbers->commits++;
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->operations[i].kind == OPERATION_LEDGER)
            numbers->ledger_entries++;
        else
            numbers->rows++;
    }
}

/* Hands a group to the loop and wakes it. With the mutex held. */
static void finish(struct writer *writer, struct store_batch *group, int64_t spent_us)
{
    if (group->result == ERR_OK && !group->is_probe)
        writer->numbers.transactions++;
    writer->numbers.commit_us += (uint64_t)spent_us;
    writer->numbers.wal_pages = (uint64_t)writer->wal_pages;
    while (group) {
        struct store_batch *next = group->next;
        count(&writer->numbers, group);
        queue_add(&writer->finished, group);
        group = next;
    }
    uint64_t one = 1;
    ssize_t written;
    do
        written = write(writer->event_fd, &one, sizeof one);
    while (written < 0 && errno == EINTR);
}

/* Waits for a batch, the end, or a quiet moment. With the mutex held; false: quiet. */
static bool wait_for_work(struct writer *writer)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (writer->wal_pages >= IDLE_PAGES ? PAUSE_MS : QUIET_MS) * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    while (!writer->waiting.first && !writer->stopping) {
        if (writer->wal_is_cut || writer->failed != ERR_OK)
            pthread_cond_wait(&writer->wake, &writer->mutex);
        else if (pthread_cond_timedwait(&writer->wake, &writer->mutex, &until) == ETIMEDOUT)
            return false;
    }
    return true;
}

/* After a big enough growth: copy back in a pause, cut when it stays quiet. */
static void rest(struct writer *writer)
{
    pthread_mutex_unlock(&writer->mutex);
    checkpoint(writer, writer->wal_pages >= IDLE_PAGES ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE);
    pthread_mutex_lock(&writer->mutex);
}

static void commit_next(struct writer *writer)
{
    struct store_batch *group = take_group(&writer->waiting);
    pthread_mutex_unlock(&writer->mutex);
    int64_t begun_us = clock_monotonic_us(&writer->clock);
    work_on(writer, group);
    int64_t spent_us = clock_monotonic_us(&writer->clock) - begun_us;
    pthread_mutex_lock(&writer->mutex);
    finish(writer, group, spent_us);
    if (writer->wal_pages >= BUSY_PAGES) {
        pthread_mutex_unlock(&writer->mutex);
        checkpoint(writer, SQLITE_CHECKPOINT_PASSIVE);
        pthread_mutex_lock(&writer->mutex);
    }
}

static void *run_writer(void *argument)
{
    struct writer *writer = argument;
    pthread_mutex_lock(&writer->mutex);
    while (writer->waiting.first || !writer->stopping) {
        if (!wait_for_work(writer))
            rest(writer);
        else if (writer->waiting.first)
            commit_next(writer);
    }
    pthread_mutex_unlock(&writer->mutex);
    return NULL;
}

/* The thread takes no signals: they are the loop's. */
static enum err start_thread(struct writer *writer)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = pthread_create(&writer->thread, NULL, run_writer, writer);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result == 0 ? ERR_OK : err_from_errno(result);
}

enum err writer_start(sqlite3 *handle, const char *const *tables, size_t table_count, struct ledger_head head,
                      int event_fd, struct writer **out)
{
    struct writer *writer = NULL;
    pthread_condattr_t monotonic;
    enum err e = table_count <= STORE_TABLES_MAX ? mem_alloc(1, sizeof *writer, &writer) : ERR_RANGE;
    if (e == ERR_OK)
        e = rows_open(&writer->rows, handle, tables);
    if (e != ERR_OK) {
        mem_free(writer);
        return e;
    }
    queue_init(&writer->waiting);
    queue_init(&writer->finished);
    writer->head = head;
    writer->event_fd = event_fd;
    writer->clock = clock_system();
    pthread_mutex_init(&writer->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&writer->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    sqlite3_wal_hook(handle, note_wal_pages, writer);
    e = start_thread(writer);
    if (e != ERR_OK) {
        rows_close(&writer->rows);
        pthread_cond_destroy(&writer->wake);
        pthread_mutex_destroy(&writer->mutex);
        mem_free(writer);
        return e;
    }
    *out = writer;
    return ERR_OK;
}

void writer_push(struct writer *writer, struct store_batch *batch)
{
    pthread_mutex_lock(&writer->mutex);
    queue_add(&writer->waiting, batch);
    pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->mutex);
}

struct store_batch *writer_take_finished(struct writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    struct store_batch *finished = writer->finished.first;
    queue_init(&writer->finished);
    pthread_mutex_unlock(&writer->mutex);
    return finished;
}

struct store_batch *writer_stop(struct writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    writer->stopping = true;
    pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->mutex);
    pthread_join(writer->thread, NULL);
    sqlite3 *handle = writer->rows.handle;
    rows_close(&writer->rows);
    database_close(handle);
    struct store_batch *finished = writer->finished.first;
    pthread_cond_destroy(&writer->wake);
    pthread_mutex_destroy(&writer->mutex);
    mem_free(writer);
    return finished;
}

struct store_numbers writer_numbers(struct writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    struct store_numbers numbers = writer->numbers;
    pthread_mutex_unlock(&writer->mutex);
    return numbers;
}
