#include "wire/connect_stream.h"

#include "wire/connect_coding.h"
#include "wire/connect_internal.h"

#include <stdint.h>
#include <string.h>

enum { FLAG_COMPRESSED = 1, FLAG_END = 2 };

static const REFUSAL(refusal_messages, STATUS_UNIMPLEMENTED, "message_count",
                     "Stuur bij deze methode precies één bericht.", "Send exactly one message with this method.");
static const REFUSAL(refusal_flag, STATUS_INTERNAL, "envelope_flag",
                     "Het bericht heet gecomprimeerd, maar Connect-Content-Encoding noemt geen compressie.",
                     "The message is marked as compressed, but Connect-Content-Encoding names no compression.");

const char *connect_stream_content_type(enum connect_codec codec)
{
    return codec == CONNECT_JSON ? "application/connect+json" : "application/connect+proto";
}

size_t connect_stream_body_bytes_max(const struct method *method, enum connect_codec codec)
{
    return connect_body_bytes_max(method, codec) + CONNECT_ENVELOPE_BYTES;
}

static bool find_codec(struct text content_type, enum connect_codec *out)
{
    struct text media = connect_media_type(content_type);
    for (enum connect_codec codec = CONNECT_PROTO; codec <= CONNECT_JSON; codec++) {
        if (text_is_nocase(media, connect_stream_content_type(codec))) {
            *out = codec;
            return true;
        }
    }
    return false;
}

enum err connect_stream_check(const struct connect_head *head, struct connect_request *out,
                              struct connect_refusal *refusal)
{
    struct connect_request request = {
        .language = connect_language(head->accept_language),
        .answer_coding = connect_accepted_coding(head->stream_accept_encoding),
    };
    *out = request;
    if (!text_is(head->verb, "POST"))
        return connect_refuse_http(refusal, 405, "Allow", "POST");
    if (!find_codec(head->content_type, &request.codec))
        return connect_refuse_http(refusal, 415, "Accept-Post",
                                   "application/connect+json, application/connect+proto");
    *out = request;
    enum err e = connect_check_coding(head->stream_content_encoding, &request.coding, refusal);
    if (e == ERR_OK)
        e = connect_check_call(head, &request, refusal);
    if (e == ERR_OK)
        *out = request;
    else
        refusal->http_status = 200;
    return e;
}

/* The first envelope of `rest`, which becomes what is behind it. */
static enum err next_envelope(struct text *rest, unsigned *flags, struct text *message)
{
    const unsigned char *bytes = (const unsigned char *)rest->data;
    if (rest->length < CONNECT_ENVELOPE_BYTES)
        return ERR_INPUT;
    size_t length = (size_t)bytes[1] << 24 | (size_t)bytes[2] << 16 | (size_t)bytes[3] << 8 | bytes[4];
    if (length > rest->length - CONNECT_ENVELOPE_BYTES)
        return ERR_INPUT;
    *flags = bytes[0];
    *message = (struct text){rest->data + CONNECT_ENVELOPE_BYTES, length};
    *rest = (struct text){message->data + length, rest->length - CONNECT_ENVELOPE_BYTES - length};
    return ERR_OK;
}

static enum err refuse(const struct refusal **refusal, const struct refusal *why)
{
    *refusal = why;
    return ERR_INPUT;
}

enum err connect_stream_message(const struct method *method, const struct connect_request *request, struct text body,
                                struct buf *scratch, struct text *out, const struct refusal **refusal)
{
    size_t bytes_max = connect_body_bytes_max(method, request->codec);
    struct text rest = body, message;
    unsigned flags;
    if (body.length == 0)
        return refuse(refusal, &refusal_messages);
    if (next_envelope(&rest, &flags, &message) != ERR_OK || (flags & ~(unsigned)FLAG_COMPRESSED))
        return refuse(refusal, &refusal_malformed);
    if (rest.length > 0)
        return refuse(refusal, &refusal_messages);
    enum err e = ERR_OK;
    if (flags & FLAG_COMPRESSED) {
        if (request->coding == CONNECT_IDENTITY)
            return refuse(refusal, &refusal_flag);
        e = message.length > 0 ? coding_gunzip(message, bytes_max, scratch) : ERR_OK;
        message = buf_text(scratch);
    }
    if (e == ERR_OK && message.length > bytes_max)
        e = ERR_RANGE;
    if (e == ERR_OK)
        *out = message;
    else
        *refusal = connect_refusal_of(e);
    return e;
}

/* Room for what is not known before the message is written; returns where. */
static size_t begin_envelope(struct buf *buf)
{
    static const char unknown[CONNECT_ENVELOPE_BYTES] = {0};
    buf_put(buf, unknown, sizeof unknown);
    return buf->length;
}

static enum err end_envelope(struct buf *buf, size_t begun, unsigned flags)
{
    if (buf_error(buf) != ERR_OK)
        return buf_error(buf);
    size_t length = buf->length - begun;
    if (length > UINT32_MAX)
        return ERR_RANGE;
    const unsigned char prefix[CONNECT_ENVELOPE_BYTES] = {(unsigned char)flags, (unsigned char)(length >> 24),
                                                          (unsigned char)(length >> 16), (unsigned char)(length >> 8),
                                                          (unsigned char)length};
    memcpy(buf->data + begun - sizeof prefix, prefix, sizeof prefix);
    return ERR_OK;
}

enum err connect_stream_put(enum connect_coding coding, struct text message, struct buf *buf)
{
    size_t begun = begin_envelope(buf);
    if (coding != CONNECT_GZIP || message.length < CONNECT_STREAM_GZIP_BYTES) {
        buf_put_text(buf, message);
        return end_envelope(buf, begun, 0);
    }
    enum err e = coding_gzip(message, buf);
    return e == ERR_OK ? end_envelope(buf, begun, FLAG_COMPRESSED) : e;
}

static void put_metadata(struct buf *buf, const struct connect_metadata *metadata, size_t count)
{
    buf_put_string(buf, "\"metadata\":{");
    for (size_t i = 0; i < count; i++) {
        bool continues = i > 0 && text_equal(metadata[i].name, metadata[i - 1].name);
        if (!continues) {
            buf_put_string(buf, i ? "]," : "");
            json_put_string(buf, metadata[i].name);
            buf_put_string(buf, ":[");
        } else {
            buf_put_char(buf, ',');
        }
        json_put_string(buf, metadata[i].value);
    }
    buf_put_string(buf, "]}");
}

enum err connect_stream_end(struct buf *buf, struct text error, const struct connect_metadata *metadata,
                            size_t metadata_count)
{
    size_t begun = begin_envelope(buf);
    buf_put_char(buf, '{');
    if (error.length > 0) {
        buf_put_string(buf, "\"error\":");
        buf_put_text(buf, error);
    }
    if (metadata_count > 0) {
        buf_put_string(buf, error.length > 0 ? "," : "");
        put_metadata(buf, metadata, metadata_count);
    }
    buf_put_char(buf, '}');
    return end_envelope(buf, begun, FLAG_END);
}

enum err connect_stream_end_status(struct buf *buf, const struct status *status, enum language language)
{
    struct buf error;
    buf_init(&error, buf->limit_bytes);
    enum err e = status->refusal ? connect_error_status(&error, status, language) : ERR_OK;
    if (e == ERR_OK)
        e = connect_stream_end(buf, buf_text(&error), NULL, 0);
    buf_free(&error);
    return e;
}

enum err connect_stream_end_refusal(struct buf *buf, enum status_code code, const Stagematch__V1__Refusal *refusal,
                                    enum language language)
{
    struct buf error;
    buf_init(&error, buf->limit_bytes);
    enum err e = connect_error_refusal(&error, code, refusal, language);
    if (e == ERR_OK)
        e = connect_stream_end(buf, buf_text(&error), NULL, 0);
    buf_free(&error);
    return e;
}
