/* SPDX-License-Identifier: MIT */
/*
 * Which directories a run needs as roots: the directory of each file, never more, and none that
 * lies in another. Three things make it more than dirname: a head that joins paths to roots needs
 * its root by name; a directory that the run made, removed or renamed cannot be its own root; and a
 * link needs a root that also holds what it leads to.
 */
#include "policy/observe_roots_priv.h"

#include "lang/rt/decide.h"
#include "policy/fields_priv.h"
#include "policy/text_priv.h"

#include <stdlib.h>
#include <string.h>

#define ROOTS_MAX 128u

void policy_observed_roots_clear(struct policy_observed_roots *roots)
{
	for (uint32_t i = 0; i < roots->count; i++)
		base_free_ptr(&roots->items[i].text);
	base_free_ptr(&roots->items);
	*roots = (struct policy_observed_roots){0};
}

/* Is @p path the directory @p dir or below it? "." is the project, absolute paths are outside. */
static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	if (path == NULL)
		return false;
	if (strcmp(dir, ".") == 0)
		return path[0] != '/';
	if (strcmp(dir, "/") == 0)
		return path[0] == '/';
	return strncmp(path, dir, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* The directory above, in place: "a/b" -> "a" -> "."; "/a" -> "/". */
static void up(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == path && slash[1] != '\0')
		slash[1] = '\0';
	else if (slash != NULL && slash != path)
		*slash = '\0';
	else if (slash == NULL)
		path[0] = '.', path[1] = '\0';
}

static bool was_created(const struct policy_observed *in, const char *dir)
{
	for (size_t i = 0; i < in->count; i++) {
		const struct policy_use *u = &in->uses[i];

		if (u->created && u->path != NULL && strcmp(u->path, ".") != 0 &&
		    is_below(dir, u->path))
			return true;
	}
	return false;
}

/* The text of the root is part of the path's meaning. */
static bool is_pinned(const struct policy_use *u)
{
	return u->joined && u->root != NULL && strcmp(u->path, u->subject) != 0;
}

/* The directory that must be a root, or lie in one; owned. */
static char *need_of(const struct policy_observed *in, const struct policy_use *u)
{
	char *dir;

	if (is_pinned(u))
		return base_strdup(u->root);
	/* room for "." */
	dir = base_calloc(1, strlen(u->path) + 2);
	memcpy(dir, u->path, strlen(u->path));
	if (!u->dir || u->moved)
		up(dir);
	if (u->real != NULL) {
		while (!is_below(u->real, dir) && strcmp(dir, ".") != 0 && strcmp(dir, "/") != 0)
			up(dir);
		if (u->dir == false && strcmp(u->real, dir) == 0)
			up(dir);
	}
	while (was_created(in, dir) && strcmp(dir, ".") != 0 && strcmp(dir, "/") != 0)
		up(dir);
	return dir;
}

static bool is_text_ok(const char *text)
{
	const char *help;
	struct str s = {text, (uint32_t)strlen(text)};

	return s.len <= 4096 && rt_decide_utf8(text, s.len) &&
	       policy_text_fault(POLICY_TEXT_PLAIN, s, &help) == NULL;
}

bool policy_observed_grantable(const struct policy_use *u)
{
	bool file = u->kind == POLICY_USE_READ || u->kind == POLICY_USE_WRITE;

	if (u->refused && u->why_not != NULL)
		return false;
	if (!file)
		return is_text_ok(u->subject);
	if (u->path == NULL || !is_text_ok(u->path))
		return false;
	return !u->refused || u->path[0] != '/';
}

static void add(struct policy_observed_roots *roots, char *text, bool pinned, bool used)
{
	for (uint32_t i = 0; i < roots->count; i++) {
		if (strcmp(roots->items[i].text, text) == 0) {
			roots->items[i].pinned |= pinned;
			roots->items[i].used |= used;
			free(text);
			return;
		}
	}
	roots->items =
	    base_realloc(roots->items, ((size_t)roots->count + 1) * sizeof(*roots->items));
	roots->items[roots->count++] = (struct policy_observed_root){text, pinned, used};
}

/* A root in another one adds nothing, unless its text is part of some path's meaning. */
static void prune(struct policy_observed_roots *roots)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < roots->count; i++) {
		struct policy_observed_root *r = &roots->items[i];
		struct policy_observed_root *holder = NULL;

		for (uint32_t k = 0; k < roots->count && holder == NULL && !r->pinned; k++) {
			if (k != i && roots->items[k].text != NULL &&
			    is_below(r->text, roots->items[k].text))
				holder = &roots->items[k];
		}
		if (holder == NULL)
			continue;
		holder->used |= r->used;
		free(r->text);
		r->text = NULL;
	}
	for (uint32_t i = 0; i < roots->count; i++) {
		if (roots->items[i].text != NULL)
			roots->items[kept++] = roots->items[i];
	}
	roots->count = kept;
}

/* Too many for a policy: the project as a whole, beside what is pinned or outside. */
static void collapse(struct policy_observed_roots *roots)
{
	if (roots->count <= ROOTS_MAX)
		return;
	add(roots, base_strdup("."), false, true);
	prune(roots);
}

/* Pinned ones first and in their order: paths are tried below each root in turn. */
static int by_text(const void *a, const void *b)
{
	const struct policy_observed_root *x = a, *y = b;

	if (x->pinned != y->pinned)
		return x->pinned ? -1 : 1;
	return x->pinned ? 0 : strcmp(x->text, y->text);
}

static void sort(struct policy_observed_roots *roots)
{
	/* stable, unlike qsort, and the lists are short */
	for (uint32_t i = 1; i < roots->count; i++) {
		struct policy_observed_root r = roots->items[i];
		uint32_t k = i;

		for (; k > 0 && by_text(&roots->items[k - 1], &r) > 0; k--)
			roots->items[k] = roots->items[k - 1];
		roots->items[k] = r;
	}
}

void policy_observed_roots_find(
    struct policy_observed_roots *out, const struct policy_observed *in, enum policy_use_kind kind)
{
	for (size_t i = 0; i < in->count; i++) {
		const struct policy_use *u = &in->uses[i];

		if (u->kind == kind && !u->created && policy_observed_grantable(u))
			add(out, need_of(in, u), is_pinned(u), !u->refused);
	}
	prune(out);
	collapse(out);
	sort(out);
}

/* Would a read root @p dir inside write root @p outer be in the way of this use? */
static bool is_hindered(const struct policy_use *u, const char *dir, const char *outer)
{
	AUTO_FREE char *above = NULL;

	if (is_below(u->path, dir) || is_below(u->real, dir))
		return true;
	if (!u->moved || u->path == NULL)
		return false;
	/* what lies between the two roots does not move, and nothing moves into it from outside */
	above = base_calloc(1, strlen(u->path) + 2);
	memcpy(above, u->path, strlen(u->path));
	up(above);
	return is_below(dir, u->path) || (is_below(dir, above) && !is_below(outer, above));
}

/* The write root that holds a directory which is written too; NULL: none, or it is only read. */
static const char *hindered_in(const struct policy_observed_roots *write, uint32_t count,
    const char *dir, const struct policy_observed *in)
{
	const char *outer = NULL;

	for (uint32_t k = 0; k < count; k++) {
		if (is_below(dir, write->items[k].text))
			outer = write->items[k].text;
	}
	for (size_t i = 0; outer != NULL && i < in->count; i++) {
		const struct policy_use *u = &in->uses[i];

		if (u->kind == POLICY_USE_WRITE && policy_observed_grantable(u) &&
		    is_hindered(u, dir, outer))
			return outer;
	}
	return NULL;
}

void policy_observed_roots_nest(struct policy_observed_roots *read,
    struct policy_observed_roots *write, const struct policy_observed *in)
{
	uint32_t count = write->count;

	for (uint32_t i = 0; i < read->count; i++) {
		const char *dir = read->items[i].text;

		if (hindered_in(write, count, dir, in) != NULL)
			add(write, base_strdup(dir), false, true);
	}
	if (write->count > ROOTS_MAX) { /* equal roots do not decide against each other */
		add(read, base_strdup("."), false, true);
		prune(read);
		sort(read);
	}
	collapse(write);
	sort(write);
}

const struct policy_observed_root *policy_observed_root_of(
    const struct policy_observed_roots *roots, const struct policy_use *u)
{
	const struct policy_observed_root *found = NULL;

	for (uint32_t i = 0; i < roots->count; i++) {
		const char *text = roots->items[i].text;

		if (is_pinned(u) && strcmp(text, u->root) == 0)
			return &roots->items[i];
		/* the innermost one: two can nest (policy_observed_roots_nest) */
		if (!is_pinned(u) && is_below(u->path, text) &&
		    (found == NULL || is_below(text, found->text)))
			found = &roots->items[i];
	}
	return found;
}
