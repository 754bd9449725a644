/* SPDX-License-Identifier: MIT */
/*
 * The heads fs.*: the files of a fixture in a solve world, which are its one read root. In the
 * worlds of the operating system the same heads read the working directory or, under a policy, its
 * read roots, held to the same rules as the heads os.fs.*.
 * Source: docs/spec/builtins.md 9.
 */
#include "lang/rt/arena.h"
#include "lang/rt/config.h"
#include "lang/rt/config_priv.h"
#include "lang/rt/decide.h"
#include "lang/rt/effect.h"
#include "lang/rt/fs_names.h"
#include "lang/rt/fs_path.h"
#include "lang/rt/fs_tree.h"
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/stream.h"
#include "lang/rt/trap.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* A head by its texts and by what the policy must allow. */
struct head {
	enum rt_op op;
	rt_u32 gates;
	rt_u32 use; /* RT_USE_* */
	int flags;
	const char *unsafe, *failed;
};

static const struct head head_read = {RT_OP_FS_READ, RT_GATE_BLOCKING_IO, 0, O_RDONLY | O_NONBLOCK,
    "fs.read unsafe path", "fs.read open failed"};
static const struct head head_open = {RT_OP_FS_OPEN, RT_GATE_BLOCKING_IO, 0, O_RDONLY | O_NONBLOCK,
    "fs.open_read unsafe path", "fs.open_read open failed"};
static const struct head head_list = {RT_OP_FS_LIST_DIR, RT_GATE_BLOCKING_IO | RT_GATE_FS_WALK,
    RT_USE_DIR, O_RDONLY | O_DIRECTORY, "fs.list_dir unsafe path", "fs.list_dir open failed"};

static _Noreturn void refuse(
    const struct head *h, enum rt_event_reason why, rt_view path, const char *message)
{
	struct rt_effect_key key = {.kind = RT_EV_FS_READ, .reason = why, .detail = h->gates};

	(void)rt_effect_add(&key, path, 0);
	rt_trap(message, NULL);
}

static void check(const struct head *h, rt_view path)
{
	int why;

	rt_state.op = h->op;
	rt_state.fs_linked = false;
	rt_state.fs_gates = h->gates;
	if (path.len >= RT_PATH_MAX || !rt_decide_safe_relative((const char *)path.ptr, path.len))
		rt_trap(h->unsafe, NULL);
	if (!rt_sandboxed())
		return;
	why = rt_decide_file(rt_state.config->gates, (const char *)path.ptr, path.len);
	if (why == RT_WHY_HIDDEN)
		refuse(h, RT_WHY_HIDDEN, path, "fs hidden path denied");
	if (why == RT_WHY_GATE)
		refuse(h, RT_WHY_GATE, path, "os.threads.blocking disabled by policy");
	if (why != 0)
		refuse(h, (enum rt_event_reason)why, path, "fs disabled by policy");
	if ((rt_state.config->gates & h->gates) != h->gates)
		refuse(h, RT_WHY_GATE, path, "fs.list_dir disabled by policy");
	rt_gates_used(RT_GATE_FS | h->gates);
}

/* What was opened, or the errno of the last root; `root` is its number plus one. */
struct opened {
	int fd;
	rt_u32 root;
};

static struct opened open_below_roots(const struct head *h, const char *text)
{
	rt_u32 roots = rt_state.config->read_roots.count;
	struct opened o = {-EACCES, 0};

	if (!rt_sandboxed()) {
		o.fd = rt_fs_open(AT_FDCWD, text, h->flags, 0);
		return o;
	}
	for (rt_u32 i = 0; i < roots && o.fd < 0; i++) {
		const char *root = rt_list_item(&rt_state.config->read_roots, i);
		bool in_root = false;
		const char *rest = text + rt_decide_below(&in_root, root, text);
		int base = rt_fs_root(false, i);

		o.root = i + 1;
		o.fd = base < 0 ? base : rt_fs_open(base, rest, h->flags, 0);
	}
	return o;
}

/* Refusals are always told, what was used only to an observer. */
static void count(const struct head *h, const struct opened *o, rt_view path, uint64_t bytes)
{
	int err = o->fd < 0 ? -o->fd : 0;
	struct rt_effect_key key = {.kind = RT_EV_FS_READ, .root = o->root};
	bool refused = rt_sandboxed() && (err == EACCES || err == EPERM);

	if (refused || (rt_sandboxed() && (err == EXDEV || err == ELOOP))) {
		key.reason = refused ? RT_WHY_NO_ROOT : RT_WHY_UNSAFE_PATH;
		key.sys_errno = err;
	} else if (!rt_observed()) {
		return;
	} else {
		key.code = (rt_u32)err;
		key.detail = h->use | (rt_state.fs_linked ? RT_USE_LINK : 0);
	}
	(void)rt_effect_add(&key, path, bytes);
}

static struct opened open_path(const struct head *h, rt_view path)
{
	char text[RT_PATH_MAX];
	struct opened o;

	check(h, path);
	memcpy(text, path.ptr, path.len);
	text[path.len] = '\0';
	o = open_below_roots(h, text);
	if (o.fd >= 0)
		return o;
	count(h, &o, path, 0);
	rt_trap_path(h->failed, path);
}

static rt_bytes read_file(const struct head *h, rt_view path)
{
	struct opened o = open_path(h, path);
	rt_bytes out;
	int rc = rt_read_all(&out, o.fd, RT_ALLOC_MAX);

	/* A folder is the case of a file that is too large: its length is no length. */
	if (rc == EISDIR || rc == EFBIG)
		rt_trap("fs.read file too large", NULL);
	if (rc == ENOMEM)
		rt_out_of_memory();
	if (rc)
		rt_trap("fs.read read failed", NULL);
	count(h, &o, path, out.len);
	close(o.fd);
	rt_mem_adopt(out.ptr);
	rt_state.fs_reads++;
	return out;
}

rt_bytes rt_fs_read(rt_view path)
{
	return read_file(&head_read, path);
}

rt_bytes rt_fs_read_async(rt_view path)
{
	return read_file(&head_read, path);
}

rt_iface rt_fs_open_read(rt_view path)
{
	return rt_io_open_read_bytes(read_file(&head_open, path));
}

static enum fs_code visit(void *arg, int dir, const char *name, unsigned char type)
{
	(void)dir;
	(void)type;
	if (strncmp(name, ".x07_", 5) != 0)
		rt_names_add(arg, "", name);
	return FS_OK;
}

rt_bytes rt_fs_list_dir(rt_view path)
{
	struct opened o = open_path(&head_list, path);
	struct fs_names names = {0};
	enum fs_code code = rt_fs_each(o.fd, visit, &names);

	if (code)
		rt_trap("fs.list_dir read failed", NULL);
	count(&head_list, &o, path, 0);
	close(o.fd);
	rt_state.fs_lists++;
	if (names.count)
		return rt_names_text(&names);
	rt_names_drop(&names);
	return (rt_bytes){NULL, 0};
}
