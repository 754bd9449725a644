/* SPDX-License-Identifier: MIT */
/* Records, enums and `match`. Source: spec builtins 14, language 4. */
#include "lang/check_priv.h"

bool ck_is_nominal(struct ck *c, struct str head)
{
	(void)c;
	(void)head;
	return false;
}

int ck_nominal(struct ck *c, const struct json *e, struct ck_val *out)
{
	(void)out;
	return ck_fail(c, CK_E_UNSUPPORTED, e, NULL, "head not implemented: \"%.*s\"",
		       CK_STR(e->items[0].text));
}

int ck_match(struct ck *c, const struct json *e, struct ck_val *out)
{
	return ck_nominal(c, e, out);
}
