#include "base/csv.h"

#include "base/buf.h"
#include "base/encoding.h"
#include "base/mem.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

static const struct problem_kind empty_file = {"file.empty",
                                               {"the file is empty", "het bestand is leeg"},
                                               {"a header line with column names, then one line for each row",
                                                "een kopregel met kolomnamen, daarna een regel per rij"}};
static const struct problem_kind bad_utf8 = {
    "csv.encoding",
    {"a byte that is not UTF-8, in a file that is UTF-8 elsewhere",
     "een teken dat geen UTF-8 is, in een bestand dat verder UTF-8 is"},
    {"one encoding for the whole file: save it again as 'CSV UTF-8'",
     "een tekencodering voor het hele bestand: sla het opnieuw op als 'CSV UTF-8'"}};
static const struct problem_kind bad_1252 = {
    "csv.undefined-byte",
    {"a byte that means nothing in Windows-1252", "een teken dat in Windows-1252 niet bestaat"},
    {"text in UTF-8 or Windows-1252: save it again as 'CSV UTF-8'",
     "tekst in UTF-8 of Windows-1252: sla het bestand opnieuw op als 'CSV UTF-8'"}};
static const struct problem_kind nul_byte = {
    "csv.nul",
    {"a NUL byte", "een NUL-teken"},
    {"text; UTF-16 and binary files are not read: save it again as 'CSV UTF-8'",
     "tekst; UTF-16 en Excel-bestanden worden hier niet gelezen: sla het op als 'CSV UTF-8'"}};
static const struct problem_kind stray_quote = {
    "csv.quote",
    {"a quotation mark in the wrong place", "een aanhalingsteken op de verkeerde plaats"},
    {"quotes around the whole field, and each quote inside it doubled",
     "aanhalingstekens om het hele veld, en elk aanhalingsteken erbinnen dubbel"}};
static const struct problem_kind open_quote = {
    "csv.unclosed-quote",
    {"a quotation mark that is opened on this line is never closed, so the rest could not be read",
     "een aanhalingsteken dat op deze regel begint wordt nergens gesloten; de rest is niet gelezen"},
    {"a closing quotation mark at the end of the field", "een aanhalingsteken aan het eind van het veld"}};
static const struct problem_kind long_field = {
    "csv.field-too-long",
    {"a field of more than 4096 bytes", "een veld van meer dan 4096 bytes"},
    {"a shorter text; look for a quotation mark that is not closed",
     "een kortere tekst; kijk ook of een aanhalingsteken niet gesloten is"}};
static const struct problem_kind endless_field = {
    "csv.field-endless",
    {"a field of more than 65536 bytes, so the rest of the file could not be read",
     "een veld van meer dan 65536 bytes; de rest van het bestand is niet gelezen"},
    {"at most 4096 bytes in a field; look for a quotation mark that is not closed",
     "ten hoogste 4096 bytes per veld; kijk of een aanhalingsteken niet gesloten is"}};
static const struct problem_kind lone_cr = {
    "csv.lone-cr",
    {"a carriage return without a line feed", "een regeleinde CR zonder LF"},
    {"lines that end in CRLF or LF: save it again as 'CSV UTF-8'",
     "regels die eindigen op CRLF of LF: sla het opnieuw op als 'CSV UTF-8'"}};
static const struct problem_kind too_many_columns = {
    "csv.too-many-columns",
    {"more than 256 columns", "meer dan 256 kolommen"},
    {"the columns of the data format alone", "alleen de kolommen van het gegevensformaat"}};

enum { HEAD_BYTES_MAX = 64 * 1024, PARSE_BYTES = 16 * 1024 };

struct csv_reader {
    const struct csv_handler *handler;
    struct problems *problems;
    struct decoder decoder;
    struct csv_parser parser;
    bool parsing;        /* the delimiter is known */
    bool any_row;        /* the header line is past */
    bool skipping;       /* after a quoting error: up to the next line feed */
    bool cr_ended;       /* the last row ended in CR: only LF may follow */
    bool row_overflowed; /* more columns than are kept */
    enum err error;      /* what ended the reading: the handler's, out of memory, or a file that cannot be read on */
    uint64_t line;       /* of the row that is being read */
    char delimiter;
    struct buf head; /* what came before the delimiter was known */
    struct buf row;  /* the bytes of the fields of this row */
    size_t ends[CSV_COLUMNS_MAX];
    struct text fields[CSV_COLUMNS_MAX];
    size_t count;
};

static void *capped_realloc(void *block, size_t size)
{
    void *resized = block;
    if (size > CSV_FIELD_HARD_BYTES || mem_resize(&resized, size, 1) != ERR_OK)
        return NULL;
    return resized;
}

static int never_space(unsigned char c)
{
    (void)c;
    return 0; /* blanks belong to their field */
}

static enum err open_parser(struct csv_reader *reader)
{
    if (csv_init(&reader->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0)
        return ERR_MEMORY;
    csv_set_delim(&reader->parser, (unsigned char)reader->delimiter);
    csv_set_space_func(&reader->parser, never_space);
    csv_set_realloc_func(&reader->parser, capped_realloc);
    csv_set_free_func(&reader->parser, mem_free);
    csv_set_blk_size(&reader->parser, 1024);
    return ERR_OK;
}

size_t csv_column_label(size_t column, char out[16])
{
    char letters[4];
    size_t used = 0;
    for (size_t rest = column + 1; rest && used < sizeof letters; rest = (rest - 1) / 26)
        letters[used++] = (char)('A' + (rest - 1) % 26);
    int length = snprintf(out, 16, "%zu (", column + 1);
    size_t at = length > 0 ? (size_t)length : 0;
    while (used && at < 14)
        out[at++] = letters[--used];
    out[at++] = ')';
    out[at] = '\0';
    return at;
}

static void add_problem(struct csv_reader *reader, const struct problem_kind *kind)
{
    char label[16];
    struct text name = {NULL, 0};
    if (reader->handler->column_name)
        name = reader->handler->column_name(reader->handler->context, reader->count);
    if (name.length == 0 && reader->parsing) /* before that the fields are not told apart yet */
        name = (struct text){label, csv_column_label(reader->count, label)};
    problems_add(reader->problems, kind, reader->line, name, text_of(""));
}

/* About the row before this one. */
static void add_lone_cr(struct csv_reader *reader)
{
    problems_add(reader->problems, &lone_cr, reader->line - 1, text_of(""), text_of(""));
    reader->cr_ended = false;
}

static void on_field(void *data, size_t length, void *context)
{
    struct csv_reader *reader = context;
    if (reader->error != ERR_OK)
        return; /* libcsv goes on to the end of what it was given; we do not, wherever that is */
    if (reader->cr_ended)
        add_lone_cr(reader);
    if (reader->count == CSV_COLUMNS_MAX) {
        if (!reader->row_overflowed)
            add_problem(reader, &too_many_columns);
        reader->row_overflowed = true;
        return;
    }
    if (length > CSV_FIELD_BYTES) {
        add_problem(reader, &long_field);
        length = 0;
    }
    buf_put(&reader->row, data, length);
    reader->ends[reader->count++] = reader->row.length;
}

static void start_row(struct csv_reader *reader)
{
    reader->count = 0;
    reader->row_overflowed = false;
    buf_clear(&reader->row);
}

static void finish_row(struct csv_reader *reader)
{
    struct text bytes = buf_text(&reader->row);
    size_t start = 0;
    for (size_t i = 0; i < reader->count; i++) {
        reader->fields[i] = (struct text){bytes.data + start, reader->ends[i] - start};
        start = reader->ends[i];
    }
    if (reader->error == ERR_OK)
        reader->error = buf_error(&reader->row);
    if (reader->error == ERR_OK && reader->count && !reader->row_overflowed) {
        struct csv_row row = {reader->line, reader->count, reader->fields};
        reader->error = reader->handler->row(reader->handler->context, &row);
    }
    if (reader->error == ERR_OK && reader->row_overflowed && !reader->any_row)
        reader->error = ERR_INPUT; /* no other row may pass for the header */
    reader->any_row = reader->any_row || reader->count > 0;
    start_row(reader);
    reader->line++;
}

static void on_row(int terminator, void *context)
{
    struct csv_reader *reader = context;
    if (reader->error != ERR_OK)
        return;
    if (terminator == '\n' && reader->cr_ended) {
        reader->cr_ended = false; /* the second half of CRLF */
        return;
    }
    if (reader->cr_ended)
        add_lone_cr(reader);
    reader->cr_ended = terminator == '\r';
    finish_row(reader);
}

/* After a quoting error: forgets the row and looks for the next line. */
static enum err resume(struct csv_reader *reader)
{
    csv_free(&reader->parser);
    enum err e = open_parser(reader);
    reader->skipping = true;
    reader->cr_ended = false;
    return e;
}

/* Parses at most PARSE_BYTES, so that a handler's error stops soon. Sets *used to what it took. */
static enum err parse_part(struct csv_reader *reader, const char *utf8, size_t length, size_t *used)
{
    size_t part = length < PARSE_BYTES ? length : PARSE_BYTES;
    if (reader->skipping) {
        const char *end = memchr(utf8, '\n', part);
        *used = end ? (size_t)(end - utf8) + 1 : part;
        if (end) {
            reader->skipping = false;
            start_row(reader);
            reader->line++;
        }
        return ERR_OK;
    }
    *used = csv_parse(&reader->parser, utf8, part, on_field, on_row, reader);
    if (reader->error != ERR_OK || *used == part)
        return reader->error;
    if (csv_error(&reader->parser) == CSV_EPARSE) {
        add_problem(reader, &stray_quote);
        return reader->any_row ? resume(reader) : ERR_INPUT; /* no other row may pass for the header */
    }
    if (csv_get_buffer_size(&reader->parser) < CSV_FIELD_HARD_BYTES)
        return ERR_MEMORY;
    add_problem(reader, &endless_field);
    return ERR_INPUT;
}

static enum err parse(struct csv_reader *reader, const char *utf8, size_t length)
{
    enum err e = ERR_OK;
    while (length && e == ERR_OK) {
        size_t used = 0;
        e = parse_part(reader, utf8, length, &used);
        utf8 += used;
        length -= used;
    }
    return e;
}

/* The separator that the header uses more often outside quotes; ';' where it uses neither. */
static char find_delimiter(struct text line)
{
    size_t semicolons = 0, commas = 0;
    bool quoted = false;
    for (size_t i = 0; i < line.length; i++) {
        quoted ^= line.data[i] == '"';
        semicolons += !quoted && line.data[i] == ';';
        commas += !quoted && line.data[i] == ',';
    }
    return commas > semicolons ? ',' : ';';
}

static bool is_sep_line(struct text line)
{
    if (line.length && line.data[line.length - 1] == '\r')
        line.length--;
    return line.length >= 4 && line.length <= 5 && text_is_nocase((struct text){line.data, 4}, "sep=");
}

/* The first line with anything on it, without its line feed; false while it is not all there and more may come. */
static bool first_line(struct text all, bool at_end, struct text *line)
{
    bool quoted = false;
    size_t start = 0;
    for (size_t i = 0; i < all.length; i++) {
        quoted ^= all.data[i] == '"';
        if (all.data[i] != '\n' || quoted)
            continue;
        size_t length = i - start;
        if (length > 1 || (length == 1 && all.data[start] != '\r')) {
            *line = (struct text){all.data + start, length};
            return true;
        }
        start = i + 1;
    }
    *line = (struct text){all.data + start, all.length - start};
    return at_end || all.length >= HEAD_BYTES_MAX;
}

/* Looks at what has come so far; when the header line is complete, opens the parser and hands everything on. */
static enum err try_head(struct csv_reader *reader, bool at_end)
{
    struct text all = buf_text(&reader->head), line;
    if (!first_line(all, at_end, &line))
        return ERR_OK;
    size_t past = (size_t)(line.data - all.data) + line.length + 1;
    if (is_sep_line(line) && past <= all.length) {
        all = (struct text){all.data + past, all.length - past};
        if (!first_line(all, at_end, &line))
            return ERR_OK;
    } else if (is_sep_line(line)) {
        all.length = 0;
    }
    reader->delimiter = find_delimiter(line);
    enum err e = open_parser(reader);
    if (e != ERR_OK)
        return e;
    reader->parsing = true;
    e = parse(reader, all.data, all.length);
    buf_free(&reader->head);
    return e;
}

static enum err on_text(void *context, const char *utf8, size_t length)
{
    struct csv_reader *reader = context;
    if (reader->parsing)
        return parse(reader, utf8, length);
    buf_put(&reader->head, utf8, length);
    enum err e = buf_error(&reader->head);
    return e == ERR_OK ? try_head(reader, false) : e;
}

static enum err on_bad_byte(void *context, bool is_nul)
{
    struct csv_reader *reader = context;
    const struct problem_kind *kind = reader->decoder.encoding == ENCODING_UTF8 ? &bad_utf8 : &bad_1252;
    add_problem(reader, is_nul ? &nul_byte : kind);
    return on_text(context, "\xef\xbf\xbd", 3); /* U+FFFD, so that the row keeps its shape */
}

enum err csv_reader_new(bool windows_1252, const struct csv_handler *handler, struct problems *problems,
                        struct csv_reader **out)
{
    struct csv_reader *reader;
    enum err e = mem_alloc(1, sizeof *reader, &reader);
    if (e != ERR_OK)
        return e;
    reader->handler = handler;
    reader->problems = problems;
    reader->line = 1;
    buf_init(&reader->head, 2 * (size_t)HEAD_BYTES_MAX);
    buf_init(&reader->row, (size_t)CSV_COLUMNS_MAX * CSV_FIELD_BYTES);
    e = decoder_open(&reader->decoder, windows_1252 ? ENCODING_WINDOWS_1252 : ENCODING_UTF8);
    if (e != ERR_OK) {
        mem_free(reader);
        return e;
    }
    *out = reader;
    return ERR_OK;
}

void csv_reader_free(struct csv_reader *reader)
{
    if (!reader)
        return;
    if (reader->parsing)
        csv_free(&reader->parser);
    decoder_close(&reader->decoder);
    buf_free(&reader->head);
    buf_free(&reader->row);
    mem_free(reader);
}

enum err csv_reader_feed(struct csv_reader *reader, const void *bytes, size_t length)
{
    struct decoder_sink sink = {on_text, on_bad_byte, reader};
    const unsigned char *at = bytes;
    enum err e = reader->error;
    while (length && e == ERR_OK) { /* in parts, so that the head never grows by more than one of them */
        size_t part = length < PARSE_BYTES ? length : PARSE_BYTES;
        e = decoder_feed(&reader->decoder, at, part, &sink);
        at += part;
        length -= part;
    }
    reader->error = e;
    return e;
}

enum err csv_reader_end(struct csv_reader *reader)
{
    struct decoder_sink sink = {on_text, on_bad_byte, reader};
    enum err e = reader->error;
    if (e == ERR_OK)
        e = decoder_end(&reader->decoder, &sink);
    if (e == ERR_OK && !reader->parsing)
        e = try_head(reader, true);
    if (e != ERR_OK || reader->skipping)
        return e;
    if (csv_fini(&reader->parser, on_field, on_row, reader) != 0) {
        add_problem(reader, &open_quote);
        return ERR_INPUT;
    }
    if (reader->cr_ended)
        add_lone_cr(reader);
    if (reader->error == ERR_OK && !reader->any_row) {
        problems_add(reader->problems, &empty_file, 0, text_of(""), text_of(""));
        return ERR_INPUT;
    }
    return reader->error;
}
