/* SPDX-License-Identifier: MIT */
/* The stages of a pipe. Part of the checker; see stream_priv.h. */
#ifndef LANG_CHECK_STREAM_STAGE_PRIV_H
#define LANG_CHECK_STREAM_STAGE_PRIV_H

#include "lang/check/stream_priv.h"

/** [ "std.stream.chain_v1", stage... ] */
int ck_pipe_chain(struct ck_pipe *p, const struct json *chain);

#endif
