/* SPDX-License-Identifier: MIT */
/*
 * The *_v1 file heads on whole files and names. All operands are owned; none of these traps, but
 * for lack of memory. Source: docs/spec/stdlib.md 4.2.
 */
#include "lang/rt/arena.h"
#include "lang/rt/config.h"
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
#include <sys/syscall.h>
#include <unistd.h>

#define STAT_SIZE 16
#define STAT_VERSION 1u
#define NOREPLACE 1u

enum stat_kind { KIND_MISSING, KIND_FILE, KIND_DIR, KIND_SYMLINK, KIND_OTHER };

static rt_res_i32 result(enum fs_code code, rt_u32 ok)
{
	return (rt_res_i32){code == FS_OK, code == FS_OK ? ok : (rt_u32)code};
}

static rt_res_bytes result_bytes(enum fs_code code, rt_bytes ok)
{
	return code == FS_OK ? (rt_res_bytes){1, 0, ok} : (rt_res_bytes){0, code, {NULL, 0}};
}

static uint64_t file_size(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
}

static enum fs_code read_all(rt_bytes *out, rt_bytes path, rt_bytes caps)
{
	struct fs_place place;
	struct fs_caps c;
	enum fs_code code = rt_fs_caps(&c, caps, 0, path, false);
	int fd, rc;

	if (!code)
		code = rt_fs_place(&place, path, false);
	if (code)
		return code;
	fd = rt_fs_open(place.base, place.rest, O_RDONLY, 0);
	rc = fd < 0 ? -fd
		    : rt_read_all(out, fd, c.max_read < RT_ALLOC_MAX ? c.max_read : RT_ALLOC_MAX);
	if (rc == EFBIG)
		rt_fs_limit(&c, RT_LIMIT_READ, file_size(fd), false, place.path);
	if (fd >= 0)
		close(fd);
	if (rc == ENOMEM)
		rt_out_of_memory();
	code = rt_fs_code(rc, &place);
	(void)rt_fs_used(&place, code, 0, out->len);
	if (!code)
		rt_mem_adopt(out->ptr);
	return code;
}

rt_res_bytes rt_os_fs_read_all_v1(rt_bytes path, rt_bytes caps)
{
	rt_bytes out = {NULL, 0};
	enum fs_code code;

	rt_state.op = RT_OP_FS_READ_ALL;
	code = read_all(&out, path, caps);
	rt_bytes_drop(path);
	rt_bytes_drop(caps);
	return result_bytes(code, out);
}

static enum fs_code write_data(struct fs_target *t, rt_bytes data, const struct fs_place *place)
{
	int rc = rt_write_all(t->fd, data.ptr, data.len);

	if (!rc)
		return rt_fs_target_commit(t);
	rt_fs_target_abandon(t);
	return rt_fs_code(rc, place);
}

static enum fs_code check_size(const struct fs_caps *c, const struct fs_place *place, rt_bytes data)
{
	if (data.len <= c->max_write)
		return FS_OK;
	rt_fs_limit(c, RT_LIMIT_WRITE, data.len, true, place->path);
	return FS_TOO_LARGE;
}

static enum fs_code write_all(rt_bytes path, rt_bytes data, rt_bytes caps)
{
	struct fs_place place;
	struct fs_target target;
	struct fs_caps c;
	enum fs_code code = rt_fs_caps(&c, caps, 0, path, true);

	if (!code)
		code = rt_fs_place(&place, path, true);
	if (!code)
		code = check_size(&c, &place, data);
	if (!code)
		code = rt_fs_target_open(&target, &place, c.flags);
	if (!code)
		code = write_data(&target, data, &place);
	(void)rt_fs_used(&place, code, 0, data.len);
	return code;
}

rt_res_i32 rt_os_fs_write_all_v1(rt_bytes path, rt_bytes data, rt_bytes caps)
{
	enum fs_code code;

	rt_state.op = RT_OP_FS_WRITE_ALL;
	code = write_all(path, data, caps);
	rt_bytes_drop(path);
	rt_bytes_drop(data);
	rt_bytes_drop(caps);
	return result(code, data.len);
}

static enum fs_code append_all(rt_bytes path, rt_bytes data, rt_bytes caps)
{
	struct fs_place place;
	struct fs_target target = {.fd = -1};
	struct fs_caps c;
	enum fs_code code = rt_fs_caps(&c, caps, 0, path, true);

	if (!code && (c.flags & FS_FLAG_ATOMIC))
		code = FS_UNSUPPORTED;
	if (!code)
		code = rt_fs_place(&place, path, true);
	if (!code)
		code = check_size(&c, &place, data);
	if (!code && (c.flags & FS_FLAG_PARENTS))
		code = rt_fs_make_dirs(&place, false);
	if (code)
		return code;
	target.fd = rt_fs_open(place.base, place.rest, O_WRONLY | O_CREAT | O_APPEND, 0666);
	code = target.fd < 0 ? rt_fs_code(-target.fd, &place) : write_data(&target, data, &place);
	(void)rt_fs_used(&place, code, 0, data.len);
	return code;
}

rt_res_i32 rt_os_fs_append_all_v1(rt_bytes path, rt_bytes data, rt_bytes caps)
{
	enum fs_code code;

	rt_state.op = RT_OP_FS_APPEND_ALL;
	code = append_all(path, data, caps);
	rt_bytes_drop(path);
	rt_bytes_drop(data);
	rt_bytes_drop(caps);
	return result(code, data.len);
}

/* The common start of calls that change names. */
static enum fs_code place_for(
    struct fs_place *out, struct fs_caps *c, rt_bytes path, rt_bytes caps, rt_u32 need)
{
	enum fs_code code = rt_fs_caps(c, caps, need, path, true);

	return code ? code : rt_fs_place(out, path, true);
}

rt_res_i32 rt_os_fs_mkdirs_v1(rt_bytes path, rt_bytes caps)
{
	struct fs_place place = {.root = 0};
	struct fs_caps c;
	enum fs_code code;

	rt_state.op = RT_OP_FS_MKDIRS;
	code = place_for(&place, &c, path, caps, RT_GATE_FS_MKDIR);
	if (!code) {
		code = rt_fs_make_dirs(&place, true);
		(void)rt_fs_used(&place, code, code ? 0 : RT_USE_DIR, 0);
	}
	rt_bytes_drop(path);
	rt_bytes_drop(caps);
	return result(code, 1);
}

static enum fs_code remove_file(rt_bytes path, rt_bytes caps)
{
	struct fs_place place;
	struct fs_parent parent;
	struct fs_caps c;
	enum fs_code code = place_for(&place, &c, path, caps, RT_GATE_FS_REMOVE);

	if (!code && place.is_root)
		code = FS_IS_DIR;
	if (!code)
		code = rt_fs_parent(&parent, &place);
	if (code)
		return code;
	if (unlinkat(parent.fd, parent.name, 0) < 0)
		code = rt_fs_code(errno, &place);
	rt_fs_parent_close(&parent);
	(void)rt_fs_used(&place, code, RT_USE_MOVED, 0);
	return code;
}

rt_res_i32 rt_os_fs_remove_file_v1(rt_bytes path, rt_bytes caps)
{
	enum fs_code code;

	rt_state.op = RT_OP_FS_REMOVE_FILE;
	code = remove_file(path, caps);
	rt_bytes_drop(path);
	rt_bytes_drop(caps);
	return result(code, 1);
}

static enum fs_code rename_between(
    const struct fs_place *src, const struct fs_place *dst, rt_u32 flags)
{
	struct fs_parent from, to;
	enum fs_code code;
	int rc;

	if (src->is_root || dst->is_root)
		return FS_POLICY_DENY;
	if (flags & FS_FLAG_PARENTS) {
		code = rt_fs_make_dirs(dst, false);
		if (code)
			return code;
	}
	code = rt_fs_parent(&from, src);
	if (code)
		return code;
	code = rt_fs_parent(&to, dst);
	if (!code) {
		rc = (int)syscall(SYS_renameat2, from.fd, from.name, to.fd, to.name,
		    flags & FS_FLAG_OVERWRITE ? 0 : NOREPLACE);
		/* here EXDEV is two file systems, not a way out of a root */
		if (rc < 0)
			code = errno == EXDEV ? FS_UNSUPPORTED : rt_fs_code(errno, dst);
		rt_fs_parent_close(&to);
	}
	rt_fs_parent_close(&from);
	return code;
}

/* Both names, and the directory that holds both: one root must. */
static void use_names(const struct fs_place *from, const struct fs_place *to, enum fs_code code)
{
	const char *a = from->rest, *b = to->rest;
	rt_view both = {(const rt_u8 *)".", 1};

	if (!rt_fs_used(from, code, RT_USE_MOVED, 0))
		return;
	(void)rt_fs_used(to, code, RT_USE_MOVED, 0);
	for (rt_u32 i = 0; a[i] && a[i] == b[i]; i++) {
		if (a[i] == '/')
			both = (rt_view){(const rt_u8 *)a, i};
	}
	if (from->root == to->root)
		rt_fs_used_below(from, both, RT_USE_DIR);
}

rt_res_i32 rt_os_fs_rename_v1(rt_bytes src, rt_bytes dst, rt_bytes caps)
{
	struct fs_place from, to;
	struct fs_caps c;
	enum fs_code code;

	rt_state.op = RT_OP_FS_RENAME;
	code = rt_fs_caps(&c, caps, RT_GATE_FS_RENAME, dst, true);
	if (!code)
		code = rt_fs_place(&from, src, true);
	if (!code)
		code = rt_fs_place(&to, dst, true);
	if (!code) {
		code = rename_between(&from, &to, c.flags);
		use_names(&from, &to, code);
	}
	rt_bytes_drop(src);
	rt_bytes_drop(dst);
	rt_bytes_drop(caps);
	return result(code, 1);
}

static rt_u32 kind_of(mode_t mode)
{
	if (S_ISREG(mode))
		return KIND_FILE;
	if (S_ISDIR(mode))
		return KIND_DIR;
	return S_ISLNK(mode) ? KIND_SYMLINK : KIND_OTHER;
}

static rt_bytes stat_doc(rt_u32 kind, const struct stat *st)
{
	uint64_t size = kind == KIND_FILE ? (uint64_t)st->st_size : 0;
	rt_u32 f[4] = {STAT_VERSION, kind, size < UINT32_MAX ? (rt_u32)size : UINT32_MAX,
	    kind ? (rt_u32)st->st_mtime : 0};
	rt_bytes b = {rt_mem_alloc(STAT_SIZE, false), STAT_SIZE};

	for (unsigned i = 0; i < STAT_SIZE; i++)
		b.ptr[i] = (rt_u8)(f[i / 4] >> (8 * (i % 4)));
	return b;
}

static enum fs_code stat_path(rt_bytes *out, rt_bytes path, rt_bytes caps)
{
	struct fs_place place;
	struct fs_parent parent;
	struct fs_caps c;
	struct stat st;
	rt_u32 dir;
	enum fs_code code = rt_fs_caps(&c, caps, 0, path, false);

	if (!code)
		code = rt_fs_place(&place, path, false);
	if (!code)
		code = rt_fs_parent(&parent, &place);
	if (!code) {
		if (fstatat(parent.fd, parent.name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			code = rt_fs_code(errno, &place);
		rt_fs_parent_close(&parent);
		dir = !code && S_ISDIR(st.st_mode) ? RT_USE_DIR : 0;
		(void)rt_fs_used(&place, code, dir, 0);
	}
	if (code == FS_OK || code == FS_NOT_FOUND) {
		*out = stat_doc(code ? KIND_MISSING : kind_of(st.st_mode), &st);
		code = FS_OK;
	}
	return code;
}

rt_res_bytes rt_os_fs_stat_v1(rt_bytes path, rt_bytes caps)
{
	rt_bytes out = {NULL, 0};
	enum fs_code code;

	rt_state.op = RT_OP_FS_STAT;
	code = stat_path(&out, path, caps);
	rt_bytes_drop(path);
	rt_bytes_drop(caps);
	return result_bytes(code, out);
}
