#include "wire/json_names.h"

#include <stdio.h>
#include <string.h>

enum { DAY_SECONDS = 86400, NANOS = 1000000000 };

/* 0001-01-01 and 9999-12-31, as days since 1970-01-01. */
static const int64_t first_day = -719162, last_day = 2932896;

size_t json_name(const char *proto_name, char out[JSON_NAME_BYTES])
{
    size_t length = 0;
    bool upper = false;
    for (const char *at = proto_name; *at && length < JSON_NAME_BYTES - 1; at++) {
        if (*at == '_') {
            upper = true;
            continue;
        }
        bool lower_case = *at >= 'a' && *at <= 'z';
        out[length++] = (char)(upper && lower_case ? *at - ('a' - 'A') : *at);
        upper = false;
    }
    out[length] = '\0';
    return length;
}

bool json_is_timestamp(const ProtobufCMessageDescriptor *descriptor)
{
    return strcmp(descriptor->name, "google.protobuf.Timestamp") == 0;
}

size_t json_element_bytes(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_ENUM:
        return 4;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return 8;
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    }
    return sizeof(void *);
}

/* H. Hinnant, "chrono-compatible low-level date algorithms" (2013): civil_from_days and days_from_civil. */
static void civil_of(int64_t days, int *year, unsigned *month, unsigned *day)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    unsigned of_era = (unsigned)(shifted - era * 146097);
    unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned from_march = (5 * of_year + 2) / 153;
    *day = of_year - (153 * from_march + 2) / 5 + 1;
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = (int)(year_of_era + era * 400) + (*month <= 2);
}

static int64_t days_of(int year, unsigned month, unsigned day)
{
    int64_t from_march = year - (month <= 2);
    int64_t era = (from_march >= 0 ? from_march : from_march - 399) / 400;
    unsigned year_of_era = (unsigned)(from_march - era * 400);
    unsigned of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    unsigned of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    return era * 146097 + (int64_t)of_era - 719468;
}

enum err timestamp_format(int64_t seconds, int32_t nanos, char out[TIMESTAMP_TEXT_BYTES])
{
    int64_t day = seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0);
    if (day < first_day || day > last_day || nanos < 0 || nanos >= NANOS)
        return ERR_RANGE;
    unsigned of_day = (unsigned)(seconds - day * DAY_SECONDS);
    int year;
    unsigned month, dom;
    civil_of(day, &year, &month, &dom);
    int length = snprintf(out, TIMESTAMP_TEXT_BYTES, "%04d-%02u-%02uT%02u:%02u:%02u", year % 10000, month % 100,
                          dom % 100, of_day / 3600 % 24, of_day / 60 % 60, of_day % 60);
    char *end = out + length;
    size_t left = TIMESTAMP_TEXT_BYTES - (size_t)length;
    if (nanos == 0)
        snprintf(end, left, "Z");
    else if (nanos % 1000000 == 0)
        snprintf(end, left, ".%03dZ", nanos / 1000000);
    else if (nanos % 1000 == 0)
        snprintf(end, left, ".%06dZ", nanos / 1000);
    else
        snprintf(end, left, ".%09dZ", nanos);
    return ERR_OK;
}

/* Takes `count` digits and the character behind them (0: none) off the front. */
static bool take_number(struct text *rest, size_t count, char behind, unsigned *out)
{
    unsigned value = 0;
    if (rest->length < count + (behind != 0))
        return false;
    for (size_t i = 0; i < count; i++) {
        char c = rest->data[i];
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (unsigned)(c - '0');
    }
    if (behind && rest->data[count] != behind)
        return false;
    count += behind != 0;
    *rest = (struct text){rest->data + count, rest->length - count};
    *out = value;
    return true;
}

static bool take_fraction(struct text *rest, int32_t *nanos)
{
    *nanos = 0;
    if (!rest->length || rest->data[0] != '.')
        return true;
    size_t digits = 0;
    int32_t value = 0;
    for (; digits + 1 < rest->length && rest->data[digits + 1] >= '0' && rest->data[digits + 1] <= '9'; digits++) {
        if (digits == 9)
            return false;
        value = value * 10 + (rest->data[digits + 1] - '0');
    }
    if (digits == 0)
        return false;
    *rest = (struct text){rest->data + digits + 1, rest->length - digits - 1};
    for (; digits < 9; digits++)
        value *= 10;
    *nanos = value;
    return true;
}

/* "Z", or "+01:00": how far local time is ahead. */
static bool take_offset(struct text rest, int64_t *seconds)
{
    unsigned hours, minutes;
    if (rest.length == 1 && (rest.data[0] == 'Z' || rest.data[0] == 'z')) {
        *seconds = 0;
        return true;
    }
    if (rest.length != 6 || (rest.data[0] != '+' && rest.data[0] != '-'))
        return false;
    struct text digits = {rest.data + 1, rest.length - 1};
    if (!take_number(&digits, 2, ':', &hours) || !take_number(&digits, 2, 0, &minutes) || hours > 23 || minutes > 59)
        return false;
    int64_t ahead = (int64_t)hours * 3600 + (int64_t)minutes * 60;
    *seconds = rest.data[0] == '-' ? -ahead : ahead;
    return true;
}

static bool day_exists(unsigned year, unsigned month, unsigned day)
{
    int back_year;
    unsigned back_month, back_day;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    civil_of(days_of((int)year, month, day), &back_year, &back_month, &back_day);
    return back_month == month && back_day == day;
}

enum err timestamp_parse(struct text text, int64_t *seconds, int32_t *nanos)
{
    unsigned year, month, day, hour, minute, second;
    int64_t ahead;
    int32_t fraction;
    if (!take_number(&text, 4, '-', &year) || !take_number(&text, 2, '-', &month) || !take_number(&text, 2, 0, &day))
        return ERR_INPUT;
    if (!text.length || (text.data[0] != 'T' && text.data[0] != 't'))
        return ERR_INPUT;
    text = (struct text){text.data + 1, text.length - 1};
    if (!take_number(&text, 2, ':', &hour) || !take_number(&text, 2, ':', &minute) ||
        !take_number(&text, 2, 0, &second) || !take_fraction(&text, &fraction) || !take_offset(text, &ahead))
        return ERR_INPUT;
    if (!day_exists(year, month, day) || hour > 23 || minute > 59 || second > 59)
        return ERR_INPUT;
    int64_t local =
        days_of((int)year, month, day) * DAY_SECONDS + (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
    int64_t utc = local - ahead;
    if (utc < first_day * DAY_SECONDS || utc >= (last_day + 1) * DAY_SECONDS)
        return ERR_INPUT;
    *seconds = utc;
    *nanos = fraction;
    return ERR_OK;
}

size_t base64_bytes_max(struct text text)
{
    return text.length / 4 * 3 + 3;
}

/* The six bits of a character of either alphabet; 64 for any other. */
static unsigned sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0') + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : 64;
}

enum err base64_decode(struct text text, uint8_t *out, size_t *length)
{
    size_t digits = text.length, written = 0;
    while (digits && text.data[digits - 1] == '=' && text.length - digits < 2)
        digits--;
    if (digits % 4 == 1 || (digits != text.length && text.length % 4 != 0))
        return ERR_INPUT;
    uint32_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < digits; i++) {
        unsigned six = sextet(text.data[i]);
        if (six > 63)
            return ERR_INPUT;
        held = (held << 6 | six) & 0xffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[written++] = (uint8_t)(held >> bits);
        }
    }
    if (held & ((1u << bits) - 1))
        return ERR_INPUT;
    *length = written;
    return ERR_OK;
}
