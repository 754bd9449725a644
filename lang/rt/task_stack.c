/* SPDX-License-Identifier: MIT */
/*
 * One stack for all tasks. A task that waits has only the frame of its own function on it, so its
 * part is copied to the heap when another task needs the place and copied back before it goes on:
 * each task has the whole depth, and thousands of waiting ones cost what they really hold.
 */
#include "lang/rt/task_stack.h"

#include "lang/rt/arena.h"
#include "lang/rt/budget.h"
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"

#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

/* The lowest part is never accessible: as wide as what the kernel keeps below the main stack. */
#define STACK_SIZE (8u << 20)
#define STACK_GUARD (1u << 20)

static struct {
	rt_u8 *top;               /* end of the stack, NULL before the first task */
	struct rt_task *resident; /* whose frames stand on it */
	struct rt_task *entering;
	void *main_sp;
} stack;

/* Push the callee-saved registers, note where, go to the other stack and pop them there. */
void rt_stack_switch(void **from, void *to);

#if defined(__x86_64__)
__asm__(
    ".text\n"
    ".globl rt_stack_switch\n"
    ".type rt_stack_switch,@function\n"
    "rt_stack_switch:\n"
    "	push %rbp\n	push %rbx\n	push %r12\n	push %r13\n	push %r14\n	push %r15\n"
    "	mov %rsp, (%rdi)\n"
    "	mov %rsi, %rsp\n"
    "	pop %r15\n	pop %r14\n	pop %r13\n	pop %r12\n	pop %rbx\n	pop %rbp\n"
    "	ret\n"
    ".size rt_stack_switch,.-rt_stack_switch\n");
/* six registers and the address to return to, at a multiple of 16 */
#define FIRST_WORDS 8
#define FIRST_PC 6
#elif defined(__aarch64__)
__asm__(
    ".text\n"
    ".globl rt_stack_switch\n"
    ".type rt_stack_switch,%function\n"
    "rt_stack_switch:\n"
    "	sub sp, sp, #160\n"
    "	stp x19, x20, [sp]\n	stp x21, x22, [sp, #16]\n	stp x23, x24, [sp, #32]\n"
    "	stp x25, x26, [sp, #48]\n	stp x27, x28, [sp, #64]\n	stp x29, x30, [sp, #80]\n"
    "	stp d8, d9, [sp, #96]\n	stp d10, d11, [sp, #112]\n"
    "	stp d12, d13, [sp, #128]\n	stp d14, d15, [sp, #144]\n"
    "	mov x9, sp\n	str x9, [x0]\n	mov sp, x1\n"
    "	ldp x19, x20, [sp]\n	ldp x21, x22, [sp, #16]\n	ldp x23, x24, [sp, #32]\n"
    "	ldp x25, x26, [sp, #48]\n	ldp x27, x28, [sp, #64]\n	ldp x29, x30, [sp, #80]\n"
    "	ldp d8, d9, [sp, #96]\n	ldp d10, d11, [sp, #112]\n"
    "	ldp d12, d13, [sp, #128]\n	ldp d14, d15, [sp, #144]\n"
    "	add sp, sp, #160\n"
    "	ret\n"
    ".size rt_stack_switch,.-rt_stack_switch\n");
#define FIRST_WORDS 20
#define FIRST_PC 11
#else
#error "x86-64 and arm64 only"
#endif

static void make_stack(void)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	rt_u8 *at = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (at == MAP_FAILED || mprotect(at, STACK_GUARD, PROT_NONE) < 0)
		rt_out_of_memory();
	stack.top = at + STACK_SIZE;
}

/* Where a task begins: its function, and then the way back for good. */
static void begin_task(void)
{
	struct rt_task *t = stack.entering;

	t->run((rt_u8 *)t + RT_TASK_FRAME);
	t->status = RT_TASK_DONE;
	rt_stack_leave(t);
	__builtin_trap(); /* nobody enters a task that is over */
}

static void first_frame(struct rt_task *t)
{
	void **at = (void **)(void *)stack.top - FIRST_WORDS;

	memset(at, 0, FIRST_WORDS * sizeof(*at));
	at[FIRST_PC] = (void *)(uintptr_t)begin_task;
	t->sp = at;
}

static uint64_t used_by(const struct rt_task *t)
{
	return (uint64_t)(stack.top - (rt_u8 *)t->sp);
}

static void save(struct rt_task *t)
{
	uint64_t size = used_by(t);

	if (t->saved_cap < size) {
		if (t->saved)
			rt_heap_free(t->saved);
		t->saved = rt_heap_alloc(size, false);
		if (!t->saved)
			rt_out_of_memory();
		t->saved_cap = size;
	}
	memcpy(t->saved, t->sp, size);
}

void rt_stack_enter(struct rt_task *t)
{
	if (!stack.top)
		make_stack();
	if (stack.resident && stack.resident != t)
		save(stack.resident);
	if (!t->sp)
		first_frame(t);
	else if (stack.resident != t)
		memcpy(t->sp, t->saved, used_by(t));
	stack.resident = t;
	stack.entering = t;
	rt_budget_resume(&t->budgets);
	rt_stack_switch(&stack.main_sp, t->sp);
	rt_budget_pause(&t->budgets);
}

void rt_stack_leave(struct rt_task *t)
{
	rt_stack_switch(&t->sp, stack.main_sp);
}

void rt_stack_forget(struct rt_task *t)
{
	if (stack.resident == t)
		stack.resident = NULL;
	if (t->saved)
		rt_heap_free(t->saved);
	t->saved = NULL;
	t->saved_cap = 0;
}
