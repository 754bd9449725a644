/* SPDX-License-Identifier: MIT */
/* The network broker of a run. */
#ifndef CMD_RUN_NET_H
#define CMD_RUN_NET_H

#include "cmd/run/types.h"

/** The policy, or the world that has none, gives the program a network. */
bool run_net_given(const struct run_policy *policy, enum lang_world world);
/** Make the descriptors that the sandbox needs. @param out  run_net_clear. */
MUST_CHECK int run_net_open(struct run_net *out, struct err *err);
/**
 * The program is loaded and uses the network: start the broker. Nothing when there is no network,
 * or it runs.
 * @param rt_dir  the broker's program stands beside this folder.
 * @return 0; ERR_SANDBOX when it is not installed, or what broker_start says.
 */
MUST_CHECK int run_net_start(struct run_net *net, const struct run_policy *policy,
    const char *rt_dir, const struct notes *notes, struct err *err);
/** The program has ended: read the log, and append what it says to the effects. */
MUST_CHECK int run_net_finish(struct run_net *net, struct run_effects *effects, struct err *err);
/** End the broker and free its log. */
void run_net_clear(struct run_net *net);

/** "none", "disabled", "allowlist": what the rules give. Static storage. */
const char *run_net_mode(const struct policy_net *rules);
/** What holds the program to it, joined by '+'; "none". Static storage. */
const char *run_net_enforcement(const struct run_net *net, const struct sandbox_result *result);

#endif
