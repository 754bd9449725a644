/* SPDX-License-Identifier: MIT */
/*
 * x07's own folders, in one list. What lies in them is run or believed by later runs without being
 * asked again, so a program in the sandbox may write in none of them. Whoever adds a folder adds
 * its row to own.def; tests/unit/base/test_own.c walks the list.
 */
#ifndef BASE_OWN_H
#define BASE_OWN_H

#include "base/err.h"

#include <stdbool.h>

enum own_id {
#define OWN(id, what, variable, parts) OWN_##id,
#include "base/own.def"
#undef OWN
	OWN_COUNT
};

/** One folder of ours. Static storage. */
struct own_folder {
	const char *what;     /* "the image cache" */
	const char *variable; /* that moves it; NULL: none does */
	bool parts; /* false: only what makes its entries counts, a folder in it is free */
};

/** The row of a folder; never NULL. */
const struct own_folder *own_folder_at(enum own_id id);
/** Where it is in this environment, absolute, owned; NULL: nowhere. It need not exist. */
char *own_folder_path(enum own_id id);
/**
 * Does a folder hold, equal or lie in one of ours? Links are followed; what is not there yet counts
 * as the place where it would be made.
 * @param path  absolute, without links.
 * @return owned: which folder, where it is and how to move it, as a part of a sentence; NULL: none.
 */
char *own_folder_fault(const char *path);

#endif
