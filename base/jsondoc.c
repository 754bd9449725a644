/* SPDX-License-Identifier: MIT */
/*
 * Faults of a JSON document as diagnostics. Everything that comes from the document and goes into
 * a message is bounded here: names of members, values, pointers.
 */
#include "base/jsondoc.h"

#include <stdio.h>
#include <string.h>

/* docs/spec/cli.md 3: a pointer in a diagnostic has at most 2048 characters. */
#define POINTER_MAX 2048
#define MESSAGE_MAX 2000
#define QUOTED_BYTES_MAX 64
#define SUMMARY_BYTES_MAX 160

/* The pointer of the nearest ancestor whose pointer is short enough. */
static void put_pointer(struct buf *out, const struct json *v)
{
	for (; v; v = v->parent) {
		buf_reset(out);
		json_pointer(out, v);
		if (!out->overflow)
			return;
	}
	buf_reset(out);
}

/* Later ones are only counted by diag_add: no work for them, the document may hold thousands. */
static void add_counted(struct jsondoc *doc, enum diag_severity severity)
{
	struct diag d = {.severity = severity, .stage = DIAG_PARSE, .what = doc->what};

	d.message = "";
	diag_add(doc->diags, &d);
}

static void add(struct jsondoc *doc, struct jsondoc_at at, enum diag_severity severity,
    const char *help, const char *message)
{
	CLEANUP(buf_clear) struct buf ptr = buf_init(POINTER_MAX);
	uint32_t offset = 0;
	struct diag d = {.severity = severity,
	    .stage = DIAG_PARSE,
	    .what = doc->what,
	    .message = message,
	    .help = help,
	    .file = doc->file};

	if (at.value) {
		put_pointer(&ptr, at.value);
		offset = at.at_key ? at.value->key_offset : at.value->offset;
	}
	d.ptr = ptr.len ? ptr.data : "";
	json_position(doc->text, doc->len, offset, &d.line, &d.column);
	diag_add(doc->diags, &d);
}

static void PRINTF_LIKE(5, 0) add_formatted(struct jsondoc *doc, struct jsondoc_at at,
    enum diag_severity severity, const char *help, const char *fmt, va_list args)
{
	char message[MESSAGE_MAX];

	if (doc->diags->count >= DIAG_LIST_MAX) {
		add_counted(doc, severity);
		return;
	}
	/* Truncation is wanted: messages are bounded. */
	(void)vsnprintf(message, sizeof(message), fmt, args);
	add(doc, at, severity, help, message);
}

int jsondoc_parse(const struct json **root, struct jsondoc *doc, struct arena *arena,
    const struct json_options *options, struct err *err)
{
	struct json_fault fault = {0};
	struct diag d = {.severity = DIAG_ERROR, .stage = DIAG_PARSE, .what = doc->what};
	int rc = json_parse(root, arena, doc->text, doc->len, options, &fault);
	char message[256];

	if (rc == 0)
		return 0;
	json_position(doc->text, doc->len, fault.offset, &d.line, &d.column);
	(void)snprintf(message, sizeof(message), "%s: %s",
	    rc == ERR_LIMIT ? "document too large" : "not a JSON document", fault.message);
	d.message = message;
	d.file = doc->file;
	doc->faults++;
	diag_add(doc->diags, &d);
	return err_set(err, rc, "%s:%u:%u: %s", doc->file ? doc->file : "document",
	    (unsigned)d.line, (unsigned)d.column, message);
}

void jsondoc_fault(
    struct jsondoc *doc, struct jsondoc_at at, const char *help, const char *fmt, ...)
{
	va_list args;

	doc->faults++;
	va_start(args, fmt);
	add_formatted(doc, at, DIAG_ERROR, help, fmt, args);
	va_end(args);
}

void jsondoc_warning(
    struct jsondoc *doc, struct jsondoc_at at, const char *help, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add_formatted(doc, at, DIAG_WARNING, help, fmt, args);
	va_end(args);
}

/* Never inside a UTF-8 sequence: continuation bytes are 10xxxxxx. */
static size_t cut(struct str text, size_t max)
{
	size_t len = text.len;

	if (len <= max)
		return len;
	len = max;
	while (len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
		len--;
	return len;
}

static bool is_about(const struct diag *d, const struct jsondoc *doc)
{
	return d->severity == DIAG_ERROR && d->file != NULL && doc->file != NULL &&
	       strcmp(d->file, doc->file) == 0;
}

int jsondoc_refuse(const struct jsondoc *doc, const char *what, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init((size_t)ERR_MESSAGE_MAX * 4);
	uint32_t told = 0;

	for (uint32_t i = 0; i < doc->diags->count && told < JSONDOC_SUMMARY_MAX; i++) {
		const struct diag *d = &doc->diags->items[i];
		const char *help;
		bool has_ptr;

		if (!is_about(d, doc))
			continue;
		help = d->help != NULL ? d->help : "";
		has_ptr = d->ptr != NULL && d->ptr[0] != '\0' && strstr(d->message, d->ptr) == NULL;
		buf_printf(&text, "%s%u:%u: %.*s%s%.*s%s", told > 0 ? "; " : "", d->line, d->column,
		    (int)cut(
			(struct str){d->message, (uint32_t)strlen(d->message)}, SUMMARY_BYTES_MAX),
		    d->message, has_ptr ? " (at " : "",
		    has_ptr
			? (int)cut((struct str){d->ptr, (uint32_t)strlen(d->ptr)}, QUOTED_BYTES_MAX)
			: 0,
		    has_ptr ? d->ptr : "", has_ptr ? ")" : "");
		if (help[0] != '\0')
			buf_printf(&text, ": %.*s",
			    (int)cut((struct str){help, (uint32_t)strlen(help)}, SUMMARY_BYTES_MAX),
			    help);
		told++;
	}
	if (doc->faults > told)
		buf_printf(&text, "%sand %u more", told > 0 ? "; " : "", doc->faults - told);
	return err_code(err, ERR_FORMAT, doc->what, "%s %s: %u fault%s: %.*s", what,
	    doc->file != NULL ? doc->file : "document", doc->faults, doc->faults == 1 ? "" : "s",
	    (int)text.len, text.data);
}

const char *jsondoc_quote(char out[JSONDOC_QUOTED_SIZE], struct str text)
{
	size_t want = cut(text, QUOTED_BYTES_MAX), at = 0, i;

	out[at++] = '"';
	for (i = 0; i < want; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		/* Room for \u00xx (or a whole sequence), the dots, the quote and the end. */
		if ((c & 0xc0) != 0x80 && at + 6 + 3 + 2 > JSONDOC_QUOTED_SIZE)
			break;
		if (c < 0x20 || c == 0x7f)
			at += (size_t)snprintf(out + at, 7, "\\u%04x", c);
		else
			out[at++] = (char)c;
	}
	if (i < text.len) {
		memcpy(out + at, "...", 3);
		at += 3;
	}
	out[at++] = '"';
	out[at] = '\0';
	return out;
}
