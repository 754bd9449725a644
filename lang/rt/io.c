/* SPDX-License-Identifier: MIT */
/* Readers over bytes, and buffered reading. Source: docs/spec/builtins.md 9. */
#include "lang/rt/io.h"

#include "lang/rt/mem.h"
#include "lang/rt/net.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/table.h"

#include <stddef.h>

#define VTABLE_BYTES 1u

struct reader {
	rt_bytes data;
	rt_u32 at;
};

struct bufread {
	rt_iface source;
	rt_u8 *buf;
	rt_u32 cap;
	rt_u32 start, end; /* what is not consumed */
};

static struct reader *reader_at(rt_u32 handle)
{
	struct reader *r = rt_table_at(&rt_state.readers, sizeof(struct reader), handle);

	if (!r)
		rt_trap("io.reader invalid handle", NULL);
	return r;
}

/* The next at most @p max bytes; the reader stands behind them afterwards. */
static rt_view take(rt_iface source, rt_u32 max, const char *bad_vtable)
{
	struct reader *r;
	rt_view v;

	if (source.vtable != VTABLE_BYTES)
		rt_trap(bad_vtable, NULL);
	r = reader_at(source.data);
	v.len = r->data.len - r->at;
	v.ptr = v.len ? r->data.ptr + r->at : NULL;
	if (v.len > max)
		v.len = max;
	r->at += v.len;
	return v;
}

rt_iface rt_io_open_read_bytes(rt_bytes data)
{
	rt_u32 handle = rt_table_add(&rt_state.readers, sizeof(struct reader));

	*reader_at(handle) = (struct reader){data, 0};
	return (rt_iface){handle, VTABLE_BYTES};
}

rt_iface rt_iface_make_v1(rt_u32 data, rt_u32 vtable)
{
	return (rt_iface){data, vtable};
}

rt_bytes rt_io_read(rt_iface source, rt_u32 max)
{
	rt_view v;

	if (rt_net_vtable(source.vtable))
		return rt_net_reader_take(source.data, source.vtable, max);
	v = take(source, max, "io.read bad iface vtable");

	return rt_mem_copy(v.ptr, v.len);
}

static struct bufread *bufread_at(rt_u32 handle)
{
	struct bufread *b = rt_table_at(&rt_state.bufreads, sizeof(struct bufread), handle);

	if (!b)
		rt_trap("bufread invalid handle", NULL);
	return b;
}

rt_u32 rt_bufread_new(rt_iface source, rt_u32 cap)
{
	struct bufread b = {.source = source, .cap = cap};
	rt_u32 handle;

	if (cap == 0)
		rt_trap("bufread cap=0", NULL);
	if (source.vtable != VTABLE_BYTES && !rt_net_vtable(source.vtable))
		rt_trap("bufread.new bad iface vtable", NULL);
	b.buf = rt_mem_alloc(cap, false);
	handle = rt_table_add(&rt_state.bufreads, sizeof(struct bufread));
	*bufread_at(handle) = b;
	return handle;
}

static void fill_from_net(struct bufread *b)
{
	rt_bytes got = rt_net_reader_take(b->source.data, b->source.vtable, b->cap);

	b->start = 0;
	b->end = got.len < b->cap ? got.len : b->cap;
	rt_copy(b->buf, got.ptr, b->end);
	rt_bytes_drop(got);
}

rt_view rt_bufread_fill(rt_u32 handle)
{
	struct bufread *b = bufread_at(handle);

	if (b->start == b->end && rt_net_vtable(b->source.vtable)) {
		fill_from_net(b);
	} else if (b->start == b->end) {
		rt_view v = take(b->source, b->cap, "io.read bad iface vtable");

		rt_copy(b->buf, v.ptr, v.len);
		b->start = 0;
		b->end = v.len;
	}
	return (rt_view){b->buf + b->start, b->end - b->start};
}

rt_u32 rt_bufread_consume(rt_u32 handle, rt_u32 n)
{
	struct bufread *b = bufread_at(handle);

	if (n > b->end - b->start)
		rt_trap("bufread.consume oob", NULL);
	b->start += n;
	return 0;
}

void rt_io_end(void)
{
	for (rt_u32 h = 1; h <= rt_state.bufreads.count; h++)
		rt_mem_free(bufread_at(h)->buf);
	for (rt_u32 h = 1; h <= rt_state.readers.count; h++)
		rt_bytes_drop(reader_at(h)->data);
	rt_state.bufreads.count = 0;
	rt_state.readers.count = 0;
}
