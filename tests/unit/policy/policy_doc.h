/* SPDX-License-Identifier: MIT */
/* Documents for the tests of policy/: a valid one, and edits of its text. */
#ifndef TESTS_UNIT_POLICY_DOC_H
#define TESTS_UNIT_POLICY_DOC_H

#include "base/buf.h"
#include "policy/policy.h"
#include "policy/templates.h"
#include "tests/support/support.h"

#include <string.h>

/* The text of a template; owned. */
static inline char *template_text(const char *name)
{
	struct buf out = buf_init(1 << 20);
	struct err err = {0};

	ck_rc(policy_template_print(&out, name, NULL, &err), 0, &err);
	return buf_take(&out);
}

/* A copy of @p text with the first @p from replaced; fails the test when it is not there. */
static inline char *edited(const char *text, const char *from, const char *to)
{
	struct buf out = buf_init(4 << 20);
	const char *at = strstr(text, from);

	ck_assert_msg(at != NULL, "%s is not in the text", from);
	buf_add(&out, text, (size_t)(at - text));
	buf_puts(&out, to);
	buf_puts(&out, at + strlen(from));
	return buf_take(&out);
}

#endif
