/*
 * The CSV reader, fed whole, byte by byte and in pieces: the same rows and problems, whatever the pieces; rows within the
 * limits of the format, in valid UTF-8 and with rising line numbers.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "base/csv.h"
#include "base/random.h"

#include <iconv.h>
#include <string.h>

enum { TRANSCRIPT_BYTES = 64 * 1024 * 1024, WHOLE = 0 };

struct reading {
    struct buf transcript;
    uint64_t last_line;
};

static size_t utf8_length(const unsigned char *at, size_t left)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = at[0] < 0x80 ? 1 : at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    if (length == 1)
        return 1;
    if (at[0] < 0xc0 || at[0] >= 0xf8 || length > left)
        return 0;
    uint32_t character = at[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        character = character << 6 | (at[i] & 0x3fu);
    }
    bool surrogate = character >= 0xd800 && character <= 0xdfff;
    return character < least[length] || surrogate || character > 0x10ffff ? 0 : length;
}

static void claim_text(struct text field)
{
    CLAIM(field.length <= CSV_FIELD_BYTES);
    for (size_t at = 0, step; at < field.length; at += step) {
        step = utf8_length((const unsigned char *)field.data + at, field.length - at);
        CLAIM(step > 0 && field.data[at] != '\0');
    }
}

static enum err on_row(void *context, const struct csv_row *row)
{
    struct reading *reading = context;
    CLAIM(row->line > reading->last_line);
    CLAIM(row->count >= 1 && row->count <= CSV_COLUMNS_MAX);
    reading->last_line = row->line;
    buf_printf(&reading->transcript, "row %llu:", (unsigned long long)row->line);
    for (size_t i = 0; i < row->count; i++) {
        claim_text(row->fields[i]);
        buf_printf(&reading->transcript, " %zu ", row->fields[i].length);
        buf_put_text(&reading->transcript, row->fields[i]);
    }
    buf_put_char(&reading->transcript, '\n');
    return ERR_OK;
}

static void write_problems(struct buf *transcript, const struct problems *problems)
{
    buf_printf(transcript, "%llu problems\n", (unsigned long long)problems->total);
    for (size_t i = 0; i < problems->kept; i++)
        buf_printf(transcript, "%s line %llu column %s\n", problems->list[i].kind->code,
                   (unsigned long long)problems->list[i].line, problems->list[i].column);
}

static enum err feed_pieces(struct csv_reader *reader, const uint8_t *bytes, size_t length,
                            const struct random_source *random, uint64_t piece_bytes_max)
{
    enum err e = ERR_OK;
    while (length && e == ERR_OK) {
        size_t piece = piece_bytes_max == WHOLE ? length : (size_t)random_below(random, piece_bytes_max) + 1;
        piece = piece < length ? piece : length;
        e = csv_reader_feed(reader, bytes, piece);
        bytes += piece;
        length -= piece;
    }
    return e;
}

/* Reads all of it in pieces of 1 to piece_bytes_max bytes (or WHOLE) and writes down everything that came of it. */
static void transcribe(const uint8_t *bytes, size_t length, bool windows_1252, uint64_t piece_bytes_max,
                       struct buf *out)
{
    struct reading reading = {.last_line = 0};
    buf_init(&reading.transcript, TRANSCRIPT_BYTES);
    struct csv_handler handler = {.row = on_row, .context = &reading};
    struct problems problems;
    struct csv_reader *reader;
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, length);
    problems_init(&problems, "input");
    CLAIM(csv_reader_new(windows_1252, &handler, &problems, &reader) == ERR_OK);
    enum err e = feed_pieces(reader, bytes, length, &random, piece_bytes_max);
    if (e == ERR_OK)
        e = csv_reader_end(reader);
    CLAIM(e == ERR_OK || (e == ERR_INPUT && problems.total > 0));
    csv_reader_free(reader);
    buf_printf(&reading.transcript, "%s\n", err_text(e));
    write_problems(&reading.transcript, &problems);
    CLAIM(buf_error(&reading.transcript) == ERR_OK);
    problems_free(&problems);
    *out = reading.transcript;
}

static void claim_pieces_do_not_matter(const uint8_t *bytes, size_t length, bool windows_1252)
{
    static const uint64_t pieces[] = {1, 3, 40};
    struct buf whole, split;
    transcribe(bytes, length, windows_1252, WHOLE, &whole);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        transcribe(bytes, length, windows_1252, pieces[i], &split);
        CLAIM(text_equal(buf_text(&whole), buf_text(&split)));
        buf_free(&split);
    }
    buf_free(&whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static iconv_t kept; /* while one is open, its module is not loaded anew for every input */
    if (!kept)
        kept = iconv_open("UTF-8", "WINDOWS-1252");
    claim_pieces_do_not_matter(bytes, length, false);
    claim_pieces_do_not_matter(bytes, length, true);
    return 0;
}
