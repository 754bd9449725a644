/* SPDX-License-Identifier: MIT */
/* Registry, user's folder and project of the tests of the package engine. */
#include "tests/unit/pkg_engine/place.h"

#include "base/file.h"
#include "base/file_replace.h"
#include "base/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGS_MAX 32

static void say(void *ctx, const char *line)
{
	struct place *p = ctx;

	buf_printf(&p->said, "%s\n", line);
}

static void make_registry(const char *dir, const char *specs)
{
	AUTO_FREE char *text = base_strdup(specs);
	AUTO_FREE char *program = path_join(getenv("X07_BUILD_DIR"), "tests/mkregistry");
	char *argv[ARGS_MAX] = {program, (char *)(uintptr_t)dir, (char[]){"1"}, (char[]){"300"}};
	char *rest = NULL;
	size_t n = 4;
	int status = 0;
	pid_t pid;

	for (char *at = strtok_r(text, " ", &rest); at != NULL; at = strtok_r(NULL, " ", &rest)) {
		/* A blank inside a requirement is written as '_'. */
		for (char *c = at; *c != '\0'; c++)
			*c = (char)(*c == '_' ? ' ' : *c);
		ck_assert_uint_lt(n + 1, ARGS_MAX);
		argv[n++] = at;
	}
	pid = fork();
	if (pid == 0) {
		execv(program, argv);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

/* Call for "a 1.0.0 libs/a, b 2.0.0": name, version and what else is said. */
static void each_entry(const char *text,
    void (*one)(void *ctx, const char *name, const char *version, const char *more), void *ctx)
{
	AUTO_FREE char *copy = base_strdup(text);
	char *rest = NULL;

	for (char *at = strtok_r(copy, ",", &rest); at != NULL; at = strtok_r(NULL, ",", &rest)) {
		char name[64] = "", version[64] = "", more[128] = "";

		if (sscanf(at, " %63s %63s %127[^\n]", name, version, more) >= 2)
			one(ctx, name, version, more);
	}
}

static void put_dependency(void *ctx, const char *name, const char *version, const char *more)
{
	struct buf *out = ctx;

	buf_printf(out, "%s{\"name\":\"%s\",\"version\":\"%s\",\"path\":\"",
	    out->len > 0 ? "," : "", name, version);
	if (more[0] != '\0')
		buf_puts(out, more);
	else
		buf_printf(out, ".x07/deps/%s/%s", name, version);
	buf_puts(out, "\"}");
}

static void write_manifest(const struct place *p, const char *deps, const char *patch)
{
	CLEANUP(buf_clear) struct buf list = buf_init(65536), text = buf_init(65536);

	each_entry(deps, put_dependency, &list);
	buf_printf(&text,
	    "{\"schema_version\":\"x07.project@0.4.0\",\"world\":\"run-os\",\"entry\":\"src/"
	    "main.x07.json\",\"module_roots\":[\"src\"],\"dependencies\":[%s]%s%s}\n",
	    buf_str(&list), patch != NULL ? ",\"patch\":" : "", patch != NULL ? patch : "");
	place_file(p, "x07.json", buf_str(&text));
}

void place_open(struct place *p, const char *registry, const char *deps, const char *patch)
{
	struct pkg_project_options project = {
	    .command = "test", .mode = PKG_TXN_WRITE, .notes = &p->notes};
	struct pkg_supply_options supply = {.settings = &p->settings};
	CLEANUP(buf_clear) struct buf url = buf_init(8192);
	AUTO_FREE char *json = NULL;
	struct err err = {0};

	*p = (struct place){.root = test_path("project"), .registry = test_path("reg")};
	p->said = buf_init(65536);
	p->notes = (struct notes){say, p};
	make_registry(p->registry, registry);
	write_manifest(p, deps, patch);
	buf_printf(&url, "file://%s/index/", p->registry);
	p->settings = (struct client_settings){.kind = CLIENT_INDEX_FILE,
	    .index_url = base_strdup(buf_str(&url)),
	    .base = base_strdup(buf_str(&url)),
	    .home = test_path("home"),
	    .share = test_path("share")};
	json = path_join(p->root, "x07.json");
	project.path = json;
	ck_rc(pkg_project_open(&p->project, &project, &err), 0, &err);
	pkg_supply_init(&p->supply, &supply);
}

void place_clear(struct place *p)
{
	base_free_ptr(&p->project.lock.entries);
	p->project.has_lock = false;
	pkg_supply_clear(&p->supply);
	pkg_project_clear(&p->project);
	client_settings_clear(&p->settings);
	arena_clear(&p->arena);
	buf_clear(&p->said);
	base_free_ptr(&p->root);
	base_free_ptr(&p->registry);
}

static void put_entry(void *ctx, const char *name, const char *version, const char *more)
{
	struct place *p = ctx;
	bool indirect = strcmp(more, "indirect") == 0;
	struct pkg_lock *lock = &p->project.lock;

	lock->entries = base_realloc(lock->entries, (lock->count + 1) * sizeof(*lock->entries));
	lock->entries[lock->count++] =
	    (struct pkg_lock_entry){.name = arena_strndup(&p->arena, name, strlen(name)),
		.version = arena_strndup(&p->arena, version, strlen(version)),
		.path = indirect || more[0] == '\0'
			    ? arena_printf(&p->arena, ".x07/deps/%s/%s", name, version)
			    : arena_strndup(&p->arena, more, strlen(more)),
		.module_root = "modules",
		.manifest_sha256 = "",
		.has_direct = true,
		.direct = !indirect};
}

void place_lock(struct place *p, const char *entries)
{
	if (entries == NULL)
		return;
	p->project.has_lock = true;
	each_entry(entries, put_entry, p);
}

struct pkg_task place_task(struct place *p)
{
	return (struct pkg_task){.project = &p->project,
	    .supply = &p->supply,
	    .arena = &p->arena,
	    .x07_version = "9.9.9"};
}

void place_go_offline(struct place *p)
{
	const struct pkg_supply_options options = p->supply.o;

	pkg_supply_clear(&p->supply);
	base_free_ptr(&p->settings.base);
	base_free_ptr(&p->settings.index_url);
	p->settings.base = base_strdup("https://localhost/index/");
	p->settings.index_url = base_strdup("sparse+https://localhost/index/");
	p->settings.kind = CLIENT_INDEX_HTTP;
	p->settings.offline = true;
	pkg_supply_init(&p->supply, &options);
}

void place_file(const struct place *p, const char *path, const char *text)
{
	AUTO_FREE char *full = path_join(p->root, path);
	AUTO_FREE char *dir = path_dirname(full);
	struct err err = {0};

	ck_rc(file_mkdirs(dir, &err), 0, &err);
	ck_rc(file_replace(full, text, strlen(text), &err), 0, &err);
}

void place_package(const struct place *p, const char *dir, const char *name, const char *version,
    const char *compat)
{
	CLEANUP(buf_clear) struct buf text = buf_init(4096), path = buf_init(4096);

	buf_printf(&text,
	    "{\"schema_version\":\"x07.package@0.1.0\",\"name\":\"%s\",\"version\":\"%s\","
	    "\"module_root\":\"modules\",\"modules\":[\"%s.m\"]%s%s%s}\n",
	    name, version, name, compat != NULL ? ",\"meta\":{\"x07c_compat\":\"" : "",
	    compat != NULL ? compat : "", compat != NULL ? "\"}" : "");
	buf_printf(&path, "%s/x07-package.json", dir);
	place_file(p, buf_str(&path), buf_str(&text));
	buf_reset(&path);
	buf_printf(&path, "%s/modules/%s/m.x07.json", dir, name);
	place_file(p, buf_str(&path), "{}\n");
}

bool place_has(const struct place *p, const char *path)
{
	AUTO_FREE char *full = path_join(p->root, path);
	struct stat st;

	return lstat(full, &st) == 0;
}

void place_edit_index(
    const struct place *p, const char *rel, const char *after, const char *from, const char *to)
{
	AUTO_FREE char *index = path_join(p->registry, "index");
	AUTO_FREE char *path = path_join(index, rel);
	AUTO_FREE char *text = test_read(path);
	CLEANUP(buf_clear) struct buf out = buf_init(1u << 20);
	char *at = strstr(text, after);
	struct err err = {0};

	ck_assert_ptr_nonnull(at);
	at = strstr(at, from);
	ck_assert_ptr_nonnull(at);
	buf_add(&out, text, (size_t)(at - text));
	buf_puts(&out, to);
	buf_puts(&out, at + strlen(from));
	ck_rc(file_replace(path, out.data, out.len, &err), 0, &err);
}
