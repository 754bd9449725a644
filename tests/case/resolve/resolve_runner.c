/* SPDX-License-Identifier: MIT */
/*
 * resolve_runner FILE.case: answer the question of a case and compare with what it expects. Exit
 * status 0: as expected; 1: not; 2: the case itself is wrong. A directive starts with "@" at the
 * start of a line and goes on to the next one; things in it are divided by "|" or line ends.
 *
 *   @index  NAME VERSION [(yanked)] [(advised)] [(toolchain REQUIREMENT)] [needs NAME REQ; NAME
 * REQ]
 *   @want   NAME [REQUIREMENT]       of the project
 *   @lock   NAME VERSION             @patch, @local: the same
 *   @allow  yanked | pre-release | no-advised | no-ways-out
 *   @toolchain VERSION
 *   @expect NAME VERSION [WORD..]    the plan, sorted; or
 *   @expect error ID: TEXT           then the lines of the conflict after the headline
 */
#include "base/file.h"
#include "pkg/resolve.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CASE_MAX (1u << 20)
#define ITEMS_MAX 512
#define NEEDS_MAX 16

struct entry {
	char *name;
	struct pkg_candidate version;
	struct pkg_need needs[NEEDS_MAX];
	struct pkg_needs all;
};

struct resolve_case {
	struct entry index[ITEMS_MAX];
	struct pkg_candidate listed[ITEMS_MAX * 8];
	size_t listed_count;
	struct pkg_need wants[ITEMS_MAX];
	struct pkg_fixed fixed[ITEMS_MAX];
	uint32_t index_count;
	struct pkg_resolve_input in;
	struct buf expected;
};

static char *trim(char *text)
{
	char *end;

	text += strspn(text, " \t\n");
	end = text + strlen(text);
	while (end > text && strchr(" \t\n", end[-1]))
		*--end = '\0';
	return text;
}

/* Cut the first word off; what follows it is trimmed. */
static char *word(char **rest)
{
	char *start = *rest;
	size_t n = strcspn(start, " \t\n");

	if (start[n])
		start[n++] = '\0';
	*rest = trim(start + n);
	return start;
}

static int take_flag(struct entry *e, char *flag, struct err *err)
{
	static const char toolchain[] = "toolchain ";

	if (strcmp(flag, "yanked") == 0)
		e->version.yanked = true;
	else if (strcmp(flag, "advised") == 0)
		e->version.advised = true;
	else if (strncmp(flag, toolchain, strlen(toolchain)) == 0)
		e->all.compat = flag + strlen(toolchain);
	else
		return err_set(err, ERR_FORMAT, "unknown flag (%s)", flag);
	return 0;
}

static int take_needs(struct entry *e, char *text, struct err *err)
{
	char *save = NULL;

	for (char *one = strtok_r(text, ";", &save); one; one = strtok_r(NULL, ";", &save)) {
		char *rest = trim(one);

		if (e->all.count == NEEDS_MAX)
			return err_set(err, ERR_LIMIT, "%s: too many needs", e->name);
		e->needs[e->all.count].name = word(&rest);
		e->needs[e->all.count++].requirement = rest;
	}
	return 0;
}

static int take_index(struct resolve_case *c, char *text, struct err *err)
{
	struct entry *e = &c->index[c->index_count++];
	int rc = 0;

	e->name = word(&text);
	e->version.version = word(&text);
	e->all.items = e->needs;
	while (rc == 0 && text[0] == '(') {
		char *end = strchr(text, ')');

		if (!end)
			return err_set(err, ERR_FORMAT, "no ) behind %s", text);
		*end = '\0';
		rc = take_flag(e, text + 1, err);
		text = trim(end + 1);
	}
	if (rc < 0 || !text[0])
		return rc;
	if (strcmp(word(&text), "needs") != 0)
		return err_set(
		    err, ERR_FORMAT, "%s: what follows the version is not \"needs\"", e->name);
	return take_needs(e, text, err);
}

static int take_want(struct resolve_case *c, char *text, struct err *err)
{
	(void)err;
	c->wants[c->in.want_count].name = word(&text);
	c->wants[c->in.want_count++].requirement = text;
	return 0;
}

static int take_fixed(struct resolve_case *c, char *text, enum pkg_fix fix)
{
	char *name = word(&text);

	c->fixed[c->in.fixed_count++] = (struct pkg_fixed){name, text, fix};
	return 0;
}

static int take_lock(struct resolve_case *c, char *text, struct err *err)
{
	(void)err;
	return take_fixed(c, text, PKG_FIX_LOCKED);
}

static int take_patch(struct resolve_case *c, char *text, struct err *err)
{
	(void)err;
	return take_fixed(c, text, PKG_FIX_FORCED);
}

static int take_local(struct resolve_case *c, char *text, struct err *err)
{
	(void)err;
	return take_fixed(c, text, PKG_FIX_LOCAL);
}

static int take_allow(struct resolve_case *c, char *text, struct err *err)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
	    {"yanked", &c->in.allow_yanked},
	    {"pre-release", &c->in.allow_pre_release},
	    {"no-advised", &c->in.deny_advised},
	    {"no-ways-out", &c->in.no_ways_out},
	};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		if (strcmp(text, flags[i].name) == 0) {
			*flags[i].flag = true;
			return 0;
		}
	}
	return err_set(err, ERR_FORMAT, "unknown @allow %s", text);
}

static int take_toolchain(struct resolve_case *c, char *text, struct err *err)
{
	(void)err;
	c->in.toolchain_version = text;
	return 0;
}

static int take_expect(struct resolve_case *c, char *text, struct err *err)
{
	(void)err;
	buf_printf(&c->expected, "%s\n", text);
	return 0;
}

static const struct {
	const char *name;
	const char *divided_by;
	int (*take)(struct resolve_case *c, char *text, struct err *err);
} directives[] = {
    {"index", "|\n", take_index},
    {"want", "|\n", take_want},
    {"lock", "|\n", take_lock},
    {"patch", "|\n", take_patch},
    {"local", "|\n", take_local},
    {"allow", "|\n", take_allow},
    {"toolchain", "\n", take_toolchain},
    {"expect", "\n", take_expect},
};

static int take(struct resolve_case *c, char *text, struct err *err)
{
	char *rest = text;
	char *name = word(&rest);
	char *save = NULL;
	size_t i = 0;
	int rc = 0;

	while (i < ARRAY_LEN(directives) && strcmp(directives[i].name, name) != 0)
		i++;
	if (i == ARRAY_LEN(directives))
		return err_set(err, ERR_FORMAT, "unknown directive @%s", name);
	for (char *one = strtok_r(rest, directives[i].divided_by, &save); rc == 0 && one;
	     one = strtok_r(NULL, directives[i].divided_by, &save)) {
		one = trim(one);
		if (c->index_count == ITEMS_MAX || c->in.want_count == ITEMS_MAX ||
		    c->in.fixed_count == ITEMS_MAX)
			return err_set(err, ERR_LIMIT, "too much in one case");
		if (one[0])
			rc = directives[i].take(c, one, err);
	}
	return rc;
}

/* Cut the text at each "@" that starts a line; what is before the first one is a remark. */
static int parse(struct resolve_case *c, char *text, struct err *err)
{
	char *at = text[0] == '@' ? text : strstr(text, "\n@");
	int rc = 0;

	c->expected = buf_init(CASE_MAX);
	c->in.wants = c->wants;
	c->in.fixed = c->fixed;
	while (rc == 0 && at) {
		char *start = at[0] == '@' ? at + 1 : at + 2;

		at = strstr(start, "\n@");
		if (at)
			*at = '\0';
		rc = take(c, start, err);
	}
	if (rc == 0 && !c->expected.len)
		rc = err_set(err, ERR_FORMAT, "nothing is expected");
	return rc;
}

static int list_versions(struct pkg_candidates *out, void *ctx, const char *name, struct err *err)
{
	struct resolve_case *c = ctx;
	struct pkg_candidate *first = &c->listed[c->listed_count];

	for (uint32_t i = 0; i < c->index_count; i++) {
		if (strcmp(c->index[i].name, name) != 0)
			continue;
		if (c->listed_count == ARRAY_LEN(c->listed))
			return err_set(err, ERR_LIMIT, "too many versions");
		c->listed[c->listed_count++] = c->index[i].version;
		out->count++;
	}
	out->items = first;
	return out->count ? 0 : err_set(err, ERR_NOT_FOUND, "no package %s", name);
}

static int list_needs(
    struct pkg_needs *out, void *ctx, const char *name, const char *version, struct err *err)
{
	const struct resolve_case *c = ctx;

	for (uint32_t i = 0; i < c->index_count; i++) {
		const struct entry *e = &c->index[i];

		if (strcmp(e->name, name) == 0 && strcmp(e->version.version, version) == 0) {
			*out = e->all;
			return 0;
		}
	}
	return err_set(err, ERR_NOT_FOUND, "no %s %s", name, version);
}

static void print_plan(struct buf *out, const struct pkg_plan *plan)
{
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct pkg_plan_item *p = &plan->items[i];

		buf_printf(out, "%s %s%s%s%s%s%s%s%s\n", p->name, p->version,
		    p->direct ? " direct" : "", p->locked ? " locked" : "",
		    p->forced ? " forced" : "", p->local ? " local" : "",
		    p->yanked ? " yanked" : "", p->advised ? " advised" : "",
		    p->pre_release ? " pre-release" : "");
	}
	if (!plan->count)
		buf_puts(out, "nothing\n");
}

/* "X07PKG_RESOLVE_CONFLICT" -> "resolve-conflict" */
static void print_code(struct buf *out, const char *code)
{
	static const char prefix[] = "X07PKG_";

	if (strncmp(code, prefix, strlen(prefix)) == 0)
		code += strlen(prefix);
	for (; *code; code++) {
		char lower = (char)tolower((unsigned char)*code);

		buf_add(out, lower == '_' ? "-" : &lower, 1);
	}
}

static void answer(struct buf *out, struct resolve_case *c)
{
	CLEANUP(pkg_plan_clear) struct pkg_plan plan = {0};
	CLEANUP(pkg_conflict_clear) struct pkg_conflict conflict = {0};
	CLEANUP(buf_clear) struct buf lines = buf_init(CASE_MAX);
	const struct pkg_source source = {.ctx = c, .versions = list_versions, .needs = list_needs};
	struct err err = {0};
	char *save = NULL;

	if (pkg_resolve(&plan, &conflict, &c->in, &source, &err) == 0) {
		print_plan(out, &plan);
		return;
	}
	buf_puts(out, "error ");
	print_code(out, err_shown(&err));
	if (!conflict.headline) {
		buf_printf(out, ": %s\n", err.message);
		return;
	}
	pkg_conflict_print(&lines, &conflict);
	for (char *line = strtok_r(lines.data, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		buf_printf(out, "%s%s\n", line == lines.data ? ": " : "", trim(line));
}

static void case_clear(struct resolve_case **c)
{
	buf_clear(&(*c)->expected);
	free(*c);
}

static int run(const char *path, struct err *err)
{
	CLEANUP(case_clear) struct resolve_case *c = base_calloc(1, sizeof(*c));
	CLEANUP(buf_clear) struct buf text = buf_init(CASE_MAX);
	CLEANUP(buf_clear) struct buf got = buf_init(CASE_MAX);
	int rc = file_read(&text, path, err);

	if (rc == 0)
		rc = parse(c, text.data, err);
	if (rc < 0)
		return rc;
	answer(&got, c);
	if (strcmp(got.data, c->expected.data) == 0)
		return 0;
	dprintf(STDERR_FILENO, "wanted:\n%sgot:\n%s", c->expected.data, got.data);
	return 1;
}

int main(int argc, char **argv)
{
	struct err err = {0};
	int rc;

	if (argc != 2) {
		dprintf(STDERR_FILENO, "usage: resolve_runner FILE.case\n");
		return 2;
	}
	rc = run(argv[1], &err);
	if (rc < 0)
		dprintf(STDERR_FILENO, "%s: %s\n", argv[1], err.message);
	return rc < 0 ? 2 : rc;
}
