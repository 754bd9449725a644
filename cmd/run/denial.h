/* SPDX-License-Identifier: MIT */
/*
 * Refused operations in words: what was tried, what the program was given, which rule of the
 * policy decided, and the JSON patch and the flag that would allow it.
 */
#ifndef CMD_RUN_DENIAL_H
#define CMD_RUN_DENIAL_H

#include "base/json.h"
#include "cmd/run/run.h"

/** "fs.read", "fs.write", "env.get", "time", "process", "net". Static storage. */
const char *denial_operation(const struct run_effect *d);
/** One denial as an object of the report. */
void denial_json(struct jsonw *w, const struct run *run, const struct run_effect *d);
/** One line for people, without its end. @return whether it holds a patch of the policy. */
bool denial_text(struct buf *out, const struct run *run, const struct run_effect *d);

#endif
