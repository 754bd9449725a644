/* SPDX-License-Identifier: MIT */
/* The inside of an open store, and the parts of opening it that collecting garbage shares. */
#ifndef REGISTRY_STORE_STORE_PRIV_H
#define REGISTRY_STORE_STORE_PRIV_H

#include <stdbool.h>

struct store {
	char *root; /* owned; for messages */
	int root_fd, tmp_fd, trees_fd;
	int lock_fd;
	uint32_t stages; /* made so far, for their names */
};

/** Parts of opening, which collecting garbage shares. */
MUST_CHECK int store_open_dirs(struct store *s, const char *root, struct err *err);

/** Take the lock, shared or exclusive, waiting so long for others. */
MUST_CHECK int store_lock(struct store *s, int how, uint32_t wait_ms, struct err *err);

/** Remove everything below tmp/; only with the exclusive lock. Returns how much there was. */
uint32_t store_sweep(struct store *s);

#endif
