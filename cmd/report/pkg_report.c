/* SPDX-License-Identifier: MIT */
/*
 * The report of a package command: `{ok, command, result?, error?}` in one line on standard output,
 * or text when a person reads it.
 */
#include "cmd/report/pkg_report.h"

#include "cmd/codes.h"
#include "cmd/pkg.h"
#include "cmd/pkg/engine_codes.h"
#include "pkg/codes.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void pkg_report_init(struct pkg_report *r, const struct cmd_call *call)
{
	*r = (struct pkg_report){.call = call};
	r->result = buf_init(PKG_REPORT_MAX_BYTES);
	r->text = buf_init(PKG_REPORT_MAX_BYTES);
	r->data = buf_init(PKG_REPORT_MAX_BYTES);
	r->w = jsonw_init(&r->result, false);
}

void pkg_report_clear(struct pkg_report *r)
{
	buf_clear(&r->result);
	buf_clear(&r->text);
	buf_clear(&r->data);
}

void pkg_report_open(struct pkg_report *r)
{
	r->w.out = &r->result; /* the report may have been moved since */
	jsonw_object(&r->w);
}

void pkg_report_close(struct pkg_report *r)
{
	jsonw_end_object(&r->w);
}

static void put_fact(struct jsonw *d, const struct pkg_fact *f)
{
	jsonw_object(d);
	jsonw_kv_string(d, "kind", f->kind == PKG_FACT_NEEDS ? "needs" : "unfit");
	jsonw_kv_string(d, "by", f->by);
	jsonw_kv_string(d, "by_versions", f->by_versions);
	jsonw_kv_string(d, "name", f->name);
	jsonw_kv_string(d, "requirement", f->requirement);
	jsonw_kv_string(d, "detail", f->detail);
	jsonw_end_object(d);
}

void pkg_report_conflict(struct pkg_report *r, const struct pkg_conflict *conflict)
{
	struct jsonw d = jsonw_init(&r->data, false);

	jsonw_object(&d);
	jsonw_kv_string(&d, "package", conflict->package);
	jsonw_key(&d, "facts");
	jsonw_array(&d);
	for (uint32_t i = 0; i < conflict->fact_count; i++)
		put_fact(&d, &conflict->facts[i]);
	jsonw_end_array(&d);
	jsonw_key(&d, "ways_out");
	jsonw_array(&d);
	for (uint32_t i = 0; i < conflict->way_out_count; i++)
		jsonw_string(&d, conflict->ways_out[i]);
	jsonw_end_array(&d);
	jsonw_end_object(&d);
	pkg_conflict_print(&r->text, conflict);
}

bool pkg_is_interactive(const struct cmd_call *call)
{
	const struct pkg_options *o = call->options;

	return !o->json && isatty(STDOUT_FILENO) == 1;
}

const struct code *pkg_error_code(const struct err *err)
{
	if (err->what != NULL)
		return err->what;
	switch (err->code) {
	case ERR_IO:
	case ERR_EXISTS:
		return PKG_CODE(IO);
	case ERR_NOT_FOUND:
		return CMD_CODE(NOT_FOUND);
	case ERR_LIMIT:
		return PKG_ENGINE_CODE(LIMIT);
	case ERR_SANDBOX:
		return CMD_CODE(SANDBOX);
	case ERR_USAGE:
		return CMD_CODE(USAGE);
	default:
		return CMD_CODE(INTERNAL);
	}
}

/* x07.json and the lock that cannot be read end every command of x07 alike. */
static bool is_about_documents(const struct code *code)
{
	const struct code *const documents[] = {PKG_CODE(LOCK_PARSE), PKG_CODE(LOCK_READ),
	    PKG_CODE(LOCK_SCHEMA), PKG_CODE(PROJECT_PARSE), PKG_CODE(PROJECT_READ)};

	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		if (code == documents[i])
			return true;
	}
	return false;
}

int pkg_error_status(const struct err *err)
{
	if (err->code == ERR_USAGE || is_about_documents(err->what))
		return err_exit_status(err->code);
	return err_exit_status(ERR_PKG);
}

/* "pkg add" as "pkg.add". */
static void put_command(struct jsonw *w, const struct cmd_call *call)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "%s", call->cmd->name);
	for (char *c = name; *c != '\0'; c++)
		*c = (char)(*c == ' ' ? '.' : *c);
	jsonw_kv_string(w, "command", name);
}

/* Text that a writer has made already, as the value of the key before it. */
static void put_raw(struct buf *out, const char *key, const struct buf *value)
{
	if (value->len > 0) {
		buf_printf(out, ",\"%s\":", key);
		buf_add(out, value->data, value->len);
	}
}

static void put_error(struct buf *out, const struct pkg_report *r, const struct err *err)
{
	CLEANUP(buf_clear) struct buf head = buf_init(16384);
	struct jsonw w = jsonw_init(&head, false);

	jsonw_object(&w);
	jsonw_kv_string(&w, "code", pkg_error_code(err)->id);
	jsonw_kv_string(&w, "message", err->message);
	buf_puts(out, ",\"error\":");
	buf_add(out, head.data, head.len);
	put_raw(out, "data", &r->data);
	buf_putc(out, '}');
}

static int print_json(struct pkg_report *r, int rc, const struct err *err)
{
	CLEANUP(buf_clear) struct buf out = buf_init(PKG_REPORT_MAX_BYTES * 2);
	struct jsonw w = jsonw_init(&out, false);

	jsonw_object(&w);
	jsonw_kv_bool(&w, "ok", rc == 0);
	put_command(&w, r->call);
	put_raw(&out, "result", &r->result);
	if (rc < 0)
		put_error(&out, r, err);
	buf_puts(&out, "}\n");
	return print_out(&out);
}

static void complain(const struct cmd_call *call, const struct err *err)
{
	struct err shown = *err;

	shown.what = pkg_error_code(err);
	(void)print_err(call, &shown, NULL);
}

void pkg_report_complain(const struct cmd_call *call, const struct err *err)
{
	const struct pkg_options *o = call->options;

	if (!o->json && !o->quiet)
		complain(call, err);
}

int pkg_report_finish(struct pkg_report *r, int rc, const struct err *err)
{
	struct err shown = {0};
	int status;

	if (rc < 0 && err->code == ERR_USAGE)
		return print_err(r->call, err, NULL);
	if (pkg_is_interactive(r->call)) {
		status = r->text.len > 0 ? print_text(&r->text) : CMD_EXIT_OK;
		if (rc < 0) {
			shown = *err;
			/* The text tells a conflict in full. */
			if (r->data.len > 0 && r->text.len > 0)
				(void)snprintf(shown.message, sizeof(shown.message),
				    "no versions fit together");
			complain(r->call, &shown);
		}
	} else {
		status = print_json(r, rc, err);
		if (rc < 0)
			pkg_report_complain(r->call, err);
	}
	if (rc < 0)
		return pkg_error_status(err);
	return status;
}
