/* SPDX-License-Identifier: MIT */
/* Edits of x07.json: what can be read before can be read afterwards, and says what was asked for.
 */
#include "pkg/edit.h"
#include "pkg/manifest.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEXT_MAX ((size_t)1 << 20)

static bool parse(struct pkg_manifest *m, const char *text, size_t len)
{
	CLEANUP(diag_list_clear) struct diag_list faults = {0};
	struct err err = {0};

	return pkg_manifest_parse(m, text, len, "/fuzz/x07.json", &faults, &err) == 0;
}

static uint32_t count_of(const struct pkg_manifest *m, const char *name)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->dependency_count; i++)
		n += strcmp(m->dependencies[i].name, name) == 0;
	return n;
}

static void edit(
    const char *text, size_t len, const struct pkg_manifest *before, const struct pkg_edit *e)
{
	CLEANUP(pkg_manifest_clear) struct pkg_manifest after = {0};
	CLEANUP(buf_clear) struct buf out = buf_init(TEXT_MAX);
	uint32_t had = count_of(before, e->name);
	struct err err = {0};
	int rc = pkg_edit_apply(&out, text, len, e, 1, &err);

	if (rc < 0 && e->version == NULL && had == 0)
		return;
	if (rc < 0 || !parse(&after, out.data, out.len))
		abort();
	if (e->version == NULL ? count_of(&after, e->name) != 0
			       : count_of(&after, e->name) != (had > 0 ? had : 1))
		abort();
	if (after.dependency_count + had != before->dependency_count + count_of(&after, e->name))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(pkg_manifest_clear) struct pkg_manifest m = {0};
	const struct pkg_edit add = {"zeta", "1.2.3", ".x07/deps/zeta/1.2.3"};
	const char *text = (const char *)data;

	if (size > TEXT_MAX / 2 || !parse(&m, text, size))
		return 0;
	edit(text, size, &m, &add);
	edit(text, size, &m, &(struct pkg_edit){"zeta", NULL, NULL});
	for (uint32_t i = 0; i < m.dependency_count && i < 4; i++) {
		const char *name = m.dependencies[i].name;

		edit(text, size, &m, &(struct pkg_edit){name, "9.9.9", "elsewhere"});
		edit(text, size, &m, &(struct pkg_edit){name, NULL, NULL});
	}
	return 0;
}
