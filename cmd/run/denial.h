/* SPDX-License-Identifier: MIT */
/*
 * Refused operations in words: what was tried, what the program was given, which rule of the
 * policy decided, and what would allow it. Decision and patch are those of policy/decide.h and
 * policy/grant.h: a refusal is a question that is asked again.
 */
#ifndef CMD_RUN_DENIAL_H
#define CMD_RUN_DENIAL_H

#include "base/json.h"
#include "cmd/run/run.h"
#include "policy/grant.h"

/** A refusal, asked again. denial_clear. */
struct denial {
	struct policy_decision decision; /* `reason` is set in any case */
	struct policy_grant grant;
};

void denial_clear(struct denial *d);
/** Ask what refused an operation, and what would allow it. */
void denial_ask(struct denial *out, const struct run *run, const struct run_effect *e);

/** "fs.read", "fs.write", "env.get", "time", "process", "net". Static storage. */
const char *denial_operation(const struct run_effect *e);
/** One denial as an object of the report. */
void denial_json(struct jsonw *w, const struct run *run, const struct run_effect *e);
/** One line for people, without its end. @return whether it holds a patch of the policy. */
bool denial_text(struct buf *out, const struct run *run, const struct run_effect *e);

#endif
