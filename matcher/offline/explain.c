#include "offline/explain.h"

#include "base/date.h"
#include "base/mem.h"
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

/* The lowest band that holds a seat at every placement; UINT8_MAX where nobody does. */
static enum err lowest_bands(const struct job *job, uint8_t **out)
{
    uint8_t *lowest;
    enum err e = mem_alloc(job->intake->placement_count, 1, &lowest);
    if (e != ERR_OK)
        return e;
    for (size_t p = 0; p < job->intake->placement_count; p++)
        lowest[p] = UINT8_MAX;
    for (size_t s = 0; s < job->intake->student_count; s++) {
        const struct student_outcome *outcome = &job->result.outcomes[s];
        if (outcome->place != PLACE_NONE && outcome->band < lowest[outcome->place])
            lowest[outcome->place] = outcome->band;
    }
    *out = lowest;
    return ERR_OK;
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
static const char *what_happened(const struct job *job, const struct student_outcome *outcome, uint32_t rank,
                                 uint32_t place, uint32_t band, const uint8_t *lowest)
{
    if (outcome->place == place)
        return SAY(job, "PLACED HERE", "HIER GEPLAATST");
    if (outcome->place != PLACE_NONE && rank > outcome->rank)
        return SAY(job, "lower on the list than the place they have", "lager op de lijst dan de eigen plaats");
    if (lowest[place] == UINT8_MAX)
        return SAY(job, "free", "vrij");
    return lowest[place] > band
               ? SAY(job, "full: everybody there has a higher band", "vol: iedereen daar heeft een hogere band")
               : SAY(job, "full: the lottery went before", "vol: de loting ging voor");
}

enum err explain_student(const struct job *job, const struct names *names, size_t student, size_t most, FILE *to)
{
    struct list_maker maker;
    const struct candidate *list;
    uint8_t *lowest;
    uint32_t count;
    const struct student_outcome *outcome = &job->result.outcomes[student];
    enum err e = lowest_bands(job, &lowest);
    if (e != ERR_OK)
        return e;
    e = list_maker_open(&job->intake->market, &job->rules, &maker);
    if (e != ERR_OK) {
        mem_free(lowest);
        return e;
    }
    print_head(job, names, student, to);
    if (outcome->place == PLACE_NONE)
        print_reason(job, outcome, to);
    list_maker_full(&maker, (uint32_t)student, &list, &count);
    for (uint32_t k = 0; k < count && k < most; k++) {
        const struct placement_row *placement = &job->intake->placements[list[k].place];
        fprintf(to, "  %3u. %.*s/%.*s (%.*s)  %s%.1f km  score %u, band %u: %s\n", k + 1,
                (int)placement->leerbedrijf.length, placement->leerbedrijf.data, (int)placement->leerplaats.length,
                placement->leerplaats.data, (int)placement->bedrijfsnaam.length, placement->bedrijfsnaam.data,
                job->postcodes->coarse ? "± " : "", list[k].distance_m / 1000.0, list[k].score,
                list[k].score / job->rules.band_width,
                what_happened(job, outcome, k + 1, list[k].place, list[k].score / job->rules.band_width, lowest));
    }
    if (count > most)
        fprintf(to, "       %s %zu\n", SAY(job, "and further down the list:", "en verder op de lijst:"),
                (size_t)count - most);
    list_maker_close(&maker);
    mem_free(lowest);
    return ERR_OK;
}

/* Whether hard criterion `only` (an index) is the single one that this student misses. */
static bool misses_only(const struct market *market, const struct student *student, const struct placement *placement,
                        uint32_t only)
{
    for (uint32_t i = 0; i < placement->hard.count; i++) {
        const struct criterion *criterion = &market->criteria[placement->hard.at + i];
        bool meets = market_level(market, student, criterion->skill) >= criterion->level;
        if (meets == (i == only))
            return false;
    }
    return true;
}

static void print_criteria_cost(const struct job *job, size_t place, FILE *to)
{
    const struct market *market = &job->intake->market;
    const struct placement *placement = &market->placements[place];
    uint32_t more[LIST_ITEMS_MAX] = {0};
    for (uint32_t s = 0; s < market->student_count; s++) {
        if (eligible_first_broken(market, &job->rules, s, (uint32_t)place) != RULE_CRITERIA)
            continue;
        for (uint32_t i = 0; i < placement->hard.count; i++)
            more[i] += misses_only(market, &market->students[s], placement, i);
    }
    for (uint32_t i = 0; i < placement->hard.count; i++) {
        const struct criterion *criterion = &market->criteria[placement->hard.at + i];
        struct text skill = intern_text(&job->intake->skills, criterion->skill);
        fprintf(to, "  %s %.*s>=%u: %s %u\n", SAY(job, "without", "zonder"), (int)skill.length, skill.data,
                criterion->level, SAY(job, "more students eligible:", "meer studenten passend:"), more[i]);
    }
}

enum err explain_placement(const struct job *job, const struct names *names, size_t place, FILE *to)
{
    const struct market *market = &job->intake->market;
    const struct placement_row *row = &job->intake->placements[place];
    uint32_t eligible = 0, held = 0;
    for (uint32_t s = 0; s < market->student_count; s++) {
        eligible += eligible_first_broken(market, &job->rules, s, (uint32_t)place) == RULE_COUNT;
        held += job->result.outcomes[s].place == place;
    }
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
    print_criteria_cost(job, place, to);
    return ERR_OK;
}
