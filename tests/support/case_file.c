/* SPDX-License-Identifier: MIT */
/*
 * Reading of `.case` files (see case_file.h). A case names either a whole entry file (@entry), or
 * one expression (@solve), or rows that each show one value (@num, @text, @hex, @ri, @rb, @oi,
 * @ob: expression => text); rows call the functions of tests/case/support/check.x07.json.
 */
#include "tests/support/case_file.h"

#include "base/file.h"

#include <ctype.h>
#include <string.h>

/* Everything collected before the entry file can be put together. */
struct draft {
	struct program_case *c;
	struct buf imports, decls, steps;
	const char *schema, *solve;
	bool whole, has_rows;
};

struct directive {
	const char *name;
	int (*take)(struct draft *d, const char *name, char *text, struct err *err);
};

void case_clear(struct program_case *c)
{
	buf_clear(&c->entry);
	buf_clear(&c->expected);
	buf_clear(&c->input);
	arena_clear(&c->arena);
}

void case_escape(struct buf *out, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char b = (unsigned char)data[i];

		if (b == '\\')
			buf_puts(out, "\\\\");
		else if (b == '\n')
			buf_puts(out, "\\n");
		else if (b < 0x20 || b > 0x7e)
			buf_printf(out, "\\x%02x", b);
		else
			buf_putc(out, (char)b);
	}
}

static int hex_value(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, tolower((unsigned char)c));

	return at == NULL ? -1 : (int)(at - digits);
}

/* The opposite of case_escape; `\t` too. */
static int unescape(struct buf *out, const char *text, struct err *err)
{
	static const char letters[] = "nt\\";
	static const char bytes[] = "\n\t\\";

	for (; *text != '\0'; text++) {
		const char *letter =
		    text[0] == '\\' && text[1] != '\0' ? strchr(letters, text[1]) : NULL;

		if (*text != '\\') {
			buf_putc(out, *text);
		} else if (letter != NULL) {
			buf_putc(out, bytes[letter - letters]);
			text++;
		} else if (text[1] == 'x' && hex_value(text[2]) >= 0 && hex_value(text[3]) >= 0) {
			unsigned char b =
			    (unsigned char)(hex_value(text[2]) * 16 + hex_value(text[3]));

			buf_add(out, &b, 1);
			text += 3;
		} else {
			return err_set(err, ERR_FORMAT, "bad escape: %s", text);
		}
	}
	return 0;
}

static int take_about(struct draft *d, const char *name, char *text, struct err *err)
{
	(void)d;
	(void)name;
	return *text == '\0' ? err_set(err, ERR_FORMAT, "@about says nothing") : 0;
}

static int take_entry(struct draft *d, const char *name, char *text, struct err *err)
{
	(void)name;
	(void)err;
	d->whole = true;
	buf_puts(&d->c->entry, text);
	return 0;
}

/* @module ID, then the module's text: modules/<id with slashes>.x07.json */
static int take_module(struct draft *d, const char *name, char *text, struct err *err)
{
	size_t id_len = strcspn(text, " \n");
	char *path = arena_printf(&d->c->arena, "modules/%.*s.x07.json", (int)id_len, text);
	char *slash;

	(void)name;
	for (char *p = path + strlen("modules/"); p < path + strlen("modules/") + id_len; p++)
		if (*p == '.')
			*p = '/';
	slash = strrchr(path, '/');
	*slash = '\0';
	int rc = file_mkdirs(path, err);
	*slash = '/';
	return rc < 0 ? rc : file_create(path, text + id_len, strlen(text + id_len), err);
}

static int take_import(struct draft *d, const char *name, char *text, struct err *err)
{
	char *save = NULL;

	(void)name;
	(void)err;
	for (char *id = strtok_r(text, " \n", &save); id != NULL; id = strtok_r(NULL, " \n", &save))
		buf_printf(&d->imports, "%s\"%s\"", d->imports.len == 0 ? "" : ", ", id);
	return 0;
}

static int take_decls(struct draft *d, const char *name, char *text, struct err *err)
{
	(void)name;
	(void)err;
	buf_printf(&d->decls, "%s%s", d->decls.len == 0 ? "" : ",\n", text);
	return 0;
}

static int take_schema(struct draft *d, const char *name, char *text, struct err *err)
{
	(void)name;
	(void)err;
	d->schema = text;
	return 0;
}

static int take_world(struct draft *d, const char *name, char *text, struct err *err)
{
	(void)name;
	(void)err;
	d->c->world = text;
	return 0;
}

static int take_solve(struct draft *d, const char *name, char *text, struct err *err)
{
	(void)name;
	(void)err;
	d->solve = text;
	return 0;
}

static int take_do(struct draft *d, const char *name, char *text, struct err *err)
{
	(void)name;
	(void)err;
	buf_printf(&d->steps, "  %s,\n", text);
	return 0;
}

static int take_let(struct draft *d, const char *name, char *text, struct err *err)
{
	size_t len = strcspn(text, " \n");

	(void)name;
	if (text[len] == '\0')
		return err_set(err, ERR_FORMAT, "@let wants NAME EXPRESSION: %s", text);
	buf_printf(&d->steps, "  [\"let\", \"%.*s\",%s],\n", (int)len, text, text + len);
	return 0;
}

/* @num EXPRESSION => TEXT; the last arrow counts. */
static int take_row(struct draft *d, const char *name, char *text, struct err *err)
{
	char *arrow = NULL;

	for (char *p = strstr(text, "=>"); p != NULL; p = strstr(p + 2, "=>"))
		arrow = p;
	if (arrow == NULL)
		return err_set(err, ERR_FORMAT, "@%s wants EXPRESSION => TEXT: %s", name, text);
	*arrow = '\0';
	arrow += arrow[2] == ' ' ? 3 : 2;
	buf_printf(&d->steps, "  [\"set\", \"out\", [\"check.%s\", \"out\", %s]],\n", name, text);
	buf_printf(&d->c->expected, "%s\n", arrow);
	d->has_rows = true;
	return 0;
}

static int take_input(struct draft *d, const char *name, char *text, struct err *err)
{
	(void)name;
	return unescape(&d->c->input, text, err);
}

static int take_args(struct draft *d, const char *name, char *text, struct err *err)
{
	char *save = NULL;
	size_t n = 0;

	(void)name;
	for (char *a = strtok_r(text, " \n", &save); a != NULL; a = strtok_r(NULL, " \n", &save)) {
		if (n == CASE_ARGS_MAX)
			return err_set(err, ERR_FORMAT, "more than %d arguments", CASE_ARGS_MAX);
		d->c->args[n++] = a;
	}
	return 0;
}

static int take_expect(struct draft *d, const char *name, char *text, struct err *err)
{
	static const struct {
		const char *word;
		enum case_want want;
	} words[] = {
	    {"output", CASE_WANT_OUTPUT}, {"trap", CASE_WANT_TRAP}, {"error", CASE_WANT_ERROR}};
	size_t len = strcspn(text, " ");
	size_t end = strlen(text);

	(void)name;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strlen(words[i].word) != len || strncmp(words[i].word, text, len) != 0)
			continue;
		d->c->want = words[i].want;
		d->c->prefix = end > 3 && strcmp(text + end - 3, "...") == 0;
		if (d->c->prefix)
			text[end - 3] = '\0';
		buf_reset(&d->c->expected);
		buf_puts(&d->c->expected, text[len] == '\0' ? "" : text + len + 1);
		return 0;
	}
	return err_set(err, ERR_FORMAT, "@expect wants output, trap or error: %s", text);
}

static const struct directive directives[] = {
    {"about", take_about},   /* what holds, in words */
    {"entry", take_entry},   /* whole entry file */
    {"module", take_module}, /* ID, then a whole module file */
    {"import", take_import}, /* module ids, for @solve and rows */
    {"decls", take_decls},   /* declarations, comma separated, for @solve and rows */
    {"schema", take_schema}, /* 0.3.0 .. 0.9.0; 0.8.0 when not given */
    {"world", take_world},   /* run-os when not given */
    {"solve", take_solve},   /* the entry expression */
    {"do", take_do},         /* a statement between rows */
    {"let", take_let},       /* NAME EXPRESSION between rows */
    {"num", take_row},       /* i32, signed decimal */
    {"text", take_row},      /* bytes_view, escaped */
    {"hex", take_row},       /* bytes_view, hexadecimal */
    {"ri", take_row},        /* result_i32: "ok 1", "err 2" */
    {"rb", take_row},        /* result_bytes: "ok text", "err 2" */
    {"oi", take_row},        /* option_i32: "some 1", "none" */
    {"ob", take_row},        /* option_bytes: "some text", "none" */
    {"input", take_input},   /* escaped */
    {"args", take_args},     /* more options of x07-os-runner */
    {"expect", take_expect}, /* output|trap|error TEXT; a trailing "..." leaves the rest open */
};

static int take(struct draft *d, char *text, struct err *err)
{
	size_t len = strcspn(text, " \n");
	char *rest = text + len + (text[len] != '\0');
	size_t end = strlen(rest);

	while (end > 0 && isspace((unsigned char)rest[end - 1]))
		rest[--end] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(directives); i++) {
		const char *name = directives[i].name;

		if (strlen(name) == len && strncmp(name, text, len) == 0)
			return directives[i].take(d, name, rest, err);
	}
	return err_set(err, ERR_FORMAT, "unknown directive: @%.*s", (int)len, text);
}

/* Put the entry file together from @import, @decls and @solve or the rows. */
static int compose(struct draft *d, struct err *err)
{
	struct buf *e = &d->c->entry;

	if (d->whole + (d->solve != NULL) + d->has_rows != 1)
		return err_set(err, ERR_FORMAT, "wants one of @entry, @solve, rows");
	if (d->whole)
		return 0;
	buf_printf(e, "{\"schema_version\": \"x07.x07ast@%s\", \"kind\": \"entry\",\n",
	    d->schema == NULL ? "0.8.0" : d->schema);
	buf_printf(e, "\"module_id\": \"main\", \"imports\": [%s%s%s],\n",
	    d->has_rows ? "\"check\"" : "", d->has_rows && d->imports.len > 0 ? ", " : "",
	    d->imports.len > 0 ? d->imports.data : "");
	buf_printf(e, "\"decls\": [%s],\n\"solve\": ", d->decls.len > 0 ? d->decls.data : "");
	if (d->solve != NULL)
		buf_puts(e, d->solve);
	else
		buf_printf(e,
		    "[\"begin\",\n  [\"let\", \"out\", [\"vec_u8.with_capacity\", 0]],\n"
		    "%s  [\"vec_u8.into_bytes\", \"out\"]]",
		    d->steps.data);
	buf_puts(e, "}\n");
	return e->overflow ? err_set(err, ERR_LIMIT, "case too long") : 0;
}

static void draft_clear(struct draft *d)
{
	buf_clear(&d->imports);
	buf_clear(&d->decls);
	buf_clear(&d->steps);
}

int case_load(struct program_case *out, const char *path, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(CASE_MAX_BYTES);
	CLEANUP(case_clear)
	struct program_case c = {.entry = buf_init(CASE_MAX_BYTES),
	    .expected = buf_init(CASE_MAX_BYTES),
	    .input = buf_init(CASE_MAX_BYTES)};
	CLEANUP(draft_clear)
	struct draft d = {.c = &c,
	    .imports = buf_init(CASE_MAX_BYTES),
	    .decls = buf_init(CASE_MAX_BYTES),
	    .steps = buf_init(CASE_MAX_BYTES)};
	int rc = file_read(&text, path, err);

	arena_init(&c.arena, 0);
	if (rc < 0)
		return rc;
	buf_putc(&text, '\n');
	char *at = arena_printf(&c.arena, "\n%s", text.data);
	char *next = strstr(at, "\n@");

	while (next != NULL) {
		at = next + 2;
		next = strstr(at, "\n@");
		if (next != NULL)
			*next = '\0';
		rc = take(&d, at, err);
		if (rc < 0)
			return rc;
	}
	rc = compose(&d, err);
	if (rc < 0)
		return rc;
	*out = TAKE(c);
	return 0;
}
