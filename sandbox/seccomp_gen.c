/* SPDX-License-Identifier: MIT */
/*
 * Build-time program: turns syscalls.def into filters, one for each architecture and union of
 * sets, as C arrays on standard output. Numbers come from libseccomp. The shape is a balanced
 * tree over ranges of call numbers, because the kernel runs a new filter once for every number
 * (docs/decisions/seccomp-tree.md has the figures).
 */
#include "sandbox/seccomp_program.h"
#include "sandbox/types_priv.h"

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
/* No leases, signals or notifications, which reach processes of the host that use the same file,
 * and no larger pipes, which the kernel counts for the user. */
static const unsigned fcntls_spawn[] = {F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK,
    F_SETLKW, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW, F_DUPFD_CLOEXEC, F_GETPIPE_SZ, 0};
static const unsigned levels[] = {1 /* SOL_SOCKET */, 6 /* IPPROTO_TCP */, 0};
static const unsigned options[] = {
    1 /* TCP_NODELAY */, 9 /* SO_KEEPALIVE */, 20 /* SO_RCVTIMEO */, 21 /* SO_SNDTIMEO */, 0};

/* What a program asks of its own connection. Nothing that speaks of the other process of a pair:
 * SO_PEERPIDFD would be a handle of the supervisor. */
static const unsigned asked[] = {2 /* SO_REUSEADDR */, 3 /* SO_TYPE */, 4 /* SO_ERROR */,
    7 /* SO_SNDBUF */, 8 /* SO_RCVBUF */, 9 /* SO_KEEPALIVE */, 13 /* SO_LINGER */,
    20 /* SO_RCVTIMEO */, 21 /* SO_SNDTIMEO */, 30 /* SO_ACCEPTCONN */, 38 /* SO_PROTOCOL */,
    39 /* SO_DOMAIN */, 0};
static const unsigned asked_tcp[] = {
    1 /* TCP_NODELAY */, 2 /* TCP_MAXSEG */, 4 /* TCP_KEEPIDLE */, 11 /* TCP_INFO */, 0};

static const unsigned families[] = {2 /* AF_INET */, 10 /* AF_INET6 */, 0};

#define NEW_NAMESPACES 0x7e020000u /* CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET */
#define FASTOPEN 0x20000000u
#define ANON 0x20u
#define CREATES 0x400040u /* O_CREAT, __O_TMPFILE */
#define SUID_SGID 06000u
#define RENAME_WHITEOUT_FLAG 4u

static const struct rule rules[] = {
    /* ioctl, prctl: the kernel looks at the low word only (CVE-2019-7303 compared all 64 bits). */
    {"ioctl_safe", {{OP_IN, 1, 0, ioctls}}},
    {"prctl_safe", {{OP_IN, 0, 0, prctls}}},
    {"prctl_spawn", {{OP_IN, 0, 0, prctls_spawn}}},
    {"fcntl_flags", {{OP_IN, 1, 0, fcntls}}},
    {"fcntl_spawn", {{OP_IN, 1, 0, fcntls_spawn}, {0}, {OP_ZERO, 1, 0, NULL}}}, /* 0: F_DUPFD */
    {"clone_no_ns", {{OP_NONE, 0, NEW_NAMESPACES, NULL}}},
    {"personality_query", {{OP_LOW, 0, 0xffffffffu, NULL}, {0}, {OP_LOW, 0, 0, NULL}}},
    {"prlimit_read", {{OP_ZERO, 2, 0, NULL}}},
    /* A file that runs with its owner's rights would stay on the host. The mode counts with O_CREAT
     * and O_TMPFILE only. openat2 hides it; a write to such a file takes the bits away. */
    {"open_no_suid", {{OP_NONE, 1, CREATES, NULL}, {0}, {OP_NONE, 2, SUID_SGID, NULL}}},
    {"openat_no_suid", {{OP_NONE, 2, CREATES, NULL}, {0}, {OP_NONE, 3, SUID_SGID, NULL}}},
    {"mode1_no_suid", {{OP_NONE, 1, SUID_SGID, NULL}}},
    {"mode2_no_suid", {{OP_NONE, 2, SUID_SGID, NULL}}},
    /* Writable or executable, not both; a plain program maps code from its image only. No call that
     * it may make gives another file that number while the image is open (no dup, no fcntl). */
    {"mmap_no_wx", {{OP_NONE, 2, PROT_EXEC, NULL}, {0}, {OP_NONE, 2, PROT_WRITE, NULL}}},
    {"mmap_plain", {{OP_NONE, 2, PROT_EXEC, NULL}, {0}, {OP_NONE, 2, PROT_WRITE, NULL},
		       {OP_NONE, 3, ANON, NULL}, {OP_LOW, 4, SANDBOX_FD_CODE, NULL}}},
    {"mprotect_plain", {{OP_NONE, 2, PROT_EXEC, NULL}}},
    /* The start itself: after it the descriptor is closed. */
    {"execveat_start", {{OP_LOW, 0, CHILD_FD_EXEC, NULL}, {OP_LOW, 4, 0x1000, NULL}}},
    {"sendto_connected", {{OP_ZERO, 4, 0, NULL}, {OP_NONE, 3, FASTOPEN, NULL}}},
    {"sendmsg_no_fastopen", {{OP_NONE, 2, FASTOPEN, NULL}}},
    {"setsockopt_safe", {{OP_IN, 1, 0, levels}, {OP_IN, 2, 0, options}}},
    {"getsockopt_safe", {{OP_LOW, 1, 1 /* SOL_SOCKET */, NULL}, {OP_IN, 2, 0, asked}, {0},
			    {OP_LOW, 1, 6 /* IPPROTO_TCP */, NULL}, {OP_IN, 2, 0, asked_tcp}}},
    /* A whiteout is a character device that stays in the root. */
    {"rename_no_whiteout", {{OP_NONE, 4, RENAME_WHITEOUT_FLAG, NULL}}},
    /* Connected from birth: cannot be pointed at another address. 6 and 2048: NONBLOCK, CLOEXEC. */
    {"socket_inet", {{OP_IN, 0, 0, families}}},
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
#define B SET_BROKER
static const struct call calls[] = {
#define CALL(name, sets, rule) {#name, sets, #rule},
#include "sandbox/broker/syscalls.def"
#include "sandbox/syscalls.def"
#undef CALL
};
#undef B
#undef G
#undef N
#undef S

/* Verdict of a number: 0 = EPERM, 1 = allow, 2 = ENOSYS, 3 + i = rules[i]. */
enum { V_DENY, V_ALLOW, V_NOSYS, V_RULE };

struct gen {
	struct sock_filter code[CODE_MAX]; /* filled from the end: targets are known before jumps */
	unsigned first;                    /* index of the first instruction in use */
	unsigned char verdict[NR_MAX];
	unsigned starts[NR_MAX]; /* first number of each range */
	unsigned ranges;
	unsigned
	    leaf[V_RULE + ARRAY_LEN(rules)]; /* where a verdict is carried out; 0 = nowhere yet */
};

static NORETURN void die(const char *what, const char *name)
{
	(void)fprintf(stderr, "seccomp_gen: %s: %s\n", what, name);
	exit(1);
}

/* Put an instruction before all others; returns its index. */
static unsigned put(struct gen *g, unsigned code, unsigned jt, unsigned jf, unsigned k)
{
	if (g->first == 1 || jt > 255 || jf > 255)
		die("filter too long", "");
	g->code[--g->first] =
	    (struct sock_filter){(unsigned short)code, (unsigned char)jt, (unsigned char)jf, k};
	return g->first;
}

static unsigned load(struct gen *g, unsigned offset)
{
	return put(g, BPF_LD | BPF_W | BPF_ABS, 0, 0, offset);
}

static unsigned ret(struct gen *g, unsigned action)
{
	return put(g, BPF_RET | BPF_K, 0, 0, action);
}

/* The target itself when a conditional jump put next reaches it, else an own jump to it. Both
 * targets of one instruction are looked at, so one more may come between. */
static unsigned near(struct gen *g, unsigned target)
{
	if (target - g->first < 254)
		return target;
	return put(g, BPF_JMP | BPF_JA, 0, 0, target - g->first);
}

static unsigned branch(struct gen *g, unsigned op, unsigned k, unsigned yes, unsigned no)
{
	unsigned t = near(g, yes);
	unsigned f = near(g, no);

	return put(g, BPF_JMP | op | BPF_K, t - g->first, f - g->first, k);
}

static unsigned leaf_action(unsigned verdict)
{
	if (verdict == V_ALLOW)
		return SECCOMP_RET_ALLOW;
	return SECCOMP_RET_ERRNO | (verdict == V_NOSYS ? ENOSYS : EPERM);
}

static unsigned leaf(struct gen *g, unsigned verdict)
{
	if (verdict >= V_RULE)
		return g->leaf[verdict];
	/* A fresh copy costs as much as a jump to an old one. */
	if (g->leaf[verdict] == 0 || g->leaf[verdict] - g->first >= 250)
		g->leaf[verdict] = ret(g, leaf_action(verdict));
	return g->leaf[verdict];
}

/* Ranges lo..hi-1: a number at or above the start of the middle one goes right. */
static unsigned tree(struct gen *g, unsigned lo, unsigned hi) /* NOLINT(misc-no-recursion) */
{
	unsigned mid = (lo + hi) / 2;
	unsigned right = 0, left = 0;

	if (hi - lo == 1)
		return leaf(g, g->verdict[g->starts[lo]]);
	right = tree(g, mid, hi);
	left = tree(g, lo, mid);
	return branch(g, BPF_JGE, g->starts[mid], right, left);
}

/* One condition; returns its first instruction. */
static unsigned condition(struct gen *g, const struct cond *c, unsigned yes, unsigned no)
{
	unsigned low = 16 + 8 * c->arg; /* struct seccomp_data, little-endian */
	unsigned n = 0;
	unsigned next = no;

	switch (c->op) {
	case OP_END:
		return yes;
	case OP_NONE:
		branch(g, BPF_JSET, c->k, no, yes);
		break;
	case OP_LOW:
		branch(g, BPF_JEQ, c->k, yes, no);
		break;
	case OP_ZERO:
		branch(g, BPF_JEQ, 0, yes, no);
		yes = load(g, low + 4);
		branch(g, BPF_JEQ, 0, yes, no);
		break;
	case OP_IN:
		while (c->values[n] != 0)
			n++;
		while (n-- > 0)
			next = branch(g, BPF_JEQ, c->values[n], yes, next);
		break;
	}
	return load(g, low);
}

/* Alternatives from the last to the first, each falling through to the one behind it. */
static unsigned rule_block(struct gen *g, const struct rule *rule)
{
	unsigned count = 0;
	unsigned otherwise = leaf(g, V_DENY);
	unsigned at = 0;

	while (count < ARRAY_LEN(rule->conds) &&
	       (rule->conds[count].op != OP_END ||
		   (count + 1 < ARRAY_LEN(rule->conds) && rule->conds[count + 1].op != OP_END)))
		count++;
	at = leaf(g, V_ALLOW);
	for (unsigned i = count; i-- > 0;) {
		if (rule->conds[i].op == OP_END) {
			otherwise = at;
			at = leaf(g, V_ALLOW);
		} else {
			at = condition(g, &rule->conds[i], at, otherwise);
		}
	}
	return at;
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

static bool uses(const struct gen *g, unsigned verdict)
{
	for (unsigned i = 0; i < g->ranges; i++) {
		if (g->verdict[g->starts[i]] == verdict)
			return true;
	}
	return false;
}

static void program(const char *arch, uint32_t scmp_arch, uint32_t audit_arch, unsigned sets)
{
	struct gen *g = calloc(1, sizeof(*g));
	unsigned at = 0, kill = 0;

	if (g == NULL)
		die("no memory", "");
	g->first = CODE_MAX;
	fill_verdicts(g, scmp_arch, sets);
	for (unsigned r = 0; r < ARRAY_LEN(rules); r++) {
		if (uses(g, V_RULE + r))
			g->leaf[V_RULE + r] = rule_block(g, &rules[r]);
	}
	at = tree(g, 0, g->ranges);
	kill = ret(g, SECCOMP_RET_KILL_PROCESS);
	branch(g, BPF_JGE, X32_BIT, kill, at);
	at = load(g, 0);
	branch(g, BPF_JEQ, audit_arch, at, kill);
	load(g, 4);
	(void)printf("static const struct sock_filter filter_%s_%u[] = {\n", arch, sets);
	for (unsigned i = g->first; i < CODE_MAX; i++)
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
		program(targets[t].name, targets[t].scmp, targets[t].audit, SET_BROKER);
	}
	(void)printf("static const struct sandbox_seccomp_program seccomp_programs[] = {\n");
	for (size_t t = 0; t < ARRAY_LEN(targets); t++) {
		for (unsigned sets = 1; sets <= SET_BROKER; sets += sets < SET_ALL ? 2 : 1)
			(void)printf("\t{%s, %u, filter_%s_%u,\n\t    sizeof(filter_%s_%u) / "
				     "sizeof(struct sock_filter)},\n",
			    targets[t].constant, sets, targets[t].name, sets, targets[t].name,
			    sets);
	}
	(void)printf("};\n");
	return fflush(stdout) == 0 ? 0 : 1;
}
