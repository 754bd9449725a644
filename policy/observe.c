/* SPDX-License-Identifier: MIT */
/*
 * What is granted to a run that was observed. Everything starts off; each recorded operation
 * switches on what it needs. Measured limits are rounded up, so that the next run has room; amounts
 * that the program itself names (a time to sleep) are taken as they are.
 */
#include "policy/observe.h"

#include "lang/rt/decide.h"
#include "policy/observe_print_priv.h"
#include "policy/observe_roots_priv.h"
#include "policy/parse.h"
#include "policy/print.h"
#include "policy/text.h"

#include <stdlib.h>
#include <string.h>

#define POLICY_TEXT_MAX POLICY_MAX_BYTES
#define REVIEW_MAX (8u << 20)
#define KEYS_MAX 256u
#define HOSTS_MAX 256u
#define FEW_FDS 16u
#define PAGE 4096u
#define TIME_MAX_MS 600000u

void policy_proposal_clear(struct policy_proposal *p)
{
	buf_clear(&p->policy);
	buf_clear(&p->review);
}

static void grants_clear(struct policy_observed_grants *g)
{
	policy_observed_roots_clear(&g->read);
	policy_observed_roots_clear(&g->write);
	base_free_ptr(&g->keys);
	base_free_ptr(&g->hosts);
}

static uint32_t power_of_two(uint64_t at_least, uint32_t from)
{
	uint64_t n = from;

	while (n < at_least && n < UINT32_MAX)
		n *= 2;
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static uint32_t clamp(uint64_t n, uint32_t low, uint32_t high)
{
	return n < low ? low : n > high ? high : (uint32_t)n;
}

/* Whole seconds, with room for a slower machine. */
static uint32_t time_limit(int64_t ns, int64_t more_ns)
{
	uint64_t want = 2 * (uint64_t)(ns > 0 ? ns : 0) + (uint64_t)more_ns;

	return clamp((want + 999999999) / 1000000000 * 1000, 1000, TIME_MAX_MS);
}

static int by_subject(const void *a, const void *b)
{
	const struct policy_use *const *x = a, *const *y = b;

	return strcmp((*x)->subject, (*y)->subject);
}

/* One use for each subject, sorted. A used one stands before a refused one. */
static const struct policy_use **subjects(
    uint32_t *count, const struct policy_observed *in, enum policy_use_kind kind)
{
	const struct policy_use **out = base_calloc(in->count + 1, sizeof(struct policy_use *));
	uint32_t n = 0;

	for (size_t i = 0; i < in->count; i++) {
		const struct policy_use *u = &in->uses[i];
		uint32_t k = 0;

		if (u->kind != kind || !policy_observed_grantable(u))
			continue;
		while (k < n && strcmp(out[k]->subject, u->subject) != 0)
			k++;
		if (k == n)
			out[n++] = u;
		else if (out[k]->refused && !u->refused)
			out[k] = u;
	}
	qsort(out, n, sizeof(struct policy_use *), by_subject);
	*count = n;
	return out;
}

static void note_file(
    struct policy_observed_grants *g, const struct policy_use *u, uint64_t most[2])
{
	g->fs = true;
	if (u->joined)
		g->blocking = true;
	if (rt_decide_hidden(u->subject, strlen(u->subject)))
		g->deny_hidden = false;
	if (!u->joined && u->most > most[u->kind == POLICY_USE_WRITE])
		most[u->kind == POLICY_USE_WRITE] = u->most;
}

static void note(struct policy_observed_grants *g, const struct policy_use *u, uint64_t most[2])
{
	switch (u->kind) {
	case POLICY_USE_READ:
	case POLICY_USE_WRITE:
		note_file(g, u, most);
		break;
	case POLICY_USE_CLOCK:
		g->clock = true;
		break;
	case POLICY_USE_SLEEP:
		g->sleep = true;
		if (u->most > g->max_sleep_ms)
			g->max_sleep_ms = clamp(u->most, 0, 86400000);
		break;
	case POLICY_USE_TZID:
		g->tzid = true;
		break;
	case POLICY_USE_EXIT:
		g->exit = true;
		break;
	case POLICY_USE_NET:
		g->udp |= u->udp;
		g->tcp |= !u->udp && !u->lookup;
		break;
	case POLICY_USE_ENV:
		break;
	}
}

/* 0 would mean the built-in default, which is more: without a use the least is 1. */
static void file_limits(struct policy_observed_grants *g, const uint64_t most[2])
{
	const struct policy_observed *in = g->in;

	if (!g->fs)
		return;
	g->max_read = most[0] > 0 ? power_of_two(most[0], PAGE) : 1;
	g->max_write = most[1] > 0 ? power_of_two(most[1], PAGE) : 1;
	g->max_entries = in->most_entries > 0 ? power_of_two(in->most_entries, 16) : 1;
	g->max_depth = in->most_depth > 0 ? in->most_depth : 1;
}

static void find_limits(struct policy_observed_grants *g)
{
	const struct policy_observed *in = g->in;
	uint64_t fds = (uint64_t)in->most_fd + 1 + g->read.count + g->write.count;

	g->limits.cpu_ms = time_limit(in->cpu_ns, 0);
	g->limits.wall_ms = time_limit(in->wall_ns, 1000000000);
	g->limits.mem_bytes = (in->mem_bytes + (1u << 20) - 1) & ~(uint64_t)((1u << 20) - 1);
	if (g->limits.mem_bytes < 1u << 20)
		g->limits.mem_bytes = 1u << 20;
	g->limits.fds = clamp((fds + 7) / 8 * 8, FEW_FDS, 1024);
	g->limits.procs = 1;
}

static int find_grants(struct policy_observed_grants *g, struct err *err)
{
	const struct policy_observed *in = g->in;
	uint64_t most[2] = {0, 0};

	g->fs = in->fs;
	g->blocking = in->blocking;
	g->deny_hidden = !in->hidden_listed;
	policy_observed_roots_find(&g->read, in, POLICY_USE_READ);
	policy_observed_roots_find(&g->write, in, POLICY_USE_WRITE);
	policy_observed_roots_nest(&g->read, &g->write, in);
	g->keys = subjects(&g->key_count, in, POLICY_USE_ENV);
	g->hosts = subjects(&g->host_count, in, POLICY_USE_NET);
	for (size_t i = 0; i < in->count; i++) {
		if (policy_observed_grantable(&in->uses[i]))
			note(g, &in->uses[i], most);
	}
	file_limits(g, most);
	find_limits(g);
	if (g->key_count > KEYS_MAX || g->host_count > HOSTS_MAX)
		return err_set(
		    err, ERR_LIMIT, "the run needs more than %u variables or hosts", KEYS_MAX);
	return 0;
}

/* The same reader as for any policy has the last word; its printer makes the text. */
static int print_policy(struct buf *out, const struct policy_observed_grants *g, struct err *err)
{
	CLEANUP(buf_clear) struct buf draft = buf_init(POLICY_TEXT_MAX);
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct policy policy;
	int rc;

	policy_observed_print_policy(&draft, g);
	if (draft.overflow)
		return err_set(
		    err, ERR_LIMIT, "the policy would be larger than %u bytes", POLICY_TEXT_MAX);
	rc = policy_parse(&policy, draft.data, draft.len, "observed policy", &diags, err);
	if (rc < 0)
		return diags.count > 0 ? err_set(err, ERR_LIMIT, "no policy can say this: %s",
					     diags.items[0].message)
				       : rc;
	policy_print(out, &policy);
	policy_clear(&policy);
	return 0;
}

int policy_observe(struct policy_proposal *out, const struct policy_observed *in, struct err *err)
{
	CLEANUP(grants_clear) struct policy_observed_grants g = {.in = in};
	CLEANUP(policy_proposal_clear)
	struct policy_proposal p = {
	    .policy = buf_init(POLICY_TEXT_MAX), .review = buf_init(REVIEW_MAX)};
	int rc;

	if (!policy_id_is_valid(in->policy_id))
		return err_set(err, ERR_USAGE, "bad policy_id: %s", in->policy_id);
	rc = find_grants(&g, err);
	if (rc == 0)
		rc = print_policy(&p.policy, &g, err);
	if (rc < 0)
		return rc;
	policy_observed_print_review(&p, &g);
	*out = TAKE(p);
	return 0;
}
