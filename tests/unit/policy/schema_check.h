/* SPDX-License-Identifier: MIT */
/*
 * Just enough of JSON Schema (draft 2020-12) to hold a document against the published schema of
 * policies, written apart from the validator. A keyword that it does not know fails the test.
 */
#ifndef TESTS_UNIT_POLICY_SCHEMA_CHECK_H
#define TESTS_UNIT_POLICY_SCHEMA_CHECK_H

#include "base/buf.h"
#include "base/json.h"

/**
 * @param pointer  the place of the first fault is appended.
 * @return true when @p v is valid under @p schema.
 */
bool schema_accepts(const struct json *schema, const struct json *v, struct buf *pointer);

/** Whether an ECMA-262 pattern of the schema matches; both without NUL. */
bool schema_matches(const char *pattern, const char *text);

#endif
