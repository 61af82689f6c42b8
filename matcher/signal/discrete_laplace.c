#include "signal/discrete_laplace.h"

#include <math.h>
#include <stdbool.h>

static bool chance(const struct random_source *source, uint64_t numerator, uint64_t denominator)
{
    return random_below(source, denominator) < numerator;
}

/* True with probability e^(-numerator/denominator), for a quotient of at most 1. */
static bool chance_of_exp(const struct random_source *source, uint64_t numerator, uint64_t denominator)
{
    uint64_t k = 1;
    while (chance(source, numerator, denominator * k))
        k++;
    return k % 2 == 1;
}

/* How often an event of probability e^-1 happens in a row. */
static uint64_t run_of_exp(const struct random_source *source)
{
    uint64_t count = 0;
    while (chance_of_exp(source, 1, 1))
        count++;
    return count;
}

int64_t discrete_laplace_draw(const struct random_source *source, uint32_t numerator, uint32_t denominator)
{
    for (;;) {
        uint64_t rest = random_below(source, numerator);
        if (!chance_of_exp(source, rest, numerator))
            continue;
        uint64_t size = (rest + numerator * run_of_exp(source)) / denominator;
        bool negative = random_below(source, 2) == 1;
        if (negative && size == 0)
            continue; /* 0 would come twice as often */
        return negative ? -(int64_t)size : (int64_t)size;
    }
}

double discrete_laplace_at(double epsilon_per_unit, int64_t k)
{
    double p = exp(-epsilon_per_unit);
    return (1 - p) / (1 + p) * exp(-epsilon_per_unit * (double)(k < 0 ? -k : k));
}
