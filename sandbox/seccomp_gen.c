/* SPDX-License-Identifier: MIT */
/*
 * Build-time program: turns syscalls.def into filters, one for each architecture and union of
 * sets, as C arrays on standard output. Numbers come from libseccomp. The shape is a balanced
 * tree over ranges of call numbers, because the kernel runs a new filter once for every number
 * (docs/decisions/seccomp-tree.md has the figures).
 */
#include "sandbox/sandbox_priv.h"
#include "sandbox/seccomp_program.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#define X32_BIT 0x40000000u
#define NR_MAX 1024
#define CODE_MAX 4096

/* A rule is a list of alternatives; the first whose conditions all hold allows the call. */
enum cond_op {
	OP_END,  /* of an alternative */
	OP_NONE, /* no bit of `k` is set in the low word */
	OP_LOW,  /* the low word is `k` */
	OP_ZERO, /* all 64 bits are zero */
	OP_IN    /* the low word is one of `values` (0-terminated, 0 is never a member) */
};

struct cond {
	enum cond_op op;
	unsigned arg;
	unsigned k;
	const unsigned *values;
};

struct rule {
	const char *name;
	struct cond conds[6]; /* alternatives, each ended by OP_END; an empty one ends the list */
};

static const unsigned ioctls[] = {0x5401 /* TCGETS */, 0x5413 /* TIOCGWINSZ */,
    0x541b /* FIONREAD */, 0x5421 /* FIONBIO */, 0x5450 /* FIONCLEX */, 0x5451 /* FIOCLEX */, 0};
static const unsigned prctls[] = {PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP, PR_GET_NO_NEW_PRIVS,
    PR_CAPBSET_READ, PR_GET_DUMPABLE, 0x53564d41 /* PR_SET_VMA */, 0};
static const unsigned prctls_spawn[] = {PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP,
    PR_GET_NO_NEW_PRIVS, PR_CAPBSET_READ, PR_GET_DUMPABLE, 0x53564d41, PR_SET_PDEATHSIG,
    PR_GET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, 0};
static const unsigned fcntls[] = {F_GETFD, F_SETFD, F_GETFL, F_SETFL, 0};
static const unsigned levels[] = {1 /* SOL_SOCKET */, 6 /* IPPROTO_TCP */, 0};
static const unsigned options[] = {
    1 /* TCP_NODELAY */, 9 /* SO_KEEPALIVE */, 20 /* SO_RCVTIMEO */, 21 /* SO_SNDTIMEO */, 0};

#define NEW_NAMESPACES 0x7e020000u /* CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET */
#define FASTOPEN 0x20000000u
#define ANON 0x20u

static const struct rule rules[] = {
    /* ioctl, prctl: the kernel looks at the low word only (CVE-2019-7303 compared all 64 bits). */
    {"ioctl_safe", {{OP_IN, 1, 0, ioctls}}},
    {"prctl_safe", {{OP_IN, 0, 0, prctls}}},
    {"prctl_spawn", {{OP_IN, 0, 0, prctls_spawn}}},
    {"fcntl_flags", {{OP_IN, 1, 0, fcntls}}},
    {"clone_no_ns", {{OP_NONE, 0, NEW_NAMESPACES, NULL}}},
    {"personality_query", {{OP_LOW, 0, 0xffffffffu, NULL}, {0}, {OP_LOW, 0, 0, NULL}}},
    {"prlimit_read", {{OP_ZERO, 2, 0, NULL}}},
    /* Writable or executable, not both; a plain program maps code from files only. */
    {"mmap_no_wx", {{OP_NONE, 2, PROT_EXEC, NULL}, {0}, {OP_NONE, 2, PROT_WRITE, NULL}}},
    {"mmap_plain", {{OP_NONE, 2, PROT_EXEC, NULL}, {0}, {OP_NONE, 2, PROT_WRITE, NULL},
		       {OP_NONE, 3, ANON, NULL}}},
    {"mprotect_plain", {{OP_NONE, 2, PROT_EXEC, NULL}}},
    /* The start itself: after it the descriptor is closed. */
    {"execveat_start", {{OP_LOW, 0, CHILD_FD_EXEC, NULL}, {OP_LOW, 4, 0x1000, NULL}}},
    {"sendto_connected", {{OP_ZERO, 4, 0, NULL}, {OP_NONE, 3, FASTOPEN, NULL}}},
    {"sendmsg_no_fastopen", {{OP_NONE, 2, FASTOPEN, NULL}}},
    {"setsockopt_safe", {{OP_IN, 1, 0, levels}, {OP_IN, 2, 0, options}}},
    /* Connected from birth: cannot be pointed at another address. 6 and 2048: NONBLOCK, CLOEXEC. */
    {"socketpair_stream", {{OP_LOW, 0, 1, NULL}, {OP_NONE, 1, 0xeu, NULL}}},
};

struct call {
	const char *name;
	unsigned sets;
	const char *rule;
};

#define G SET_GUEST
#define N SET_NET
#define S SET_SPAWN
static const struct call calls[] = {
#define CALL(name, sets, rule) {#name, sets, #rule},
#include "sandbox/syscalls.def"
#undef CALL
};
#undef G
#undef N
#undef S

/* Verdict of a number: 0 = EPERM, 1 = allow, 2 = ENOSYS, 3 + i = rules[i]. */
enum { V_DENY, V_ALLOW, V_NOSYS, V_RULE };

struct gen {
	struct sock_filter code[CODE_MAX];
	unsigned n;
	unsigned char verdict[NR_MAX];
	unsigned starts[NR_MAX]; /* first number of each range */
	unsigned ranges;
	unsigned jumps[NR_MAX]; /* JA instructions that wait for a rule block */
	unsigned jump_rule[NR_MAX];
	unsigned jump_count;
};

static void die(const char *what, const char *name)
{
	(void)fprintf(stderr, "seccomp_gen: %s: %s\n", what, name);
	exit(1);
}

static unsigned emit(struct gen *g, unsigned code, unsigned jt, unsigned jf, unsigned k)
{
	if (g->n >= CODE_MAX || jt > 255 || jf > 255)
		die("filter too long", "");
	g->code[g->n] =
	    (struct sock_filter){(unsigned short)code, (unsigned char)jt, (unsigned char)jf, k};
	return g->n++;
}

static void load(struct gen *g, unsigned offset)
{
	emit(g, BPF_LD | BPF_W | BPF_ABS, 0, 0, offset);
}

static void ret(struct gen *g, unsigned action)
{
	emit(g, BPF_RET | BPF_K, 0, 0, action);
}

static void leaf(struct gen *g, unsigned verdict)
{
	if (verdict >= V_RULE) {
		g->jumps[g->jump_count] = emit(g, BPF_JMP | BPF_JA, 0, 0, 0);
		g->jump_rule[g->jump_count++] = verdict - V_RULE;
	} else if (verdict == V_ALLOW) {
		ret(g, SECCOMP_RET_ALLOW);
	} else {
		ret(g, SECCOMP_RET_ERRNO | (verdict == V_NOSYS ? ENOSYS : EPERM));
	}
}

/* Ranges lo..hi-1: number >= start of the middle one goes right. */
static void tree(struct gen *g, unsigned lo, unsigned hi) /* NOLINT(misc-no-recursion) */
{
	unsigned mid = (lo + hi) / 2;
	unsigned at = 0;

	if (hi - lo == 1) {
		leaf(g, g->verdict[g->starts[lo]]);
		return;
	}
	at = emit(g, BPF_JMP | BPF_JGE | BPF_K, 0, 1, g->starts[mid]);
	emit(g, BPF_JMP | BPF_JA, 0, 0, 0);
	tree(g, lo, mid);
	if (g->n - at - 1 <= 256) { /* near enough for the conditional jump itself */
		memmove(&g->code[at + 1], &g->code[at + 2], (g->n - at - 2) * sizeof(g->code[0]));
		g->n--;
		for (unsigned i = 0; i < g->jump_count; i++)
			g->jumps[i] -= g->jumps[i] > at;
		g->code[at].jt = (unsigned char)(g->n - at - 1);
		g->code[at].jf = 0;
	} else {
		g->code[at + 1].k = g->n - at - 2;
	}
	tree(g, mid, hi);
}

/* One condition; positions whose jf must go to the next alternative are appended to @p fails. */
static void condition(struct gen *g, const struct cond *c, unsigned *fails, unsigned *count)
{
	unsigned low = 16 + 8 * c->arg; /* struct seccomp_data, little-endian */
	unsigned n = 0;

	load(g, low);
	if (c->op == OP_NONE) { /* a set bit fails: fall over the jump when there is none */
		emit(g, BPF_JMP | BPF_JSET | BPF_K, 0, 1, c->k);
		fails[(*count)++] = emit(g, BPF_JMP | BPF_JA, 0, 0, 0);
		return;
	}
	if (c->op == OP_IN) {
		while (c->values[n] != 0)
			n++;
		for (unsigned i = 0; i < n; i++)
			emit(g, BPF_JMP | BPF_JEQ | BPF_K, n - i, 0, c->values[i]);
		fails[(*count)++] = emit(g, BPF_JMP | BPF_JA, 0, 0, 0);
		return;
	}
	emit(g, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, c->op == OP_LOW ? c->k : 0);
	fails[(*count)++] = emit(g, BPF_JMP | BPF_JA, 0, 0, 0);
	if (c->op == OP_ZERO) {
		load(g, low + 4);
		emit(g, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0);
		fails[(*count)++] = emit(g, BPF_JMP | BPF_JA, 0, 0, 0);
	}
}

static void rule_block(struct gen *g, const struct rule *rule)
{
	unsigned i = 0;

	while (i < ARRAY_LEN(rule->conds) && rule->conds[i].op != OP_END) {
		unsigned fails[16];
		unsigned count = 0;

		for (; i < ARRAY_LEN(rule->conds) && rule->conds[i].op != OP_END; i++)
			condition(g, &rule->conds[i], fails, &count);
		i++;
		ret(g, SECCOMP_RET_ALLOW);
		for (unsigned k = 0; k < count; k++)
			g->code[fails[k]].k = g->n - fails[k] - 1;
	}
	ret(g, SECCOMP_RET_ERRNO | EPERM);
}

static unsigned verdict_of(const char *rule)
{
	if (strcmp(rule, "allow") == 0)
		return V_ALLOW;
	if (strcmp(rule, "enosys") == 0)
		return V_NOSYS;
	for (unsigned i = 0; i < ARRAY_LEN(rules); i++) {
		if (strcmp(rule, rules[i].name) == 0)
			return V_RULE + i;
	}
	die("no such rule", rule);
	return V_DENY;
}

static void fill_verdicts(struct gen *g, uint32_t scmp_arch, unsigned sets)
{
	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		int nr = seccomp_syscall_resolve_name_arch(scmp_arch, calls[i].name);

		if (nr == __NR_SCMP_ERROR)
			die("unknown system call", calls[i].name);
		if (nr >= NR_MAX)
			die("number out of range", calls[i].name);
		if (nr >= 0 && (calls[i].sets & sets) != 0)
			g->verdict[nr] = (unsigned char)verdict_of(calls[i].rule);
	}
	for (unsigned nr = 0; nr < NR_MAX; nr++) {
		if (nr == 0 || g->verdict[nr] != g->verdict[nr - 1])
			g->starts[g->ranges++] = nr;
	}
}

static void blocks(struct gen *g)
{
	for (unsigned r = 0; r < ARRAY_LEN(rules); r++) {
		unsigned here = g->n;
		int used = 0;

		for (unsigned i = 0; i < g->jump_count; i++) {
			if (g->jump_rule[i] != r)
				continue;
			g->code[g->jumps[i]].k = here - g->jumps[i] - 1;
			used = 1;
		}
		if (used)
			rule_block(g, &rules[r]);
	}
}

static void program(const char *arch, uint32_t scmp_arch, uint32_t audit_arch, unsigned sets)
{
	static struct gen zero; /* too large for the stack */
	struct gen *g = malloc(sizeof(*g));

	if (g == NULL)
		die("no memory", "");
	*g = zero;
	fill_verdicts(g, scmp_arch, sets);
	load(g, 4);
	emit(g, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, audit_arch);
	ret(g, SECCOMP_RET_KILL_PROCESS);
	load(g, 0);
	emit(g, BPF_JMP | BPF_JGE | BPF_K, 0, 1, X32_BIT);
	ret(g, SECCOMP_RET_KILL_PROCESS);
	tree(g, 0, g->ranges);
	blocks(g);
	(void)printf("static const struct sock_filter filter_%s_%u[] = {\n", arch, sets);
	for (unsigned i = 0; i < g->n; i++)
		(void)printf("\t{0x%02x, %u, %u, 0x%08x},\n", g->code[i].code, g->code[i].jt,
		    g->code[i].jf, g->code[i].k);
	(void)printf("};\n");
	free(g);
}

struct target {
	const char *name, *constant;
	uint32_t scmp, audit;
};

int main(void)
{
	static const struct target targets[] = {
	    {"x86_64", "SECCOMP_ARCH_X86_64", SCMP_ARCH_X86_64, AUDIT_ARCH_X86_64},
	    {"aarch64", "SECCOMP_ARCH_AARCH64", SCMP_ARCH_AARCH64, AUDIT_ARCH_AARCH64},
	};

	(void)printf("/* made by seccomp_gen from sandbox/syscalls.def */\n");
	for (size_t t = 0; t < ARRAY_LEN(targets); t++) {
		for (unsigned sets = 1; sets <= SET_ALL; sets += 2)
			program(targets[t].name, targets[t].scmp, targets[t].audit, sets);
	}
	(void)printf("static const struct seccomp_program seccomp_programs[] = {\n");
	for (size_t t = 0; t < ARRAY_LEN(targets); t++) {
		for (unsigned sets = 1; sets <= SET_ALL; sets += 2)
			(void)printf("\t{%s, %u, filter_%s_%u,\n\t    sizeof(filter_%s_%u) / "
				     "sizeof(struct sock_filter)},\n",
			    targets[t].constant, sets, targets[t].name, sets, targets[t].name,
			    sets);
	}
	(void)printf("};\n");
	return fflush(stdout) == 0 ? 0 : 1;
}
