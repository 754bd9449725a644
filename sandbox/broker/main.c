/* SPDX-License-Identifier: MIT */
/*
 * x07-broker: started by x07 with three descriptors (sandbox/broker.h), serves one guest, ends
 * with it. Nothing of its environment or command line counts.
 */
#include "base/compat.h"
#include "base/tie.h"
#include "sandbox/broker/channel.h"
#include "sandbox/broker/confine.h"
#include "sandbox/broker/http.h"
#include "sandbox/broker/loop.h"
#include "sandbox/broker/resolve.h"
#include "sandbox/broker/tls.h"
#include "sandbox/broker_config.h"
#include "sandbox/compat.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXIT_NOT_READY 3
#define EXIT_ORPHANED 4

static bool read_config(struct broker_server *s)
{
	struct stat st;
	AUTO_FREE char *text = NULL;

	if (fstat(BROKER_FD_CONFIG, &st) < 0 || st.st_size <= 0 || st.st_size > BROKER_CONFIG_MAX)
		return false;
	text = base_alloc((size_t)st.st_size);
	if (pread(BROKER_FD_CONFIG, text, (size_t)st.st_size, 0) != st.st_size)
		return false;
	close(BROKER_FD_CONFIG);
	return sandbox_broker_config_read(&s->config, &s->arena, text, (size_t)st.st_size);
}

static bool map_log(struct broker_server *s)
{
	void *at =
	    mmap(NULL, sizeof(*s->log), PROT_READ | PROT_WRITE, MAP_SHARED, BROKER_FD_LOG, 0);

	if (at == MAP_FAILED)
		return false;
	close(BROKER_FD_LOG);
	s->log = at;
	return true;
}

/* Where x07 finds out why there is no broker. */
static int give_up(struct broker_server *s, const char *what)
{
	char *note = s->log->entry[0].note;
	const char *why = errno != 0 ? strerrordesc_np(errno) : NULL;

	(void)snprintf(note, BROKER_NOTE_TEXT, "%s%s%s", what, why != NULL ? ": " : "",
	    why != NULL ? why : "");
	return EXIT_NOT_READY;
}

COMPAT_NO_LEAK_CHECK

int main(void)
{
	static const struct broker_hooks hooks = {
	    .deadline = broker_http_deadline,
	    .tick = broker_http_tick,
	    .flushing = broker_tls_flushing,
	};
	struct broker_server *s;
	const char *fault;

	if (!tie_to_maker(BROKER_FD_CHANNEL))
		return EXIT_ORPHANED;
	s = base_calloc(1, sizeof(*s));
	(void)sys_close_range(BROKER_FD_LOG + 1, ~0U);
	(void)signal(SIGPIPE, SIG_IGN);
	arena_init(&s->arena, (size_t)8 * BROKER_CONFIG_MAX);
	if (!map_log(s) || !read_config(s))
		return EXIT_NOT_READY;
	errno = 0;
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll < 0 || !broker_resolve_open(s) || !broker_http_open(s))
		return give_up(s, "starting");
	errno = 0;
	fault = broker_confine(&s->config);
	if (fault != NULL)
		return give_up(s, fault);
	s->log->ready = 1;
	broker_channel_start(s);
	broker_loop(s, &hooks);
	broker_http_close(s);
	broker_tls_end_all(s);
	return 0;
}
