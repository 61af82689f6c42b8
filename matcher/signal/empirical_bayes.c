#include "signal/empirical_bayes.h"

#include "base/mem.h"
#include "signal/log_math.h"

#include <math.h>
#include <stdlib.h>

const double bayes_theta[BAYES_POINTS] = {0, 0.4054651081081644, 0.6931471805599453, 1.0986122886681098,
                                          1.6094379124341003};

static const double first_weights[BAYES_POINTS] = {0.9, 0.025, 0.025, 0.025, 0.025};

/* What each point has of one unit. */
static void share(const double log_likelihood[BAYES_POINTS], const double weights[BAYES_POINTS],
                  double out[BAYES_POINTS])
{
    double terms[BAYES_POINTS];
    for (int k = 0; k < BAYES_POINTS; k++)
        terms[k] = log(weights[k]) + log_likelihood[k];
    double all = log_sum(terms, BAYES_POINTS);
    for (int k = 0; k < BAYES_POINTS; k++)
        out[k] = exp(terms[k] - all);
}

static void improve(const double (*log_likelihood)[BAYES_POINTS], size_t count, double weights[BAYES_POINTS])
{
    double sums[BAYES_POINTS] = {0}, shares[BAYES_POINTS];
    for (size_t i = 0; i < count; i++) {
        share(log_likelihood[i], weights, shares);
        for (int k = 0; k < BAYES_POINTS; k++)
            sums[k] += shares[k];
    }
    for (int k = 0; k < BAYES_POINTS; k++)
        weights[k] = sums[k] / (double)count;
}

static int by_alike(const void *left, const void *right)
{
    const struct bayes_posterior *const *a = left, *const *b = right;
    if ((*a)->alike != (*b)->alike)
        return (*a)->alike < (*b)->alike ? -1 : 1;
    return *a < *b ? -1 : 1;
}

/* The mean of `alike` over all that come no later. */
static enum err add_q(struct bayes_posterior *posteriors, size_t count)
{
    struct bayes_posterior **order;
    double sum = 0;
    enum err e = mem_alloc(count, sizeof(struct bayes_posterior *), &order);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < count; i++)
        order[i] = &posteriors[i];
    qsort(order, count, sizeof(struct bayes_posterior *), by_alike);
    for (size_t i = 0; i < count; i++) {
        sum += order[i]->alike;
        order[i]->q = sum / (double)(i + 1);
    }
    mem_free(order);
    return ERR_OK;
}

enum err bayes_fit(const double (*log_likelihood)[BAYES_POINTS], size_t count, unsigned rounds,
                   double weights[BAYES_POINTS], struct bayes_posterior *posteriors)
{
    double shares[BAYES_POINTS];
    for (int k = 0; k < BAYES_POINTS; k++)
        weights[k] = first_weights[k];
    if (count == 0)
        return ERR_OK;
    for (unsigned round = 0; round < rounds; round++)
        improve(log_likelihood, count, weights);
    for (size_t i = 0; i < count; i++) {
        struct bayes_posterior *posterior = &posteriors[i];
        share(log_likelihood[i], weights, shares);
        *posterior = (struct bayes_posterior){.alike = shares[0]};
        for (int k = 0; k < BAYES_POINTS; k++) {
            posterior->mean_theta += shares[k] * bayes_theta[k];
            posterior->at_least_2 += bayes_theta[k] >= bayes_theta[2] ? shares[k] : 0;
        }
    }
    return add_q(posteriors, count);
}
