/* SPDX-License-Identifier: MIT */
/* Edits of x07.json: exact texts, and that nothing but the dependency changes. */
#include "pkg/edit.h"
#include "pkg/manifest.h"
#include "tests/support/support.h"

#include <string.h>

/* clang-format off */
#define PRETTY(deps) "{\n  \"schema_version\": \"x07.project@0.5.0\",\n  \"world\": \"run-os\",\n  \"dependencies\": " deps ",\n  \"zz\": [1 , 2]\n}\n"
#define A_PRETTY "    {\n      \"name\": \"a\",\n      \"version\": \"1.0.0\",\n      \"path\": \"p/a\"\n    }"
#define C_PRETTY "    {\n      \"name\": \"c\",\n      \"version\": \"1.0.0\",\n      \"path\": \"p/c\"\n    }"
#define B_PRETTY "    {\n      \"name\": \"b\",\n      \"version\": \"2.0.0\",\n      \"path\": \"p/b\"\n    }"
static const struct {
	const char *before;
	struct pkg_edit edit;
	const char *after;
} rows[] = {
	/* added */
	{ PRETTY("[]"), {"b", "2.0.0", "p/b"}, PRETTY("[\n" B_PRETTY "\n  ]") },
	{ PRETTY("[\n" A_PRETTY "\n  ]"), {"b", "2.0.0", "p/b"}, PRETTY("[\n" A_PRETTY ",\n" B_PRETTY "\n  ]") },
	{ PRETTY("[\n" C_PRETTY "\n  ]"), {"b", "2.0.0", "p/b"}, PRETTY("[\n" B_PRETTY ",\n" C_PRETTY "\n  ]") },
	{ PRETTY("[\n" A_PRETTY ",\n" C_PRETTY "\n  ]"), {"b", "2.0.0", "p/b"},
	  PRETTY("[\n" A_PRETTY ",\n" B_PRETTY ",\n" C_PRETTY "\n  ]") },
	{ PRETTY("[\n" C_PRETTY ",\n" A_PRETTY "\n  ]"), {"b", "2.0.0", "p/b"}, /* no order: behind */
	  PRETTY("[\n" C_PRETTY ",\n" A_PRETTY ",\n" B_PRETTY "\n  ]") },
	{ "{\"world\":\"run-os\"}", {"b", "2.0.0", "p/b"},
	  "{\"world\":\"run-os\",\"dependencies\":[{\"name\":\"b\",\"version\":\"2.0.0\",\"path\":\"p/b\"}]}" },
	{ "{\n\t\"world\": \"run-os\"\n}", {"b", "2.0.0", "p/b"},
	  "{\n\t\"world\": \"run-os\",\n\t\"dependencies\": [\n\t\t{\n\t\t\t\"name\": \"b\",\n\t\t\t\"version\": \"2.0.0\",\n\t\t\t\"path\": \"p/b\"\n\t\t}\n\t]\n}" },
	{ "{ \"a\": 1, \"dependencies\": [ {\"name\": \"a\", \"version\": \"1.0.0\", \"path\": \"x\", \"note\": [{}]} ] }", {"b", "2.0.0", "p/b"},
	  "{ \"a\": 1, \"dependencies\": [ {\"name\": \"a\", \"version\": \"1.0.0\", \"path\": \"x\", \"note\": [{}]}, {\"name\": \"b\", \"version\": \"2.0.0\", \"path\": \"p/b\"} ] }" },
	{ "{\"dependencies\":[]}", {"b", "2.0.0", "quote\" slash\\"},
	  "{\"dependencies\":[{\"name\":\"b\",\"version\":\"2.0.0\",\"path\":\"quote\\\" slash\\\\\"}]}" },
	/* replaced */
	{ "{\"dependencies\":[{\"path\" : \"x\",\t\"note\":7, \"name\":\" b \",\n\"version\":\"1.0.0\"}]}", {"b", "2.0.0", "p/b"},
	  "{\"dependencies\":[{\"path\" : \"p/b\",\t\"note\":7, \"name\":\" b \",\n\"version\":\"2.0.0\"}]}" },
	{ "{\"dependencies\":[{\"name\":\"b\",\"version\":\"\\u0032.0.0\",\"path\":\"p/b\"}]}", {"b", "2.0.0", "p/b"},
	  "{\"dependencies\":[{\"name\":\"b\",\"version\":\"\\u0032.0.0\",\"path\":\"p/b\"}]}" },
	{ "{\"dependencies\":[{\"name\": \"b\"}]}", {"b", "2.0.0", "p/b"},
	  "{\"dependencies\":[{\"name\": \"b\",\"path\": \"p/b\",\"version\": \"2.0.0\"}]}" },
	/* removed */
	{ PRETTY("[\n" B_PRETTY "\n  ]"), {"b", NULL, NULL}, PRETTY("[]") },
	{ PRETTY("[\n" A_PRETTY ",\n" B_PRETTY "\n  ]"), {"b", NULL, NULL}, PRETTY("[\n" A_PRETTY "\n  ]") },
	{ PRETTY("[\n" B_PRETTY ",\n" C_PRETTY "\n  ]"), {"b", NULL, NULL}, PRETTY("[\n" C_PRETTY "\n  ]") },
	{ PRETTY("[\n" A_PRETTY ",\n" B_PRETTY ",\n" C_PRETTY "\n  ]"), {"b", NULL, NULL}, PRETTY("[\n" A_PRETTY ",\n" C_PRETTY "\n  ]") },
	{ "{\"dependencies\":[{\"name\":\"b\"},{\"name\":\"a\"},{\"name\":\"b\"}]}", {"b", NULL, NULL}, "{\"dependencies\":[{\"name\":\"a\"}]}" },
};
/* clang-format on */

START_TEST(edit_changes_one_dependency_in_its_own_layout)
{
	CLEANUP(buf_clear) struct buf out = buf_init(PKG_MANIFEST_MAX_BYTES);
	struct err err = {0};

	ck_rc(
	    pkg_edit_apply(&out, rows[_i].before, strlen(rows[_i].before), &rows[_i].edit, 1, &err),
	    0, &err);
	ck_assert_str_eq(out.data, rows[_i].after);
}
END_TEST

static const struct {
	const char *text;
	struct pkg_edit edit;
	size_t max;
	int rc;
} bad[] = {
    {"{\"a\":1}", {"b", NULL, NULL}, 4096, ERR_NOT_FOUND},
    {"{\"dependencies\":[{\"name\":\"c\"}]}", {"b", NULL, NULL}, 4096, ERR_NOT_FOUND},
    {"", {"b", "1.0.0", "p"}, 4096, ERR_FORMAT},
    {"[]", {"b", "1.0.0", "p"}, 4096, ERR_FORMAT},
    {"{}", {"b", "1.0.0", "p"}, 4096, ERR_FORMAT},
    {"{\"a\":1,}", {"b", "1.0.0", "p"}, 4096, ERR_FORMAT},
    {"{\"dependencies\":{}}", {"b", "1.0.0", "p"}, 4096, ERR_FORMAT},
    {"{\"dependencies\":[1]}", {"b", "1.0.0", "p"}, 4096, ERR_FORMAT},
    {"{\"dependencies\":[{}]}", {"b", "1.0.0", "p"}, 4096, ERR_FORMAT},
    {"{\"dependencies\":[]}", {"b", "1.0.0", "p"}, 40, ERR_LIMIT},
    {"{\"dependencies\":[]}", {"b", "1.0.0", "p"}, 10, ERR_LIMIT},
};

START_TEST(edit_that_cannot_be_made_changes_nothing)
{
	CLEANUP(buf_clear) struct buf out = buf_init(bad[_i].max);
	struct err err = {0};

	ck_rc(pkg_edit_apply(&out, bad[_i].text, strlen(bad[_i].text), &bad[_i].edit, 1, &err),
	    bad[_i].rc, &err);
	ck_assert_uint_eq(out.len, 0);
}
END_TEST

/* ---- random documents ---- */

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static const char *space(uint64_t *r)
{
	static const char *const spaces[] = {"", "", " ", "\n", "\n  ", "\t", "  ", "\r\n\t"};

	return spaces[next_random(r) % ARRAY_LEN(spaces)];
}

/* A member of a dependency, with white space of all sorts. */
static void put_member(struct buf *out, uint64_t *r, const char *key, const char *value)
{
	buf_printf(out, "%s\"%s\"%s:%s", space(r), key, space(r), space(r));
	buf_printf(out, "\"%s\"%s", value, space(r));
}

/* A manifest of dependencies d0, d1 .. with only some of them; unknown members all over. */
static void random_manifest(struct buf *out, uint64_t *r, unsigned present)
{
	bool first = true;

	buf_printf(out, "{%s\"schema_version\":%s\"x07.project@0.5.0\",", space(r), space(r));
	buf_printf(
	    out, "\"entry\":\"m.x07.json\",%s\"module_roots\":[\"src\"],%s", space(r), space(r));
	buf_printf(out, "\"dependencies\"%s:%s[%s", space(r), space(r), space(r));
	for (int i = 0; i < 8; i++) {
		char name[3] = {'d', (char)('0' + i), '\0'};

		if (!(present >> i & 1))
			continue;
		buf_printf(out, "%s%s{", first ? "" : ",", space(r));
		if (next_random(r) % 4 == 0)
			buf_printf(out, "\"note\":[{\"name\":\"d3\"},%s\"]\"],", space(r));
		put_member(out, r, "name", name);
		buf_putc(out, ',');
		put_member(out, r, "version", "1.0.0");
		buf_putc(out, ',');
		put_member(out, r, "path", "p");
		buf_printf(out, "}%s", space(r));
		first = false;
	}
	buf_printf(
	    out, "]%s,\"x\"%s:%s{\"name\":\"d3\"}}%s", space(r), space(r), space(r), space(r));
}

static size_t common_prefix(const struct buf *a, const struct buf *b)
{
	size_t n = 0;

	while (n < a->len && n < b->len && a->data[n] == b->data[n])
		n++;
	return n;
}

static size_t common_suffix(const struct buf *a, const struct buf *b)
{
	size_t n = 0;

	while (n < a->len && n < b->len && a->data[a->len - 1 - n] == b->data[b->len - 1 - n])
		n++;
	return n;
}

/* The manifest lists exactly these, d3 with this version (NULL: not at all). */
static void check_list(const struct buf *text, unsigned others, const char *version)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(pkg_manifest_clear) struct pkg_manifest m = {0};
	struct err err = {0};
	unsigned seen = 0;

	ck_rc(pkg_manifest_parse(&m, text->data, text->len, "/p/x07.json", &diags, &err), 0, &err);
	for (uint32_t i = 0; i < m.dependency_count; i++) {
		const struct pkg_dependency *d = &m.dependencies[i];
		bool ours = strcmp(d->name, "d3") == 0;

		ck_assert_str_eq(d->version, ours && version ? version : "1.0.0");
		ck_assert_str_eq(d->path, ours && version ? "new/path" : "p");
		seen |= 1u << (d->name[1] - '0');
	}
	ck_assert_uint_eq(seen, version ? others | 8 : others & ~8u);
}

/* Bytes outside the dependency are what they were: the text differs in one stretch only. */
static void check_untouched(const struct buf *before, const struct buf *after, bool was_there)
{
	const char *start = strstr(before->data, "\"dependencies\"");
	const char *end = strstr(before->data, ",\"x\"");
	size_t prefix = common_prefix(before, after), suffix = common_suffix(before, after);

	if (!end)
		end = strrchr(before->data, ']');
	ck_assert_uint_ge(prefix, (size_t)(start - before->data));
	ck_assert_uint_ge(suffix, before->len - (size_t)(end - before->data));
	/* An insertion keeps every byte unless the list was empty. */
	if (!was_there && strstr(before->data, "\"d"))
		ck_assert_uint_ge(prefix + suffix, before->len - 32);
}

START_TEST(edit_leaves_every_other_byte_of_random_manifests_alone)
{
	uint64_t r = 7;

	for (int i = 0; i < 3000; i++) {
		CLEANUP(buf_clear) struct buf before = buf_init(PKG_MANIFEST_MAX_BYTES);
		CLEANUP(buf_clear) struct buf set = buf_init(PKG_MANIFEST_MAX_BYTES);
		CLEANUP(buf_clear) struct buf removed = buf_init(PKG_MANIFEST_MAX_BYTES);
		CLEANUP(buf_clear) struct buf again = buf_init(PKG_MANIFEST_MAX_BYTES);
		const struct pkg_edit put = {"d3", "2.0.0", "new/path"};
		const struct pkg_edit drop = {"d3", NULL, NULL};
		unsigned present = next_random(&r) % 256;
		struct err err = {0};

		random_manifest(&before, &r, present);
		ck_rc(pkg_edit_apply(&set, before.data, before.len, &put, 1, &err), 0, &err);
		check_list(&set, present, "2.0.0");
		check_untouched(&before, &set, present >> 3 & 1);
		ck_rc(pkg_edit_apply(&again, set.data, set.len, &put, 1, &err), 0, &err);
		ck_assert_str_eq(again.data, set.data); /* once is enough */
		ck_rc(pkg_edit_apply(&removed, set.data, set.len, &drop, 1, &err), 0, &err);
		check_list(&removed, present, NULL);
		/* Added and taken away again is as if nothing had been, if there were others. */
		if (!(present >> 3 & 1) && present)
			ck_assert_str_eq(removed.data, before.data);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pkg/edit");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 30);
	tcase_add_loop_test(
	    t, edit_changes_one_dependency_in_its_own_layout, 0, (int)ARRAY_LEN(rows));
	tcase_add_loop_test(t, edit_that_cannot_be_made_changes_nothing, 0, (int)ARRAY_LEN(bad));
	tcase_add_test(t, edit_leaves_every_other_byte_of_random_manifests_alone);
	suite_add_tcase(s, t);
	return test_main(s);
}
