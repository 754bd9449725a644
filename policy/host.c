/* SPDX-License-Identifier: MIT */
/*
 * What a destination may be called: an address, a network, a range, or a name of the DNS. A text
 * that is none of them could never match what a program asks for, or would match something else
 * than its author meant, so that it is refused and not kept as a dead letter.
 * Source: RFC 1123, 2.1 and RFC 1035, 2.3.4 (names); WHATWG URL, "ends in a number" (0x7f.1,
 * 127.1).
 */
#include "policy/host.h"

#include "base/attr.h"
#include "policy/address.h"

#include <arpa/inet.h>
#include <string.h>

#define LABEL_MAX 63
#define NAME_MAX_BYTES 253

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool policy_host_normal(char out[POLICY_HOST_MAX + 1], const char *host, size_t len)
{
	struct policy_address a;

	if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	}
	if (!len || len > POLICY_HOST_MAX)
		return false;
	if (policy_address_read(&a, host, len))
		return inet_ntop(a.len == 4 ? AF_INET : AF_INET6, a.bytes, out,
			   POLICY_HOST_MAX + 1) != NULL;
	for (size_t i = 0; i < len; i++)
		out[i] = lower(host[i]);
	out[len] = '\0';
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* 127, 0x7f, 0X7F, 017: what other programs read as a part of an IPv4 address. */
static bool is_number(const char *label, size_t len)
{
	size_t i = 0;
	bool hex = len >= 2 && label[0] == '0' && (label[1] == 'x' || label[1] == 'X');

	for (i = hex ? 2 : 0; i < len; i++) {
		if (hex ? !is_hex(label[i]) : !is_digit(label[i]))
			return false;
	}
	return true;
}

struct foreign {
	const char *chars;
	const char *fault, *help;
};

/* In this order: the first that is there says what was meant. */
static const struct foreign foreigns[] = {
    {"*", "has a wildcard, and names have none",
	"list each host; a network is written address/bits"},
    {"%", "has a `%`: no escapes, no zones", "write the name or the address itself"},
    {":[]", "is no IPv6 address, and names have no `:`",
	"a host name, an address, address/bits or first-last; ports stand apart"},
};

/* A character that no name has, with its own advice; NULL when there is none. */
static const char *foreign_fault(const char *text, size_t len, const char **help)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < 0x80)
			continue;
		*help = "write the name as the DNS has it, in ASCII (xn--...): `idn2 NAME` prints "
			"it, and most browsers copy it from their address bar";
		return "has a character outside ASCII, which can look like another one";
	}
	for (size_t i = 0; i < ARRAY_LEN(foreigns); i++) {
		if (strcspn(text, foreigns[i].chars) >= len)
			continue;
		*help = foreigns[i].help;
		return foreigns[i].fault;
	}
	for (size_t i = 0; i < len; i++) {
		if (is_letter(text[i]) || is_digit(text[i]) || text[i] == '-' || text[i] == '_' ||
		    text[i] == '.')
			continue;
		*help = "a host name, an address, address/bits or first-last";
		return "has a character that no name has";
	}
	return NULL;
}

static const char *label_fault(const char *label, size_t len, bool last)
{
	if (len == 0)
		return "has an empty label";
	if (len > LABEL_MAX)
		return "has a label of more than 63 characters";
	if (label[0] == '-' || label[len - 1] == '-')
		return "has a label that starts or ends with `-`";
	if (last && is_number(label, len))
		return "ends in a number and is no address in full";
	return NULL;
}

/* name = label *( "." label ) [ "." ] */
static const char *name_fault(const char *text, size_t len, const char **help)
{
	const char *fault = foreign_fault(text, len, help);

	if (fault)
		return fault;
	*help = "a host name, an address of four numbers 0..255, address/bits or first-last";
	if (len > 1 && text[len - 1] == '.')
		len--;
	if (len > NAME_MAX_BYTES)
		return "is longer than a name can be";
	while (!fault) {
		const char *dot = memchr(text, '.', len);
		size_t n = dot ? (size_t)(dot - text) : len;

		fault = label_fault(text, n, !dot);
		if (!dot)
			break;
		text += n + 1;
		len -= n + 1;
	}
	return fault;
}

const char *policy_host_fault(const char *text, size_t len, const char **help)
{
	char copy[POLICY_HOST_MAX + 3];
	struct policy_range range;

	if (len >= sizeof(copy)) {
		*help = "at most 255 characters";
		return "is too long";
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (strlen(copy) == len && policy_range_parse(&range, copy))
		return NULL;
	if (memchr(copy, '/', len)) {
		*help = "address/bits, with at most 32 bits (IPv4) or 128 (IPv6)";
		return "is no network";
	}
	return name_fault(copy, len, help);
}
