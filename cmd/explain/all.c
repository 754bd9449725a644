/* SPDX-License-Identifier: MIT */
/* Each codes.def of the tree has a line here; tests/cli/explain.sh misses the one that has none. */
#include "cmd/explain/all.h"

#include "base/attr.h"
#include "cmd/codes.h"
#include "cmd/pkg/engine_codes.h"
#include "cmd/run/codes.h"
#include "cmd/test/codes.h"
#include "lang/codes.h"
#include "pkg/codes.h"
#include "policy/codes.h"
#include "registry/codes.h"

#include <string.h>

static const struct table {
	const struct code *rows;
	size_t count;
} tables[] = {
    {lang_codes, LANG_CODE_COUNT},
    {pkg_codes, PKG_CODE_COUNT},
    {policy_codes, POLICY_CODE_COUNT},
    {registry_codes, REGISTRY_CODE_COUNT},
    {cmd_codes, CMD_CODE_COUNT},
    {pkg_engine_codes, PKG_ENGINE_CODE_COUNT},
    {run_codes, RUN_CODE_COUNT},
    {test_codes, TEST_CODE_COUNT},
};

size_t explain_all_count(void)
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		count += tables[i].count;
	return count;
}

const struct code *explain_all_at(size_t i)
{
	const struct table *t = tables;

	while (i >= t->count) {
		i -= t->count;
		t++;
	}
	return &t->rows[i];
}

const struct code *explain_all_find(const char *id)
{
	for (size_t i = 0; i < explain_all_count(); i++) {
		/* The text comes from outside: there is no row to compare yet. */
		if (strcmp(explain_all_at(i)->id, id) == 0)
			return explain_all_at(i);
	}
	return NULL;
}
