/* SPDX-License-Identifier: MIT */
/*
 * Landlock around x07-fetch: libcurl, libgit2 and OpenSSL read what servers send, so what they
 * could be talked into must not be more than a bad answer. Source: landlock(7).
 */
#include "registry/fetch/confine_priv.h"

#include "base/compat.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights by the version of Landlock that knows them; older headers lack the later ones. */
#define RIGHTS_ABI1 ((UINT64_C(1) << 13) - 1)
#define RIGHT_REFER (UINT64_C(1) << 13)
#define RIGHT_TRUNCATE (UINT64_C(1) << 14)
#define READING ((uint64_t)(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR))
#define FILE_ONLY ((uint64_t)LANDLOCK_ACCESS_FS_READ_FILE)

/* Where name service, certificates and libraries are; not /proc, /home, /root, /tmp. */
static const char *const system_folders[] = {"/etc", "/usr", "/lib", "/lib64", "/run", "/nix/store",
    "/gnu/store", "/var/lib/ca-certificates", "/var/lib/sss", "/sys/devices/system/cpu",
    "/dev/urandom", "/dev/null"};
static const char *const certificates[] = {"X07_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"};

/* @return -1 where there is no Landlock. */
static int make_rules(uint64_t *handled, bool reading)
{
	int abi =
	    (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attr = {0};

	if (abi < 1)
		return -1;
	*handled = RIGHTS_ABI1 | (abi >= 2 ? RIGHT_REFER : 0) | (abi >= 3 ? RIGHT_TRUNCATE : 0);
	if (!reading)
		*handled &= ~READING;
	attr.handled_access_fs = *handled;
	return (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(uint64_t), 0);
}

/* What is not there needs no rule. */
static bool allow(int rules, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr below = {.allowed_access = rights};
	AUTO_CLOSE int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return true;
	below.parent_fd = fd;
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0) == 0)
		return true;
	/* Of a file that is no folder only reading it can be allowed. */
	below.allowed_access &= FILE_ONLY;
	return errno == EINVAL && below.allowed_access != 0 &&
	       syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0) == 0;
}

static int enter(int rules, bool complete, struct err *err)
{
	if (!complete || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		return err_sys(err, ERR_SANDBOX, "x07-fetch: Landlock");
	return 0;
}

int fetch_confine_to_system(struct err *err)
{
	uint64_t handled = 0;
	AUTO_CLOSE int rules = COMPAT_SANITIZED ? -1 : make_rules(&handled, true);
	bool complete = true;

	if (rules < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(system_folders); i++)
		complete = complete && allow(rules, system_folders[i], READING);
	for (size_t i = 0; i < ARRAY_LEN(certificates); i++) {
		const char *path = getenv(certificates[i]);

		if (path != NULL && path[0] != '\0')
			complete = complete && allow(rules, path, READING);
	}
	return enter(rules, complete, err);
}

int fetch_confine_to_folder(const char *folder, struct err *err)
{
	uint64_t handled = 0;
	AUTO_CLOSE int rules = COMPAT_SANITIZED ? -1 : make_rules(&handled, false);

	if (rules < 0)
		return 0;
	return enter(
	    rules, allow(rules, folder, handled & ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE), err);
}
