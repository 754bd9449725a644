/* SPDX-License-Identifier: MIT */
/*
 * The table of effects as the supervisor sees it: a memory file that the guest fills. It is read
 * into our own memory when everything inside is dead; every index and length is checked there,
 * because the program may have written anything.
 * Source: lang/rt/config.h, docs/decisions/effect-table.md.
 */
#include "cmd/run/effects.h"

#include "base/path.h"
#include "lang/rt/decide.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const char *run_effects_head(unsigned op)
{
	static const char *const names[] = {
#define NAME(id, name) name,
	    RT_OPS(NAME)
#undef NAME
	};

	return op < ARRAY_LEN(names) ? names[op] : names[RT_OP_NONE];
}

int run_effects_open(int *out, struct err *err)
{
	int fd = memfd_create("x07-effects", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	*out = fd;
	if (fd < 0)
		return err_sys(err, ERR_IO, "memory file for the effects");
	if (ftruncate(fd, sizeof(struct rt_effects)) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) < 0)
		return err_sys(err, ERR_IO, "memory file for the effects");
	return 0;
}

static int read_at(int fd, void *to, size_t len, size_t at, struct err *err)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = pread(fd, (char *)to + done, len - done, (off_t)(at + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(err, ERR_IO, "reading the effects");
		done += (size_t)n;
	}
	return 0;
}

static bool in_range(const struct rt_effect *e)
{
	return e->kind > 0 && e->kind < RT_EV_COUNT && e->reason < RT_WHY_COUNT &&
	       e->op < RT_OP_COUNT && e->count > 0 && e->text_len <= RT_EFFECT_SUBJECT_MAX &&
	       e->text_at <= RT_EFFECT_TEXT && e->text_len <= RT_EFFECT_TEXT - e->text_at;
}

/* Where the paths of the program lie. */
struct place {
	const struct run_policy *policy;
	const char *cwd;
};

static const char *root_of(const struct run_policy *policy, const struct rt_effect *e)
{
	const struct policy_fs *fs = &policy->rules.fs;
	const struct policy_list *list =
	    e->kind == RT_EV_FS_WRITE ? &fs->write_roots : &fs->read_roots;

	if (!policy->given || e->root == 0 || e->root > list->count)
		return NULL;
	return list->items[e->root - 1];
}

bool run_effects_is_legacy(unsigned op)
{
	return op == RT_OP_FS_READ_FILE || op == RT_OP_FS_WRITE_FILE || op == RT_OP_FS_READ ||
	       op == RT_OP_FS_OPEN || op == RT_OP_FS_LIST_DIR;
}

/* The path that was meant, as text; links are not resolved. NULL when the subject is none. */
static char *path_of(const char *cwd, const struct run_effect *e)
{
	const char *rest = e->subject;
	AUTO_FREE char *below = NULL;
	AUTO_FREE char *joined = NULL;
	char *out = NULL;
	bool in_root = false;
	struct err ignored = {0};

	if (e->subject_len == 0 || memchr(e->subject, '\0', e->subject_len) != NULL)
		return NULL;
	if (e->root != NULL && (run_effects_is_legacy(e->op) || e->detail & RT_USE_BELOW)) {
		if (run_effects_is_legacy(e->op))
			rest += rt_decide_below(&in_root, e->root, rest);
		below = path_join(e->root, rest);
	}
	joined = path_join(cwd, below != NULL ? below : rest);
	return path_absolute(&out, joined, &ignored) == 0 ? out : NULL;
}

static void add(
    struct run_effects *out, const struct rt_effect *e, const char *text, const struct place *place)
{
	struct run_effect *item = &out->items[out->count++];

	*item = (struct run_effect){.kind = e->kind,
	    .reason = e->reason,
	    .op = e->op,
	    .sys_errno = e->sys_errno,
	    .code = e->code,
	    .detail = e->detail,
	    .count = e->count,
	    .bytes = e->bytes,
	    .most = e->most,
	    .subject_len = e->text_len};
	item->subject = base_alloc((size_t)e->text_len + 1);
	memcpy(item->subject, text + e->text_at, e->text_len);
	item->subject[e->text_len] = '\0';
	if (!run_effect_is_fs(item))
		return;
	item->root = root_of(place->policy, e);
	item->path = path_of(place->cwd, item);
}

static void take(struct run_effects *out, const struct rt_effects *t, const struct place *place)
{
	uint32_t used = t->used < RT_EFFECT_SLOTS ? t->used : RT_EFFECT_SLOTS;
	/* Entries that share their text would make it a thousand times as large. */
	uint32_t room[2] = {RT_EFFECT_TEXT, RUN_REFUSALS_TEXT};

	out->gates = t->gates;
	out->most_fd = t->most_fd;
	out->most_entries = t->most_entries;
	out->most_depth = t->most_depth;
	out->lost_uses = t->lost_uses;
	out->lost_refusals = t->lost_refusals;
	if (used > 0)
		out->items = base_calloc(used, sizeof(*out->items));
	for (uint32_t i = 0; i < used; i++) {
		const struct rt_effect *e = &t->entry[i];

		if (!in_range(e))
			continue;
		if (e->text_len > room[e->reason != RT_USED]) {
			out->left_out++;
			continue;
		}
		room[e->reason != RT_USED] -= e->text_len;
		add(out, e, t->text, place);
	}
}

static void free_table(struct rt_effects **t)
{
	base_free_ptr(t);
}

int run_effects_read(struct run_effects *out, int fd, const struct run_policy *policy,
    const char *cwd, struct err *err)
{
	CLEANUP(free_table) struct rt_effects *t = base_alloc(sizeof(*t));
	const struct place place = {policy, cwd};
	int rc = read_at(fd, t, offsetof(struct rt_effects, bucket), 0, err);

	/* the usual case ends here: nothing was refused and nobody observed */
	if (rc == 0 && t->used > 0)
		rc = read_at(fd, t, sizeof(*t), 0, err);
	if (rc < 0)
		return rc;
	take(out, t, &place);
	return 0;
}

void run_effects_clear(struct run_effects *effects)
{
	for (size_t i = 0; i < effects->count; i++) {
		base_free_ptr(&effects->items[i].subject);
		base_free_ptr(&effects->items[i].path);
	}
	base_free_ptr(&effects->items);
	*effects = (struct run_effects){0};
}
