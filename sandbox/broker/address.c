/* SPDX-License-Identifier: MIT */
/* Converts addresses; decides nothing. */
#include "sandbox/broker/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

void broker_address_text(char out[BROKER_ADDRESS_TEXT], const struct policy_address *a)
{
	if (inet_ntop(a->len == 4 ? AF_INET : AF_INET6, a->bytes, out, BROKER_ADDRESS_TEXT) == NULL)
		out[0] = '\0';
}

socklen_t broker_address_to_socket(
    struct sockaddr_storage *out, const struct policy_address *a, uint16_t port)
{
	struct sockaddr_in *in4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (a->len == 4) {
		in4->sin_family = AF_INET;
		in4->sin_port = htons(port);
		memcpy(&in4->sin_addr, a->bytes, 4);
		return sizeof(*in4);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	memcpy(&in6->sin6_addr, a->bytes, 16);
	return sizeof(*in6);
}

bool broker_address_of_socket(
    struct policy_address *out, uint16_t *port, const struct sockaddr_storage *from)
{
	const struct sockaddr_in *in4 = (const struct sockaddr_in *)from;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)from;

	memset(out, 0, sizeof(*out));
	if (from->ss_family == AF_INET) {
		out->len = 4;
		memcpy(out->bytes, &in4->sin_addr, 4);
		*port = ntohs(in4->sin_port);
		return true;
	}
	if (from->ss_family != AF_INET6)
		return false;
	out->len = 16;
	memcpy(out->bytes, &in6->sin6_addr, 16);
	*port = ntohs(in6->sin6_port);
	return true;
}
