/* SPDX-License-Identifier: MIT */
/*
 * Bytes from elsewhere: a list of requests in, one response each out. `file://` is read here; https
 * and git are the business of a helper process, x07-fetch, which this file starts when the first
 * such request comes, talks to over a socket pair, and ends. It is given descriptors to write to,
 * and never a directory.
 */
#ifndef REGISTRY_CLIENT_FETCH_H
#define REGISTRY_CLIENT_FETCH_H

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FETCH_ETAG_MAX 256       /* bytes of an entity tag */
#define FETCH_TOKEN_MAX 512      /* bytes of a token */
#define FETCH_REDIRECTS_MAX 5    /* redirects followed for one request */
#define FETCH_PARALLEL_MAX 64    /* transfers at the same time */
#define FETCH_REQUESTS_MAX 65536 /* requests of one call */

enum fetch_fault {
	FETCH_OK,
#define FETCH_FAULT(name, id, text) FETCH_##name,
#include "registry/client/fetch.def"
#undef FETCH_FAULT
};

/** Stable id of a fault ("timeout"); "ok" for FETCH_OK. Static storage. */
const char *fetch_fault_id(enum fetch_fault fault);

enum fetch_kind {
	FETCH_GET,      /* https, http on loopback, file */
	FETCH_POST,     /* the bytes of `body_fd` */
	FETCH_GIT_FILE, /* one file of a git repository at a revision */
	FETCH_GIT_TREE  /* a folder of it as a .x07pkg archive: regular files only, sorted */
};

/** One request. Everything borrowed until the call returns. */
struct fetch_request {
	const char *url;          /* git: without the `git+`; file, https, http on loopback */
	const char *sha256;       /* wanted digest in hexadecimal; NULL = any */
	const char *etag;         /* entity tag of what the caller has; NULL = none */
	const char *token;        /* sent as Bearer to this origin alone; NULL = none */
	const char *content_type; /* of a POST; NULL = application/octet-stream */
	const char *git_ref;      /* branch, tag or commit; NULL = HEAD */
	const char *git_path;     /* file or folder inside; "" = the whole tree */
	uint64_t max_bytes;       /* of the body; over it the fault is FETCH_LIMIT. Not 0 */
	enum fetch_kind kind;
	int body_fd;     /* POST only: read from its start to its end */
	int dest_fd;     /* takes the body from offset 0, regular file; -1 = `response.body` */
	bool compressed; /* ask for gzip; `max_bytes` counts decoded bytes */
};

/** What came of a request. fetch_response_clear. */
struct fetch_response {
	uint64_t bytes;  /* of the body, decoded */
	struct buf body; /* when the request has no dest_fd; also of error answers */
	enum fetch_fault fault;
	int status;                   /* of HTTP; 0 when there was no answer or no HTTP */
	uint32_t attempts;            /* 1 = no retry was needed */
	bool not_modified;            /* the caller's copy is still good (304) */
	char sha256[SHA256_HEX_SIZE]; /* of the body, as x07-fetch saw it pass */
	char etag[FETCH_ETAG_MAX];    /* "" when there is none; git: the commit */
	char message[256];            /* for a fault: what happened, one line */
};

/** Where a call stands; all counts over the requests of this call. */
struct fetch_progress {
	size_t done, count;
	uint64_t bytes; /* received so far */
};

/** How to fetch. Zero members mean the default. Borrowed by fetch_new for its lifetime. */
struct fetch_options {
	const char *helper;    /* path of x07-fetch; NULL: beside the program, or ../lib/x07 */
	const char *git_cache; /* folder for bare clones; NULL = git requests fail */
	bool offline;          /* only file:// is served, nothing is started */
	uint32_t parallel;     /* 32; at most FETCH_PARALLEL_MAX */
	uint32_t connect_ms;   /* 10 000: name, TCP and TLS */
	uint32_t stall_ms;     /* 20 000 with under 128 bytes a second */
	uint32_t total_ms;     /* 300 000 for one attempt */
	uint32_t retries;      /* 3 after the first attempt; UINT32_MAX = none */
	uint32_t backoff_ms;   /* 250, doubled for each retry, half of it random */
	uint64_t memory_max;   /* 512 MiB: bodies in memory of one call; the rest are FETCH_LIMIT */
	void (*progress)(void *ctx, const struct fetch_progress *at);
	/** Called as each response is complete, in any order; @p response is borrowed. */
	void (*done)(void *ctx, size_t index, const struct fetch_response *response);
	void *ctx;
};

/** A client: options and, from the first request that wants it, a running helper. */
struct fetcher;

/** @param options borrowed; must outlive the fetcher. @return owned; fetch_free. */
struct fetcher *fetch_new(const struct fetch_options *options);
/** Ends the helpers; NULL is fine. */
void fetch_free(struct fetcher *f);
/** Cleanup function for `CLEANUP(fetch_clear) struct fetcher *f`. */
void fetch_clear(struct fetcher **f);

/**
 * Perform requests, many at a time; connections stay open for the next call.
 *
 * @param out       @p count responses, written whatever is returned; fetch_response_clear each.
 * @param requests  at most FETCH_REQUESTS_MAX.
 * @return 0 when every request was answered without a fault; else ERR_PKG with the first fault in
 *         order of the list, as text, in @p err; ERR_LIMIT for too many requests.
 */
MUST_CHECK int fetch_run(struct fetch_response *out, struct fetcher *f,
    const struct fetch_request *requests, size_t count, struct err *err);

/** Free what a response owns. */
void fetch_response_clear(struct fetch_response *r);

#endif
