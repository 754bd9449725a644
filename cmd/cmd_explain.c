/* SPDX-License-Identifier: MIT */
/*
 * `x07 explain [CODE]`: what a code of a message or a report means, and the page that says more.
 * Source: docs/cmd/explain.md.
 */
#include "cmd/cmd_explain.h"

#include "base/near.h"
#include "cmd/explain/all.h"
#include "cmd/explain/print.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OUT_MAX_BYTES (1u << 20)
/* Of a word that many codes contain, these are enough to see that `x07 explain` lists them. */
#define NEAR_COUNT_MAX 5
/* Fewer letters are in almost every code. */
#define PART_BYTES_MIN 3

/* The code that is written almost like a word in capitals; NULL when there is none. */
static const char *misspelt(const char *word)
{
	size_t count = explain_all_count();
	AUTO_FREE const char **ids = base_calloc(count, sizeof(const char *));

	for (size_t i = 0; i < count; i++)
		ids[i] = explain_all_at(i)->id;
	return near_find(word, ids, count);
}

static void put_near(struct buf *out, const char *word)
{
	CLEANUP(explain_rows_clear) struct explain_rows all = explain_rows_select(NULL);
	const char *near = misspelt(word), *last = near;
	size_t told = 0;

	if (near != NULL) {
		buf_puts(out, near);
		told++;
	}
	for (size_t i = 0; i < all.count && told < NEAR_COUNT_MAX; i++) {
		const char *id = all.list[i]->id;

		if (strlen(word) < PART_BYTES_MIN || strstr(id, word) == NULL || id == near ||
		    (last != NULL && strcmp(id, last) == 0))
			continue;
		buf_printf(out, "%s%s", told > 0 ? ", " : "", id);
		last = id;
		told++;
	}
}

static int refuse(const struct cmd_call *call, const char *id)
{
	CLEANUP(buf_clear) struct buf near = buf_init(ERR_MESSAGE_MAX);
	AUTO_FREE char *word = base_strdup(id);
	struct err err = {0};

	for (char *c = word; *c != '\0'; c++)
		*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
	put_near(&near, word);
	(void)err_set(&err, ERR_USAGE, "no code is called \"%.64s\"%s%s; `x07 explain` lists all",
	    id, near.len > 0 ? "; near it: " : "", buf_str(&near));
	return print_err(call, &err, NULL);
}

/* Text for people, as the other commands choose it. */
static bool wants_text(const struct explain_options *o)
{
	return o->emit != NULL ? strcmp(o->emit, "text") == 0 : isatty(STDOUT_FILENO) == 1;
}

int cmd_explain(const struct cmd_call *call)
{
	const struct explain_options *o = call->options;
	const char *id = call->args.operand_count > 0 ? call->args.operands[0] : NULL;
	CLEANUP(explain_rows_clear) struct explain_rows rows = explain_rows_select(id);
	CLEANUP(buf_clear) struct buf out = buf_init(OUT_MAX_BYTES);

	if (rows.count == 0)
		return refuse(call, id);
	if (wants_text(o)) {
		explain_print_text(&out, &rows, id != NULL);
		return print_text(&out);
	}
	if (o->emit != NULL && strcmp(o->emit, "markdown") == 0)
		explain_print_markdown(&out, &rows);
	else
		explain_print_json(&out, &rows);
	return print_out(&out);
}
