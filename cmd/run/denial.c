/* SPDX-License-Identifier: MIT */
/*
 * Refused operations as questions to the policy, and the answers in words, for the report and for
 * people. What the guest counted is hostile: it may name what it likes, but the answer is the
 * policy's own, and the patch speaks about nothing else than what was named.
 */
#include "cmd/run/denial.h"

#include "base/shell.h"
#include "cmd/run/effects.h"
#include "cmd/run/look.h"
#include "policy/promote.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *run_denial_operation(const struct run_effect *e)
{
	static const char *const names[RT_EV_COUNT] = {
	    "unknown", "fs.read", "fs.write", "env.get", "time", "process", "net"};

	return e->kind < ARRAY_LEN(names) ? names[e->kind] : names[0];
}

/* These heads end the program when they are refused; the others give it an errno or a code. */
static bool trapped(const struct run_effect *e)
{
	if (run_effects_is_legacy(e->op) && e->op != RT_OP_FS_WRITE_FILE)
		return true;
	if (e->op == RT_OP_FS_WRITE_FILE)
		return e->sys_errno == 0;
	return e->op == RT_OP_ENV_GET || e->op == RT_OP_TIME_NOW || e->op == RT_OP_PROCESS_EXIT;
}

/* ---- the question ---- */

/* A question with the texts that it borrows. */
struct asked {
	struct policy_question question;
	struct policy_disk disk;
	char *host; /* owned */
};

static void asked_clear(struct asked *a)
{
	base_free_ptr(&a->host);
}

/* What no policy decides about, in words; NULL when the policy does. */
static const char *beyond_policy(const struct run_effect *e)
{
	if (e->net != NULL && e->net->verdict == BROKER_DENIED_SCHEME)
		return "only http and https URLs are fetched, and no redirect leaves them";
	if (e->net != NULL && e->net->verdict == BROKER_VIOLATION)
		return "the program broke the protocol of the network broker, and has no network "
		       "any more";
	if (e->net != NULL && e->net->verdict == BROKER_ENDED)
		return "the network broker ended before the program, which had no network from "
		       "then on; this is a defect of x07 or a limit of this host";
	if (strlen(e->subject) != e->subject_len)
		return "it holds a NUL byte";
	if (e->subject_len == 0 && e->kind != RT_EV_ENV && e->reason != RT_WHY_UNSAFE_PATH &&
	    e->net == NULL)
		return "the table of refusals was full, so that this was only counted";
	return NULL;
}

/* Switches of the question; where the guest notes a limit or a use in `detail`, there are none. */
static uint32_t gates_of(const struct run_effect *e)
{
	return e->reason == RT_WHY_LIMIT ? 0 : e->detail & ~(uint32_t)RT_GATE_BLOCKING_IO;
}

static void ask_file(struct asked *a, const char *cwd, const struct run_effect *e)
{
	struct policy_question *q = &a->question;

	q->op = e->kind == RT_EV_FS_WRITE ? POLICY_FS_WRITE : POLICY_FS_READ;
	q->subject = e->subject;
	q->v1 = !run_effects_is_legacy(e->op);
	q->seen = e->sys_errno;
	q->cwd = cwd;
	a->disk = run_look_at(cwd);
	q->disk = &a->disk;
	q->gates = gates_of(e);
	if (e->reason == RT_WHY_LIMIT) {
		q->limit = e->detail;
		q->amount = e->most;
	}
}

static void ask_time(struct asked *a, const struct run_effect *e)
{
	struct policy_question *q = &a->question;

	q->op = POLICY_TIME;
	q->subject = e->subject;
	q->gates = gates_of(e);
	if (e->op == RT_OP_TIME_SLEEP) {
		q->gates = RT_GATE_SLEEP;
		q->limit = RT_LIMIT_SLEEP;
		q->amount = e->most;
	}
}

/* "host:port" or "[address]:port", as the runtime writes a destination. */
static void ask_text_host(struct asked *a, const struct run_effect *e)
{
	char *colon;
	size_t len;

	a->host = base_strdup(e->subject);
	colon = strrchr(a->host, ':');
	if (colon != NULL) {
		a->question.port = (uint16_t)(strtoul(colon + 1, NULL, 10) & 0xffff);
		*colon = '\0';
	}
	len = strlen(a->host);
	a->question.subject = a->host;
	if (len > 1 && a->host[0] == '[' && a->host[len - 1] == ']') {
		a->host[len - 1] = '\0';
		a->question.subject++;
	}
}

static void ask_net(struct asked *a, const struct run_effect *e)
{
	struct policy_question *q = &a->question;
	bool udp = e->op == RT_OP_NET_UDP || e->op == RT_OP_NET_UDP_BIND;

	q->op = POLICY_NET;
	q->transport = udp ? POLICY_UDP : POLICY_TCP;
	if (e->net == NULL) {
		ask_text_host(a, e);
		return;
	}
	q->subject = e->net->host;
	q->port = e->net->port;
	if (e->net->verdict == BROKER_DENIED_ADDRESS)
		q->address = e->net->address;
}

static void make_question(struct asked *a, const char *cwd, const struct run_effect *e)
{
	switch ((enum rt_event_kind)e->kind) {
	case RT_EV_FS_READ:
	case RT_EV_FS_WRITE:
		ask_file(a, cwd, e);
		return;
	case RT_EV_ENV:
		a->question.op = POLICY_ENV;
		break;
	case RT_EV_TIME:
		ask_time(a, e);
		return;
	case RT_EV_PROCESS:
		a->question.op = POLICY_EXIT;
		a->question.gates = RT_GATE_EXIT;
		break;
	case RT_EV_NET:
	case RT_EV_COUNT:
		ask_net(a, e);
		return;
	}
	a->question.subject = e->subject;
}

/* The file that a person edits: under flags it is not the policy of the run. */
static struct policy_basis basis_of(const struct run_policy *policy, char **derived_from)
{
	if (policy->derived)
		return (struct policy_basis){
		    .policy = &policy->base.rules, .overrides = &policy->base.overrides};
	*derived_from = policy_base_of(&policy->rules);
	return (struct policy_basis){.policy = &policy->rules, .derived_from = *derived_from};
}

void run_denial_clear(struct run_denial *d)
{
	policy_decision_clear(&d->decision);
	policy_grant_clear(&d->grant);
}

void run_denial_ask(
    struct run_denial *out, const struct run_denial_context *context, const struct run_effect *e)
{
	CLEANUP(asked_clear) struct asked a = {0};
	AUTO_FREE char *derived_from = NULL;
	struct policy_basis basis = basis_of(context->policy, &derived_from);
	const char *beyond = beyond_policy(e);

	*out = (struct run_denial){.decision = {.reason = beyond}};
	if (beyond != NULL)
		return;
	make_question(&a, context->cwd, e);
	policy_decide(&out->decision, &context->policy->rules, &a.question);
	if (!out->decision.allowed) {
		(void)policy_grant_find(&out->grant, &basis, &a.question);
		return;
	}
	out->decision.rule[0] = '\0';
	out->decision.reason =
	    run_effect_is_fs(e)
		? "the policy allows it, but it could not be opened below any of its roots"
		: "the policy allows it; the refusal is what the program itself counted";
}

/* ---- words ---- */

void run_denial_json(
    struct jsonw *w, const struct run_denial_context *context, const struct run_effect *e)
{
	CLEANUP(run_denial_clear) struct run_denial d = {0};

	run_denial_ask(&d, context, e);
	jsonw_object(w);
	jsonw_key(w, "code");
	jsonw_uint(w, e->code);
	jsonw_key(w, "count");
	jsonw_uint(w, e->count);
	jsonw_kv_int(w, "errno", e->sys_errno);
	jsonw_kv_string(w, "flag", d.grant.flag);
	jsonw_kv_string(w, "head", run_effects_head(e->op));
	jsonw_key(w, "opens");
	policy_grant_opens_json(w, &d.grant);
	jsonw_kv_string(w, "operation", run_denial_operation(e));
	jsonw_key(w, "patch");
	policy_grant_patch_json(w, &d.grant);
	jsonw_kv_string(w, "path", e->path);
	jsonw_kv_string(w, "policy_line", d.grant.count > 0 ? d.grant.steps[0].path : NULL);
	jsonw_kv_string(w, "reason", d.decision.reason);
	jsonw_kv_string(w, "rule", d.decision.rule[0] != '\0' ? d.decision.rule : NULL);
	jsonw_key(w, "subject");
	jsonw_string_n(w, e->subject, e->subject_len);
	jsonw_kv_bool(w, "trap", trapped(e));
	jsonw_kv_string(w, "withheld", d.grant.withheld);
	jsonw_end_object(w);
}

static void given_text(struct buf *out, const struct run_effect *e)
{
	if (trapped(e))
		buf_puts(out, " (trap)");
	else if (e->sys_errno != 0)
		buf_printf(out, " (errno %d)", e->sys_errno);
	else if (e->code != 0)
		buf_printf(out, " (code %u)", e->code);
}

static struct jsonw terminal_json(struct buf *out)
{
	struct jsonw w = jsonw_init(out, false);

	w.for_terminal = true;
	return w;
}

static void grant_text(struct buf *out, const struct policy_grant *g)
{
	struct jsonw w = terminal_json(out);

	buf_puts(out, "; to allow it: ");
	if (g->flag != NULL)
		buf_printf(out, "%s, or the patch ", g->flag);
	policy_grant_patch_json(&w, g);
	for (uint32_t i = 0; i < POLICY_MARK_COUNT; i++) {
		if (g->marks & 1u << i)
			buf_printf(out, "; note: %s", policy_mark_text(1u << i));
	}
}

/* What the program chose may stand in it. */
static void withheld_text(struct buf *out, const char *withheld)
{
	CLEANUP(buf_clear) struct buf text = buf_init(1u << 16);
	struct jsonw w = terminal_json(&text);

	jsonw_string(&w, withheld);
	if (!text.overflow && text.len > 2)
		buf_printf(out, ": %.*s", (int)text.len - 2, text.data + 1);
}

bool run_denial_text(
    struct buf *out, const struct run_denial_context *context, const struct run_effect *e)
{
	CLEANUP(run_denial_clear) struct run_denial d = {0};
	struct jsonw w = terminal_json(out);

	run_denial_ask(&d, context, e);
	buf_printf(out, "%s ", run_denial_operation(e));
	jsonw_string_n(&w, e->subject, e->subject_len);
	if (e->path != NULL && strcmp(e->path, e->subject) != 0) {
		w = terminal_json(out);
		buf_puts(out, " at ");
		jsonw_string(&w, e->path);
	}
	buf_puts(out, " was refused");
	if (e->count > 1)
		buf_printf(out, " %llu times", (unsigned long long)e->count);
	given_text(out, e);
	buf_printf(out, ": %s", d.decision.reason);
	if (d.decision.rule[0] != '\0')
		buf_printf(out, " [%s]", d.decision.rule);
	if (d.grant.count > 0) {
		grant_text(out, &d.grant);
		return true;
	}
	buf_puts(out, "; no grant allows it");
	if (d.grant.withheld != NULL)
		withheld_text(out, d.grant.withheld);
	return false;
}
