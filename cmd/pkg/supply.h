/* SPDX-License-Identifier: MIT */
/*
 * Where packages come from: the registry, the user's store, and x07-unpack between them. Each is
 * opened when it is first wanted.
 */
#ifndef CMD_PKG_SUPPLY_H
#define CMD_PKG_SUPPLY_H

#include "base/arena.h"
#include "pkg/lock.h"
#include "registry/client/open.h"
#include "registry/store/store.h"
#include "registry/unpack/client.h"

/** What a supply is made of. All borrowed for its life. */
struct pkg_supply_options {
	const struct client_settings *settings;
	const struct pkg_lock *lock; /* whose keys count for its registry; NULL = none do */
	struct client_watch watch;   /* hears how far the work is */
	bool refresh;                /* ask the registry again, whatever is cached */
};

/** Opens with pkg_supply_init, pkg_supply_clear. */
struct pkg_supply {
	struct pkg_supply_options o;
	struct client_index *index;     /* owned; NULL = nobody asked yet */
	struct store *store;            /* owned; NULL = not opened yet */
	struct unpack_client *unpacker; /* owned; NULL = not started yet */
	struct arena arena;             /* of `fetched` */
	const char **fetched;           /* owned array: digests of archives that were downloaded */
	size_t fetched_count, fetched_cap;
};

/** A supply from which nothing was asked yet. */
void pkg_supply_init(struct pkg_supply *out, const struct pkg_supply_options *options);
/** Close what is open; one that is zero is left alone. */
void pkg_supply_clear(struct pkg_supply *s);
/** The registry. Borrowed. */
struct client_index *pkg_supply_index(struct pkg_supply *s);
/**
 * The store.
 *
 * @param out  borrowed from @p s.
 * @return 0; ERR_PKG with X07PKG_IO when the user's folder cannot be made; as store_open.
 */
MUST_CHECK int pkg_supply_store(struct store **out, struct pkg_supply *s, struct err *err);
/**
 * The program that opens archives, started.
 *
 * @param out  borrowed from @p s.
 * @return as unpack_client_start.
 */
MUST_CHECK int pkg_supply_unpacker(
    struct unpack_client **out, struct pkg_supply *s, struct err *err);
/** Tell who watches that a phase begins. @param phase  static storage: "resolving". */
void pkg_supply_phase(const struct pkg_supply *s, const char *phase);
/** Remember that an archive was downloaded. @param archive  its digest, copied. */
void pkg_supply_note_fetched(struct pkg_supply *s, const char *archive);
/** Whether the archive with this digest was downloaded; false for "". */
bool pkg_supply_was_fetched(const struct pkg_supply *s, const char *archive);

#endif
