/*
 * Bytes of somebody else as a message; the first byte chooses its type. What passes the check is unpacked by protobuf-c
 * within a large budget, packs into bytes that pass again, and is written as JSON; within a small budget it is unpacked, or the
 * budget is said to be used up, and nothing leaks.
 */
#include "fuzz.h"

#include "api/message.h"
#include "support/described.h"
#include "wire/json.h"
#include "wire/pbguard.h"

#include <string.h>

enum { LARGE_BYTES = 256 << 20, SMALL_BYTES = 2048 };

/* An instant beyond the year 9999 is all that JSON has no form for. */
static void claim_json(const ProtobufCMessage *message)
{
    struct buf json;
    buf_init(&json, LARGE_BYTES);
    enum err e = json_encode(message, &json);
    CLAIM(e == ERR_OK || e == ERR_RANGE);
    buf_free(&json);
}

static void claim_comes_back(const ProtobufCMessageDescriptor *descriptor, const ProtobufCMessage *message)
{
    struct buf once, twice;
    struct pbguard_message again;
    buf_init(&once, LARGE_BYTES);
    buf_init(&twice, LARGE_BYTES);
    CLAIM(message_pack_buf(message, &once) == ERR_OK);
    CLAIM(pbguard_unpack(descriptor, buf_text(&once), &pbguard_limits_public, LARGE_BYTES, true, &again, NULL) ==
          ERR_OK);
    CLAIM(message_pack_buf(again.message, &twice) == ERR_OK);
    CLAIM(text_equal(buf_text(&once), buf_text(&twice)));
    pbguard_free(&again);
    buf_free(&once);
    buf_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length == 0)
        return 0;
    const ProtobufCMessageDescriptor *descriptor = described(bytes[0]);
    struct text wire = {(const char *)bytes + 1, length - 1};
    struct pbguard_message message;
    const char *fault = NULL;
    enum err checked = pbguard_check(descriptor, wire, &pbguard_limits_public, &fault);
    CLAIM(checked == ERR_OK || ((checked == ERR_INPUT || checked == ERR_RANGE) && fault));
    enum err e = pbguard_unpack(descriptor, wire, &pbguard_limits_public, LARGE_BYTES, bytes[0] & 1, &message, NULL);
    CLAIM(e == checked);
    if (e != ERR_OK)
        return 0;
    claim_comes_back(descriptor, message.message);
    claim_json(message.message);
    pbguard_free(&message);
    e = pbguard_unpack(descriptor, wire, &pbguard_limits_public, SMALL_BYTES, true, &message, NULL);
    CLAIM(e == ERR_OK || e == ERR_MEMORY);
    if (e == ERR_OK)
        pbguard_free(&message);
    return 0;
}
