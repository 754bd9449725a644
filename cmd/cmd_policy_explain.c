/* SPDX-License-Identifier: MIT */
/*
 * `x07 policy explain WHAT SUBJECT`: would a run be allowed this, which line of the policy says so,
 * and what would change the answer. The decision is the enforcing code's own (policy/decide.h);
 * for files the disk is looked at the way the runtime would, but nothing is opened for use.
 * Exit status 0: allowed, 1: denied.
 */
#include "cmd/policy_view.h"

#include "base/path.h"
#include "policy/decide.h"
#include "policy/net.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ANSWERS_MAX 2

/* One question, its answer, and what would change it. */
struct answer {
	const char *calls; /* who asks: the functions of the standard library */
	struct policy_question question;
	struct policy_decision decision;
	struct policy_grant grant;
	bool can_grant;
};

struct explanation {
	struct policy_view view;
	struct policy_host_spec host;
	struct answer answers[ANSWERS_MAX];
	size_t count;
	bool symlinks; /* the policy allows them */
};

static void explanation_clear(struct explanation *e)
{
	for (size_t i = 0; i < e->count; i++) {
		policy_decision_clear(&e->answers[i].decision);
		policy_grant_clear(&e->answers[i].grant);
	}
	policy_view_clear(&e->view);
}

/* ---- the disk ---- */

static int try_open(int dir, const char *rest, int flags, bool symlinks)
{
	struct open_how how = {.flags = (uint64_t)flags | O_PATH | O_CLOEXEC,
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
	int fd;

	if (!symlinks)
		how.resolve |= RESOLVE_NO_SYMLINKS;
	fd = (int)syscall(SYS_openat2, dir, rest, &how, sizeof(how));
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* A file that is not there may be made when its directory is. */
static int try_parent(int dir, const char *rest, bool symlinks)
{
	AUTO_FREE char *parent = path_dirname(rest);

	return try_open(dir, parent, O_DIRECTORY, symlinks);
}

static int probe(void *arg, const char *root, const char *rest, bool write)
{
	const struct explanation *e = arg;
	AUTO_FREE char *path = path_join(e->view.cwd != NULL ? e->view.cwd : "", root);
	AUTO_CLOSE int dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int failed;

	if (dir < 0)
		return errno;
	failed = try_open(dir, rest, 0, e->symlinks);
	return failed == ENOENT && write ? try_parent(dir, rest, e->symlinks) : failed;
}

/* ---- questions ---- */

static void ask(struct explanation *e, const char *calls, struct policy_question q)
{
	struct answer *a = &e->answers[e->count++];

	a->calls = calls;
	a->question = q;
	policy_decide(&a->decision, &e->view.policy, &q);
	if (e->view.refusal != NULL) {
		a->decision.allowed = false;
		a->decision.reason = "x07 run refuses this policy";
		a->decision.note = e->view.refusal;
		return;
	}
	if (!a->decision.allowed)
		a->can_grant = policy_grant_find(&a->grant, &e->view.policy, &q);
}

static void ask_file(struct explanation *e, enum policy_op op, const char *path)
{
	struct policy_question q = {
	    .op = op, .subject = path, .cwd = e->view.cwd, .probe = probe, .probe_arg = e};

	e->symlinks = e->view.policy.fs.allow_symlinks;
	ask(e, op == POLICY_FS_WRITE ? "std.os.fs.write_file" : "std.os.fs.read_file", q);
	q.v1 = true;
	ask(e, "std.os.fs.*_v1", q);
}

static int ask_host(struct explanation *e, const char *text, struct err *err)
{
	int rc = policy_host_spec_parse(&e->host, text, false, err);

	if (rc < 0)
		return rc;
	if (e->host.port_count != 1)
		return err_set(err, ERR_USAGE, "\"%.300s\": wanted one port", text);
	ask(e, "std.net",
	    (struct policy_question){
		.op = POLICY_NET, .subject = e->host.host, .port = e->host.ports[0]});
	return 0;
}

static int ask_about(struct explanation *e, const char *what, const char *subject, struct err *err)
{
	if (strcmp(what, "net") == 0)
		return ask_host(e, subject, err);
	if (strcmp(what, "fs.read") == 0)
		ask_file(e, POLICY_FS_READ, subject);
	else if (strcmp(what, "fs.write") == 0)
		ask_file(e, POLICY_FS_WRITE, subject);
	else if (strcmp(what, "env") == 0)
		ask(e, "std.os.env.get",
		    (struct policy_question){.op = POLICY_ENV, .subject = subject});
	else if (strcmp(what, "exec") == 0)
		ask(e, "std.os.process.spawn",
		    (struct policy_question){.op = POLICY_EXEC, .subject = subject});
	else
		return err_set(err, ERR_USAGE,
		    "cannot explain \"%.40s\"; wanted fs.read, fs.write, net, env or exec", what);
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

static void patch_json(struct jsonw *w, const struct policy_grant *g)
{
	jsonw_array(w);
	for (uint32_t i = 0; i < g->count; i++) {
		jsonw_object(w);
		jsonw_kv_string(w, "op", g->steps[i].op);
		jsonw_kv_string(w, "path", g->steps[i].path);
		if (g->steps[i].value != NULL) {
			jsonw_key(w, "value");
			policy_json_text(w, g->steps[i].value);
		}
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

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
	jsonw_key(w, "patch");
	if (!d->allowed && a->can_grant)
		patch_json(w, &a->grant);
	else
		jsonw_null(w);
	jsonw_kv_string(w, "place", place.data);
	jsonw_kv_string(w, "reason", d->reason);
	jsonw_kv_string(w, "resolved", d->resolved);
	jsonw_kv_string(w, "rule", d->rule[0] != '\0' ? d->rule : NULL);
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
	if (!a->can_grant) {
		buf_puts(out, "  allow   no change of the policy does it\n");
		return;
	}
	buf_puts(out, "  patch   ");
	patch_json(&w, &a->grant);
	buf_putc(out, '\n');
}

int cmd_policy_explain(const struct cmd_call *call)
{
	const struct policy_options *o = call->options;
	CLEANUP(explanation_clear) struct explanation e = {0};
	CLEANUP(buf_clear) struct buf out = buf_init(POLICY_OUT_MAX_BYTES);
	char *operands[2] = {(char *)call->args.operands[0], (char *)call->args.operands[1]};
	struct err err = {0};

	if (call->args.operand_count != 2) {
		err_set(&err, ERR_USAGE,
		    "wanted fs.read PATH, fs.write PATH, net HOST:PORT, env KEY or exec PATH");
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
