/* SPDX-License-Identifier: MIT */
/*
 * Answers about files. Texts are decided by lang/rt/decide.h; what the disk says decides between
 * roots (read_file, write_file) and about links. What a run got from the disk (`seen`) has the last
 * word where the disk says something else by now.
 * Source: docs/spec/run-and-policy.md 2.1 and 2.2.
 */
#include "policy/decide_file_priv.h"

#include "lang/rt/decide.h"
#include "policy/answer_priv.h"
#include "policy/gates.h"

#include <errno.h>
#include <string.h>

static const char *item(const void *list, uint32_t i)
{
	return ((const struct policy_list *)list)->items[i];
}

static const char *roots_name(const struct policy_question *q)
{
	return q->op == POLICY_FS_WRITE ? "write_roots" : "read_roots";
}

static const struct policy_list *roots_of(const struct policy *p, const struct policy_question *q)
{
	return q->op == POLICY_FS_WRITE ? &p->fs.write_roots : &p->fs.read_roots;
}

/* Refusals that do not depend on the roots. */
static void refused(struct policy_decision *d, int why, const struct policy_question *q)
{
	if (why == RT_WHY_DISABLED)
		policy_answer(d, false, "fs.enabled is false", "/fs/enabled");
	else if (why == RT_WHY_GATE)
		policy_answer(d, false, "threads.max_blocking is 0", "/threads/max_blocking");
	else if (why == RT_WHY_HIDDEN)
		policy_answer(d, false, "a segment starts with a dot and fs.deny_hidden is true",
		    "/fs/deny_hidden");
	else if (q->v1)
		policy_answer(
		    d, false, "the path has \"..\", an empty segment or a \"\\\"", "%s", "");
	else if (q->subject[0] == '/')
		policy_answer(d, false,
		    "the path must be relative here; std.os.fs.read_all_v1, write_all_v1 and the "
		    "like take absolute ones, below a root of the policy",
		    "%s", "");
	else
		policy_answer(d, false,
		    "the path must be relative, without \".\", \"..\", \"\\\", empty or \".x07_\" "
		    "segments",
		    "%s", "");
}

static void no_root(struct policy_decision *d, const struct policy_question *q)
{
	policy_answer(d, false,
	    q->op == POLICY_FS_WRITE ? "no write root holds it" : "no read root holds it", "/fs/%s",
	    roots_name(q));
}

static void not_permitted(struct policy_decision *d)
{
	policy_answer(d, false,
	    "a root of the policy holds it, but its own permissions do not allow it", "%s", "");
}

static struct rt_texts texts(const struct policy_list *list)
{
	return (struct rt_texts){item, list, list->count};
}

/* A read root inside the write root that holds the path: the more specific one decides. */
static bool is_read_only(uint32_t *which, const struct policy *p, const struct policy_question *q,
    const struct rt_path *path)
{
	struct rt_texts reads = texts(&p->fs.read_roots), writes = texts(&p->fs.write_roots);

	return q->op == POLICY_FS_WRITE &&
	       rt_decide_read_only(which, &reads, &writes, q->cwd, path);
}

static void read_only(struct policy_decision *d, uint32_t which)
{
	policy_answer(d, false,
	    "a read root inside the write root holds it, and the inner one decides",
	    "/fs/read_roots/%u", (unsigned)which);
}

/* @param text  moved. */
static void replace(char **slot, char *text)
{
	base_free_ptr(slot);
	*slot = text;
}

static char *join(const char *root, const char *rest)
{
	struct buf text = buf_init(3 * (size_t)RT_PATH_MAX);
	size_t len = strlen(root);

	buf_printf(&text, "%s%s%s", root, len && root[len - 1] == '/' ? "" : "/", rest);
	return buf_take(&text);
}

static int look(
    const struct policy_question *q, const struct policy *p, const char *root, const char *rest)
{
	return q->disk->open(
	    q->disk->arg, root, rest, q->op == POLICY_FS_WRITE, p->fs.allow_symlinks);
}

/* A link on the way, which the policy forbids or which leads nowhere. */
static void linked(struct policy_decision *d, const struct policy *p)
{
	if (p->fs.allow_symlinks)
		policy_answer(d, false, "the symbolic links on the way lead in a circle", "%s", "");
	else
		policy_answer(d, false,
		    "a symbolic link is on the way and fs.allow_symlinks is false",
		    "/fs/allow_symlinks");
}

static bool is_permission(int failed)
{
	return failed == EACCES || failed == EPERM || failed == EROFS;
}

/* What the last look at the disk said, when no root could serve the path. */
static void not_opened(struct policy_decision *d, const struct policy *p,
    const struct policy_question *q, int failed, uint32_t first, bool in_root)
{
	if (failed == ELOOP)
		linked(d, p);
	else if (failed == EXDEV)
		policy_answer(d, false, "a symbolic link or mount on the way leads out of the root",
		    "%s", "");
	else if (is_permission(q->seen) && in_root)
		not_permitted(d);
	else if (!in_root)
		no_root(d, q);
	else
		policy_answer(
		    d, true, "a root holds it", "/fs/%s/%u", roots_name(q), (unsigned)first);
	if (d->allowed && q->disk)
		d->note = failed != ENOENT           ? "it cannot be opened"
			  : q->op == POLICY_FS_WRITE ? "its folder does not exist (yet)"
						     : "it does not exist (yet)";
}

/* A run was refused what the disk would allow now. */
static void heed_run(
    struct policy_decision *d, const struct policy *p, const struct policy_question *q)
{
	if (d->allowed && (q->seen == ELOOP || q->seen == EXDEV || is_permission(q->seen)))
		not_opened(d, p, q, q->seen, 0, true);
}

/* Roots are tried in order, as the runtime does; the first that opens wins. */
static void try_roots(
    struct policy_decision *d, const struct policy *p, const struct policy_question *q)
{
	const struct policy_list *roots = roots_of(p, q);
	uint32_t first = 0, reader = 0, unused = 0;
	bool in_root = false, shut = false;
	struct rt_path path;
	int failed = ENOENT;

	for (uint32_t i = 0; i < roots->count; i++) {
		bool here = false;
		const char *rest = q->subject + rt_decide_below(&here, roots->items[i], q->subject);

		if (rt_path_of(&path, q->cwd, roots->items[i], rest) &&
		    is_read_only(shut ? &unused : &reader, p, q, &path)) {
			if (!shut)
				replace(&d->resolved, join(roots->items[i], rest));
			shut = true;
			continue;
		}
		failed = q->disk ? look(q, p, roots->items[i], rest) : ENOENT;
		if (here && !in_root)
			first = i;
		if (!d->resolved || failed == 0 || (here && !in_root && !shut))
			replace(&d->resolved, join(roots->items[i], rest));
		in_root = in_root || here;
		if (failed)
			continue;
		policy_answer(d, true, "a root holds it", "/fs/%s/%u", roots_name(q), (unsigned)i);
		if (!here)
			d->note = "the root is put in front of the path";
		return;
	}
	if (shut) {
		read_only(d, reader);
		return;
	}
	/* A short name was tried in each root: it is their permissions that refused it. */
	in_root = in_root ||
		  (roots->count > 0 && is_permission(q->seen) && strchr(q->subject, '/') == NULL);
	not_opened(d, p, q, failed, first, in_root);
}

static void decide_legacy(
    struct policy_decision *d, const struct policy *p, const struct policy_question *q)
{
	int why = rt_decide_file(policy_gates(p), q->subject, strlen(q->subject));

	if (why)
		refused(d, why, q);
	else
		try_roots(d, p, q);
}

/* The bound is asked last, as the runtime does while it reads or writes. */
static void check_bound(
    struct policy_decision *d, const struct policy *p, const struct policy_question *q)
{
	const struct policy_bound *bound = policy_bound_of(q->limit);

	if (!d->allowed || q->limit == RT_LIMIT_NONE ||
	    (q->amount && q->amount <= policy_bound_value(p, q->limit)))
		return;
	policy_answer(d, false, bound->why, "/%s", bound->path);
}

static void find_root(struct policy_decision *d, const struct policy *p,
    const struct policy_question *q, const struct rt_path *path)
{
	const struct policy_list *list = roots_of(p, q);
	struct rt_texts roots = {item, list, list->count};
	uint32_t which = 0;
	size_t rest = 0;
	int failed;

	if (is_read_only(&which, p, q, path)) {
		read_only(d, which);
		return;
	}
	if (!rt_decide_root(&which, &rest, &roots, q->cwd, path)) {
		no_root(d, q);
		return;
	}
	failed =
	    q->disk ? look(q, p, list->items[which], path->at[rest] ? path->at + rest : ".") : 0;
	if (failed)
		not_opened(d, p, q, failed, which, true);
	else
		policy_answer(
		    d, true, "a root holds it", "/fs/%s/%u", roots_name(q), (unsigned)which);
}

static void decide_v1(
    struct policy_decision *d, const struct policy *p, const struct policy_question *q)
{
	const struct policy_gate *lacking = policy_gate_lacking(p, q->gates);
	size_t len = strlen(q->subject);
	struct rt_path path;

	if (!p->fs.enabled) {
		refused(d, RT_WHY_DISABLED, q);
		return;
	}
	if (lacking) {
		policy_answer(d, false, lacking->why, "/%s", lacking->path);
		return;
	}
	if (!rt_path_start(&path, q->subject[0] == '/' ? "/" : q->cwd) ||
	    !rt_path_add(&path, q->subject, len)) {
		refused(d, RT_WHY_UNSAFE_PATH, q);
		return;
	}
	d->resolved = base_strdup(path.at);
	if (p->fs.deny_hidden && rt_decide_hidden(q->subject, len)) {
		refused(d, RT_WHY_HIDDEN, q);
		return;
	}
	find_root(d, p, q, &path);
}

void policy_decide_file(
    struct policy_decision *out, const struct policy *p, const struct policy_question *q)
{
	if (q->v1)
		decide_v1(out, p, q);
	else
		decide_legacy(out, p, q);
	heed_run(out, p, q);
	check_bound(out, p, q);
}
