/* SPDX-License-Identifier: MIT */
/* Modules, worlds, brands, generics, enums, contracts and limits: what is refused, and how. */
#include "tests/support/support.h"
#include "tests/unit/lang/check_fixture.h"

#include <string.h>

/* clang-format off */
#define GENERIC(name, bound, result, body)                                                         \
	"{'kind':'defn','name':'main." name "','type_params':[{'name':'A','bound':'" bound         \
	"'}],'params':[{'name':'a','ty':['t','A']}],'result':" result ",'body':" body "}"
#define BRANDED(name, result, body)                                                                \
	"{'kind':'defn','name':'main." name "','params':[{'name':'b','ty':'bytes','brand':'o.B'}],'result':'" result "','body':" body "}"
#define VALID DEFN("ok", PARAM("v", "bytes_view"), "result_i32", "['result_i32.ok',0]")
#define ENUM "{'kind':'defenum','name':'main.E','variants':[{'name':'A'},{'name':'B','payload':'i32'}]}"
#define CONTRACT(name, fields)                                                                     \
	"{'kind':'defn','name':'main." name "','params':[{'name':'b','ty':'bytes'}],'result':'bytes'," fields ",'body':'b'}"

static const struct check_row rows[] = {
	/* brands */
	{BRANDED("f", "i32", "['bytes.len','b']"), "['fmt.u32_to_dec',['main.f',['bytes.empty']]]",
	 "Typing: E_BRAND_MISMATCH: call 'main.f' arg 0 expected Bytes@o.B, got Bytes@unbranded (fn=solve ptr=/solve/1/1)"},
	{BRANDED("f", "result_bytes", "['result_bytes.ok','b']") "," VALID,
	 "['begin',['let','r',['std.brand.cast_bytes_v1','o.B','main.ok',['bytes.empty']]],['let','b',['result_bytes.unwrap_or','r',['bytes.empty']]],['main.f','b'],['bytes.empty']]",
	 "Typing: E_BRAND_MISMATCH: call 'main.f' arg 0 expected Bytes@o.B, got Bytes@unbranded..."},
	{DEFN("g", PARAM("b", "bytes"), "bytes", "'b'") "," BRANDED("f", "bytes", "['main.g','b']"), "['bytes.empty']", "ok"},
	{BRANDED("f", "bytes", "['begin',['set','b',['bytes.empty']],'b']") "," BRANDED("g", "bytes", "['main.f','b']") "," VALID "," DEFN("h", PARAM("b", "bytes"), "result_bytes",
	 "['begin',['let','x',['try',['std.brand.cast_bytes_v1','o.B','main.ok','b']]],['result_bytes.ok',['main.g','x']]]"),
	 "['result_bytes.unwrap_or',['main.h',['bytes.empty']],['bytes.empty']]",
	 "Typing: E_BRAND_MISMATCH: set 'b' expected Bytes@o.B (fn=main.f ptr=/decls/0/body/1)"},
	{BRANDED("g", "bytes", "['std.brand.erase_bytes_v1','b']") "," VALID "," DEFN("h", PARAM("b", "bytes"), "result_bytes",
	 "['begin',['let','x',['try',['std.brand.cast_bytes_v1','o.B','main.ok','b']]],['result_bytes.ok',['main.g','x']]]"),
	 "['result_bytes.unwrap_or',['main.h',['bytes.empty']],['bytes.empty']]", "ok"},
	{VALID, "['begin',['std.brand.assume_bytes_v1','o.B',['bytes.empty']],['bytes.empty']]",
	 "Unsupported: unsafe-required: std.brand.assume_bytes_v1 (fn=solve ptr=/solve/1)"},
	{DEFN("ok", PARAM("v", "bytes"), "result_i32", "['result_i32.ok',0]"), "['begin',['std.brand.cast_bytes_v1','o.B','main.ok',['bytes.empty']],['bytes.empty']]",
	 "Typing: validator must have signature (bytes_view)->result_i32 (fn=solve ptr=/solve/1)"},
	/* generics */
	{GENERIC("id", "any", "['t','A']", "'a'"), "['main.id',['bytes.empty']]",
	 "Typing: X07-TY-0108: generic function must be called via tapp: 'main.id' (fn=solve ptr=/solve)"},
	{GENERIC("id", "any", "['t','A']", "'a'"), "['tapp','main.id',['tys','bytes'],['bytes.empty']]", "ok"},
	{GENERIC("id", "any", "['t','A']", "'a'"), "['tapp','main.id',['tys','bytes','i32'],['bytes.empty']]",
	 "Parse: X07-TY-0105: tapp 'main.id' expects 1 type arguments (fn=solve ptr=/solve)"},
	{GENERIC("id", "num_like", "['t','A']", "'a'"), "['tapp','main.id',['tys','bytes'],['bytes.empty']]",
	 "Typing: X07-TY-0104: type bytes does not satisfy bound num_like of 'A' (fn=solve ptr=/solve)"},
	{GENERIC("id", "any", "['t','Z']", "'a'"), "['tapp','main.id',['tys','bytes'],['bytes.empty']]",
	 "Typing: X07-TY-0107: unknown type variable 'Z'..."},
	{NULL, "['tapp','main.no',['tys','bytes'],['bytes.empty']]",
	 "Typing: X07-TY-0100: unknown tapp callee: 'main.no' (fn=solve ptr=/solve)"},
	{GENERIC("f", "any", "'i32'", "['ty.lt',['t','A'],'a','a']"), "['begin',['tapp','main.f',['tys','vec_u8'],['vec_u8.with_capacity',1]],['bytes.empty']]",
	 "Typing: X07-TY-0101: ty.lt does not support type vec_u8 (fn=main.f ptr=/decls/0/body)"},
	{NULL, "['ty.nope','i32']", "Typing: X07-TY-0102: unknown intrinsic: 'ty.nope' (fn=solve ptr=/solve)"},
	{GENERIC("f", "any", "'i32'", "['begin',['ty.drop',['t','A'],'a'],['ty.eq',['t','A'],'a','a']]"), "['begin',['tapp','main.f',['tys','bytes'],['bytes.empty']],['bytes.empty']]",
	 "Typing: use after move: 'a' moved_ptr=/decls/0/body/1/2 (fn=main.f ptr=/decls/0/body/2/2)"},
	/* enums and match */
	{ENUM, "['match',['main.E.A'],['main.E.A',['bytes.empty']]]",
	 "Parse: non-exhaustive match on enum main.E; missing arm(s): B (fn=solve ptr=/solve)"},
	{ENUM, "['match',['main.E.A'],['main.E.A',['bytes.empty']],['main.E.A',['bytes.empty']]]",
	 "Parse: duplicate match arm: 'main.E.A' (fn=solve ptr=/solve/3)"},
	{ENUM, "['match','input',['main.E.A',['bytes.empty']],['main.E.B',['bytes.empty']]]",
	 "Typing: match expects a main.E value, got brand (unbranded) (fn=solve ptr=/solve)"},
	{ENUM, "['begin',['let','e',['main.E.A']],['match','e',['main.E.A',['bytes.empty']],['main.E.B','n',['begin',['let','f','e'],['bytes.empty']]]]]",
	 "Typing: move while borrowed: 'e' (fn=solve ptr=/solve/2/3/2/1/2)"},
	{ENUM, "['begin',['let','b',['bytes.empty']],['let','e',['main.E.A']],['match','e',['main.E.A',['let','c','b']],['main.E.B',0]],'b']",
	 "Typing: use after move: 'b' moved_ptr=<unknown> (fn=solve ptr=/solve/4)"},
	{ENUM, "['match',['main.E.A'],['main.E.A',['bytes.empty']],['main.E.B',7]]",
	 "Typing: match branches must have same type (then=Bytes, else=I32) (fn=solve ptr=/solve)"},
	/* contracts */
	{CONTRACT("f", "'requires':[{'expr':['bytes.empty']}]"), "['main.f',['bytes.empty']]",
	 "Typing: contract expression is not pure (fn=main.f ptr=/decls/0/requires/0/expr)"},
	{CONTRACT("f", "'requires':[{'expr':'b'}]"), "['main.f',['bytes.empty']]",
	 "Typing: contract clause must be i32 (got Bytes) (fn=main.f ptr=/decls/0/requires/0/expr)"},
	{CONTRACT("f", "'requires':[{'expr':['bytes.len','__result']}]"), "['main.f',['bytes.empty']]",
	 "Typing: unknown identifier: '__result' (fn=main.f ptr=/decls/0/requires/0/expr/1)"},
	{CONTRACT("f", "'ensures':[{'expr':['result_bytes.is_ok',['result_bytes.ok','__result']]}]"), "['main.f',['bytes.empty']]",
	 "Typing: move while borrowed: '__result' (fn=main.f ptr=/decls/0/ensures/0/expr/1/1)"},
	{CONTRACT("f", "'ensures':[{'expr':['bytes.len','__result']}]"), "['main.f',['bytes.empty']]", "ok"},
};

struct module_row {
	const char *imports;
	const char *solve;
	const char *want;
};

static const struct module_row modules[] = {
	{"'m'", "['m.open',['bytes.empty']]", "ok"},
	{"'m'", "['m.shut']", "Unsupported: function 'm.shut' is not exported by module 'm' (fn=solve ptr=/solve)"},
	{"'n'", "['m.open',['bytes.empty']]",
	 "Unsupported: call to 'm.open' requires (import m) in module 'main' (fn=solve ptr=/solve)"},
	{"'n'", "['n.via']", "ok"},
	{"", "['m.open',['bytes.empty']]", "Unsupported: unsupported head: 'm.open' (fn=solve ptr=/solve)"},
};
/* clang-format on */

START_TEST(what_is_wrong_is_said)
{
	check_row_holds(&rows[_i], NULL);
}
END_TEST

static void module_file(const char *id, const char *imports, const char *decls)
{
	CLEANUP(buf_clear) struct buf b = buf_init(1u << 20);
	char name[64];

	buf_printf(&b,
	    "{'schema_version':'x07.x07ast@0.9.0','kind':'module','module_id':'%s',"
	    "'imports':[%s],'decls':[%s]}",
	    id, imports, decls);
	for (size_t i = 0; i < b.len; i++) {
		if (b.data[i] == '\'')
			b.data[i] = '"';
	}
	(void)snprintf(name, sizeof(name), "root/%s.x07.json", id);
	free(test_text_file(name, b.data));
}

START_TEST(other_modules_show_what_they_export)
{
	const struct module_row *row = &modules[_i];
	CLEANUP(buf_clear) struct buf entry = buf_init(1u << 16);
	AUTO_FREE char *root = test_path("root");
	AUTO_FREE char *got = NULL;
	AUTO_FREE char *want = base_strdup(row->want);

	module_file("m", "",
	    "{'kind':'export','names':['m.open']},"
	    "{'kind':'defn','name':'m.open','params':[{'name':'b','ty':'bytes'}],'result':'bytes',"
	    "'body':['bytes.concat','b',['m.shut']]},"
	    "{'kind':'defn','name':'m.shut','params':[],'result':'bytes','body':['bytes.empty']}");
	module_file("n", "'m'",
	    "{'kind':'export','names':['n.via']},"
	    "{'kind':'defn','name':'n.via','params':[],'result':'bytes',"
	    "'body':['m.open',['bytes.empty']]}");
	buf_printf(&entry,
	    "{'schema_version':'x07.x07ast@0.4.0','kind':'entry','module_id':'main',"
	    "'imports':[%s],'decls':[],'solve':%s}",
	    row->imports, row->solve);
	got = check_file(entry.data, root, NULL);
	for (char *p = want; *p != '\0'; p++) {
		if (*p == '\'')
			*p = '"';
	}
	ck_assert_msg(
	    strncmp(got, want, strlen(want)) == 0, "%s\n got: %s\nwant: %s", row->solve, got, want);
}
END_TEST

START_TEST(worlds_and_capabilities_open_their_heads)
{
	const struct lang_options os = {.world = LANG_RUN_OS_SANDBOXED};
	const struct lang_options unsafe = {.world = LANG_RUN_OS, .allow_unsafe = true};
	const struct check_row env = {NULL, "['os.env.get',['bytes.lit','HOME']]", "ok"};
	const struct check_row block = {NULL, "['unsafe',['bytes.empty']]", "ok"};
	const struct check_row closed = {NULL, "['unsafe',['bytes.empty']]",
	    "Unsupported: unsafe requires unsafe capability..."};

	check_row_holds(&env, &os);
	check_row_holds(&block, &unsafe);
	check_row_holds(&closed, &os);
}
END_TEST

START_TEST(limits_are_named_with_the_way_to_raise_them)
{
	const struct lang_options few_nodes = {.max_ast_nodes = 3};
	const struct lang_options few_locals = {.max_locals = 3};
	const struct check_row small = {NULL, "['view.to_bytes','input']", "ok"};
	const struct check_row nodes = {NULL,
	    "['bytes.concat',['bytes.empty'],['view.to_bytes','input']]",
	    "Budget: AST too large: max_ast_nodes=3 got 4 (set X07_MAX_AST_NODES=<n>) (fn=solve "
	    "ptr=/solve)"};
	const struct check_row locals = {NULL,
	    "['bytes.concat',['bytes.empty'],['view.to_bytes','input']]",
	    "Budget: too many locals: max_locals=3 (set X07_MAX_LOCALS=<n>) (fn=solve ptr=/solve)"};

	check_row_holds(&small, &few_nodes);
	check_row_holds(&nodes, &few_nodes);
	check_row_holds(&locals, &few_locals);
}
END_TEST

/* Expressions nested deeply in each function of a chain whose views must be followed. */
START_TEST(deep_nesting_through_many_functions_is_refused_not_a_crash)
{
	CLEANUP(buf_clear) struct buf decls = buf_init(1u << 20);
	const struct check_row row = {
	    .decls = NULL, .want = "Budget: expressions nest too deeply..."};
	struct check_row deep = row;

	for (int f = 0; f < 22; f++) {
		buf_printf(&decls,
		    "%s{'kind':'defn','name':'main.f%d','params':[{'name':'v','ty':'bytes_view'}],"
		    "'result':'bytes_view','body':",
		    f > 0 ? "," : "", f);
		for (int i = 0; i < 100; i++)
			buf_puts(&decls, "['view.slice',");
		if (f < 21)
			buf_printf(&decls, "['main.f%d','v']", f + 1);
		else
			buf_puts(&decls, "'v'");
		for (int i = 0; i < 100; i++)
			buf_puts(&decls, ",0,1]");
		buf_puts(&decls, "}");
	}
	deep.decls = decls.data;
	deep.solve = "['view.to_bytes',['main.f0','input']]";
	check_row_holds(&deep, NULL);
}
END_TEST

/* Each loop level leaves its view elsewhere: the re-check of inner loops must not explode. */
START_TEST(nested_loops_that_move_views_are_checked_in_time)
{
	CLEANUP(buf_clear) struct buf body = buf_init(1u << 20);
	const int depth = 60;
	struct check_row row = {.want = "ok"};

	buf_puts(&body, "['begin',['let','b',['bytes1',1]]");
	for (int i = 0; i < depth; i++)
		buf_printf(&body, ",['let','v%d','input']", i);
	for (int i = 0; i < depth; i++)
		buf_printf(
		    &body, ",['for','i%d',0,2,['begin',['set','v%d',['bytes.view','b']]", i, i);
	for (int i = 0; i < depth; i++)
		buf_puts(&body, "]]");
	buf_puts(&body, ",['bytes.empty']]");
	row.solve = body.data;
	check_row_holds(&row, NULL);
}
END_TEST

/* A text may leave out what it has no room for; the check may not. */
START_TEST(a_missing_arm_is_told_however_long_its_name_is)
{
	static const uint32_t lengths[] = {3000, 70000};

	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		CLEANUP(buf_clear) struct buf decls = buf_init(1u << 20);
		AUTO_FREE char *root = test_path("root");
		AUTO_FREE char *got = NULL;

		buf_puts(&decls,
		    "{'kind':'export','names':['m.f']},{'kind':'defn','name':'m.f','params':[],'"
		    "result':'i32','body':0},"
		    "{'kind':'defenum','name':'m.E','variants':[{'name':'A'},{'name':'");
		for (uint32_t n = 0; n < lengths[i]; n++)
			buf_putc(&decls, 'n');
		buf_puts(&decls, "'}]}");
		module_file("m", "", decls.data);
		got = check_file(
		    "{'schema_version':'x07.x07ast@0.9.0','kind':'entry','module_id':'main',"
		    "'imports':['m'],'decls':[],"
		    "'solve':['match',['m.E.A'],['m.E.A',['bytes.empty']]]}",
		    root, NULL);
		ck_assert_ptr_eq(strstr(got, "Parse: non-exhaustive match on enum m.E; "), got);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("check_world");
	TCase *tc = tcase_create("world");

	tcase_add_loop_test(tc, what_is_wrong_is_said, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(tc, other_modules_show_what_they_export, 0, ARRAY_LEN(modules));
	tcase_add_test(tc, a_missing_arm_is_told_however_long_its_name_is);
	tcase_add_test(tc, worlds_and_capabilities_open_their_heads);
	tcase_add_test(tc, limits_are_named_with_the_way_to_raise_them);
	tcase_add_test(tc, deep_nesting_through_many_functions_is_refused_not_a_crash);
	tcase_add_test(tc, nested_loops_that_move_views_are_checked_in_time);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}
