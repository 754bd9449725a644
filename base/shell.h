/* SPDX-License-Identifier: MIT */
/* Words of a shell command line that a person may copy. */
#ifndef BASE_SHELL_H
#define BASE_SHELL_H

#include "base/buf.h"

#include <stdbool.h>

/**
 * Append @p text as one word of a POSIX shell: as it is when it is plain, else in single quotes.
 *
 * @param text  borrowed, NUL-terminated; hostile.
 * @return false, and nothing appended, when it holds what no terminal shows as it is: controls, or
 *         bytes that are no UTF-8.
 * Source: POSIX.1-2017, Shell Command Language, 2.2.2.
 */
bool shell_add_word(struct buf *out, const char *text);

/** As shell_add_word, for "--name VALUE"; "--name=VALUE" when the value starts with `-`. */
bool shell_add_option(struct buf *out, const char *name, const char *value);

#endif
