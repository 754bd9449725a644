/* SPDX-License-Identifier: MIT */
/* Asking the index about packages, and warning of what it says. */
#include "cmd/pkg/ask.h"

#include "registry/codes.h"

#include <string.h>

/* A package from somewhere else is none of this registry's. */
static bool is_not_there(int rc, const struct err *err)
{
	return rc == ERR_NOT_FOUND || err_is(err, REGISTRY_CODE(INDEX_NO_MATCH));
}

int pkg_ask_index(struct pkg_items *items, struct pkg_supply *supply, struct err *err)
{
	AUTO_FREE const char **names = base_calloc((size_t)items->count + 1, sizeof(*names));
	uint32_t n = 0;
	int rc;

	for (uint32_t i = 0; i < items->count; i++) {
		if (!items->list[i].local)
			names[n++] = items->list[i].name;
	}
	if (n == 0)
		return 0;
	rc = client_prefetch(pkg_supply_index(supply), names, n, err);
	if (rc < 0)
		return rc;
	for (uint32_t i = 0; i < items->count; i++) {
		struct pkg_item *item = &items->list[i];
		struct err inner = {0};

		if (item->local)
			continue;
		rc = client_version(
		    &item->line, pkg_supply_index(supply), item->name, item->version, &inner);
		if (rc < 0 && !is_not_there(rc, &inner)) {
			*err = inner;
			return rc;
		}
	}
	return 0;
}

int pkg_ask_index_if_online(struct pkg_items *items, struct pkg_supply *supply, struct err *err)
{
	struct err inner = {0};
	int rc = pkg_ask_index(items, supply, &inner);

	if (rc == 0 || err_is(&inner, REGISTRY_CODE(OFFLINE_INDEX)))
		return 0;
	*err = inner;
	return rc;
}

static void warn(const struct registry_version *line, const struct notes *notes)
{
	if (line->yanked)
		notes_say(notes, "warning: %s@%s was withdrawn by its registry", line->name,
		    line->version);
	for (uint32_t i = 0; i < line->advisory_count; i++) {
		const struct registry_advisory *a = &line->advisories[i];

		if (!a->withdrawn)
			notes_say(notes, "warning: %s@%s: advisory %s (%s, %s): %s", line->name,
			    line->version, a->id, a->kind, a->severity, a->summary);
	}
}

void pkg_ask_warn(const struct pkg_items *items, const struct notes *notes)
{
	for (uint32_t i = 0; i < items->count; i++) {
		if (items->list[i].line != NULL)
			warn(items->list[i].line, notes);
	}
}
