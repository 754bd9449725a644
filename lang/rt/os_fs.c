/* SPDX-License-Identifier: MIT */
/*
 * The legacy file heads. A root's own name at the start of a path is dropped, then the path is
 * opened below each root in order; the first that opens wins.
 * Source: docs/spec/run-and-policy.md 2.1, docs/spec/stdlib.md 4.1; docs/decisions/design.md 2 rows
 * 3, 5, 7.
 */
#include "lang/rt/arena.h"
#include "lang/rt/config.h"
#include "lang/rt/config_priv.h"
#include "lang/rt/decide.h"
#include "lang/rt/effect.h"
#include "lang/rt/fs_path.h"
#include "lang/rt/fs_place.h"
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/stream.h"
#include "lang/rt/trap.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct head {
	enum rt_op op;
	bool write;
	enum rt_event_kind kind;
	const char *unsafe, *hidden, *nul;
};

static const struct head head_read = {RT_OP_FS_READ_FILE, false, RT_EV_FS_READ,
    "os.fs.read_file unsafe path", "os.fs.read_file hidden path denied",
    "os.fs.read_file path contains NUL"};
static const struct head head_write = {RT_OP_FS_WRITE_FILE, true, RT_EV_FS_WRITE,
    "os.fs.write_file unsafe path", "os.fs.write_file hidden path denied",
    "os.fs.write_file path contains NUL"};

/* What was opened, or with which path and errno it failed last. */
struct attempt {
	int fd;       /* or -errno */
	rt_u32 root;  /* tried last, plus one */
	rt_u32 held;  /* the first whose text holds the path, plus one */
	rt_u32 shut;  /* the first write root in which a read root holds the path, plus one */
	bool in_root; /* the text of some root holds the path */
	char tried[2 * RT_PATH_MAX];
};

static _Noreturn void refuse(
    const struct head *h, enum rt_event_reason why, rt_view path, const char *message)
{
	struct rt_effect_key key = {.kind = h->kind, .reason = why, .detail = RT_GATE_BLOCKING_IO};

	(void)rt_effect_add(&key, path, 0);
	rt_trap(message, NULL);
}

static void check(const struct head *h, rt_view path)
{
	int why;

	rt_state.op = h->op;
	rt_state.fs_linked = false;
	rt_state.fs_gates = RT_GATE_BLOCKING_IO;
	if (!rt_sandboxed()) {
		if (path.len && memchr(path.ptr, '\0', path.len))
			rt_trap(h->nul, NULL);
		return;
	}
	why = rt_decide_file(rt_state.config->gates, (const char *)path.ptr, path.len);
	if (why == RT_WHY_DISABLED)
		refuse(h, RT_WHY_DISABLED, path, "os.fs disabled by policy");
	if (why == RT_WHY_GATE)
		refuse(h, RT_WHY_GATE, path, "os.threads.blocking disabled by policy");
	if (why == RT_WHY_UNSAFE_PATH)
		refuse(h, RT_WHY_UNSAFE_PATH, path, h->unsafe);
	if (why != 0)
		refuse(h, RT_WHY_HIDDEN, path, h->hidden);
	rt_gates_used(RT_GATE_FS | RT_GATE_BLOCKING_IO);
}

/* "<root>/<rest>" for messages; cut off when too long. */
static void join(char *out, size_t size, const char *root, const char *rest)
{
	size_t n = strnlen(root, size / 2);
	size_t m = strnlen(rest, size / 2 - 2);

	memcpy(out, root, n);
	if (n == 0 || out[n - 1] != '/')
		out[n++] = '/';
	memcpy(out + n, rest, m);
	out[n + m] = '\0';
}

static int flags_of(const struct head *h)
{
	return h->write ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY;
}

static void try_root(struct attempt *a, const struct head *h, rt_u32 i, const char *path)
{
	const struct rt_config *c = rt_state.config;
	const char *root = rt_list_item(h->write ? &c->write_roots : &c->read_roots, i);
	bool here = false;
	const char *rest = path + rt_decide_below(&here, root, path);
	int base;

	if (here && !a->in_root)
		a->held = i + 1;
	a->in_root |= here;
	join(a->tried, sizeof(a->tried), root, rest);
	a->root = i + 1;
	if (h->write && rt_fs_read_only(i, rest)) {
		a->shut = a->shut ? a->shut : i + 1;
		a->fd = -EROFS;
		return;
	}
	base = rt_fs_root(h->write, i);
	a->fd = base < 0 ? base : rt_fs_open(base, rest, flags_of(h), h->write ? 0666 : 0);
}

/* Count what the policy allowed, also when the file was not there. */
static void use(const struct head *h, const struct attempt *a, rt_view path, uint64_t bytes)
{
	struct rt_effect_key key = {.kind = h->kind,
	    .code = a->fd < 0 ? (rt_u32)-a->fd : 0,
	    .root = a->fd < 0 && a->held ? a->held : a->root,
	    .detail = rt_state.fs_linked ? RT_USE_LINK : 0};

	if (rt_observed())
		(void)rt_effect_add(&key, path, bytes);
}

/* Failures that are the policy's doing rather than the file's. */
static void report(const struct head *h, const struct attempt *a, rt_view path)
{
	int err = -a->fd;
	struct rt_effect_key key = {.kind = h->kind, .sys_errno = err, .root = a->held};

	if (a->shut) {
		key.reason = RT_WHY_READ_ROOT;
		key.root = a->shut;
	} else if (err == EXDEV || err == ELOOP) {
		key.reason = RT_WHY_UNSAFE_PATH;
	} else if (err == EACCES || err == EPERM || err == EROFS || !a->in_root) {
		key.reason = RT_WHY_NO_ROOT;
	}
	if (key.reason)
		(void)rt_effect_add(&key, path, 0);
	else
		use(h, a, path, 0);
}

static void open_path(struct attempt *a, const struct head *h, rt_view path)
{
	const struct rt_config *c = rt_state.config;
	rt_u32 roots = h->write ? c->write_roots.count : c->read_roots.count;
	char text[RT_PATH_MAX];

	a->fd = -EACCES;
	a->root = a->held = a->shut = 0;
	a->in_root = false;
	a->tried[0] = '\0';
	if (path.len >= sizeof(text)) {
		a->fd = -ENAMETOOLONG;
		return;
	}
	if (path.len)
		memcpy(text, path.ptr, path.len);
	text[path.len] = '\0';
	memcpy(a->tried, text, (size_t)path.len + 1);
	if (!rt_sandboxed()) {
		a->fd = rt_fs_open(AT_FDCWD, text, flags_of(h), h->write ? 0666 : 0);
		return;
	}
	for (rt_u32 i = 0; i < roots && a->fd < 0; i++)
		try_root(a, h, i, text);
	if (a->fd < 0 && a->shut) /* that nothing is below another root is no better news */
		a->fd = -EROFS;
	if (a->fd < 0)
		report(h, a, path);
}

static _Noreturn void open_failed(const struct attempt *a)
{
	rt_view tried = {(const rt_u8 *)a->tried, (rt_u32)strlen(a->tried)};

	rt_trap_path("os.fs.read_file open failed", tried);
}

rt_bytes rt_os_fs_read_file(rt_bytes path)
{
	rt_view text = {path.ptr, path.len};
	struct attempt a;
	rt_bytes out;
	int rc;

	check(&head_read, text);
	open_path(&a, &head_read, text);
	if (a.fd < 0)
		open_failed(&a);
	rc = rt_read_all(&out, a.fd, RT_ALLOC_MAX);
	if (rc == EISDIR)
		open_failed(&a);
	if (rc == EFBIG)
		rt_trap("os.fs.read_file file too large", NULL);
	if (rc == ENOMEM)
		rt_out_of_memory();
	if (rc)
		rt_trap("os.fs.read_file read failed", NULL);
	use(&head_read, &a, text, out.len);
	close(a.fd);
	rt_mem_adopt(out.ptr);
	rt_bytes_drop(path);
	return out;
}

rt_u32 rt_os_fs_write_file(rt_view path, rt_view data)
{
	struct attempt a;
	int rc;

	check(&head_write, path);
	open_path(&a, &head_write, path);
	if (a.fd < 0)
		return (rt_u32)-a.fd;
	rc = rt_write_all(a.fd, data.ptr, data.len);
	use(&head_write, &a, path, data.len);
	if (close(a.fd) < 0 && !rc)
		rc = errno ? errno : 1;
	return (rt_u32)rc;
}
