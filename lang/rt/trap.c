/* SPDX-License-Identifier: MIT */
/*
 * Ends of a run that are no results: a trap prints one line and aborts by an illegal instruction,
 * a failure of input or output exits with 2. Invalid memory accesses become traps too.
 * Source: docs/spec/language.md 10 and 13.
 */
#include "lang/rt/trap.h"

#include "lang/rt/budget.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

/* How far from the stack pointer a fault may lie to be the stack's: one large frame. */
#define STACK_NEAR (512u << 10)
#define TRAP_STACK 16384

static void put_part(struct iovec *v, int *count, const void *text, size_t len)
{
	if (!len)
		return;
	v[*count].iov_base = (void *)(uintptr_t)text;
	v[*count].iov_len = len;
	(*count)++;
}

/* One write, so that the line stays whole; what cannot be written is lost. */
static void put_line(const char *message, rt_view path, const char *site)
{
	struct iovec v[6];
	int n = 0;
	ssize_t done;

	put_part(v, &n, message, strlen(message));
	if (path.ptr) {
		put_part(v, &n, " path=", 6);
		put_part(v, &n, path.ptr, path.len);
	}
	if (site && *site) {
		if (*site != ' ')
			put_part(v, &n, " ptr=", 5);
		put_part(v, &n, site, strlen(site));
	}
	put_part(v, &n, "\n", 1);
	do
		done = writev(STDERR_FILENO, v, n);
	while (done < 0 && errno == EINTR);
}

_Noreturn void rt_trap(const char *message, const char *site)
{
	put_line(message, (rt_view){NULL, 0}, site);
	__builtin_trap();
}

_Noreturn void rt_trap_path(const char *message, rt_view path)
{
	put_line(message, path, NULL);
	__builtin_trap();
}

_Noreturn void rt_fuel_exhausted(void)
{
	rt_trap(rt_budget_caps_fuel() ? "X07T_BUDGET_EXCEEDED_FUEL" : "fuel exhausted", NULL);
}

_Noreturn void rt_fail(const char *message)
{
	put_line(message, (rt_view){NULL, 0}, NULL);
	_exit(2);
}

static uintptr_t stack_pointer(const ucontext_t *uc)
{
#if defined(__x86_64__)
	return (uintptr_t)uc->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
	return (uintptr_t)uc->uc_mcontext.sp;
#else
#error "x86-64 and arm64 only"
#endif
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr;
	uintptr_t sp = stack_pointer(context);
	uintptr_t away = at > sp ? at - sp : sp - at;

	(void)sig;
	rt_trap(away < STACK_NEAR ? "stack overflow" : "invalid memory access", NULL);
}

int rt_trap_install(void)
{
	static char stack[TRAP_STACK];
	stack_t alt = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction sa = {.sa_flags = SA_SIGINFO | SA_ONSTACK};

	sa.sa_sigaction = on_fault;
	if (sigaltstack(&alt, NULL) < 0 || sigaction(SIGSEGV, &sa, NULL) < 0 ||
	    sigaction(SIGBUS, &sa, NULL) < 0)
		return errno;
	return 0;
}
