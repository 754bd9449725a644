/* SPDX-License-Identifier: MIT */
/*
 * std.stream.pipe_v1: limits, source, sink, and the loop around the stages (stream_stage.c). The
 * runtime moves the items and stops where a stage is a function of the program; the expression
 * made here calls it and hands the answer back. Source: docs/spec/builtins.md 15.
 */
#include "lang/check/stream_priv.h"

#include "lang/check/diag_priv.h"
#include "lang/check/eval_priv.h"
#include "lang/check/head_priv.h"
#include "lang/check/stream_stage_priv.h"

#include <string.h>

#define PIPE "std.stream pipe" /* names with blanks: no program can write them */
#define AWAITED "std.stream awaited stage"

static struct json node_at(const struct ck_pipe *p, uint8_t kind)
{
	struct json n = *p->e;

	n.kind = kind;
	n.count = 0;
	return n;
}

struct json ck_pipe_int(const struct ck_pipe *p, int32_t value)
{
	struct json n = node_at(p, JSON_INT);

	n.integer = value;
	return n;
}

struct json ck_pipe_name(const struct ck_pipe *p, struct str name)
{
	struct json n = node_at(p, JSON_STRING);

	n.text = name;
	return n;
}

static struct json list_of(
    const struct ck_pipe *p, struct json head, const struct json *args, uint32_t count)
{
	struct json *items = arena_alloc(p->c->arena, (count + 1) * sizeof(*items));
	struct json n = node_at(p, JSON_ARRAY);

	items[0] = head;
	if (count > 0)
		memcpy(items + 1, args, count * sizeof(*args));
	n.items = items;
	n.count = count + 1;
	return n;
}

/* A head of the source always has a parent; one without is the checker's own. */
bool ck_is_generated(const struct json *e)
{
	return e->count > 0 && e->items[0].parent == NULL;
}

struct json ck_pipe_head(
    const struct ck_pipe *p, const char *head, const struct json *args, uint32_t count)
{
	struct json name = ck_pipe_name(p, str_c(head));

	name.parent = NULL;
	return list_of(p, name, args, count);
}

struct json ck_pipe_call(
    const struct ck_pipe *p, struct str fn, const struct json *args, uint32_t count)
{
	struct json name = ck_pipe_name(p, fn);

	name.parent = p->e;
	return list_of(p, name, args, count);
}

int ck_pipe_stmt(struct ck_pipe *p, struct json stmt)
{
	if (p->stmt_count >= CK_PIPE_STMTS_MAX)
		return ck_fail(p->c, LANG_CODE_BUDGET, p->e, "use two pipes",
		    "std.stream.pipe_v1 has too many parts");
	p->stmts[p->stmt_count++] = stmt;
	return 0;
}

static int bind(struct ck_pipe *p, struct str name, struct json value)
{
	struct json args[2] = {ck_pipe_name(p, name), value};

	return ck_pipe_stmt(p, ck_pipe_head(p, "let", args, 2));
}

int ck_pipe_operand(struct ck_pipe *p, const struct json *wrapper, struct json *out)
{
	struct buf text = buf_init(64);
	struct str name;
	int rc;

	if (wrapper->kind != JSON_ARRAY || wrapper->count != 2 ||
	    !json_is(&wrapper->items[0], "std.stream.expr_v1"))
		return ck_fail(p->c, LANG_CODE_TYPE, wrapper,
		    "write [\"std.stream.expr_v1\", expression]",
		    "std.stream.expr_v1 wrapper is wanted here");
	buf_printf(&text, "std.stream operand %u", p->operand_count++);
	name.ptr = arena_strndup(p->c->arena, text.data, text.len);
	name.len = (uint32_t)text.len;
	buf_clear(&text);
	rc = bind(p, name, wrapper->items[1]);
	*out = ck_pipe_name(p, name);
	return rc;
}

bool ck_pipe_number(const struct json *e, int32_t *out)
{
	if (e->kind == JSON_ARRAY && e->count == 2 && json_is(&e->items[0], "i32.lit"))
		e = &e->items[1];
	if (e->kind != JSON_INT || e->integer < INT32_MIN || e->integer > INT32_MAX)
		return false;
	*out = (int32_t)e->integer;
	return true;
}

enum cfg_field {
	CFG_CHUNK,
	CFG_BUFREAD,
	CFG_IN,
	CFG_OUT,
	CFG_ITEMS,
	CFG_STEPS,
	CFG_PAYLOAD,
	CFG_STATS,
	CFG_NONDET,
	CFG_CHECK_BRANDS,
	CFG_AUTO_REQUIRE,
	CFG_VERIFY,
	CFG_COUNT
};

struct cfg_row {
	const char *name;
	bool required;
	int32_t value; /* unless the descriptor says another */
};

static const struct cfg_row cfg_rows[CFG_COUNT] = {
    [CFG_CHUNK] = {"chunk_max_bytes", true, 0},
    [CFG_BUFREAD] = {"bufread_cap_bytes", true, 0},
    [CFG_IN] = {"max_in_bytes", true, 0},
    [CFG_OUT] = {"max_out_bytes", true, 0},
    [CFG_ITEMS] = {"max_items", true, 0},
    [CFG_STEPS] = {"max_steps", false, 0},
    [CFG_PAYLOAD] = {"emit_payload", false, 1},
    [CFG_STATS] = {"emit_stats", false, 1},
    [CFG_NONDET] = {"allow_nondet_v1", false, 0},
    [CFG_CHECK_BRANDS] = {"typecheck_item_brands_v1", false, 1},
    [CFG_AUTO_REQUIRE] = {"auto_require_brand_v1", false, 0},
    [CFG_VERIFY] = {"verify_produced_brands_v1", false, 0},
};

static int read_cfg_pair(
    struct ck_pipe *p, const struct json *pair, int32_t values[CFG_COUNT], bool seen[CFG_COUNT])
{
	if (pair->kind != JSON_ARRAY || pair->count != 2)
		return ck_fail(p->c, LANG_CODE_TYPE, pair, NULL,
		    "std.stream.cfg_v1 wants pairs [name, value]");
	for (uint32_t i = 0; i < CFG_COUNT; i++) {
		if (!json_is(&pair->items[0], cfg_rows[i].name))
			continue;
		if (seen[i] || !ck_pipe_number(&pair->items[1], &values[i]) || values[i] < 0)
			return ck_fail(p->c, LANG_CODE_TYPE, pair, NULL,
			    "cfg %s must be one number >= 0", cfg_rows[i].name);
		seen[i] = true;
		return 0;
	}
	return ck_fail(p->c, LANG_CODE_TYPE, pair, NULL, "cfg has no such field");
}

static int read_cfg(struct ck_pipe *p, const struct json *cfg)
{
	int32_t v[CFG_COUNT];
	bool seen[CFG_COUNT] = {false};
	struct json args[7];

	if (cfg->kind != JSON_ARRAY || cfg->count == 0 ||
	    !json_is(&cfg->items[0], "std.stream.cfg_v1"))
		return ck_fail(p->c, LANG_CODE_TYPE, cfg, NULL,
		    "std.stream.pipe_v1 wants a std.stream.cfg_v1 first");
	for (uint32_t i = 0; i < CFG_COUNT; i++)
		v[i] = cfg_rows[i].value;
	for (uint32_t i = 1; i < cfg->count; i++) {
		int rc = read_cfg_pair(p, &cfg->items[i], v, seen);

		if (rc < 0)
			return rc;
	}
	for (uint32_t i = 0; i < CFG_COUNT; i++) {
		if (cfg_rows[i].required && !seen[i])
			return ck_fail(
			    p->c, LANG_CODE_TYPE, cfg, NULL, "cfg missing %s", cfg_rows[i].name);
	}
	p->check_brands = v[CFG_CHECK_BRANDS] != 0;
	p->auto_require = v[CFG_AUTO_REQUIRE] != 0;
	p->allow_nondet = v[CFG_NONDET] != 0;
	for (uint32_t i = 0; i < 6; i++)
		args[i] = ck_pipe_int(p, v[i]);
	args[6] = ck_pipe_int(p, (v[CFG_PAYLOAD] != 0) | (v[CFG_STATS] != 0) << 1);
	return bind(p, STR(PIPE), ck_pipe_head(p, "__internal.pipe.new_v1", args, 7));
}

static struct str head_of(const struct json *e)
{
	if (e->kind != JSON_ARRAY || e->count == 0 || e->items[0].kind != JSON_STRING)
		return STR("?");
	return e->items[0].text;
}

/* out_item_brand, the one pair that every source may have */
static int read_source_pairs(struct ck_pipe *p, const struct json *src)
{
	for (uint32_t i = 2; i < src->count; i++) {
		const struct json *pair = &src->items[i];

		if (pair->kind != JSON_ARRAY || pair->count != 2 ||
		    !json_is(&pair->items[0], "out_item_brand") ||
		    pair->items[1].kind != JSON_STRING)
			return ck_fail(p->c, LANG_CODE_TYPE, pair, NULL,
			    "a source has no field but out_item_brand");
		p->brand = pair->items[1].text;
	}
	return 0;
}

/* The bytes of the source in a variable; a file is read before the pipe runs. */
static int read_source(struct ck_pipe *p, const struct json *src, struct json *bytes, bool *chunked)
{
	bool is_file = str_eq_c(head_of(src), "std.stream.src.fs_open_read_v1");
	struct json copy;
	int rc;

	if (!is_file && !str_eq_c(head_of(src), "std.stream.src.bytes_v1"))
		return ck_fail(p->c, LANG_CODE_UNSUPPORTED, src,
		    "std.stream.src.bytes_v1 and fs_open_read_v1 are there",
		    "unsupported pipe source: %.*s", CK_STR(head_of(src)));
	if (src->count < 2)
		return ck_fail(p->c, LANG_CODE_ARITY, src, NULL, "%.*s wants an expr_v1",
		    CK_STR(head_of(src)));
	rc = read_source_pairs(p, src);
	if (rc < 0)
		return rc;
	rc = ck_pipe_operand(p, &src->items[1], bytes);
	*chunked = is_file;
	if (rc < 0 || !is_file)
		return rc;
	copy = ck_pipe_head(p, "view.to_bytes", bytes, 1);
	*bytes = ck_pipe_head(p, "os.fs.read_file", &copy, 1);
	return 0;
}

static int set_source(struct ck_pipe *p, struct json bytes, bool chunked)
{
	struct json args[3] = {ck_pipe_name(p, STR(PIPE)), bytes, ck_pipe_int(p, chunked)};

	return ck_pipe_stmt(p, ck_pipe_head(p, "__internal.pipe.source_v1", args, 3));
}

/* The numbers of enum rt_pipe_sink (lang/rt/pipe.h). */
struct sink_row {
	const char *head;
	int32_t kind;
	uint32_t operands;
};

static const struct sink_row sink_rows[] = {
    {"std.stream.sink.collect_bytes_v1", 0, 0},
    {"std.stream.sink.hash_fnv1a32_v1", 1, 0},
    {"std.stream.sink.null_v1", 2, 0},
    {"std.stream.sink.world_fs_write_file_v1", 0, 1},
};

static int read_sink(struct ck_pipe *p, const struct json *sink, bool framed)
{
	struct json args[3] = {ck_pipe_name(p, STR(PIPE))};

	if (str_eq_c(head_of(sink), "std.stream.sink.u32frames_v1") && !framed) {
		if (sink->count != 2)
			return ck_fail(p->c, LANG_CODE_ARITY, sink, NULL,
			    "std.stream.sink.u32frames_v1 expects 1 arg");
		return read_sink(p, &sink->items[1], true);
	}
	for (uint32_t i = 0; i < ARRAY_LEN(sink_rows); i++) {
		const struct sink_row *row = &sink_rows[i];

		if (!str_eq_c(head_of(sink), row->head))
			continue;
		if (sink->count != row->operands + 1)
			return ck_fail(p->c, LANG_CODE_ARITY, sink, NULL, "%s expects %u arg(s)",
			    row->head, row->operands);
		args[1] = ck_pipe_int(p, row->kind);
		args[2] = ck_pipe_int(p, framed);
		if (row->operands > 0) {
			int rc = ck_pipe_operand(p, &sink->items[1], &p->path);

			if (rc < 0)
				return rc;
		}
		return ck_pipe_stmt(p, ck_pipe_head(p, "__internal.pipe.sink_v1", args, 3));
	}
	return ck_fail(
	    p->c, LANG_CODE_TYPE, sink, NULL, "unsupported pipe sink: %.*s", CK_STR(head_of(sink)));
}

static struct json step(const struct ck_pipe *p)
{
	struct json pipe = ck_pipe_name(p, STR(PIPE));

	return ck_pipe_head(p, "__internal.pipe.step_v1", &pipe, 1);
}

/* (if (= awaited 1) <call of stage 0> (if (= awaited 2) ... 0)) */
static struct json choose_call(const struct ck_pipe *p)
{
	struct json choice = ck_pipe_int(p, 0);

	for (uint32_t i = p->stage_count; i-- > 0;) {
		struct json same[2] = {
		    ck_pipe_name(p, STR(AWAITED)), ck_pipe_int(p, (int32_t)i + 1)};
		struct json args[3];

		if (p->calls[i].kind == JSON_NULL)
			continue;
		args[0] = ck_pipe_head(p, "=", same, 2);
		args[1] = p->calls[i];
		args[2] = choice;
		choice = ck_pipe_head(p, "if", args, 3);
	}
	return choice;
}

static int add_loop(struct ck_pipe *p)
{
	struct json next[2] = {ck_pipe_name(p, STR(AWAITED)), step(p)};
	struct json body[2] = {choose_call(p), ck_pipe_head(p, "set", next, 2)};
	struct json loop[2] = {ck_pipe_name(p, STR(AWAITED)), ck_pipe_head(p, "begin", body, 2)};
	int rc = bind(p, STR(AWAITED), step(p));

	return rc < 0 ? rc : ck_pipe_stmt(p, ck_pipe_head(p, "while", loop, 2));
}

/* A sink that is a file: written when everything went well. */
static int add_store(struct ck_pipe *p)
{
	struct json pipe = ck_pipe_name(p, STR(PIPE));
	struct json write[2] = {p->path, ck_pipe_head(p, "__internal.pipe.payload_v1", &pipe, 1)};
	struct json stored[2] = {pipe, ck_pipe_head(p, "os.fs.write_file", write, 2)};
	struct json args[3] = {ck_pipe_head(p, "__internal.pipe.ok_v1", &pipe, 1),
	    ck_pipe_head(p, "__internal.pipe.stored_v1", stored, 2), ck_pipe_int(p, 0)};

	return p->path.kind == JSON_NULL ? 0 : ck_pipe_stmt(p, ck_pipe_head(p, "if", args, 3));
}

static int build(struct ck_pipe *p)
{
	struct json pipe = ck_pipe_name(p, STR(PIPE));
	struct json bytes;
	bool chunked;
	int rc = read_source(p, &p->e->items[2], &bytes, &chunked);

	if (rc < 0)
		return rc;
	rc = read_cfg(p, &p->e->items[1]);
	if (rc < 0)
		return rc;
	rc = ck_pipe_chain(p, &p->e->items[3]);
	if (rc < 0)
		return rc;
	rc = read_sink(p, &p->e->items[4], false);
	if (rc < 0)
		return rc;
	rc = set_source(p, bytes, chunked);
	if (rc < 0)
		return rc;
	rc = add_loop(p);
	if (rc < 0)
		return rc;
	rc = add_store(p);
	return rc < 0 ? rc
		      : ck_pipe_stmt(p, ck_pipe_head(p, "__internal.pipe.finish_v1", &pipe, 1));
}

/* std.stream.pipe_v1 = [ "std.stream.pipe_v1", cfg, source, chain, sink ] */
int ck_stream_pipe(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct ck_pipe *p;
	struct json *body;
	int rc = ck_arity(c, e, 4);

	if (rc < 0)
		return rc;
	p = arena_alloc(c->arena, sizeof(*p));
	memset(p, 0, sizeof(*p));
	p->c = c;
	p->e = e;
	rc = build(p);
	if (rc < 0)
		return rc;
	body = arena_alloc(c->arena, sizeof(*body));
	*body = ck_pipe_head(p, "begin", p->stmts, p->stmt_count);
	return ck_eval(c, body, out);
}

/* [ item, pipe, brand ]: the runtime's view with the brand that the chain gave it */
int ck_stream_item(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct json *item;
	struct json *items;
	int rc;

	if (!ck_is_generated(e))
		return ck_fail(c, LANG_CODE_INTERNAL_HEAD, e, NULL,
		    "internal-only builtin is not allowed here: %.*s", CK_STR(e->items[0].text));
	item = arena_alloc(c->arena, sizeof(*item));
	items = arena_alloc(c->arena, 2 * sizeof(*items));
	memcpy(items, e->items, 2 * sizeof(*items));
	*item = *e;
	item->items = items;
	item->count = 2;
	rc = ck_head(c, HEAD_pipe_item, item, out);
	if (rc == 0)
		out->type.brand = e->items[2].text;
	return rc;
}
