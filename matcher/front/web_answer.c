#include "front/web_answer.h"

#include "base/log.h"
#include "front/security_headers.h"
#include "front/web_files.h"
#include "wire/connect.h"

#include <string.h>

enum { WEB_HEADERS_MAX = 16 };

enum err web_open(struct front *front)
{
    const struct settings *settings = front->environment->settings;
    const char *root = settings_string(settings, "web_root");
    struct web_fault fault;
    if (!root)
        return ERR_OK;
    enum err e = web_files_read(root, settings_string(settings, "web_theme"), &front->web, &fault);
    if (e != ERR_OK)
        LOG(LOG_ERROR, "setting_refused", LOG_WORD("setting", fault.setting), LOG_WORD("why", fault.why));
    else
        LOG(LOG_INFO, "web_files_read", LOG_NUMBER("files", web_files_count(front->web)),
            LOG_NUMBER("bytes", web_files_bytes(front->web)), LOG_NUMBER("skipped", web_files_skipped(front->web)));
    return e;
}

void web_close(struct front *front)
{
    web_files_free(front->web);
    front->web = NULL;
}

/* What is the API's, for machines, or not for the application to route. */
static bool is_elsewhere(struct text path)
{
    static const char api[] = "/stagematch.";
    bool is_api = path.length >= sizeof api - 1 && memcmp(path.data, api, sizeof api - 1) == 0;
    return is_api || page_find(path, PAGE_OF_METRICS) != NULL;
}

static const struct web_file *find(const struct front *front, struct text path)
{
    if (!front->web || is_elsewhere(path))
        return NULL;
    const struct web_file *file = web_files_find(front->web, path);
    return file ? file : web_files_page(front->web, path);
}

const char *web_path(const struct front *front, struct text path)
{
    const struct web_file *file = find(front, path);
    return file ? file->path : NULL;
}

/* RFC 9110 §13.1.2: a list of tags, compared weakly, or '*'. */
static bool has_already(const struct h1 *head, const char *etag)
{
    struct text value, tag;
    if (h1_header(head, "If-None-Match", &value) != 1)
        return false;
    while (text_next(&value, ',', &tag)) {
        tag = text_trim(tag);
        if (tag.length > 2 && memcmp(tag.data, "W/", 2) == 0)
            tag = (struct text){tag.data + 2, tag.length - 2};
        if (text_is(tag, etag) || text_is(tag, "*"))
            return true;
    }
    return false;
}

static bool takes_gzip(const struct h1 *head)
{
    struct text value = {NULL, 0};
    return h1_header(head, "Accept-Encoding", &value) == 1 && connect_accepted_coding(value) == CONNECT_GZIP;
}

static void respond(struct exchange *exchange, const struct web_file *file)
{
    const struct h1 *head = exchange_head(exchange);
    const struct security_headers safe = security_headers_of_web();
    struct exchange_header headers[WEB_HEADERS_MAX];
    size_t count = safe.count;
    bool gzip = file->has_gzip && takes_gzip(head);
    const char *etag = gzip ? file->gzip_etag : file->etag;
    memcpy(headers, safe.headers, safe.count * sizeof *headers);
    headers[count++] = (struct exchange_header){"Content-Type", file->type};
    headers[count++] = (struct exchange_header){"ETag", etag};
    headers[count++] = (struct exchange_header){
        "Cache-Control", file->is_immutable ? "public, max-age=31536000, immutable" : "no-cache"};
    if (file->has_gzip)
        headers[count++] = (struct exchange_header){"Vary", "Accept-Encoding"};
    if (has_already(head, etag)) {
        exchange_respond(exchange, 304, headers, count, text_of(""));
        return;
    }
    if (gzip)
        headers[count++] = (struct exchange_header){"Content-Encoding", "gzip"};
    exchange_respond(exchange, 200, headers, count, gzip ? file->gzip : file->plain);
}

bool web_answer(struct front *front, struct exchange *exchange)
{
    const struct h1 *head = exchange_head(exchange);
    const struct web_file *file = find(front, h1_path(head));
    if (!file)
        return false;
    if (text_is(h1_method(head), "GET") || text_is(h1_method(head), "HEAD"))
        respond(exchange, file);
    else
        page_respond(exchange, 405, "Allow", "GET, HEAD", NULL, text_of(""));
    return true;
}
