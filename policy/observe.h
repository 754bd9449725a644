/* SPDX-License-Identifier: MIT */
/*
 * From what a run did to the smallest policy that allows it. Pure: recorded operations in, two
 * texts out, the policy document and a page for the person who reviews it.
 * Source: docs/cmd/policy-observe.md.
 */
#ifndef POLICY_OBSERVE_H
#define POLICY_OBSERVE_H

#include "policy/policy.h"

enum policy_use_kind {
	POLICY_USE_READ,
	POLICY_USE_WRITE,
	POLICY_USE_ENV,
	POLICY_USE_CLOCK,
	POLICY_USE_SLEEP,
	POLICY_USE_TZID,
	POLICY_USE_EXIT,
	POLICY_USE_NET
};

/** One kind of operation with its count. Strings borrowed. */
struct policy_use {
	const char *what;    /* head of the language: "os.fs.read_file" */
	const char *subject; /* as the program wrote it: path, key, host:port */
	const char *path; /* files: relative to the project, or absolute outside it; NULL = none */
	const char *real; /* where symbolic links lead, in the same form; NULL = same as path */
	const char *root; /* text of the root that held it; NULL = none */
	const char
	    *why_not; /* refused, and must not be granted: the reason, static; NULL otherwise */
	uint64_t count;
	uint64_t most; /* largest single one: bytes, milliseconds */
	enum policy_use_kind kind;
	bool joined;   /* the head appends the path to each root in turn */
	bool dir;      /* the path is a directory, and its contents count */
	bool created;  /* the directory was made by the run: it is no root for the next one */
	bool moved;    /* the name itself was removed or renamed: its root lies above it */
	bool internal; /* decides about roots, but is no operation of its own */
	bool refused;  /* the run was not allowed to */
	bool udp;      /* hosts: needs net.allow_udp */
	bool lookup;   /* hosts: needs neither TCP nor UDP */
};

/** A run as it was recorded. */
struct policy_observed {
	const struct policy_use *uses; /* borrowed, in order of first occurrence */
	size_t count;
	bool fs, symlinks, mkdir, remove, rename, walk, glob; /* flags that were needed */
	bool hidden_listed;                                   /* a listing showed hidden names */
	bool blocking;         /* a head that threads.max_blocking decides about ran */
	bool unsafe, ffi;      /* the program does not compile without */
	uint32_t most_fd;      /* highest descriptor */
	uint32_t most_entries; /* of one listing; also what a refused one would have needed */
	uint32_t most_depth;
	int64_t cpu_ns, wall_ns;
	uint64_t mem_bytes; /* address space that the runtime reserves */
	uint64_t lost;      /* operations that were counted without being recorded */
	const char *policy_id;
	const char *program; /* for the texts */
	const char *base;    /* policy of the run, for the texts */
	const char *outcome; /* how the run ended, for the texts */
	bool permissive;
};

/** The result. policy_proposal_clear. */
struct policy_proposal {
	struct buf policy; /* document of x07.run-os-policy@0.1.0 */
	struct buf review; /* Markdown */
	uint32_t granted;  /* grants, limits not counted */
	uint32_t added;    /* of them, for operations that this run was refused */
	uint32_t withheld; /* refused kinds of operation that get no grant */
};

/** Free what a proposal holds. */
void policy_proposal_clear(struct policy_proposal *p);

/**
 * The smallest policy for a run.
 *
 * Operations outside the project that the run was refused get no grant; the review names them.
 *
 * @param out  written on success only.
 * @return 0; ERR_USAGE for a bad policy_id; ERR_LIMIT when the lists of a policy cannot hold it.
 */
MUST_CHECK int policy_observe(
    struct policy_proposal *out, const struct policy_observed *in, struct err *err);

#endif
