/* SPDX-License-Identifier: MIT */
/*
 * Decisions about texts. No file, no state, no allocation: the guest calls them at each operation,
 * `x07 policy explain` with the same arguments.
 */
#include "lang/rt/decide.h"

#include "lang/rt/config.h"

#include <string.h>

/* ---- texts ---- */

/* Length of the UTF-8 sequence at @p p, 0 when there is none. */
static size_t utf8_len(const uint8_t *p, size_t left)
{
	uint8_t low = 0x80, high = 0xBF;
	size_t n;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xC2 || p[0] > 0xF4)
		return 0;
	n = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	if (left < n)
		return 0;
	if (p[0] == 0xE0)
		low = 0xA0;
	else if (p[0] == 0xED)
		high = 0x9F;
	else if (p[0] == 0xF0)
		low = 0x90;
	else if (p[0] == 0xF4)
		high = 0x8F;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	}
	return n;
}

bool rt_decide_utf8(const void *text, size_t len)
{
	const uint8_t *p = text;

	for (size_t i = 0; i < len;) {
		size_t n = utf8_len(p + i, len - i);

		if (!n)
			return false;
		i += n;
	}
	return true;
}

static bool segment_safe(const char *s, size_t len)
{
	if (len == 0 || (len == 1 && s[0] == '.') || (len == 2 && s[0] == '.' && s[1] == '.'))
		return false;
	return len < 5 || memcmp(s, ".x07_", 5) != 0;
}

bool rt_decide_safe_relative(const char *path, size_t len)
{
	size_t start = 0;

	for (size_t i = 0; i <= len; i++) {
		char c = '/';

		if (i < len)
			c = path[i];
		if (c == '\0' || c == '\\')
			return false;
		if (c != '/')
			continue;
		if (!segment_safe(len ? path + start : NULL, i - start))
			return false;
		start = i + 1;
	}
	return true;
}

bool rt_decide_hidden(const char *path, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (path[i] != '.' || (i > 0 && path[i - 1] != '/'))
			continue;
		/* "." itself hides nothing */
		if (i + 1 < len && path[i + 1] != '/')
			return true;
	}
	return false;
}

/* ---- the legacy heads ---- */

int rt_decide_file(uint32_t gates, const char *path, size_t len)
{
	if (!(gates & RT_GATE_FS))
		return RT_WHY_DISABLED;
	if (!(gates & RT_GATE_BLOCKING_IO))
		return RT_WHY_GATE;
	if (!rt_decide_safe_relative(path, len))
		return RT_WHY_UNSAFE_PATH;
	if ((gates & RT_GATE_DENY_HIDDEN) && rt_decide_hidden(path, len))
		return RT_WHY_HIDDEN;
	return 0;
}

size_t rt_decide_below(bool *in_root, const char *root, const char *path)
{
	size_t len = strlen(root);

	while (len > 1 && root[len - 1] == '/')
		len--;
	/* below root "." everything is itself */
	if (len == 1 && root[0] == '.')
		*in_root = true;
	/* "out/a" below root "out" is "a" */
	if (strncmp(path, root, len) != 0 || path[len] != '/')
		return 0;
	*in_root = true;
	return len + 1;
}

/* ---- the *_v1 family ---- */

static bool add_segment(struct rt_path *p, const char *s, size_t len)
{
	if (p->len + len + 2 > sizeof(p->at))
		return false;
	if (p->len && p->at[p->len - 1] != '/')
		p->at[p->len++] = '/';
	memcpy(p->at + p->len, s, len);
	p->len += len;
	p->at[p->len] = '\0';
	return true;
}

static void drop_segment(struct rt_path *p)
{
	while (p->len > 1 && p->at[p->len - 1] != '/')
		p->len--;
	while (p->len > 1 && p->at[p->len - 1] == '/')
		p->len--;
	p->at[p->len] = '\0';
}

bool rt_path_start(struct rt_path *p, const char *dir)
{
	size_t len = dir ? strnlen(dir, sizeof(p->at)) : 0;

	if (!len || len == sizeof(p->at) || dir[0] != '/')
		return false;
	memcpy(p->at, dir, len + 1);
	p->len = len;
	return true;
}

/* Source: docs/spec/stdlib.md 4.2, "path". */
bool rt_path_add(struct rt_path *p, const char *path, size_t len)
{
	size_t start = len && path[0] == '/' ? 1 : 0;
	bool any = false;

	if (len == 0 || !rt_decide_utf8(path, len))
		return false;
	for (size_t i = start; i <= len; i++) {
		char c = '/';
		const char *s = path + start;
		size_t n = i - start;

		if (i < len)
			c = path[i];
		if (c == '\0' || c == '\\')
			return false;
		if (c != '/')
			continue;
		start = i + 1;
		if (n == 0 || (n == 2 && memcmp(s, "..", 2) == 0))
			return false;
		if (n == 1 && *s == '.')
			continue;
		any = true;
		if (!add_segment(p, s, n))
			return false;
	}
	return any;
}

/* Add the policy's text of a root, which may hold "." and "..". */
static bool add_root(struct rt_path *p, const char *root)
{
	while (*root) {
		size_t len = strcspn(root, "/");

		if (len == 2 && memcmp(root, "..", 2) == 0)
			drop_segment(p);
		else if (len && !(len == 1 && *root == '.') && !add_segment(p, root, len))
			return false;
		root += len + (root[len] == '/');
	}
	return true;
}

bool rt_path_of(struct rt_path *out, const char *cwd, const char *root, const char *rest)
{
	return rt_path_start(out, *root == '/' ? "/" : cwd) && add_root(out, root) &&
	       (!rest || add_root(out, rest));
}

/* Bytes of @p path that name @p root, 0 when it is elsewhere. */
static size_t inside(const struct rt_path *root, const struct rt_path *path)
{
	if (root->len == 1)
		return 1;
	if (path->len < root->len || memcmp(path->at, root->at, root->len) != 0)
		return 0;
	return path->at[root->len] == '\0' || path->at[root->len] == '/' ? root->len : 0;
}

/* Bytes of @p path that name the innermost root that holds it; 0 when none does. */
static size_t innermost(
    uint32_t *which, const struct rt_texts *roots, const char *cwd, const struct rt_path *path)
{
	size_t best = 0;

	for (uint32_t i = 0; i < roots->count; i++) {
		const char *item = roots->item(roots->list, i);
		struct rt_path root;
		size_t n;

		if (!rt_path_of(&root, cwd, item, NULL))
			continue;
		n = inside(&root, path);
		if (n > best) {
			best = n;
			*which = i;
		}
	}
	return best;
}

bool rt_decide_root(uint32_t *which, size_t *rest, const struct rt_texts *roots, const char *cwd,
    const struct rt_path *path)
{
	size_t best = innermost(which, roots, cwd, path);

	if (best)
		*rest = best + (path->at[best] == '/');
	return best != 0;
}

bool rt_decide_read_only(uint32_t *which, const struct rt_texts *reads,
    const struct rt_texts *writes, const char *cwd, const struct rt_path *path)
{
	uint32_t unused = 0;
	size_t write = innermost(&unused, writes, cwd, path);

	return write && innermost(which, reads, cwd, path) > write;
}

/* ---- variables ---- */

static bool holds(const struct rt_texts *list, const char *key, size_t len)
{
	for (uint32_t i = 0; i < list->count; i++) {
		const char *item = list->item(list->list, i);

		if (strlen(item) == len && memcmp(item, key, len) == 0)
			return true;
	}
	return false;
}

int rt_decide_env(uint32_t gates, const struct rt_texts *allow, const struct rt_texts *deny,
    const char *key, size_t len)
{
	if (!(gates & RT_GATE_ENV))
		return RT_WHY_DISABLED;
	if (holds(deny, key, len))
		return RT_WHY_DENY_LISTED;
	return holds(allow, key, len) ? 0 : RT_WHY_NOT_LISTED;
}
