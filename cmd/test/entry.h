/* SPDX-License-Identifier: MIT */
/* Where the entries of tests are declared, and the program that calls one. */
#ifndef CMD_TEST_ENTRY_H
#define CMD_TEST_ENTRY_H

#include "base/err.h"
#include "cmd/run/types.h"
#include "cmd/test/types.h"

/**
 * Find the declaration of the entry of every test; says which are `defasync`.
 * @param diags  an entry that no module declares.
 * @return 0; ERR_FORMAT with at least one fault in @p diags.
 */
MUST_CHECK int test_entry_find_all(struct test_manifest *manifest, const struct run_paths *roots,
    struct diag_list *diags, struct err *err);
/** The program that calls the entry of a test and gives back its status. @param out  appended to.
 */
void test_entry_driver(struct buf *out, const struct test_case *test);

#endif
