/* SPDX-License-Identifier: MIT */
/*
 * The policy validator on any bytes: it ends, reports at least one fault or none, and what it
 * accepts prints to a document that it accepts again and prints the same.
 */
#include "policy/parse.h"
#include "policy/policy.h"
#include "policy/print.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(const struct policy *p)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(policy_clear) struct policy again = {0};
	CLEANUP(buf_clear) struct buf first = buf_init(16u << 20), second = buf_init(16u << 20);

	policy_print(&first, p);
	/* Indentation may push a document over the maximum. */
	if (first.len > POLICY_MAX_BYTES)
		return;
	if (policy_parse(&again, first.data, first.len, "again", &diags, NULL) != 0)
		abort();
	policy_print(&second, &again);
	if (strcmp(first.data, second.data) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(policy_clear) struct policy p = {0};
	struct err err = {0};
	int rc = policy_parse(&p, (const char *)data, size, "fuzz", &diags, &err);

	if ((rc == 0) != (diags.errors == 0))
		abort();
	if (rc == 0)
		check_round_trip(&p);
	return 0;
}
