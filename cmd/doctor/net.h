/* SPDX-License-Identifier: MIT */
/* Checks of `x07 doctor`: what programs need for the network, and packages for everything. */
#ifndef CMD_DOCTOR_NET_H
#define CMD_DOCTOR_NET_H

#include "cmd/doctor/types.h"

/** Does the network broker start and confine itself? */
void doctor_broker(struct doctor *d, struct doctor_line *l);
/** Are there certificates that TLS can be verified with? */
void doctor_ca_bundle(struct doctor *d, struct doctor_line *l);
/** Does the host say who answers for names? */
void doctor_resolver(struct doctor *d, struct doctor_line *l);
/** Can packages be written to the store? */
void doctor_store(struct doctor *d, struct doctor_line *l);
/** Is every byte of the registry that ships with the tool what was signed? */
void doctor_embedded(struct doctor *d, struct doctor_line *l);
/** Does the configured registry answer? The only check that may reach another host. */
void doctor_registry(struct doctor *d, struct doctor_line *l);

#endif
