/* SPDX-License-Identifier: MIT */
/*
 * Everything that is printed from the tables: help, usage lines, shell completion and the
 * machine-readable description (x07cli.specrows@0.1.0).
 */
#include "cmd/cmd.h"

#include "base/json.h"
#include "cmd/version.h"

#include <stdio.h>
#include <string.h>

#define HELP_MAX_BYTES (1u << 20)
#define NAME_COLUMN 34

void help_usage_line(struct buf *out, const struct program *program, const struct cmd *cmd)
{
	bool options = false;

	for (size_t i = 0; i < cmd->spec.count; i++)
		options = options || option_is_shown(&cmd->spec.rows[i], cmd->spec.in);
	buf_printf(out, "usage: %s%s%s%s%s%s\n", program->name, *cmd->name != '\0' ? " " : "",
	    cmd->name, options ? " [OPTIONS]" : "", *cmd->operands != '\0' ? " " : "",
	    cmd->operands);
}

void help_program(struct buf *out, const struct program *program)
{
	buf_printf(out, "%s %s - %s\n\nusage: %s COMMAND [OPTIONS]\n\ncommands:\n", program->name,
	    X07_VERSION, program->summary, program->name);
	for (size_t i = 0; i < program->count; i++)
		buf_printf(
		    out, "  %-16s %s\n", program->commands[i].name, program->commands[i].summary);
	buf_printf(out,
	    "\noptions:\n  %-16s %s\n  %-16s %s\n\n'%s help COMMAND' describes one command.\n",
	    "-h, --help", "print this", "-V, --version", "print the version", program->name);
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
	if (cmd == NULL || used != call->args.operand_count) {
		err_set(&err, ERR_USAGE, "no command '%s%s%s'", words[0],
		    words[1] != NULL ? " " : "", words[1] != NULL ? words[1] : "");
		return print_err(call, &err, "'x07 help' lists the commands");
	}
	help_command(&out, call->program, cmd);
	return print_out(&out);
}

/* The shown option names of a command, separated by @p sep. */
static void option_names(struct buf *out, const struct cmd *cmd, const char *sep)
{
	for (size_t i = 0; i < cmd->spec.count; i++) {
		if (option_is_shown(&cmd->spec.rows[i], cmd->spec.in))
			buf_printf(out, "%s%s", cmd->spec.rows[i].name, sep);
	}
	buf_puts(out, "--help");
}

static void command_names(struct buf *out, const struct program *program)
{
	for (size_t i = 0; i < program->count; i++) {
		const char *name = program->commands[i].name;

		buf_printf(out, "%s%.*s", i > 0 ? " " : "", (int)strcspn(name, " "), name);
	}
}

static void option_choices_bash(struct buf *out, const struct cmd *cmd)
{
	for (size_t i = 0; i < cmd->spec.count; i++) {
		const struct option *row = &cmd->spec.rows[i];

		if (!option_is_shown(row, cmd->spec.in) || row->choices == NULL)
			continue;
		buf_printf(out, "\t%s) COMPREPLY=($(compgen -W '", row->name);
		for (const char *at = row->choices; *at != '\0'; at++)
			buf_putc(out, (char)(*at == '|' ? ' ' : *at));
		buf_puts(out, "' -- \"$cur\")); return ;;\n");
	}
}

/* "a|b" as "a b ". */
static void add_words(struct buf *out, const char *words)
{
	for (; words != NULL && *words != '\0'; words++)
		buf_putc(out, (char)(*words == '|' ? ' ' : *words));
	buf_putc(out, ' ');
}

static void completion_bash(struct buf *out, const struct program *program)
{
	buf_puts(out, "_x07() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} "
		      "prev=${COMP_WORDS[COMP_CWORD-1]}\n\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
		      "\t\tCOMPREPLY=($(compgen -W '");
	command_names(out, program);
	buf_puts(
	    out, " --help --version' -- \"$cur\")); return\n\tfi\n\tcase ${COMP_WORDS[1]} in\n");
	for (size_t i = 0; i < program->count; i++) {
		const struct cmd *cmd = &program->commands[i];
		const char *second = strchr(cmd->name, ' ');

		buf_printf(
		    out, "\t%.*s)\n\tcase $prev in\n", (int)strcspn(cmd->name, " "), cmd->name);
		option_choices_bash(out, cmd);
		buf_puts(out, "\tesac\n\tCOMPREPLY=($(compgen -W '");
		if (second != NULL)
			buf_printf(out, "%s ", second + 1);
		add_words(out, cmd->spec.words);
		option_names(out, cmd, " ");
		buf_puts(out, "' -- \"$cur\"))\n\t;;\n");
	}
	buf_puts(out, "\tesac\n\tif [ ${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "
		      "\"$cur\")); fi\n}\ncomplete -F _x07 x07\n");
}

static void completion_zsh(struct buf *out, const struct program *program)
{
	buf_puts(out, "#compdef x07\n_x07() {\n\tif (( CURRENT == 2 )); then\n\t\tcompadd -- ");
	command_names(out, program);
	buf_puts(out, "\n\t\treturn\n\tfi\n\tcase $words[2] in\n");
	for (size_t i = 0; i < program->count; i++) {
		const struct cmd *cmd = &program->commands[i];
		const char *second = strchr(cmd->name, ' ');

		buf_printf(out, "\t%.*s) compadd -- %s ", (int)strcspn(cmd->name, " "), cmd->name,
		    second != NULL ? second + 1 : "");
		add_words(out, cmd->spec.words);
		option_names(out, cmd, " ");
		buf_puts(out, "; _files ;;\n");
	}
	buf_puts(out, "\tesac\n}\ncompdef _x07 x07\n");
}

static void completion_fish(struct buf *out, const struct program *program)
{
	for (size_t i = 0; i < program->count; i++) {
		const struct cmd *cmd = &program->commands[i];
		int len = (int)strcspn(cmd->name, " ");

		buf_printf(out, "complete -c x07 -n __fish_use_subcommand -a %.*s -d '%s'\n", len,
		    cmd->name, cmd->summary);
		if (cmd->spec.words != NULL) {
			buf_printf(out,
			    "complete -c x07 -n '__fish_seen_subcommand_from %.*s' -a '", len,
			    cmd->name);
			add_words(out, cmd->spec.words);
			buf_puts(out, "'\n");
		}
		for (size_t k = 0; k < cmd->spec.count; k++) {
			const struct option *row = &cmd->spec.rows[k];

			if (option_is_shown(row, cmd->spec.in))
				buf_printf(out,
				    "complete -c x07 -n '__fish_seen_subcommand_from %.*s' -l "
				    "%s%s\n",
				    len, cmd->name, row->name + 2, row->value != NULL ? " -r" : "");
		}
	}
}

bool help_completion(struct buf *out, const struct program *program, const char *shell)
{
	static const struct {
		const char *shell;
		void (*print)(struct buf *out, const struct program *program);
	} shells[] = {
	    {"bash", completion_bash},
	    {"zsh", completion_zsh},
	    {"fish", completion_fish},
	};

	for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
		if (strcmp(shells[i].shell, shell) == 0) {
			shells[i].print(out, program);
			return true;
		}
	}
	return false;
}

int cmd_completion(const struct cmd_call *call)
{
	CLEANUP(buf_clear) struct buf out = buf_init(HELP_MAX_BYTES);
	const char *shell = call->args.operand_count > 0 ? call->args.operands[0] : "";
	struct err err = {0};

	if (help_completion(&out, call->program, shell))
		return print_out(&out);
	err_set(&err, ERR_USAGE, "which shell? bash, zsh or fish, not '%s'", shell);
	return print_err(call, &err, "bash: source <(x07 completion bash)");
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
