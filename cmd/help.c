/* SPDX-License-Identifier: MIT */
/*
 * What is printed from the tables: help, usage lines and the machine-readable description
 * (x07cli.specrows@0.1.0). Shell completion: cmd/completion.c.
 */
#include "cmd/help.h"

#include "base/json.h"
#include "base/version.h"
#include "cmd/cmd.h"
#include "cmd/commands.h"

#include <stdio.h>
#include <string.h>

#define HELP_MAX_BYTES (1u << 20)
#define NAME_COLUMN 34
#define COMMAND_COLUMN 17

void help_usage_line(struct buf *out, const struct program *program, const struct cmd *cmd)
{
	bool options = false;

	for (size_t i = 0; i < cmd->spec.count; i++)
		options = options || option_is_shown(&cmd->spec.rows[i], cmd->spec.in);
	buf_printf(out, "usage: %s%s%s%s%s%s\n", program->name, *cmd->name != '\0' ? " " : "",
	    cmd->name, options ? " [OPTIONS]" : "", *cmd->operands != '\0' ? " " : "",
	    cmd->operands);
}

static void command_lines(struct buf *out, const struct program *program, const char *group)
{
	for (size_t i = 0; i < program->count; i++) {
		const struct cmd *cmd = &program->commands[i];

		if (group == NULL || cmd_in_group(cmd, group))
			buf_printf(out, "  %-*s %s\n", COMMAND_COLUMN, cmd->name, cmd->summary);
	}
}

void help_program(struct buf *out, const struct program *program)
{
	buf_printf(out, "%s %s - %s\n\nusage: %s COMMAND [OPTIONS]\n\ncommands:\n", program->name,
	    X07_VERSION, program->summary, program->name);
	command_lines(out, program, NULL);
	buf_printf(out,
	    "\noptions:\n  %-*s %s\n  %-*s %s\n\n'%s help COMMAND' describes one command.\n",
	    COMMAND_COLUMN, "-h, --help", "print this", COMMAND_COLUMN, "-V, --version",
	    "print the version", program->name);
}

void help_group(struct buf *out, const struct program *program, const char *group)
{
	buf_printf(out, "usage: %s %s COMMAND [OPTIONS]\n\ncommands:\n", program->name, group);
	command_lines(out, program, group);
	buf_printf(out, "\n'%s help %s COMMAND' describes one command.\n", program->name, group);
}

static void option_line(struct buf *out, const struct option *row)
{
	char left[80];

	(void)snprintf(left, sizeof(left), "%s%s%s", row->name, row->value != NULL ? " " : "",
	    row->value != NULL ? row->value : "");
	buf_printf(out, "  %-*s %s\n", NAME_COLUMN, left, row->help);
	if (row->choices != NULL && row->kind == OPTION_TEXT)
		buf_printf(out, "  %-*s one of: %s\n", NAME_COLUMN, "", row->choices);
}

void help_command(struct buf *out, const struct program *program, const struct cmd *cmd)
{
	buf_printf(out, "%s%s%s - %s\n\n", program->name, *cmd->name != '\0' ? " " : "", cmd->name,
	    cmd->summary);
	help_usage_line(out, program, cmd);
	buf_puts(out, "\noptions:\n");
	for (size_t i = 0; i < cmd->spec.count; i++) {
		if (option_is_shown(&cmd->spec.rows[i], cmd->spec.in))
			option_line(out, &cmd->spec.rows[i]);
	}
	buf_printf(out, "  %-*s %s\n", NAME_COLUMN, "-h, --help", "print this");
	if (cmd->more != NULL)
		buf_printf(out, "\n%s", cmd->more);
}

int cmd_help(const struct cmd_call *call)
{
	CLEANUP(buf_clear) struct buf out = buf_init(HELP_MAX_BYTES);
	char *words[3] = {(char *)call->args.operands[0], (char *)call->args.operands[1], NULL};
	const struct cmd *cmd;
	size_t used = 0;
	struct err err = {0};

	if (call->args.operand_count == 0) {
		help_program(&out, call->program);
		return print_out(&out);
	}
	cmd = cmd_find(call->program, words, &used);
	if (cmd != NULL && cmd->spec.raw) {
		static char help[] = "--help";
		char *argv[] = {call->argv[0], words[0], words[1] != NULL ? words[1] : help,
		    words[1] != NULL ? help : NULL, NULL};
		struct cmd_call other = {.program = call->program, .cmd = cmd, .argv = argv};

		return cmd->run(&other);
	}
	if (cmd == NULL && words[1] == NULL && cmd_is_group(call->program, words[0])) {
		help_group(&out, call->program, words[0]);
		return print_out(&out);
	}
	if (cmd == NULL || used != call->args.operand_count) {
		err_set(&err, ERR_USAGE, "no command '%s%s%s'", words[0],
		    words[1] != NULL ? " " : "", words[1] != NULL ? words[1] : "");
		return print_err(call, &err, "'x07 help' lists the commands");
	}
	help_command(&out, call->program, cmd);
	return print_out(&out);
}

static void spec_option(struct jsonw *w, const struct option *row)
{
	jsonw_object(w);
	jsonw_kv_string(w, "help", row->help);
	jsonw_kv_string(w, "name", row->name);
	jsonw_kv_bool(w, "repeatable", row->kind == OPTION_LIST);
	jsonw_kv_string(w, "value", row->value);
	jsonw_end_object(w);
}

void help_specrows(struct buf *out, const struct program *program)
{
	struct jsonw w = jsonw_init(out, false);

	jsonw_object(&w);
	jsonw_key(&w, "commands");
	jsonw_array(&w);
	for (size_t i = 0; i < program->count; i++) {
		const struct cmd *cmd = &program->commands[i];

		jsonw_object(&w);
		jsonw_kv_string(&w, "help", cmd->summary);
		jsonw_kv_string(&w, "name", cmd->name);
		jsonw_key(&w, "options");
		jsonw_array(&w);
		for (size_t k = 0; k < cmd->spec.count; k++) {
			if (option_is_shown(&cmd->spec.rows[k], cmd->spec.in))
				spec_option(&w, &cmd->spec.rows[k]);
		}
		jsonw_end_array(&w);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_kv_string(&w, "program", program->name);
	jsonw_kv_string(&w, "schema_version", "x07cli.specrows@0.1.0");
	jsonw_kv_string(&w, "version", X07_VERSION);
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}
