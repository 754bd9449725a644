/* SPDX-License-Identifier: MIT */
/* How the programs speak: reports on standard output, everything for people on standard error. */
#include "cmd/print.h"

#include "base/file.h"
#include "base/utf8.h"
#include "cmd/cmd.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PRINT_MAX (256u << 20)

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

/* What is no plain character becomes '?'; also a line feed, which could forge a line. */
void print_add_clean(struct buf *out, const char *text, size_t size)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + size;

	while (at < end) {
		size_t len = utf8_sequence(at, end);

		if (len == 0 || utf8_is_control(at, len))
			buf_putc(out, '?');
		else
			buf_add(out, at, len);
		at += len > 0 ? len : 1;
	}
}

/*
 * All text for people goes through here: names, documents and messages of programs reach a
 * terminal, and whoever wrote them may be hostile. What is no plain character becomes '?'.
 */
static void print_clean(const char *text)
{
	CLEANUP(buf_clear) struct buf clean = buf_init(PRINT_MAX);

	print_add_clean(&clean, text, strlen(text));
	(void)fwrite(buf_str(&clean), 1, clean.len, stderr);
}

/* Lines and tabs stay, whatever else is no plain character becomes '?'. */
static void add_clean_lines(struct buf *out, const char *at, size_t len)
{
	const char *end = at + len;

	while (at < end) {
		size_t part = 0;

		while (at + part < end && at[part] != '\n' && at[part] != '\t')
			part++;
		print_add_clean(out, at, part);
		if (at + part < end)
			buf_putc(out, at[part++]);
		at += part;
	}
}

int print_text(const struct buf *out)
{
	CLEANUP(buf_clear) struct buf clean = buf_init(PRINT_MAX);

	add_clean_lines(&clean, buf_str(out), out->len);
	clean.overflow = clean.overflow || out->overflow;
	return print_out(&clean);
}

bool print_is_text(const char *data, size_t len)
{
	const unsigned char *at = (const unsigned char *)data;
	const unsigned char *end = at + len;

	while (at < end) {
		size_t part = utf8_sequence(at, end);

		if (part == 0 || *at == '\0')
			return false;
		at += part;
	}
	return true;
}

void print_lines(const char *data, size_t len)
{
	CLEANUP(buf_clear) struct buf clean = buf_init(PRINT_MAX);

	add_clean_lines(&clean, data, len);
	(void)fwrite(buf_str(&clean), 1, clean.len, stderr);
	if (len > 0 && data[len - 1] != '\n')
		(void)fputc('\n', stderr);
}

bool print_in_color(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return (no == NULL || no[0] == '\0') && isatty(STDOUT_FILENO) == 1 &&
	       (term == NULL || strcmp(term, "dumb") != 0);
}

int print_program_output(const char *data, size_t len)
{
	const struct buf bytes = {.data = (char *)data, .len = len};
	CLEANUP(buf_clear) struct buf clean = buf_init(PRINT_MAX);

	if (isatty(STDOUT_FILENO) != 1)
		return print_out(&bytes);
	if (!print_is_text(data, len))
		return CMD_EXIT_OK; /* the summary says so, and how to keep it */
	add_clean_lines(&clean, data, len);
	if (len > 0 && data[len - 1] != '\n')
		buf_putc(&clean, '\n');
	return print_out(&clean);
}

void print_line(const char *text)
{
	print_clean(text);
	(void)fputc('\n', stderr);
}

void print_hint(const char *text)
{
	(void)fputs("hint: ", stderr);
	print_clean(text);
	(void)fputc('\n', stderr);
}

int print_err(const struct cmd_call *call, const struct err *err, const char *hint)
{
	char room[64];

	(void)fprintf(stderr, "%s: ", cmd_name(call, room, sizeof(room)));
	if (err->what != NULL)
		(void)fprintf(stderr, "[%s] ", err->what->id);
	print_clean(err->message);
	(void)fputc('\n', stderr);
	if (hint != NULL)
		print_hint(hint);
	return err_exit_status(err->code);
}

void print_note(const struct cmd_call *call, const char *fmt, ...)
{
	char line[4096];
	char room[64];
	va_list args;

	va_start(args, fmt);
	/* clang 14 loses sight of va_start here. NOLINTNEXTLINE(clang-analyzer-valist.*) */
	(void)vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	(void)fprintf(stderr, "%s: ", cmd_name(call, room, sizeof(room)));
	print_clean(line);
	(void)fputc('\n', stderr);
}

static void print_diag(const struct diag *d)
{
	if (d->file != NULL) {
		print_clean(d->file);
		if (d->line > 0)
			(void)fprintf(stderr, ":%u:%u", d->line, d->column);
		(void)fprintf(stderr, ": ");
	}
	(void)fprintf(stderr, "%s[%s]: ", diag_severity_name(d->severity), d->what->id);
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
