/* SPDX-License-Identifier: MIT */
/* What the loader accepts, and the text and place of every fault it reports. */
#include "lang/ast/load.h"
#include "lang/ast/program.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "{\"schema_version\":\"x07.x07ast@0.4.0\",\"kind\":\"entry\",\"module_id\":\"main\","
#define MODULE(id)                                                                                 \
	"{\"schema_version\":\"x07.x07ast@0.4.0\",\"kind\":\"module\",\"module_id\":\"" id "\","

#define UNUSED __attribute__((unused)) /* the file is wanted, not its name */

/* One load, in its own arena. */
struct loaded {
	struct arena arena;
	struct ast_program *program;
	struct diag_list diags;
	struct err err;
	int rc;
};

static void loaded_clear(struct loaded *l)
{
	diag_list_clear(&l->diags);
	arena_clear(&l->arena);
}

static void load_text(struct loaded *l, const char *text, const char *const *roots, size_t count)
{
	AUTO_FREE char *std_root = test_path("std");
	struct ast_source source = {.entry_path = "app.x07.json",
	    .module_roots = roots,
	    .root_count = count,
	    .std_root = std_root,
	    .world_is_os = true};

	*l = (struct loaded){0};
	arena_init(&l->arena, 0);
	l->rc = ast_load_text(&l->program, &l->arena, str_c(text), &source, &l->diags, &l->err);
}

static void ck_fault(const char *text, const char *message, const char *ptr)
{
	const char *roots[] = {"root"};
	CLEANUP(loaded_clear) struct loaded l;
	AUTO_FREE char *got = NULL;
	AUTO_FREE char *want = NULL;

	load_text(&l, text, roots, 1);
	ck_assert_int_eq(l.rc, ERR_COMPILE);
	ck_assert(l.diags.count == 1 && l.diags.items[0].line >= 1);
	ck_assert(asprintf(&got, "%s|%s|%s", l.diags.items[0].message, l.diags.items[0].ptr,
		      l.diags.items[0].file) > 0 &&
		  asprintf(&want, "%s|%s|app.x07.json", message, ptr) > 0);
	ck_assert_str_eq(got, want);
}

struct bad {
	const char *text, *message, *ptr;
};

#define SOLVE(e) HEAD "\"imports\":[],\"decls\":[],\"solve\":" e "}"
#define DECLS(d) HEAD "\"imports\":[],\"decls\":[" d "],\"solve\":0}"
#define FN(extra) "{\"kind\":\"defn\",\"name\":\"main.f\"," extra "}"

static const struct bad bad_exprs[] = {
    {SOLVE("2147483648"), "Parse: main: number out of i32 range: 2147483648 at /solve", "/solve"},
    {SOLVE("[\"+\",1,-2147483649]"),
	"Parse: main: number out of i32 range: -2147483649 at /solve/2", "/solve/2"},
    {SOLVE("1.0"), "Parse: main: number is not an i64: 1.0 at /solve", "/solve"},
    {SOLVE("1e0"), "Parse: main: number is not an i64: 1e0 at /solve", "/solve"},
    {SOLVE("-0"), "Parse: main: number is not an i64: -0.0 at /solve", "/solve"},
    {SOLVE("\"a b\""), "Parse: main: atom must not contain whitespace at /solve", "/solve"},
    {SOLVE("\"a\\u2003b\""), "Parse: main: atom must not contain whitespace at /solve", "/solve"},
    {SOLVE("[]"), "Parse: main: list expression must not be empty at /solve", "/solve"},
    {SOLVE("[1]"), "Parse: main: list head must be an atom string at /solve/0", "/solve/0"},
    {SOLVE("[\"a b\"]"), "Parse: main: list head must not contain whitespace at /solve/0",
	"/solve/0"},
    {SOLVE("[\"bytes.lit\",1]"), "Parse: main: bytes.lit expects a text string at /solve/1",
	"/solve/1"},
    {SOLVE("[\"bytes.view_lit\",[]]"),
	"Parse: main: bytes.view_lit expects a text string at /solve/1", "/solve/1"},
    {SOLVE("null"), "Parse: main: unsupported JSON value in expr: Null at /solve", "/solve"},
    {SOLVE("true"), "Parse: main: unsupported JSON value in expr: Bool(true) at /solve", "/solve"},
    {SOLVE("[\"f\",{}]"), "Parse: main: unsupported JSON value in expr: Object at /solve/1",
	"/solve/1"},
};

START_TEST(what_is_no_expression_is_refused_with_its_place)
{
	ck_fault(bad_exprs[_i].text, bad_exprs[_i].message, bad_exprs[_i].ptr);
}
END_TEST

static const struct bad bad_decls[] = {
    {DECLS("1"), "Parse: main: decl must be an object at /decls/0", "/decls/0"},
    {DECLS("{\"kind\":\"x\"}"), "Parse: main: unsupported decl kind: \"x\" at /decls/0/kind",
	"/decls/0/kind"},
    {DECLS("{\"kind\":\"defn\",\"name\":\"other.f\"}"),
	"Parse: main: name must start with \"main.\": \"other.f\" at /decls/0/name",
	"/decls/0/name"},
    {DECLS("{\"kind\":\"defn\",\"name\":\"main..f\"}"),
	"Parse: main: invalid symbol (empty segment): \"main..f\" at /decls/0/name",
	"/decls/0/name"},
    {DECLS("{\"kind\":\"defn\",\"name\":\"main.f__x07_mono_v1__i32\"}"),
	"Parse: main: reserved function name: \"main.f__x07_mono_v1__i32\" at /decls/0/name",
	"/decls/0/name"},
    {DECLS(FN("\"params\":[{\"name\":\"input\",\"ty\":\"i32\"}],\"result\":\"i32\",\"body\":0")),
	"Parse: main: defn arg name must not be 'input' (reserved); rename to 'data', 'payload', "
	"'in_bytes', or 'buf' at /decls/0/params/0/name",
	"/decls/0/params/0/name"},
    {DECLS(FN("\"params\":[{\"name\":\"1a\",\"ty\":\"i32\"}],\"result\":\"i32\",\"body\":0")),
	"Parse: main: invalid local name start (must be [A-Za-z_]): \"1a\" at "
	"/decls/0/params/0/name",
	"/decls/0/params/0/name"},
    {DECLS(FN("\"params\":[],\"result\":\"i64\",\"body\":0")),
	"Parse: main: unknown type: \"i64\" (expected i32, u32, bytes, bytes_view, vec_u8, "
	"option_i32, option_bytes, option_bytes_view, result_i32, result_bytes, "
	"result_bytes_view, result_result_bytes, iface, ptr_const_u8, ptr_mut_u8, "
	"ptr_const_void, ptr_mut_void, ptr_const_i32, ptr_mut_i32) at /decls/0/result",
	"/decls/0/result"},
    {DECLS(FN("\"params\":[{\"name\":\"a\",\"ty\":\"i32\",\"brand\":\"x.y\"}],\"result\":\"i32\","
	      "\"body\":0")),
	"Typing: main: E_BRAND_BAD_TY: type i32 cannot have a brand at /decls/0/params/0/brand",
	"/decls/0/params/0/brand"},
    {DECLS(FN("\"params\":[],\"result\":\"i32\"")),
	"Parse: main: missing field: \"body\" at /decls/0", "/decls/0"},
    {DECLS(FN("\"params\":[],\"result\":\"i32\",\"body\":[]")),
	"Parse: main: list expression must not be empty at /decls/0/body", "/decls/0/body"},
    {DECLS(FN("\"params\":[],\"result\":\"i32\",\"body\":0,\"requires\":[]")),
	"Parse: main: requires is only supported in x07.x07ast@0.5.0, x07.x07ast@0.6.0, "
	"x07.x07ast@0.7.0, x07.x07ast@0.8.0, x07.x07ast@0.9.0 at /decls/0/requires",
	"/decls/0/requires"},
    {DECLS(FN("\"params\":[],\"result\":\"i32\",\"body\":0") "," FN(
	 "\"params\":[],\"result\":\"i32\",\"body\":0")),
	"Parse: main: duplicate decl name: \"main.f\" at /decls/1", "/decls/1"},
    {DECLS("{\"kind\":\"defrecord\",\"name\":\"R\",\"fields\":[]}"),
	"Parse: main: defrecord is only supported in x07.x07ast@0.9.0 at /decls/0", "/decls/0"},
    {DECLS("{\"kind\":\"defasync\",\"name\":\"main.f\",\"params\":[],\"result\":\"i32\","
	   "\"body\":0}"),
	"Parse: main: defasync result must be bytes or result_bytes at /decls/0/result",
	"/decls/0/result"},
    {DECLS("{\"kind\":\"extern\",\"name\":\"main.f\",\"abi\":\"C\",\"params\":[],"
	   "\"result\":\"bytes\"}"),
	"Parse: main: extern types are limited to i32, u32 and raw pointers at /decls/0/result",
	"/decls/0/result"},
    {DECLS("{\"kind\":\"export\",\"names\":[\"main.a\"]},{\"kind\":\"export\",\"names\":"
	   "[\"main.b\"]}"),
	"Parse: main: duplicate export decl at /decls/1", "/decls/1"},
};

START_TEST(a_bad_declaration_is_refused_with_its_place)
{
	ck_fault(bad_decls[_i].text, bad_decls[_i].message, bad_decls[_i].ptr);
}
END_TEST

static const struct bad bad_files[] = {
    {"(solve)",
	"Parse: main: program must be x07AST JSON (*.x07.json); legacy S-expr is not "
	"supported",
	""},
    {"\xef\xbb\xbf{}",
	"Parse: main: program must be x07AST JSON (*.x07.json); legacy S-expr is "
	"not supported",
	""},
    {"{}", "Parse: main: missing field: \"schema_version\"", ""},
    {"{\"schema_version\":\"x07.x07ast@0.10.0\"}",
	"Parse: main: unsupported schema_version: got \"x07.x07ast@0.10.0\" (supported: "
	"x07.x07ast@0.3.0, x07.x07ast@0.4.0, x07.x07ast@0.5.0, x07.x07ast@0.6.0, "
	"x07.x07ast@0.7.0, x07.x07ast@0.8.0, x07.x07ast@0.9.0) (hint: update the x07 toolchain) "
	"at /schema_version",
	"/schema_version"},
    {"{\"schema_version\":\"x07.x07ast@0.4.0\",\"kind\":\"module\"}",
	"Parse: main: kind must be \"entry\": got \"module\" at /kind", "/kind"},
    {"{\"schema_version\":\"x07.x07ast@0.4.0\",\"kind\":\"entry\",\"module_id\":\"a\"}",
	"Parse: main: entry module_id must be \"main\": got \"a\" at /module_id", "/module_id"},
    {"{\"schema_version\":\"x07.x07ast@0.4.0\",\"kind\":\"entry\",\"module_id\":\"a.1\"}",
	"Parse: main: invalid module_id segment start (must be [A-Za-z_]): \"a.1\" at /module_id",
	"/module_id"},
    {HEAD "\"imports\":[\"a/b\"],\"decls\":[],\"solve\":0}",
	"Parse: main: invalid module_id segment char (allowed [A-Za-z0-9_-]): \"a/b\" at "
	"/imports/0",
	"/imports/0"},
    {HEAD "\"imports\":[\"no.such\"],\"decls\":[],\"solve\":0}",
	"Parse: main: unknown module: \"no.such\" (searched: no/such.x07.json) at /imports/0",
	"/imports/0"},
    {HEAD "\"imports\":[\"std.brand\"],\"decls\":[],\"solve\":0}",
	"Parse: main: std.brand is built in and not a module; remove it from imports at "
	"/imports/0",
	"/imports/0"},
    {HEAD "\"imports\":[],\"decls\":[]}", "Parse: main: missing field: \"solve\"", ""},
};

START_TEST(a_bad_file_is_refused_with_its_place)
{
	ck_fault(bad_files[_i].text, bad_files[_i].message, bad_files[_i].ptr);
}
END_TEST

START_TEST(text_that_is_not_json_is_refused_with_line_and_column)
{
	CLEANUP(loaded_clear) struct loaded l;

	load_text(&l, "{\n  \"kind\": ,\n}", NULL, 0);
	ck_assert_int_eq(l.rc, ERR_COMPILE);
	ck_assert_str_eq(l.diags.items[0].what->id, "X07-X07AST-PARSE-0001");
	ck_assert_uint_eq(l.diags.items[0].line, 2);
	ck_assert_uint_eq(l.diags.items[0].column, 11);
}
END_TEST

START_TEST(an_entry_of_65537_bytes_is_refused)
{
	CLEANUP(loaded_clear) struct loaded l;
	CLEANUP(buf_clear) struct buf text = buf_init(1u << 20);

	buf_puts(&text, SOLVE("0"));
	while (text.len < 65536)
		buf_putc(&text, ' ');
	load_text(&l, text.data, NULL, 0);
	ck_rc(l.rc, 0, &l.err);
	loaded_clear(&l);
	buf_putc(&text, ' ');
	load_text(&l, text.data, NULL, 0);
	ck_assert_int_eq(l.rc, ERR_COMPILE);
	ck_assert_str_eq(l.diags.items[0].message,
	    "Budget: main: program too large: max_source_bytes=65536 got 65537");
}
END_TEST

START_TEST(a_good_program_keeps_its_declarations)
{
	CLEANUP(loaded_clear) struct loaded l;
	const struct ast_fn *fn;

	load_text(&l,
	    HEAD
	    "\"imports\":[],\"imports\":[],\"meta\":{\"a\":1},\"other\":1,\"decls\":["
	    "{\"kind\":\"defn\",\"name\":\"main.z\",\"params\":[{\"name\":\"v\",\"ty\":"
	    "\"bytes_view\",\"brand\":\"a.b\"}],\"result\":[\"option\",\"bytes\"],\"body\":0},"
	    "{\"kind\":\"defn\",\"name\":\"main.a\",\"type_params\":[{\"name\":\"T\",\"bound\":"
	    "\"value\"}],\"params\":[{\"name\":\"x\",\"ty\":[\"t\",\"T\"]}],\"result\":\"u32\","
	    "\"body\":[\"bytes.lit\",\"two words\"]}],\"solve\":\"input\"}",
	    NULL, 0);
	ck_rc(l.rc, 0, &l.err);
	ck_assert_uint_eq(l.program->fn_count, 2);
	fn = ast_fn_find(l.program, STR("main.z"));
	ck_assert_ptr_eq(fn, l.program->fns[1]);
	ck_assert_int_eq(fn->result.concrete.base, TY_OPT_BYTES);
	ck_assert(str_eq_c(fn->params[0].type.concrete.brand, "a.b"));
	fn = ast_fn_find(l.program, STR("main.a"));
	ck_assert_ptr_nonnull(fn->params[0].type.expr);
	ck_assert_int_eq(fn->result.concrete.base, TY_I32);
	ck_assert(str_eq_c(fn->type_params[0].bound, "value"));
	ck_assert_ptr_null(ast_fn_find(l.program, STR("main.b")));
	ck_assert_ptr_nonnull(l.program->entry->meta);
}
END_TEST

static const char module_a[] = MODULE(
    "a") "\"imports\":[\"b.c\"],\"decls\":[{\"kind\":\"export\",\"names\":[\"a.f\"]},"
	 "{\"kind\":\"defn\",\"name\":\"a.f\",\"params\":[],\"result\":\"i32\",\"body\":1}]}";
static const char module_bc[] =
    MODULE("b.c") "\"imports\":[],\"decls\":[{\"kind\":\"export\",\"names\":[\"b.c.f\"]},{\"kind\":"
		  "\"defn\",\"name\":\"b.c.f\",\"params\":[],\"result\":\"i32\",\"body\":1}]}";

#define IMPORTS_A HEAD "\"imports\":[\"a\"],\"decls\":[],\"solve\":0}"

START_TEST(modules_come_before_their_importers_and_change_the_digest)
{
	AUTO_FREE UNUSED char *a = test_text_file("root/a.x07.json", module_a);
	AUTO_FREE UNUSED char *bc = test_text_file("root/b/c.x07.json", module_bc);
	AUTO_FREE char *root = test_path("root");
	const char *roots[] = {root};
	CLEANUP(loaded_clear) struct loaded l;
	CLEANUP(loaded_clear) struct loaded again;

	load_text(&l, IMPORTS_A, roots, 1);
	ck_rc(l.rc, 0, &l.err);
	ck_assert_uint_eq(l.program->module_count, 3);
	ck_assert(str_eq_c(l.program->modules[0]->id, "b.c"));
	ck_assert(str_eq_c(l.program->modules[1]->id, "a"));
	ck_assert_ptr_eq(l.program->modules[2], l.program->entry);
	ck_assert(ast_fn_find(l.program, STR("a.f"))->exported);
	ck_assert(ast_imports(l.program->entry, STR("a")));
	free(test_text_file("root/b/c.x07.json",
	    MODULE("b.c") "\"imports\":[],\"decls\":[{\"kind\":"
			  "\"export\",\"names\":[\"b.c.f\"]},{\"kind\":\"defn\",\"name\":\"b.c.f\","
			  "\"params\":[],"
			  "\"result\":\"i32\",\"body\":2}]}"));
	load_text(&again, IMPORTS_A, roots, 1);
	ck_rc(again.rc, 0, &again.err);
	ck_assert_str_ne(l.program->graph_digest, again.program->graph_digest);
}
END_TEST

static void ck_module_fault(const char *a, const char *message)
{
	AUTO_FREE UNUSED char *path = test_text_file("root/a.x07.json", a);
	AUTO_FREE char *root = test_path("root");
	const char *roots[] = {root};
	CLEANUP(loaded_clear) struct loaded l;

	load_text(&l, IMPORTS_A, roots, 1);
	ck_assert_int_eq(l.rc, ERR_COMPILE);
	ck_assert_str_eq(l.diags.items[0].message, message);
}

START_TEST(a_module_fault_names_the_module)
{
	ck_module_fault(MODULE("b") "\"imports\":[],\"decls\":[]}",
	    "Parse: \"a\": module_id mismatch in file: expected \"a\" got \"b\" at /module_id");
	ck_module_fault(MODULE("a") "\"imports\":[],\"decls\":[]}",
	    "Parse: \"a\": module \"a\" is missing an export declaration");
	ck_module_fault(MODULE("a") "\"imports\":[],\"decls\":[{\"kind\":\"export\",\"names\":"
				    "[\"a.x\"]}]}",
	    "Parse: \"a\": export \"a.x\" is not defined in module \"a\" at /decls/0/names/0");
	ck_module_fault(MODULE("a") "\"imports\":[\"a\"],\"decls\":[]}",
	    "Parse: \"a\": cyclic import detected at module \"a\" at /imports/0");
}
END_TEST

START_TEST(a_cycle_of_two_is_found)
{
	AUTO_FREE UNUSED char *b = test_text_file("root/b.x07.json",
	    MODULE("b") "\"imports\":[\"a\"],\"decls\":[{\"kind\":\"export\",\"names\":[\"b.f\"]},"
			"{\"kind\":\"defn\",\"name\":\"b.f\",\"params\":[],\"result\":\"i32\","
			"\"body\":1}]}");

	ck_module_fault(
	    MODULE("a") "\"imports\":[\"b\"],\"decls\":[{\"kind\":\"export\",\"names\":[\"a.f\"]},"
			"{\"kind\":\"defn\",\"name\":\"a.f\",\"params\":[],\"result\":\"i32\","
			"\"body\":1}]}",
	    "Parse: \"b\": cyclic import detected at module \"a\" at /imports/0");
}
END_TEST

START_TEST(a_module_in_two_roots_is_ambiguous)
{
	AUTO_FREE UNUSED char *one = test_text_file("one/b/c.x07.json", module_bc);
	AUTO_FREE UNUSED char *two = test_text_file("two/b/c.x07.json", module_bc);
	AUTO_FREE char *root_one = test_path("one");
	AUTO_FREE char *root_two = test_path("two");
	AUTO_FREE char *message = NULL;
	const char *roots[] = {root_one, root_two};
	CLEANUP(loaded_clear) struct loaded l;

	load_text(&l, HEAD "\"imports\":[\"b.c\"],\"decls\":[],\"solve\":0}", roots, 2);
	ck_assert_int_eq(l.rc, ERR_COMPILE);
	ck_assert_int_gt(asprintf(&message,
			     "Parse: main: module \"b.c\" is ambiguous across roots: [\"%s\", "
			     "\"%s\"] at /imports/0",
			     root_one, root_two),
	    0);
	ck_assert_str_eq(l.diags.items[0].message, message);
}
END_TEST

START_TEST(the_standard_library_shadows_the_roots)
{
	AUTO_FREE UNUSED char *in_std = test_text_file("std/b/c.x07.json", module_bc);
	AUTO_FREE UNUSED char *in_root = test_text_file("root/b/c.x07.json", "not JSON");
	AUTO_FREE char *root = test_path("root");
	const char *roots[] = {root};
	CLEANUP(loaded_clear) struct loaded l;

	load_text(&l, HEAD "\"imports\":[\"b.c\"],\"decls\":[],\"solve\":0}", roots, 1);
	ck_rc(l.rc, 0, &l.err);
	ck_assert(l.program->modules[0]->is_std);
}
END_TEST

START_TEST(a_missing_entry_is_not_found)
{
	struct ast_source source = {.entry_path = "no-such-file.x07.json"};
	CLEANUP(arena_clear) struct arena arena;
	struct ast_program *program = NULL;
	struct diag_list diags = {0};
	struct err err = {0};

	arena_init(&arena, 0);
	ck_rc(ast_load(&program, &arena, &source, &diags, &err), ERR_NOT_FOUND, &err);
	ck_assert_ptr_null(program);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("load");
	TCase *t = tcase_create("load");

	tcase_add_loop_test(
	    t, what_is_no_expression_is_refused_with_its_place, 0, ARRAY_LEN(bad_exprs));
	tcase_add_loop_test(
	    t, a_bad_declaration_is_refused_with_its_place, 0, ARRAY_LEN(bad_decls));
	tcase_add_loop_test(t, a_bad_file_is_refused_with_its_place, 0, ARRAY_LEN(bad_files));
	tcase_add_test(t, text_that_is_not_json_is_refused_with_line_and_column);
	tcase_add_test(t, an_entry_of_65537_bytes_is_refused);
	tcase_add_test(t, a_good_program_keeps_its_declarations);
	tcase_add_test(t, modules_come_before_their_importers_and_change_the_digest);
	tcase_add_test(t, a_module_fault_names_the_module);
	tcase_add_test(t, a_cycle_of_two_is_found);
	tcase_add_test(t, a_module_in_two_roots_is_ambiguous);
	tcase_add_test(t, the_standard_library_shadows_the_roots);
	tcase_add_test(t, a_missing_entry_is_not_found);
	suite_add_tcase(s, t);
	return test_main(s);
}
