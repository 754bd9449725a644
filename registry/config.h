/* SPDX-License-Identifier: MIT */
/* Reading config.json of an index. Source: docs/format/index.md, "config.json". */
#ifndef REGISTRY_CONFIG_H
#define REGISTRY_CONFIG_H

#include "base/err.h"
#include "registry/types.h"

#define REGISTRY_CONFIG_MAX ((size_t)1 << 20)

/**
 * Read config.json.
 *
 * @param out  written on success only.
 * @return 0; ERR_PKG with code X07PKG_INDEX_CONFIG for anything that is not such a document: no
 *         `dl`, a key that is not 32 bytes of base64, two keys of one id, over a cap.
 */
MUST_CHECK int registry_config_parse(
    struct registry_config *out, const char *text, size_t len, struct err *err);

/** Free what it owns. */
void registry_config_clear(struct registry_config *config);

#endif
