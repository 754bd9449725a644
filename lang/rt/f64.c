/* SPDX-License-Identifier: MIT */
/*
 * f64 arithmetic, out of line: a compiler may fuse a multiplication and an addition of one
 * expression, never across calls, and both compilers must give the same bits.
 * Source: docs/spec/builtins.md 2, docs/spec/language.md 6.
 */
#include "lang/rt/protos.h"

double rt_f64_add(double a, double b)
{
	return a + b;
}

double rt_f64_sub(double a, double b)
{
	return a - b;
}

double rt_f64_mul(double a, double b)
{
	return a * b;
}

double rt_f64_div(double a, double b)
{
	return a / b; /* IEEE: infinities and NaN for a zero divisor */
}

double rt_f64_of_i32(rt_u32 x)
{
	return (double)(rt_i32)x;
}

/* Out of range and NaN: 0x80000000, as the instruction of x86-64 gives. */
rt_u32 rt_f64_to_i32_trunc(double x)
{
	if (!(x > -2147483649.0 && x < 2147483648.0))
		return 0x80000000u;
	return (rt_u32)(rt_i32)x;
}
