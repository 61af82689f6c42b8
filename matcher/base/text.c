#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct text text_of(const char *string)
{
    return (struct text){string, strlen(string)};
}

bool text_equal(struct text a, struct text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

bool text_is(struct text a, const char *string)
{
    return text_equal(a, text_of(string));
}

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool text_is_nocase(struct text a, const char *string)
{
    if (strlen(string) != a.length)
        return false;
    for (size_t i = 0; i < a.length; i++)
        if (lower(a.data[i]) != lower(string[i]))
            return false;
    return true;
}

int text_compare(struct text a, struct text b)
{
    size_t shared = a.length < b.length ? a.length : b.length;
    int order = shared ? memcmp(a.data, b.data, shared) : 0;
    if (order != 0)
        return order;
    return (a.length > b.length) - (a.length < b.length);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct text text_trim(struct text a)
{
    while (a.length && is_blank(a.data[0])) {
        a.data++;
        a.length--;
    }
    while (a.length && is_blank(a.data[a.length - 1]))
        a.length--;
    return a;
}

bool text_next(struct text *rest, char separator, struct text *part)
{
    if (!rest->data)
        return false;
    const char *found = rest->length ? memchr(rest->data, separator, rest->length) : NULL;
    if (!found) {
        *part = *rest;
        *rest = (struct text){NULL, 0};
        return true;
    }
    size_t before = (size_t)(found - rest->data);
    *part = (struct text){rest->data, before};
    *rest = (struct text){found + 1, rest->length - before - 1};
    return true;
}

bool text_is_code(struct text a, size_t max)
{
    if (a.length == 0 || a.length > max)
        return false;
    for (size_t i = 0; i < a.length; i++) {
        char c = a.data[i];
        bool fits = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
                    c == '_' || c == '-';
        if (!fits)
            return false;
    }
    return true;
}

enum err text_to_u64(struct text a, uint64_t min, uint64_t max, uint64_t *out)
{
    if (a.length == 0 || (a.length > 1 && a.data[0] == '0'))
        return ERR_RANGE;
    uint64_t value = 0;
    for (size_t i = 0; i < a.length; i++) {
        char c = a.data[i];
        if (c < '0' || c > '9')
            return ERR_RANGE;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, (uint64_t)(c - '0'), &value))
            return ERR_RANGE;
    }
    if (value < min || value > max)
        return ERR_RANGE;
    *out = value;
    return ERR_OK;
}

enum err text_to_double(struct text a, double *out)
{
    char copy[64];
    if (a.length == 0 || a.length >= sizeof copy)
        return ERR_RANGE;
    for (size_t i = 0; i < a.length; i++)
        if (!strchr("0123456789+-.eE", a.data[i]) || a.data[i] == '\0')
            return ERR_RANGE;
    memcpy(copy, a.data, a.length);
    copy[a.length] = '\0';
    char *end;
    double value = strtod(copy, &end); /* the process never calls setlocale for LC_NUMERIC */
    if (end != copy + a.length || !isfinite(value))
        return ERR_RANGE;
    *out = value;
    return ERR_OK;
}
