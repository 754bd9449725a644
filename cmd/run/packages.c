/* SPDX-License-Identifier: MIT */
/*
 * Packages that are locked but not installed, as in a fresh clone, are installed before a run; that
 * is x07-pkg's work. A lock is never rewritten here: what does not fit is refused by
 * cmd/run/lock.c. Source: docs/cmd/run.md.
 */
#include "cmd/run/packages.h"

#include "base/file.h"
#include "base/json.h"
#include "base/path.h"
#include "cmd/run/codes.h"
#include "pkg/lock.h"
#include "pkg/lock_verify.h"
#include "pkg/place.h"

#include <string.h>
#include <unistd.h>

#define WAIT_MS 600000
#define ANSWER_MAX_BYTES ((size_t)16 << 20)

enum lack { LACK_NOTHING, LACK_LOCK, LACK_PACKAGES };

static void on_waiting(void *ctx, const char *holder)
{
	const struct run_caller *caller = ctx;

	notes_say(&caller->notes, "waiting: %s has this project", holder);
}

int run_packages_hold(
    struct pkg_txn **reading, const struct run_caller *caller, const char *path, struct err *err)
{
	AUTO_FREE char *root = file_is_directory(path) ? base_strdup(path) : path_dirname(path);
	const struct pkg_txn_options options = {.root = root,
	    .command = caller->name,
	    .mode = PKG_TXN_READ,
	    .wait_ms = WAIT_MS,
	    .waiting = on_waiting,
	    .ctx = (void *)caller};

	if (!file_is_directory(root))
		return 0; /* the manifest will be missing */
	if (pkg_txn_begin(reading, &options, err) == 0)
		return 0;
	err->code = ERR_LOCKED;
	return ERR_LOCKED;
}

static bool is_installed(const struct pkg_manifest *m, const char *package)
{
	AUTO_FREE char *dir = NULL;
	AUTO_FREE char *file = NULL;
	struct err none = {0};

	if (pkg_place_path(&dir, m->root, package, &none) < 0)
		return true; /* told by cmd/run/lock.c */
	file = path_join(dir, "x07-package.json");
	return access(file, F_OK) == 0;
}

/* Anything else that is wrong with the lock is told by cmd/run/lock.c. */
static enum lack find_lack(const struct pkg_manifest *m)
{
	CLEANUP(pkg_lock_clear) struct pkg_lock lock = {0};
	CLEANUP(diag_list_clear) struct diag_list ignored = {0};
	AUTO_FREE char *path = pkg_lock_path(m);
	struct err none = {0};

	if (m->dependency_count == 0)
		return LACK_NOTHING;
	if (access(path, F_OK) < 0)
		return LACK_LOCK;
	if (pkg_lock_load(&lock, path, &ignored, &none) < 0 || pkg_lock_verify(&lock, m, &none) < 0)
		return LACK_NOTHING;
	for (uint32_t i = 0; i < lock.count; i++) {
		if (!is_installed(m, lock.entries[i].path))
			return LACK_PACKAGES;
	}
	return LACK_NOTHING;
}

/* What the report of x07-pkg says of its failure. @return false when it is no report. */
static bool read_report(
    struct str *code, struct str *message, struct arena *arena, const struct buf *answer)
{
	const struct json *doc = NULL, *error, *id, *text;
	struct json_fault fault = {0};

	if (answer->len == 0 ||
	    json_parse(&doc, arena, answer->data, answer->len, NULL, &fault) < 0)
		return false;
	error = json_get(doc, "error");
	id = json_get(error, "code");
	text = json_get(error, "message");
	if (id == NULL || id->kind != JSON_STRING || text == NULL || text->kind != JSON_STRING)
		return false;
	*code = id->text;
	*message = text->text;
	return true;
}

static int refused(
    struct err *err, const struct run_caller *caller, const struct buf *answer, int status)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	const struct code *what = NULL;
	struct str code = {0}, message = {0};
	const char *id;

	if (!read_report(&code, &message, &arena, answer))
		return err_code(err, ERR_LOCKED, RUN_CODE(PACKAGES),
		    "packages of the project: x07-pkg ended with status %d", status);
	id = arena_strndup(&arena, code.ptr, code.len);
	if (caller->find_code != NULL)
		what = caller->find_code(id);
	return err_code(err, ERR_LOCKED, what != NULL ? what : RUN_CODE(PACKAGES),
	    "packages of the project: %.*s", (int)message.len, message.ptr);
}

static int ask(const struct run_target *t, const struct run_caller *caller, bool offline,
    enum lack lack, struct err *err)
{
	CLEANUP(buf_clear) struct buf answer = buf_init(ANSWER_MAX_BYTES);
	AUTO_FREE char *project = base_strdup(t->manifest.path);
	char *argv[10] = {(char[]){"x07"}, (char[]){"pkg"}, (char[]){"lock"}, (char[]){"--json"},
	    (char[]){"--project"}, project};
	char frozen[] = "--frozen", no_network[] = "--offline";
	size_t n = 6;
	int status = 0, rc;

	if (lack == LACK_PACKAGES)
		argv[n++] = frozen;
	if (offline)
		argv[n++] = no_network;
	argv[n] = NULL;
	rc = caller->ask_pkg(&answer, &status, argv, err);
	if (rc < 0)
		return rc;
	return status != 0 ? refused(err, caller, &answer, status) : 0;
}

int run_packages_complete(struct run_target *target, const struct run_caller *caller, bool offline,
    struct diag_list *diags, struct err *err)
{
	enum lack lack = find_lack(&target->manifest);
	AUTO_FREE char *path = base_strdup(target->manifest.path);
	int rc;

	if (lack == LACK_NOTHING || caller->ask_pkg == NULL)
		return 0;
	/* x07-pkg wants the project for itself. */
	pkg_txn_end(target->reading);
	target->reading = NULL;
	rc = ask(target, caller, offline, lack, err);
	if (rc < 0)
		return rc;
	notes_say(&caller->notes, "hydrated project dependencies via `x07 pkg lock%s --project %s`",
	    lack == LACK_PACKAGES ? " --frozen" : "", path);
	rc = run_packages_hold(&target->reading, caller, path, err);
	if (rc < 0)
		return rc;
	pkg_manifest_clear(&target->manifest);
	target->has_manifest = false;
	rc = pkg_manifest_load(&target->manifest, path, diags, err);
	target->has_manifest = rc == 0;
	return rc;
}
