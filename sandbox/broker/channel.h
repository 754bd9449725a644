/* SPDX-License-Identifier: MIT */
/* The broker's ear: reads the guest's frames and hands each to the file that serves its kind. */
#ifndef SANDBOX_BROKER_CHANNEL_H
#define SANDBOX_BROKER_CHANNEL_H

#include "sandbox/broker/types.h"

/** Begin to listen to the guest at BROKER_FD_CHANNEL. */
void broker_channel_start(struct broker_server *s);

#endif
