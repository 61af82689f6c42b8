/*
 * text_check.h - what is said of a text that nobody but the vault sees: questionable words (blind/watchlist.h) to its writer, and to the
 * engine whether there are any and which skills of the configuration it names. Inside the vault only.
 *
 * The front is not asked: a text's facts are found where it is staged, kept with the stage, and told to the engine when the vault asks what
 * became of it (ResolveStage).
 */
#ifndef VAULT_TEXT_CHECK_H
#define VAULT_TEXT_CHECK_H

#include "base/conf.h"
#include "stagematch/internal/v1/saga.pb-c.h"
#include "vault/service.h"

enum { NAMED_SKILLS_MAX = 16 };

/* Reads the files that the settings `watchlist` and `skills` name; a setting that is not there is an empty list. */
MUST_USE enum err text_check_new(const struct settings *settings, struct text_check **out);
void text_check_free(struct text_check *check);

/* What the engine may know of a text; message_free it. Cost: one pass over the text for each list. */
MUST_USE enum err text_check_facts(const struct text_check *check, struct text text,
                                   Stagematch__Internal__V1__TextFacts **out);

#endif
