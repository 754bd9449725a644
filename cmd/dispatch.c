/* SPDX-License-Identifier: MIT */
/*
 * From argv to one call of a command: finds the row, parses its options, answers --help and
 * --version, and turns usage faults into exit status 2.
 */
#include "cmd/cmd.h"

#include "base/near.h"
#include "base/version.h"
#include "cmd/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HELP_MAX_BYTES (1u << 20)

/*
 * A caller that closed 0, 1 or 2 must not make our files land there. Whoever closed standard output
 * is told so: a write to what is open for reading alone fails.
 */
static void open_standard_fds(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
	}
}

static bool is_help(const char *arg)
{
	return strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0;
}

static int print_program_help(const struct program *program)
{
	CLEANUP(buf_clear) struct buf out = buf_init(HELP_MAX_BYTES);

	help_program(&out, program);
	return print_out(&out);
}

static int print_group_help(const struct program *program, const char *group)
{
	CLEANUP(buf_clear) struct buf out = buf_init(HELP_MAX_BYTES);

	help_group(&out, program, group);
	return print_out(&out);
}

static int print_command_help(const struct program *program, const struct cmd *cmd)
{
	CLEANUP(buf_clear) struct buf out = buf_init(HELP_MAX_BYTES);

	help_command(&out, program, cmd);
	return print_out(&out);
}

static int print_version(const struct program *program)
{
	CLEANUP(buf_clear) struct buf out = buf_init(HELP_MAX_BYTES);

	buf_printf(&out, "%s %s\n", program->name, X07_VERSION);
	return print_out(&out);
}

/* The nearest command of the group, else all of them. */
static void print_group_hint(const struct program *program, const char *word, const char *near)
{
	if (near != NULL) {
		(void)fprintf(
		    stderr, "help: did you mean '%s %s %s'?\n", program->name, word, near);
		return;
	}
	(void)fprintf(stderr, "help: '%s COMMAND --help' describes one of:", program->name);
	for (size_t i = 0; i < program->count; i++) {
		if (cmd_in_group(&program->commands[i], word))
			(void)fprintf(stderr, "\n  %s", program->commands[i].name);
	}
	(void)fputc('\n', stderr);
}

/* `x07 pkg ad`: the second word alone, among those of the group. */
static int unknown_of_group(const struct program *program, const char *group, const char *word)
{
	const char *names[64];
	const char *near;
	size_t count = 0, skip = strlen(group) + 1;

	if (word == NULL || word[0] == '-') {
		(void)fprintf(stderr, "%s %s: which command?\n", program->name, group);
		print_group_hint(program, group, NULL);
		return CMD_EXIT_USAGE;
	}
	for (size_t i = 0; i < program->count && count < ARRAY_LEN(names); i++) {
		if (cmd_in_group(&program->commands[i], group))
			names[count++] = program->commands[i].name + skip;
	}
	near = near_find(word, names, count);
	(void)fprintf(stderr, "%s %s: unknown command '%s'\n", program->name, group, word);
	print_group_hint(program, group, near);
	return CMD_EXIT_USAGE;
}

/* The word after which no command name matched: `x07 polcy`. */
static int unknown_command(const struct program *program, char **args)
{
	const char *names[64];
	const char *near;
	size_t count = 0;

	if (cmd_is_group(program, args[0]))
		return unknown_of_group(program, args[0], args[1]);
	for (size_t i = 0; i < program->count && count < ARRAY_LEN(names); i++)
		names[count++] = program->commands[i].name;
	near = near_find(args[0], names, count);
	if (near == NULL && args[1] != NULL) {
		char two[64];

		(void)snprintf(two, sizeof(two), "%s %s", args[0], args[1]);
		near = near_find(two, names, count);
	}
	(void)fprintf(stderr, "%s: unknown %s '%s'\n", program->name,
	    args[0][0] == '-' ? "option" : "command", args[0]);
	if (near != NULL)
		(void)fprintf(stderr, "help: did you mean '%s %s'?\n", program->name, near);
	else
		(void)fprintf(stderr, "help: '%s --help' lists the commands\n", program->name);
	return CMD_EXIT_USAGE;
}

static int usage_fault(const struct cmd_call *call, const struct err *err)
{
	CLEANUP(buf_clear) struct buf line = buf_init(4096);

	(void)print_err(call, err, NULL);
	help_usage_line(&line, call->program, call->cmd);
	(void)fprintf(stderr, "%s", buf_str(&line));
	(void)fprintf(stderr, "help: '%s%s%s --help' lists the options\n", call->program->name,
	    *call->cmd->name != '\0' ? " " : "", call->cmd->name);
	return CMD_EXIT_USAGE;
}

static bool has_option(const struct cmd *cmd, const char *name)
{
	for (size_t i = 0; i < cmd->spec.count; i++) {
		if (strcmp(cmd->spec.rows[i].name, name) == 0)
			return true;
	}
	return false;
}

/* The global machine options of the reference that this command does not have. */
static const char *unsupported_global(
    const struct program *program, const struct cmd *cmd, char **args)
{
	static const char names[] = "--json|--jsonl|--json-schema|--json-schema-id|--report-json";

	if (!program->no_json)
		return NULL;
	for (; *args != NULL && strcmp(*args, "--") != 0; args++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(*args, "="), *args);
		if (name[0] == '-' && near_is_choice(names, name) && !has_option(cmd, name))
			return *args;
	}
	return NULL;
}

static int call_command(
    const struct program *program, const struct cmd *cmd, char **argv, char **args)
{
	struct cmd_call call = {.program = program, .cmd = cmd, .argv = argv};
	AUTO_FREE void *values = base_calloc(1, cmd->options_size + 1);
	const char *unsupported = unsupported_global(program, cmd, args);
	struct err err = {0};
	int status;

	if (cmd->spec.raw)
		return cmd->run(&call);
	call.options = values;
	if (unsupported != NULL) {
		err_set(&err, ERR_UNSUPPORTED,
		    "%s is not supported yet; reports are JSON on standard output without it",
		    unsupported);
		return print_err(&call, &err, NULL);
	}
	if (options_parse(&call.args, values, &cmd->spec, args, &err) < 0)
		status = usage_fault(&call, &err);
	else if (call.args.help)
		status = print_command_help(program, cmd);
	else
		status = cmd->run(&call);
	options_clear(&cmd->spec, values);
	return status;
}

int cmd_main(const struct program *program, int argc, char **argv)
{
	const struct cmd *cmd;
	size_t words = 0;

	open_standard_fds();
	/* A reader that goes away is an error of write(2), not a silent death. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN); /* likewise a file that grows over `ulimit -f` */
	if (argc < 1)
		return CMD_EXIT_USAGE;
	if (argv[1] != NULL && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0))
		return print_version(program);
	cmd = cmd_find(program, argv + 1, &words);
	if (cmd != NULL)
		return call_command(program, cmd, argv, argv + 1 + words);
	if (argv[1] == NULL) {
		(void)fprintf(stderr,
		    "%s: no command given\nhelp: '%s --help' lists the commands\n", program->name,
		    program->name);
		return CMD_EXIT_USAGE;
	}
	if (is_help(argv[1]))
		return print_program_help(program);
	if (argv[2] != NULL && is_help(argv[2]) && cmd_is_group(program, argv[1]))
		return print_group_help(program, argv[1]);
	return unknown_command(program, argv + 1);
}
