/* SPDX-License-Identifier: MIT */
/* The key of the embedded registry, written by registry/build/main_bundle.c when it signed. */
#include "registry/bundled.h"

#include "registry/bundled_key.h" /* generated: id and bytes */

#include <string.h>

_Static_assert(sizeof(bundled_pub) == REGISTRY_ED25519_PUB, "an Ed25519 key");
_Static_assert(sizeof(bundled_id) <= REGISTRY_KEY_ID_MAX + 1, "a key id");

void registry_bundled_trust(struct registry_trust *out)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->keys[0].id, bundled_id, sizeof(bundled_id));
	memcpy(out->keys[0].pub, bundled_pub, sizeof(bundled_pub));
	out->key_count = 1;
	out->configured = true;
	out->required = true;
}
