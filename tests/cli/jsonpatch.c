/* SPDX-License-Identifier: MIT */
/*
 * jsonpatch FILE: applies the JSON Patch on standard input (add, replace, remove) to a document
 * and prints it; exit 1 with the operation when one does not apply. Source: RFC 6902.
 */
#include "base/arena.h"
#include "base/file.h"
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX (16u << 20)

struct op {
	bool add, remove; /* neither: replace */
	const struct json *value;
	struct arena *arena;
	bool done;
};

static int fail(const char *what, const char *which)
{
	(void)fprintf(stderr, "jsonpatch: %s: %s\n", what, which);
	return 1;
}

static const struct json *parse(struct arena *arena, const struct buf *text)
{
	struct json_fault fault = {0};
	const struct json *v = NULL;

	if (json_parse(&v, arena, text->data, text->len, NULL, &fault) < 0)
		return NULL;
	return v;
}

static void put(struct jsonw *w, struct op *op)
{
	jsonw_value(w, op->value, false);
	op->done = true;
}

static void emit(struct jsonw *w, const struct json *v, const char *path, struct op *op);

static bool names(const struct json *item, bool array, const char *token, size_t len)
{
	char index[16];

	if (!array)
		return item->key.len == len && memcmp(item->key.ptr, token, len) == 0;
	(void)snprintf(index, sizeof(index), "%u", item->index);
	return strlen(index) == len && memcmp(index, token, len) == 0;
}

/* One item of a container on the way to the place; @p rest is behind the token that names it. */
static void emit_item(
    struct jsonw *w, const struct json *item, bool array, const char *rest, struct op *op)
{
	bool last = *rest == '\0';

	if (last && op->remove) {
		op->done = true;
		return;
	}
	if (last && op->add && array) /* in front of what was there */
		put(w, op);
	if (!array)
		jsonw_key(w, arena_strndup(op->arena, item->key.ptr, item->key.len));
	if (last && !(op->add && array))
		put(w, op);
	else
		emit(w, item, last ? NULL : rest, op);
}

/* @param path  "/a/0/b", or NULL: nothing here is meant. */
static void emit(struct jsonw *w, const struct json *v, const char *path, struct op *op)
{
	bool array = v->kind == JSON_ARRAY;
	const char *token = path != NULL ? path + 1 : "";
	size_t len = strcspn(token, "/");

	if (path == NULL || (!array && v->kind != JSON_OBJECT)) {
		jsonw_value(w, v, false);
		return;
	}
	array ? jsonw_array(w) : jsonw_object(w);
	for (uint32_t i = 0; i < v->count; i++) {
		const struct json *item = &v->items[i];

		if (names(item, array, token, len)) {
			emit_item(w, item, array, token + len, op);
			continue;
		}
		if (!array)
			jsonw_key(w, arena_strndup(op->arena, item->key.ptr, item->key.len));
		jsonw_value(w, item, false);
	}
	if (op->add && !op->done && token[len] == '\0' && (!array || strcmp(token, "-") == 0)) {
		if (!array)
			jsonw_key(w, token);
		put(w, op);
	}
	array ? jsonw_end_array(w) : jsonw_end_object(w);
}

static int apply(struct buf *text, const struct json *step)
{
	CLEANUP(arena_clear) struct arena arena;
	CLEANUP(buf_clear) struct buf out = buf_init(TEXT_MAX);
	struct jsonw w = jsonw_init(&out, true);
	const struct json *root = NULL, *path = json_get(step, "path");
	const struct json *name = json_get(step, "op");
	struct op op = {.value = json_get(step, "value"), .arena = &arena};
	char pointer[512];

	arena_init(&arena, TEXT_MAX);
	root = parse(&arena, text);
	if (root == NULL || path == NULL || path->kind != JSON_STRING || name == NULL)
		return fail("not a patch", "");
	(void)snprintf(pointer, sizeof(pointer), "%.*s", (int)path->text.len, path->text.ptr);
	op.add = json_is(name, "add");
	op.remove = json_is(name, "remove");
	if (pointer[0] != '/' || (!op.remove && op.value == NULL))
		return fail("bad operation", pointer);
	emit(&w, root, pointer, &op);
	if (!op.done)
		return fail("does not apply", pointer);
	buf_putc(&out, '\n');
	buf_clear(text);
	*text = TAKE(out);
	return 0;
}

static int run(const char *file)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(TEXT_MAX);
	CLEANUP(buf_clear) struct buf patch = buf_init(TEXT_MAX);
	const struct json *steps = NULL;
	struct err err = {0};

	if (file_read(&text, file, &err) < 0 ||
	    file_read_fd(&patch, STDIN_FILENO, "the patch", &err) < 0)
		return fail("cannot read", err.message);
	steps = parse(&arena, &patch);
	if (steps == NULL || steps->kind != JSON_ARRAY || steps->count == 0)
		return fail("not a patch", buf_str(&patch));
	for (uint32_t i = 0; i < steps->count; i++) {
		if (apply(&text, &steps->items[i]) != 0)
			return 1;
	}
	return fwrite(text.data, 1, text.len, stdout) == text.len ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return fail("wanted one file", "");
	return run(argv[1]);
}
