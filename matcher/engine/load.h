/*
 * load.h - the engine's database, and the domain as it says.
 *
 * One table for each kind of record, and `meta` with the key of candidates' labels, which is drawn once in the life of a
 * database, and the number of its last turn (engine/versions.h).
 */
#ifndef ENGINE_LOAD_H
#define ENGINE_LOAD_H

#include "base/random.h"
#include "domain/domain.h"
#include "store/store.h"

struct event_base;

/* Opens FOLDER/engine.sqlite. What is wrong is logged. */
MUST_USE enum err load_open_store(const char *folder, struct event_base *base, struct store **out);

/*
 * The label key of this database into the options. In a new database it is drawn and handed to the store's writer: as commits are
 * kept in order, nothing that rests on it can be durable without it.
 */
MUST_USE enum err load_label_key(struct store *store, const struct random_source *random,
                                 struct domain_options *options);

/* The number of the last turn that was committed, 0 before the first; and the row with which a turn commits its own. */
MUST_USE enum err load_version(struct store *store, uint64_t *version);
MUST_USE enum err load_put_version(struct store_batch *batch, uint64_t version);

/* A domain with every row of the store. *time_ms is the newest ledger entry's time, 0 without one. */
MUST_USE enum err load_domain(struct store *store, const struct domain_options *options, struct domain **out,
                              int64_t *time_ms);

#endif
