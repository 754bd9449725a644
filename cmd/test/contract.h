/* SPDX-License-Identifier: MIT */
/* A broken contract as a file that tells how to see it again. */
#ifndef CMD_TEST_CONTRACT_H
#define CMD_TEST_CONTRACT_H

#include "cmd/test/types.h"

/** Is the text of a trap that of a contract? */
bool test_contract_is(const char *trap);
/**
 * Write the repro file of a contract trap: x07.contract.repro@0.1.0.
 * @param path  owned; written on success only.
 * @return NULL, or the code of what went wrong; @p err says more.
 */
const struct code *test_contract_write(char **path, const char *trap, const struct test_case *test,
    const struct test_settings *settings, struct err *err);

#endif
