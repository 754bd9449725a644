/* SPDX-License-Identifier: MIT */
/*
 * Checks a plan before anything is started: numbers in range, paths absolute, nothing missing.
 * Opening the roots is roots.c.
 */
#include "sandbox/plan_priv.h"

#include <limits.h>
#include <string.h>

int sandbox_plan_path(char **out, const char *path, struct err *err)
{
	size_t len = path == NULL ? 0 : strlen(path);
	AUTO_FREE char *text = NULL;
	size_t n = 0;

	if (len == 0 || path[0] != '/' || len >= PATH_MAX)
		return err_set(err, ERR_SANDBOX, "path '%s' is not absolute, or too long",
		    path == NULL ? "" : path);
	text = base_alloc(len + 2);
	for (const char *p = path; *p != '\0';) {
		size_t part = strcspn(p, "/");

		if (part == 2 && memcmp(p, "..", 2) == 0)
			return err_set(err, ERR_SANDBOX, "path '%s' contains '..'", path);
		if (part != 0 && !(part == 1 && *p == '.')) {
			text[n++] = '/';
			memcpy(text + n, p, part);
			n += part;
		}
		p += part;
		p += *p == '/';
	}
	if (n == 0)
		text[n++] = '/';
	text[n] = '\0';
	*out = TAKE(text);
	return 0;
}

bool sandbox_path_is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	if (len == 1)
		return true;
	return strncmp(path, dir, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

static int check_fd_number(uint64_t *seen, int to, struct err *err)
{
	if (to < 3 || to > SANDBOX_FD_TO_MAX)
		return err_set(err, ERR_SANDBOX, "descriptor number %d is not in 3..%d", to,
		    SANDBOX_FD_TO_MAX);
	if ((seen[to / 64] >> (to % 64)) & 1)
		return err_set(err, ERR_SANDBOX, "descriptor number %d is used twice", to);
	seen[to / 64] |= 1ULL << (to % 64);
	return 0;
}

static int check_fds(const struct sandbox_plan *plan, struct err *err)
{
	uint64_t seen[2] = {0};

	if (plan->fd_count > SANDBOX_FDS_MAX)
		return err_set(err, ERR_SANDBOX, "%zu descriptors, at most %d", plan->fd_count,
		    SANDBOX_FDS_MAX);
	for (size_t i = 0; i < plan->fd_count; i++) {
		int rc;

		if (plan->fds[i].from < 0)
			return err_set(
			    err, ERR_SANDBOX, "descriptor %d is not open", plan->fds[i].from);
		rc = check_fd_number(seen, plan->fds[i].to, err);
		if (rc < 0)
			return rc;
	}
	return plan->events_max > 0 ? check_fd_number(seen, plan->events_fd, err) : 0;
}

int sandbox_plan_check(const struct sandbox_plan *plan, struct err *err)
{
	if (plan->exec_fd < 0 || plan->argv == NULL || plan->argv[0] == NULL || plan->envp == NULL)
		return err_set(err, ERR_SANDBOX, "the plan names no program to run");
	if (plan->root_count > SANDBOX_ROOTS_MAX)
		return err_set(
		    err, ERR_SANDBOX, "%zu roots, at most %d", plan->root_count, SANDBOX_ROOTS_MAX);
	if (plan->fail_step < 0 || plan->fail_step >= SANDBOX_STEP_COUNT)
		return err_set(err, ERR_SANDBOX, "no such set-up step: %d", plan->fail_step);
	return check_fds(plan, err);
}
