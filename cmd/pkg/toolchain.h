/* SPDX-License-Identifier: MIT */
/* The compiler that packages are for. */
#ifndef CMD_PKG_TOOLCHAIN_H
#define CMD_PKG_TOOLCHAIN_H

/* The compiler of the reference whose language this one accepts: what `x07c_compat` is about. */
#define PKG_X07C_VERSION "0.2.17"

#endif
