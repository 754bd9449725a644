/* SPDX-License-Identifier: MIT */
/* What `x07 check` found. Source: docs/format/diagnostics.md. */
#include "cmd/check/print.h"

#include "base/file.h"
#include "base/path.h"
#include "cmd/print.h"
#include "cmd/report/report.h"
#include "lang/options.h"

#include <stdlib.h>
#include <string.h>

/* Of a longer line so much is shown, with the column of the fault in it. */
#define SHOWN_BYTES 96u
#define SHOWN_BEFORE 40u

static const char *code_of(const struct check_end *end)
{
	const struct diag_list *diags = &end->result->diags;

	for (uint32_t i = 0; i < diags->count; i++) {
		if (diags->items[i].severity == DIAG_ERROR)
			return diags->items[i].what->id;
	}
	if (end->err == NULL)
		return NULL;
	return end->err->what != NULL ? end->err->what->id : err_id(end->err->code);
}

void check_print_json(struct buf *out, const struct check_end *end)
{
	const struct check_result *r = end->result;
	struct jsonw w = jsonw_init(out, false);

	w.for_terminal = true;
	jsonw_object(&w);
	jsonw_kv_string(&w, "schema_version", "x07.check.report@0.1.0");
	jsonw_kv_bool(&w, "ok", end->err == NULL);
	jsonw_kv_string(&w, "code", code_of(end));
	jsonw_kv_int(&w, "exit", end->status);
	jsonw_kv_string(&w, "error", end->err != NULL ? end->err->message : NULL);
	jsonw_kv_int(&w, "errors", r->diags.errors);
	jsonw_kv_int(&w, "dropped", r->diags.dropped);
	jsonw_kv_int(&w, "modules", r->stats.modules);
	jsonw_key(&w, "diagnostics");
	jsonw_array(&w);
	for (uint32_t i = 0; i < r->diags.count; i++)
		report_diag(&w, &r->diags.items[i]);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

/* The source that was read last: faults are sorted by file. */
struct source {
	const char *file;
	struct buf text;
};

static const char *line_at(struct source *s, const struct diag *d, size_t *len)
{
	struct err ignored = {0};
	const char *at, *end;

	if (s->file == NULL || strcmp(s->file, d->file) != 0) {
		buf_reset(&s->text);
		s->file = d->file;
		if (file_read(&s->text, d->file, &ignored) < 0)
			buf_reset(&s->text);
	}
	at = buf_str(&s->text);
	end = at + s->text.len;
	for (uint32_t line = 1; line < d->line && at != NULL; line++) {
		at = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
		at = at != NULL ? at + 1 : NULL;
	}
	if (at == NULL || at >= end)
		return NULL;
	*len = strcspn(at, "\r\n");
	return at + *len <= end ? at : NULL;
}

/* Never begin or end inside of a letter of several bytes. */
static size_t whole(const char *line, size_t at)
{
	while (at > 0 && ((unsigned char)line[at] & 0xc0) == 0x80)
		at--;
	return at;
}

static void put_excerpt(struct buf *out, struct source *s, const struct diag *d, bool color)
{
	size_t len = 0, from, to;
	const char *line = line_at(s, d, &len);
	size_t column = d->column - 1;

	if (line == NULL || column > len)
		return;
	from = len > SHOWN_BYTES && column > SHOWN_BEFORE ? whole(line, column - SHOWN_BEFORE) : 0;
	to = len - from > SHOWN_BYTES ? whole(line, from + SHOWN_BYTES) : len;
	buf_printf(out, "%6u | %s", d->line, from > 0 ? "..." : "");
	print_add_clean(out, line + from, to - from);
	buf_printf(out, "%s\n       | %s", to < len ? "..." : "", from > 0 ? "   " : "");
	for (size_t i = from; i < column; i++) {
		/* A letter of several bytes has one place. */
		if (((unsigned char)line[i] & 0xc0) != 0x80)
			buf_putc(out, ' ');
	}
	buf_puts(out, color ? "\033[1;31m^\033[0m\n" : "^\n");
}

static void put_text(struct buf *out, const char *text)
{
	print_add_clean(out, text, strlen(text));
}

/* Below the current folder a path is shown from there. */
static const char *shown(const char *file, const char *here)
{
	size_t len = here != NULL ? strlen(here) : 0;

	return len > 1 && strncmp(file, here, len) == 0 && file[len] == '/' ? file + len + 1 : file;
}

static void put_diag(
    struct buf *out, struct source *s, const struct diag *d, const char *here, bool color)
{
	const char *strong = !color ? "" : d->severity == DIAG_ERROR ? "\033[1;31m" : "\033[1;33m";

	if (d->file != NULL) {
		put_text(out, shown(d->file, here));
		if (d->line > 0)
			buf_printf(out, ":%u:%u", d->line, d->column);
		buf_puts(out, ": ");
	}
	buf_printf(out, "%s%s[%s]%s: ", strong, diag_severity_name(d->severity), d->what->id,
	    color ? "\033[0m" : "");
	put_text(out, d->message);
	buf_putc(out, '\n');
	if (d->file != NULL && d->line > 0 && d->column > 0)
		put_excerpt(out, s, d, color);
	if (d->help != NULL) {
		buf_puts(out, "  help: ");
		put_text(out, d->help);
		buf_putc(out, '\n');
	}
}

void check_print_text(struct buf *out, const struct check_end *end, bool color)
{
	const struct diag_list *diags = &end->result->diags;
	struct source source = {.text = buf_init(LANG_MODULE_MAX_BYTES)};
	AUTO_FREE char *here = NULL;
	struct err ignored = {0};

	if (path_absolute(&here, ".", &ignored) < 0)
		here = NULL; /* whole paths are shown then */
	for (uint32_t i = 0; i < diags->count; i++)
		put_diag(out, &source, &diags->items[i], here, color);
	buf_clear(&source.text);
	if (diags->dropped > 0)
		buf_printf(out, "... and %u more\n", diags->dropped);
	if (end->err == NULL)
		buf_printf(out, "no errors in %u modules\n", end->result->stats.modules);
	else if (diags->errors > 0)
		buf_printf(out, "%u error%s; nothing was run\n", diags->errors,
		    diags->errors == 1 ? "" : "s");
}
