/* SPDX-License-Identifier: MIT */
/*
 * Refused operations in words: what was tried, which line of the policy would allow it, and the
 * JSON patch that adds the line.
 */
#ifndef CMD_DENIAL_H
#define CMD_DENIAL_H

#include "base/json.h"
#include "cmd/run.h"

/** One denial as an object of the report. */
void denial_json(struct jsonw *w, const struct run_denial *d);
/** One line for people: `fs.write "x": no write root holds it; allow: /fs/write_roots += "x"`. */
void denial_text(struct buf *out, const struct run_denial *d);

#endif
