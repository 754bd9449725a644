/* SPDX-License-Identifier: MIT */
/*
 * From program file to image, at the speed the user asked for: a cached full image when there is
 * one, else libtcc now and cc -O2 for the next run.
 */
#include "cmd/run/run.h"

#include <stdlib.h>
#include <string.h>

static void set_compile_error(struct run *run, const char *fallback)
{
	for (uint32_t i = 0; i < run->diags.count; i++) {
		if (run->diags.items[i].severity == DIAG_ERROR) {
			run->compile_error = base_strdup(run->diags.items[i].message);
			return;
		}
	}
	run->compile_error = base_strdup(fallback);
}

static void fill_options(struct lang_options *out, const struct run *run)
{
	const struct run_target *t = &run->target;
	uint64_t max_c = run->options->max_c_bytes.value;

	out->entry_path = t->entry;
	out->module_roots = (const char *const *)t->module_roots;
	out->module_root_count = t->module_root_count;
	out->std_root = run->std_root;
	out->rt_dir = run->rt_dir;
	out->arch_root = t->root;
	out->world = t->world;
	out->allow_unsafe = run->has_policy ? run->policy.language.allow_unsafe : true;
	out->allow_ffi = run->has_policy ? run->policy.language.allow_ffi : true;
	out->max_c_bytes = max_c > UINT32_MAX ? UINT32_MAX : (uint32_t)max_c;
}

static void note_no_compiler(struct run *run, bool asked_for)
{
	const char *named = getenv("X07_CC");

	run->image_note = named != NULL && *named != '\0'
			      ? "X07_CC names no program: every run uses the fast image"
			      : "no C compiler on this host: every run uses the fast image";
	if (asked_for)
		print_note(run->call, "--opt=full: %s", run->image_note);
}

static int make_image(struct run *run, struct err *err)
{
	const char *opt = run->options->opt;
	/* attested: the image must not depend on what the cache happens to hold */
	bool fast = opt != NULL ? strcmp(opt, "fast") == 0 : run->options->attest != NULL;
	bool full = opt != NULL && strcmp(opt, "full") == 0;
	int rc;

	if (!fast && lang_cache_find(&run->image, run->lang))
		return 0;
	rc = lang_translate(run->lang, &run->diags, err);
	if (rc < 0)
		return rc;
	if (!fast && !lang_have_cc()) {
		note_no_compiler(run, full);
		full = false;
	} else if (!fast && !lang_have_cache()) {
		run->image_note =
		    "no image cache: X07_NATIVE_CACHE_DIR, XDG_CACHE_HOME or HOME must lead to a "
		    "folder that is yours and that nobody else can write; every run compiles anew";
	}
	return full ? lang_image_full(&run->image, run->lang, err)
		    : lang_image_fast(&run->image, run->lang, err);
}

static int compile(struct run *run, struct err *err)
{
	int rc = lang_load(&run->lang, &run->lang_options, &run->diags, err);

	/* it starts while the program compiles */
	if (rc == 0)
		rc = run_net_start(run, err);
	return rc == 0 ? make_image(run, err) : rc;
}

/* Which of the language flags that the policy gives does the program need? The fewest first. */
static int compile_observed(struct run *run, struct err *err)
{
	const bool unsafe = run->lang_options.allow_unsafe, ffi = run->lang_options.allow_ffi;
	int rc = ERR_COMPILE;

	for (unsigned flags = 0; flags < 4; flags++) {
		run->used_unsafe = (flags & 1) != 0;
		run->used_ffi = (flags & 2) != 0;
		if ((run->used_unsafe && !unsafe) || (run->used_ffi && !ffi))
			continue;
		if (run->lang != NULL)
			lang_program_free(run->lang);
		run->lang = NULL;
		diag_list_clear(&run->diags);
		*err = (struct err){0};
		run->lang_options.allow_unsafe = run->used_unsafe;
		run->lang_options.allow_ffi = run->used_ffi;
		rc = compile(run, err);
		if (rc != ERR_COMPILE)
			break;
	}
	return rc;
}

int run_compile(struct run *run, struct err *err)
{
	int rc;

	fill_options(&run->lang_options, run);
	rc = run->observed && run->has_policy ? compile_observed(run, err) : compile(run, err);
	if (run->lang != NULL)
		lang_stats_get(&run->stats, run->lang);
	if (rc == ERR_COMPILE)
		set_compile_error(run, err->message);
	return rc;
}
