#include "base/date.h"

enum { YEAR_MIN = 1900, YEAR_MAX = 2199, DAYS_PER_ERA = 146097, DAYS_TO_EPOCH = 719468 };

static int32_t days_from_civil(int32_t year, int32_t month, int32_t day)
{
    year -= month <= 2;
    int32_t era = year / 400;
    int32_t year_of_era = year - era * 400;
    int32_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_EPOCH;
}

static int32_t month_length(int32_t year, int32_t month)
{
    static const int8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : lengths[month - 1];
}

/* One number of the date: digits alone; leading zeros are allowed here, "01-02-2027" is how people write. */
static bool take_number(struct text *rest, size_t min_digits, size_t max_digits, int32_t *out)
{
    struct text part;
    if (!text_next(rest, '-', &part) || part.length < min_digits || part.length > max_digits)
        return false;
    int32_t value = 0;
    for (size_t i = 0; i < part.length; i++) {
        if (part.data[i] < '0' || part.data[i] > '9')
            return false;
        value = value * 10 + (part.data[i] - '0');
    }
    *out = value;
    return true;
}

enum err date_parse(struct text a, int32_t *days)
{
    int32_t year, month, day;
    struct text rest = a;
    bool iso = a.length == 10 && a.data[4] == '-';
    bool shaped =
        iso ? take_number(&rest, 4, 4, &year) && take_number(&rest, 2, 2, &month) && take_number(&rest, 2, 2, &day)
            : take_number(&rest, 1, 2, &day) && take_number(&rest, 1, 2, &month) && take_number(&rest, 4, 4, &year);
    if (!shaped || rest.data || year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 ||
        day > month_length(year, month))
        return ERR_RANGE;
    *days = days_from_civil(year, month, day);
    return ERR_OK;
}

static void put_digits(char *out, int32_t value, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

struct civil {
    int64_t year;
    int32_t month, day; /* from 1 */
};

static struct civil civil_of(int64_t days)
{
    int64_t z = days + DAYS_TO_EPOCH;
    int64_t era = z / DAYS_PER_ERA;
    int32_t day_of_era = (int32_t)(z - era * DAYS_PER_ERA);
    int32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int32_t shifted_month = (5 * day_of_year + 2) / 153;
    int32_t month = shifted_month + (shifted_month < 10 ? 3 : -9);
    return (struct civil){year_of_era + era * 400 + (month <= 2), month,
                          day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

void date_format(int32_t days, char out[11])
{
    struct civil date = civil_of(days);
    put_digits(out, (int32_t)date.year, 4);
    out[4] = out[7] = '-';
    put_digits(out + 5, date.month, 2);
    put_digits(out + 8, date.day, 2);
    out[10] = '\0';
}

int64_t date_month(int64_t days)
{
    struct civil date = civil_of(days);
    return date.year * MONTHS_PER_YEAR + date.month - 1;
}
