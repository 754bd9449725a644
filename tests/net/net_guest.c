/* SPDX-License-Identifier: MIT */
/*
 * A hostile program in a real sandbox with a real broker: it asks for what it may have and then
 * tries to make more of it. One line `name=outcome` for each attempt, "ok" or the name of errno.
 *
 *   net_guest descriptors|forge|attach|flood
 */
#include "lang/rt/config.h"
#include "lang/rt/net_wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GOOD 0x5db8d822u  /* 93.184.216.34, allowed at port 7 */
#define OTHER 0x0a010203u /* 10.1.2.3, not allowed */

static void say(const char *name, long result)
{
	const char *why = errno == EPERM ? "EPERM" : strerror(errno);

	printf("%s=%s\n", name, result >= 0 ? "ok" : why);
	(void)fflush(stdout);
	errno = 0;
}

static uint32_t last_id;

static long ask(uint32_t kind, uint32_t a, uint32_t b, const void *payload, size_t len)
{
	struct rt_net_frame frame = {kind, ++last_id, a, b};
	struct iovec parts[2] = {{&frame, sizeof(frame)}, {(void *)(uintptr_t)payload, len}};
	struct msghdr msg = {.msg_iov = parts, .msg_iovlen = 2};

	return sendmsg(RT_FD_NET, &msg, MSG_NOSIGNAL);
}

/* The end of the request. @return its code, -1 when the broker is gone. */
static long answer(int *fd)
{
	static unsigned char payload[RT_NET_PAYLOAD_MAX];
	struct rt_net_frame frame = {0};
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec parts[2] = {{&frame, sizeof(frame)}, {payload, sizeof(payload)}};
	struct msghdr msg = {.msg_iov = parts,
	    .msg_iovlen = 2,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};

	*fd = -1;
	if (recvmsg(RT_FD_NET, &msg, 0) < (ssize_t)sizeof(frame))
		return -1;
	if (CMSG_FIRSTHDR(&msg) != NULL)
		memcpy(fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(*fd));
	return frame.a;
}

static void put32(unsigned char *p, uint32_t x)
{
	memcpy(p, &x, 4);
}

/* NetAddrV1 of IPv4. */
static void net_addr(unsigned char out[16], uint32_t ip, uint32_t port)
{
	put32(out, 1);
	put32(out + 4, RT_NET_IPV4);
	put32(out + 8, port);
	put32(out + 12, htonl(ip));
}

static int ask_for(uint32_t kind, uint32_t ip, uint32_t port, const char *name)
{
	unsigned char addr[16];
	int fd = -1;
	long code;

	net_addr(addr, ip, port);
	(void)ask(kind, 1000, 0, addr, sizeof(addr));
	code = answer(&fd);
	printf("%s-code=%ld\n", name, code);
	return fd;
}

static struct sockaddr_in at(uint32_t ip, uint16_t port)
{
	return (struct sockaddr_in){
	    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(ip)};
}

/* Every way to point a descriptor somewhere else. */
static void aim(const char *what, int fd)
{
	struct sockaddr_in other = at(OTHER, 7);
	struct sockaddr none = {.sa_family = AF_UNSPEC};
	struct iovec part = {"x", 1};
	struct msghdr msg = {
	    .msg_name = &other, .msg_namelen = sizeof(other), .msg_iov = &part, .msg_iovlen = 1};
	struct sockaddr *to = (struct sockaddr *)&other;
	int on = 1;
	char name[64];

#define TRY(label, call)                                                                           \
	do {                                                                                       \
		(void)snprintf(name, sizeof(name), "%s-%s", what, label);                          \
		say(name, call);                                                                   \
	} while (0)
	TRY("connect", connect(fd, to, sizeof(other)));
	TRY("unspec", connect(fd, &none, sizeof(none)));
	TRY("bind", bind(fd, to, sizeof(other)));
	TRY("listen", listen(fd, 1));
	TRY("sendto", sendto(fd, "x", 1, MSG_NOSIGNAL, to, sizeof(other)));
	TRY("fastopen", sendto(fd, "x", 1, MSG_NOSIGNAL | MSG_FASTOPEN, to, sizeof(other)));
	TRY("fastopen-null", sendto(fd, "x", 1, MSG_NOSIGNAL | MSG_FASTOPEN, NULL, 0));
	TRY("fastopen-msg", sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_FASTOPEN));
	TRY("sendmmsg", syscall(SYS_sendmmsg, fd, &msg, 1, MSG_FASTOPEN));
	TRY("repair", setsockopt(fd, IPPROTO_TCP, 19 /* TCP_REPAIR */, &on, sizeof(on)));
	TRY("fastopen-connect", setsockopt(fd, IPPROTO_TCP, 30, &on, sizeof(on)));
	TRY("ulp", setsockopt(fd, IPPROTO_TCP, 31 /* TCP_ULP */, "tls", 3));
	TRY("transparent", setsockopt(fd, IPPROTO_IP, 19 /* IP_TRANSPARENT */, &on, sizeof(on)));
	TRY("options", setsockopt(fd, IPPROTO_IP, 4 /* IP_OPTIONS: source routes */, &on, 4));
	TRY("addrform", setsockopt(fd, IPPROTO_IPV6, 1 /* IPV6_ADDRFORM */, &on, sizeof(on)));
	TRY("device", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
	TRY("mark", setsockopt(fd, SOL_SOCKET, SO_MARK, &on, sizeof(on)));
	TRY("ioctl", ioctl(fd, 0x8912 /* SIOCGIFCONF */, &msg));
}

static void peer(const char *name, int fd)
{
	struct sockaddr_in who = {0};
	socklen_t size = sizeof(who);
	char text[INET_ADDRSTRLEN] = "none";

	if (getpeername(fd, (struct sockaddr *)&who, &size) == 0)
		(void)inet_ntop(AF_INET, &who.sin_addr, text, sizeof(text));
	printf("%s-peer=%s\n", name, text);
}

/* A name with sendmsg on a connected stream is ignored by the kernel: the echo comes back. */
static void named_send(int fd)
{
	struct sockaddr_in other = at(OTHER, 7);
	struct iovec part = {"x", 1};
	struct msghdr msg = {
	    .msg_name = &other, .msg_namelen = sizeof(other), .msg_iov = &part, .msg_iovlen = 1};
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char got = '?';

	(void)sendmsg(fd, &msg, MSG_NOSIGNAL);
	(void)poll(&p, 1, 5000);
	(void)recv(fd, &got, 1, MSG_DONTWAIT);
	printf("tcp-named-echo=%c\n", got);
}

static int descriptors(void)
{
	int tcp = ask_for(RT_NET_CONNECT, GOOD, 7, "tcp");
	int listener = ask_for(RT_NET_LISTEN, 0x7f000001u, 8080, "listen");
	int udp = ask_for(RT_NET_UDP_BIND, 0x7f000001u, 8080, "udp");

	(void)ask_for(RT_NET_CONNECT, OTHER, 7, "denied");
	say("raw-inet", socket(AF_INET, SOCK_STREAM, 0));
	say("raw-inet6", socket(AF_INET6, SOCK_STREAM, 0));
	say("raw-packet", socket(17, SOCK_RAW, 0));
	say("raw-unix", socket(AF_UNIX, SOCK_STREAM, 0));
	say("raw-netlink", socket(16, SOCK_RAW, 0));
	say("io_uring", syscall(425, 1, NULL));
	printf("udp-fd=%d\n", udp);
	aim("tcp", tcp);
	peer("tcp", tcp);
	named_send(tcp);
	aim("listener", listener);
	aim("channel", RT_FD_NET);
	/* a descriptor whose connection is over is still nobody else's */
	(void)shutdown(tcp, SHUT_RDWR);
	aim("closed", tcp);
	(void)shutdown(listener, SHUT_RDWR);
	aim("unlistening", listener);
	return 0;
}

/* After a forged frame nothing is answered. */
static int forge(void)
{
	int fd;

	printf("before-code=%ld\n", (ask(RT_NET_DNS, 7, 0, "good.test", 9), answer(&fd)));
	(void)ask(RT_NET_DONE, 0, 0, NULL, 0);
	(void)ask(RT_NET_DNS, 7, 0, "good.test", 9);
	printf("after-code=%ld\n", answer(&fd));
	return 0;
}

static int attach(void)
{
	struct rt_net_frame frame = {RT_NET_CLOSE, 1, 1, 0};
	struct iovec part = {&frame, sizeof(frame)};
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct msghdr msg = {.msg_iov = &part,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	int fd = STDOUT_FILENO;

	control.align.cmsg_level = SOL_SOCKET;
	control.align.cmsg_type = SCM_RIGHTS;
	control.align.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.align), &fd, sizeof(fd));
	say("attach", sendmsg(RT_FD_NET, &msg, MSG_NOSIGNAL));
	(void)ask(RT_NET_DNS, 7, 0, "good.test", 9);
	printf("after-code=%ld\n", answer(&fd));
	return 0;
}

/* Many requests, no answer read, then the end: the run is over all the same. */
static int flood(void)
{
	int sent = 0;

	for (int i = 0; i < 100000; i++) {
		struct rt_net_frame frame = {RT_NET_STATUS, 1, 1, 0};

		if (send(RT_FD_NET, &frame, sizeof(frame), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			break;
		sent++;
	}
	printf("flood=%s\n", sent > 0 ? "sent" : "none");
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} ways[] = {
	    {"descriptors", descriptors}, {"forge", forge}, {"attach", attach}, {"flood", flood}};

	for (size_t i = 0; argc > 1 && i < sizeof(ways) / sizeof(*ways); i++) {
		if (strcmp(ways[i].name, argv[1]) == 0)
			return ways[i].run();
	}
	return 2;
}
