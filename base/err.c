/* SPDX-License-Identifier: MIT */
/*
 * Filling and wrapping the one error value of a call chain. The table of codes is base/err.def;
 * printing belongs to cmd/.
 */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct code_row {
	const char *id;
	int status;
};

static const struct code_row codes[] = {
    {"ok", 0},
#define ERR(name, id, status) {id, status},
#include "base/err.def"
#undef ERR
};

static PRINTF_LIKE(3, 0) void format(char *out, size_t size, const char *fmt, va_list args)
{
	if (vsnprintf(out, size, fmt, args) < 0)
		out[0] = '\0';
}

static PRINTF_LIKE(3, 0) int fill(struct err *err, int code, const char *fmt, va_list args)
{
	if (err == NULL)
		return code;
	err->code = code;
	err->sys_errno = 0;
	err->what = NULL;
	format(err->message, sizeof(err->message), fmt, args);
	return code;
}

int err_set(struct err *err, int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(err, code, fmt, args);
	va_end(args);
	return code;
}

int err_sys(struct err *err, int code, const char *fmt, ...)
{
	int saved = errno;
	char text[128];
	size_t used = 0;
	va_list args;

	va_start(args, fmt);
	fill(err, code, fmt, args);
	va_end(args);
	if (err != NULL) {
		err->sys_errno = saved;
		used = strlen(err->message);
		/* The GNU strerror_r: may return static text instead of using the buffer. */
		(void)snprintf(err->message + used, sizeof(err->message) - used, ": %s",
		    strerror_r(saved, text, sizeof(text)));
	}
	errno = saved;
	return code;
}

int err_code(struct err *err, int code, const struct code *what, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(err, code, fmt, args);
	va_end(args);
	if (err != NULL)
		err->what = what;
	return code;
}

bool err_is(const struct err *err, const struct code *what)
{
	return err != NULL && err->what == what;
}

const char *err_shown(const struct err *err)
{
	return err->what != NULL ? err->what->id : "";
}

int err_wrap(struct err *err, const char *fmt, ...)
{
	char outer[ERR_MESSAGE_MAX - 2];
	size_t len = 0;
	va_list args;

	if (err == NULL)
		return ERR_INTERNAL;
	va_start(args, fmt);
	format(outer, sizeof(outer), fmt, args);
	va_end(args);
	len = strlen(outer);
	memmove(err->message + len + 2, err->message, sizeof(err->message) - len - 2);
	memcpy(err->message, outer, len);
	memcpy(err->message + len, ": ", 2);
	err->message[sizeof(err->message) - 1] = '\0';
	return err->code;
}

int err_wrap_file(struct err *err, const char *path)
{
	size_t len = strlen(path);

	if (err != NULL && strncmp(err->message, path, len) == 0 && err->message[len] == ':')
		return err->code;
	return err_wrap(err, "%s", path);
}

/* A code that is no row is a broken invariant; it is shown as one rather than read out of bounds.
 */
static const struct code_row *row(int code)
{
	if (code > 0 || code <= -(int)ARRAY_LEN(codes))
		code = ERR_INTERNAL;
	return &codes[-code];
}

const char *err_id(int code)
{
	return row(code)->id;
}

int err_exit_status(int code)
{
	return row(code)->status;
}
