/* SPDX-License-Identifier: MIT */
/* The rules of docs/spec/language.md 3-6, each both ways: what is accepted, and the text of each
 * refusal.
 */
#include "tests/support/support.h"
#include "tests/unit/lang/check_fixture.h"

/* clang-format off */
#define TAKE_BYTES DEFN("eat", PARAM("b", "bytes"), "i32", "['bytes.len','b']")
#define LOOK DEFN("look", PARAM("v", "bytes_view"), "i32", "['view.len','v']")
#define SAME DEFN("same", PARAM("v", "bytes_view"), "bytes_view", "['view.slice','v',0,1]")

static const struct check_row moves[] = {
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['let','c','b'],'c']", "ok"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['let','c','b'],'b']",
	 "Typing: use after move: 'b' moved_ptr=/solve/2/2 (fn=solve ptr=/solve/3)"},
	{TAKE_BYTES, "['begin',['let','b',['bytes.alloc',3]],['main.eat','b'],'b']",
	 "Typing: use after move: 'b' moved_ptr=/solve/2/1 (fn=solve ptr=/solve/3)"},
	{LOOK, "['begin',['let','b',['bytes.alloc',3]],['main.look','b'],'b']", "ok"},
	{NULL, "['begin',['let','x',['bytes.alloc',3]],['bytes.concat','x','x']]",
	 "Typing: use after move: 'x' moved_ptr=/solve/2/1 (fn=solve ptr=/solve/2/2)"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['let','c','b'],['set','b',['bytes.empty']],'b']", "ok"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['bytes.len','b'],['bytes.get_u8','b',0],'b']", "ok"},
	{NULL, "['begin',['let','v',['vec_u8.with_capacity',3]],['vec_u8.push','v',1],['vec_u8.into_bytes','v']]",
	 "Typing: use after move: 'v' moved_ptr=/solve/2/1 (fn=solve ptr=/solve/3/1)"},
	{NULL, "['begin',['let','v',['vec_u8.with_capacity',3]],['set','v',['vec_u8.push','v',['vec_u8.len','v']]],['vec_u8.into_bytes','v']]", "ok"},
	{NULL, "['begin',['let','o',['option_bytes.some',['bytes.alloc',1]]],['option_bytes.is_some','o'],['option_bytes.unwrap_or','o',['bytes.empty']]]", "ok"},
	{NULL, "['begin',['let','o',['option_bytes.none']],['let','b',['bytes1',3]],['let','c',['option_bytes.unwrap_or','o','b']],['bytes.concat','b','c']]", "ok"},
	{NULL, "['begin',['let','r',['result_bytes.err',1]],['let','c',['result_bytes.unwrap_or','r',['bytes.empty']]],['result_bytes.is_ok','r'],'c']",
	 "Typing: use after move: 'r' moved_ptr=/solve/2/2/1 (fn=solve ptr=/solve/3/1)"},
	{NULL, "['begin',['let','r',['result_i32.ok',1]],['result_i32.is_ok','r'],['codec.write_u32_le',['result_i32.unwrap_or','r',2]]]", "ok"},
};

static const struct check_row branches[] = {
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['if',1,['let','c','b'],0],'b']",
	 "Typing: use after move: 'b' moved_ptr=<unknown> (fn=solve ptr=/solve/3)"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['if',1,'b',['bytes.empty']]]", "ok"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['if',1,['return','b'],0],'b']", "ok"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['if',1,['begin',['let','c','b'],['return','c']],0],'b']", "ok"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['if',1,['begin',['let','c','b'],['set','b','c']],0],'b']", "ok"},
	{TAKE_BYTES, "['begin',['let','b',['bytes.alloc',3]],['&&',1,['main.eat','b']],'b']",
	 "Typing: use after move: 'b' moved_ptr=<unknown> (fn=solve ptr=/solve/3)"},
	{NULL, "['begin',['if',1,['bytes.empty'],7],['bytes.empty']]", "ok"},
	{NULL, "['if',1,['bytes.empty'],7]",
	 "Typing: if branches must have same type (then=Bytes, else=I32) (fn=solve ptr=/solve)"},
	{NULL, "['if',['bytes.empty'],['bytes.empty'],['bytes.empty']]",
	 "Typing: if condition must be i32 (got Bytes) (fn=solve ptr=/solve/1)"},
	{NULL, "['begin',['let','a',['bytes1',1]],['let','b',['bytes1',2]],['let','v',['if',1,['bytes.view','a'],['bytes.view','b']]],['view.to_bytes','v']]",
	 "Typing: if expression must have a single borrow source across branches (fn=solve ptr=/solve/3/2)"},
	{NULL, "['begin',['let','a',['bytes1',1]],['let','v',['if',1,['bytes.view','a'],'input']],['view.to_bytes','v']]", "ok"},
	{NULL, "['begin',['let','a',['bytes1',1]],['let','v',['if',1,['bytes.view','a'],'input']],'a']",
	 "Typing: move while borrowed: 'a' (fn=solve ptr=/solve/3)"},
	{NULL, "['begin',['let','a',['bytes1',1]],['let','b',['bytes1',2]],['let','v','input'],['if',1,['set','v',['bytes.view','a']],['set','v',['bytes.view','b']]],['view.to_bytes','v']]",
	 "Typing: 'v' must have a single borrow source across branches (fn=solve ptr=/solve/4)"},
};

static const struct check_row loops[] = {
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['for','i',0,3,['let','c','b']],['bytes.empty']]",
	 "Typing: use after move: 'b' moved_ptr=/solve/2/4/2 (fn=solve ptr=/solve/2/4/2)"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['for','i',0,3,['begin',['let','c','b'],['set','b',['bytes.alloc','i']]]],'b']", "ok"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['for','i',0,3,['begin',['let','c','b'],['if','i',['set','b','c'],0]]],'b']",
	 "Typing: use after move: 'b' moved_ptr=<unknown> (fn=solve ptr=/solve/2/4)"},
	{NULL, "['begin',['let','v',['vec_u8.with_capacity',3]],['for','i',0,3,['set','v',['vec_u8.push','v','i']]],['vec_u8.into_bytes','v']]", "ok"},
	{NULL, "['begin',['let','v',['vec_u8.with_capacity',3]],['for','i',0,3,['vec_u8.push','v','i']],['bytes.empty']]",
	 "Typing: use after move: 'v' moved_ptr=/solve/2/4/1 (fn=solve ptr=/solve/2/4/1)"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['while',1,['return','b']],'b']", "ok"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['while',['begin',['let','c','b'],1],0],['bytes.empty']]",
	 "Typing: use after move: 'b' moved_ptr=/solve/2/1/1/2 (fn=solve ptr=/solve/2/1/1/2)"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['let','v','input'],['for','i',0,3,['begin',['set','b',['bytes.alloc','i']],['set','v',['bytes.view','b']]]],['view.to_bytes','v']]",
	 "Typing: set while borrowed: 'b' borrowed_by='v' borrowed_ptr=/solve/3/4/2/2 (fn=solve ptr=/solve/3/4/1)"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['let','v','input'],['for','i',0,3,['set','v',['bytes.view','b']]],['view.to_bytes','v']]", "ok"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['let','v','input'],['for','i',0,3,['set','v',['bytes.view','b']]],'b']",
	 "Typing: move while borrowed: 'b' (fn=solve ptr=/solve/4)"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['let','v','input'],['while',['begin',['set','v',['bytes.view','b']],0],['return',['bytes.empty']]],'b']",
	 "Typing: move while borrowed: 'b' (fn=solve ptr=/solve/4)"},
	{NULL, "['begin',['for','i',0,9,0],['codec.write_u32_le','i']]", "ok"},
	{NULL, "['begin',['for','i',0,3,0],['codec.write_u32_le','i']]", "ok"},
	{NULL, "['begin',['let','i',['bytes.empty']],['for','i',0,3,0],'i']",
	 "Typing: for variable 'i' must be i32 (fn=solve ptr=/solve/2)"},
	{NULL, "['begin',['for','i',0,3],['bytes.empty']]",
	 "Parse: for form: (for <i> <start:i32> <end:i32> <body:any>) (fn=solve ptr=/solve/1)"},
	{NULL, "['begin',['while',['begin',['return',['bytes.empty']],1],0],['bytes.empty']]", "ok"},
};

static const struct check_row borrows[] = {
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['let','v',['bytes.view','b']],'b']",
	 "Typing: move while borrowed: 'b' (fn=solve ptr=/solve/3)"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['begin',['let','v',['bytes.view','b']],['view.len','v']],'b']", "ok"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['let','v',['bytes.view','b']],['set','b',['bytes.empty']],['view.to_bytes','v']]",
	 "Typing: set while borrowed: 'b' borrowed_by='v' borrowed_ptr=/solve/2/2 (fn=solve ptr=/solve/3)"},
	{NULL, "['begin',['let','x',['vec_u8.with_capacity',3]],['let','v',['vec_u8.as_view','x']],['set','x',['vec_u8.push','x',1]],['view.to_bytes','v']]",
	 "Typing: vec_u8.push while borrowed: 'x' borrowed_by='v' borrowed_ptr=/solve/2/2 (fn=solve ptr=/solve/3/2)"},
	{NULL, "['begin',['let','x',['vec_u8.with_capacity',3]],['set','x',['vec_u8.extend_bytes','x',['vec_u8.as_view','x']]],['vec_u8.into_bytes','x']]",
	 "Typing: vec_u8.extend_bytes while borrowed: 'x' (fn=solve ptr=/solve/2/2)"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['let','v',['bytes.view','b']],['set','v','input'],'b']", "ok"},
	{NULL, "['view.to_bytes',['bytes.view',['bytes.alloc',3]]]",
	 "Typing: bytes.view requires an identifier owner (bind the value to a local with let first) (fn=solve ptr=/solve/1)"},
	{NULL, "['view.to_bytes',['begin',['let','b',['bytes.alloc',3]],['bytes.view','b']]]",
	 "Typing: drop while borrowed: 'b' (fn=solve ptr=/solve/1)"},
	{NULL, "['begin',['let','v','input'],['begin',['let','b',['bytes.alloc',3]],['set','v',['bytes.view','b']]],['view.to_bytes','v']]",
	 "Typing: drop while borrowed: 'b' borrowed_by='v' borrowed_ptr=/solve/2/2/2 (fn=solve ptr=/solve/2)"},
	{TAKE_BYTES "," LOOK, "['begin',['let','b',['bytes.alloc',3]],['+',['main.look','b'],['main.eat','b']],['bytes.empty']]", "ok"},
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['view.eq',['bytes.view','b'],['begin',['let','c','b'],'input']],['bytes.empty']]",
	 "Typing: move while borrowed: 'b' (fn=solve ptr=/solve/2/2/1/2)"},
	{SAME, "['begin',['let','b',['bytes.alloc',3]],['let','v',['main.same','b']],'b']",
	 "Typing: move while borrowed: 'b' (fn=solve ptr=/solve/3)"},
	{SAME, "['view.to_bytes',['main.same','input']]", "ok"},
	{SAME, "['view.to_bytes',['main.same',['bytes.alloc',3]]]",
	 "Typing: bytes_view borrow source requires an identifier owner (fn=solve ptr=/solve/1)"},
	{DEFN("f", PARAM("n", "i32"), "bytes_view", "['begin',['let','b',['bytes.alloc','n']],['return',['bytes.view','b']]]"),
	 "['view.to_bytes',['main.f',1]]",
	 "Typing: function 'main.f' returns bytes_view borrowed from local owned buffer 'b' (fn=main.f ptr=/decls/0/body/2)"},
	{DEFN("f", PARAM("b", "bytes"), "bytes_view", "['bytes.view','b']"),
	 "['view.to_bytes',['main.f',['bytes.empty']]]",
	 "Typing: function 'main.f' returns bytes_view borrowed from local owned buffer 'b' (fn=main.f ptr=/decls/0/body)"},
	{DEFN("f", PARAM("a", "bytes_view") "," PARAM("b", "bytes_view"), "bytes_view", "['if',1,'a','b']"),
	 "['view.to_bytes',['main.f','input','input']]",
	 "Typing: function 'main.f' returns bytes_view that can borrow from multiple params (0 vs 1) (fn=main.f ptr=/decls/0/body)"},
	{DEFN("f", PARAM("a", "bytes_view"), "bytes_view", "['if',1,'a',['main.f','a']]"),
	 "['view.to_bytes',['main.f','input']]",
	 "Typing: recursive bytes_view return borrow analysis: 'main.f' (fn=main.f ptr=/decls/0/body/3)"},
	{DEFN("f", PARAM("a", "bytes_view"), "bytes_view", "['if',1,'a','input']"),
	 "['begin',['let','b',['bytes1',1]],['let','v',['main.f','b']],'b']",
	 "Typing: move while borrowed: 'b' (fn=solve ptr=/solve/3)"},
	{DEFN("f", "", "bytes_view", "['bytes.view_lit','a b']"), "['view.to_bytes',['main.f']]", "ok"},
	{NULL, "['begin',['let','b',['bytes1',1]],['let','v',['view.slice',['bytes.view','b'],0,1]],'b']",
	 "Typing: move while borrowed: 'b' (fn=solve ptr=/solve/3)"},
	{NULL, "['begin',['let','b',['bytes1',1]],['let','o',['option_bytes_view.some',['bytes.view','b']]],'b']",
	 "Typing: move while borrowed: 'b' (fn=solve ptr=/solve/3)"},
	{NULL, "['begin',['let','b',['bytes1',1]],['let','v',['bytes.view','b']],['return','b']]",
	 "Typing: move while borrowed: 'b' (fn=solve ptr=/solve/3/1)"},
};

static const struct check_row forms[] = {
	{NULL, "['view.to_bytes','input']", "ok"},
	{NULL, "7", "Typing: function body must evaluate to Bytes (got I32) (fn=solve ptr=/solve)"},
	{NULL, "'x'", "Typing: unknown identifier: 'x' (fn=solve ptr=/solve)"},
	{NULL, "['begin']", "Parse: (begin ...) requires at least 1 expression (fn=solve ptr=/solve)"},
	{NULL, "['begin',['let','x',1],['let','x',2],['bytes.empty']]",
	 "Typing: duplicate let binding in same scope: 'x' (fn=solve ptr=/solve/2)"},
	{NULL, "['begin',['let','_',1],['let','_',2],['bytes.empty']]",
	 "Typing: duplicate let binding in same scope: '_' (fn=solve ptr=/solve/2)"},
	{NULL, "['begin',['let','x',1],['begin',['let','x',2],'x'],['bytes.empty']]", "ok"},
	{NULL, "['begin',['bytes.len',['let','x',['bytes.empty']]],['bytes.empty']]",
	 "Typing: let expression cannot produce an owned value; use (begin (let ...) <var>) (fn=solve ptr=/solve/1/1)"},
	{NULL, "['begin',['let','y',['+',['let','x',3],'x']],['codec.write_u32_le','x']]", "ok"},
	{NULL, "['begin',['set','x',1],['bytes.empty']]",
	 "Typing: set of unknown variable: 'x' (fn=solve ptr=/solve/1)"},
	{NULL, "['begin',['let','x',1],['set','x',['bytes.empty']],['bytes.empty']]",
	 "Typing: type mismatch in set for variable 'x' (fn=solve ptr=/solve/2)"},
	{NULL, "['begin',['let','x',['bytes.empty']],['if',1,['set0','x',['bytes1',1]],0],'x']", "ok"},
	{NULL, "['begin',['return',5],['bytes.empty']]",
	 "Typing: return expression must evaluate to Bytes (got I32) (fn=solve ptr=/solve/1)"},
	{NULL, "['return',['bytes.empty']]", "ok"},
	{NULL, "['nope',1]", "Unsupported: unsupported head: 'nope' (fn=solve ptr=/solve)"},
	{NULL, "['i32.lit',4]", "Unsupported: unsupported head: 'i32.lit' (fn=solve ptr=/solve)"},
	{NULL, "['kv.get',1]", "Unsupported: head not implemented: 'kv.get' (fn=solve ptr=/solve)"},
	{NULL, "['task.spawn',1]", "Typing: task.spawn expects (task handle) (fn=solve ptr=/solve)"},
	{NULL, "['+',1]", "Parse: + expects 2 args (fn=solve ptr=/solve)"},
	{NULL, "['bytes.alloc']", "Parse: bytes.alloc expects 1 arg (fn=solve ptr=/solve)"},
	{NULL, "['bytes.alloc','input']", "Typing: bytes.alloc expects (i32) (fn=solve ptr=/solve)"},
	{NULL, "['begin',['let','b',['bytes.empty']],['view.len','b'],'b']",
	 "Typing: view.len expects (bytes_view) (fn=solve ptr=/solve/2)"},
	{NULL, "['begin',['<u',3,0],['bytes.empty']]",
	 "Typing: semantic error: `(<u x 0)` is always false (unsigned comparison) (fn=solve ptr=/solve/1)"},
	{NULL, "['begin',['<u',0,3],['bytes.empty']]", "ok"},
	{NULL, "['unsafe',['bytes.empty']]", "Unsupported: unsafe requires unsafe capability (fn=solve ptr=/solve)"},
	{NULL, "['os.env.get',['bytes.empty']]",
	 "Unsupported: os.env.get is standalone-only; compile with --world run-os or --world run-os-sandboxed (fn=solve ptr=/solve)"},
	{NULL, "['__internal.bytes.clone_v1','input']",
	 "Unsupported: internal-only builtin is not allowed here: __internal.bytes.clone_v1 (fn=solve ptr=/solve)"},
	{DEFN("f", PARAM("a", "i32"), "i32", "'a'"), "['begin',['main.f'],['bytes.empty']]",
	 "Parse: call 'main.f' expects 1 args (fn=solve ptr=/solve/1)"},
	{DEFN("f", PARAM("a", "bytes"), "bytes", "'a'"), "['main.f','input']",
	 "Typing: call 'main.f' arg 0 expects Bytes (fn=solve ptr=/solve/1)"},
	{DEFN("f", PARAM("a", "bytes"), "i32", "'a'"), "['bytes.empty']", "ok"}, /* not reachable */
	{DEFN("f", PARAM("n", "i32"), "i32", "['if',['=','n',0],0,['main.f',['-','n',1]]]"),
	 "['codec.write_u32_le',['main.f',9]]", "ok"},
	{DEFN("f", PARAM("a", "i32") "," PARAM("a", "bytes_view"), "i32", "['view.len','a']"),
	 "['codec.write_u32_le',['main.f',9,'input']]", "ok"},
	{NULL, "['codec.write_u32_le',['f64.to_i32_trunc',['f64.add',['f64.of_i32',1],['f64.of_i32',2]]]]", "ok"},
	{NULL, "['f64.add',1,2]", "Typing: f64.add expects (f64, f64) (fn=solve ptr=/solve)"},
};

static const struct check_row tries[] = {
	{DEFN("f", PARAM("r", "result_i32"), "result_bytes", "['result_bytes.ok',['bytes.alloc',['try','r']]]"),
	 "['result_bytes.unwrap_or',['main.f',['result_i32.err',3]],['bytes.empty']]", "ok"},
	{DEFN("f", PARAM("r", "result_bytes"), "result_i32", "['begin',['let','b',['try','r']],['result_i32.ok',['bytes.len','b']]]"),
	 "['codec.write_u32_le',['result_i32.unwrap_or',['main.f',['result_bytes.err',3]],0]]", "ok"},
	{DEFN("f", PARAM("r", "result_bytes"), "bytes", "['try','r']"),
	 "['main.f',['result_bytes.err',3]]",
	 "Typing: try(result_bytes) requires function return type result_bytes or result_i32 (fn=main.f ptr=/decls/0/body)"},
	{DEFN("f", PARAM("r", "result_bytes_view"), "result_bytes_view", "['result_bytes_view.ok',['view.slice',['try','r'],0,1]]"),
	 "['view.to_bytes',['result_bytes_view.unwrap_or',['main.f',['result_bytes_view.ok','input']],'input']]", "ok"},
	{DEFN("f", PARAM("r", "result_bytes"), "result_bytes", "['begin',['let','x',['try','r']],['try','r'],['result_bytes.ok','x']]"),
	 "['result_bytes.unwrap_or',['main.f',['result_bytes.err',3]],['bytes.empty']]",
	 "Typing: use after move: 'r' moved_ptr=/decls/0/body/1/2/1 (fn=main.f ptr=/decls/0/body/2/1)"},
	{NULL, "['try_doc','input']", "ok"},
	{NULL, "['try_doc',['bytes.alloc',3]]", "ok"},
	{NULL, "['try_doc',3]", "Typing: try_doc expects (bytes or bytes_view) (fn=solve ptr=/solve)"},
	{DEFN("f", "", "i32", "['begin',['try_doc','input'],0]"), "['codec.write_u32_le',['main.f']]",
	 "Typing: try_doc requires function return type bytes (fn=main.f ptr=/decls/0/body/1)"},
};
/* clang-format on */

#define ROWS_TEST(table, title)                                                                    \
	START_TEST(title)                                                                          \
	{                                                                                          \
		check_row_holds(&(table)[_i], NULL);                                               \
	}                                                                                          \
	END_TEST

ROWS_TEST(moves, a_moved_value_is_not_read_again)
ROWS_TEST(branches, branches_merge_what_they_changed)
ROWS_TEST(loops, a_loop_body_may_follow_itself)
ROWS_TEST(borrows, an_owner_stays_while_a_view_lives)
ROWS_TEST(forms, forms_have_their_types_and_texts)
ROWS_TEST(tries, try_leaves_with_the_error)

int main(void)
{
	Suite *suite = suite_create("check_rules");
	TCase *tc = tcase_create("rules");

	tcase_add_loop_test(tc, a_moved_value_is_not_read_again, 0, ARRAY_LEN(moves));
	tcase_add_loop_test(tc, branches_merge_what_they_changed, 0, ARRAY_LEN(branches));
	tcase_add_loop_test(tc, a_loop_body_may_follow_itself, 0, ARRAY_LEN(loops));
	tcase_add_loop_test(tc, an_owner_stays_while_a_view_lives, 0, ARRAY_LEN(borrows));
	tcase_add_loop_test(tc, forms_have_their_types_and_texts, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(tc, try_leaves_with_the_error, 0, ARRAY_LEN(tries));
	suite_add_tcase(suite, tc);
	return test_main(suite);
}
