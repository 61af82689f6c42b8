#include "wire/h1_internal.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

struct status_line {
    int status;
    struct text line;
    const char *code; /* of a refusal, in Connect's words */
};

#define LINE(status, reason, code)                                                                                   \
    {                                                                                                                \
        status, {"HTTP/1.1 " #status " " reason "\r\n", sizeof "HTTP/1.1 " #status " " reason "\r\n" - 1}, code      \
    }

/* The commonest first. */
static const struct status_line status_lines[] = {
    LINE(200, "OK", "ok"),
    LINE(400, "Bad Request", "invalid_argument"),
    LINE(401, "Unauthorized", "unauthenticated"),
    LINE(403, "Forbidden", "permission_denied"),
    LINE(404, "Not Found", "not_found"),
    LINE(409, "Conflict", "aborted"),
    LINE(429, "Too Many Requests", "resource_exhausted"),
    LINE(304, "Not Modified", "ok"),
    LINE(204, "No Content", "ok"),
    LINE(206, "Partial Content", "ok"),
    LINE(301, "Moved Permanently", "ok"),
    LINE(302, "Found", "ok"),
    LINE(303, "See Other", "ok"),
    LINE(308, "Permanent Redirect", "ok"),
    LINE(405, "Method Not Allowed", "unimplemented"),
    LINE(406, "Not Acceptable", "invalid_argument"),
    LINE(408, "Request Timeout", "deadline_exceeded"),
    LINE(412, "Precondition Failed", "failed_precondition"),
    LINE(413, "Content Too Large", "resource_exhausted"),
    LINE(414, "URI Too Long", "invalid_argument"),
    LINE(415, "Unsupported Media Type", "invalid_argument"),
    LINE(416, "Range Not Satisfiable", "out_of_range"),
    LINE(417, "Expectation Failed", "invalid_argument"),
    LINE(431, "Request Header Fields Too Large", "resource_exhausted"),
    LINE(499, "Client Closed Request", "canceled"),
    LINE(500, "Internal Server Error", "internal"),
    LINE(501, "Not Implemented", "unimplemented"),
    LINE(503, "Service Unavailable", "unavailable"),
    LINE(504, "Gateway Timeout", "deadline_exceeded"),
    LINE(505, "HTTP Version Not Supported", "unimplemented"),
};

static const struct status_line *find_line(int status)
{
    for (size_t i = 0; i < sizeof status_lines / sizeof status_lines[0]; i++)
        if (status_lines[i].status == status)
            return &status_lines[i];
    return NULL;
}

bool answer_has_body(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

/* A head that is being written. */
struct writer {
    char *out;
    size_t length;
    bool too_long;
};

static void put(struct writer *writer, const char *bytes, size_t length)
{
    if (length > EXCHANGE_HEAD_BYTES - writer->length) {
        writer->too_long = true;
        return;
    }
    memcpy(writer->out + writer->length, bytes, length);
    writer->length += length;
}

#define PUT(writer, literal) put((writer), (literal), sizeof(literal) - 1)

static void put_number(struct writer *writer, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    put(writer, digits + at, sizeof digits - at);
}

/* As its bytes go out: false for what could end a line, or is no header at all. */
static bool is_clean(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return false;
    return true;
}

static void put_header(struct writer *writer, const struct exchange_header *header)
{
    if (!is_clean(header->name) || !is_clean(header->value))
        return;
    put(writer, header->name, strlen(header->name));
    PUT(writer, ": ");
    put(writer, header->value, strlen(header->value));
    PUT(writer, "\r\n");
}

static bool has_header(const struct answer *answer, const char *name)
{
    for (size_t i = 0; i < answer->header_count; i++)
        if (strcasecmp(answer->headers[i].name, name) == 0)
            return true;
    return false;
}

static void put_common_headers(struct writer *writer, const struct h1_server *server, const struct answer *answer)
{
    for (size_t i = 0; i < server->options.header_count; i++)
        if (!has_header(answer, server->options.headers[i].name))
            put_header(writer, &server->options.headers[i]);
}

/* RFC 9110 §5.6.7, once a second, in English whatever the locale. */
static void refresh_date(struct h1_server *server)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t second = clock_wall_ms(&server->options.clock) / 1000;
    if (second == server->date_second && server->date[0])
        return;
    time_t time = (time_t)second;
    struct tm utc;
    if (!gmtime_r(&time, &utc))
        return;
    server->date_second = second;
    snprintf(server->date, sizeof server->date, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT",
             days + (size_t)utc.tm_wday * 3, (unsigned)utc.tm_mday % 100, months + (size_t)utc.tm_mon * 3,
             (unsigned)(utc.tm_year + 1900) % 10000, (unsigned)utc.tm_hour % 100, (unsigned)utc.tm_min % 100,
             (unsigned)utc.tm_sec % 100);
}

static void put_status_line(struct writer *writer, int status)
{
    const struct status_line *line = find_line(status);
    if (line) {
        put(writer, line->line.data, line->line.length);
        return;
    }
    PUT(writer, "HTTP/1.1 ");
    put_number(writer, (uint64_t)status);
    PUT(writer, " \r\n");
}

size_t answer_write_head(struct h1_server *server, const struct answer *answer, char out[EXCHANGE_HEAD_BYTES])
{
    struct writer writer = {out, 0, false};
    refresh_date(server);
    put_status_line(&writer, answer->status);
    PUT(&writer, "Date: ");
    put(&writer, server->date, strlen(server->date));
    PUT(&writer, "\r\n");
    if (answer->request_id[0])
        put_header(&writer, &(struct exchange_header){"X-Request-Id", answer->request_id});
    put_common_headers(&writer, server, answer);
    for (size_t i = 0; i < answer->header_count; i++)
        put_header(&writer, &answer->headers[i]);
    if (answer->is_chunked) {
        PUT(&writer, "Transfer-Encoding: chunked\r\n");
    } else if (!answer->is_stream && answer_has_body(answer->status)) {
        PUT(&writer, "Content-Length: ");
        put_number(&writer, answer->body_bytes);
        PUT(&writer, "\r\n");
    }
    if (answer->closes)
        PUT(&writer, "Connection: close\r\n");
    else if (answer->keeps_1_0)
        PUT(&writer, "Connection: keep-alive\r\n");
    PUT(&writer, "\r\n");
    return writer.too_long ? 0 : writer.length;
}

size_t answer_write_refusal(int status, const char *message, char *out, size_t size)
{
    const struct status_line *line = find_line(status);
    int length = snprintf(out, size, "{\"code\":\"%s\",\"message\":\"%s\"}", line ? line->code : "unknown", message);
    return length > 0 && (size_t)length < size ? (size_t)length : 0;
}
