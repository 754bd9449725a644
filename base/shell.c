/* SPDX-License-Identifier: MIT */
/* Quoting for the shell. */
#include "base/shell.h"

#include "base/utf8.h"

#include <string.h>

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("_./:,@%+=-", c) != NULL);
}

static bool is_showable(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + strlen(text);

	while (at < end) {
		size_t len = utf8_sequence(at, end);

		if (len == 0 || utf8_is_control(at, len))
			return false;
		at += len;
	}
	return true;
}

static void add_quoted(struct buf *out, const char *text)
{
	buf_putc(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			buf_puts(out, "'\\''");
		else
			buf_putc(out, *text);
	}
	buf_putc(out, '\'');
}

bool shell_add_word(struct buf *out, const char *text)
{
	const char *at = text;

	if (!is_showable(text))
		return false;
	while (is_plain(*at))
		at++;
	if (*at == '\0' && at != text)
		buf_puts(out, text);
	else
		add_quoted(out, text);
	return true;
}

bool shell_add_option(struct buf *out, const char *name, const char *value)
{
	if (!is_showable(value))
		return false;
	buf_puts(out, name);
	buf_putc(out, value[0] == '-' ? '=' : ' ');
	return shell_add_word(out, value);
}
