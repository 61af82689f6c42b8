#include "blind/label.h"

#include "support/support.h"

#include <string.h>

static const uint8_t key[LABEL_KEY_BYTES] = "0123456789abcdef0123456789abcde";

START_TEST(a_label_is_the_mac_in_crockfords_base_32)
{
    /* python3: hmac.new(b"0123456789abcdef0123456789abcde\0", bytes(range(16)), "sha256"), its first 60 bits */
    uint8_t id[LABEL_ID_BYTES];
    char label[LABEL_BYTES];
    for (unsigned i = 0; i < sizeof id; i++)
        id[i] = (uint8_t)i;
    blind_label(key, id, label);
    ck_assert_str_eq(label, "NY80170ZCGPW");
}
END_TEST

START_TEST(labels_differ_by_id_and_by_key)
{
    uint8_t other_key[LABEL_KEY_BYTES] = {0}, id[LABEL_ID_BYTES] = {0}, other_id[LABEL_ID_BYTES] = {1};
    char label[LABEL_BYTES], by_id[LABEL_BYTES], by_key[LABEL_BYTES];
    blind_label(key, id, label);
    blind_label(key, other_id, by_id);
    blind_label(other_key, id, by_key);
    ck_assert_str_ne(label, by_id);
    ck_assert_str_ne(label, by_key);
    ck_assert_uint_eq(strspn(label, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), LABEL_BYTES - 1);
}
END_TEST

RUN_TESTS("label", a_label_is_the_mac_in_crockfords_base_32, labels_differ_by_id_and_by_key)
