/* SPDX-License-Identifier: MIT */
/*
 * What a command line stores for an option that is more than a text or a flag. The parser of the
 * command line fills these (cmd/options.c); engines take them as plain values.
 */
#ifndef BASE_OPTION_H
#define BASE_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A number that may be absent. */
struct option_uint {
	bool set;
	uint64_t value;
};

/** The values of an option that may be repeated, in order of appearance. */
struct option_list {
	const char **items; /* owned array of borrowed texts */
	size_t count;
};

#endif
