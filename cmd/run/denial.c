/* SPDX-License-Identifier: MIT */
/*
 * Refused operations in words, for the report and for people. What would allow an operation is
 * decided in cmd/run/denial_patch.c.
 */
#include "cmd/run/denial.h"

#include "base/shell.h"
#include "cmd/run/denial_priv.h"
#include "cmd/run/effects.h"
#include "policy/decide.h"

#include <stdlib.h>
#include <string.h>

const char *run_denial_operation(const struct run_effect *d)
{
	static const char *const names[RT_EV_COUNT] = {
	    "unknown", "fs.read", "fs.write", "env.get", "time", "process", "net"};

	return d->kind < ARRAY_LEN(names) ? names[d->kind] : names[0];
}

/* These heads end the program when they are refused; the others give it an errno or a code. */
static bool trapped(const struct run_effect *d)
{
	if (d->op == RT_OP_FS_READ_FILE)
		return true;
	if (d->op == RT_OP_FS_WRITE_FILE)
		return d->sys_errno == 0;
	return d->op == RT_OP_ENV_GET || d->op == RT_OP_TIME_NOW || d->op == RT_OP_PROCESS_EXIT;
}

static void host_json(struct jsonw *w, const struct run_effect *d)
{
	AUTO_FREE char *text = denial_host(d);
	const char *colon = strrchr(text, ':');
	const char *host = text;
	size_t len = colon != NULL ? (size_t)(colon - text) : strlen(text);

	if (len > 1 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	}
	jsonw_object(w);
	jsonw_key(w, "host");
	jsonw_string_n(w, host, len);
	jsonw_key(w, "ports");
	jsonw_array(w);
	if (colon != NULL)
		jsonw_uint(w, strtoul(colon + 1, NULL, 10) & 0xffff);
	jsonw_end_array(w);
	jsonw_end_object(w);
}

static void value_json(struct jsonw *w, const struct denial_op *op,
    const struct run_denial_context *context, const struct run_effect *d)
{
	AUTO_FREE char *folder = NULL;

	switch (op->value) {
	case DENIAL_REMOVE:
		jsonw_null(w);
		break;
	case DENIAL_TRUE:
	case DENIAL_FALSE:
		jsonw_bool(w, op->value == DENIAL_TRUE);
		break;
	case DENIAL_NUMBER:
		jsonw_uint(w, op->number);
		break;
	case DENIAL_FOLDER:
		folder = denial_folder(d, context->cwd);
		jsonw_string(w, folder);
		break;
	case DENIAL_SUBJECT:
		jsonw_string_n(w, d->subject, d->subject_len);
		break;
	case DENIAL_HOST:
		host_json(w, d);
		break;
	}
}

/* "add" replaces a member that is there, so the patch holds for absent optional fields too. */
static void patch_json(struct jsonw *w, const struct denial_advice *a,
    const struct run_denial_context *context, const struct run_effect *d)
{
	if (a->count == 0) {
		jsonw_null(w);
		return;
	}
	jsonw_array(w);
	for (size_t i = 0; i < a->count; i++) {
		bool remove = a->ops[i].value == DENIAL_REMOVE;

		jsonw_object(w);
		jsonw_kv_string(w, "op", remove ? "remove" : "add");
		jsonw_kv_string(w, "path", a->ops[i].path);
		if (!remove) {
			jsonw_key(w, "value");
			value_json(w, &a->ops[i], context, d);
		}
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

/* The texts of the patch can stand in a policy; else no patch does it. */
static bool can_hold(const struct denial_op *op, const struct run_denial_context *context,
    const struct run_effect *d)
{
	AUTO_FREE char *text = NULL;
	char *end = NULL;

	switch (op->value) {
	case DENIAL_REMOVE:
	case DENIAL_TRUE:
	case DENIAL_FALSE:
	case DENIAL_NUMBER:
		return true;
	case DENIAL_FOLDER:
		text = denial_folder(d, context->cwd);
		return policy_can_hold("fs/read_roots", text, strlen(text));
	case DENIAL_SUBJECT:
		return policy_can_hold("env/allow_keys", d->subject, d->subject_len);
	case DENIAL_HOST:
		text = denial_host(d);
		end = strrchr(text, ':');
		return end != NULL &&
		       policy_can_hold("net/allow_hosts/[]/host", text, (size_t)(end - text));
	}
	return false;
}

static void advise(
    struct denial_advice *a, const struct run_denial_context *context, const struct run_effect *d)
{
	denial_advise(a, context->policy, d);
	for (size_t i = 0; i < a->count; i++) {
		if (can_hold(&a->ops[i], context, d))
			continue;
		a->count = 0;
		a->flag = NULL;
	}
}

/* "--allow-write-root out", owned; NULL when no flag allows it. */
static char *flag_text(const struct denial_advice *a, const struct run_denial_context *context,
    const struct run_effect *d)
{
	CLEANUP(buf_clear) struct buf text = buf_init(16384);
	AUTO_FREE char *folder = NULL;

	if (a->flag == NULL)
		return NULL;
	folder = d->kind == RT_EV_NET ? denial_host(d) : denial_folder(d, context->cwd);
	return shell_add_option(&text, a->flag, folder) ? buf_take(&text) : NULL;
}

void run_denial_json(
    struct jsonw *w, const struct run_denial_context *context, const struct run_effect *d)
{
	struct denial_advice a;
	AUTO_FREE char *flag = NULL;

	advise(&a, context, d);
	flag = flag_text(&a, context, d);
	jsonw_object(w);
	jsonw_key(w, "code");
	jsonw_uint(w, d->code);
	jsonw_key(w, "count");
	jsonw_uint(w, d->count);
	jsonw_kv_int(w, "errno", d->sys_errno);
	jsonw_kv_string(w, "flag", flag);
	jsonw_kv_string(w, "head", run_effects_head(d->op));
	jsonw_kv_string(w, "operation", run_denial_operation(d));
	jsonw_key(w, "patch");
	patch_json(w, &a, context, d);
	jsonw_kv_string(w, "path", d->path);
	jsonw_kv_string(w, "policy_line", a.count > 0 ? a.ops[0].path : NULL);
	jsonw_kv_string(w, "reason", a.why);
	jsonw_kv_string(w, "rule", a.rule[0] != '\0' ? a.rule : NULL);
	jsonw_key(w, "subject");
	jsonw_string_n(w, d->subject, d->subject_len);
	jsonw_kv_bool(w, "trap", trapped(d));
	jsonw_end_object(w);
}

static void given_text(struct buf *out, const struct run_effect *d)
{
	if (trapped(d))
		buf_puts(out, " (trap)");
	else if (d->sys_errno != 0)
		buf_printf(out, " (errno %d)", d->sys_errno);
	else if (d->code != 0)
		buf_printf(out, " (code %u)", d->code);
}

static struct jsonw terminal_json(struct buf *out)
{
	struct jsonw w = jsonw_init(out, false);

	w.for_terminal = true;
	return w;
}

bool run_denial_text(
    struct buf *out, const struct run_denial_context *context, const struct run_effect *d)
{
	struct denial_advice a;
	struct jsonw w = terminal_json(out);
	AUTO_FREE char *flag = NULL;

	advise(&a, context, d);
	flag = flag_text(&a, context, d);
	buf_printf(out, "%s ", run_denial_operation(d));
	jsonw_string_n(&w, d->subject, d->subject_len);
	if (d->path != NULL && strcmp(d->path, d->subject) != 0) {
		w = terminal_json(out);
		buf_puts(out, " at ");
		jsonw_string(&w, d->path);
	}
	buf_puts(out, " was refused");
	if (d->count > 1)
		buf_printf(out, " %llu times", (unsigned long long)d->count);
	given_text(out, d);
	buf_printf(out, ": %s", a.why);
	if (a.rule[0] != '\0')
		buf_printf(out, " [%s]", a.rule);
	if (a.count == 0) {
		buf_puts(out, "; no grant allows it");
		return false;
	}
	buf_puts(out, "; to allow it: ");
	if (flag != NULL)
		buf_printf(out, "%s, or the patch ", flag);
	w = terminal_json(out);
	patch_json(&w, &a, context, d);
	return true;
}
