/* SPDX-License-Identifier: MIT */
/*
 * The profiles of a manifest: reading, and choosing one.
 * Source: docs/spec/run-and-policy.md 6.3.
 */
#include "pkg/profile.h"

#include "pkg/profile_priv.h"

#include <string.h>

#define SANDBOXED "run-os-sandboxed"

static const char *const worlds[] = {
    "solve-pure", "solve-fs", "solve-rr", "solve-kv", "solve-full", "run-os", SANDBOXED};
static const char *const runners[] = {"auto", "host", "os"};
static const char *const cc_profiles[] = {"default", "size"};
static const char *const members[] = {"world", "policy", "runner", "input", "auto_ffi",
    "solve_fuel", "cpu_time_limit_seconds", "max_memory_bytes", "max_output_bytes", "cc_profile"};

static bool is_one_of(const char *text, const char *const *set, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, set[i]) == 0)
			return true;
	}
	return false;
}

void pkg_check_world(struct pkg_reader *r, const struct json *v, const char *world)
{
	char quoted[JSONDOC_QUOTED_SIZE];

	if (!is_one_of(world, worlds, ARRAY_LEN(worlds)))
		jsondoc_fault(&r->doc, pkg_at(v),
		    "solve-pure, solve-fs, solve-rr, solve-kv, solve-full, run-os or "
		    "run-os-sandboxed",
		    "unknown world %s", jsondoc_quote(quoted, str_c(world)));
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* ^[A-Za-z0-9][A-Za-z0-9._-]*$ */
static bool is_name(struct str s)
{
	if (!s.len || !is_alnum(s.ptr[0]))
		return false;
	for (uint32_t i = 1; i < s.len; i++) {
		if (!is_alnum(s.ptr[i]) && s.ptr[i] != '.' && s.ptr[i] != '_' && s.ptr[i] != '-')
			return false;
	}
	return true;
}

/* Required in the sandboxed world, where it is the whole point; meaningless elsewhere. */
static void check_policy(struct pkg_reader *r, const struct json *v, const struct pkg_profile *p)
{
	const struct json *policy = json_get(v, "policy");
	bool sandboxed = p->world && strcmp(p->world, SANDBOXED) == 0;

	if (sandboxed && !policy)
		jsondoc_fault(&r->doc, pkg_at(v),
		    "add `policy`: the path of a policy file; `x07 policy init` writes one",
		    "profile %s has the world " SANDBOXED " but no `policy`", p->name);
	if (p->world && !sandboxed && policy)
		jsondoc_fault(&r->doc, (struct jsondoc_at){.value = policy, .at_key = true},
		    "remove it, or set `world` to " SANDBOXED,
		    "`policy` is not allowed in the world %s", p->world);
}

static const char *read_choice(struct pkg_reader *r, const struct json *v, const char *name,
    const char *const *set, size_t count)
{
	const char *text = pkg_read_string(r, v, name, 0);
	char quoted[JSONDOC_QUOTED_SIZE];

	if (!text || is_one_of(text, set, count))
		return text;
	jsondoc_fault(&r->doc, pkg_at(json_get(v, name)),
	    set == runners ? "auto, host or os" : "default or size", "`%s` is %s", name,
	    jsondoc_quote(quoted, str_c(text)));
	return NULL;
}

static void warn_unknown(struct pkg_reader *r, const struct json *v)
{
	char quoted[JSONDOC_QUOTED_SIZE];

	for (uint32_t i = 0; i < v->count; i++) {
		const struct json *m = &v->items[i];
		bool known = false;

		for (size_t n = 0; n < ARRAY_LEN(members); n++)
			known = known || str_eq_c(m->key, members[n]);
		if (!known)
			jsondoc_warning(&r->doc, (struct jsondoc_at){.value = m, .at_key = true},
			    "it has no effect", "unknown field %s in a profile",
			    jsondoc_quote(quoted, m->key));
	}
}

static void read_profile(struct pkg_reader *r, const struct json *v, struct pkg_profile *p)
{
	unsigned flags = PKG_REL_PATH;

	p->world = pkg_read_string(r, v, "world", PKG_REQUIRED);
	if (p->world)
		pkg_check_world(r, json_get(v, "world"), p->world);
	/* An empty one is a fault, not an absent one. */
	flags |= json_get(v, "policy") ? PKG_REQUIRED : 0;
	p->policy = pkg_read_string(r, v, "policy", flags);
	check_policy(r, v, p);
	p->runner = read_choice(r, v, "runner", runners, ARRAY_LEN(runners));
	p->input = pkg_read_string(r, v, "input", PKG_REL_PATH);
	p->cc_profile = read_choice(r, v, "cc_profile", cc_profiles, ARRAY_LEN(cc_profiles));
	p->has_auto_ffi = pkg_read_bool(r, v, "auto_ffi", &p->auto_ffi);
	p->has_solve_fuel = pkg_read_u64(r, v, "solve_fuel", &p->solve_fuel);
	p->has_cpu_time_limit_seconds =
	    pkg_read_u64(r, v, "cpu_time_limit_seconds", &p->cpu_time_limit_seconds);
	p->has_max_memory_bytes = pkg_read_u64(r, v, "max_memory_bytes", &p->max_memory_bytes);
	p->has_max_output_bytes = pkg_read_u64(r, v, "max_output_bytes", &p->max_output_bytes);
	warn_unknown(r, v);
}

void pkg_read_profiles(struct pkg_reader *r, const struct json *root, struct pkg_manifest *m)
{
	const struct json *v = pkg_read_object(r, root, "profiles", PKG_NULLABLE);
	char quoted[JSONDOC_QUOTED_SIZE];

	if (!v)
		return;
	m->has_profiles = true;
	m->profiles = arena_alloc(r->arena, v->count * sizeof(*m->profiles));
	for (uint32_t i = 0; i < v->count; i++) {
		const struct json *item = &v->items[i];
		struct pkg_profile *p = &m->profiles[m->profile_count];

		if (!is_name(item->key))
			jsondoc_fault(&r->doc, (struct jsondoc_at){.value = item, .at_key = true},
			    "a letter or digit, then letters, digits, `.`, `_`, `-`",
			    "bad profile name %s", jsondoc_quote(quoted, item->key));
		if (!pkg_read_is_object(r, item, "a profile"))
			continue;
		p->name = arena_strndup(r->arena, item->key.ptr, item->key.len);
		read_profile(r, item, p);
		m->profile_count++;
	}
}

const struct pkg_profile *pkg_profile_find(const struct pkg_manifest *m, const char *name)
{
	for (uint32_t i = 0; i < m->profile_count; i++) {
		if (strcmp(m->profiles[i].name, name) == 0)
			return &m->profiles[i];
	}
	return NULL;
}

static int no_profile(const struct pkg_manifest *m, const char *name, struct err *err)
{
	CLEANUP(buf_clear) struct buf names = buf_init(512);

	for (uint32_t i = 0; i < m->profile_count; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", m->profiles[i].name);
	if (name)
		return err_set(err, ERR_USAGE, "unknown profile \"%.80s\"; %s has: %s", name,
		    m->path, names.len ? names.data : "none");
	return err_set(err, ERR_USAGE,
	    "no profile chosen: set default_profile in %s or pass --profile; it has: %s", m->path,
	    names.len ? names.data : "none");
}

int pkg_profile_select(const struct pkg_profile **out, const struct pkg_manifest *m,
    const char *requested, struct err *err)
{
	const char *name = requested ? requested : m->default_profile;
	const struct pkg_profile *found = NULL;

	if (!m->has_profiles && requested)
		return err_set(
		    err, ERR_USAGE, "--profile %.80s: %s has no profiles", requested, m->path);
	if (!m->has_profiles) {
		*out = NULL;
		return 0;
	}
	if (name)
		found = pkg_profile_find(m, name);
	else if (!(found = pkg_profile_find(m, "dev")))
		found = pkg_profile_find(m, "os");
	if (!found)
		return no_profile(m, name, err);
	*out = found;
	return 0;
}
