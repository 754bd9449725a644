/* SPDX-License-Identifier: MIT */
/*
 * Messages between the user of x07-unpack and the program, over one SOCK_SEQPACKET socket that is
 * the program's descriptor 3. A request carries two descriptors: archive, directory. First of all
 * the program sends one answer with id UNPACK_READY: rc 0, or why it cannot confine itself.
 */
#ifndef REGISTRY_UNPACK_WIRE_H
#define REGISTRY_UNPACK_WIRE_H

#include "base/err.h"
#include "base/hash.h"

#include <stdint.h>

#define UNPACK_WIRE_FD 3
#define UNPACK_READY UINT32_MAX
#define UNPACK_OUTSTANDING_MAX 64

struct unpack_request {
	uint32_t id;
	char sha256[SHA256_HEX_SIZE]; /* of the archive; "" = any */
};

struct unpack_answer {
	uint32_t id;
	int32_t rc; /* 0 or one of ERR_* */
	uint32_t files;
	uint64_t bytes;
	char code[40]; /* id of a row of registry/codes.def; "" = none. Checked by the receiver */
	char message[512];
};

#endif
