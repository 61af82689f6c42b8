/*
 * The outbox as the operator sees it: states and numbers, no address and no text.
 */
#include "api/message.h"
#include "vault/audit.h"
#include "vault/methods.h"
#include "vault/outbox.h"

#include "stagematch/v1/operation.pb-c.h"

enum { PAGE_DEFAULT = 100, PAGE_MAX = 1000, PAGE_BYTES_MAX = 1 << 20 };

typedef Stagematch__Internal__V1__NoticeRow NoticeRow;

struct shown {
    Stagematch__V1__Notice message;
    Google__Protobuf__Timestamp created;
    char id[ID_HEX_BYTES], account_id[ID_HEX_BYTES];
    NoticeRow *row;
};

static void show(const uint8_t id[ID_BYTES], NoticeRow *row, struct shown *out)
{
    stagematch__v1__notice__init(&out->message);
    google__protobuf__timestamp__init(&out->created);
    out->row = row;
    out->created.seconds = row->create_ms / 1000;
    out->created.nanos = (int32_t)(row->create_ms % 1000) * 1000000;
    id_format(id, out->id);
    out->account_id[0] = '\0';
    if (row->account_id.len == ID_BYTES)
        id_format(row->account_id.data, out->account_id);
    out->message.notice_id = out->id;
    out->message.template_ = row->template_;
    out->message.state = (Stagematch__V1__NoticeState)row->state;
    out->message.attempt_count = row->attempt_count;
    out->message.last_status = row->last_status;
    out->message.create_time = &out->created;
    out->message.account_id = out->account_id;
}

struct page {
    struct arena arena;
    uint8_t (*ids)[ID_BYTES];
    struct shown *shown;
    Stagematch__V1__Notice **pointers;
    size_t count;
};

static enum err page_alloc(struct page *page, size_t limit)
{
    arena_init(&page->arena, PAGE_BYTES_MAX);
    enum err e = arena_alloc(&page->arena, limit, sizeof *page->ids, &page->ids);
    if (e == ERR_OK)
        e = arena_alloc(&page->arena, limit, sizeof *page->shown, &page->shown);
    if (e == ERR_OK)
        e = arena_alloc(&page->arena, limit, sizeof(void *), &page->pointers);
    return e;
}

static enum err page_read(struct page *page, struct image *image, size_t found)
{
    struct edit edit;
    edit_begin(&edit, image);
    enum err e = ERR_OK;
    for (size_t i = 0; i < found && e == ERR_OK; i++) {
        NoticeRow *row;
        e = edit_get_message(&edit, TABLE_NOTICE, bytes_of(page->ids[i], ID_BYTES),
                             &stagematch__internal__v1__notice_row__descriptor, &row);
        if (e == ERR_OK) {
            show(page->ids[i], row, &page->shown[page->count]);
            page->pointers[page->count] = &page->shown[page->count].message;
            page->count++;
        } else if (e == ERR_MISSING) {
            e = ERR_OK; /* the index was ahead */
        }
    }
    edit_abort(&edit);
    return e;
}

void method_list_notices(struct request *request)
{
    const Stagematch__V1__ListNoticesRequest *message = REQUEST_MESSAGE(request, Stagematch__V1__ListNoticesRequest);
    Stagematch__V1__ListNoticesResponse response = STAGEMATCH__V1__LIST_NOTICES_RESPONSE__INIT;
    size_t limit = message->page_size == 0         ? PAGE_DEFAULT
                   : message->page_size > PAGE_MAX ? PAGE_MAX
                                                   : message->page_size;
    uint8_t after[ID_BYTES];
    struct page page = {.count = 0};
    bool more = false;
    if (message->page_token[0] && id_parse(message->page_token, after) != ERR_OK) {
        request_refuse_field(request, &refusal_bad_value, "page_token");
        return;
    }
    enum err e = page_alloc(&page, limit);
    if (e == ERR_OK) {
        size_t found = outbox_page(request->vault->outbox, message->page_token[0] ? after : NULL,
                                   (uint32_t)message->state, limit, page.ids, &more);
        e = page_read(&page, request->vault->image, found);
    }
    if (e == ERR_OK) {
        response.n_notices = page.count;
        response.notices = page.pointers;
        if (more && page.count)
            response.next_page_token = page.shown[page.count - 1].id;
        request_answer(request, &response);
    } else {
        request_fail(request, e);
    }
    for (size_t i = 0; i < page.count; i++)
        message_free(page.shown[i].row);
    arena_free(&page.arena);
}

void method_retry_notice(struct request *request)
{
    const Stagematch__V1__RetryNoticeRequest *message = REQUEST_MESSAGE(request, Stagematch__V1__RetryNoticeRequest);
    Stagematch__V1__RetryNoticeResponse response = STAGEMATCH__V1__RETRY_NOTICE_RESPONSE__INIT;
    uint8_t id[ID_BYTES];
    NoticeRow *row = NULL;
    struct shown shown;
    struct edit edit;
    edit_begin(&edit, request->vault->image);
    enum err e = id_parse(message->notice_id, id) == ERR_OK ? ERR_OK : ERR_MISSING;
    if (e == ERR_OK)
        e = outbox_retry(request->vault->outbox, &edit, id, &row);
    if (e == ERR_OK) {
        show(id, row, &shown);
        response.notice = &shown.message;
        request_commit(request, &edit, &response);
    } else {
        edit_abort(&edit);
        request_fail(request, e);
    }
    message_free(row);
}
