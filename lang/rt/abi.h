/* SPDX-License-Identifier: MIT */
/*
 * What a compiled unit and the runtime agree on: value layouts, the runtime state that a unit
 * touches directly, and the entry point. Read by three compilers: the one that builds the guest,
 * libtcc and `cc -O2` (both from a copy embedded in x07), so: no includes, nothing but C11.
 *
 * A unit is position-fixed read-only code and constants, mapped at RT_UNIT_BASE. It has no
 * writable data of its own; all state is in `rt` and in the arena.
 * Source: docs/spec/language.md 3, docs/ARCHITECTURE.md.
 */
#ifndef RT_ABI_H
#define RT_ABI_H

typedef unsigned char rt_u8;
typedef unsigned short rt_u16;
typedef unsigned int rt_u32;
typedef int rt_i32;
typedef unsigned long long rt_u64;
typedef long long rt_i64;

/* Owned bytes: `ptr` is a block of the arena, or NULL when len is 0. */
typedef struct {
	rt_u8 *ptr;
	rt_u32 len;
} rt_bytes;

/* Borrowed bytes. */
typedef struct {
	const rt_u8 *ptr;
	rt_u32 len;
} rt_view;

/* Owned growable bytes; `ptr` is NULL when cap is 0. */
typedef struct {
	rt_u8 *ptr;
	rt_u32 len;
	rt_u32 cap;
} rt_vec;

/* tag: 1 = some / ok, 0 = none / err. The empty value of an owned type is all zero bytes. */
typedef struct {
	rt_u32 tag;
	rt_u32 value;
} rt_opt_i32, rt_res_i32;

typedef struct {
	rt_u32 tag;
	rt_bytes value;
} rt_opt_bytes;

typedef struct {
	rt_u32 tag;
	rt_view value;
} rt_opt_view;

typedef struct {
	rt_u32 tag;
	rt_u32 err;
	rt_bytes value;
} rt_res_bytes;

typedef struct {
	rt_u32 tag;
	rt_u32 err;
	rt_view value;
} rt_res_view;

typedef struct {
	rt_u32 tag;
	rt_u32 err;
	rt_res_bytes value;
} rt_res_res_bytes;

typedef struct {
	rt_u32 data;
	rt_u32 vtable;
} rt_iface;

/* The part of the runtime state that units use without a call. */
struct rt_hot {
	rt_i64 fuel;      /* units left; below zero = exhausted */
	rt_view input;    /* the program input */
	rt_u32 cancelled; /* the task that runs was cancelled: it drops what it owns and returns */
};

extern struct rt_hot rt;

#define RT_UNIT_BASE 0x20000000ul
#define RT_UNIT_MAX 0x10000000ul /* 256 MiB of address space for a unit */

/* Traps: print the message (and " ptr=<site>"), then abort with SIGILL. */
_Noreturn void rt_trap(const char *message, const char *site);
_Noreturn void rt_fuel_exhausted(void);

/* Values that a failed contract shows; the unit sets len to 0 before the first. */
#define RT_WITNESS_MAX 2048
typedef struct {
	rt_u32 len;
	char text[RT_WITNESS_MAX];
} rt_witness;

void rt_witness_i32(rt_witness *w, rt_u32 x);
void rt_witness_bytes(rt_witness *w, const char *type, const rt_u8 *ptr, rt_u32 len);
/* Print head, the values and "]}", then abort as rt_trap does. */
_Noreturn void rt_trap_contract(const char *head, const rt_witness *w);

/* Free the value unless it is empty; the unit clears the variable itself. */
void rt_bytes_drop(rt_bytes b);
void rt_vec_drop(rt_vec v);

/*
 * A call of a defasync: a frame for its result (first) and its arguments, which the unit fills
 * before the task can run. `run` calls the function and stores the result, or drops the arguments
 * when rt.cancelled is set before it began. Source: docs/decisions/tasks.md.
 */
#define RT_TASK_OF_BYTES 1
#define RT_TASK_OF_RESULT 2
void *rt_task_new(void (*run)(void *frame), rt_u32 size, rt_u32 kind);
/* What the task will read for a view argument: it never depends on who owns the bytes. */
rt_view rt_task_view(void *frame, rt_view v);
/* The frame is complete. @return the handle. */
rt_u32 rt_task_start(void *frame);

/* Defined by the unit. */
rt_bytes x07_solve(void);

#endif
