/* SPDX-License-Identifier: MIT */
/* Channels of bytes, as select sees them. */
#ifndef RT_TASK_CHAN_H
#define RT_TASK_CHAN_H

#include "lang/rt/protos.h"

enum rt_chan_state { RT_CHAN_EMPTY, RT_CHAN_TAKEN, RT_CHAN_CLOSED };

/** Take the oldest message. @return RT_CHAN_TAKEN and the message, or why there is none. */
enum rt_chan_state rt_chan_poll(rt_u32 handle, rt_bytes *out);
/** Free all channels and what is in them. */
void rt_chans_end(void);

#endif
