/* SPDX-License-Identifier: MIT */
/*
 * jsonq POINTER            value at an RFC 6901 pointer of the document on standard input; exit 1
 *                          when there is none
 * jsonq --keys POINTER     names of the members, one on each line
 * jsonq --sorted           exit 1 and the pointer unless the keys of every object are sorted
 */
#include "base/arena.h"
#include "base/file.h"
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct json *step(const struct json *v, struct str name)
{
	char key[256];

	if (name.len >= sizeof(key))
		return NULL;
	memcpy(key, name.ptr, name.len);
	key[name.len] = '\0';
	if (v->kind == JSON_ARRAY) {
		unsigned long i = strtoul(key, NULL, 10);

		return i < v->count ? &v->items[i] : NULL;
	}
	return json_get(v, key);
}

static const struct json *find(const struct json *v, const char *pointer)
{
	while (v != NULL && *pointer == '/') {
		size_t len = strcspn(pointer + 1, "/");

		v = step(v, (struct str){pointer + 1, (uint32_t)len});
		pointer += len + 1;
	}
	return v;
}

static void print_value(const struct json *v)
{
	CLEANUP(buf_clear) struct buf text = buf_init(1u << 30);
	struct jsonw w = jsonw_init(&text, false);

	if (v->kind == JSON_STRING) {
		printf("%.*s\n", (int)v->text.len, v->text.ptr);
		return;
	}
	jsonw_value(&w, v, false);
	printf("%s\n", text.data);
}

static bool sorted(const struct json *v)
{
	if (v->kind != JSON_ARRAY && v->kind != JSON_OBJECT)
		return true;
	for (uint32_t i = 0; i < v->count; i++) {
		if (v->kind == JSON_OBJECT && i > 0 &&
		    str_cmp(v->items[i - 1].key, v->items[i].key) >= 0) {
			CLEANUP(buf_clear) struct buf at = buf_init(4096);

			json_pointer(&at, &v->items[i]);
			(void)fprintf(stderr, "jsonq: not in order: %s\n", at.data);
			return false;
		}
		if (!sorted(&v->items[i]))
			return false;
	}
	return true;
}

static int query(const struct json *root, int argc, char **argv)
{
	const struct json *v;

	if (strcmp(argv[1], "--sorted") == 0)
		return sorted(root) ? 0 : 1;
	v = find(root, argv[argc - 1]);
	if (v == NULL)
		return 1;
	if (strcmp(argv[1], "--keys") != 0) {
		print_value(v);
		return 0;
	}
	for (uint32_t i = 0; i < v->count && v->kind == JSON_OBJECT; i++)
		printf("%.*s\n", (int)v->items[i].key.len, v->items[i].key.ptr);
	return 0;
}

int main(int argc, char **argv)
{
	CLEANUP(buf_clear) struct buf text = buf_init(1u << 30);
	CLEANUP(arena_clear) struct arena arena = {0};
	const struct json *root;
	struct json_fault fault;
	struct err err = {0};

	if (argc < 2 || argc > 3)
		return 2;
	if (file_read_fd(&text, STDIN_FILENO, "standard input", &err) < 0 ||
	    json_parse(&root, &arena, text.data, text.len, NULL, &fault) < 0) {
		(void)fprintf(stderr, "jsonq: standard input is not JSON\n");
		return 2;
	}
	return query(root, argc, argv);
}
