/* SPDX-License-Identifier: MIT */
/*
 * Open files behind handles: generation in the upper half, slot in the lower. A handle that was
 * given out may be closed again and again. Source: docs/spec/stdlib.md 4.2.
 */
#include "lang/rt/fs_stream.h"

#include "lang/rt/config.h"
#include "lang/rt/effect.h"
#include "lang/rt/fs_caps.h"
#include "lang/rt/fs_path.h"
#include "lang/rt/fs_place.h"
#include "lang/rt/fs_types.h"
#include "lang/rt/fs_use.h"
#include "lang/rt/fs_write.h"
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SLOTS 64u
#define PATH_KEPT 256u /* of the path, for reports */

struct stream {
	bool open, write;
	uint16_t generation; /* of the handle given out last */
	rt_u32 left;         /* bytes that may still pass */
	struct fs_target target;
	struct fs_caps caps;
	struct rt_effect *effect; /* of the opening, when the run is observed */
	uint64_t passed;          /* bytes so far */
	char path[PATH_KEPT];
};

static struct stream streams[SLOTS];

static rt_u32 handle_of(const struct stream *s)
{
	return (rt_u32)s->generation << 16 | (rt_u32)(s - streams + 1);
}

/* The slot of a handle that was given out at some time, else NULL. */
static struct stream *slot_of(rt_u32 handle)
{
	rt_u32 slot = handle & 0xffff;
	rt_u32 generation = handle >> 16;

	if (slot == 0 || slot > SLOTS || generation == 0)
		return NULL;
	return generation <= streams[slot - 1].generation ? &streams[slot - 1] : NULL;
}

static struct stream *open_stream(rt_u32 handle, bool write)
{
	struct stream *s = slot_of(handle);

	return s && s->open && s->write == write && handle_of(s) == handle ? s : NULL;
}

/* A slot whose generations are not used up. */
static struct stream *free_stream(void)
{
	for (struct stream *s = streams; s < streams + SLOTS; s++) {
		if (!s->open && s->generation < INT16_MAX)
			return s;
	}
	return NULL;
}

static rt_u32 start(struct stream *s, bool write, rt_u32 limit)
{
	s->open = true;
	s->write = write;
	s->left = limit;
	s->passed = 0;
	s->generation++;
	return handle_of(s);
}

static rt_res_i32 result(enum fs_code code, rt_u32 ok)
{
	return (rt_res_i32){code == FS_OK, code == FS_OK ? ok : (rt_u32)code};
}

static enum fs_code open_read(struct stream *s, const struct fs_place *place)
{
	struct stat st;
	int fd = rt_fs_open(place->base, place->rest, O_RDONLY, 0);

	if (fd < 0)
		return rt_fs_code(-fd, place);
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		return FS_IS_DIR;
	}
	s->target = (struct fs_target){.fd = fd};
	return FS_OK;
}

/* What reports about the open stream will say. */
static void remember(
    struct stream *s, const struct fs_place *place, const struct fs_caps *c, enum fs_code code)
{
	rt_u32 len = place->path.len < PATH_KEPT ? place->path.len : PATH_KEPT - 1;
	struct rt_effect *effect = rt_fs_used(place, code, 0, 0);

	if (!s)
		return;
	s->caps = *c;
	s->effect = effect;
	memcpy(s->path, place->path.ptr, len);
	s->path[len] = '\0';
}

static rt_view path_of(const struct stream *s)
{
	return (rt_view){(const rt_u8 *)s->path, (rt_u32)strlen(s->path)};
}

static void pass(struct stream *s, rt_u32 bytes)
{
	s->left -= bytes;
	s->passed += bytes;
	rt_effect_more(s->effect, bytes, s->passed);
}

static rt_res_i32 open_any(rt_bytes path, rt_bytes caps, bool write)
{
	struct stream *s = free_stream();
	struct fs_place place;
	struct fs_caps c;
	enum fs_code code;

	rt_state.op = write ? RT_OP_FS_OPEN_WRITE : RT_OP_FS_OPEN_READ;
	code = rt_fs_caps(&c, caps, 0, path, write);
	if (!code)
		code = rt_fs_place(&place, path, write);
	if (!code) {
		if (!s)
			code = FS_IO;
		else if (write)
			code = rt_fs_target_open(&s->target, &place, c.flags);
		else
			code = open_read(s, &place);
		remember(s, &place, &c, code);
	}
	rt_bytes_drop(path);
	rt_bytes_drop(caps);
	return code ? result(code, 0)
		    : result(FS_OK, start(s, write, write ? c.max_write : c.max_read));
}

rt_res_i32 rt_os_fs_stream_open_write_v1(rt_bytes path, rt_bytes caps)
{
	return open_any(path, caps, true);
}

rt_res_i32 rt_os_fs_stream_open_read_v1(rt_bytes path, rt_bytes caps)
{
	return open_any(path, caps, false);
}

rt_res_i32 rt_os_fs_stream_write_all_v1(rt_u32 handle, rt_view data)
{
	struct stream *s = open_stream(handle, true);
	int rc;

	if (!s)
		return result(FS_BAD_HANDLE, 0);
	rt_state.op = RT_OP_FS_STREAM_WRITE;
	if (data.len > s->left) {
		rt_fs_limit(&s->caps, RT_LIMIT_WRITE, s->passed + data.len, true, path_of(s));
		return result(FS_TOO_LARGE, 0);
	}
	rc = rt_write_all(s->target.fd, data.ptr, data.len);
	if (rc)
		return result(rt_fs_code_of(rc, true, s->target.name), 0);
	pass(s, data.len);
	return result(FS_OK, data.len);
}

/* No more may pass: was it the policy that cut the file off? */
static void check_end(struct stream *s)
{
	struct stat st;

	if (fstat(s->target.fd, &st) == 0 && (uint64_t)st.st_size > s->passed)
		rt_fs_limit(&s->caps, RT_LIMIT_READ, (uint64_t)st.st_size, false, path_of(s));
}

rt_res_bytes rt_os_fs_stream_read_some_v1(rt_u32 handle, rt_u32 max)
{
	struct stream *s = open_stream(handle, false);
	rt_bytes none = {NULL, 0};
	rt_u8 *block;
	ssize_t n;

	if (!s)
		return (rt_res_bytes){0, FS_BAD_HANDLE, none};
	rt_state.op = RT_OP_FS_STREAM_READ;
	if (max > INT32_MAX)
		max = 0;
	if (max > 0 && s->left == 0)
		check_end(s);
	if (max > s->left)
		max = s->left;
	if (max == 0)
		return (rt_res_bytes){1, 0, none};
	block = rt_mem_alloc(max, false);
	do
		n = read(s->target.fd, block, max);
	while (n < 0 && errno == EINTR);
	if (n <= 0) {
		rt_mem_free(block);
		return n < 0 ? (rt_res_bytes){0, FS_IO, none} : (rt_res_bytes){1, 0, none};
	}
	pass(s, (rt_u32)n);
	return (rt_res_bytes){1, 0, {block, (rt_u32)n}};
}

static rt_res_i32 finish(rt_u32 handle, bool write)
{
	struct stream *s = slot_of(handle);

	if (!s || open_stream(handle, !write))
		return result(FS_BAD_HANDLE, 0);
	s = open_stream(handle, write);
	if (!s)
		return result(FS_OK, 1);
	s->open = false;
	return result(rt_fs_target_commit(&s->target), 1);
}

rt_res_i32 rt_os_fs_stream_close_v1(rt_u32 handle)
{
	return finish(handle, true);
}

rt_res_i32 rt_os_fs_stream_close_read_v1(rt_u32 handle)
{
	return finish(handle, false);
}

static rt_u32 drop(rt_u32 handle, bool write)
{
	struct stream *s = open_stream(handle, write);

	if (s) {
		s->open = false;
		rt_fs_target_abandon(&s->target);
	}
	return 1;
}

rt_u32 rt_os_fs_stream_drop_v1(rt_u32 handle)
{
	return drop(handle, true);
}

rt_u32 rt_os_fs_stream_drop_read_v1(rt_u32 handle)
{
	return drop(handle, false);
}

void rt_fs_streams_end(void)
{
	for (struct stream *s = streams; s < streams + SLOTS; s++) {
		if (s->open)
			drop(handle_of(s), s->write);
	}
}
