/* SPDX-License-Identifier: MIT */
/*
 * The commands of both programs: one row for each in cmd/table.c, one file for each, and the few
 * calls through which they print (cmd/print.h). To add a command see CONTRIBUTING.md.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "cmd/delegate.h"
#include "cmd/help.h"
#include "cmd/options.h"
#include "cmd/print.h"

#include <stdbool.h>
#include <stddef.h>

#define CMD_EXIT_OK 0
#define CMD_EXIT_FAILED                                                                            \
	1 /* checked and failed: the program does not compile or did not succeed                   \
	   */
#define CMD_EXIT_USAGE 2

struct cmd;
struct program;

/** One invocation of a command. Everything borrowed for its duration. */
struct cmd_call {
	const struct program *program;
	const struct cmd *cmd;
	const void *options; /* the options struct of the command */
	struct parsed args;
	char **argv; /* of the process */
};

/** One row of the command table: documentation and dispatch at once. */
struct cmd {
	const char *name;     /* "policy init"; "" for a program without commands */
	const char *operands; /* "[DIR]"; "" for none */
	const char *summary;  /* lower case, no final stop */
	const char *more;     /* paragraphs for `--help`; NULL for none */
	struct option_spec spec;
	size_t options_size;
	int (*run)(const struct cmd_call *call); /* -> exit status */
};

/** One of the two programs. */
struct program {
	const char *name;
	const char *summary;
	const struct cmd *commands;
	size_t count;
	bool no_json; /* refuses the machine options of the reference */
};

/* Second words of the rows that x07-pkg has, for completion; a test compares them with its table.
 */
#define CMD_PKG_WORDS                                                                              \
	"add|remove|lock|sync|update|versions|info|search|list|tree|why|provides|verify|"          \
	"inventory|repair|pack|publish|yank|login|vendor|gc|attest-closure|check-semver"
#define CMD_REGISTRY_WORDS "build|check|key|serve|token"

extern const struct program program_x07;
extern const struct program program_os_runner;

/** Parse the command line, dispatch, return the exit status. */
int cmd_main(const struct program *program, int argc, char **argv);

/** Rows whose command is another program: lib/x07/x07-pkg (cmd/delegate.c). */
int cmd_delegate_pkg(const struct cmd_call *call);
int cmd_completion(const struct cmd_call *call);
int cmd_completion_part(const struct cmd_call *call);
int cmd_doctor(const struct cmd_call *call);
int cmd_help(const struct cmd_call *call);
int cmd_init(const struct cmd_call *call);
int cmd_os_runner(const struct cmd_call *call);
int cmd_policy_check(const struct cmd_call *call);
int cmd_policy_diff(const struct cmd_call *call);
int cmd_policy_explain(const struct cmd_call *call);
int cmd_policy_init(const struct cmd_call *call);
int cmd_policy_observe(const struct cmd_call *call);
int cmd_policy_promote(const struct cmd_call *call);
int cmd_policy_show(const struct cmd_call *call);
int cmd_run(const struct cmd_call *call);

#define CMD_REPORT_MAX_BYTES (3ull << 30)

#endif
