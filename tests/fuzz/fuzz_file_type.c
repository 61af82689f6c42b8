/*
 * The type of a file: the verdict is the same however the bytes are cut, and a file that is of a type is of it from its first bytes.
 */
#include "fuzz.h"

#include "base/file_type.h"

#include <string.h>

static enum file_type type_of(const uint8_t *bytes, size_t length, size_t piece)
{
    struct file_type_check check;
    file_type_start(&check);
    for (size_t at = 0; at < length; at += piece)
        file_type_feed(&check, bytes + at, length - at < piece ? length - at : piece);
    return file_type_end(&check);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    enum file_type whole = type_of(bytes, length, length ? length : 1);
    for (size_t piece = 1; piece <= 9; piece += 4)
        CLAIM(type_of(bytes, length, piece) == whole);
    if (whole == FILE_TYPE_PDF)
        CLAIM(memcmp(bytes, "%PDF-", 5) == 0);
    if (whole == FILE_TYPE_PNG)
        CLAIM(length >= 57 && memcmp(bytes + 1, "PNG", 3) == 0);
    if (whole == FILE_TYPE_JPEG)
        CLAIM(bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[length - 2] == 0xff && bytes[length - 1] == 0xd9);
    return 0;
}
