#include "core_fixture.h"

#include "base/random.h"
#include "domain/index.h"

/* The ordered map, against a plain array. */

enum { KEYS = 20000, STEPS = 120000, CHECK_STEPS = 10000 };

/* Keys of two lengths, many with the same first bytes. */
static struct text key_at(unsigned at, char name[24])
{
    (void)snprintf(name, 24, at % 3 ? "%02u/long prefix %05u" : "%02u/%05u", at % 7, at);
    return text_of(name);
}

static int compare_keys(const void *a, const void *b)
{
    char x[24], y[24];
    return text_compare(key_at(*(const unsigned *)a, x), key_at(*(const unsigned *)b, y));
}

static void check_order(const struct index *index, const unsigned *sorted, const bool *there, int *values)
{
    const struct index_node *node = index_seek(index, text_of(""), true), *previous = NULL;
    size_t count = 0;
    for (unsigned i = 0; i < KEYS; i++) {
        char name[24];
        struct text key = key_at(sorted[i], name);
        ck_assert_ptr_eq(index_seek(index, key, true), node);
        if (!there[sorted[i]])
            continue;
        ck_assert_ptr_eq(node->value, &values[sorted[i]]);
        previous = node;
        node = index_seek(index, index_node_key(node), false);
        count++;
    }
    ck_assert_ptr_null(node);
    ck_assert_ptr_eq(index_last(index), previous);
    ck_assert_uint_eq(index->count, count);
}

static void turn_over(struct index *index, unsigned at, bool *there, int *values)
{
    char name[24];
    struct index_node *node;
    struct text key = key_at(at, name);
    ck_assert_int_eq(index_find(index, key) != NULL, *there);
    if (*there) {
        node = index_take(index, key);
        ck_assert_ptr_eq(node->value, &values[at]);
        index_node_free(node);
    } else {
        ck_assert_int_eq(index_reserve(index), ERR_OK);
        ck_assert_int_eq(index_node_new(key, &values[at], &node), ERR_OK);
        index_insert(index, node);
    }
    *there = !*there;
}

START_TEST(an_index_is_an_ordered_map_whatever_the_order_of_what_is_done)
{
    struct random_seeded seeded;
    struct random_source random = random_of_seed(&seeded, test_seed(11));
    static bool there[KEYS];
    static int values[KEYS];
    static unsigned sorted[KEYS];
    struct index index = {0};
    memset(there, 0, sizeof there);
    for (unsigned i = 0; i < KEYS; i++)
        sorted[i] = i;
    qsort(sorted, KEYS, sizeof sorted[0], compare_keys);
    for (unsigned i = 0; i < KEYS; i += 2) /* growing keys */
        turn_over(&index, sorted[i], &there[sorted[i]], values);
    check_order(&index, sorted, there, values);
    for (unsigned step = 1; step <= STEPS; step++) {
        unsigned at = (unsigned)random_below(&random, KEYS);
        turn_over(&index, at, &there[at], values);
        if (step % CHECK_STEPS == 0)
            check_order(&index, sorted, there, values);
    }
    for (unsigned i = 0; i < KEYS; i++) /* from below, until one is left */
        if (there[sorted[i]] && index.count > 1)
            turn_over(&index, sorted[i], &there[sorted[i]], values);
    check_order(&index, sorted, there, values);
    char name[24];
    index_node_free(index_take(&index, index_node_key(index_last(&index))));
    ck_assert_ptr_null(index.root);
    ck_assert_ptr_null(index_last(&index));
    ck_assert_ptr_null(index_take(&index, key_at(0, name)));
    index_clear(&index);
}
END_TEST

START_TEST(an_index_without_memory_stays_as_it_is)
{
    struct index index = {0};
    struct index_node *node;
    char name[24];
    for (unsigned i = 0; i < 1000; i++) {
        enum err e;
        uint64_t nth = 1;
        do {
            mem_fail_at(nth++);
            e = index_reserve(&index);
            mem_fail_at(0);
        } while (e == ERR_MEMORY);
        ck_assert_int_eq(e, ERR_OK);
        ck_assert_int_eq(index_node_new(key_at(i, name), NULL, &node), ERR_OK);
        mem_fail_at(1);
        index_insert(&index, node);
        mem_fail_at(0);
    }
    ck_assert_uint_eq(index.count, 1000);
    index_clear(&index);
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

RUN_TESTS("state", an_index_is_an_ordered_map_whatever_the_order_of_what_is_done,
          an_index_without_memory_stays_as_it_is, indexes_follow_the_records,
          records_are_there_once_and_what_is_gone_is_gone, a_scan_may_change_what_it_goes_over,
          changes_are_each_record_once_as_it_is_now, what_is_no_record_is_not_restored)
