/* SPDX-License-Identifier: MIT */
/*
 * The file system of the child: an empty tmpfs, one bind per root, devices, pivot_root. Mount
 * points are created on our own tmpfs only, never below a bind; everything is mounted by
 * descriptor. Source: mount_setattr(2), pivot_root(2), open_tree(2).
 */
#include "sandbox/mount_priv.h"

#include "sandbox/child_step_priv.h"
#include "sandbox/compat.h"
#include "sandbox/plan_priv.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define NEW_ROOT "/proc" /* exists on every host we can run on; the id maps were written there */
#define TREE_FLAGS (OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH)

void sandbox_child_open_roots(struct sandbox_child *c)
{
	sandbox_child_step(c, SANDBOX_STEP_ROOT_OPEN);
	for (size_t i = 0; i < c->box->pin_count; i++) {
		struct sandbox_pin *pin = &c->box->pins[i];
		struct stat st;

		pin->child_fd =
		    sys_openat2(AT_FDCWD, pin->real, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
			RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
		if (pin->child_fd < 0 || fstat(pin->child_fd, &st) < 0)
			sandbox_child_fail(c, pin->path);
		errno = ESTALE; /* somebody replaced it since it was checked */
		if (st.st_dev != pin->dev || st.st_ino != pin->ino)
			sandbox_child_fail(c, pin->path);
	}
}

/* Create a directory and its parents on our tmpfs; @p path is absolute and normalised. */
static void make_dirs(struct sandbox_child *c, int root, const char *path)
{
	char part[PATH_MAX];
	size_t len = strlen(path);

	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path + 1, i - 1);
		part[i - 1] = '\0';
		if (part[0] != '\0' && mkdirat(root, part, 0755) < 0 && errno != EEXIST)
			sandbox_child_fail(c, path);
	}
}

/* The place of a root inside, opened. In a bind it must be the very directory we mount there. */
static int open_target(struct sandbox_child *c, int root, const struct sandbox_pin *pin)
{
	struct stat st;
	int fd = -1;

	if (!pin->in_bind)
		make_dirs(c, root, pin->path);
	fd = sys_openat2(root, pin->path + 1, O_PATH | O_DIRECTORY | O_CLOEXEC,
	    RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
	if (fd < 0 || fstat(fd, &st) < 0)
		sandbox_child_fail(c, pin->path);
	errno = ESTALE;
	if (pin->in_bind && (st.st_dev != pin->dev || st.st_ino != pin->ino))
		sandbox_child_fail(c, pin->path);
	return fd;
}

/* A bind of the folder over itself, unless something is mounted there already. */
static void hold_folder(struct sandbox_child *c, int root, const char *path)
{
	struct statx st = {0};
	int tree = -1;
	int fd = sys_openat2(root, path, O_PATH | O_DIRECTORY | O_CLOEXEC,
	    RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);

	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &st) < 0)
		sandbox_child_fail(c, path);
	if ((st.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0) {
		tree = sys_open_tree(fd, "", TREE_FLAGS | AT_RECURSIVE);
		if (tree < 0 || sys_move_mount(tree, fd) < 0)
			sandbox_child_fail(c, path);
		close(tree);
	}
	close(fd);
}

/*
 * A mount moves along when a folder above it is renamed; then the program could make a folder of
 * its own at the path of the read root. A mount point itself can be neither renamed nor removed,
 * so every folder between the write root and the read root becomes one.
 */
static void hold_way(struct sandbox_child *c, int root, const struct sandbox_pin *pin)
{
	char part[PATH_MAX];

	for (size_t i = pin->hold_from + 1; pin->path[i] != '\0'; i++) {
		if (pin->path[i] != '/' || i >= sizeof(part))
			continue;
		memcpy(part, pin->path + 1, i - 1);
		part[i - 1] = '\0';
		hold_folder(c, root, part);
	}
}

static void bind_root(struct sandbox_child *c, int root, const struct sandbox_pin *pin)
{
	uint64_t set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
	int target = -1, tree = -1;

	if (pin->hold_from > 0)
		hold_way(c, root, pin);
	target = open_target(c, root, pin);
	tree = sys_open_tree(pin->child_fd, "", TREE_FLAGS | AT_RECURSIVE);
	if (!pin->root->writable)
		set |= MOUNT_ATTR_RDONLY;
	if (pin->root->writable || !c->box->plan->allow_spawn)
		set |= MOUNT_ATTR_NOEXEC;
	if (pin->root->nosymfollow)
		set |= MOUNT_ATTR_NOSYMFOLLOW;
	/* Recursive: a file system mounted below the root must not stay writable. */
	if (tree < 0 || sys_mount_setattr(tree, AT_RECURSIVE, set, MS_PRIVATE) < 0 ||
	    sys_move_mount(tree, target) < 0)
		sandbox_child_fail(c, pin->path);
	close(tree);
	close(target);
}

static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/urandom"};

static void bind_device(struct sandbox_child *c, int root, const char *path)
{
	int tree = sys_open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	int target = openat(root, path + 1, O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (tree < 0 || target < 0 ||
	    sys_mount_setattr(tree, 0, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY,
		MS_PRIVATE) < 0 ||
	    sys_move_mount(tree, target) < 0)
		sandbox_child_fail(c, path);
	close(tree);
	close(target);
}

/*
 * /proc/self/exe leads to the file of the program: from a read-only clone of its mount nobody
 * can open that file for writing (CVE-2019-5736). A memory file has no mount to clone; it must be
 * sealed instead.
 */
static void copy_exec(struct sandbox_child *c)
{
	const struct sandbox *box = c->box;
	struct stat st;
	int seals = 0, file = -1, tree = -1;

	sandbox_child_step(c, SANDBOX_STEP_EXEC_COPY);
	seals = fcntl(CHILD_FD_EXEC, F_GET_SEALS);
	if (seals >= 0 && (seals & F_SEAL_WRITE) != 0)
		return;
	file = sys_openat2(AT_FDCWD, box->exec_real, O_PATH | O_NOFOLLOW | O_CLOEXEC,
	    RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
	if (file < 0 || fstat(file, &st) < 0)
		sandbox_child_fail(c, box->exec_real);
	errno = ESTALE;
	if (st.st_dev != box->exec_dev || st.st_ino != box->exec_ino)
		sandbox_child_fail(c, box->exec_real);
	tree = sys_open_tree(file, "", TREE_FLAGS);
	if (tree < 0 || sys_mount_setattr(tree, 0, MOUNT_ATTR_RDONLY, MS_PRIVATE) < 0 ||
	    dup3(tree, CHILD_FD_EXEC, O_CLOEXEC) < 0)
		sandbox_child_fail(c, box->exec_real);
	close(tree);
	close(file);
}

static int new_root(struct sandbox_child *c)
{
	int root = -1;

	sandbox_child_step(c, SANDBOX_STEP_PROPAGATION);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		sandbox_child_fail(c, NULL);
	sandbox_child_step(c, SANDBOX_STEP_TMPFS);
	if (mount("x07", NEW_ROOT, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		"mode=0755,size=1m,nr_inodes=8192") < 0)
		sandbox_child_fail(c, NULL);
	root = open(NEW_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || fchdir(root) < 0)
		sandbox_child_fail(c, NULL);
	return root;
}

/* Only process entries, and only of what may be traced: not init, not even for host root. */
static void mount_proc(struct sandbox_child *c)
{
	sandbox_child_step(c, SANDBOX_STEP_PROC);
	if (mkdir("proc", 0555) < 0 ||
	    mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		"subset=pid,hidepid=ptraceable") < 0)
		sandbox_child_fail(c, NULL);
}

static void leave_old_root(struct sandbox_child *c, int root)
{
	sandbox_child_step(c, SANDBOX_STEP_PIVOT);
	if (syscall(SYS_pivot_root, ".", ".") < 0)
		sandbox_child_fail(c, NULL);
	sandbox_child_step(c, SANDBOX_STEP_DETACH);
	if (umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		sandbox_child_fail(c, NULL);
	sandbox_child_step(c, SANDBOX_STEP_REMOUNT);
	if (sys_mount_setattr(root, 0, MOUNT_ATTR_RDONLY, 0) < 0)
		sandbox_child_fail(c, NULL);
	close(root);
}

void sandbox_child_mounts(struct sandbox_child *c)
{
	struct sandbox *box = c->box;
	bool cwd_bound = false;
	int root = -1;

	if (box->plan->allow_spawn)
		copy_exec(c); /* while the host's /proc is still there */
	root = new_root(c);
	sandbox_child_step(c, SANDBOX_STEP_BIND);
	for (size_t i = 0; i < box->pin_count; i++) {
		if (box->pins[i].mounted)
			bind_root(c, root, &box->pins[i]);
		cwd_bound = cwd_bound || sandbox_path_is_below(box->cwd, box->pins[i].path);
	}
	if (!cwd_bound)
		make_dirs(c, root, box->cwd);
	sandbox_child_step(c, SANDBOX_STEP_DEV);
	if (mkdirat(root, "dev", 0755) < 0)
		sandbox_child_fail(c, NULL);
	for (size_t i = 0; i < ARRAY_LEN(devices); i++)
		bind_device(c, root, devices[i]);
	if (box->plan->allow_spawn)
		mount_proc(c);
	leave_old_root(c, root);
}
