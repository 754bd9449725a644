/* SPDX-License-Identifier: MIT */
/* Looking things up in plans, and conflicts as text (pkg/plan.h). */
#include "pkg/plan.h"

#include <string.h>

void pkg_plan_clear(struct pkg_plan *plan)
{
	arena_clear(&plan->arena);
	*plan = (struct pkg_plan){0};
}

const struct pkg_plan_item *pkg_plan_find(const struct pkg_plan *plan, const char *name)
{
	uint32_t low = 0, high = plan->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(name, plan->items[middle].name);

		if (order == 0)
			return &plan->items[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

void pkg_conflict_clear(struct pkg_conflict *conflict)
{
	arena_clear(&conflict->arena);
	*conflict = (struct pkg_conflict){0};
}

static void print_fact(struct buf *out, const struct pkg_fact *f)
{
	if (!f->by)
		buf_puts(out, "the project");
	else
		buf_printf(out, "%s %s", f->by, f->by_versions);
	if (f->kind == PKG_FACT_UNFIT) {
		buf_printf(out, " cannot be used: %s\n", f->detail);
		return;
	}
	buf_printf(out, " %s %s %s", f->by ? "needs" : "wants", f->name,
	    f->requirement[0] ? f->requirement : "(any version)");
	if (f->detail)
		buf_printf(out, ", but %s", f->detail);
	buf_putc(out, '\n');
}

void pkg_conflict_print(struct buf *out, const struct pkg_conflict *conflict)
{
	buf_printf(out, "%s\n", conflict->headline);
	for (uint32_t i = 0; i < conflict->fact_count; i++) {
		buf_puts(out, "  ");
		print_fact(out, &conflict->facts[i]);
	}
	for (uint32_t i = 0; i < conflict->way_out_count; i++)
		buf_printf(out, "way out: %s\n", conflict->ways_out[i]);
}
