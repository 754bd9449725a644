/* SPDX-License-Identifier: MIT */
/*
 * From the path of a *_v1 call to a root's descriptor and the way below it. Paths are relative to
 * the working directory or absolute, and have no "..", so that text decides which root is meant;
 * links on the way are the business of openat2.
 * Source: docs/spec/stdlib.md 4.2 (common checks), docs/spec/run-and-policy.md 2.2.
 */
#include "lang/rt/fs_place.h"

#include "lang/rt/config.h"
#include "lang/rt/config_priv.h"
#include "lang/rt/decide.h"
#include "lang/rt/effect.h"
#include "lang/rt/fs_caps.h"
#include "lang/rt/fs_path.h"
#include "lang/rt/fs_types.h"
#include "lang/rt/fs_use.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *root_item(const void *list, uint32_t i)
{
	return rt_list_item(list, i);
}

/* The kernel says the same; asked here, so that the refusal can be told from other errors. */
static bool read_only(const struct rt_path *path, const char *cwd)
{
	const struct rt_config *c = rt_state.config;
	const struct rt_texts reads = {root_item, &c->read_roots, c->read_roots.count};
	const struct rt_texts writes = {root_item, &c->write_roots, c->write_roots.count};
	uint32_t which = 0;

	return rt_decide_read_only(&which, &reads, &writes, cwd, path);
}

bool rt_fs_read_only(rt_u32 write_root, const char *rest)
{
	char room[RT_PATH_MAX];
	const char *cwd = getcwd(room, sizeof(room));
	const char *root = rt_list_item(&rt_state.config->write_roots, write_root);
	struct rt_path path;

	return rt_path_of(&path, cwd, root, rest) && read_only(&path, cwd);
}

/* The innermost root that holds the path. */
static enum fs_code find_root(struct fs_place *out, const struct rt_path *path, const char *cwd)
{
	const struct rt_config *c = rt_state.config;
	const struct rt_list *list = out->write ? &c->write_roots : &c->read_roots;
	const struct rt_texts roots = {root_item, list, list->count};
	rt_u32 which = 0;
	size_t rest = 0;

	if (!rt_decide_root(&which, &rest, &roots, cwd, path))
		return FS_POLICY_DENY;
	out->root = which + 1;
	out->base = rt_fs_root(out->write, which);
	if (out->base < 0)
		return rt_fs_code(-out->base, out);
	out->is_root = path->at[rest] == '\0';
	if (out->is_root)
		memcpy(out->rest, ".", 2);
	else
		memcpy(out->rest, path->at + rest, path->len - rest + 1);
	return FS_OK;
}

static enum fs_code deny(const struct fs_place *place, enum rt_event_reason why, enum fs_code code)
{
	struct rt_effect_key key = {.kind = place->write ? RT_EV_FS_WRITE : RT_EV_FS_READ,
	    .reason = why,
	    .code = code,
	    .detail = rt_state.fs_gates};

	(void)rt_effect_add(&key, place->path, 0);
	return code;
}

enum fs_code rt_fs_place(struct fs_place *out, rt_bytes path, bool write)
{
	struct rt_path text = {.len = 0};
	char room[RT_PATH_MAX];
	const char *cwd = getcwd(room, sizeof(room));
	bool absolute = path.len && path.ptr[0] == '/';
	enum fs_code code;

	*out = (struct fs_place){.base = AT_FDCWD, .write = write, .path = {path.ptr, path.len}};
	if (!rt_allowed(RT_GATE_FS))
		return deny(out, RT_WHY_DISABLED, FS_DISABLED);
	if (rt_sandboxed() || absolute) {
		if (!rt_path_start(&text, absolute ? "/" : cwd))
			return FS_IO;
	}
	if (!rt_path_add(&text, (const char *)path.ptr, path.len))
		return rt_sandboxed() ? deny(out, RT_WHY_UNSAFE_PATH, FS_BAD_PATH) : FS_BAD_PATH;
	if (!rt_sandboxed()) {
		memcpy(out->rest, text.at, text.len + 1);
		return FS_OK;
	}
	/* docs/decisions/deny-hidden.md: the flag allow_hidden of the program does not lift the
	 * policy's rule */
	if ((rt_state.config->gates & RT_GATE_DENY_HIDDEN) && rt_fs_hidden(out->path))
		return deny(out, RT_WHY_HIDDEN, FS_POLICY_DENY);
	if (write && read_only(&text, cwd))
		return deny(out, RT_WHY_READ_ROOT, FS_POLICY_DENY);
	code = find_root(out, &text, cwd);
	if (code == FS_POLICY_DENY && out->root == 0)
		return deny(out, RT_WHY_NO_ROOT, code);
	if (code) /* the root is not there: the caller goes no further */
		(void)rt_fs_used(out, code, 0, 0);
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
	if (mkdirat(parent.fd, parent.name, 0777) == 0)
		rt_fs_used_below(
		    place, (rt_view){(const rt_u8 *)part.rest, (rt_u32)len}, RT_USE_CREATED);
	else if (errno != EEXIST)
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
