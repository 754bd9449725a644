/* SPDX-License-Identifier: MIT */
/* What the network broker did for a run, for the report. */
#ifndef CMD_REPORT_NET_H
#define CMD_REPORT_NET_H

#include "base/json.h"
#include "cmd/run/types.h"

/** Each destination with its verdict, an object with its key. */
void report_network(struct jsonw *w, const struct run_net *net, const struct run_policy *policy);

#endif
