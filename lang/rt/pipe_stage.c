/* SPDX-License-Identifier: MIT */
/* The stages of a pipe that need no function of the program. Source: docs/spec/builtins.md 15. */
#include "lang/rt/mem.h"
#include "lang/rt/pipe.h"
#include "lang/rt/protos.h"

#include <stddef.h>
#include <string.h>

#define HEADER 4u

static rt_u32 read_u32(const rt_u8 *at)
{
	return at[0] | (rt_u32)at[1] << 8 | (rt_u32)at[2] << 16 | (rt_u32)at[3] << 24;
}

static void rest_add(struct rt_pipe_stage *s, const rt_u8 *from, rt_u32 len)
{
	s->rest = rt_vec_u8_extend_bytes(s->rest, (rt_view){from, len});
}

/* The item of `rest`, which is empty then. */
static rt_bytes take_rest(struct rt_pipe_stage *s)
{
	rt_bytes item = rt_vec_u8_into_bytes(s->rest);

	s->rest = (rt_vec){NULL, 0, 0};
	return item;
}

static enum rt_pipe_move pass_on(struct rt_pipe *p, rt_u32 i)
{
	struct rt_pipe_stage *s = &p->stages[i];
	rt_bytes item = s->in;

	s->in = (rt_bytes){NULL, 0};
	s->has_in = false;
	rt_pipe_emit(p, i, item);
	return RT_MOVE_SOME;
}

static enum rt_pipe_move take(struct rt_pipe *p, rt_u32 i)
{
	struct rt_pipe_stage *s = &p->stages[i];

	if (s->count < s->a)
		pass_on(p, i);
	else
		rt_pipe_use_up(s);
	s->done = s->count >= s->a;
	return RT_MOVE_SOME;
}

/* The bytes up to the next delimiter, or all that are left. */
static enum rt_pipe_move lines(struct rt_pipe *p, rt_u32 i)
{
	struct rt_pipe_stage *s = &p->stages[i];
	const rt_u8 *from = s->in.ptr + s->at;
	rt_u32 left = s->in.len - s->at;
	const rt_u8 *end = left > 0 ? memchr(from, (int)(s->a & 255), left) : NULL;
	rt_u32 len = end ? (rt_u32)(end - from) : left;

	if (len > s->b - s->rest.len) {
		rt_pipe_fail(p, 5, "stream:line_too_long");
		return RT_MOVE_SOME;
	}
	rest_add(s, from, len);
	s->at += len + (end != NULL);
	if (end)
		rt_pipe_emit(p, i, take_rest(s));
	else
		rt_pipe_use_up(s);
	return RT_MOVE_SOME;
}

static enum rt_pipe_move frame(struct rt_pipe *p, rt_u32 i)
{
	struct rt_pipe_stage *s = &p->stages[i];
	rt_bytes head = rt_codec_write_u32_le(s->in.len);

	rest_add(s, head.ptr, head.len);
	rest_add(s, s->in.ptr, s->in.len);
	rt_bytes_drop(head);
	rt_pipe_use_up(s);
	rt_pipe_emit(p, i, take_rest(s));
	return RT_MOVE_SOME;
}

/* What is wrong with a frame whose length is @p len; 0 = nothing. */
static void check_frame(struct rt_pipe *p, const struct rt_pipe_stage *s, rt_u32 len)
{
	if (len > s->a)
		rt_pipe_fail(p, 80, "stream:deframe_frame_too_large");
	else if (len == 0 && !s->c)
		rt_pipe_fail(p, 82, "stream:deframe_empty_forbidden");
	else if (s->b > 0 && s->count >= s->b)
		rt_pipe_fail(p, 83, "stream:deframe_max_frames");
}

/* Move bytes of the input to `rest` until it has @p want. @return false when there are too few. */
static bool gather(struct rt_pipe_stage *s, rt_u32 want)
{
	rt_u32 need = want - s->rest.len;
	rt_u32 left = s->in.len - s->at;
	rt_u32 n = need < left ? need : left;

	rest_add(s, s->in.ptr + s->at, n);
	s->at += n;
	return s->rest.len == want;
}

static enum rt_pipe_move deframe(struct rt_pipe *p, rt_u32 i)
{
	struct rt_pipe_stage *s = &p->stages[i];
	rt_u32 len;

	if (s->rest.len < HEADER && !gather(s, HEADER)) {
		rt_pipe_use_up(s);
		return RT_MOVE_SOME;
	}
	len = read_u32(s->rest.ptr);
	check_frame(p, s, len);
	if (p->error)
		return RT_MOVE_SOME;
	if (!gather(s, HEADER + len)) {
		rt_pipe_use_up(s);
		return RT_MOVE_SOME;
	}
	rt_pipe_emit(p, i, rt_mem_copy(s->rest.ptr + HEADER, len));
	s->rest.len = 0;
	return RT_MOVE_SOME;
}

static enum rt_pipe_move call(struct rt_pipe *p, rt_u32 i)
{
	struct rt_pipe_stage *s = &p->stages[i];

	if (s->kind == RT_PIPE_CHECK && s->a > 0 && s->in.len > s->a) {
		rt_pipe_fail(p, 70, "stream:brand_item_too_large");
		return RT_MOVE_SOME;
	}
	if (s->kind == RT_PIPE_IN_PLACE && s->b)
		rt_scratch_clear(s->scratch);
	return RT_MOVE_CALL;
}

/* Nothing more comes: what a stage still holds goes out, then it is done. */
static enum rt_pipe_move end(struct rt_pipe *p, rt_u32 i)
{
	struct rt_pipe_stage *s = &p->stages[i];

	if (s->kind == RT_PIPE_LINES && s->rest.len > 0)
		rt_pipe_emit(p, i, take_rest(s));
	if (s->kind == RT_PIPE_DEFRAME && s->rest.len > 0 && !s->d)
		rt_pipe_fail(p, 81, "stream:deframe_truncated");
	s->done = true;
	return RT_MOVE_SOME;
}

enum rt_pipe_move rt_pipe_advance(struct rt_pipe *p, rt_u32 i)
{
	const struct rt_pipe_stage *s = &p->stages[i];

	if (s->done)
		return RT_MOVE_NONE;
	if (!s->has_in)
		return s->up_done ? end(p, i) : RT_MOVE_NONE;
	switch (s->kind) {
	case RT_PIPE_TAKE:
		return take(p, i);
	case RT_PIPE_LINES:
		return lines(p, i);
	case RT_PIPE_FRAME:
		return frame(p, i);
	case RT_PIPE_DEFRAME:
		return deframe(p, i);
	case RT_PIPE_MAP:
	case RT_PIPE_FILTER:
	case RT_PIPE_IN_PLACE:
	case RT_PIPE_CHECK:
		return call(p, i);
	}
	return RT_MOVE_NONE;
}
