/* SPDX-License-Identifier: MIT */
/*
 * Checks of `x07 doctor`: what programs need for the network, and packages need for everything. The
 * only one that may open a socket to another host is doctor_registry, when a registry is configured
 * or asked for and X07_OFFLINE is not set.
 */
#include "cmd/doctor/net.h"

#include "base/file.h"
#include "base/json.h"
#include "base/path.h"
#include "base/spawn.h"
#include "cmd/codes.h"
#include "cmd/doctor/child.h"
#include "cmd/doctor/host.h"
#include "cmd/doctor/list.h"
#include "cmd/explain/all.h"
#include "registry/codes.h"
#include "sandbox/broker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUNDLE_MAX_BYTES (16u << 20)
#define TIMEOUT_MS 30000

void doctor_broker(struct doctor *d, struct doctor_line *l)
{
	CLEANUP(sandbox_broker_clear) struct sandbox_broker b = SANDBOX_BROKER_NONE;
	struct broker_config config = {.ca_bundle = sandbox_broker_ca_bundle()};
	AUTO_FREE char *path = NULL;
	AUTO_FREE struct broker_log *log = NULL;
	struct err err = {0};
	int rc = spawn_find(&path, "x07-broker", &err);

	if (rc == 0)
		rc = sandbox_broker_open(&b, &err);
	if (rc == 0)
		rc = sandbox_broker_start(&b, path, &config, &err);
	if (rc == 0)
		rc = sandbox_broker_finish(&b, &log, &err);
	if (rc == 0) {
		doctor_ok(
		    l, "the network broker starts and confines itself; no headers are needed");
		return;
	}
	doctor_bad(l, "%s", err.message);
	if (access(path != NULL ? path : "", X_OK) < 0)
		doctor_fix(l, "install x07 anew, all files together");
	else
		doctor_fix_install(
		    l, &d->host, "libcurl4 libssl3", "libcurl openssl-libs", "libcurl libssl3");
}

static size_t count_certificates(const char *text)
{
	static const char mark[] = "-----BEGIN CERTIFICATE-----";
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, mark)) != NULL; at += sizeof(mark) - 1)
		count++;
	return count;
}

void doctor_ca_bundle(struct doctor *d, struct doctor_line *l)
{
	CLEANUP(buf_clear) struct buf text = buf_init(BUNDLE_MAX_BYTES);
	const char *path = sandbox_broker_ca_bundle();
	const char *named = getenv("X07_CA_BUNDLE");
	bool ours = named != NULL && named[0] != '\0';
	struct err err = {0};
	size_t count = 0;

	if (path[0] == '\0') {
		doctor_bad(l, "there is none: every TLS connection fails");
	} else if (file_read(&text, path, &err) < 0) {
		doctor_bad(l, "%s%s", ours ? "X07_CA_BUNDLE: " : "", err.message);
	} else {
		buf_putc(&text, '\0');
		count = count_certificates(text.data);
		if (count > 0)
			doctor_ok(l, "%s%s, %zu certificates", path, ours ? " (X07_CA_BUNDLE)" : "",
			    count);
		else
			doctor_bad(l, "%s%s holds no certificate in PEM form",
			    ours ? "X07_CA_BUNDLE: " : "", path);
	}
	if (l->state == DOCTOR_OK)
		return;
	if (ours)
		doctor_fix(
		    l, "unset X07_CA_BUNDLE, or let it name a readable file of PEM certificates");
	else
		doctor_fix_install(
		    l, &d->host, "ca-certificates", "ca-certificates", "ca-certificates");
}

/* Name servers as the broker reads them; none is asked. */
void doctor_resolver(struct doctor *d, struct doctor_line *l)
{
	CLEANUP(buf_clear) struct buf text = buf_init(65536);
	struct err err = {0};
	size_t count = 0;

	if (file_read(&text, "/etc/resolv.conf", &err) < 0) {
		doctor_bad(l, "%s: only names of /etc/hosts resolve", err.message);
	} else {
		buf_putc(&text, '\0');
		for (const char *line = text.data; *line != '\0';) {
			count += strncmp(line, "nameserver", 10) == 0 &&
				 (line[10] == ' ' || line[10] == '\t');
			line += strcspn(line, "\n");
			line += *line == '\n';
		}
		if (count > 0) {
			doctor_ok(l, "/etc/resolv.conf names %zu server%s; none was asked", count,
			    count == 1 ? "" : "s");
			return;
		}
		doctor_bad(l, "/etc/resolv.conf names no server: only names of /etc/hosts resolve");
	}
	if (access("/run/systemd/resolve/stub-resolv.conf", R_OK) == 0)
		doctor_fix(l, "%sln -sf /run/systemd/resolve/stub-resolv.conf /etc/resolv.conf",
		    d->host.root ? "" : "sudo ");
	else
		doctor_fix(l, "write `nameserver ADDRESS` into /etc/resolv.conf");
}

/* The nearest name above that exists: where the first missing folder would be made. */
static char *existing_folder(const char *path)
{
	char *at = base_strdup(path);

	while (strcmp(at, "/") != 0 && access(at, F_OK) < 0 && errno == ENOENT) {
		char *up = path_dirname(at);

		free(at);
		at = up;
	}
	return at;
}

void doctor_store(struct doctor *d, struct doctor_line *l)
{
	const char *own = getenv("X07_PKG_HOME"), *home = getenv("HOME");
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *folder = NULL;
	AUTO_FREE char *file = NULL;
	struct err err = {0};
	int fd = -1;

	(void)d;
	if (own != NULL && own[0] != '\0') {
		if (path_absolute(&path, own, &err) < 0)
			path = base_strdup(own);
	} else if (home != NULL && home[0] == '/') {
		path = path_join(home, ".x07");
	} else {
		doctor_bad(l, "neither X07_PKG_HOME nor HOME says where packages are kept");
		doctor_fix(l, "export HOME or X07_PKG_HOME");
		return;
	}
	folder = existing_folder(path);
	file = path_join(folder, ".x07-doctor.XXXXXX");
	fd = mkostemp(file, O_CLOEXEC);
	if (fd < 0) {
		doctor_bad(l, "%s: cannot write to %s: %s", path, folder, strerror(errno));
		doctor_fix(l, "make it writable, or let X07_PKG_HOME name a folder that is");
		return;
	}
	close(fd);
	(void)unlink(file);
	doctor_ok(l, "%s%s", path, file_is_directory(path) ? "" : " (will be made)");
}

/* The member of `error` or `result` of a report, owned; NULL when it is not there. */
static char *report_text(const struct buf *report, const char *object, const char *member)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	const struct json *doc = NULL, *v;
	struct json_fault fault = {0};

	if (report->data == NULL ||
	    json_parse(&doc, &arena, report->data, report->len, NULL, &fault) < 0)
		return NULL;
	v = json_get(json_get(doc, object), member);
	return v != NULL && v->kind == JSON_STRING ? strndup(v->text.ptr, v->text.len) : NULL;
}

/* Verify every byte of the registry that ships with the tool, with the key that is compiled in. */
void doctor_embedded(struct doctor *d, struct doctor_line *l)
{
	CLEANUP(buf_clear) struct buf report = buf_init(1u << 20);
	AUTO_FREE char *program = NULL;
	AUTO_FREE char *share = path_dirname(d->dirs.std_root);
	AUTO_FREE char *dir = path_join(share, "registry");
	AUTO_FREE char *why = NULL;
	const char *argv[] = {"x07", "registry", "check", "--offline", "--json", "embedded:", NULL};
	struct err err = {0};
	int rc = spawn_find(&program, "x07-pkg", &err);
	int status = 0;

	if (rc == 0)
		rc = doctor_child(&status, &report, program, argv, TIMEOUT_MS, &err);
	if (rc == 0 && status == 0) {
		doctor_ok(l, "%s, every archive and signature verified", dir);
		return;
	}
	why = report_text(&report, "error", "message");
	doctor_bad(l, "%s: %s", dir, rc < 0 ? err.message : why != NULL ? why : "it is damaged");
	doctor_fix(l, "install x07 anew, all files together");
}

static void judge_registry(
    struct doctor *d, struct doctor_line *l, const struct buf *report, int status)
{
	AUTO_FREE char *index = report_text(report, "result", "index");
	AUTO_FREE char *code = report_text(report, "error", "code");
	AUTO_FREE char *message = report_text(report, "error", "message");

	if (status == CMD_EXIT_USAGE && report->len == 0) {
		doctor_bad(l, "%s is no address of a registry",
		    d->options->registry != NULL ? d->options->registry : "what is configured");
		doctor_fix(l,
		    "`x07 pkg list` with it (--index, X07_PKG_INDEX_URL, x07.config.json) "
		    "says how addresses are written");
	} else if (status == 0 && index != NULL && strcmp(index, "embedded:") == 0)
		doctor_skip(
		    l, "none is configured: the embedded one is used, no socket was opened");
	else if (status == 0)
		doctor_ok(l, "%s answers", index != NULL ? index : "it");
	else if (code != NULL && explain_all_find(code) == REGISTRY_CODE(INDEX_NO_MATCH))
		doctor_ok(l, "it answers (and has no ext-net)");
	else if (d->offline)
		doctor_skip(l, "X07_OFFLINE is set: no socket was opened");
	else {
		doctor_bad(l, "[%s] %s", code != NULL ? code : CMD_CODE(INTERNAL)->id,
		    message != NULL ? message : "x07-pkg gave no report");
		doctor_fix(l,
		    "check the address (X07_PKG_INDEX_URL, x07.config.json) and the network, "
		    "or set X07_OFFLINE=1 to work with what is here");
	}
}

void doctor_registry(struct doctor *d, struct doctor_line *l)
{
	CLEANUP(buf_clear) struct buf report = buf_init(1u << 20);
	AUTO_FREE char *program = NULL;
	const char *asked = d->options->registry;
	const char *argv[] = {"x07", "pkg", "versions", "ext-net", "--json", "--quiet",
	    asked != NULL ? "--index" : NULL, asked, NULL};
	struct err err = {0};
	int rc = spawn_find(&program, "x07-pkg", &err);
	int status = 0;

	if (rc == 0)
		rc = doctor_child(&status, &report, program, argv, TIMEOUT_MS, &err);
	if (rc == 0)
		judge_registry(d, l, &report, status);
	else
		doctor_bad(l, "%s", err.message);
}
