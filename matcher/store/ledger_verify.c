#include "store/ledger_verify.h"

#include "base/file.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_ENTRIES = 1000, CHECKPOINT_FILE_BYTES_MAX = 64 << 20 };

const char *ledger_fault_text(enum ledger_fault fault)
{
    static const char *const texts[LEDGER_FAULT_COUNT] = {
        [LEDGER_INTACT] = "intact",
        [LEDGER_GAP] = "an entry is missing, doubled or out of order",
        [LEDGER_BROKEN] = "an entry does not carry the hash of the one before it",
        [LEDGER_CHANGED] = "an entry was changed",
        [LEDGER_UNREADABLE] = "an entry's hashes cannot be read",
        [LEDGER_FORKED] = "an entry is not the one that a checkpoint saw",
        [LEDGER_CUT] = "the ledger ends before a checkpoint",
    };
    return (unsigned)fault < LEDGER_FAULT_COUNT ? texts[fault] : "unknown";
}

void ledger_verify_start(struct ledger_verifier *verifier, const struct ledger_checkpoint *checkpoints, size_t count)
{
    *verifier = (struct ledger_verifier){.checkpoints = checkpoints, .checkpoint_count = count};
}

static enum err found(struct ledger_verifier *verifier, enum ledger_fault fault, uint64_t seq)
{
    if (verifier->fault == LEDGER_INTACT) {
        verifier->fault = fault;
        verifier->fault_seq = seq;
    }
    return ERR_MISMATCH;
}

static enum err check_checkpoints(struct ledger_verifier *verifier)
{
    for (; verifier->checkpoint_next < verifier->checkpoint_count; verifier->checkpoint_next++) {
        const struct ledger_head *seen = &verifier->checkpoints[verifier->checkpoint_next].head;
        if (seen->seq > verifier->head.seq)
            break;
        if (memcmp(seen->hash, verifier->head.hash, LEDGER_HASH_BYTES) != 0)
            return found(verifier, LEDGER_FORKED, seen->seq);
    }
    return ERR_OK;
}

enum err ledger_verify_next(struct ledger_verifier *verifier, const struct ledger_entry *entry)
{
    if (verifier->fault != LEDGER_INTACT)
        return ERR_MISMATCH;
    uint64_t expected = verifier->head.seq + 1;
    if (entry->seq != expected)
        return found(verifier, LEDGER_GAP, expected);
    if (memcmp(entry->previous, verifier->head.hash, LEDGER_HASH_BYTES) != 0)
        return found(verifier, LEDGER_BROKEN, expected);
    struct ledger_entry again = *entry;
    ledger_hash(&again);
    if (memcmp(entry->hash, again.hash, LEDGER_HASH_BYTES) != 0)
        return found(verifier, LEDGER_CHANGED, expected);
    verifier->head.seq = entry->seq;
    memcpy(verifier->head.hash, entry->hash, LEDGER_HASH_BYTES);
    verifier->time_ms = entry->time_ms;
    return check_checkpoints(verifier);
}

enum err ledger_verify_end(struct ledger_verifier *verifier)
{
    if (verifier->fault != LEDGER_INTACT)
        return ERR_MISMATCH;
    if (verifier->checkpoint_next < verifier->checkpoint_count)
        return found(verifier, LEDGER_CUT, verifier->head.seq + 1);
    return ERR_OK;
}

struct page {
    struct ledger_verifier *verifier;
    uint32_t entries;
};

static enum err verify_entry(void *context, const struct ledger_entry *entry)
{
    struct page *page = context;
    page->entries++;
    return ledger_verify_next(page->verifier, entry);
}

enum err ledger_verify_store(struct store *store, struct ledger_verifier *verifier)
{
    struct page page = {.verifier = verifier};
    do {
        page.entries = 0;
        enum err e = store_ledger_read(store, verifier->head.seq, PAGE_ENTRIES, verify_entry, &page);
        if (e == ERR_MISMATCH && verifier->fault == LEDGER_INTACT)
            return found(verifier, LEDGER_UNREADABLE, verifier->head.seq + 1);
        if (e != ERR_OK)
            return e;
    } while (page.entries == PAGE_ENTRIES);
    return ledger_verify_end(verifier);
}

static int compare_seq(const void *a, const void *b)
{
    const struct ledger_checkpoint *x = a, *y = b;
    return x->head.seq < y->head.seq ? -1 : x->head.seq > y->head.seq;
}

static enum err parse_lines(struct text rest, const char *chain, const uint8_t *public_key,
                            struct ledger_checkpoint **list, size_t *count, uint64_t *line)
{
    size_t capacity = 0;
    struct text text;
    for (*line = 1; text_next(&rest, '\n', &text); ++*line) {
        struct ledger_checkpoint read;
        if (text.length == 0)
            continue;
        enum err e = ledger_checkpoint_parse(text, &read);
        if (e == ERR_OK && strcmp(read.chain, chain) != 0)
            continue;
        if (e == ERR_OK && public_key && !ledger_checkpoint_signed_by(&read, public_key))
            e = ERR_MISMATCH;
        if (e == ERR_OK)
            e = mem_grow(list, &capacity, *count + 1, sizeof **list);
        if (e != ERR_OK)
            return e;
        (*list)[(*count)++] = read;
    }
    return ERR_OK;
}

enum err ledger_checkpoints_read(const char *path, const char *chain, const uint8_t *public_key,
                                 struct ledger_checkpoint **out, size_t *count, uint64_t *line)
{
    struct buf file;
    struct ledger_checkpoint *list = NULL;
    size_t found_count = 0;
    *line = 0;
    buf_init(&file, CHECKPOINT_FILE_BYTES_MAX);
    enum err e = file_read_all(path, &file);
    if (e == ERR_OK)
        e = parse_lines(buf_text(&file), chain, public_key, &list, &found_count, line);
    buf_free(&file);
    if (e != ERR_OK) {
        mem_free(list);
        return e;
    }
    if (found_count)
        qsort(list, found_count, sizeof *list, compare_seq);
    *out = list;
    *count = found_count;
    return ERR_OK;
}
