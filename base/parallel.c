/* SPDX-License-Identifier: MIT */
#include "base/parallel.h"

#include "base/file.h"

#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

/** The range and who takes the next of it. */
struct range {
	void (*one)(void *ctx, uint32_t i);
	void *ctx;
	uint32_t count;
	uint32_t next; /* atomic */
};

static void *work(void *arg)
{
	struct range *range = arg;

	for (;;) {
		uint32_t i = __atomic_fetch_add(&range->next, 1, __ATOMIC_RELAXED);

		if (i >= range->count)
			return NULL;
		range->one(range->ctx, i);
	}
}

void parallel_for(uint32_t count, void (*one)(void *ctx, uint32_t i), void *ctx)
{
	struct range range = {.one = one, .ctx = ctx, .count = count};
	pthread_t threads[PARALLEL_THREADS_MAX];
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	uint32_t want = cpus < 1 ? 1 : (uint32_t)cpus;
	uint32_t started = 0;

	if (cpus > PARALLEL_THREADS_MAX)
		want = PARALLEL_THREADS_MAX;
	if (count > 1)
		file_expect(PARALLEL_OPEN);
	/* This thread works too; a thread that cannot be started is only speed lost. */
	while (started + 1 < want && started + 1 < count) {
		if (pthread_create(&threads[started], NULL, work, &range) != 0)
			break;
		started++;
	}
	(void)work(&range);
	while (started > 0)
		(void)pthread_join(threads[--started], NULL);
}
