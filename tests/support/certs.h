/* SPDX-License-Identifier: MIT */
/* Certificates of a test authority, made when the test starts. */
#ifndef TESTS_CERTS_H
#define TESTS_CERTS_H

#include <openssl/types.h>

struct certs {
	EVP_PKEY *key; /* one for all */
	X509 *ca;
	long serial; /* of the last one */
};

/** A new authority, whose certificate is written to @p ca_path. Aborts when it cannot. */
void certs_init(struct certs *out, const char *ca_path);

void certs_clear(struct certs *c);

/**
 * A certificate for one DNS name, of the authority; owned (X509_free).
 * @param from_s  when its validity begins, in seconds from now; negative = in the past.
 * @param to_s    when it ends.
 */
X509 *certs_issue(struct certs *c, const char *name, long from_s, long to_s);

#endif
