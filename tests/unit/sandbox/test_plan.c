/* SPDX-License-Identifier: MIT */
/* Plans are checked before anything starts; the filters say what syscalls.def says, on both
 * architectures (simulated: the foreign one cannot be loaded here). */
#include "sandbox/explain_priv.h"
#include "sandbox/plan_priv.h"
#include "sandbox/seccomp_program.h"
#include "tests/support/support.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct path_row {
	const char *in, *out; /* out NULL = refused */
};

static const struct path_row paths[] = {{"/", "/"}, {"/a//b/./c/", "/a/b/c"}, {"//", "/"},
    {"/.a/..b", "/.a/..b"}, {"/a/../b", NULL}, {"/..", NULL}, {"a/b", NULL}, {"", NULL}};

START_TEST(plan_path_normalises_absolute_paths_and_refuses_the_rest)
{
	AUTO_FREE char *out = NULL;
	struct err err = {0};
	int rc = sandbox_plan_path(&out, paths[_i].in, &err);

	ck_assert_int_eq(rc, paths[_i].out == NULL ? ERR_SANDBOX : 0);
	if (paths[_i].out != NULL)
		ck_assert_str_eq(out, paths[_i].out);
	else
		ck_assert_ptr_null(out);
}
END_TEST

START_TEST(path_is_below_compares_whole_components)
{
	ck_assert(sandbox_path_is_below("/a/b", "/a"));
	ck_assert(sandbox_path_is_below("/a", "/a"));
	ck_assert(sandbox_path_is_below("/a", "/"));
	ck_assert(!sandbox_path_is_below("/ab", "/a"));
	ck_assert(!sandbox_path_is_below("/a", "/a/b"));
}
END_TEST

enum fault {
	F_NONE,
	F_FD_LOW,
	F_FD_HIGH,
	F_FD_TWICE,
	F_FD_CLOSED,
	F_FD_EVENTS,
	F_NO_ARGV,
	F_NO_EXE,
	F_NO_ENV,
	F_ROOTS,
	F_STEP,
	F_COUNT
};

START_TEST(plan_check_refuses_what_cannot_be_done)
{
	static const char *const words[] = {"x", NULL};
	struct sandbox_fd fds[2] = {{.from = 0, .to = 3}, {.from = 0, .to = 4}};
	struct sandbox_plan plan = {
	    .exec_fd = 0, .argv = words, .envp = words, .fds = fds, .fd_count = 2};
	struct err err = {0};

	switch ((enum fault)_i) {
	case F_NONE:
	case F_COUNT:
		break;
	case F_FD_LOW:
		fds[0].to = 2;
		break;
	case F_FD_HIGH:
		fds[0].to = SANDBOX_FD_TO_MAX + 1;
		break;
	case F_FD_TWICE:
		fds[0].to = 4;
		break;
	case F_FD_CLOSED:
		fds[0].from = -1;
		break;
	case F_FD_EVENTS:
		plan.events_max = 1;
		plan.events_fd = 4;
		break;
	case F_NO_ARGV:
		plan.argv = words + 1;
		break;
	case F_NO_EXE:
		plan.exec_fd = -1;
		break;
	case F_NO_ENV:
		plan.envp = NULL;
		break;
	case F_ROOTS:
		plan.root_count = SANDBOX_ROOTS_MAX + 1;
		break;
	case F_STEP:
		plan.fail_step = SANDBOX_STEP_COUNT;
		break;
	}
	ck_rc(sandbox_plan_check(&plan, &err), _i == F_NONE ? 0 : ERR_SANDBOX, &err);
}
END_TEST

/* The classic BPF machine, as much of it as the filters use. */
static uint32_t simulate(const struct sandbox_seccomp_program *p, const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (unsigned pc = 0; pc < p->count; pc++) {
		const struct sock_filter *i = &p->code[pc];
		bool yes = false;

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			memcpy(&a, (const char *)data + i->k, sizeof(a));
			continue;
		case BPF_RET | BPF_K:
			return i->k;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			continue;
		case BPF_JMP | BPF_JGE | BPF_K:
			yes = a >= i->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			yes = a == i->k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			yes = (a & i->k) != 0;
			break;
		default:
			ck_abort_msg("instruction 0x%x", i->code);
		}
		pc += yes ? i->jt : i->jf;
	}
	ck_abort_msg("the filter has no end");
	return 0;
}

struct arch_row {
	enum sandbox_seccomp_arch arch;
	uint32_t scmp, audit;
};

static const struct arch_row archs[] = {{SECCOMP_ARCH_X86_64, SCMP_ARCH_X86_64, AUDIT_ARCH_X86_64},
    {SECCOMP_ARCH_AARCH64, SCMP_ARCH_AARCH64, AUDIT_ARCH_AARCH64}};

static uint32_t ask(
    const struct arch_row *arch, unsigned sets, const char *name, const uint64_t *args)
{
	struct seccomp_data data = {
	    .arch = arch->audit, .nr = seccomp_syscall_resolve_name_arch(arch->scmp, name)};
	const struct sandbox_seccomp_program *p = sandbox_seccomp_program_find(arch->arch, sets);

	ck_assert_ptr_nonnull(p);
	memcpy(data.args, args, sizeof(data.args));
	return data.nr < 0 ? SECCOMP_RET_ALLOW + 1 : simulate(p, &data);
}

#define G SET_GUEST
#define N SET_NET
#define S SET_SPAWN
#define DENY (SECCOMP_RET_ERRNO | EPERM)
#define NOSYS (SECCOMP_RET_ERRNO | ENOSYS)
#define ALLOW SECCOMP_RET_ALLOW
#define HIGH (1ULL << 32)

struct verdict_row {
	const char *name;
	uint64_t args[6];
	unsigned sets;
	uint32_t want;
};

static const struct verdict_row verdicts[] = {
    {"read", {0}, G, ALLOW},
    {"socket", {1}, G | N | S, DENY},
    {"connect", {1}, G | N | S, DENY},
    {"clone", {17}, G, DENY},
    {"clone", {17}, G | S, ALLOW},
    {"clone", {0x10000000 | 17}, G | S, DENY},
    {"clone", {0x02000000}, G | S, DENY},
    {"clone3", {0}, G | S, NOSYS},
    {"unshare", {0}, G | N | S, DENY},
    {"mount", {0}, G | N | S, DENY},
    {"ptrace", {0}, G | N | S, DENY},
    {"io_uring_setup", {0}, G | N | S, DENY},
    {"memfd_create", {0}, G | N | S, DENY},
    {"ioctl", {0, 0x5413}, G, ALLOW},
    {"ioctl", {0, HIGH | 0x5413}, G, ALLOW}, /* the kernel ignores the high word too */
    {"ioctl", {0, 0x5412}, G, DENY},
    {"ioctl", {0, HIGH | 0x5412}, G, DENY},
    {"ioctl", {0, 0x541c}, G | S, DENY}, /* TIOCLINUX */
    {"prctl", {15}, G, ALLOW},
    {"prctl", {4, 1}, G, DENY},
    {"prctl", {1}, G, DENY},
    {"prctl", {1}, G | S, ALLOW},
    {"prctl", {22}, G | S, DENY},
    {"mmap", {0, 1, PROT_READ | PROT_WRITE, 0x22}, G, ALLOW},
    {"mmap", {0, 1, PROT_READ | PROT_EXEC, 2, 4}, G, ALLOW},
    {"mmap", {0, 1, PROT_READ | PROT_EXEC, 2, 3}, G, DENY},
    {"mmap", {0, 1, PROT_READ | PROT_EXEC, 1, 7}, G, DENY},
    {"mmap", {0, 1, PROT_READ | PROT_EXEC, 1, 7}, G | S, ALLOW},
    {"mmap", {0, 1, PROT_READ | PROT_EXEC, 0x22, 4}, G, DENY},
    {"mmap", {0, 1, PROT_WRITE | PROT_EXEC, 2, 4}, G, DENY},
    {"mmap", {0, 1, PROT_WRITE | PROT_EXEC, 2}, G | S, DENY},
    {"mmap", {0, 1, PROT_EXEC, 0x22}, G | S, ALLOW},
    {"mprotect", {0, 1, PROT_READ}, G, ALLOW},
    {"mprotect", {0, 1, PROT_EXEC}, G, DENY},
    {"mprotect", {0, 1, PROT_EXEC}, G | S, ALLOW},
    {"mprotect", {0, 1, PROT_EXEC | PROT_WRITE}, G | S, DENY},
    {"pkey_mprotect", {0, 1, PROT_EXEC | PROT_WRITE}, G | S, DENY},
    {"execveat", {CHILD_FD_EXEC, 0, 0, 0, 0x1000}, G, ALLOW},
    {"execveat", {CHILD_FD_EXEC, 0, 0, 0, 0}, G, DENY},
    {"execveat", {3, 0, 0, 0, 0x1000}, G, DENY},
    {"execve", {0}, G, DENY},
    {"execve", {0}, G | S, ALLOW},
    {"prlimit64", {0, 7, 0, 1}, G, ALLOW},
    {"prlimit64", {0, 7, HIGH, 1}, G, DENY},
    {"prlimit64", {0, 7, 8, 1}, G, DENY},
    {"personality", {0xffffffff}, G | S, ALLOW},
    {"personality", {0}, G | S, ALLOW},
    {"personality", {0x0400000}, G | S, DENY},
    {"sendto", {0}, G, DENY},
    {"sendto", {5, 1, 1, 0, 0, 0}, G | N, ALLOW},
    {"sendto", {5, 1, 1, 0, 8, 16}, G | N, DENY},
    {"sendto", {5, 1, 1, 0, HIGH, 16}, G | N, DENY},
    {"sendto", {5, 1, 1, 0x20000000, 0, 0}, G | N, DENY},
    {"sendmsg", {5, 1, 0x20000000}, G | N, DENY},
    {"sendmsg", {5, 1, 0x4000}, G | N, ALLOW},
    {"setsockopt", {5, 6, 1}, G | N, ALLOW},
    {"setsockopt", {5, 6, 31}, G | N, DENY}, /* TCP_ULP */
    {"setsockopt", {5, 0, 1}, G | N, DENY},
    {"socketpair", {1, 1 | 02000000}, G | S, ALLOW},
    {"socketpair", {1, 2}, G | S, DENY},
    {"socketpair", {2, 1}, G | S, DENY},
    {"fcntl", {0, 3}, G, ALLOW},
    {"fcntl", {0, 0}, G, DENY},
    {"fcntl", {0, 0}, G | S, ALLOW},
};

START_TEST(filter_says_what_the_table_says_on_both_architectures)
{
	const struct verdict_row *row = &verdicts[_i];

	for (size_t a = 0; a < ARRAY_LEN(archs); a++)
		ck_assert_msg(ask(&archs[a], row->sets, row->name, row->args) == row->want,
		    "%s on architecture %zu", row->name, a);
}
END_TEST

START_TEST(foreign_abis_are_killed)
{
	for (unsigned sets = 1; sets <= SET_ALL; sets += 2) {
		const struct sandbox_seccomp_program *p =
		    sandbox_seccomp_program_find(SECCOMP_ARCH_X86_64, sets);
		struct seccomp_data i386 = {.arch = AUDIT_ARCH_I386, .nr = 0};
		struct seccomp_data x32 = {.arch = AUDIT_ARCH_X86_64, .nr = 0x40000000};
		struct seccomp_data minus = {.arch = AUDIT_ARCH_X86_64, .nr = -1};

		ck_assert_uint_eq(simulate(p, &i386), SECCOMP_RET_KILL_PROCESS);
		ck_assert_uint_eq(simulate(p, &x32), SECCOMP_RET_KILL_PROCESS);
		ck_assert_uint_eq(simulate(p, &minus), SECCOMP_RET_KILL_PROCESS);
	}
}
END_TEST

struct listed {
	const char *name;
	unsigned sets;
};

static const struct listed table[] = {
#define CALL(name, sets, rule) {#name, sets},
#include "sandbox/syscalls.def"
#undef CALL
};

/* Every number, every union: not in the table means EPERM whatever the arguments are. */
START_TEST(call_that_no_row_lists_is_denied)
{
	static const uint64_t none[6] = {0};

	for (unsigned sets = 1; sets <= SET_ALL; sets += 2) {
		for (int nr = 0; nr < 600; nr++) {
			CLEANUP(base_free_ptr)
			char *name = seccomp_syscall_resolve_num_arch(archs[_i].scmp, nr);
			bool listed = false;

			for (size_t i = 0; i < ARRAY_LEN(table); i++)
				listed = listed || (name != NULL && (table[i].sets & sets) != 0 &&
						       strcmp(table[i].name, name) == 0);
			if (name != NULL && !listed)
				ck_assert_msg(
				    ask(&archs[_i], sets, name, none) == DENY, "%s", name);
		}
	}
}
END_TEST

START_TEST(steps_and_layers_have_names)
{
	for (int i = 1; i < SANDBOX_STEP_COUNT; i++) {
		ck_assert_ptr_nonnull(sandbox_step_text((enum sandbox_step)i));
		ck_assert_uint_ne(sandbox_step_when((enum sandbox_step)i), 0);
	}
	ck_assert_str_eq(sandbox_layer_name(SANDBOX_LAYER_USER_NS), "user_ns");
	ck_assert_str_eq(sandbox_layer_name(SANDBOX_LAYER_SECCOMP), "seccomp");
	ck_assert_str_eq(sandbox_layer_name(SANDBOX_LAYER_COUNT), "unknown");
}
END_TEST

START_TEST(explanation_names_what_to_change)
{
	struct err err = {0};

	ck_assert_int_eq(sandbox_explain(&err, SANDBOX_STEP_LANDLOCK, EOPNOTSUPP), ERR_SANDBOX);
	ck_assert_ptr_nonnull(strstr(err.message, "lsm="));
	err = (struct err){.message = "/a/root"};
	ck_assert_int_eq(sandbox_explain(&err, SANDBOX_STEP_ROOT_OPEN, ESTALE), ERR_SANDBOX);
	ck_assert_ptr_nonnull(strstr(err.message, "(/a/root)"));
	ck_assert_ptr_nonnull(strstr(err.message, "replaced"));
	err = (struct err){0};
	ck_assert_int_eq(sandbox_explain(&err, SANDBOX_STEP_NONE, EINVAL), ERR_SANDBOX);
	ck_assert_ptr_nonnull(strstr(err.message, "5.13"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sandbox plan");
	TCase *t = tcase_create("plan");

	tcase_add_loop_test(
	    t, plan_path_normalises_absolute_paths_and_refuses_the_rest, 0, (int)ARRAY_LEN(paths));
	tcase_add_test(t, path_is_below_compares_whole_components);
	tcase_add_loop_test(t, plan_check_refuses_what_cannot_be_done, 0, F_COUNT);
	tcase_add_loop_test(
	    t, filter_says_what_the_table_says_on_both_architectures, 0, (int)ARRAY_LEN(verdicts));
	tcase_add_test(t, foreign_abis_are_killed);
	tcase_add_loop_test(t, call_that_no_row_lists_is_denied, 0, (int)ARRAY_LEN(archs));
	tcase_add_test(t, steps_and_layers_have_names);
	tcase_add_test(t, explanation_names_what_to_change);
	suite_add_tcase(s, t);
	return test_main(s);
}
