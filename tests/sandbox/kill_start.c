/* SPDX-License-Identifier: MIT */
/*
 * kill_start [OPTIONS] PROCESS COMMAND ARGS..: a process of the command is held when it is about to
 * make its N-th system call, the command itself is killed when nothing moves any more, the held one
 * let go: then every process must end. So for each N until the process makes no N-th call, where it
 * is killed at rest.
 *
 * PROCESS: "self", or "fork:K", "vfork:K": the K-th that the command or its children make so
 * (posix_spawn is a vfork). Exit status 1 when something was left behind.
 *
 *   -s NUMBER   the signal that kills (9)
 *   -f, -n, -l  first N, step, last N (1, 1, none)
 *   -g GLOB     must match no file after a kill; %ld in it is the command's process (up to 4 times)
 *   -b TEXT     a shell command before each start
 *   -e          the command may end by itself
 */
#include "base/attr.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PIDS_MAX 256
#define BROKEN 125
#define PATTERNS_MAX 4
#define PAUSE_NS 1000000
#define HELD_QUIET 3   /* pauses without a sign of life, with the process held */
#define REST_QUIET 60  /* and when it makes no such call */
#define PATIENCE 10000 /* pauses until everything must have moved to rest, or ended */
#define DYING 40       /* pauses for the command, which may wait for what is held */

enum kind { SELF, FORK, VFORK, CLONE, UNKNOWN };

struct proc {
	pid_t pid;
	enum kind kind;
	unsigned nth; /* of its kind, from 1 */
	bool stopped; /* before its making was reported */
	bool begun;   /* the stop that every new one begins with is over */
};

struct target {
	enum kind kind;
	unsigned nth;
	unsigned call;
};

struct options {
	int sig;
	unsigned step, last; /* 0 = none */
	const char *patterns[PATTERNS_MAX], *before;
	unsigned pattern_count;
	bool may_end;
	char **argv;
};

struct run {
	struct proc procs[PIDS_MAX];
	size_t count;
	unsigned made[UNKNOWN + 1];
	struct target target;
	unsigned calls; /* of the target */
	long held_nr;
	pid_t held; /* 0 = not (any more) */
	pid_t first;
	bool releasing; /* nothing is held from now on */
	bool first_dead;
};

static struct proc *find(struct run *r, pid_t pid)
{
	for (size_t i = 0; i < r->count; i++) {
		if (r->procs[i].pid == pid)
			return &r->procs[i];
	}
	if (r->count == PIDS_MAX) {
		(void)fprintf(stderr, "kill_start: too many processes\n");
		exit(BROKEN);
	}
	r->procs[r->count] = (struct proc){.pid = pid, .kind = UNKNOWN};
	return &r->procs[r->count++];
}

static bool is_target(const struct run *r, const struct proc *p)
{
	return p->kind == r->target.kind && p->nth == r->target.nth && !r->releasing;
}

static void resume(const struct run *r, const struct proc *p, int sig)
{
	(void)ptrace(
	    is_target(r, p) ? PTRACE_SYSCALL : PTRACE_CONT, p->pid, NULL, (void *)(long)sig);
}

/* A new process was reported by its maker. */
static void made(struct run *r, pid_t maker, enum kind kind)
{
	unsigned long pid = 0;
	struct proc *p;

	if (ptrace(PTRACE_GETEVENTMSG, maker, NULL, &pid) < 0)
		return;
	p = find(r, (pid_t)pid);
	p->kind = kind;
	p->nth = ++r->made[kind];
	if (p->stopped)
		resume(r, p, 0);
	p->begun = p->begun || p->stopped;
	p->stopped = false;
}

/* True when the process stays where it is: at the call that was asked for. */
static bool hold(struct run *r, const struct proc *p)
{
	struct __ptrace_syscall_info info = {0};

	if (!is_target(r, p) ||
	    ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, (void *)sizeof(info), &info) < 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY || ++r->calls != r->target.call)
		return false;
	r->held = p->pid;
	r->held_nr = (long)info.entry.nr;
	return true;
}

static void stopped(struct run *r, pid_t pid, int status)
{
	static const enum kind kinds[] = {
	    [PTRACE_EVENT_FORK] = FORK, [PTRACE_EVENT_VFORK] = VFORK, [PTRACE_EVENT_CLONE] = CLONE};
	struct proc *p = find(r, pid);
	int event = status >> 16;
	int sig = WSTOPSIG(status);

	if (p->kind == UNKNOWN) {
		p->stopped = true;
		return;
	}
	if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
	    event == PTRACE_EVENT_CLONE)
		made(r, pid, kinds[event]);
	p = find(r, pid);
	if (event == 0 && sig == (SIGTRAP | 0x80) && hold(r, p))
		return;
	if (event != 0 || (sig & ~0x80) == SIGTRAP || (sig == SIGSTOP && !p->begun))
		sig = 0;
	p->begun = true;
	resume(r, p, sig);
}

static void ended(struct run *r, pid_t pid)
{
	if (pid == r->first)
		r->first_dead = true;
	if (pid == r->held)
		r->held = 0;
	for (size_t i = 0; i < r->count; i++) {
		if (r->procs[i].pid == pid) {
			/* Its number keeps its place: the next of its kind is another one. */
			r->procs[i] = r->procs[--r->count];
			return;
		}
	}
}

/* Whatever has happened. @return how many events that was; -1 when no process is left. */
static int serve(struct run *r)
{
	int events = 0, status = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL | WNOHANG)) > 0) {
		events++;
		if (WIFSTOPPED(status))
			stopped(r, pid, status);
		else
			ended(r, pid);
	}
	return pid < 0 && errno == ECHILD ? -1 : events;
}

static void wait_a_little(void)
{
	const struct timespec t = {.tv_nsec = PAUSE_NS};

	(void)nanosleep(&t, NULL);
}

/* Sleeping in the kernel, stopped or a zombie: anything but at work. */
static bool rests(pid_t pid)
{
	char path[40], text[512];
	const char *state;
	ssize_t n = -1;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		(void)close(fd);
	}
	if (n <= 0)
		return true;
	text[n] = '\0';
	state = strrchr(text, ')');
	return state == NULL || state[2] != 'R';
}

static bool all_rest(const struct run *r)
{
	for (size_t i = 0; i < r->count; i++) {
		if (!rests(r->procs[i].pid))
			return false;
	}
	return true;
}

/* @return false when everything ended by itself. */
static bool settle(struct run *r)
{
	int quiet = 0;

	for (int i = 0; i < PATIENCE && quiet < (r->held != 0 ? HELD_QUIET : REST_QUIET); i++) {
		int events = serve(r);

		if (events < 0)
			return false;
		quiet = events == 0 && all_rest(r) ? quiet + 1 : 0;
		wait_a_little();
	}
	return true;
}

static void kill_first(struct run *r, int sig)
{
	if (kill(r->first, sig) < 0)
		return;
	r->releasing = r->held == r->first;
	if (r->releasing)
		(void)ptrace(PTRACE_CONT, r->first, NULL, NULL);
	for (int i = 0; i < DYING && !r->first_dead; i++) {
		(void)serve(r);
		wait_a_little();
	}
}

/* @return false when something is still there; it is ended from here. */
static bool all_end(struct run *r)
{
	bool left = true;

	r->releasing = true;
	if (r->held != 0)
		(void)ptrace(PTRACE_CONT, r->held, NULL, NULL);
	r->held = 0;
	for (int i = 0; i < PATIENCE / 2 && left; i++) {
		left = serve(r) >= 0;
		if (left)
			wait_a_little();
	}
	for (size_t i = 0; left && i < r->count; i++) {
		char link[40], exe[256];
		ssize_t n;

		(void)snprintf(link, sizeof(link), "/proc/%ld/exe", (long)r->procs[i].pid);
		n = readlink(link, exe, sizeof(exe));
		(void)fprintf(stderr, "  still running: %ld %.*s\n", (long)r->procs[i].pid,
		    n > 0 ? (int)n : 0, exe);
		(void)kill(r->procs[i].pid, SIGKILL);
	}
	while (left && serve(r) >= 0)
		wait_a_little();
	return !left;
}

static bool gone(const char *pattern, pid_t pid)
{
	const char *mark = strstr(pattern, "%ld");
	size_t len = mark != NULL ? (size_t)(mark - pattern) : strlen(pattern);
	char full[512], number[24] = "";

	if (mark != NULL)
		(void)snprintf(number, sizeof(number), "%ld", (long)pid);
	(void)snprintf(full, sizeof(full), "%.*s%s%s", (int)len, pattern, number,
	    mark != NULL ? mark + 3 : "");
	for (int i = 0; i < PATIENCE / 2; i++) {
		glob_t g = {0};
		int rc = glob(full, 0, NULL, &g);

		globfree(&g);
		if (rc == GLOB_NOMATCH)
			return true;
		wait_a_little();
	}
	(void)fprintf(stderr, "  still there: %s\n", full);
	return false;
}

static bool all_gone(const struct options *o, pid_t pid)
{
	bool yes = true;

	for (unsigned i = 0; i < o->pattern_count; i++)
		yes = gone(o->patterns[i], pid) && yes;
	return yes;
}

static NORETURN void child(char **argv)
{
	int null = open("/dev/null", O_RDWR);

	/* A sanitized program looks for leaks with ptrace, and fails when it is traced already. */
	(void)setenv("ASAN_OPTIONS", "detect_leaks=0", 0);
	if (null >= 0 && dup2(null, 0) == 0 && dup2(null, 1) == 1 && dup2(null, 2) == 2 &&
	    ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 && raise(SIGSTOP) == 0)
		(void)execvp(argv[0], argv);
	_exit(BROKEN);
}

static void start(struct run *r, char **argv)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK |
			     PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
	int status = 0;
	struct proc *p;

	r->first = fork();
	if (r->first == 0)
		child(argv);
	if (r->first < 0 || waitpid(r->first, &status, 0) != r->first || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, r->first, NULL, (void *)options) < 0) {
		perror("kill_start");
		exit(BROKEN);
	}
	p = find(r, r->first);
	p->kind = SELF;
	p->nth = 1;
	p->begun = true;
	resume(r, p, 0);
}

static void before(const char *text)
{
	char *const argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)text, NULL};
	int status = 0;
	pid_t pid = 0;

	if (text == NULL)
		return;
	if (posix_spawnp(&pid, "sh", NULL, NULL, argv, environ) != 0 ||
	    waitpid(pid, &status, 0) != pid || status != 0) {
		(void)fprintf(stderr, "kill_start: failed: %s\n", text);
		exit(BROKEN);
	}
}

/* One start and one kill. @return false when it was the last: no such call was made. */
static bool round_of(const struct target *target, const struct options *o, unsigned *bad)
{
	struct run r = {.target = *target};
	bool there, held, clean;

	before(o->before);
	start(&r, o->argv);
	there = settle(&r);
	held = r.held != 0;
	if (there)
		kill_first(&r, o->sig);
	clean = (!there || all_end(&r)) && all_gone(o, r.first);
	if (!clean) {
		(void)fprintf(stderr, "left behind: killed with call %u (number %ld) %s\n",
		    target->call, r.held_nr, held ? "about to be made" : "not made: at rest");
		++*bad;
	}
	if (!there && !o->may_end) {
		(void)fprintf(stderr, "kill_start: the command ends by itself\n");
		++*bad;
	}
	return held;
}

static bool parse(struct target *t, const char *text)
{
	const char *nth = strchr(text, ':');

	t->kind = strcmp(text, "self") == 0         ? SELF
		  : strncmp(text, "fork:", 5) == 0  ? FORK
		  : strncmp(text, "vfork:", 6) == 0 ? VFORK
						    : UNKNOWN;
	t->nth = nth != NULL ? (unsigned)strtoul(nth + 1, NULL, 10) : 1;
	return t->kind != UNKNOWN && t->nth > 0;
}

static int usage(void)
{
	(void)fprintf(stderr,
	    "kill_start [-s SIGNAL] [-f FIRST] [-n STEP] [-l LAST] [-g GLOB] [-b BEFORE] [-e] "
	    "PROCESS COMMAND ARGS..\n");
	return BROKEN;
}

static unsigned number(const char *text)
{
	return (unsigned)strtoul(text, NULL, 10);
}

static bool take_option(struct options *o, struct target *t, int letter)
{
	switch (letter) {
	case 's':
		o->sig = (int)number(optarg);
		break;
	case 'f':
		t->call = number(optarg);
		break;
	case 'n':
		o->step = number(optarg);
		break;
	case 'l':
		o->last = number(optarg);
		break;
	case 'g':
		if (o->pattern_count == PATTERNS_MAX)
			return false;
		o->patterns[o->pattern_count++] = optarg;
		break;
	case 'b':
		o->before = optarg;
		break;
	case 'e':
		o->may_end = true;
		break;
	default:
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct options o = {.sig = SIGKILL, .step = 1};
	struct target target = {.call = 1};
	unsigned kills = 0, bad = 0;
	int letter;

	while ((letter = getopt(argc, argv, "+s:f:n:l:g:b:e")) != -1) {
		if (!take_option(&o, &target, letter))
			return usage();
	}
	if (argc - optind < 2 || o.step == 0 || target.call == 0 || !parse(&target, argv[optind]))
		return usage();
	o.argv = argv + optind + 1;
	while ((o.last == 0 || target.call <= o.last) && round_of(&target, &o, &bad)) {
		kills++;
		target.call += o.step;
	}
	(void)printf(
	    "%s, signal %d: %u kills, %u left something behind\n", argv[optind], o.sig, kills, bad);
	return bad == 0 && kills > 0 ? 0 : 1;
}
