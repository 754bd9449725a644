/* SPDX-License-Identifier: MIT */
/*
 * mkregistry ROOT FILES BYTES SPEC..: a registry as static files, unsigned, for tests and
 * benchmarks: ROOT/index and ROOT/dl. SPEC is NAME@VERSION[:NEED[;NEED..]] with `!` at the end for
 * a yanked one, `~` for one that wants another compiler; each package has FILES modules of about
 * BYTES bytes.
 */
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/path.h"
#include "registry/index.h"
#include "registry/index_line.h"
#include "registry/pack.h"
#include "registry/types.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FILES_MAX 256
#define TEXT_MAX ((size_t)64 << 20)

struct spec {
	char name[64], version[64], needs[512];
	bool yanked, unfit;
};

static void fatal(const char *what, const char *why)
{
	(void)fprintf(stderr, "mkregistry: %s: %s\n", what, why);
	exit(2);
}

static void parse_spec(struct spec *s, const char *text)
{
	const char *at = strchr(text, '@'), *colon = strchr(text, ':');
	size_t len = strlen(text);

	*s = (struct spec){0};
	if (at == NULL)
		fatal(text, "wants NAME@VERSION");
	if (text[len - 1] == '!') {
		s->yanked = true;
		len--;
	}
	if (text[len - 1] == '~') {
		s->unfit = true;
		len--;
	}
	(void)snprintf(s->name, sizeof(s->name), "%.*s", (int)(at - text), text);
	(void)snprintf(s->version, sizeof(s->version), "%.*s",
	    (int)((colon != NULL ? colon : text + len) - at - 1), at + 1);
	if (colon != NULL)
		(void)snprintf(
		    s->needs, sizeof(s->needs), "%.*s", (int)(text + len - colon - 1), colon + 1);
}

/* "a_b.m1" for the package "a-b". */
static void module_id(char out[96], const struct spec *s, int i)
{
	(void)snprintf(out, 96, "%s.m%d", s->name, i);
	for (char *c = out; *c != '\0'; c++)
		*c = (char)(*c == '-' ? '_' : *c);
}

static char *module_text(const struct spec *s, int i, size_t bytes)
{
	struct buf text = buf_init(TEXT_MAX);
	char id[96];

	module_id(id, s, i);
	buf_printf(&text,
	    "{\"schema_version\":\"x07.x07ast@0.4.0\",\"kind\":\"module\",\"module_id\":\"%s\","
	    "\"imports\":[],\"decls\":[],\"pad\":\"",
	    id);
	while (text.len < bytes)
		buf_printf(&text, "%s %s %d %zu ", s->name, s->version, i, text.len);
	buf_puts(&text, "\"}\n");
	return buf_take(&text);
}

static char *manifest_text(const struct spec *s, int files)
{
	struct buf text = buf_init(TEXT_MAX);
	struct jsonw w = jsonw_init(&text, false);
	char needs[512];

	(void)snprintf(needs, sizeof(needs), "%s", s->needs);
	jsonw_object(&w);
	jsonw_kv_string(&w, "schema_version", "x07.package@0.1.0");
	jsonw_kv_string(&w, "name", s->name);
	jsonw_kv_string(&w, "version", s->version);
	jsonw_kv_string(&w, "module_root", "modules");
	jsonw_kv_string(&w, "description", "made for a test");
	jsonw_kv_string(&w, "docs", "none");
	jsonw_kv_string(&w, "license", "MIT");
	jsonw_key(&w, "modules");
	jsonw_array(&w);
	for (int i = 0; i < files; i++) {
		char id[96];

		module_id(id, s, i);
		jsonw_string(&w, id);
	}
	jsonw_end_array(&w);
	jsonw_key(&w, "meta");
	jsonw_object(&w);
	jsonw_kv_string(&w, "x07c_compat", s->unfit ? ">=9.0.0" : ">=0.1.111 <0.3.0");
	jsonw_key(&w, "requires_packages");
	jsonw_array(&w);
	for (char *at = needs; *at != '\0';) {
		char *end = strchr(at, ';');

		if (end != NULL)
			*end = '\0';
		jsonw_string(&w, at);
		at = end != NULL ? end + 1 : at + strlen(at);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	buf_putc(&text, '\n');
	return buf_take(&text);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(
	    ((const struct registry_member *)a)->path, ((const struct registry_member *)b)->path);
}

static void pack(struct buf *out, const struct spec *s, int files, size_t bytes)
{
	struct registry_member members[FILES_MAX + 1];
	struct err err = {0};

	for (int i = 0; i < files; i++) {
		struct buf path = buf_init(4096);
		char id[96], *dot;
		char *text = module_text(s, i, bytes);

		module_id(id, s, i);
		dot = strchr(id, '.');
		*dot = '/';
		buf_printf(&path, "modules/%s.x07.json", id);
		members[i] = (struct registry_member){buf_take(&path), text, strlen(text)};
	}
	members[files].path = base_strdup("x07-package.json");
	members[files].data = manifest_text(s, files);
	members[files].len = strlen(members[files].data);
	qsort(members, (size_t)files + 1, sizeof(members[0]), by_path);
	if (registry_pack_members(out, members, (size_t)files + 1, &err) < 0)
		fatal(s->name, err.message);
	for (int i = 0; i <= files; i++) {
		free((void *)members[i].path);
		free((void *)members[i].data);
	}
}

static void write_file(const char *root, const char *rel, const void *data, size_t len, bool append)
{
	AUTO_FREE char *path = path_join(root, rel);
	AUTO_FREE char *dir = path_dirname(path);
	struct err err = {0};
	AUTO_CLOSE int fd = -1;

	if (file_mkdirs(dir, &err) < 0)
		fatal(dir, err.message);
	fd = open(path, O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC) | O_CLOEXEC, 0666);
	if (fd < 0 || file_write_all(fd, data, len, &err) < 0)
		fatal(path, "cannot write");
}

static void publish(const char *root, const struct spec *s, int files, size_t bytes)
{
	CLEANUP(buf_clear) struct buf archive = buf_init(TEXT_MAX);
	CLEANUP(buf_clear) struct buf line = buf_init(TEXT_MAX);
	CLEANUP(buf_clear) struct buf rel = buf_init(4096);
	char sha[SHA256_HEX_SIZE];
	struct registry_version v = {.name = s->name, .version = s->version, .yanked = s->yanked};
	struct err err = {0};

	pack(&archive, s, files, bytes);
	sha256_text(sha, archive.data, archive.len);
	v.cksum = sha;
	registry_index_print(&line, &v);
	buf_puts(&rel, "dl/");
	registry_download_path(&rel, s->name, s->version);
	write_file(root, rel.data, archive.data, archive.len, false);
	buf_reset(&rel);
	buf_puts(&rel, "index/");
	if (registry_index_path(&rel, s->name, &err) < 0)
		fatal(s->name, err.message);
	write_file(root, rel.data, line.data, line.len, true);
}

int main(int argc, char **argv)
{
	static const char config[] = "{\"dl\":\"../dl/\",\"api\":\"../api/\"}\n";
	struct spec s;

	if (argc < 4 || strtol(argv[2], NULL, 10) > FILES_MAX)
		fatal("usage", "mkregistry ROOT FILES BYTES SPEC..");
	write_file(argv[1], "index/config.json", config, strlen(config), false);
	for (int i = 4; i < argc; i++) {
		parse_spec(&s, argv[i]);
		publish(argv[1], &s, (int)strtol(argv[2], NULL, 10),
		    (size_t)strtoul(argv[3], NULL, 10));
	}
	return 0;
}
