/* SPDX-License-Identifier: MIT */
/* The compiler's public calls: the stages in order, each with the results of the earlier ones. */
#include "lang/lang.h"

#include "base/hash.h"
#include "lang/ast/load.h"
#include "lang/check/check.h"
#include "lang/codes.h"
#include "lang/image/cache.h"
#include "lang/image/cache_prune.h"
#include "lang/image/cc.h"
#include "lang/image/tcc.h"
#include "lang/ir/fuel.h"
#include "lang/profiles.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define C_BYTES_DEFAULT (32u << 20)
#define BACKGROUND_CPU_S 90

struct lang_program {
	struct lang_options options;
	struct arena arena;
	struct ast_program *ast;
	struct emit_unit unit;
	bool translated;
	struct image_cc cc;
	char key[SHA256_HEX_SIZE];
};

/* Everything that the bytes of an image depend on. */
static void make_key(struct lang_program *p)
{
	const struct lang_options *o = &p->options;
	uint8_t flags[4] = {(uint8_t)o->world, o->allow_unsafe, o->allow_ffi, EMIT_VERSION};
	const char *texts[] = {LANG_ID, p->ast->graph_digest, image_guest_digest(),
	    image_cc_flags(), p->cc.path ? p->cc.path : "", p->cc.args ? p->cc.args : ""};
	uint8_t out[SHA256_BYTES];
	struct sha256 h;

	sha256_init(&h);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		sha256_add_field(&h, texts[i], strlen(texts[i]));
	if (o->arch_root != NULL)
		lang_profiles_digest(&h, o->arch_root);
	sha256_add(&h, flags, sizeof(flags));
	sha256_add(&h, &p->cc.size, sizeof(p->cc.size));
	sha256_add(&h, &p->cc.mtime_ns, sizeof(p->cc.mtime_ns));
	sha256_end(&h, out);
	sha256_hex(p->key, out);
}

int lang_load(struct lang_program **out, const struct lang_options *options,
    struct diag_list *diags, struct err *err)
{
	struct lang_program *p = base_calloc(1, sizeof(*p));
	struct ast_source source = {
	    .entry_path = options->entry_path,
	    .module_roots = options->module_roots,
	    .root_count = options->module_root_count,
	    .std_root = options->std_root,
	    .whole = options->whole,
	    .world_is_os = options->world == LANG_RUN_OS || options->world == LANG_RUN_OS_SANDBOXED,
	};
	int rc;

	p->options = *options;
	p->unit.text = buf_init(options->max_c_bytes ? options->max_c_bytes : C_BYTES_DEFAULT);
	arena_init(&p->arena, 0);
	rc = ast_load(&p->ast, &p->arena, &source, diags, err);
	if (rc < 0) {
		lang_program_free(p);
		return rc;
	}
	(void)image_cc_find(&p->cc);
	make_key(p);
	*out = p;
	return 0;
}

void lang_program_free(struct lang_program *program)
{
	if (program == NULL)
		return;
	emit_unit_clear(&program->unit);
	image_cc_clear(&program->cc);
	arena_clear(&program->arena);
	free(program);
}

static int too_large(struct lang_program *p, struct diag_list *diags, struct err *err)
{
	char message[160];
	struct diag d = {.severity = DIAG_ERROR,
	    .stage = lang_code_stage(LANG_CODE_BUDGET_C),
	    .what = LANG_CODE(BUDGET_C),
	    .message = message,
	    .file = p->options.entry_path,
	    .ptr = ""};

	(void)snprintf(message, sizeof(message),
	    "%s: generated C too large: max_c_bytes=%zu (set X07_MAX_C_BYTES=<n>)",
	    lang_code_kind(LANG_CODE_BUDGET_C), p->unit.text.max);
	diag_add(diags, &d);
	return err_set(err, ERR_COMPILE, "%s", message);
}

int lang_check(struct lang_program *program, struct diag_list *diags, struct err *err)
{
	struct ir_program *ignored;

	return ck_program(&ignored, &program->arena, program->ast, &program->options, diags, err);
}

int lang_translate(struct lang_program *program, struct diag_list *diags, struct err *err)
{
	struct ir_program *ir;
	int rc;

	if (program->translated)
		return 0;
	rc = ck_program(&ir, &program->arena, program->ast, &program->options, diags, err);
	if (rc < 0)
		return rc;
	ir_settle_fuel(ir);
	emit_program(&program->unit, ir);
	if (program->unit.text.overflow) {
		buf_reset(&program->unit.text);
		return too_large(program, diags, err);
	}
	program->translated = true;
	return 0;
}

const char *lang_c_text(const struct lang_program *program, size_t *len)
{
	*len = program->translated ? program->unit.text.len : 0;
	return program->translated ? program->unit.text.data : NULL;
}

const char *lang_cache_key(const struct lang_program *program)
{
	return program->key;
}

const char *lang_graph_digest(const struct lang_program *program)
{
	return program->ast->graph_digest;
}

const char *lang_runtime_digest(void)
{
	return image_guest_digest();
}

/* The bytes as what a guest maps. */
static int seal(struct lang_image *out, const struct image_bytes *image, struct err *err)
{
	struct lang_image sealed = {.fd = -1, .entry = image->entry};
	int rc = image_seal(&sealed.fd, &sealed.size, image, err);

	if (rc < 0)
		return rc;
	*out = sealed;
	return 0;
}

void lang_image_clear(struct lang_image *image)
{
	base_close_fd(&image->fd);
	*image = (struct lang_image){.fd = -1};
}

bool lang_cache_find(struct lang_image *out, const struct lang_program *program)
{
	CLEANUP(image_bytes_clear) struct image_bytes image = {0};
	AUTO_CLOSE int cache_fd = image_cache_open();
	struct err ignored = {0};

	if (cache_fd < 0 || !image_cache_load(&image, cache_fd, program->key))
		return false;
	if (image_check_guest(program->options.rt_dir, &ignored) < 0 ||
	    seal(out, &image, &ignored) < 0)
		return false;
	out->full = true;
	out->from_cache = true;
	return true;
}

static int need_text(const struct lang_program *program, struct err *err)
{
	if (program->translated)
		return image_check_guest(program->options.rt_dir, err);
	return err_set(err, ERR_INTERNAL, "the program was not translated");
}

int lang_image_fast(struct lang_image *out, const struct lang_program *program, struct err *err)
{
	CLEANUP(image_bytes_clear) struct image_bytes image = {0};
	int rc = need_text(program, err);

	if (rc < 0)
		return rc;
	rc = image_tcc_build(&image, &program->unit, err);
	return rc < 0 ? rc : seal(out, &image, err);
}

/* Compile in a private directory that is gone afterwards. */
static int build_full(
    struct image_bytes *out, const struct lang_program *program, int cache_fd, struct err *err)
{
	AUTO_FREE char *tmp = image_cache_tmp_dir(cache_fd);
	int rc;

	if (tmp == NULL)
		return err_sys(err, ERR_IO, "cannot make a temporary directory");
	rc = image_cc_build(out, &program->unit, &program->cc, program->options.rt_dir, tmp, err);
	image_cache_tmp_remove(tmp);
	return rc;
}

int lang_image_full(struct lang_image *out, const struct lang_program *program, struct err *err)
{
	CLEANUP(image_bytes_clear) struct image_bytes image = {0};
	AUTO_CLOSE int cache_fd = image_cache_open();
	struct err ignored = {0};
	int rc = need_text(program, err);

	if (rc < 0)
		return rc;
	rc = build_full(&image, program, cache_fd, err);
	if (rc < 0)
		return rc;
	rc = seal(out, &image, err);
	if (rc < 0)
		return rc;
	out->full = true;
	/* A cache that cannot be written costs the next run some time, not this one its result. */
	if (cache_fd >= 0 && image_cache_store(cache_fd, program->key, &image, &ignored) == 0)
		out->from_cache = false;
	return 0;
}

static bool is_cached(int cache_fd, const struct lang_program *program)
{
	CLEANUP(image_bytes_clear) struct image_bytes image = {0};

	return image_cache_load(&image, cache_fd, program->key);
}

static void build_once(const struct lang_program *program)
{
	CLEANUP(image_bytes_clear) struct image_bytes image = {0};
	AUTO_CLOSE int cache_fd = image_cache_open();
	struct err ignored = {0};
	int lock_fd = cache_fd < 0 ? -1 : image_cache_lock(cache_fd, program->key);

	if (lock_fd < 0)
		return;
	if (!is_cached(cache_fd, program) && need_text(program, &ignored) == 0 &&
	    build_full(&image, program, cache_fd, &ignored) == 0 &&
	    image_cache_store(cache_fd, program->key, &image, &ignored) == 0)
		image_cache_prune(cache_fd, IMAGE_CACHE_MAX_BYTES);
	image_cache_unlock(cache_fd, program->key, lock_fd);
}

static void set_limit(int resource, rlim_t value)
{
	struct rlimit limit = {value, value};

	(void)setrlimit((__rlimit_resource_t)resource, &limit);
}

/*
 * The compiler itself has tighter bounds (lang/image/cc.c); these hold this process, which only
 * waits. Nothing of the foreground stays open here: a pipe kept open would look like a hung run.
 */
static void detach(void)
{
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd <= 2; fd++)
		(void)dup2(null, fd);
	(void)syscall(SYS_close_range, 3u, ~0u, 0u);
	if (nice(19) < 0)
		(void)setpriority(PRIO_PROCESS, 0, 19);
	set_limit(RLIMIT_CPU, BACKGROUND_CPU_S);
	set_limit(RLIMIT_CORE, 0);
}

/*
 * The first child has no exit signal and nobody waits for it: waiting for it to be scheduled would
 * cost milliseconds on a busy machine. It is invisible to waitpid without __WCLONE, and init reaps
 * it after us. The second fork gives the builder up to init and makes the C library's state whole.
 */
void lang_image_full_in_background(const struct lang_program *program)
{
	if (program->cc.path == NULL || !program->translated)
		return;
	if (syscall(SYS_clone, 0, NULL, NULL, NULL, NULL) != 0)
		return;
	if (setsid() < 0 || fork() != 0)
		_exit(0);
	detach();
	build_once(program);
	_exit(0);
}

char *lang_cc_path(void)
{
	CLEANUP(image_cc_clear) struct image_cc cc = {0};

	return image_cc_find(&cc) ? TAKE(cc.path) : NULL;
}

bool lang_have_cc(void)
{
	CLEANUP(image_cc_clear) struct image_cc cc = {0};

	return image_cc_find(&cc);
}

bool lang_have_cache(void)
{
	AUTO_CLOSE int cache_fd = image_cache_open();

	return cache_fd >= 0;
}

bool lang_uses_net(const struct lang_program *program)
{
	return program->ast->uses_net;
}

void lang_stats_get(struct lang_stats *out, const struct lang_program *program)
{
	*out = (struct lang_stats){
	    .c_bytes = program->unit.text.len,
	    .modules = program->ast->module_count,
	    .nodes = program->ast->node_count,
	    .functions = program->unit.function_count,
	};
}
