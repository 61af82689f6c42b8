/*
 * group.h - whether one group is rejected more than another, at equal qualifications: over companies, concerns and regions, from
 * closed blocks. It needs to know who is of the group, so only the vault runs it, and only the status may leave.
 *
 * A block is what one company decided in one stratum (qualification, band, stage) in one period. While blinded a company cannot know
 * the group, so that stage measures what else differs between the groups (a hidden difference in quality), and is the company's own
 * control for what it does once it knows who somebody is.
 *
 * Of each unit three e-processes run over its blocks, in the order of periods: the blinded stage against an odds ratio of Γ, the stage
 * after release against Γ, and the second stage against the first (did.h). Γ is 1.25, or what the sector's blinded stage of earlier
 * periods leaves possible where that is more; while there is no earlier period only the third says anything. "After release" is the mean of the latter two; it counts only where the second stage
 * has more focal rejections than the first makes expected. A level (company, concern, region) is a family: Benjamini & Hochberg at half
 * of α for each of the two questions, so that of the units named at most a share α is expected to be named wrongly.
 */
#ifndef SIGNAL_GROUP_H
#define SIGNAL_GROUP_H

#include "signal/e_value.h"

enum group_stage { GROUP_BLINDED, GROUP_RELEASED, GROUP_STAGE_COUNT };

enum group_level { GROUP_COMPANY, GROUP_CONCERN, GROUP_REGION, GROUP_LEVEL_COUNT };

/* In order of what they ask for. GROUP_INSUFFICIENT says nothing of the unit, least of all that all is well. */
enum group_status { GROUP_INSUFFICIENT, GROUP_NONE, GROUP_OBSERVE, GROUP_SIGNAL };

/* One closed block. Units and sector are numbers of the caller's own: from 0, as few as there are. */
struct group_block {
    uint32_t unit[GROUP_LEVEL_COUNT];
    uint32_t sector;
    uint32_t period; /* rising with time */
    enum group_stage stage;
    struct block block;
};

struct group_rules {
    double alpha;              /* 0.05 */
    double observe_p;          /* a unit alone: 0.05 */
    double gamma_least;        /* 1.25 */
    uint32_t decisions_least;  /* of a unit, closed: 20 */
    uint32_t each_group_least; /* 5 */
};

extern const struct group_rules group_rules_default;

struct group_finding {
    enum group_status status;
    double log_p
        [GROUP_STAGE_COUNT]; /* valid at any time. Given the margins they determine the outcomes: never show or store them */
};

/*
 * `blocks` are sorted here: by period, then by company, stage and margins, never by outcomes. findings[level] has unit_count[level]
 * places. Cost: O(blocks log blocks), and for each company and period the product of its blocks' supports. ERR_INPUT: a block that is
 * not valid.
 */
MUST_USE enum err group_judge(const struct group_rules *rules, struct group_block *blocks, size_t count,
                              const size_t unit_count[GROUP_LEVEL_COUNT], size_t sector_count,
                              struct group_finding *const findings[GROUP_LEVEL_COUNT]);

#endif
