/* SPDX-License-Identifier: MIT */
/*
 * What a refused call costs a program. Whole runs of `x07 run`, interleaved: a program that makes
 * CALLS calls that the policy refuses, the same calls into a folder that is not there (as many
 * system calls, nothing recorded), and the loop alone. Prints, never asserts; it fails only when a
 * count is lost. usage: denial_bench BIN_DIR [ROUNDS]
 */
#include "base/arena.h"
#include "base/attr.h"
#include "base/file.h"
#include "base/file_replace.h"
#include "base/json.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CALLS 200000
#define ROUNDS_MAX 100

enum kind { LOOP, MISSING, REFUSED, REFUSED_V1, MANY, KINDS };

struct series {
	const char *name;
	const char *call; /* one turn of the loop; an i32 */
	bool counted;
	double ms[ROUNDS_MAX];
};

static struct series all[KINDS] = {
    [LOOP] = {.name = "the loop alone", .call = "[\"+\", \"i\", 0]"},
    [MISSING] = {.name = "write_file, folder not there",
	.call =
	    "[\"std.os.fs.write_file\", [\"bytes.lit\", \"out/none/x\"], [\"bytes.lit\", \"w\"]]"},
    [REFUSED] = {.name = "write_file, refused",
	.call = "[\"std.os.fs.write_file\", [\"bytes.lit\", \"logs/x\"], [\"bytes.lit\", \"w\"]]",
	.counted = true},
    [REFUSED_V1] = {.name = "write_all_v1, refused",
	.call =
	    "[\"result_i32.unwrap_or\", [\"std.os.fs.write_all_v1\", [\"bytes.lit\", \"logs/x\"], "
	    "[\"bytes.lit\", \"w\"], [\"std.os.fs.spec.caps_default_v1\"]], 1]",
	.counted = true},
    [MANY] = {.name = "write_file, refused, 100 000 names",
	.call = "[\"std.os.fs.write_file\", [\"bytes.concat\", [\"bytes.lit\", \"logs/\"], "
		"[\"std.fmt.u32_to_dec\", [\"/\", \"i\", 2]]], [\"bytes.lit\", \"w\"]]",
	.counted = true},
};

static NORETURN void die(const char *what, const char *why)
{
	(void)fprintf(stderr, "denial_bench: %s: %s\n", what, why);
	exit(1);
}

static double now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Runs x07; what it prints goes to files. */
static double x07(const char *bin, const char *const *words, int allowed)
{
	extern char **environ;
	char path[PATH_MAX];
	const char *argv[16] = {path};
	posix_spawn_file_actions_t act;
	double start = now_ms();
	int status = 0, n = 1;
	pid_t pid = 0;

	(void)snprintf(path, sizeof(path), "%s/x07", bin);
	for (; *words != NULL && n < 15; words++)
		argv[n++] = *words;
	if (posix_spawn_file_actions_init(&act) != 0 ||
	    posix_spawn_file_actions_addopen(
		&act, 1, "report.json", O_CREAT | O_TRUNC | O_WRONLY, 0600) != 0 ||
	    posix_spawn_file_actions_addopen(
		&act, 2, "errors.txt", O_CREAT | O_TRUNC | O_WRONLY, 0600) != 0 ||
	    posix_spawn(&pid, path, &act, NULL, (char *const *)argv, environ) != 0 ||
	    waitpid(pid, &status, 0) != pid)
		die(path, "cannot run");
	(void)posix_spawn_file_actions_destroy(&act);
	if (!WIFEXITED(status) || WEXITSTATUS(status) > allowed)
		die(words[-1], "failed; see errors.txt");
	return now_ms() - start;
}

static void write_program(const char *call)
{
	CLEANUP(buf_clear) struct buf text = buf_init(1u << 16);
	struct err err = {0};

	buf_printf(&text,
	    "{ \"schema_version\": \"x07.x07ast@0.4.0\", \"kind\": \"module\", \"module_id\": "
	    "\"app\",\n"
	    "  \"imports\": [\"std.os.fs\", \"std.os.fs.spec\", \"std.fmt\"],\n"
	    "  \"decls\": [ { \"kind\": \"export\", \"names\": [\"app.solve\"] },\n"
	    "    { \"kind\": \"defn\", \"name\": \"app.solve\", \"params\": [{ \"name\": \"b\", "
	    "\"ty\": "
	    "\"bytes_view\" }],\n"
	    "      \"result\": \"bytes\", \"body\": [\"begin\", [\"let\", \"n\", 0], [\"for\", "
	    "\"i\", 0, %d,\n"
	    "        [\"set\", \"n\", [\"+\", \"n\", %s]]], [\"bytes.lit\", \"done\"]] } ] }\n",
	    CALLS, call);
	if (file_replace("src/app.x07.json", text.data, text.len, &err) < 0)
		die("src/app.x07.json", err.message);
}

/* Refusals in the report: every entry with its count, and what was only counted. */
static uint64_t counted(void)
{
	CLEANUP(buf_clear) struct buf text = buf_init(64u << 20);
	CLEANUP(arena_clear) struct arena arena;
	const struct json *root = NULL, *list = NULL;
	struct json_fault fault;
	struct err err = {0};
	uint64_t sum = 0;

	arena_init(&arena, 256u << 20);
	if (file_read(&text, "report.json", &err) < 0 ||
	    json_parse(&root, &arena, text.data, text.len, NULL, &fault) < 0)
		die("report.json", "cannot read");
	list = json_get(json_get(root, "sandbox"), "denials");
	for (uint32_t i = 0; list != NULL && i < list->count; i++)
		sum += (uint64_t)json_get(&list->items[i], "count")->integer;
	return sum;
}

static void run(const char *bin, struct series *s, int round)
{
	static const char *const words[] = {"run", "--profile", "sandbox", "--input-b64", "",
	    "--opt=fast", "--solve-fuel", "9000000000000", NULL};
	uint64_t got = 0;

	write_program(s->call);
	s->ms[round] = x07(bin, words, 0);
	got = counted();
	if (got != (s->counted ? CALLS : 0)) {
		(void)fprintf(stderr, "%s: %" PRIu64 " counted of %d\n", s->name, got, CALLS);
		exit(1);
	}
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, int count)
{
	qsort(values, (size_t)count, sizeof(*values), by_value);
	return values[count / 2];
}

static void print(int rounds)
{
	double base = median(all[LOOP].ms, rounds), missing = 0;

	(void)printf("%d calls in one run, median of %d runs, interleaved\n", CALLS, rounds);
	(void)printf("%-36s %10s %12s %14s\n", "", "run, ms", "us per call", "calls per s");
	for (int k = 0; k < KINDS; k++) {
		double ms = k == LOOP ? base : median(all[k].ms, rounds);
		double us = (ms - base) * 1e3 / CALLS;

		if (k == LOOP)
			(void)printf("%-36s %10.1f\n", all[k].name, ms);
		else
			(void)printf("%-36s %10.1f %12.2f %14.0f\n", all[k].name, ms, us,
			    us > 0 ? 1e6 / us : 0);
		if (k == MISSING)
			missing = us;
		if (k == REFUSED)
			(void)printf("%-36s %10s %12.2f\n", "  of that: the refusal itself", "",
			    us - missing);
	}
	(void)printf("no count was lost\n");
}

int main(int argc, char **argv)
{
	static const char *const init[] = {"init", NULL};
	static const char *const policy[] = {"policy", "init", "--template", "cli", NULL};
	char tmp[] = "/tmp/x07-denials.XXXXXX", bin[PATH_MAX];
	int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 7;

	if (argc < 2 || rounds < 1 || rounds > ROUNDS_MAX)
		die("usage", "denial_bench BIN_DIR [ROUNDS]");
	if (realpath(argv[1], bin) == NULL || mkdtemp(tmp) == NULL || chdir(tmp) < 0)
		die(tmp, "cannot use it");
	(void)setenv("X07_SANDBOX_BACKEND", "os", 1);
	(void)setenv("X07_I_ACCEPT_WEAKER_ISOLATION", "1", 1);
	(void)x07(bin, init, 0);
	(void)x07(bin, policy, 0);
	if (mkdir("out", 0755) < 0 || mkdir("logs", 0755) < 0)
		die(tmp, "cannot use it");
	for (int round = 0; round < rounds; round++) {
		for (int k = 0; k < KINDS; k++)
			run(bin, &all[k], round);
	}
	print(rounds);
	return 0;
}
