/*
 * groups.h - group statistics: what students said of their origin, the decisions that count, closed blocks and statuses. Inside the vault
 * only; nothing of it but the statuses leaves (signal/group.h has the method).
 *
 *   origin    sealed under the person's key, one for each student who answered; deleted when it is withdrawn, when the person is erased,
 *             when the school switches off
 *   decision  of the open period, as the engine told it; who was of which group is looked up when the period closes
 *   block     closed: counts of one company's stratum, no person; sealed
 *   status    of units with enough data, made once at the end of a period and served unchanged
 *
 * Periods are half-years, from February and from August, by the calendar alone. A decision that comes late counts in the open period.
 */
#ifndef VAULT_GROUPS_H
#define VAULT_GROUPS_H

#include "stagematch/internal/v1/vault.pb-c.h"
#include "vault/service.h"

typedef Stagematch__Internal__V1__OriginRow OriginRow;
typedef Stagematch__Internal__V1__GroupSchoolRow GroupSchoolRow;
typedef Stagematch__Internal__V1__GroupDecisionRow GroupDecisionRow;
typedef Stagematch__Internal__V1__GroupBlockPlain GroupBlockPlain;
typedef Stagematch__Internal__V1__GroupStatusesRow GroupStatusesRow;

/* The half-year of a moment: twice the year in which it began, and one more from August. */
uint32_t group_period(int64_t time_ms);

/* Its last day, as date.h has them. */
int32_t group_period_end(uint32_t period);

/* What a school chose; *out as it would be where it never did. message_free it. */
MUST_USE enum err group_school_read(struct edit *edit, const char *school, GroupSchoolRow **out);

/* What a student said, where it counts: the school has had statistics on since before. ERR_MISSING: nothing. */
MUST_USE enum err origin_read(struct vault *vault, struct edit *edit, struct text student_ref,
                              Stagematch__V1__Origin *origin, int64_t *answer_ms);
MUST_USE enum err origin_write(struct vault *vault, struct edit *edit, const char *school, struct text student_ref,
                               Stagematch__V1__Origin origin);

/* Deletes what students of the school said. O(all that was said). */
MUST_USE enum err origins_delete(struct vault *vault, struct edit *edit, const char *school);

/* Asks the engine for decisions, one call at a time; closes what is due once there are no more. Called on a timer. */
void groups_pull(struct vault *vault);

/*
 * Closes the periods that ended: decisions become blocks, all blocks are judged, and the statuses take the place of the last ones, in
 * one transaction. O(decisions of the open period + all blocks ever): about a second for 100,000.
 */
MUST_USE enum err groups_close(struct vault *vault, struct edit *edit, bool *closed);

#endif
