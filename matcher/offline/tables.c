#include "offline/tables.h"

#include "base/date.h"
#include "match/explain.h"

static void put_key(struct buf *buf, const struct intake *intake, const struct student_row *row)
{
    char date[11];
    date_format(row->profile.from, date);
    buf_put_text(buf, intern_text(&intake->schools, row->school));
    buf_put_char(buf, ';');
    buf_put_text(buf, row->number);
    buf_put_char(buf, ';');
    buf_put(buf, date, 10);
    buf_put_char(buf, ';');
}

static void put_match(struct buf *buf, const struct intake *intake, const struct student_outcome *outcome)
{
    const struct placement_row *placement = &intake->placements[outcome->place];
    uint32_t hundredths = (outcome->distance_m + 5) / 10;
    buf_put_text(buf, placement->leerbedrijf);
    buf_put_char(buf, ';');
    buf_put_text(buf, placement->leerplaats);
    buf_put_char(buf, ';');
    buf_put_u64(buf, outcome->rank);
    buf_put_char(buf, ';');
    buf_put_u64(buf, outcome->score);
    buf_put_char(buf, ';');
    buf_put_u64(buf, outcome->band);
    buf_put_char(buf, ';');
    buf_put_u64(buf, hundredths / 100);
    buf_put_char(buf, '.');
    buf_put_char(buf, (char)('0' + hundredths / 10 % 10));
    buf_put_char(buf, (char)('0' + hundredths % 10));
    buf_put_char(buf, '\n');
}

const char *tables_reason_code(const struct round_result *result, const struct student_outcome *outcome,
                               size_t placement_count)
{
    static const char *const names[] = {"geen aanbod", "band", "loting"}; /* from BINDING_NO_PLACES on */
    static const uint32_t nothing[RULE_COUNT];
    const uint32_t *removed =
        outcome->eligible || placement_count == 0 ? nothing : result->removed[outcome->removed_at];
    unsigned binding = explain_binding(outcome->eligible, outcome->by_lottery, removed);
    return binding < BINDING_NO_PLACES ? rule_name((enum rule)binding) : names[binding - BINDING_NO_PLACES];
}

static void put_counted(struct buf *buf, const char *name, uint32_t count, bool *first)
{
    if (count == 0)
        return;
    buf_put_string(buf, *first ? " " : ", ");
    buf_put_string(buf, name);
    buf_put_char(buf, ' ');
    buf_put_u64(buf, count);
    *first = false;
}

void tables_put_reason(struct buf *buf, const struct round_result *result, const struct student_outcome *outcome,
                       size_t placement_count)
{
    const char *code = tables_reason_code(result, outcome, placement_count);
    bool first = true;
    if (outcome->eligible) {
        buf_printf(buf, "alle passende plaatsen vol (%s): van %u passende plaatsen gingen anderen voor:", code,
                   outcome->eligible);
        put_counted(buf, "band", outcome->by_band, &first);
        put_counted(buf, "loting", outcome->by_lottery, &first);
        return;
    }
    buf_printf(buf, "geen passende plaats (%s): ", code);
    if (placement_count == 0) {
        buf_put_string(buf, "er zijn geen plaatsen");
        return;
    }
    buf_printf(buf, "van %zu plaatsen vielen af:", placement_count);
    for (enum rule rule = RULE_QUALIFICATION; rule < RULE_COUNT; rule++)
        put_counted(buf, rule_name(rule), result->removed[outcome->removed_at][rule], &first);
}

static enum err each_student(const struct intake *intake, const struct round_result *result, const struct sink *sink,
                             const char *header, bool matched)
{
    struct buf buf;
    enum err e = ERR_OK;
    buf_init(&buf, SINK_BUF_BYTES);
    buf_put_string(&buf, header);
    for (size_t s = 0; s < intake->student_count && e == ERR_OK; s++) {
        const struct student_outcome *outcome = &result->outcomes[s];
        if ((outcome->place != PLACE_NONE) != matched)
            continue;
        put_key(&buf, intake, &intake->students[s]);
        if (matched) {
            put_match(&buf, intake, outcome);
        } else {
            tables_put_reason(&buf, result, outcome, intake->placement_count);
            buf_put_char(&buf, '\n');
        }
        e = sink_flush(sink, &buf, false);
    }
    if (e == ERR_OK)
        e = sink_flush(sink, &buf, true);
    buf_free(&buf);
    return e;
}

enum err tables_matches(const struct intake *intake, const struct round_result *result, const struct sink *sink)
{
    return each_student(intake, result, sink, "school;studentnummer;van;leerbedrijf;leerplaats;rang;score;band;km\n",
                        true);
}

enum err tables_unmatched(const struct intake *intake, const struct round_result *result, const struct sink *sink)
{
    return each_student(intake, result, sink, "school;studentnummer;van;reden\n", false);
}
