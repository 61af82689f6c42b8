/*
 * menukaart.h - the measures that a school can choose from (config/menukaart.csv): for whom, how much work, how well each is known to
 * work and who says so, and which signals and outcomes it fits. Nothing that the service decides rests on them but `effect`.
 */
#ifndef DOMAIN_MENUKAART_H
#define DOMAIN_MENUKAART_H

#include "base/problem.h"
#include "domain/records.h"
#include "stagematch/v1/measure.pb-c.h"

#define MEASURE_EFFECT(name) STAGEMATCH__V1__MEASURE_EFFECT__MEASURE_EFFECT_##name
#define MEASURE_STATE(name) STAGEMATCH__V1__MEASURE_STATE__MEASURE_STATE_##name

struct menukaart;

/* Reads and checks the list; what is wrong becomes a problem, and then the result is ERR_INPUT. Columns: code;effect;title_nl;title_en;
   text_nl;text_en;for_whom;effort;evidence;source;phases;rules;outcomes, lists joined by |. */
MUST_USE enum err menukaart_read_file(const char *path, struct problems *problems, struct menukaart **out);
MUST_USE enum err menukaart_read_bytes(struct text bytes, struct problems *problems, struct menukaart **out);
void menukaart_free(struct menukaart *menukaart);

/* As they are shown; owned by the list. `menukaart` may be NULL: an empty list. */
const Stagematch__V1__Measure *menukaart_find(const struct menukaart *menukaart, const char *code);
const Stagematch__V1__Measure *menukaart_at(const struct menukaart *menukaart, size_t index);

#endif
