/* SPDX-License-Identifier: MIT */
/* What the broker gives up before it reads the guest's first word. */
#ifndef SANDBOX_BROKER_CONFINE_H
#define SANDBOX_BROKER_CONFINE_H

#include "sandbox/broker.h"

/** Give up everything but talking to the network. @return NULL, or what could not be done. */
const char *broker_confine(const struct broker_config *config);

#endif
