#include "front/answer_store.h"

#include "base/mem.h"

#include <string.h>
#include <sys/queue.h>

enum { BUCKETS = 1 << 14, PARTS = 8 /* an answer takes at most this part of all */ };

struct entry {
    struct answer_key key;
    uint64_t version;
    int64_t until_us;
    enum connect_coding coding;
    struct entry *next_in_bucket;
    TAILQ_ENTRY(entry) by_use;
    size_t length;
    char bytes[];
};

TAILQ_HEAD(entry_list, entry);

struct answer_store {
    size_t bytes_max;
    int64_t life_us;
    struct entry *buckets[BUCKETS];
    struct entry_list by_use; /* least recently used first */
    struct answer_store_counts counts;
};

enum err answer_store_new(size_t bytes_max, int64_t life_us, struct answer_store **out)
{
    struct answer_store *store;
    enum err e = mem_alloc(1, sizeof *store, &store);
    if (e != ERR_OK)
        return e;
    store->bytes_max = bytes_max;
    store->life_us = life_us;
    TAILQ_INIT(&store->by_use);
    *out = store;
    return ERR_OK;
}

static struct entry **bucket_of(struct answer_store *store, const struct answer_key *key)
{
    return &store->buckets[(key->bytes[0] | (unsigned)key->bytes[1] << 8) % BUCKETS];
}

static size_t size_of(const struct entry *entry)
{
    return sizeof *entry + entry->length;
}

static void take_out(struct answer_store *store, struct entry *entry)
{
    struct entry **link = bucket_of(store, &entry->key);
    while (*link != entry)
        link = &(*link)->next_in_bucket;
    *link = entry->next_in_bucket;
    TAILQ_REMOVE(&store->by_use, entry, by_use);
    store->counts.bytes -= size_of(entry);
    store->counts.entries--;
    mem_free(entry);
}

void answer_store_clear(struct answer_store *store)
{
    struct entry *entry;
    while ((entry = TAILQ_FIRST(&store->by_use)))
        take_out(store, entry);
}

void answer_store_free(struct answer_store *store)
{
    if (!store)
        return;
    answer_store_clear(store);
    mem_free(store);
}

static struct entry *find(struct answer_store *store, const struct answer_key *key)
{
    struct entry *entry = *bucket_of(store, key);
    while (entry && memcmp(entry->key.bytes, key->bytes, sizeof key->bytes) != 0)
        entry = entry->next_in_bucket;
    return entry;
}

bool answer_store_find(struct answer_store *store, const struct answer_key *key, uint64_t version, int64_t now_us,
                       struct kept_answer *out)
{
    struct entry *entry = find(store, key);
    if (!entry)
        return false;
    if (entry->version != version || now_us >= entry->until_us) {
        store->counts.outdated++;
        take_out(store, entry);
        return false;
    }
    TAILQ_REMOVE(&store->by_use, entry, by_use);
    TAILQ_INSERT_TAIL(&store->by_use, entry, by_use);
    *out = (struct kept_answer){{entry->bytes, entry->length}, entry->coding};
    return true;
}

void answer_store_put(struct answer_store *store, const struct answer_key *key, uint64_t version,
                      const struct kept_answer *answer, int64_t now_us)
{
    struct entry *entry = find(store, key);
    size_t length = answer->bytes.length, size = sizeof *entry + length;
    if (entry && entry->version > version)
        return;
    if (size > store->bytes_max / PARTS || size > ANSWER_ENTRY_BYTES_MAX || mem_alloc(1, size, &entry) != ERR_OK)
        return;
    entry->key = *key;
    entry->version = version;
    entry->until_us = now_us + store->life_us;
    entry->coding = answer->coding;
    entry->length = length;
    memcpy(entry->bytes, answer->bytes.data, length); /* before what it is a copy of may go */
    struct entry *old = find(store, key);
    if (old)
        take_out(store, old);
    while (store->counts.bytes + size > store->bytes_max) {
        take_out(store, TAILQ_FIRST(&store->by_use));
        store->counts.evicted++;
    }
    struct entry **bucket = bucket_of(store, key);
    entry->next_in_bucket = *bucket;
    *bucket = entry;
    TAILQ_INSERT_TAIL(&store->by_use, entry, by_use);
    store->counts.bytes += size;
    store->counts.entries++;
    store->counts.stored++;
}

struct answer_store_counts answer_store_counts(const struct answer_store *store)
{
    return store->counts;
}
