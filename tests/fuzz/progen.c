/* SPDX-License-Identifier: MIT */
/*
 * Writes the program from left to right, in the order in which it runs, and keeps the little that
 * the checker keeps: which owned variables hold a value, and which have views on them. Heads come
 * from lang/builtins.def, so a new one is tried without a change here.
 */
#include "tests/fuzz/progen.h"

#include "tests/fuzz/progen_priv.h"

static const enum lang_ty types[] = {TY_I32, TY_I32, TY_I32, TY_BYTES, TY_BYTES, TY_VIEW, TY_VEC,
    TY_OPT_I32, TY_OPT_BYTES, TY_RES_I32, TY_RES_BYTES, TY_OPT_VIEW, TY_RES_VIEW};

static void let_stmt(struct gen *g)
{
	enum lang_ty type = types[gen_draw(g, ARRAY_LEN(types))];
	uint32_t owner = NONE;
	uint32_t name = g->next_name++;
	uint32_t other = g->scope > 0 && gen_chance(g, 20) ? gen_draw(g, g->scope) : NONE;

	/* the name of an outer variable, unless this scope has one of that name */
	for (uint32_t i = g->scope; other != NONE && i < g->count; i++)
		other = g->vars[i].name == g->vars[other].name ? NONE : other;
	if (other != NONE)
		name = g->vars[other].name;
	buf_printf(g->out, "[\"let\",\"x%u\",", name);
	gen_expr(g, type, &owner);
	buf_putc(g->out, ']');
	gen_declare(g, type, name, owner);
}

/* x = op(x, ...): the usual way to change bytes and vectors */
static void update_stmt(struct gen *g)
{
	static const enum lang_head heads[] = {HEAD_vec_u8_push, HEAD_vec_u8_push,
	    HEAD_vec_u8_extend_bytes, HEAD_vec_u8_extend_zeroes, HEAD_vec_u8_clear,
	    HEAD_vec_u8_reserve_exact};
	uint32_t var = gen_pick(g, gen_can_change, TY_VEC);
	enum lang_head h = heads[gen_draw(g, ARRAY_LEN(heads))];
	uint32_t none = NONE;

	if (var == NONE || g->vars[var].fixed) {
		buf_puts(g->out, "0");
		return;
	}
	buf_puts(g->out, "[\"set\",");
	gen_put_name(g, var);
	buf_printf(g->out, ",[\"%s\",", lang_heads[h].spelling);
	gen_put_name(g, var);
	g->vars[var].locks++;
	g->vars[var].live = false;
	gen_operands(g, h, 1, &none);
	g->vars[var].live = true;
	g->vars[var].locks--;
	buf_puts(g->out, "]]");
}

static void body(struct gen *g)
{
	uint32_t outer = gen_scope_open(g);

	buf_puts(g->out, "[\"begin\",");
	gen_stmts(g, 1 + gen_draw(g, 3));
	buf_puts(g->out, "0]");
	gen_scope_close(g, outer);
}

static void if_stmt(struct gen *g)
{
	struct live before = {0};
	struct live then = {0};
	uint32_t none = NONE;

	buf_puts(g->out, "[\"if\",");
	gen_expr(g, TY_I32, &none);
	gen_live_save(g, &before);
	buf_putc(g->out, ',');
	body(g);
	gen_live_save(g, &then);
	gen_live_load(g, &before);
	buf_putc(g->out, ',');
	if (gen_chance(g, 50))
		buf_putc(g->out, '0');
	else
		body(g);
	gen_live_and(g, &then);
	buf_putc(g->out, ']');
}

static void for_stmt(struct gen *g)
{
	uint32_t none = NONE;
	uint32_t name = g->next_name++;
	struct live before = {0};
	uint32_t var;

	buf_printf(g->out, "[\"for\",\"x%u\",%u,", name, gen_draw(g, 3));
	if (gen_chance(g, 80)) {
		buf_printf(g->out, "%u", gen_draw(g, 7));
	} else {
		buf_puts(g->out, "[\"&\",");
		gen_expr(g, TY_I32, &none);
		buf_puts(g->out, ",7]");
	}
	buf_putc(g->out, ',');
	var = gen_declare(g, TY_I32, name, NONE);
	g->vars[var].fixed = true;
	gen_live_save(g, &before);
	g->loops++;
	body(g);
	g->loops--;
	gen_live_and(g, &before);
	buf_putc(g->out, ']');
}

/* [ "begin", [ "let", n, k ], [ "while", [ "&&", n, c ], [ "begin", [ "set", n, n - 1 ], ... ] ] ]
 */
static void while_stmt(struct gen *g)
{
	uint32_t outer = gen_scope_open(g);
	uint32_t name = g->next_name++;
	uint32_t none = NONE;
	uint32_t inner;
	struct live before = {0};
	uint32_t var;

	buf_printf(g->out, "[\"begin\",[\"let\",\"x%u\",%u],[\"while\",[\"&&\",\"x%u\",", name,
	    gen_draw(g, 6), name);
	var = gen_declare(g, TY_I32, name, NONE);
	g->vars[var].fixed = true;
	gen_live_save(g, &before);
	g->loops++;
	inner = gen_scope_open(g);
	gen_expr(g, TY_I32, &none);
	gen_scope_close(g, inner);
	buf_printf(g->out, "],[\"begin\",[\"set\",\"x%u\",[\"-\",\"x%u\",1]],", name, name);
	inner = gen_scope_open(g);
	gen_stmts(g, 1 + gen_draw(g, 3));
	gen_scope_close(g, inner);
	buf_puts(g->out, "0]]]");
	g->loops--;
	gen_live_and(g, &before);
	gen_scope_close(g, outer);
}

static void stmt(struct gen *g)
{
	uint32_t what = gen_draw(g, 100);
	uint32_t none = NONE;

	g->depth++;
	if (g->count + 8 > VARS_MAX || g->out->len > SIZE_MAX_BYTES)
		buf_puts(g->out, "0");
	else if (what < 34)
		let_stmt(g);
	else if (what < 50)
		gen_assign_expr(
		    g, gen_chance(g, 50) ? "set" : "set0", types[gen_draw(g, ARRAY_LEN(types))]);
	else if (what < 68)
		update_stmt(g);
	else if (what < 78 || g->depth > 6)
		gen_expr(g, types[gen_draw(g, ARRAY_LEN(types))], &none);
	else if (what < 86)
		if_stmt(g);
	else if (what < 92)
		for_stmt(g);
	else if (what < 96)
		while_stmt(g);
	else
		body(g);
	g->depth--;
}

void gen_stmts(struct gen *g, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		stmt(g);
		buf_putc(g->out, ',');
	}
}

static void helpers(struct gen *g)
{
	buf_puts(g->out,
	    "{\"kind\":\"defn\",\"name\":\"main.at\",\"params\":[{\"name\":\"v\",\"ty\":\"bytes_"
	    "view\"},"
	    "{\"name\":\"i\",\"ty\":\"i32\"}],\"result\":\"i32\",\"body\":[\"if\",[\"view.len\","
	    "\"v\"],"
	    "[\"view.get_u8\",\"v\",[\"%\",\"i\",[\"view.len\",\"v\"]]],[\"view.len\",\"v\"]]},"
	    "{\"kind\":\"defn\",\"name\":\"main.word\",\"params\":[{\"name\":\"v\",\"ty\":\"bytes_"
	    "view\"},"
	    "{\"name\":\"i\",\"ty\":\"i32\"}],\"result\":\"i32\",\"body\":[\"if\",[\">=u\",[\"view."
	    "len\",\"v\"],4],"
	    "[\"codec.read_u32_le\",\"v\",[\"%\",\"i\",[\"-\",[\"view.len\",\"v\"],3]]],\"i\"]},"
	    "{\"kind\":\"defn\",\"name\":\"main.put\",\"params\":[{\"name\":\"b\",\"ty\":\"bytes\"}"
	    ","
	    "{\"name\":\"i\",\"ty\":\"i32\"},{\"name\":\"x\",\"ty\":\"i32\"}],\"result\":\"bytes\","
	    "\"body\":"
	    "[\"begin\",[\"let\",\"n\",[\"bytes.len\",\"b\"]],[\"if\",\"n\",[\"set0\",\"b\",["
	    "\"bytes.set_u8\","
	    "\"b\",[\"%\",\"i\",\"n\"],\"x\"]],0],\"b\"]},"
	    "{\"kind\":\"defn\",\"name\":\"main.vput\",\"params\":[{\"name\":\"b\",\"ty\":\"vec_"
	    "u8\"},"
	    "{\"name\":\"i\",\"ty\":\"i32\"},{\"name\":\"x\",\"ty\":\"i32\"}],\"result\":\"vec_"
	    "u8\",\"body\":"
	    "[\"begin\",[\"let\",\"n\",[\"vec_u8.len\",\"b\"]],[\"if\",\"n\",[\"vec_u8.set\",\"b\","
	    "[\"%\",\"i\","
	    "\"n\"],\"x\"],[\"vec_u8.push\",\"b\",\"x\"]]]}");
}

static void new_map(struct gen *g)
{
	uint32_t name = g->next_name++;

	buf_printf(g->out, "[\"let\",\"x%u\",[\"map_u32.new\",16]],", name);
	g->vars[gen_declare(g, TY_I32, name, NONE)].is_map = true;
}

static void function(struct gen *g, uint32_t index)
{
	static const enum lang_ty results[] = {TY_I32, TY_I32, TY_BYTES, TY_BYTES, TY_VEC,
	    TY_RES_I32, TY_RES_BYTES, TY_OPT_I32, TY_OPT_BYTES};
	static const enum lang_ty params[] = {TY_I32, TY_VIEW, TY_BYTES, TY_VEC};
	struct fn f = {.result = results[gen_draw(g, ARRAY_LEN(results))]};
	uint32_t none = NONE;

	buf_printf(g->out, ",{\"kind\":\"defn\",\"name\":\"main.f%u\",\"params\":[", index);
	g->count = g->scope = 0;
	g->result = f.result;
	f.param_count = gen_draw(g, PARAMS_MAX + 1);
	for (uint32_t i = 0; i < f.param_count; i++) {
		uint32_t name = g->next_name++;

		f.params[i] = params[gen_draw(g, ARRAY_LEN(params))];
		buf_printf(g->out, "%s{\"name\":\"x%u\",\"ty\":\"%s\"}", i > 0 ? "," : "", name,
		    lang_ty_name(f.params[i]));
		gen_declare(g, f.params[i], name, NONE);
	}
	buf_printf(g->out, "],\"result\":\"%s\",\"body\":[\"begin\",", lang_ty_name(f.result));
	(void)gen_scope_open(g);
	new_map(g);
	gen_stmts(g, 2 + gen_draw(g, 8));
	gen_expr(g, f.result, &none);
	buf_puts(g->out, "]}");
	g->fns[g->fn_count++] = f;
}

void progen(struct buf *out, uint64_t seed)
{
	struct gen g = {.out = out, .state = seed * 0x2545f4914f6cdd1du + 1};
	uint32_t functions = 1 + gen_draw(&g, FNS_MAX);
	uint32_t none = NONE;

	buf_puts(out,
	    "{\"schema_version\":\"x07.x07ast@0.9.0\",\"kind\":\"entry\",\"module_id\":\"main\","
	    "\"imports\":[],\"decls\":[");
	helpers(&g);
	for (uint32_t i = 0; i < functions; i++)
		function(&g, i);
	g.count = g.scope = 0;
	g.result = TY_BYTES;
	buf_puts(out, "],\"solve\":[\"begin\",");
	new_map(&g);
	gen_stmts(&g, 3 + gen_draw(&g, 12));
	gen_expr(&g, TY_BYTES, &none);
	buf_puts(out, "]}");
}
