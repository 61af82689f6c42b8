#include "base/mem.h"
#include "offline/match_job.h"

#include <inttypes.h>
#include <stdlib.h>

enum { RANKS_SHOWN = 5 };

struct study_count {
    uint32_t code;
    uint32_t students, matched;
};

static int compare_studies(const void *left, const void *right)
{
    const struct study_count *a = left, *b = right;
    return a->code < b->code ? -1 : a->code > b->code;
}

/* One entry for each qualification, in order of code. */
static enum err count_studies(const struct job *job, struct study_count **out, size_t *out_count)
{
    size_t all = job->intake->student_count, count = 0;
    struct study_count *studies;
    enum err e = mem_alloc(all, sizeof *studies, &studies);
    if (e != ERR_OK)
        return e;
    for (size_t s = 0; s < all; s++)
        studies[s] = (struct study_count){job->intake->students[s].profile.qualification, 1,
                                          job->result.outcomes[s].place != PLACE_NONE};
    qsort(studies, all, sizeof *studies, compare_studies);
    for (size_t s = 0; s < all; s++) {
        if (count && studies[count - 1].code == studies[s].code) {
            studies[count - 1].students += studies[s].students;
            studies[count - 1].matched += studies[s].matched;
        } else {
            studies[count++] = studies[s];
        }
    }
    *out = studies;
    *out_count = count;
    return ERR_OK;
}

static void print_ranks(const struct round_result *result, FILE *to)
{
    uint64_t later = 0;
    fputs("  place on the list ", to);
    for (uint32_t rank = 1; rank <= result->rank_max; rank++) {
        if (rank <= RANKS_SHOWN)
            fprintf(to, " %u: %" PRIu64, rank, result->rank_counts[rank]);
        else
            later += result->rank_counts[rank];
    }
    fprintf(to, "  later: %" PRIu64 "\n", later);
}

static enum err print_studies(const struct job *job, const struct names *names, FILE *to)
{
    enum { STUDIES_SHOWN = 40 };
    struct study_count *studies;
    size_t count;
    enum err e = count_studies(job, &studies, &count);
    if (e != ERR_OK)
        return e;
    fprintf(to, "  %-7s %-44s %9s %9s\n", "study", "", "requests", "placed");
    for (size_t i = 0; i < count && i < STUDIES_SHOWN; i++) {
        struct text name = names_find(names, studies[i].code);
        fprintf(to, "  %05u   %-44.*s %9u %9u\n", studies[i].code, (int)name.length, name.data, studies[i].students,
                studies[i].matched);
    }
    if (count > STUDIES_SHOWN)
        fprintf(to, "  and %zu more\n", count - STUDIES_SHOWN);
    mem_free(studies);
    return ERR_OK;
}

enum err match_job_summary(const struct job *job, const struct names *names, FILE *to)
{
    char seed[2 * SEED_BYTES + 1];
    const struct round_counts *counts = &job->result.counts;
    sodium_bin2hex(seed, sizeof seed, job->seed, sizeof job->seed);
    fprintf(to,
            "in:   %zu requests (stagevragen), %zu placements with %" PRIu64 " seats, %" PRIu64 " eligible pairs\n",
            job->intake->student_count, job->intake->placement_count, counts->seats, counts->eligible_pairs);
    fprintf(to,
            "out:  %" PRIu64 " placed, %" PRIu64 " not; %" PRIu64 " lists cut, %" PRIu64
            " placed in the second pass\n",
            counts->matched, counts->unmatched, counts->cut_lists, counts->matched_second_pass);
    fprintf(to, "seed: %s\n", seed);
    if (job->postcodes->coarse)
        fputs("note: distances are approximate: the postcode table is the coarse one (scripts/setup completes it)\n",
              to);
    print_ranks(&job->result, to);
    return print_studies(job, names, to);
}
