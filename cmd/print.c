/* SPDX-License-Identifier: MIT */
/* How the programs speak: reports on standard output, everything for people on standard error. */
#include "cmd/cmd.h"

#include "base/file.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *cmd_name(const struct cmd_call *call, char *room, size_t size)
{
	(void)snprintf(room, size, "%s%s%s", call->program->name,
	    *call->cmd->name != '\0' ? " " : "", call->cmd->name);
	return room;
}

int print_out(const struct buf *out)
{
	struct err err = {0};

	if (out->overflow) {
		(void)fprintf(stderr, "x07: the output is too large to print\n");
		return CMD_EXIT_USAGE;
	}
	if (file_write_all(STDOUT_FILENO, out->data, out->len, &err) < 0) {
		(void)fprintf(stderr, "x07: cannot write to standard output: %s\n", err.message);
		return CMD_EXIT_USAGE;
	}
	return CMD_EXIT_OK;
}

int print_err(const struct cmd_call *call, const struct err *err, const char *hint)
{
	char room[64];
	const char *open = err->user_code[0] != '\0' ? "[" : "";
	const char *close = err->user_code[0] != '\0' ? "] " : "";

	(void)fprintf(stderr, "%s: %s%s%s%s\n", cmd_name(call, room, sizeof(room)), open,
	    err->user_code, close, err->message);
	if (hint != NULL)
		(void)fprintf(stderr, "hint: %s\n", hint);
	return err_exit_status(err->code);
}

void print_note(const struct cmd_call *call, const char *fmt, ...)
{
	char line[4096];
	char room[64];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	(void)fprintf(stderr, "%s: %s\n", cmd_name(call, room, sizeof(room)), line);
}

/* Text of the user's documents reaches a terminal: control characters become '?'. */
static void print_clean(const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		(void)fputc(c < 0x20 || c == 0x7f ? '?' : c, stderr);
	}
}

static void print_diag(const struct diag *d)
{
	if (d->file != NULL) {
		print_clean(d->file);
		if (d->line > 0)
			(void)fprintf(stderr, ":%u:%u", d->line, d->column);
		(void)fprintf(stderr, ": ");
	}
	(void)fprintf(stderr, "%s[%s]: ", diag_severity_name(d->severity), d->code);
	print_clean(d->message);
	/* Messages of the compiler name the pointer themselves. */
	if (d->ptr != NULL && d->ptr[0] != '\0' && strstr(d->message, d->ptr) == NULL) {
		(void)fprintf(stderr, " (at ");
		print_clean(d->ptr);
		(void)fprintf(stderr, ")");
	}
	(void)fputc('\n', stderr);
	if (d->help != NULL) {
		(void)fprintf(stderr, "help: ");
		print_clean(d->help);
		(void)fputc('\n', stderr);
	}
}

void print_diags(const struct diag_list *list)
{
	char room[16384];

	/* One write for all of it; a message may hold another program's output in between
	 * otherwise. */
	(void)fflush(stderr);
	(void)setvbuf(stderr, room, _IOFBF, sizeof(room));
	for (uint32_t i = 0; i < list->count; i++)
		print_diag(&list->items[i]);
	if (list->dropped > 0)
		(void)fprintf(stderr, "... and %u more\n", list->dropped);
	(void)fflush(stderr);
	(void)setvbuf(stderr, NULL, _IONBF, 0);
}
