#include "wire/tls_self_signed.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

static bool extend(X509 *certificate, int what, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, what, value);
    bool added = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

/* Random, positive, as RFC 5280 §4.1.2.2 wants it. */
static bool number(X509 *certificate)
{
    uint64_t drawn = 0;
    return RAND_bytes((unsigned char *)&drawn, sizeof drawn) == 1 &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), drawn >> 1 | 1) == 1;
}

static bool fill(X509 *certificate, EVP_PKEY *key, const struct tls_wish *wish)
{
    static const struct {
        int what;
        const char *value;
    } extensions[] = {
        {NID_basic_constraints, "critical,CA:TRUE"},
        {NID_key_usage, "critical,digitalSignature,keyCertSign"},
        {NID_ext_key_usage, "serverAuth"},
        {NID_subject_key_identifier, "hash"},
        {NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1"},
    };
    enum { VERSION_3 = 2 };
    X509_NAME *name = X509_get_subject_name(certificate);
    bool filled =
        X509_set_version(certificate, VERSION_3) == 1 && number(certificate) &&
        ASN1_TIME_set(X509_getm_notBefore(certificate), wish->begins_s) &&
        ASN1_TIME_set(X509_getm_notAfter(certificate), wish->ends_s) && X509_set_pubkey(certificate, key) == 1 &&
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)wish->name, -1, -1, 0) == 1 &&
        X509_set_issuer_name(certificate, name) == 1;
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0] && filled; i++)
        filled = extend(certificate, extensions[i].what, extensions[i].value);
    return filled && X509_sign(certificate, key, EVP_sha256()) > 0;
}

static bool copy_out(BIO *from, struct buf *out)
{
    char *bytes;
    long length = BIO_get_mem_data(from, &bytes);
    if (length > 0)
        buf_put(out, bytes, (size_t)length);
    return length > 0 && buf_error(out) == ERR_OK;
}

enum err tls_self_signed(const struct tls_wish *wish, struct buf *certificate, struct buf *key)
{
    EVP_PKEY *pair = wish->rsa_bits ? EVP_RSA_gen(wish->rsa_bits) : EVP_EC_gen("P-256");
    X509 *made = X509_new();
    BIO *open = BIO_new(BIO_s_mem()), *secret = BIO_new(BIO_s_secmem());
    bool done = pair && made && open && secret && fill(made, pair, wish) && PEM_write_bio_X509(open, made) == 1 &&
                PEM_write_bio_PrivateKey(secret, pair, NULL, NULL, 0, NULL, NULL) == 1 &&
                copy_out(open, certificate) && copy_out(secret, key);
    BIO_free(open);
    BIO_free(secret);
    X509_free(made);
    EVP_PKEY_free(pair);
    ERR_clear_error();
    return done ? ERR_OK : ERR_MEMORY;
}
