#include "base/file_type.h"

#include <string.h>

static const uint8_t png_signature[8] = {0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a};

enum { PNG_CRC_BYTES = 4, PNG_LENGTH_MAX = 0x7fffffff, PNG_HEADER_BYTES = 13 };

/* States of each type; a new check waits for the file's first bytes. */
enum { WAITS_FOR_HEAD, PNG_CHUNK, JPEG_MARKER_START, JPEG_MARKER, JPEG_LENGTH, JPEG_SCAN, JPEG_SCAN_FF, PDF_BODY };

enum {
    JPEG_SOI = 0xd8,
    JPEG_EOI = 0xd9,
    JPEG_SOS = 0xda,
    JPEG_TEM = 0x01,
    JPEG_RST_FIRST = 0xd0,
    JPEG_RST_LAST = 0xd7,
    JPEG_SOF_FIRST = 0xc0,
    JPEG_SOF_LAST = 0xcf,
    JPEG_DHT = 0xc4,
    JPEG_JPG = 0xc8,
    JPEG_DAC = 0xcc,
};

void file_type_start(struct file_type_check *check)
{
    *check = (struct file_type_check){.state = WAITS_FOR_HEAD};
}

/* One byte more of what is put together in `head`; true when `wanted` are there. */
static bool gather(struct file_type_check *check, uint8_t byte, size_t wanted)
{
    check->head[check->head_length++] = byte;
    return check->head_length == wanted;
}

static void begin(struct file_type_check *check)
{
    const uint8_t *head = check->head;
    check->head_length = 0;
    if (memcmp(head, png_signature, sizeof png_signature) == 0) {
        check->type = FILE_TYPE_PNG;
        check->state = PNG_CHUNK;
    } else if (memcmp(head, "%PDF-1.", 7) == 0 || memcmp(head, "%PDF-2.", 7) == 0) {
        check->type = FILE_TYPE_PDF;
        check->state = PDF_BODY;
    } else {
        check->broken = true;
    }
}

static void take_png(struct file_type_check *check, uint8_t byte)
{
    if (!gather(check, byte, FILE_TYPE_HEAD_BYTES))
        return;
    const uint8_t *head = check->head;
    uint32_t length = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 | head[3];
    bool is_header = memcmp(head + 4, "IHDR", 4) == 0, is_end = memcmp(head + 4, "IEND", 4) == 0;
    check->head_length = 0;
    check->skip_bytes = (uint64_t)length + PNG_CRC_BYTES;
    if (length > PNG_LENGTH_MAX || is_header == check->saw_header || (is_header && length != PNG_HEADER_BYTES) ||
        (is_end && (length || !check->saw_data)))
        check->broken = true;
    check->saw_header = true;
    check->saw_data = check->saw_data || memcmp(head + 4, "IDAT", 4) == 0;
    check->ended = is_end;
}

static bool is_frame(unsigned marker)
{
    return marker >= JPEG_SOF_FIRST && marker <= JPEG_SOF_LAST && marker != JPEG_DHT && marker != JPEG_JPG &&
           marker != JPEG_DAC;
}

static bool stands_between_segments(unsigned marker)
{
    return marker != 0 && marker != JPEG_SOI && marker != JPEG_TEM &&
           (marker < JPEG_RST_FIRST || marker > JPEG_RST_LAST);
}

static void take_marker(struct file_type_check *check, uint8_t marker)
{
    if (marker == 0xff) /* fill bytes may stand before a marker */
        return;
    check->state = JPEG_LENGTH;
    check->head[0] = marker;
    check->head_length = 1;
    if (marker == JPEG_EOI) {
        check->ended = true;
        check->broken = check->broken || !check->saw_data;
    } else if (is_frame(marker)) {
        check->saw_header = true;
    } else if (!stands_between_segments(marker) || (marker == JPEG_SOS && !check->saw_header)) {
        check->broken = true;
    }
}

static void take_length(struct file_type_check *check, uint8_t byte)
{
    if (!gather(check, byte, 3))
        return;
    unsigned length = (unsigned)check->head[1] << 8 | check->head[2];
    bool is_scan = check->head[0] == JPEG_SOS;
    check->head_length = 0;
    check->broken = check->broken || length < 2;
    check->skip_bytes = length < 2 ? 0 : length - 2;
    check->state = is_scan ? JPEG_SCAN : JPEG_MARKER_START;
    check->saw_data = check->saw_data || is_scan;
}

static void take_scan(struct file_type_check *check, uint8_t byte)
{
    if (check->state == JPEG_SCAN) {
        check->state = byte == 0xff ? JPEG_SCAN_FF : JPEG_SCAN;
        return;
    }
    if (byte == 0xff)
        return;
    bool goes_on = byte == 0 || (byte >= JPEG_RST_FIRST && byte <= JPEG_RST_LAST);
    if (goes_on)
        check->state = JPEG_SCAN;
    else
        take_marker(check, byte);
}

/* The last "%%EOF" counts: `ended` while only white space came behind it. */
static void take_pdf(struct file_type_check *check, uint8_t byte)
{
    static const char mark[] = "%%EOF";
    bool is_space = byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t' || byte == '\f' || byte == '\0';
    check->ended = check->ended && is_space;
    if (byte == (uint8_t)mark[check->matched])
        check->matched++;
    else if (byte == '%')
        check->matched = check->matched == 2 ? 2 : 1;
    else
        check->matched = 0;
    if (check->matched == sizeof mark - 1) {
        check->ended = true;
        check->matched = 0;
    }
}

static void take_head(struct file_type_check *check, uint8_t byte)
{
    bool whole = gather(check, byte, FILE_TYPE_HEAD_BYTES);
    if (check->head_length == 2 && check->head[0] == 0xff && check->head[1] == JPEG_SOI) {
        check->type = FILE_TYPE_JPEG;
        check->state = JPEG_MARKER_START;
        check->head_length = 0;
    } else if (check->type == FILE_TYPE_JPEG && check->head_length == 2) {
        check->broken = true; /* behind one image may come another, and nothing else */
    } else if (whole) {
        begin(check);
    }
}

static void take(struct file_type_check *check, uint8_t byte)
{
    switch (check->state) {
    case WAITS_FOR_HEAD:
        take_head(check, byte);
        break;
    case PNG_CHUNK:
        take_png(check, byte);
        break;
    case JPEG_MARKER_START:
        check->broken = check->broken || byte != 0xff;
        check->state = JPEG_MARKER;
        break;
    case JPEG_MARKER:
        take_marker(check, byte);
        break;
    case JPEG_LENGTH:
        take_length(check, byte);
        break;
    case JPEG_SCAN:
    case JPEG_SCAN_FF:
        take_scan(check, byte);
        break;
    case PDF_BODY:
        take_pdf(check, byte);
        break;
    default:
        check->broken = true;
        break;
    }
}

void file_type_feed(struct file_type_check *check, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    while (length && !check->broken) {
        if (check->skip_bytes) {
            size_t skipped = check->skip_bytes < length ? (size_t)check->skip_bytes : length;
            check->skip_bytes -= skipped;
            at += skipped;
            length -= skipped;
            continue;
        }
        if (check->ended && check->type == FILE_TYPE_PNG) {
            check->broken = true; /* something lies behind the end */
            return;
        }
        if (check->ended && check->type == FILE_TYPE_JPEG)
            *check = (struct file_type_check){.type = FILE_TYPE_JPEG, .state = WAITS_FOR_HEAD};
        take(check, *at);
        at++;
        length--;
    }
}

enum file_type file_type_end(const struct file_type_check *check)
{
    return check->ended && !check->broken && !check->skip_bytes ? check->type : FILE_TYPE_UNKNOWN;
}
