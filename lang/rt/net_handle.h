/* SPDX-License-Identifier: MIT */
/* The table of network handles. */
#ifndef RT_NET_HANDLE_H
#define RT_NET_HANDLE_H

#include "lang/rt/protos.h"

enum net_kind { NET_FREE, NET_TCP, NET_TLS_STREAM, NET_LISTENER, NET_UDP };

struct net_handle {
	enum net_kind kind;
	int fd;        /* -1 for UDP */
	rt_u32 number; /* at the broker; TLS streams and UDP */
};

#define NET_HANDLES_MAX 4096u

/** @return 0 when there is no room. Takes @p fd over. */
rt_u32 rt_net_handle_new(enum net_kind kind, int fd, rt_u32 number);
/** NULL unless the handle is open and of a wanted kind; NET_TCP stands for TLS streams too. */
struct net_handle *rt_net_handle(rt_u32 handle, enum net_kind kind);
/** Close it here and at the broker; its handle may be given out again. */
void rt_net_handle_close(struct net_handle *h);

#endif
