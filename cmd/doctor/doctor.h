/* SPDX-License-Identifier: MIT */
/*
 * `x07 doctor`: one row for each thing that a run needs (cmd/cmd_doctor.c), one small function that
 * tries it (cmd/doctor_*.c), and the fix for this distribution (cmd/doctor/host.c).
 */
#ifndef CMD_DOCTOR_DOCTOR_H
#define CMD_DOCTOR_DOCTOR_H

#include "cmd/run/run.h"

#define DOCTOR_TEXT_MAX 4096u

/** Options of the command (cmd/table.c). */
struct doctor_options {
	const char *emit, *registry;
};

enum doctor_state {
	DOCTOR_OK,
	DOCTOR_WARN, /* something is slower or missing; a sandboxed run starts all the same */
	DOCTOR_FAIL, /* no sandboxed run starts */
	DOCTOR_SKIP  /* does not matter here; the detail says why */
};

/** What the host is. Texts owned. */
struct doctor_host {
	char *id, *id_like;    /* of /etc/os-release; "" when it does not say */
	const char *container; /* "docker", "podman", ...; NULL = none that we can see. Static */
	bool wsl, root, systemd;
};

/** One line of the report. */
struct doctor_line {
	enum doctor_state state;
	bool required; /* set before the check runs: doctor_bad() is red, not yellow */
	struct buf detail, fix;
};

/** What the checks share. */
struct doctor {
	const struct cmd_call *call;
	const struct doctor_options *options;
	struct doctor_host host;
	struct run_isolation isolation;
	bool backend_ok;   /* isolation was resolved */
	bool os_backend;   /* the layers of backend os matter: it is chosen, or nothing is yet */
	bool offline;      /* X07_OFFLINE */
	bool project, net; /* there is a usable project here; its policy wants the network */
	char *manifest;    /* owned; x07.json found upwards from here, NULL = none */
	char *dir, *program, *policy; /* owned: our folder, program and policy for trying */
	char *std_root, *rt_dir;      /* owned */
};

/** Say how it is; the first call of one check decides. Each may be followed by doctor_fix. */
void doctor_ok(struct doctor_line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
void doctor_warn(struct doctor_line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
void doctor_skip(struct doctor_line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
/** Red when the row is required, else yellow. */
void doctor_bad(struct doctor_line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
/** The command or edit that mends it; several are joined by "; ". */
void doctor_fix(struct doctor_line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* cmd/doctor/host.c */
void doctor_host_find(struct doctor_host *out);
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

/* One check each. */
void doctor_backend(struct doctor *d, struct doctor_line *l);
void doctor_project(struct doctor *d, struct doctor_line *l);
void doctor_kernel(struct doctor *d, struct doctor_line *l);
void doctor_namespaces(struct doctor *d, struct doctor_line *l);
void doctor_landlock(struct doctor *d, struct doctor_line *l);
void doctor_seccomp(struct doctor *d, struct doctor_line *l);
void doctor_notify(struct doctor *d, struct doctor_line *l);
void doctor_cgroup(struct doctor *d, struct doctor_line *l);
void doctor_libtcc(struct doctor *d, struct doctor_line *l);
void doctor_sandbox(struct doctor *d, struct doctor_line *l);
void doctor_compiler(struct doctor *d, struct doctor_line *l);
void doctor_cache(struct doctor *d, struct doctor_line *l);
void doctor_broker(struct doctor *d, struct doctor_line *l);
void doctor_ca_bundle(struct doctor *d, struct doctor_line *l);
void doctor_resolver(struct doctor *d, struct doctor_line *l);
void doctor_store(struct doctor *d, struct doctor_line *l);
void doctor_embedded(struct doctor *d, struct doctor_line *l);
void doctor_registry(struct doctor *d, struct doctor_line *l);
void doctor_vm(struct doctor *d, struct doctor_line *l);

int cmd_doctor(const struct cmd_call *call);

#endif
