/* SPDX-License-Identifier: MIT */
/*
 * A row of a table of codes as text, JSON and Markdown. docs/format/codes.md is the third, and
 * tests/cli/explain.sh compares the page with it.
 */
#include "cmd/explain/print.h"

#include "base/err.h"
#include "base/json.h"
#include "cmd/explain/all.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ID_COLUMN 40

void explain_rows_clear(struct explain_rows *rows)
{
	free((void *)rows->list);
	*rows = (struct explain_rows){0};
}

static int cmp_number(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int order = strcmp(explain_all_at(x)->id, explain_all_at(y)->id);

	return order != 0 ? order : (x > y) - (x < y);
}

struct explain_rows explain_rows_select(const char *id)
{
	size_t all = explain_all_count(), count = 0;
	AUTO_FREE size_t *numbers = base_calloc(all, sizeof(size_t));
	struct explain_rows rows = {0};

	for (size_t i = 0; i < all; i++)
		if (id == NULL || strcasecmp(explain_all_at(i)->id, id) == 0)
			numbers[count++] = i;
	qsort(numbers, count, sizeof(size_t), cmp_number);
	rows.list = base_calloc(all, sizeof(const struct code *));
	for (; rows.count < count; rows.count++)
		rows.list[rows.count] = explain_all_at(numbers[rows.count]);
	return rows;
}

static void print_details(struct buf *out, const struct code *row)
{
	buf_printf(out, "%s\n  %s\n  x07 ends with status %d (%s)", row->id, row->meaning,
	    err_exit_status(row->err), err_id(row->err));
	/* A package command ends alike whatever the reason is. */
	if (strncmp(row->id, "X07PKG_", 7) == 0 && row->err != ERR_PKG && row->err != ERR_USAGE)
		buf_printf(out, ", `x07 pkg` with %d", err_exit_status(ERR_PKG));
	buf_puts(out, ".\n");
	if (row->page != NULL)
		buf_printf(out, "  More: docs/%s\n", row->page);
}

void explain_print_text(struct buf *out, const struct explain_rows *rows, bool details)
{
	for (size_t i = 0; i < rows->count; i++) {
		if (details)
			print_details(out, rows->list[i]);
		else
			buf_printf(
			    out, "%-*s %s\n", ID_COLUMN, rows->list[i]->id, rows->list[i]->meaning);
	}
}

void explain_print_json(struct buf *out, const struct explain_rows *rows)
{
	struct jsonw w = jsonw_init(out, false);

	jsonw_object(&w);
	jsonw_kv_string(&w, "schema_version", "x07.explain.report@0.1.0");
	jsonw_kv_bool(&w, "ok", true);
	jsonw_key(&w, "codes");
	jsonw_array(&w);
	for (size_t i = 0; i < rows->count; i++) {
		const struct code *row = rows->list[i];

		jsonw_object(&w);
		jsonw_kv_string(&w, "code", row->id);
		jsonw_kv_string(&w, "class", err_id(row->err));
		jsonw_kv_int(&w, "exit_status", err_exit_status(row->err));
		jsonw_kv_string(&w, "meaning", row->meaning);
		if (row->page != NULL)
			jsonw_kv_string(&w, "page", row->page);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

void explain_print_markdown(struct buf *out, const struct explain_rows *rows)
{
	buf_puts(out,
	    "# Codes\n\nEvery code that a message or a report can carry; `x07 explain CODE` says "
	    "the same. `x07 explain --emit markdown` prints\nthis page. The status is the one that "
	    "`x07` ends with; `x07 pkg` ends with 20 for every code that begins with `X07PKG_`\n"
	    "and is no misuse of its command line. A code with several rows has several causes.\n\n"
	    "| code | class | status | meaning | page |\n| --- | --- | --- | --- | --- |\n");
	for (size_t i = 0; i < rows->count; i++) {
		const struct code *row = rows->list[i];

		buf_printf(out, "| `%s` | %s | %d | %s |", row->id, err_id(row->err),
		    err_exit_status(row->err), row->meaning);
		if (row->page != NULL)
			buf_printf(out, " [%s](../%s)", row->page, row->page);
		buf_puts(out, " |\n");
	}
}
