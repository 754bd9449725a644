/* SPDX-License-Identifier: MIT */
/* The texts of the files of a new project. */
#include "pkg/init.h"

#include "base/arena.h"
#include "base/json.h"

#include <string.h>

#define AST_VERSION "x07.x07ast@0.8.0"

static void put_profile(struct jsonw *w, const char *world, const char *policy)
{
	jsonw_object(w);
	jsonw_kv_bool(w, "auto_ffi", true);
	if (policy)
		jsonw_kv_string(w, "policy", policy);
	jsonw_kv_string(w, "world", world);
	jsonw_end_object(w);
}

static void put_list(struct jsonw *w, const char *key, const char *item)
{
	jsonw_key(w, key);
	jsonw_array(w);
	if (item)
		jsonw_string(w, item);
	jsonw_end_array(w);
}

static void project(struct buf *out, const struct pkg_init_options *o)
{
	CLEANUP(buf_clear) struct buf policy = buf_init(512);
	struct jsonw w = jsonw_init(out, true);

	buf_printf(&policy, ".x07/policies/base/%s.sandbox.base.policy.json",
	    o->policy_template ? o->policy_template : "cli");
	jsonw_object(&w);
	jsonw_kv_string(&w, "compat", "0.5");
	jsonw_kv_string(&w, "default_profile", o->sandbox_default ? "sandbox" : "os");
	put_list(&w, "dependencies", NULL);
	jsonw_kv_string(&w, "entry", "src/main.x07.json");
	jsonw_kv_string(&w, "lockfile", "x07.lock.json");
	put_list(&w, "module_roots", "src");
	jsonw_key(&w, "profiles");
	jsonw_object(&w);
	jsonw_key(&w, "os");
	put_profile(&w, "run-os", NULL);
	jsonw_key(&w, "sandbox");
	put_profile(&w, "run-os-sandboxed", policy.data);
	jsonw_end_object(&w);
	jsonw_kv_string(&w, "schema_version", "x07.project@0.5.0");
	jsonw_kv_string(&w, "world", "run-os");
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

/* In the order of the format, not of the alphabet: docs/spec/packages.md 4. */
static void lock(struct buf *out, const struct pkg_init_options *o)
{
	struct jsonw w = jsonw_init(out, true);

	jsonw_object(&w);
	jsonw_kv_string(&w, "schema_version", "x07.lock@0.4.0");
	jsonw_key(&w, "toolchain");
	jsonw_object(&w);
	jsonw_kv_string(&w, "x07_version", o->x07_version);
	jsonw_kv_string(&w, "x07c_version", o->x07_version);
	jsonw_kv_string(&w, "lang_id", o->lang_id);
	jsonw_kv_string(&w, "compat", "0.5");
	jsonw_end_object(&w);
	jsonw_key(&w, "registry");
	jsonw_object(&w);
	jsonw_kv_string(&w, "index_url", o->index_url);
	jsonw_end_object(&w);
	put_list(&w, "dependencies", NULL);
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

/* Programs are one compact line with sorted keys, the canonical form of x07AST. */
static void app_module(struct buf *out, const struct pkg_init_options *o)
{
	(void)o;
	buf_puts(out,
	    "{\"decls\":[{\"kind\":\"export\",\"names\":[\"app.solve\"]},"
	    "{\"body\":[\"view.to_bytes\",\"b\"],\"kind\":\"defn\",\"name\":\"app.solve\","
	    "\"params\":[{\"name\":\"b\",\"ty\":\"bytes_view\"}],\"result\":\"bytes\"}],"
	    "\"imports\":[],\"kind\":\"module\",\"module_id\":\"app\","
	    "\"schema_version\":\"" AST_VERSION "\"}\n");
}

static void main_module(struct buf *out, const struct pkg_init_options *o)
{
	(void)o;
	buf_puts(out,
	    "{\"decls\":[],\"imports\":[\"app\"],\"kind\":\"entry\",\"module_id\":\"main\","
	    "\"schema_version\":\"" AST_VERSION "\",\"solve\":[\"app.solve\",\"input\"]}\n");
}

static void tests_manifest(struct buf *out, const struct pkg_init_options *o)
{
	struct jsonw w = jsonw_init(out, true);

	(void)o;
	jsonw_object(&w);
	jsonw_kv_string(&w, "schema_version", "x07.tests_manifest@0.2.0");
	jsonw_key(&w, "tests");
	jsonw_array(&w);
	jsonw_object(&w);
	jsonw_kv_string(&w, "entry", "smoke.pass");
	jsonw_kv_string(&w, "expect", "pass");
	jsonw_kv_string(&w, "id", "smoke/pass");
	jsonw_kv_string(&w, "world", "run-os");
	jsonw_end_object(&w);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

static void smoke_module(struct buf *out, const struct pkg_init_options *o)
{
	(void)o;
	buf_puts(out, "{\"decls\":[{\"kind\":\"export\",\"names\":[\"smoke.pass\"]},"
		      "{\"body\":[\"std.test.pass\"],\"kind\":\"defn\",\"name\":\"smoke.pass\","
		      "\"params\":[],\"result\":\"result_i32\"}],"
		      "\"imports\":[\"std.test\"],\"kind\":\"module\",\"module_id\":\"smoke\","
		      "\"schema_version\":\"" AST_VERSION "\"}\n");
}

static void gitignore(struct buf *out, const struct pkg_init_options *o)
{
	(void)o;
	pkg_init_gitignore(out, NULL, 0);
}

static void toolchain(struct buf *out, const struct pkg_init_options *o)
{
	(void)o;
	buf_puts(out, "[toolchain]\nchannel = \"stable\"\ncomponents = [\"docs\", \"skills\"]\n");
}

static void agent_guide(struct buf *out, const struct pkg_init_options *o)
{
	buf_printf(out,
	    "# Working on this project\n"
	    "\n"
	    "An x07 project (toolchain %s, channel stable). Sources are JSON documents (x07AST).\n"
	    "\n"
	    "- `src/main.x07.json` is the entry, `src/app.x07.json` the program; `x07.json` names\n"
	    "  the profiles and dependencies, `x07.lock.json` pins them.\n"
	    "- `x07 run --input FILE` runs the program; its output is `solve_output_b64` of the\n"
	    "  report.\n"
	    "- `x07 run --profile sandbox` runs it under the policy that the profile names;\n"
	    "  `x07 policy init --template %s` writes that policy.\n"
	    "- `x07 test` runs the tests of `tests/tests.json`, each in a sandbox of its own.\n"
	    "- Grant the least that a run needs: a denial in the report names the policy line "
	    "that\n"
	    "  would allow it.\n",
	    o->x07_version, o->policy_template ? o->policy_template : "cli");
}

static const struct pkg_init_file files[] = {
    {"x07.json", project},
    {"x07.lock.json", lock},
    {"src/app.x07.json", app_module},
    {"src/main.x07.json", main_module},
    {"tests/tests.json", tests_manifest},
    {"tests/smoke.x07.json", smoke_module},
    {PKG_INIT_GITIGNORE, gitignore},
    {"x07-toolchain.toml", toolchain},
    {"AGENT.md", agent_guide},
};

const struct pkg_init_file *pkg_init_files(size_t *count)
{
	*count = ARRAY_LEN(files);
	return files;
}

/* A line that starts with `#` opens a group and is written only with one of its lines. */
static const char *const ignored[] = {"# x07", ".x07/deps/", ".x07/tmp/",
    ".x07/policies/_generated/", "# build output", "target/", "dist/", "artifacts/",
    "# local files", ".DS_Store", "*.log"};

static bool has_line(const char *text, size_t len, const char *line)
{
	const char *end = text + len;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		struct str s = {text, (uint32_t)((stop ? stop : end) - text)};

		while (s.len && (s.ptr[s.len - 1] == '\r' || s.ptr[s.len - 1] == ' '))
			s.len--;
		if (str_eq_c(s, line))
			return true;
		text = stop ? stop + 1 : end;
	}
	return false;
}

void pkg_init_gitignore(struct buf *out, const char *existing, size_t len)
{
	const char *group = NULL;

	if (existing)
		buf_add(out, existing, len);
	for (size_t i = 0; i < ARRAY_LEN(ignored); i++) {
		if (ignored[i][0] == '#') {
			group = ignored[i];
			continue;
		}
		if (existing && has_line(existing, len, ignored[i]))
			continue;
		if (out->len && out->data[out->len - 1] != '\n')
			buf_putc(out, '\n');
		if (group)
			buf_printf(out, "%s%s\n", out->len ? "\n" : "", group);
		group = NULL;
		buf_printf(out, "%s\n", ignored[i]);
	}
}
