/* SPDX-License-Identifier: MIT */
/*
 * The list of faults in a user's document. Copies everything it is given, so that it outlives the
 * document; how faults look is decided in cmd/report/report.c.
 */
#include "base/diag.h"

#include <stdlib.h>
#include <string.h>

static void free_strings(struct diag *d)
{
	const char *strings[] = {d->message, d->help, d->file, d->ptr};

	for (size_t i = 0; i < ARRAY_LEN(strings); i++)
		free((char *)strings[i]);
}

void diag_list_clear(struct diag_list *list)
{
	for (uint32_t i = 0; i < list->count; i++)
		free_strings(&list->items[i]);
	free(list->items);
	*list = (struct diag_list){0};
}

void diag_add(struct diag_list *list, const struct diag *d)
{
	struct diag copy = *d;

	if (d->severity == DIAG_ERROR)
		list->errors++;
	if (list->count == DIAG_LIST_MAX) {
		list->dropped++;
		return;
	}
	if (list->items == NULL)
		list->items = base_calloc(DIAG_LIST_MAX, sizeof(*list->items));
	copy.message = base_strdup(d->message);
	copy.help = base_strdup(d->help);
	copy.file = base_strdup(d->file);
	copy.ptr = base_strdup(d->ptr);
	list->items[list->count++] = copy;
}

/* NULL before everything else. */
static int cmp_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int cmp_u32(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int cmp_diag(const void *left, const void *right)
{
	const struct diag *a = left;
	const struct diag *b = right;
	int order = cmp_text(a->file, b->file);

	if (order == 0)
		order = cmp_u32(a->line, b->line);
	if (order == 0)
		order = cmp_u32(a->column, b->column);
	if (order == 0)
		order = cmp_text(a->what->id, b->what->id);
	if (order == 0)
		order = cmp_text(a->message, b->message);
	/* Last, so that the order of faults without a position is fixed too. */
	return order != 0 ? order : cmp_text(a->ptr, b->ptr);
}

void diag_sort(struct diag_list *list)
{
	if (list->count > 1)
		qsort(list->items, list->count, sizeof(*list->items), cmp_diag);
}

const char *diag_severity_name(enum diag_severity severity)
{
	static const char *const names[] = {
	    [DIAG_ERROR] = "error",
	    [DIAG_WARNING] = "warning",
	    [DIAG_INFO] = "info",
	    [DIAG_HINT] = "hint",
	};

	return (size_t)severity < ARRAY_LEN(names) ? names[severity] : "error";
}

const char *diag_stage_name(enum diag_stage stage)
{
	static const char *const names[] = {
	    [DIAG_PARSE] = "parse",
	    [DIAG_LINT] = "lint",
	    [DIAG_REWRITE] = "rewrite",
	    [DIAG_TYPE] = "type",
	    [DIAG_LOWER] = "lower",
	    [DIAG_CODEGEN] = "codegen",
	    [DIAG_LINK] = "link",
	    [DIAG_RUN] = "run",
	};

	return (size_t)stage < ARRAY_LEN(names) ? names[stage] : "run";
}
