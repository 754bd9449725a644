/* SPDX-License-Identifier: MIT */
/* What the files of the emitter share; no other room needs it. */
#ifndef LANG_EMIT_TYPES_H
#define LANG_EMIT_TYPES_H

#include "lang/emit/emit.h"

/** How IR_FUEL is printed. */
enum emit_fuel_mode {
	EMIT_FUEL_CHECKED,   /* subtract and trap below zero */
	EMIT_FUEL_UNCHECKED, /* subtract only: the loop was entered with enough */
	EMIT_FUEL_BULK,      /* as UNCHECKED, one charge at the start of a block, less `credit` */
	EMIT_FUEL_REFUND, /* `credit` is paid, for the dearest path; a cheaper one gets some back */
};

/** The state of printing one function. */
struct emit_state {
	struct buf *out;
	struct emit_unit *unit;
	const struct ir_program *program;
	const struct ir_fn *fn;
	const bool *touches_fuel; /* for each function: reads or writes rt.fuel, directly or not */
	bool has_fuel;            /* this function keeps `fuel` in a local */
	uint32_t optimised_max;   /* statements of the longest function that cc optimises */
	enum emit_fuel_mode mode;
	uint32_t depth;
	bool can_cancel; /* this function jumps to `cancelled` */
	uint32_t label;  /* next free label of this function */
};

/** Cost of one pass over a block, in units of fuel. */
struct emit_cost {
	uint64_t most;   /* along the dearest path */
	uint64_t always; /* charged whichever branches are taken */
	bool bounded;    /* no loop, no call, nothing visible from outside */
	bool may_return;
};

#endif
