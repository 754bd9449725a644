/* SPDX-License-Identifier: MIT */
/* The heads that make and drop brands. Source: spec builtins 13. */
#include "lang/check_priv.h"

#include <string.h>

bool ck_is_brand(struct str head)
{
	return head.len > 10 && memcmp(head.ptr, "std.brand.", 10) == 0;
}

int ck_brand(struct ck *c, const struct json *e, struct ck_val *out)
{
	(void)out;
	return ck_fail(c, CK_E_UNSUPPORTED, e, NULL, "head not implemented: \"%.*s\"",
		       CK_STR(e->items[0].text));
}
