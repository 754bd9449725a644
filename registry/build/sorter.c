/* SPDX-License-Identifier: MIT */
/* External merge sort: runs of bounded size on disk, one merge over all of them. */
#include "registry/build/sorter.h"

#include "base/buf.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Stored before the bytes of each record. */
struct sizes {
	uint32_t key, data;
};

struct run {
	FILE *file;      /* NULL: the records still in memory */
	struct buf head; /* its next record */
	struct sizes sizes;
	bool empty;
};

struct build_sorter {
	char *dir; /* owned */
	size_t memory;
	struct buf records;
	size_t *offsets; /* of records */
	size_t count, cap, at;
	struct run runs[BUILD_SORTER_RUNS_MAX];
	size_t run_count;
	size_t last; /* run whose head was handed out; run_count = none */
};

struct build_sorter *build_sorter_new(const char *dir, size_t memory)
{
	struct build_sorter *s = base_calloc(1, sizeof(*s));

	s->dir = base_strdup(dir);
	s->memory = memory;
	s->records = buf_init(memory + BUILD_SORTER_RECORD_MAX + sizeof(struct sizes));
	return s;
}

void build_sorter_free(struct build_sorter *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->run_count; i++) {
		if (s->runs[i].file != NULL)
			(void)fclose(s->runs[i].file);
		buf_clear(&s->runs[i].head);
	}
	buf_clear(&s->records);
	base_free_ptr(&s->offsets);
	base_free_ptr(&s->dir);
	base_free_ptr(&s);
}

void build_sorter_clear(struct build_sorter **s)
{
	build_sorter_free(*s);
	*s = NULL;
}

static struct str key_at(const char *record)
{
	struct sizes z;

	memcpy(&z, record, sizeof(z));
	return (struct str){record + sizeof(z), z.key};
}

static int by_key(const void *a, const void *b, void *records)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int order = str_cmp(key_at((const char *)records + x), key_at((const char *)records + y));

	if (order != 0)
		return order;
	return x < y ? -1 : x > y;
}

static void sort_memory(struct build_sorter *s)
{
	if (s->count > 0)
		qsort_r(s->offsets, s->count, sizeof(*s->offsets), by_key, s->records.data);
}

static size_t record_size(const char *record)
{
	struct sizes z;

	memcpy(&z, record, sizeof(z));
	return sizeof(z) + z.key + z.data;
}

static int write_run(struct build_sorter *s, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	FILE *file;

	if (s->run_count + 1 >= BUILD_SORTER_RUNS_MAX)
		return err_set(err, ERR_LIMIT, "too many records to sort");
	fd = open(s->dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(err, ERR_IO, "%s: file for sorting", s->dir);
	file = fdopen(fd, "w+");
	if (file == NULL)
		return err_sys(err, ERR_IO, "file for sorting");
	(void)take_fd(&fd);
	s->runs[s->run_count++] =
	    (struct run){.file = file, .head = buf_init(BUILD_SORTER_RECORD_MAX)};
	sort_memory(s);
	for (size_t i = 0; i < s->count; i++) {
		const char *record = s->records.data + s->offsets[i];
		size_t len = record_size(record);

		if (fwrite(record, 1, len, file) != len)
			return err_sys(err, ERR_IO, "file for sorting");
	}
	if (fflush(file) != 0 || fseek(file, 0, SEEK_SET) != 0)
		return err_sys(err, ERR_IO, "file for sorting");
	buf_reset(&s->records);
	s->count = 0;
	return 0;
}

int build_sorter_add(struct build_sorter *s, struct str key, struct str data, struct err *err)
{
	struct sizes z = {key.len, data.len};
	size_t offset = s->records.len;

	if ((size_t)key.len + data.len > BUILD_SORTER_RECORD_MAX)
		return err_set(
		    err, ERR_LIMIT, "a record of more than %zu MiB", BUILD_SORTER_RECORD_MAX >> 20);
	VEC_PUSH(s->offsets, s->count, s->cap, offset);
	buf_add(&s->records, &z, sizeof(z));
	buf_add(&s->records, key.ptr, key.len);
	buf_add(&s->records, data.ptr, data.len);
	/* The offsets count too: eight bytes each, doubled while growing. */
	if (s->records.len + s->cap * sizeof(*s->offsets) < s->memory)
		return 0;
	return write_run(s, err);
}

/* Load the next record of a run. */
static int advance(struct build_sorter *s, struct run *r, struct err *err)
{
	size_t len;

	buf_reset(&r->head);
	if (r->file == NULL) {
		const char *record;

		r->empty = s->at == s->count;
		if (r->empty)
			return 0;
		record = s->records.data + s->offsets[s->at++];
		memcpy(&r->sizes, record, sizeof(r->sizes));
		buf_add(
		    &r->head, record + sizeof(r->sizes), record_size(record) - sizeof(r->sizes));
		return 0;
	}
	if (fread(&r->sizes, 1, sizeof(r->sizes), r->file) != sizeof(r->sizes)) {
		r->empty = true;
		return ferror(r->file) ? err_sys(err, ERR_IO, "file for sorting") : 0;
	}
	len = (size_t)r->sizes.key + r->sizes.data;
	{
		char *room = buf_reserve(&r->head, len);

		if (room == NULL || fread(room, 1, len, r->file) != len)
			return err_set(err, ERR_IO, "file for sorting: cut short");
		r->head.len = len;
	}
	return 0;
}

int build_sorter_rewind(struct build_sorter *s, struct err *err)
{
	int rc = 0;

	sort_memory(s);
	s->at = 0;
	s->runs[s->run_count++] = (struct run){.head = buf_init(BUILD_SORTER_RECORD_MAX)};
	for (size_t i = 0; rc == 0 && i < s->run_count; i++)
		rc = advance(s, &s->runs[i], err);
	s->last = s->run_count;
	return rc;
}

int build_sorter_next(struct build_sorter *s, struct str *key, struct str *data, struct err *err)
{
	struct run *best = NULL;
	int rc = s->last < s->run_count ? advance(s, &s->runs[s->last], err) : 0;

	if (rc < 0)
		return rc;
	/* Runs are in the order they were written, so of equal keys the first one wins. */
	for (size_t i = 0; i < s->run_count; i++) {
		struct run *r = &s->runs[i];
		struct str mine = {r->head.data, r->sizes.key};

		if (r->empty || (best != NULL && str_cmp(mine, *key) >= 0))
			continue;
		best = r;
		*key = mine;
		s->last = i;
	}
	if (best == NULL)
		return 0;
	*data = (struct str){best->head.data + best->sizes.key, best->sizes.data};
	return 1;
}
