#include "tls_service.h"

/* --- pairs --- */

static void assert_fault(struct text certificate, struct text key, enum tls_fault expected)
{
    struct tls *tls = NULL;
    enum tls_fault fault = TLS_FAULT_NONE;
    const struct tls_pem pem = {certificate, key};
    ck_assert_int_eq(tls_new(&pem, &tls, &fault), ERR_INPUT);
    ck_assert_int_eq(fault, expected);
    ck_assert_ptr_null(tls);
    ck_assert_uint_gt(strlen(tls_fault_text(fault)), 0);
    ck_assert(tls_fault_is_of_key(fault) == (expected == TLS_FAULT_KEY || expected == TLS_FAULT_PAIR));
    ck_assert_uint_eq(ERR_peek_error(), 0);
}

START_TEST(a_pair_that_cannot_serve_is_told_from_one_that_can)
{
    struct pair good = make_pair("a", 0), other = make_pair("b", 0), rsa = make_pair("c", 2048),
                weak = make_pair("d", 1024);
    struct text certificate = buf_text(&good.certificate), key = buf_text(&good.key);
    assert_fault(text_of(""), key, TLS_FAULT_CERTIFICATE);
    assert_fault(text_of("no PEM at all"), key, TLS_FAULT_CERTIFICATE);
    assert_fault(key, key, TLS_FAULT_CERTIFICATE);
    assert_fault((struct text){certificate.data, certificate.length / 2}, key, TLS_FAULT_CERTIFICATE);
    assert_fault(certificate, text_of(""), TLS_FAULT_KEY);
    assert_fault(certificate, certificate, TLS_FAULT_KEY);
    assert_fault(certificate, (struct text){key.data, key.length / 2}, TLS_FAULT_KEY);
    assert_fault(certificate, buf_text(&other.key), TLS_FAULT_PAIR);
    assert_fault(certificate, buf_text(&rsa.key), TLS_FAULT_PAIR);
    assert_fault(buf_text(&weak.certificate), buf_text(&weak.key), TLS_FAULT_WEAK);
    tls_free(tls_of(&good));
    tls_free(tls_of(&rsa));
    tls_free(NULL);
    struct pair *all[] = {&good, &other, &rsa, &weak};
    for (size_t i = 0; i < 4; i++)
        free_pair(all[i]);
}
END_TEST

START_TEST(a_chain_is_taken_up_to_a_bound_and_read_to_its_end)
{
    enum { CHAIN_MAX = 10 };
    struct pair pair = make_pair("a", 0), issuer = make_pair("b", 0);
    for (size_t i = 1; i < CHAIN_MAX; i++)
        buf_put_text(&pair.certificate, buf_text(&issuer.certificate));
    tls_free(tls_of(&pair));
    struct text damaged = {pair.certificate.data, pair.certificate.length - 40};
    assert_fault(damaged, buf_text(&pair.key), TLS_FAULT_CERTIFICATE);
    buf_put_text(&pair.certificate, buf_text(&issuer.certificate));
    assert_fault(buf_text(&pair.certificate), buf_text(&pair.key), TLS_FAULT_CERTIFICATE);
    free_pair(&pair);
    free_pair(&issuer);
}
END_TEST

START_TEST(a_key_behind_a_password_is_refused_without_asking)
{
    struct pair pair = make_pair("a", 0);
    BIO *from = BIO_new_mem_buf(pair.key.data, (int)pair.key.length), *to = BIO_new(BIO_s_mem());
    EVP_PKEY *key = PEM_read_bio_PrivateKey(from, NULL, NULL, NULL);
    static const unsigned char password[] = "secret";
    char *bytes;
    ck_assert_int_eq(PEM_write_bio_PrivateKey(to, key, EVP_aes_256_cbc(), password, 6, NULL, NULL), 1);
    long length = BIO_get_mem_data(to, &bytes);
    assert_fault(buf_text(&pair.certificate), (struct text){bytes, (size_t)length}, TLS_FAULT_KEY);
    EVP_PKEY_free(key);
    BIO_free(from);
    BIO_free(to);
    free_pair(&pair);
}
END_TEST

START_TEST(its_times_are_those_that_all_of_the_chain_share)
{
    struct pair pair = make_pair("a", 0), issuer = {.key = {0}};
    struct tls_wish wish = {"b", NOW_S - DAY_S / 2, NOW_S + DAY_S / 2, 0};
    buf_init(&issuer.certificate, 1 << 20);
    buf_init(&issuer.key, 1 << 20);
    ck_assert_int_eq(tls_self_signed(&wish, &issuer.certificate, &issuer.key), ERR_OK);
    struct tls *tls = tls_of(&pair);
    ck_assert_int_eq(tls_expires_s(tls), NOW_S + DAY_S);
    ck_assert_int_eq(tls_fault_at(tls, NOW_S - DAY_S - 1), TLS_FAULT_NOT_YET);
    ck_assert_int_eq(tls_fault_at(tls, NOW_S - DAY_S), TLS_FAULT_NONE);
    ck_assert_int_eq(tls_fault_at(tls, NOW_S + DAY_S - 1), TLS_FAULT_NONE);
    ck_assert_int_eq(tls_fault_at(tls, NOW_S + DAY_S), TLS_FAULT_EXPIRED);
    tls_free(tls);
    buf_put_text(&pair.certificate, buf_text(&issuer.certificate));
    tls = tls_of(&pair);
    ck_assert_int_eq(tls_expires_s(tls), wish.ends_s);
    ck_assert_int_eq(tls_fault_at(tls, wish.begins_s - 1), TLS_FAULT_NOT_YET);
    tls_free(tls);
    free_pair(&pair);
    free_pair(&issuer);
}
END_TEST

/* --- what is offered --- */

START_TEST(tls_1_2_and_1_3_serve_requests)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    struct secure secure;
    start_secure(&secure);
    for (size_t i = 0; i < 2; i++) {
        struct peer peer = greet(&secure.service, versions[i]);
        ck_assert_int_eq(SSL_version(peer.ssl), versions[i]);
        for (size_t request = 0; request < 3; request++) {
            TELL(&secure.service, &peer, GET("/client"));
            assert_listened(&secure.service, &peer, "\r\n\r\n127.0.0.1", 1);
        }
        ck_assert_int_eq(SSL_SESSION_is_resumable(SSL_get_session(peer.ssl)), 0);
        hang_up(&peer);
    }
    const struct h1_server_counts *counts = h1_server_counts(secure.service.server);
    ck_assert_uint_eq(counts->handshakes_done, 2);
    TURN_UNTIL(&secure.service, counts->connections == 0);
    ck_assert_uint_eq(counts->handshakes, 0);
    end_secure(&secure);
}
END_TEST

static void assert_no_handshake(struct secure *secure, SSL_CTX *context, enum tls_failure failure)
{
    const struct h1_server_counts *counts = h1_server_counts(secure->service.server);
    uint64_t before = counts->handshakes_failed[failure];
    struct peer peer = dial_tls(&secure->service, context);
    ck_assert(!shake(&secure->service, &peer));
    TURN_UNTIL(&secure->service, counts->handshakes_failed[failure] == before + 1);
    hang_up(&peer);
    ck_assert_uint_eq(counts->handshakes_done, 0);
}

static SSL_CTX *with_ciphers(const char *ciphers)
{
    SSL_CTX *context = client_context(TLS1_2_VERSION);
    ck_assert_int_eq(SSL_CTX_set_cipher_list(context, ciphers), 1);
    return context;
}

static SSL_CTX *with_group(const char *group)
{
    SSL_CTX *context = client_context(TLS1_3_VERSION);
    ck_assert_int_eq(SSL_CTX_set1_groups_list(context, group), 1);
    return context;
}

static SSL_CTX *with_protocols(const char *protocols)
{
    SSL_CTX *context = client_context(TLS1_3_VERSION);
    ck_assert_int_eq(SSL_CTX_set_alpn_protos(context, (const unsigned char *)protocols, (unsigned)strlen(protocols)),
                     0);
    return context;
}

START_TEST(nothing_weaker_is_agreed_on)
{
    struct secure secure;
    start_secure(&secure);
    assert_no_handshake(&secure, client_context(TLS1_1_VERSION), TLS_FAILURE_VERSION);
    assert_no_handshake(&secure, client_context(TLS1_VERSION), TLS_FAILURE_VERSION);
    assert_no_handshake(&secure, with_ciphers("ECDHE-ECDSA-AES128-SHA256"), TLS_FAILURE_SHARED);
    assert_no_handshake(&secure, with_ciphers("ECDHE-ECDSA-AES256-SHA"), TLS_FAILURE_SHARED);
    assert_no_handshake(&secure, with_ciphers("AES128-GCM-SHA256"), TLS_FAILURE_SHARED);
    assert_no_handshake(&secure, with_group("P-521"), TLS_FAILURE_SHARED);
    assert_no_handshake(&secure, with_protocols("\2h2"), TLS_FAILURE_SHARED);
    end_secure(&secure);
}
END_TEST

START_TEST(http_1_1_is_the_protocol_that_is_agreed_on)
{
    struct secure secure;
    start_secure(&secure);
    struct peer peer = dial_tls(&secure.service, with_protocols("\2h2\10http/1.1"));
    const unsigned char *chosen;
    unsigned length;
    ck_assert(shake(&secure.service, &peer));
    SSL_get0_alpn_selected(peer.ssl, &chosen, &length);
    ck_assert(text_is((struct text){(const char *)chosen, length}, "http/1.1"));
    hang_up(&peer);
    end_secure(&secure);
}
END_TEST

START_TEST(nothing_is_negotiated_anew)
{
    struct secure secure;
    char byte;
    start_secure(&secure);
    struct peer peer = greet(&secure.service, TLS1_2_VERSION);
    ck_assert_int_eq(SSL_renegotiate(peer.ssl), 1);
    int result, left = PATIENCE_MS;
    while ((result = SSL_do_handshake(peer.ssl)) != 1 && again(&secure.service, &peer, result))
        ck_assert_int_gt(left--, 0);
    ck_assert_int_ne(result, 1);
    ck_assert_int_le(SSL_read(peer.ssl, &byte, 1), 0);
    hang_up(&peer);
    end_secure(&secure);
}
END_TEST

/* --- what is no TLS --- */

START_TEST(what_is_no_tls_gets_no_answer)
{
    static const char *const said[] = {GET("/"), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x16\x03\x01\x00\x05hello",
                                       "SSH-2.0-OpenSSH_9.2\r\n"};
    struct secure secure;
    start_secure(&secure);
    const struct h1_server_counts *counts = h1_server_counts(secure.service.server);
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        int fd = dial(&secure.service);
        size_t length = i == 2 ? 10 : strlen(said[i]);
        ck_assert_int_eq(send(fd, said[i], length, MSG_NOSIGNAL), (ssize_t)length);
        struct buf heard = hear_all(&secure.service, fd);
        ck_assert_uint_le(heard.length, 7); /* an alert at most */
        ck_assert_uint_eq(count_of(&heard, "HTTP"), 0);
        buf_free(&heard);
        close(fd);
    }
    ck_assert_uint_eq(secure.service.heads, 0);
    ck_assert_uint_ge(counts->handshakes_failed[TLS_FAILURE_NOT_TLS], 3);
    ck_assert_uint_eq(counts->responses[4], 0);
    end_secure(&secure);
}
END_TEST

START_TEST(a_client_that_leaves_or_does_not_trust_is_counted_so)
{
    struct secure secure;
    start_secure(&secure);
    const struct h1_server_counts *counts = h1_server_counts(secure.service.server);
    int fd = dial(&secure.service);
    TURN_UNTIL(&secure.service, counts->handshakes == 1);
    close(fd);
    TURN_UNTIL(&secure.service, counts->handshakes_failed[TLS_FAILURE_CUT] == 1);
    SSL_CTX *context = client_context(TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    struct peer peer = dial_tls(&secure.service, context);
    ck_assert(!shake(&secure.service, &peer));
    TURN_UNTIL(&secure.service, counts->handshakes_failed[TLS_FAILURE_REFUSED] == 1);
    hang_up(&peer);
    end_secure(&secure);
}
END_TEST

/* --- floods --- */

START_TEST(a_handshake_has_a_deadline)
{
    struct secure secure;
    struct h1_server_options options = secure_options(&secure);
    options.handshake_timeout_ms = 100;
    start(&secure.service, &options);
    const struct h1_server_counts *counts = h1_server_counts(secure.service.server);
    struct peer kept = greet(&secure.service, TLS1_3_VERSION);
    int silent = dial(&secure.service), begun = dial(&secure.service);
    ck_assert_int_eq(send(begun, "\x16\x03\x01\x02\x00\x01", 6, MSG_NOSIGNAL), 6);
    for (int i = 0; i < 2; i++) {
        struct buf heard = hear_all(&secure.service, i ? begun : silent);
        ck_assert_uint_eq(heard.length, 0);
        buf_free(&heard);
    }
    ck_assert_uint_eq(counts->causes[H1_CAUSE_HANDSHAKE_LATE], 2);
    TELL(&secure.service, &kept, GET("/client"));
    assert_listened(&secure.service, &kept, "127.0.0.1", 1);
    hang_up(&kept);
    close(silent);
    close(begun);
    end_secure(&secure);
}
END_TEST

START_TEST(the_oldest_handshake_gives_way)
{
    enum { FLOOD = 40, HANDSHAKES_MAX = 8 };
    struct secure secure;
    struct h1_server_options options = secure_options(&secure);
    int flood[FLOOD];
    options.handshakes_max = HANDSHAKES_MAX;
    start(&secure.service, &options);
    const struct h1_server_counts *counts = h1_server_counts(secure.service.server);
    struct peer kept = greet(&secure.service, TLS1_3_VERSION);
    for (size_t i = 0; i < FLOOD; i++) {
        flood[i] = dial(&secure.service);
        turn(&secure.service);
    }
    TURN_UNTIL(&secure.service, counts->accepted == FLOOD + 1);
    turn(&secure.service);
    ck_assert_uint_eq(counts->handshakes, HANDSHAKES_MAX);
    ck_assert_uint_eq(counts->causes[H1_CAUSE_HANDSHAKES], FLOOD - HANDSHAKES_MAX);
    struct peer late = greet(&secure.service, TLS1_3_VERSION); /* the flood does not keep it out */
    TELL(&secure.service, &late, GET("/client"));
    assert_listened(&secure.service, &late, "127.0.0.1", 1);
    TELL(&secure.service, &kept, GET("/client"));
    assert_listened(&secure.service, &kept, "127.0.0.1", 1);
    hang_up(&late);
    hang_up(&kept);
    for (size_t i = 0; i < FLOOD; i++)
        close(flood[i]);
    end_secure(&secure);
}
END_TEST

START_TEST(over_a_cap_it_is_closed_without_an_answer)
{
    struct secure secure;
    struct h1_server_options options = secure_options(&secure);
    options.connections_max = 2;
    start(&secure.service, &options);
    const struct h1_server_counts *counts = h1_server_counts(secure.service.server);
    int first = dial(&secure.service), second = dial(&secure.service), third;
    TURN_UNTIL(&secure.service, counts->handshakes == 2);
    third = dial(&secure.service);
    struct buf heard = hear_all(&secure.service, third);
    ck_assert_uint_eq(heard.length, 0);
    ck_assert_uint_eq(counts->causes[H1_CAUSE_CONNECTIONS], 1);
    ck_assert_uint_eq(counts->handshakes, 2);
    buf_free(&heard);
    close(first);
    close(second);
    close(third);
    end_secure(&secure);
}
END_TEST

RUN_TESTS("wire/tls", a_pair_that_cannot_serve_is_told_from_one_that_can,
          a_chain_is_taken_up_to_a_bound_and_read_to_its_end, a_key_behind_a_password_is_refused_without_asking,
          its_times_are_those_that_all_of_the_chain_share, tls_1_2_and_1_3_serve_requests,
          nothing_weaker_is_agreed_on, http_1_1_is_the_protocol_that_is_agreed_on, nothing_is_negotiated_anew,
          what_is_no_tls_gets_no_answer, a_client_that_leaves_or_does_not_trust_is_counted_so,
          a_handshake_has_a_deadline, the_oldest_handshake_gives_way, over_a_cap_it_is_closed_without_an_answer)
