#include "domain/task.h"

#include <sodium.h>
#include <string.h>

static int compare_keys(const struct index_key *a, const struct index_key *b)
{
    return text_compare((struct text){(const char *)a->bytes, a->length},
                        (struct text){(const char *)b->bytes, b->length});
}

/* Keeps the prefixes in order and each once, whatever the order of the actor's scopes. */
static void add_prefix(struct page *page, const struct index_key *prefix)
{
    size_t at = page->prefix_count;
    for (size_t i = 0; i < page->prefix_count; i++)
        if (compare_keys(&page->prefixes[i], prefix) == 0)
            return;
    if (at == PAGE_SCOPES_MAX)
        return;
    for (; at > 0 && compare_keys(prefix, &page->prefixes[at - 1]) < 0; at--)
        page->prefixes[at] = page->prefixes[at - 1];
    page->prefixes[at] = *prefix;
    page->prefix_count++;
}

static bool begins_with(const struct index_key *key, const struct index_key *prefix)
{
    return key->length >= prefix->length && memcmp(key->bytes, prefix->bytes, prefix->length) == 0;
}

/* Goes on behind the key that the token says. One that lies outside the caller's own prefixes is no token of theirs. */
static struct status resume(struct page *page, const char *token)
{
    struct index_key key;
    size_t length = strlen(token);
    if (length == 0)
        return STATUS_DONE;
    if (length % 2 != 0 || length / 2 > sizeof key.bytes ||
        sodium_hex2bin(key.bytes, sizeof key.bytes, token, length, NULL, &key.length, NULL) != 0 ||
        key.length != length / 2)
        return status_refuse_field(&refusal_bad_value, "page_token");
    for (page->prefix = 0; page->prefix < page->prefix_count; page->prefix++)
        if (begins_with(&key, &page->prefixes[page->prefix])) {
            scan_start(&page->scan, page->state, page->index, &page->prefixes[page->prefix]);
            page->scan.at = key;
            page->scan.inclusive = false;
            page->scanning = true;
            return STATUS_DONE;
        }
    return status_refuse_field(&refusal_bad_value, "page_token");
}

static void begin(struct page *page, const struct context *context, enum state_index index, uint32_t page_size)
{
    page->state = context->state;
    page->index = index;
    page->prefix_count = page->prefix = 0;
    page->scanning = page->more = false;
    page->looks = 0;
    page->left = page_size == 0 ? PAGE_SIZE_DEFAULT : page_size < PAGE_SIZE_MAX ? page_size : PAGE_SIZE_MAX;
}

struct status page_open_prefix(struct page *page, const struct context *context, enum state_index index,
                               const struct index_key *prefix, uint32_t page_size, const char *page_token)
{
    begin(page, context, index, page_size);
    add_prefix(page, prefix);
    return resume(page, page_token);
}

static struct status open_scopes(struct page *page, const struct context *context, enum state_index index,
                                 bool with_role, uint32_t page_size, const char *page_token)
{
    begin(page, context, index, page_size);
    for (size_t i = 0; i < context->actor->scope_count; i++) {
        struct index_key prefix;
        index_key_start(&prefix);
        if (with_role)
            index_key_u8(&prefix, task_owner_role(context->actor->role));
        index_key_string(&prefix, context->actor->scope[i]);
        add_prefix(page, &prefix);
    }
    return resume(page, page_token);
}

struct status page_open_scopes(struct page *page, const struct context *context, enum state_index index,
                               uint32_t page_size, const char *page_token)
{
    return open_scopes(page, context, index, false, page_size, page_token);
}

struct status page_open_owner(struct page *page, const struct context *context, enum state_index index,
                              uint32_t page_size, const char *page_token)
{
    return open_scopes(page, context, index, true, page_size, page_token);
}

static const void *step(struct page *page)
{
    for (;;) {
        if (page->scanning) {
            const void *record = scan_next(&page->scan);
            if (record)
                return record;
            page->scanning = false;
            page->prefix++;
        }
        if (page->prefix >= page->prefix_count)
            return NULL;
        scan_start(&page->scan, page->state, page->index, &page->prefixes[page->prefix]);
        page->scanning = true;
    }
}

/* Whether there is more, without going there. */
static bool is_more(const struct page *page)
{
    struct page ahead = *page;
    return step(&ahead) != NULL;
}

const void *page_next(struct page *page)
{
    if (page->left == 0 || page->looks == PAGE_LOOKS) {
        page->more = is_more(page);
        return NULL;
    }
    page->looks++;
    return step(page);
}

void page_took(struct page *page)
{
    page->left--;
}

void page_end(struct page *page, struct context *context, char **next_page_token)
{
    char hex[2 * INDEX_KEY_BYTES_MAX + 1] = "";
    if (page->more && page->scanning)
        (void)sodium_bin2hex(hex, sizeof hex, page->scan.at.bytes, page->scan.at.length);
    if (context->error == ERR_OK)
        (void)context_ok(context, message_assign_string(next_page_token, text_of(hex)));
}
