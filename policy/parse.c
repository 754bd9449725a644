/* SPDX-License-Identifier: MIT */
/*
 * Reads a policy document through the table of fields: one walk finds every fault. What joins
 * several fields is policy/rules.c.
 */
#include "policy/parse.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/jsondoc.h"
#include "policy/codes.h"
#include "policy/fields_priv.h"
#include "policy/rules_priv.h"
#include "policy/text_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The largest valid document has some 20000 values: 256 hosts of 64 ports, 15 lists. */
#define NODES_MAX 65536
#define DEPTH_MAX 32

struct parser {
	struct jsondoc doc;
	struct policy policy;
};

static struct jsondoc_at at_value(const struct json *v)
{
	return (struct jsondoc_at){.value = v};
}

static struct jsondoc_at at_key(const struct json *v)
{
	return (struct jsondoc_at){.value = v, .at_key = true};
}

static void *slot(void *base, size_t offset)
{
	return (char *)base + offset;
}

static const char *wanted(enum policy_kind kind)
{
	switch (kind) {
	case POLICY_CONST:
	case POLICY_STRING:
		return "a string";
	case POLICY_BOOL:
		return "true or false";
	case POLICY_U32:
	case POLICY_U64:
		return "an integer";
	case POLICY_LIST:
		return "an array of strings";
	case POLICY_PORTS:
		return "an array of port numbers";
	case POLICY_HOSTS:
		return "an array of objects {host, ports}";
	case POLICY_OBJECT:
		return "an object";
	}
	return "";
}

static void wrong_type(
    struct parser *p, const struct json *v, const char *name, const char *expected)
{
	jsondoc_fault(&p->doc, at_value(v), NULL, "`%s` must be %s, not %s", name, expected,
	    json_kind_name(v));
}

/* A literal such as 1e3 or 1.0 is a number but not written as an integer: refused. */
static bool is_integer_literal(const struct json *v)
{
	struct str s = v->text;
	uint32_t i = s.len && s.ptr[0] == '-';

	for (; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	}
	return true;
}

/* Integer of the row's range, or a fault. */
static bool read_number(struct parser *p, const struct policy_field *f, const char *name,
    const struct json *v, uint64_t *out)
{
	char quoted[JSONDOC_QUOTED_SIZE], help[96];

	(void)snprintf(
	    help, sizeof(help), "an integer from %" PRIu64 " to %" PRIu64, f->min, f->max);
	if (v->kind == JSON_NUMBER && !is_integer_literal(v)) {
		jsondoc_fault(&p->doc, at_value(v), help, "`%s` is %s, which is not an integer",
		    name, jsondoc_quote(quoted, v->text));
		return false;
	}
	if (v->kind != JSON_INT && v->kind != JSON_NUMBER) {
		jsondoc_fault(&p->doc, at_value(v), help, "`%s` must be an integer, not %s", name,
		    json_kind_name(v));
		return false;
	}
	if (v->kind == JSON_NUMBER) {
		jsondoc_fault(&p->doc, at_value(v), help, "`%s` is out of range", name);
		return false;
	}
	if (v->integer < 0 || (uint64_t)v->integer < f->min || (uint64_t)v->integer > f->max) {
		jsondoc_fault(&p->doc, at_value(v), help, "`%s` is %" PRId64 ", out of range", name,
		    v->integer);
		return false;
	}
	*out = (uint64_t)v->integer;
	return true;
}

/* String of the row's length and rule, copied into the policy; NULL after a fault. */
static const char *read_text(
    struct parser *p, const struct policy_field *f, const char *name, const struct json *v)
{
	char quoted[JSONDOC_QUOTED_SIZE], range[96];
	const char *help = NULL, *fault;
	size_t chars;

	if (v->kind != JSON_STRING) {
		wrong_type(p, v, name, "a string");
		return NULL;
	}
	chars = policy_text_chars(v->text);
	if (chars < f->min || chars > f->max) {
		(void)snprintf(
		    range, sizeof(range), "%" PRIu64 " to %" PRIu64 " characters", f->min, f->max);
		jsondoc_fault(&p->doc, at_value(v), range, "`%s` has %zu characters", name, chars);
		return NULL;
	}
	fault = policy_text_fault(f->text, v->text, &help);
	if (fault) {
		jsondoc_fault(&p->doc, at_value(v), help, "`%s` %s: %s", name, fault,
		    jsondoc_quote(quoted, v->text));
		return NULL;
	}
	return arena_strndup(&p->policy.arena, v->text.ptr, v->text.len);
}

/* An array of at most max_items, at least @p least. */
static bool check_array(struct parser *p, const struct policy_field *f, const char *name,
    const struct json *v, uint32_t least)
{
	char help[64];

	if (v->kind != JSON_ARRAY) {
		wrong_type(p, v, name, wanted(f->kind));
		return false;
	}
	if (v->count >= least && v->count <= f->max_items)
		return true;
	(void)snprintf(
	    help, sizeof(help), "%u to %u items", (unsigned)least, (unsigned)f->max_items);
	if (v->count < least)
		jsondoc_fault(&p->doc, at_value(v), help, "`%s` is empty", name);
	else
		jsondoc_fault(
		    &p->doc, at_value(v), help, "`%s` has %u items", name, (unsigned)v->count);
	return false;
}

static void read_list(struct parser *p, const struct policy_field *f, const char *name,
    const struct json *v, struct policy_list *out)
{
	if (!check_array(p, f, name, v, 0) || !v->count)
		return;
	out->items = arena_alloc(&p->policy.arena, v->count * sizeof(*out->items));
	for (uint32_t i = 0; i < v->count; i++) {
		const char *text = read_text(p, f, name, &v->items[i]);

		if (text)
			out->items[out->count++] = text;
	}
}

/* Ports of a destination must not be empty; db.net.allow_ports may. */
static void read_ports(struct parser *p, const struct policy_field *f, const char *name,
    const struct json *v, void *base)
{
	uint16_t **ports = slot(base, f->offset);
	uint32_t *count = slot(base, f->count_offset);
	uint64_t port = 0;

	if (!check_array(p, f, name, v, f->required ? 1 : 0) || !v->count)
		return;
	*ports = arena_alloc(&p->policy.arena, v->count * sizeof(**ports));
	for (uint32_t i = 0; i < v->count; i++) {
		if (read_number(p, f, name, &v->items[i], &port))
			(*ports)[(*count)++] = (uint16_t)port;
	}
}

static void read_object(struct parser *p, size_t row, const struct json *v, void *base);

static void read_hosts(struct parser *p, size_t row, const struct json *v, void *base)
{
	const struct policy_field *f = &policy_fields[row];
	struct policy_host **hosts = slot(base, f->offset);
	uint32_t *count = slot(base, f->count_offset);

	if (!check_array(p, f, policy_field_name(row), v, 0) || !v->count)
		return;
	*hosts = arena_alloc(&p->policy.arena, v->count * sizeof(**hosts));
	for (uint32_t i = 0; i < v->count; i++)
		read_object(p, row, &v->items[i], &(*hosts)[(*count)++]);
}

static void read_const(struct parser *p, const char *name, const struct json *v)
{
	char quoted[JSONDOC_QUOTED_SIZE];

	if (v->kind != JSON_STRING)
		wrong_type(p, v, name, "a string");
	else if (!json_is(v, POLICY_SCHEMA))
		jsondoc_fault(&p->doc, at_value(v), "the only version is `" POLICY_SCHEMA "`",
		    "`%s` is %s", name, jsondoc_quote(quoted, v->text));
}

static void read_bool(struct parser *p, const char *name, const struct json *v, bool *out)
{
	if (v->kind == JSON_TRUE || v->kind == JSON_FALSE)
		*out = v->kind == JSON_TRUE;
	else
		wrong_type(p, v, name, "true or false");
}

static void read_string(struct parser *p, const struct policy_field *f, const char *name,
    const struct json *v, const char **out)
{
	const char *text = read_text(p, f, name, v);

	if (text)
		*out = text;
}

static void read_value(struct parser *p, size_t row, const struct json *v, void *base)
{
	const struct policy_field *f = &policy_fields[row];
	const char *name = policy_field_name(row);
	uint64_t number = 0;

	switch (f->kind) {
	case POLICY_CONST:
		read_const(p, name, v);
		break;
	case POLICY_STRING:
		read_string(p, f, name, v, slot(base, f->offset));
		break;
	case POLICY_BOOL:
		read_bool(p, name, v, slot(base, f->offset));
		break;
	case POLICY_U32:
		if (read_number(p, f, name, v, &number))
			*(uint32_t *)slot(base, f->offset) = (uint32_t)number;
		break;
	case POLICY_U64:
		if (read_number(p, f, name, v, &number))
			*(uint64_t *)slot(base, f->offset) = number;
		break;
	case POLICY_LIST:
		read_list(p, f, name, v, slot(base, f->offset));
		break;
	case POLICY_PORTS:
		read_ports(p, f, name, v, base);
		break;
	case POLICY_HOSTS:
		read_hosts(p, row, v, base);
		break;
	case POLICY_OBJECT:
		read_object(p, row, v, base);
		break;
	}
}

/* The names of an object's members, for the help of an unknown one. */
static void list_members(struct buf *out, size_t row)
{
	for (size_t i = policy_field_first(row); i; i = policy_field_next(i)) {
		buf_puts(out, out->len ? ", " : "allowed here: ");
		buf_puts(out, policy_field_name(i));
	}
}

static void unknown_member(struct parser *p, size_t row, const struct json *v)
{
	CLEANUP(buf_clear) struct buf help = buf_init(2048);
	char quoted[JSONDOC_QUOTED_SIZE];

	if (p->doc.diags->count < DIAG_LIST_MAX)
		list_members(&help, row);
	jsondoc_fault(
	    &p->doc, at_key(v), help.data, "unknown field %s", jsondoc_quote(quoted, v->key));
}

static void missing_members(
    struct parser *p, size_t row, const struct json *v, const uint64_t seen[2])
{
	for (size_t i = policy_field_first(row); i; i = policy_field_next(i)) {
		char help[128];

		if (!policy_fields[i].required || seen[i / 64] >> (i % 64) & 1)
			continue;
		(void)snprintf(help, sizeof(help), "add `%s`: %s", policy_field_name(i),
		    wanted(policy_fields[i].kind));
		jsondoc_fault(
		    &p->doc, at_value(v), help, "missing field `%s`", policy_field_name(i));
	}
}

static void read_members(
    struct parser *p, size_t row, const struct json *v, void *base, uint64_t seen[2])
{
	for (uint32_t i = 0; i < v->count; i++) {
		const struct json *member = &v->items[i];
		size_t r = policy_field_member(row, member->key);
		uint64_t bit = UINT64_C(1) << (r % 64);

		if (!r) {
			unknown_member(p, row, member);
			continue;
		}
		if (seen[r / 64] & bit) {
			jsondoc_fault(&p->doc, at_key(member), "keep one of them",
			    "field `%s` is there twice", policy_field_name(r));
			continue;
		}
		seen[r / 64] |= bit;
		policy_set_present(&p->policy, r);
		read_value(p, r, member, base);
	}
}

static void read_object(struct parser *p, size_t row, const struct json *v, void *base)
{
	const struct policy_field *f = &policy_fields[row];
	uint64_t seen[2] = {0};

	if (v->kind != JSON_OBJECT) {
		jsondoc_fault(&p->doc, at_value(v), NULL, "%s must be an object, not %s",
		    row == POLICY_ROOT_FIELD ? "a policy" : policy_field_name(row),
		    json_kind_name(v));
		return;
	}
	if (f->kind == POLICY_OBJECT && f->offset != POLICY_NO_FLAG)
		*(bool *)slot(base, f->offset) = true;
	read_members(p, row, v, base, seen);
	missing_members(p, row, v, seen);
}

/*
 * Numbers and booleans that the document does not name; everything else is empty when absent. The
 * items of net.allow_hosts have neither, so that every offset here is one of struct policy.
 */
static void set_defaults(struct policy *p)
{
	p->notes = "";
	for (size_t i = 0; i < policy_field_count; i++) {
		const struct policy_field *f = &policy_fields[i];

		if (f->kind == POLICY_BOOL)
			*(bool *)slot(p, f->offset) = f->def != 0;
		else if (f->kind == POLICY_U32)
			*(uint32_t *)slot(p, f->offset) = (uint32_t)f->def;
		else if (f->kind == POLICY_U64)
			*(uint64_t *)slot(p, f->offset) = f->def;
	}
}

static int too_large(struct parser *p, struct err *err)
{
	jsondoc_fault(&p->doc, (struct jsondoc_at){0}, NULL, "the document has more than %u bytes",
	    POLICY_MAX_BYTES);
	return err_set(
	    err, ERR_LIMIT, "policy %s: more than %u bytes", p->doc.file, POLICY_MAX_BYTES);
}

static void parser_clear(struct parser *p)
{
	policy_clear(&p->policy);
}

int policy_parse(struct policy *out, const char *text, size_t len, const char *file,
    struct diag_list *diags, struct err *err)
{
	CLEANUP(parser_clear)
	struct parser p = {.doc = {.text = text,
			       .len = len,
			       .file = file,
			       .what = POLICY_CODE(SCHEMA),
			       .diags = diags}};
	CLEANUP(arena_clear) struct arena values = {0};
	const struct json_options options = {.max_depth = DEPTH_MAX, .max_nodes = NODES_MAX};
	const struct json *root = NULL;
	int rc;

	if (len > POLICY_MAX_BYTES)
		return too_large(&p, err);
	rc = jsondoc_parse(&root, &p.doc, &values, &options, err);
	if (rc < 0)
		return err_wrap(err, "policy");
	set_defaults(&p.policy);
	read_object(&p, POLICY_ROOT_FIELD, root, &p.policy);
	policy_rules_check(&p.doc, root);
	if (p.doc.faults)
		return err_code(err, ERR_SCHEMA, POLICY_CODE(SCHEMA), "policy %s: %u fault%s", file,
		    (unsigned)p.doc.faults, p.doc.faults == 1 ? "" : "s");
	sha256_text(p.policy.digest, text, len);
	*out = TAKE(p.policy);
	return 0;
}

int policy_load(struct policy *out, const char *path, struct diag_list *diags, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(POLICY_MAX_BYTES);
	struct jsondoc doc = {
	    .file = path, .text = "", .what = POLICY_CODE(SCHEMA), .diags = diags};
	int rc = file_read(&text, path, err);

	if (rc < 0) {
		(void)err_wrap(err, "policy");
		jsondoc_fault(&doc, (struct jsondoc_at){0}, NULL, "%s",
		    err ? err->message : "the file cannot be read");
		return rc;
	}
	return policy_parse(out, buf_str(&text), text.len, path, diags, err);
}

void policy_clear(struct policy *p)
{
	arena_clear(&p->arena);
	*p = (struct policy){0};
}
