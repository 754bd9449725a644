/* SPDX-License-Identifier: MIT */
/*
 * Answers: one function for each kind of question, each a call of the code that enforces and a
 * phrase for what it said. What would change the answer is policy/grant.c.
 * Source: docs/spec/run-and-policy.md 2.1 to 2.5.
 */
#include "policy/decide.h"

#include "lang/rt/decide.h"
#include "policy/answer_priv.h"
#include "policy/decide_file_priv.h"
#include "policy/decide_net_priv.h"
#include "policy/enforce.h"
#include "policy/gates.h"

#include <string.h>

void policy_decision_clear(struct policy_decision *d)
{
	base_free_ptr(&d->resolved);
	*d = (struct policy_decision){0};
}

static const char *item(const void *list, uint32_t i)
{
	return ((const struct policy_list *)list)->items[i];
}

static struct rt_texts texts(const struct policy_list *list)
{
	return (struct rt_texts){item, list, list->count};
}

/* ---- variables ---- */

static void decide_env(
    struct policy_decision *d, const struct policy *p, const struct policy_question *q)
{
	struct rt_texts allow = texts(&p->env.allow_keys), deny = texts(&p->env.deny_keys);
	int why = rt_decide_env(policy_gates(p), &allow, &deny, q->subject, strlen(q->subject));

	if (why == RT_WHY_DISABLED)
		policy_answer(d, false, "env.enabled is false", "/env/enabled");
	else if (why == RT_WHY_DENY_LISTED)
		policy_answer(d, false, "env.deny_keys lists it, which wins", "/env/deny_keys/%u",
		    (unsigned)policy_list_index(&p->env.deny_keys, q->subject));
	else if (why)
		policy_answer(d, false, "env.allow_keys does not list it", "/env/allow_keys");
	else
		policy_answer(d, true, "env.allow_keys lists it", "/env/allow_keys/%u",
		    (unsigned)policy_list_index(&p->env.allow_keys, q->subject));
}

/* ---- switches: the clock, the end ---- */

static void decide_time(
    struct policy_decision *d, const struct policy *p, const struct policy_question *q)
{
	const struct policy_gate *lacking = policy_gate_lacking(p, q->gates);
	const struct policy_bound *bound = policy_bound_of(q->limit);

	if (!p->time.enabled)
		policy_answer(d, false, "time.enabled is false", "/time/enabled");
	else if (lacking)
		policy_answer(d, false, lacking->why, "/%s", lacking->path);
	else if (q->limit && q->amount > policy_bound_value(p, q->limit))
		policy_answer(d, false, bound->why, "/%s", bound->path);
	else
		policy_answer(
		    d, true, "time.enabled is true, and so is what it needs", "/time/enabled");
}

static void decide_exit(
    struct policy_decision *d, const struct policy *p, const struct policy_question *q)
{
	const struct policy_gate *lacking = policy_gate_lacking(p, q->gates);

	if (!p->process.enabled)
		policy_answer(d, false, "process.enabled is false", "/process/enabled");
	else if (lacking)
		policy_answer(d, false, lacking->why, "/%s", lacking->path);
	else
		policy_answer(d, true, "process.allow_exit is true", "/process/allow_exit");
}

/* ---- programs ---- */

/* A prefix speaks about paths that stay where they say: "deps/x07/../../bin/sh" does not. */
static bool is_straight(const char *path)
{
	path += *path == '/';
	while (*path) {
		size_t len = strcspn(path, "/");

		if (!len || (len == 1 && path[0] == '.') ||
		    (len == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		path += len + (path[len] == '/');
	}
	return true;
}

static void search_exec(struct policy_decision *d, const struct policy_process *p, const char *exe)
{
	uint32_t i = policy_list_index(&p->allow_execs, exe);

	if (i < p->allow_execs.count) {
		policy_answer(d, true, "process.allow_execs lists it", "/process/allow_execs/%u",
		    (unsigned)i);
		return;
	}
	for (i = 0; i < p->allow_exec_prefixes.count && is_straight(exe); i++) {
		const char *prefix = p->allow_exec_prefixes.items[i];

		if (strncmp(exe, prefix, strlen(prefix)) != 0)
			continue;
		policy_answer(d, true, "process.allow_exec_prefixes has its start",
		    "/process/allow_exec_prefixes/%u", (unsigned)i);
		return;
	}
	policy_answer(d, false,
	    "neither process.allow_execs nor process.allow_exec_prefixes names it",
	    "/process/allow_execs");
}

static void decide_exec(
    struct policy_decision *d, const struct policy *policy, const struct policy_question *q)
{
	const struct policy_process *p = &policy->process;
	const struct policy_enforce *row = policy_enforce_find("process/allow_spawn");
	size_t len = strlen(q->subject);

	if (!p->enabled)
		policy_answer(d, false, "process.enabled is false", "/process/enabled");
	else if (!p->allow_spawn)
		policy_answer(d, false, "process.allow_spawn is false", "/process/allow_spawn");
	else if (!len || (p->max_exe_bytes && len > p->max_exe_bytes))
		policy_answer(d, false, "the path is empty or longer than process.max_exe_bytes",
		    "/process/max_exe_bytes");
	else
		search_exec(d, p, q->subject);
	if (row->by != POLICY_NOT_ENFORCEABLE)
		return;
	if (d->allowed)
		policy_answer(d, false,
		    "the policy names it, but this build runs no program under such a policy",
		    "/process/allow_spawn");
	d->note = row->how;
}

void policy_decide(
    struct policy_decision *out, const struct policy *p, const struct policy_question *q)
{
	*out = (struct policy_decision){0};
	switch (q->op) {
	case POLICY_FS_READ:
	case POLICY_FS_WRITE:
		policy_decide_file(out, p, q);
		break;
	case POLICY_NET:
		policy_decide_net(out, p, q);
		break;
	case POLICY_ENV:
		decide_env(out, p, q);
		break;
	case POLICY_TIME:
		decide_time(out, p, q);
		break;
	case POLICY_EXIT:
		decide_exit(out, p, q);
		break;
	case POLICY_EXEC:
		decide_exec(out, p, q);
		break;
	}
}
