/* SPDX-License-Identifier: MIT */
/*
 * One failure of ours: a code, a message that grows one context per layer, and an optional
 * stable code that people see (`X07PROJECT_PARSE`). Faults in the user's documents: base/diag.h.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/attr.h"
#include "base/code.h"

#include <stdarg.h>
#include <stdbool.h>

enum err_code {
	ERR_OK = 0,
#define ERR(name, id, status) ERR_ORD_##name,
#include "base/err.def"
#undef ERR
};

/* The values that functions return: negative, one for each row of err.def. */
enum {
#define ERR(name, id, status) ERR_##name = -(int)ERR_ORD_##name,
#include "base/err.def"
#undef ERR
};

#define ERR_MESSAGE_MAX 1024

/** One failure. Plain value; zero-initialise, nothing to free. */
struct err {
	int code;                      /* one of ERR_*, 0 when unused */
	int sys_errno;                 /* errno of the failing call, 0 when it was none */
	const struct code *what;       /* the code that people see; NULL when there is none */
	char message[ERR_MESSAGE_MAX]; /* outermost context first, joined by ": "; truncated */
};

/**
 * Fill @p err and return @p code, so that a caller can write `return err_set(...)`.
 *
 * @param err   filled; may be NULL when the caller does not care.
 * @param code  one of ERR_*.
 * @param fmt   what failed and on which object: lower case, no final stop.
 */
int err_set(struct err *err, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/** As err_set, for a failed system call: keeps errno and appends its text. */
int err_sys(struct err *err, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/** As err_set, with a code of a room's table: the message is shown with `[ID]` before it. */
int err_code(struct err *err, int code, const struct code *what, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

/** Is it this code of a room's table? False for NULL. */
bool err_is(const struct err *err, const struct code *what);

/** What people see of the code, X07PKG_OFFLINE_INDEX; "" when there is none. Static storage. */
const char *err_shown(const struct err *err);

/** Put "context: " before the message; returns the code already in @p err. */
int err_wrap(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** As err_wrap with the name of a file, unless the message begins with it already. */
int err_wrap_file(struct err *err, const char *path);

/** Stable id of a code ("schema"); "ok" for 0. Static storage. */
const char *err_id(int code);

/** Exit status of the process for a code (err.def); 0 for 0. */
int err_exit_status(int code);

#endif
