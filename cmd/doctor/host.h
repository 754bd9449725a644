/* SPDX-License-Identifier: MIT */
/* What host this is, and how things are installed and changed on it. */
#ifndef CMD_DOCTOR_HOST_H
#define CMD_DOCTOR_HOST_H

#include "cmd/doctor/types.h"

/** Look at the host. @param out  doctor_host_clear. */
void doctor_host_find(struct doctor_host *out);
/** Free the texts of a host. */
void doctor_host_clear(struct doctor_host *host);
/** The command that installs a package here; names for apt, dnf and apk. */
void doctor_fix_install(struct doctor_line *l, const struct doctor_host *h, const char *apt,
    const char *dnf, const char *apk);
/** The commands that set a sysctl now and for good. */
void doctor_fix_sysctl(struct doctor_line *l, const struct doctor_host *h, const char *setting);
/** How to put a parameter on the kernel's command line. */
void doctor_fix_boot(struct doctor_line *l, const struct doctor_host *h, const char *parameter);
/** First line of a small file without its end; false when it cannot be read or is empty. */
bool doctor_read_line(char *out, size_t size, const char *path);

#endif
