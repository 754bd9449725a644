/* SPDX-License-Identifier: MIT */
/*
 * The commands of both programs: one row for each in cmd/table.c, one file for each, and the few
 * calls through which they print. To add a command see docs/TESTING.md.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "cmd/options.h"

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
/** Path of a program in lib/x07, found relative to this one; owned. */
MUST_CHECK int delegate_path(char **out, const char *name, struct err *err);
/**
 * Run x07-pkg and wait; its standard error is ours.
 * @param out     appended to: its standard output.
 * @param status  its exit status, 128 + N when signal N ended it.
 * @param argv    "x07", "pkg", ..., NULL. Borrowed.
 * @return 0 whatever its status; ERR_NOT_FOUND, ERR_IO, ERR_LIMIT.
 */
MUST_CHECK int delegate_ask(struct buf *out, int *status, char *const *argv, struct err *err);
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

/* cmd/help.c: everything that is printed from the tables. */
void help_program(struct buf *out, const struct program *program);
/** The commands whose first word is @p group. */
void help_group(struct buf *out, const struct program *program, const char *group);
void help_command(struct buf *out, const struct program *program, const struct cmd *cmd);
void help_usage_line(struct buf *out, const struct program *program, const struct cmd *cmd);
void help_specrows(struct buf *out, const struct program *program);
/** The command of this name, or NULL; @p words receives how many arguments the name took. */
const struct cmd *cmd_find(const struct program *program, char **args, size_t *words);
/** A command of two words whose first is @p group: `policy`. */
bool cmd_in_group(const struct cmd *cmd, const char *group);
/** Whether any command of the program is in the group. */
bool cmd_is_group(const struct program *program, const char *word);

/* cmd/print.c: on standard error control characters and the like are printed as '?'. */
/** Name of an invocation for messages: "x07 run". Static or borrowed storage. */
const char *cmd_name(const struct cmd_call *call, char *room, size_t size);
/** Write a buffer to standard output; a failure is reported on standard error. @return exit status.
 */
int print_out(const struct buf *out);
/** As print_out, for people: lines whose control characters are printed as '?'. */
int print_text(const struct buf *out);
/** Print `who: [CODE] message` and, unless NULL, `hint: ...`; @return the exit status of @p err. */
int print_err(const struct cmd_call *call, const struct err *err, const char *hint);
/** A line on standard error: `who: text`. */
void print_note(const struct cmd_call *call, const char *fmt, ...) PRINTF_LIKE(2, 3);
/** `TEXT`, one line. */
void print_line(const char *text);
/** `hint: TEXT`, one line. */
void print_hint(const char *text);
/** `file:line:column: error[CODE]: message` and a help line for each, on standard error. */
void print_diags(const struct diag_list *list);

#define CMD_REPORT_MAX_BYTES (3ull << 30)

#endif
