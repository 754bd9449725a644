/* SPDX-License-Identifier: MIT */
/* What readers over network handles do (io.c). */
#ifndef RT_NET_H
#define RT_NET_H

#include "lang/rt/protos.h"

#include <stdbool.h>

#define RT_VTABLE_STREAM 2u
#define RT_VTABLE_UDP 3u

/** At most @p max bytes of a stream, or a document of a UDP socket; empty at the end. */
rt_bytes rt_net_reader_take(rt_u32 reader, rt_u32 vtable, rt_u32 max);
/** True when a reader with this table reads from the network. */
bool rt_net_vtable(rt_u32 vtable);

#endif
