/* SPDX-License-Identifier: MIT */
/* Traps of contracts: what a program can say in one, and what becomes of it. */
#include "base/file.h"
#include "cmd/test/contract.h"
#include "tests/support/support.h"

#include <string.h>

#define CONTRACT "X07T_CONTRACT_V1 "

static const struct {
	const char *trap, *dir, *code;
} rows[] = {
    {CONTRACT "{\"clause_id\":\"../../x\"}", "out", NULL},
    {CONTRACT "{\"clause_id\":\"a\"}", "/dev/null/x", "X07T_ECONTRACT_REPRO_WRITE"},
    {CONTRACT "{", "out", "X07T_ECONTRACT_TRAP_PARSE"},
    {CONTRACT "{\"clause_id\":7}", "out", "X07T_ECONTRACT_TRAP_PARSE"},
    {CONTRACT "[]", "out", "X07T_ECONTRACT_TRAP_PARSE"},
};

START_TEST(contract_becomes_a_file_or_a_code)
{
	const struct test_case test = {.id = "t", .entry = "m.f"};
	const struct test_settings settings = {
	    .artifact_dir = rows[_i].dir, .manifest_path = "tests.json"};
	AUTO_FREE char *path = NULL;
	struct err err = {0};
	const struct code *what = test_contract_write(&path, rows[_i].trap, &test, &settings, &err);

	ck_assert(test_contract_is(rows[_i].trap));
	if (rows[_i].code == NULL) {
		ck_assert_ptr_null(what);
		ck_assert(strncmp(path, "out/contract/id_", 16) == 0);
		ck_assert(file_is_regular(path));
		return;
	}
	ck_assert_ptr_nonnull(what);
	ck_assert_str_eq(what->id, rows[_i].code);
	ck_assert_ptr_null(path);
}
END_TEST

START_TEST(other_traps_are_none)
{
	ck_assert(!test_contract_is("fuel exhausted"));
	ck_assert(!test_contract_is(""));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("test_engine/contract");
	TCase *c = tcase_create("contract");

	tcase_add_loop_test(c, contract_becomes_a_file_or_a_code, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(c, other_traps_are_none);
	suite_add_tcase(s, c);
	return test_main(s);
}
