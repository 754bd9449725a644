/* SPDX-License-Identifier: MIT */
/* What the checker makes of accepted programs: fuel, drops, moves, evaluation order. */
#include "tests/support/support.h"
#include "tests/unit/lang/check_fixture.h"

struct ir_row {
	const char *decls;
	const char *solve;
	const char *lines; /* in this order, others may stand between them */
};

/* clang-format off */
static const struct ir_row rows[] = {
	/* fuel: one for each node in value position */
	{NULL, "['view.to_bytes','input']", "%1 = view.to_bytes(input.0)\nfuel 2\nreturn %1"},
	/* begin 1 + alloc 1 + 3 1; `let c b` nothing; last c 1 */
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['let','c','b'],'c']", "fuel 4\nreturn c.2"},
	/* borrowed operands cost nothing: begin, alloc, 3, len, last */
	{NULL, "['begin',['let','b',['bytes.alloc',3]],['bytes.len','b'],'b']", "fuel 5\nreturn b.1"},
	/* settled before a branch; each arm has its own */
	{NULL, "['if',1,['bytes.alloc',3],['bytes.empty']]",
	 "fuel 2\nif %0\n%3 = bytes.alloc(%1)\nfuel 2\nelse\nfuel 1\nreturn"},
	/* a statement-position if costs only its condition */
	{NULL, "['begin',['if',1,2,3],['bytes.empty']]", "fuel 2\nif %0\nfuel 1\nelse\nfuel 1\nfuel 1\nreturn"},
	/* settled before a loop and at the end of each iteration */
	{NULL, "['begin',['for','i',0,9,['+','i',1]],['bytes.empty']]",
	 "fuel 3\nfor i.1, %2\nfuel 3\nfuel 1\nreturn"},
	/* settled before a call of a function */
	{DEFN("f", "", "i32", "7"), "['codec.write_u32_le',['main.f']]",
	 "fuel 2\n%0 = main.f()\n%1 = codec.write_u32_le(%0)\nreturn %1\nfn main.f\nfuel 1\nreturn"},
	/* drops at the end of a scope, by name */
	{NULL, "['begin',['let','z',['bytes.alloc',1]],['let','a',['bytes.alloc',2]],['let','m',['bytes.alloc',3]],['bytes.alloc',4]]",
	 "bytes.alloc(%6)\ndrop a.3\ndrop m.5\ndrop z.1\nreturn %7"},
	/* an early return drops what lives, and not the result */
	{NULL, "['begin',['let','a',['bytes.alloc',1]],['let','b',['bytes.alloc',2]],['if',1,['return','a'],0],'b']",
	 "= move a.1\ndrop b.3\nfuel\nreturn\ndrop a.1\nreturn b.3"},
	/* maybe moved: dropped on both paths, which is nothing where it is empty */
	{DEFN("eat", PARAM("b", "bytes"), "i32", "1"), "['begin',['let','b',['bytes.alloc',1]],['if',1,['main.eat','b'],0],['bytes.empty']]",
	 "= move b.1\n= main.eat(\ndrop b.1\nreturn\nfn main.eat\ndrop b.0\nreturn"},
	/* the old value goes after the new one is there */
	{NULL, "['begin',['let','b',['bytes.alloc',1]],['set','b',['bytes.alloc',2]],'b']",
	 "%3 = bytes.alloc(%2)\ndrop b.1\nb.1 = move %3\nreturn b.1"},
	{NULL, "['begin',['let','b',['bytes.alloc',1]],['set','b',['bytes.concat','b',['bytes1',2]]],'b']",
	 "%2 = move b.1\nb.1 = bytes.concat(%2, %4)\nreturn b.1"},
	/* in place */
	{NULL, "['begin',['let','b',['bytes.alloc',1]],['set','b',['bytes.set_u8','b',0,7]],'b']",
	 "b.1 = bytes.set_u8(b.1, %2, %3) @/solve/2/2\nfuel 7\nreturn b.1"},
	{NULL, "['begin',['let','v',['vec_u8.with_capacity',1]],['set','v',['vec_u8.push',['vec_u8.push','v',1],2]],['vec_u8.into_bytes','v']]",
	 "v.1 = vec_u8.push(v.1, %2)\nv.1 = vec_u8.push(v.1, %3)\nreturn"},
	/* operands are read left to right, also when a later one writes */
	{NULL, "['begin',['let','x',1],['codec.write_u32_le',['+','x',['set','x',5]]]]",
	 "x.0 = 1\n%2 = copy x.0\nx.0 = 5\n%3 = %2 + x.0"},
	{NULL, "['begin',['let','x',1],['codec.write_u32_le',['+','x',['begin',['if',1,['set','x',5],0],'x']]]]",
	 "x.0 = 1\n%3 = copy x.0\nif %1\nx.0 = 5\n= %3 + x.0"},
	{NULL, "['begin',['let','n',3],['for','i',0,'n',['set','n',9]],['bytes.empty']]",
	 "%4 = copy n.0\nfor i.2, %4\nn.0 = 9"},
	{NULL, "['begin',['let','i',3],['for','i','i','i',0],['bytes.empty']]", "%1 = copy i.0\nfor i.0, %1"},
	/* a view is only made where it must be one */
	{NULL, "['begin',['let','b',['bytes.alloc',1]],['view.len',['bytes.view','b']],['let','v',['bytes.view','b']],['view.to_bytes','v']]",
	 "= view.len(b.1)\nv.3 = bytes.view(b.1)\n= view.to_bytes(v.3)\ndrop b.1\nreturn"},
	/* short circuit */
	{NULL, "['codec.write_u32_le',['&&',['=',1,2],7]]", "if %2\n%3 = %4 != %5\nelse\n%3 = 0"},
	{NULL, "['codec.write_u32_le',['||',1,['=',1,2]]]", "if %0\n%1 = 1\nelse\n%1 = %2 = %3"},
	/* try */
	{DEFN("f", PARAM("r", "result_bytes"), "result_i32", "['begin',['let','a',['bytes.alloc',1]],['let','b',['try','r']],['result_i32.ok',['bytes.len','b']]]"),
	 "['codec.write_u32_le',['result_i32.unwrap_or',['main.f',['result_bytes.err',3]],0]]",
	 "fn main.f(r.0: result_bytes) -> result_i32\n%3 = move r.0\n%4 = result_bytes.is_ok(%3)\nif %4\nelse\n= result_bytes.err_code(%3)\n= result_i32.err(\ndrop %3\ndrop a.2\nreturn\nb.7 = __internal.result_bytes.take(%3)\ndrop a.2\ndrop b.7\nreturn"},
	/* an option's default that is a variable is emptied only when used */
	{NULL, "['begin',['let','b',['bytes1',3]],['let','c',['option_bytes.unwrap_or',['option_bytes.none'],'b']],['bytes.concat','b','c']]",
	 "= option_bytes.is_some(\nif\n= bytes.empty()\n= option_bytes.unwrap_or(\nelse\n= move b.1"},
	/* dead code is not kept */
	{NULL, "['begin',['return',['bytes.empty']],['bytes.alloc',99]]", "%0 = bytes.empty()\nfuel 2\nreturn %0\n"},
};
/* clang-format on */

START_TEST(accepted_programs_become_these_statements)
{
	check_ir_has(rows[_i].decls, rows[_i].solve, rows[_i].lines);
}
END_TEST

START_TEST(the_same_program_gives_the_same_ir_twice)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_FREE char *a = check_program(rows[i].decls, rows[i].solve, NULL);
		AUTO_FREE char *b = check_program(rows[i].decls, rows[i].solve, NULL);

		ck_assert_str_eq(a, b);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("check_ir");
	TCase *tc = tcase_create("ir");

	tcase_add_loop_test(tc, accepted_programs_become_these_statements, 0, ARRAY_LEN(rows));
	tcase_add_test(tc, the_same_program_gives_the_same_ir_twice);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}
