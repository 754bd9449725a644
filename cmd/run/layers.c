/* SPDX-License-Identifier: MIT */
/* Which layers held a program: the same object in the report and in the attestation. */
#include "cmd/run/layers.h"

#include <string.h>

void run_layers_json(struct jsonw *w, const struct sandbox_result *result)
{
	jsonw_key(w, "layers");
	jsonw_object(w);
	/* In order of names; the enum is in order of set-up. */
	for (const char *last = ""; last != NULL;) {
		const char *next = NULL;
		bool on = false;

		for (int i = 0; i < SANDBOX_LAYER_COUNT; i++) {
			const char *name = sandbox_layer_name((enum sandbox_layer)i);

			if (strcmp(name, last) > 0 && (next == NULL || strcmp(name, next) < 0)) {
				next = name;
				on = result->layers[i];
			}
		}
		if (next != NULL)
			jsonw_kv_bool(w, next, on);
		last = next;
	}
	jsonw_end_object(w);
}
