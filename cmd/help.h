/* SPDX-License-Identifier: MIT */
/* Everything that is printed from the tables of commands. */
#ifndef CMD_HELP_H
#define CMD_HELP_H

#include "base/buf.h"

struct cmd;
struct program;

/** What `x07 --help` prints, appended. */
void help_program(struct buf *out, const struct program *program);
/** The commands whose first word is @p group, appended. */
void help_group(struct buf *out, const struct program *program, const char *group);
/** What `--help` of one command prints, appended. */
void help_command(struct buf *out, const struct program *program, const struct cmd *cmd);
/** The usage line of a command, appended. */
void help_usage_line(struct buf *out, const struct program *program, const struct cmd *cmd);
/** The commands and their options as x07cli.specrows@0.1.0, appended. */
void help_specrows(struct buf *out, const struct program *program);

#endif
