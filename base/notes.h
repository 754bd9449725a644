/* SPDX-License-Identifier: MIT */
/*
 * What an engine has to say to people while it works. The command line decides where it goes; an
 * engine that is tested, or that nobody listens to, says it to nobody.
 */
#ifndef BASE_NOTES_H
#define BASE_NOTES_H

#include "base/attr.h"

/** The listener. Plain value; `{0}` drops everything. */
struct notes {
	void (*say)(void *ctx, const char *line); /* one line without its end; NULL = nobody */
	void *ctx;                                /* borrowed */
};

/**
 * Say one line.
 *
 * @param notes  borrowed; NULL says it to nobody.
 * @param fmt    a sentence without a newline; cut at 4 095 bytes.
 */
void notes_say(const struct notes *notes, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
