/* SPDX-License-Identifier: MIT */
/* One line on the terminal that says how far a command is; nothing when nobody looks. */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A display. Zero-initialised = off. Plain value. */
struct progress {
	bool on;
	bool shown; /* a line is on the screen */
	const char *phase;
	int64_t start_ns, last_ns;
	uint64_t bytes; /* of the phase so far */
	size_t packages;
	uint64_t total_bytes; /* of the phases before */
};

/** On when standard error is a terminal that can overwrite a line, and neither CI nor @p quiet. */
void progress_init(struct progress *p, bool quiet);
/** Start a phase, "downloading", and show it. @param phase static storage. */
void progress_phase(struct progress *p, const char *phase);
/** Show where it stands; at most ten times a second. */
void progress_at(struct progress *p, size_t done, size_t count, uint64_t bytes);
/** Take the line away. */
void progress_clear(struct progress *p);

#endif
