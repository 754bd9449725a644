/* SPDX-License-Identifier: MIT */
/*
 * The option table of a command and its parser. Help, usage errors, completion and the
 * machine-readable description are printed from the same rows (cmd/help.c).
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include "base/err.h"
#include "base/option.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What an option stores at `offset` of the options struct of its command. */
enum option_kind {
	OPTION_FLAG, /* bool */
	OPTION_TEXT, /* const char *, borrowed from argv; NULL when absent */
	OPTION_UINT, /* struct option_uint */
	OPTION_LIST, /* struct option_list, in order of appearance */
	OPTION_MODE  /* const char *; the value may only follow a '=', "" when there is none */
};

/* Programs that know a row. */
#define OPTION_IN_X07 1u
#define OPTION_IN_RUNNER 2u
#define OPTION_IN_OBSERVE 4u /* `x07 policy observe` beside the rows of `x07 run` */
#define OPTION_IN_BOTH (OPTION_IN_X07 | OPTION_IN_RUNNER)

/** One row. Every fact about an option is here and nowhere else. */
struct option {
	const char *name;    /* with its dashes */
	const char *value;   /* name of the value in help; NULL for a flag */
	const char *choices; /* "a|b|c": the only values; NULL when any will do */
	const char *help;    /* NULL hides the row from help and completion */
	enum option_kind kind;
	uint8_t in;    /* OPTION_IN_* */
	uint8_t group; /* options of one group exclude each other; 0 = no group */
	uint16_t offset;
};

#define OPERANDS_MAX 64

/** The arguments of one command, sorted out. */
struct parsed {
	const char *operands[OPERANDS_MAX]; /* borrowed */
	size_t operand_count;
	char **trailing; /* what stood behind `--`, borrowed */
	size_t trailing_count;
	bool has_trailing; /* `--` was there, perhaps with nothing behind it */
	bool help;         /* -h or --help was there; parsing stopped */
};

/** What the parser must know about a command. */
struct option_spec {
	const struct option *rows; /* borrowed */
	size_t count;
	uint8_t in;             /* only rows of this program */
	uint8_t operand_max;    /* at most OPERANDS_MAX */
	bool trailing;          /* `-- ARGS` is allowed */
	uint8_t trailing_group; /* group that `--` belongs to */
	bool raw;          /* nothing is parsed here: another program does it (cmd/delegate.c) */
	const char *words; /* for completion: "add|remove"; NULL for none */
};

/**
 * Parse the arguments of a command.
 *
 * @param out      written on success only.
 * @param values   the options struct, zeroed by the caller; options_clear.
 * @param args     borrowed, NULL-terminated, without the program and command names.
 * @return 0 or ERR_USAGE.
 */
MUST_CHECK int options_parse(
    struct parsed *out, void *values, const struct option_spec *spec, char **args, struct err *err);

/** Free the lists inside an options struct. */
void options_clear(const struct option_spec *spec, void *values);

/** True when a row belongs to the program and is not hidden. */
bool option_is_shown(const struct option *row, uint8_t in);

/** A decimal number without sign, spaces or leading plus. False when it is none or over 2^64-1. */
bool option_parse_uint(uint64_t *out, const char *text);

#endif
