/* SPDX-License-Identifier: MIT */
/* The templates of `x07 policy init`. */
#ifndef POLICY_TEMPLATES_H
#define POLICY_TEMPLATES_H

#include "base/buf.h"
#include "base/err.h"

/** Number of templates and their names, in order ("cli", "http-client", ...). */
size_t policy_template_count(void);

/** The name of template @p i; NULL behind the last one. */
const char *policy_template_name(size_t i);

/**
 * The document of a template.
 * @param policy_id  replaces the template's own; NULL keeps `sandbox.<name>.base`.
 * @return 0, ERR_USAGE (unknown template, bad id).
 */
MUST_CHECK int policy_template_print(
    struct buf *out, const char *name, const char *policy_id, struct err *err);

#endif
