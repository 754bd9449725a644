/* SPDX-License-Identifier: MIT */
/*
 * Refused operations in words: what was tried, what the program was given, which rule of the
 * policy decided, and the JSON patch and the flag that would allow it.
 */
#ifndef CMD_RUN_DENIAL_H
#define CMD_RUN_DENIAL_H

#include "base/json.h"
#include "cmd/run/types.h"

/** What a refusal is judged by. All borrowed. */
struct run_denial_context {
	const struct policy *policy;
	const char *cwd; /* absolute: roots in it are named relative to it */
};

/** "fs.read", "fs.write", "env.get", "time", "process", "net". Static storage. */
const char *run_denial_operation(const struct run_effect *d);
/** One denial as an object of the report. */
void run_denial_json(
    struct jsonw *w, const struct run_denial_context *context, const struct run_effect *d);
/** One line for people, without its end. @return whether it holds a patch of the policy. */
bool run_denial_text(
    struct buf *out, const struct run_denial_context *context, const struct run_effect *d);

#endif
