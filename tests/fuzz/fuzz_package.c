/* SPDX-License-Identifier: MIT */
/* x07-package.json: a manifest that is taken has what installing and locking rest on. */
#include "pkg/package.h"

#include "pkg/version.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(pkg_package_clear) struct pkg_package p = {0};
	struct err err = {0};

	if (pkg_package_parse(
		&p, (const char *)data, size, "/fuzz/x07-package.json", &diags, &err) < 0)
		return 0;
	if (!p.name || !p.version || !p.module_root || p.module_root[0] == '/')
		abort();
	for (uint32_t i = 0; i < p.module_count; i++) {
		AUTO_FREE char *path = pkg_package_module_path(&p, p.modules[i]);

		if (strstr(path, "/../") || path[0] == '/')
			abort();
	}
	return 0;
}
