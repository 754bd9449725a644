/* SPDX-License-Identifier: MIT */
/*
 * Pipes: the loop that moves items, the limits, the sink and the document at the end. The stage
 * nearest to the sink that can work does, so no stage ever holds more than one item.
 * Source: docs/spec/builtins.md 15.
 */
#include "lang/rt/pipe.h"

#include "lang/rt/arena.h"
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/table.h"

#include <stddef.h>
#include <string.h>

#define FNV_START 2166136261u
#define FNV_PRIME 16777619u
#define SCRATCH_FULL 8u /* error of scratch_u8_fixed_v1.try_write */

static struct rt_pipe *pipe_at(rt_u32 handle)
{
	struct rt_pipe **slot = rt_table_at(&rt_state.pipes, sizeof(struct rt_pipe *), handle);

	if (!slot || !*slot)
		rt_trap("pipe invalid handle", NULL);
	return *slot;
}

void rt_pipe_fail(struct rt_pipe *p, rt_u32 code, const char *message)
{
	if (p->error)
		return;
	p->error = code;
	p->message = message;
	p->detail_count = 0;
}

static void add_detail(struct rt_pipe *p, rt_u32 x)
{
	p->details[p->detail_count++] = x;
}

rt_u32 rt_pipe_new(rt_u32 chunk, rt_u32 bufread_cap, rt_u32 max_in, rt_u32 max_out,
    rt_u32 max_items, rt_u32 max_steps, rt_u32 flags)
{
	rt_u32 handle = rt_table_add(&rt_state.pipes, sizeof(struct rt_pipe *));
	struct rt_pipe *p = rt_raw_alloc(sizeof(*p));

	memset(p, 0, sizeof(*p));
	*(struct rt_pipe **)rt_table_at(&rt_state.pipes, sizeof(p), handle) = p;
	p->chunk = chunk;
	p->max_in = max_in;
	p->max_out = max_out;
	p->max_items = max_items;
	p->max_steps = max_steps;
	p->emit_payload = flags & 1;
	p->emit_stats = flags & 2;
	p->hash = FNV_START;
	if (chunk == 0 || chunk > bufread_cap)
		rt_pipe_fail(p, 1, "stream:cfg_invalid");
	return handle;
}

rt_u32 rt_pipe_stage(rt_u32 handle, rt_u32 kind, rt_u32 a, rt_u32 b, rt_u32 c, rt_u32 d)
{
	struct rt_pipe *p = pipe_at(handle);
	struct rt_pipe_stage *s = &p->stages[p->stage_count++];

	if (p->stage_count > RT_PIPE_STAGES_MAX)
		rt_trap("pipe has too many stages", NULL);
	*s =
	    (struct rt_pipe_stage){.kind = (enum rt_pipe_kind)kind, .a = a, .b = b, .c = c, .d = d};
	if (s->kind == RT_PIPE_IN_PLACE)
		s->scratch = rt_scratch_new(a);
	if (s->kind == RT_PIPE_LINES && b == 0)
		rt_pipe_fail(p, 1, "stream:split_lines_max_line_bytes");
	return 0;
}

rt_u32 rt_pipe_sink(rt_u32 handle, rt_u32 kind, rt_u32 framed)
{
	struct rt_pipe *p = pipe_at(handle);

	p->sink = (enum rt_pipe_sink)kind;
	p->framed = framed;
	return 0;
}

rt_u32 rt_pipe_source(rt_u32 handle, rt_bytes source, rt_u32 chunked)
{
	struct rt_pipe *p = pipe_at(handle);

	p->source = source;
	p->chunked = chunked;
	return 0;
}

void rt_pipe_use_up(struct rt_pipe_stage *s)
{
	rt_bytes_drop(s->in);
	s->in = (rt_bytes){NULL, 0};
	s->has_in = false;
	s->at = 0;
}

void rt_pipe_emit(struct rt_pipe *p, rt_u32 i, rt_bytes item)
{
	struct rt_pipe_stage *next = &p->stages[i + 1];

	p->stages[i].count++;
	next->in = item;
	next->has_in = true;
	next->at = 0;
}

static void count_in(struct rt_pipe *p, rt_u32 len)
{
	p->bytes_in += len;
	p->items_in++;
	if (p->bytes_in > p->max_in)
		rt_pipe_fail(p, 2, "stream:budget_in_bytes");
	else if (p->items_in > p->max_items)
		rt_pipe_fail(p, 4, "stream:budget_items");
}

/* The next item of the source: all of it at once, or chunk by chunk. */
static enum rt_pipe_move read_source(struct rt_pipe *p)
{
	struct rt_pipe_stage *first = &p->stages[0];
	rt_u32 left = p->source.len - p->source_at;
	rt_u32 len = p->chunked && left > p->chunk ? p->chunk : left;

	if (p->source_done || first->done || (p->chunked && left == 0)) {
		first->up_done = true;
		return RT_MOVE_NONE;
	}
	count_in(p, len);
	if (p->error)
		return RT_MOVE_SOME;
	first->in = rt_mem_copy(p->source.ptr + p->source_at, len);
	first->has_in = true;
	first->at = 0;
	p->source_at += len;
	p->source_done = !p->chunked;
	return RT_MOVE_SOME;
}

static void sink_bytes(struct rt_pipe *p, const rt_u8 *from, rt_u32 len)
{
	if (p->sink == RT_SINK_COLLECT)
		p->payload = rt_vec_u8_extend_bytes(p->payload, (rt_view){from, len});
	for (rt_u32 i = 0; p->sink == RT_SINK_HASH && i < len; i++)
		p->hash = (p->hash ^ from[i]) * FNV_PRIME;
}

static void put_u32(rt_u8 *at, rt_u32 x)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (rt_u8)(x >> (8 * i));
}

static void sink_item(struct rt_pipe *p)
{
	struct rt_pipe_stage *s = &p->stages[p->stage_count];
	rt_u8 head[4];

	p->items_out++;
	p->bytes_out += (uint64_t)s->in.len + (p->framed ? sizeof(head) : 0);
	if (p->bytes_out > p->max_out)
		rt_pipe_fail(p, 3, "stream:budget_out_bytes");
	else if (p->items_out > p->max_items)
		rt_pipe_fail(p, 4, "stream:budget_items");
	put_u32(head, s->in.len);
	if (!p->error && p->framed)
		sink_bytes(p, head, sizeof(head));
	if (!p->error)
		sink_bytes(p, s->in.ptr, s->in.len);
	rt_pipe_use_up(s);
}

/* Let one stage work; the one nearest to the sink that can. */
static enum rt_pipe_move move_item(struct rt_pipe *p)
{
	if (p->stages[p->stage_count].has_in) {
		sink_item(p);
		return RT_MOVE_SOME;
	}
	for (rt_u32 i = p->stage_count; i-- > 0;) {
		enum rt_pipe_move move = rt_pipe_advance(p, i);

		if (p->stages[i].done)
			p->stages[i + 1].up_done = true;
		if (move == RT_MOVE_CALL)
			p->waiting = i + 1;
		if (move != RT_MOVE_NONE)
			return move;
		if (p->stages[i].done)
			return RT_MOVE_NONE; /* nothing that stands before it matters any more */
	}
	if (read_source(p) == RT_MOVE_SOME)
		return RT_MOVE_SOME;
	return p->stage_count > 0 && !p->stages[0].done ? RT_MOVE_SOME : RT_MOVE_NONE;
}

rt_u32 rt_pipe_step(rt_u32 handle)
{
	struct rt_pipe *p = pipe_at(handle);
	enum rt_pipe_move move = RT_MOVE_SOME;

	p->waiting = 0;
	while (!p->error && move == RT_MOVE_SOME) {
		if (p->max_steps > 0 && ++p->steps > p->max_steps)
			rt_pipe_fail(p, 4, "stream:budget_steps");
		else
			move = move_item(p);
	}
	return p->error ? 0 : p->waiting;
}

static struct rt_pipe_stage *called(struct rt_pipe *p)
{
	if (p->waiting == 0)
		rt_trap("pipe waits for no function", NULL);
	return &p->stages[p->waiting - 1];
}

rt_view rt_pipe_item(rt_u32 handle)
{
	const struct rt_pipe_stage *s = called(pipe_at(handle));

	return (rt_view){s->in.ptr, s->in.len};
}

rt_u32 rt_pipe_scratch(rt_u32 handle)
{
	return called(pipe_at(handle))->scratch;
}

rt_u32 rt_pipe_put(rt_u32 handle, rt_bytes item)
{
	struct rt_pipe *p = pipe_at(handle);

	rt_pipe_use_up(called(p));
	rt_pipe_emit(p, p->waiting - 1, item);
	return 0;
}

/* The item itself goes on, or is dropped. */
rt_u32 rt_pipe_keep(rt_u32 handle, rt_u32 keep)
{
	struct rt_pipe *p = pipe_at(handle);
	struct rt_pipe_stage *s = called(p);
	rt_bytes item = s->in;

	if (!keep) {
		rt_pipe_use_up(s);
		return 0;
	}
	s->in = (rt_bytes){NULL, 0};
	s->has_in = false;
	rt_pipe_emit(p, p->waiting - 1, item);
	return 0;
}

rt_u32 rt_pipe_wrote(rt_u32 handle, rt_res_i32 result)
{
	struct rt_pipe *p = pipe_at(handle);
	struct rt_pipe_stage *s = called(p);
	rt_view written = rt_scratch_as_view(s->scratch);

	if (result.tag) {
		rt_pipe_use_up(s);
		rt_pipe_emit(p, p->waiting - 1, rt_mem_copy(written.ptr, written.len));
	} else if (result.value == SCRATCH_FULL) {
		rt_pipe_fail(p, 8, "stream:scratch_overflow");
	} else {
		rt_pipe_fail(p, 9, "stream:stage_failed");
		add_detail(p, p->waiting - 1);
		add_detail(p, (rt_u32)p->bytes_in);
		add_detail(p, p->items_in);
		add_detail(p, result.value);
	}
	return 0;
}

rt_u32 rt_pipe_checked(rt_u32 handle, rt_res_i32 result)
{
	struct rt_pipe *p = pipe_at(handle);

	if (result.tag)
		return rt_pipe_keep(handle, 1);
	rt_pipe_fail(p, 71, "stream:brand_validate_failed");
	add_detail(p, p->waiting - 1);
	add_detail(p, result.value);
	return 0;
}

rt_u32 rt_pipe_ok(rt_u32 handle)
{
	return pipe_at(handle)->error == 0;
}

rt_view rt_pipe_payload(rt_u32 handle)
{
	const struct rt_pipe *p = pipe_at(handle);

	return (rt_view){p->payload.ptr, p->payload.len};
}

/* The payload stands in a file now, or the reason why it does not. */
rt_u32 rt_pipe_stored(rt_u32 handle, rt_u32 reason)
{
	struct rt_pipe *p = pipe_at(handle);

	p->payload.len = 0;
	if (reason) {
		rt_pipe_fail(p, 41, "stream:fs_write_failed");
		add_detail(p, reason);
	}
	return 0;
}

static rt_vec add_u32(rt_vec v, rt_u32 x)
{
	rt_u8 four[4];

	put_u32(four, x);
	return rt_vec_u8_extend_bytes(v, (rt_view){four, sizeof(four)});
}

/* 01, the four counters, the length of the payload, the payload. */
static rt_vec ok_document(struct rt_pipe *p)
{
	rt_u32 stats[4] = {(rt_u32)p->bytes_in, (rt_u32)p->bytes_out, p->items_in, p->items_out};
	rt_vec v = rt_vec_u8_push((rt_vec){NULL, 0, 0}, 1);

	if (p->sink == RT_SINK_HASH)
		p->payload = add_u32(p->payload, p->hash);
	if (!p->emit_payload)
		p->payload.len = 0;
	for (unsigned i = 0; i < 4; i++)
		v = add_u32(v, p->emit_stats ? stats[i] : 0);
	v = add_u32(v, p->payload.len);
	return rt_vec_u8_extend_bytes(v, (rt_view){p->payload.ptr, p->payload.len});
}

/* 00, the code, the message and the details, both with their lengths. */
static rt_vec error_document(const struct rt_pipe *p)
{
	rt_u32 len = (rt_u32)strlen(p->message);
	rt_vec v = rt_vec_u8_push((rt_vec){NULL, 0, 0}, 0);

	v = add_u32(add_u32(v, p->error), len);
	v = rt_vec_u8_extend_bytes(v, (rt_view){(const rt_u8 *)p->message, len});
	v = add_u32(v, 4 * p->detail_count);
	for (rt_u32 i = 0; i < p->detail_count; i++)
		v = add_u32(v, p->details[i]);
	return v;
}

static void pipe_free(struct rt_pipe *p)
{
	for (rt_u32 i = 0; i <= p->stage_count; i++) {
		rt_bytes_drop(p->stages[i].in);
		rt_vec_drop(p->stages[i].rest);
		if (p->stages[i].scratch)
			rt_scratch_drop(p->stages[i].scratch);
	}
	rt_bytes_drop(p->source);
	rt_vec_drop(p->payload);
	rt_heap_free(p);
}

rt_bytes rt_pipe_finish(rt_u32 handle)
{
	struct rt_pipe *p = pipe_at(handle);
	rt_vec document = p->error ? error_document(p) : ok_document(p);

	pipe_free(p);
	*(struct rt_pipe **)rt_table_at(&rt_state.pipes, sizeof(p), handle) = NULL;
	while (rt_state.pipes.count > 0 &&
	       !*(struct rt_pipe **)rt_table_at(&rt_state.pipes, sizeof(p), rt_state.pipes.count))
		rt_state.pipes.count--;
	return rt_vec_u8_into_bytes(document);
}
