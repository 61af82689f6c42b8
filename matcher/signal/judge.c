#include "signal/judge.h"

#include "signal/log_math.h"

#include <math.h>

enum { OWN_CONTROL_MIN = 3 };

/* A level's decisions weigh as many as these of the wider level. */
static const double prior_weight = 20;

/* A pattern that should show: odds so many times as high, in so many cases. */
static const double shown_odds = 5, shown_power = 0.8;

/* A share below this cannot be measured on any market; above, there is no more to exceed. */
static const double share_min = 0.001, share_max = 0.999;

const struct judge_settings judge_defaults = {
    .min_events = 3,
    .min_percent = 20,
    .reference_min = 100,
    .signal_level = 0.0001,
    .observe_level = 0.01,
    .tolerated_odds = 2,
    .own_tolerated_odds = 1.25,
};

static double times_odds(double share, double ratio)
{
    return share * ratio / (1 - share + share * ratio);
}

/* Σ of the terms from `first` away from the mean, relative to the first: each is the one before times a ratio below 1. */
static double upper_terms(uint32_t n, double odds, uint32_t k)
{
    double term = 1, sum = 1;
    for (uint32_t j = k; j < n && term > sum * 1e-17; j++) {
        term *= (double)(n - j) / (double)(j + 1) * odds;
        sum += term;
    }
    return sum;
}

static double lower_terms(uint32_t n, double odds, uint32_t k)
{
    double term = 1, sum = 1;
    for (uint32_t j = k; j > 0 && term > sum * 1e-17; j--) {
        term *= (double)j / ((double)(n - j + 1) * odds);
        sum += term;
    }
    return sum;
}

static double binomial_log_at(uint32_t n, double probability, uint32_t k)
{
    return log_choose(n, k) + k * log(probability) + (n - k) * log1p(-probability);
}

double binomial_log_at_least(uint32_t n, double probability, uint32_t k)
{
    if (k == 0)
        return 0;
    if (k > n || probability <= 0)
        return -INFINITY;
    if (probability >= 1)
        return 0;
    double odds = probability / (1 - probability);
    if (k > n * probability)
        return binomial_log_at(n, probability, k) + log(upper_terms(n, odds, k));
    double below = binomial_log_at(n, probability, k - 1) + log(lower_terms(n, odds, k - 1));
    return log1p(-exp(below < 0 ? below : -0.0));
}

double table_log_at_least(uint64_t n, uint64_t m, uint64_t r, uint64_t x, double delta)
{
    uint64_t lowest = m + r > n ? m + r - n : 0, highest = m < r ? m : r;
    double all = -INFINITY, tail = -INFINITY;
    for (uint64_t j = lowest; j <= highest; j++) {
        double log_h = log_choose(m, j) + log_choose(n - m, r - j) + delta * (double)j;
        all = log_add(all, log_h);
        if (j >= x)
            tail = log_add(tail, log_h);
    }
    return tail - all;
}

/* What the count is held against. */
struct yardstick {
    const struct judge_sample *sample;
    bool own_control;
    double share, delta; /* within the tolerance */
};

static double tail_of(const struct yardstick *of, uint32_t events)
{
    const struct judge_sample *s = of->sample;
    if (!of->own_control)
        return binomial_log_at_least(s->decisions, of->share, events);
    return table_log_at_least((uint64_t)s->blind_decided + s->decisions, s->decisions,
                              (uint64_t)s->blind_rejected + events, events, of->delta);
}

/* The least count whose tail is at most the level: the tail falls as the count rises. 0: not even all of them. */
static uint32_t count_from(const struct yardstick *of, uint32_t least, double log_level)
{
    uint32_t low = least, high = of->sample->decisions;
    if (low > high || tail_of(of, high) > log_level)
        return 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (tail_of(of, middle) <= log_level)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static uint32_t least_count(const struct judge_sample *sample, const struct judge_settings *settings)
{
    uint64_t percent = ((uint64_t)sample->decisions * settings->min_percent + 99) / 100;
    return percent > settings->min_events ? (uint32_t)percent : settings->min_events;
}

/* Among the decisions that the own control needs to be one, its smoothed share stands for the company. */
static double expected_share(const struct judge_sample *sample, bool own_control)
{
    double share = sample->share;
    if (own_control)
        share = (sample->blind_rejected + share) / (sample->blind_decided + 1.0);
    share = share > share_min ? share : share_min;
    return share < share_max ? share : share_max;
}

static enum judge_status status_of(const struct judge_sample *sample, const struct judge_settings *settings,
                                   const struct judgement *judged, double share)
{
    if (rule_facts(sample->rule)->never_raised)
        return sample->events ? JUDGED_OBSERVE : JUDGED_INSUFFICIENT;
    if (sample->reference < settings->reference_min)
        return JUDGED_INSUFFICIENT;
    if (judged->signal_from && sample->events >= judged->signal_from)
        return JUDGED_SIGNAL;
    if (judged->observe_from && sample->events >= judged->observe_from)
        return JUDGED_OBSERVE;
    double power =
        judged->signal_from
            ? exp(binomial_log_at_least(sample->decisions, times_odds(share, shown_odds), judged->signal_from))
            : 0;
    return power >= shown_power ? JUDGED_NONE : JUDGED_INSUFFICIENT;
}

struct judgement judge(const struct judge_sample *sample, const struct judge_settings *settings)
{
    bool own_control = sample->rule == RULE_AFTER_RELEASE && sample->blind_decided >= OWN_CONTROL_MIN;
    double share = expected_share(sample, own_control);
    const struct yardstick of = {sample, own_control, times_odds(share, settings->tolerated_odds),
                                 log(settings->own_tolerated_odds)};
    uint32_t least = least_count(sample, settings);
    struct judgement judged = {
        .status = JUDGED_INSUFFICIENT,
        .expected = share * sample->decisions,
        .log_p = tail_of(&of, sample->events < sample->decisions ? sample->events : sample->decisions)};
    judged.signal_from = count_from(&of, least, log(settings->signal_level));
    judged.observe_from = count_from(&of, least, log(settings->observe_level));
    judged.status = status_of(sample, settings, &judged, share);
    return judged;
}

double judge_share(unsigned rule, const struct judge_reference *levels, size_t count)
{
    const struct rule_facts *facts = rule_facts(rule);
    double share = facts ? facts->prior : 0;
    for (size_t i = 0; i < count; i++)
        share = ((double)levels[i].events + prior_weight * share) / ((double)levels[i].decisions + prior_weight);
    return share;
}
