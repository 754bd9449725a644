/* SPDX-License-Identifier: MIT */
/*
 * Prototypes of all functions rt_<id> that compiled units call, made from lang/builtins.def. Every
 * file of the runtime includes this, so that a definition that disagrees with the table does not
 * compile. Operands are passed by value as the C type of the operand, then `const char *site` when
 * the row says H_SITE; operators have no function.
 *
 * What the C types leave open:
 * - A_READER (io.open_read_bytes) is rt_bytes, moved: the emitter turns a view into one with
 *   rt_bytes_clone and a vec with rt_vec_u8_into_bytes.
 * - A_OPT_DEFAULT (option_bytes.unwrap_or) returns the payload or the default and frees neither:
 *   when the option has a payload the default stays the caller's.
 * - *_unwrap_or with a moved default frees what it does not return.
 * - A_*_READ operands are not freed.
 */
#ifndef RT_PROTOS_H
#define RT_PROTOS_H

#include "lang/rt/abi.h"

/* clang-format off */
#define RT_C_A_END void
#define RT_C_A_I32 rt_u32
#define RT_C_A_F64 double
#define RT_C_A_BYTES rt_bytes
#define RT_C_A_BYTES_INPLACE rt_bytes
#define RT_C_A_VIEW rt_view
#define RT_C_A_VIEW_ANY rt_view
#define RT_C_A_VIEW_STRICT rt_view
#define RT_C_A_OWNER_BYTES rt_bytes
#define RT_C_A_OWNER_VEC rt_vec
#define RT_C_A_VEC rt_vec
#define RT_C_A_VEC_INPLACE rt_vec
#define RT_C_A_VEC_READ rt_vec
#define RT_C_A_OPT_I32 rt_opt_i32
#define RT_C_A_OPT_BYTES rt_opt_bytes
#define RT_C_A_OPT_BYTES_READ rt_opt_bytes
#define RT_C_A_OPT_VIEW rt_opt_view
#define RT_C_A_RES_I32 rt_res_i32
#define RT_C_A_RES_BYTES rt_res_bytes
#define RT_C_A_RES_BYTES_READ rt_res_bytes
#define RT_C_A_RES_VIEW rt_res_view
#define RT_C_A_RES_RES rt_res_res_bytes
#define RT_C_A_RES_RES_READ rt_res_res_bytes
#define RT_C_A_IFACE rt_iface
#define RT_C_A_READER rt_bytes
#define RT_C_A_OPT_DEFAULT rt_bytes
#define RT_C_A_TASK rt_u32
#define RT_C_A_TASK_BYTES rt_u32
#define RT_C_A_TASK_RES rt_u32
#define RT_C_A_SLOT rt_u32
#define RT_C_A_SLOT_BYTES rt_u32
#define RT_C_A_SLOT_RES rt_u32
#define RT_C_A_EVENT rt_u32

#define RT_R_I32 rt_u32
#define RT_R_F64 double
#define RT_R_BYTES rt_bytes
#define RT_R_VIEW rt_view
#define RT_R_VEC rt_vec
#define RT_R_OPT_I32 rt_opt_i32
#define RT_R_OPT_BYTES rt_opt_bytes
#define RT_R_OPT_VIEW rt_opt_view
#define RT_R_RES_I32 rt_res_i32
#define RT_R_RES_BYTES rt_res_bytes
#define RT_R_RES_VIEW rt_res_view
#define RT_R_RES_RES_BYTES rt_res_res_bytes
#define RT_R_IFACE rt_iface
#define RT_R_NEVER _Noreturn void

/* The C type of each operand, comma separated. */
#define RT_MAP_1(a) RT_C_##a
#define RT_MAP_2(a, ...) RT_C_##a, RT_MAP_1(__VA_ARGS__)
#define RT_MAP_3(a, ...) RT_C_##a, RT_MAP_2(__VA_ARGS__)
#define RT_MAP_4(a, ...) RT_C_##a, RT_MAP_3(__VA_ARGS__)
#define RT_MAP_5(a, ...) RT_C_##a, RT_MAP_4(__VA_ARGS__)
#define RT_MAP_6(a, ...) RT_C_##a, RT_MAP_5(__VA_ARGS__)
#define RT_MAP_7(a, ...) RT_C_##a, RT_MAP_6(__VA_ARGS__)
#define RT_MAP_8(a, ...) RT_C_##a, RT_MAP_7(__VA_ARGS__)
#define RT_PICK_9(a, b, c, d, e, f, g, h, name, ...) name
#define RT_MAP(...)                                                                                \
	RT_PICK_9(__VA_ARGS__, RT_MAP_8, RT_MAP_7, RT_MAP_6, RT_MAP_5, RT_MAP_4, RT_MAP_3, RT_MAP_2,  \
		  RT_MAP_1, ~)(__VA_ARGS__)

/* Flags are told apart by the commas they expand to: H_SITE and H_OPERATOR never stand together. */
#define H_SITE ~, ~
#define H_OPERATOR ~, ~, ~
#define RT_PICK_4(a, b, c, name, ...) name
#define RT_KIND(...) RT_PICK_4(__VA_ARGS__, OPERATOR, SITE, PLAIN, ~)
#define RT_ROW_OPERATOR(id, result, ...)
#define RT_ROW_SITE(id, result, ...) RT_R_##result rt_##id(RT_MAP(__VA_ARGS__), const char *site);
#define RT_ROW_PLAIN(id, result, ...) RT_R_##result rt_##id(RT_MAP(__VA_ARGS__));
#define RT_ROW__(kind, id, result, ...) RT_ROW_##kind(id, result, __VA_ARGS__)
#define RT_ROW_(kind, id, result, ...) RT_ROW__(kind, id, result, __VA_ARGS__)

#define HEAD(id, spelling, result, flags, ...) RT_ROW_(RT_KIND(flags), id, result, __VA_ARGS__)
#include "lang/builtins.def"
#undef HEAD
/* clang-format on */

/* The slow path of vec_u8.push, called by the inline form. */
rt_vec rt_vec_push_grow(rt_vec v, rt_u32 x);

#endif
