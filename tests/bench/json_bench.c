/* SPDX-License-Identifier: MIT */
/*
 * Our JSON reader beside cJSON, on a program-like document of a given size (parse and free, best of
 * 50). The figures in docs/decisions/0001-one-json-reader.md come from here:
 * `cmake --build build/release --target json_bench && build/release/bin/json_bench`.
 */
#include "base/json.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 50

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Declarations as an x07AST file has them: short heads, names, integers, some escapes. */
static void make_document(struct buf *out, size_t size)
{
	buf_puts(out, "{\"kind\":\"module\",\"decls\":[");
	for (int i = 0; out->len < size; i++) {
		buf_printf(out,
		    "%s\n  {\"kind\":\"defn\",\"name\":\"main.f%d\",\"params\":[{\"name\":\"x\","
		    "\"ty\":\"i32\"}],\"result\":\"i32\",\"body\":[\"begin\",[\"let\",\"y\",[\"+\","
		    "\"x\",%d]],[\"if\",[\"=\",\"y\",0],[\"bytes.lit\",\"caf\\u00e9\\n\"],[\"-\","
		    "\"y\",1]]]}",
		    i > 0 ? "," : "", i, i * 37);
	}
	buf_puts(out, "]}");
}

static void parse_ours(const struct buf *text)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	const struct json_options options = {.max_nodes = 10000000};
	const struct json *v = NULL;
	struct json_fault fault;

	if (json_parse(&v, &arena, text->data, text->len, &options, &fault) < 0)
		abort();
}

static void parse_cjson(const struct buf *text)
{
	cJSON *v = cJSON_ParseWithLength(text->data, text->len);

	if (v == NULL)
		abort();
	cJSON_Delete(v);
}

static double best_ms(void (*parse)(const struct buf *), const struct buf *text)
{
	double best = 1e9;

	for (int i = 0; i < ROUNDS; i++) {
		double start = now_ms();
		double took = 0;

		parse(text);
		took = now_ms() - start;
		if (took < best)
			best = took;
	}
	return best;
}

int main(void)
{
	static const size_t sizes[] = {60000, 5000000};

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		CLEANUP(buf_clear) struct buf text = buf_init(sizes[i] + 4096);

		make_document(&text, sizes[i]);
		(void)fprintf(stdout, "%zu bytes: ours %.3f ms, cJSON %.3f ms\n", text.len,
		    best_ms(parse_ours, &text), best_ms(parse_cjson, &text));
	}
	return 0;
}
