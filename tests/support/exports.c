/* SPDX-License-Identifier: MIT */
/*
 * exports FILE..: one line for each function that the x07AST modules export, as the tables of
 * documents write it: `[async ]name(param:type, ...) -> result`. Not sorted.
 */
#include "base/arena.h"
#include "base/file.h"
#include "base/json.h"

#include <stdio.h>
#include <string.h>

static void print_fn(const struct json *fn, bool async)
{
	const struct json *params = json_get(fn, "params");
	struct str name = json_get(fn, "name")->text;
	struct str result = json_get(fn, "result")->text;

	printf("%s%.*s(", async ? "async " : "", (int)name.len, name.ptr);
	for (uint32_t i = 0; i < params->count; i++) {
		struct str p = json_get(&params->items[i], "name")->text;
		struct str ty = json_get(&params->items[i], "ty")->text;

		printf("%s%.*s:%.*s", i > 0 ? ", " : "", (int)p.len, p.ptr, (int)ty.len, ty.ptr);
	}
	printf(") -> %.*s\n", (int)result.len, result.ptr);
}

/* @return false when no such function is declared. */
static bool print_export(const struct json *decls, struct str name)
{
	for (uint32_t i = 0; i < decls->count; i++) {
		const struct json *d = &decls->items[i];
		const struct json *n = json_get(d, "name");

		if (n == NULL || str_cmp(n->text, name) != 0)
			continue;
		print_fn(d, json_is(json_get(d, "kind"), "defasync"));
		return true;
	}
	(void)fprintf(stderr, "exported and not declared: %.*s\n", (int)name.len, name.ptr);
	return false;
}

static bool print_module(const char *path)
{
	CLEANUP(buf_clear) struct buf text = buf_init(16u << 20);
	CLEANUP(arena_clear) struct arena arena = {0};
	const struct json *root = NULL, *decls;
	struct json_fault fault = {0};
	struct err err = {0};
	bool ok = true;

	arena_init(&arena, 64u << 20);
	if (file_read(&text, path, &err) < 0 ||
	    json_parse(&root, &arena, text.data, text.len, NULL, &fault) < 0) {
		(void)fprintf(stderr, "%s: %s\n", path, err.message);
		return false;
	}
	decls = json_get(root, "decls");
	for (uint32_t i = 0; i < decls->count; i++) {
		const struct json *names = json_get(&decls->items[i], "names");

		for (uint32_t n = 0; names != NULL && n < names->count; n++)
			ok &= print_export(decls, names->items[n].text);
	}
	return ok;
}

int main(int argc, char **argv)
{
	bool ok = argc > 1;

	for (int i = 1; i < argc; i++)
		ok &= print_module(argv[i]);
	return ok ? 0 : 1;
}
