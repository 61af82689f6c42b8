#include "api/schools.h"

#include <string.h>

size_t schools_position(const char *const *schools, size_t count, const char *school)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(schools[middle], school) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool schools_have(const char *const *schools, size_t count, const char *school)
{
    size_t at = schools_position(schools, count, school);
    return at < count && strcmp(schools[at], school) == 0;
}

bool schools_ascend(const char *const *schools, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (strcmp(schools[i - 1], schools[i]) >= 0)
            return false;
    return true;
}
