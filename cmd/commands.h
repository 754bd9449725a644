/* SPDX-License-Identifier: MIT */
/* The command that words of the command line name: what dispatching and help both ask. */
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

struct cmd;
struct program;

/**
 * Find the command whose name is the first words of a list.
 *
 * @param args   borrowed, NULL-terminated.
 * @param words  written when a command is found: how many of @p args its name took.
 * @return borrowed from @p program; NULL when no command has that name.
 */
const struct cmd *cmd_find(const struct program *program, char **args, size_t *words);
/** Whether a command has two words, of which the first is @p group: `policy`. */
bool cmd_in_group(const struct cmd *cmd, const char *group);
/** Whether any command of the program is in the group. */
bool cmd_is_group(const struct program *program, const char *word);

#endif
