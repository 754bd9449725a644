/* SPDX-License-Identifier: MIT */
/* Heads of requests to `x07 registry serve`: refused, wanted longer, or a path that leads nowhere
 * else. */
#include "registry/serve/request.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct serve_request r = {0}, shorter = {0};
	char value[64];
	int rc = serve_request_parse(&r, (const char *)data, size);

	if (rc <= 0)
		return 0;
	/* The head ends where it ends, whatever comes behind it. */
	if ((size_t)rc > size ||
	    serve_request_parse(&shorter, (const char *)data, (size_t)rc) != rc ||
	    strcmp(r.path, shorter.path) != 0 || r.length != shorter.length ||
	    serve_request_parse(&shorter, (const char *)data, (size_t)rc - 1) > 0)
		abort();
	if (r.path[0] != '/' || strstr(r.path, "/../") != NULL || strstr(r.path, "//") != NULL ||
	    strchr(r.path, '\\') != NULL)
		abort();
	for (const char *c = r.path; *c != '\0'; c++) {
		if ((unsigned char)*c < 0x20)
			abort();
	}
	if (strpbrk(r.authorization, "\r\n") != NULL || strpbrk(r.if_none_match, "\r\n") != NULL)
		abort();
	if (serve_query_get(value, sizeof(value), r.query, "q") && strlen(value) >= sizeof(value))
		abort();
	return 0;
}
