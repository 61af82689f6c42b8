#include "vault/file_name.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The bytes of the character at `at`, of which the text is made in UTF-8; a byte that begins none counts alone. */
static size_t character_bytes(const char *at)
{
    unsigned char first = (unsigned char)*at;
    size_t wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    for (size_t i = 1; i < wanted; i++)
        if (((unsigned char)at[i] & 0xc0) != 0x80)
            return 1;
    return wanted;
}

/* U+200B to U+200F, U+2028 to U+202E, U+2060 to U+206F, U+FEFF: they show nothing, or turn what comes behind them. */
static bool is_hidden(const char *at, size_t bytes)
{
    unsigned char a = (unsigned char)at[0], b = (unsigned char)at[1], c = bytes == 3 ? (unsigned char)at[2] : 0;
    if (bytes == 2)
        return a == 0xc2 && b < 0xa0; /* U+0080 to U+009F */
    if (bytes != 3)
        return false;
    return (a == 0xe2 && b == 0x80 && ((c >= 0x8b && c <= 0x8f) || (c >= 0xa8 && c <= 0xae))) ||
           (a == 0xe2 && b == 0x81 && c >= 0xa0 && c <= 0xaf) || (a == 0xef && b == 0xbb && c == 0xbf);
}

static bool is_allowed(const char *at, size_t bytes)
{
    unsigned char c = (unsigned char)*at;
    if (bytes > 1)
        return !is_hidden(at, bytes);
    return c >= 0x20 && c < 0x7f && !strchr("<>:\"|?*\\/", c);
}

void file_name_clean(const char *name, char out[FILE_NAME_BYTES])
{
    size_t length = 0;
    const char *at = name;
    for (const char *c = name; *c; c++)
        if (*c == '/' || *c == '\\')
            at = c + 1;
    while (*at) {
        size_t bytes = character_bytes(at);
        bool leads = length == 0 && (*at == '.' || *at == ' ');
        if (is_allowed(at, bytes) && !leads) {
            if (length + bytes >= FILE_NAME_BYTES)
                break;
            memcpy(out + length, at, bytes);
            length += bytes;
        }
        at += bytes;
    }
    out[length] = '\0';
    if (length == 0)
        (void)snprintf(out, FILE_NAME_BYTES, "bestand");
}

void file_name_end(const char *name, enum file_type type, char out[FILE_NAME_BYTES + FILE_ENDING_BYTES])
{
    static const char *const endings[][2] = {[FILE_TYPE_UNKNOWN] = {"", ""},
                                             [FILE_TYPE_PDF] = {".pdf", ".pdf"},
                                             [FILE_TYPE_PNG] = {".png", ".png"},
                                             [FILE_TYPE_JPEG] = {".jpg", ".jpeg"}};
    size_t length = strlen(name);
    bool fits = false;
    for (size_t i = 0; i < 2; i++) {
        size_t ending = strlen(endings[type][i]);
        fits = fits || (length > ending && strcasecmp(name + length - ending, endings[type][i]) == 0);
    }
    (void)snprintf(out, FILE_NAME_BYTES + FILE_ENDING_BYTES, "%s%s", name, fits ? "" : endings[type][0]);
}
