/* SPDX-License-Identifier: MIT */
/*
 * How `x07 registry serve` starts x07-serve: the arguments by their place, each of them there; and
 * the signing key at a descriptor, for arguments are seen by everybody.
 */
#ifndef REGISTRY_SERVE_WIRE_H
#define REGISTRY_SERVE_WIRE_H

/* The 32 bytes of the seed, at offset 0, when there is a key id. */
#define SERVE_SEED_FD 3

enum serve_arg {
	SERVE_ARG_PROGRAM,
	SERVE_ARG_DATA,
	SERVE_ARG_NAME,
	SERVE_ARG_BIND,        /* "" = the default */
	SERVE_ARG_PUBLIC_BASE, /* "" = relative addresses */
	SERVE_ARG_KEY_ID,      /* "" = unsigned */
	SERVE_ARG_QUIET,       /* "" = a line for each answer */
	SERVE_ARG_COUNT
};

#endif
