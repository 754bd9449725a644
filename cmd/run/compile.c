/* SPDX-License-Identifier: MIT */
/*
 * From program file to image, at the speed the user asked for: a cached full image when there is
 * one, else libtcc now and cc -O2 for the next run.
 */
#include "cmd/run/compile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static void set_error(struct run_program *out, const struct diag_list *diags, const char *fallback)
{
	for (uint32_t i = 0; i < diags->count; i++) {
		if (diags->items[i].severity == DIAG_ERROR) {
			out->error = base_strdup(diags->items[i].message);
			return;
		}
	}
	out->error = base_strdup(fallback);
}

struct lang_options run_lang_options(
    const struct run_target *t, const struct run_policy *policy, const struct run_dirs *dirs)
{
	return (struct lang_options){.entry_path = t->entry,
	    .module_roots = (const char *const *)t->module_roots.items,
	    .module_root_count = t->module_roots.count,
	    .std_root = dirs->std_root,
	    .rt_dir = dirs->rt_dir,
	    .arch_root = t->root,
	    .world = t->world,
	    .allow_unsafe = !policy->given || policy->rules.language.allow_unsafe,
	    .allow_ffi = !policy->given || policy->rules.language.allow_ffi};
}

static void fill_options(struct lang_options *out, const struct run_compile_request *r)
{
	uint64_t max_c = r->options->max_c_bytes.value;

	*out = run_lang_options(r->target, r->policy, r->dirs);
	out->max_c_bytes = max_c > UINT32_MAX ? UINT32_MAX : (uint32_t)max_c;
}

static void note_no_compiler(
    struct run_program *out, const struct run_compile_request *r, bool asked_for)
{
	const char *named = getenv("X07_CC");

	out->image_note = named != NULL && *named != '\0'
			      ? "X07_CC names no program: every run uses the fast image"
			      : "no C compiler on this host: every run uses the fast image";
	if (asked_for)
		notes_say(r->notes, "--opt=full: %s", out->image_note);
}

static int make_image(struct run_program *out, const struct run_compile_request *r,
    struct diag_list *diags, struct err *err)
{
	const char *opt = r->options->opt;
	bool fast = opt != NULL ? strcmp(opt, "fast") == 0 : r->attested;
	bool full = opt != NULL && strcmp(opt, "full") == 0;
	int rc;

	if (!fast && lang_cache_find(&out->image, out->lang))
		return 0;
	rc = lang_translate(out->lang, diags, err);
	if (rc < 0)
		return rc;
	if (!fast && !lang_have_cc()) {
		note_no_compiler(out, r, full);
		full = false;
	} else if (!fast && !lang_have_cache()) {
		out->image_note =
		    "no image cache: X07_NATIVE_CACHE_DIR, XDG_CACHE_HOME or HOME must lead to a "
		    "folder that is yours and that nobody else can write; every run compiles anew";
	}
	return full ? lang_image_full(&out->image, out->lang, err)
		    : lang_image_fast(&out->image, out->lang, err);
}

static int compile(struct run_program *out, const struct run_compile_request *r,
    struct diag_list *diags, struct err *err)
{
	int rc = lang_load(&out->lang, &out->options, diags, err);

	if (rc < 0)
		return rc;
	rc = r->loaded != NULL ? r->loaded(r->ctx, out->lang, err) : 0;
	return rc < 0 ? rc : make_image(out, r, diags, err);
}

/* Which of the language flags that the policy gives does the program need? The fewest first. */
static int compile_observed(struct run_program *out, const struct run_compile_request *r,
    struct diag_list *diags, struct err *err)
{
	const bool unsafe = out->options.allow_unsafe, ffi = out->options.allow_ffi;
	int rc = ERR_COMPILE;

	for (unsigned flags = 0; flags < 4; flags++) {
		out->used_unsafe = (flags & 1) != 0;
		out->used_ffi = (flags & 2) != 0;
		if ((out->used_unsafe && !unsafe) || (out->used_ffi && !ffi))
			continue;
		if (out->lang != NULL)
			lang_program_free(out->lang);
		out->lang = NULL;
		diag_list_clear(diags);
		*err = (struct err){0};
		out->options.allow_unsafe = out->used_unsafe;
		out->options.allow_ffi = out->used_ffi;
		rc = compile(out, r, diags, err);
		if (rc != ERR_COMPILE)
			break;
	}
	return rc;
}

/* The program of a run before: only what is written into it is another. */
static int take_ready(struct run_program *out, const struct lang_image *ready, struct err *err)
{
	int fd = fcntl(ready->fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return err_sys(err, ERR_IO, "cannot use the image again");
	out->image = *ready;
	out->image.fd = fd;
	return 0;
}

int run_compile(struct run_program *out, const struct run_compile_request *request,
    struct diag_list *diags, struct err *err)
{
	int rc;

	if (request->options->ready != NULL)
		return take_ready(out, request->options->ready, err);
	fill_options(&out->options, request);
	rc = request->observed && request->policy->given
		 ? compile_observed(out, request, diags, err)
		 : compile(out, request, diags, err);
	if (out->lang != NULL)
		lang_stats_get(&out->stats, out->lang);
	if (rc == ERR_COMPILE)
		set_error(out, diags, err->message);
	return rc;
}

void run_program_clear(struct run_program *program)
{
	if (program->lang != NULL)
		lang_program_free(program->lang);
	program->lang = NULL;
	lang_image_clear(&program->image);
	base_free_ptr(&program->error);
	base_free_ptr(&program->hint);
}
