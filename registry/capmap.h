/* SPDX-License-Identifier: MIT */
/*
 * The capability map: which package is the one to take for "an HTTP client". Ships with the tool as
 * registry/bundled/capabilities.json; pure look-ups here.
 * Source: docs/format/capabilities.schema.json; spec packages 10.
 */
#ifndef REGISTRY_CAPMAP_H
#define REGISTRY_CAPMAP_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define REGISTRY_CAPMAP_MAX_BYTES ((size_t)1 << 20)

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

/**
 * Read a map, `capabilities` and `elsewhere`, and check it: ids once over both, aliases lead to ids
 * and are none themselves, one version for each package name.
 * @return 0; ERR_FORMAT (X07PKG_CAPABILITIES_INVALID) naming the place.
 */
MUST_CHECK int registry_capmap_parse(
    struct registry_capmap *out, const char *text, size_t len, struct err *err);
/** As registry_capmap_parse, from a file. */
MUST_CHECK int registry_capmap_load(struct registry_capmap *out, const char *path, struct err *err);
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
