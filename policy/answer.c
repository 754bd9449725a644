/* SPDX-License-Identifier: MIT */
/* The parts that answers are made of. */
#include "policy/answer_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void policy_answer(
    struct policy_decision *d, bool allowed, const char *reason, const char *rule, ...)
{
	va_list args;

	d->allowed = allowed;
	d->reason = reason;
	va_start(args, rule);
	(void)vsnprintf(d->rule, sizeof(d->rule), rule, args);
	va_end(args);
}

uint32_t policy_list_index(const struct policy_list *list, const char *text)
{
	uint32_t i = 0;

	while (i < list->count && strcmp(list->items[i], text) != 0)
		i++;
	return i;
}
