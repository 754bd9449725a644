/* SPDX-License-Identifier: MIT */
/*
 * The capability map: which package is the one to take for "an HTTP client". It ships with the tool
 * as registry/bundled/capabilities.json; here it is looked into, capmap_read.h reads it.
 * Source: docs/format/capabilities.schema.json.
 */
#ifndef REGISTRY_CAPMAP_H
#define REGISTRY_CAPMAP_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct registry_pick {
	const char *name, *version;
};

struct registry_capability {
	const char *id, *summary;
	struct registry_pick canonical;
	const struct registry_pick *alternatives;
	uint32_t alternative_count;
	const char *const *modules; /* module ids that the canonical pick provides */
	uint32_t module_count;
	const char *const *worlds;
	uint32_t world_count;
	bool ships;         /* of `capabilities`: in the registry that the map comes with */
	const char *status; /* "stable", "experimental", "deprecated"; NULL when absent */
	const char *notes;  /* NULL when absent */
};

struct registry_alias {
	const char *alias, *id;
};

/** The map. Opens with registry_capmap_parse, registry_capmap_clear. */
struct registry_capmap {
	struct arena arena;
	struct registry_capability *items; /* by id */
	uint32_t count;
	struct registry_alias *aliases; /* by alias */
	uint32_t alias_count;
};

/** Free what a map owns. */
void registry_capmap_clear(struct registry_capmap *map);

/** By id or alias; NULL when there is none. */
const struct registry_capability *registry_capmap_find(
    const struct registry_capmap *map, const char *word);

/** The capability whose canonical pick provides a module; NULL when none says so. */
const struct registry_capability *registry_capmap_provider(
    const struct registry_capmap *map, const char *module_id);

/** The known word that is nearest to a mistyped one; NULL when none is near. */
const char *registry_capmap_suggest(const struct registry_capmap *map, const char *word);

#endif
