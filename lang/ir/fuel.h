/* SPDX-License-Identifier: MIT */
/* Who pays for small functions: a change of the intermediate form between checker and emitter. */
#ifndef LANG_IR_FUEL_H
#define LANG_IR_FUEL_H

#include "lang/ir/ir.h"

/** Let callers pay for functions of constant price. Once, before emit_program. */
void ir_settle_fuel(struct ir_program *program);

#endif
