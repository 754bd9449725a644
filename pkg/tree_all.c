/* SPDX-License-Identifier: MIT */
/* Many trees at once, on all processors. */
#include "pkg/tree.h"

#include <pthread.h>
#include <unistd.h>

#define THREADS_MAX 8

/** The jobs and who takes the next. */
struct pool {
	struct pkg_tree_job *jobs;
	uint32_t count;
	uint32_t next; /* atomic */
};

static void *work(void *arg)
{
	struct pool *pool = arg;

	for (;;) {
		uint32_t i = __atomic_fetch_add(&pool->next, 1, __ATOMIC_RELAXED);
		struct pkg_tree_job *job = pool->jobs + i;

		if (i >= pool->count)
			return NULL;
		job->rc = pkg_tree_scan(&job->tree, job->dirfd, &job->err);
	}
}

void pkg_tree_scan_all(struct pkg_tree_job *jobs, uint32_t count)
{
	struct pool pool = {.jobs = jobs, .count = count};
	pthread_t threads[THREADS_MAX];
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	uint32_t want = cpus > THREADS_MAX ? THREADS_MAX : cpus < 1 ? 1 : (uint32_t)cpus;
	uint32_t started = 0;

	/* This thread works too; a thread that cannot be started is only speed lost. */
	while (started + 1 < want && started + 1 < count) {
		if (pthread_create(&threads[started], NULL, work, &pool) != 0)
			break;
		started++;
	}
	(void)work(&pool);
	while (started > 0)
		(void)pthread_join(threads[--started], NULL);
}
