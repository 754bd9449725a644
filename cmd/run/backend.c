/* SPDX-License-Identifier: MIT */
/*
 * Which sandbox backend a run uses. The default is vm and fails closed; nothing weaker is chosen
 * without being asked for twice.
 * Source: docs/cmd/run.md.
 */
#include "cmd/run/backend.h"

#include "base/near.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define VM_REASON                                                                                  \
	"sandbox_backend=vm has no VM runtime on this host (this build has none to start yet), "   \
	"and the run fails closed"

enum request { REQUEST_AUTO, REQUEST_VM, REQUEST_OS, REQUEST_NONE };

static const struct {
	const char *name;
	enum request request;
} requests[] = {
    {"auto", REQUEST_AUTO},
    {"vm", REQUEST_VM},
    {"os", REQUEST_OS},
    {"native", REQUEST_OS},
    {"none", REQUEST_NONE},
};

/* Trimmed and without regard to case. */
static bool same_word(const char *text, const char *word)
{
	size_t len;

	text += strspn(text, " \t\r\n");
	len = strcspn(text, " \t\r\n");
	return len == strlen(word) && strncasecmp(text, word, len) == 0 &&
	       text[len + strspn(text + len, " \t\r\n")] == '\0';
}

static int parse_request(
    enum request *out, const struct run_isolation_options *options, struct err *err)
{
	const char *from_env = getenv("X07_SANDBOX_BACKEND");
	const char *text = options->backend != NULL ? options->backend : from_env;

	*out = REQUEST_AUTO;
	if (text == NULL || text[strspn(text, " \t\r\n")] == '\0')
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		if (same_word(text, requests[i].name)) {
			*out = requests[i].request;
			return 0;
		}
	}
	return err_set(
	    err, ERR_USAGE, "X07_SANDBOX_BACKEND is '%s'; it must be auto, vm, os or none", text);
}

static int parse_accepted(bool *out, const struct run_isolation_options *options, struct err *err)
{
	const char *text = getenv("X07_I_ACCEPT_WEAKER_ISOLATION");

	*out = options->accept_weaker;
	if (text == NULL || text[0] == '\0' || near_is_choice("0|false|FALSE|no|NO", text))
		return 0;
	if (!near_is_choice("1|true|TRUE|yes|YES", text))
		return err_set(err, ERR_USAGE,
		    "X07_I_ACCEPT_WEAKER_ISOLATION is '%s'; it must be 1 or 0", text);
	*out = true;
	return 0;
}

static int refuse_unaccepted(const char *name, struct err *err)
{
	return err_set(err, ERR_SANDBOX,
	    "sandbox_backend=%s is weaker than the default of run-os-sandboxed: the world defaults "
	    "to sandbox_backend=vm and fails closed. Either use sandbox_backend=vm, or accept the "
	    "weaker isolation with --i-accept-weaker-isolation or "
	    "X07_I_ACCEPT_WEAKER_ISOLATION=1",
	    name);
}

/* A solve world is granted nothing, so the os layers leave nothing that one would have to accept.
 */
static int resolve_solve(struct run_isolation *out, const struct run_isolation_options *options,
    enum lang_world world, struct err *err)
{
	if (options->backend != NULL || options->accept_weaker)
		return err_set(err, ERR_USAGE,
		    "%s is only for the worlds run-os and run-os-sandboxed; %s always runs in the "
		    "layers of the backend os",
		    options->backend != NULL ? "--sandbox-backend" : "--i-accept-weaker-isolation",
		    lang_world_name(world));
	*out = (struct run_isolation){.backend = RUN_BACKEND_OS};
	return 0;
}

int run_isolation_resolve(struct run_isolation *out, const struct run_isolation_options *options,
    enum lang_world world, struct err *err)
{
	struct run_isolation in = {0};
	enum request request;
	int rc;

	if (lang_world_is_solve(world))
		return resolve_solve(out, options, world, err);
	rc = parse_request(&request, options, err);
	if (rc < 0)
		return rc;
	rc = parse_accepted(&in.accepted, options, err);
	if (rc < 0)
		return rc;
	switch (request) {
	case REQUEST_AUTO:
		in.backend = world == LANG_RUN_OS_SANDBOXED ? RUN_BACKEND_VM : RUN_BACKEND_NONE;
		break;
	case REQUEST_VM:
		if (world != LANG_RUN_OS_SANDBOXED)
			return err_set(err, ERR_USAGE,
			    "sandbox_backend=vm is only for world run-os-sandboxed");
		in.backend = RUN_BACKEND_VM;
		break;
	case REQUEST_OS:
		/* Without a policy there is nothing to enforce: docs/spec/run-and-policy.md 12. */
		in.backend = world == LANG_RUN_OS_SANDBOXED ? RUN_BACKEND_OS : RUN_BACKEND_NONE;
		break;
	case REQUEST_NONE:
		in.backend = RUN_BACKEND_NONE;
		break;
	}
	if (world == LANG_RUN_OS_SANDBOXED && in.backend != RUN_BACKEND_VM && !in.accepted)
		return refuse_unaccepted(run_backend_name(in.backend), err);
	if (in.backend == RUN_BACKEND_VM)
		in.failure = VM_REASON;
	*out = in;
	return 0;
}

const char *run_backend_name(enum run_backend backend)
{
	switch (backend) {
	case RUN_BACKEND_VM:
		return "vm";
	case RUN_BACKEND_OS:
		return "os";
	case RUN_BACKEND_NONE:
		return "none";
	}
	return "none";
}
