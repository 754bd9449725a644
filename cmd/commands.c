/* SPDX-License-Identifier: MIT */
/* Names of commands, of one word or two, among the rows of a program. */
#include "cmd/commands.h"

#include "cmd/cmd.h"

#include <string.h>

const struct cmd *cmd_find(const struct program *program, char **args, size_t *words)
{
	for (size_t i = 0; i < program->count; i++) {
		const char *name = program->commands[i].name;
		size_t n = 0;

		while (*name != '\0' && args[n] != NULL) {
			size_t len = strcspn(name, " ");

			if (strlen(args[n]) != len || memcmp(args[n], name, len) != 0)
				break;
			name += len;
			name += *name == ' ';
			n++;
		}
		if (*name == '\0') {
			*words = n;
			return &program->commands[i];
		}
	}
	return NULL;
}

bool cmd_in_group(const struct cmd *cmd, const char *group)
{
	size_t len = strlen(group);

	return strncmp(cmd->name, group, len) == 0 && cmd->name[len] == ' ';
}

bool cmd_is_group(const struct program *program, const char *word)
{
	for (size_t i = 0; i < program->count; i++) {
		if (cmd_in_group(&program->commands[i], word))
			return true;
	}
	return false;
}
