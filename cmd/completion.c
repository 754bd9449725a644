/* SPDX-License-Identifier: MIT */
/*
 * `x07 completion`: scripts for shells, made from the command table. Of a command with two words
 * the first is offered, then the second, then the options; raw rows name their second words.
 */
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>

#define SCRIPT_MAX_BYTES (1u << 20)

/* What x07-pkg knows of its own commands; without it there are no options of theirs. */
static void add_part(struct buf *out, const char *shell)
{
	CLEANUP(buf_clear) struct buf part = buf_init(SCRIPT_MAX_BYTES);
	char program[] = "x07", completion[] = "completion", name[8];
	char *argv[] = {program, completion, name, NULL};
	struct err ignored = {0};
	int status = 0;

	(void)snprintf(name, sizeof(name), "%s", shell);
	if (delegate_ask(&part, &status, argv, &ignored) == 0 && status == 0)
		buf_add(out, part.data, part.len);
}

static int first_len(const struct cmd *cmd)
{
	return (int)strcspn(cmd->name, " ");
}

/* Whether an earlier row has the same first word. */
static bool is_repeated(const struct program *program, size_t at)
{
	const char *name = program->commands[at].name;
	size_t len = strcspn(name, " ");

	for (size_t i = 0; i < at; i++) {
		const char *other = program->commands[i].name;

		if (strcspn(other, " ") == len && memcmp(other, name, len) == 0)
			return true;
	}
	return false;
}

static void first_words(struct buf *out, const struct program *program)
{
	for (size_t i = 0; i < program->count; i++) {
		const struct cmd *cmd = &program->commands[i];

		if (!is_repeated(program, i))
			buf_printf(out, "%.*s ", first_len(cmd), cmd->name);
	}
	buf_puts(out, "--help --version");
}

/* "a|b" as "a b ". */
static void add_words(struct buf *out, const char *words)
{
	for (; *words != '\0'; words++)
		buf_putc(out, (char)(*words == '|' ? ' ' : *words));
	buf_putc(out, ' ');
}

static bool has_second_word(const struct cmd *cmd)
{
	return cmd->spec.words != NULL || strchr(cmd->name, ' ') != NULL;
}

/* Every word that may follow the first word of row @p at. */
static void second_words(struct buf *out, const struct program *program, size_t at)
{
	int len = first_len(&program->commands[at]);

	for (size_t i = at; i < program->count; i++) {
		const struct cmd *cmd = &program->commands[i];

		if (first_len(cmd) != len ||
		    memcmp(cmd->name, program->commands[at].name, (size_t)len) != 0)
			continue;
		if (cmd->name[len] == ' ')
			buf_printf(out, "%s ", cmd->name + len + 1);
		if (cmd->spec.words != NULL)
			add_words(out, cmd->spec.words);
	}
}

/* The shown option names of a command. */
static void option_names(struct buf *out, const struct cmd *cmd)
{
	for (size_t i = 0; i < cmd->spec.count; i++) {
		if (option_is_shown(&cmd->spec.rows[i], cmd->spec.in))
			buf_printf(out, "%s ", cmd->spec.rows[i].name);
	}
	buf_puts(out, "--help");
}

static void option_choices_bash(struct buf *out, const struct cmd *cmd)
{
	for (size_t i = 0; i < cmd->spec.count; i++) {
		const struct option *row = &cmd->spec.rows[i];

		if (!option_is_shown(row, cmd->spec.in) || row->choices == NULL)
			continue;
		buf_printf(out, "\t%s) COMPREPLY=($(compgen -W '", row->name);
		add_words(out, row->choices);
		buf_puts(out, "' -- \"$cur\")); return ;;\n");
	}
}

static void commands_bash(struct buf *out, const struct program *program)
{
	for (size_t i = 0; i < program->count; i++) {
		const struct cmd *cmd = &program->commands[i];

		buf_printf(out, "\t'%s '*)\n\tcase $prev in\n", cmd->name);
		option_choices_bash(out, cmd);
		buf_puts(out, "\tesac\n\tCOMPREPLY=($(compgen -W '");
		option_names(out, cmd);
		buf_puts(out, "' -- \"$cur\"))\n\t;;\n");
	}
}

static void completion_bash(struct buf *out, const struct program *program)
{
	buf_puts(out, "_x07() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} "
		      "prev=${COMP_WORDS[COMP_CWORD-1]} words=\n"
		      "\tcase $COMP_CWORD in\n\t1) words='");
	first_words(out, program);
	buf_puts(out, "' ;;\n\t2) case ${COMP_WORDS[1]} in\n");
	for (size_t i = 0; i < program->count; i++) {
		const struct cmd *cmd = &program->commands[i];

		if (is_repeated(program, i) || !has_second_word(cmd))
			continue;
		buf_printf(out, "\t%.*s) words='", first_len(cmd), cmd->name);
		second_words(out, program, i);
		buf_puts(out, "' ;;\n");
	}
	buf_puts(out, "\tesac ;;\n\tesac\n\tif [ -n \"$words\" ]; then\n"
		      "\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\")); return\n\tfi\n"
		      "\tcase \"${COMP_WORDS[1]} ${COMP_WORDS[2]} \" in\n");
	add_part(out, "bash");
	commands_bash(out, program);
	buf_puts(out, "\tesac\n\tif [ ${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "
		      "\"$cur\")); fi\n}\ncomplete -F _x07 x07\n");
}

static void commands_zsh(struct buf *out, const struct program *program)
{
	for (size_t i = 0; i < program->count; i++) {
		const struct cmd *cmd = &program->commands[i];

		buf_printf(out, "\t'%s '*) compadd -- ", cmd->name);
		option_names(out, cmd);
		buf_puts(out, "; _files ;;\n");
	}
}

static void completion_zsh(struct buf *out, const struct program *program)
{
	buf_puts(out, "#compdef x07\n_x07() {\n\tif (( CURRENT == 2 )); then\n\t\tcompadd -- ");
	first_words(out, program);
	buf_puts(out, "\n\t\treturn\n\tfi\n\tif (( CURRENT == 3 )); then\n\tcase $words[2] in\n");
	for (size_t i = 0; i < program->count; i++) {
		const struct cmd *cmd = &program->commands[i];

		if (is_repeated(program, i) || !has_second_word(cmd))
			continue;
		buf_printf(out, "\t%.*s) compadd -- ", first_len(cmd), cmd->name);
		second_words(out, program, i);
		buf_puts(out, "; return ;;\n");
	}
	buf_puts(out, "\tesac\n\tfi\n\tcase \"$words[2] $words[3] \" in\n");
	add_part(out, "zsh");
	commands_zsh(out, program);
	buf_puts(out, "\tesac\n}\ncompdef _x07 x07\n");
}

/* The condition under which words of this command are offered. */
static void seen_fish(struct buf *out, const struct cmd *cmd)
{
	int len = first_len(cmd);

	buf_printf(out, "complete -c x07 -n '__fish_seen_subcommand_from %.*s", len, cmd->name);
	if (cmd->name[len] == ' ')
		buf_printf(out, "; and __fish_seen_subcommand_from %s", cmd->name + len + 1);
	buf_puts(out, "'");
}

static void options_fish(struct buf *out, const struct cmd *cmd)
{
	for (size_t k = 0; k < cmd->spec.count; k++) {
		const struct option *row = &cmd->spec.rows[k];

		if (!option_is_shown(row, cmd->spec.in))
			continue;
		seen_fish(out, cmd);
		buf_printf(out, " -l %s%s\n", row->name + 2, row->value != NULL ? " -r" : "");
	}
}

static void command_fish(struct buf *out, const struct program *program, size_t at)
{
	const struct cmd *cmd = &program->commands[at];
	int len = first_len(cmd);

	if (!is_repeated(program, at)) {
		buf_printf(out, "complete -c x07 -n __fish_use_subcommand -a %.*s -d '%s'\n", len,
		    cmd->name, cmd->summary);
		if (has_second_word(cmd)) {
			buf_printf(out,
			    "complete -c x07 -n '__fish_seen_subcommand_from %.*s' -a '", len,
			    cmd->name);
			second_words(out, program, at);
			buf_puts(out, "'\n");
		}
	}
	options_fish(out, cmd);
}

static void commands_fish(struct buf *out, const struct program *program)
{
	for (size_t i = 0; i < program->count; i++)
		options_fish(out, &program->commands[i]);
}

static void completion_fish(struct buf *out, const struct program *program)
{
	for (size_t i = 0; i < program->count; i++)
		command_fish(out, program, i);
	add_part(out, "fish");
}

static const struct {
	const char *name;
	void (*print)(struct buf *out, const struct program *program);
	void (*part)(struct buf *out, const struct program *program); /* the commands alone */
} shells[] = {
    {"bash", completion_bash, commands_bash},
    {"zsh", completion_zsh, commands_zsh},
    {"fish", completion_fish, commands_fish},
};

static int complete(const struct cmd_call *call, bool part)
{
	CLEANUP(buf_clear) struct buf out = buf_init(SCRIPT_MAX_BYTES);
	const char *shell = call->args.operand_count > 0 ? call->args.operands[0] : "";
	struct err err = {0};

	for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
		if (strcmp(shells[i].name, shell) != 0)
			continue;
		(part ? shells[i].part : shells[i].print)(&out, call->program);
		return print_out(&out);
	}
	err_set(&err, ERR_USAGE, "which shell? bash, zsh or fish, not '%s'", shell);
	return print_err(call, &err, "bash: source <(x07 completion bash)");
}

int cmd_completion(const struct cmd_call *call)
{
	return complete(call, false);
}

int cmd_completion_part(const struct cmd_call *call)
{
	return complete(call, true);
}
