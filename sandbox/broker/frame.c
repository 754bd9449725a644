/* SPDX-License-Identifier: MIT */
/*
 * Takes the frames of the guest apart. They are hostile bytes until every length is in range. Looks
 * at no policy and at no state. Source: lang/rt/net_wire.h, docs/format/net-heads.md.
 */
#include "sandbox/broker/frame.h"

#include <arpa/inet.h>
#include <string.h>

static uint32_t get32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put32(unsigned char *p, uint32_t x)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(x >> (8 * i));
}

size_t broker_frame_addr(
    unsigned char out[BROKER_FRAME_ADDR_MAX], const struct policy_address *a, uint16_t port)
{
	memset(out, 0, BROKER_FRAME_ADDR_MAX);
	put32(out, 1);
	put32(out + 4, a->len == 4 ? RT_NET_IPV4 : RT_NET_IPV6);
	put32(out + 8, port);
	memcpy(out + 12, a->bytes, a->len);
	return 12 + (size_t)a->len;
}

/*
 * Take a name in the form in which it is compared and looked up: visible ASCII. Any other text that
 * a program may write leaves the host empty; such a request is answered, it does not end the
 * program's network.
 * @return false for what the library refuses to send.
 */
static bool take_name(struct broker_request *r, const unsigned char *name, size_t len)
{
	r->to.host[0] = '\0';
	if (len == 0 || len > RT_NET_NAME_MAX || memchr(name, '\0', len) != NULL)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (name[i] <= 0x20 || name[i] >= 0x7f)
			return true;
	}
	if (!policy_host_normal(r->to.host, (const char *)name, len))
		r->to.host[0] = '\0';
	r->literal = policy_address_parse(&r->address, r->to.host);
	return true;
}

/* u32 1, u32 tag, u32 port, then 4 bytes | 16 bytes | u32 len, name. @return its bytes, or 0. */
static size_t take_addr(struct broker_request *r, const unsigned char *p, size_t len)
{
	uint32_t tag, n;

	if (len < 16 || get32(p) != 1 || get32(p + 8) > 65535)
		return 0;
	tag = get32(p + 4);
	r->to.port = (uint16_t)get32(p + 8);
	if (tag == RT_NET_NAME) {
		n = get32(p + 12);
		return n <= len - 16 && take_name(r, p + 16, n) ? 16 + (size_t)n : 0;
	}
	n = tag == RT_NET_IPV4 ? 4 : 16;
	if ((tag != RT_NET_IPV4 && tag != RT_NET_IPV6) || len < 12 + (size_t)n)
		return 0;
	r->literal = true;
	r->address.len = (uint8_t)n;
	memset(r->address.bytes, 0, sizeof(r->address.bytes));
	memcpy(r->address.bytes, p + 12, n);
	if (inet_ntop(n == 4 ? AF_INET : AF_INET6, r->address.bytes, r->to.host,
		sizeof(r->to.host)) == NULL)
		return 0;
	/* ::ffff:1.2.3.4 is 1.2.3.4 in every decision */
	(void)policy_address_parse(&r->address, r->to.host);
	return 12 + (size_t)n;
}

static const char *whole_addr(struct broker_request *r, bool names)
{
	if (r->len == 0 || take_addr(r, r->payload, r->len) != r->len || (!names && !r->literal))
		return "not an address";
	return NULL;
}

/* The payload is an address of `b` bytes, and the rest behind it. */
static const char *addr_and_rest(struct broker_request *r)
{
	uint32_t n = r->frame.b;

	if (n > r->len || take_addr(r, r->payload, n) != n || n == 0)
		return "not an address";
	r->rest = r->payload + n;
	r->rest_len = r->len - n;
	return NULL;
}

/* u32 1, u32 verify, u32 len, name, u32 0. Empty means: verify, with the name of the address. */
static const char *tls_part(struct broker_request *r)
{
	const unsigned char *p = r->rest;
	size_t len = r->rest_len;
	uint32_t n;

	r->tls_verify = true;
	r->tls_name[0] = '\0';
	if (len == 0)
		return NULL;
	if (len < 16 || get32(p) != 1 || get32(p + 4) > 1)
		return "not a TLS configuration";
	n = get32(p + 8);
	if (n > RT_NET_NAME_MAX || len != 16 + (size_t)n || get32(p + 12 + n) != 0 ||
	    memchr(p + 12, '\0', n) != NULL)
		return "not a TLS configuration";
	r->tls_verify = get32(p + 4) == 1;
	memcpy(r->tls_name, p + 12, n);
	r->tls_name[n] = '\0';
	return NULL;
}

static const char *check_tls(struct broker_request *r)
{
	const char *fault = addr_and_rest(r);

	return fault != NULL ? fault : tls_part(r);
}

static const char *check_http(const struct broker_request *r)
{
	uint32_t total = r->frame.a;

	if (total > RT_NET_REQUEST_MAX || r->len > total || r->frame.b > INT32_MAX)
		return "an HTTP request is too long";
	return r->len > 0 || total == 0 ? NULL : "an empty part of an HTTP request";
}

static const char *check_dns(struct broker_request *r)
{
	r->to.port = (uint16_t)r->frame.a;
	if (r->frame.a == 0 || r->frame.a > 65535 || !take_name(r, r->payload, r->len))
		return "not a look-up";
	return NULL;
}

static const char *no_payload(const struct broker_request *r)
{
	return r->len == 0 ? NULL : "a payload where none belongs";
}

const char *broker_frame_check(struct broker_request *out, const void *bytes, size_t len)
{
	struct broker_request *r = out;

	*r = (struct broker_request){.to.entry = UINT32_MAX};
	if (len < sizeof(r->frame))
		return "a frame is too short";
	if (len > sizeof(r->frame) + RT_NET_PAYLOAD_MAX)
		return "a frame is too long";
	memcpy(&r->frame, bytes, sizeof(r->frame));
	r->payload = (const unsigned char *)bytes + sizeof(r->frame);
	r->len = len - sizeof(r->frame);
	if (r->frame.id == 0)
		return "a request without a number";
	switch (r->frame.kind) {
	case RT_NET_HTTP:
		return check_http(r);
	case RT_NET_MORE:
		return r->len > 0 ? NULL : "an empty part of an HTTP request";
	case RT_NET_DNS:
		return check_dns(r);
	case RT_NET_CONNECT:
		return whole_addr(r, true);
	case RT_NET_TLS:
		return check_tls(r);
	case RT_NET_LISTEN:
	case RT_NET_UDP_BIND:
		return whole_addr(r, false);
	case RT_NET_UDP_SEND:
		return addr_and_rest(r);
	case RT_NET_UDP_RECV:
	case RT_NET_CLOSE:
	case RT_NET_STATUS:
		return no_payload(r);
	default:
		return "an unknown kind of frame";
	}
}
