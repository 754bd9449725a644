/* SPDX-License-Identifier: MIT */
/* Removing trees of files. */
#ifndef REGISTRY_STORE_REMOVE_PRIV_H
#define REGISTRY_STORE_REMOVE_PRIV_H

#include <stdbool.h>

/** Remove a file or a tree below a directory, as far as it goes; false when something stays. */
bool store_remove_tree(int dirfd, const char *name);

#endif
