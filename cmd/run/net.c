/* SPDX-License-Identifier: MIT */
/*
 * The network broker of a run: started when the policy (or the world without one) gives a network
 * and the program has a head that uses it, while the program still compiles. What it recorded
 * becomes effects of the run, beside those that the guest counted itself.
 * Source: docs/decisions/network-broker.md.
 */
#include "cmd/run/net.h"

#include "base/file.h"
#include "base/path.h"
#include "lang/rt/config.h"

#include <string.h>
#include <unistd.h>

#define BROKER_PROGRAM "x07-broker"

bool run_net_given(const struct run_policy *policy, enum lang_world world)
{
	return policy->given ? policy->rules.net.enabled : world == LANG_RUN_OS;
}

int run_net_open(struct run_net *out, struct err *err)
{
	int rc = sandbox_broker_open(&out->broker, err);

	if (rc < 0)
		return rc;
	out->open = true;
	return 0;
}

/* Without it no certificate can be verified, and the program only learns that TLS failed. */
static void note_bundle(const struct notes *notes, const char *path)
{
	if (path[0] == '\0')
		notes_say(notes, "no CA bundle on this host, so that every https request fails "
				 "with code 7: install ca-certificates, or set X07_CA_BUNDLE");
	else if (access(path, R_OK) < 0)
		notes_say(notes,
		    "the CA bundle %s cannot be read, so that every https request fails with "
		    "code 7: see X07_CA_BUNDLE",
		    path);
}

int run_net_start(struct run_net *net, const struct run_policy *policy, const char *rt_dir,
    const struct notes *notes, struct err *err)
{
	struct broker_config config = {.net = policy->given ? &policy->rules.net : NULL,
	    .ca_bundle = sandbox_broker_ca_bundle()};
	AUTO_FREE char *folder = NULL;
	AUTO_FREE char *program = NULL;

	if (!net->open || net->started)
		return 0;
	folder = path_dirname(rt_dir);
	program = path_join(folder, BROKER_PROGRAM);
	if (!file_is_regular(program))
		return err_set(err, ERR_SANDBOX,
		    "the program uses the network, and the network broker %s is not installed; "
		    "install x07 whole, or set net.enabled to false",
		    program);
	note_bundle(notes, config.ca_bundle);
	net->started = true;
	return sandbox_broker_start(&net->broker, program, &config, err);
}

/* "host:port", an IPv6 address in brackets; the text alone where no port belongs to it. */
static char *subject_of(const struct broker_entry *e)
{
	CLEANUP(buf_clear) struct buf text = buf_init(2 * sizeof(e->host));

	if (e->verdict == BROKER_VIOLATION || e->verdict == BROKER_ENDED)
		buf_puts(&text, e->note);
	else if (e->verdict == BROKER_DENIED_SCHEME)
		buf_puts(&text, e->host);
	else if (e->host[0] == '\0') /* a text that the broker took for no name, and forgot */
		buf_printf(&text, "no host, port %u", (unsigned)e->port);
	else
		buf_printf(&text, strchr(e->host, ':') != NULL ? "[%s]:%u" : "%s:%u", e->host,
		    (unsigned)e->port);
	return buf_take(&text);
}

static uint16_t reason_of(const struct broker_entry *e)
{
	if (e->verdict == BROKER_ALLOWED || e->verdict == BROKER_NO_NAME)
		return RT_USED;
	if (e->verdict == BROKER_DENIED_POLICY && e->policy == POLICY_DENIED_NET)
		return RT_WHY_DISABLED;
	return RT_WHY_NOT_LISTED;
}

static uint16_t head_of(const struct broker_entry *e)
{
	static const uint16_t heads[BROKER_OP_COUNT] = {
	    [BROKER_OP_HTTP] = RT_OP_NET_HTTP,
	    [BROKER_OP_DNS] = RT_OP_NET_DNS,
	    [BROKER_OP_TCP] = RT_OP_NET_TCP,
	    [BROKER_OP_TLS] = RT_OP_NET_TLS,
	    [BROKER_OP_LISTEN] = RT_OP_NET_LISTEN,
	    [BROKER_OP_UDP_BIND] = RT_OP_NET_UDP_BIND,
	    [BROKER_OP_UDP] = RT_OP_NET_UDP,
	    [BROKER_OP_CHANNEL] = RT_OP_NET,
	};

	return heads[e->op];
}

static void add_effect(struct run_effects *out, const struct broker_entry *e)
{
	struct run_effect *item = &out->items[out->count++];

	*item = (struct run_effect){.kind = RT_EV_NET,
	    .reason = reason_of(e),
	    .op = head_of(e),
	    .code = e->code,
	    .count = e->count,
	    .bytes = e->bytes_in + e->bytes_out,
	    .net = e,
	    .subject = subject_of(e)};
	item->subject_len = strlen(item->subject);
}

/* The array is owned and grows once. */
static void add_effects(struct run_effects *out, const struct broker_log *log)
{
	struct run_effect *items;

	if (log->used == 0)
		return;
	items = base_calloc(out->count + log->used, sizeof(*items));
	if (out->count > 0)
		memcpy(items, out->items, out->count * sizeof(*items));
	base_free_ptr(&out->items);
	out->items = items;
	for (uint32_t i = 0; i < log->used; i++)
		add_effect(out, &log->entry[i]);
	out->lost_refusals += log->lost_denied;
	out->lost_uses += log->lost - log->lost_denied;
}

int run_net_finish(struct run_net *net, struct run_effects *effects, struct err *err)
{
	int rc;

	if (!net->started)
		return 0;
	rc = sandbox_broker_finish(&net->broker, &net->log, err);
	if (rc < 0)
		return rc;
	add_effects(effects, net->log);
	return 0;
}

void run_net_clear(struct run_net *net)
{
	if (net->open)
		sandbox_broker_clear(&net->broker);
	base_free_ptr(&net->log);
	*net = (struct run_net){0};
}

const char *run_net_mode(const struct policy_net *rules)
{
	if (!rules->enabled)
		return "none";
	return rules->host_count == 0 ? "disabled" : "allowlist";
}

const char *run_net_enforcement(const struct run_net *net, const struct sandbox_result *result)
{
	if (!result->layers[SANDBOX_LAYER_NET_NS])
		return net->open ? "network_broker" : "none";
	return net->open ? "empty_net_namespace+network_broker" : "empty_net_namespace";
}
