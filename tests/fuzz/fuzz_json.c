/*
 * Bytes of somebody else as JSON; the first byte chooses the type. What is read passes the check of protobuf bytes, and what
 * is written of it is read as the same message; a fault's place is a path of names and indices alone.
 */
#include "fuzz.h"

#include "api/message.h"
#include "support/described.h"
#include "wire/json.h"

#include <string.h>

enum { BUDGET_BYTES = 64 << 20, SMALL_BYTES = 2048 };

static void claim_path(const char *path)
{
    for (size_t i = 0; path[i]; i++)
        CLAIM(strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.[]", path[i]));
}

static void claim_comes_back(const ProtobufCMessageDescriptor *descriptor, const ProtobufCMessage *message)
{
    struct buf json, again, packed, repacked;
    struct pbguard_message read;
    struct buf *const all[] = {&json, &again, &packed, &repacked};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        buf_init(all[i], BUDGET_BYTES);
    CLAIM(message_pack_buf(message, &packed) == ERR_OK);
    CLAIM(pbguard_check(descriptor, buf_text(&packed), &pbguard_limits_public, NULL) == ERR_OK);
    CLAIM(json_encode(message, &json) == ERR_OK);
    CLAIM(json_decode(descriptor, buf_text(&json), BUDGET_BYTES, true, &read, NULL) == ERR_OK);
    CLAIM(json_encode(read.message, &again) == ERR_OK);
    CLAIM(text_equal(buf_text(&json), buf_text(&again)));
    CLAIM(message_pack_buf(read.message, &repacked) == ERR_OK);
    CLAIM(text_equal(buf_text(&packed), buf_text(&repacked)));
    pbguard_free(&read);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        buf_free(all[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length == 0)
        return 0;
    const ProtobufCMessageDescriptor *descriptor = described(bytes[0]);
    struct text json = {(const char *)bytes + 1, length - 1};
    struct pbguard_message message;
    struct json_fault fault = {.what = NULL};
    enum err e = json_decode(descriptor, json, BUDGET_BYTES, bytes[0] & 1, &message, &fault);
    CLAIM(e == ERR_OK || ((e == ERR_INPUT || e == ERR_RANGE) && fault.what));
    claim_path(fault.path);
    if (e == ERR_OK) {
        claim_comes_back(descriptor, message.message);
        pbguard_free(&message);
    }
    e = json_decode(descriptor, json, SMALL_BYTES, true, &message, NULL);
    if (e == ERR_OK)
        pbguard_free(&message);
    return 0;
}
