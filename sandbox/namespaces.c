/* SPDX-License-Identifier: MIT */
/* The namespaces of this process: where they are seen, and whether they are new ones. */
#include "sandbox/namespaces_priv.h"

#include "sandbox/child_step_priv.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const sandbox_ns_paths[SANDBOX_NS_COUNT] = {
    [SANDBOX_LAYER_USER_NS] = "/proc/self/ns/user",
    [SANDBOX_LAYER_MOUNT_NS] = "/proc/self/ns/mnt",
    [SANDBOX_LAYER_PID_NS] = "/proc/self/ns/pid",
    [SANDBOX_LAYER_NET_NS] = "/proc/self/ns/net",
    [SANDBOX_LAYER_IPC_NS] = "/proc/self/ns/ipc",
    [SANDBOX_LAYER_UTS_NS] = "/proc/self/ns/uts",
    [SANDBOX_LAYER_CGROUP_NS] = "/proc/self/ns/cgroup",
    [SANDBOX_LAYER_TIME_NS] = "/proc/self/ns/time",
};

void sandbox_id_maps(char uid_map[SANDBOX_ID_MAP_TEXT], char gid_map[SANDBOX_ID_MAP_TEXT])
{
	(void)snprintf(uid_map, SANDBOX_ID_MAP_TEXT, "%d %u 1", SANDBOX_INSIDE_ID, geteuid());
	(void)snprintf(gid_map, SANDBOX_ID_MAP_TEXT, "%d %u 1", SANDBOX_INSIDE_ID, getegid());
}

void sandbox_child_namespaces(struct sandbox_child *c)
{
	struct stat st;

	sandbox_child_step(c, SANDBOX_STEP_NS_CHECK);
	for (int i = 0; i < SANDBOX_NS_COUNT; i++) {
		if (c->box->host_ns[i] == 0)
			continue;
		if (stat(sandbox_ns_paths[i], &st) < 0)
			sandbox_child_fail(c, sandbox_ns_paths[i]);
		errno = EXDEV;
		if (st.st_ino == c->box->host_ns[i])
			sandbox_child_fail(c, sandbox_ns_paths[i]);
		c->layers |= 1u << i;
	}
}
