/*
 * demo_report.h - reports for the demo, made through the service's own API, so that no page of theirs is empty.
 */
#ifndef SERVE_DEMO_REPORT_H
#define SERVE_DEMO_REPORT_H

#include "serve/demo_client.h"

/* To this school: one for the vertrouwenspersoon alone, and one about this leerbedrijf of which a case may be made. */
MUST_USE enum err demo_seed_reports(struct demo_client *client, const char *school, const char *leerbedrijf);

#endif
