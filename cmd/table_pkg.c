/* SPDX-License-Identifier: MIT */
/*
 * The commands of x07-pkg and all their options. The second words stand also in cmd/cmd.h, for the
 * completion of x07.
 */
#include "cmd/cmd_registry.h"
#include "cmd/pkg.h"

enum { GROUP_NONE, GROUP_INDEX, GROUP_PIN, GROUP_TOKEN };

/* clang-format off */
#define AT(field) offsetof(struct pkg_options, field)
#define FLAG(name, field, help) { name, NULL, NULL, help, OPTION_FLAG, OPTION_IN_X07, GROUP_NONE, AT(field) }
#define TEXT(name, value, field, help) { name, value, NULL, help, OPTION_TEXT, OPTION_IN_X07, GROUP_NONE, AT(field) }
#define REPORT \
	FLAG("--json", json, "print the report as JSON on a terminal too"), \
	FLAG("--quiet", quiet, "no progress, no notes")
#define PROJECT \
	TEXT("--project", "PATH", project, "x07.json or its folder (default: found upwards from here)"), \
	{ "--wait", "SECONDS", NULL, "how long to wait for another x07 on this project (default: 600)", OPTION_UINT, OPTION_IN_X07, GROUP_NONE, AT(wait) }, \
	REPORT
#define INDEX \
	{ "--index", "URL", NULL, "the registry: sparse+https://.../, sparse+file:///.../, git+https://...", OPTION_TEXT, OPTION_IN_X07, GROUP_INDEX, AT(index) }, \
	{ "--registry", "URL", NULL, "the same as --index", OPTION_TEXT, OPTION_IN_X07, GROUP_INDEX, AT(registry) }
#define OFFLINE FLAG("--offline", offline, "open no socket; also X07_OFFLINE=1")
#define ALLOW \
	FLAG("--allow-yanked", allow_yanked, "accept versions that were withdrawn"), \
	FLAG("--allow-advisories", allow_advisories, "accept versions that an advisory names")

static const struct option add_rows[] = {
	FLAG("--sync", sync, "resolve, install and lock at once"),
	FLAG("--with-closure", with_closure, "also write what it needs to x07.json, without installing"),
	TEXT("--path", "PATH", path, "where the package is, relative to the project"),
	FLAG("--pre", pre, "take a pre-release when it is the highest version"),
	INDEX, OFFLINE, ALLOW, PROJECT,
};
static const struct option remove_rows[] = {
	FLAG("--sync", sync, "resolve, install and lock at once"),
	INDEX, OFFLINE, PROJECT,
};
static const struct option lock_rows[] = {
	{ "--check", NULL, NULL, "change nothing: fail when lock, project and files differ", OPTION_FLAG, OPTION_IN_X07, GROUP_PIN, AT(check) },
	{ "--frozen", NULL, NULL, "install exactly what is locked, change neither file", OPTION_FLAG, OPTION_IN_X07, GROUP_PIN, AT(frozen) },
	{ "--lock-version", "V", NULL, "format of the lock file 0.3 or 0.4 (default)", OPTION_TEXT, OPTION_IN_X07, GROUP_NONE, AT(lock_version) },
	INDEX, OFFLINE, ALLOW, PROJECT,
};
static const struct option sync_rows[] = {
	FLAG("--frozen", frozen, "fail when the lock does not fit x07.json, instead of locking"),
	INDEX, OFFLINE, ALLOW, PROJECT,
};
static const struct option update_rows[] = {
	FLAG("--dry-run", dry_run, "say what would change, write nothing"),
	FLAG("--pre", pre, "take pre-releases too"),
	INDEX, OFFLINE, ALLOW, PROJECT,
};
static const struct option semver_rows[] = {
	TEXT("--old", "DIR", old_dir, "the package as it was published"),
	TEXT("--new", "DIR", new_dir, "the package as it is to be"),
	REPORT,
};
static const struct option inventory_rows[] = {
	TEXT("--toolchain-root", "DIR", toolchain_root, "where x07 is installed (default: this one)"),
	REPORT,
};
static const struct option repair_rows[] = {
	TEXT("--toolchain", "current", toolchain, "for which compiler: this one, `current`"),
	INDEX, OFFLINE, ALLOW, PROJECT,
};
static const struct option vendor_rows[] = { INDEX, OFFLINE, PROJECT };
static const struct option project_rows[] = { PROJECT };
static const struct option ask_rows[] = { INDEX, OFFLINE, REPORT };
static const struct option versions_rows[] = {
	FLAG("--refresh", refresh, "ask the registry again, whatever is cached"),
	INDEX, OFFLINE, REPORT,
};
static const struct option gc_rows[] = {
	{ "--max-age-days", "N", NULL, "remove what was not used for so long, 0 for all (default: 90)", OPTION_UINT, OPTION_IN_X07, GROUP_NONE, AT(max_age_days) },
	FLAG("--verify", verify, "hash what stays, and remove what is damaged"),
	FLAG("--dry-run", dry_run, "say what would be removed, remove nothing"),
	{ "--wait", "SECONDS", NULL, "how long to wait for others who use the store (default: 600)", OPTION_UINT, OPTION_IN_X07, GROUP_NONE, AT(wait) },
	REPORT,
};
static const struct option login_rows[] = {
	{ "--token", "TOKEN", NULL, "the token; others on this machine can see it", OPTION_TEXT, OPTION_IN_X07, GROUP_TOKEN, AT(token) },
	{ "--token-stdin", NULL, NULL, "read the token from standard input", OPTION_FLAG, OPTION_IN_X07, GROUP_TOKEN, AT(token_stdin) },
	INDEX, REPORT,
};
static const struct option attest_rows[] = {
	TEXT("--out", "FILE", out, "where the document goes"),
	INDEX, OFFLINE, ALLOW, PROJECT,
};
static const struct option pack_rows[] = {
	TEXT("--package", "DIR", package, "folder with x07-package.json"),
	TEXT("--out", "FILE", out, "the archive, *.x07pkg"),
	REPORT,
};
static const struct option publish_rows[] = {
	TEXT("--package", "DIR", package, "folder with x07-package.json"),
	INDEX, OFFLINE, REPORT,
};
static const struct option yank_rows[] = {
	FLAG("--undo", undo, "take it back"),
	INDEX, OFFLINE, REPORT,
};
#undef AT

#define SPEC(rows, operands) { rows, ARRAY_LEN(rows), OPTION_IN_X07, operands, false, 0, false, NULL }, sizeof(struct pkg_options)
#define REGISTRY(rows, operands) { rows, ARRAY_LEN(rows), OPTION_IN_X07, operands, false, 0, false, NULL }, sizeof(struct registry_options)
#define STATUS \
	"Exit status: 0; 2 usage, or an x07.json or lock that cannot be read; 20 refused or failed,\n" \
	"with the reason in `error.code` of the report.\n"
#define FROM_REGISTRY \
	"Registry: --index, else $X07_PKG_INDEX_URL, else `pkg.registry` of x07.config.json, else the\n" \
	"one that the lock of the project here names, else the one that ships with x07 (embedded:).\n"
#define TO_REGISTRY \
	"Registry: --index, else $X07_PKG_INDEX_URL, else `pkg.registry` of x07.config.json.\n"
#define FROM_PROJECT \
	"Registry: --index, else $X07_PKG_INDEX_URL, else `pkg.registry` of x07.config.json, else the\n" \
	"one that the locked packages came from, else the one that ships with x07 (embedded:).\n"
static const struct cmd pkg_commands[] = {
	{ "pkg add", "NAME[@VERSION] | CAPABILITY", "add a package, or the packages of a capability", FROM_PROJECT STATUS, SPEC(add_rows, 1), cmd_pkg_add },
	{ "pkg remove", "NAME", "remove a package and what only it needed", FROM_PROJECT STATUS, SPEC(remove_rows, 1), cmd_pkg_remove },
	{ "pkg lock", "", "resolve, install and write x07.lock.json", FROM_PROJECT STATUS, SPEC(lock_rows, 0), cmd_pkg_lock },
	{ "pkg sync", "", "make .x07/deps what the lock says", FROM_PROJECT STATUS, SPEC(sync_rows, 0), cmd_pkg_sync },
	{ "pkg update", "[NAME..]", "take the highest versions that fit together", FROM_PROJECT STATUS, SPEC(update_rows, OPERANDS_MAX), cmd_pkg_update },
	{ "pkg vendor", "[DIR]", "copy the locked packages into the project, to be committed", FROM_PROJECT STATUS, SPEC(vendor_rows, 1), cmd_pkg_vendor },
	{ "pkg check-semver", "--old DIR --new DIR", "say what a new version of a package breaks", STATUS, SPEC(semver_rows, 0), cmd_pkg_check_semver },
	{ "pkg inventory", "", "list the library and the packages that ship with x07", STATUS, SPEC(inventory_rows, 0), cmd_pkg_inventory },
	{ "pkg repair", "", "replace locked packages that do not go with this compiler", FROM_PROJECT STATUS, SPEC(repair_rows, 0), cmd_pkg_repair },
	{ "pkg tree", "", "print the locked packages and who needs them", STATUS, SPEC(project_rows, 0), cmd_pkg_tree },
	{ "pkg why", "NAME", "say who needs a package, and the way to it from the project", STATUS, SPEC(project_rows, 1), cmd_pkg_why },
	{ "pkg provides", "MODULE", "say which package or library a module comes from", "Exit status: 0 known, 1 nothing provides it.\n", SPEC(project_rows, 1), cmd_pkg_provides },
	{ "pkg versions", "NAME", "list the versions of a package, which are withdrawn, what is known against them", FROM_REGISTRY STATUS, SPEC(versions_rows, 1), cmd_pkg_versions },
	{ "pkg info", "NAME[@VERSION]", "describe one version: digest, needs, advisories, manifest", FROM_REGISTRY STATUS, SPEC(ask_rows, 1), cmd_pkg_info },
	{ "pkg search", "WORD..", "find packages and capabilities by name and description", FROM_REGISTRY STATUS, SPEC(ask_rows, OPERANDS_MAX), cmd_pkg_search },
	{ "pkg list", "", "list the packages of a registry", FROM_REGISTRY STATUS, SPEC(ask_rows, 0), cmd_pkg_list },
	{ "pkg verify", "NAME[@VERSION]", "check who signed a version", FROM_REGISTRY STATUS, SPEC(ask_rows, 1), cmd_pkg_verify },
	{ "pkg login", "", "remember a token for a registry", TO_REGISTRY STATUS, SPEC(login_rows, 0), cmd_pkg_login },
	{ "pkg pack", "--package DIR --out FILE", "make the archive of a package", STATUS, SPEC(pack_rows, 0), cmd_pkg_pack },
	{ "pkg publish", "--package DIR", "publish a package to a registry", TO_REGISTRY STATUS, SPEC(publish_rows, 0), cmd_pkg_publish },
	{ "pkg yank", "NAME@VERSION", "withdraw a version: only those who have it locked get it", TO_REGISTRY STATUS, SPEC(yank_rows, 1), cmd_pkg_yank },
	{ "pkg attest-closure", "--out FILE", "write the digests of all that is locked, and what is known against it", FROM_PROJECT STATUS, SPEC(attest_rows, 0), cmd_pkg_attest_closure },
	{ "pkg gc", "", "remove from the store what no project used for a while", STATUS, SPEC(gc_rows, 0), cmd_pkg_gc },
	{ "registry build", "DIR", "make a registry from *.x07pkg archives, package folders and index lines", STATUS, REGISTRY(registry_build_rows, 1), cmd_registry_build },
	{ "registry check", "DIR | URL | embedded:", "verify a whole registry: snapshot, index, signatures, archives", STATUS, REGISTRY(registry_check_rows, 1), cmd_registry_check },
	{ "registry key", "--out FILE", "make a signing key", STATUS, REGISTRY(registry_key_rows, 0), cmd_registry_key },
	{ "registry serve", "DIR", "serve a registry over HTTP, for development and small teams", STATUS, REGISTRY(registry_serve_rows, 1), cmd_registry_serve },
	{ "registry token", "DIR --handle NAME", "make a token for publishing to a served registry", STATUS, REGISTRY(registry_token_rows, 1), cmd_registry_token },
	{ "completion", "bash|zsh|fish", "the part of x07's completion script that is about packages", NULL, { NULL, 0, OPTION_IN_X07, 1, false, 0, false, NULL }, 0, cmd_completion_part },
	{ "help", "[COMMAND..]", "print help on a command", NULL, { NULL, 0, OPTION_IN_X07, 2, false, 0, false, NULL }, 0, cmd_help },
};
/* clang-format on */

const struct program program_pkg = {
    .name = "x07",
    .summary = "packages: add, lock, install, publish",
    .commands = pkg_commands,
    .count = ARRAY_LEN(pkg_commands),
};
