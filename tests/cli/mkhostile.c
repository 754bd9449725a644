/* SPDX-License-Identifier: MIT */
/*
 * mkhostile KIND: an archive on standard output that is the package alpha@1.0.0 but for one thing,
 * which KIND names; "good" is the package. For tests/cli/pkg_hostile.sh.
 */
#include "tests/unit/registry/tar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARCHIVE_MAX ((size_t)80 << 20)
#define MANY 120000

static void entry(struct buf *out, const char *name, char type, const char *link)
{
	tar_add(out, &(struct tar_entry){.name = name, .type = type, .link = link});
}

static void up(struct buf *out)
{
	tar_file(out, "../../../escaped", "x");
}

static void up_inside(struct buf *out)
{
	tar_file(out, "modules/../../../../escaped", "x");
}

static void absolute(struct buf *out)
{
	tar_file(out, "/tmp/x07-escaped", "x");
}

static void symlink_out(struct buf *out)
{
	entry(out, "modules/out", '2', "../../../..");
	tar_file(out, "modules/out/escaped", "x");
}

static void hardlink(struct buf *out)
{
	entry(out, "modules/link", '1', "x07-package.json");
}

static void device(struct buf *out)
{
	entry(out, "modules/null", '3', NULL);
}

static void fifo(struct buf *out)
{
	entry(out, "modules/fifo", '6', NULL);
}

static void duplicate(struct buf *out)
{
	tar_file(out, "x07-package.json", "{}");
}

static void case_clash(struct buf *out)
{
	tar_file(out, "modules/Alpha/main.x07.json", "{}");
}

static void file_and_directory(struct buf *out)
{
	tar_file(out, "modules/alpha/main.x07.json/x", "{}");
}

static void long_path(struct buf *out)
{
	char name[1400];

	memset(name, 'x', sizeof(name));
	for (size_t i = 200; i < sizeof(name); i += 200)
		name[i] = '/';
	tar_long_name(out, name, sizeof(name));
	tar_file(out, "xxx", "x");
}

static void long_segment(struct buf *out)
{
	char name[300];

	memset(name, 'x', sizeof(name));
	tar_long_name(out, name, sizeof(name));
	tar_file(out, "xxx", "x");
}

static void deep(struct buf *out)
{
	char name[160];

	for (size_t i = 0; i < sizeof(name); i++)
		name[i] = i % 2 == 0 ? 'd' : '/';
	tar_long_name(out, name, sizeof(name) - 1);
	tar_file(out, "d/d", "x");
}

static void nul(struct buf *out)
{
	tar_add(out, &(struct tar_entry){.name = "modules/a\0b", .name_len = 11});
}

static void control(struct buf *out)
{
	tar_file(out, "modules/\033[31m", "x");
}

static void backslash(struct buf *out)
{
	tar_file(out, "modules\\..\\x", "x");
}

static void many(struct buf *out)
{
	for (int i = 0; i < MANY; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "modules/e%d", i);
		entry(out, name, '0', NULL);
	}
}

static void huge_claim(struct buf *out)
{
	tar_add(out, &(struct tar_entry){.name = "modules/huge", .claimed = UINT64_C(7) << 30});
}

static void big_file(struct buf *out)
{
	size_t len = ((size_t)16 << 20) + 1;
	char *data = calloc(1, len);

	tar_add(out, &(struct tar_entry){.name = "modules/big", .data = data, .len = len});
	free(data);
}

static void sparse(struct buf *out)
{
	static const char records[] = "22 GNU.sparse.major=1\n35 GNU.sparse.realsize=10737418240\n";

	tar_add(out, &(struct tar_entry){
			 .name = "pax", .type = 'x', .data = records, .len = sizeof(records) - 1});
	tar_file(out, "modules/sparse", "x");
}

static void good(struct buf *out)
{
	(void)out;
}

/* clang-format off */
static const struct {
	const char *kind;
	void (*add)(struct buf *out);
} kinds[] = {
	{ "good", good }, { "up", up }, { "up-inside", up_inside }, { "absolute", absolute },
	{ "symlink", symlink_out }, { "hardlink", hardlink }, { "device", device }, { "fifo", fifo },
	{ "duplicate", duplicate }, { "case", case_clash }, { "file-directory", file_and_directory },
	{ "long-path", long_path }, { "long-segment", long_segment }, { "deep", deep }, { "nul", nul },
	{ "control", control }, { "backslash", backslash }, { "many", many },
	{ "huge-claim", huge_claim }, { "big-file", big_file }, { "sparse", sparse },
};
/* clang-format on */

static const char manifest[] =
    "{\"schema_version\":\"x07.package@0.1.0\",\"name\":\"alpha\",\"version\":\"1.0.0\","
    "\"module_root\":\"modules\",\"modules\":[\"alpha.main\"]}\n";

int main(int argc, char **argv)
{
	CLEANUP(buf_clear) struct buf out = buf_init(ARCHIVE_MAX);
	const void *data;

	tar_file(&out, "modules/alpha/main.x07.json", "{}");
	tar_file(&out, "x07-package.json", manifest);
	for (size_t i = 0; argc == 2 && i < ARRAY_LEN(kinds); i++) {
		if (strcmp(kinds[i].kind, argv[1]) != 0)
			continue;
		kinds[i].add(&out);
		tar_end(&out);
		data = out.data;
		return fwrite(data, 1, out.len, stdout) == out.len && fflush(stdout) == 0 ? 0 : 1;
	}
	return 2;
}
