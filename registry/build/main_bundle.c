/* SPDX-License-Identifier: MIT */
/*
 * A step of the build, not installed: makes the embedded registry from the package sources in
 * registry/bundled, signs it, and writes its public key as a header for registry/bundled.c.
 *
 *   x07-bundle SOURCES OUTPUT KEY HEADER
 *
 * KEY holds a seed in base64; when it is not there one is made for this build folder, which nobody
 * else knows. SOURCE_DATE_EPOCH and a given key make the result reproducible.
 */
#include "base/base64.h"
#include "base/file.h"
#include "base/file_replace.h"
#include "registry/build/build.h"
#include "registry/sign.h"
#include "registry/types.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#define LIFETIME_S (INT64_C(3650) * 86400)

struct paths {
	const char *sources, *output, *key, *header;
};

static int make_key(const char *path, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(64);
	uint8_t seed[REGISTRY_ED25519_SEED];
	int rc;

	if (getrandom(seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		return err_sys(err, ERR_IO, "getrandom");
	buf_put_base64(&text, seed, sizeof(seed));
	buf_putc(&text, '\n');
	(void)umask(077);
	rc = file_create(path, text.data, text.len, err);
	(void)umask(022);
	return rc;
}

static int read_key(uint8_t seed[REGISTRY_ED25519_SEED], const char *path, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(256);
	int rc = file_read(&text, path, err);

	if (rc == ERR_NOT_FOUND) {
		rc = make_key(path, err);
		if (rc == 0)
			rc = file_read(&text, path, err);
	}
	return rc < 0 ? rc : registry_sign_read_seed(seed, text.data, text.len, err);
}

/* The id changes with the key, so that two builds are never taken for one. */
static void key_id(char out[24], const uint8_t pub[REGISTRY_ED25519_PUB])
{
	char hex[SHA256_HEX_SIZE];

	sha256_text(hex, pub, REGISTRY_ED25519_PUB);
	(void)snprintf(out, 24, "embedded-%.12s", hex);
}

static int write_header(
    const char *path, const char *id, const uint8_t pub[REGISTRY_ED25519_PUB], struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(4096);
	CLEANUP(buf_clear) struct buf old = buf_init(4096);
	struct err ignored = {0};

	buf_printf(&text, "static const char bundled_id[] = \"%s\";\n", id);
	buf_puts(&text, "static const unsigned char bundled_pub[] = {");
	for (size_t i = 0; i < REGISTRY_ED25519_PUB; i++)
		buf_printf(&text, "%u,", (unsigned)pub[i]);
	buf_puts(&text, "};\n");
	/* Unchanged, it must not make others build again. */
	if (file_read(&old, path, &ignored) == 0 && strcmp(old.data, text.data) == 0)
		return 0;
	return file_replace(path, text.data, text.len, err);
}

static int64_t build_time(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");

	return epoch && epoch[0] ? (int64_t)strtoll(epoch, NULL, 10) : (int64_t)time(NULL);
}

static int bundle(const struct paths *p, struct err *err)
{
	struct build_options options = {.input = p->sources,
	    .output = p->output,
	    .name = "embedded",
	    .now_s = build_time(),
	    .lifetime_s = LIFETIME_S};
	struct build_result result = {0};
	uint8_t seed[REGISTRY_ED25519_SEED];
	uint8_t pub[REGISTRY_ED25519_PUB] = {0};
	char id[24];
	int rc = read_key(seed, p->key, err);

	if (rc == 0)
		rc = registry_sign_public(pub, seed, err);
	if (rc < 0)
		return rc;
	key_id(id, pub);
	options.seed = seed;
	options.key_id = id;
	rc = build_registry(&result, &options, err);
	return rc < 0 ? rc : write_header(p->header, id, pub, err);
}

int main(int argc, char **argv)
{
	struct err err = {0};
	int rc;

	if (argc != 5) {
		(void)fprintf(stderr, "usage: x07-bundle SOURCES OUTPUT KEY HEADER\n");
		return 2;
	}
	rc = bundle(&(struct paths){argv[1], argv[2], argv[3], argv[4]}, &err);
	if (rc < 0)
		(void)fprintf(stderr, "x07-bundle: %s%s%s\n", err_shown(&err),
		    err.what != NULL ? ": " : "", err.message);
	return rc < 0;
}
