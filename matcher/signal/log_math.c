#include "signal/log_math.h"

#include <math.h>
#include <stdbool.h>

enum { TABLE_COUNT = 8192 };

static const double *factorials(void)
{
    static double table[TABLE_COUNT];
    static bool filled;
    if (!filled) {
        long double sum = 0;
        for (int n = 1; n < TABLE_COUNT; n++) {
            sum += logl((long double)n);
            table[n] = (double)sum;
        }
        filled = true;
    }
    return table;
}

double log_factorial(uint64_t n)
{
    int sign;
    return n < TABLE_COUNT ? factorials()[n] : lgamma_r((double)n + 1, &sign);
}

double log_choose(uint64_t n, uint64_t k)
{
    return k > n ? -INFINITY : log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

double log_add(double a, double b)
{
    double high = a > b ? a : b, low = a > b ? b : a;
    return isinf(high) ? high : high + log1p(exp(low - high));
}

double log_sum(const double *values, size_t count)
{
    double high = -INFINITY, sum = 0;
    for (size_t i = 0; i < count; i++)
        high = values[i] > high ? values[i] : high;
    if (isinf(high))
        return high;
    for (size_t i = 0; i < count; i++)
        sum += exp(values[i] - high);
    return high + log(sum);
}
