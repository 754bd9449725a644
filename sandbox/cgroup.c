/* SPDX-License-Identifier: MIT */
/*
 * A cgroup for plans that may start processes: memory and pids over all of them. Best effort: most
 * users may not create one, and the rlimits hold without it; the result names what was used.
 * cgroup v2 below our own group, else the v1 hierarchies of memory and pids (root).
 */
#include "sandbox/sandbox_priv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define PREFIX "x07-"

static bool write_text(const char *dir, const char *file, const char *text)
{
	char path[600];
	AUTO_CLOSE int fd = -1;
	size_t len = strlen(text);

	(void)snprintf(path, sizeof(path), "%s/%s", dir, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd >= 0 && write(fd, text, len) == (ssize_t)len;
}

static bool write_number(const char *dir, const char *file, uint64_t value)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return write_text(dir, file, text);
}

/* Our group in the hierarchy of @p controller ("" = v2), from the text of /proc/self/cgroup. */
static bool own_group(char *out, size_t size, char *text, const char *controller)
{
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *names = strchr(line, ':');
		char *path = names == NULL ? NULL : strchr(names + 1, ':');

		if (path == NULL)
			continue;
		*path++ = '\0';
		if (strcmp(names + 1, controller) == 0 && strlen(path) < size) {
			memcpy(out, path, strlen(path) + 1);
			return true;
		}
	}
	return false;
}

/* Groups of supervisors that were killed: empty by now, and rmdir refuses one that is not. */
static void sweep(const char *parent)
{
	DIR *dir = opendir(parent);
	struct dirent *entry = NULL;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char *end = NULL;
		long pid = 0;

		if (strncmp(entry->d_name, PREFIX, sizeof(PREFIX) - 1) != 0)
			continue;
		pid = strtol(entry->d_name + sizeof(PREFIX) - 1, &end, 10);
		if (pid > 0 && *end == '-' && kill((pid_t)pid, 0) < 0 && errno == ESRCH)
			(void)unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
	}
	if (dir != NULL)
		closedir(dir);
}

static bool make_group(char *out, size_t size, const char *mount, const char *controller)
{
	char text[4096], group[256];
	AUTO_CLOSE int fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	long magic = controller[0] == '\0' ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC;
	struct statfs fs;
	int len = 0;

	out[0] = '\0';
	if (n <= 0 || statfs(mount, &fs) < 0 || (long)fs.f_type != magic)
		return false;
	text[n] = '\0';
	if (!own_group(group, sizeof(group), text, controller))
		return false;
	len = snprintf(out, size, "%s%s", mount, strcmp(group, "/") == 0 ? "" : group);
	if (len < 0 || (size_t)len + 40 >= size)
		return false;
	sweep(out);
	(void)snprintf(out + len, size - (size_t)len, "/" PREFIX "%ld-%d", (long)getpid(), fd);
	if (mkdir(out, 0755) == 0)
		return true;
	out[0] = '\0';
	return false;
}

static void drop_group(char *dir)
{
	if (dir[0] != '\0' && rmdir(dir) == 0)
		dir[0] = '\0';
}

static bool try_v2(struct cgroup *g, const struct sandbox_limits *l)
{
	if (!make_group(g->dirs[0], sizeof(g->dirs[0]), "/sys/fs/cgroup", ""))
		return false;
	if (l->mem_bytes != 0 && write_number(g->dirs[0], "memory.max", l->mem_bytes)) {
		g->mem = "cgroup-v2";
		(void)write_text(g->dirs[0], "memory.swap.max", "0");
	}
	if (l->procs != 0 && write_number(g->dirs[0], "pids.max", l->procs + 1ULL))
		g->pids = "cgroup-v2";
	if (g->mem != NULL || g->pids != NULL)
		return true;
	drop_group(g->dirs[0]);
	return false;
}

static void try_v1(struct cgroup *g, const struct sandbox_limits *l)
{
	if (l->mem_bytes != 0 &&
	    make_group(g->dirs[0], sizeof(g->dirs[0]), "/sys/fs/cgroup/memory", "memory")) {
		if (write_number(g->dirs[0], "memory.limit_in_bytes", l->mem_bytes))
			g->mem = "cgroup-v1";
		else
			drop_group(g->dirs[0]);
	}
	if (l->procs != 0 &&
	    make_group(g->dirs[1], sizeof(g->dirs[1]), "/sys/fs/cgroup/pids", "pids")) {
		if (write_number(g->dirs[1], "pids.max", l->procs + 1ULL))
			g->pids = "cgroup-v1";
		else
			drop_group(g->dirs[1]);
	}
}

void cgroup_create(struct sandbox *box)
{
	const struct sandbox_plan *plan = box->plan;

	if (plan->backend != SANDBOX_BACKEND_OS || !plan->allow_spawn)
		return;
	if (!try_v2(&box->cgroup, &plan->limits))
		try_v1(&box->cgroup, &plan->limits);
}

int cgroup_attach(struct sandbox *box, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(box->cgroup.dirs); i++) {
		const char *dir = box->cgroup.dirs[i];

		if (dir[0] != '\0' && !write_number(dir, "cgroup.procs", (uint64_t)box->pid))
			return err_sys(err, ERR_SANDBOX, "entering the cgroup %s", dir);
	}
	return 0;
}

void cgroup_remove(struct sandbox *box)
{
	for (size_t i = 0; i < ARRAY_LEN(box->cgroup.dirs); i++)
		drop_group(box->cgroup.dirs[i]);
}
