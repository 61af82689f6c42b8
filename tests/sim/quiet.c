#include "quiet.h"

#include "client.h"
#include "find.h"
#include "sim.h"

#include "domain/proposal_table.h"
#include "store/ledger_verify.h"

#include <string.h>

static void *row_message(enum database_name database, const char *table, size_t i,
                         const ProtobufCMessageDescriptor *descriptor)
{
    return find_unpack(descriptor, database_at(database, table, i));
}

/* Nothing is left of a saga that ended. */
static void check_stages(void)
{
    static const struct {
        enum database_name database;
        const char *table;
    } left[] = {{DATABASE_VAULT, "stage"}, {DATABASE_VAULT, "stage_chunk"}, {DATABASE_KEYS, "stage_key"}};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        if (database_count(left[i].database, left[i].table))
            sim_fail("nothing stays staged", "%zu rows of %s", database_count(left[i].database, left[i].table),
                     left[i].table);
}

/* Every stagevraag has an identity behind it. */
static void check_stagevragen(void)
{
    for (size_t i = 0; i < database_count(DATABASE_ENGINE, "stagevraag"); i++) {
        StagevraagRecord *record =
            row_message(DATABASE_ENGINE, "stagevraag", i, &stagematch__internal__v1__stagevraag_record__descriptor);
        if (!find_has(DATABASE_VAULT, "stagevraag", text_of_bytes(record->stagevraag_id)) ||
            !find_has(DATABASE_VAULT, "reference", text_of_bytes(record->student_ref)) ||
            !find_has(DATABASE_KEYS, "person_key", text_of_bytes(record->student_ref)))
            sim_fail("the databases agree", "a stagevraag has no identity");
        message_free(record);
    }
}

static void check_person(const Stagematch__Internal__V1__PersonRow *person, struct text key)
{
    const struct database_row *reference =
        database_find(DATABASE_VAULT, "reference", text_of_bytes(person->student_ref));
    if (person->staged_count)
        sim_fail("nothing stays staged", "%u stages of a person", person->staged_count);
    if (person->erasing)
        sim_fail("the databases agree", "a person is being erased for ever");
    if (!reference || !text_equal(reference->value, key))
        sim_fail("the databases agree", "a person has no reference");
    if (!find_has(DATABASE_KEYS, "person_key", text_of_bytes(person->student_ref)))
        sim_fail("the databases agree", "a person has no key");
}

/* And every identity a stagevraag in the engine. */
static void check_persons(void)
{
    for (size_t i = 0; i < database_count(DATABASE_VAULT, "person"); i++) {
        Stagematch__Internal__V1__PersonRow *person =
            row_message(DATABASE_VAULT, "person", i, &stagematch__internal__v1__person_row__descriptor);
        check_person(person, database_at(DATABASE_VAULT, "person", i)->key);
        message_free(person);
    }
    for (size_t i = 0; i < database_count(DATABASE_VAULT, "stagevraag"); i++)
        if (!find_has(DATABASE_ENGINE, "stagevraag", database_at(DATABASE_VAULT, "stagevraag", i)->key))
            sim_fail("the databases agree", "an identity has no stagevraag");
}

/* Who is released has a grant, and nobody else. */
static void check_grants(void)
{
    size_t granted = 0;
    for (size_t i = 0; i < database_count(DATABASE_ENGINE, "proposal"); i++) {
        ProposalRecord *proposal =
            row_message(DATABASE_ENGINE, "proposal", i, &stagematch__internal__v1__proposal_record__descriptor);
        bool wanted = proposal_state_facts(proposal->state)->granted;
        bool found = find_has(DATABASE_VAULT, "identity_grant", text_of(proposal->candidate));
        /* The row of one that was completed stays until it expires; the vault asks the engine before it reads by it. */
        granted += wanted || (found && proposal->state == PROPOSAL_STATE(COMPLETED));
        if (wanted != found && proposal->state != PROPOSAL_STATE(COMPLETED))
            sim_fail("released is granted, and nothing else", "a proposal is %s, and its grant is %s",
                     proposal_state_facts(proposal->state)->name, found ? "there" : "not there");
        message_free(proposal);
    }
    if (granted != database_count(DATABASE_VAULT, "identity_grant"))
        sim_fail("released is granted, and nothing else", "%zu grants for %zu proposals",
                 database_count(DATABASE_VAULT, "identity_grant"), granted);
}

/* Whoever was erased is gone from both. */
static void check_erased(void)
{
    uint8_t id[ID_BYTES];
    for (int i = 0; i < CLIENTS_STUDENTS; i++) {
        if (!clients.students[i].erased || id_parse(clients.students[i].stagevraag_id, id) != ERR_OK)
            continue;
        if (find_has(DATABASE_ENGINE, "stagevraag", (struct text){(const char *)id, sizeof id}) ||
            find_has(DATABASE_VAULT, "stagevraag", (struct text){(const char *)id, sizeof id}))
            sim_fail("whoever was erased is gone", "student %d is still there", i);
    }
}

/* Whom a client was told of is still there. */
static void check_acknowledged(void)
{
    uint8_t id[ID_BYTES];
    for (int i = 0; i < CLIENTS_STUDENTS; i++) {
        const struct student *student = &clients.students[i];
        if (student->erased || student->erasing_until_us || id_parse(student->stagevraag_id, id) != ERR_OK)
            continue;
        if (!find_has(DATABASE_ENGINE, "stagevraag", (struct text){(const char *)id, sizeof id}))
            sim_fail("nothing acknowledged is lost", "student %d is gone", i);
    }
}

static void check_ledger(enum database_name database)
{
    struct ledger_verifier verifier;
    enum err e = ERR_OK;
    ledger_verify_start(&verifier, NULL, 0);
    for (uint64_t i = 0; e == ERR_OK && i < database_ledger_count(database); i++)
        e = ledger_verify_next(&verifier, database_ledger_at(database, i));
    if (e == ERR_OK)
        e = ledger_verify_end(&verifier);
    if (e != ERR_OK)
        sim_fail("the ledgers are whole", "%s: %s", database_text(database), ledger_fault_text(verifier.fault));
}

/* What the vault signed is what stands there. */
static void check_checkpoints(void)
{
    for (size_t i = 0; i < database_count(DATABASE_VAULT, "checkpoint"); i++) {
        Stagematch__Internal__V1__CheckpointRow *row =
            row_message(DATABASE_VAULT, "checkpoint", i, &stagematch__internal__v1__checkpoint_row__descriptor);
        enum database_name database = strcmp(row->chain, "engine") == 0 ? DATABASE_ENGINE : DATABASE_VAULT;
        const struct ledger_entry *entry = row->seq && row->seq <= database_ledger_count(database)
                                               ? database_ledger_at(database, row->seq - 1)
                                               : NULL;
        if (!entry || memcmp(entry->hash, row->hash.data, LEDGER_HASH_BYTES) != 0)
            sim_fail("what was signed stands", "head %" PRIu64 " of the %s", row->seq, row->chain);
        message_free(row);
    }
}

void quiet_check(void)
{
    check_stages();
    check_stagevragen();
    check_persons();
    check_grants();
    check_erased();
    check_acknowledged();
    check_ledger(DATABASE_ENGINE);
    check_ledger(DATABASE_VAULT);
    check_checkpoints();
}
