#include "wire/connect.h"

#include "api/message.h"
#include "wire/connect_coding.h"
#include "wire/connect_internal.h"

#include <string.h>

enum { TIMEOUT_DIGITS_MAX = 10, BUDGET_FACTOR = 16, BUDGET_BYTES_MIN = 64 << 10, BUDGET_BYTES_MAX = 256 << 20 };

static const REFUSAL(refusal_compression, STATUS_UNIMPLEMENTED, "compression",
                     "Deze compressie kent de dienst niet. Wel: gzip, identity.",
                     "The service does not know this compression. It knows: gzip, identity.");
static const REFUSAL(refusal_version, STATUS_INVALID_ARGUMENT, "protocol_version",
                     "Deze versie van het protocol kent de dienst niet. Wel: Connect-Protocol-Version 1, connect=v1.",
                     "The service does not know this version of the protocol. It knows: Connect-Protocol-Version 1, "
                     "connect=v1.");
static const REFUSAL(refusal_timeout, STATUS_INVALID_ARGUMENT, "timeout",
                     "Connect-Timeout-Ms is een getal van 1 tot 10 cijfers.",
                     "Connect-Timeout-Ms is a number of 1 to 10 digits.");
static const REFUSAL(refusal_query, STATUS_INVALID_ARGUMENT, "query",
                     "Geef in de query message en encoding mee, elk één keer; base64 is 0 of 1.",
                     "Give message and encoding in the query, each once; base64 is 0 or 1.");

static const struct {
    const char *name;         /* in a query */
    const char *content_type; /* of a body */
} codecs[] = {
    [CONNECT_PROTO] = {"proto", "application/proto"},
    [CONNECT_JSON] = {"json", "application/json"},
};

static const char *const codings[] = {[CONNECT_IDENTITY] = "identity", [CONNECT_GZIP] = "gzip"};

const char *connect_content_type(enum connect_codec codec)
{
    return codecs[codec].content_type;
}

const char *connect_coding_name(enum connect_coding coding)
{
    return codings[coding];
}

size_t connect_body_bytes_max(const struct method *method, enum connect_codec codec)
{
    return codec == CONNECT_JSON ? 2 * method->max_bytes : method->max_bytes;
}

size_t connect_budget_bytes(size_t length)
{
    return length < BUDGET_BYTES_MAX / BUDGET_FACTOR ? length * BUDGET_FACTOR + BUDGET_BYTES_MIN : BUDGET_BYTES_MAX;
}

enum err connect_refuse_http(struct connect_refusal *refusal, int http_status, const char *name, const char *value)
{
    *refusal = (struct connect_refusal){http_status, name, value, STATUS_DONE};
    return ERR_INPUT;
}

enum err connect_refuse(struct connect_refusal *refusal, const struct refusal *why)
{
    *refusal = (struct connect_refusal){status_http(why->code), NULL, NULL, status_refuse(why)};
    return ERR_INPUT;
}

static enum err refuse_content_type(struct connect_refusal *refusal)
{
    return connect_refuse_http(refusal, 415, "Accept-Post", "application/json, application/proto");
}

/* A part of a list in a header: what stands before its first ';', and the weight "q" behind it in thousandths. */
static struct text weighted(struct text part, unsigned *thousandths)
{
    struct text value, parameter;
    *thousandths = 1000;
    text_next(&part, ';', &value);
    while (text_next(&part, ';', &parameter)) {
        parameter = text_trim(parameter);
        if (parameter.length < 3 || (parameter.data[0] != 'q' && parameter.data[0] != 'Q') ||
            parameter.data[1] != '=')
            continue;
        double weight;
        enum err e = text_to_double((struct text){parameter.data + 2, parameter.length - 2}, &weight);
        *thousandths = e == ERR_OK && weight > 0 && weight <= 1 ? (unsigned)(weight * 1000 + 0.5) : 0;
    }
    return text_trim(value);
}

static struct text primary_subtag(struct text tag)
{
    struct text first;
    text_next(&tag, '-', &first);
    return first;
}

enum language connect_language(struct text accept_language)
{
    enum language best = LANGUAGE_NL;
    unsigned best_weight = 0;
    struct text rest = accept_language, part;
    while (text_next(&rest, ',', &part)) {
        unsigned weight;
        struct text tag = primary_subtag(weighted(part, &weight));
        bool english = text_is_nocase(tag, "en");
        if ((!english && !text_is_nocase(tag, "nl")) || weight <= best_weight)
            continue;
        best = english ? LANGUAGE_EN : LANGUAGE_NL;
        best_weight = weight;
    }
    return best;
}

struct text connect_media_type(struct text content_type)
{
    struct text media;
    return text_next(&content_type, ';', &media) ? text_trim(media) : (struct text){"", 0};
}

static bool find_codec_type(struct text content_type, enum connect_codec *out)
{
    struct text media = connect_media_type(content_type);
    for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++) {
        if (text_is_nocase(media, codecs[i].content_type)) {
            *out = (enum connect_codec)i;
            return true;
        }
    }
    return false;
}

enum err connect_check_coding(struct text name, enum connect_coding *out, struct connect_refusal *refusal)
{
    name = text_trim(name);
    if (name.length == 0) {
        *out = CONNECT_IDENTITY;
        return ERR_OK;
    }
    for (size_t i = 0; i < sizeof codings / sizeof codings[0]; i++) {
        if (text_is_nocase(name, codings[i])) {
            *out = (enum connect_coding)i;
            return ERR_OK;
        }
    }
    return connect_refuse(refusal, &refusal_compression);
}

enum connect_coding connect_accepted_coding(struct text accept_encoding)
{
    struct text part;
    while (text_next(&accept_encoding, ',', &part)) {
        unsigned weight;
        if (text_is_nocase(weighted(part, &weight), codings[CONNECT_GZIP]) && weight > 0)
            return CONNECT_GZIP;
    }
    return CONNECT_IDENTITY;
}

/* A timeout of 0 has passed when it comes: 1 ms is the least that is waited. */
static enum err check_timeout(struct text header, uint64_t *timeout_ms, struct connect_refusal *refusal)
{
    uint64_t value = 0;
    if (!header.data)
        return ERR_OK;
    if (header.length < 1 || header.length > TIMEOUT_DIGITS_MAX)
        return connect_refuse(refusal, &refusal_timeout);
    for (size_t i = 0; i < header.length; i++) {
        if (header.data[i] < '0' || header.data[i] > '9')
            return connect_refuse(refusal, &refusal_timeout);
        value = value * 10 + (uint64_t)(header.data[i] - '0');
    }
    *timeout_ms = value ? value : 1;
    return ERR_OK;
}

enum err connect_check_call(const struct connect_head *head, struct connect_request *out,
                            struct connect_refusal *refusal)
{
    if (head->protocol_version.data && !text_is(head->protocol_version, "1"))
        return connect_refuse(refusal, &refusal_version);
    return check_timeout(head->timeout_ms, &out->timeout_ms, refusal);
}

/* The query of a GET, each parameter at most once; views of undecoded values, data NULL where it is absent. */
struct query {
    struct text message, encoding, base64, compression, connect;
};

static bool read_query(struct text rest, struct query *query)
{
    const struct {
        const char *name;
        struct text *value;
    } parameters[] = {{"message", &query->message},
                      {"encoding", &query->encoding},
                      {"base64", &query->base64},
                      {"compression", &query->compression},
                      {"connect", &query->connect}};
    struct text pair, name;
    while (text_next(&rest, '&', &pair)) {
        text_next(&pair, '=', &name);
        for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
            if (!text_is(name, parameters[i].name))
                continue;
            if (parameters[i].value->data)
                return false;
            *parameters[i].value = pair.data ? pair : text_of("");
        }
    }
    return true;
}

static enum err check_get(const struct connect_head *head, struct connect_request *out,
                          struct connect_refusal *refusal)
{
    struct query query = {.message = {NULL, 0}};
    if (!read_query(head->query, &query))
        return connect_refuse(refusal, &refusal_query);
    if (text_is(query.encoding, codecs[CONNECT_JSON].name))
        out->codec = CONNECT_JSON;
    else if (text_is(query.encoding, codecs[CONNECT_PROTO].name))
        out->codec = CONNECT_PROTO;
    else
        return query.encoding.data ? refuse_content_type(refusal) : connect_refuse(refusal, &refusal_query);
    enum err e = connect_check_coding(query.compression, &out->coding, refusal);
    if (e != ERR_OK)
        return e;
    if (query.connect.data && !text_is(query.connect, "v1"))
        return connect_refuse(refusal, &refusal_version);
    out->base64 = text_is(query.base64, "1");
    if (!query.message.data || (query.base64.data && !out->base64 && !text_is(query.base64, "0")))
        return connect_refuse(refusal, &refusal_query);
    out->get_message = query.message;
    return ERR_OK;
}

static enum err check_post(const struct connect_head *head, struct connect_request *out,
                           struct connect_refusal *refusal)
{
    if (!find_codec_type(head->content_type, &out->codec))
        return refuse_content_type(refusal);
    return connect_check_coding(head->content_encoding, &out->coding, refusal);
}

enum err connect_check(const struct method *method, const struct connect_head *head, struct connect_request *out,
                       struct connect_refusal *refusal)
{
    bool may_get = method->flags & METHOD_GET;
    struct connect_request request = {
        .language = connect_language(head->accept_language),
        .answer_coding = connect_accepted_coding(head->accept_encoding),
        .is_get = text_is(head->verb, "GET"),
    };
    *out = request;
    if (request.is_get ? !may_get : !text_is(head->verb, "POST"))
        return connect_refuse_http(refusal, 405, "Allow", may_get ? "GET, POST" : "POST");
    enum err e = request.is_get ? check_get(head, &request, refusal) : check_post(head, &request, refusal);
    if (e != ERR_OK)
        return e;
    e = connect_check_call(head, &request, refusal);
    if (e == ERR_OK)
        *out = request;
    return e;
}

const struct refusal *connect_refusal_of(enum err e)
{
    if (e == ERR_RANGE)
        return &refusal_too_large;
    return e == ERR_MEMORY ? &refusal_memory : &refusal_malformed;
}

/* A GET's message out of its query, into `out`. */
static enum err query_message(const struct connect_request *request, struct buf *out)
{
    enum err e = coding_percent_decode(request->get_message, out);
    if (e != ERR_OK || !request->base64)
        return e;
    return coding_base64_in_place(out);
}

enum err connect_message(const struct method *method, const struct connect_request *request, struct text body,
                         struct buf *scratch, struct text *out, const struct refusal **refusal)
{
    size_t bytes_max = connect_body_bytes_max(method, request->codec);
    struct buf query;
    buf_init(&query, bytes_max);
    enum err e = ERR_OK;
    struct text bytes = body;
    if (request->is_get) {
        e = query_message(request, &query);
        bytes = buf_text(&query);
    }
    if (e == ERR_OK && request->coding == CONNECT_GZIP && bytes.length > 0) {
        e = coding_gunzip(bytes, bytes_max, scratch);
        bytes = buf_text(scratch);
    } else if (e == ERR_OK && request->is_get) {
        buf_put_text(scratch, bytes);
        e = buf_error(scratch);
        bytes = buf_text(scratch);
    }
    if (e == ERR_OK && bytes.length > bytes_max)
        e = ERR_RANGE;
    buf_free(&query);
    if (e == ERR_OK)
        *out = bytes;
    else
        *refusal = connect_refusal_of(e);
    return e;
}

/* What to answer where a message could not be read: the place is told where it is a field. */
static struct status decode_status(enum err e, const struct json_fault *fault)
{
    if (e == ERR_MEMORY)
        return status_refuse(&refusal_memory);
    if (fault->path[0])
        return status_refuse_field(&refusal_bad_value, fault->path);
    return status_refuse(&refusal_malformed);
}

enum err connect_decode(const struct method *method, const struct connect_request *request, struct text bytes,
                        size_t budget_bytes, struct pbguard_message *out, struct json_fault *fault,
                        struct status *status)
{
    struct pbguard_message message;
    enum err e;
    *fault = (struct json_fault){.what = "not read"};
    if (request->codec == CONNECT_JSON)
        e = json_decode(method->request, bytes, budget_bytes, true, &message, fault);
    else if (method->target != TARGET_SAGA_TEXT) /* from those the text is taken out */
        e = pbguard_unpack_whole(method->request, bytes, &pbguard_limits_public, budget_bytes, true, &message,
                                 &fault->what);
    else
        e = pbguard_unpack(method->request, bytes, &pbguard_limits_public, budget_bytes, true, &message,
                           &fault->what);
    if (e != ERR_OK) {
        *status = decode_status(e, fault);
        return e;
    }
    if (protobuf_c_message_get_packed_size(message.message) > method->max_bytes) {
        pbguard_free(&message);
        *status = status_refuse(&refusal_too_large);
        return ERR_RANGE;
    }
    *out = message;
    return ERR_OK;
}

enum err connect_encode(enum connect_codec codec, const void *message, struct buf *buf)
{
    return codec == CONNECT_JSON ? json_encode(message, buf) : message_pack_buf(message, buf);
}

enum err connect_encode_packed(const struct method *method, enum connect_codec codec, struct text packed,
                               size_t budget_bytes, struct buf *buf)
{
    struct pbguard_message message;
    if (codec == CONNECT_PROTO) {
        buf_put_text(buf, packed);
        return buf_error(buf);
    }
    enum err e =
        pbguard_unpack(method->response, packed, &pbguard_limits_internal, budget_bytes, true, &message, NULL);
    if (e != ERR_OK)
        return e;
    e = json_encode(message.message, buf);
    pbguard_free(&message);
    return e;
}

enum err connect_gzip(struct text bytes, struct buf *buf)
{
    return coding_gzip(bytes, buf);
}

static void put_detail(struct buf *buf, const struct connect_detail *detail)
{
    buf_put_string(buf, "{\"type\":");
    json_put_string(buf, text_of(detail->type));
    buf_put_string(buf, ",\"value\":\"");
    json_put_base64(buf, detail->value, false);
    buf_put_char(buf, '"');
    if (detail->debug.length > 0) {
        buf_put_string(buf, ",\"debug\":");
        buf_put_text(buf, detail->debug);
    }
    buf_put_char(buf, '}');
}

enum err connect_error_details(struct buf *buf, enum status_code code, const char *message,
                               const struct connect_detail *details, size_t detail_count)
{
    buf_put_string(buf, "{\"code\":");
    json_put_string(buf, text_of(status_code_name(code)));
    if (message && *message) {
        buf_put_string(buf, ",\"message\":");
        json_put_string(buf, text_of(message));
    }
    for (size_t i = 0; i < detail_count; i++) {
        buf_put_string(buf, i ? "," : ",\"details\":[");
        put_detail(buf, &details[i]);
    }
    buf_put_string(buf, detail_count ? "]}" : "}");
    return buf_error(buf);
}

enum err connect_error_body(struct buf *buf, enum status_code code, const char *message,
                            const Stagematch__V1__Refusal *refusal)
{
    struct buf packed, debug;
    if (!refusal)
        return connect_error_details(buf, code, message, NULL, 0);
    buf_init(&packed, buf->limit_bytes);
    buf_init(&debug, buf->limit_bytes);
    enum err e = message_pack_buf(refusal, &packed);
    if (e == ERR_OK)
        e = json_encode(refusal, &debug);
    if (e == ERR_OK) {
        struct connect_detail detail = {"stagematch.v1.Refusal", buf_text(&packed), buf_text(&debug)};
        e = connect_error_details(buf, code, message, &detail, 1);
    }
    buf_free(&packed);
    buf_free(&debug);
    return e;
}

enum err connect_error_status(struct buf *buf, const struct status *status, enum language language)
{
    const struct refusal *why = status->refusal ? status->refusal : &refusal_internal;
    Stagematch__V1__Refusal detail = STAGEMATCH__V1__REFUSAL__INIT;
    detail.code = message_borrow(why->name);
    detail.field = message_borrow(status->field ? status->field : "");
    detail.message_nl = message_borrow(why->message_nl);
    detail.message_en = message_borrow(why->message_en);
    detail.current_version = status->current_version;
    return connect_error_refusal(buf, why->code, &detail, language);
}

enum err connect_error_refusal(struct buf *buf, enum status_code code, const Stagematch__V1__Refusal *refusal,
                               enum language language)
{
    const char *message = language == LANGUAGE_EN ? refusal->message_en : refusal->message_nl;
    return connect_error_body(buf, code, message, refusal);
}
