/* SPDX-License-Identifier: MIT */
/* See rt_test.h. */
#include "tests/unit/rt/rt_test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	struct rt_config c;
	char text[4096];
} doc;
static int events;

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
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	events = fcntl(fds[0], F_DUPFD, 50);
	ck_assert_int_eq(fcntl(events, F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(dup2(fds[1], RT_FD_EVENTS), RT_FD_EVENTS);
	if (fds[0] != RT_FD_EVENTS)
		close(fds[0]);
	if (fds[1] != RT_FD_EVENTS)
		close(fds[1]);
}

void ck_event(enum rt_event_kind kind, enum rt_event_reason why, int sys_errno, const char *subject)
{
	struct rt_event e;
	char text[RT_EVENT_MAX];

	ck_assert_int_eq(read(events, &e, sizeof(e)), sizeof(e));
	ck_assert_uint_ge(e.size, sizeof(e));
	ck_assert_uint_le(e.size, RT_EVENT_MAX);
	ck_assert_int_eq(e.kind, kind);
	ck_assert_int_eq(e.reason, why);
	ck_assert_int_eq(e.sys_errno, sys_errno);
	ck_assert_uint_eq(e.size - sizeof(e), strlen(subject));
	if (*subject)
		ck_assert_int_eq(read(events, text, strlen(subject)), (ssize_t)strlen(subject));
	ck_assert_int_eq(memcmp(text, subject, strlen(subject)), 0);
}

void ck_no_event(void)
{
	char byte;

	ck_assert_int_eq(read(events, &byte, 1), -1);
	ck_assert_int_eq(errno, EAGAIN);
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
