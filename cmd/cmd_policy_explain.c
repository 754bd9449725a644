/* SPDX-License-Identifier: MIT */
/*
 * `x07 policy explain WHAT SUBJECT`: would a run be allowed this, which line of the policy says so,
 * and what would change the answer. The decision is the enforcing code's own (policy/decide.h);
 * for files the disk is looked at the way the runtime would, but nothing is opened for use.
 * Exit status 0: allowed, 1: denied.
 */
#include "cmd/report/policy_view.h"

#include "cmd/run/look.h"
#include "lang/rt/config.h"
#include "policy/grant.h"
#include "policy/promote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWERS_MAX 2

/* One question, its answer, and what would change it. */
struct answer {
	const char *calls; /* who asks: the functions of the standard library */
	struct policy_decision decision;
	struct policy_grant grant;
};

struct explanation {
	struct policy_view view;
	struct policy_host_spec host;
	struct answer answers[ANSWERS_MAX];
	size_t count;
	struct policy_disk disk;
};

static void explanation_clear(struct explanation *e)
{
	for (size_t i = 0; i < e->count; i++) {
		policy_decision_clear(&e->answers[i].decision);
		policy_grant_clear(&e->answers[i].grant);
	}
	policy_view_clear(&e->view);
}

/* ---- questions ---- */

/* What to ask for, beside paths and destinations: a kind of operation with the switches it needs.
 */
struct kind {
	const char *what;
	enum policy_op op;
	const char *calls;
	uint32_t gates;
};

/* clang-format off */
static const struct kind kinds[] = {
	{ "env",       POLICY_ENV,      "std.os.env.get",                     0 },
	{ "exec",      POLICY_EXEC,     "std.os.process.spawn",               0 },
	{ "fs.glob",   POLICY_FS_READ,  "std.os.fs.walk_glob_sorted_text_v1", RT_GATE_FS_WALK | RT_GATE_FS_GLOB },
	{ "fs.list",   POLICY_FS_READ,  "std.os.fs.list_dir_sorted_text_v1",  RT_GATE_FS_WALK },
	{ "fs.mkdir",  POLICY_FS_WRITE, "std.os.fs.mkdirs_v1",                RT_GATE_FS_MKDIR },
	{ "fs.remove", POLICY_FS_WRITE, "std.os.fs.remove_*_v1",              RT_GATE_FS_REMOVE },
	{ "fs.rename", POLICY_FS_WRITE, "std.os.fs.rename_v1",                RT_GATE_FS_RENAME },
	{ "process",   POLICY_EXIT,     "std.os.process.exit",                RT_GATE_EXIT },
};

/* What of the clock, under the names that a report has. */
static const struct kind clocks[] = {
	{ "now_unix_ms",    POLICY_TIME, "std.os.time.now_unix_ms", RT_GATE_WALL_CLOCK },
	{ "now_instant_v1", POLICY_TIME, "os.time.now_instant_v1",  RT_GATE_WALL_CLOCK },
	{ "local_tzid_v1",  POLICY_TIME, "os.time.local_tzid_v1",   RT_GATE_TZID },
};
/* clang-format on */

#define SLEEP "sleep_ms_v1"
#define WANTED                                                                                     \
	"fs.read, fs.write, fs.list, fs.glob, fs.mkdir, fs.remove, fs.rename, net, udp, env, "     \
	"time, process or exec"

static void ask(struct explanation *e, const char *calls, struct policy_question q)
{
	struct answer *a = &e->answers[e->count++];
	const struct policy_view *v = &e->view;
	struct policy_basis basis = {.policy = v->derived ? &v->base : &v->policy,
	    .overrides = v->derived ? &v->overrides : NULL};
	AUTO_FREE char *derived_from = v->derived ? NULL : policy_base_of(&v->policy);

	basis.derived_from = derived_from;
	a->calls = calls;
	policy_decide(&a->decision, &v->policy, &q);
	if (v->refusal != NULL) {
		a->decision.allowed = false;
		a->decision.reason = "x07 run refuses this policy";
		a->decision.note = v->refusal;
		return;
	}
	if (!a->decision.allowed)
		(void)policy_grant_find(&a->grant, &basis, &q);
}

static struct policy_question about_file(
    struct explanation *e, enum policy_op op, const char *path, uint32_t gates)
{
	e->disk = run_look_at(e->view.cwd);
	return (struct policy_question){.op = op,
	    .subject = path,
	    .v1 = true,
	    .gates = gates,
	    .cwd = e->view.cwd,
	    .disk = &e->disk};
}

static void ask_file(struct explanation *e, enum policy_op op, const char *path)
{
	struct policy_question q = about_file(e, op, path, 0);

	q.v1 = false;
	ask(e, op == POLICY_FS_WRITE ? "std.os.fs.write_file" : "std.os.fs.read_file", q);
	q.v1 = true;
	ask(e, "std.os.fs.*_v1", q);
}

static int ask_host(
    struct explanation *e, const char *text, enum policy_transport transport, struct err *err)
{
	int rc = policy_host_spec_parse(&e->host, text, false, err);

	if (rc < 0)
		return rc;
	if (e->host.port_count != 1)
		return err_set(err, ERR_USAGE, "\"%.300s\": wanted one port", text);
	ask(e, "std.net",
	    (struct policy_question){.op = POLICY_NET,
		.transport = transport,
		.subject = e->host.host,
		.port = e->host.ports[0]});
	return 0;
}

/* "sleep_ms_v1", or "sleep_ms_v1:MS". */
static int ask_sleep(struct explanation *e, const char *text, struct err *err)
{
	const char *ms = text + strlen(SLEEP);
	struct policy_question q = {
	    .op = POLICY_TIME, .subject = SLEEP, .gates = RT_GATE_SLEEP, .limit = RT_LIMIT_SLEEP};
	char *end = NULL;

	if (*ms == ':' && ms[1] >= '0' && ms[1] <= '9')
		q.amount = strtoull(ms + 1, &end, 10);
	if (*ms != '\0' && (end == NULL || *end != '\0' || q.amount > INT32_MAX))
		return err_set(err, ERR_USAGE, "\"%.100s\": wanted " SLEEP ":MILLISECONDS", text);
	ask(e, "os.time." SLEEP, q);
	return 0;
}

static int ask_clock(struct explanation *e, const char *what, struct err *err)
{
	if (strncmp(what, SLEEP, strlen(SLEEP)) == 0)
		return ask_sleep(e, what, err);
	for (size_t i = 0; i < ARRAY_LEN(clocks); i++) {
		if (strcmp(clocks[i].what, what) != 0)
			continue;
		ask(e, clocks[i].calls,
		    (struct policy_question){
			.op = POLICY_TIME, .subject = what, .gates = clocks[i].gates});
		return 0;
	}
	return err_set(err, ERR_USAGE,
	    "\"%.100s\": wanted now_unix_ms, now_instant_v1, local_tzid_v1, " SLEEP " or " SLEEP
	    ":MILLISECONDS",
	    what);
}

static int ask_kind(struct explanation *e, const char *what, const char *subject, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct kind *k = &kinds[i];
		struct policy_question q = {.op = k->op, .subject = subject, .gates = k->gates};

		if (strcmp(k->what, what) != 0)
			continue;
		if (k->op == POLICY_EXIT && strcmp(subject, "exit") != 0)
			return err_set(err, ERR_USAGE, "\"%.100s\": wanted exit", subject);
		if (k->op == POLICY_FS_READ || k->op == POLICY_FS_WRITE)
			q = about_file(e, k->op, subject, k->gates);
		ask(e, k->calls, q);
		return 0;
	}
	return err_set(err, ERR_USAGE, "cannot explain \"%.40s\"; wanted " WANTED, what);
}

static int ask_about(struct explanation *e, const char *what, const char *subject, struct err *err)
{
	if (strcmp(what, "net") == 0)
		return ask_host(e, subject, POLICY_TCP, err);
	if (strcmp(what, "udp") == 0)
		return ask_host(e, subject, POLICY_UDP, err);
	if (strcmp(what, "time") == 0)
		return ask_clock(e, subject, err);
	if (strcmp(what, "fs.read") != 0 && strcmp(what, "fs.write") != 0)
		return ask_kind(e, what, subject, err);
	ask_file(e, strcmp(what, "fs.read") == 0 ? POLICY_FS_READ : POLICY_FS_WRITE, subject);
	return 0;
}

/* One call that may is enough for a program. */
static bool is_allowed(const struct explanation *e)
{
	for (size_t i = 0; i < e->count; i++) {
		if (e->answers[i].decision.allowed)
			return true;
	}
	return false;
}

/* ---- output ---- */

static void answer_json(struct jsonw *w, const struct policy_view *v, const struct answer *a)
{
	CLEANUP(buf_clear) struct buf place = buf_init(16384);
	const struct policy_decision *d = &a->decision;

	if (d->rule[0] != '\0')
		policy_view_place(&place, v, d->rule);
	jsonw_object(w);
	jsonw_kv_string(w, "calls", a->calls);
	jsonw_kv_string(w, "decision", d->allowed ? "allow" : "deny");
	jsonw_kv_string(w, "flag", a->grant.flag);
	jsonw_kv_string(w, "note", d->note);
	jsonw_key(w, "opens");
	policy_grant_opens_json(w, &a->grant);
	jsonw_key(w, "patch");
	policy_grant_patch_json(w, &a->grant);
	jsonw_kv_string(w, "place", place.data);
	jsonw_kv_string(w, "reason", d->reason);
	jsonw_kv_string(w, "resolved", d->resolved);
	jsonw_kv_string(w, "rule", d->rule[0] != '\0' ? d->rule : NULL);
	jsonw_kv_string(w, "withheld", a->grant.withheld);
	jsonw_end_object(w);
}

static void report(struct buf *out, const struct explanation *e, char *const operands[2])
{
	struct jsonw w = jsonw_init(out, false);

	w.for_terminal = true;
	jsonw_object(&w);
	jsonw_key(&w, "answers");
	jsonw_array(&w);
	for (size_t i = 0; i < e->count; i++)
		answer_json(&w, &e->view, &e->answers[i]);
	jsonw_end_array(&w);
	jsonw_kv_string(&w, "decision", is_allowed(e) ? "allow" : "deny");
	jsonw_kv_string(&w, "operation", operands[0]);
	jsonw_kv_string(&w, "policy", e->view.path);
	jsonw_kv_string(&w, "schema_version", "x07.policy.explain.report@0.1.0");
	jsonw_kv_string(&w, "subject", operands[1]);
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

static void answer_text(struct buf *out, const struct policy_view *v, const struct answer *a)
{
	const struct policy_decision *d = &a->decision;
	struct jsonw w = jsonw_init(out, false);

	w.for_terminal = true;
	buf_printf(out, "%s: %s: %s\n", a->calls, d->allowed ? "allow" : "deny", d->reason);
	if (d->resolved != NULL)
		buf_printf(out, "  as      %s\n", d->resolved);
	if (d->rule[0] != '\0') {
		buf_printf(out, "  rule    %s  ", d->rule);
		policy_view_place(out, v, d->rule);
		buf_putc(out, '\n');
	}
	if (d->note != NULL)
		buf_printf(out, "  note    %s\n", d->note);
	if (d->allowed)
		return;
	if (a->grant.flag != NULL)
		buf_printf(out, "  allow   x07 run %s\n", a->grant.flag);
	if (a->grant.withheld != NULL) {
		buf_puts(out, "  allow   no patch is offered: ");
		jsonw_string(&w, a->grant.withheld);
		buf_putc(out, '\n');
		return;
	}
	buf_puts(out, "  patch   ");
	policy_grant_patch_json(&w, &a->grant);
	buf_putc(out, '\n');
	for (uint32_t i = 0; i < POLICY_MARK_COUNT; i++) {
		if (a->grant.marks & 1u << i)
			buf_printf(out, "  opens   %s\n", policy_mark_text(1u << i));
	}
}

int cmd_policy_explain(const struct cmd_call *call)
{
	const struct policy_options *o = call->options;
	CLEANUP(explanation_clear) struct explanation e = {0};
	CLEANUP(buf_clear) struct buf out = buf_init(POLICY_OUT_MAX_BYTES);
	char *operands[2] = {(char *)call->args.operands[0], (char *)call->args.operands[1]};
	struct err err = {0};

	if (call->args.operand_count != 2) {
		err_set(&err, ERR_USAGE, "wanted WHAT and its SUBJECT; WHAT is one of " WANTED);
		return print_err(call, &err, NULL);
	}
	if (policy_view_open(&e.view, call, o, NULL, &err) < 0 ||
	    policy_view_roots(&e.view, true, &err) < 0)
		return policy_view_fail(call, &e.view, &err);
	if (ask_about(&e, operands[0], operands[1], &err) < 0)
		return print_err(call, &err, NULL);
	if (policy_wants_text(o)) {
		for (size_t i = 0; i < e.count; i++)
			answer_text(&out, &e.view, &e.answers[i]);
	} else {
		report(&out, &e, operands);
	}
	if ((policy_wants_text(o) ? print_text(&out) : print_out(&out)) != 0)
		return CMD_EXIT_USAGE;
	return is_allowed(&e) ? CMD_EXIT_OK : CMD_EXIT_FAILED;
}
