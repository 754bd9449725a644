/* SPDX-License-Identifier: MIT */
/*
 * Opens the roots of a plan on the host, before any namespace exists, and decides which of them
 * need a bind of their own.
 *
 * A root at or below the working directory must resolve below it: a link that leads out is
 * refused by name, because whoever can write into the project could have planted it. Any other
 * root is taken as the administrator wrote it, but its last component may not be a link.
 * The child opens the same directory again by its link-free path (a descriptor from here belongs
 * to the wrong mount namespace for open_tree) and refuses anything but the same inode.
 */
#include "sandbox/roots_priv.h"

#include "base/own.h"
#include "sandbox/compat.h"
#include "sandbox/plan_priv.h"
#include "sandbox/roots.h"

#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define OPEN_FAILED 1 /* errno says why */
#define OPEN_ROOT (O_PATH | O_DIRECTORY | O_CLOEXEC)

static const char *const reserved[] = {"/proc", "/sys", "/dev"};

static int check_place(const char *path, const char *shown, struct err *err)
{
	if (path[1] == '\0')
		return err_set(
		    err, ERR_SANDBOX, "root '%s': the whole file system cannot be a root", shown);
	for (size_t i = 0; i < ARRAY_LEN(reserved); i++) {
		if (sandbox_path_is_below(path, reserved[i]))
			return err_set(
			    err, ERR_SANDBOX, "root '%s': %s cannot be a root", shown, reserved[i]);
	}
	return 0;
}

/* procfs and its like may be mounted anywhere. */
static int check_kind(int fd, const char *shown, struct err *err)
{
	static const long kinds[] = {PROC_SUPER_MAGIC, SYSFS_MAGIC, DEVPTS_SUPER_MAGIC,
	    CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC, SECURITYFS_MAGIC,
	    TRACEFS_MAGIC};
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return err_sys(err, ERR_SANDBOX, "root '%s'", shown);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if ((long)fs.f_type == kinds[i])
			return err_set(err, ERR_SANDBOX,
			    "root '%s': a file system of the kernel cannot be a root", shown);
	}
	return 0;
}

/* Name the first link on the way from @p cwd to @p path, for the message. */
static int refuse_link(const char *path, const char *cwd, struct err *err)
{
	char part[PATH_MAX], target[256];
	size_t at = strlen(cwd);
	ssize_t n = -1;

	while (path[at] != '\0' && n < 0) {
		at += 1 + strcspn(path + at + 1, "/");
		(void)snprintf(part, sizeof(part), "%.*s", (int)at, path);
		n = readlink(part, target, sizeof(target) - 1);
	}
	if (n < 0)
		return err_set(
		    err, ERR_SANDBOX, "root '%s' leads out of the working directory", path);
	target[n] = '\0';
	return err_set(err, ERR_SANDBOX,
	    "root '%s': the link '%s' -> '%s' leads out of the working directory; "
	    "name its target in the policy instead",
	    path, part, target);
}

static int open_below_cwd(struct sandbox_pin *pin, const char *cwd, struct err *err)
{
	AUTO_CLOSE int base = sys_openat2(AT_FDCWD, cwd, OPEN_ROOT, RESOLVE_NO_MAGICLINKS);
	const char *rel = pin->path + strlen(cwd);

	if (base < 0)
		return OPEN_FAILED;
	rel += *rel == '/';
	pin->fd = sys_openat2(
	    base, *rel == '\0' ? "." : rel, OPEN_ROOT, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
	if (pin->fd < 0 && (errno == EXDEV || errno == ELOOP))
		return refuse_link(pin->path, cwd, err);
	return pin->fd < 0 ? OPEN_FAILED : 0;
}

static int open_absolute(struct sandbox_pin *pin, struct err *err)
{
	struct stat st;

	pin->fd = sys_openat2(AT_FDCWD, pin->path, OPEN_ROOT | O_NOFOLLOW, RESOLVE_NO_MAGICLINKS);
	if (pin->fd >= 0)
		return 0;
	if ((errno == ENOTDIR || errno == ELOOP) && lstat(pin->path, &st) == 0 &&
	    S_ISLNK(st.st_mode))
		return err_set(err, ERR_SANDBOX,
		    "root '%s' is a link; name its target in the policy instead", pin->path);
	return OPEN_FAILED;
}

/* The link-free path of an open directory. */
static int real_path(struct sandbox_pin *pin, struct err *err)
{
	char link[40], real[PATH_MAX];
	ssize_t n = 0;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", pin->fd);
	n = readlink(link, real, sizeof(real) - 1);
	if (n <= 0 || real[0] != '/')
		return err_sys(err, ERR_SANDBOX, "root '%s': /proc is needed", pin->path);
	real[n] = '\0';
	pin->real = base_strdup(real);
	return check_place(real, pin->path, err);
}

/* What is written in a folder of x07's own would outlive the sandbox (base/own.h). */
static int check_own(const struct sandbox_pin *pin, struct err *err)
{
	AUTO_FREE char *fault = pin->root->writable ? own_folder_fault(pin->real) : NULL;

	if (fault == NULL)
		return 0;
	return err_set(err, ERR_SANDBOX, "write root '%s': %s", pin->path, fault);
}

/* 1 = pinned, 0 = not there, negative = refused. */
static int pin_one(struct sandbox_pin *pin, const char *cwd, struct err *err)
{
	bool inside = cwd[1] != '\0' && sandbox_path_is_below(pin->path, cwd);
	struct stat st;
	int rc = check_place(pin->path, pin->root->path, err);

	if (rc < 0)
		return rc;
	rc = inside ? open_below_cwd(pin, cwd, err) : open_absolute(pin, err);
	if (rc == OPEN_FAILED && errno == ENOENT)
		return 0;
	if (rc == OPEN_FAILED)
		return err_sys(err, ERR_SANDBOX, "root '%s'", pin->path);
	if (rc < 0)
		return rc;
	if (fstat(pin->fd, &st) < 0)
		return err_sys(err, ERR_SANDBOX, "root '%s'", pin->path);
	pin->dev = st.st_dev;
	pin->ino = st.st_ino;
	rc = check_kind(pin->fd, pin->path, err);
	if (rc < 0)
		return rc;
	rc = real_path(pin, err);
	if (rc < 0)
		return rc;
	rc = check_own(pin, err);
	return rc < 0 ? rc : 1;
}

/* By path, the writable one first: parents come before what lies in them. */
static int by_path(const void *a, const void *b)
{
	const struct sandbox_pin *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	if (order != 0)
		return order;
	return (int)y->root->writable - (int)x->root->writable;
}

/* On the way from one root to the other. */
static bool has_link_below(const struct sandbox_pin *pin, const struct sandbox_pin *above)
{
	return strcmp(pin->path + strlen(above->path), pin->real + strlen(above->real)) != 0;
}

/*
 * Which roots need a bind: a root inside a bind of its own kind is there already (rights are
 * Landlock's business, and they add up). Of nested roots the more specific one decides: a write
 * root inside a read-only bind gets one, and a read root inside a writable bind too, because
 * Landlock cannot take back below what it gave above. A root inside a bind that is not reached
 * through it (a link on the way) cannot be mounted without a mount point of ours there; and in a
 * writable bind the program could put another link in place of that one.
 */
static int decide_mount(struct sandbox *box, size_t i, struct err *err)
{
	struct sandbox_pin *pin = &box->pins[i];
	const struct sandbox_pin *above = NULL;

	for (size_t k = 0; k < i; k++) {
		if (box->pins[k].mounted && sandbox_path_is_below(pin->path, box->pins[k].path))
			above = &box->pins[k];
	}
	pin->mounted = true;
	if (above == NULL)
		return 0;
	if (!sandbox_path_is_below(pin->real, above->real) ||
	    (above->root->writable && !pin->root->writable && has_link_below(pin, above)))
		return err_set(err, ERR_SANDBOX,
		    "root '%s' is reached through a link inside root '%s'; name its target '%s'",
		    pin->path, above->path, pin->real);
	pin->in_bind = true;
	pin->mounted =
	    strcmp(pin->path, above->path) != 0 && pin->root->writable != above->root->writable;
	if (pin->mounted && !pin->root->writable)
		pin->hold_from = strlen(above->path);
	return 0;
}

/*
 * A read root that lies in a write root by another way (a link above one of them) would be
 * read-only at its own path and writable at the other.
 */
static int check_alias(const struct sandbox *box, size_t i, struct err *err)
{
	const struct sandbox_pin *pin = &box->pins[i];

	for (size_t k = 0; !pin->root->writable && k < box->pin_count; k++) {
		const struct sandbox_pin *other = &box->pins[k];

		if (other->root->writable && strcmp(pin->real, other->real) != 0 &&
		    sandbox_path_is_below(pin->real, other->real) &&
		    !sandbox_path_is_below(pin->path, other->path))
			return err_set(err, ERR_SANDBOX,
			    "read root '%s' is '%s', which the write root '%s' makes writable; "
			    "name both by the same way",
			    pin->path, pin->real, other->path);
	}
	return 0;
}

/* Nothing can be mounted where nothing is, and the program could make it, and write there. */
static int check_absent(const struct sandbox *box, const struct sandbox_root *root, struct err *err)
{
	const struct sandbox_pin *above = NULL;
	AUTO_FREE char *path = NULL;
	int rc = sandbox_plan_path(&path, root->path, err);

	for (size_t i = 0; rc == 0 && i < box->plan->root_count; i++) {
		AUTO_FREE char *other = NULL;

		rc = sandbox_plan_path(&other, box->plan->roots[i].path, err);
		if (rc == 0 && box->plan->roots[i].writable && strcmp(other, path) == 0)
			return 0;
	}
	for (size_t k = 0; rc == 0 && k < box->pin_count; k++) {
		if (sandbox_path_is_below(path, box->pins[k].path))
			above = &box->pins[k];
	}
	if (rc < 0 || above == NULL || !above->root->writable)
		return rc;
	return err_set(err, ERR_SANDBOX,
	    "read root '%s' is not there, and the program could make it and write there, because "
	    "the write root '%s' holds it; create it (mkdir -p) or take it out of the policy",
	    path, above->path);
}

static int check_nesting(struct sandbox *box, struct err *err)
{
	for (size_t i = 0; i < box->pin_count; i++) {
		int rc = decide_mount(box, i, err);

		if (rc < 0)
			return rc;
		rc = check_alias(box, i, err);
		if (rc < 0)
			return rc;
	}
	for (size_t i = 0; i < box->plan->root_count; i++) {
		const struct sandbox_root *root = &box->plan->roots[i];
		int rc = root->present || root->writable ? 0 : check_absent(box, root, err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

int sandbox_roots_pin(struct sandbox *box, struct err *err)
{
	struct sandbox_plan *plan = box->plan;
	int rc = 0;

	box->pins = base_calloc(plan->root_count + 1, sizeof(*box->pins));
	for (size_t i = 0; i < plan->root_count; i++) {
		struct sandbox_pin *pin = &box->pins[box->pin_count++];

		*pin = (struct sandbox_pin){.root = &plan->roots[i], .fd = -1, .child_fd = -1};
		plan->roots[i].present = false;
		rc = sandbox_plan_path(&pin->path, plan->roots[i].path, err);
		if (rc < 0)
			return rc;
		rc = pin_one(pin, box->cwd, err);
		if (rc < 0)
			return rc;
		plan->roots[i].present = rc == 1;
		if (rc == 0)
			base_free_ptr(&box->pins[--box->pin_count].path);
	}
	qsort(box->pins, box->pin_count, sizeof(*box->pins), by_path);
	return check_nesting(box, err);
}

int sandbox_roots_check(struct sandbox_plan *plan, struct err *err)
{
	struct sandbox box = {.plan = plan};
	int rc =
	    plan->backend == SANDBOX_BACKEND_OS ? sandbox_plan_path(&box.cwd, plan->cwd, err) : 0;

	if (plan->backend == SANDBOX_BACKEND_OS && rc == 0)
		rc = sandbox_roots_pin(&box, err);
	sandbox_roots_free(&box);
	free(box.cwd);
	return rc;
}

void sandbox_roots_look(const struct sandbox_plan *plan)
{
	struct stat st;

	for (size_t i = 0; i < plan->root_count; i++)
		plan->roots[i].present = stat(plan->roots[i].path, &st) == 0 && S_ISDIR(st.st_mode);
}

void sandbox_roots_free(struct sandbox *box)
{
	for (size_t i = 0; i < box->pin_count; i++) {
		base_close_fd(&box->pins[i].fd);
		free(box->pins[i].path);
		free(box->pins[i].real);
	}
	free(box->pins);
	box->pins = NULL;
	box->pin_count = 0;
}
