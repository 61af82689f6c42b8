#include "wire/address.h"

#include "support/support.h"
#include "wire/address_counter.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static struct address parsed(const char *text)
{
    struct address address;
    ck_assert_msg(address_parse(text_of(text), &address) == ERR_OK, "'%s' is not taken", text);
    return address;
}

START_TEST(an_address_is_read_and_written)
{
    static const struct {
        const char *text, *written;
    } cases[] = {
        {"127.0.0.1", "127.0.0.1"},
        {"255.255.255.255", "255.255.255.255"},
        {"::", "::"},
        {"::1", "::1"},
        {"2001:DB8:0:0::1", "2001:db8::1"},
        {"::ffff:192.0.2.7", "192.0.2.7"},
        {"::FFFF:c000:207", "192.0.2.7"},
    };
    char written[ADDRESS_TEXT_BYTES];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct address address = parsed(cases[i].text);
        address_format(&address, written);
        ck_assert_str_eq(written, cases[i].written);
        ck_assert_int_eq(address_is_ipv4(&address), !strchr(cases[i].written, ':'));
    }
    struct address a = parsed("192.0.2.7"), b = parsed("::ffff:192.0.2.7"), c = parsed("192.0.2.8");
    ck_assert(address_equal(&a, &b));
    ck_assert(!address_equal(&a, &c));
}
END_TEST

START_TEST(what_is_no_address_is_not_taken)
{
    static const char *const cases[] = {
        "",          " ",         "1",          "1.2.3",
        "1.2.3.4.5", "1.2.3.256", "1.2.3.04",   "1.2.3.4 ",
        " 1.2.3.4",  "0x1.2.3.4", "1.2.3.4:80", "[::1]",
        "::1%eth0",  "::g",       ":::",        "1:2:3:4:5:6:7",
        "localhost", "1.2.3.4/8", "unknown",    "1111111111111111111111111111111111111111111111111111111111111111",
    };
    struct address address = {{7}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(address_parse(text_of(cases[i]), &address) == ERR_RANGE, "'%s'", cases[i]);
    ck_assert_int_eq(address_parse((struct text){"1.2.3.4\0", 8}, &address), ERR_RANGE);
    ck_assert_uint_eq(address.bytes[0], 7);
}
END_TEST

START_TEST(an_endpoint_has_a_port)
{
    static const struct {
        const char *text, *written;
        uint16_t port;
    } cases[] = {{"127.0.0.1:8080", "127.0.0.1", 8080}, {"[::1]:0", "::1", 0}, {"0.0.0.0:65535", "0.0.0.0", 65535}};
    static const char *const wrong[] = {
        "",           "127.0.0.1",    ":80",      "::1:80",      "[::1]",       "[::1]:",  "127.0.0.1:65536",
        "1.2.3.4:-1", "[1.2.3.4]:80", "1.2.3.4:", "1.2.3.4:080", "localhost:1", "[::1:80", "[]:80"};
    char written[ADDRESS_TEXT_BYTES];
    struct address address;
    uint16_t port;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_int_eq(address_parse_endpoint(text_of(cases[i].text), &address, &port), ERR_OK);
        address_format(&address, written);
        ck_assert_str_eq(written, cases[i].written);
        ck_assert_uint_eq(port, cases[i].port);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_msg(address_parse_endpoint(text_of(wrong[i]), &address, &port) == ERR_RANGE, "'%s'", wrong[i]);
}
END_TEST

START_TEST(an_address_goes_to_a_socket_and_back)
{
    static const struct {
        const char *text;
        sa_family_t family;
        uint32_t length;
    } cases[] = {{"192.0.2.7", AF_INET, sizeof(struct sockaddr_in)},
                 {"2001:db8::7", AF_INET6, sizeof(struct sockaddr_in6)}};
    struct sockaddr_storage storage;
    struct address back;
    for (size_t i = 0; i < 2; i++) {
        struct address address = parsed(cases[i].text);
        ck_assert_uint_eq(address_to_sockaddr(&address, 80, &storage), cases[i].length);
        ck_assert_uint_eq(storage.ss_family, cases[i].family);
        ck_assert_int_eq(address_of_sockaddr((struct sockaddr *)&storage, &back), ERR_OK);
        ck_assert(address_equal(&address, &back));
    }
    storage.ss_family = AF_UNIX;
    ck_assert_int_eq(address_of_sockaddr((struct sockaddr *)&storage, &back), ERR_RANGE);
}
END_TEST

START_TEST(a_list_has_what_is_in_its_networks)
{
    static const struct {
        const char *list, *address;
        bool has;
    } cases[] = {
        {"", "127.0.0.1", false},
        {"  ,, ", "::1", false},
        {"127.0.0.1", "127.0.0.1", true},
        {"127.0.0.1", "127.0.0.2", false},
        {"127.0.0.0/8 ::1 10.0.0.0/8", "10.255.255.255", true},
        {"127.0.0.0/8,::1,10.0.0.0/8", "::1", true},
        {"127.0.0.0/8 ::1 10.0.0.0/8", "11.0.0.0", false},
        {"127.0.0.0/8 ::1 10.0.0.0/8", "::2", false},
        {"10.0.0.0/8", "::ffff:10.1.2.3", true},
        {"::ffff:10.0.0.0/104", "10.1.2.3", true},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"192.0.2.128/25", "192.0.2.129", true},
        {"192.0.2.4/31", "192.0.2.5", true},
        {"192.0.2.4/32", "192.0.2.5", false},
        {"0.0.0.0/0", "203.0.113.1", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"::/0", "2001:db8::1", true},
        {"::/0", "203.0.113.1", false}, /* a network of IPv6 has no IPv4 address */
        {"2001:db8::/33", "2001:db8:7fff::1", true},
        {"2001:db8::/33", "2001:db8:8000::1", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct address_list list;
        struct address address = parsed(cases[i].address);
        ck_assert_int_eq(address_list_parse(text_of(cases[i].list), &list), ERR_OK);
        ck_assert_msg(address_list_has(&list, &address) == cases[i].has, "case %zu", i);
        address_list_free(&list);
    }
}
END_TEST

START_TEST(what_is_no_list_is_not_taken)
{
    static const char *const cases[] = {"10.0.0.0/33", "::/129",    "10.0.0.0/",     "10.0.0.0/8x", "10.0.0.0/+8",
                                        "10.0.0.1/8",  "::1/64",    "10.0.0.0/08",   "/8",          "10.0.0.0/8/8",
                                        "10.0.0.0/-1", "localhost", "127.0.0.1; ::1"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct address_list list = {NULL, 7};
        ck_assert_msg(address_list_parse(text_of(cases[i]), &list) == ERR_RANGE, "'%s'", cases[i]);
        ck_assert_uint_eq(list.count, 7);
    }
}
END_TEST

START_TEST(clients_are_told_apart_by_address_or_by_64_bits)
{
    struct address a = parsed("192.0.2.7"), b = parsed("192.0.2.8");
    struct address c = parsed("2001:db8:1:2:3::4"), d = parsed("2001:db8:1:2::"), e = parsed("2001:db8:1:3::");
    struct address keys[] = {address_key(&a), address_key(&b), address_key(&c), address_key(&d), address_key(&e)};
    ck_assert(address_equal(&keys[0], &a));
    ck_assert(!address_equal(&keys[0], &keys[1]));
    ck_assert(address_equal(&keys[2], &keys[3]));
    ck_assert(!address_equal(&keys[2], &keys[4]));
}
END_TEST

/* Many addresses come and go; a plain array knows better. */
START_TEST(the_counter_counts)
{
    enum { ADDRESSES = 200, STEPS = 20000 };
    struct address_counter counter;
    static uint32_t counts[ADDRESSES];
    unsigned long long state = test_seed(7);
    ck_assert_int_eq(address_counter_new(ADDRESSES, &counter), ERR_OK);
    for (size_t i = 0; i < STEPS; i++) {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        size_t at = (size_t)(state >> 33) % ADDRESSES;
        struct address key = {{(uint8_t)at}};
        if ((state >> 62) > 1 || counts[at] == 0) {
            counts[at]++;
            address_counter_add(&counter, &key);
        } else {
            counts[at]--;
            address_counter_remove(&counter, &key);
        }
        size_t other = (size_t)(state >> 20) % ADDRESSES;
        struct address other_key = {{(uint8_t)other}};
        ck_assert_uint_eq(address_counter_get(&counter, &key), counts[at]);
        ck_assert_uint_eq(address_counter_get(&counter, &other_key), counts[other]);
    }
    address_counter_free(&counter);
}
END_TEST

RUN_TESTS("wire/address", an_address_is_read_and_written, what_is_no_address_is_not_taken, an_endpoint_has_a_port,
          an_address_goes_to_a_socket_and_back, a_list_has_what_is_in_its_networks, what_is_no_list_is_not_taken,
          clients_are_told_apart_by_address_or_by_64_bits, the_counter_counts)
