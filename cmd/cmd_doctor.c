/* SPDX-License-Identifier: MIT */
/*
 * `x07 doctor`: what each thing needs and what is here, found out by doing it, with the fix for
 * this distribution. Exit status 0 only when `x07 run --profile sandbox` would start.
 * Source: docs/spec/cli.md 5; docs/format/doctor.md.
 */
#include "cmd/cmd.h"

#include "base/file.h"
#include "base/json.h"
#include "base/near.h"
#include "base/path.h"
#include "cmd/doctor/host.h"
#include "cmd/doctor/kernel.h"
#include "cmd/doctor/net.h"
#include "cmd/doctor/run.h"
#include "cmd/doctor/types.h"
#include "cmd/run/dirs.h"
#include "cmd/run_call.h"
#include "pkg/discover.h"
#include "policy/templates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define REPORT_MAX_BYTES (1u << 20)
#define NAME_COLUMN 23

/* When a row decides over the exit status. */
enum need { NEED_NEVER, NEED_ALWAYS, NEED_OS, NEED_NET };

struct check {
	const char *name;
	const char *needed_for;
	enum need need;
	void (*run)(struct doctor *d, struct doctor_line *l);
};

/* In the order of the report; the first two find out what the others matter for. */
/* clang-format off */
static const struct check checks[] = {
	{ "sandbox_backend", "sandboxed runs", NEED_ALWAYS, doctor_backend },
	{ "project", "runs in this folder", NEED_ALWAYS, doctor_project },
	{ "kernel", "sandboxed runs", NEED_OS, doctor_kernel },
	{ "user_namespaces", "sandboxed runs", NEED_OS, doctor_namespaces },
	{ "landlock", "sandboxed runs", NEED_OS, doctor_landlock },
	{ "seccomp", "sandboxed runs", NEED_OS, doctor_seccomp },
	{ "libtcc", "every run", NEED_ALWAYS, doctor_libtcc },
	{ "sandbox", "sandboxed runs", NEED_ALWAYS, doctor_sandbox },
	{ "c_compiler", "fast code from the second run on", NEED_NEVER, doctor_compiler },
	{ "image_cache", "fast code from the second run on", NEED_NEVER, doctor_cache },
	{ "net_deps_curl_openssl", "programs that use the network", NEED_NET, doctor_broker },
	{ "ca_bundle", "https", NEED_NEVER, doctor_ca_bundle },
	{ "resolver", "names of hosts", NEED_NEVER, doctor_resolver },
	{ "package_store", "x07 pkg", NEED_NEVER, doctor_store },
	{ "embedded_registry", "x07 pkg without a network", NEED_NEVER, doctor_embedded },
	{ "registry", "x07 pkg with your own packages", NEED_NEVER, doctor_registry },
	{ "cgroup", "limits over programs that start processes", NEED_NEVER, doctor_cgroup },
	{ "seccomp_user_notify", "code that opens its own sockets (not in this build)", NEED_NEVER, doctor_notify },
	{ "vm_runtime", "backend vm (not in this build)", NEED_NEVER, doctor_vm },
};
/* clang-format on */

static const struct {
	const char *id, *word, *color;
} states[] = {
    [DOCTOR_OK] = {"ok", "ok", "\033[32m"},
    [DOCTOR_WARN] = {"warn", "warn", "\033[33m"},
    [DOCTOR_FAIL] = {"fail", "FAIL", "\033[31m"},
    [DOCTOR_SKIP] = {"skipped", "-", "\033[2m"},
};

static bool is_required(const struct doctor *d, enum need need)
{
	switch (need) {
	case NEED_NEVER:
		return false;
	case NEED_ALWAYS:
		return true;
	case NEED_OS:
		return d->os_backend;
	case NEED_NET:
		return d->net;
	}
	return true;
}

/* Our own folder with a program and the smallest policy. */
static int make_files(struct doctor *d, struct err *err)
{
	static const char program[] = "{\"schema_version\":\"x07.x07ast@0.8.0\",\"kind\":\"entry\","
				      "\"module_id\":\"main\",\"imports\":[],\"decls\":[],"
				      "\"solve\":[\"view.to_bytes\",\"input\"]}\n";
	CLEANUP(buf_clear) struct buf policy = buf_init(1u << 20);
	const char *tmp = getenv("TMPDIR");
	AUTO_FREE char *dir =
	    path_join(tmp != NULL && tmp[0] == '/' ? tmp : "/tmp", "x07-doctor.XXXXXX");
	int rc;

	if (mkdtemp(dir) == NULL)
		return err_sys(err, ERR_IO, "cannot make a folder %s", dir);
	d->dir = TAKE(dir);
	d->program = path_join(d->dir, "doctor.x07.json");
	d->policy = path_join(d->dir, "policy.json");
	rc = policy_template_print(&policy, "cli", "x07.doctor", err);
	if (rc == 0)
		rc = file_create(d->policy, policy.data, policy.len, err);
	return rc == 0 ? file_create(d->program, program, sizeof(program) - 1, err) : rc;
}

static void doctor_clear(struct doctor *d)
{
	if (d->dir != NULL) {
		(void)unlink(d->program);
		(void)unlink(d->policy);
		(void)rmdir(d->dir);
	}
	doctor_host_clear(&d->host);
	base_free_ptr(&d->dir);
	base_free_ptr(&d->program);
	base_free_ptr(&d->policy);
	base_free_ptr(&d->manifest);
	run_dirs_clear(&d->dirs);
}

static bool env_is_on(const char *name)
{
	const char *v = getenv(name);

	return v != NULL && v[strspn(v, " \t\r\n")] != '\0' && !near_is_choice("0|false|no|off", v);
}

static int prepare(struct doctor *d, struct err *err)
{
	AUTO_FREE char *here = NULL;
	struct err none = {0};
	int rc = run_dirs_find(&d->dirs, err);

	doctor_host_find(&d->host);
	d->offline = env_is_on("X07_OFFLINE");
	if (rc == 0)
		rc = make_files(d, err);
	if (rc == 0)
		rc = path_absolute(&here, ".", err);
	if (rc == 0 && pkg_manifest_discover(&d->manifest, here, &none) == ERR_USAGE)
		d->manifest = base_strdup(here); /* several candidates: the check says so */
	return rc;
}

/* "x86_64" or "aarch64", as the reference names them. */
static void put_platform(struct jsonw *w, const struct doctor_host *h)
{
	struct utsname host = {0};

	(void)uname(&host);
	jsonw_key(w, "platform");
	jsonw_object(w);
	jsonw_kv_string(w, "os", "linux");
	jsonw_kv_string(w, "arch", host.machine);
	if (h->id[0] != '\0')
		jsonw_kv_string(w, "distro", h->id);
	if (h->wsl)
		jsonw_kv_bool(w, "wsl", true);
	if (h->container != NULL)
		jsonw_kv_string(w, "container", h->container);
	jsonw_kv_string(w, "kernel", host.release);
	jsonw_end_object(w);
}

static void put_text(struct jsonw *w, const char *key, const struct buf *text)
{
	if (text->len == 0)
		return;
	jsonw_key(w, key);
	jsonw_string_n(w, text->data, text->len);
}

static void put_json(
    struct buf *out, const struct doctor *d, const struct doctor_line *lines, bool ok)
{
	struct jsonw w = jsonw_init(out, false);

	jsonw_object(&w);
	jsonw_kv_bool(&w, "ok", ok);
	jsonw_kv_string(&w, "command", "doctor");
	put_platform(&w, &d->host);
	jsonw_key(&w, "checks");
	jsonw_array(&w);
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		jsonw_object(&w);
		jsonw_kv_string(&w, "name", checks[i].name);
		jsonw_kv_bool(&w, "ok", lines[i].state != DOCTOR_FAIL);
		put_text(&w, "detail", &lines[i].detail);
		jsonw_kv_string(&w, "status", states[lines[i].state].id);
		jsonw_kv_bool(&w, "required", lines[i].required);
		jsonw_kv_string(&w, "needed_for", checks[i].needed_for);
		put_text(&w, "fix", &lines[i].fix);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_key(&w, "suggestions");
	jsonw_array(&w);
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		CLEANUP(buf_clear) struct buf line = buf_init((size_t)4 * DOCTOR_TEXT_MAX);

		if (lines[i].fix.len == 0)
			continue;
		buf_printf(&line, "%s: ", checks[i].name);
		buf_add(&line, lines[i].fix.data, lines[i].fix.len);
		jsonw_string_n(&w, line.data, line.len);
	}
	jsonw_end_array(&w);
	jsonw_kv_string(&w, "schema_version", "x07.doctor.report@0.1.0");
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

static void put_lines(struct buf *out, const struct doctor_line *lines, bool ok)
{
	bool color = print_in_color();
	const char *end = color ? "\033[0m" : "";

	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		const struct doctor_line *l = &lines[i];
		const char *start = color ? states[l->state].color : "";

		buf_printf(out, "%s%-4s %-*s%s %s\n", start, states[l->state].word, NAME_COLUMN,
		    checks[i].name, end, buf_str(&l->detail));
		if (l->state == DOCTOR_FAIL || l->state == DOCTOR_WARN)
			buf_printf(out, "     %-*s needed for %s\n", NAME_COLUMN, "",
			    checks[i].needed_for);
		if (l->fix.len > 0)
			buf_printf(out, "     %-*s fix: %s\n", NAME_COLUMN, "", l->fix.data);
	}
	buf_printf(out, "%s%s%s\n", color ? states[ok ? DOCTOR_OK : DOCTOR_FAIL].color : "",
	    ok ? "`x07 run --profile sandbox` starts here"
	       : "`x07 run --profile sandbox` does not start here: see the lines marked FAIL",
	    end);
}

static bool wants_text(const struct doctor_options *o)
{
	return o->emit != NULL ? strcmp(o->emit, "text") == 0 : isatty(STDOUT_FILENO) == 1;
}

int cmd_doctor(const struct cmd_call *call)
{
	struct run_call who;
	CLEANUP(doctor_clear) struct doctor d = {.caller = &who.caller, .options = call->options};
	CLEANUP(buf_clear) struct buf out = buf_init(REPORT_MAX_BYTES);
	struct doctor_line lines[ARRAY_LEN(checks)];
	struct err err = {0};
	bool ok = true;
	int status;

	run_call_init(&who, call);
	if (prepare(&d, &err) < 0)
		return print_err(call, &err, "TMPDIR must name a folder that can be written");
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		lines[i] = (struct doctor_line){.detail = buf_init((size_t)2 * DOCTOR_TEXT_MAX),
		    .fix = buf_init((size_t)2 * DOCTOR_TEXT_MAX),
		    .required = is_required(&d, checks[i].need)};
		checks[i].run(&d, &lines[i]);
		ok = ok && lines[i].state != DOCTOR_FAIL;
	}
	if (wants_text(call->options))
		put_lines(&out, lines, ok);
	else
		put_json(&out, &d, lines, ok);
	status = print_out(&out);
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		buf_clear(&lines[i].detail);
		buf_clear(&lines[i].fix);
	}
	if (status != CMD_EXIT_OK)
		return status;
	return ok ? CMD_EXIT_OK : CMD_EXIT_FAILED;
}
