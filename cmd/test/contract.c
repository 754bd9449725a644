/* SPDX-License-Identifier: MIT */
/*
 * A broken contract: the trap carries a document, which becomes a file that names the test and the
 * limits. The program wrote the trap: it is parsed strictly, and only a digest of it makes a name.
 */
#include "cmd/test/contract.h"

#include "base/file.h"
#include "base/file_replace.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/path.h"
#include "base/version.h"
#include "cmd/test/codes.h"

#include <string.h>

#define PREFIX "X07T_CONTRACT_V1 "
#define DOCUMENT_MAX ((size_t)128 << 20)

bool test_contract_is(const char *trap)
{
	return strncmp(trap, PREFIX, strlen(PREFIX)) == 0;
}

static void print_runner(struct jsonw *w, const struct test_case *test)
{
	uint64_t ms = test->timeout_ms;

	jsonw_key(w, "runner");
	jsonw_object(w);
	jsonw_kv_int(w, "cpu_time_limit_seconds",
	    (int64_t)(ms != 0 ? (ms - 1) / 1000 + 1 : TEST_SECONDS_DEFAULT));
	jsonw_kv_bool(w, "debug_borrow_checks", false);
	jsonw_kv_int(w, "max_memory_bytes", (int64_t)TEST_MEMORY);
	jsonw_kv_int(w, "max_output_bytes", (int64_t)TEST_OUTPUT);
	jsonw_kv_int(w, "solve_fuel",
	    (int64_t)(test->solve_fuel != 0 ? test->solve_fuel : TEST_FUEL_DEFAULT));
	jsonw_end_object(w);
}

static void print_document(struct buf *out, const struct json *contract,
    const struct test_case *test, const struct test_settings *settings)
{
	struct jsonw w = jsonw_init(out, true);

	jsonw_object(&w);
	jsonw_key(&w, "contract");
	jsonw_value(&w, contract, true);
	jsonw_key(&w, "input_bytes_b64");
	jsonw_base64(&w, test->input.len > 0 ? test->input.ptr : "", test->input.len);
	print_runner(&w, test);
	jsonw_kv_string(&w, "schema_version", "x07.contract.repro@0.1.0");
	jsonw_key(&w, "source");
	jsonw_object(&w);
	jsonw_kv_string(&w, "mode", "x07test");
	jsonw_kv_string(&w, "test_entry", test->entry);
	jsonw_kv_string(&w, "test_id", test->id);
	jsonw_kv_string(&w, "tests_manifest_path", settings->manifest_path);
	jsonw_end_object(&w);
	jsonw_key(&w, "tool");
	jsonw_object(&w);
	jsonw_kv_string(&w, "x07_version", X07_VERSION);
	jsonw_kv_string(&w, "x07c_version", X07_VERSION);
	jsonw_end_object(&w);
	jsonw_kv_string(
	    &w, "world", test->world < LANG_RUN_OS ? lang_world_name(test->world) : "solve-rr");
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

static int write_file(char **path, const struct buf *text, const struct str *clause,
    const struct test_settings *settings, struct err *err)
{
	CLEANUP(buf_clear) struct buf name = buf_init(65536);
	AUTO_FREE char *dir = NULL;
	AUTO_FREE char *file = NULL;
	char digest[SHA256_HEX_SIZE];
	int rc;

	sha256_text(digest, clause->ptr, clause->len);
	buf_printf(&name, "%s/contract/id_%s", settings->artifact_dir, digest);
	dir = buf_take(&name);
	rc = file_mkdirs(dir, err);
	if (rc < 0)
		return rc;
	file = path_join(dir, "repro.json");
	rc = file_replace(file, text->data, text->len, err);
	if (rc == 0)
		*path = TAKE(file);
	return rc;
}

const struct code *test_contract_write(char **path, const char *trap, const struct test_case *test,
    const struct test_settings *settings, struct err *err)
{
	CLEANUP(arena_clear) struct arena arena;
	CLEANUP(buf_clear) struct buf text = buf_init(DOCUMENT_MAX);
	const char *payload = trap + strlen(PREFIX);
	const struct json *contract = NULL, *clause = NULL;
	struct json_fault fault = {0};

	arena_init(&arena, (size_t)64 << 20);
	if (json_parse(&contract, &arena, payload, strlen(payload), NULL, &fault) == 0)
		clause = json_get(contract, "clause_id");
	if (clause == NULL || clause->kind != JSON_STRING) {
		(void)err_set(err, ERR_FORMAT, "the trap of a contract carries no clause_id");
		return TEST_CODE(CONTRACT_PARSE);
	}
	print_document(&text, contract, test, settings);
	if (write_file(path, &text, &clause->text, settings, err) < 0)
		return TEST_CODE(CONTRACT_WRITE);
	return NULL;
}
