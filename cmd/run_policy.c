/* SPDX-License-Identifier: MIT */
/*
 * The policy of a run: loads the file that run_target found, derives one when override flags are
 * given, and refuses what this build cannot enforce.
 * Source: spec run-and-policy 6.6, 7.
 */
#include "cmd/run.h"

#include <stdio.h>

static bool has_overrides(const struct run_options *o)
{
	return o->allow_hosts.count + o->allow_host_files.count + o->deny_hosts.count +
		   o->deny_host_files.count + o->allow_read_roots.count +
		   o->allow_write_roots.count >
	       0;
}

/* A fault of the document is exit status 2 here; 3 is for derived policies (section 1). */
static int wrap_fault(int rc, const char *path, struct err *err)
{
	if (rc == ERR_SCHEMA || rc == ERR_FORMAT)
		return err_set(err, ERR_FORMAT, "invalid policy: %s", path);
	return err_wrap(err, "policy %s", path);
}

int run_policy_load(struct run *run, struct err *err)
{
	const char *path = run->target.policy_path;
	int rc;

	if (path == NULL)
		return 0;
	if (has_overrides(run->options))
		return err_set(err, ERR_UNSUPPORTED,
		    "--allow-* and --deny-* are not supported yet; edit a copy of %s and name it "
		    "with --policy",
		    path);
	rc = policy_load(&run->policy, path, &run->diags, err);
	if (rc < 0)
		return wrap_fault(rc, path, err);
	run->has_policy = true;
	if (run->policy.process.enabled && run->policy.process.allow_spawn)
		return err_set(err, ERR_UNSUPPORTED,
		    "%s sets process.allow_spawn, which this build cannot enforce yet, so it does "
		    "not run the program; set it to false",
		    path);
	return 0;
}
