/* SPDX-License-Identifier: MIT */
/* The chain of a pipe: what each stage wants, and which brand its items carry. */
#include "lang/check/stream_stage_priv.h"

#include "lang/ast/program.h"
#include "lang/check/diag_priv.h"

#include <string.h>

#define PIPE "std.stream pipe"
#define ARGS_MAX 4

/* The numbers of enum rt_pipe_kind (lang/rt/pipe.h). */
enum stage_kind {
	STAGE_MAP,
	STAGE_FILTER,
	STAGE_TAKE,
	STAGE_LINES,
	STAGE_FRAME,
	STAGE_DEFRAME,
	STAGE_IN_PLACE,
	STAGE_CHECK
};

struct field {
	const char *name;
	int32_t value; /* unless the stage says another; -1 = it must */
};

struct stage_row {
	const char *head;
	enum stage_kind kind;
	uint32_t exprs;     /* operands in expr_v1 */
	const char *answer; /* head that takes what the function returned; NULL: no function */
	bool keeps_brand;
	struct field fields[ARGS_MAX]; /* named numbers, behind the operands */
};

/* clang-format off */
static const struct stage_row rows[] = {
	{"std.stream.xf.map_bytes_v1", STAGE_MAP, 0, "__internal.pipe.put_v1", false, {{0}}},
	{"std.stream.xf.filter_v1", STAGE_FILTER, 0, "__internal.pipe.keep_v1", true, {{0}}},
	{"std.stream.xf.take_v1", STAGE_TAKE, 1, NULL, true, {{0}}},
	{"std.stream.xf.split_lines_v1", STAGE_LINES, 2, NULL, false, {{0}}},
	{"std.stream.xf.frame_u32le_v1", STAGE_FRAME, 0, NULL, false, {{0}}},
	{"std.stream.xf.deframe_u32le_v1", STAGE_DEFRAME, 0, NULL, false,
	 {{"max_frame_bytes", -1}, {"max_frames", 0}, {"allow_empty", 1}, {"on_truncated", 0}}},
	{"std.stream.xf.map_in_place_buf_v1", STAGE_IN_PLACE, 0, "__internal.pipe.wrote_v1", false,
	 {{"scratch_cap_bytes", -1}, {"clear_before_each", 1}}},
	{"std.stream.xf.require_brand_v1", STAGE_CHECK, 0, "__internal.pipe.checked_v1", true,
	 {{"max_item_bytes", 0}}},
};
/* clang-format on */

/** What one stage says, before it is put into the expression. */
struct stage {
	const struct json *e;
	const struct stage_row *row;
	struct json args[ARGS_MAX];
	bool seen[ARGS_MAX];
	struct str fn;
	struct str brand, in_brand, out_brand;
};

static const struct stage_row *row_find(const struct json *e)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (e->kind == JSON_ARRAY && e->count > 0 && json_is(&e->items[0], rows[i].head))
			return &rows[i];
	}
	return NULL;
}

static int wrong(struct ck_pipe *p, const struct json *at, const struct stage *s, const char *what)
{
	return ck_fail(p->c, LANG_CODE_TYPE, at, NULL, "%s %s", s->row->head, what);
}

/* [ "std.stream.fn_v1", "module.function" ] */
static int take_fn(struct ck_pipe *p, struct stage *s, const struct json *e)
{
	const struct ast_fn *fn;

	if (e->kind != JSON_ARRAY)
		return ck_fail(p->c, LANG_CODE_TYPE, e, "write [\"std.stream.fn_v1\", name]",
		    "std.stream.fn_v1 wrapper must be a list");
	if (e->count != 2 || !json_is(&e->items[0], "std.stream.fn_v1") ||
	    e->items[1].kind != JSON_STRING || s->fn.len > 0 || s->row->answer == NULL)
		return wrong(
		    p, e, s, "takes one [\"std.stream.fn_v1\", name], where it has a function");
	s->fn = e->items[1].text;
	fn = ast_fn_find(p->c->program, s->fn);
	if (fn == NULL || fn->kind != AST_DEFN)
		return ck_fail(p->c, LANG_CODE_HEAD, e, "name a defn of a module that is imported",
		    "unknown function: \"%.*s\"", CK_STR(s->fn));
	if (s->row->kind == STAGE_MAP && s->out_brand.len == 0)
		s->out_brand = fn->result.concrete.brand;
	return 0;
}

static int take_number(struct ck_pipe *p, struct stage *s, uint32_t i, const struct json *pair)
{
	const struct json *v = &pair->items[1];
	int32_t value;

	if (strcmp(s->row->fields[i].name, "on_truncated") == 0 && v->kind == JSON_STRING) {
		if (!json_is(v, "err") && !json_is(v, "drop"))
			return wrong(p, pair, s, "on_truncated is err or drop");
		value = json_is(v, "drop");
	} else if (!ck_pipe_number(v, &value) || value < 0) {
		return wrong(p, pair, s, "wants numbers >= 0");
	}
	if (s->seen[i])
		return wrong(p, pair, s, "has a field twice");
	s->seen[i] = true;
	s->args[i] = ck_pipe_int(p, value);
	return 0;
}

/* Members that name something: brands, and the validator of require_brand. */
static int take_text(struct ck_pipe *p, struct stage *s, const struct json *pair)
{
	struct str text = pair->items[1].kind == JSON_STRING ? pair->items[1].text : STR("");

	if (json_is(&pair->items[0], "in_item_brand"))
		s->in_brand = text;
	else if (json_is(&pair->items[0], "out_item_brand"))
		s->out_brand = text;
	else if (json_is(&pair->items[0], "brand") && s->row->kind == STAGE_CHECK)
		s->brand = text;
	else if (json_is(&pair->items[0], "validator") && s->row->kind == STAGE_CHECK)
		s->fn = text;
	else
		return wrong(p, pair, s, "has no such field");
	return text.len > 0 ? 0 : wrong(p, pair, s, "wants a name here");
}

static int take_part(struct ck_pipe *p, struct stage *s, const struct json *part)
{
	if (part->kind != JSON_ARRAY || part->count != 2 ||
	    json_is(&part->items[0], "std.stream.fn_v1"))
		return take_fn(p, s, part);
	for (uint32_t i = 0; i < ARGS_MAX; i++) {
		if (s->row->fields[i].name != NULL &&
		    json_is(&part->items[0], s->row->fields[i].name))
			return take_number(p, s, i, part);
	}
	return take_text(p, s, part);
}

static int read_stage(struct ck_pipe *p, struct stage *s)
{
	const struct stage_row *row = s->row;
	int rc;

	if (s->e->count < 1 + row->exprs)
		return wrong(p, s->e, s, "has too few operands");
	for (uint32_t i = 0; i < ARGS_MAX; i++)
		s->args[i] = ck_pipe_int(p, row->fields[i].value);
	for (uint32_t i = 0; i < row->exprs; i++) {
		rc = ck_pipe_operand(p, &s->e->items[1 + i], &s->args[i]);
		if (rc < 0)
			return rc;
	}
	for (uint32_t i = 1 + row->exprs; i < s->e->count; i++) {
		rc = take_part(p, s, &s->e->items[i]);
		if (rc < 0)
			return rc;
	}
	for (uint32_t i = 0; i < ARGS_MAX; i++) {
		if (row->fields[i].name != NULL && row->fields[i].value < 0 && !s->seen[i])
			return ck_fail(p->c, LANG_CODE_TYPE, s->e, NULL, "%s missing %s", row->head,
			    row->fields[i].name);
	}
	return 0;
}

/* meta.brands_v1 of the module: { brand: { "validate": function } } */
static struct str validator_of(const struct ck_pipe *p, struct str brand)
{
	const struct json *meta = p->c->f.fn->module->meta;
	const struct json *all = meta != NULL ? json_get(meta, "brands_v1") : NULL;

	for (uint32_t i = 0; all != NULL && all->kind == JSON_OBJECT && i < all->count; i++) {
		const struct json *validate = json_get(&all->items[i], "validate");

		if (str_eq(all->items[i].key, brand) && validate != NULL &&
		    validate->kind == JSON_STRING)
			return validate->text;
	}
	return STR("");
}

static int put_call(struct ck_pipe *p, const struct stage *s)
{
	struct json pipe = ck_pipe_name(p, STR(PIPE));
	struct json item[2] = {pipe, ck_pipe_name(p, p->brand)};
	struct json args[2];
	struct json answer[2];
	uint32_t count = 1;

	if (s->row->kind == STAGE_CHECK)
		item[1].text = STR("");
	args[0] = ck_pipe_head(p, "__internal.pipe.branded_item", item, 2);
	if (s->row->kind == STAGE_IN_PLACE)
		args[count++] = ck_pipe_head(p, "__internal.pipe.scratch_v1", &pipe, 1);
	answer[0] = pipe;
	answer[1] = ck_pipe_call(p, s->fn, args, count);
	p->calls[p->stage_count] = ck_pipe_head(p, s->row->answer, answer, 2);
	return 0;
}

static int put_stage(struct ck_pipe *p, const struct stage *s)
{
	struct json args[2 + ARGS_MAX] = {
	    ck_pipe_name(p, STR(PIPE)), ck_pipe_int(p, (int32_t)s->row->kind)};

	if (p->stage_count >= CK_PIPE_STAGES_MAX)
		return ck_fail(p->c, LANG_CODE_BUDGET, s->e, "use two pipes",
		    "std.stream.pipe_v1 supports at most %u stages", CK_PIPE_STAGES_MAX);
	if (s->row->answer != NULL && s->fn.len == 0)
		return wrong(p, s->e, s, "needs a function");
	if (s->row->answer != NULL)
		put_call(p, s);
	p->stage_count++;
	if (s->row->kind == STAGE_CHECK)
		p->brand = s->brand;
	else if (s->out_brand.len > 0)
		p->brand = s->out_brand;
	else if (!s->row->keeps_brand)
		p->brand = STR("");
	memcpy(args + 2, s->args, sizeof(s->args));
	return ck_pipe_stmt(p, ck_pipe_head(p, "__internal.pipe.stage_v1", args, 2 + ARGS_MAX));
}

/* A stage that wants a brand which its items do not carry: an error, or a check before it. */
static int meet_brand(struct ck_pipe *p, const struct stage *wants)
{
	struct stage check = {.e = wants->e, .row = &rows[STAGE_CHECK], .brand = wants->in_brand};

	if (wants->in_brand.len == 0 || !p->check_brands || str_eq(wants->in_brand, p->brand))
		return 0;
	if (!p->auto_require)
		return ck_fail(p->c, LANG_CODE_BRAND, wants->e,
		    "put a std.stream.xf.require_brand_v1 before it",
		    "E_BRAND_MISMATCH: %s expects items @%.*s", wants->row->head,
		    CK_STR(wants->in_brand));
	check.fn = validator_of(p, wants->in_brand);
	if (check.fn.len == 0)
		return ck_fail(p->c, LANG_CODE_BRAND, wants->e, "name it in meta.brands_v1",
		    "brand \"%.*s\" has no validator", CK_STR(wants->in_brand));
	for (uint32_t i = 0; i < ARGS_MAX; i++)
		check.args[i] = ck_pipe_int(p, 0);
	return put_stage(p, &check);
}

static int unsupported(struct ck_pipe *p, const struct json *e)
{
	struct str name = STR("?");

	if (e->kind == JSON_ARRAY && e->count > 0 && e->items[0].kind == JSON_STRING)
		name = e->items[0].text;
	return ck_fail(p->c, LANG_CODE_UNSUPPORTED, e,
	    "the stages map_bytes, filter, take, split_lines, frame_u32le, deframe_u32le, "
	    "map_in_place_buf and require_brand are there",
	    "unsupported pipe stage: %.*s", CK_STR(name));
}

int ck_pipe_chain(struct ck_pipe *p, const struct json *chain)
{
	if (chain->kind != JSON_ARRAY || chain->count == 0 ||
	    !json_is(&chain->items[0], "std.stream.chain_v1"))
		return ck_fail(p->c, LANG_CODE_TYPE, chain, NULL,
		    "std.stream.pipe_v1 wants a std.stream.chain_v1 third");
	for (uint32_t i = 1; i < chain->count; i++) {
		struct stage s = {.e = &chain->items[i], .row = row_find(&chain->items[i])};
		int rc;

		if (s.row == NULL)
			return unsupported(p, s.e);
		rc = read_stage(p, &s);
		if (rc < 0)
			return rc;
		if (s.row->kind == STAGE_CHECK && s.brand.len == 0)
			return wrong(p, s.e, &s, "missing brand");
		if (s.row->kind == STAGE_CHECK && s.fn.len == 0)
			s.fn = validator_of(p, s.brand);
		rc = meet_brand(p, &s);
		if (rc < 0)
			return rc;
		rc = put_stage(p, &s);
		if (rc < 0)
			return rc;
	}
	return 0;
}
