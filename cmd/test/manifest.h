/* SPDX-License-Identifier: MIT */
/* The manifest of the tests of a project (docs/format/tests-manifest.md). */
#ifndef CMD_TEST_MANIFEST_H
#define CMD_TEST_MANIFEST_H

#include "base/err.h"
#include "cmd/test/types.h"

#define TEST_MANIFEST_MAX (4u << 20)

/**
 * Find the manifest: @p path itself when absolute, else the first hit on the way up from here.
 * @param out  owned, absolute; a path that does not exist when there is none.
 */
MUST_CHECK int test_manifest_find(char **out, const char *path, struct err *err);
/**
 * Read and check a manifest; all faults are collected, sorted by pointer, code, message.
 * @param out          test_manifest_clear, also after a failure.
 * @param allow_empty  no test at all is no fault.
 * @return 0; ERR_FORMAT with at least one fault in @p diags.
 */
MUST_CHECK int test_manifest_load(struct test_manifest *out, const char *path, bool allow_empty,
    struct diag_list *diags, struct err *err);
/** Free everything. */
void test_manifest_clear(struct test_manifest *manifest);

#endif
