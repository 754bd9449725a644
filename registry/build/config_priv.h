/* SPDX-License-Identifier: MIT */
/* config.json of what is built: keys, their rotations, and who would stop to trust it. */
#ifndef REGISTRY_BUILD_CONFIG_PRIV_H
#define REGISTRY_BUILD_CONFIG_PRIV_H

#include "registry/build/types_priv.h"

/** Take in a line of rotations.ndjson. @return 0 or ERR_FORMAT. */
MUST_CHECK int build_add_rotation(struct build *b, struct str text, struct err *err);

/** Free what they own. */
void build_rotations_clear(struct build_rotations *r);

/**
 * Whether those who use the registry that is there will go on with it. After build_read_input.
 * @return 0; ERR_PKG with X07PKG_UNSIGNED, X07REG_KEY_CHANGED, or X07REG_BAD_INPUT for a rotation
 *         whose signature is known to be wrong.
 */
MUST_CHECK int build_check_keys(struct build *b, struct err *err);

/** Write config.json. */
MUST_CHECK int build_write_config(struct build *b, struct err *err);

#endif
