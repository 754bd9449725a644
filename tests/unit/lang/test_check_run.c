/* SPDX-License-Identifier: MIT */
/*
 * Programs from source to output: what the checker makes runs as the language says, and everything
 * that was allocated is freed (live_bytes 0 after each run).
 */
#include "tests/support/support.h"
#include "tests/unit/lang/check_fixture.h"
#include "tests/unit/lang/guest_run.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

struct run_row {
	const char *imports; /* 'std.x','std.y' */
	const char *decls;
	const char *solve;
	const char *input;
	const char *want; /* output, or the message of the trap behind "!" */
	int fuel;         /* exact number of units, 0 = any */
};

/* clang-format off */
#define DEC(e) "['fmt.s32_to_dec'," e "]"
#define SHOW(stmts, e) "['begin'," stmts ",['fmt.s32_to_dec'," e "]]"
#define T(name) "['t','" name "']"

static const struct run_row rows[] = {
	{"", "", "['view.to_bytes','input']", "hello", "hello", 2},
	{"", "", DEC("['+',2,['*',3,4]]"), "", "14", 6},
	{"", "", DEC("['/',7,0]"), "", "0", 0},
	{"", "", DEC("['%',7,0]"), "", "7", 0},
	{"", "", DEC("['-',0,5]"), "", "-5", 0},
	/* evaluation order */
	{"", "", SHOW("['let','x',1]", "['+',['*','x',10],['begin',['set','x',5],'x']]"), "", "15", 0},
	{"", "", SHOW("['let','x',1]", "['-','x',['set','x',5]]"), "", "-4", 0},
	{"", "", SHOW("['let','x',1]", "['+',['+','x',['set','x',5]],['+','x',['set','x',7]]]"), "", "18", 0},
	/* for: unsigned, end once, variable afterwards, body may assign */
	{"", "", SHOW("['let','n',0],['for','i',-1,5,['set','n',9]]", "'n'"), "", "0", 0},
	{"", "", SHOW("['for','i',0,5,0]", "'i'"), "", "5", 0},
	{"", "", SHOW("['let','n',3],['let','k',0],['for','i',0,'n',['begin',['set','n',9],['set','k',['+','k',1]]]]", "'k'"), "", "3", 0},
	{"", "", SHOW("['let','k',0],['for','i',0,10,['begin',['set','i',['+','i',1]],['set','k',['+','k',1]]]]", "'k'"), "", "5", 0},
	{"", "", SHOW("['let','i',3],['for','i','i',7,0]", "'i'"), "", "7", 0},
	/* while */
	{"", "", SHOW("['let','n',100],['let','k',0],['while',['>','n',1],['begin',['set','n',['/','n',2]],['set','k',['+','k',1]]]]", "'k'"), "", "6", 0},
	{"", "", SHOW("['let','x',1],['let','k',0],['while','x',['begin',['set','x',0],['set','k',['+','k','x']]]]", "'k'"), "", "0", 0},
	/* short circuit */
	{"", "", SHOW("['let','k',0],['&&',0,['begin',['set','k',1],1]],['||',1,['begin',['set','k',2],1]]", "'k'"), "", "0", 0},
	{"", "", DEC("['+',['&&',7,9],['||',0,4]]"), "", "2", 0},
	/* in place, growth, moves through branches */
	{"", "", "['begin',['let','v',['vec_u8.with_capacity',1]],['for','i',0,26,['set','v',['vec_u8.push','v',['+',97,'i']]]],['vec_u8.into_bytes','v']]", "", "abcdefghijklmnopqrstuvwxyz", 0},
	{"", "", "['begin',['let','v',['vec_u8.with_capacity',1]],['for','i',0,6,['if',['&','i',1],['set','v',['vec_u8.push',['vec_u8.push','v',120],['+',97,'i']]],0]],['vec_u8.into_bytes','v']]", "", "xbxdxf", 0},
	{"", "", "['begin',['let','b',['view.to_bytes','input']],['set','b',['bytes.set_u8','b',0,['bytes.get_u8','b',1]]],'b']", "ab", "bb", 0},
	{"", "", "['begin',['let','b',['bytes.lit','one']],['if',['view.len','input'],['let','c','b'],0],['bytes.lit','two']]", "x", "two", 0},
	{"", "", "['begin',['let','b',['bytes.lit','one']],['let','c',['if',['view.len','input'],'b',['bytes.lit','other']]],'c']", "x", "one", 0},
	{"", "", "['begin',['let','b',['bytes.lit','one']],['let','c',['if',['view.len','input'],'b',['bytes.lit','other']]],'c']", "", "other", 0},
	{"", "", "['begin',['let','b',['bytes.lit','a']],['for','i',0,3,['set','b',['bytes.concat','b',['bytes.lit','b']]]],'b']", "", "abbb", 0},
	{"", "", "['begin',['for','i',0,100,['begin',['let','b',['bytes.alloc',1000]],['if',['=','i',5],['return',['fmt.u32_to_dec','i']],0]]],['bytes.empty']]", "", "5", 0},
	{"", "", "['begin',['let','a',['bytes.lit','a']],['bytes.concat',['bytes.lit','x'],['if',['view.len','input'],['return','a'],['bytes.lit','y']]]]", "1", "a", 0},
	/* views */
	{"", "", "['begin',['let','b',['bytes.lit','hello']],['let','v',['bytes.subview','b',1,3]],['view.to_bytes','v']]", "", "ell", 0},
	{"", "", "['begin',['let','b',['bytes.lit','hello']],['let','v','input'],['for','i',0,3,['begin',['let','w','v'],['set','v',['bytes.view','b']],['view.len','w']]],['view.to_bytes','v']]", "x", "hello", 0},
	{"", DEFN("tail", PARAM("v", "bytes_view"), "bytes_view", "['if',['view.len','v'],['view.slice','v',1,['-',['view.len','v'],1]],'v']"),
	 "['begin',['let','b',['view.to_bytes','input']],['view.to_bytes',['main.tail',['main.tail','b']]]]", "hello", "llo", 0},
	/* traps */
	{"", "", "['bytes.slice','input',2,9]", "abc", "!view.slice oob ptr=/solve", 0},
	{"", "", "['begin',['while',1,0],['bytes.empty']]", "", "!fuel exhausted", 0},
	/* options and results */
	{"", "", "['begin',['let','b',['bytes.lit','dflt']],['let','c',['option_bytes.unwrap_or',['option_bytes.none'],'b']],['bytes.concat','b','c']]", "", "dflt", 0},
	{"", "", "['begin',['let','b',['bytes.lit','dflt']],['let','c',['option_bytes.unwrap_or',['option_bytes.some',['bytes.lit','x']],'b']],['bytes.concat','b','c']]", "", "dfltx", 0},
	{"", "", "['option_bytes.unwrap_or',['option_bytes.some',['bytes.lit','x']],['bytes.lit','lost']]", "", "x", 0},
	{"", "", "['view.to_bytes',['option_bytes_view.unwrap_or',['option_bytes_view.none'],'input']]", "in", "in", 0},
	{"", "", "['view.to_bytes',['option_bytes_view.unwrap_or',['option_bytes_view.some','input'],['bytes.view_lit','no']]]", "in", "in", 0},
	{"", DEFN("f", PARAM("n", "i32"), "result_bytes", "['if','n',['result_bytes.ok',['bytes.lit','fine']],['result_bytes.err',7]]") ","
	     DEFN("g", PARAM("n", "i32"), "result_bytes", "['begin',['let','junk',['bytes.alloc',9]],['let','x',['try',['main.f','n']]],['result_bytes.ok',['bytes.concat','x',['bytes.lit','!']]]]"),
	 "['begin',['let','r',['main.g',0]],['let','s',['main.g',1]],['let','code',['result_bytes.err_code','r']],['bytes.concat',['fmt.s32_to_dec','code'],['result_bytes.unwrap_or','s',['bytes.empty']]]]", "", "7fine!", 0},
	{"", "", "['try_doc',['bytes.lit','\\u0001doc']]", "", "doc", 0},
	{"", "", "['begin',['try_doc','input'],['bytes.lit','no']]", "2x", "2x", 0},
	{"", "", "['begin',['try_doc','input'],['bytes.lit','no']]", "", "", 0},
	/* recursion and mutual recursion */
	{"", DEFN("fib", PARAM("n", "i32"), "i32", "['if',['<','n',2],'n',['+',['main.fib',['-','n',1]],['main.fib',['-','n',2]]]]"), DEC("['main.fib',15]"), "", "610", 0},
	/* records, enums, match */
	{"", "{'kind':'defrecord','name':'main.P','fields':[{'name':'x','ty':'i32'},{'name':'y','ty':'i32'}]}",
	 SHOW("['let','p',['main.P.make',3,4]]", "['-',['main.P.x','p'],['main.P.y','p']]"), "", "-1", 0},
	{"", "{'kind':'defenum','name':'main.E','variants':[{'name':'A'},{'name':'B','payload':'i32'},{'name':'C'}]}",
	 SHOW("['let','e',['main.E.B',41]]", "['match','e',['main.E.A',1],['main.E.B','n',['+','n',1]],['main.E.C',3]]"), "", "42", 0},
	{"", "{'kind':'defenum','name':'main.E','variants':[{'name':'A'},{'name':'B','payload':'i32'},{'name':'C'}]}",
	 "['match',['main.E.C'],['main.E.C',['bytes.lit','c']],['main.E.B',['return',['bytes.lit','b']]],['main.E.A',['bytes.lit','a']]]", "", "c", 0},
	{"", "{'kind':'defenum','name':'main.E','variants':[{'name':'A'},{'name':'B'}]}",
	 SHOW("['let','k',0],['match',['main.E.B'],['main.E.A',['set','k',1]],['main.E.B',['set','k',2]]]", "'k'"), "", "2", 0},
	/* generics: i32 and u32 compare differently */
	{"", "{'kind':'defn','name':'main.less','type_params':[{'name':'A','bound':'orderable'}],'params':[{'name':'a','ty':" T("A") "},{'name':'b','ty':" T("A") "}],'result':'i32','body':['ty.lt'," T("A") ",'a','b']}",
	 DEC("['+',['*',10,['tapp','main.less',['tys','i32'],-1,1]],['tapp','main.less',['tys','u32'],-1,1]]"), "", "10", 0},
	{"", "{'kind':'defn','name':'main.id','type_params':[{'name':'A'}],'params':[{'name':'a','ty':" T("A") "}],'result':" T("A") ",'body':'a'}",
	 "['tapp','main.id',['tys','bytes'],['bytes.lit','same']]", "", "same", 0},
	{"", "{'kind':'defn','name':'main.two','type_params':[{'name':'A','bound':'bytes_like'}],'params':[{'name':'a','ty':" T("A") "}],'result':'bytes','body':['bytes.concat',['ty.clone'," T("A") ",'a'],'a']}",
	 "['tapp','main.two','bytes',['bytes.lit','ab']]", "", "abab", 0},
	/* contracts */
	{"", "{'kind':'defn','name':'main.f','params':[{'name':'n','ty':'i32'}],'result':'i32','requires':[{'id':'pos','expr':['>','n',0]}],'ensures':[{'expr':['=','__result',['+','n',1]]}],'body':['+','n',1]}",
	 DEC("['main.f',4]"), "", "5", 0},
	{"", "{'kind':'defn','name':'main.f','params':[{'name':'n','ty':'i32'}],'result':'bytes','requires':[{'id':'pos','expr':['>','n',0]}],'ensures':[{'expr':['=',['bytes.len','__result'],'n']}],'body':['bytes.alloc',3]}",
	 "['begin',['main.f',3],['main.f',-1]]", "",
	 "!X07T_CONTRACT_V1 {'contract_kind':'requires','fn':'main.f','clause_id':'pos','clause_index':0,'clause_ptr':'/decls/0/requires/0/expr','witness':[]}", 0},
	/* brands */
	{"", DEFN("ok", PARAM("v", "bytes_view"), "result_i32", "['if',['view.len','v'],['result_i32.ok',0],['result_i32.err',9]]") ","
	     "{'kind':'defn','name':'main.use','params':[{'name':'b','ty':'bytes','brand':'main.full'}],'result':'bytes','body':['std.brand.erase_bytes_v1','b']}",
	 "['begin',['let','r',['std.brand.cast_bytes_v1','main.full','main.ok',['bytes.lit','x']]],['let','e',['std.brand.cast_bytes_v1','main.full','main.ok',['bytes.empty']]],['let','k',['result_bytes.err_code','e']],['bytes.concat',['fmt.s32_to_dec','k'],['result_bytes.unwrap_or','r',['bytes.empty']]]]", "", "9x", 0},
	/* readers */
	{"", "", "['io.read',['io.open_read_bytes','input'],3]", "abcdef", "abc", 0},
	{"", "", "['io.read',['io.open_read_bytes',['vec_u8.extend_bytes',['vec_u8.with_capacity',0],'input']],4]", "abcdef", "abcd", 0},
};
/* clang-format on */

static char *program_text(const struct run_row *row)
{
	struct buf b = buf_init(1u << 20);

	buf_printf(&b,
	    "{'schema_version':'x07.x07ast@0.9.0','kind':'entry','module_id':'main',"
	    "'imports':[%s],'decls':[%s],'solve':%s}",
	    row->imports, row->decls, row->solve);
	for (size_t i = 0; i < b.len; i++) {
		if (b.data[i] == '\'')
			b.data[i] = '"';
	}
	return buf_take(&b);
}

static void build(struct lang_image *out, const char *path, const char *rt_dir)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct lang_program *program = NULL;
	struct err err = {0};
	const struct lang_options options = {
	    .entry_path = path, .rt_dir = rt_dir, .world = LANG_SOLVE_PURE};
	int rc = lang_load(&program, &options, &diags, &err);

	if (rc == 0)
		rc = lang_translate(program, &diags, &err);
	ck_assert_msg(rc == 0, "%s", diags.count > 0 ? diags.items[0].message : err.message);
	ck_rc(lang_image_fast(out, program, &err), 0, &err);
	lang_program_free(program);
}

static void check_trap(const struct run_row *row, const struct guest_result *r)
{
	AUTO_FREE char *want = base_strdup(row->want + 1);
	char *at = want;

	while ((at = strchr(at, '\'')) != NULL)
		*at = '"';
	ck_assert(WIFSIGNALED(r->status));
	ck_assert_msg(strncmp(r->notes.data, want, strlen(want)) == 0, "%s", r->notes.data);
}

START_TEST(a_program_runs_as_written_and_frees_everything)
{
	const struct run_row *row = &rows[_i];
	CLEANUP(guest_result_clear) struct guest_result r = {0};
	CLEANUP(lang_image_clear) struct lang_image image = {.fd = -1};
	AUTO_FREE char *text = program_text(row);
	AUTO_FREE char *path = test_text_file("main.x07.json", text);
	const char *folder = getenv("X07_BUILD_DIR");
	char rt_dir[4096];
	char fuel[64];

	(void)snprintf(rt_dir, sizeof(rt_dir), "%s/lib/x07/rt", folder ? folder : ".");
	build(&image, path, rt_dir);
	ck_assert(guest_run(&r, &image, rt_dir, row->input, strlen(row->input), 1000000));
	if (row->want[0] == '!') {
		check_trap(row, &r);
		return;
	}
	ck_assert_msg(r.status == 0, "%s: %s", text, r.notes.data);
	ck_assert_msg(r.output.len == strlen(row->want) &&
			  memcmp(buf_str(&r.output), row->want, r.output.len) == 0,
	    "%s\n got %.*s\nwant %s", text, (int)r.output.len, r.output.data, row->want);
	ck_assert_msg(
	    strstr(r.notes.data, "\"live_bytes\":0,") != NULL, "%s\n%s", text, r.notes.data);
	(void)snprintf(fuel, sizeof(fuel), "\"fuel_used\":%d,", row->fuel);
	ck_assert_msg(row->fuel == 0 || strstr(r.notes.data, fuel) != NULL, "%s", r.notes.data);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("check_run");
	TCase *tc = tcase_create("run");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, a_program_runs_as_written_and_frees_everything, 0, ARRAY_LEN(rows));
	suite_add_tcase(suite, tc);
	return test_main(suite);
}
