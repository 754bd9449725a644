/* SPDX-License-Identifier: MIT */
/*
 * in_net [--user] COMMAND..: run a command in a network of its own, where only this machine exists:
 * loopback, a public address (93.184.216.34), a private one (10.1.2.3), a name server at 127.0.0.1
 * and nobody else in the hosts file. As root or as an ordinary user; --user makes one of root, who
 * keeps his files and has no privilege. Exit status 77 when the host has no namespaces for us.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SKIP 77
#define TEST_ID 4242

static bool put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok;
}

/* An ordinary user stays who he is, with a user namespace around him. */
static bool enter(bool user)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	char map[64];

	if (uid == 0 && !user)
		return unshare(CLONE_NEWNET | CLONE_NEWNS) == 0;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) < 0 ||
	    !put("/proc/self/setgroups", "deny"))
		return false;
	(void)snprintf(map, sizeof(map), "%u %u 1", uid != 0 ? uid : TEST_ID, uid);
	if (!put("/proc/self/uid_map", map))
		return false;
	(void)snprintf(map, sizeof(map), "%u %u 1", gid != 0 ? gid : TEST_ID, gid);
	return put("/proc/self/gid_map", map);
}

static bool add_address(int fd, const char *name, const char *text)
{
	struct ifreq r = {0};
	struct sockaddr_in at = {.sin_family = AF_INET};

	(void)inet_pton(AF_INET, text, &at.sin_addr);
	(void)snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	memcpy(&r.ifr_addr, &at, sizeof(at));
	if (ioctl(fd, SIOCSIFADDR, &r) < 0)
		return false;
	(void)inet_pton(AF_INET, "255.255.255.255", &at.sin_addr);
	memcpy(&r.ifr_netmask, &at, sizeof(at));
	return ioctl(fd, SIOCSIFNETMASK, &r) == 0;
}

static bool links(void)
{
	struct ifreq r = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &r) == 0 &&
		  add_address(fd, "lo:1", "93.184.216.34") && add_address(fd, "lo:2", "10.1.2.3");

	if (fd >= 0)
		close(fd);
	return ok;
}

/* exec takes an ordinary user's capabilities away: low ports must be free for everybody. */
static bool low_ports(void)
{
	return put("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0") || geteuid() == 0;
}

/* A host without these files gets a copy of /etc that has them. */
static bool own_etc(void)
{
	pid_t pid;
	int status;

	if (access("/etc/hosts", F_OK) == 0 && access("/etc/resolv.conf", F_OK) == 0)
		return true;
	if (mkdir("in_net.etc", 0755) < 0)
		return false;
	pid = fork();
	if (pid == 0) {
		/* what an ordinary user may not read is not missed */
		(void)close(STDERR_FILENO);
		(void)execlp("cp", "cp", "-a", "/etc/.", "in_net.etc", (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && put("in_net.etc/hosts", "") &&
	       put("in_net.etc/resolv.conf", "") &&
	       mount("in_net.etc", "/etc", NULL, MS_BIND, NULL) == 0;
}

static bool names(void)
{
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && own_etc() &&
	       put("in_net.hosts", "127.0.0.1 localhost\n::1 localhost\n10.1.2.3 inside.test\n") &&
	       put("in_net.resolv", "nameserver 127.0.0.1\n") &&
	       mount("in_net.hosts", "/etc/hosts", NULL, MS_BIND, NULL) == 0 &&
	       mount("in_net.resolv", "/etc/resolv.conf", NULL, MS_BIND, NULL) == 0;
}

int main(int argc, char **argv)
{
	bool user = argc > 1 && strcmp(argv[1], "--user") == 0;

	argv += user;
	argc -= user;
	if (argc < 2)
		return 2;
	if (!enter(user) || !links() || !low_ports() || !names()) {
		perror("in_net: no network of our own");
		return SKIP;
	}
	(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
