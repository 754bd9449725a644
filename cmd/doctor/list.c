/* SPDX-License-Identifier: MIT */
/* How a check of `x07 doctor` says what it found, and what would mend it. */
#include "cmd/doctor/list.h"

#include <stdarg.h>
#include <stdio.h>

static void doctor_add(struct buf *out, const char *fmt, va_list args)
{
	char text[DOCTOR_TEXT_MAX];

	(void)vsnprintf(text, sizeof(text), fmt, args);
	buf_puts(out, text);
}

#define SAY(l, s)                                                                                  \
	do {                                                                                       \
		va_list args;                                                                      \
		(l)->state = (s);                                                                  \
		va_start(args, fmt);                                                               \
		doctor_add(&(l)->detail, fmt, args);                                               \
		va_end(args);                                                                      \
	} while (0)

void doctor_ok(struct doctor_line *l, const char *fmt, ...)
{
	SAY(l, DOCTOR_OK);
}

void doctor_warn(struct doctor_line *l, const char *fmt, ...)
{
	SAY(l, DOCTOR_WARN);
}

void doctor_skip(struct doctor_line *l, const char *fmt, ...)
{
	SAY(l, DOCTOR_SKIP);
}

void doctor_bad(struct doctor_line *l, const char *fmt, ...)
{
	SAY(l, l->required ? DOCTOR_FAIL : DOCTOR_WARN);
}

void doctor_fix(struct doctor_line *l, const char *fmt, ...)
{
	va_list args;

	if (l->fix.len > 0)
		buf_puts(&l->fix, "; ");
	va_start(args, fmt);
	doctor_add(&l->fix, fmt, args);
	va_end(args);
}
