/* SPDX-License-Identifier: MIT */
/*
 * Records, enums and `match`: branded bytes of little-endian u32 fields, read and made with the
 * codec heads. Source: docs/spec/builtins.md 14, docs/spec/language.md 4.
 */
#include "lang/check/nominal_priv.h"

#include "lang/check/arm_priv.h"
#include "lang/check/branch_priv.h"
#include "lang/check/diag_priv.h"
#include "lang/check/eval_priv.h"
#include "lang/check/head_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/scope_priv.h"

/* A head "T.member": the type and which member; CK_NONE = "make" of a record. */
struct member {
	const struct ast_nominal *type;
	uint32_t index;
};

static const struct ast_nominal *nominal_find(const struct ck *c, struct str name)
{
	for (uint32_t i = 0; i < c->program->nominal_count; i++) {
		if (str_eq(c->program->nominals[i]->name, name))
			return c->program->nominals[i];
	}
	return NULL;
}

static bool member_find(const struct ck *c, struct str head, struct member *out)
{
	uint32_t dot = head.len;
	struct str name;

	while (dot > 0 && head.ptr[dot - 1] != '.')
		dot--;
	if (dot < 2)
		return false;
	name = (struct str){head.ptr + dot, head.len - dot};
	out->type = nominal_find(c, (struct str){head.ptr, dot - 1});
	if (out->type == NULL)
		return false;
	for (out->index = 0; out->index < out->type->field_count; out->index++) {
		if (str_eq(out->type->fields[out->index].name, name))
			return true;
	}
	out->index = CK_NONE;
	return !out->type->is_enum && str_eq_c(name, "make");
}

bool ck_is_nominal(struct ck *c, struct str head)
{
	struct member m;

	return member_find(c, head, &m);
}

static int32_t offset_of(const struct member *m)
{
	return (int32_t)(4 * m->index);
}

static struct ck_val word_bytes(struct ck *c, ir_local word)
{
	struct ck_val v = ck_temp(c, (struct lang_type){.base = TY_BYTES});

	ck_emit(c, IR_HEAD, v.local, &word, 1)->head = HEAD_codec_write_u32_le;
	return v;
}

static void append_word(struct ck *c, struct ck_val *all, ir_local word, const struct json *at)
{
	struct ck_val next = word_bytes(c, word);
	ir_local args[2] = {all->local, next.local};

	ck_consumed(c, all, at);
	ck_consumed(c, &next, at);
	*all = ck_temp(c, (struct lang_type){.base = TY_BYTES});
	ck_emit(c, IR_HEAD, all->local, args, 2)->head = HEAD_bytes_concat;
}

/* R.make a0..an, or E.Variant [payload] with its tag in front */
static int make(struct ck *c, const struct json *e, const struct member *m, struct ck_val *out)
{
	uint32_t count = m->type->field_count;
	struct ck_val *v;
	int rc;

	if (m->type->is_enum)
		count = m->type->fields[m->index].has_payload;
	rc = ck_arity(c, e, count);
	if (rc < 0)
		return rc;
	v = arena_alloc(c->arena, (count + 1) * sizeof(*v));
	for (uint32_t i = 0; i < count; i++) {
		rc = ck_eval_as(c, &e->items[1 + i], TY_I32, "field", &v[i]);
		if (rc < 0)
			return rc;
		ck_hold(c, &v[i]);
	}
	for (uint32_t i = count; i > 0; i--)
		ck_release(c, &v[i - 1]);
	if (m->type->is_enum)
		*out = word_bytes(c, ck_const(c, (int32_t)m->index));
	else
		*out = word_bytes(c, v[0].local);
	for (uint32_t i = !m->type->is_enum; i < count; i++)
		append_word(c, out, v[i].local, e);
	out->type.brand = m->type->name;
	c->vars[out->var].type = out->type;
	return 0;
}

static ir_local read_word(struct ck *c, ir_local from, int32_t offset)
{
	return ck_emit_head(c, HEAD_codec_read_u32_le, TY_I32, from, ck_const(c, offset));
}

static int need_brand(
    struct ck *c, const struct json *e, const struct ast_nominal *type, const struct ck_val *v)
{
	struct str brand = v->type.brand;

	if (v->type.base == TY_NEVER || str_eq(brand, type->name))
		return 0;
	return ck_fail(c, LANG_CODE_BRAND, e, NULL, "%.*s expects a %.*s value, got brand %.*s",
	    CK_STR(e->items[0].text), CK_STR(type->name),
	    CK_STR(brand.len > 0 ? brand : STR("(unbranded)")));
}

static int get(struct ck *c, const struct json *e, const struct member *m, struct ck_val *out)
{
	struct ck_val r;
	int rc = ck_arity(c, e, 1);

	if (rc < 0)
		return rc;
	rc = ck_take_view(c, HEAD_bytes_len, e, 1, &r);
	if (rc < 0)
		return rc;
	rc = need_brand(c, e, m->type, &r);
	if (rc < 0)
		return rc;
	*out =
	    ck_temp_in(c, (struct lang_type){.base = TY_I32}, read_word(c, r.local, offset_of(m)));
	return 0;
}

int ck_nominal(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct member m;

	if (!member_find(c, e->items[0].text, &m))
		return ck_fail(c, LANG_CODE_HEAD, e, NULL, "unsupported head: \"%.*s\"",
		    CK_STR(e->items[0].text));
	ck_charge(c);
	if (m.index == CK_NONE || m.type->is_enum)
		return make(c, e, &m, out);
	return get(c, e, &m, out);
}

struct match {
	const struct json *e;
	const struct ast_nominal *type;
	const struct json **arms; /* by tag */
	struct ck_arm *done;      /* by tag */
	struct ck_val subject;
	ir_local tag;
	ir_local result;
};

static int read_arm(struct ck *c, struct match *m, const struct json *arm)
{
	struct member member;

	if (arm->kind != JSON_ARRAY || arm->count < 2 || arm->count > 3)
		return ck_fail(c, LANG_CODE_MATCH, arm, NULL,
		    "match form: (match <value> (<Enum.Variant> [bind] <body>)...)");
	if (!member_find(c, arm->items[0].text, &member) || !member.type->is_enum)
		return ck_fail(c, LANG_CODE_MATCH, arm, NULL,
		    "match arm is not an enum variant: \"%.*s\"", CK_STR(arm->items[0].text));
	if (m->type == NULL) {
		m->type = member.type;
		m->arms = arena_alloc(c->arena, m->type->field_count * sizeof(void *));
		m->done = arena_alloc(c->arena, m->type->field_count * sizeof(*m->done));
	}
	if (member.type != m->type)
		return ck_fail(
		    c, LANG_CODE_MATCH, arm, NULL, "match arms belong to different enums");
	if (m->arms[member.index] != NULL)
		return ck_fail(c, LANG_CODE_MATCH, arm, NULL, "duplicate match arm: \"%.*s\"",
		    CK_STR(arm->items[0].text));
	if (arm->count == 3 &&
	    (!m->type->fields[member.index].has_payload || arm->items[1].kind != JSON_STRING))
		return ck_fail(c, LANG_CODE_MATCH, arm, NULL,
		    "match arm binds a payload that \"%.*s\" has not", CK_STR(arm->items[0].text));
	m->arms[member.index] = arm;
	return 0;
}

static int check_exhaustive(struct ck *c, const struct match *m)
{
	CLEANUP(buf_clear) struct buf missing = buf_init(CK_TEXT_MAX);
	uint32_t count = 0;

	for (uint32_t i = 0; i < m->type->field_count; i++) {
		if (m->arms[i] != NULL)
			continue;
		buf_printf(
		    &missing, "%s%.*s", count > 0 ? ", " : "", CK_STR(m->type->fields[i].name));
		count++;
	}
	if (count == 0)
		return 0;
	return ck_fail(c, LANG_CODE_MATCH, m->e, "add the missing arms",
	    "non-exhaustive match on enum %.*s; missing arm(s): %s", CK_STR(m->type->name),
	    buf_str(&missing));
}

static int eval_match_arm(struct ck *c, struct match *m, uint32_t i, bool value)
{
	const struct json *arm = m->arms[i];
	struct ck_arm *a = &m->done[i];

	ck_arm_open(c, a);
	if (arm->count == 3) {
		ir_local payload = read_word(c, m->subject.local, 4);
		ir_local bound = ck_local(c, TY_I32, arm->items[1].text);

		ck_emit(c, IR_COPY, bound, &payload, 1);
		ck_declare(c, arm->items[1].text, (struct lang_type){.base = TY_I32}, bound);
	}
	return ck_arm_close(c, a, &arm->items[arm->count - 1], value ? &m->result : NULL);
}

static void splice(struct ck *c, const struct ir_block *part)
{
	struct ck_block *b = c->f.block;

	if (c->f.dead || part->first == NULL)
		return;
	if (b->ir.last != NULL)
		b->ir.last->next = part->first;
	else
		b->ir.first = part->first;
	b->ir.last = part->last;
	b->before_last = NULL;
}

/* tag < middle ? lower half : upper half; a tag out of range ends in the last arm */
static void choose(struct ck *c, const struct match *m, uint32_t from, uint32_t to)
{
	uint32_t middle = from + (to - from) / 2;
	struct ck_block half[2];
	struct ck_block *outer;
	struct ir_stmt *s;
	ir_local below;

	if (to - from == 1) {
		splice(c, &m->done[from].block.ir);
		return;
	}
	below = ck_emit_head(c, HEAD_ltu, TY_I32, m->tag, ck_const(c, (int32_t)middle));
	outer = ck_block_open(c, &half[0]);
	choose(c, m, from, middle);
	ck_block_close(c, outer);
	outer = ck_block_open(c, &half[1]);
	choose(c, m, middle, to);
	ck_block_close(c, outer);
	s = ck_emit(c, IR_IF, IR_NONE, &below, 1);
	s->block[0] = half[0].ir;
	s->block[1] = half[1].ir;
}

/* All arms merged, two by two. */
static int merge_arms(struct ck *c, struct match *m, struct ck_val *all, bool value)
{
	struct ck_changes sum = m->done[0].changes;

	*all = m->done[0].v;
	for (uint32_t i = 1; i < m->type->field_count; i++) {
		struct ck_mark mark = ck_mark(c);
		int rc = ck_merge(c, &sum, &m->done[i].changes, m->e);

		if (rc == 0 && value)
			rc = ck_arm_unify(c, m->e, all, &m->done[i].v);
		if (rc < 0)
			return rc;
		sum = ck_undo(c, mark);
	}
	return ck_merge(c, &sum, &sum, m->e);
}

static int eval_arms(struct ck *c, struct match *m, struct ck_val *out)
{
	struct ck_val all;
	int rc = 0;

	ck_hold(c, &m->subject);
	for (uint32_t i = 0; rc == 0 && i < m->type->field_count; i++)
		rc = eval_match_arm(c, m, i, out != NULL);
	ck_release(c, &m->subject);
	if (rc < 0)
		return rc;
	choose(c, m, 0, m->type->field_count);
	rc = merge_arms(c, m, &all, out != NULL);
	if (rc < 0)
		return rc;
	if (out != NULL)
		ck_arm_result(c, &all, m->result, out);
	return 0;
}

/* match = [ "match", subject, arm... ] */
int ck_match(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct match m = {.e = e, .result = IR_NONE};
	int rc = 0;

	if (e->count < 3)
		return ck_fail(c, LANG_CODE_MATCH, e, NULL,
		    "match form: (match <value> (<Enum.Variant> [bind] <body>)...)");
	ck_charge(c);
	for (uint32_t i = 2; i < e->count; i++) {
		rc = read_arm(c, &m, &e->items[i]);
		if (rc < 0)
			return rc;
	}
	rc = check_exhaustive(c, &m);
	if (rc < 0)
		return rc;
	rc = ck_take_view(c, HEAD_bytes_len, e, 1, &m.subject);
	if (rc < 0)
		return rc;
	rc = need_brand(c, e, m.type, &m.subject);
	if (rc < 0)
		return rc;
	m.tag = read_word(c, m.subject.local, 0);
	return eval_arms(c, &m, out);
}
