/* Where Redis is, as a setting says it. */
#include "cache/redis_address.h"

#include "support/support.h"

#include <string.h>

static struct redis_address parsed(const char *text)
{
    struct redis_address address;
    const char *why = "";
    ck_assert_msg(redis_address_parse(text_of(text), &address, &why) == ERR_OK, "'%s': %s", text, why);
    return address;
}

START_TEST(each_form_is_read)
{
    ck_assert_int_eq(parsed("").kind, REDIS_OFF);

    struct redis_address address = parsed("unix:/run/redis/redis.sock?db=3");
    ck_assert_int_eq(address.kind, REDIS_UNIX);
    ck_assert_str_eq(address.path, "/run/redis/redis.sock");
    ck_assert_uint_eq(address.database, 3);

    address = parsed("redis://localhost");
    ck_assert_int_eq(address.kind, REDIS_TCP);
    ck_assert_str_eq(address.hosts[0].name, "localhost");
    ck_assert_uint_eq(address.hosts[0].port, 6379);
    ck_assert(redis_host_is_name(&address.hosts[0]));
    ck_assert_str_eq(address.user, "");
    ck_assert_str_eq(address.password, "");

    address = parsed("rediss://front:a%2Fb%40c@[2001:db8::1]:6380/12");
    ck_assert_int_eq(address.kind, REDIS_TLS);
    ck_assert_str_eq(address.hosts[0].name, "2001:db8::1");
    ck_assert(!redis_host_is_name(&address.hosts[0]));
    ck_assert_uint_eq(address.hosts[0].port, 6380);
    ck_assert_str_eq(address.user, "front");
    ck_assert_str_eq(address.password, "a/b@c");
    ck_assert_uint_eq(address.database, 12);

    address = parsed("redis://:secret@10.0.0.1:1/");
    ck_assert_str_eq(address.user, "");
    ck_assert_str_eq(address.password, "secret");
    ck_assert(!redis_host_is_name(&address.hosts[0]));

    address = parsed("redis://front:@10.0.0.1"); /* its password is in a file */
    ck_assert_str_eq(address.user, "front");
    ck_assert_str_eq(address.password, "");

    address = parsed("sentinel://u:p@a,b:1234,[::1]/my-master/2");
    ck_assert_int_eq(address.kind, REDIS_SENTINEL);
    ck_assert_uint_eq(address.host_count, 3);
    ck_assert_uint_eq(address.hosts[0].port, 26379);
    ck_assert_uint_eq(address.hosts[1].port, 1234);
    ck_assert_str_eq(address.hosts[2].name, "::1");
    ck_assert_str_eq(address.master, "my-master");
    ck_assert_str_eq(address.user, "u");
    ck_assert_uint_eq(address.database, 2);
}
END_TEST

START_TEST(what_is_no_address_is_refused_with_a_reason)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"localhost", "expected"},
        {"http://localhost", "expected"},
        {"unix:", "socket"},
        {"unix:relative", "socket"},
        {"unix:/a?db=", "database"},
        {"unix:/a?db=x", "database"},
        {"unix:/a?x=1", "database"},
        {"redis://", "host"},
        {"redis://:p@", "host"},
        {"redis://host:", "port"},
        {"redis://host:0", "port"},
        {"redis://host:65536", "port"},
        {"redis://host:12a", "port"},
        {"redis://[::1", "host"},
        {"redis://[localhost]", "host"},
        {"redis://[::1]6379", "host"},
        {"redis://::1", "host"},
        {"redis://ho st", "host"},
        {"redis://host/x", "database"},
        {"redis://host/1024", "database"},
        {"redis://user@host", "password"},
        {"redis://:@host", "password"},
        {"redis://user:a/b@host", "password"},
        {"redis://user:%zz@host", "password"},
        {"redis://user:%00@host", "password"},
        {"redis://user:%4@host", "password"},
        {"redis://a:1,b:2", "Cluster"},
        {"rediss://a,b", "Cluster"},
        {"cluster://a:1", "Cluster"},
        {"redis+cluster://a", "Cluster"},
        {"sentinel://a,b", "master"},
        {"sentinel://a/", "master"},
        {"sentinel:///m", "host"},
        {"sentinel://a,,b/m", "host"},
        {"sentinel://a,b,c,d,e,f,g,h,i/m", "at most 8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct redis_address address = {.database = 77};
        const char *why = "";
        ck_assert_msg(redis_address_parse(text_of(cases[i].text), &address, &why) == ERR_INPUT, "'%s'",
                      cases[i].text);
        ck_assert_msg(strstr(why, cases[i].why) != NULL, "'%s': %s", cases[i].text, why);
        ck_assert_uint_eq(address.database, 77);
    }
}
END_TEST

static void put(char *at, const char *text)
{
    for (; *text; text++, at++)
        *at = *text;
}

START_TEST(lengths_are_bounded)
{
    char text[1024];
    struct redis_address address;
    const char *why;
    memset(text, 'a', sizeof text);
    put(text, "unix:/");
    ck_assert_int_eq(redis_address_parse((struct text){text, 5 + REDIS_PATH_BYTES - 1}, &address, &why), ERR_OK);
    ck_assert_uint_eq(strlen(address.path), REDIS_PATH_BYTES - 1);
    ck_assert_int_eq(redis_address_parse((struct text){text, 5 + REDIS_PATH_BYTES}, &address, &why), ERR_INPUT);
    put(text, "redis://");
    ck_assert_int_eq(redis_address_parse((struct text){text, 8 + REDIS_HOST_BYTES - 1}, &address, &why), ERR_OK);
    ck_assert_int_eq(redis_address_parse((struct text){text, 8 + REDIS_HOST_BYTES}, &address, &why), ERR_INPUT);
    put(text, "redis://:");
    put(text + 9 + REDIS_SECRET_BYTES - 1, "@h");
    ck_assert_int_eq(redis_address_parse((struct text){text, 9 + REDIS_SECRET_BYTES + 1}, &address, &why), ERR_OK);
    text[9 + REDIS_SECRET_BYTES - 1] = 'a';
    put(text + 9 + REDIS_SECRET_BYTES, "@h");
    ck_assert_int_eq(redis_address_parse((struct text){text, 9 + REDIS_SECRET_BYTES + 2}, &address, &why), ERR_INPUT);
}
END_TEST

RUN_TESTS("redis_address", each_form_is_read, what_is_no_address_is_refused_with_a_reason, lengths_are_bounded)
