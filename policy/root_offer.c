/* SPDX-License-Identifier: MIT */
/*
 * The folder that a hint offers as a root. A run takes no root that is the whole file system, a
 * place of the kernel, a file or a link that leads away, and knows no shell's `~`: none of these is
 * offered, so that a person who follows a hint is not refused by the next run.
 * Source: sandbox/roots.c, docs/decisions/one-grant.md.
 */
#include "policy/root_offer_priv.h"

#include "lang/rt/decide.h"

#include <errno.h>
#include <string.h>

static const char *const reserved[] = {"/proc", "/sys", "/dev"};

/* The text behind @p dir when the path is it or lies below it ("" for itself), else NULL. */
static const char *below(const char *path, const char *dir)
{
	size_t len = strcmp(dir, "/") == 0 ? 0 : strlen(dir);

	if (strncmp(path, dir, len) != 0 || (path[len] != '/' && path[len] != '\0'))
		return NULL;
	return path[len] == '/' ? path + len + 1 : path + len;
}

/* The directory above, in the arena: "a/b" -> "a" -> "."; "/a" -> "/". */
static const char *above(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	if (slash == path)
		return "/";
	return arena_strndup(arena, path, (size_t)(slash - path));
}

/* As the policy writes it: relative where it lies in the project. */
static const char *in_project(const struct policy_question *q, const char *resolved, bool at_place)
{
	const char *rest;

	/* read_file and write_file name what lies below a root; a place has been looked up */
	if (!q->v1 && (!resolved || !at_place))
		return q->subject;
	if (!resolved)
		return q->subject;
	rest = q->cwd ? below(resolved, q->cwd) : NULL;
	if (!rest)
		return resolved;
	return *rest ? rest : ".";
}

static int look(const struct policy_question *q, const char *folder)
{
	return q->disk ? q->disk->root(q->disk->arg, folder) : 0;
}

/* A folder that is read is its own root; one that is made, moved or removed lies in its root. */
static bool is_own_root(const struct policy_question *q, const char *path)
{
	return q->disk && look(q, path) == 0 &&
	       !(q->gates & (RT_GATE_FS_MKDIR | RT_GATE_FS_REMOVE | RT_GATE_FS_RENAME));
}

static bool is_unexpanded(const char *folder)
{
	return folder[0] == '~' || strncmp(folder, "$HOME", 5) == 0 ||
	       strncmp(folder, "${HOME}", 7) == 0;
}

static const char *place_fault(struct arena *arena, const char *folder, const char *cwd)
{
	const char *path = folder;

	if (folder[0] != '/' && cwd)
		path = strcmp(folder, ".") == 0 ? cwd : arena_printf(arena, "%s/%s", cwd, folder);
	if (strcmp(path, "/") == 0)
		return "its folder is `/`, and the whole file system cannot be a root";
	for (size_t i = 0; i < ARRAY_LEN(reserved); i++) {
		if (below(path, reserved[i]))
			return arena_printf(
			    arena, "it lies in %s, and no root can be there", reserved[i]);
	}
	return NULL;
}

static const char *disk_fault(struct root_offer *out, struct arena *arena,
    const struct policy_question *q, const char *folder)
{
	switch (look(q, folder)) {
	case 0:
		return NULL;
	case ENOENT:
		out->absent = true;
		return NULL;
	case ENOTDIR:
		return arena_printf(arena, "%s is a file, and a root is a folder", folder);
	case ELOOP:
		return arena_printf(arena,
		    "%s is a link, and no root can be one: the program must name the place that it "
		    "leads to",
		    folder);
	case EXDEV:
		return arena_printf(arena,
		    "%s leads out of the project through a link: the program must name the place "
		    "that it leads to",
		    folder);
	default:
		return arena_printf(arena, "%s cannot be opened as a root", folder);
	}
}

static const char *own_fault(
    struct arena *arena, const struct policy_question *q, const char *folder)
{
	AUTO_FREE char *fault = NULL;

	if (q->op != POLICY_FS_WRITE || !q->disk || !q->disk->own)
		return NULL;
	fault = q->disk->own(q->disk->arg, folder);
	return fault ? arena_strndup(arena, fault, strlen(fault)) : NULL;
}

void policy_root_offer_find(struct root_offer *out, struct arena *arena,
    const struct policy_question *q, const char *resolved, bool at_place)
{
	const char *path = in_project(q, resolved, at_place);
	const char *folder = is_own_root(q, path) ? path : above(arena, path);

	*out = (struct root_offer){0};
	while ((q->gates & RT_GATE_FS_MKDIR) && strcmp(folder, ".") != 0 &&
	       strcmp(folder, "/") != 0 && look(q, folder) == ENOENT)
		folder = above(arena, folder);
	if (is_unexpanded(folder))
		out->withheld = arena_printf(arena,
		    "nothing expands `%.*s` in a path: the program must name the folder itself",
		    (int)strcspn(folder, "/"), folder);
	else
		out->withheld = place_fault(arena, folder, q->cwd);
	if (!out->withheld)
		out->withheld = disk_fault(out, arena, q, folder);
	if (!out->withheld)
		out->withheld = own_fault(arena, q, folder);
	if (out->withheld)
		return;
	out->folder = arena_strndup(arena, folder, strlen(folder));
	out->outside = folder[0] == '/';
}
