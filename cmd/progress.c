/* SPDX-License-Identifier: MIT */
/* The progress line: packages, bytes and rate, on standard error. */
#include "cmd/progress.h"

#include "base/attr.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define INTERVAL_NS 100000000

static int64_t now_ns(void)
{
	struct timespec ts = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

void progress_init(struct progress *p, bool quiet)
{
	const char *term = getenv("TERM");
	const char *ci = getenv("CI");

	*p = (struct progress){0};
	p->on = !quiet && isatty(STDERR_FILENO) == 1 && term != NULL && strcmp(term, "dumb") != 0 &&
		(ci == NULL || ci[0] == '\0' || strcmp(ci, "false") == 0);
}

void progress_phase(struct progress *p, const char *phase)
{
	p->total_bytes += p->bytes;
	p->bytes = 0;
	p->phase = phase;
	p->start_ns = now_ns();
	p->last_ns = 0;
	/* Before the first byte: a server may let itself be waited for. */
	if (!p->on)
		return;
	(void)fprintf(stderr, "\r\033[K%s ...", phase);
	(void)fflush(stderr);
	p->shown = true;
}

static void human(char out[32], uint64_t bytes)
{
	static const char *const units[] = {"B", "KB", "MB", "GB"};
	double v = (double)bytes;
	size_t u = 0;

	while (v >= 1000 && u + 1 < ARRAY_LEN(units)) {
		v /= 1000;
		u++;
	}
	(void)snprintf(out, 32, u == 0 ? "%.0f %s" : "%.1f %s", v, units[u]);
}

void progress_at(struct progress *p, size_t done, size_t count, uint64_t bytes)
{
	char size[32], rate[32];
	int64_t now;

	p->bytes = bytes;
	if (!p->on)
		return;
	now = now_ns();
	if (now - p->last_ns < INTERVAL_NS && done < count)
		return;
	p->last_ns = now;
	human(size, bytes);
	human(rate,
	    now > p->start_ns ? (uint64_t)((double)bytes * 1e9 / (double)(now - p->start_ns)) : 0);
	(void)fprintf(stderr, "\r\033[K%s %zu/%zu, %s, %s/s", p->phase != NULL ? p->phase : "",
	    done, count, size, rate);
	(void)fflush(stderr);
	p->shown = true;
}

void progress_clear(struct progress *p)
{
	if (p->shown)
		(void)fputs("\r\033[K", stderr);
	p->shown = false;
}
