#include "front/identity_fields.h"

#include <string.h>

static PROBLEM_KIND(bad_name, "value.name", "not a name", "geen naam",
                    "at most 100 characters, without line ends or control characters",
                    "ten hoogste 100 tekens, zonder regeleinden of stuurtekens");
static PROBLEM_KIND(bad_birth_date, "value.birth-date", "a birth date in the future",
                    "een geboortedatum in de toekomst", "a day in the past", "een dag in het verleden");
static PROBLEM_KIND(bad_sex, "value.geslacht", "not one of m, v, x", "geen m, v of x", "m, v, x, or nothing",
                    "m, v, x, of niets");
static PROBLEM_KIND(bad_email, "value.email", "not an e-mail address", "geen e-mailadres", "name@school.nl",
                    "naam@school.nl");
static PROBLEM_KIND(bad_phone, "value.telefoon", "not a telephone number", "geen telefoonnummer",
                    "8 to 15 digits: 0612345678 or +31 6 12345678", "8 tot 15 cijfers: 0612345678 of +31 6 12345678");

field_result identity_name(struct text value)
{
    size_t characters = 0;
    for (size_t i = 0; i < value.length; i++) {
        unsigned char c = (unsigned char)value.data[i];
        bool second_of_control = i > 0 && (unsigned char)value.data[i - 1] == 0xc2 && c < 0xa0;
        if (c < 0x20 || c == 0x7f || second_of_control)
            return &bad_name;
        characters += (c & 0xc0) != 0x80;
    }
    return characters <= NAME_CHARACTERS_MAX ? NULL : &bad_name;
}

field_result identity_birth_date(struct text value, int32_t today, int32_t *out)
{
    int32_t day;
    field_result result = field_date(value, &day);
    if (!result && day > today)
        result = &bad_birth_date;
    if (!result)
        *out = day;
    return result;
}

field_result identity_sex(struct text value, char *out)
{
    static const char *const codes[] = {"m", "v", "x"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (text_is_nocase(value, codes[i])) {
            *out = codes[i][0];
            return NULL;
        }
    return &bad_sex;
}

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Labels of letters, digits and inner hyphens, joined by points. */
static bool is_domain(struct text domain)
{
    struct text rest = domain, label;
    size_t labels = 0;
    while (text_next(&rest, '.', &label)) {
        if (label.length == 0 || label.length > 63 || label.data[0] == '-' || label.data[label.length - 1] == '-')
            return false;
        for (size_t i = 0; i < label.length; i++)
            if (!is_letter_or_digit(label.data[i]) && label.data[i] != '-')
                return false;
        labels++;
    }
    return labels >= 2;
}

static bool is_mark(char c)
{
    return c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c);
}

/* What stands unquoted before the @ (RFC 5322, atext) and points that are not at an end or doubled. */
static bool is_local_part(struct text local)
{
    bool after_point = true;
    if (local.length > 64)
        return false;
    for (size_t i = 0; i < local.length; i++) {
        char c = local.data[i];
        if (c == '.' && after_point)
            return false;
        if (c != '.' && !is_letter_or_digit(c) && !is_mark(c))
            return false;
        after_point = c == '.';
    }
    return !after_point;
}

field_result identity_email(struct text value)
{
    struct text domain = value, local;
    if (value.length > EMAIL_BYTES_MAX || !text_next(&domain, '@', &local) || !domain.data)
        return &bad_email;
    return is_local_part(local) && is_domain(domain) ? NULL : &bad_email;
}

field_result identity_phone(struct text value)
{
    size_t digits = 0;
    if (value.length > PHONE_BYTES_MAX)
        return &bad_phone;
    for (size_t i = 0; i < value.length; i++) {
        char c = value.data[i];
        bool digit = c >= '0' && c <= '9';
        digits += digit;
        if (!digit && !(c == '+' && i == 0) && c != ' ' && c != '-' && c != '(' && c != ')')
            return &bad_phone;
    }
    return digits >= 8 && digits <= 15 ? NULL : &bad_phone;
}

void identity_postcode(struct text value, char out[8])
{
    out[0] = '\0';
    if (value.length < 6)
        return;
    memcpy(out, value.data, 4);
    out[4] = ' ';
    out[5] = (char)(value.data[value.length - 2] & ~0x20);
    out[6] = (char)(value.data[value.length - 1] & ~0x20);
    out[7] = '\0';
}
