/* SPDX-License-Identifier: MIT */
/* Writes and reads messages of DNS. An answer is hostile: every offset is checked and every walk is
 * bounded. */
#include "sandbox/broker/dns.h"

#include <string.h>

#define NAME_MAX_BYTES 255
#define LABEL_MAX 63
#define JUMPS_MAX 32
#define CHAIN_MAX 16
#define TYPE_CNAME 5
#define TYPE_OPT 41
#define UDP_BYTES 1232 /* no fragments; DNS flag day 2020 */

static void put16(unsigned char *p, unsigned x)
{
	p[0] = (unsigned char)(x >> 8);
	p[1] = (unsigned char)x;
}

static unsigned get16(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* Write a host name as labels. @return its bytes, 0 when it is no host name. */
static size_t put_name(unsigned char *out, const char *host)
{
	size_t n = 0;

	while (*host != '\0') {
		size_t len = strcspn(host, ".");

		if (len == 0 || len > LABEL_MAX || n + len + 2 > NAME_MAX_BYTES)
			return 0;
		out[n++] = (unsigned char)len;
		memcpy(out + n, host, len);
		n += len;
		host += len;
		host += *host == '.';
	}
	out[n++] = 0;
	return n > 1 ? n : 0;
}

size_t broker_dns_question(unsigned char out[BROKER_DNS_QUERY_MAX], uint16_t id, const char *host,
    enum broker_dns_type type)
{
	size_t n;

	memset(out, 0, BROKER_DNS_QUERY_MAX);
	put16(out, id);
	out[2] = 1;         /* recursion desired */
	put16(out + 4, 1);  /* one question */
	put16(out + 10, 1); /* one additional record: the size that we take */
	n = put_name(out + 12, host);
	if (n == 0)
		return 0;
	n += 12;
	put16(out + n, type);
	put16(out + n + 2, 1);
	n += 4;
	put16(out + n + 1, TYPE_OPT);
	put16(out + n + 3, UDP_BYTES);
	return n + 11;
}

struct message {
	const unsigned char *bytes;
	size_t len, at;
};

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Read one label of a name that may be compressed. @return 1 label, 0 end, -1 fault. */
static int name_step(const struct message *m, size_t *at, size_t *label, size_t *after)
{
	unsigned head;

	for (int jumps = 0; jumps <= JUMPS_MAX; jumps++) {
		if (*at >= m->len)
			return -1;
		head = m->bytes[*at];
		if ((head & 0xc0) != 0xc0)
			break;
		if (*at + 2 > m->len)
			return -1;
		if (*after == 0)
			*after = *at + 2;
		*at = (head & 0x3fu) << 8 | m->bytes[*at + 1];
	}
	head = *at < m->len ? m->bytes[*at] : 0xff;
	if ((head & 0xc0) != 0 || *at + 1 + head > m->len)
		return -1;
	*label = *at + 1;
	*at += 1 + (size_t)head;
	return head > 0;
}

/* Read a name as text with dots, in lower case, and move behind it. */
static bool get_name(struct message *m, char out[NAME_MAX_BYTES + 1])
{
	size_t at = m->at, label = 0, after = 0, n = 0;
	int more;

	while ((more = name_step(m, &at, &label, &after)) > 0) {
		size_t len = at - label;

		if (n + len + 1 > NAME_MAX_BYTES)
			return false;
		if (n > 0)
			out[n++] = '.';
		for (size_t i = 0; i < len; i++)
			out[n++] = lower((char)m->bytes[label + i]);
	}
	out[n] = '\0';
	m->at = after != 0 ? after : at;
	return more == 0;
}

struct record {
	char owner[NAME_MAX_BYTES + 1];
	unsigned type, class;
	uint32_t ttl;
	size_t data, len;
};

static bool get_record(struct message *m, struct record *r)
{
	const unsigned char *p;

	if (!get_name(m, r->owner) || m->len - m->at < 10)
		return false;
	p = m->bytes + m->at;
	r->type = get16(p);
	r->class = get16(p + 2);
	r->ttl = (uint32_t)get16(p + 4) << 16 | get16(p + 6);
	r->len = get16(p + 8);
	m->at += 10;
	r->data = m->at;
	if (r->len > m->len - m->at)
		return false;
	m->at += r->len;
	return true;
}

static void take_address(
    struct broker_dns_answer *out, const struct message *m, const struct record *r)
{
	struct policy_address a = {.len = (uint8_t)r->len};

	if (out->list.count == BROKER_ADDRESSES_MAX)
		return;
	memcpy(a.bytes, m->bytes + r->data, r->len);
	for (uint32_t i = 0; i < out->list.count; i++) {
		if (memcmp(&out->list.at[i], &a, sizeof(a)) == 0)
			return;
	}
	out->list.at[out->list.count++] = a;
	if (out->list.count == 1 || r->ttl < out->ttl)
		out->ttl = r->ttl;
}

/* Take the records of one owner. @return true when an alias leads on; @p owner is then its target.
 */
static bool walk(struct broker_dns_answer *out, struct message m, unsigned count, char *owner,
    enum broker_dns_type type)
{
	struct record r;

	for (unsigned i = 0; i < count && get_record(&m, &r); i++) {
		struct message target = {m.bytes, m.len, r.data};

		if (r.class != 1 || strcmp(r.owner, owner) != 0)
			continue;
		if (r.type == TYPE_CNAME)
			return get_name(&target, owner);
		if (r.type == (unsigned)type && r.len == (type == BROKER_DNS_A ? 4 : 16))
			take_address(out, &m, &r);
	}
	return false;
}

static void plain_name(char out[NAME_MAX_BYTES + 1], const char *host)
{
	size_t n = 0;

	while (host[n] != '\0' && n < NAME_MAX_BYTES) {
		out[n] = lower(host[n]);
		n++;
	}
	if (n > 0 && out[n - 1] == '.')
		n--;
	out[n] = '\0';
}

bool broker_dns_answer_parse(struct broker_dns_answer *out, const unsigned char *bytes, size_t len,
    uint16_t id, const char *host, enum broker_dns_type type)
{
	struct message m = {bytes, len, 12};
	char owner[NAME_MAX_BYTES + 1], asked[NAME_MAX_BYTES + 1];
	unsigned answers;

	if (len < 12 || get16(bytes) != id || !(bytes[2] & 0x80) || get16(bytes + 4) != 1)
		return false;
	plain_name(asked, host);
	if (!get_name(&m, owner) || strcmp(owner, asked) != 0 || m.len - m.at < 4 ||
	    get16(bytes + m.at) != (unsigned)type || get16(bytes + m.at + 2) != 1)
		return false;
	m.at += 4;
	*out =
	    (struct broker_dns_answer){.rcode = bytes[3] & 15u, .truncated = (bytes[2] & 2) != 0};
	answers = get16(bytes + 6);
	for (int i = 0; i < CHAIN_MAX; i++) {
		if (!walk(out, m, answers, owner, type))
			break;
	}
	return true;
}
