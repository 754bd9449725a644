/* SPDX-License-Identifier: MIT */
/* Variables, operands and expressions of generated programs. */
#include "tests/fuzz/progen_priv.h"

#include <stdio.h>

/* splitmix64 */
uint32_t gen_draw(struct gen *g, uint32_t below)
{
	uint64_t x = g->state += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)((x ^ x >> 31) >> 32) % below;
}

bool gen_chance(struct gen *g, uint32_t percent)
{
	return gen_draw(g, 100) < percent;
}

static bool is_option(enum lang_ty t)
{
	return t == TY_OPT_I32 || t == TY_OPT_BYTES || t == TY_OPT_VIEW;
}

static bool is_small(const struct gen *g)
{
	return g->depth > 7 || g->out->len > SIZE_MAX_BYTES;
}

void gen_put_name(struct gen *g, uint32_t var)
{
	buf_printf(g->out, "\"x%u\"", g->vars[var].name);
}

uint32_t gen_declare(struct gen *g, enum lang_ty type, uint32_t name, uint32_t owner)
{
	uint32_t i = g->count++;

	g->vars[i] = (struct var){
	    .type = type, .name = name, .owner = owner, .loops = g->loops, .live = true};
	g->vars[i].hides = NONE;
	if (owner != NONE)
		g->vars[owner].locks++;
	for (uint32_t k = 0; k < i; k++) {
		if (g->vars[k].name == name && !g->vars[k].hidden) {
			g->vars[i].hides = k;
			g->vars[k].hidden = true;
		}
	}
	return i;
}

uint32_t gen_scope_open(struct gen *g)
{
	uint32_t outer = g->scope;

	g->scope = g->count;
	return outer;
}

void gen_scope_close(struct gen *g, uint32_t outer)
{
	while (g->count > g->scope) {
		const struct var *v = &g->vars[--g->count];

		if (v->owner != NONE)
			g->vars[v->owner].locks--;
		if (v->hides != NONE)
			g->vars[v->hides].hidden = false;
	}
	g->scope = outer;
}

/* Any variable that fits; NONE. */
uint32_t gen_pick(struct gen *g, bool (*fits)(const struct gen *, const struct var *, int), int arg)
{
	uint32_t start = g->count > 0 ? gen_draw(g, g->count) : 0;

	for (uint32_t n = 0; n < g->count; n++) {
		uint32_t i = (start + n) % g->count;

		if (!g->vars[i].hidden && fits(g, &g->vars[i], arg))
			return i;
	}
	return NONE;
}

static bool can_read(const struct gen *g, const struct var *v, int type)
{
	(void)g;
	return v->type == (enum lang_ty)type && v->live && !v->is_map;
}

static bool can_move(const struct gen *g, const struct var *v, int type)
{
	return can_read(g, v, type) && v->locks == 0 && v->loops == g->loops;
}

bool gen_can_change(const struct gen *g, const struct var *v, int type)
{
	return can_read(g, v, type) && v->locks == 0;
}

static bool can_set(const struct gen *g, const struct var *v, int type)
{
	(void)g;
	return v->type == (enum lang_ty)type && !v->fixed && v->locks == 0 && !v->is_map;
}

static void literal(struct gen *g)
{
	static const char *const numbers[] = {"0", "1", "-1", "2", "3", "7", "31", "32", "255",
	    "256", "65535", "2147483647", "-2147483648", "-7", "1000003"};

	if (gen_chance(g, 60))
		buf_printf(g->out, "%u", gen_draw(g, 6));
	else
		buf_puts(g->out, numbers[gen_draw(g, ARRAY_LEN(numbers))]);
}

static void text(struct gen *g, const char *head)
{
	static const char *const texts[] = {"", "a", "ab", "hello", "12", "4294967295", "\\u0000z",
	    "\\u00e9?\?/", "\\\"\\\\", "the quick brown fox", "0123456789abcdef0123456789abcdef"};

	buf_printf(g->out, "[\"%s\",\"%s\"]", head, texts[gen_draw(g, ARRAY_LEN(texts))]);
}

static void plain_text(struct gen *g)
{
	text(g, "bytes.lit");
}

/* The least of each type. */
static void atom(struct gen *g, enum lang_ty type, uint32_t *owner)
{
	bool owned = lang_ty_is_owned(type);
	uint32_t var =
	    gen_chance(g, 80) ? gen_pick(g, owned ? can_move : can_read, (int)type) : NONE;
	uint32_t from = gen_chance(g, 50) ? gen_pick(g, can_read, TY_BYTES) : NONE;

	if (var != NONE) {
		gen_put_name(g, var);
		*owner = g->vars[var].owner;
		if (owned)
			g->vars[var].live = false;
	} else if (type == TY_I32) {
		literal(g);
	} else if (type == TY_BYTES) {
		plain_text(g);
	} else if (type == TY_VIEW && from != NONE) {
		buf_puts(g->out, "[\"bytes.view\",");
		gen_put_name(g, from);
		buf_puts(g->out, "]");
		*owner = from;
	} else if (type == TY_VIEW) {
		if (gen_chance(g, 50))
			buf_puts(g->out, "\"input\"");
		else
			text(g, "bytes.view_lit");
	} else if (type == TY_VEC) {
		buf_printf(g->out, "[\"vec_u8.with_capacity\",%u]", gen_draw(g, 9));
	} else if (is_option(type)) {
		buf_printf(g->out, "[\"%s.none\"]", lang_ty_name(type));
	} else {
		buf_printf(g->out, "[\"%s.err\",%u]", lang_ty_name(type), gen_draw(g, 5));
	}
}

void gen_live_save(const struct gen *g, struct live *l)
{
	for (uint32_t i = 0; i < g->count; i++)
		l->on[i] = g->vars[i].live;
}

void gen_live_load(struct gen *g, const struct live *l)
{
	for (uint32_t i = 0; i < g->count; i++)
		g->vars[i].live = l->on[i];
}

void gen_live_and(struct gen *g, const struct live *l)
{
	for (uint32_t i = 0; i < g->count; i++)
		g->vars[i].live = g->vars[i].live && l->on[i];
}

/* A value without a variable that it borrows from. */
static void detached(struct gen *g, enum lang_ty type)
{
	uint32_t owner = NONE;

	if (lang_ty_is_view(type)) {
		if (type == TY_VIEW)
			text(g, "bytes.view_lit");
		else
			buf_printf(g->out, is_option(type) ? "[\"%s.none\"]" : "[\"%s.err\",3]",
			    lang_ty_name(type));
		return;
	}
	gen_expr(g, type, &owner);
}

/* A branch in a scope of its own. */
static void branch(struct gen *g, enum lang_ty type, bool second, uint32_t *owner)
{
	uint32_t outer = gen_scope_open(g);

	if (second)
		detached(g, type);
	else
		gen_expr(g, type, owner);
	gen_scope_close(g, outer);
}

static void if_expr(struct gen *g, enum lang_ty type, uint32_t *owner)
{
	struct live before = {0};
	struct live then = {0};
	uint32_t none = NONE;

	buf_puts(g->out, "[\"if\",");
	gen_expr(g, TY_I32, &none);
	gen_live_save(g, &before);
	buf_putc(g->out, ',');
	branch(g, type, false, owner);
	gen_live_save(g, &then);
	gen_live_load(g, &before);
	buf_putc(g->out, ',');
	branch(g, type, true, owner);
	gen_live_and(g, &then);
	buf_putc(g->out, ']');
}

static void begin_expr(struct gen *g, enum lang_ty type)
{
	uint32_t outer = gen_scope_open(g);
	uint32_t none = NONE;

	buf_puts(g->out, "[\"begin\",");
	gen_stmts(g, 1 + gen_draw(g, 3));
	gen_expr(g, type, &none);
	buf_putc(g->out, ']');
	gen_scope_close(g, outer);
}

static void logic_expr(struct gen *g)
{
	struct live before = {0};
	uint32_t outer;
	uint32_t none = NONE;

	buf_printf(g->out, "[\"%s\",", gen_chance(g, 50) ? "&&" : "||");
	gen_expr(g, TY_I32, &none);
	gen_live_save(g, &before);
	buf_putc(g->out, ',');
	outer = gen_scope_open(g);
	gen_expr(g, TY_I32, &none);
	gen_scope_close(g, outer);
	gen_live_and(g, &before);
	buf_putc(g->out, ']');
}

void gen_assign_expr(struct gen *g, const char *head, enum lang_ty type)
{
	uint32_t var = gen_pick(g, can_set, (int)type);
	uint32_t none = NONE;

	if (var == NONE || lang_ty_is_view(type)) {
		atom(g, type, &none);
		return;
	}
	buf_printf(g->out, "[\"%s\",", head);
	gen_put_name(g, var);
	buf_putc(g->out, ',');
	detached(g, type);
	buf_putc(g->out, ']');
	g->vars[var].live = true;
}

/* An operand that is looked at: a variable is lent, anything else is a temporary value. */
static void lent(struct gen *g, enum lang_ty type, uint32_t *owner)
{
	uint32_t var = gen_chance(g, 60) ? gen_pick(g, can_read, (int)type) : NONE;

	if (var == NONE) {
		gen_expr(g, type, owner);
		*owner = NONE;
		return;
	}
	gen_put_name(g, var);
	*owner = var;
}

static void operand(struct gen *g, enum lang_arg kind, bool small, uint32_t *owner)
{
	*owner = NONE;
	switch (kind) {
	case A_VIEW:
	case A_VIEW_ANY:
		if (gen_chance(g, 50))
			lent(g, TY_BYTES, owner);
		else
			gen_expr(g, TY_VIEW, owner);
		return;
	case A_VIEW_STRICT:
		gen_expr(g, TY_VIEW, owner);
		return;
	case A_VEC_READ:
		lent(g, TY_VEC, owner);
		return;
	case A_OPT_BYTES_READ:
		lent(g, TY_OPT_BYTES, owner);
		return;
	case A_RES_BYTES_READ:
		lent(g, TY_RES_BYTES, owner);
		return;
	case A_I32:
		if (small)
			buf_printf(g->out, "%u", gen_draw(g, 40));
		else
			gen_expr(g, TY_I32, owner);
		return;
	case A_OPT_VIEW:
		gen_expr(g, TY_OPT_VIEW, owner);
		return;
	case A_RES_VIEW:
		gen_expr(g, TY_RES_VIEW, owner);
		return;
	case A_BYTES:
	case A_BYTES_INPLACE:
	case A_OPT_DEFAULT:
	case A_READER:
		gen_expr(g, TY_BYTES, owner);
		return;
	case A_VEC:
	case A_VEC_INPLACE:
		gen_expr(g, TY_VEC, owner);
		return;
	case A_OPT_I32:
		gen_expr(g, TY_OPT_I32, owner);
		return;
	case A_OPT_BYTES:
		gen_expr(g, TY_OPT_BYTES, owner);
		return;
	case A_RES_I32:
		gen_expr(g, TY_RES_I32, owner);
		return;
	case A_RES_BYTES:
		gen_expr(g, TY_RES_BYTES, owner);
		return;
	case A_F64:
		buf_puts(g->out, "[\"f64.of_i32\",");
		gen_expr(g, TY_I32, owner);
		buf_putc(g->out, ']');
		*owner = NONE;
		return;
	case A_OWNER_BYTES:
	case A_OWNER_VEC:
	case A_RES_RES:
	case A_RES_RES_READ:
	case A_IFACE:
	case A_TASK:
	case A_TASK_BYTES:
	case A_TASK_RES:
	case A_SLOT:
	case A_SLOT_BYTES:
	case A_SLOT_RES:
	case A_EVENT:
	case A_END:
		break;
	}
}

/* Whether a random operand of this head is a trap more often than not. */
static bool is_risky(enum lang_head h)
{
	switch ((int)h) {
	case HEAD_bytes_copy:
	case HEAD_bytes_cmp_range:
	case HEAD_view_cmp_range:
	case HEAD_vec_u8_get:
	case HEAD_vec_u8_set:
	case HEAD_vec_u8_extend_bytes_range:
	case HEAD_codec_read_u32_le:
	case HEAD_parse_u32_dec:
	case HEAD_parse_u32_dec_at:
		return true;
	default:
		return (lang_heads[h].flags & H_SITE) != 0;
	}
}

static bool is_sized(enum lang_head h)
{
	return h == HEAD_bytes_alloc || h == HEAD_vec_u8_with_capacity ||
	       h == HEAD_vec_u8_reserve_exact || h == HEAD_vec_u8_extend_zeroes;
}

static bool is_wanted(enum lang_head h, enum lang_ty type)
{
	const struct lang_head_row *row = &lang_heads[h];
	const uint32_t never =
	    H_OS | H_FS | H_RR | H_KV | H_EFFECT | H_NORETURN | H_INTERNAL | H_UNSAFE;

	if (row->result != type || (row->flags & never) != 0 || h == HEAD_process_set_exit_code_v1)
		return false;
	if ((h >= HEAD_map_u32_new && h <= HEAD_set_u32_dump) ||
	    (h >= HEAD_scratch_new && h <= HEAD_scratch_drop) || h == HEAD_bufread_consume)
		return false; /* a random handle is a trap */
	for (uint32_t i = 0; row->args[i] != A_END; i++) {
		if (row->args[i] == A_OWNER_BYTES || row->args[i] == A_OWNER_VEC ||
		    row->args[i] == A_RES_RES || row->args[i] == A_RES_RES_READ ||
		    row->args[i] == A_IFACE || row->args[i] == A_READER)
			return false;
	}
	return true;
}

void gen_operands(struct gen *g, enum lang_head h, uint32_t first, uint32_t *owner)
{
	uint32_t held[LANG_HEAD_ARGS_MAX];
	uint32_t count = lang_head_arity(h);

	for (uint32_t i = first; i < count; i++) {
		buf_putc(g->out, ',');
		operand(g, (enum lang_arg)lang_heads[h].args[i], is_sized(h), &held[i]);
		if (held[i] != NONE)
			g->vars[held[i]].locks++;
	}
	for (uint32_t i = first; i < count; i++) {
		if (held[i] != NONE)
			g->vars[held[i]].locks--;
	}
	if (first == 0 && count > 0 && (lang_heads[h].flags & H_FROM_ARG) != 0)
		*owner = held[0];
}

static bool is_map(const struct gen *g, const struct var *v, int arg)
{
	(void)g;
	(void)arg;
	return v->is_map;
}

/* Keys are below the capacity, so that the map is never full. */
static void map_expr(struct gen *g)
{
	static const char *const heads[] = {
	    "map_u32.len", "map_u32.contains", "map_u32.remove", "map_u32.get", "map_u32.set"};
	uint32_t what = gen_draw(g, ARRAY_LEN(heads));
	uint32_t var = gen_pick(g, is_map, 0);
	uint32_t none = NONE;

	if (var == NONE) {
		literal(g);
		return;
	}
	buf_printf(g->out, "[\"%s\",", heads[what]);
	gen_put_name(g, var);
	if (what > 0) {
		buf_puts(g->out, ",[\"&\",");
		gen_expr(g, TY_I32, &none);
		buf_puts(g->out, ",7]");
	}
	if (what > 2) {
		buf_putc(g->out, ',');
		gen_expr(g, TY_I32, &none);
	}
	buf_putc(g->out, ']');
}

static void head_expr(struct gen *g, enum lang_ty type, uint32_t *owner)
{
	uint32_t start = gen_draw(g, HEAD_COUNT);

	for (uint32_t n = 0; n < HEAD_COUNT; n++) {
		enum lang_head h = (enum lang_head)((start + n) % HEAD_COUNT);

		if (!is_wanted(h, type) || (is_risky(h) && !gen_chance(g, 1)))
			continue;
		buf_printf(g->out, "[\"%s\"", lang_heads[h].spelling);
		gen_operands(g, h, 0, owner);
		buf_putc(g->out, ']');
		return;
	}
	atom(g, type, owner);
}

/* [ "main.<name>", operands by type ] */
static void call(
    struct gen *g, const char *name, const enum lang_ty *params, uint32_t count, uint32_t *owner)
{
	uint32_t held[PARAMS_MAX];

	buf_printf(g->out, "[\"main.%s\"", name);
	for (uint32_t i = 0; i < count; i++) {
		buf_putc(g->out, ',');
		operand(g,
		    params[i] == TY_VIEW    ? A_VIEW
		    : params[i] == TY_I32   ? A_I32
		    : params[i] == TY_BYTES ? A_BYTES
					    : A_VEC,
		    false, &held[i]);
		if (held[i] != NONE)
			g->vars[held[i]].locks++;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (held[i] != NONE)
			g->vars[held[i]].locks--;
	}
	*owner = count > 0 ? held[0] : NONE;
	buf_putc(g->out, ']');
}

/* Functions that never trap, written once for each program by helpers(). */
static void helper_call(struct gen *g, enum lang_ty type, uint32_t *owner)
{
	static const enum lang_ty at[] = {TY_VIEW, TY_I32};
	static const enum lang_ty put[] = {TY_BYTES, TY_I32, TY_I32};
	static const enum lang_ty vput[] = {TY_VEC, TY_I32, TY_I32};

	if (type == TY_I32)
		call(g, gen_chance(g, 70) ? "at" : "word", at, 2, owner);
	else if (type == TY_BYTES)
		call(g, "put", put, 3, owner);
	else if (type == TY_VEC)
		call(g, "vput", vput, 3, owner);
	else
		head_expr(g, type, owner);
	if (!lang_ty_is_view(type))
		*owner = NONE;
}

static void fn_call(struct gen *g, enum lang_ty type, uint32_t *owner)
{
	char name[16];

	for (uint32_t n = 0; n < g->fn_count; n++) {
		uint32_t f = gen_draw(g, g->fn_count);

		if (g->fns[f].result != type)
			continue;
		(void)snprintf(name, sizeof(name), "f%u", f);
		call(g, name, g->fns[f].params, g->fns[f].param_count, owner);
		*owner = NONE;
		return;
	}
	helper_call(g, type, owner);
}

static void try_expr(struct gen *g, enum lang_ty type)
{
	bool fits = g->result == TY_RES_BYTES || g->result == TY_RES_I32;
	uint32_t none = NONE;

	if (!fits || (type != TY_I32 && type != TY_BYTES)) {
		head_expr(g, type, &none);
		return;
	}
	buf_puts(g->out, "[\"try\",");
	gen_expr(g, type == TY_I32 ? TY_RES_I32 : TY_RES_BYTES, &none);
	buf_putc(g->out, ']');
}

void gen_expr(struct gen *g, enum lang_ty type, uint32_t *owner)
{
	uint32_t what = gen_draw(g, 100);

	*owner = NONE;
	if (is_small(g) || what < 25) {
		atom(g, type, owner);
		return;
	}
	g->depth++;
	if (what < 37)
		if_expr(g, type, owner);
	else if (what < 45 && !lang_ty_is_view(type))
		begin_expr(g, type);
	else if (what < 50 && type == TY_I32)
		logic_expr(g);
	else if (what < 54 && !lang_ty_is_owned(type))
		gen_assign_expr(g, "set", type);
	else if (what < 60 && !lang_ty_is_view(type))
		try_expr(g, type);
	else if (what < 63 && type == TY_I32)
		map_expr(g);
	else if (what < 68)
		helper_call(g, type, owner);
	else if (what < 76 && !lang_ty_is_view(type))
		fn_call(g, type, owner);
	else
		head_expr(g, type, owner);
	g->depth--;
}
