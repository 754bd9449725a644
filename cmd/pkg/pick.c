/* SPDX-License-Identifier: MIT */
/* Versions of a package in order, and which of them a word means. */
#include "cmd/pkg/pick.h"

#include "cmd/pkg/capmap.h"
#include "cmd/pkg/near.h"
#include "pkg/codes.h"
#include "pkg/require.h"
#include "registry/codes.h"
#include "registry/index.h"

#include <stdlib.h>
#include <string.h>

static int by_version(const void *a, const void *b)
{
	const struct pkg_pick_row *x = a, *y = b;
	int order = pkg_version_cmp(&x->parsed, &y->parsed);

	return order != 0 ? order : strcmp(x->v->version, y->v->version);
}

/* Ascending; what is no version is left out. */
struct pkg_pick_row *pkg_pick_sorted(uint32_t *count, const struct registry_index *file)
{
	struct pkg_pick_row *rows = base_calloc((size_t)file->count + 1, sizeof(*rows));
	uint32_t n = 0;

	for (uint32_t i = 0; i < file->count; i++) {
		struct err ignored = {0};

		rows[n].v = &file->versions[i];
		n += pkg_version_parse(&rows[n].parsed, str_c(rows[n].v->version), &ignored) == 0;
	}
	qsort(rows, n, sizeof(*rows), by_version);
	*count = n;
	return rows;
}

int pkg_pick_none_left(struct err *err, const struct pkg_supply *supply, const char *name)
{
	return err_code(err, ERR_PKG, REGISTRY_CODE(INDEX_NO_MATCH), "no version of %s in %s", name,
	    client_settings_called(supply->o.settings));
}

/* A capability has dots, which names have not: its package is what was meant. */
static int no_spec(const struct pkg_supply *supply, const char *spec, struct err *err)
{
	CLEANUP(registry_capmap_clear) struct registry_capmap map = {0};
	const struct registry_capability *c = NULL;
	struct err ignored = {0};

	if (pkg_capmap_open(&map, supply->o.settings, &ignored) == 0)
		c = registry_capmap_find(&map, spec);
	if (c == NULL)
		return err_code(
		    err, ERR_PKG, PKG_CODE(SPEC_INVALID), "'%s' is no NAME[@VERSION]", spec);
	return err_code(err, ERR_PKG, PKG_CODE(SPEC_INVALID),
	    "'%s' is a capability, no package: its package is %s@%s", spec, c->canonical.name,
	    c->canonical.version);
}

int pkg_pick(const struct registry_version **out, struct pkg_supply *supply, struct arena *arena,
    const char *spec, struct err *err)
{
	const struct registry_index *file = NULL;
	AUTO_FREE struct pkg_pick_row *rows = NULL;
	struct str name, version;
	uint32_t count = 0;
	const char *n;
	int rc = pkg_spec_split(&name, &version, str_c(spec), err);

	if (rc < 0)
		return no_spec(supply, spec, err);
	n = arena_strndup(arena, name.ptr, name.len);
	rc = client_get(&file, pkg_supply_index(supply), n, err);
	if (rc < 0)
		return rc == ERR_NOT_FOUND ? pkg_near_no_package(err, supply, n) : rc;
	if (version.len > 0)
		return registry_index_find(
		    out, file, arena_strndup(arena, version.ptr, version.len), err);
	rows = pkg_pick_sorted(&count, file);
	/* The highest release, and only without one the highest pre-release. */
	for (int pre = 0; pre <= 1; pre++) {
		for (uint32_t i = count; i > 0; i--) {
			if (rows[i - 1].v->yanked || (pre == 0 && rows[i - 1].parsed.pre.len > 0))
				continue;
			*out = rows[i - 1].v;
			return 0;
		}
	}
	return pkg_pick_none_left(err, supply, n);
}
