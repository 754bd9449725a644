/* SPDX-License-Identifier: MIT */
/* What is read for a registry. */
#ifndef REGISTRY_BUILD_INPUT_PRIV_H
#define REGISTRY_BUILD_INPUT_PRIV_H

#include "registry/build/types_priv.h"

/** Read everything below the input folder into `records`; archives are put into `dl/`. */
MUST_CHECK int build_read_input(struct build *b, struct err *err);

#endif
