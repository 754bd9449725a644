/* SPDX-License-Identifier: MIT */
/* The capability map: the one that ships, and the rules that any map must keep. */
#include "base/path.h"
#include "registry/capmap.h"
#include "registry/capmap_read.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

#define MAP(items, aliases)                                                                        \
	"{\"schema_version\":\"x07.capabilities@0.1.0\",\"capabilities\":[" items                  \
	"],\"aliases\":{" aliases "}}"
#define ELSEWHERE(items, others)                                                                   \
	"{\"schema_version\":\"x07.capabilities@0.1.0\",\"capabilities\":[" items                  \
	"],\"elsewhere\":" others "}"
#define OTHER(id, name, version)                                                                   \
	"{\"id\":\"" id "\",\"summary\":\"s\",\"package\":{\"name\":\"" name                       \
	"\",\"version\":\"" version "\"}}"
#define CAP(id, name, version)                                                                     \
	"{\"id\":\"" id "\",\"summary\":\"s\",\"canonical\":{\"name\":\"" name                     \
	"\",\"version\":\"" version "\"}}"

static void load_bundled(struct registry_capmap *map)
{
	const char *source = getenv("X07_SOURCE_DIR");
	AUTO_FREE char *path = NULL;
	struct err err = {0};

	ck_assert_ptr_nonnull(source);
	path = path_join(source, "registry/bundled/capabilities.json");
	ck_rc(registry_capmap_load(map, path, &err), 0, &err);
}

START_TEST(bundled_map_answers_ids_aliases_and_modules)
{
	CLEANUP(registry_capmap_clear) struct registry_capmap map = {0};
	const struct registry_capability *c;

	load_bundled(&map);
	ck_assert_uint_eq(map.count, 51);
	c = registry_capmap_find(&map, "net.http");
	ck_assert_str_eq(c->canonical.name, "ext-net");
	ck_assert_str_eq(c->canonical.version, "0.1.11");
	ck_assert_ptr_eq(registry_capmap_find(&map, "http-client"), c);
	ck_assert_ptr_eq(registry_capmap_provider(&map, "std.net.http"), c);
	ck_assert_str_eq(
	    registry_capmap_provider(&map, "ext.url.parse")->canonical.name, "ext-url-rs");
	ck_assert(c->ships);
	c = registry_capmap_find(&map, "json");
	ck_assert_str_eq(c->canonical.name, "ext-json-rs");
	ck_assert(!c->ships);
	ck_assert_ptr_null(registry_capmap_find(&map, "nothing"));
	ck_assert_ptr_null(registry_capmap_provider(&map, "nothing.at.all"));
}
END_TEST

START_TEST(mistyped_word_gets_the_nearest_one)
{
	CLEANUP(registry_capmap_clear) struct registry_capmap map = {0};

	load_bundled(&map);
	ck_assert_str_eq(registry_capmap_suggest(&map, "net.htpp"), "net.http");
	ck_assert_str_eq(registry_capmap_suggest(&map, "jsn"), "json");
	ck_assert_ptr_null(registry_capmap_suggest(&map, "quantum-teleportation"));
}
END_TEST

/* clang-format off */
static const struct {
	const char *text, *message;
} bad[] = {
	{ "", "not a JSON document" },
	{ "{}", "schema" },
	{ "{\"schema_version\":\"x07.capabilities@0.1.0\"}", "`capabilities`" },
	{ MAP(CAP("a.b", "x", "1.0.0") "," CAP("a.b", "y", "1.0.0"), ""), "twice" },
	{ MAP(CAP("A", "x", "1.0.0"), ""), "/capabilities/0" },
	{ MAP(CAP("a", "X", "1.0.0"), ""), "package name" },
	{ MAP(CAP("a", "x", "1.0"), ""), "version" },
	{ MAP(CAP("a", "x", "1.0.0") "," CAP("b", "x", "1.0.1"), ""), "1.0.0 and 1.0.1" },
	{ MAP("{\"id\":\"a\",\"summary\":\"s\"}", ""), "`canonical`" },
	{ MAP("{\"id\":\"a\",\"canonical\":{}}", ""), "`summary`" },
	{ MAP(CAP("a", "x", "1.0.0"), "\"w\":\"b\""), "leads to no capability" },
	{ MAP(CAP("a", "x", "1.0.0"), "\"a\":\"a\""), "is the id" },
	{ MAP(CAP("a", "x", "1.0.0"), "\"w\":\"a\",\"w\":\"a\""), "twice" },
	{ MAP(CAP("a", "x", "1.0.0"), "\"W\":\"a\""), "lower-case" },
	{ MAP("{\"id\":\"a\",\"summary\":\"s\",\"canonical\":{\"name\":\"x\",\"version\":\"1.0.0\"},\"status\":\"new\"}", ""), "stable" },
	{ ELSEWHERE(CAP("a", "x", "1.0.0"), "[" OTHER("a", "y", "1.0.0") "]"), "twice" },
	{ ELSEWHERE(CAP("a", "x", "1.0.0"), "[" OTHER("b", "x", "1.0.1") "]"), "1.0.0 and 1.0.1" },
	{ ELSEWHERE(CAP("a", "x", "1.0.0"), "[" CAP("b", "y", "1.0.0") "]"), "/elsewhere/0: `package`" },
	{ ELSEWHERE("", "{}"), "/elsewhere: must be an array" },
};
/* clang-format on */

START_TEST(map_that_breaks_a_rule_is_refused)
{
	CLEANUP(registry_capmap_clear) struct registry_capmap map = {0};
	struct err err = {0};

	ck_rc(registry_capmap_parse(&map, bad[_i].text, strlen(bad[_i].text), &err), ERR_FORMAT,
	    &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_CAPABILITIES_INVALID");
	ck_assert_msg(strstr(err.message, bad[_i].message) != NULL, "%s", err.message);
	ck_assert_ptr_null(map.items);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("registry/capmap");
	TCase *t = tcase_create("all");

	tcase_add_test(t, bundled_map_answers_ids_aliases_and_modules);
	tcase_add_test(t, mistyped_word_gets_the_nearest_one);
	tcase_add_loop_test(t, map_that_breaks_a_rule_is_refused, 0, (int)ARRAY_LEN(bad));
	suite_add_tcase(s, t);
	return test_main(s);
}
