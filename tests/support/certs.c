/* SPDX-License-Identifier: MIT */
/* See certs.h. One P-256 key serves the authority and its certificates: nobody has to be fooled. */
#include "tests/support/certs.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define DAY 86400L

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	(void)fprintf(stderr, "certs: %s\n", what);
	abort();
}

static void extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	must(e != NULL && X509_add_ext(cert, e, -1) == 1, "extension");
	X509_EXTENSION_free(e);
}

static X509 *make(struct certs *c, const char *name, long from_s, long to_s)
{
	X509 *x = X509_new();
	X509_NAME *subject;

	must(x != NULL && X509_set_version(x, 2) == 1 &&
		 ASN1_INTEGER_set(X509_get_serialNumber(x), ++c->serial) == 1 &&
		 X509_gmtime_adj(X509_getm_notBefore(x), from_s) != NULL &&
		 X509_gmtime_adj(X509_getm_notAfter(x), to_s) != NULL &&
		 X509_set_pubkey(x, c->key) == 1,
	    "certificate");
	subject = X509_get_subject_name(x);
	must(X509_NAME_add_entry_by_txt(
		 subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0) == 1 &&
		 X509_set_issuer_name(x, c->ca != NULL ? X509_get_subject_name(c->ca) : subject) ==
		     1,
	    "names");
	return x;
}

X509 *certs_issue(struct certs *c, const char *name, long from_s, long to_s)
{
	X509 *x = make(c, name, from_s, to_s);
	char alt[256];

	(void)snprintf(alt, sizeof(alt), "DNS:%s", name);
	extend(x, c->ca, NID_subject_alt_name, alt);
	must(X509_sign(x, c->key, EVP_sha256()) > 0, "signature");
	return x;
}

void certs_init(struct certs *out, const char *ca_path)
{
	FILE *f;

	*out = (struct certs){.key = EVP_EC_gen("P-256")};
	must(out->key != NULL, "key");
	out->ca = make(out, "x07 test authority", -DAY, DAY);
	extend(out->ca, out->ca, NID_basic_constraints, "critical,CA:TRUE");
	extend(out->ca, out->ca, NID_key_usage, "critical,keyCertSign");
	must(X509_sign(out->ca, out->key, EVP_sha256()) > 0, "signature");
	f = fopen(ca_path, "w");
	must(f != NULL && PEM_write_X509(f, out->ca) == 1 && fclose(f) == 0, ca_path);
}

void certs_clear(struct certs *c)
{
	X509_free(c->ca);
	EVP_PKEY_free(c->key);
	*c = (struct certs){0};
}
