/* SPDX-License-Identifier: MIT */
/*
 * Landlock rules of the child: every right this kernel knows is handled (that is, refused), and
 * each root gets back only what the plan gives it. A second wall behind the mounts, and the one
 * that keeps write-only roots from being read unless a read root holds them.
 * Source: landlock(7), Documentation/userspace-api/landlock.rst.
 */
#include "sandbox/landlock_priv.h"

#include "sandbox/child_step_priv.h"
#include "sandbox/compat.h"

#include <errno.h>

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)

static uint64_t handled_fs(int abi)
{
	uint64_t fs = LL_FS_ABI1;

	if (abi >= 2)
		fs |= LL_FS_REFER;
	if (abi >= 3)
		fs |= LL_FS_TRUNCATE;
	if (abi >= 5)
		fs |= LL_FS_IOCTL_DEV;
	return fs;
}

/*
 * Landlock sees a rename as a removal plus a creation, so the right to rename includes the right
 * to remove; the runtime's own gate tells the two apart.
 */
static uint64_t root_rights(const struct sandbox_root *root, bool allow_spawn)
{
	uint64_t rights = root->write_only ? LANDLOCK_ACCESS_FS_READ_DIR : READ;

	if (!root->writable)
		return READ | (allow_spawn ? LANDLOCK_ACCESS_FS_EXECUTE : 0);
	rights |= LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LL_FS_TRUNCATE;
	if (root->mkdir)
		rights |= LANDLOCK_ACCESS_FS_MAKE_DIR;
	if (root->remove || root->rename)
		rights |= LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR;
	if (root->rename)
		rights |= LL_FS_REFER;
	return rights;
}

static int add_rule(int ruleset, int fd, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = fd};

	return (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

/* Devices by their place inside, where nothing but ours can be. */
static void add_devices(struct sandbox_child *c, int ruleset)
{
	static const char *const names[] = {"/dev/null", "/dev/zero", "/dev/urandom"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		uint64_t rights = LANDLOCK_ACCESS_FS_READ_FILE;
		int fd = open(names[i], O_PATH | O_CLOEXEC);

		if (i == 0)
			rights |= LANDLOCK_ACCESS_FS_WRITE_FILE;
		if (fd < 0 || add_rule(ruleset, fd, rights) < 0)
			sandbox_child_fail(c, names[i]);
		close(fd);
	}
}

static void add_rules(struct sandbox_child *c, int ruleset, uint64_t handled)
{
	const struct sandbox_plan *plan = c->box->plan;

	for (size_t i = 0; i < c->box->pin_count; i++) {
		struct sandbox_pin *pin = &c->box->pins[i];
		uint64_t rights = root_rights(pin->root, plan->allow_spawn) & handled;

		if (add_rule(ruleset, pin->child_fd, rights) < 0)
			sandbox_child_fail(c, pin->path);
		close(pin->child_fd);
	}
	add_devices(c, ruleset);
	if (plan->allow_spawn) {
		int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0 || add_rule(ruleset, fd, READ) < 0)
			sandbox_child_fail(c, "/proc");
		close(fd);
	}
	/* A memory file has no place in a file system; Landlock does not restrict it (EBADFD). */
	if (add_rule(ruleset, CHILD_FD_EXEC,
		LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE) < 0 &&
	    errno != EBADFD)
		sandbox_child_fail(c, "program");
}

void sandbox_child_landlock(struct sandbox_child *c)
{
	struct ll_ruleset attr = {0};
	size_t size = sizeof(uint64_t);
	int ruleset = -1;
	int abi = 0;

	sandbox_child_step(c, SANDBOX_STEP_LANDLOCK);
	abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 1)
		sandbox_child_fail(c, NULL);
	attr.fs = handled_fs(abi);
	if (abi >= 4) {
		attr.net = LL_NET_BIND_TCP | LL_NET_CONNECT_TCP;
		size = 2 * sizeof(uint64_t);
	}
	if (abi >= 6) {
		attr.scoped = LL_SCOPE_ABSTRACT_UNIX | LL_SCOPE_SIGNAL;
		size = sizeof(attr);
	}
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
	if (ruleset < 0)
		sandbox_child_fail(c, NULL);
	add_rules(c, ruleset, attr.fs);
	sandbox_child_step(c, SANDBOX_STEP_LANDLOCK_ENFORCE);
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		sandbox_child_fail(c, NULL);
	close(ruleset);
	c->landlock_abi = abi;
	c->layers |= 1u << SANDBOX_LAYER_LANDLOCK;
}
