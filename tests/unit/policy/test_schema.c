/* SPDX-License-Identifier: MIT */
/*
 * The published schema and the validator say the same about thousands of documents, made from the
 * schema with and without faults, from a fixed seed. What the schema cannot say is named here.
 */
#include "tests/unit/policy/policy_doc.h"
#include "tests/unit/policy/schema_check.h"

#include "base/file.h"
#include "policy/parse.h"
#include "policy/templates.h"

#include <stdio.h>

#define CASES 3000
#define DOC_MAX (8u << 20)

struct random {
	uint64_t state;
	uint32_t faults; /* in a thousand: how often something is made wrong on purpose */
	uint32_t full; /* the array with this number is full, or has one item too many; 0 = none */
};

static uint32_t next(struct random *r, uint32_t below)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return (uint32_t)(r->state >> 33) % below;
}

static bool fault_now(struct random *r)
{
	return next(r, 1000) < r->faults;
}

static const struct json *schema_of(struct arena *arena, struct buf *text)
{
	const char *root = getenv("X07_SOURCE_DIR");
	const struct json *schema = NULL;
	struct json_fault fault;
	struct err err = {0};
	char path[4096];

	ck_assert_ptr_nonnull(root);
	(void)snprintf(path, sizeof(path), "%s/docs/format/run-os-policy.schema.json", root);
	ck_rc(file_read(text, path, &err), 0, &err);
	ck_assert_int_eq(json_parse(&schema, arena, text->data, text->len, NULL, &fault), 0);
	return schema;
}

/* Good ones, bad ones, and some that are good in one field and bad in another. */
static const char *const texts[] = {"a", "out", ".", "/data/x", "a.b-c_d", "A B", "a;b", "", "x*",
    "*x", "a\\", "\\*", "a\\\\*", "..", "10.0.0.1", "10.0.0.0/8", "::1", "[::1]", "a:b", "a%b", "*",
    "*.a", "0x7f.1", "a..b", "\xc3\xa9",
    ("a\xc2\xa0"
     "b"),
    "a\xe2\x80\x83", "\xef\xbb\xbf", "a\tb", "a\x7f", "a\nb", "x07.run-os-policy@0.1.0",
    "\xf0\x9f\x98\x80", "-", "a,b", "(", "a+b?", "^$"};

static void make_string(struct jsonw *w, struct random *r, const struct json *schema)
{
	const struct json *max = json_get(schema, "maxLength");
	CLEANUP(buf_clear) struct buf text = buf_init(1 << 16);
	uint32_t kind = next(r, 40);

	if (fault_now(r) && kind < 20) {
		jsonw_string_n(w, kind < 10 ? "a\0b" : "\0", kind < 10 ? 3 : 1);
		return;
	}
	if (kind >= 2 || max == NULL) {
		buf_puts(&text, r->faults != 0 ? texts[next(r, ARRAY_LEN(texts))] : "a");
	} else {
		for (int64_t i = 0; i < max->integer + (kind == 0 && r->faults != 0); i++)
			buf_puts(&text, i == 3 ? "\xc3\xa9" : "a");
		if (strchr(text.data, '\xc3') != NULL && r->faults == 0)
			buf_reset(&text);
	}
	jsonw_string(w, text.len != 0 ? text.data : "");
}

static void make_integer(struct jsonw *w, struct random *r, const struct json *schema)
{
	int64_t min = json_get(schema, "minimum")->integer;
	int64_t max = json_get(schema, "maximum")->integer;

	if (fault_now(r))
		jsonw_int(w, next(r, 2) ? min - 1 : max + 1);
	else if (next(r, 3) == 0)
		jsonw_int(w, next(r, 2) ? min : max);
	else
		jsonw_int(w, min + (int64_t)next(r, 1000) % (max - min + 1));
}

/* Something of another type. */
static void make_wrong(struct jsonw *w, struct random *r)
{
	switch (next(r, 6)) {
	case 0:
		jsonw_null(w);
		break;
	case 1:
		jsonw_bool(w, true);
		break;
	case 2:
		jsonw_string(w, "1");
		break;
	case 3:
		jsonw_array(w);
		jsonw_end_array(w);
		break;
	case 4:
		jsonw_object(w);
		jsonw_end_object(w);
		break;
	default:
		jsonw_int(w, 7);
		break;
	}
}

static void make(struct jsonw *w, struct random *r, const struct json *schema);

static void make_array(struct jsonw *w, struct random *r, const struct json *schema)
{
	const struct json *least = json_get(schema, "minItems"),
			  *most = json_get(schema, "maxItems");
	uint32_t count = next(r, 3);

	if (least != NULL && !fault_now(r))
		count += (uint32_t)least->integer;
	if (r->full > 0 && --r->full == 0)
		count = (uint32_t)most->integer + next(r, 2);
	jsonw_array(w);
	for (uint32_t i = 0; i < count; i++)
		make(w, r, json_get(schema, "items"));
	jsonw_end_array(w);
}

static bool is_required(const struct json *schema, struct str name)
{
	const struct json *required = json_get(schema, "required");

	for (uint32_t i = 0; required != NULL && i < required->count; i++) {
		if (str_eq(required->items[i].text, name))
			return true;
	}
	return false;
}

static void make_object(struct jsonw *w, struct random *r, const struct json *schema)
{
	const struct json *all = json_get(schema, "properties");

	jsonw_object(w);
	for (uint32_t i = 0; i < all->count; i++) {
		char key[64];

		if (is_required(schema, all->items[i].key) ? fault_now(r) && next(r, 3) == 0
							   : next(r, 2) == 0)
			continue;
		(void)snprintf(
		    key, sizeof(key), "%.*s", (int)all->items[i].key.len, all->items[i].key.ptr);
		jsonw_key(w, key);
		make(w, r, &all->items[i]);
	}
	if (fault_now(r)) {
		jsonw_key(w, next(r, 2) ? "extra" : "Enabled");
		jsonw_bool(w, false);
	}
	jsonw_end_object(w);
}

static void make(struct jsonw *w, struct random *r, const struct json *schema)
{
	const struct json *type = json_get(schema, "type"), *value = json_get(schema, "const");

	if (fault_now(r) && next(r, 3) == 0)
		make_wrong(w, r);
	else if (value != NULL)
		jsonw_string(
		    w, fault_now(r) ? "x07.run-os-policy@0.2.0" : "x07.run-os-policy@0.1.0");
	else if (json_is(type, "string"))
		make_string(w, r, schema);
	else if (json_is(type, "integer"))
		make_integer(w, r, schema);
	else if (json_is(type, "boolean"))
		jsonw_bool(w, next(r, 2));
	else if (json_is(type, "array"))
		make_array(w, r, schema);
	else
		make_object(w, r, schema);
}

/* Rules that are not in the schema: those that join fields, and the form of a destination. */
static bool is_beyond_schema(const struct diag *d)
{
	const char *host = strstr(d->ptr, "/host");

	return strcmp(d->ptr, "/process/allow_spawn") == 0 ||
	       strcmp(d->ptr, "/process/allow_cwd") == 0 || strcmp(d->ptr, "/db/enabled") == 0 ||
	       (strncmp(d->ptr, "/net/allow_hosts/", 17) == 0 && host != NULL && host[5] == '\0');
}

static bool names(const struct diag_list *diags, const char *pointer)
{
	for (uint32_t i = 0; i < diags->count; i++) {
		if (strcmp(diags->items[i].ptr, pointer) == 0)
			return true;
	}
	return diags->count == DIAG_LIST_MAX;
}

/* @return whether the schema accepts it. */
static bool compare(const struct json *schema, const struct buf *doc)
{
	CLEANUP(arena_clear) struct arena arena;
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(policy_clear) struct policy p = {0};
	CLEANUP(buf_clear) struct buf pointer = buf_init(4096);
	const struct json *v = NULL;
	struct json_fault fault;
	struct err err = {0};
	bool valid = false;
	int rc = policy_parse(&p, doc->data, doc->len, "doc", &diags, &err);

	arena_init(&arena, 256u << 20);
	ck_assert_int_eq(json_parse(&v, &arena, doc->data, doc->len, NULL, &fault), 0);
	valid = schema_accepts(schema, v, &pointer);
	if (!valid) {
		ck_assert_msg(
		    rc == ERR_SCHEMA, "only the schema refuses %s of %s", pointer.data, doc->data);
		ck_assert_msg(names(&diags, pointer.len != 0 ? pointer.data : ""),
		    "no diagnostic at '%s' of %s", pointer.data, doc->data);
	}
	for (uint32_t i = 0; valid && i < diags.count; i++)
		ck_assert_msg(is_beyond_schema(&diags.items[i]),
		    "only the validator refuses %s: %s", diags.items[i].ptr,
		    diags.items[i].message);
	return valid;
}

START_TEST(schema_and_validator_agree_about_any_document)
{
	CLEANUP(arena_clear) struct arena arena;
	CLEANUP(buf_clear) struct buf text = buf_init(1 << 20);
	struct random r = {.state = 0x2545f4914f6cdd1du + (uint64_t)_i};
	const struct json *schema = NULL;
	int valid = 0;

	arena_init(&arena, 64u << 20);
	schema = schema_of(&arena, &text);
	for (int n = 0; n < CASES / 3; n++) {
		CLEANUP(buf_clear) struct buf doc = buf_init(DOC_MAX);
		struct jsonw w = jsonw_init(&doc, next(&r, 2));

		r.faults = n % 4 == 0 ? 0 : n % 4 == 1 ? 2 : n % 4 == 2 ? 6 : 40;
		r.full = r.faults == 0 && n % 8 == 0 ? 1 + next(&r, 16) : 0;
		make(&w, &r, schema);
		if (doc.len <= POLICY_MAX_BYTES)
			valid += compare(schema, &doc);
	}
	/* both verdicts were seen, often */
	ck_assert_int_gt(valid, CASES / 3 / 8);
	ck_assert_int_lt(valid, CASES / 3 - CASES / 3 / 8);
}
END_TEST

START_TEST(templates_are_valid_under_the_schema)
{
	CLEANUP(arena_clear) struct arena arena;
	CLEANUP(buf_clear) struct buf text = buf_init(1 << 20), doc = buf_init(1 << 20);
	AUTO_FREE char *template = template_text(policy_template_name((size_t)_i));

	arena_init(&arena, 64u << 20);
	buf_puts(&doc, template);
	ck_assert(compare(schema_of(&arena, &text), &doc));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("policy/schema");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, schema_and_validator_agree_about_any_document, 0, 3);
	tcase_add_loop_test(
	    t, templates_are_valid_under_the_schema, 0, (int)policy_template_count());
	suite_add_tcase(s, t);
	return test_main(s);
}
