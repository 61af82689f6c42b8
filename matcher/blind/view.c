#include "blind/view.h"

#include <string.h>

static const char *const band_names[] = {[BAND_BELOW] = "below", [BAND_MEETS] = "meets", [BAND_ABOVE] = "above"};

static const struct blind_parts steps[BLIND_STEPS] = {
    {.bands = true, .period = true, .hours_and_days = true, .qualification = true},
    {.bands = false, .period = true, .hours_and_days = true, .qualification = true},
    {.bands = false, .period = false, .hours_and_days = false, .qualification = true},
    {.bands = false, .period = false, .hours_and_days = false, .qualification = false},
};

enum blind_band blind_band_of(unsigned level, unsigned minimum)
{
    if (level < minimum)
        return BAND_BELOW;
    return level == minimum ? BAND_MEETS : BAND_ABOVE;
}

const char *blind_band_name(enum blind_band band)
{
    return band_names[band];
}

struct blind_parts blind_parts_of(unsigned reduction)
{
    return steps[reduction < BLIND_STEPS ? reduction : BLIND_STEPS - 1];
}

void blind_crowd_start(struct blind_crowd *crowd, const struct blind_look *candidate, const uint8_t *minimums,
                       size_t criterion_count)
{
    *crowd = (struct blind_crowd){.candidate = candidate, .minimums = minimums, .criterion_count = criterion_count};
}

static bool same_bands(const struct blind_crowd *crowd, const struct blind_look *student)
{
    for (size_t i = 0; i < crowd->criterion_count; i++)
        if (blind_band_of(student->levels[i], crowd->minimums[i]) !=
            blind_band_of(crowd->candidate->levels[i], crowd->minimums[i]))
            return false;
    return true;
}

bool blind_crowd_add(struct blind_crowd *crowd, const struct blind_look *student)
{
    bool qualification = strcmp(student->qualification, crowd->candidate->qualification) == 0;
    bool bands = same_bands(crowd, student);
    for (unsigned step = 0; step < BLIND_STEPS; step++)
        if ((qualification || !steps[step].qualification) && (bands || !steps[step].bands))
            crowd->same[step]++;
    return crowd->same[0] < BLIND_K;
}

unsigned blind_crowd_reduction(const struct blind_crowd *crowd)
{
    unsigned step = 0;
    while (step < BLIND_STEPS - 1 && crowd->same[step] < BLIND_K)
        step++;
    return step;
}
