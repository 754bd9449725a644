/* SPDX-License-Identifier: MIT */
/* The table of codes (codes.def). */
#include "registry/codes.h"

#include "base/err.h"

#include <string.h>

const struct code registry_codes[REGISTRY_CODE_COUNT] = {
#define CODE(name, id, err, meaning, page) {id, ERR_##err, meaning, page},
#include "registry/codes.def"
#undef CODE
};

const struct code *registry_code_find(const char *id)
{
	for (size_t i = 0; i < REGISTRY_CODE_COUNT; i++) {
		if (strcmp(registry_codes[i].id, id) == 0)
			return &registry_codes[i];
	}
	return NULL;
}
