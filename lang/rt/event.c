/* SPDX-License-Identifier: MIT */
/*
 * One frame for each refused operation. The program must not wait for the reader: a full pipe
 * loses frames, their number is sent with the next one that fits.
 */
#include "lang/rt/rt_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int send_frame(const struct rt_event *e, rt_view subject)
{
	uint8_t frame[RT_EVENT_MAX];
	ssize_t n;

	memcpy(frame, e, sizeof(*e));
	if (subject.len)
		memcpy(frame + sizeof(*e), subject.ptr, subject.len);
	do
		n = write(RT_FD_EVENTS, frame, e->size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? errno : 0;
}

static void make_ready(void)
{
	int flags = fcntl(RT_FD_EVENTS, F_GETFL);

	if (flags >= 0)
		(void)fcntl(RT_FD_EVENTS, F_SETFL, flags | O_NONBLOCK);
	rt_state.events_ready = true;
}

static bool send_lost(void)
{
	struct rt_event e = {.size = sizeof(e), .kind = RT_EV_LOST};

	e.sys_errno = (int32_t)(rt_state.lost_events & INT32_MAX);
	if (send_frame(&e, (rt_view){NULL, 0}))
		return false;
	rt_state.lost_events = 0;
	return true;
}

void rt_deny(enum rt_event_kind kind, enum rt_event_reason why, int sys_errno, rt_view subject)
{
	struct rt_event e = {
	    .kind = (uint16_t)kind, .reason = (uint16_t)why, .sys_errno = sys_errno};
	int saved = errno;

	if (subject.len > RT_EVENT_MAX - sizeof(e))
		subject.len = RT_EVENT_MAX - sizeof(e);
	e.size = (uint32_t)(sizeof(e) + subject.len);
	if (!rt_state.events_ready)
		make_ready();
	if ((rt_state.lost_events && !send_lost()) || send_frame(&e, subject) == EAGAIN)
		rt_state.lost_events++;
	errno = saved;
}
