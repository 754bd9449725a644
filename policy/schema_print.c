/* SPDX-License-Identifier: MIT */
/*
 * The table of fields for readers: as JSON Schema and as a Markdown table. Both are committed
 * under docs/format; tests/unit/policy compares them with what is printed here.
 */
#include "policy/schema_print.h"

#include "base/json.h"
#include "policy/fields_priv.h"
#include "policy/text_priv.h"

#include <inttypes.h>
#include <string.h>

static void key_uint(struct jsonw *w, const char *key, uint64_t v)
{
	jsonw_key(w, key);
	jsonw_uint(w, v);
}

/* `default` stands before and `required` behind, so that keys come out sorted. */
static void put_strings(struct jsonw *w, const struct policy_field *f)
{
	key_uint(w, "maxLength", f->max);
	key_uint(w, "minLength", f->min);
	if (policy_text_pattern(f->text))
		jsonw_kv_string(w, "pattern", policy_text_pattern(f->text));
	jsonw_kv_string(w, "type", "string");
}

static void put_integers(struct jsonw *w, const struct policy_field *f)
{
	key_uint(w, "maximum", f->max);
	key_uint(w, "minimum", f->min);
	jsonw_kv_string(w, "type", "integer");
}

static void put_array(struct jsonw *w, size_t row);
static void put_object(struct jsonw *w, size_t row);

static void put_schema(struct jsonw *w, size_t row)
{
	const struct policy_field *f = &policy_fields[row];

	jsonw_object(w);
	switch (f->kind) {
	case POLICY_CONST:
		jsonw_kv_string(w, "const", POLICY_SCHEMA);
		jsonw_kv_string(w, "description", f->doc);
		break;
	case POLICY_STRING:
		jsonw_kv_string(w, "description", f->doc);
		put_strings(w, f);
		break;
	case POLICY_BOOL:
		if (!f->required)
			jsonw_kv_bool(w, "default", f->def != 0);
		jsonw_kv_string(w, "description", f->doc);
		jsonw_kv_string(w, "type", "boolean");
		break;
	case POLICY_U32:
	case POLICY_U64:
		if (!f->required)
			key_uint(w, "default", f->def);
		jsonw_kv_string(w, "description", f->doc);
		put_integers(w, f);
		break;
	case POLICY_LIST:
	case POLICY_PORTS:
	case POLICY_HOSTS:
		put_array(w, row);
		break;
	case POLICY_OBJECT:
		put_object(w, row);
		break;
	}
	jsonw_end_object(w);
}

static void put_array(struct jsonw *w, size_t row)
{
	const struct policy_field *f = &policy_fields[row];

	jsonw_kv_string(w, "description", f->doc);
	jsonw_key(w, "items");
	jsonw_object(w);
	if (f->kind == POLICY_LIST)
		put_strings(w, f);
	else if (f->kind == POLICY_PORTS)
		put_integers(w, f);
	else
		put_object(w, row);
	jsonw_end_object(w);
	key_uint(w, "maxItems", f->max_items);
	if (f->kind == POLICY_PORTS && f->required)
		key_uint(w, "minItems", 1);
	jsonw_kv_string(w, "type", "array");
}

/* The members of an object, or of the objects of an array. */
static void put_object(struct jsonw *w, size_t row)
{
	jsonw_kv_bool(w, "additionalProperties", false);
	if (policy_fields[row].kind == POLICY_OBJECT)
		jsonw_kv_string(w, "description", policy_fields[row].doc);
	jsonw_key(w, "properties");
	jsonw_object(w);
	for (size_t i = policy_field_first(row); i; i = policy_field_next(i)) {
		jsonw_key(w, policy_field_name(i));
		put_schema(w, i);
	}
	jsonw_end_object(w);
	jsonw_key(w, "required");
	jsonw_array(w);
	for (size_t i = policy_field_first(row); i; i = policy_field_next(i)) {
		if (policy_fields[i].required)
			jsonw_string(w, policy_field_name(i));
	}
	jsonw_end_array(w);
	jsonw_kv_string(w, "type", "object");
}

void policy_schema_print(struct buf *out)
{
	struct jsonw w = jsonw_init(out, true);

	jsonw_object(&w);
	jsonw_kv_string(&w, "$id", POLICY_SCHEMA);
	jsonw_kv_string(&w, "$schema", "https://json-schema.org/draft/2020-12/schema");
	put_object(&w, POLICY_ROOT_FIELD);
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

static const char *range_text(enum policy_text text)
{
	switch (text) {
	case POLICY_TEXT_FREE:
		return "";
	case POLICY_TEXT_ID:
		return " of `a-zA-Z0-9_.-`";
	case POLICY_TEXT_PLAIN:
		return ", no `;`";
	case POLICY_TEXT_HOST:
		return ", no `;`, no white space";
	case POLICY_TEXT_DESTINATION:
		return ", a host as above";
	case POLICY_TEXT_REGEX:
		return ", a regex-lite pattern";
	}
	return "";
}

static void print_type(struct buf *out, const struct policy_field *f)
{
	switch (f->kind) {
	case POLICY_CONST:
		buf_puts(out, "`\"" POLICY_SCHEMA "\"`");
		break;
	case POLICY_STRING:
		buf_printf(out, "string, %" PRIu64 "..%" PRIu64 " characters%s", f->min, f->max,
		    range_text(f->text));
		break;
	case POLICY_BOOL:
		buf_puts(out, "boolean");
		break;
	case POLICY_U32:
	case POLICY_U64:
		buf_printf(out, "integer, %" PRIu64 "..%" PRIu64, f->min, f->max);
		break;
	case POLICY_LIST:
		buf_printf(out, "at most %u strings, %" PRIu64 "..%" PRIu64 " characters each%s",
		    (unsigned)f->max_items, f->min, f->max, range_text(f->text));
		break;
	case POLICY_PORTS:
		buf_printf(out, "%d to %u integers, %" PRIu64 "..%" PRIu64, f->required,
		    (unsigned)f->max_items, f->min, f->max);
		break;
	case POLICY_HOSTS:
		buf_printf(out, "at most %u objects", (unsigned)f->max_items);
		break;
	case POLICY_OBJECT:
		buf_puts(out, "object");
		break;
	}
}

static void print_default(struct buf *out, const struct policy_field *f)
{
	if (f->required)
		buf_puts(out, "required");
	else if (f->kind == POLICY_BOOL)
		buf_puts(out, f->def ? "true" : "false");
	else if (f->kind == POLICY_U32 || f->kind == POLICY_U64)
		buf_printf(out, "%" PRIu64, f->def);
	else
		buf_puts(out, f->kind == POLICY_OBJECT ? "absent" : "empty");
}

/* "net/allow_hosts/[]/host" is written `net.allow_hosts[].host`. */
static void print_path(struct buf *out, const char *path)
{
	for (; *path; path++) {
		if (*path == '/' && path[1] != '[')
			buf_putc(out, '.');
		else if (*path != '/')
			buf_putc(out, *path);
	}
}

void policy_fields_print(struct buf *out)
{
	buf_puts(
	    out, "| field | type, range | when absent | meaning |\n| --- | --- | --- | --- |\n");
	for (size_t i = 1; i < policy_field_count; i++) {
		buf_puts(out, "| `");
		print_path(out, policy_fields[i].path);
		buf_puts(out, "` | ");
		print_type(out, &policy_fields[i]);
		buf_puts(out, " | ");
		print_default(out, &policy_fields[i]);
		buf_printf(out, " | %s |\n", policy_fields[i].doc);
	}
}
