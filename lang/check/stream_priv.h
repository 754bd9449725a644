/* SPDX-License-Identifier: MIT */
/*
 * Pipes, std.stream.*: a descriptor is turned into an expression of internal heads, which is then
 * checked as any other. Part of the checker; see types.h.
 */
#ifndef LANG_CHECK_STREAM_PRIV_H
#define LANG_CHECK_STREAM_PRIV_H

#include "lang/check/types.h"

/* Statements of one pipe: a let for each operand, one for each stage, and the frame around them. */
#define CK_PIPE_STMTS_MAX 160u
#define CK_PIPE_STAGES_MAX 32u /* RT_PIPE_STAGES_MAX in lang/rt/pipe.h */

/** A pipe while its expression is built. */
struct ck_pipe {
	struct ck *c;
	const struct json *e; /* the whole form: where generated nodes say that they stand */
	struct json stmts[CK_PIPE_STMTS_MAX];
	uint32_t stmt_count;
	uint32_t operand_count;
	struct json calls[CK_PIPE_STAGES_MAX]; /* by stage: the call of its function; kind NULL */
	uint32_t stage_count;
	struct str brand; /* of the items at this point of the chain */
	bool auto_require, check_brands, allow_nondet;
	struct json path; /* of a sink that is a file; kind NULL */
};

/** Nodes of the expression that is built. */
struct json ck_pipe_int(const struct ck_pipe *p, int32_t value);
struct json ck_pipe_name(const struct ck_pipe *p, struct str name);
/** A call of an internal head. */
struct json ck_pipe_head(
    const struct ck_pipe *p, const char *head, const struct json *args, uint32_t count);
/** A call of a function of the program. */
struct json ck_pipe_call(
    const struct ck_pipe *p, struct str fn, const struct json *args, uint32_t count);
/** The next statement. */
int ck_pipe_stmt(struct ck_pipe *p, struct json stmt);
/** Evaluate ["std.stream.expr_v1", e] once, before the pipe runs; @p out names the value. */
int ck_pipe_operand(struct ck_pipe *p, const struct json *wrapper, struct json *out);
/** The value of a literal number, or of ["i32.lit", n]; false for anything else. */
bool ck_pipe_number(const struct json *e, int32_t *out);

/** The form std.stream.pipe_v1, and the item of a stage with its brand (generated only). */
int ck_stream_pipe(struct ck *c, const struct json *e, struct ck_val *out);
int ck_stream_item(struct ck *c, const struct json *e, struct ck_val *out);
/** True for a list that the checker made itself: it may use internal heads anywhere. */
bool ck_is_generated(const struct json *e);

#endif
