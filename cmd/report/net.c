/* SPDX-License-Identifier: MIT */
/* What the network broker did for a run, for the report: each destination with its verdict. */
#include "cmd/report/net.h"

#include <string.h>

static const char *verdict_name(const struct broker_entry *e)
{
	switch ((enum broker_verdict)e->verdict) {
	case BROKER_ALLOWED:
	case BROKER_NO_NAME:
	case BROKER_VERDICT_COUNT:
		break;
	case BROKER_DENIED_POLICY:
		return "denied";
	case BROKER_DENIED_ADDRESS:
		return "denied_address";
	case BROKER_DENIED_SCHEME:
		return "denied_scheme";
	case BROKER_VIOLATION:
		return "violation";
	case BROKER_ENDED:
		return "broker_ended";
	}
	return "allowed";
}

static const char *tls_name(uint16_t version)
{
	switch (version) {
	case 0x0303:
		return "1.2";
	case 0x0304:
		return "1.3";
	default:
		return NULL;
	}
}

static const char *http_name(uint8_t version)
{
	switch (version) {
	case 10:
		return "1.0";
	case 11:
		return "1.1";
	case 20:
		return "2";
	default:
		return NULL;
	}
}

static void number(struct jsonw *w, const char *key, uint64_t n)
{
	jsonw_key(w, key);
	jsonw_uint(w, n);
}

static const char *or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static void destination(
    struct jsonw *w, const struct broker_entry *e, const struct run_policy *policy)
{
	bool listed = policy->given && e->entry < policy->rules.net.host_count;

	jsonw_object(w);
	jsonw_kv_string(w, "address", or_null(e->address));
	number(w, "bytes_in", e->bytes_in);
	number(w, "bytes_out", e->bytes_out);
	number(w, "code", e->code);
	number(w, "count", e->count);
	jsonw_kv_string(w, "host", or_null(e->host));
	jsonw_kv_string(w, "http", http_name(e->http));
	number(w, "most_us", e->most_us);
	jsonw_kv_string(w, "note", or_null(e->note));
	jsonw_kv_string(w, "operation", sandbox_broker_op_name(e->op));
	number(w, "port", e->port);
	number(w, "reused", e->reused);
	jsonw_kv_string(w, "rule", listed ? policy->rules.net.hosts[e->entry].host : NULL);
	jsonw_kv_string(w, "tls", tls_name(e->tls));
	number(w, "total_us", e->total_us);
	jsonw_kv_string(w, "verdict", verdict_name(e));
	jsonw_end_object(w);
}

static const char *broker_state(const struct run_net *net)
{
	if (!net->open)
		return "off";
	return net->started ? "ran" : "not needed";
}

void report_network(struct jsonw *w, const struct run_net *net, const struct run_policy *policy)
{
	const struct broker_log *log = net->log;

	jsonw_key(w, "network");
	jsonw_object(w);
	jsonw_kv_string(w, "broker", broker_state(net));
	jsonw_key(w, "destinations");
	jsonw_array(w);
	for (uint32_t i = 0; log != NULL && i < log->used; i++)
		destination(w, &log->entry[i], policy);
	jsonw_end_array(w);
	number(w, "not_listed", log != NULL ? log->lost : 0);
	jsonw_end_object(w);
}
