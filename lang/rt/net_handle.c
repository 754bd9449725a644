/* SPDX-License-Identifier: MIT */
/* The table of network handles: 1..4096, one for streams, listeners and UDP. Spec net 3.7. */
#include "lang/rt/net_handle.h"

#include "lang/rt/effect.h"
#include "lang/rt/net_channel.h"
#include "lang/rt/net_wire.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/table.h"

#include <unistd.h>

static struct net_handle *slot(rt_u32 handle)
{
	return rt_table_at(&rt_state.net_handles, sizeof(struct net_handle), handle);
}

rt_u32 rt_net_handle_new(enum net_kind kind, int fd, rt_u32 number)
{
	rt_u32 count = rt_state.net_handles.count, h = rt_state.net_free ? rt_state.net_free : 1;

	while (h <= count && slot(h)->kind != NET_FREE)
		h++;
	if (h > NET_HANDLES_MAX)
		return 0;
	if (h > count)
		h = rt_table_add(&rt_state.net_handles, sizeof(struct net_handle));
	*slot(h) = (struct net_handle){kind, fd, number};
	rt_state.net_free = h + 1; /* everything below is taken */
	rt_fd_used(fd);
	return h;
}

struct net_handle *rt_net_handle(rt_u32 handle, enum net_kind kind)
{
	struct net_handle *h = slot(handle);

	if (!h || h->kind == NET_FREE)
		return NULL;
	if (h->kind == kind || (kind == NET_TCP && h->kind == NET_TLS_STREAM))
		return h;
	return NULL;
}

void rt_net_handle_close(struct net_handle *h)
{
	const struct rt_net_frame frame = {RT_NET_CLOSE, rt_net_next_id(), h->number, 0};
	rt_u32 handle = (rt_u32)(h - slot(1)) + 1;

	if (h->fd >= 0)
		close(h->fd);
	if (h->number)
		(void)rt_net_send(&frame, (rt_view){NULL, 0}, (rt_view){NULL, 0});
	*h = (struct net_handle){NET_FREE, -1, 0};
	if (handle < rt_state.net_free)
		rt_state.net_free = handle;
}
