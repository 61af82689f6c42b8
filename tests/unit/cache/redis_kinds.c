/* Each kind of address against real servers: TCP, names, passwords and ACLs, databases, TLS, Sentinel; and config/redis.conf. */
#include "cache/cache.h"

#include "support/redis.h"
#include "support/support.h"

#include <event2/event.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { PATIENT_MS = 20000 };

static struct event_base *base;
static struct cache *cache;
static struct random_seeded seeded;
static struct redis_address address;

static enum err open_with(const char *where, const char *password, const char *ca_file)
{
    const char *why;
    ck_assert_int_eq(redis_address_parse(text_of(where), &address, &why), ERR_OK);
    const struct cache_options options = {.address = &address,
                                          .password = password,
                                          .ca_file = ca_file,
                                          .timeout_ms = PATIENT_MS,
                                          .clock = clock_system(),
                                          .random = random_of_seed(&seeded, 1)};
    base = event_base_new();
    return cache_new(base, &options, &cache);
}

static void close_cache(void)
{
    cache_free(cache);
    event_base_loop(base, EVLOOP_NONBLOCK); /* a look-up of a name may be freed here */
    event_base_free(base);
}

static bool is_up(void *context)
{
    (void)context;
    return cache_state(cache) == CACHE_UP;
}

static bool has_failed(void *context)
{
    (void)context;
    return cache_counts(cache).connect_failures >= 2;
}

struct heard {
    unsigned times;
    bool absent;
    char bytes[64];
    size_t length;
};

static void on_value(void *context, struct text value)
{
    struct heard *heard = context;
    heard->times++;
    heard->absent = !value.data;
    heard->length = value.length < sizeof heard->bytes ? value.length : sizeof heard->bytes;
    if (value.data)
        memcpy(heard->bytes, value.data, heard->length);
}

static void on_count(void *context, uint64_t count)
{
    struct heard *heard = context;
    heard->times++;
    heard->length = count;
}

static void on_message(void *context, struct text channel, struct text message)
{
    struct heard *heard = context;
    (void)channel;
    heard->times += message.data != NULL;
    heard->absent = false;
}

static bool was_heard(void *context)
{
    const struct heard *heard = context;
    return heard->times > 0;
}

static bool has_joined(void *context)
{
    const struct heard *heard = context;
    return !heard->absent;
}

/* Everything that a cache does, once. */
static void use(void)
{
    struct heard value = {0}, count = {0}, message = {.absent = true}, gone = {0};
    loop_until(base, is_up, NULL, "up");
    ck_assert_int_eq(cache_subscribe(cache, text_of("sm:wake"), on_message, &message), ERR_OK);
    loop_until(base, has_joined, &message, "joined");
    cache_set(cache, text_of("sm:k"), text_of("value"), 60000);
    ck_assert_uint_ne(cache_get(cache, text_of("sm:k"), on_value, &value), 0);
    loop_until(base, was_heard, &value, "a value");
    ck_assert_uint_eq(value.length, 5);
    ck_assert_mem_eq(value.bytes, "value", 5);
    ck_assert_uint_ne(cache_incr_window(cache, text_of("sm:n"), 60000, on_count, &count), 0);
    loop_until(base, was_heard, &count, "a count");
    ck_assert_uint_gt(count.length, 0);
    cache_publish(cache, text_of("sm:wake"), text_of("up"));
    loop_until(base, was_heard, &message, "a message");
    cache_delete(cache, text_of("sm:k"));
    ck_assert_uint_ne(cache_get(cache, text_of("sm:k"), on_value, &gone), 0);
    loop_until(base, was_heard, &gone, "an answer");
    ck_assert(gone.absent);
    ck_assert_uint_eq(cache_counts(cache).errors + cache_counts(cache).refused_replies, 0);
}

static void use_and_close(const char *where, const char *password, const char *ca_file)
{
    ck_assert_int_eq(open_with(where, password, ca_file), ERR_OK);
    use();
    close_cache();
}

static void fail_and_close(const char *where, const char *password, const char *ca_file)
{
    ck_assert_int_eq(open_with(where, password, ca_file), ERR_OK);
    loop_until(base, has_failed, NULL, "refused twice");
    ck_assert_uint_eq(cache_counts(cache).connects, 0);
    close_cache();
}

START_TEST(tcp_passwords_users_and_databases)
{
    struct redis_process redis;
    char port[8], where[256], answer[256];
    snprintf(port, sizeof port, "%d", free_port());
    const char *const arguments[] = {"--port", port, "--requirepass", "first/word", NULL};
    redis_begin(&redis, arguments);
    snprintf(where, sizeof where, "redis://:first%%2Fword@127.0.0.1:%s", port);
    use_and_close(where, NULL, NULL);
    snprintf(where, sizeof where, "redis://:other@127.0.0.1:%s/5", port);
    fail_and_close(where, NULL, NULL);
    use_and_close(where, "first/word", NULL); /* from a file, and a database */
    snprintf(where, sizeof where, "redis://127.0.0.1:%s", port);
    fail_and_close(where, NULL, NULL);
    snprintf(where, sizeof where, "unix:%s?db=15", redis.socket);
    use_and_close(where, "first/word", NULL);
    snprintf(where, sizeof where, "unix:%s?db=99", redis.socket);
    fail_and_close(where, "first/word", NULL);
    redis_end(&redis);

    const char *const users[] = {"--port", port, "--user", "front", "on", ">secret", "~sm:*", "&sm:*", "+@all", NULL};
    redis_begin(&redis, users);
    snprintf(where, sizeof where, "redis://front:secret@127.0.0.1:%s", port);
    use_and_close(where, NULL, NULL);
    snprintf(where, sizeof where, "redis://front:@127.0.0.1:%s", port);
    use_and_close(where, "secret", NULL);
    ck_assert_int_eq(open_with(where, NULL, NULL), ERR_INPUT);
    event_base_free(base);
    snprintf(where, sizeof where, "redis://front:wrong@127.0.0.1:%s", port);
    fail_and_close(where, NULL, NULL);
    redis_tell(&redis, "PING", answer, sizeof answer);
    redis_end(&redis);
}
END_TEST

START_TEST(a_name_is_looked_up)
{
    struct redis_process redis;
    char port[8], where[256];
    snprintf(port, sizeof port, "%d", free_port());
    const char *const arguments[] = {"--port", port, "--bind", "127.0.0.1", NULL};
    redis_begin(&redis, arguments);
    snprintf(where, sizeof where, "redis://localhost:%s", port); /* of /etc/hosts */
    use_and_close(where, NULL, NULL);
    redis_end(&redis);
    ck_assert_int_eq(open_with("redis://no-such-host.invalid", NULL, NULL), ERR_OK);
    loop_for(base, 50);
    ck_assert_int_ne(cache_state(cache), CACHE_UP);
    close_cache();
}
END_TEST

START_TEST(the_configuration_of_the_project_lets_the_front_do_its_work_alone)
{
    static const char *const refused[] = {"FLUSHALL",    "KEYS *",        "CONFIG GET dir", "SHUTDOWN",
                                          "CLIENT LIST", "GET other:k",   "SAVE",           "SCRIPT FLUSH",
                                          "MONITOR",     "ACL SETUSER x", "REPLICAOF a 1",  "PUBLISH other x"};
    struct redis_process redis;
    char config[4096], where[256], answer[256];
    const char *source = getenv("STAGEMATCH_SOURCE");
    snprintf(config, sizeof config, "%s/config/redis.conf", source ? source : "/nowhere");
    if (!source)
        return;
    const char *const arguments[] = {config, NULL};
    redis_begin(&redis, arguments);
    snprintf(where, sizeof where, "unix:%s", redis.socket);
    use_and_close(where, NULL, NULL);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        redis_tell(&redis, refused[i], answer, sizeof answer);
        ck_assert_msg(strncmp(answer, "-NOPERM", 7) == 0, "%s: %s", refused[i], answer);
    }
    redis_end(&redis);
}
END_TEST

/* ---- TLS ---- */

static void write_pem(const char *path, EVP_PKEY *key, X509 *certificate)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    if (key)
        ck_assert_int_eq(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    if (certificate)
        ck_assert_int_eq(PEM_write_X509(file, certificate), 1);
    fclose(file);
}

/* A key and a certificate that signs itself, for this name. */
static void make_certificate(const char *key_path, const char *certificate_path, const char *name)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_set_pubkey(certificate, key);
    X509_NAME *subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, name);
    ck_assert_ptr_nonnull(names);
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
    ck_assert_int_gt(X509_sign(certificate, key, EVP_sha256()), 0);
    write_pem(key_path, key, NULL);
    write_pem(certificate_path, NULL, certificate);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static bool is_all_stored(void *context)
{
    const uint64_t *times = context;
    return cache_counts(cache).stored >= *times;
}

/* More than one record, and more than the relay keeps, in both directions. */
static void move_much_through(const char *where, const char *ca_file)
{
    static char large[CACHE_VALUE_BYTES_MAX];
    uint64_t times = 12;
    struct heard heard[12] = {{0}};
    for (size_t i = 0; i < sizeof large; i++)
        large[i] = (char)(i * 7 + i / 251);
    ck_assert_int_eq(open_with(where, NULL, ca_file), ERR_OK);
    loop_until(base, is_up, NULL, "up");
    for (int i = 0; i < 12; i++)
        cache_set(cache, text_of("sm:large"), (struct text){large, sizeof large}, 60000);
    loop_until(base, is_all_stored, &times, "all stored");
    for (int i = 0; i < 12; i++)
        ck_assert_uint_ne(cache_get(cache, text_of("sm:large"), on_value, &heard[i]), 0);
    loop_until(base, was_heard, &heard[11], "all read");
    ck_assert(!heard[11].absent);
    ck_assert_mem_eq(heard[11].bytes, large, 64);
    close_cache();
}

START_TEST(tls_with_a_certificate_that_must_fit)
{
    struct redis_process redis;
    char port[8], where[256], folder[] = "/tmp/stagematch-tls-XXXXXX", key[64], certificate[64], other[64],
                              other_key[64];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(key, sizeof key, "%s/key", folder);
    snprintf(certificate, sizeof certificate, "%s/certificate", folder);
    snprintf(other_key, sizeof other_key, "%s/other-key", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    make_certificate(key, certificate, "DNS:localhost,IP:127.0.0.1");
    make_certificate(other_key, other, "DNS:localhost,IP:127.0.0.1");
    snprintf(port, sizeof port, "%d", free_port());
    const char *const arguments[] = {"--port",
                                     "0",
                                     "--tls-port",
                                     port,
                                     "--tls-key-file",
                                     key,
                                     "--tls-cert-file",
                                     certificate,
                                     "--tls-ca-cert-file",
                                     certificate,
                                     "--tls-auth-clients",
                                     "no",
                                     NULL};
    redis_begin(&redis, arguments);
    snprintf(where, sizeof where, "rediss://localhost:%s", port);
    use_and_close(where, NULL, certificate);
    snprintf(where, sizeof where, "rediss://127.0.0.1:%s/3", port);
    use_and_close(where, NULL, certificate);
    move_much_through(where, certificate);
    fail_and_close(where, NULL, other); /* signed by nobody we trust */
    fail_and_close(where, NULL, NULL);
    snprintf(where, sizeof where, "redis://127.0.0.1:%s", port);
    fail_and_close(where, NULL, NULL); /* never in plain */
    ck_assert_int_eq(open_with("rediss://127.0.0.1", NULL, "/nowhere/certificates"), ERR_INPUT);
    event_base_free(base);
    redis_end(&redis);

    make_certificate(key, certificate, "DNS:elsewhere.example,IP:127.0.0.2");
    redis_begin(&redis, arguments);
    snprintf(where, sizeof where, "rediss://localhost:%s", port);
    fail_and_close(where, NULL, certificate); /* trusted, but another's */
    snprintf(where, sizeof where, "rediss://127.0.0.1:%s", port);
    fail_and_close(where, NULL, certificate);
    redis_end(&redis);
    const char *const paths[] = {key, certificate, other_key, other};
    for (size_t i = 0; i < 4; i++)
        unlink(paths[i]);
    rmdir(folder);
}
END_TEST

/* ---- Sentinel ---- */

static const struct redis_process *asked;

static bool knows_its_replica(void *context)
{
    char answer[256];
    (void)context;
    redis_tell(asked, "SENTINEL CKQUORUM m", answer, sizeof answer);
    if (answer[0] != '+')
        return false;
    redis_tell(asked, "SENTINEL REPLICAS m", answer, sizeof answer);
    return answer[1] == '1';
}

static bool fails_over(void *context)
{
    char answer[256];
    (void)context;
    redis_tell(asked, "SENTINEL FAILOVER m", answer, sizeof answer);
    return answer[0] == '+';
}

/* Stores until it is done: while the new master is found, nothing is. */
static bool stores_again(void *context)
{
    const uint64_t *before = context;
    cache_set(cache, text_of("sm:k"), text_of("v"), 60000);
    return cache_counts(cache).stored > *before;
}

static bool is_master(void *context)
{
    char answer[64];
    redis_tell(context, "ROLE", answer, sizeof answer);
    return strstr(answer, "master") != NULL;
}

START_TEST(sentinels_are_asked_where_the_master_is)
{
    struct redis_process first, second, sentinel;
    char ports[3][8], line[64], config[128], where[256];
    for (int i = 0; i < 3; i++)
        snprintf(ports[i], sizeof ports[i], "%d", free_port());
    const char *const first_arguments[] = {"--port", ports[0], "--bind", "127.0.0.1", NULL};
    snprintf(line, sizeof line, "127.0.0.1 %s", ports[0]);
    const char *const second_arguments[] = {
        "--port", ports[1], "--bind", "127.0.0.1", "--replicaof", line, "--repl-diskless-sync-delay", "0", NULL};
    redis_begin(&first, first_arguments);
    redis_begin(&second, second_arguments);
    snprintf(config, sizeof config, "/tmp/stagematch-sentinel-%d", (int)getpid());
    FILE *file = fopen(config, "w");
    fprintf(file,
            "port %s\nbind 127.0.0.1\nsentinel monitor m 127.0.0.1 %s 1\nsentinel down-after-milliseconds m 60000\n",
            ports[2], ports[0]);
    fclose(file);
    const char *const sentinel_arguments[] = {config, "--sentinel", NULL};
    redis_begin(&sentinel, sentinel_arguments);
    asked = &sentinel;

    snprintf(where, sizeof where, "sentinel://127.0.0.1:9,localhost:%s/m/2", ports[2]); /* the first is none */
    ck_assert_int_eq(open_with(where, NULL, NULL), ERR_OK);
    use();
    ck_assert_uint_ge(cache_counts(cache).connect_failures, 1);
    loop_until(base, knows_its_replica, NULL, "the Sentinel knows both");
    loop_until(base, fails_over, NULL, "a failover");
    loop_until(base, is_master, &second, "the other is master");
    uint64_t before = cache_counts(cache).stored;
    loop_until(base, stores_again, &before, "the new master is used");
    close_cache();

    snprintf(where, sizeof where, "sentinel://127.0.0.1:%s/unknown", ports[2]);
    fail_and_close(where, NULL, NULL);
    redis_end(&sentinel);
    redis_end(&second);
    redis_end(&first);
    unlink(config);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {tcp_passwords_users_and_databases, a_name_is_looked_up,
                                  the_configuration_of_the_project_lets_the_front_do_its_work_alone,
                                  tls_with_a_certificate_that_must_fit, sentinels_are_asked_where_the_master_is};
    signal(SIGPIPE, SIG_IGN); /* as every role does */
    return redis_is_there() ? run_tests("redis_kinds", tests, sizeof tests / sizeof tests[0]) : 77;
}
