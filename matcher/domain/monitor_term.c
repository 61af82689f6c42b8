/* The terms of the monitor: which there are, and which days they have. */
#include "base/date.h"
#include "domain/monitor.h"

#include <string.h>

/* "2026-09" of a month as a count from year 0. */
static void month_name(int32_t month, char out[8])
{
    unsigned year = (unsigned)(month / MONTHS_PER_YEAR) % 10000, number = (unsigned)(month % MONTHS_PER_YEAR) + 1;
    const char digits[] = {(char)('0' + year / 1000),
                           (char)('0' + year / 100 % 10),
                           (char)('0' + year / 10 % 10),
                           (char)('0' + year % 10),
                           '-',
                           (char)('0' + number / 10),
                           (char)('0' + number % 10),
                           '\0'};
    memcpy(out, digits, sizeof digits);
}

static int32_t first_day_of(int32_t month)
{
    char date[11];
    int32_t day = 0;
    month_name(month, date);
    memcpy(date + 7, "-01", 4);
    return date_parse(text_of(date), &day) == ERR_OK ? day : INT32_MAX;
}

static bool begins(unsigned months, int32_t month)
{
    return months >> (month % MONTHS_PER_YEAR + 1) & 1;
}

static int32_t next_begin(unsigned months, int32_t month, int32_t step)
{
    do
        month += step;
    while (!begins(months, month));
    return month;
}

static void term_from(unsigned months, int32_t month, struct monitor_term *out)
{
    month_name(month, out->code);
    out->first_day = first_day_of(month);
    out->last_day = first_day_of(next_begin(months, month, 1)) - 1;
}

void monitor_term_of(unsigned months, int32_t day, struct monitor_term *out)
{
    int32_t month = (int32_t)date_month(day);
    term_from(months, begins(months, month) ? month : next_begin(months, month, -1), out);
}

void monitor_term_before(unsigned months, const struct monitor_term *term, struct monitor_term *out)
{
    monitor_term_of(months, term->first_day - 1, out);
}

void monitor_term_after(unsigned months, const struct monitor_term *term, struct monitor_term *out)
{
    monitor_term_of(months, term->last_day + 1, out);
}

enum err monitor_months_parse(struct text text, unsigned *months)
{
    struct text rest = text_trim(text), part;
    unsigned found = 0;
    while (text_next(&rest, ' ', &part)) {
        uint64_t month;
        if (text_to_u64(part, 1, MONTHS_PER_YEAR, &month) != ERR_OK || found >> month)
            return ERR_RANGE;
        found |= 1u << month;
    }
    *months = found;
    return ERR_OK;
}
