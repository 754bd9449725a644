/* SPDX-License-Identifier: MIT */
/* config.json of a registry: on first use its keys are taken, after that it adds none by itself. */
#include "registry/config.h"
#include "registry/trust.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct registry_trust trust = {0}, known = {0};
	struct registry_config config = {0};
	struct err err = {0};

	if (registry_config_parse(&config, (const char *)data, size, &err) < 0)
		return 0;
	if (registry_trust_update(&trust, &trust, &config, NULL, &err) == 0 &&
	    (config.is_signed != (trust.key_count > 0) || trust.key_count > REGISTRY_KEYS_MAX))
		abort();
	/* Some other key is known: config.json alone must not replace it. */
	known.key_count = 1;
	known.keys[0].id[0] = 'k';
	known.keys[0].pub[0] = 1;
	if (registry_trust_update(&known, &known, &config, NULL, &err) == 0 &&
	    registry_trust_key(&known, "k") == NULL)
		abort();
	registry_config_clear(&config);
	return 0;
}
