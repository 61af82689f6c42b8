/*
 * The dossier on paper, by libharu: built-in fonts, WinAnsi letters (Dutch has all of its own there), lines broken by the library.
 *
 * The library reports errors to a handler and goes on doing nothing, so every step may follow the last; what went wrong is looked at once,
 * at the end.
 */
#include "front/dossier.h"

#include <hpdf.h>
#include <stdio.h>
#include <string.h>

enum { MARGIN = 56, LINE_MAX_BYTES = 4096 };

static const float page_width = 595, page_height = 842, text_size = 10, title_size = 16, section_size = 12,
                   leading = 14;

struct paper {
    HPDF_Doc document;
    HPDF_Page page;
    HPDF_Font plain, bold;
    float y;
    bool failed;
};

static void on_error(HPDF_STATUS error, HPDF_STATUS detail, void *context)
{
    struct paper *paper = context;
    (void)error;
    (void)detail;
    paper->failed = true;
}

/* A code point of WinAnsi (Windows-1252) as its byte; what it has not is a question mark. */
static unsigned char winansi(uint32_t point)
{
    static const struct {
        uint32_t point;
        unsigned char byte;
    } others[] = {{0x20AC, 0x80}, {0x2018, 0x91}, {0x2019, 0x92}, {0x201C, 0x93}, {0x201D, 0x94}, {0x2022, 0x95},
                  {0x2013, 0x96}, {0x2014, 0x97}, {0x2026, 0x85}, {0x0152, 0x8C}, {0x0153, 0x9C}, {0x0178, 0x9F},
                  {0x0160, 0x8A}, {0x0161, 0x9A}, {0x017D, 0x8E}, {0x017E, 0x9E}};
    if ((point >= 0x20 && point < 0x7F) || (point >= 0xA0 && point <= 0xFF))
        return (unsigned char)point;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].point == point)
            return others[i].byte;
    return '?';
}

/* The length of the character at `text`, and its code point; texts were checked to be UTF-8 when they came. */
static size_t next_point(const unsigned char *text, uint32_t *point)
{
    size_t more = text[0] >= 0xF0 ? 3 : text[0] >= 0xE0 ? 2 : text[0] >= 0xC0 ? 1 : 0;
    *point = more == 3 ? text[0] & 0x07u : more == 2 ? text[0] & 0x0Fu : more == 1 ? text[0] & 0x1Fu : text[0];
    for (size_t i = 1; i <= more; i++) {
        if (!text[i])
            return i;
        *point = *point << 6 | (text[i] & 0x3Fu);
    }
    return more + 1;
}

/* One line of text up to its end or `\n`, as WinAnsi; gives what comes behind it. */
static const char *take_line(const char *text, char out[LINE_MAX_BYTES])
{
    size_t length = 0;
    while (*text && *text != '\n' && length + 1 < LINE_MAX_BYTES) {
        uint32_t point;
        text += next_point((const unsigned char *)text, &point);
        if (point != '\r')
            out[length++] = (char)(point == '\t' ? ' ' : winansi(point));
    }
    out[length] = '\0';
    return *text == '\n' ? text + 1 : text;
}

static void new_page(struct paper *paper)
{
    paper->page = HPDF_AddPage(paper->document);
    HPDF_Page_SetWidth(paper->page, page_width);
    HPDF_Page_SetHeight(paper->page, page_height);
    paper->y = page_height - MARGIN;
}

static void write_piece(struct paper *paper, HPDF_Font font, float size, const char *piece)
{
    if (paper->y < MARGIN + leading)
        new_page(paper);
    HPDF_Page_SetFontAndSize(paper->page, font, size);
    HPDF_Page_BeginText(paper->page);
    HPDF_Page_TextOut(paper->page, MARGIN, paper->y, piece);
    HPDF_Page_EndText(paper->page);
    paper->y -= size > text_size ? size + 6 : leading;
}

/* Breaks the line where the page ends: at a blank, or anywhere in a word that is too long. */
static void write_line(struct paper *paper, HPDF_Font font, float size, char *line)
{
    do {
        if (!paper->page)
            return;
        HPDF_Page_SetFontAndSize(paper->page, font, size);
        HPDF_UINT fits = HPDF_Page_MeasureText(paper->page, line, page_width - 2 * MARGIN, HPDF_TRUE, NULL);
        if (fits == 0)
            fits = HPDF_Page_MeasureText(paper->page, line, page_width - 2 * MARGIN, HPDF_FALSE, NULL);
        if (fits == 0)
            fits = (HPDF_UINT)strlen(line);
        char kept = line[fits];
        line[fits] = '\0';
        write_piece(paper, font, size, line);
        line[fits] = kept;
        line += fits;
    } while (*line && !paper->failed);
}

static void write_text(struct paper *paper, HPDF_Font font, float size, const char *text)
{
    char line[LINE_MAX_BYTES];
    do {
        text = take_line(text, line);
        write_line(paper, font, size, line);
    } while (*text && !paper->failed);
}

static void section(struct paper *paper, const char *title)
{
    paper->y -= leading;
    if (paper->y < MARGIN + 3 * leading)
        new_page(paper);
    write_text(paper, paper->bold, section_size, title);
}

static void field(struct paper *paper, const char *name, const char *value)
{
    char line[LINE_MAX_BYTES];
    if (!value[0])
        return;
    (void)snprintf(line, sizeof line, "%s: %s", name, value);
    write_text(paper, paper->plain, text_size, line);
}

/* The paper is for people, in Dutch as the page has it. */
static const char *const state_texts[] = {
    [STAGEMATCH__V1__CASE_STATE__CASE_STATE_UNSPECIFIED] = "",
    [STAGEMATCH__V1__CASE_STATE__CASE_STATE_RECEIVED] = "ontvangen",
    [STAGEMATCH__V1__CASE_STATE__CASE_STATE_VERIFIED] = "feiten compleet",
    [STAGEMATCH__V1__CASE_STATE__CASE_STATE_WEDERHOOR] = "vragen bij het bedrijf",
    [STAGEMATCH__V1__CASE_STATE__CASE_STATE_ASSESSMENT] = "beoordelen",
    [STAGEMATCH__V1__CASE_STATE__CASE_STATE_MEASURE] = "maatregelen",
    [STAGEMATCH__V1__CASE_STATE__CASE_STATE_FORWARDED] = "bij SBB",
    [STAGEMATCH__V1__CASE_STATE__CASE_STATE_FEEDBACK] = "terugkoppelen",
    [STAGEMATCH__V1__CASE_STATE__CASE_STATE_AFTERCARE] = "nazorg",
    [STAGEMATCH__V1__CASE_STATE__CASE_STATE_CLOSING] = "tweede persoon kijkt mee",
    [STAGEMATCH__V1__CASE_STATE__CASE_STATE_CLOSED] = "gesloten",
    [STAGEMATCH__V1__CASE_STATE__CASE_STATE_UNFOUNDED] = "geëindigd: geen grond",
    [STAGEMATCH__V1__CASE_STATE__CASE_STATE_WITHDRAWN] = "geëindigd: ingetrokken",
};
static const char *const event_texts[] = {
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_UNSPECIFIED] = "",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_OPENED] = "Zaak geopend",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_TAKEN] = "Zaak op zich genomen",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_TIE_DECLARED] = "Band met het bedrijf gemeld",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_VERIFIED] = "Feiten compleet",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_ASKED] = "Vraag aan het bedrijf",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_ANSWERED] = "Antwoord van het bedrijf",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_WENT_ON] = "Verder zonder antwoord",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_UPHELD] = "Besluit: (deels) gegrond",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_NOT_UPHELD] = "Besluit: niet gegrond",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_MEASURE] = "Maatregel",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_MEASURES_AGREED] = "Maatregelen afgesproken",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_FORWARDED] = "Naar SBB gestuurd",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_SBB_ANSWERED] = "Antwoord van SBB",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_FEEDBACK_GIVEN] = "Teruggekoppeld",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_CLOSING_PROPOSED] = "Sluiten voorgesteld",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_ENDING_PROPOSED] = "Stoppen voorgesteld",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_SECOND_ASKED] = "Tweede persoon gevraagd",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_SECOND_AGREED] = "Tweede persoon akkoord",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_SECOND_DISAGREED] = "Tweede persoon niet akkoord",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_NOTED] = "Aantekening",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_OVERDUE] = "Termijn voorbij",
    [STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_EXPORTED] = "Dossier gemaakt",
};
#define TEXT_AT(texts, index) ((size_t)(index) < sizeof(texts) / sizeof(texts)[0] ? (texts)[index] : "")

/* Words of the API that people would read otherwise; others are codes of closed lists, and stay. */
static const char *word_text(const char *word)
{
    static const char *const words[][2] = {{"company", "bedrijf"},
                                           {"proposal", "Besluit"},
                                           {"report", "Melding"},
                                           {"signal", "Signaal"},
                                           {"point", "Aandachtspunt"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i][0], word) == 0)
            return words[i][1];
    return word;
}

static const char *state_text(Stagematch__V1__CaseState state)
{
    return TEXT_AT(state_texts, state);
}

static const char *event_text(Stagematch__V1__CaseEvent event)
{
    return TEXT_AT(event_texts, event);
}

static void write_head(struct paper *paper, const struct dossier *dossier)
{
    const Stagematch__V1__Case *about = dossier->about;
    const Google__Protobuf__Timestamp made = {.seconds = dossier->made_ms / 1000};
    char when[32];
    write_text(paper, paper->bold, title_size, "Zaak over een leerbedrijf");
    field(paper, "Zaak", about->case_id);
    field(paper, "School (brin)", about->school);
    field(paper, "Leerbedrijf", about->leerbedrijf);
    dossier_time(about->create_time, true, when);
    field(paper, "Geopend", when);
    dossier_time(&made, true, when);
    field(paper, "Dossier gemaakt", when);
    field(paper, "Stand", state_text(about->state));
    field(paper, "Uitkomst", about->outcome);
    field(paper, "Reden van het einde", about->end_reason);
    field(paper, "Digest van het bewijs", about->evidence_digest);
}

static void write_steps(struct paper *paper, const struct dossier *dossier)
{
    char line[LINE_MAX_BYTES], when[32];
    section(paper, "Stappen");
    for (size_t i = 0; i < dossier->about->n_steps && !paper->failed; i++) {
        const Stagematch__V1__CaseStep *step = dossier->about->steps[i];
        const struct dossier_text *text = dossier_text_of(dossier, step->step);
        dossier_time(step->time, true, when);
        (void)snprintf(line, sizeof line, "%u. %s  %s  %s%s%s", step->step, when, event_text(step->event),
                       word_text(step->role), step->about[0] ? "  " : "", step->about);
        write_text(paper, paper->bold, text_size, line);
        for (size_t k = 0; text && k < text->said->n_grounds; k++)
            field(paper, "Grond", text->said->grounds[k]);
        if (text)
            write_text(paper, paper->plain, text_size, text->said->text);
    }
}

static void write_evidence(struct paper *paper, const struct dossier *dossier)
{
    char line[LINE_MAX_BYTES], when[32];
    section(paper, "Bewijs");
    for (size_t i = 0; i < dossier->evidence_count && !paper->failed; i++) {
        const Stagematch__V1__CaseEvidence *piece = dossier->evidence[i];
        const Stagematch__V1__CaseDecision *decision = piece->decision;
        (void)snprintf(line, sizeof line, "%s %s", word_text(piece->kind), piece->id);
        write_text(paper, paper->bold, text_size, line);
        field(paper, "Digest", piece->digest);
        if (!decision)
            continue;
        dossier_time(decision->time, true, when);
        field(paper, "Tijd", when);
        field(paper, "Reden", decision->reason);
        field(paper, "Criterium", decision->criterion);
        if (decision->placement)
            field(paper, "Leerplaats", decision->placement->leerplaats);
        for (size_t k = 0; k < decision->n_levels; k++) {
            (void)snprintf(line, sizeof line, "Niveau %s: %u", decision->levels[k]->skill,
                           decision->levels[k]->level);
            write_text(paper, paper->plain, text_size, line);
        }
    }
}

static void write_measures(struct paper *paper, const struct dossier *dossier)
{
    char when[32];
    section(paper, "Maatregelen");
    for (size_t i = 0; i < dossier->about->n_measures && !paper->failed; i++) {
        const Stagematch__V1__TakenMeasure *measure = dossier->about->measures[i];
        write_text(paper, paper->bold, text_size, measure->measure);
        dossier_time(measure->take_time, true, when);
        field(paper, "Genomen", when);
        dossier_time(measure->end_time, true, when);
        field(paper, "Voorbij", when);
        field(paper, "Opnieuw kijken", measure->follow_up_date);
    }
}

static enum err take_bytes(struct paper *paper, struct buf *out)
{
    HPDF_BYTE part[4096];
    if (HPDF_SaveToStream(paper->document) != HPDF_OK || HPDF_ResetStream(paper->document) != HPDF_OK)
        return ERR_INTERNAL;
    for (;;) {
        HPDF_UINT32 size = sizeof part;
        HPDF_STATUS status = HPDF_ReadFromStream(paper->document, part, &size);
        buf_put(out, part, size);
        if (size == 0 || status != HPDF_OK)
            return buf_error(out);
    }
}

enum err dossier_pdf(const struct dossier *dossier, struct buf *out)
{
    struct paper paper = {0};
    paper.document = HPDF_New(on_error, &paper);
    if (!paper.document)
        return ERR_MEMORY;
    HPDF_SetCompressionMode(paper.document, HPDF_COMP_TEXT);
    HPDF_SetInfoAttr(paper.document, HPDF_INFO_TITLE, "Zaak over een leerbedrijf");
    HPDF_SetInfoAttr(paper.document, HPDF_INFO_CREATOR, "Stagematch");
    paper.plain = HPDF_GetFont(paper.document, "Helvetica", "WinAnsiEncoding");
    paper.bold = HPDF_GetFont(paper.document, "Helvetica-Bold", "WinAnsiEncoding");
    new_page(&paper);
    write_head(&paper, dossier);
    write_steps(&paper, dossier);
    write_evidence(&paper, dossier);
    write_measures(&paper, dossier);
    enum err e = paper.failed ? ERR_MEMORY : take_bytes(&paper, out);
    HPDF_Free(paper.document);
    return e;
}
