/* SPDX-License-Identifier: MIT */
/* The table of fields for others: JSON Schema and Markdown. */
#ifndef POLICY_SCHEMA_PRINT_H
#define POLICY_SCHEMA_PRINT_H

#include "base/buf.h"

/**
 * The JSON Schema (draft 2020-12) of the document, generated from the table of fields. The rules
 * that join several fields (a spawn needs an allowed program) are not in it.
 */
void policy_schema_print(struct buf *out);

/** The table of fields in Markdown, as it stands in docs/format/run-os-policy.md. */
void policy_fields_print(struct buf *out);

#endif
