/* SPDX-License-Identifier: MIT */
/* The table of codes: a program for each row, and what `x07 explain` shows of it. */
#include "base/file.h"
#include "base/path.h"
#include "tests/support/support.h"
#include "tests/unit/lang/check_fixture.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
#define ENTRY(imports, decls, solve)                                                               \
	"{'schema_version':'x07.x07ast@0.9.0','kind':'entry','module_id':'main',"                  \
	"'imports':[" imports "],'decls':[" decls "],'solve':" solve "}"
#define SOLVE(solve) ENTRY("", "", solve)
#define GENERIC(name, bound, result, body)                                                         \
	"{'kind':'defn','name':'main." name "','type_params':[{'name':'A','bound':'" bound         \
	"'}],'params':[{'name':'a','ty':['t','A']}],'result':" result ",'body':" body "}"
#define EAT DEFN("eat", PARAM("b", "bytes"), "i32", "['bytes.len','b']")
#define BRANDED(ty) "{'kind':'defn','name':'main.f','params':[{'name':'b','ty':'" ty "','brand':'o.B'}],'result':'i32','body':0}"
#define ENUM "{'kind':'defenum','name':'main.E','variants':[{'name':'A'},{'name':'B','payload':'i32'}]}"
#define CONTRACT "{'kind':'defn','name':'main.f','params':[],'result':'i32','requires':[{'expr':['bytes.empty']}],'body':0}"
/* Calls itself with every list of three types: more instances than are allowed. */
#define AGAIN(ty) "['tapp','main.f',['tys','" ty "',['t','A'],['t','B']]]"
#define MANY "{'kind':'defn','name':'main.f','type_params':[{'name':'A'},{'name':'B'},{'name':'C'}],'params':[],'result':'i32'," \
	"'body':['begin'," AGAIN("i32") "," AGAIN("u32") "," AGAIN("f64") "," AGAIN("bytes") "," AGAIN("bytes_view") ","      \
	AGAIN("vec_u8") "," AGAIN("option_i32") "," AGAIN("option_bytes") "," AGAIN("option_bytes_view") ","                   \
	AGAIN("result_i32") "," AGAIN("result_bytes") "," AGAIN("result_bytes_view") "," AGAIN("result_result_bytes") ","      \
	AGAIN("iface") "," AGAIN("ptr_const_u8") "," AGAIN("ptr_mut_u8") "," AGAIN("ptr_const_void") ",0]}"
#define DEEP1(t) "['option'," t "]"
#define DEEP4(t) DEEP1(DEEP1(DEEP1(DEEP1(t))))
#define DEEP16(t) DEEP4(DEEP4(DEEP4(DEEP4(t))))
#define DEEP68 DEEP4(DEEP16(DEEP16(DEEP16(DEEP16("'i32'")))))

static const struct {
	enum lang_code_id id;
	const char *entry;
} rows[] = {
	{LANG_CODE_ARCH, SOLVE("['budget.scope_from_arch_v1',['bytes.lit','p'],['bytes.empty']]")},
	{LANG_CODE_ARITY, SOLVE("['bytes.len']")},
	{LANG_CODE_ASYNC, SOLVE("['task.scope.wait_all_v1']")},
	{LANG_CODE_ASYNC_PLACE, ENTRY("", "{'kind':'defn','name':'main.f','params':[],'result':'i32','body':['task.yield']}", "['bytes1',['main.f']]")},
	{LANG_CODE_BORROW, SOLVE("['begin',['let','b',['bytes.empty']],['let','v',['bytes.view','b']],'b']")},
	{LANG_CODE_BRAND, ENTRY("", BRANDED("bytes"), "['begin',['main.f',['bytes.empty']],['bytes.empty']]")},
	{LANG_CODE_BRAND_TYPE, ENTRY("", BRANDED("i32"), "['bytes.empty']")},
	{LANG_CODE_CALL, ENTRY("", EAT, "['begin',['main.eat','input'],['bytes.empty']]")},
	{LANG_CODE_COMPARE, SOLVE("['begin',['<u',3,0],['bytes.empty']]")},
	{LANG_CODE_CONTRACT, ENTRY("", CONTRACT, "['begin',['main.f'],['bytes.empty']]")},
	{LANG_CODE_ESCAPE, SOLVE("['view.to_bytes',['begin',['let','b',['bytes.empty']],['bytes.view','b']]]")},
	{LANG_CODE_HEAD, SOLVE("['nobody.has_this']")},
	{LANG_CODE_IF, SOLVE("['if',1,['bytes.empty'],7]")},
	{LANG_CODE_IMPORT, ENTRY("'nowhere'", "", "['bytes.empty']")},
	{LANG_CODE_INTERNAL_HEAD, SOLVE("['__internal.bytes.clone_v1','input']")},
	{LANG_CODE_LET, SOLVE("['begin',['let','a',1],['let','a',2],['bytes.empty']]")},
	{LANG_CODE_MATCH, ENTRY("", ENUM, "['match',['main.E.A'],['main.E.A',['bytes.empty']]]")},
	{LANG_CODE_MOVE, SOLVE("['begin',['let','b',['bytes.empty']],['let','c','b'],'b']")},
	{LANG_CODE_NAME, SOLVE("'x'")},
	{LANG_CODE_NOT_IMPORTED, ENTRY("'m'", "", "['m.shut']")},
	{LANG_CODE_NOT_JSON, "(solve)"},
	{LANG_CODE_OWNER, SOLVE("['view.to_bytes',['bytes.view',['bytes.empty']]]")},
	{LANG_CODE_RETURN, SOLVE("1")},
	{LANG_CODE_SCHEMA, "{'schema_version':'x07.x07ast@0.99.0','kind':'entry','module_id':'main','imports':[],'decls':[],'solve':1}"},
	{LANG_CODE_SET, SOLVE("['begin',['set','x',1],['bytes.empty']]")},
	{LANG_CODE_SHAPE, SOLVE("[]")},
	{LANG_CODE_TAPP_ARITY, SOLVE("['tapp']")},
	{LANG_CODE_TAPP_CALLEE, SOLVE("['tapp','main.no',['tys','bytes'],['bytes.empty']]")},
	{LANG_CODE_TAPP_COUNT, ENTRY("", MANY, "['begin',['tapp','main.f',['tys','i32','i32','i32']],['bytes.empty']]")},
	{LANG_CODE_TAPP_NEEDED, ENTRY("", GENERIC("id", "any", "['t','A']", "'a'"), "['main.id',['bytes.empty']]")},
	{LANG_CODE_TRY, SOLVE("['begin',['try',['option_i32.none']],['bytes.empty']]")},
	{LANG_CODE_TYPE, SOLVE("['if',['bytes.empty'],['bytes.empty'],['bytes.empty']]")},
	{LANG_CODE_TY_BOUND, ENTRY("", GENERIC("id", "num_like", "['t','A']", "'a'"), "['tapp','main.id',['tys','bytes'],['bytes.empty']]")},
	{LANG_CODE_TY_DEPTH, ENTRY("", GENERIC("id", "any", "['t','A']", "'a'"), "['tapp','main.id',['tys'," DEEP68 "],['bytes.empty']]")},
	{LANG_CODE_TY_HEAD, SOLVE("['ty.nope','i32']")},
	{LANG_CODE_TY_INTRINSIC, ENTRY("", GENERIC("f", "any", "'i32'", "['ty.lt',['t','A'],'a','a']"), "['begin',['tapp','main.f',['tys','vec_u8'],['vec_u8.with_capacity',1]],['bytes.empty']]")},
	{LANG_CODE_TY_VAR, ENTRY("", GENERIC("id", "any", "['t','Z']", "'a'"), "['tapp','main.id',['tys','bytes'],['bytes.empty']]")},
	{LANG_CODE_UNSAFE, SOLVE("['unsafe',['bytes.empty']]")},
	{LANG_CODE_UNSUPPORTED, SOLVE("['rr.no_such']")},
	{LANG_CODE_WORLD_FS, SOLVE("['fs.read',['bytes.empty']]")},
	{LANG_CODE_WORLD_OS, SOLVE("['os.env.get',['bytes.empty']]")},
};

/* Rows that a test of its own reports, or (the last) that the loader reports as SHAPE today. */
static const enum lang_code_id elsewhere[] = {
	LANG_CODE_BUDGET, LANG_CODE_BUDGET_C, LANG_CODE_BUDGET_SOURCE, LANG_CODE_TY_BOUND_NAME,
};

static const char *const names[LANG_CODE_COUNT] = {
#define CODE(name, id, err, meaning, page, kind, stage) #name,
#include "lang/codes.def"
#undef CODE
};
/* clang-format on */

static const char *name_of(const struct code *what)
{
	return what != NULL ? names[what - lang_codes] : "none";
}

START_TEST(a_program_reports_the_row)
{
	static const struct lang_options pure;
	AUTO_FREE char *root = test_path("root");
	const struct code *got;

	free(test_text_file("root/m.x07.json",
	    "{\"schema_version\":\"x07.x07ast@0.4.0\",\"kind\":\"module\",\"module_id\":\"m\","
	    "\"imports\":[],\"decls\":[{\"kind\":\"export\",\"names\":[\"m.open\"]},"
	    "{\"kind\":\"defn\",\"name\":\"m.open\",\"params\":[],\"result\":\"i32\",\"body\":0},"
	    "{\"kind\":\"defn\",\"name\":\"m.shut\",\"params\":[],\"result\":\"i32\",\"body\":0}]"
	    "}"));
	got = check_code(rows[_i].entry, root, &pure);
	ck_assert_msg(got == &lang_codes[rows[_i].id], "wanted %s, got %s: %s", names[rows[_i].id],
	    name_of(got), rows[_i].entry);
}
END_TEST

START_TEST(every_row_has_such_a_program)
{
	bool seen[LANG_CODE_COUNT] = {0};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		seen[rows[i].id] = true;
	for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++)
		seen[elsewhere[i]] = true;
	for (size_t i = 0; i < LANG_CODE_COUNT; i++)
		ck_assert_msg(seen[i], "no program reports %s", names[i]);
}
END_TEST

START_TEST(what_is_too_large_is_told_by_stage)
{
	const struct lang_options few = {.max_ast_nodes = 1};
	const struct lang_options pure = {0};
	CLEANUP(buf_clear) struct buf large = buf_init(1u << 20);

	ck_assert_ptr_eq(
	    check_code(SOLVE("['begin',0,0,['bytes.empty']]"), NULL, &few), LANG_CODE(BUDGET));
	for (int i = 0; i <= LANG_ENTRY_MAX_BYTES; i++)
		buf_putc(&large, ' ');
	buf_puts(&large, SOLVE("['bytes.empty']"));
	ck_assert_ptr_eq(check_code(large.data, NULL, &pure), LANG_CODE(BUDGET_SOURCE));
}
END_TEST

START_TEST(too_much_c_is_told_by_its_row)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	AUTO_FREE char *path = test_text_file("main.x07.json",
	    "{\"schema_version\":\"x07.x07ast@0.4.0\",\"kind\":\"entry\",\"module_id\":\"main\","
	    "\"imports\":[],\"decls\":[],\"solve\":[\"bytes.empty\"]}");
	const struct lang_options options = {.entry_path = path, .max_c_bytes = 10};
	struct lang_program *program = NULL;
	struct err err = {0};

	ck_rc(lang_load(&program, &options, &diags, &err), 0, &err);
	ck_rc(lang_translate(program, &diags, &err), ERR_COMPILE, &err);
	lang_program_free(program);
	ck_assert_uint_eq(diags.count, 1);
	ck_assert_ptr_eq(diags.items[0].what, LANG_CODE(BUDGET_C));
	ck_assert_str_eq(diags.items[0].what->id, "X07-BUDGET-0001");
	ck_assert_int_eq(diags.items[0].stage, DIAG_CODEGEN);
	ck_assert_str_eq(diags.items[0].message,
	    "Budget: generated C too large: max_c_bytes=10 (set X07_MAX_C_BYTES=<n>)");
}
END_TEST

START_TEST(rows_are_sorted_and_explain_themselves)
{
	const char *docs = getenv("X07_SOURCE_DIR");

	ck_assert_ptr_nonnull(docs);
	for (size_t i = 0; i < LANG_CODE_COUNT; i++) {
		const struct code *c = &lang_codes[i];
		size_t len = strlen(c->meaning);

		ck_assert_msg(i == 0 || strcmp(names[i - 1], names[i]) < 0, "%s", names[i]);
		ck_assert_msg(
		    strspn(c->id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == strlen(c->id) &&
			strncmp(c->id, "X07-", 4) == 0,
		    "%s", c->id);
		ck_assert_msg(len > 20 && c->meaning[len - 1] == '.', "%s", names[i]);
		ck_assert_msg(isupper(lang_code_kind((enum lang_code_id)i)[0]), "%s", names[i]);
		if (c->page != NULL) {
			AUTO_FREE char *folder = path_join(docs, "docs");
			AUTO_FREE char *page = path_join(folder, c->page);

			ck_assert_msg(file_is_regular(page), "%s: no page %s", names[i], page);
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("codes");
	TCase *tc = tcase_create("codes");

	tcase_add_loop_test(tc, a_program_reports_the_row, 0, ARRAY_LEN(rows));
	tcase_add_test(tc, every_row_has_such_a_program);
	tcase_add_test(tc, what_is_too_large_is_told_by_stage);
	tcase_add_test(tc, too_much_c_is_told_by_its_row);
	tcase_add_test(tc, rows_are_sorted_and_explain_themselves);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}
