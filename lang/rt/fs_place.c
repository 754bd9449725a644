/* SPDX-License-Identifier: MIT */
/*
 * From the path of a *_v1 call to a root's descriptor and the way below it. Paths are relative to
 * the working directory or absolute, and have no "..", so that text decides which root is meant;
 * links on the way are the business of openat2.
 * Source: spec stdlib 4.2 (common checks), run-and-policy 2.2.
 */
#include "lang/rt/fs_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct text {
	char at[RT_PATH_MAX];
	size_t len;
};

static bool add_segment(struct text *t, const char *s, size_t len)
{
	if (t->len + len + 2 > sizeof(t->at))
		return false;
	if (t->len && t->at[t->len - 1] != '/')
		t->at[t->len++] = '/';
	memcpy(t->at + t->len, s, len);
	t->len += len;
	t->at[t->len] = '\0';
	return true;
}

static void drop_segment(struct text *t)
{
	while (t->len > 1 && t->at[t->len - 1] != '/')
		t->len--;
	while (t->len > 1 && t->at[t->len - 1] == '/')
		t->len--;
	t->at[t->len] = '\0';
}

/* Add the program's path. Source: spec stdlib 4.2, "path". */
static bool add_path(struct text *t, rt_view path)
{
	rt_u32 start = path.len && path.ptr[0] == '/' ? 1 : 0;
	bool any = false;

	if (path.len == 0 || !rt_utf8_valid(path))
		return false;
	for (rt_u32 i = start; i <= path.len; i++) {
		rt_u8 c = i < path.len ? path.ptr[i] : '/';
		const char *s = (const char *)path.ptr + start;
		size_t len = i - start;

		if (c == '\0' || c == '\\')
			return false;
		if (c != '/')
			continue;
		start = i + 1;
		if (len == 0 || (len == 2 && memcmp(s, "..", 2) == 0))
			return false;
		if (len == 1 && *s == '.')
			continue;
		any = true;
		if (!add_segment(t, s, len))
			return false;
	}
	return any;
}

/* Add the policy's text of a root, which may hold "." and "..". */
static bool add_root(struct text *t, const char *root)
{
	while (*root) {
		size_t len = strcspn(root, "/");

		if (len == 2 && memcmp(root, "..", 2) == 0)
			drop_segment(t);
		else if (len && !(len == 1 && *root == '.') && !add_segment(t, root, len))
			return false;
		root += len + (root[len] == '/');
	}
	return true;
}

static bool start_text(struct text *t, bool absolute)
{
	if (absolute) {
		memcpy(t->at, "/", 2);
	} else if (!getcwd(t->at, sizeof(t->at)) || t->at[0] != '/') {
		return false;
	}
	t->len = strlen(t->at);
	return true;
}

/* Bytes of @p path that name @p root, 0 when it is elsewhere. */
static size_t inside(const struct text *root, const struct text *path)
{
	if (root->len == 1)
		return 1;
	if (path->len < root->len || memcmp(path->at, root->at, root->len) != 0)
		return 0;
	return path->at[root->len] == '\0' || path->at[root->len] == '/' ? root->len : 0;
}

/* The innermost root that holds the path. */
static enum fs_code find_root(struct fs_place *out, const struct text *path)
{
	const struct rt_config *c = rt_state.config;
	const struct rt_list *list = out->write ? &c->write_roots : &c->read_roots;
	size_t best = 0;
	rt_u32 which = 0;
	const char *rest;

	for (rt_u32 i = 0; i < list->count; i++) {
		const char *item = rt_list_item(list, i);
		struct text root;
		size_t n;

		if (!start_text(&root, *item == '/') || !add_root(&root, item))
			continue;
		n = inside(&root, path);
		if (n > best) {
			best = n;
			which = i;
		}
	}
	if (!best)
		return FS_POLICY_DENY;
	out->base = rt_fs_root(out->write, which);
	if (out->base < 0)
		return rt_fs_code(-out->base, out);
	rest = path->at + best;
	rest += *rest == '/';
	out->is_root = *rest == '\0';
	memcpy(out->rest, out->is_root ? "." : rest, out->is_root ? 2 : strlen(rest) + 1);
	return FS_OK;
}

static void deny(const struct fs_place *place, enum rt_event_reason why)
{
	rt_deny(place->write ? RT_EV_FS_WRITE : RT_EV_FS_READ, why, 0, place->path);
}

enum fs_code rt_fs_place(struct fs_place *out, rt_bytes path, bool write)
{
	struct text text = {.len = 0};
	bool absolute = path.len && path.ptr[0] == '/';
	enum fs_code code;

	*out = (struct fs_place){.base = AT_FDCWD, .write = write, .path = {path.ptr, path.len}};
	if (!rt_allowed(RT_GATE_FS)) {
		deny(out, RT_WHY_DISABLED);
		return FS_DISABLED;
	}
	if (rt_sandboxed() || absolute) {
		if (!start_text(&text, absolute))
			return FS_IO;
	}
	if (!add_path(&text, out->path))
		return FS_BAD_PATH;
	if (!rt_sandboxed()) {
		memcpy(out->rest, text.at, text.len + 1);
		return FS_OK;
	}
	/* docs/decisions/deny-hidden.md: the flag allow_hidden of the program does not lift the
	 * policy's rule */
	if ((rt_state.config->gates & RT_GATE_DENY_HIDDEN) && rt_fs_hidden(out->path)) {
		deny(out, RT_WHY_HIDDEN);
		return FS_POLICY_DENY;
	}
	code = find_root(out, &text);
	if (code == FS_POLICY_DENY)
		deny(out, RT_WHY_NO_ROOT);
	return code;
}

enum fs_code rt_fs_parent(struct fs_parent *out, const struct fs_place *place)
{
	const char *slash = strrchr(place->rest, '/');
	char dir[RT_PATH_MAX];
	size_t len;
	int fd;

	*out = (struct fs_parent){place->base, false, place->rest};
	if (!slash)
		return FS_OK;
	len = slash == place->rest ? 1 : (size_t)(slash - place->rest);
	memcpy(dir, place->rest, len);
	dir[len] = '\0';
	fd = rt_fs_open(place->base, dir, O_PATH | O_DIRECTORY, 0);
	if (fd < 0)
		return rt_fs_code(-fd, place);
	*out = (struct fs_parent){fd, true, slash + 1};
	return FS_OK;
}

void rt_fs_parent_close(struct fs_parent *parent)
{
	if (parent->own)
		close(parent->fd);
	parent->own = false;
}

/* The directory at the first @p len bytes of the way, made when it is not there. */
static enum fs_code make_dir(const struct fs_place *place, size_t len)
{
	struct fs_place part = *place;
	struct fs_parent parent;
	enum fs_code code;
	int fd;

	part.rest[len] = '\0';
	fd = rt_fs_open(part.base, part.rest, O_PATH | O_DIRECTORY, 0);
	if (fd >= 0) {
		close(fd);
		return FS_OK;
	}
	if (fd != -ENOENT)
		return rt_fs_code(-fd, place);
	code = rt_fs_parent(&parent, &part);
	if (code)
		return code;
	if (mkdirat(parent.fd, parent.name, 0777) < 0 && errno != EEXIST)
		code = rt_fs_code(errno, place);
	rt_fs_parent_close(&parent);
	return code;
}

enum fs_code rt_fs_make_dirs(const struct fs_place *place, bool all)
{
	enum fs_code code = FS_OK;

	for (size_t i = 1; place->rest[i] && !code; i++) {
		if (place->rest[i] == '/')
			code = make_dir(place, i);
	}
	return all && !code ? make_dir(place, strlen(place->rest)) : code;
}
