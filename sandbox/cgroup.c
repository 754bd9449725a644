/* SPDX-License-Identifier: MIT */
/*
 * A cgroup for plans that may start processes: memory and pids over all of them. Best effort: most
 * users may not create one, and the rlimits hold without it; the result names what was used.
 * cgroup v2 below our own group, else the v1 hierarchies of memory and pids (root).
 *
 * A group outlives its processes, and a killed supervisor removes nothing: a keeper, started before
 * the first group is made, waits for our end and removes what is left then.
 */
#include "sandbox/cgroup_priv.h"

#include "sandbox/compat.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define PREFIX "x07-"
#define KEEPER_TRIES 10000
#define KEEPER_PAUSE_US 1000

/* Where groups are made: mount, and the controller as /proc/self/cgroup names it. */
static const struct hierarchy {
	const char *mount, *controller;
} unified = {"/sys/fs/cgroup", ""}, v1_memory = {"/sys/fs/cgroup/memory", "memory"},
  v1_pids = {"/sys/fs/cgroup/pids", "pids"};

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

/*
 * Groups of supervisors that were killed together with their keepers, and of @p dead (0 = nobody),
 * whose number is still taken: empty by now, and rmdir refuses one that is not.
 * @return how many of @p dead are left.
 */
static int sweep(const char *parent, pid_t dead)
{
	DIR *dir = opendir(parent);
	struct dirent *entry = NULL;
	int left = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char *end = NULL;
		long pid = 0;

		if (strncmp(entry->d_name, PREFIX, sizeof(PREFIX) - 1) != 0)
			continue;
		pid = strtol(entry->d_name + sizeof(PREFIX) - 1, &end, 10);
		if (pid <= 0 || *end != '-')
			continue;
		if (pid != dead && (kill((pid_t)pid, 0) == 0 || errno != ESRCH))
			continue;
		if (unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR) < 0)
			left += pid == dead;
	}
	if (dir != NULL)
		closedir(dir);
	return left;
}

/* The folder of our own group. @return its length; 0 = there is none, or no room behind it. */
static size_t find_parent(char *out, size_t size, const struct hierarchy *h)
{
	char text[4096], group[256];
	AUTO_CLOSE int fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	long magic = h->controller[0] == '\0' ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC;
	struct statfs fs;
	int len = 0;

	if (n <= 0 || statfs(h->mount, &fs) < 0 || (long)fs.f_type != magic)
		return 0;
	text[n] = '\0';
	if (!own_group(group, sizeof(group), text, h->controller))
		return 0;
	len = snprintf(out, size, "%s%s", h->mount, strcmp(group, "/") == 0 ? "" : group);
	return len < 0 || (size_t)len + 40 >= size ? 0 : (size_t)len;
}

/* In a process of its own, which holds nothing of the supervisor's but its pidfd. */
static NORETURN void keep(pid_t supervisor, int life)
{
	const struct hierarchy *const all[] = {&unified, &v1_memory, &v1_pids};
	struct pollfd ended = {.fd = life, .events = POLLIN};

	(void)setsid(); /* what ends the terminal's group is no end for us */
	if (life > 0)
		(void)sys_close_range(0, (unsigned)life - 1);
	(void)sys_close_range((unsigned)life + 1, ~0U);
	while (poll(&ended, 1, -1) < 0 && errno == EINTR)
		continue;
	/* What is inside dies with the supervisor as well, but it takes its time. */
	for (int i = 0; i < KEEPER_TRIES; i++) {
		int left = 0;

		for (size_t k = 0; k < ARRAY_LEN(all); k++) {
			char parent[512];

			if (find_parent(parent, sizeof(parent), all[k]) != 0)
				left += sweep(parent, supervisor);
		}
		if (left == 0)
			break;
		(void)usleep(KEEPER_PAUSE_US);
	}
	_exit(0);
}

static bool start_keeper(struct sandbox_cgroup *g)
{
	pid_t supervisor = getpid();
	AUTO_CLOSE int life = -1;

	if (g->keeper > 0)
		return true;
	life = sys_pidfd_open(supervisor);
	if (life < 0)
		return false;
	g->keeper = fork();
	if (g->keeper == 0)
		keep(supervisor, life);
	return g->keeper > 0;
}

static bool make_group(struct sandbox_cgroup *g, int slot, const struct hierarchy *h)
{
	char *out = g->dirs[slot];
	size_t size = sizeof(g->dirs[slot]);
	size_t len = find_parent(out, size, h);

	if (len == 0 || access(out, W_OK) < 0 || !start_keeper(g)) {
		out[0] = '\0';
		return false;
	}
	(void)sweep(out, 0);
	(void)snprintf(
	    out + len, size - len, "/" PREFIX "%ld-%ld", (long)getpid(), (long)g->keeper);
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

static bool try_v2(struct sandbox_cgroup *g, const struct sandbox_limits *l)
{
	if (!make_group(g, 0, &unified))
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

static void try_v1(struct sandbox_cgroup *g, const struct sandbox_limits *l)
{
	if (l->mem_bytes != 0 && make_group(g, 0, &v1_memory)) {
		if (write_number(g->dirs[0], "memory.limit_in_bytes", l->mem_bytes))
			g->mem = "cgroup-v1";
		else
			drop_group(g->dirs[0]);
	}
	if (l->procs != 0 && make_group(g, 1, &v1_pids)) {
		if (write_number(g->dirs[1], "pids.max", l->procs + 1ULL))
			g->pids = "cgroup-v1";
		else
			drop_group(g->dirs[1]);
	}
}

void sandbox_cgroup_create(struct sandbox *box)
{
	const struct sandbox_plan *plan = box->plan;

	if (plan->backend != SANDBOX_BACKEND_OS || !plan->allow_spawn)
		return;
	if (!try_v2(&box->cgroup, &plan->limits))
		try_v1(&box->cgroup, &plan->limits);
}

int sandbox_cgroup_attach(struct sandbox *box, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(box->cgroup.dirs); i++) {
		const char *dir = box->cgroup.dirs[i];

		if (dir[0] != '\0' && !write_number(dir, "cgroup.procs", (uint64_t)box->pid))
			return err_sys(err, ERR_SANDBOX, "entering the cgroup %s", dir);
	}
	return 0;
}

void sandbox_cgroup_remove(struct sandbox *box)
{
	struct sandbox_cgroup *g = &box->cgroup;

	for (size_t i = 0; i < ARRAY_LEN(g->dirs); i++)
		drop_group(g->dirs[i]);
	/* It stays for a group that the kernel does not give up yet. */
	if (g->keeper <= 0 || g->dirs[0][0] != '\0' || g->dirs[1][0] != '\0')
		return;
	(void)kill(g->keeper, SIGKILL);
	while (waitpid(g->keeper, NULL, 0) < 0 && errno == EINTR)
		continue;
	g->keeper = 0;
}
