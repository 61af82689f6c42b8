#include "offline/explain.h"

#include "base/date.h"
#include "match/explain.h"
#include "offline/tables.h"

#include <inttypes.h>

#define SAY(job, en, nl) ((job)->language == LANGUAGE_NL ? (nl) : (en))

static struct text key_part(struct text *rest)
{
    struct text part = {"", 0};
    (void)text_next(rest, '/', &part);
    return part;
}

enum err explain_find_student(const struct job *job, struct text key, size_t *first, size_t *count)
{
    struct text rest = key, school = key_part(&rest), number = key_part(&rest), from = key_part(&rest);
    int32_t day = 0;
    size_t found = 0, at = 0;
    if (rest.data || (from.length && date_parse(from, &day) != ERR_OK))
        return ERR_RANGE;
    for (size_t s = 0; s < job->intake->student_count; s++) {
        const struct student_row *row = &job->intake->students[s];
        if (!text_equal(row->number, number) ||
            !text_equal(intern_text(&job->intake->schools, row->school), school) ||
            (from.length && row->profile.from != day))
            continue;
        if (found++ == 0)
            at = s; /* the rows of one student stand together */
    }
    if (found == 0)
        return ERR_MISSING;
    *first = at;
    *count = found;
    return ERR_OK;
}

enum err explain_find_placement(const struct job *job, struct text key, size_t *placement)
{
    struct text rest = key, leerbedrijf = key_part(&rest), leerplaats = key_part(&rest);
    if (rest.data)
        return ERR_RANGE;
    for (size_t p = 0; p < job->intake->placement_count; p++)
        if (text_equal(job->intake->placements[p].leerbedrijf, leerbedrijf) &&
            text_equal(job->intake->placements[p].leerplaats, leerplaats)) {
            *placement = p;
            return ERR_OK;
        }
    return ERR_MISSING;
}

static void print_head(const struct job *job, const struct names *names, size_t student, FILE *to)
{
    const struct student_row *row = &job->intake->students[student];
    struct text school = intern_text(&job->intake->schools, row->school);
    struct text name = names_find(names, row->profile.qualification);
    char from[11], until[11];
    date_format(row->profile.from, from);
    date_format(row->profile.to, until);
    fprintf(to, "%.*s/%.*s  %05u %.*s  %s .. %s  %u %s  max %u km\n", (int)school.length, school.data,
            (int)row->number.length, row->number.data, row->profile.qualification, (int)name.length, name.data, from,
            until, row->profile.hours, SAY(job, "hours", "uur"), row->profile.max_km);
}

static void print_reason(const struct job *job, const struct student_outcome *outcome, FILE *to)
{
    struct buf reason;
    buf_init(&reason, 4096);
    tables_put_reason(&reason, &job->result, outcome, job->intake->placement_count);
    fprintf(to, "  %s: %.*s\n", SAY(job, "not placed", "niet geplaatst"), (int)reason.length,
            reason.data ? reason.data : "");
    buf_free(&reason);
}

/* What happened at one placement of the list. */
static const char *what_happened(const struct job *job, enum place_fate fate)
{
    static const struct {
        const char *en, *nl;
    } texts[FATE_COUNT] = {
        [FATE_HELD] = {"PLACED HERE", "HIER GEPLAATST"},
        [FATE_LOWER] = {"lower on the list than the place they have", "lager op de lijst dan de eigen plaats"},
        [FATE_FREE] = {"free", "vrij"},
        [FATE_BAND] = {"full: everybody there has a higher band", "vol: iedereen daar heeft een hogere band"},
        [FATE_LOTTERY] = {"full: the lottery went before", "vol: de loting ging voor"},
        [FATE_CUT] = {"full: further than the list was looked at", "vol: verder dan de lijst is bekeken"},
    };
    return SAY(job, texts[fate].en, texts[fate].nl);
}

enum err explain_student(const struct job *job, const struct names *names, size_t student, size_t most, FILE *to)
{
    struct explained_list explained;
    const struct student_outcome *outcome = &job->result.outcomes[student];
    uint32_t own_rank = outcome->place == PLACE_NONE ? 0 : outcome->rank;
    enum err e = explain_list(&job->intake->market, &job->rules, (uint32_t)student, &explained);
    if (e != ERR_OK)
        return e;
    print_head(job, names, student, to);
    if (outcome->place == PLACE_NONE)
        print_reason(job, outcome, to);
    for (uint32_t k = 0; k < explained.count && k < most; k++) {
        const struct candidate *at = &explained.list[k];
        const struct placement_row *placement = &job->intake->placements[at->place];
        uint32_t band = at->score / job->rules.band_width;
        fprintf(to, "  %3u. %.*s/%.*s (%.*s)  %s%.1f km  score %u, band %u: %s\n", k + 1,
                (int)placement->leerbedrijf.length, placement->leerbedrijf.data, (int)placement->leerplaats.length,
                placement->leerplaats.data, (int)placement->bedrijfsnaam.length, placement->bedrijfsnaam.data,
                job->postcodes->coarse ? "± " : "", at->distance_m / 1000.0, at->score, band,
                what_happened(job, explain_fate(own_rank, k + 1, band, job->result.places[at->place].lowest_band)));
    }
    if (explained.count > most)
        fprintf(to, "       %s %zu\n", SAY(job, "and further down the list:", "en verder op de lijst:"),
                (size_t)explained.count - most);
    explained_list_free(&explained);
    return ERR_OK;
}

static void print_criteria_cost(const struct job *job, const struct placement *placement, const uint32_t *more,
                                FILE *to)
{
    for (uint32_t i = 0; i < placement->hard.count; i++) {
        const struct criterion *criterion = &job->intake->market.criteria[placement->hard.at + i];
        struct text skill = intern_text(&job->intake->skills, criterion->skill);
        fprintf(to, "  %s %.*s>=%u: %s %u\n", SAY(job, "without", "zonder"), (int)skill.length, skill.data,
                criterion->level, SAY(job, "more students eligible:", "meer studenten passend:"), more[i]);
    }
}

enum err explain_placement(const struct job *job, const struct names *names, size_t place, FILE *to)
{
    const struct market *market = &job->intake->market;
    const struct placement_row *row = &job->intake->placements[place];
    uint32_t eligible, held = 0, more[LIST_ITEMS_MAX];
    explain_criteria(market, &job->rules, (uint32_t)place, &eligible, more);
    for (uint32_t s = 0; s < market->student_count; s++)
        held += job->result.outcomes[s].place == place;
    fprintf(to, "%.*s/%.*s (%.*s)  %u %s\n", (int)row->leerbedrijf.length, row->leerbedrijf.data,
            (int)row->leerplaats.length, row->leerplaats.data, (int)row->bedrijfsnaam.length, row->bedrijfsnaam.data,
            row->profile.capacity, SAY(job, "seats", "plaatsen"));
    for (uint32_t i = 0; i < row->profile.qualifications.count; i++) {
        uint32_t code = market->qualifications[row->profile.qualifications.at + i];
        struct text name = names_find(names, code);
        fprintf(to, "  %05u %.*s\n", code, (int)name.length, name.data);
    }
    fprintf(to, "  %s: %u; %s: %u\n", SAY(job, "eligible students", "passende studenten"), eligible,
            SAY(job, "placed here", "hier geplaatst"), held);
    print_criteria_cost(job, &market->placements[place], more, to);
    return ERR_OK;
}
