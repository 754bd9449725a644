/* SPDX-License-Identifier: MIT */
/* A policy as its document text. The table of fields is in the order of the printed keys. */
#include "policy/print.h"

#include "base/json.h"
#include "policy/fields_priv.h"

static const void *slot(const void *base, size_t offset)
{
	return (const char *)base + offset;
}

static void print_list(struct jsonw *w, const struct policy_list *list)
{
	jsonw_array(w);
	for (uint32_t i = 0; i < list->count; i++)
		jsonw_string(w, list->items[i]);
	jsonw_end_array(w);
}

static void print_ports(struct jsonw *w, const uint16_t *ports, uint32_t count)
{
	jsonw_array(w);
	for (uint32_t i = 0; i < count; i++)
		jsonw_uint(w, ports[i]);
	jsonw_end_array(w);
}

static void print_hosts(struct jsonw *w, const struct policy_net *net)
{
	jsonw_array(w);
	for (uint32_t i = 0; i < net->host_count; i++) {
		const struct policy_host *h = &net->hosts[i];

		jsonw_object(w);
		jsonw_kv_string(w, "host", h->host);
		jsonw_key(w, "ports");
		print_ports(w, h->ports, h->port_count);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void print_members(struct jsonw *w, const struct policy *p, size_t row);

static void print_value(struct jsonw *w, const struct policy *p, size_t row)
{
	const struct policy_field *f = &policy_fields[row];

	switch (f->kind) {
	case POLICY_CONST:
		jsonw_string(w, POLICY_SCHEMA);
		break;
	case POLICY_STRING:
		jsonw_string(w, *(const char *const *)slot(p, f->offset));
		break;
	case POLICY_BOOL:
		jsonw_bool(w, *(const bool *)slot(p, f->offset));
		break;
	case POLICY_U32:
		jsonw_uint(w, *(const uint32_t *)slot(p, f->offset));
		break;
	case POLICY_U64:
		jsonw_uint(w, *(const uint64_t *)slot(p, f->offset));
		break;
	case POLICY_LIST:
		print_list(w, slot(p, f->offset));
		break;
	case POLICY_PORTS:
		print_ports(w, *(uint16_t *const *)slot(p, f->offset),
		    *(const uint32_t *)slot(p, f->count_offset));
		break;
	case POLICY_HOSTS:
		print_hosts(w, &p->net);
		break;
	case POLICY_OBJECT:
		print_members(w, p, row);
		break;
	}
}

static void print_members(struct jsonw *w, const struct policy *p, size_t row)
{
	jsonw_object(w);
	for (size_t i = policy_field_first(row); i; i = policy_field_next(i)) {
		if (!policy_is_present(p, i))
			continue;
		jsonw_key(w, policy_field_name(i));
		print_value(w, p, i);
	}
	jsonw_end_object(w);
}

void policy_print(struct buf *out, const struct policy *p)
{
	struct jsonw w = jsonw_init(out, true);

	print_members(&w, p, POLICY_ROOT_FIELD);
	buf_putc(out, '\n');
}
