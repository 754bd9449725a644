/* SPDX-License-Identifier: MIT */
/* An answer of a served registry (answer.h). */
#include "registry/serve/answer.h"

#include "base/json.h"
#include "registry/codes.h"

void serve_answer_clear(struct serve_answer *a)
{
	buf_clear(&a->body);
	base_close_fd(&a->file_fd);
	a->file_fd = -1;
}

void serve_json(struct serve_answer *a, int status)
{
	a->status = status;
	a->type = "application/json";
	buf_putc(&a->body, '\n');
}

void serve_fail(struct serve_answer *a, int status, const struct code *code, const char *message)
{
	struct jsonw w = jsonw_init(&a->body, false);

	buf_reset(&a->body);
	base_close_fd(&a->file_fd);
	a->file_fd = -1;
	a->etag[0] = '\0';
	a->cache = NULL;
	jsonw_object(&w);
	jsonw_kv_string(&w, "code", code->id);
	jsonw_kv_string(&w, "message", message);
	jsonw_kv_string(&w, "request_id", a->request_id);
	jsonw_end_object(&w);
	serve_json(a, status);
}

static const struct {
	enum registry_code_id code;
	int status;
} code_statuses[] = {
    {REGISTRY_CODE_REG_AUTH_REQUIRED, 401},
    {REGISTRY_CODE_REG_AUTH_INVALID, 401},
    {REGISTRY_CODE_REG_FORBIDDEN, 403},
    {REGISTRY_CODE_REG_NOT_FOUND, 404},
    {REGISTRY_CODE_REG_INDEX_NOT_FOUND, 404},
    {REGISTRY_CODE_REG_ALREADY_PUBLISHED, 409},
    {REGISTRY_CODE_REG_DB_CORRUPT, 500},
    {REGISTRY_CODE_REG_STORAGE, 500},
};

void serve_fail_err(struct serve_answer *a, const struct err *err)
{
	int status = 400;

	/* What went wrong inside stays inside: it would name files of this machine. */
	if (err->what == NULL) {
		serve_fail(
		    a, 500, REGISTRY_CODE(REG_INTERNAL), "the registry failed; its log says why");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(code_statuses); i++) {
		if (err_is(err, &registry_codes[code_statuses[i].code]))
			status = code_statuses[i].status;
	}
	serve_fail(a, status, err->what, err->message);
}
