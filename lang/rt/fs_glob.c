/* SPDX-License-Identifier: MIT */
/*
 * Glob patterns of walk_glob_sorted_text_v1: ? one byte, * any bytes (a slash too), ** between
 * slashes any number of directories, [abc] [a-z] [!a], {a,b}, backslash escapes. Alternatives are
 * taken one after the other; each is matched by stepping a set of positions over the path, so the
 * time is pattern times path whatever the pattern.
 * Source: docs/spec/stdlib.md 4.2 (globset syntax, literal_separator not set).
 */
#include "lang/rt/fs_glob.h"

#include "lang/rt/fs_types.h"
#include "lang/rt/protos.h"
#include "lang/rt/text.h"

#include <string.h>

enum token_kind { T_BYTE, T_ANY, T_STAR, T_DIRS, T_CLASS };

struct token {
	uint8_t kind;
	uint8_t byte;
	bool negated;
	uint16_t from, to; /* T_CLASS: its text */
};

struct pattern {
	uint32_t count;
	uint8_t text[GLOB_MAX];
	uint32_t len;
	struct token at[GLOB_MAX];
};

/* The end of a class that starts at @p i (after the bracket), or 0. "]" first is a member. */
static uint32_t class_end(const uint8_t *s, uint32_t len, uint32_t i)
{
	if (i < len && (s[i] == '!' || s[i] == '^'))
		i++;
	for (uint32_t j = i; j < len; j++) {
		if (s[j] == ']' && j > i)
			return j;
	}
	return 0;
}

static bool class_has(const uint8_t *s, uint32_t from, uint32_t to, uint8_t c)
{
	for (uint32_t i = from; i < to; i++) {
		if (i + 2 < to && s[i + 1] == '-') {
			if (c >= s[i] && c <= s[i + 2])
				return true;
			i += 2;
		} else if (s[i] == c) {
			return true;
		}
	}
	return false;
}

/* "**" that stands between slashes (or at the start): then any directories. */
static bool is_dirs(const struct pattern *p, uint32_t i)
{
	return i + 2 < p->len && p->text[i + 1] == '*' && p->text[i + 2] == '/' &&
	       (i == 0 || p->text[i - 1] == '/');
}

/* One token at @p i. @return the place behind it, 0 when malformed. */
static uint32_t add_token(struct pattern *p, uint32_t i)
{
	struct token *t = &p->at[p->count++];
	uint8_t c = p->text[i];
	uint32_t end;

	*t = (struct token){.kind = T_BYTE, .byte = c};
	if (c == '?') {
		t->kind = T_ANY;
	} else if (c == '*') {
		t->kind = is_dirs(p, i) ? T_DIRS : T_STAR;
		return t->kind == T_DIRS ? i + 3 : i + 1;
	} else if (c == '\\') {
		if (i + 1 >= p->len)
			return 0;
		t->byte = p->text[i + 1];
		return i + 2;
	} else if (c == '[') {
		end = class_end(p->text, p->len, i + 1);
		if (!end)
			return 0;
		t->kind = T_CLASS;
		t->negated = p->text[i + 1] == '!' || p->text[i + 1] == '^';
		t->from = (uint16_t)(i + 1 + t->negated);
		t->to = (uint16_t)end;
		return end + 1;
	}
	return i + 1;
}

static bool compile(struct pattern *p)
{
	p->count = 0;
	for (uint32_t i = 0; i < p->len;) {
		i = add_token(p, i);
		if (!i)
			return false;
	}
	return true;
}

/* Positions that need no byte: a star and a run of directories may be empty. */
static void close_over(const struct pattern *p, uint8_t *set)
{
	for (uint32_t i = 0; i < p->count; i++) {
		if (set[i] && (p->at[i].kind == T_STAR || (p->at[i].kind == T_DIRS && set[i] == 1)))
			set[i + 1] = 1;
	}
}

static bool takes(const struct pattern *p, const struct token *t, uint8_t c)
{
	switch ((enum token_kind)t->kind) {
	case T_BYTE:
		return t->byte == c;
	case T_ANY:
		return true;
	case T_CLASS:
		return class_has(p->text, t->from, t->to, c) != t->negated;
	case T_STAR:
	case T_DIRS:
		return false;
	}
	return false;
}

/* 1 = at this position, 2 = inside a directory name of T_DIRS: it must end by a slash first. */
static void step(const struct pattern *p, const uint8_t *now, uint8_t *next, uint8_t c)
{
	memset(next, 0, p->count + 1);
	for (uint32_t i = 0; i < p->count; i++) {
		if (!now[i])
			continue;
		if (p->at[i].kind == T_STAR)
			next[i] = 1;
		else if (p->at[i].kind == T_DIRS)
			next[i] = c == '/' ? 1 : next[i] == 1 ? 1 : 2;
		else if (takes(p, &p->at[i], c))
			next[i + 1] = 1;
	}
	close_over(p, next);
}

static bool match_one(const struct pattern *p, const char *path)
{
	uint8_t sets[2][GLOB_MAX + 1];
	unsigned now = 0;

	memset(sets[0], 0, p->count + 1);
	sets[0][0] = 1;
	close_over(p, sets[0]);
	for (; *path; path++, now ^= 1)
		step(p, sets[now], sets[now ^ 1], (uint8_t)*path);
	return sets[now][p->count] != 0;
}

/*
 * Walks over the alternatives: @p which is a number whose digits, one for each group in order of
 * appearance, choose a branch.
 */
struct expansion {
	const uint8_t *in;
	uint32_t len;
	uint32_t which;
	struct pattern *out;
};

/* Number of branches of the group at @p i ("{"), and the place of its "}". 0 = not closed. */
static uint32_t branches(const uint8_t *s, uint32_t len, uint32_t i, uint32_t *end)
{
	uint32_t depth = 0, count = 1;

	for (; i < len; i++) {
		if (s[i] == '\\') {
			i++;
		} else if (s[i] == '{') {
			depth++;
		} else if (s[i] == ',' && depth == 1) {
			count++;
		} else if (s[i] == '}' && --depth == 0) {
			*end = i;
			return count;
		}
	}
	return 0;
}

/* The text of branch @p n of the group at @p i. */
static void branch(const struct expansion *e, uint32_t i, uint32_t n, uint32_t *from, uint32_t *to)
{
	uint32_t depth = 0;

	*from = i + 1;
	for (;; i++) {
		if (e->in[i] == '\\') {
			i++;
		} else if (e->in[i] == '{') {
			depth++;
		} else if ((e->in[i] == ',' && depth == 1) || (e->in[i] == '}' && --depth == 0)) {
			*to = i;
			if (n-- == 0)
				return;
			*from = i + 1;
		}
	}
}

#define NESTING_MAX 8

/* Copy in[from, to) with one branch of each group. @return false when malformed. */
static bool expand(struct expansion *e, uint32_t from, uint32_t to, unsigned nesting)
{
	uint32_t end = 0, inner_from = 0, inner_to = 0;

	for (uint32_t i = from; i < to; i++) {
		uint32_t n;

		if (e->in[i] == '}' || nesting > NESTING_MAX)
			return false;
		if (e->in[i] != '{') {
			e->out->text[e->out->len++] = e->in[i];
			if (e->in[i] == '\\' && i + 1 < to)
				e->out->text[e->out->len++] = e->in[++i];
			continue;
		}
		n = branches(e->in, to, i, &end);
		if (!n)
			return false;
		branch(e, i, e->which % n, &inner_from, &inner_to);
		e->which /= n;
		if (!expand(e, inner_from, inner_to, nesting + 1))
			return false;
		i = end;
	}
	return true;
}

/* Product over all groups, an upper bound of the alternatives when groups nest. */
static uint32_t alternatives(rt_view glob)
{
	uint32_t product = 1, end = 0;

	for (uint32_t i = 0; i < glob.len && product <= GLOB_ALTERNATIVES; i++) {
		if (glob.ptr[i] == '\\')
			i++;
		else if (glob.ptr[i] == '{')
			product *= branches(glob.ptr, glob.len, i, &end);
		if (!product)
			return 0;
	}
	return product;
}

static bool make(struct pattern *p, rt_view glob, uint32_t which)
{
	struct expansion e = {glob.ptr, glob.len, which, p};

	p->len = 0;
	return expand(&e, 0, glob.len, 0) && compile(p);
}

enum fs_code rt_glob_check(rt_view glob)
{
	struct pattern p = {0};
	uint32_t n;

	if (glob.len > GLOB_MAX || !rt_utf8_valid(glob))
		return FS_BAD_PATH;
	n = alternatives(glob);
	if (n == 0 || n > GLOB_ALTERNATIVES)
		return FS_BAD_PATH;
	for (uint32_t i = 0; i < n; i++) {
		if (!make(&p, glob, i))
			return FS_BAD_PATH;
	}
	return FS_OK;
}

bool rt_glob_match(rt_view glob, const char *path)
{
	struct pattern p = {0};
	uint32_t n = alternatives(glob);

	for (uint32_t i = 0; i < n; i++) {
		if (make(&p, glob, i) && match_one(&p, path))
			return true;
	}
	return false;
}
