/* SPDX-License-Identifier: MIT */
/* What the checks of `x07 doctor` share: the host, one line of the report, and what is tried. */
#ifndef CMD_DOCTOR_TYPES_H
#define CMD_DOCTOR_TYPES_H

#include "cmd/cmd.h"
#include "cmd/run/types.h"

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
	const struct run_caller *caller;
	const struct doctor_options *options;
	struct doctor_host host;
	bool os_backend;   /* the layers of backend os matter: it is chosen, or nothing is yet */
	bool offline;      /* X07_OFFLINE */
	bool project, net; /* there is a usable project here; its policy wants the network */
	char *manifest;    /* owned; x07.json found upwards from here, NULL = none */
	char *dir, *program, *policy; /* owned: our folder, program and policy for trying */
	struct run_dirs dirs;
};

#endif
