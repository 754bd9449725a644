/* SPDX-License-Identifier: MIT */
/* Lines, literals, comments, prototypes. */
#ifndef LANG_EMIT_TEXT_PRIV_H
#define LANG_EMIT_TEXT_PRIV_H

#include "lang/emit/types.h"

/** One line, indented as deep as the block that is printed. */
void emit_line(struct emit_state *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
/** The indentation alone: the line follows in pieces. */
void emit_indent(struct emit_state *e);
/** A C string literal: octal escapes for all but plain ASCII, in pieces when long. */
void emit_literal(struct buf *out, const char *bytes, size_t len);
/** A name as a comment: characters that could end it or confuse a reader become '_'. */
void emit_comment(struct buf *out, struct str name);
/** Prototype of the runtime function of a head, with semicolon and newline. */
void emit_prototype(struct buf *out, enum lang_head head);

#endif
