/* SPDX-License-Identifier: MIT */
/* Versions, requirements and "name@requirement"; lines of the input. The order is one. */
#include "pkg/require.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(struct str text, struct pkg_version *last)
{
	struct pkg_requirement r;
	struct pkg_version v;
	struct str name, requirement;

	if (pkg_spec_split(&name, &requirement, text, NULL) == 0 && !pkg_name_is_valid(name))
		abort();
	if (pkg_version_parse(&v, text, NULL) == 0) {
		if (pkg_version_cmp(&v, &v) != 0 ||
		    pkg_version_cmp(&v, last) != -pkg_version_cmp(last, &v))
			abort();
		*last = v;
	}
	if (pkg_requirement_parse(&r, text, NULL) == 0 && r.count == 0)
		abort();
	if (pkg_requirement_parse(&r, text, NULL) == 0)
		(void)(pkg_requirement_holds(&r, last) && pkg_requirement_names_pre(&r, last));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size;
	struct pkg_version last;

	(void)!pkg_version_parse(&last, STR("1.0.0"), NULL);
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		look((struct str){at, (uint32_t)((stop ? stop : end) - at)}, &last);
		at = stop ? stop + 1 : end;
	}
	return 0;
}
