/* SPDX-License-Identifier: MIT */
/* `x07 registry ...`: rows of the table of x07-pkg (cmd/table_pkg.c). */
#ifndef CMD_CMD_REGISTRY_H
#define CMD_CMD_REGISTRY_H

#include "cmd/pkg.h"
#include "cmd/report/pkg_report.h"
#include "registry/sign.h"

/** Options of all registry commands; the first member is what a report looks at. */
struct registry_options {
	struct pkg_options pkg;
	const char *out, *key, *key_id, *name, *dl, *api, *bind, *public_base;
	const char *handle, *label, *scopes, *trust_key, *rotations;
	bool no_archives;
	struct option_uint days, memory;
};

/** A signing key and its name. */
struct signing_key {
	uint8_t seed[REGISTRY_ED25519_SEED];
	uint8_t pub[REGISTRY_ED25519_PUB];
	char id[REGISTRY_KEY_ID_MAX + 1];
	bool present;
};

/**
 * Read a key file.
 *
 * @param out   untouched when @p path is NULL.
 * @param path  borrowed; NULL = none.
 * @param id    its name; NULL = made of its digest.
 * @return 0; ERR_PKG with X07PKG_KEY_UNSAFE when others can read it; ERR_FORMAT, ERR_USAGE (the
 *         name is none), ERR_NOT_FOUND, ERR_IO.
 */
MUST_CHECK int signing_key_load(
    struct signing_key *out, const char *path, const char *id, struct err *err);
/** Forget it. */
void signing_key_clear(struct signing_key *key);
/** Its name and public half, into an object that is open. */
void signing_key_print(struct jsonw *w, const struct signing_key *key);

extern const struct option registry_build_rows[10];
extern const struct option registry_check_rows[5];
extern const struct option registry_key_rows[5];
extern const struct option registry_serve_rows[6];
extern const struct option registry_token_rows[5];

int cmd_registry_build(const struct cmd_call *call);
int cmd_registry_check(const struct cmd_call *call);
int cmd_registry_key(const struct cmd_call *call);
int cmd_registry_serve(const struct cmd_call *call);
int cmd_registry_token(const struct cmd_call *call);

#endif
