/* SPDX-License-Identifier: MIT */
/*
 * The file of one package in the index: a JSON document in each line. What one line holds is
 * index_line.c; here a file is taken apart, and a line that cannot be used costs that line only.
 */
#include "registry/index.h"

#include "base/vec.h"
#include "pkg/codes.h"
#include "pkg/version.h"
#include "registry/codes.h"
#include "registry/index_line.h"

#include <stdlib.h>
#include <string.h>

#define CODE REGISTRY_CODE(INDEX_FETCH)
/* Of everything kept from a file: the texts of a file of the largest size, twice over. */
#define ARENA_MAX (REGISTRY_INDEX_FILE_MAX * 2)
#define SCRATCH_MAX (REGISTRY_INDEX_LINE_MAX * 48)

/** A parse under way: the lines before they move into the arena. */
struct reader {
	struct registry_index index;
	size_t cap, faulty_cap;
	uint32_t lines;
};

void registry_index_clear(struct registry_index *index)
{
	arena_clear(&index->arena);
	memset(index, 0, sizeof(*index));
}

static void read_line(struct reader *r, const char *text, size_t len)
{
	CLEANUP(arena_clear) struct arena scratch = {0};
	struct registry_index *index = &r->index;
	struct registry_version v = {.line = r->lines};

	arena_init(&scratch, SCRATCH_MAX);
	registry_index_line_parse(
	    &v, index->name, (struct str){text, (uint32_t)len}, &index->arena, &scratch);
	if (v.fault)
		VEC_PUSH(index->faulty, index->faulty_count, r->faulty_cap, v);
	else
		VEC_PUSH(index->versions, index->count, r->cap, v);
}

static bool is_blank(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
			return false;
	}
	return true;
}

static int read_lines(struct reader *r, const char *text, size_t len, struct err *err)
{
	const char *end = text + len;
	uint32_t used = 0;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t size;

		if (!stop)
			stop = end;
		size = (size_t)(stop - text);
		r->lines++;
		if (!is_blank(text, size)) {
			if (++used > REGISTRY_INDEX_LINES_MAX)
				return err_code(err, ERR_PKG, CODE,
				    "index of %s: more than %u versions", r->index.name,
				    REGISTRY_INDEX_LINES_MAX);
			read_line(r, text, size);
		}
		text = stop + 1;
	}
	return 0;
}

static int by_version_then_line(const void *a, const void *b)
{
	const struct registry_version *x = *(const struct registry_version *const *)a;
	const struct registry_version *y = *(const struct registry_version *const *)b;
	int order = strcmp(x->version, y->version);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* The later one of two lines of one version is faulty: nobody may choose between them. */
static void mark_repeated(struct reader *r)
{
	struct registry_index *index = &r->index;
	struct registry_version **sorted =
	    base_calloc(index->count + 1, sizeof(struct registry_version *));
	uint32_t kept = 0;

	for (uint32_t i = 0; i < index->count; i++)
		sorted[i] = &index->versions[i];
	qsort(sorted, index->count, sizeof(struct registry_version *), by_version_then_line);
	for (uint32_t i = 1; i < index->count; i++) {
		if (strcmp(sorted[i - 1]->version, sorted[i]->version) == 0)
			sorted[i]->fault = "the version is there twice";
	}
	free(sorted);
	for (uint32_t i = 0; i < index->count; i++) {
		struct registry_version v = index->versions[i];

		if (v.fault)
			VEC_PUSH(index->faulty, index->faulty_count, r->faulty_cap, v);
		else
			index->versions[kept++] = v;
	}
	index->count = kept;
}

static struct registry_version *into_arena(
    struct arena *arena, struct registry_version *items, uint32_t count)
{
	struct registry_version *copy = arena_alloc(arena, (count + 1) * sizeof(*copy));

	if (count > 0)
		memcpy(copy, items, count * sizeof(*copy));
	free(items);
	return copy;
}

int registry_index_parse(
    struct registry_index *out, const char *name, const char *text, size_t len, struct err *err)
{
	struct reader r = {0};
	struct registry_index *index = &r.index;
	int rc = 0;

	if (len > REGISTRY_INDEX_FILE_MAX)
		return err_code(err, ERR_PKG, CODE, "index of %s: larger than 32 MiB", name);
	arena_init(&index->arena, ARENA_MAX);
	index->name = arena_strndup(&index->arena, name, strlen(name));
	rc = read_lines(&r, text, len, err);
	mark_repeated(&r);
	index->arena.max = 0;
	index->versions = into_arena(&index->arena, index->versions, index->count);
	index->faulty = into_arena(&index->arena, index->faulty, index->faulty_count);
	if (rc == 0 && index->count == 0 && index->faulty_count > 0)
		rc = err_code(err, ERR_PKG, CODE, "index of %s: no line can be used: line %u: %s",
		    name, index->faulty[0].line, index->faulty[0].fault);
	if (rc < 0) {
		registry_index_clear(index);
		return rc;
	}
	*out = *index;
	return 0;
}

/* "" when there is none that can be compared. */
static const char *highest(const struct registry_index *index)
{
	const char *best = "";
	struct pkg_version at, max = {0};

	for (uint32_t i = 0; i < index->count; i++) {
		const char *text = index->versions[i].version;

		if (pkg_version_parse(&at, str_c(text), NULL) < 0 ||
		    (best[0] != '\0' && pkg_version_cmp(&at, &max) <= 0))
			continue;
		best = text;
		max = at;
	}
	return best;
}

int registry_index_find(const struct registry_version **out, const struct registry_index *index,
    const char *version, struct err *err)
{
	for (uint32_t i = 0; i < index->count; i++) {
		if (strcmp(index->versions[i].version, version) == 0) {
			*out = &index->versions[i];
			return 0;
		}
	}
	for (uint32_t i = 0; i < index->faulty_count; i++) {
		const struct registry_version *v = &index->faulty[i];

		if (v->version && strcmp(v->version, version) == 0)
			return err_code(err, ERR_PKG, CODE, "index of %s: line %u, version %s: %s",
			    index->name, v->line, version, v->fault);
	}
	return err_code(err, ERR_PKG, REGISTRY_CODE(INDEX_NO_MATCH),
	    "%s@%s: not in the index%s%s; `x07 pkg versions %s` lists what there is", index->name,
	    version, index->count > 0 ? ", whose highest version is " : "", highest(index),
	    index->name);
}

uint32_t registry_index_warnings(struct buf *out, const struct registry_index *index, uint32_t max)
{
	for (uint32_t i = 0; i < index->faulty_count && i < max; i++) {
		const struct registry_version *v = &index->faulty[i];

		buf_printf(out, "index of %s: line %u%s%s passed over: %s\n", index->name, v->line,
		    v->version ? ", version " : "", v->version ? v->version : "", v->fault);
	}
	return index->faulty_count;
}

int registry_index_path(struct buf *out, const char *name, struct err *err)
{
	size_t len = strlen(name);

	if (!pkg_name_is_valid(str_c(name)))
		return err_code(err, ERR_FORMAT, PKG_CODE(SPEC_INVALID), "not a package name");
	if (len <= 2)
		buf_printf(out, "%zu/%s", len, name);
	else if (len == 3)
		buf_printf(out, "3/%c/%s", name[0], name);
	else
		buf_printf(out, "%.2s/%.2s/%s", name, name + 2, name);
	return 0;
}

void registry_download_path(struct buf *out, const char *name, const char *version)
{
	buf_printf(out, "%s/%s/download", name, version);
}
