#include "api/id.h"

#include <sodium.h>
#include <string.h>

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum err id_parse(const char *hex, uint8_t out[ID_BYTES])
{
    uint8_t id[ID_BYTES];
    if (strnlen(hex, ID_HEX_BYTES) != ID_HEX_BYTES - 1)
        return ERR_RANGE;
    for (size_t i = 0; i < ID_BYTES; i++) {
        int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return ERR_RANGE;
        id[i] = (uint8_t)(high << 4 | low);
    }
    memcpy(out, id, ID_BYTES);
    return ERR_OK;
}

void id_format(const uint8_t id[ID_BYTES], char out[ID_HEX_BYTES])
{
    (void)sodium_bin2hex(out, ID_HEX_BYTES, id, ID_BYTES);
}

void id_format_bytes(ProtobufCBinaryData id, char out[ID_HEX_BYTES])
{
    out[0] = '\0';
    if (id.len == ID_BYTES)
        id_format(id.data, out);
}
