#include "vault/keys.h"

#include "base/mem.h"
#include "support/support.h"

#include <sodium.h>
#include <string.h>

static struct random_source random_bytes;
static struct random_seeded seed;
static struct keys *keys;

static void open_keys(uint8_t first)
{
    uint8_t master[KEY_BYTES] = {first};
    ck_assert_int_ge(sodium_init(), 0);
    random_bytes = random_of_seed(&seed, 1);
    ck_assert_int_eq(keys_new(master, &random_bytes, &keys), ERR_OK);
}

static struct buf sealed_of(const struct secret_key *key, const char *use, const char *id, const char *plain)
{
    struct buf sealed;
    buf_init(&sealed, 1000);
    ck_assert_int_eq(keys_seal(keys, key, use, text_of(id), text_of(plain), &sealed), ERR_OK);
    return sealed;
}

START_TEST(what_is_sealed_opens_under_its_own_key_use_and_row_alone)
{
    struct secret_key key, other;
    struct buf plain;
    open_keys(1);
    keys_draw(keys, &key);
    keys_draw(keys, &other);
    struct buf sealed = sealed_of(&key, "identity", "row-1", "Anna de Vries");
    ck_assert_uint_eq(sealed.length, strlen("Anna de Vries") + SEAL_EXTRA_BYTES);
    ck_assert_ptr_null(memmem(sealed.data, sealed.length, "Anna", 4));
    buf_init(&plain, 1000);
    ck_assert_int_eq(keys_open(&key, "identity", text_of("row-1"), buf_text(&sealed), &plain), ERR_OK);
    ck_assert(text_is(buf_text(&plain), "Anna de Vries"));
    ck_assert_int_eq(keys_open(&key, "identity", text_of("row-2"), buf_text(&sealed), &plain), ERR_MISMATCH);
    ck_assert_int_eq(keys_open(&key, "text", text_of("row-1"), buf_text(&sealed), &plain), ERR_MISMATCH);
    ck_assert_int_eq(keys_open(&other, "identity", text_of("row-1"), buf_text(&sealed), &plain), ERR_MISMATCH);
    ck_assert_uint_eq(plain.length, strlen("Anna de Vries"));
    buf_wipe(&plain);
    buf_free(&sealed);
    keys_free(keys);
}
END_TEST

START_TEST(every_changed_bit_is_found)
{
    struct secret_key key;
    struct buf plain;
    open_keys(1);
    keys_draw(keys, &key);
    struct buf sealed = sealed_of(&key, "identity", "row", "geheim");
    buf_init(&plain, 1000);
    for (size_t bit = 0; bit < sealed.length * 8; bit++) {
        sealed.data[bit / 8] = (char)(sealed.data[bit / 8] ^ 1 << bit % 8);
        ck_assert_int_eq(keys_open(&key, "identity", text_of("row"), buf_text(&sealed), &plain), ERR_MISMATCH);
        sealed.data[bit / 8] = (char)(sealed.data[bit / 8] ^ 1 << bit % 8);
    }
    for (size_t length = 0; length < sealed.length; length++)
        ck_assert_int_eq(keys_open(&key, "identity", text_of("row"), (struct text){sealed.data, length}, &plain),
                         ERR_MISMATCH);
    ck_assert_int_eq(keys_open(&key, "identity", text_of("row"), buf_text(&sealed), &plain), ERR_OK);
    buf_wipe(&plain);
    buf_free(&sealed);
    keys_free(keys);
}
END_TEST

START_TEST(keys_are_wrapped_and_unwrapped)
{
    struct secret_key under, key, back;
    struct buf wrapped;
    open_keys(1);
    keys_derive(keys, KEY_SCHOOLS, &under);
    keys_draw(keys, &key);
    buf_init(&wrapped, 1000);
    ck_assert_int_eq(keys_wrap(keys, &under, "school_key", text_of("25LX"), &key, &wrapped), ERR_OK);
    ck_assert_int_eq(keys_unwrap(&under, "school_key", text_of("25LX"), buf_text(&wrapped), &back), ERR_OK);
    ck_assert_mem_eq(back.bytes, key.bytes, KEY_BYTES);
    ck_assert_int_eq(keys_unwrap(&under, "school_key", text_of("00AA"), buf_text(&wrapped), &back), ERR_MISMATCH);
    struct buf sealed = sealed_of(&under, "school_key", "25LX", "not a key's length");
    ck_assert_int_eq(keys_unwrap(&under, "school_key", text_of("25LX"), buf_text(&sealed), &back), ERR_MISMATCH);
    buf_free(&sealed);
    buf_free(&wrapped);
    keys_free(keys);
}
END_TEST

START_TEST(indexes_are_blind_and_differ_by_master_school_and_number)
{
    uint8_t a[INDEX_BYTES], b[INDEX_BYTES];
    open_keys(1);
    keys_person_index(keys, text_of("25LX"), text_of("1001"), a);
    keys_person_index(keys, text_of("25LX"), text_of("1001"), b);
    ck_assert_mem_eq(a, b, INDEX_BYTES);
    keys_person_index(keys, text_of("25LX1"), text_of("001"), b);
    ck_assert_mem_ne(a, b, INDEX_BYTES);
    keys_free(keys);
    open_keys(2);
    keys_person_index(keys, text_of("25LX"), text_of("1001"), b);
    ck_assert_mem_ne(a, b, INDEX_BYTES);
    keys_email_index(keys, text_of("Anna@School.example"), a);
    keys_email_index(keys, text_of("anna@school.EXAMPLE"), b);
    ck_assert_mem_eq(a, b, INDEX_BYTES);
    keys_peer_index(keys, text_of("anna@school.example"), b);
    ck_assert_mem_ne(a, b, INDEX_BYTES);
    keys_free(keys);
}
END_TEST

START_TEST(signatures_verify)
{
    uint8_t signature[SIGNATURE_BYTES], public_key[PUBLIC_KEY_BYTES];
    open_keys(1);
    keys_sign(keys, text_of("head"), signature, public_key);
    ck_assert_int_eq(crypto_sign_verify_detached(signature, (const uint8_t *)"head", 4, public_key), 0);
    ck_assert_int_ne(crypto_sign_verify_detached(signature, (const uint8_t *)"tail", 4, public_key), 0);
    keys_free(keys);
}
END_TEST

START_TEST(no_room_is_no_memory)
{
    struct secret_key key;
    struct buf out;
    open_keys(1);
    keys_draw(keys, &key);
    buf_init(&out, 10);
    ck_assert_int_eq(keys_seal(keys, &key, "identity", text_of("row"), text_of("long"), &out), ERR_MEMORY);
    buf_free(&out);
    keys_free(keys);
}
END_TEST

RUN_TESTS("vault/keys", what_is_sealed_opens_under_its_own_key_use_and_row_alone, every_changed_bit_is_found,
          keys_are_wrapped_and_unwrapped, indexes_are_blind_and_differ_by_master_school_and_number, signatures_verify,
          no_room_is_no_memory)
