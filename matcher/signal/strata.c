#include "signal/strata.h"

#include <stdio.h>
#include <string.h>

struct parts {
    size_t sector_length, region_length;
    const char *sector, *region, *chance;
};

static bool split(const char *stratum, struct parts *out)
{
    const char *first = strchr(stratum, '/'), *second = first ? strchr(first + 1, '/') : NULL;
    if (!second || strlen(stratum) >= STRATUM_BYTES || strchr(second + 1, '/'))
        return false;
    *out = (struct parts){(size_t)(first - stratum), (size_t)(second - first - 1), stratum, first + 1, second + 1};
    return true;
}

static char *put(char *at, const char *text, size_t length)
{
    memcpy(at, text, length);
    return at + length;
}

/* By hand: millions of them are made where a ledger is counted. */
void stratum_at(const char *stratum, unsigned level, char out[STRATUM_BYTES])
{
    struct parts parts = {0, 0, "", "", ""};
    if (level > 0 && !split(stratum, &parts))
        level = 0;
    char *at = put(out, parts.sector, level > 0 ? parts.sector_length : 0);
    *at++ = '/';
    at = put(at, parts.region, level > 2 ? parts.region_length : 0);
    *at++ = '/';
    at = put(at, parts.chance, level > 1 ? strlen(parts.chance) : 0);
    *at = '\0';
}

bool stratum_lies_in(const char *stratum, const char *wider)
{
    char at[STRATUM_BYTES];
    for (unsigned level = 0; level < STRATUM_LEVELS; level++) {
        stratum_at(stratum, level, at);
        if (strcmp(at, wider) == 0)
            return true;
    }
    return false;
}

unsigned stratum_chance(const char *stratum)
{
    struct parts parts;
    bool known = split(stratum, &parts) && parts.chance[0] >= '1' && parts.chance[0] <= '5' && !parts.chance[1];
    return known ? (unsigned)(parts.chance[0] - '0') : 0;
}
