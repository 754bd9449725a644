/* SPDX-License-Identifier: MIT */
/* Both ways to an image, run in the guest: the same program does and pays the same. */
#include "lang/image/cache_prune.h"
#include "lang/image/cc.h"
#include "lang/image/elf.h"
#include "lang/image/tcc.h"
#include "lang/rt/abi.h"
#include "tests/support/support.h"
#include "tests/unit/lang/guest_run.h"
#include "tests/unit/lang/ir_build.h"

#include <elf.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static char *rt_dir(void)
{
	const char *build = getenv("X07_BUILD_DIR");
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/lib/x07/rt", build ? build : ".");
	return base_strdup(path);
}

static void build(struct lang_image *out, struct ir_build *b, bool full)
{
	CLEANUP(image_bytes_clear) struct image_bytes bytes = {0};
	CLEANUP(emit_unit_clear) struct emit_unit unit = {.text = buf_init(1u << 20)};
	CLEANUP(image_cc_clear) struct image_cc cc = {0};
	AUTO_FREE char *guest_dir = rt_dir();
	AUTO_FREE char *tmp = image_cache_tmp_dir(-1);
	struct err err = {0};

	emit_program(&unit, &b->program);
	if (full) {
		ck_assert(image_cc_find(&cc));
		ck_rc(image_cc_build(&bytes, &unit, &cc, guest_dir, tmp, &err), 0, &err);
	} else {
		ck_rc(image_tcc_build(&bytes, &unit, &err), 0, &err);
	}
	*out = (struct lang_image){.fd = -1, .entry = bytes.entry};
	ck_rc(image_seal(&out->fd, &out->size, &bytes, &err), 0, &err);
	image_cache_tmp_remove(tmp);
}

static void run(
    struct guest_result *r, struct ir_build *b, bool full, const char *input, uint64_t fuel)
{
	CLEANUP(lang_image_clear) struct lang_image image = {.fd = -1};
	AUTO_FREE char *guest_dir = rt_dir();

	build(&image, b, full);
	ck_assert(guest_run(r, &image, guest_dir, input, strlen(input), fuel));
}

START_TEST(a_loop_runs_and_pays_for_each_pass)
{
	CLEANUP(guest_result_clear) struct guest_result r = {0};
	CLEANUP(ir_build_clear) struct ir_build b;

	ir_build_init(&b);
	ir_build_sum(&b);
	run(&r, &b, _i, "abc", 18);
	ck_assert_msg(r.status == 0, "%s", r.notes.data);
	ck_assert_uint_eq(r.output.len, 4);
	ck_assert_mem_eq(r.output.data, "\x26\x01\0\0", 4);
	ck_assert_ptr_nonnull(strstr(r.notes.data, "\"fuel_used\":18,"));
}
END_TEST

START_TEST(fuel_ends_at_the_same_unit)
{
	CLEANUP(guest_result_clear) struct guest_result r = {0};
	CLEANUP(ir_build_clear) struct ir_build b;

	ir_build_init(&b);
	ir_build_sum(&b);
	run(&r, &b, _i, "abc", 17);
	ck_assert(WIFSIGNALED(r.status) && WTERMSIG(r.status) == SIGILL);
	ck_assert_str_eq(r.notes.data, "fuel exhausted\n");
	ck_assert_uint_eq(r.output.len, 0);
}
END_TEST

START_TEST(a_trap_names_its_place)
{
	CLEANUP(guest_result_clear) struct guest_result r = {0};
	CLEANUP(ir_build_clear) struct ir_build b;
	struct ir_block *body;
	ir_local v;

	ir_build_init(&b);
	body = &b.solve.body;
	v = ir_build_local(&b, TY_VIEW, "");
	ir_build_local(&b, TY_I32, "");
	ir_build_local(&b, TY_BYTES, "");
	ir_build_add(&b, body, IR_INPUT, v, IR_NONE, IR_NONE);
	ir_build_const(&b, body, v + 1, -1);
	ir_build_head(&b, body, HEAD_view_get_u8, v + 1, v, v + 1);
	ir_build_add(&b, body, IR_RETURN, IR_NONE, v + 2, IR_NONE);
	run(&r, &b, _i, "abc", 100);
	ck_assert(WIFSIGNALED(r.status) && WTERMSIG(r.status) == SIGILL);
	ck_assert_str_eq(r.notes.data, "view.get_u8 oob ptr=/solve/1\n");
}
END_TEST

START_TEST(every_byte_of_a_text_arrives)
{
	CLEANUP(guest_result_clear) struct guest_result r = {0};
	CLEANUP(ir_build_clear) struct ir_build b;
	char all[5000];

	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (char)i;
	ir_build_init(&b);
	ir_build_text(&b, all, sizeof(all));
	run(&r, &b, _i, "", 100);
	ck_assert_uint_eq(r.output.len, sizeof(all));
	ck_assert_mem_eq(r.output.data, all, sizeof(all));
}
END_TEST

struct operator_case {
	enum lang_head head;
	uint32_t a, b, want;
};

static const struct operator_case operator_cases[] = {
    {HEAD_add, 0xffffffff, 2, 1},
    {HEAD_sub, 1, 2, 0xffffffff},
    {HEAD_mul, 0x10001, 0x10001, 0x20001},
    {HEAD_div, 0xfffffffe, 2, 0x7fffffff},
    {HEAD_div, 5, 0, 0},
    {HEAD_rem, 5, 0, 5},
    {HEAD_rem, 0xffffffff, 10, 5},
    {HEAD_and, 12, 10, 8},
    {HEAD_or, 12, 10, 14},
    {HEAD_xor, 12, 10, 6},
    {HEAD_shl, 1, 33, 2},
    {HEAD_shr, 0x80000000, 63, 1},
    {HEAD_eq, 3, 3, 1},
    {HEAD_ne, 3, 3, 0},
    {HEAD_lt, 0xffffffff, 0, 1},
    {HEAD_le, 0, 0xffffffff, 0},
    {HEAD_gt, 0, 0xffffffff, 1},
    {HEAD_ge, 0xffffffff, 0, 0},
    {HEAD_ltu, 0xffffffff, 0, 0},
    {HEAD_leu, 0, 0xffffffff, 1},
    {HEAD_gtu, 0xffffffff, 0, 1},
    {HEAD_geu, 0, 0xffffffff, 0},
};

/* All in one program, four bytes of output each: also a test of vectors changed in place. */
START_TEST(operators_compute_what_the_language_says)
{
	CLEANUP(guest_result_clear) struct guest_result r = {0};
	CLEANUP(ir_build_clear) struct ir_build b;
	struct ir_block *body;
	ir_local v, x, y, z, piece, out;

	ir_build_init(&b);
	body = &b.solve.body;
	v = ir_build_local(&b, TY_VEC, "v");
	x = ir_build_local(&b, TY_I32, "x");
	y = ir_build_local(&b, TY_I32, "y");
	z = ir_build_local(&b, TY_I32, "z");
	piece = ir_build_local(&b, TY_BYTES, "piece");
	out = ir_build_local(&b, TY_BYTES, "out");
	ir_build_const(&b, body, x, 0);
	ir_build_head(&b, body, HEAD_vec_u8_with_capacity, v, x, IR_NONE);
	for (size_t i = 0; i < ARRAY_LEN(operator_cases); i++) {
		const struct operator_case *c = &operator_cases[i];

		ir_build_const(&b, body, x, (int32_t)c->a);
		ir_build_const(&b, body, y, (int32_t)c->b);
		ir_build_add(&b, body, IR_BIN, z, x, y)->head = c->head;
		ir_build_head(&b, body, HEAD_codec_write_u32_le, piece, z, IR_NONE);
		ir_build_head(&b, body, HEAD_vec_u8_extend_bytes, v, v, piece);
		ir_build_add(&b, body, IR_DROP, IR_NONE, piece, IR_NONE);
		ir_build_add(&b, body, IR_DROP, IR_NONE, piece, IR_NONE); /* empty: harmless */
	}
	ir_build_head(&b, body, HEAD_vec_u8_into_bytes, out, v, IR_NONE);
	ir_build_add(&b, body, IR_DROP, IR_NONE, v, IR_NONE); /* was handed over */
	ir_build_add(&b, body, IR_RETURN, IR_NONE, out, IR_NONE);
	run(&r, &b, _i, "", 100);
	ck_assert_uint_eq(r.output.len, 4 * ARRAY_LEN(operator_cases));
	for (size_t i = 0; i < ARRAY_LEN(operator_cases); i++) {
		uint32_t got;

		memcpy(&got, r.output.data + 4 * i, 4);
		ck_assert_msg(got == operator_cases[i].want, "%s %x %x: %x, wanted %x",
		    lang_heads[operator_cases[i].head].spelling, operator_cases[i].a,
		    operator_cases[i].b, got, operator_cases[i].want);
	}
	ck_assert_ptr_nonnull(strstr(r.notes.data, "\"live_bytes\":0,"));
}
END_TEST

static void build_file(struct lang_image *out, const char *path, bool full)
{
	AUTO_FREE char *guest_dir = rt_dir();
	struct lang_options options = {
	    .entry_path = path, .rt_dir = guest_dir, .world = LANG_RUN_OS};
	struct lang_program *program = NULL;
	struct diag_list diags = {0};
	struct err err = {0};

	ck_rc(lang_load(&program, &options, &diags, &err), 0, &err);
	ck_rc(lang_translate(program, &diags, &err), 0, &err);
	ck_rc(full ? lang_image_full(out, program, &err) : lang_image_fast(out, program, &err), 0,
	    &err);
	lang_program_free(program);
}

/* Each type as parameter and result, more of them than there are registers. */
START_TEST(every_kind_of_value_crosses_a_call)
{
	static const char want[] = "<v><b>BCin[rb]D[ob]<z>EFB<ov><rv><v><b>B\1inD<z>\2FA<ov><rv>";
	CLEANUP(guest_result_clear) struct guest_result r = {0};
	CLEANUP(lang_image_clear) struct lang_image image = {.fd = -1};
	AUTO_FREE char *guest_dir = rt_dir();
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/tests/data/lang/every-value.x07.json",
	    getenv("X07_SOURCE_DIR"));
	build_file(&image, path, _i != 0);
	ck_assert(guest_run(&r, &image, guest_dir, "in", 2, 1000));
	ck_assert_msg(r.status == 0, "%s", r.notes.data);
	ck_assert_uint_eq(r.output.len, sizeof(want) - 1);
	ck_assert_mem_eq(r.output.data, want, sizeof(want) - 1);
	ck_assert_ptr_nonnull(strstr(r.notes.data, "\"fuel_used\":187,"));
	ck_assert_ptr_nonnull(strstr(r.notes.data, "\"live_bytes\":0,"));
}
END_TEST

START_TEST(a_c_function_that_nobody_has_is_refused)
{
	CLEANUP(emit_unit_clear) struct emit_unit unit = {.text = buf_init(1u << 20)};
	CLEANUP(image_bytes_clear) struct image_bytes bytes = {0};
	CLEANUP(ir_build_clear) struct ir_build b;
	struct err err = {0};
	ir_local x;

	ir_build_init(&b);
	x = ir_build_local(&b, TY_I32, "");
	ir_build_local(&b, TY_BYTES, "");
	ir_build_add(&b, &b.solve.body, IR_EXTERN, x, IR_NONE, IR_NONE)->text = STR("no_such_fn");
	ir_build_add(&b, &b.solve.body, IR_RETURN, IR_NONE, x + 1, IR_NONE);
	emit_program(&unit, &b.program);
	ck_rc(image_tcc_build(&bytes, &unit, &err), ERR_TOOLCHAIN, &err);
	ck_assert_ptr_nonnull(strstr(err.message, "no_such_fn"));
}
END_TEST

static int cc_with(const char *program, const char *args, struct err *err)
{
	CLEANUP(emit_unit_clear) struct emit_unit unit = {.text = buf_init(1u << 20)};
	CLEANUP(image_bytes_clear) struct image_bytes bytes = {0};
	CLEANUP(ir_build_clear) struct ir_build b;
	CLEANUP(image_cc_clear) struct image_cc cc = {0};
	AUTO_FREE char *guest_dir = rt_dir();
	AUTO_FREE char *tmp = image_cache_tmp_dir(-1);
	int rc;

	ck_assert_int_eq(setenv("X07_CC", program, 1), 0);
	ck_assert_int_eq(setenv("X07_CC_ARGS", args, 1), 0);
	ck_assert(image_cc_find(&cc));
	ir_build_init(&b);
	ir_build_sum(&b);
	emit_program(&unit, &b.program);
	rc = image_cc_build(&bytes, &unit, &cc, guest_dir, tmp, err);
	image_cache_tmp_remove(tmp);
	return rc;
}

START_TEST(a_failing_compiler_is_quoted)
{
	struct err err = {0};

	ck_rc(cc_with("cc", "--no-such-option-at-all -DX", &err), ERR_TOOLCHAIN, &err);
	ck_assert_ptr_nonnull(strstr(err.message, "no-such-option-at-all"));
	err = (struct err){0};
	ck_rc(cc_with("/bin/false", "", &err), ERR_TOOLCHAIN, &err);
	ck_assert_ptr_nonnull(strstr(err.message, "false: the C compiler failed"));
	err = (struct err){0};
	ck_rc(cc_with("/bin/true", "", &err), ERR_NOT_FOUND, &err);
}
END_TEST

START_TEST(a_compiler_that_is_not_there_is_not_found)
{
	CLEANUP(image_cc_clear) struct image_cc cc = {0};

	ck_assert_int_eq(setenv("X07_CC", "/no/such/compiler", 1), 0);
	ck_assert(!image_cc_find(&cc));
	ck_assert_int_eq(setenv("X07_CC", "no-such-compiler", 1), 0);
	ck_assert(!image_cc_find(&cc));
	ck_assert(!lang_have_cc());
	ck_assert_int_eq(unsetenv("X07_CC"), 0);
	ck_assert(lang_have_cc());
}
END_TEST

/* A program header whose numbers the table below breaks one at a time. */
struct elf_file {
	Elf64_Ehdr h;
	Elf64_Phdr p;
	char code[16];
};

static struct elf_file good_elf(void)
{
	struct elf_file e = {
	    .h = {.e_type = ET_EXEC,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 1,
		.e_entry = RT_UNIT_BASE + 200},
	    .p = {.p_type = PT_LOAD,
		.p_flags = PF_R | PF_X,
		.p_vaddr = RT_UNIT_BASE,
		.p_filesz = sizeof(struct elf_file),
		.p_memsz = 300},
	};

	memcpy(e.h.e_ident, ELFMAG, SELFMAG);
	e.h.e_ident[EI_CLASS] = ELFCLASS64;
	return e;
}

START_TEST(broken_elf_files_are_refused)
{
	CLEANUP(image_bytes_clear) struct image_bytes image = {0};
	struct err err = {0};
	struct elf_file bad[10];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		bad[i] = good_elf();
	ck_rc(image_from_elf(&image, &bad[0], sizeof(bad[0]), &err), 0, &err);
	ck_assert_uint_eq(image.data.len, 300);
	bad[0].h.e_ident[0] = 0;
	bad[1].h.e_type = ET_DYN;
	bad[2].h.e_phoff = UINT64_MAX;
	bad[3].h.e_phnum = 2000;
	bad[4].p.p_flags |= PF_W;
	bad[5].p.p_offset = UINT64_MAX - 10;
	bad[6].p.p_vaddr = RT_UNIT_BASE - 1;
	bad[7].p.p_memsz = RT_UNIT_MAX + 1;
	bad[8].h.e_entry = RT_UNIT_BASE + 300;
	bad[9].p.p_type = PT_INTERP;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct image_bytes unused = {0};

		ck_assert_msg(
		    image_from_elf(&unused, &bad[i], sizeof(bad[i]), &err) == ERR_TOOLCHAIN,
		    "row %zu", i);
	}
	ck_assert_int_eq(image_from_elf(&image, "\177ELF", 4, &err), ERR_TOOLCHAIN);
}
END_TEST

START_TEST(images_out_of_bounds_are_refused)
{
	CLEANUP(image_bytes_clear) struct image_bytes image = {.data = buf_init(100)};
	uint32_t size = 7;
	int fd = -1;
	struct err err = {0};

	ck_rc(image_seal(&fd, &size, &image, &err), ERR_TOOLCHAIN, &err);
	buf_puts(&image.data, "code");
	image.entry = RT_UNIT_BASE + 4;
	ck_rc(image_seal(&fd, &size, &image, &err), ERR_TOOLCHAIN, &err);
	ck_assert_int_eq(fd, -1);
	ck_assert_uint_eq(size, 7); /* untouched on failure */
}
END_TEST

START_TEST(another_guest_is_refused)
{
	AUTO_FREE char *dir = test_path("rt");
	AUTO_FREE char *guest_dir = rt_dir();
	struct err err = {0};

	free(test_text_file("rt/x07-guest", "not the guest"));
	ck_rc(image_check_guest(guest_dir, &err), 0, &err);
	ck_rc(image_check_guest(dir, &err), ERR_TOOLCHAIN, &err);
	ck_rc(image_check_guest("/no/such", &err), ERR_NOT_FOUND, &err);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("build");
	TCase *t = tcase_create("build");

	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, a_loop_runs_and_pays_for_each_pass, 0, 2);
	tcase_add_loop_test(t, fuel_ends_at_the_same_unit, 0, 2);
	tcase_add_loop_test(t, a_trap_names_its_place, 0, 2);
	tcase_add_loop_test(t, every_byte_of_a_text_arrives, 0, 2);
	tcase_add_loop_test(t, operators_compute_what_the_language_says, 0, 2);
	tcase_add_loop_test(t, every_kind_of_value_crosses_a_call, 0, 2);
	tcase_add_test(t, a_c_function_that_nobody_has_is_refused);
	tcase_add_test(t, a_failing_compiler_is_quoted);
	tcase_add_test(t, a_compiler_that_is_not_there_is_not_found);
	tcase_add_test(t, broken_elf_files_are_refused);
	tcase_add_test(t, images_out_of_bounds_are_refused);
	tcase_add_test(t, another_guest_is_refused);
	suite_add_tcase(s, t);
	return test_main(s);
}
