/*
 * config.h - what the domain is given besides its records: reasons, terms and holidays, names and contacts, words to question, postcodes, the
 * rules of new rounds.
 */
#ifndef ENGINE_CONFIG_H
#define ENGINE_CONFIG_H

#include "base/conf.h"
#include "blind/watchlist.h"
#include "domain/case_outcomes.h"
#include "domain/domain.h"
#include "domain/menukaart.h"
#include "intake/postcodes.h"

struct engine_config {
    struct reasons *reasons;
    struct calendar *calendar;
    struct catalog *catalog;
    struct case_outcomes *case_outcomes;
    struct menukaart *menukaart;
    struct watchlist *watchlist; /* NULL: none is configured */
    struct chances *chances;     /* NULL: none is configured */
    struct postcodes *postcodes;
    struct domain_options options; /* label_key is the store's (load.h) */
};

/* Reads the files that the settings name. What is wrong is printed to `complaints`, all of it, and logged in one word. */
MUST_USE enum err engine_config_read(const struct settings *settings, FILE *complaints, struct engine_config *out);
void engine_config_free(struct engine_config *config);

#endif
