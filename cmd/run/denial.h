/* SPDX-License-Identifier: MIT */
/*
 * Refused operations in words: what was tried, what the program was given, which rule of the
 * policy decided, and what would allow it. Decision and patch are those of policy/decide.h and
 * policy/grant.h: a refusal is a question that is asked again.
 */
#ifndef CMD_RUN_DENIAL_H
#define CMD_RUN_DENIAL_H

#include "base/json.h"
#include "cmd/run/types.h"
#include "policy/decide.h"
#include "policy/grant.h"

/** What a refusal is judged by. All borrowed. */
struct run_denial_context {
	const struct run_policy *policy;
	const char *cwd; /* absolute: roots in it are named relative to it */
};

/** A refusal, asked again. run_denial_clear. */
struct run_denial {
	struct policy_decision decision; /* `reason` is set in any case */
	struct policy_grant grant;
};

/** Ask what refused an operation, and what would allow it. */
void run_denial_ask(
    struct run_denial *out, const struct run_denial_context *context, const struct run_effect *e);
/** Free the answer. */
void run_denial_clear(struct run_denial *d);

/** "fs.read", "fs.write", "env.get", "time", "process", "net". Static storage. */
const char *run_denial_operation(const struct run_effect *e);
/** One denial as an object of the report. */
void run_denial_json(
    struct jsonw *w, const struct run_denial_context *context, const struct run_effect *e);
/** One line for people, without its end. @return whether it holds a patch of the policy. */
bool run_denial_text(
    struct buf *out, const struct run_denial_context *context, const struct run_effect *e);

#endif
