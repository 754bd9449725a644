/* SPDX-License-Identifier: MIT */
/*
 * The document that tells the guest its limits and which operations the policy allows
 * (lang/rt/config.h). Plain copies; the guest's runtime and the kernel apply them.
 */
#include "cmd/run/guest_config.h"

#include "cmd/run/plan.h"
#include "lang/rt/config.h"
#include "policy/gates.h"

#include <string.h>

static uint32_t gate(bool on, uint32_t bit)
{
	return on ? bit : 0;
}

/* "out/" is the root "out"; "/" stays. */
static size_t trimmed(const char *text, bool paths)
{
	size_t len = strlen(text);

	while (paths && len > 1 && text[len - 1] == '/')
		len--;
	return len;
}

static struct rt_list add_list(
    struct buf *out, size_t start, const struct policy_list *list, bool paths)
{
	struct rt_list at = {.at = (uint32_t)(out->len - start), .count = list->count};

	for (uint32_t i = 0; i < list->count; i++) {
		buf_add(out, list->items[i], trimmed(list->items[i], paths));
		buf_putc(out, '\0');
	}
	return at;
}

static void add_policy(struct rt_config *c, struct buf *out, size_t start, const struct policy *p)
{
	c->gates = policy_gates(p);
	c->max_sleep_ms = p->time.max_sleep_ms;
	c->fs_max_read = p->fs.max_read_bytes;
	c->fs_max_write = p->fs.max_write_bytes;
	c->fs_max_entries = p->fs.max_entries;
	c->fs_max_depth = p->fs.max_depth;
	c->read_roots = add_list(out, start, &p->fs.read_roots, true);
	c->write_roots = add_list(out, start, &p->fs.write_roots, true);
	c->env_allow = add_list(out, start, &p->env.allow_keys, false);
	c->env_deny = add_list(out, start, &p->env.deny_keys, false);
}

int run_guest_config_build(struct buf *out, const struct run_guest_facts *facts, struct err *err)
{
	struct rt_config c = {.magic = RT_CONFIG_MAGIC};
	size_t start = out->len;

	buf_add(out, &c, sizeof(c));
	c.fuel = facts->target->solve_fuel;
	c.mem_cap = run_plan_memory(facts->target, facts->policy);
	c.max_output = (uint32_t)facts->target->max_output;
	c.image_entry = facts->image->entry;
	c.image_size = facts->image->size;
	if (facts->policy->given)
		add_policy(&c, out, start, &facts->policy->rules);
	if (facts->target->world == LANG_RUN_OS || facts->target->world == LANG_RUN_OS_SANDBOXED)
		c.gates |= RT_GATE_REAL_TIME;
	c.gates |=
	    gate(facts->observed, RT_GATE_OBSERVE) | gate(facts->policy->widened, RT_GATE_ENV_ANY);
	if (out->overflow || out->len - start > RT_CONFIG_MAX)
		return err_set(
		    err, ERR_LIMIT, "the policy's lists are larger than %u bytes", RT_CONFIG_MAX);
	c.size = (uint32_t)(out->len - start);
	memcpy(out->data + start, &c, sizeof(c));
	return 0;
}
