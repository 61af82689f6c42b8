#include "core_fixture.h"

#include "base/random.h"
#include "domain/index.h"

/* The ordered map, against a plain array. */

enum { KEYS = 300 };

START_TEST(an_index_is_an_ordered_map_whatever_the_order_of_what_is_done)
{
    struct random_seeded seeded;
    struct random_source random = random_of_seed(&seeded, test_seed(11));
    struct index index = {NULL, 0};
    bool there[KEYS] = {false};
    int values[KEYS];
    for (unsigned step = 0; step < 5000; step++) {
        unsigned at = (unsigned)random_below(&random, KEYS);
        char name[16];
        (void)snprintf(name, sizeof name, "%03u", at);
        struct text key = text_of(name);
        ck_assert_int_eq(index_find(&index, key) != NULL, there[at]);
        if (there[at]) {
            struct index_node *node = index_take(&index, key);
            ck_assert_ptr_eq(node->value, &values[at]);
            index_node_free(node);
        } else {
            struct index_node *node;
            ck_assert_int_eq(index_node_new(key, &values[at], &node), ERR_OK);
            index_insert(&index, node);
        }
        there[at] = !there[at];
        if (step % 100 != 0)
            continue;
        const struct index_node *node = index_seek(&index, text_of(""), true);
        size_t count = 0;
        for (unsigned i = 0; i < KEYS; i++) {
            if (!there[i])
                continue;
            ck_assert_ptr_eq(node->value, &values[i]);
            node = index_seek(&index, index_node_key(node), false);
            count++;
        }
        ck_assert_ptr_null(node);
        ck_assert_uint_eq(index.count, count);
    }
    ck_assert_ptr_null(index_take(&index, text_of("nothing")));
    index_clear(&index);
    ck_assert_ptr_null(index.root);
}
END_TEST

/* The state. */

static size_t count_scan(enum state_index index, struct text id)
{
    struct scan scan;
    size_t count = 0;
    scan_id(&scan, domain_state(domain), index, id);
    while (scan_next(&scan))
        count++;
    return count;
}

START_TEST(indexes_follow_the_records)
{
    struct about about = open_story();
    struct state *state = domain_state(domain);
    ck_assert_uint_eq(count_scan(INDEX_RUNNING_PLACEMENT, key_of(PLACEMENT)), 1);
    ck_assert_uint_eq(count_scan(INDEX_RUNNING_ROUND, key_of(ROUND)), 1);
    ck_assert_uint_eq(count_scan(INDEX_PROPOSAL_STAGEVRAAG, key_of(STAGEVRAAG)), 1);
    ck_assert_uint_eq(count_scan(INDEX_PROPOSAL_STUDENT, key_of(STUDENT)), 1);
    ck_assert_uint_eq(count_scan(INDEX_STAGEVRAAG_ROUND, key_of(ROUND)), 1);
    ck_assert_ptr_eq(state_candidate(state, about.label), proposal_of(about.id));
    ck_assert_ptr_null(state_candidate(state, "000000000000"));
    ck_assert_ptr_eq(state_placement_at(state, "100001", "plaats-16"), placement_of(PLACEMENT));
    ck_assert_ptr_null(state_placement_at(state, "100001", "plaats-1"));
    ck_assert_ptr_null(state_placement_at(state, "10000", "1plaats-16"));
    about.reason = "plek-elders";
    move_as(&school, METHOD_VETO_PROPOSAL, &about, false);
    ck_assert_uint_eq(count_scan(INDEX_RUNNING_PLACEMENT, key_of(PLACEMENT)), 0);
    ck_assert_uint_eq(count_scan(INDEX_PROPOSAL_PLACEMENT, key_of(PLACEMENT)), 1);
    StagevraagRecord *stagevraag = state_edit(state, RECORD_STAGEVRAAG, key_of(STAGEVRAAG));
    ck_assert_int_eq(message_assign_bytes(&stagevraag->round_id, text_of("")), ERR_OK);
    ck_assert_int_eq(state_edited(state, RECORD_STAGEVRAAG, stagevraag), ERR_OK);
    ck_assert_uint_eq(count_scan(INDEX_STAGEVRAAG_ROUND, key_of(ROUND)), 0);
    close_domain();
}
END_TEST

START_TEST(records_are_there_once_and_what_is_gone_is_gone)
{
    (void)open_story();
    struct state *state = domain_state(domain);
    StagevraagRecord *twin = new_message(&stagematch__internal__v1__stagevraag_record__descriptor);
    twin->stagevraag_id = dup_id(STAGEVRAAG);
    ck_assert_int_eq(state_add(state, RECORD_STAGEVRAAG, &twin->base), ERR_EXISTS);
    StagevraagRecord *nameless = new_message(&stagematch__internal__v1__stagevraag_record__descriptor);
    ck_assert_int_eq(state_add(state, RECORD_STAGEVRAAG, &nameless->base), ERR_INTERNAL);
    ck_assert_ptr_null(state_edit(state, RECORD_STAGEVRAAG, key_of(0xEE)));
    ck_assert_int_eq(state_remove(state, RECORD_STAGEVRAAG, key_of(0xEE)), ERR_MISSING);
    /* The key may be the record's own. */
    ck_assert_int_eq(state_remove(state, RECORD_STAGEVRAAG, text_of_bytes(stagevraag_of(STAGEVRAAG)->stagevraag_id)),
                     ERR_OK);
    ck_assert_ptr_null(stagevraag_of(STAGEVRAAG));
    ck_assert_uint_eq(state_count(state, RECORD_STAGEVRAAG), 0);
    ck_assert_int_eq(domain_restored(domain), ERR_MISMATCH); /* its proposal runs on without it */
    close_domain();
}
END_TEST

START_TEST(a_scan_may_change_what_it_goes_over)
{
    open_domain();
    for (unsigned i = 0; i < 20; i++)
        add_stagevraag(STAGEVRAAG + i, STUDENT, "99AA", 1, 1);
    struct scan scan;
    size_t seen = 0;
    scan_string(&scan, domain_state(domain), INDEX_STAGEVRAAG_SCHOOL, "99AA");
    for (const StagevraagRecord *record; (record = scan_next(&scan)); seen++)
        ck_assert_int_eq(state_remove(domain_state(domain), RECORD_STAGEVRAAG, text_of_bytes(record->stagevraag_id)),
                         ERR_OK);
    ck_assert_uint_eq(seen, 20);
    ck_assert_uint_eq(state_count(domain_state(domain), RECORD_STAGEVRAAG), 0);
    close_domain();
}
END_TEST

START_TEST(changes_are_each_record_once_as_it_is_now)
{
    struct about about = open_story();
    struct changes changes;
    ck_assert_int_eq(state_take_changes(domain_state(domain), &changes), ERR_OK);
    ck_assert_uint_eq(changes.record_count, 6); /* round, placement, stagevraag, proposal, task, notice */
    ck_assert_uint_eq(changes.entry_count, 1);
    ck_assert_uint_eq(changes.entries[0].seq, 1);
    ck_assert_str_eq(changes.entries[0].kind, "proposal");
    changes_free(&changes);
    ck_assert_int_eq(state_take_changes(domain_state(domain), &changes), ERR_OK);
    ck_assert_uint_eq(changes.record_count, 0);
    ck_assert_uint_eq(changes.entry_count, 0);
    changes_free(&changes);
    bring_to(&about, PROPOSAL_STATE(ACCEPTED));
    ck_assert_int_eq(state_take_changes(domain_state(domain), &changes), ERR_OK);
    size_t proposals = 0, removed = 0;
    for (size_t i = 0; i < changes.record_count; i++) {
        proposals += changes.records[i].kind == RECORD_PROPOSAL;
        removed += changes.records[i].value.data == NULL;
        ck_assert(i == 0 || changes.records[i - 1].kind <= changes.records[i].kind);
    }
    ck_assert_uint_eq(proposals, 1);
    ck_assert_uint_eq(removed, 2); /* the tasks to approve and to decide */
    ck_assert_uint_eq(changes.entries[0].seq, 2);
    ck_assert_uint_eq(changes.entries[1].seq, 3);
    changes_free(&changes);
    close_domain();
}
END_TEST

START_TEST(what_is_no_record_is_not_restored)
{
    open_domain();
    struct state *state = domain_state(domain);
    static const char garbage[] = {(char)0xFF, (char)0xFF, (char)0xFF};
    ck_assert_int_eq(state_restore(state, RECORD_TASK, key_of(1), (struct text){garbage, sizeof garbage}), ERR_INPUT);
    ck_assert_int_eq(state_restore(state, RECORD_TASK, key_of(1), text_of("")), ERR_INPUT); /* has no key */
    TaskRecord task = STAGEMATCH__INTERNAL__V1__TASK_RECORD__INIT;
    uint8_t bytes[256];
    task.task_id = id_of(2);
    struct text value = {(const char *)bytes, protobuf_c_message_pack(&task.base, bytes)};
    ck_assert_int_eq(state_restore(state, RECORD_TASK, key_of(1), value), ERR_INPUT); /* another's key */
    ck_assert_int_eq(state_restore(state, RECORD_TASK, key_of(2), value), ERR_OK);
    ck_assert_int_eq(state_restore(state, RECORD_TASK, key_of(2), value), ERR_INPUT); /* twice */
    struct changes changes;
    ck_assert_int_eq(state_take_changes(state, &changes), ERR_OK);
    ck_assert_uint_eq(changes.record_count, 0);
    changes_free(&changes);
    state_restore_ledger(state, 41);
    LedgerPayload payload = STAGEMATCH__INTERNAL__V1__LEDGER_PAYLOAD__INIT;
    uint64_t seq;
    ck_assert_int_eq(state_ledger(state, 0, "test", text_of(""), &payload.base, &seq), ERR_OK);
    ck_assert_uint_eq(seq, 42);
    close_domain();
}
END_TEST

RUN_TESTS("state", an_index_is_an_ordered_map_whatever_the_order_of_what_is_done, indexes_follow_the_records,
          records_are_there_once_and_what_is_gone_is_gone, a_scan_may_change_what_it_goes_over,
          changes_are_each_record_once_as_it_is_now, what_is_no_record_is_not_restored)
