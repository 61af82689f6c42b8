#include "one_student.h"

START_TEST(what_is_staged_is_seen_only_after_it_is_final)
{
    uint8_t stage_id[16];
    char name[64];
    setup();
    const char *token = login("co@example.org", good_password);
    stage_one(token, 1, stage_id);
    ck_assert_uint_eq(read_identity(token, name), 0);
    commit_in_engine(stage_id);
    finalise(stage_id, NULL);
    finalise(stage_id, NULL); /* safe to repeat */
    ck_assert_uint_eq(read_identity(token, name), 1);
    ck_assert_str_eq(name, "Vandenberghe");
    ck_assert_uint_eq(read_identity(login("other@example.org", good_password), name), 0);
    world_restart();
    ck_assert_uint_eq(read_identity(token, name), 1);
    ck_assert(!databases_have("Vandenberghe"));
    ck_assert(!databases_have("Annelotte"));
    ck_assert(!databases_have("leerling.example"));
    ck_assert(!databases_have("87654321"));
    ck_assert(!databases_have("2008-11-26"));
    ck_assert(!databases_have("1012 AB"));
    world_teardown();
}
END_TEST

START_TEST(a_student_keeps_its_references)
{
    setup();
    const char *token = login("co@example.org", good_password);
    struct result first = stage(token, 1, 0, "25LX", two, 2, "Een");
    struct result again = stage(token, 1, 0, "25LX", two, 2, "Een");  /* a repeat */
    struct result other = stage(token, 2, 0, "25LX", one, 1, "Twee"); /* another import of the same student */
    I(StageStudentsResponse) *a = (void *)first.message, *b = (void *)again.message, *c = (void *)other.message;
    ck_assert_uint_eq(a->n_references, 2);
    ck_assert_mem_eq(a->stage_id.data, b->stage_id.data, 16);
    ck_assert_mem_ne(a->stage_id.data, c->stage_id.data, 16);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_mem_eq(a->references[i]->student_ref.data, b->references[i]->student_ref.data, 16);
        ck_assert_mem_eq(a->references[i]->stagevraag_id.data, b->references[i]->stagevraag_id.data, 16);
    }
    ck_assert_mem_eq(a->references[0]->student_ref.data, c->references[0]->student_ref.data, 16);
    ck_assert_mem_eq(a->references[0]->stagevraag_id.data, c->references[0]->stagevraag_id.data, 16);
    ck_assert_mem_ne(a->references[0]->student_ref.data, a->references[1]->student_ref.data, 16);
    ck_assert_str_eq(stage(token, 1, 0, "25LX", two, 2, "Drie").refusal, "request_id_reused");
    ck_assert_str_eq(stage(token, 1, 2, "25LX", two, 2, "Een").refusal, "bad_value");
    message_free(stage(token, 1, 1, "25LX", one, 1, "Een").message);
    finalise(a->stage_id.data, NULL);
    ck_assert_str_eq(stage(token, 1, 0, "25LX", two, 2, "Drie").refusal, "request_id_reused"); /* and afterwards */
    struct result late = stage(token, 1, 0, "25LX", two, 2, "Een");
    ck_assert_mem_eq(((I(StageStudentsResponse) *)(void *)late.message)->stage_id.data, a->stage_id.data, 16);
    message_free(late.message);
    message_free(first.message);
    message_free(again.message);
    message_free(other.message);
    world_teardown();
}
END_TEST

START_TEST(staging_is_for_coordinators_of_the_school)
{
    setup();
    ck_assert_str_eq(stage(login("other@example.org", good_password), 1, 0, "25LX", one, 1, "X").refusal,
                     "not_found");
    ck_assert_str_eq(stage(login("vp@example.org", good_password), 1, 0, "25LX", one, 1, "X").refusal,
                     "not_your_role");
    ck_assert_str_eq(stage(NULL, 1, 0, "25LX", one, 1, "X").refusal, "unauthenticated");
    static const char *const none[] = {""};
    ck_assert_str_eq(stage(login("co@example.org", good_password), 1, 0, "25LX", none, 1, "X").refusal, "bad_value");
    ck_assert_str_eq(stage(login("co@example.org", good_password), 1, 1, "25LX", one, 1, "X").refusal, "unavailable");
    world_teardown();
}
END_TEST

START_TEST(a_forgotten_stage_ends_as_the_engine_says)
{
    uint8_t stage_id[16], second[16];
    char name[64], reference[33];
    for (int committed = 0; committed < 2; committed++)
        for (int restarted = 0; restarted < 2; restarted++) {
            world = (struct world){.base = NULL};
            setup();
            const char *token = login("co@example.org", good_password);
            stage_one(token, 1, stage_id);
            if (committed)
                commit_in_engine(stage_id);
            if (restarted)
                world_restart();
            world_run_ms(60);
            ck_assert_uint_eq(world.engine_calls[METHOD_RESOLVE_STAGE],
                              0); /* it is young: the front may still come */
            world.clock.wall_ms += 10001;
            wait_for_no_stage();
            ck_assert_uint_eq(read_identity(token, name), (size_t)committed);
            ck_assert_uint_eq(world.fenced_count, (size_t)!committed);
            memcpy(reference, world.student_ref, sizeof reference);
            stage_one(token, 1, second); /* the caller tries again */
            if (committed) {
                ck_assert_mem_eq(stage_id, second, 16);
                ck_assert_str_eq(reference, world.student_ref);
            } else {
                ck_assert_mem_ne(stage_id, second, 16);         /* the fenced one can never be committed */
                ck_assert_str_ne(reference, world.student_ref); /* nothing was left of the student */
            }
            world_teardown();
        }
}
END_TEST

/* Finishes a new stage; how far the vault said that it is when it asked about it. */
static uint64_t settled_at(const char *token, unsigned request_id)
{
    uint8_t stage_id[16];
    stage_one(token, request_id, stage_id);
    finalise(stage_id, NULL);
    world_run_ms(60); /* several of its minutes */
    return world.settled_seq;
}

START_TEST(the_engine_hears_what_is_finished)
{
    uint8_t stage_id[16];
    setup();
    const char *token = login("co@example.org", good_password);
    world.engine_seq = 10;
    ck_assert_uint_eq(settled_at(token, 1), 0); /* it knew nothing of the ledger when that was staged */
    ck_assert_uint_eq(settled_at(token, 2), 10);
    stage_one(token, 3, stage_id); /* remains open */
    world.engine_seq = 20;
    settled_at(token, 4);
    ck_assert_uint_eq(settled_at(token, 5), 10);
    world_restart();
    world.engine_seq = 30;
    settled_at(token, 6);
    ck_assert_uint_eq(settled_at(token, 7), 10); /* what is open keeps its place over a restart */
    finalise(stage_id, NULL);
    world_run_ms(60);
    ck_assert_uint_eq(settled_at(token, 8), 30);
    world_teardown();
}
END_TEST

START_TEST(an_import_of_many_chunks_goes_on_after_a_crash)
{
    char name[64];
    uint8_t stage_id[16];
    setup();
    const char *token = login("co@example.org", good_password);
    stage_one(token, 1, stage_id);
    for (uint32_t chunk = 1; chunk < 30; chunk++) {
        char number[16];
        snprintf(number, sizeof number, "2%03u", chunk);
        const char *const numbers[] = {number};
        struct result result = stage(token, 1, chunk, "25LX", numbers, 1, "Iemand");
        ck_assert_int_eq(result.code, STATUS_OK);
        message_free(result.message);
    }
    commit_in_engine(stage_id);
    I(FinaliseRequest) request = STAGEMATCH__INTERNAL__V1__FINALISE_REQUEST__INIT;
    request.stage_id = (ProtobufCBinaryData){16, stage_id};
    struct result unheard;
    send_call(METHOD_FINALISE, &request, NULL, &unheard);
    while (image_numbers(((struct vault *)world.vault)->image, false).commits < 40)
        world_turn();
    ck_assert(!unheard.done);
    world_restart();
    world.clock.wall_ms += 10001;
    wait_for_no_stage();
    ck_assert_uint_eq(read_identity(token, name), 1);
    ck_assert_uint_eq(world.fenced_count, 0);
    world_teardown();
}
END_TEST

START_TEST(rows_that_were_swapped_do_not_open)
{
    struct buf first, second;
    char name[64];
    uint8_t key_one[INDEX_BYTES], key_two[INDEX_BYTES];
    struct edit edit;
    I(PersonRow) * a, *b;
    setup();
    const char *token = login("co@example.org", good_password);
    import_one(token);
    struct result result = stage(token, 2, 0, "25LX", two + 1, 1, "Tweede");
    finalise(((I(StageStudentsResponse) *)(void *)result.message)->stage_id.data, NULL);
    message_free(result.message);
    struct vault *vault = world.vault;
    keys_person_index(vault->keys, text_of("25LX"), text_of("1001"), key_one);
    keys_person_index(vault->keys, text_of("25LX"), text_of("1002"), key_two);
    /* Somebody with the database alone gives one student's ciphertext to another. */
    edit_begin(&edit, vault->image);
    ck_assert_int_eq(edit_get_message(&edit, TABLE_PERSON, TEXT_OF(key_one),
                                      &stagematch__internal__v1__person_row__descriptor, &a),
                     ERR_OK);
    ck_assert_int_eq(edit_get_message(&edit, TABLE_PERSON, TEXT_OF(key_two),
                                      &stagematch__internal__v1__person_row__descriptor, &b),
                     ERR_OK);
    ck_assert_int_eq(message_assign_bytes(&a->sealed_identity, binary_text(&b->sealed_identity)), ERR_OK);
    edit_put_message(&edit, TABLE_PERSON, TEXT_OF(key_one), a);
    /* And the key with it. */
    buf_init(&first, 1000);
    buf_init(&second, 1000);
    ck_assert_int_eq(edit_get(&edit, TABLE_PERSON_KEY, binary_text(&b->student_ref), &second), ERR_OK);
    edit_put(&edit, TABLE_PERSON_KEY, binary_text(&a->student_ref), buf_text(&second));
    ck_assert_int_eq(edit_commit(&edit, NULL, NULL), ERR_OK);
    V(GetIdentitiesRequest) request = STAGEMATCH__V1__GET_IDENTITIES_REQUEST__INIT;
    char *ids[] = {world.stagevraag_id};
    request.n_stagevraag_ids = 1;
    request.stagevraag_ids = ids;
    call_refused(METHOD_GET_IDENTITIES, &request, token, "internal");
    message_free(a);
    message_free(b);
    buf_free(&first);
    buf_free(&second);
    (void)name;
    world_teardown();
}
END_TEST

static void stage_text(const char *token, unsigned request_id, const char *text, uint8_t stage_id[16])
{
    I(StageTextRequest) request = STAGEMATCH__INTERNAL__V1__STAGE_TEXT_REQUEST__INIT;
    request.request_id = uuid(request_id);
    request.text = (char *)(uintptr_t)text;
    I(StageTextResponse) *response = call_ok(METHOD_STAGE_TEXT, &request, token);
    memcpy(stage_id, response->stage_id.data, 16);
    message_free(response);
}

static struct result read_text(const char *token, const char *kind)
{
    V(GetTextRequest) request = STAGEMATCH__V1__GET_TEXT_REQUEST__INIT;
    request.proposal_id = (char *)(uintptr_t)proposal_hex;
    request.kind = (char *)(uintptr_t)kind;
    return call(METHOD_GET_TEXT, &request, token);
}

static void ck_text(const char *token, const char *kind, const char *expected)
{
    struct result result = read_text(token, kind);
    ck_assert_msg(result.code == STATUS_OK, "%s", result.refusal);
    ck_assert_str_eq(((V(GetTextResponse) *)(void *)result.message)->text, expected);
    message_free_wiped(result.message);
}

START_TEST(a_text_is_read_by_those_whom_it_concerns)
{
    static const char text[] = "De reistijd is in werkelijkheid anderhalf uur";
    uint8_t stage_id[16];
    for (int by_reconciliation = 0; by_reconciliation < 2; by_reconciliation++) {
        world = (struct world){.base = NULL};
        setup();
        const char *token = login("co@example.org", good_password);
        import_one(token);
        stage_text(token, 7, text, stage_id);
        ck_assert_str_eq(read_text(token, "reason").refusal, "not_found");
        commit_in_engine(stage_id);
        if (by_reconciliation) {
            world.text_kind = "reason";
            world_restart();
            world.clock.wall_ms += 10001;
            wait_for_no_stage();
        } else {
            finalise(stage_id, "reason");
        }
        ck_text(token, "reason", text);
        ck_text(login("vp@example.org", good_password), "reason", text);
        ck_assert_str_eq(read_text(login("other@example.org", good_password), "reason").refusal, "not_found");
        ck_assert_str_eq(read_text(login("bedrijf@example.org", good_password), "reason").refusal, "not_found");
        ck_assert_str_eq(read_text(token, "introduction").refusal, "not_found");
        ck_assert(!databases_have("reistijd"));
        world_teardown();
    }
}
END_TEST

START_TEST(an_introduction_is_shown_once_the_student_agreed)
{
    uint8_t stage_id[16];
    setup();
    const char *token = login("co@example.org", good_password),
               *company = login("bedrijf@example.org", good_password);
    import_one(token);
    stage_text(token, 7, "Zij maakt graag dingen", stage_id);
    finalise(stage_id, "introduction");
    message_free(release(token, 8).message);
    world.grant = true;
    struct result read = read_candidate(company);
    ck_assert_str_eq(((V(GetCandidateIdentityResponse) *)(void *)read.message)->introduction, "");
    message_free_wiped(read.message);
    world.introduction_agreed = true;
    read = read_candidate(company);
    ck_assert_str_eq(((V(GetCandidateIdentityResponse) *)(void *)read.message)->introduction,
                     "Zij maakt graag dingen");
    message_free_wiped(read.message);
    ck_assert_str_eq(read_text(login("vp@example.org", good_password), "introduction").refusal, "not_found");
    world_teardown();
}
END_TEST

START_TEST(the_fronts_word_finishes_nothing)
{
    uint8_t stage_id[16], text_id[16];
    char name[64];
    setup();
    const char *token = login("co@example.org", good_password);
    stage_one(token, 1, stage_id);
    stage_text(token, 7, "Een tekst die bij niets hoort", text_id);
    ck_assert_str_eq(say_it_is_committed(stage_id).refusal, "not_found");
    ck_assert_str_eq(say_it_is_committed(text_id).refusal, "not_found");
    ck_assert_uint_eq(world.fenced_count, 2);
    ck_assert_uint_eq(stages_count(((struct vault *)world.vault)->stages), 0);
    ck_assert_uint_eq(read_identity(token, name), 0);
    ck_assert_str_eq(read_text(token, "reason").refusal, "not_found");
    world.engine_silent = true; /* nobody knows: it stays staged */
    stage_one(token, 2, stage_id);
    ck_assert_str_eq(say_it_is_committed(stage_id).refusal, "unavailable");
    ck_assert_uint_eq(read_identity(token, name), 0);
    ck_assert_uint_eq(stages_count(((struct vault *)world.vault)->stages), 1);
    world_teardown();
}
END_TEST

static struct result erase(const char *token, unsigned request_id)
{
    V(EraseStudentRequest) request = STAGEMATCH__V1__ERASE_STUDENT_REQUEST__INIT;
    request.request_id = uuid(request_id);
    request.stagevraag_id = world.stagevraag_id;
    return call(METHOD_ERASE_STUDENT, &request, token);
}

START_TEST(an_erasure_destroys_the_key_and_all_rows)
{
    uint8_t stage_id[16], reference[16];
    char name[64];
    V(InviteStudentRequest) invite = STAGEMATCH__V1__INVITE_STUDENT_REQUEST__INIT;
    struct buf value;
    for (int lost = 0; lost < 2; lost++) {
        world = (struct world){.base = NULL};
        setup();
        const char *token = login("co@example.org", good_password);
        import_one(token);
        invite.request_id = uuid(2);
        invite.stagevraag_id = world.stagevraag_id;
        message_free(call_ok(METHOD_INVITE_STUDENT, &invite, token));
        ck_assert_uint_eq(accounts_count(((struct vault *)world.vault)->accounts), 6);
        stage_text(token, 7, "Een tekst over deze student", stage_id);
        finalise(stage_id, "reason");
        memcpy(reference, world.text_subject_ref, 16);
        message_free(release(token, 8).message);
        ck_assert_str_eq(erase(login("other@example.org", good_password), 9).refusal, "not_found");
        world.engine_silent = lost;
        struct result erased = erase(token, 9);
        ck_assert_str_eq(erased.refusal, lost ? "unavailable" : "");
        if (lost) {
            ck_assert_str_eq(stage(token, 20, 0, "25LX", one, 1, "X").refusal, "unavailable"); /* not now */
            world_restart();
            world.engine_silent = false;
            world.clock.wall_ms += 10001;
            wait_for_no_stage();
        }
        message_free(erased.message);
        struct result repeated = erase(token, 9);
        ck_assert_msg(repeated.code == STATUS_OK, "%s", repeated.refusal);
        message_free(repeated.message);
        ck_assert_uint_eq(read_identity(token, name), 0);
        ck_assert_str_eq(read_text(token, "reason").refusal, "not_found");
        world.grant = true;
        ck_assert_str_eq(read_candidate(login("bedrijf@example.org", good_password)).refusal, "not_found");
        ck_assert_uint_eq(accounts_count(((struct vault *)world.vault)->accounts), 5);
        struct vault *vault = world.vault;
        buf_init(&value, 1 << 20);
        ck_assert_int_eq(image_get(vault->image, TABLE_PERSON_KEY, TEXT_OF(reference), &value), ERR_MISSING);
        ck_assert_int_eq(image_get(vault->image, TABLE_REFERENCE, TEXT_OF(reference), &value), ERR_MISSING);
        buf_free(&value);
        world.student_ref[0] = '\0';
        stage_one(token, 30, stage_id); /* the same student again: somebody new */
        ck_assert_mem_ne(world.text_subject_ref, reference, 16);
        world_teardown();
    }
}
END_TEST

START_TEST(a_refused_erasure_leaves_the_student)
{
    char name[64];
    setup();
    const char *token = login("co@example.org", good_password);
    import_one(token);
    world.engine_refusal = &refusal_permission;
    ck_assert_str_eq(erase(token, 9).refusal, "not_your_role");
    wait_for_no_stage();
    ck_assert_uint_eq(read_identity(token, name), 1);
    struct result staged = stage(token, 20, 0, "25LX", one, 1, "X");
    ck_assert_int_eq(staged.code, STATUS_OK);
    message_free(staged.message);
    world_teardown();
}
END_TEST

static enum err count_entry(void *context, const struct ledger_entry *entry)
{
    unsigned *counts = context;
    counts[0]++;
    counts[1] += text_is(entry->kind, "identities_read");
    counts[2] += text_is(entry->kind, "candidate_read");
    counts[3] += text_is(entry->kind, "identity_released");
    counts[4] += text_is(entry->kind, "student_erased");
    ck_assert_ptr_null(memmem(entry->payload.data, entry->payload.length, "Vandenberghe", 12));
    return ERR_OK;
}

/* There is a checkpoint for this head, and its signature holds. */
static void check_signed(const char *chain, const struct ledger_head *head)
{
    struct ledger_checkpoint checkpoint = {.head = *head, .is_signed = true};
    struct buf key, value;
    I(CheckpointRow) * row;
    buf_init(&key, 100);
    buf_init(&value, 10000);
    buf_put(&key, chain, strlen(chain) + 1);
    for (int i = 0; i < 8; i++)
        buf_put_char(&key, (char)(head->seq >> (56 - 8 * i) & 0xff));
    ck_assert_int_eq(image_get(((struct vault *)world.vault)->image, TABLE_CHECKPOINT, buf_text(&key), &value),
                     ERR_OK);
    ck_assert_int_eq(message_unpack(&stagematch__internal__v1__checkpoint_row__descriptor, buf_text(&value), &row),
                     ERR_OK);
    ck_assert_mem_eq(row->hash.data, head->hash, LEDGER_HASH_BYTES);
    (void)snprintf(checkpoint.chain, sizeof checkpoint.chain, "%s", chain);
    checkpoint.time_ms = row->time_ms;
    memcpy(checkpoint.signature, row->signature.data, LEDGER_SIGNATURE_BYTES);
    ck_assert(ledger_checkpoint_signed_by(&checkpoint, row->public_key.data));
    message_free(row);
    buf_free(&key);
    buf_free(&value);
}

static bool has_engine_checkpoint(uint64_t seq)
{
    struct buf value;
    uint8_t key[15] = "engine";
    for (int i = 0; i < 8; i++)
        key[7 + i] = (uint8_t)(seq >> (56 - 8 * i));
    buf_init(&value, 10000);
    enum err e = image_get(((struct vault *)world.vault)->image, TABLE_CHECKPOINT, TEXT_OF(key), &value);
    buf_free(&value);
    return e == ERR_OK;
}

START_TEST(the_engines_head_is_signed_every_thousand_entries_and_every_day)
{
    struct ledger_head head = {.seq = 1};
    memset(head.hash, 0x5a, sizeof head.hash);
    world.engine_seq = 1;
    setup();
    world_run_ms(100);
    check_signed("engine", &head);
    world.engine_seq = 1000;
    world_run_ms(100);
    ck_assert(!has_engine_checkpoint(1000));
    world.engine_seq = head.seq = 1001;
    world_run_ms(100);
    check_signed("engine", &head);
    world_end();
    world_start(); /* what was signed last is still known */
    world.engine_seq = 1002;
    world_run_ms(100);
    ck_assert(!has_engine_checkpoint(1002));
    world.clock.wall_ms += MS_PER_DAY;
    world_run_ms(100);
    head.seq = 1002;
    check_signed("engine", &head);
    world_teardown();
}
END_TEST

START_TEST(every_read_is_in_the_ledger_and_its_head_is_signed)
{
    unsigned counts[5] = {0};
    char name[64], path[128];
    struct store *store;
    struct buf complaint;
    setup();
    const char *token = login("co@example.org", good_password);
    import_one(token);
    (void)read_identity(token, name);
    message_free(release(token, 8).message);
    world.grant = true;
    message_free_wiped(read_candidate(login("bedrijf@example.org", good_password)).message);
    message_free(erase(token, 9).message);
    world.clock.wall_ms += MS_PER_DAY;
    struct ledger_head head = image_ledger_head(((struct vault *)world.vault)->image);
    world_run_ms(100);
    check_signed("vault", &head);
    world_end();
    buf_init(&complaint, 1000);
    snprintf(path, sizeof path, "%s/vault.sqlite", world.folder);
    static const char *const tables[] = {NULL};
    struct store_options options = {.path = path, .tables = tables, .read_only = true};
    ck_assert_int_eq(store_open(&options, world.base, &store, &complaint), ERR_OK);
    ck_assert_int_eq(store_ledger_read(store, 0, 1000, count_entry, counts), ERR_OK);
    store_close(store);
    buf_free(&complaint);
    for (int i = 1; i < 5; i++)
        ck_assert_uint_eq(counts[i], 1);
    world_start();
    world_teardown();
}
END_TEST

START_TEST(nothing_of_a_person_is_logged)
{
    char path[] = "/tmp/stagematch-log-XXXXXX", name[64];
    struct buf log;
    int fd = mkstemp(path);
    log_open(fd, LOG_DEBUG, clock_system());
    setup();
    const char *token = login("co@example.org", good_password);
    import_one(token);
    (void)read_identity(token, name);
    message_free(release(token, 8).message);
    world.engine_silent = true;
    (void)erase(token, 9);
    world.engine_silent = false;
    world_restart();
    world.clock.wall_ms += 10001;
    wait_for_no_stage();
    world_teardown();
    buf_init(&log, 1 << 20);
    ck_assert_int_eq(file_read_all(path, &log), ERR_OK);
    ck_assert_uint_gt(log.length, 100);
    static const char *const words[] = {"Vandenberghe", "Annelotte",   "leerling", "1001",
                                        "06-8",         "example.org", "25LX"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        ck_assert_msg(!memmem(log.data, log.length, words[i], strlen(words[i])), "%s", words[i]);
    buf_free(&log);
    unlink(path);
}
END_TEST

RUN_TESTS("vault/sagas", what_is_staged_is_seen_only_after_it_is_final, a_student_keeps_its_references,
          staging_is_for_coordinators_of_the_school, a_forgotten_stage_ends_as_the_engine_says,
          the_engine_hears_what_is_finished, an_import_of_many_chunks_goes_on_after_a_crash,
          rows_that_were_swapped_do_not_open, a_text_is_read_by_those_whom_it_concerns,
          an_introduction_is_shown_once_the_student_agreed, the_fronts_word_finishes_nothing,
          an_erasure_destroys_the_key_and_all_rows, a_refused_erasure_leaves_the_student,
          the_engines_head_is_signed_every_thousand_entries_and_every_day,
          every_read_is_in_the_ledger_and_its_head_is_signed, nothing_of_a_person_is_logged)
