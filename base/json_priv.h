/* SPDX-License-Identifier: MIT */
/* What the JSON reader and the JSON writer share. */
#ifndef BASE_JSON_PRIV_H
#define BASE_JSON_PRIV_H

#include "base/utf8.h"

#endif
