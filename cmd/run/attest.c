/* SPDX-License-Identifier: MIT */
/*
 * The attestation of a run, x07.runtime.attest@0.2.0: digests of policy, program, runtime and
 * image, the layers as seen from inside, and what the program did. Canonical JSON: keys sorted,
 * no white space, one newline. No time, no process number, no temporary path, so two identical runs
 * give identical bytes.
 * Source: docs/format/runtime-attest.md.
 */
#include "cmd/run/attest.h"

#include "base/file.h"
#include "base/file_replace.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/path.h"
#include "cmd/run/backend.h"
#include "cmd/run/codes.h"
#include "cmd/run/denial.h"
#include "cmd/run/effects.h"
#include "cmd/run/layers.h"
#include "cmd/run/net.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCHEMA "x07.runtime.attest@0.2.0"
#define ATTEST_MAX_BYTES (64u << 20)
#define DIGEST_SIZE (sizeof("sha256:") + 64)

int run_attest_check(enum lang_world world, struct err *err)
{
	if (world != LANG_RUN_OS_SANDBOXED)
		return err_code(err, ERR_UNSUPPORTED, RUN_CODE(ATTEST_WORLD),
		    "--attest-runtime wants the world run-os-sandboxed, not %s",
		    lang_world_name(world));
	return 0;
}

static void prefixed(struct jsonw *w, const char *key, const char *hex)
{
	CLEANUP(buf_clear) struct buf text = buf_init(DIGEST_SIZE);

	buf_printf(&text, "sha256:%s", hex);
	jsonw_kv_string(w, key, text.data);
}

/* Digest of @p len bytes of a file, or of all of it. */
static int digest_fd(char out[SHA256_HEX_SIZE], int fd, const char *what, struct err *err)
{
	AUTO_FREE char *block = base_alloc(65536);
	uint8_t digest[SHA256_BYTES];
	struct sha256 h;
	off_t at = 0;

	sha256_init(&h);
	for (;;) {
		ssize_t n = pread(fd, block, 65536, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, ERR_IO, "reading the %s for its digest", what);
		if (n == 0)
			break;
		sha256_add(&h, block, (size_t)n);
		at += n;
	}
	sha256_end(&h, digest);
	sha256_hex(out, digest);
	return 0;
}

/* Paths of the project are written relative to it: a moved project attests the same. */
static const char *shown(const struct run_record *run, const char *path)
{
	size_t len = strlen(run->target->cwd);

	if (path == NULL)
		return NULL;
	if (strncmp(path, run->target->cwd, len) == 0 && path[len] == '/')
		return path + len + 1;
	return strcmp(path, run->target->cwd) == 0 ? "." : path;
}

static int compare_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int by_what(const void *x, const void *y)
{
	const struct run_effect *a = *(const struct run_effect *const *)x;
	const struct run_effect *b = *(const struct run_effect *const *)y;
	int rc = (int)a->kind - (int)b->kind;

	if (rc == 0)
		rc = compare_text(a->path, b->path);
	if (rc == 0)
		rc = compare_text(a->subject, b->subject);
	if (rc == 0)
		rc = (int)a->op - (int)b->op;
	if (rc == 0)
		rc = (int)a->reason - (int)b->reason;
	if (rc == 0)
		rc = (a->code > b->code) - (a->code < b->code);
	if (rc == 0)
		rc = (a->detail > b->detail) - (a->detail < b->detail);
	return rc == 0 ? (a > b) - (a < b) : rc;
}

static bool is_file_use(const struct run_effect *e)
{
	return e->reason == RT_USED && run_effect_is_fs(e) && (e->detail & RT_USE_BELOW) == 0;
}

static bool is_env_use(const struct run_effect *e)
{
	return e->reason == RT_USED && e->kind == RT_EV_ENV;
}

static bool is_other_use(const struct run_effect *e)
{
	return e->reason == RT_USED && !run_effect_is_fs(e) && e->kind != RT_EV_ENV &&
	       e->net == NULL;
}

static bool is_host(const struct run_effect *e)
{
	return e->reason == RT_USED && e->net != NULL;
}

static bool is_refusal(const struct run_effect *e)
{
	return e->reason != RT_USED;
}

static void number(struct jsonw *w, const char *key, uint64_t value)
{
	jsonw_key(w, key);
	jsonw_uint(w, value);
}

static void subject(struct jsonw *w, const char *key, const struct run_effect *e)
{
	jsonw_key(w, key);
	jsonw_string_n(w, e->subject, e->subject_len);
}

static void file_json(struct jsonw *w, const struct run_record *run, const struct run_effect *e)
{
	jsonw_kv_string(w, "access", e->kind == RT_EV_FS_WRITE ? "write" : "read");
	number(w, "bytes", e->bytes);
	number(w, "code", e->code);
	number(w, "count", e->count);
	jsonw_kv_string(w, "head", run_effects_head(e->op));
	jsonw_kv_string(w, "path", shown(run, e->path));
	jsonw_kv_string(w, "root", e->root);
}

static void env_json(struct jsonw *w, const struct run_record *run, const struct run_effect *e)
{
	(void)run;
	number(w, "count", e->count);
	subject(w, "key", e);
	jsonw_kv_bool(w, "set", (e->detail & RT_USE_ABSENT) == 0);
}

static void other_json(struct jsonw *w, const struct run_record *run, const struct run_effect *e)
{
	(void)run;
	number(w, "count", e->count);
	jsonw_kv_string(w, "head", run_effects_head(e->op));
	if (e->op == RT_OP_TIME_SLEEP)
		number(w, "most_ms", e->most);
}

/* No times, and no address: who answers for a name differs from run to run. */
static void host_json(struct jsonw *w, const struct run_record *run, const struct run_effect *e)
{
	(void)run;
	number(w, "bytes_in", e->net->bytes_in);
	number(w, "bytes_out", e->net->bytes_out);
	number(w, "code", e->code);
	number(w, "count", e->count);
	jsonw_kv_string(w, "head", run_effects_head(e->op));
	subject(w, "host", e);
	number(w, "http", e->net->http);
	number(w, "tls", e->net->tls);
}

static void refusal_json(struct jsonw *w, const struct run_record *run, const struct run_effect *e)
{
	number(w, "code", e->code);
	number(w, "count", e->count);
	jsonw_kv_int(w, "errno", e->sys_errno);
	jsonw_kv_string(w, "head", run_effects_head(e->op));
	jsonw_kv_string(w, "operation", run_denial_operation(e));
	jsonw_kv_string(w, "path", shown(run, e->path));
	subject(w, "subject", e);
}

/* The entries of one kind, sorted. */
static void list(struct jsonw *w, const char *key, const struct run_record *run,
    bool (*wanted)(const struct run_effect *),
    void (*print)(struct jsonw *, const struct run_record *, const struct run_effect *))
{
	const struct run_effects *all = &run->ended->effects;
	AUTO_FREE const struct run_effect **some =
	    base_calloc(all->count + 1, sizeof(struct run_effect *));
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (wanted(&all->items[i]))
			some[count++] = &all->items[i];
	}
	qsort(some, count, sizeof(struct run_effect *), by_what);
	jsonw_key(w, key);
	jsonw_array(w);
	for (size_t i = 0; i < count; i++) {
		jsonw_object(w);
		print(w, run, some[i]);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void effect_log(struct jsonw *w, const struct run_record *run)
{
	const struct run_effects *e = &run->ended->effects;

	jsonw_object(w);
	list(w, "env", run, is_env_use, env_json);
	list(w, "files", run, is_file_use, file_json);
	list(w, "hosts", run, is_host, host_json);
	number(w, "not_listed_refusals", e->lost_refusals);
	number(w, "not_listed_uses", e->lost_uses);
	list(w, "other", run, is_other_use, other_json);
	list(w, "refused", run, is_refusal, refusal_json);
	jsonw_kv_string(w, "schema_version", "x07.effect.log@0.2.0");
	jsonw_end_object(w);
}

static void hosts_json(struct jsonw *w, const struct policy_net *net)
{
	jsonw_array(w);
	for (uint32_t i = 0; net->enabled && i < net->host_count; i++) {
		jsonw_object(w);
		jsonw_kv_string(w, "host", net->hosts[i].host);
		jsonw_key(w, "ports");
		jsonw_array(w);
		for (uint32_t p = 0; p < net->hosts[i].port_count; p++)
			jsonw_uint(w, net->hosts[i].ports[p]);
		jsonw_end_array(w);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void image_json(struct jsonw *w, const struct run_record *run, const char *digest)
{
	jsonw_object(w);
	number(w, "bytes", run->program->image.size);
	prefixed(w, "digest", digest);
	jsonw_kv_string(w, "opt", run->program->image.full ? "full" : "fast");
	jsonw_end_object(w);
}

static void outcome_json(struct jsonw *w, const struct run_record *run)
{
	char digest[SHA256_HEX_SIZE];

	sha256_text(digest, run->outcome->output != NULL ? run->outcome->output : "",
	    run->outcome->output_len);
	jsonw_object(w);
	jsonw_kv_int(w, "exit_status", run->ended->result.exit_status);
	jsonw_kv_bool(w, "ok", run->outcome->trap == NULL && run->ended->result.exit_status == 0);
	prefixed(w, "output_digest", digest);
	number(w, "output_len_bytes", run->outcome->output_len);
	jsonw_kv_string(w, "trap", run->outcome->trap);
	jsonw_end_object(w);
}

/* Digests that are made for the attestation only. */
struct digests {
	char image[SHA256_HEX_SIZE], input[SHA256_HEX_SIZE], log[SHA256_HEX_SIZE];
};

static void empty_list(struct jsonw *w, const char *key)
{
	jsonw_key(w, key);
	jsonw_array(w);
	jsonw_end_array(w);
}

/* Keys "a" to "e", those of the reference; then the rest, in order. */
static void document_head(struct jsonw *w, const struct run_record *run, const struct digests *d)
{
	const struct policy_net *net = &run->policy->rules.net;

	jsonw_kv_bool(w, "allow_dns", net->enabled && net->allow_dns);
	jsonw_kv_bool(w, "allow_tcp", net->enabled && net->allow_tcp);
	jsonw_kv_bool(w, "allow_udp", net->enabled && net->allow_udp);
	jsonw_kv_string(w, "artifact_path", shown(run, run->target->entry));
	prefixed(w, "bundled_binary_digest", d->image);
	empty_list(w, "capsule_attestation_digests");
	jsonw_kv_string(w, "compile_attestation_digest", NULL);
	jsonw_key(w, "effect_log");
	effect_log(w, run);
	jsonw_key(w, "effect_log_digests");
	jsonw_array(w);
	{
		CLEANUP(buf_clear) struct buf text = buf_init(DIGEST_SIZE);

		buf_printf(&text, "sha256:%s", d->log);
		jsonw_string(w, text.data);
	}
	jsonw_end_array(w);
	jsonw_key(w, "effective_allow_hosts");
	hosts_json(w, net);
	empty_list(w, "effective_deny_hosts");
	prefixed(w, "effective_policy_digest", run->policy->rules.digest);
}

static void document(struct buf *out, const struct run_record *run, const struct digests *d)
{
	const struct policy_net *net = &run->policy->rules.net;
	struct jsonw w = jsonw_init(out, false);

	jsonw_object(&w);
	document_head(&w, run, d);
	jsonw_kv_string(&w, "guest_image_digest", NULL);
	jsonw_key(&w, "image");
	image_json(&w, run, d->image);
	prefixed(&w, "input_digest", d->input);
	number(&w, "input_len_bytes", run->input->size);
	jsonw_kv_int(&w, "landlock_abi", run->ended->result.landlock_abi);
	run_layers_json(&w, &run->ended->result);
	jsonw_kv_string(
	    &w, "network_enforcement", run_net_enforcement(run->net, &run->ended->result));
	jsonw_kv_string(&w, "network_mode", run_net_mode(net));
	jsonw_key(&w, "outcome");
	outcome_json(&w, run);
	jsonw_kv_string(&w, "policy_path", shown(run, run->policy->path));
	prefixed(&w, "program_digest", lang_graph_digest(run->program->lang));
	prefixed(&w, "runtime_digest", lang_runtime_digest());
	jsonw_kv_string(&w, "sandbox_backend", run_backend_name(run->isolation->backend));
	jsonw_kv_string(&w, "schema_version", SCHEMA);
	jsonw_kv_bool(&w, "weaker_isolation", run->isolation->accepted);
	jsonw_kv_string(&w, "world", lang_world_name(run->target->world));
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

static int write_file(const char *path, const struct buf *text, struct err *err)
{
	AUTO_FREE char *folder = path_dirname(path);
	struct err why = {0};
	int rc = text->overflow
		     ? err_set(&why, ERR_LIMIT, "it is larger than %u bytes", ATTEST_MAX_BYTES)
		     : file_mkdirs(folder, &why);

	if (rc == 0)
		rc = file_replace(path, text->data, text->len, &why);
	if (rc < 0)
		return err_code(
		    err, rc, RUN_CODE(ATTEST_WRITE), "attestation %s: %s", path, why.message);
	return 0;
}

int run_attest_write(
    char digest[65], const char *path, const struct run_record *run, struct err *err)
{
	CLEANUP(buf_clear) struct buf log = buf_init(ATTEST_MAX_BYTES);
	CLEANUP(buf_clear) struct buf text = buf_init(ATTEST_MAX_BYTES);
	struct jsonw w = jsonw_init(&log, false);
	struct digests d;
	int rc = digest_fd(d.image, run->program->image.fd, "image", err);

	if (rc < 0)
		return rc;
	rc = digest_fd(d.input, run->input->fd, "input", err);
	if (rc < 0)
		return rc;
	effect_log(&w, run);
	sha256_text(d.log, log.data, log.len);
	document(&text, run, &d);
	rc = write_file(path, &text, err);
	if (rc < 0)
		return rc;
	sha256_text(digest, text.data, text.len);
	return 0;
}
