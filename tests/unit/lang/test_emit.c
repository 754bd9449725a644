/* SPDX-License-Identifier: MIT */
/* What the emitter prints, and the two tables that it reads. */
#include "lang/emit/prelude.h"
#include "tests/support/support.h"
#include "tests/unit/lang/ir_build.h"

#include <string.h>

static void emit(struct emit_unit *unit, struct ir_build *b, size_t max)
{
	*unit = (struct emit_unit){.text = buf_init(max)};
	emit_program(unit, &b->program);
}

START_TEST(the_same_program_gives_the_same_text)
{
	CLEANUP(ir_build_clear) struct ir_build a;
	CLEANUP(ir_build_clear) struct ir_build b;
	CLEANUP(emit_unit_clear) struct emit_unit first;
	CLEANUP(emit_unit_clear) struct emit_unit second;

	ir_build_init(&a);
	ir_build_init(&b);
	ir_build_sum(&a);
	ir_build_sum(&b);
	emit(&first, &a, 1u << 20);
	emit(&second, &b, 1u << 20);
	ck_assert_str_eq(first.text.data, second.text.data);
	ck_assert_uint_gt(first.text.len, 100);
}
END_TEST

START_TEST(a_byte_loop_pays_in_advance_and_has_a_form_with_tests)
{
	CLEANUP(ir_build_clear) struct ir_build b;
	CLEANUP(emit_unit_clear) struct emit_unit unit;

	ir_build_init(&b);
	ir_build_sum(&b);
	emit(&unit, &b, 1u << 20);
	ck_assert_ptr_nonnull(strstr(unit.text.data,
	    "#if RT_STRIP\n\tif (v2 < v1 && fuel >= 0 && (rt_u64)fuel >= (rt_u64)(v1 - v2) * 5u) "
	    "{\n\t\tfuel -= (rt_i64)(v1 - v2) * 5;\n\t\tfor (; v2 < v1; v2++) {\n\t\t\tv4 = "
	    "rt_view_get_u8(v0, v2, \"/solve/1\");\n\t\t\tv3 = v3 + v4;\n\t\t}\n\t}\n#endif\n"));
	ck_assert_ptr_nonnull(strstr(unit.text.data,
	    "\tfor (; v2 < v1; v2++) {\n\t\tif ((fuel -= 5) < 0) rt_fuel_exhausted();\n"));
	ck_assert(unit.used[HEAD_view_get_u8] && !unit.used[HEAD_bytes_get_u8]);
}
END_TEST

START_TEST(a_loop_that_changes_its_variable_keeps_its_tests)
{
	CLEANUP(ir_build_clear) struct ir_build b;
	CLEANUP(emit_unit_clear) struct emit_unit unit;
	struct ir_stmt *s;

	ir_build_init(&b);
	ir_build_sum(&b);
	for (s = b.solve.body.first; s->op != IR_FOR; s = s->next)
		;
	ir_build_const(&b, &s->block[0], s->args[0], 7);
	emit(&unit, &b, 1u << 20);
	ck_assert_ptr_null(strstr(unit.text.data, "RT_STRIP"));
}
END_TEST

START_TEST(text_and_names_of_the_user_cannot_break_out)
{
	static const char evil[] = "a\"\\?\?/\n\0z\xff*/";
	CLEANUP(ir_build_clear) struct ir_build b;
	CLEANUP(emit_unit_clear) struct emit_unit unit;

	ir_build_init(&b);
	ir_build_text(&b, evil, sizeof(evil) - 1);
	emit(&unit, &b, 1u << 20);
	ck_assert_ptr_nonnull(strstr(unit.text.data,
	    "v0.ptr = (const rt_u8 *)\"a\\042\\134\\077\\077/\\012\\000z\\377*/\"; v0.len = 12u;"));
	ck_assert_ptr_nonnull(strstr(unit.text.data, "rt_view v0; /* ___evil__name_____ */"));
}
END_TEST

START_TEST(the_limit_of_text_is_kept)
{
	CLEANUP(ir_build_clear) struct ir_build b;
	CLEANUP(emit_unit_clear) struct emit_unit unit;

	ir_build_init(&b);
	ir_build_sum(&b);
	emit(&unit, &b, 100);
	ck_assert(unit.text.overflow);
	ck_assert_uint_le(unit.text.len, 100);
}
END_TEST

START_TEST(preludes_declare_what_is_used_and_only_that)
{
	CLEANUP(ir_build_clear) struct ir_build b;
	CLEANUP(emit_unit_clear) struct emit_unit unit;
	CLEANUP(buf_clear) struct buf tcc = buf_init(1u << 20);
	CLEANUP(buf_clear) struct buf cc = buf_init(1u << 20);

	ir_build_init(&b);
	ir_build_sum(&b);
	emit(&unit, &b, 1u << 20);
	emit_prelude(&tcc, &unit, EMIT_TCC);
	emit_prelude(&cc, &unit, EMIT_CC);
	ck_assert_ptr_nonnull(
	    strstr(tcc.data, "rt_u32 rt_view_get_u8(rt_view, rt_u32, const char *);"));
	ck_assert_ptr_null(strstr(tcc.data, "rt_bytes_concat"));
	ck_assert_ptr_null(strstr(tcc.data, "/*"));
	ck_assert_ptr_null(
	    strstr(cc.data, "rt_u32 rt_view_get_u8(rt_view, rt_u32, const char *);"));
	ck_assert_ptr_nonnull(strstr(cc.data, "rt_bytes rt_codec_write_u32_le(rt_u32);"));
	ck_assert_uint_lt(tcc.len, 4000); /* parsed at every first run */
}
END_TEST

START_TEST(only_a_very_long_function_is_left_unoptimised)
{
	CLEANUP(ir_build_clear) struct ir_build b;
	CLEANUP(emit_unit_clear) struct emit_unit unit;
	ir_local x;

	ir_build_init(&b);
	x = ir_build_local(&b, TY_I32, "x");
	for (int i = 0; i < (_i == 0 ? 2900 : 3100); i++)
		ir_build_const(&b, &b.solve.body, x, i);
	ir_build_text(&b, "x", 1);
	emit(&unit, &b, 1u << 20);
	ck_assert_int_eq(strstr(unit.text.data, "RT_LARGE rt_bytes x07_solve") != NULL, _i);
}
END_TEST

START_TEST(heads_are_found_by_spelling)
{
	enum lang_head h;

	for (int i = 0; i < HEAD_COUNT; i++) {
		ck_assert(lang_head_find(&h, str_c(lang_heads[i].spelling)));
		ck_assert_int_eq(h, i);
		ck_assert_uint_le(lang_head_arity(h), LANG_HEAD_ARGS_MAX);
	}
	ck_assert(!lang_head_find(&h, STR("bytes.nothing")));
	ck_assert(!lang_head_find(&h, STR("")));
}
END_TEST

START_TEST(types_are_found_by_spelling)
{
	enum lang_ty t;

	ck_assert(lang_ty_parse(&t, STR("u32")) && t == TY_I32);
	ck_assert(lang_ty_parse(&t, STR("bytes_view")) && t == TY_VIEW);
	ck_assert(lang_ty_is_view(t) && !lang_ty_is_owned(t));
	ck_assert(!lang_ty_parse(&t, STR("never")));
	ck_assert_str_eq(lang_ty_title(TY_RES_RES_BYTES), "ResultResultBytes");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("emit");
	TCase *t = tcase_create("emit");

	tcase_add_test(t, the_same_program_gives_the_same_text);
	tcase_add_test(t, a_byte_loop_pays_in_advance_and_has_a_form_with_tests);
	tcase_add_test(t, a_loop_that_changes_its_variable_keeps_its_tests);
	tcase_add_test(t, text_and_names_of_the_user_cannot_break_out);
	tcase_add_test(t, the_limit_of_text_is_kept);
	tcase_add_test(t, preludes_declare_what_is_used_and_only_that);
	tcase_add_loop_test(t, only_a_very_long_function_is_left_unoptimised, 0, 2);
	tcase_add_test(t, heads_are_found_by_spelling);
	tcase_add_test(t, types_are_found_by_spelling);
	suite_add_tcase(s, t);
	return test_main(s);
}
