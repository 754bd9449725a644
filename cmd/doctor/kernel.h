/* SPDX-License-Identifier: MIT */
/* Checks of `x07 doctor`: what the kernel lets this user do. */
#ifndef CMD_DOCTOR_KERNEL_H
#define CMD_DOCTOR_KERNEL_H

#include "cmd/doctor/types.h"

/** Has the kernel the system calls that the sandbox needs? */
void doctor_kernel(struct doctor *d, struct doctor_line *l);
/** May this user make user namespaces? */
void doctor_namespaces(struct doctor *d, struct doctor_line *l);
/** Does Landlock hold a process? */
void doctor_landlock(struct doctor *d, struct doctor_line *l);
/** Does a seccomp filter hold a process? */
void doctor_seccomp(struct doctor *d, struct doctor_line *l);
/** Can a filter ask a supervisor? Nothing in this build needs it. */
void doctor_notify(struct doctor *d, struct doctor_line *l);
/** Is there a cgroup that limits can be set in? */
void doctor_cgroup(struct doctor *d, struct doctor_line *l);
/** What a backend vm would need. */
void doctor_vm(struct doctor *d, struct doctor_line *l);

#endif
