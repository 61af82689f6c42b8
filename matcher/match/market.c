#include "match/market.h"

uint8_t market_level(const struct market *market, const struct student *student, uint32_t skill)
{
    for (uint32_t i = 0; i < student->skills.count; i++)
        if (market->skills[student->skills.at + i].skill == skill)
            return market->skills[student->skills.at + i].level;
    return 0;
}
