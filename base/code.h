/* SPDX-License-Identifier: MIT */
/*
 * The type of the codes that people see (`X07PKG_OFFLINE_INDEX`). The codes themselves stand in the
 * codes.def of the room that makes them, so that a new one does not rebuild the whole tree:
 *
 *   pkg/codes.def    CODE(OFFLINE, "X07PKG_OFFLINE", PKG, "what it means", "page below docs/")
 *   pkg/codes.h      enum pkg_code, pkg_codes[] and PKG_CODE(NAME), made from it
 *
 * Code is compared by what these macros give, text is only printed.
 */
#ifndef BASE_CODE_H
#define BASE_CODE_H

/** A row of a codes.def. Constant; nothing to free. */
struct code {
	const char *id;      /* as shown: capital letters, digits, '_' and '-' */
	int err;             /* ERR_*: the class of the failure, which gives the exit status */
	const char *meaning; /* one sentence for `x07 explain` */
	const char *page;    /* the page that explains it, below docs/; NULL when it needs none */
};

#endif
