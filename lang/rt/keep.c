/* SPDX-License-Identifier: MIT */
/*
 * Refers to every function that a compiled unit may call, so that the linker keeps all of them in
 * the guest and a row of lang/builtins.def without a definition fails the build.
 */
#include "lang/rt/protos.h"

#include "lang/rt/keep.h"

#include <string.h>

#undef RT_ROW_OPERATOR
#undef RT_ROW_SITE
#undef RT_ROW_PLAIN
#define RT_ROW_OPERATOR(id, result, ...)
#define RT_ROW_SITE(id, result, ...) (rt_fn *)rt_##id,
#define RT_ROW_PLAIN(id, result, ...) (rt_fn *)rt_##id,

rt_fn *const rt_keep[] = {
#define HEAD(id, spelling, result, flags, ...) RT_ROW_(RT_KIND(flags), id, result, __VA_ARGS__)
#include "lang/builtins.def"
#undef HEAD
    (rt_fn *)rt_trap,
    (rt_fn *)rt_fuel_exhausted,
    (rt_fn *)rt_witness_i32,
    (rt_fn *)rt_witness_bytes,
    (rt_fn *)rt_trap_contract,
    (rt_fn *)rt_bytes_drop,
    (rt_fn *)rt_vec_drop,
    (rt_fn *)rt_vec_push_grow,
    (rt_fn *)memmove,
    (rt_fn *)memcpy,
    (rt_fn *)memset,
    (rt_fn *)memcmp,
};

const unsigned rt_keep_count = sizeof(rt_keep) / sizeof(rt_keep[0]);
