/* SPDX-License-Identifier: MIT */
/* What x07-fetch gives up before it hears from a server. */
#ifndef REGISTRY_FETCH_CONFINE_PRIV_H
#define REGISTRY_FETCH_CONFINE_PRIV_H

#include "base/err.h"

/**
 * From here on this process starts no program and opens files for reading only: those of the
 * system (name service, certificates, libraries) and what X07_CA_BUNDLE, SSL_CERT_FILE and
 * SSL_CERT_DIR name. What is open stays so.
 * @return 0, also on a kernel without Landlock, where nothing changes; ERR_SANDBOX.
 */
MUST_CHECK int fetch_confine_to_system(struct err *err);

/**
 * From here on this process starts no program and writes below @p folder alone. It may read what
 * the user may: a repository may be anywhere.
 * @return as fetch_confine_to_system.
 */
MUST_CHECK int fetch_confine_to_folder(const char *folder, struct err *err);

#endif
