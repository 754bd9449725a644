/* SPDX-License-Identifier: MIT */
/* An answer of a served registry, on its way to the connection. */
#ifndef REGISTRY_SERVE_ANSWER_H
#define REGISTRY_SERVE_ANSWER_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>

/** An answer. Zero-initialise; serve_answer_clear. */
struct serve_answer {
	int status;
	const char *type;   /* static */
	char etag[72];      /* with its quotes; "" = none */
	const char *cache;  /* static; NULL = no-store */
	char location[128]; /* "" = none */
	char request_id[33];
	struct buf body;
	int file_fd; /* owned; the body instead of `body`; -1 = none */
	uint64_t file_bytes;
};

/** Free the body and close the file. */
void serve_answer_clear(struct serve_answer *a);

/** Answer with a code: `{code, message, request_id}`. */
void serve_fail(struct serve_answer *a, int status, const struct code *code, const char *message);

/** As serve_fail, from a failure of ours. */
void serve_fail_err(struct serve_answer *a, const struct err *err);

/** Answer with a JSON body that a writer made. */
void serve_json(struct serve_answer *a, int status);

#endif
