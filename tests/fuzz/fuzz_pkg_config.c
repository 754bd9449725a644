/* SPDX-License-Identifier: MIT */
/* x07.config.json: settings come of it, or a fault; the file lies in the working folder. */
#include "base/file.h"
#include "base/file_replace.h"
#include "cmd/pkg.h"
#include "registry/client/settings.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(client_settings_clear) struct client_settings s = {0};
	const struct client_wishes wishes = {0};
	struct err err = {0};

	if (file_replace("x07.config.json", data, size, &err) < 0)
		abort();
	if (client_settings_load(&s, &wishes, ".", &err) < 0)
		return 0;
	if (!s.index_url || !s.base || s.key_count > REGISTRY_KEYS_MAX)
		abort();
	return 0;
}
