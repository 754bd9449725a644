/* SPDX-License-Identifier: MIT */
/*
 * soak_diff FIRST COUNT [SECONDS]: random programs, each compiled by libtcc and by `cc -O2`; both
 * must give the same output, trap and statistics (fuel and memory with them), and must run out of
 * fuel with one unit less than they used. A program that a C compiler refuses is a failure too. A
 * program that fails is kept in the working folder as seed-<n>.x07.json.
 */
#include "base/file.h"
#include "base/file_replace.h"
#include "base/path.h"
#include "tests/fuzz/progen.h"
#include "tests/unit/lang/guest_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define FUEL 2000000u
#define PROGRAM_MAX (1u << 20)
#define NAME "program.x07.json"

struct tally {
	unsigned same, trapped, refused, failed;
};

static const char *text_of(const struct buf *b)
{
	return b->data != NULL ? b->data : "";
}

static bool complain(unsigned long long seed, const char *what, const char *a, const char *b)
{
	(void)fprintf(stderr, "seed %llu: %s\n  fast: %.300s\n  full: %.300s\n", seed, what, a, b);
	return false;
}

static bool build(struct lang_image image[2], struct lang_program *p, unsigned long long seed)
{
	struct err err = {0};
	int rc = lang_image_fast(&image[0], p, &err);

	if (rc < 0)
		return complain(seed, "libtcc refuses the text", err.message, "");
	rc = lang_image_full(&image[1], p, &err);
	return rc < 0 ? complain(seed, "cc refuses the text", "", err.message) : true;
}

static bool run(
    struct guest_result *r, const struct lang_image *image, const char *rt_dir, uint64_t fuel)
{
	static const char input[] = "the input, 0123456789\n\0\xff";

	return guest_run(r, image, rt_dir, input, sizeof(input), fuel);
}

static bool same(const struct guest_result r[2], unsigned long long seed)
{
	if (r[0].status != r[1].status || strcmp(text_of(&r[0].notes), text_of(&r[1].notes)) != 0)
		return complain(seed, "notes differ", text_of(&r[0].notes), text_of(&r[1].notes));
	if (r[0].output.len != r[1].output.len ||
	    (r[0].output.len > 0 &&
		memcmp(r[0].output.data, r[1].output.data, r[0].output.len) != 0))
		return complain(seed, "outputs differ", "", "");
	return true;
}

/* The unit of fuel that is missing is missed, by both. */
static bool one_short(const struct lang_image image[2], const char *rt_dir, const char *notes,
    unsigned long long seed)
{
	const char *at = strstr(notes, "\"fuel_used\":");
	uint64_t used = at != NULL ? strtoull(at + strlen("\"fuel_used\":"), NULL, 10) : 0;

	for (int i = 0; used > 0 && i < 2; i++) {
		CLEANUP(guest_result_clear) struct guest_result r = {0};

		if (!run(&r, &image[i], rt_dir, used - 1))
			return complain(seed, "the guest did not start", "", "");
		if (strcmp(text_of(&r.notes), "fuel exhausted\n") != 0)
			return complain(seed, "one unit short is not noticed",
			    i == 0 ? text_of(&r.notes) : "", i == 1 ? text_of(&r.notes) : "");
	}
	return true;
}

/* Of the fast and of the full compiler. */
struct both {
	struct lang_image of[2];
};

static void clear_both(struct both *images)
{
	lang_image_clear(&images->of[0]);
	lang_image_clear(&images->of[1]);
}

static bool compare(
    struct tally *t, struct lang_program *p, const char *rt_dir, unsigned long long seed)
{
	CLEANUP(clear_both) struct both images = {.of = {{.fd = -1}, {.fd = -1}}};
	struct lang_image *image = images.of;
	struct guest_result r[2] = {{.status = 0}, {.status = 0}};
	bool ok = build(image, p, seed);

	for (int i = 0; ok && i < 2; i++)
		ok = run(&r[i], &image[i], rt_dir, FUEL) ||
		     complain(seed, "the guest did not start", "", "");
	ok = ok && same(r, seed);
	if (ok && r[0].status == 0)
		ok = one_short(image, rt_dir, text_of(&r[0].notes), seed);
	t->same += ok;
	t->trapped += ok && r[0].status != 0;
	if (ok && r[0].status != 0 && getenv("SOAK_VERBOSE") != NULL)
		(void)fprintf(stderr, "seed %llu: %s", seed, text_of(&r[0].notes));
	guest_result_clear(&r[0]);
	guest_result_clear(&r[1]);
	return ok;
}

static bool try_seed(struct tally *t, const char *rt_dir, unsigned long long seed)
{
	CLEANUP(buf_clear) struct buf text = buf_init(PROGRAM_MAX);
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct lang_options options = {
	    .entry_path = NAME, .rt_dir = rt_dir, .world = LANG_SOLVE_PURE};
	struct lang_program *p = NULL;
	struct err err = {0};
	bool ok;
	int rc;

	progen(&text, seed);
	rc = file_replace(NAME, text.data, text.len, &err);
	if (rc == 0)
		rc = lang_load(&p, &options, &diags, &err);
	if (rc == 0)
		rc = lang_translate(p, &diags, &err);
	if (rc == 0) {
		ok = compare(t, p, rt_dir, seed);
	} else {
		/* a rule that the generator does not know: must be the one honest error */
		ok = rc == ERR_COMPILE && diags.count == 1;
		t->refused += ok;
		if (getenv("SOAK_VERBOSE") != NULL || !ok)
			(void)fprintf(stderr, "seed %llu: %s\n", seed, err.message);
	}
	lang_program_free(p);
	return ok;
}

static void keep(unsigned long long seed)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "seed-%llu.x07.json", seed);
	(void)rename(NAME, name);
}

int main(int argc, char **argv)
{
	const char *build_dir = getenv("X07_BUILD_DIR");
	AUTO_FREE char *rt_dir = path_join(build_dir != NULL ? build_dir : ".", "lib/x07/rt");
	unsigned long long first = argc > 2 ? strtoull(argv[1], NULL, 10) : 0;
	unsigned long long count = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
	time_t end = argc > 3 ? time(NULL) + strtol(argv[3], NULL, 10) : 0;
	struct tally t = {0};

	for (unsigned long long i = 0; i < count && (end == 0 || time(NULL) < end); i++) {
		if (!try_seed(&t, rt_dir, first + i)) {
			t.failed++;
			keep(first + i);
		}
	}
	(void)fprintf(stderr, "%u programs the same (%u trapped), %u refused, %u failed\n", t.same,
	    t.trapped, t.refused, t.failed);
	return t.failed > 0 || t.same == 0;
}
