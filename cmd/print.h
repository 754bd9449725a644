/* SPDX-License-Identifier: MIT */
/*
 * How the programs speak: reports on standard output, everything for people on standard error,
 * where control characters and the like are printed as '?'.
 */
#ifndef CMD_PRINT_H
#define CMD_PRINT_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct cmd_call;

/** Name of an invocation for messages: "x07 run". Static or borrowed storage. */
const char *cmd_name(const struct cmd_call *call, char *room, size_t size);
/** Write a buffer to standard output; a failure is reported on standard error. @return exit status.
 */
int print_out(const struct buf *out);
/** As print_out, for people: lines whose control characters are printed as '?'. */
int print_text(const struct buf *out);
/** Append text for people: what is no plain character, a line feed too, becomes '?'. */
void print_add_clean(struct buf *out, const char *text, size_t size);
/** Whether what goes to standard output has colours: on a terminal that knows them, without
 * NO_COLOR. */
bool print_in_color(void);
/** Print `who: [CODE] message` and, unless NULL, `hint: ...`; @return the exit status of @p err. */
int print_err(const struct cmd_call *call, const struct err *err, const char *hint);
/** A line on standard error: `who: text`. */
void print_note(const struct cmd_call *call, const char *fmt, ...) PRINTF_LIKE(2, 3);
/** Whether bytes are text for a terminal: UTF-8 without NUL. Controls do not count: they are
 * escaped. */
bool print_is_text(const char *data, size_t len);
/** Lines of a program on standard error, closed by a line feed; controls are printed as '?'. */
void print_lines(const char *data, size_t len);
/**
 * The output of a program on standard output: byte for byte, but on a terminal only when it is
 * text, and with controls printed as '?'. @return exit status.
 */
int print_program_output(const char *data, size_t len);
/** `TEXT`, one line. */
void print_line(const char *text);
/** `hint: TEXT`, one line. */
void print_hint(const char *text);
/** `file:line:column: error[CODE]: message` and a help line for each, on standard error. */
void print_diags(const struct diag_list *list);

#endif
