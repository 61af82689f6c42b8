#include "store/ledger_verify.h"

#include "fixture.h"

#include <sodium.h>
#include <sqlite3.h>

enum { ENTRIES = 12 };

/* A ledger of ENTRIES entries in a closed store. */
static void write_ledger(struct fixture *fixture)
{
    fixture_open(fixture);
    for (int i = 0; i < ENTRIES; i++) {
        char key[16];
        snprintf(key, sizeof key, "key%d", i);
        ck_assert_int_eq(fixture_put(fixture, key, key), ERR_OK);
    }
    store_close(fixture->store);
    fixture->store = NULL;
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *handle;
    char *message = NULL;
    ck_assert_int_eq(sqlite3_open(path, &handle), SQLITE_OK);
    int result = sqlite3_exec(handle, sql, NULL, NULL, &message);
    ck_assert_msg(result == SQLITE_OK, "%s: %s", sql, message ? message : "");
    ck_assert_int_eq(sqlite3_close(handle), SQLITE_OK);
}

static enum ledger_fault verify(struct fixture *fixture, const struct ledger_checkpoint *checkpoints, size_t count,
                                struct ledger_verifier *verifier)
{
    struct store *store;
    struct buf complaint;
    const struct store_options options = {.path = fixture->path, .tables = test_tables, .read_only = true};
    buf_init(&complaint, 1000);
    enum err e = store_open(&options, NULL, &store, &complaint);
    buf_free(&complaint);
    if (e == ERR_MISMATCH) /* its last entry cannot be read */
        return LEDGER_UNREADABLE;
    ck_assert_int_eq(e, ERR_OK);
    ledger_verify_start(verifier, checkpoints, count);
    e = ledger_verify_store(store, verifier);
    ck_assert_int_eq(e, verifier->fault == LEDGER_INTACT ? ERR_OK : ERR_MISMATCH);
    store_close(store);
    return verifier->fault;
}

START_TEST(hashes_are_as_documented)
{
    /* The bytes that ledger.h names, put together by hand; the previous hash is 32 zero bytes. */
    static const struct text parts[] = {
        {"stagematch/ledger/v1", 21}, {"\0\0\0\0\0\0\0\1", 8}, {"\0\0\0\0\0\0\3\350", 8},
        {"\0\0\0\3put", 7},           {"\0\0\0\1k", 5},        {"\0\0\0\0", 4}};
    uint8_t bytes[128] = {0}, expected[LEDGER_HASH_BYTES];
    size_t length = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        memcpy(bytes + length, parts[i].data, parts[i].length);
        length += parts[i].length;
    }
    crypto_generichash(expected, sizeof expected, bytes, length + LEDGER_HASH_BYTES, NULL, 0);
    struct ledger_entry entry = {
        .seq = 1, .time_ms = 1000, .kind = text_of("put"), .subject = text_of("k"), .payload = text_of("")};
    ledger_hash(&entry);
    ck_assert_mem_eq(entry.hash, expected, LEDGER_HASH_BYTES);
}
END_TEST

START_TEST(an_untouched_ledger_is_intact)
{
    struct fixture fixture;
    struct ledger_verifier verifier;
    write_ledger(&fixture);
    ck_assert_int_eq(verify(&fixture, NULL, 0, &verifier), LEDGER_INTACT);
    ck_assert_uint_eq(verifier.head.seq, ENTRIES);
    fixture_close(&fixture);
}
END_TEST

/* Copies the database, changes the copy, and looks what verify says of it. */
static enum ledger_fault after(struct fixture *fixture, const char *sql, const struct ledger_checkpoint *checkpoint)
{
    struct fixture copy = *fixture;
    struct ledger_verifier verifier;
    char command[512];
    snprintf(copy.path, sizeof copy.path, "%s/copy.sqlite", fixture->folder);
    snprintf(command, sizeof command, "VACUUM INTO '%s'", copy.path);
    run_sql(fixture->path, command);
    run_sql(copy.path, sql);
    enum ledger_fault fault = verify(&copy, checkpoint, checkpoint ? 1 : 0, &verifier);
    unlink(copy.path);
    return fault;
}

START_TEST(every_changed_byte_of_every_field_is_found)
{
    /* Each statement changes one byte at position N (1-based) of a field of entry S. */
    static const char *const bytes[] = {"subject", "payload", "previous", "hash"};
    struct fixture fixture;
    char sql[512];
    write_ledger(&fixture);
    for (int seq = 1; seq <= ENTRIES; seq += 4) {
        for (size_t field = 0; field < sizeof bytes / sizeof bytes[0]; field++)
            for (int at = 1; at <= (field < 2 ? 4 : LEDGER_HASH_BYTES); at++) {
                snprintf(
                    sql, sizeof sql,
                    "UPDATE ledger SET %s = CAST(substr(%s, 1, %d) || CASE WHEN substr(%s, %d, 1) = x'41' THEN x'42' "
                    "ELSE x'41' END || substr(%s, %d) AS BLOB) WHERE seq = %d",
                    bytes[field], bytes[field], at - 1, bytes[field], at, bytes[field], at + 1, seq);
                ck_assert_int_ne(after(&fixture, sql, NULL), LEDGER_INTACT);
            }
        static const char *const others[] = {"time_ms = time_ms + 1",
                                             "time_ms = -time_ms",
                                             "kind = 'pus'",
                                             "kind = 'put '",
                                             "payload = CAST(payload || x'00' AS BLOB)",
                                             "subject = x''"};
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
            snprintf(sql, sizeof sql, "UPDATE ledger SET %s WHERE seq = %d", others[i], seq);
            ck_assert_int_eq(after(&fixture, sql, NULL), LEDGER_CHANGED);
        }
        snprintf(sql, sizeof sql, "UPDATE ledger SET hash = substr(hash, 1, 31) WHERE seq = %d", seq);
        ck_assert_int_eq(after(&fixture, sql, NULL), LEDGER_UNREADABLE);
    }
    fixture_close(&fixture);
}
END_TEST

START_TEST(gaps_moves_and_additions_are_found)
{
    struct fixture fixture;
    char sql[512];
    write_ledger(&fixture);
    for (int seq = 1; seq < ENTRIES; seq++) {
        snprintf(sql, sizeof sql, "DELETE FROM ledger WHERE seq = %d", seq);
        ck_assert_int_eq(after(&fixture, sql, NULL), LEDGER_GAP);
        snprintf(
            sql, sizeof sql,
            "DELETE FROM ledger WHERE seq = %d; UPDATE ledger SET seq = -seq WHERE seq > %d; UPDATE ledger SET seq = "
            "-seq - 1 WHERE seq < 0",
            seq, seq);
        ck_assert_int_eq(after(&fixture, sql, NULL), LEDGER_BROKEN);
        snprintf(sql, sizeof sql,
                 "UPDATE ledger SET seq = 1000 WHERE seq = %d; UPDATE ledger SET seq = %d WHERE seq = %d; UPDATE "
                 "ledger SET "
                 "seq = %d WHERE seq = 1000",
                 seq, seq, seq + 1, seq + 1);
        ck_assert_int_eq(after(&fixture, sql, NULL), LEDGER_BROKEN);
    }
    ck_assert_int_eq(
        after(&fixture,
              "INSERT INTO ledger SELECT 0, time_ms, kind, subject, payload, previous, hash FROM ledger LIMIT 1",
              NULL),
        LEDGER_GAP);
    ck_assert_int_eq(
        after(&fixture,
              "INSERT INTO ledger SELECT 100, time_ms, kind, subject, payload, previous, hash FROM ledger LIMIT 1",
              NULL),
        LEDGER_GAP);
    fixture_close(&fixture);
}
END_TEST

static struct ledger_checkpoint head_of(struct fixture *fixture)
{
    struct ledger_checkpoint checkpoint = {.chain = "engine", .time_ms = 5};
    struct ledger_verifier verifier;
    ck_assert_int_eq(verify(fixture, NULL, 0, &verifier), LEDGER_INTACT);
    checkpoint.head = verifier.head;
    return checkpoint;
}

START_TEST(a_checkpoint_tells_a_cut_tail_and_another_history)
{
    struct fixture fixture;
    struct ledger_verifier verifier;
    write_ledger(&fixture);
    struct ledger_checkpoint checkpoint = head_of(&fixture), other = checkpoint;
    ck_assert_int_eq(after(&fixture, "DELETE FROM ledger WHERE seq > 10", NULL), LEDGER_INTACT);
    ck_assert_int_eq(after(&fixture, "DELETE FROM ledger WHERE seq > 10", &checkpoint), LEDGER_CUT);
    ck_assert_int_eq(after(&fixture, "DELETE FROM ledger", &checkpoint), LEDGER_CUT);
    ck_assert_int_eq(verify(&fixture, &checkpoint, 1, &verifier), LEDGER_INTACT);
    other.head.hash[31] ^= 1;
    ck_assert_int_eq(verify(&fixture, &other, 1, &verifier), LEDGER_FORKED);
    ck_assert_uint_eq(verifier.fault_seq, ENTRIES);
    ck_assert_int_eq(fixture_reopen(&fixture), ERR_OK);
    ck_assert_int_eq(fixture_put(&fixture, "more", "x"), ERR_OK);
    ck_assert_int_eq(verify(&fixture, &checkpoint, 1, &verifier), LEDGER_INTACT);
    ck_assert_uint_eq(verifier.head.seq, ENTRIES + 1);
    fixture_close(&fixture);
}
END_TEST

START_TEST(checkpoints_are_written_read_and_signed)
{
    uint8_t public_key[crypto_sign_PUBLICKEYBYTES], secret_key[crypto_sign_SECRETKEYBYTES];
    struct ledger_checkpoint checkpoint = {.chain = "vault", .head = {.seq = 4711}, .time_ms = 1764038400000}, read;
    char line[LEDGER_CHECKPOINT_LINE_BYTES];
    memset(checkpoint.head.hash, 0xab, LEDGER_HASH_BYTES);
    ck_assert_int_eq(sodium_init() >= 0, 1);
    crypto_sign_keypair(public_key, secret_key);
    ck_assert(!ledger_checkpoint_signed_by(&checkpoint, public_key));
    size_t length = ledger_checkpoint_format(&checkpoint, line);
    ck_assert_int_eq(strncmp(line, "vault 4711 abab", 15), 0);
    ck_assert_str_eq(line + length - 17, " 1764038400000 -\n");
    ledger_checkpoint_sign(&checkpoint, secret_key);
    length = ledger_checkpoint_format(&checkpoint, line);
    ck_assert_int_eq(ledger_checkpoint_parse((struct text){line, length - 1}, &read), ERR_OK);
    ck_assert(ledger_checkpoint_signed_by(&read, public_key));
    for (size_t i = 0; i + 1 < length; i++) {
        char kept = line[i];
        line[i] = kept == '0' ? '1' : '0';
        if (ledger_checkpoint_parse((struct text){line, length - 1}, &read) == ERR_OK)
            ck_assert(!ledger_checkpoint_signed_by(&read, public_key));
        line[i] = kept;
        ck_assert_int_eq(ledger_checkpoint_parse((struct text){line, i}, &read), ERR_INPUT);
    }
}
END_TEST

START_TEST(a_file_of_checkpoints_is_sorted_and_checked)
{
    uint8_t public_key[crypto_sign_PUBLICKEYBYTES], secret_key[crypto_sign_SECRETKEYBYTES];
    struct ledger_checkpoint *list = NULL;
    size_t count = 9;
    uint64_t line;
    char file[4 * LEDGER_CHECKPOINT_LINE_BYTES] = "";
    ck_assert_int_eq(sodium_init() >= 0, 1);
    crypto_sign_keypair(public_key, secret_key);
    for (unsigned i = 0; i < 3; i++) {
        struct ledger_checkpoint checkpoint = {.head = {.seq = 100 - i}};
        snprintf(checkpoint.chain, sizeof checkpoint.chain, "%s", i == 1 ? "vault" : "engine");
        ledger_checkpoint_sign(&checkpoint, secret_key);
        ledger_checkpoint_format(&checkpoint, file + strlen(file));
    }
    const char *path = temporary_file(file, strlen(file));
    ck_assert_int_eq(ledger_checkpoints_read(path, "engine", public_key, &list, &count, &line), ERR_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(list[0].head.seq, 98);
    ck_assert_uint_eq(list[1].head.seq, 100);
    free(list);
    public_key[0] ^= 1;
    ck_assert_int_eq(ledger_checkpoints_read(path, "engine", public_key, &list, &count, &line), ERR_MISMATCH);
    ck_assert_uint_eq(line, 1);
    snprintf(file + strlen(file), sizeof file - strlen(file), "engine 12 no\n");
    path = temporary_file(file, strlen(file));
    ck_assert_int_eq(ledger_checkpoints_read(path, "engine", NULL, &list, &count, &line), ERR_INPUT);
    ck_assert_uint_eq(line, 4);
    ck_assert_int_eq(ledger_checkpoints_read("/nonexistent/file", "engine", NULL, &list, &count, &line), ERR_MISSING);
}
END_TEST

RUN_TESTS("store/ledger", hashes_are_as_documented, an_untouched_ledger_is_intact,
          every_changed_byte_of_every_field_is_found, gaps_moves_and_additions_are_found,
          a_checkpoint_tells_a_cut_tail_and_another_history, checkpoints_are_written_read_and_signed,
          a_file_of_checkpoints_is_sorted_and_checked)
