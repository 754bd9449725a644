/* SPDX-License-Identifier: MIT */
/*
 * Whole-process benchmarks: x07 against its yardsticks, interleaved in one run, medians and ratios
 * in a table. Prints, never asserts. usage: bench BIN_DIR PROGRAM_DIR [rounds]
 */
#include "base/attr.h"
#include "base/file.h"

#include <stdarg.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS_MAX 200
#define ARGS_MAX 24
#define INPUT_BYTES (64u << 20)

/** One side of a comparison. */
struct side {
	char args[ARGS_MAX][PATH_MAX];
	int arg_count;
	double wall_ms[ROUNDS_MAX];
	double cpu_ms[ROUNDS_MAX];
	long peak_kib;
};

struct bench {
	const char *bin, *programs;
	char tmp[PATH_MAX / 4];
	int rounds;
};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double percentile(const double *values, int count, int percent)
{
	double sorted[ROUNDS_MAX];

	memcpy(sorted, values, sizeof(double) * (size_t)count);
	qsort(sorted, (size_t)count, sizeof(double), by_value);
	return sorted[(count - 1) * percent / 100];
}

static void side_arg(struct side *s, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void side_arg(struct side *s, const char *fmt, ...)
{
	va_list ap;

	if (s->arg_count >= ARGS_MAX - 1)
		abort();
	va_start(ap, fmt);
	(void)vsnprintf(s->args[s->arg_count++], PATH_MAX, fmt, ap);
	va_end(ap);
}

/* Run one side once, output discarded; stops the benchmark when it fails. */
static void side_run(struct side *s, int round)
{
	char *argv[ARGS_MAX] = {0};
	posix_spawn_file_actions_t actions;
	struct rusage usage = {0};
	pid_t pid = 0;
	int status = 0;

	for (int i = 0; i < s->arg_count; i++)
		argv[i] = s->args[i];
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	(void)posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	double start = now_ms();

	if (posix_spawnp(&pid, s->args[0], &actions, NULL, argv, environ) != 0 ||
	    wait4(pid, &status, 0, &usage) != pid || status != 0) {
		(void)fprintf(
		    stderr, "bench: %s failed (status %#x)\n", s->args[0], (unsigned)status);
		exit(1);
	}
	s->wall_ms[round] = now_ms() - start;
	s->cpu_ms[round] = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
			   (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
	if (usage.ru_maxrss > s->peak_kib)
		s->peak_kib = usage.ru_maxrss;
	(void)posix_spawn_file_actions_destroy(&actions);
}

static void print_row(
    const char *name, const char *wanted, const struct side *a, const struct side *b, int rounds)
{
	double x = percentile(a->wall_ms, rounds, 50), y = percentile(b->wall_ms, rounds, 50);
	double cpu = percentile(a->cpu_ms, rounds, 50) / percentile(b->cpu_ms, rounds, 50);

	/* On a busy machine the ratio of processor times is the steadier of the two. */
	(void)printf("| %-22s | %8.2f | %8.2f | %8.2f | %8.2f | %6.3f | %6.3f | %-15s |\n", name,
	    percentile(a->wall_ms, rounds, 0), x, percentile(a->wall_ms, rounds, 90), y, x / y, cpu,
	    wanted);
	(void)fflush(stdout);
}

static void x07_run(struct side *s, const struct bench *b, const char *program, const char *opt)
{
	side_arg(s, "%s/x07", b->bin);
	side_arg(s, "run");
	side_arg(s, "--world");
	side_arg(s, "run-os-sandboxed");
	side_arg(s, "--policy");
	side_arg(s, "%s/bench.policy.json", b->tmp);
	side_arg(s, "--program");
	side_arg(s, "%s/%s.x07.json", b->programs, program);
	side_arg(s, "--opt=%s", opt);
	side_arg(s, "--solve-fuel");
	side_arg(s, "1000000000000");
	side_arg(s, "--max-memory-bytes");
	side_arg(s, "402653184");
	side_arg(s, "--max-output-bytes");
	side_arg(s, "67108864");
}

static int remove_entry(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static int cached_images(const char *path)
{
	int images = 0;
	DIR *top = opendir(path);

	if (!top)
		return 0;
	for (struct dirent *e; (e = readdir(top)) != NULL;) {
		char sub[PATH_MAX];
		struct stat st;

		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(sub, sizeof(sub), "%s/%s", path, e->d_name);
		if (stat(sub, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode))
			images += cached_images(sub);
		else if (!strstr(e->d_name, ".lock") && !strstr(e->d_name, ".tmp"))
			images++;
	}
	closedir(top);
	return images;
}

/* The background compiler must be done before the next round is measured. */
static void wait_for_cache(const char *dir)
{
	for (int i = 0; i < 1000 && cached_images(dir) == 0; i++)
		(void)usleep(10000);
	(void)usleep(20000);
}

static void bench_cold(const struct bench *b)
{
	static struct side x07, gcc;

	x07_run(&x07, b, "echo", "auto");
	side_arg(&gcc, "gcc");
	side_arg(&gcc, "-O2");
	side_arg(&gcc, "-o");
	side_arg(&gcc, "%s/hundred", b->tmp);
	side_arg(&gcc, "%s/hundred_lines.c", b->programs);
	for (int i = 0; i < b->rounds; i++) {
		char cache[PATH_MAX];

		(void)snprintf(cache, sizeof(cache), "%s/cold-%d", b->tmp, i);
		setenv("X07_NATIVE_CACHE_DIR", cache, 1);
		side_run(&x07, i);
		wait_for_cache(cache);
		side_run(&gcc, i);
	}
	print_row("cold run / gcc -O2", "<= 0.1, 8 ms", &x07, &gcc, b->rounds);
}

static void bench_warm(const struct bench *b)
{
	static struct side x07, gcc;
	char cache[PATH_MAX];

	(void)snprintf(cache, sizeof(cache), "%s/cache", b->tmp);
	setenv("X07_NATIVE_CACHE_DIR", cache, 1);
	x07_run(&x07, b, "echo", "auto");
	side_arg(&gcc, "/bin/true");
	side_run(&x07, 0);
	wait_for_cache(cache);
	for (int i = 0; i < b->rounds; i++) {
		side_run(&x07, i);
		side_run(&gcc, i);
	}
	print_row("warm run / bin/true", "<= 4 ms", &x07, &gcc, b->rounds);
}

static void bench_throughput(const struct bench *b, const char *name)
{
	static struct side x07, peer;
	int rounds = b->rounds < 15 ? b->rounds : 15;

	memset(&x07, 0, sizeof(x07));
	memset(&peer, 0, sizeof(peer));
	x07_run(&x07, b, name, "full");
	side_arg(&x07, "--input");
	side_arg(&x07, "%s/input.bin", b->tmp);
	side_arg(&peer, "%s/peer_%s", b->bin, name);
	side_arg(&peer, "%s/input.bin", b->tmp);
	side_run(&x07, 0); /* fills the cache */
	for (int i = 0; i < rounds; i++) {
		side_run(&x07, i);
		side_run(&peer, i);
	}
	print_row(name, "<= 1.1", &x07, &peer, rounds);
}

/* The number behind a key of the report that the run wrote. */
static double report_number(const char *path, const char *key)
{
	CLEANUP(buf_clear) struct buf text = buf_init(256u << 20);
	struct err err = {0};
	const char *at;

	if (file_read(&text, path, &err) < 0)
		return 0;
	at = strstr(text.data, key);
	return at != NULL ? strtod(at + strlen(key), NULL) : 0;
}

/* What x07 and its guest need beyond what the program asked for, together and at most. */
static void bench_memory(const struct bench *b)
{
	static struct side x07, with_input;
	char path[PATH_MAX];
	double guest;

	x07_run(&x07, b, "echo", "fast");
	x07_run(&with_input, b, "byte_sum", "full");
	side_arg(&with_input, "--input");
	side_arg(&with_input, "%s/input.bin", b->tmp);
	(void)snprintf(path, sizeof(path), "%s/report.json", b->tmp);
	for (int i = 0; i < 2; i++) {
		struct side *s = i == 0 ? &x07 : &with_input;

		side_arg(s, "--report-out");
		side_arg(s, "%s", path);
		side_run(s, 0);
		guest = report_number(path, "\"peak_rss_bytes\": ") / 1048576;
		guest -= i == 0 ? 0 : INPUT_BYTES / 1048576.0;
		(void)printf("peak memory, %s: x07 %.1f MiB, guest %.1f MiB%s; wanted <= 8 MiB\n",
		    i == 0 ? "echo" : "64 MiB of input", (double)x07.peak_kib / 1024, guest,
		    i == 0 ? "" : " over its input");
	}
}

/* Text-like bytes in runs of one to a hundred: the same for every run of the benchmark. Written in
 * blocks: a child's peak counts what its parent had when it was started. */
static int make_input(const struct bench *b, struct err *err)
{
	static uint8_t block[65536];
	uint64_t state = 88172645463325252ull;
	char path[PATH_MAX];
	uint32_t run = 0;
	uint8_t c = 0;
	int rc = 0;

	(void)snprintf(path, sizeof(path), "%s/input.bin", b->tmp);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0)
		return err_sys(err, ERR_IO, "%s", path);
	for (size_t done = 0; done < INPUT_BYTES && rc == 0; done += sizeof(block)) {
		for (size_t at = 0; at < sizeof(block); at++, run--) {
			if (run == 0) {
				state ^= state << 13;
				state ^= state >> 7;
				state ^= state << 17;
				run = (uint32_t)(state % 100) + 1;
				c = (uint8_t)(state >> 32);
			}
			block[at] = c;
		}
		rc = file_write_all(fd, block, sizeof(block), err);
	}
	return rc;
}

static int prepare(const struct bench *b, struct err *err)
{
	static struct side policy;
	int rc = make_input(b, err);

	if (rc < 0)
		return rc;
	setenv("X07_SANDBOX_BACKEND", "os", 1);
	setenv("X07_I_ACCEPT_WEAKER_ISOLATION", "1", 1);
	side_arg(&policy, "%s/x07", b->bin);
	side_arg(&policy, "policy");
	side_arg(&policy, "init");
	side_arg(&policy, "--template");
	side_arg(&policy, "worker");
	side_arg(&policy, "--out");
	side_arg(&policy, "%s/bench.policy.json", b->tmp);
	side_run(&policy, 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const programs[] = {
	    "byte_sum", "word_count", "rle", "histogram", "fib", "fib_recursive"};
	struct bench b = {.rounds = 40};
	struct err err = {0};

	if (argc < 3) {
		(void)fprintf(stderr, "usage: bench BIN_DIR PROGRAM_DIR [rounds]\n");
		return 2;
	}
	b.bin = argv[1];
	b.programs = argv[2];
	if (argc > 3)
		b.rounds = (int)strtol(argv[3], NULL, 10);
	if (b.rounds < 1 || b.rounds > ROUNDS_MAX)
		b.rounds = 40;
	(void)snprintf(b.tmp, sizeof(b.tmp), "%s/x07-bench.XXXXXX", P_tmpdir);
	if (!mkdtemp(b.tmp) || chdir(b.tmp) != 0 || prepare(&b, &err) < 0) {
		(void)fprintf(stderr, "bench: %s\n", err.message);
		return 1;
	}
	(void)printf("| %-22s | %8s | %8s | %8s | %8s | %6s | %6s | %-15s |\n", "what / yardstick",
	    "min ms", "p50 ms", "p90 ms", "peer p50", "ratio", "cpu", "wanted");
	(void)printf("|---|---|---|---|---|---|---|---|\n");
	bench_cold(&b);
	bench_warm(&b);
	for (size_t i = 0; i < ARRAY_LEN(programs); i++)
		bench_throughput(&b, programs[i]);
	bench_memory(&b);
	(void)nftw(b.tmp, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	return 0;
}
