/* The cache against a server that is none: refuses, lies, stops in the middle, never ends, or sends noise. */
#include "cache/cache.h"

#include "support/redis.h"
#include "support/support.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

enum { TIMEOUT_MS = 100 };

/* What it says to each command; NULL: nothing. */
static struct {
    struct text ping, auth, get, subscribe;
    bool drop_behind_get; /* closes after what it says to GET */
    bool in_pieces;       /* byte by byte */
    bool deaf;            /* takes connections and reads nothing */
    unsigned connections;
} script;

static struct event_base *base;
static struct cache *cache;
static struct evconnlistener *listener;
static char path[64];
static struct random_seeded seeded;
static struct bufferevent *clients[64];
static struct evbuffer *unsaid[64]; /* with in_pieces: what each is still to hear */

#define SAYS(literal) ((struct text){(literal), sizeof(literal) - 1})

/* The text at this place, without its end. */
static size_t put(char *at, const char *text)
{
    size_t length = 0;
    for (; text[length]; length++)
        at[length] = text[length];
    return length;
}

static size_t place_of(const struct bufferevent *client)
{
    size_t place = 0;
    while (clients[place] != client)
        place++;
    return place;
}

static void on_written(struct bufferevent *client, void *context)
{
    (void)context;
    char byte;
    if (evbuffer_remove(unsaid[place_of(client)], &byte, 1) == 1)
        bufferevent_write(client, &byte, 1);
}

static void say(struct bufferevent *client, struct text what)
{
    if (!script.in_pieces) {
        bufferevent_write(client, what.data, what.length);
        return;
    }
    evbuffer_add(unsaid[place_of(client)], what.data, what.length);
    if (evbuffer_get_length(bufferevent_get_output(client)) == 0)
        on_written(client, NULL);
}

static void drop(struct bufferevent *client)
{
    size_t place = place_of(client);
    clients[place] = NULL;
    evbuffer_free(unsaid[place]);
    bufferevent_free(client);
}

static bool takes(struct evbuffer *in, const char *command)
{
    struct evbuffer_ptr at = evbuffer_search(in, command, strlen(command), NULL);
    if (at.pos < 0)
        return false;
    evbuffer_drain(in, (size_t)at.pos + strlen(command));
    return true;
}

/* Commands come in this order. */
static void on_command(struct bufferevent *client, void *context)
{
    (void)context;
    struct evbuffer *in = bufferevent_get_input(client);
    if (takes(in, "AUTH\r\n"))
        say(client, script.auth);
    if (takes(in, "PING\r\n"))
        say(client, script.ping);
    if (takes(in, "SUBSCRIBE\r\n"))
        say(client, script.subscribe);
    while (takes(in, "GET\r\n")) {
        say(client, script.get);
        if (script.drop_behind_get) {
            evbuffer_write(bufferevent_get_output(client), bufferevent_getfd(client));
            drop(client);
            return;
        }
    }
}

static void on_gone(struct bufferevent *client, short what, void *context)
{
    (void)what, (void)context;
    drop(client);
}

static void on_client(struct evconnlistener *from, evutil_socket_t fd, struct sockaddr *at, int length, void *context)
{
    (void)from, (void)at, (void)length, (void)context;
    size_t place = script.connections++ % (sizeof clients / sizeof clients[0]);
    struct bufferevent *client = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (clients[place])
        drop(clients[place]);
    clients[place] = client;
    unsaid[place] = evbuffer_new();
    bufferevent_setcb(client, on_command, on_written, on_gone, NULL);
    bufferevent_enable(client, script.deaf ? EV_WRITE : EV_READ | EV_WRITE);
}

static void begin(const char *password)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    char where[128];
    struct redis_address address;
    const char *why;
    signal(SIGPIPE, SIG_IGN);
    base = event_base_new();
    snprintf(path, sizeof path, "/tmp/stagematch-bad-%d", (int)getpid());
    unlink(path);
    memcpy(at.sun_path, path, sizeof path);
    listener = evconnlistener_new_bind(base, on_client, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 16,
                                       (struct sockaddr *)&at, sizeof at);
    ck_assert_ptr_nonnull(listener);
    snprintf(where, sizeof where, "unix:%s", path);
    ck_assert_int_eq(redis_address_parse(text_of(where), &address, &why), ERR_OK);
    const struct cache_options options = {.address = &address,
                                          .password = password,
                                          .timeout_ms = TIMEOUT_MS,
                                          .clock = clock_system(),
                                          .random = random_of_seed(&seeded, 1)};
    ck_assert_int_eq(cache_new(base, &options, &cache), ERR_OK);
}

static void finish(void)
{
    cache_free(cache);
    for (size_t i = 0; i < sizeof clients / sizeof clients[0]; i++)
        if (clients[i])
            drop(clients[i]);
    evconnlistener_free(listener);
    event_base_free(base);
    unlink(path);
}

static void reset_script(void)
{
    memset(&script, 0, sizeof script);
    script.ping = SAYS("+PONG\r\n");
    script.auth = SAYS("+OK\r\n");
    script.get = SAYS("$2\r\nhi\r\n");
    script.subscribe = SAYS("*3\r\n$9\r\nsubscribe\r\n$7\r\nsm:wake\r\n:1\r\n");
}

static bool is_up(void *context)
{
    (void)context;
    return cache_state(cache) == CACHE_UP;
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
    heard->length = value.length;
    if (value.data)
        memcpy(heard->bytes, value.data, value.length < 64 ? value.length : 64);
}

static bool was_heard(void *context)
{
    const struct heard *heard = context;
    return heard->times > 0;
}

static struct heard get(void)
{
    struct heard heard = {0};
    loop_until(base, is_up, NULL, "up");
    ck_assert_uint_ne(cache_get(cache, text_of("sm:k"), on_value, &heard), 0);
    loop_until(base, was_heard, &heard, "an answer");
    ck_assert_uint_eq(heard.times, 1);
    return heard;
}

static bool has_failed(void *context)
{
    const uint64_t *times = context;
    return cache_counts(cache).connect_failures >= *times;
}

START_TEST(a_server_that_refuses_is_not_up)
{
    static const struct {
        const char *auth, *ping;
    } cases[] = {{"-WRONGPASS invalid username-password pair or user is disabled.\r\n", "-NOAUTH x\r\n"},
                 {"-ERR AUTH called without any password configured\r\n", "+PONG\r\n"},
                 {"+OK\r\n", "-LOADING Redis is loading the dataset in memory\r\n"},
                 {"+OK\r\n", "-NOAUTH Authentication required.\r\n"},
                 {"+OK\r\n", "-NOPERM no\r\n"},
                 {"+OK\r\n", ":1\r\n"},
                 {"+OK\r\n", "*1\r\n$4\r\nPONG\r\n"},
                 {"$-1\r\n", "+PONG\r\n"},
                 {"+OK\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct heard heard = {0};
        uint64_t times = 2;
        reset_script();
        script.auth = text_of(cases[i].auth);
        script.ping = text_of(cases[i].ping);
        begin("secret");
        loop_until(base, has_failed, &times, "refused, twice");
        ck_assert_uint_eq(cache_counts(cache).connects, 0);
        ck_assert_uint_eq(cache_get(cache, text_of("sm:k"), on_value, &heard), 0);
        script.auth = SAYS("+OK\r\n");
        script.ping = SAYS("+PONG\r\n");
        ck_assert(!get().absent);
        finish();
    }
}
END_TEST

START_TEST(an_error_is_absent_and_the_connection_stays)
{
    static const char *const errors[] = {"-LOADING Redis is loading the dataset in memory\r\n",
                                         "-OOM command not allowed when used memory > 'maxmemory'.\r\n",
                                         "-READONLY You can't write against a read only replica.\r\n",
                                         "-NOAUTH Authentication required.\r\n",
                                         "-MOVED 3999 127.0.0.1:6381\r\n",
                                         "-\r\n",
                                         "+OK\r\n",
                                         ":7\r\n",
                                         "*0\r\n",
                                         "*-1\r\n",
                                         "*2\r\n$1\r\na\r\n$-1\r\n"};
    size_t count = sizeof errors / sizeof errors[0];
    reset_script();
    begin(NULL);
    for (size_t i = 0; i < count; i++) {
        script.get = text_of(errors[i]);
        ck_assert(get().absent);
    }
    script.get = SAYS("$4\r\n\r\n\0x\r\n");
    struct heard heard = get();
    ck_assert_uint_eq(heard.length, 4);
    ck_assert_mem_eq(heard.bytes, "\r\n\0x", 4);
    ck_assert_uint_eq(cache_counts(cache).connects, 1);
    ck_assert_uint_eq(cache_counts(cache).errors, count - 1); /* "*-1" is a nil */
    ck_assert_uint_eq(cache_counts(cache).misses, 1);
    finish();
}
END_TEST

static bool is_lost(void *context)
{
    (void)context;
    return cache_counts(cache).disconnects == 1;
}

START_TEST(nonsense_costs_the_connection_alone)
{
    static const struct text cases[] = {
        SAYS("!what\r\n"),
        SAYS("\r\n"),
        SAYS("\0\0\0\0\r\n"),
        SAYS(":12x\r\n"),
        SAYS(":\r\n"),
        SAYS("$-2\r\n"),
        SAYS("$x\r\n"),
        SAYS("$9223372036854775808\r\n"),
        SAYS("*-2\r\n"),
        SAYS("*2147483648\r\n"),
        SAYS("*2147483647\r\n"), /* a number that hiredis would make room for */
        SAYS("*9\r\n:1\r\n"),
        SAYS("*1\r\n*1\r\n*1\r\n:1\r\n"),
        SAYS("$2\r\nhi\r\n$2\r\nhi\r\n"), /* one too many, which hiredis ends the process for */
        SAYS("$2\r\nhi\r\n+OK\r\n:1\r\n"),
        SAYS("$-1\r\n$-1\r\n"),
        SAYS("$2\r\nhi\r\n*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n"),
        SAYS("$2\r\nhi\r\n-ERR max number of clients reached\r\n"),
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int pieces = 0; pieces < 2; pieces++) {
            reset_script();
            begin(NULL);
            ck_assert(!get().absent);
            script.in_pieces = pieces;
            script.get = cases[i];
            struct heard heard = get();
            ck_assert_int_eq(heard.absent, memcmp(cases[i].data, "$2", 2) != 0 || heard.length != 2);
            loop_until(base, is_lost, NULL, "the connection given up");
            script.in_pieces = false;
            script.get = SAYS("$2\r\nhi\r\n");
            ck_assert(!get().absent);
            ck_assert_uint_eq(cache_counts(cache).connects, 2);
            finish();
        }
    }
}
END_TEST

START_TEST(a_reply_without_end_is_cut)
{
    static char line[CACHE_VALUE_BYTES_MAX * 3];
    static const char *const starts[] = {"+", "$3145728\r\n", "*2\r\n$1048576\r\n", "-", "$9223372036854775807\r\n"};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        reset_script();
        begin(NULL);
        ck_assert(!get().absent);
        memset(line, 'a', sizeof line);
        size_t start = put(line, starts[i]);
        if (starts[i][0] == '*') { /* two parts, each of which would be allowed */
            put(line + start + CACHE_VALUE_BYTES_MAX, "\r\n$1048576\r\n");
        }
        script.get = (struct text){line, sizeof line};
        ck_assert(get().absent);
        loop_until(base, is_lost, NULL, "the connection given up");
        ck_assert_uint_eq(cache_counts(cache).refused_replies, 1);
        finish();
    }
}
END_TEST

START_TEST(a_reply_in_pieces_is_whole)
{
    reset_script();
    script.in_pieces = true;
    begin("secret");
    struct heard heard = get();
    ck_assert_uint_eq(heard.length, 2);
    ck_assert_mem_eq(heard.bytes, "hi", 2);
    finish();
}
END_TEST

START_TEST(a_reply_that_stops_half_way_is_absent)
{
    static const struct text halves[] = {SAYS(""), SAYS("$"), SAYS("$2\r\nh"), SAYS("$2\r\nhi\r"),
                                         SAYS("*2\r\n$1\r\na\r\n")};
    for (size_t i = 0; i < sizeof halves / sizeof halves[0]; i++) {
        reset_script();
        begin(NULL);
        script.get = halves[i];
        script.drop_behind_get = true;
        ck_assert(get().absent);
        loop_until(base, is_lost, NULL, "lost");
        script.drop_behind_get = false; /* and now it only waits */
        ck_assert(get().absent);
        ck_assert_uint_eq(cache_counts(cache).timeouts, 1);
        finish();
    }
}
END_TEST

START_TEST(a_server_that_takes_and_says_nothing_is_given_up)
{
    uint64_t times = 1;
    reset_script();
    script.deaf = true;
    begin(NULL);
    loop_until(base, has_failed, &times, "given up");
    ck_assert_uint_eq(cache_counts(cache).connects, 0);
    script.deaf = false;
    ck_assert(!get().absent);
    finish();
}
END_TEST

/* ---- messages ---- */

struct listener {
    unsigned joined, messages;
};

static void on_message(void *context, struct text channel, struct text message)
{
    struct listener *heard = context;
    ck_assert(text_is(channel, "sm:wake"));
    heard->joined += !message.data;
    heard->messages += message.data != NULL;
}

static bool has_joined_again(void *context)
{
    const struct listener *heard = context;
    return heard->joined >= 2;
}

static bool has_joined(void *context)
{
    const struct listener *heard = context;
    return heard->joined >= 1;
}

#define JOINED "*3\r\n$9\r\nsubscribe\r\n$7\r\nsm:wake\r\n:1\r\n"

START_TEST(nonsense_instead_of_messages_makes_it_join_again)
{
    static const struct text cases[] = {
        SAYS(JOINED "+OK\r\n"),
        SAYS(JOINED "$5\r\nhello\r\n"),
        SAYS(JOINED "$-1\r\n"),
        SAYS(JOINED "*0\r\n"),
        SAYS(JOINED "*-1\r\n"),
        SAYS(JOINED "*1\r\n$7\r\nmessage\r\n"),
        SAYS(JOINED "*2\r\n$4\r\npong\r\n$0\r\n\r\n"),
        SAYS(JOINED "*3\r\n:1\r\n:2\r\n:3\r\n"),
        SAYS(JOINED "*3\r\n$7\r\nmessage\r\n:1\r\n$1\r\na\r\n"),
        SAYS(JOINED "*3\r\n$7\r\nmessage\r\n$7\r\nsm:wake\r\n:1\r\n"),
        SAYS(JOINED "*3\r\n$7\r\nmessage\r\n$7\r\nsm:wake\r\n$-1\r\n"),
        SAYS(JOINED "*3\r\n$7\r\nmessage\r\n$7\r\nsm:wake\r\n*0\r\n"),
        SAYS(JOINED "*3\r\n$7\r\nmessage\r\n$7\r\nsm:othe\r\n$1\r\na\r\n"),
        SAYS(JOINED "*3\r\n$9\r\nsubscribe\r\n$7\r\nsm:wake\r\n$1\r\na\r\n"),
        SAYS(JOINED "*3\r\n$11\r\nunsubscribe\r\n$7\r\nsm:wake\r\n:0\r\n"),
        SAYS(JOINED "*3\r\n+message\r\n$7\r\nsm:wake\r\n$1\r\na\r\n"),
        SAYS(JOINED "*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$7\r\nsm:wake\r\n$1\r\na\r\n"),
        SAYS(JOINED "-ERR gone\r\n"),
        SAYS(JOINED "?\r\n"),
        SAYS("-NOPERM this user has no permissions to access one of the channels\r\n"),
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct listener heard = {0};
        reset_script();
        script.subscribe = cases[i];
        begin(NULL);
        ck_assert_int_eq(cache_subscribe(cache, text_of("sm:wake"), on_message, &heard), ERR_OK);
        if (cases[i].data[0] == '-') {
            ck_assert(!get().absent);
            script.subscribe = SAYS(JOINED);
            loop_until(base, has_joined, &heard, "joined at last");
        } else {
            loop_until(base, has_joined_again, &heard, "joined again");
        }
        ck_assert_uint_eq(heard.messages, 0);
        ck_assert(!get().absent);
        finish();
    }
}
END_TEST

/* Pieces of replies, and any byte. */
static size_t make_noise(const struct random_source *random, char *out, size_t size)
{
    static const char *const pieces[] = {"*",       "$",
                                         "+",       "-",
                                         ":",       "\r\n",
                                         "\r",      "\n",
                                         "0",       "1",
                                         "2",       "-1",
                                         "\r\n$",   "message",
                                         "*3",      "*3\r\n$7\r\nmessage\r\n$7\r\nsm:wake\r\n$1\r\nx\r\n",
                                         JOINED,    "$2\r\nhi\r\n",
                                         "+OK\r\n", ":1\r\n",
                                         "*2\r\n",  "99999999999"};
    size_t length = 0, count = 1 + random_below(random, 12);
    for (size_t i = 0; i < count && length + 64 < size; i++) {
        const char *piece = pieces[random_below(random, sizeof pieces / sizeof pieces[0])];
        if (random_below(random, 8) == 0) {
            out[length++] = (char)random_below(random, 256);
            continue;
        }
        length += put(out + length, piece);
    }
    return length;
}

static bool is_settled(void *context)
{
    const struct heard *heard = context;
    return heard->times > 0 || cache_state(cache) != CACHE_UP;
}

START_TEST(noise_never_ends_the_process)
{
    enum { ROUNDS = 400 };
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(20260301));
    char noise[4096], more[4096];
    for (int round = 0; round < ROUNDS; round++) {
        struct listener messages = {0};
        struct heard heard[3] = {{0}};
        reset_script();
        begin(NULL);
        ck_assert_int_eq(cache_subscribe(cache, text_of("sm:wake"), on_message, &messages), ERR_OK);
        script.get = (struct text){noise, make_noise(&random, noise, sizeof noise)};
        script.subscribe = (struct text){more, make_noise(&random, more, sizeof more)};
        loop_until(base, is_up, NULL, "up");
        for (int i = 0; i < 3; i++)
            (void)!cache_get(cache, text_of("sm:k"), on_value, &heard[i]);
        loop_until(base, is_settled, &heard[0], "an answer, or the end");
        for (int i = 0; i < 3; i++)
            ck_assert_uint_le(heard[i].times, 1);
        finish();
    }
}
END_TEST

RUN_TESTS("bad_server", a_server_that_refuses_is_not_up, an_error_is_absent_and_the_connection_stays,
          nonsense_costs_the_connection_alone, a_reply_without_end_is_cut, a_reply_in_pieces_is_whole,
          a_reply_that_stops_half_way_is_absent, a_server_that_takes_and_says_nothing_is_given_up,
          nonsense_instead_of_messages_makes_it_join_again, noise_never_ends_the_process)
