/* SPDX-License-Identifier: MIT */
/*
 * The registry that ships with the tool, at <prefix>/share/x07/registry: built and signed together
 * with the program that trusts it (registry/build/main_bundle.c), whose key is compiled in.
 * Source: docs/format/index.md, "the embedded registry".
 */
#ifndef REGISTRY_BUNDLED_H
#define REGISTRY_BUNDLED_H

#include "registry/trust.h"

/** Trust in the embedded registry: its key alone, configured and required. */
void registry_bundled_trust(struct registry_trust *out);

#endif
