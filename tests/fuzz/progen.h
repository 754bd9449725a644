/* SPDX-License-Identifier: MIT */
/*
 * Random programs that obey the rules of the language: the same text for the same seed. Most
 * compile; some are refused (a rule that the generator does not know exactly), a few trap.
 */
#ifndef TESTS_FUZZ_PROGEN_H
#define TESTS_FUZZ_PROGEN_H

#include "base/buf.h"

/** Append an entry file, under its limit of 64 KiB, to @p out. */
void progen(struct buf *out, uint64_t seed);

#endif
