/* SPDX-License-Identifier: MIT */
/* Formatting for base/notes.h; where a line goes is the listener's. */
#include "base/notes.h"

#include <stdarg.h>
#include <stdio.h>

void notes_say(const struct notes *notes, const char *fmt, ...)
{
	char line[4096];
	va_list args;

	if (notes == NULL || notes->say == NULL)
		return;
	va_start(args, fmt);
	if (vsnprintf(line, sizeof(line), fmt, args) >= 0)
		notes->say(notes->ctx, line);
	va_end(args);
}
