/* SPDX-License-Identifier: MIT */
/*
 * Texts of a registry: fetched together, or cached and still good; and the batch of archives that
 * may go along with them.
 */
#ifndef REGISTRY_CLIENT_TEXTS_PRIV_H
#define REGISTRY_CLIENT_TEXTS_PRIV_H

#include "registry/client/fetch.h"
#include "registry/client/request_priv.h"
#include "registry/client/settings.h"
#include "registry/client/watch.h"

/** A text of the registry: fetched, or cached and still good. Zero-initialise. */
struct client_text {
	char *rel; /* owned: below the index root */
	uint64_t max;
	char want[SHA256_HEX_SIZE]; /* digest it must have; "" = any */
	bool absent;                /* the snapshot says that there is none */
	bool unless_cached;         /* leave it alone when a copy is cached, good or not */
	bool ok, use_cached, has_cached;
	char etag[FETCH_ETAG_MAX];
	struct buf cached;
	struct fetch_response response;
	char *url; /* owned; NULL = it was not asked for */
};

/** Requests that go along with the next fetch, whatever that is for. */
struct client_batch {
	struct fetch_request *requests; /* borrowed */
	struct fetch_response *answers; /* borrowed; moved in when they are there */
	uint32_t count;
	const char *phase;                 /* static storage: what a person is told meanwhile */
	void (*done)(void *ctx, size_t i); /* each as it is complete without a fault; NULL */
	void *ctx;
	bool answered;
};

/** Where texts come from: the registry, the cache, and what came early. */
struct client_source {
	struct client_peer peer;
	struct client_watch watch;
	const char *cache; /* borrowed: folder of the cached texts */
	bool refresh;      /* ask again, whatever is cached */
	struct fetch_options fetch;
	struct fetcher *fetcher;   /* owned */
	struct client_text *early; /* owned: texts asked for before anybody wanted them */
	uint32_t early_count, early_at;
	struct client_batch *along; /* borrowed: waits for the next fetch; NULL = none */
	uint32_t along_first;       /* while it is under way: place of its first request */
	bool along_flies;
};

/**
 * Prepare to ask.
 * @param source     filled; it must stay where it is until client_source_clear.
 * @param git_cache  borrowed: folder for clones.
 */
void client_source_init(struct client_source *source, const struct client_settings *s,
    const char *git_cache, const struct client_watch *watch);
/** End the helpers and free what came early. */
void client_source_clear(struct client_source *source);

/** Whether asking takes the network, or would but for --offline. */
bool client_source_is_remote(const struct client_source *source);

/**
 * Fetch texts, or take them from the cache; `ok` of each tells.
 * @return 0, also when some of them have a fault; ERR_LIMIT for too many at once.
 */
MUST_CHECK int client_texts_fetch(
    struct client_source *source, struct client_text *texts, uint32_t count, struct err *err);
/** Send the batch that waits, without company. @return as client_texts_fetch. */
MUST_CHECK int client_texts_flush(struct client_source *source, struct err *err);

/** What a text that is `ok` says. Borrowed. */
struct str client_text_str(const struct client_text *text);
/** Move out what a text that is `ok` says; owned. */
struct buf client_text_take(struct client_text *text);
/** Whether a text that is `ok` has the digest that is wanted; true when none is. */
bool client_text_matches(const struct client_text *text);
/** Free a heap array of texts. */
void client_texts_free(struct client_text *texts, uint32_t count);

#endif
