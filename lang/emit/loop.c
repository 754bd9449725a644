/* SPDX-License-Identifier: MIT */
/*
 * Loops. A loop whose body has a known dearest path is printed twice: first a form that starts
 * only while there is fuel for that path and therefore needs no tests inside, then the plain form
 * with tests, which takes over when fuel is nearly out. libtcc gets the plain form only (RT_STRIP
 * is set by the prelude); what a program does and pays is the same in both.
 */
#include "lang/emit/loop_priv.h"

#include "lang/emit/fuel_priv.h"
#include "lang/emit/stmt_priv.h"
#include "lang/emit/text_priv.h"

#include <inttypes.h>

#define COST_MAX (1u << 24) /* so that cost times 2^32 iterations fits 64 bits */

static enum emit_fuel_mode set_mode(struct emit_state *e, enum emit_fuel_mode mode)
{
	enum emit_fuel_mode old = e->mode;

	e->mode = mode;
	return old;
}

/*
 * The whole loop is entered without tests when fuel suffices for all iterations on the dearest
 * path. The bound stays the loop's own, so that the C compiler sees `i < len` and can drop the
 * bounds checks that follow from it.
 */
static void emit_for_stripped(struct emit_state *e, const struct ir_stmt *s, struct emit_cost cost)
{
	uint32_t i = s->args[0];
	uint32_t end = s->args[1];
	bool bulk = !cost.may_return;
	enum emit_fuel_mode old = set_mode(e, bulk ? EMIT_FUEL_BULK : EMIT_FUEL_UNCHECKED);

	emit_line(e,
	    "if (v%u < v%u && fuel >= 0 && (rt_u64)fuel >= (rt_u64)(v%u - v%u) * %" PRIu64 "u) {",
	    i, end, end, i, cost.most);
	if (bulk && cost.always > 0)
		emit_line(e, "\tfuel -= (rt_i64)(v%u - v%u) * %" PRIu64 ";", end, i, cost.always);
	emit_line(e, "\tfor (; v%u < v%u; v%u++) {", i, end, i);
	e->depth++;
	emit_block(e, &s->block[0], cost.always);
	e->depth--;
	emit_line(e, "\t}");
	emit_line(e, "}");
	(void)set_mode(e, old);
}

/* The body may look at its variable but not change it, or the number of iterations is unknown. */
static bool can_strip_for(
    const struct emit_state *e, const struct ir_stmt *s, struct emit_cost cost)
{
	return e->mode == EMIT_FUEL_CHECKED && cost.bounded && cost.most > 0 &&
	       cost.most < COST_MAX && !emit_block_assigns(&s->block[0], s->args[0]);
}

void emit_for(struct emit_state *e, const struct ir_stmt *s)
{
	struct emit_cost cost = emit_cost(&s->block[0]);

	if (can_strip_for(e, s, cost)) {
		buf_puts(e->out, "#if RT_STRIP\n");
		emit_for_stripped(e, s, cost);
		buf_puts(e->out, "#endif\n");
	}
	emit_line(e, "for (; v%u < v%u; v%u++) {", s->args[0], s->args[1], s->args[0]);
	emit_block(e, &s->block[0], 0);
	emit_line(e, "}");
}

/*
 * An iteration that goes on usually takes the dearest way through the test: it pays once, and what
 * leaves the loop gets back what it did not use.
 */
static void emit_while_bulk(struct emit_state *e, const struct ir_stmt *s, struct emit_cost test,
    struct emit_cost body, uint32_t label)
{
	emit_line(e, "\tfuel -= %" PRIu64 ";", test.most + body.always);
	e->mode = EMIT_FUEL_REFUND;
	emit_block(e, &s->block[0], test.most);
	emit_line(e, "\tif (!v%u) {", s->args[0]);
	emit_refund(e, body.always);
	emit_line(e, "\t\tgoto l%u;", label);
	emit_line(e, "\t}");
	e->mode = EMIT_FUEL_BULK;
	emit_block(e, &s->block[1], body.always);
}

static void emit_while_stripped(struct emit_state *e, const struct ir_stmt *s,
    struct emit_cost test, struct emit_cost body, uint32_t label)
{
	enum emit_fuel_mode old = set_mode(e, EMIT_FUEL_UNCHECKED);

	emit_line(e, "while (fuel >= %" PRIu64 ") {", test.most + body.most);
	if (test.may_return || body.may_return) {
		emit_block(e, &s->block[0], 0);
		emit_line(e, "\tif (!v%u) goto l%u;", s->args[0], label);
		emit_block(e, &s->block[1], 0);
	} else {
		emit_while_bulk(e, s, test, body, label);
	}
	emit_line(e, "}");
	(void)set_mode(e, old);
}

void emit_while(struct emit_state *e, const struct ir_stmt *s)
{
	struct emit_cost test = emit_cost(&s->block[0]);
	struct emit_cost body = emit_cost(&s->block[1]);
	uint64_t most = test.most + body.most;
	bool strip = e->mode == EMIT_FUEL_CHECKED && test.bounded && body.bounded && most > 0 &&
		     most < COST_MAX;
	uint32_t label = e->label;

	if (strip) {
		e->label++;
		buf_puts(e->out, "#if RT_STRIP\n");
		emit_while_stripped(e, s, test, body, label);
		buf_puts(e->out, "#endif\n");
	}
	emit_line(e, "for (;;) {");
	emit_block(e, &s->block[0], 0);
	emit_line(e, "\tif (!v%u) break;", s->args[0]);
	emit_block(e, &s->block[1], 0);
	emit_line(e, "}");
	if (strip)
		buf_printf(e->out, "#if RT_STRIP\nl%u:;\n#endif\n", label);
}
