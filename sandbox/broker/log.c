/* SPDX-License-Identifier: MIT */
/* Keeps the log in the memory that x07 shares with the broker. */
#include "sandbox/broker/log.h"

#include "sandbox/broker/loop.h"

#include <string.h>

static void copy(char *to, size_t size, const char *from)
{
	size_t len = strnlen(from, size - 1);

	memcpy(to, from, len);
	to[len] = '\0';
}

static bool same_kind(const struct broker_entry *a, const struct broker_entry *b)
{
	return a->op == b->op && a->verdict == b->verdict && a->policy == b->policy &&
	       a->http == b->http && a->port == b->port && a->tls == b->tls && a->code == b->code &&
	       strcmp(a->host, b->host) == 0 && strcmp(a->address, b->address) == 0 &&
	       strcmp(a->note, b->note) == 0;
}

struct broker_entry *broker_log_add(struct broker_server *s, const struct broker_entry *entry)
{
	struct broker_log *log = s->log;
	struct broker_entry *e = NULL;

	for (uint32_t i = 0; i < log->used && e == NULL; i++) {
		if (same_kind(&log->entry[i], entry))
			e = &log->entry[i];
	}
	if (e == NULL && log->used == BROKER_LOG_ENTRIES) {
		log->lost++;
		log->lost_denied +=
		    entry->verdict != BROKER_ALLOWED && entry->verdict != BROKER_NO_NAME;
		return NULL;
	}
	if (e == NULL) {
		e = &log->entry[log->used];
		*e = *entry;
		e->count = 0;
		log->used++;
	}
	e->count++;
	return e;
}

void broker_log_time(struct broker_entry *entry, int64_t started_ns)
{
	uint64_t us = (uint64_t)(broker_now() - started_ns) / 1000;

	if (entry == NULL)
		return;
	entry->total_us += us;
	if (us > entry->most_us)
		entry->most_us = us;
}

void broker_log_end(struct broker_server *s, const struct broker_destination *to,
    const char *address, uint32_t code, int64_t started_ns, const char *note)
{
	struct broker_entry e = {.op = to->op, .port = to->port, .code = code, .entry = to->entry};

	copy(e.host, sizeof(e.host), to->host);
	copy(e.address, sizeof(e.address), address);
	copy(e.note, sizeof(e.note), note);
	if (code == RT_NET_NO_NAME)
		e.verdict = BROKER_NO_NAME;
	broker_log_time(broker_log_add(s, &e), started_ns);
}

void broker_log_refusal(struct broker_server *s, const struct broker_destination *to,
    uint8_t verdict, uint8_t policy, const char *address)
{
	struct broker_entry e = {.op = to->op,
	    .verdict = verdict,
	    .policy = policy,
	    .port = to->port,
	    .code = RT_NET_DENIED,
	    .entry = UINT32_MAX};

	copy(e.host, sizeof(e.host), to->host);
	copy(e.address, sizeof(e.address), address);
	(void)broker_log_add(s, &e);
}
