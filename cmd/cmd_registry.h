/* SPDX-License-Identifier: MIT */
/* `x07 registry ...`: rows of the table of x07-pkg (cmd/table_pkg.c). */
#ifndef CMD_CMD_REGISTRY_H
#define CMD_CMD_REGISTRY_H

#include "cmd/pkg.h"

/** Options of all registry commands; the first member is what a report looks at. */
struct registry_options {
	struct pkg_options pkg;
	const char *out, *key, *key_id, *name, *dl, *api, *bind, *public_base;
	const char *handle, *label, *scopes, *trust_key;
	bool no_archives;
	struct option_uint days, memory;
};

extern const struct option registry_build_rows[10];
extern const struct option registry_check_rows[5];
extern const struct option registry_key_rows[2];
extern const struct option registry_serve_rows[6];
extern const struct option registry_token_rows[5];

int cmd_registry_build(const struct cmd_call *call);
int cmd_registry_check(const struct cmd_call *call);
int cmd_registry_key(const struct cmd_call *call);
int cmd_registry_serve(const struct cmd_call *call);
int cmd_registry_token(const struct cmd_call *call);

#endif
