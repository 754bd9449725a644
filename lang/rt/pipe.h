/* SPDX-License-Identifier: MIT */
/*
 * A pipe while it runs: a source, stages in a row, a sink. The runtime moves items; where a stage
 * is a function of the program, the compiled unit calls it and hands the answer back.
 */
#ifndef RT_PIPE_H
#define RT_PIPE_H

#include "lang/rt/protos.h"

#include <stdbool.h>
#include <stdint.h>

#define RT_PIPE_STAGES_MAX 32

/** What a stage does with an item; the numbers are part of compiled units. */
enum rt_pipe_kind {
	RT_PIPE_MAP,      /* call: bytes */
	RT_PIPE_FILTER,   /* call: keep it? */
	RT_PIPE_TAKE,     /* a = how many */
	RT_PIPE_LINES,    /* a = delimiter, b = longest line */
	RT_PIPE_FRAME,    /* length in front */
	RT_PIPE_DEFRAME,  /* a = longest, b = how many, c = empty ones allowed, d = drop a torn one
			   */
	RT_PIPE_IN_PLACE, /* call: writes a scratch buffer; a = its size, b = clear it before */
	RT_PIPE_CHECK,    /* call: valid? a = longest item */
};

/** What becomes of the items at the end. */
enum rt_pipe_sink { RT_SINK_COLLECT, RT_SINK_HASH, RT_SINK_NULL };

struct rt_pipe_stage {
	enum rt_pipe_kind kind;
	rt_u32 a, b, c, d;
	rt_bytes in; /* the item that is worked on */
	bool has_in;
	bool up_done; /* nothing more comes */
	bool done;    /* nothing more goes out */
	rt_u32 at;    /* bytes of `in` that are used up */
	rt_vec rest;  /* the beginning of an item that is not complete */
	rt_u32 count; /* items that went out */
	rt_u32 scratch;
};

struct rt_pipe {
	rt_u32 chunk, max_in, max_out, max_items, max_steps;
	bool emit_payload, emit_stats;
	uint64_t bytes_in, bytes_out;
	rt_u32 items_in, items_out, steps;
	rt_bytes source;
	rt_u32 source_at;
	bool chunked, source_done;
	rt_u32 stage_count;
	struct rt_pipe_stage stages[RT_PIPE_STAGES_MAX + 1]; /* the last one is the sink's input */
	enum rt_pipe_sink sink;
	bool framed;
	rt_vec payload;
	rt_u32 hash;
	rt_u32 waiting; /* stage + 1 whose function is called */
	rt_u32 error;   /* 0 = none */
	const char *message;
	rt_u32 details[4], detail_count;
};

/** What one attempt to make a stage work came to. */
enum rt_pipe_move { RT_MOVE_NONE, RT_MOVE_SOME, RT_MOVE_CALL };

/** Let stage @p i work on what it has. */
enum rt_pipe_move rt_pipe_advance(struct rt_pipe *p, rt_u32 i);
/** Hand an item (moved) to what follows stage @p i. */
void rt_pipe_emit(struct rt_pipe *p, rt_u32 i, rt_bytes item);
/** Drop the input of a stage: it is used up. */
void rt_pipe_use_up(struct rt_pipe_stage *s);
/** The pipe ends with this error, unless it has one. */
void rt_pipe_fail(struct rt_pipe *p, rt_u32 code, const char *message);

#endif
