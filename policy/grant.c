/* SPDX-License-Identifier: MIT */
/*
 * Asks, has the line that refused mended in a copy of the policy, and asks again, until the answer
 * is yes or no line can be mended. So the patch is complete, and holds nothing that the decision
 * did not ask for. Override flags apply anew before each question, and never become part of it.
 */
#include "policy/grant.h"

#include "base/json.h"
#include "base/shell.h"
#include "lang/rt/decide.h"
#include "policy/enforce.h"
#include "policy/gates.h"
#include "policy/mend_priv.h"
#include "policy/merge.h"

#include <string.h>

#define FLAG_MAX (64u << 10)

void policy_grant_clear(struct policy_grant *g)
{
	for (uint32_t i = 0; i < g->count; i++)
		base_free_ptr(&g->steps[i].value);
	base_free_ptr(&g->flag);
	base_free_ptr(&g->withheld);
	*g = (struct policy_grant){0};
}

static void mend_clear(struct mend *m)
{
	arena_clear(&m->arena);
}

/* A policy as a run sees it: with the flags applied. */
struct effective {
	struct policy copy;
	const struct policy *policy;
};

static void effective_clear(struct effective *e)
{
	arena_clear(&e->copy.arena);
}

static bool effective_make(
    struct effective *e, const struct policy *p, const struct policy_overrides *overrides)
{
	struct err none = {0};

	e->policy = p;
	if (!overrides || policy_overrides_are_empty(overrides))
		return true;
	e->copy = *p;
	e->copy.arena = (struct arena){0};
	e->policy = &e->copy;
	return policy_merge(&e->copy, overrides, &none) == 0;
}

/* The flag of `x07 run` that does the same: no flag turns a switch on, or does two things. */
static char *flag_for(const struct mend *m)
{
	const struct policy_question *q = &m->question;
	const char *path = m->grant->steps[0].path;
	CLEANUP(buf_clear) struct buf out = buf_init(FLAG_MAX);
	CLEANUP(buf_clear) struct buf host = buf_init(FLAG_MAX);
	const char *name = q->address ? q->address : q->subject;
	bool ok = false;

	if (m->grant->count != 1)
		return NULL;
	buf_printf(&host, strchr(name, ':') ? "[%s]:%u" : "%s:%u", name, (unsigned)q->port);
	if (strncmp(path, "/net/allow_hosts/", 17) == 0)
		ok = m->policy.net.allow_tcp && shell_add_option(&out, "--allow-host", host.data);
	else if (strncmp(path, "/fs/read_roots", 14) == 0)
		ok = shell_add_option(&out, "--allow-read-root", m->folder);
	else if (strncmp(path, "/fs/write_roots", 15) == 0)
		ok = shell_add_option(&out, "--allow-write-root", m->folder);
	return ok ? buf_take(&out) : NULL;
}

/* A patch that makes the next run refuse the whole policy is none. */
static bool stays_runnable(struct mend *m, const struct policy *before)
{
	CLEANUP(diag_list_clear) struct diag_list now = {0};
	CLEANUP(diag_list_clear) struct diag_list then = {0};

	if (policy_enforce_check(&now, DIAG_ERROR, &m->policy, STR(""), NULL) <=
	    policy_enforce_check(&then, DIAG_ERROR, before, STR(""), NULL))
		return true;
	m->withheld =
	    arena_printf(&m->arena, "no run takes the policy then: %s", now.items[0].message);
	return false;
}

/* Mend until it is allowed. */
static bool mend_all(struct mend *m)
{
	for (;;) {
		CLEANUP(policy_decision_clear) struct policy_decision d = {0};
		CLEANUP(effective_clear) struct effective e = {0};

		if (!effective_make(&e, &m->policy, m->overrides)) {
			m->withheld = "the policy and the flags together are more than a policy "
				      "can hold";
			return false;
		}
		policy_decide(&d, e.policy, &m->question);
		if (d.allowed)
			return true;
		if (!policy_mend(m, &d))
			return false;
	}
}

/* How much was needed is not known: twice of what there is. */
static void guess_amount(struct policy_question *q, const struct policy *p)
{
	if (q->limit && !q->amount)
		q->amount = 2 * policy_bound_value(p, q->limit);
}

bool policy_grant_find(
    struct policy_grant *out, const struct policy_basis *basis, const struct policy_question *q)
{
	CLEANUP(policy_grant_clear) struct policy_grant grant = {0};
	CLEANUP(mend_clear)
	struct mend m = {.policy = *basis->policy,
	    .question = *q,
	    .overrides = basis->overrides,
	    .grant = &grant};

	guess_amount(&m.question, basis->policy);
	if (basis->derived_from)
		m.withheld = arena_printf(&m.arena,
		    "the policy is derived from %s, and the next run with its flags writes it "
		    "anew: change %s",
		    basis->derived_from, basis->derived_from);
	if (basis->derived_from || !mend_all(&m) || !stays_runnable(&m, basis->policy)) {
		*out = (struct policy_grant){
		    .withheld =
			base_strdup(m.withheld ? m.withheld : "no change of a policy allows it")};
		return false;
	}
	if (grant.count)
		grant.flag = flag_for(&m);
	*out = TAKE(grant);
	return true;
}

const char *policy_mark_text(uint32_t mark)
{
	switch ((enum policy_mark)mark) {
	case POLICY_MARK_HIDDEN:
		return "fs.deny_hidden is one switch for all roots: every other name in them that "
		       "starts with a dot is open then, too (.env, .git, .ssh, .x07)";
	case POLICY_MARK_OUTSIDE:
		return "the folder lies outside the project, and the program chose it";
	case POLICY_MARK_PRIVATE:
		return "the address belongs to this host or its networks, where much trusts "
		       "whoever reaches it";
	case POLICY_MARK_PROJECT:
		return "the whole project becomes writable, its sources and policies too";
	case POLICY_MARK_DENY_LIST:
		return "somebody denied it by name, and that line goes";
	case POLICY_MARK_ABSENT:
		return "the folder is not there yet: make it first (mkdir -p)";
	}
	return NULL;
}

void policy_grant_patch_json(struct jsonw *w, const struct policy_grant *g)
{
	if (!g->count) {
		jsonw_null(w);
		return;
	}
	jsonw_array(w);
	for (uint32_t i = 0; i < g->count; i++) {
		CLEANUP(arena_clear) struct arena values = {0};
		const struct policy_step *s = &g->steps[i];
		struct json_fault fault = {0};
		const struct json *v = NULL;

		jsonw_object(w);
		jsonw_kv_string(w, "op", s->op);
		jsonw_kv_string(w, "path", s->path);
		if (s->value &&
		    json_parse(&v, &values, s->value, strlen(s->value), NULL, &fault) == 0) {
			jsonw_key(w, "value");
			jsonw_value(w, v, false);
		}
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

void policy_grant_opens_json(struct jsonw *w, const struct policy_grant *g)
{
	jsonw_array(w);
	for (uint32_t i = 0; i < POLICY_MARK_COUNT; i++) {
		if (g->marks & 1u << i)
			jsonw_string(w, policy_mark_text(1u << i));
	}
	jsonw_end_array(w);
}
