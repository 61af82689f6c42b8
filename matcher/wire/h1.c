#include "wire/h1.h"

#include "base/mem.h"
#include "wire/h1_text.h"

#include <sodium.h>
#include <string.h>

enum { HEAD_FIRST_BYTES = 1024, HEAD_KEPT_BYTES = 4096, LENGTH_DIGITS_MAX = 19, CHUNK_DIGITS_MAX = 15 };

/* In this order: the head first, then what stands behind it. */
enum h1_state {
    STATE_START,
    STATE_START_LF, /* behind the CR of the empty line that may stand in front */
    STATE_METHOD,
    STATE_TARGET,
    STATE_VERSION,
    STATE_LINE_LF,
    STATE_FIELD_START,
    STATE_NAME,
    STATE_VALUE,
    STATE_FIELD_LF,
    STATE_HEAD_LF,
    STATE_HEAD_DONE,
    STATE_BODY,
    STATE_CHUNK_SIZE,
    STATE_CHUNK_EXTENSION,
    STATE_CHUNK_SIZE_LF,
    STATE_CHUNK_DATA,
    STATE_CHUNK_CR,
    STATE_CHUNK_LF,
    STATE_TRAILER_START,
    STATE_TRAILER_NAME,
    STATE_TRAILER_VALUE,
    STATE_TRAILER_LF,
    STATE_END_LF,
    STATE_DONE,
    STATE_REFUSED,
};

enum {
    IS_TOKEN = 1,  /* RFC 9110 §5.6.2 */
    IS_TARGET = 2, /* RFC 3986: unreserved, sub-delims, : @ / ? % and, for an authority, [ ] */
    IS_VALUE = 4,  /* RFC 9110 §5.5: HTAB, SP, VCHAR, obs-text */
    IS_HOST = 8,   /* RFC 3986: unreserved, sub-delims, % */
    IS_HEX = 16,
};

/* clang-format off: sixteen in a row */
static const uint8_t classes[256] = {
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x0f, 0x04, 0x05, 0x0f, 0x0f,
    0x0f, 0x0f, 0x0e, 0x0e, 0x0f, 0x0f, 0x0e, 0x0f, 0x0f, 0x06, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f,
    0x1f, 0x06, 0x0e, 0x04, 0x0e, 0x04, 0x06, 0x06, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f,
    0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x06, 0x04, 0x06, 0x05,
    0x0f, 0x05, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f,
    0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x04, 0x05, 0x04, 0x0f, 0x00, 0x04, 0x04, 0x04, 0x04, 0x04,
    0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04,
    0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04,
    0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04,
    0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04,
    0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04,
    0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04,
    0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04,
};
/* clang-format on */

void h1_init(struct h1 *h1)
{
    h1->head = NULL;
    h1->capacity = 0;
    h1->request = (struct h1_request){0};
}

static void drop_head(struct h1 *h1)
{
    mem_free(h1->head);
    h1->head = NULL;
    h1->capacity = 0;
}

/* Tokens stand in heads: they are wiped before the memory goes elsewhere. */
void h1_free(struct h1 *h1)
{
    if (h1->head)
        sodium_memzero(h1->head, h1->capacity);
    drop_head(h1);
}

void h1_next(struct h1 *h1)
{
    if (h1->head)
        sodium_memzero(h1->head, h1->request.length);
    if (h1->capacity > HEAD_KEPT_BYTES)
        drop_head(h1);
    h1->request = (struct h1_request){0};
}

static void refuse(struct h1 *h1, enum h1_refusal refusal)
{
    h1->request.state = STATE_REFUSED;
    h1->request.refusal = (uint8_t)refusal;
}

static void enter(struct h1 *h1, enum h1_state state)
{
    h1->request.state = (uint8_t)state;
}

static bool is_class(char c, unsigned class)
{
    return (classes[(unsigned char)c] & class) != 0;
}

/* The byte to be read next. */
static char next_byte(const struct h1 *h1)
{
    return h1->head[h1->request.at];
}

static uint32_t scan(const struct h1 *h1, unsigned class)
{
    uint32_t at = h1->request.at;
    while (at < h1->request.length && is_class(h1->head[at], class))
        at++;
    return at;
}

/* Takes the byte `expected` and enters `state`, or refuses. */
static void take_byte(struct h1 *h1, char expected, enum h1_state state, enum h1_refusal otherwise)
{
    if (next_byte(h1) != expected) {
        refuse(h1, otherwise);
        return;
    }
    h1->request.at++;
    enter(h1, state);
}

/* --- the request line --- */

static void step_start(struct h1 *h1)
{
    struct h1_request *request = &h1->request;
    if (next_byte(h1) == '\r' && !request->line_skipped) {
        request->line_skipped = true;
        take_byte(h1, '\r', STATE_START_LF, H1_BAD_LINE);
        return;
    }
    if (!is_class(next_byte(h1), IS_TOKEN)) {
        refuse(h1, H1_BAD_LINE);
        return;
    }
    request->mark = request->at;
    enter(h1, STATE_METHOD);
}

static void step_start_lf(struct h1 *h1)
{
    take_byte(h1, '\n', STATE_START, H1_BAD_LINE);
}

static void step_method(struct h1 *h1)
{
    struct h1_request *request = &h1->request;
    request->at = scan(h1, IS_TOKEN);
    if (request->at - request->mark > H1_METHOD_BYTES) {
        refuse(h1, H1_METHOD_LONG);
        return;
    }
    if (request->at == request->length)
        return;
    request->method = (uint16_t)request->mark;
    request->method_length = (uint16_t)(request->at - request->mark);
    take_byte(h1, ' ', STATE_TARGET, H1_BAD_LINE);
    request->mark = request->at;
}

static bool escapes_are_valid(struct text target)
{
    const char *end = target.data + target.length, *at = target.data;
    while ((at = memchr(at, '%', (size_t)(end - at))) != NULL) {
        if (end - at < 3 || !is_class(at[1], IS_HEX) || !is_class(at[2], IS_HEX))
            return false;
        at += 3;
    }
    return true;
}

/* host [ ":" port ], RFC 3986 §3.2 without user information. */
static bool authority_is_valid(struct text authority)
{
    size_t at = 0;
    if (authority.length && authority.data[0] == '[') {
        for (at = 1; at < authority.length && (is_class(authority.data[at], IS_HEX) || authority.data[at] == ':' ||
                                               authority.data[at] == '.');)
            at++;
        if (at < 3 || at == authority.length || authority.data[at++] != ']')
            return false;
    } else {
        while (at < authority.length && is_class(authority.data[at], IS_HOST))
            at++;
        if (at == 0 || !escapes_are_valid((struct text){authority.data, at}))
            return false;
    }
    if (at == authority.length)
        return true;
    if (authority.data[at++] != ':' || authority.length - at > 5)
        return false;
    for (; at < authority.length; at++)
        if (authority.data[at] < '0' || authority.data[at] > '9')
            return false;
    return true;
}

/* How long "http://" or "https://" in front is; 0: neither. */
static uint32_t scheme_length(struct text target)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        struct text scheme = text_of(schemes[i]);
        if (target.length >= scheme.length && h1_equal_nocase((struct text){target.data, scheme.length}, scheme))
            return (uint32_t)scheme.length;
    }
    return 0;
}

/* Splits the target into authority, path and query. False where it is none that an origin server gets. */
static bool split_target(struct h1 *h1, uint32_t begin, uint32_t end)
{
    struct h1_request *request = &h1->request;
    struct text target = h1_view(h1, begin, end - begin);
    if (text_is(target, "*")) {
        request->path = (uint16_t)begin;
        request->path_length = 1;
        return text_is(h1_method(h1), "OPTIONS");
    }
    uint32_t path = begin + scheme_length(target);
    if (path > begin) {
        request->authority = (uint16_t)path;
        while (path < end && h1->head[path] != '/' && h1->head[path] != '?')
            path++;
        request->authority_length = (uint16_t)(path - request->authority);
        if (!authority_is_valid(h1_view(h1, request->authority, request->authority_length)))
            return false;
    } else if (target.length == 0 || target.data[0] != '/') {
        return false;
    }
    struct text rest = h1_view(h1, path, end - path);
    if (!escapes_are_valid(rest) || memchr(rest.data, '[', rest.length) || memchr(rest.data, ']', rest.length))
        return false;
    const char *mark = memchr(rest.data, '?', rest.length);
    uint32_t path_end = mark ? path + (uint32_t)(mark - rest.data) : end;
    request->path = (uint16_t)path;
    request->path_length = (uint16_t)(path_end - path);
    request->query = (uint16_t)(mark ? path_end + 1 : end);
    request->query_length = (uint16_t)(end - request->query);
    return true;
}

static void step_target(struct h1 *h1)
{
    struct h1_request *request = &h1->request;
    request->at = scan(h1, IS_TARGET);
    if (request->at - request->mark > H1_TARGET_BYTES) {
        refuse(h1, H1_TARGET_LONG);
        return;
    }
    if (request->at == request->length)
        return;
    unsigned char c = (unsigned char)next_byte(h1);
    if (c != ' ')
        refuse(h1, c > ' ' && c != 0x7f ? H1_BAD_TARGET : H1_BAD_LINE);
    else if (!split_target(h1, request->mark, request->at))
        refuse(h1, H1_BAD_TARGET);
    else
        take_byte(h1, ' ', STATE_VERSION, H1_BAD_LINE);
    request->mark = request->at;
}

static void step_version(struct h1 *h1)
{
    static const char pattern[] = "HTTP/d.d\r";
    struct h1_request *request = &h1->request;
    for (; request->at < request->length; request->at++) {
        char c = next_byte(h1), expected = pattern[request->at - request->mark];
        if (expected == 'd' ? c < '0' || c > '9' : c != expected) {
            refuse(h1, H1_BAD_LINE);
            return;
        }
        if (expected != '\r')
            continue;
        struct text number = h1_view(h1, request->mark + 5, 3);
        request->version_1_0 = text_is(number, "1.0");
        request->at++;
        enter(h1, STATE_LINE_LF);
        if (!request->version_1_0 && !text_is(number, "1.1"))
            refuse(h1, H1_VERSION);
        return;
    }
}

static void step_line_lf(struct h1 *h1)
{
    take_byte(h1, '\n', STATE_FIELD_START, H1_BAD_LINE);
}

/* --- header fields --- */

static void on_host(struct h1 *h1, struct text value)
{
    struct h1_request *request = &h1->request;
    if (request->has_host || !authority_is_valid(value)) {
        refuse(h1, H1_BAD_HOST);
        return;
    }
    request->has_host = true;
    request->host = (uint16_t)(value.data - h1->head);
    request->host_length = (uint16_t)value.length;
}

static void on_content_length(struct h1 *h1, struct text value)
{
    struct h1_request *request = &h1->request;
    bool valid = !request->has_length && value.length > 0 && value.length <= LENGTH_DIGITS_MAX;
    uint64_t bytes = 0;
    for (size_t i = 0; valid && i < value.length; i++) {
        valid = value.data[i] >= '0' && value.data[i] <= '9';
        bytes = bytes * 10 + (uint64_t)(value.data[i] - '0');
    }
    if (!valid) {
        refuse(h1, H1_BAD_LENGTH);
        return;
    }
    request->has_length = true;
    request->left_bytes = bytes;
}

static void on_transfer_encoding(struct h1 *h1, struct text value)
{
    struct h1_request *request = &h1->request;
    if (request->has_coding || request->version_1_0 || value.length == 0)
        refuse(h1, H1_BAD_CODING);
    else if (!text_is_nocase(value, "chunked"))
        refuse(h1, H1_CODING_UNKNOWN);
    request->has_coding = true;
}

static void on_connection(struct h1 *h1, struct text value)
{
    struct text token;
    while (text_next(&value, ',', &token)) {
        token = text_trim(token);
        h1->request.asks_close |= text_is_nocase(token, "close");
        h1->request.asks_keep |= text_is_nocase(token, "keep-alive");
    }
}

static void on_expect(struct h1 *h1, struct text value)
{
    if (h1->request.version_1_0)
        return;
    if (!text_is_nocase(value, "100-continue"))
        refuse(h1, H1_EXPECT_UNKNOWN);
    h1->request.expects_continue = true;
}

/* The headers that say how to read a request. */
static const struct {
    struct text name;
    void (*read)(struct h1 *h1, struct text value);
} known_fields[] = {
    {{"host", 4}, on_host},
    {{"content-length", 14}, on_content_length},
    {{"transfer-encoding", 17}, on_transfer_encoding},
    {{"connection", 10}, on_connection},
    {{"expect", 6}, on_expect},
};

static void finish_field(struct h1 *h1)
{
    struct h1_request *request = &h1->request;
    struct h1_field *field = &h1->fields[request->field_count++];
    struct text value = text_trim(h1_view(h1, request->mark, request->at - request->mark));
    field->value = (uint16_t)(value.data - h1->head);
    field->value_length = (uint16_t)value.length;
    struct text name = h1_view(h1, field->name, field->name_length);
    for (size_t i = 0; i < sizeof known_fields / sizeof known_fields[0]; i++)
        if (h1_equal_nocase(name, known_fields[i].name)) {
            known_fields[i].read(h1, value);
            return;
        }
}

static void step_field_start(struct h1 *h1)
{
    struct h1_request *request = &h1->request;
    if (next_byte(h1) == '\r') {
        take_byte(h1, '\r', STATE_HEAD_LF, H1_BAD_FIELD);
        return;
    }
    if (!is_class(next_byte(h1), IS_TOKEN))
        refuse(h1, H1_BAD_FIELD);
    else if (request->field_count == H1_HEADERS)
        refuse(h1, H1_HEAD_LONG);
    else
        enter(h1, STATE_NAME);
    request->mark = request->at;
}

static void step_name(struct h1 *h1)
{
    struct h1_request *request = &h1->request;
    request->at = scan(h1, IS_TOKEN);
    if (request->at == request->length)
        return;
    h1->fields[request->field_count].name = (uint16_t)request->mark;
    h1->fields[request->field_count].name_length = (uint16_t)(request->at - request->mark);
    take_byte(h1, ':', STATE_VALUE, H1_BAD_FIELD);
    request->mark = request->at;
}

static void step_value(struct h1 *h1)
{
    struct h1_request *request = &h1->request;
    request->at = scan(h1, IS_VALUE);
    if (request->at == request->length)
        return;
    if (next_byte(h1) != '\r') {
        refuse(h1, H1_BAD_FIELD);
        return;
    }
    finish_field(h1);
    if (request->state == STATE_VALUE)
        take_byte(h1, '\r', STATE_FIELD_LF, H1_BAD_FIELD);
}

static void step_field_lf(struct h1 *h1)
{
    take_byte(h1, '\n', STATE_FIELD_START, H1_BAD_FIELD);
}

static void step_head_lf(struct h1 *h1)
{
    struct h1_request *request = &h1->request;
    take_byte(h1, '\n', STATE_HEAD_DONE, H1_BAD_FIELD);
    if (request->state == STATE_REFUSED)
        return;
    struct text authority = h1_view(h1, request->authority, request->authority_length);
    bool lacks_host = !request->has_host && !request->version_1_0;
    bool names_two = request->has_host && authority.length && !h1_equal_nocase(authority, h1_host(h1));
    if (lacks_host || names_two)
        refuse(h1, H1_BAD_HOST);
    else if (request->has_length && request->has_coding)
        refuse(h1, H1_BAD_LENGTH);
}

static void (*const head_steps[])(struct h1 *h1) = {
    [STATE_START] = step_start,
    [STATE_START_LF] = step_start_lf,
    [STATE_METHOD] = step_method,
    [STATE_TARGET] = step_target,
    [STATE_VERSION] = step_version,
    [STATE_LINE_LF] = step_line_lf,
    [STATE_FIELD_START] = step_field_start,
    [STATE_NAME] = step_name,
    [STATE_VALUE] = step_value,
    [STATE_FIELD_LF] = step_field_lf,
    [STATE_HEAD_LF] = step_head_lf,
};

/* Room for `need` bytes of head; the old block is wiped, so it is not left to realloc. */
static bool reserve_head(struct h1 *h1, uint32_t need)
{
    if (need <= h1->capacity)
        return true;
    uint32_t capacity = h1->capacity ? h1->capacity : HEAD_FIRST_BYTES;
    while (capacity < need)
        capacity *= 2;
    char *grown;
    if (mem_alloc(capacity, 1, &grown) != ERR_OK)
        return false;
    if (h1->head)
        memcpy(grown, h1->head, h1->request.length);
    h1_free(h1);
    h1->head = grown;
    h1->capacity = capacity;
    return true;
}

/* Copies what may belong to the head and parses it there. Returns how many of the bytes did belong to it. */
static size_t feed_head(struct h1 *h1, struct text bytes)
{
    struct h1_request *request = &h1->request;
    uint32_t held = request->length, room = H1_HEAD_BYTES - held;
    uint32_t more = bytes.length < room ? (uint32_t)bytes.length : room;
    if (bytes.length == 0)
        return 0;
    if (!reserve_head(h1, held + more)) {
        refuse(h1, H1_NO_MEMORY);
        return 0;
    }
    memcpy(h1->head + held, bytes.data, more);
    request->length += more;
    while (request->at < request->length && request->state < STATE_HEAD_DONE)
        head_steps[request->state](h1);
    if (request->state < STATE_HEAD_DONE && more < bytes.length)
        refuse(h1, H1_HEAD_LONG);
    if (request->state == STATE_HEAD_DONE)
        request->length = request->at;
    return request->length - held;
}

/* --- the body --- */

static void begin_body(struct h1 *h1)
{
    struct h1_request *request = &h1->request;
    if (request->has_coding)
        enter(h1, STATE_CHUNK_SIZE);
    else if (request->left_bytes == 0)
        enter(h1, STATE_DONE);
    else if (request->left_bytes > request->room_bytes)
        refuse(h1, H1_BODY_LONG);
    else
        enter(h1, STATE_BODY);
}

static unsigned hex_value(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : h1_lower(c) - 'a' + 10);
}

static void chunk_size_byte(struct h1 *h1, char c)
{
    struct h1_request *request = &h1->request;
    if (is_class(c, IS_HEX) && request->chunk_digits < CHUNK_DIGITS_MAX) {
        request->chunk_digits++;
        request->left_bytes = request->left_bytes << 4 | hex_value(c);
        if (request->left_bytes > request->room_bytes)
            refuse(h1, H1_BODY_LONG);
    } else if (request->chunk_digits == 0 || (c != '\r' && c != ';')) {
        refuse(h1, H1_BAD_CHUNK);
    } else {
        enter(h1, c == '\r' ? STATE_CHUNK_SIZE_LF : STATE_CHUNK_EXTENSION);
    }
}

static void chunk_extension_byte(struct h1 *h1, char c)
{
    if (c == '\r')
        enter(h1, STATE_CHUNK_SIZE_LF);
    else if (!is_class(c, IS_VALUE) || ++h1->request.extension_bytes > H1_EXTENSION_BYTES)
        refuse(h1, H1_BAD_CHUNK);
}

/* `c` must be `expected`. */
static void framing_byte(struct h1 *h1, char c, char expected, enum h1_state state)
{
    if (c == expected)
        enter(h1, state);
    else
        refuse(h1, H1_BAD_CHUNK);
}

static void trailer_byte(struct h1 *h1, char c)
{
    struct h1_request *request = &h1->request;
    bool token = is_class(c, IS_TOKEN);
    if (++request->trailer_bytes > H1_TRAILER_BYTES)
        refuse(h1, H1_BAD_CHUNK);
    else if (request->state == STATE_TRAILER_START && (token || c == '\r'))
        enter(h1, token ? STATE_TRAILER_NAME : STATE_END_LF);
    else if (request->state == STATE_TRAILER_NAME && (token || c == ':'))
        enter(h1, token ? STATE_TRAILER_NAME : STATE_TRAILER_VALUE);
    else if (request->state == STATE_TRAILER_VALUE && (is_class(c, IS_VALUE) || c == '\r'))
        enter(h1, c == '\r' ? STATE_TRAILER_LF : STATE_TRAILER_VALUE);
    else
        refuse(h1, H1_BAD_FIELD);
}

static void chunk_size_lf_byte(struct h1 *h1, char c)
{
    framing_byte(h1, c, '\n', h1->request.left_bytes ? STATE_CHUNK_DATA : STATE_TRAILER_START);
    h1->request.chunk_digits = 0;
}

static void chunk_cr_byte(struct h1 *h1, char c)
{
    framing_byte(h1, c, '\r', STATE_CHUNK_LF);
}

static void chunk_lf_byte(struct h1 *h1, char c)
{
    framing_byte(h1, c, '\n', STATE_CHUNK_SIZE);
}

static void trailer_lf_byte(struct h1 *h1, char c)
{
    framing_byte(h1, c, '\n', STATE_TRAILER_START);
}

static void end_lf_byte(struct h1 *h1, char c)
{
    framing_byte(h1, c, '\n', STATE_DONE);
}

/* What takes one byte of a chunked body outside its data. */
static void (*const framing_steps[STATE_REFUSED + 1])(struct h1 *h1, char c) = {
    [STATE_CHUNK_SIZE] = chunk_size_byte,       [STATE_CHUNK_EXTENSION] = chunk_extension_byte,
    [STATE_CHUNK_SIZE_LF] = chunk_size_lf_byte, [STATE_CHUNK_CR] = chunk_cr_byte,
    [STATE_CHUNK_LF] = chunk_lf_byte,           [STATE_TRAILER_START] = trailer_byte,
    [STATE_TRAILER_NAME] = trailer_byte,        [STATE_TRAILER_VALUE] = trailer_byte,
    [STATE_TRAILER_LF] = trailer_lf_byte,       [STATE_END_LF] = end_lf_byte,
};

static size_t feed_data(struct h1 *h1, struct text bytes, struct h1_event *event)
{
    struct h1_request *request = &h1->request;
    size_t length = bytes.length < request->left_bytes ? bytes.length : (size_t)request->left_bytes;
    request->left_bytes -= length;
    request->room_bytes -= length;
    if (request->left_bytes == 0)
        enter(h1, request->state == STATE_BODY ? STATE_DONE : STATE_CHUNK_CR);
    event->kind = H1_BODY;
    event->body = (struct text){bytes.data, length};
    return length;
}

static size_t feed_body(struct h1 *h1, struct text bytes, struct h1_event *event)
{
    size_t taken = 0;
    if (h1->request.state == STATE_HEAD_DONE)
        begin_body(h1);
    for (; taken < bytes.length && framing_steps[h1->request.state]; taken++)
        framing_steps[h1->request.state](h1, bytes.data[taken]);
    bool data = h1->request.state == STATE_BODY || h1->request.state == STATE_CHUNK_DATA;
    if (data && taken < bytes.length)
        taken += feed_data(h1, (struct text){bytes.data + taken, bytes.length - taken}, event);
    return taken;
}

size_t h1_feed(struct h1 *h1, struct text bytes, struct h1_event *event)
{
    size_t taken;
    *event = (struct h1_event){.kind = H1_MORE};
    if (h1->request.state < STATE_HEAD_DONE) {
        taken = feed_head(h1, bytes);
        if (h1->request.state == STATE_HEAD_DONE)
            event->kind = H1_HEAD;
    } else {
        taken = feed_body(h1, bytes, event);
        if (h1->request.state == STATE_DONE && event->kind == H1_MORE)
            event->kind = H1_END;
    }
    if (h1->request.state == STATE_REFUSED) {
        event->kind = H1_REFUSED;
        event->refusal = h1->request.refusal;
    }
    return taken;
}

void h1_body_limit(struct h1 *h1, uint64_t limit_bytes)
{
    if (h1->request.state == STATE_HEAD_DONE)
        h1->request.room_bytes = limit_bytes;
}

bool h1_begun(const struct h1 *h1)
{
    return h1->request.state > STATE_START_LF;
}
