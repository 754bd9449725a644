/* SPDX-License-Identifier: MIT */
/*
 * Heads over directories: list, walk, remove. Each level is opened below its parent's descriptor
 * without following links, so a tree that changes meanwhile cannot lead out of it.
 * Source: docs/spec/stdlib.md 4.2.
 */
#include "lang/rt/fs_tree.h"

#include "lang/rt/config.h"
#include "lang/rt/config_priv.h"
#include "lang/rt/decide.h"
#include "lang/rt/effect.h"
#include "lang/rt/fs_caps.h"
#include "lang/rt/fs_glob.h"
#include "lang/rt/fs_names.h"
#include "lang/rt/fs_path.h"
#include "lang/rt/fs_place.h"
#include "lang/rt/fs_types.h"
#include "lang/rt/fs_use.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Levels that recursion may take at all, whatever the policy says: descriptors and stack. */
#define DEPTH_MAX 200u
/* Rounds over a directory that refuses to become empty. */
#define REMOVE_ROUNDS 8

/* Source: getdents64(2). */
struct entry {
	uint64_t ino;
	int64_t off;
	unsigned short size;
	unsigned char type;
	char name[];
};

enum fs_code rt_fs_each(int dir, fs_visit *visit, void *arg)
{
	_Alignas(uint64_t) char buf[2048];
	enum fs_code code = FS_OK;

	for (;;) {
		long n = syscall(SYS_getdents64, dir, buf, sizeof(buf));

		if (n < 0)
			return rt_fs_code_of(errno, false, "directory");
		if (n == 0)
			return FS_OK;
		for (long at = 0; at < n && !code;) {
			const struct entry *e = (const struct entry *)(const void *)(buf + at);

			at += e->size;
			if (strcmp(e->name, ".") != 0 && strcmp(e->name, "..") != 0)
				code = visit(arg, dir, e->name, e->type);
		}
		if (code)
			return code;
	}
}

struct listing {
	const struct fs_caps *caps;
	struct fs_names names;
	rt_u32 seen;
	/* walk only */
	rt_view glob;
	rt_u32 depth;
	char dir[RT_PATH_MAX]; /* of the level, relative to the start */
};

/* Names that the text form cannot carry, and those that the policy hides. */
static bool skipped(const char *name)
{
	size_t len = strlen(name);

	if (name[0] == '.' && rt_sandboxed() && (rt_state.config->gates & RT_GATE_DENY_HIDDEN))
		return true;
	return memchr(name, '\n', len) ||
	       !rt_utf8_valid((rt_view){(const rt_u8 *)name, (rt_u32)len});
}

/* A name that the listing shows only because the policy lets it. */
static void note_hidden(const char *path)
{
	if (rt_decide_hidden(path, strlen(path)))
		rt_gates_used(RT_GATE_DENY_HIDDEN);
}

static enum fs_code visit_list(void *arg, int dir, const char *name, unsigned char type)
{
	struct listing *l = arg;

	(void)dir;
	(void)type;
	if (skipped(name))
		return FS_OK;
	if (++l->seen > l->caps->max_entries)
		return FS_TOO_MANY;
	note_hidden(name);
	rt_names_add(&l->names, "", name);
	return FS_OK;
}

static int open_dir(int base, const char *name)
{
	return rt_fs_open(base, name, O_RDONLY | O_DIRECTORY, 0);
}

/* The listing itself, counted. */
static enum fs_code list_at(
    struct listing *l, const struct fs_place *place, const struct fs_caps *c, fs_visit *visit)
{
	int fd = open_dir(place->base, place->rest);
	enum fs_code code = fd < 0 ? rt_fs_code(-fd, place) : FS_OK;

	if (fd >= 0) {
		l->caps = c;
		code = rt_fs_each(fd, visit, l);
		close(fd);
		rt_listing_used(l->seen, 0);
	}
	if (code == FS_TOO_MANY || code == FS_TOO_DEEP)
		rt_fs_limit(c, code == FS_TOO_MANY ? RT_LIMIT_ENTRIES : RT_LIMIT_DEPTH, 0, false,
		    place->path);
	(void)rt_fs_used(place, code, fd >= 0 ? RT_USE_DIR : 0, 0);
	return code;
}

static enum fs_code list_dir(struct listing *l, rt_bytes path, rt_bytes caps)
{
	struct fs_place place;
	struct fs_caps c;
	enum fs_code code = rt_fs_caps(&c, caps, RT_GATE_FS_WALK, path, false);

	if (!code)
		code = rt_fs_place(&place, path, false);
	if (code)
		return code;
	return list_at(l, &place, &c, visit_list);
}

static rt_res_bytes listing_result(struct listing *l, enum fs_code code)
{
	if (!code)
		return (rt_res_bytes){1, 0, rt_names_text(&l->names)};
	rt_names_drop(&l->names);
	return (rt_res_bytes){0, code, {NULL, 0}};
}

rt_res_bytes rt_os_fs_list_dir_sorted_text_v1(rt_bytes path, rt_bytes caps)
{
	struct listing l = {0};
	enum fs_code code;

	rt_state.op = RT_OP_FS_LIST;
	code = list_dir(&l, path, caps);

	rt_bytes_drop(path);
	rt_bytes_drop(caps);
	return listing_result(&l, code);
}

static bool is_dir(int dir, const char *name, unsigned char type)
{
	struct stat st;

	if (type != DT_UNKNOWN)
		return type == DT_DIR;
	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static fs_visit visit_walk;

/* One level down; l->dir is as before afterwards. */
static enum fs_code walk_into(struct listing *l, int dir, const char *name)
{
	size_t old_len = strlen(l->dir);
	size_t len = strlen(name);
	enum fs_code code;
	int fd;

	if (++l->depth > l->caps->max_depth || l->depth > DEPTH_MAX)
		return FS_TOO_DEEP;
	rt_listing_used(0, l->depth);
	if (old_len + len + 2 > sizeof(l->dir))
		return FS_BAD_PATH;
	fd = rt_fs_open(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd < 0)
		return rt_fs_code_of(-fd, false, name);
	if (old_len)
		l->dir[old_len] = '/';
	memcpy(l->dir + old_len + (old_len > 0), name, len + 1);
	code = rt_fs_each(fd, visit_walk, l);
	close(fd);
	l->dir[old_len] = '\0';
	l->depth--;
	return code;
}

static enum fs_code visit_walk(void *arg, int dir, const char *name, unsigned char type)
{
	struct listing *l = arg;
	bool matches;
	size_t dir_len = strlen(l->dir);

	if (skipped(name))
		return FS_OK;
	if (++l->seen > l->caps->max_entries)
		return FS_TOO_MANY;
	if (is_dir(dir, name, type))
		return walk_into(l, dir, name);
	if (dir_len + strlen(name) + 2 > sizeof(l->dir))
		return FS_BAD_PATH;
	if (dir_len)
		l->dir[dir_len] = '/';
	memcpy(l->dir + dir_len + (dir_len > 0), name, strlen(name) + 1);
	matches = rt_glob_match(l->glob, l->dir);
	if (matches)
		note_hidden(l->dir);
	l->dir[dir_len] = '\0';
	if (matches)
		rt_names_add(&l->names, l->dir, name);
	return FS_OK;
}

static enum fs_code walk(struct listing *l, rt_bytes root, rt_bytes glob, rt_bytes caps)
{
	struct fs_place place;
	struct fs_caps c;
	enum fs_code code = rt_fs_caps(&c, caps, RT_GATE_FS_WALK | RT_GATE_FS_GLOB, root, false);

	if (!code)
		code = rt_fs_place(&place, root, false);
	l->glob = (rt_view){glob.ptr, glob.len};
	if (!code)
		code = rt_glob_check(l->glob);
	return code ? code : list_at(l, &place, &c, visit_walk);
}

rt_res_bytes rt_os_fs_walk_glob_sorted_text_v1(rt_bytes root, rt_bytes glob, rt_bytes caps)
{
	struct listing l = {0};
	enum fs_code code;

	rt_state.op = RT_OP_FS_WALK;
	code = walk(&l, root, glob, caps);

	rt_bytes_drop(root);
	rt_bytes_drop(glob);
	rt_bytes_drop(caps);
	return listing_result(&l, code);
}

struct removal {
	rt_u32 max_depth, depth;
};

static fs_visit visit_remove;

/* Directory @p name in @p dir with everything in it. */
static enum fs_code remove_tree(struct removal *r, int dir, const char *name)
{
	enum fs_code code = FS_OK;

	if (++r->depth > r->max_depth || r->depth > DEPTH_MAX)
		return FS_TOO_DEEP;
	rt_listing_used(0, r->depth - 1);
	for (int round = 0; round < REMOVE_ROUNDS && !code; round++) {
		int fd = rt_fs_open(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);

		if (fd < 0)
			return rt_fs_code_of(fd == -ELOOP ? ENOTDIR : -fd, true, name);
		code = rt_fs_each(fd, visit_remove, r);
		close(fd);
		if (!code && unlinkat(dir, name, AT_REMOVEDIR) == 0)
			break;
		/* a file system may skip entries while others go; look again */
		if (!code && (errno != ENOTEMPTY || round == REMOVE_ROUNDS - 1))
			code = rt_fs_code_of(errno, true, name);
	}
	r->depth--;
	return code;
}

static enum fs_code visit_remove(void *arg, int dir, const char *name, unsigned char type)
{

	if (is_dir(dir, name, type))
		return remove_tree(arg, dir, name);
	if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		return rt_fs_code_of(errno, true, name);
	return FS_OK;
}

static enum fs_code remove_dir_all(rt_bytes path, rt_bytes caps)
{
	struct fs_place place;
	struct fs_parent parent;
	struct fs_caps c;
	struct removal r = {0};
	enum fs_code code = rt_fs_caps(&c, caps, RT_GATE_FS_REMOVE, path, true);

	if (!code)
		code = rt_fs_place(&place, path, true);
	if (!code && place.is_root)
		code = FS_POLICY_DENY; /* a root is the policy's, not the program's */
	if (!code)
		code = rt_fs_parent(&parent, &place);
	if (code)
		return code;
	/* the top level is the directory itself: max_depth counts what lies below */
	r.max_depth = c.max_depth < DEPTH_MAX ? c.max_depth + 1 : DEPTH_MAX;
	code = remove_tree(&r, parent.fd, parent.name);
	rt_fs_parent_close(&parent);
	if (code == FS_TOO_DEEP)
		rt_fs_limit(&c, RT_LIMIT_DEPTH, 0, true, place.path);
	(void)rt_fs_used(&place, code, RT_USE_MOVED, 0);
	return code;
}

rt_res_i32 rt_os_fs_remove_dir_all_v1(rt_bytes path, rt_bytes caps)
{
	enum fs_code code;

	rt_state.op = RT_OP_FS_REMOVE_DIR;
	code = remove_dir_all(path, caps);

	rt_bytes_drop(path);
	rt_bytes_drop(caps);
	return (rt_res_i32){code == FS_OK, code == FS_OK ? 1u : (rt_u32)code};
}
