/* SPDX-License-Identifier: MIT */
/* The inside of an open registry: cmd/client_index*.c and registry/client/download.c. */
#ifndef REGISTRY_CLIENT_PRIV_H
#define REGISTRY_CLIENT_PRIV_H

#include "registry/client/open.h"
#include "registry/snapshot.h"

enum index_state { INDEX_LOADED, INDEX_ABSENT, INDEX_FAILED };

/** What is known about one package. */
struct index_item {
	char *name; /* owned */
	enum index_state state;
	struct registry_index index; /* INDEX_LOADED */
	struct err err;              /* INDEX_FAILED */
};

/** A text of the registry: fetched, or cached and still good. Zero-initialise. */
struct index_text {
	char *rel; /* owned: below the index root */
	uint64_t max;
	char want[SHA256_HEX_SIZE]; /* digest it must have; "" = any */
	bool absent;                /* the snapshot says that there is none */
	bool unless_cached;         /* leave it alone when a copy is cached, good or not */
	bool ok, use_cached, has_cached;
	char etag[FETCH_ETAG_MAX];
	struct buf cached;
	struct fetch_response response;
	char *url;
};

/** Archives that were asked for: they go along with the next fetch, or make one of their own. */
struct index_downloads {
	const struct client_download *items; /* borrowed; NULL = none */
	uint32_t count;
	uint32_t first; /* place of the first among the requests that are under way */
	bool sent;
	void (*done)(void *ctx, size_t i);
	void *ctx;
	char **rels, **urls;            /* owned, once sent */
	struct fetch_response *answers; /* owned, once sent */
};

struct client_index {
	const struct client_settings *s;
	struct client_watch watch;
	struct fetch_options fetch;
	struct fetcher *fetcher;
	char *cache, *git_cache, *token; /* owned */
	struct registry_trust recorded, stored, trust;
	struct registry_trust before; /* `trust` without what config.json says now */
	struct registry_config config;
	struct registry_snapshot snapshot;
	bool opened, has_config, has_snapshot, refresh;
	int open_rc;
	struct err open_err;
	struct index_item *items; /* owned */
	size_t count, cap, lines_bytes;
	struct index_text *early; /* owned: index files asked for together with config.json */
	uint32_t early_count, early_at;
	struct index_downloads downloads;
};

static inline void client_say_phase(const struct client_index *x, const char *phase)
{
	if (x->watch.phase != NULL)
		x->watch.phase(x->watch.ctx, phase);
}

/** Address of something: relative to the index root, or absolute already. Owned. */
char *index_url(const struct client_index *x, const char *rel);
/** A request for it; the token goes along where it may. */
void index_request(struct fetch_request *out, const struct client_index *x, const char *rel,
    const char *url, uint64_t max);
/** Fill @p err from an answer with a fault. */
int index_fault(struct err *err, const struct client_index *x, const char *code, const char *what,
    const struct fetch_response *r);
/** Fetch or take from the cache; `ok` of each tells. */
MUST_CHECK int index_fetch_texts(
    struct client_index *x, struct index_text *texts, uint32_t count, struct err *err);
/** The text of one that is `ok`. Borrowed. */
struct str index_text_of(const struct index_text *t);
/** Free a heap array of texts. */
void index_texts_free(struct index_text *texts, uint32_t count);
/** Archives that wait to be sent, when the registry is known; 0 = none do. */
uint32_t index_downloads_waiting(const struct client_index *x);
/** The requests for them; the answers are moved in with index_downloads_take. */
void index_downloads_send(struct fetch_request *requests, struct client_index *x, uint32_t first);
void index_downloads_take(struct client_index *x, const struct fetch_response *answers);
/**
 * Open the registry, once; the index files of these packages are asked for together with its
 * config.json, for index_fetch_texts to find.
 */
MUST_CHECK int index_open(
    struct client_index *x, const char *const *names, uint32_t count, struct err *err);

#endif
