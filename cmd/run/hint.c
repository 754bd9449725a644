/* SPDX-License-Identifier: MIT */
/*
 * A program that imports what nobody has installed: the command that would add it. Only said, never
 * done, so that a typing error cannot change x07.json. Source: docs/cmd/pkg-provides.md.
 */
#include "cmd/run/hint.h"

#include "base/json.h"

#include <string.h>

#define UNKNOWN "unknown module: \""
#define MODULE_MAX 256

/* The module that the first error is about; false when it is about something else. */
static bool unknown_module(char out[MODULE_MAX + 1], const struct diag_list *diags)
{
	for (uint32_t i = 0; i < diags->count; i++) {
		const char *at = strstr(diags->items[i].message, UNKNOWN), *end;

		if (diags->items[i].severity != DIAG_ERROR || at == NULL)
			continue;
		at += strlen(UNKNOWN);
		end = strchr(at, '"');
		if (end == NULL || end - at > MODULE_MAX || at[0] == '-')
			return false;
		memcpy(out, at, (size_t)(end - at));
		out[end - at] = '\0';
		return true;
	}
	return false;
}

/* Name and version of the pick of the capability map. */
static bool find_pick(const struct json **name, const struct json **version, const struct json *doc)
{
	const struct json *list = json_get(doc, "providers");

	for (uint32_t i = 0; list != NULL && list->kind == JSON_ARRAY && i < list->count; i++) {
		const struct json *p = &list->items[i];

		*name = json_get(p, "name");
		*version = json_get(p, "version");
		if (json_is(json_get(p, "kind"), "catalog") && *name != NULL && *version != NULL &&
		    (*name)->kind == JSON_STRING && (*version)->kind == JSON_STRING)
			return true;
	}
	return false;
}

char *run_hint_module(const struct run_caller *caller, const struct diag_list *diags)
{
	CLEANUP(buf_clear) struct buf answer = buf_init((size_t)1 << 20);
	CLEANUP(buf_clear) struct buf text = buf_init(4096);
	CLEANUP(arena_clear) struct arena arena = {0};
	char module[MODULE_MAX + 1];
	char *argv[] = {(char[]){"x07"}, (char[]){"pkg"}, (char[]){"provides"}, (char[]){"--json"},
	    module, NULL};
	const struct json *doc = NULL, *name = NULL, *version = NULL;
	struct json_fault fault = {0};
	struct err none = {0};
	int status = 0;

	if (caller->ask_pkg == NULL || !unknown_module(module, diags) ||
	    caller->ask_pkg(&answer, &status, argv, &none) < 0 || status != 0 || answer.len == 0 ||
	    json_parse(&doc, &arena, answer.data, answer.len, NULL, &fault) < 0 ||
	    !find_pick(&name, &version, doc))
		return NULL;
	buf_printf(&text, "%s is in the package %.*s: x07 pkg add %.*s@%.*s --sync", module,
	    (int)name->text.len, name->text.ptr, (int)name->text.len, name->text.ptr,
	    (int)version->text.len, version->text.ptr);
	return buf_take(&text);
}
