/* SPDX-License-Identifier: MIT */
/*
 * Tries what the sandbox needs of the kernel, each in a child that ends at once. The children
 * allocate nothing: they write into a page that they share with us. Filters are probe_filter.c.
 */
#include "sandbox/probe.h"

#include "sandbox/cgroup_priv.h"
#include "sandbox/compat.h"
#include "sandbox/namespaces_priv.h"
#include "sandbox/probe_filter_priv.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* A call that the kernel knows refuses our nonsense with anything but ENOSYS. */
static bool has_call(struct sandbox_probed *p, const char *name, long result)
{
	return result >= 0 || errno != ENOSYS || sandbox_probe_failed(p, name);
}

static void probe_calls(struct sandbox_probed *p)
{
	struct clone_args none = {0};
	int fd = -1;

	p->ok = true;
	if (!has_call(p, "clone3", syscall(SYS_clone3, &none, 0)) ||
	    !has_call(p, "openat2", sys_openat2(-1, "", 0, 0)) ||
	    !has_call(p, "execveat", syscall(SYS_execveat, -1, "", NULL, NULL, 0)) ||
	    !has_call(p, "close_range", syscall(SYS_close_range, 1U, 0U, 0U)) ||
	    !has_call(p, "pidfd_open", syscall(SYS_pidfd_open, -1, 0)) ||
	    !has_call(p, "open_tree", sys_open_tree(-1, "", 0)) ||
	    !has_call(p, "move_mount", sys_move_mount(-1, -1)) ||
	    !has_call(p, "mount_setattr", syscall(SYS_mount_setattr, -1, "", 0, NULL, 0)))
		return;
	fd = memfd_create("x07-probe", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) < 0)
		(void)sandbox_probe_failed(p, "sealed memory files");
	if (fd >= 0)
		close(fd);
}

static bool write_map(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return done;
}

/* Process 1 of new namespaces: what a security module forbids, it forbids here and not before. */
static void inside(struct sandbox_probed *p, const char *uid_map, const char *gid_map)
{
	p->ok = true;
	if (!write_map("/proc/self/setgroups", "deny"))
		(void)sandbox_probe_failed(p, "/proc/self/setgroups");
	else if (!write_map("/proc/self/uid_map", uid_map))
		(void)sandbox_probe_failed(p, "/proc/self/uid_map");
	else if (!write_map("/proc/self/gid_map", gid_map))
		(void)sandbox_probe_failed(p, "/proc/self/gid_map");
	else if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		(void)sandbox_probe_failed(p, "private mounts");
	else if (mount("x07", "/proc", "tmpfs", MS_NOSUID | MS_NODEV, "size=64k") < 0)
		(void)sandbox_probe_failed(p, "mounting a tmpfs");
}

static void probe_namespaces(struct sandbox_probed *p)
{
	struct clone_args args = {
	    .flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
		     CLONE_NEWUTS | CLONE_NEWCGROUP,
	    .exit_signal = SIGCHLD,
	};
	char uid_map[SANDBOX_ID_MAP_TEXT], gid_map[SANDBOX_ID_MAP_TEXT];
	struct stat st;
	long pid;

	sandbox_id_maps(uid_map, gid_map);
	if (stat(sandbox_ns_paths[SANDBOX_LAYER_TIME_NS], &st) == 0)
		args.flags |= CLONE_NEWTIME;
	pid = sys_clone3(&args);
	if (pid < 0) {
		(void)sandbox_probe_failed(p, "creating the namespaces");
		return;
	}
	if (pid == 0) {
		inside(p, uid_map, gid_map);
		_exit(0);
	}
	while (waitpid((pid_t)pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}

/* A rule set without rules: nothing may be read any more. */
static void probe_landlock(struct sandbox_probed *p)
{
	struct ll_ruleset attr = {.fs = LL_FS_ABI1};
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	long rules;

	if (abi < 1) {
		(void)sandbox_probe_failed(p, "landlock_create_ruleset");
		return;
	}
	p->value = (int)abi;
	rules = syscall(SYS_landlock_create_ruleset, &attr, sizeof(uint64_t), 0);
	if (rules < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_landlock_restrict_self, (int)rules, 0) < 0) {
		(void)sandbox_probe_failed(p, "landlock_restrict_self");
		return;
	}
	p->ok = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC) < 0 && errno == EACCES;
	p->what = p->ok ? NULL : "a folder could be opened against the rules";
}

/* The same code as for a run, with a plan that may start processes. */
static void probe_cgroup(struct sandbox_probed *p)
{
	struct sandbox_plan plan = {.backend = SANDBOX_BACKEND_OS,
	    .allow_spawn = true,
	    .limits = {.mem_bytes = 64u << 20, .procs = 8}};
	struct sandbox box = {.plan = &plan};

	errno = 0;
	sandbox_cgroup_create(&box);
	p->ok = box.cgroup.mem != NULL && box.cgroup.pids != NULL;
	p->what = box.cgroup.mem != NULL ? box.cgroup.mem : box.cgroup.pids;
	if (!p->ok)
		p->sys_errno = errno;
	sandbox_cgroup_remove(&box);
}

static void in_child(struct sandbox_probed *p, void (*run)(struct sandbox_probed *))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		run(p);
		_exit(0);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (pid < 0)
		(void)sandbox_probe_failed(p, "fork");
	else if (!WIFEXITED(status) && p->what == NULL) {
		errno = 0;
		(void)sandbox_probe_failed(p, "the child was killed");
	}
}

struct sandbox_probed sandbox_probe(enum sandbox_probe what)
{
	static void (*const probes[])(struct sandbox_probed *) = {
	    [SANDBOX_PROBE_CALLS] = probe_calls,
	    [SANDBOX_PROBE_NAMESPACES] = probe_namespaces,
	    [SANDBOX_PROBE_LANDLOCK] = probe_landlock,
	    [SANDBOX_PROBE_SECCOMP] = sandbox_probe_seccomp,
	    [SANDBOX_PROBE_NOTIFY] = sandbox_probe_notify,
	    [SANDBOX_PROBE_CGROUP] = probe_cgroup,
	};
	struct sandbox_probed result = {0};
	struct sandbox_probed *shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED) {
		(void)sandbox_probe_failed(&result, "shared memory");
		return result;
	}
	in_child(shared, probes[what]);
	result = *shared;
	(void)munmap(shared, sizeof(*shared));
	if (!result.ok && what == SANDBOX_PROBE_NAMESPACES)
		result.cause = sandbox_namespace_cause(result.sys_errno);
	return result;
}
