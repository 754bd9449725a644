/* SPDX-License-Identifier: MIT */
/* The readers of x07.json and x07.lock.json on any bytes: they end and report faults or none. */
#include "pkg/lock.h"
#include "pkg/lock_verify.h"
#include "pkg/profile.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(diag_list_clear) struct diag_list faults = {0}, lock_faults = {0};
	CLEANUP(pkg_manifest_clear) struct pkg_manifest m = {0};
	CLEANUP(pkg_lock_clear) struct pkg_lock lock = {0};
	const struct pkg_profile *p = NULL;
	const char *text = (const char *)data;
	struct err err = {0};
	int rc;

	rc = pkg_manifest_parse(&m, text, size, "/fuzz/x07.json", &faults, &err);
	if ((rc == 0) != (faults.errors == 0))
		abort();
	if (rc == 0 && pkg_profile_select(&p, &m, NULL, &err) == 0 && p && !p->world)
		abort();
	rc = pkg_lock_parse(&lock, text, size, "/fuzz/x07.lock.json", &lock_faults, &err);
	if ((rc == 0) != (lock_faults.errors == 0))
		abort();
	if (rc == 0)
		(void)!pkg_lock_verify(&lock, &m, &err);
	return 0;
}
