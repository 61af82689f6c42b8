/*
 * signal_view.h - signals and aandachtspunten as a school sees them: its own figures and events, and the status of the whole unit.
 */
#ifndef DOMAIN_SIGNAL_VIEW_H
#define DOMAIN_SIGNAL_VIEW_H

#include "domain/command.h"
#include "stagematch/v1/signal.pb-c.h"

/* NULL without memory. */
Stagematch__V1__Signal *signal_view(struct context *context, const SignalRecord *signal);
Stagematch__V1__Point *signal_point_view(struct context *context, const PointRecord *point);

/* The whole answer: periods, events, peers, limits. Cost: the school's units of this kind, at most 500, and its events of the rule. */
void signal_evidence(struct context *context, const SignalRecord *signal,
                     Stagematch__V1__GetSignalResponse *response);

#endif
