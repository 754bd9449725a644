/* SPDX-License-Identifier: MIT */
/* snapshot.json, its check and the buckets; the same bytes as a bucket of the snapshot read. */
#include "registry/snapshot.h"
#include "registry/trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(registry_snapshot_clear) struct registry_snapshot s = {0}, again = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(REGISTRY_SNAPSHOT_MAX * 2);
	struct registry_trust trust = {0};
	uint8_t digest[SHA256_BYTES];
	struct err err = {0};

	if (registry_snapshot_parse(&s, (const char *)data, size, &err) < 0)
		return 0;
	/* Nothing is trusted, so nothing may be believed. */
	if (registry_snapshot_check(&trust, &s, s.issued_s, &err) == 0)
		abort();
	(void)!registry_snapshot_find(
	    digest, &s, "alpha", (struct str){(const char *)data, (uint32_t)size}, &err);
	registry_snapshot_print(&text, &s);
	if (registry_snapshot_parse(&again, text.data, text.len, &err) < 0 ||
	    again.version != s.version || again.bits != s.bits)
		abort();
	return 0;
}
