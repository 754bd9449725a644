/* SPDX-License-Identifier: MIT */
/* See rt_test.h. */
#include "tests/unit/rt/rt_test.h"

#include "lang/rt/config.h"
#include "lang/rt/config_priv.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/start.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	struct rt_config c;
	char text[4096];
} doc;
static struct rt_effects *effects;
static uint64_t told[RT_EFFECT_SLOTS]; /* counts that a test has asked for */

struct rt_config *rt_test_config(void)
{
	memset(&doc, 0, sizeof(doc));
	doc.c = (struct rt_config){.magic = RT_CONFIG_MAGIC,
	    .size = sizeof(doc.c),
	    .fuel = 1000000,
	    .mem_cap = 64u << 20,
	    .max_output = 1u << 20,
	    .image_entry = RT_UNIT_BASE,
	    .image_size = 4096};
	return &doc.c;
}

void rt_test_list(struct rt_list *list, const char *items)
{
	size_t len = strlen(items) + 1;

	ck_assert_uint_le(doc.c.size - sizeof(doc.c) + len, sizeof(doc.text));
	memcpy((char *)&doc + doc.c.size, items, len);
	*list = (struct rt_list){doc.c.size, 1};
	for (char *at = (char *)&doc + doc.c.size; (at = strchr(at, ';')) != NULL; list->count++)
		*at++ = '\0';
	doc.c.size += (uint32_t)len;
}

void rt_test_begin(void)
{
	ck_assert(rt_config_valid(&doc.c, doc.c.size));
	ck_assert_int_eq(rt_begin(&doc.c), 0);
}

void rt_test_folder(void)
{
	AUTO_FREE char *path = test_path(".");

	ck_assert_int_eq(chdir(path), 0);
}

rt_view view_of(const char *text)
{
	return (rt_view){(const rt_u8 *)text, (rt_u32)strlen(text)};
}

rt_bytes bytes_of(const char *text)
{
	return rt_bytes_clone(view_of(text));
}

rt_vec vec_of(const char *text)
{
	rt_vec v = {NULL, 0, 0};

	return rt_vec_u8_extend_bytes(v, view_of(text));
}

void ck_bytes(rt_bytes b, const char *want)
{
	ck_assert_uint_eq(b.len, strlen(want));
	if (b.len)
		ck_assert_mem_eq(b.ptr, want, b.len);
	else
		ck_assert_ptr_null(b.ptr);
	rt_bytes_drop(b);
}

void ck_trap(void (*run)(void), const char *line)
{
	char got[8192];
	size_t len = 0;
	ssize_t n;
	int fds[2];
	int status;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		run();
		_exit(0);
	}
	close(fds[1]);
	while ((n = read(fds[0], got + len, sizeof(got) - 1 - len)) > 0)
		len += (size_t)n;
	got[len] = '\0';
	close(fds[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGILL,
	    "%s: status %x, printed %s", line, (unsigned)status, got);
	ck_assert_uint_eq(len, strlen(line) + 1);
	ck_assert_msg(strncmp(got, line, len - 1) == 0 && got[len - 1] == '\n', "got %s", got);
}

void rt_test_events(void)
{
	int fd = memfd_create("effects", MFD_CLOEXEC);

	ck_assert_int_eq(ftruncate(fd, sizeof(*effects)), 0);
	ck_assert_int_eq(dup2(fd, RT_FD_EFFECTS), RT_FD_EFFECTS);
	effects = mmap(NULL, sizeof(*effects), PROT_READ, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(effects, MAP_FAILED);
	memset(told, 0, sizeof(told));
	if (fd != RT_FD_EFFECTS)
		close(fd);
	rt_state.effects = NULL;
	rt_state.effects_here = true;
}

const struct rt_effects *rt_test_effects(void)
{
	return effects;
}

static bool is_event(const struct rt_effect *e, enum rt_event_kind kind, unsigned why,
    int sys_errno, const char *subject)
{
	return e->kind == kind && e->reason == why && e->sys_errno == sys_errno &&
	       e->text_len == strlen(subject) &&
	       memcmp(effects->text + e->text_at, subject, e->text_len) == 0;
}

const struct rt_effect *ck_use(enum rt_event_kind kind, rt_u32 code, const char *subject)
{
	for (uint32_t i = 0; i < effects->used; i++) {
		const struct rt_effect *e = &effects->entry[i];

		if (is_event(e, kind, RT_USED, 0, subject) && e->code == code)
			return e;
	}
	ck_abort_msg("no use of kind %d, code %u, subject %s", kind, code, subject);
	return NULL;
}

void ck_event(enum rt_event_kind kind, enum rt_event_reason why, int sys_errno, const char *subject)
{
	for (uint32_t i = 0; i < effects->used; i++) {
		const struct rt_effect *e = &effects->entry[i];

		if (told[i] < e->count && is_event(e, kind, why, sys_errno, subject)) {
			told[i]++;
			return;
		}
	}
	ck_abort_msg("no event %d %d %d %s", kind, why, sys_errno, subject);
}

void ck_no_event(void)
{
	for (uint32_t i = 0; i < effects->used; i++)
		ck_assert(
		    effects->entry[i].reason == RT_USED || told[i] == effects->entry[i].count);
}

rt_bytes caps_full(rt_u32 max_read, rt_u32 max_write, rt_u32 entries, rt_u32 depth, rt_u32 flags)
{
	rt_u32 f[6] = {1, max_read, max_write, entries, depth, flags};
	rt_bytes b = rt_bytes_alloc(24);

	for (unsigned i = 0; i < 24; i++)
		b.ptr[i] = (rt_u8)(f[i / 4] >> (8 * (i % 4)));
	return b;
}

rt_bytes caps_of(rt_u32 flags)
{
	return caps_full(0, 0, 0, 0, flags);
}
