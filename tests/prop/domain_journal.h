/*
 * domain_journal.h - what a database would hold of a domain that is played with: every change is written down and digested, a
 * service can be started from it at any time, and the ledger's ends are counted.
 */
#ifndef PROP_DOMAIN_JOURNAL_H
#define PROP_DOMAIN_JOURNAL_H

#include "unit/domain/core_fixture.h"

#include "api/views.h"
#include "base/random.h"
#include "domain/index.h"

#include <sodium.h>

static struct random_seeded seeded;
static struct random_source randomness;
static struct index image;   /* kind (1 byte) and key → the row's bytes, as a database would have them */
static struct index endings; /* proposal id → nothing; of ends that the ledger told */
static uint64_t ledger_seq;
static crypto_generichash_state digest;
static uint64_t journal_version, journal_versions[VIEW_PLACES]; /* as the engine counts them (engine/versions.h) */
static bool reasons_may_lack; /* of the command under way: an erasure ends what runs and gives no reason */

static unsigned below(unsigned bound)
{
    return (unsigned)random_below(&randomness, bound);
}

/* The database. */

struct row {
    size_t length;
    char bytes[];
};

/* Who withdrew, was placed elsewhere or is done is not proposed again. */
static void check_stays(const struct row *before, struct text after)
{
    StagevraagRecord *was, *is;
    const ProtobufCMessageDescriptor *descriptor = &stagematch__internal__v1__stagevraag_record__descriptor;
    ck_assert_int_eq(message_unpack(descriptor, (struct text){before->bytes, before->length}, &was), ERR_OK);
    ck_assert_int_eq(message_unpack(descriptor, after, &is), ERR_OK);
    ck_assert_msg(was->state < STAGEVRAAG_STATE(PLACED_ELSEWHERE) || is->state == was->state ||
                      is->state == STAGEVRAAG_STATE(WITHDRAWN),
                  "a stagevraag that was over is not any more");
    message_free(was);
    message_free(is);
}

static void write_row(const struct change *change)
{
    struct index_key key;
    index_key_start(&key);
    index_key_u8(&key, change->kind);
    index_key_bytes(&key, change->key);
    struct text name = {(const char *)key.bytes, key.length};
    struct index_node *node = index_take(&image, name);
    if (node) {
        if (change->kind == RECORD_STAGEVRAAG && change->value.data)
            check_stays(node->value, change->value);
        mem_free(node->value);
        index_node_free(node);
    }
    if (!change->value.data) {
        /* A proposal goes when its student is erased, and not before its end was told. */
        ck_assert(change->kind != RECORD_PROPOSAL || index_find(&endings, change->key));
        return;
    }
    struct row *row;
    ck_assert_int_eq(mem_alloc(1, sizeof *row + change->value.length, &row), ERR_OK);
    row->length = change->value.length;
    memcpy(row->bytes, change->value.data, change->value.length);
    ck_assert_int_eq(index_reserve(&image), ERR_OK);
    ck_assert_int_eq(index_node_new(name, row, &node), ERR_OK);
    index_insert(&image, node);
}

static void digest_text(struct text text)
{
    uint64_t length = text.length;
    (void)crypto_generichash_update(&digest, (const unsigned char *)&length, sizeof length);
    if (text.length)
        (void)crypto_generichash_update(&digest, (const unsigned char *)text.data, text.length);
}

/* Whether a person brings about this end, and says why. */
static bool needs_reason(Stagematch__V1__ProposalState end)
{
    return end == PROPOSAL_STATE(VETOED) || end == PROPOSAL_STATE(REJECTED) || end == PROPOSAL_STATE(DECLINED) ||
           end == PROPOSAL_STATE(DROPPED_AFTER_RELEASE) || end == PROPOSAL_STATE(CANCELLED_BEFORE_START) ||
           end == PROPOSAL_STATE(ENDED_EARLY) || end == PROPOSAL_STATE(WITHDRAWN_STUDENT) ||
           end == PROPOSAL_STATE(WITHDRAWN_PLACE);
}

/* An end is told once, with its reason. */
static void read_entry(const struct ledger_change *entry)
{
    LedgerPayload *payload;
    ck_assert_uint_eq(entry->seq, ++ledger_seq);
    ck_assert_int_eq(message_unpack(&stagematch__internal__v1__ledger_payload__descriptor, entry->payload, &payload),
                     ERR_OK);
    Stagematch__V1__ProposalState entered = PROPOSAL_STATE(UNSPECIFIED);
    for (unsigned state = 1; strcmp(entry->kind, "decision") == 0 && state < PROPOSAL_STATE_COUNT; state++)
        if (strcmp(proposal_state_facts((Stagematch__V1__ProposalState)state)->name, payload->code) == 0)
            entered = (Stagematch__V1__ProposalState)state;
    if (entered && !proposal_state_facts(entered)->runs) {
        struct index_node *node;
        struct text id = text_of_bytes(payload->proposal_id);
        ck_assert_msg(!index_find(&endings, id), "an end that was told before");
        ck_assert_msg(!needs_reason(entered) || payload->reason[0] || reasons_may_lack, "%s without a reason",
                      payload->code);
        ck_assert_int_eq(index_reserve(&endings), ERR_OK);
        ck_assert_int_eq(index_node_new(id, NULL, &node), ERR_OK);
        index_insert(&endings, node);
    }
    message_free(payload);
}

static void write_changes(void)
{
    struct changes changes;
    ck_assert_int_eq(state_take_changes(domain_state(domain), &changes), ERR_OK);
    for (size_t i = 0; i < changes.entry_count; i++) {
        read_entry(&changes.entries[i]);
        digest_text(text_of(changes.entries[i].kind));
        digest_text(changes.entries[i].subject);
        digest_text(changes.entries[i].payload);
    }
    for (size_t i = 0; i < changes.record_count; i++) {
        write_row(&changes.records[i]);
        digest_text(changes.records[i].key);
        digest_text(changes.records[i].value);
    }
    if (changes.record_count || changes.entry_count)
        journal_version++;
    for (size_t i = 0; i < VIEW_PLACES && changes.all_views; i++)
        journal_versions[i] = journal_version;
    for (size_t i = 0; i < changes.view_count; i++)
        journal_versions[view_place(changes.views[i])] = journal_version;
    changes_free(&changes);
}

/* A service that starts from the database. */
static struct domain *reload(void)
{
    struct domain *fresh = new_domain();
    const struct index_node *node = index_seek(&image, text_of(""), true);
    for (; node; node = index_seek(&image, index_node_key(node), false)) {
        const struct row *row = node->value;
        struct text key = {(const char *)node->key + 1, node->length - 1}, value = {row->bytes, row->length};
        ck_assert_int_eq(state_restore(domain_state(fresh), (enum record_kind)node->key[0], key, value), ERR_OK);
    }
    state_restore_ledger(domain_state(fresh), ledger_seq);
    ck_assert_int_eq(domain_restored(fresh), ERR_OK);
    return fresh;
}

static enum err put_record(void *context, const ProtobufCMessage *record)
{
    uint8_t bytes[65536];
    struct buf *out = context;
    ck_assert_uint_le(protobuf_c_message_get_packed_size(record), sizeof bytes);
    buf_put(out, bytes, protobuf_c_message_pack(record, bytes));
    return ERR_OK;
}

static void dump(struct domain *from, struct buf *out)
{
    buf_init(out, 1 << 26);
    for (unsigned kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        buf_put_u64(out, state_count(domain_state(from), (enum record_kind)kind));
        ck_assert_int_eq(state_each(domain_state(from), (enum record_kind)kind, put_record, out), ERR_OK);
    }
    ck_assert_int_eq(buf_error(out), ERR_OK);
}

static void check_reload(void)
{
    struct buf live, stored;
    struct domain *fresh = reload();
    dump(domain, &live);
    dump(fresh, &stored);
    ck_assert(text_equal(buf_text(&live), buf_text(&stored)));
    ck_assert_int_eq(domain_next_due_ms(domain), domain_next_due_ms(fresh));
    buf_free(&live);
    buf_free(&stored);
    domain_free(fresh);
}

static void journal_open(uint64_t seed)
{
    randomness = random_of_seed(&seeded, seed);
    image = endings = (struct index){0};
    ledger_seq = 0;
    journal_version = 1;
    memset(journal_versions, 0, sizeof journal_versions);
    (void)crypto_generichash_init(&digest, NULL, 0, 32);
}

/* The digest is of all that was written. */
static void journal_close(uint8_t out[32])
{
    (void)crypto_generichash_final(&digest, out, 32);
    for (struct index_node *node = index_seek(&image, text_of(""), true); node;
         node = index_seek(&image, index_node_key(node), false))
        mem_free(node->value);
    index_clear(&image);
    index_clear(&endings);
}

#endif
