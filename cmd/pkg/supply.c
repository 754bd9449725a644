/* SPDX-License-Identifier: MIT */
/* Opening registry, store and x07-unpack on demand, and what came over the network. */
#include "cmd/pkg/supply.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/spawn.h"
#include "base/vec.h"
#include "pkg/codes.h"

#include <stdio.h>
#include <string.h>

#define STORE_WAIT_MS 600000u

void pkg_supply_init(struct pkg_supply *out, const struct pkg_supply_options *options)
{
	*out = (struct pkg_supply){.o = *options};
}

void pkg_supply_clear(struct pkg_supply *s)
{
	if (s->unpacker != NULL)
		unpack_client_free(s->unpacker);
	if (s->store != NULL)
		store_close(s->store);
	client_close(&s->index);
	base_free_ptr(&s->fetched);
	arena_clear(&s->arena);
	*s = (struct pkg_supply){0};
}

static void add_key(struct registry_trust *out, const struct pkg_lock_key *from)
{
	CLEANUP(buf_clear) struct buf pub = buf_init(REGISTRY_ED25519_PUB);
	struct registry_key *key = &out->keys[out->key_count];
	const char *text = from->ed25519_pub;

	if (strlen(from->id) > REGISTRY_KEY_ID_MAX ||
	    !buf_add_base64_decoded(&pub, text, strlen(text)) || pub.len != sizeof(key->pub))
		return;
	(void)snprintf(key->id, sizeof(key->id), "%s", from->id);
	memcpy(key->pub, pub.data, pub.len);
	out->key_count++;
}

/* The keys of the lock, when it is about this registry. */
static bool recorded_trust(struct registry_trust *out, const struct pkg_supply_options *o)
{
	const struct pkg_lock *lock = o->lock;

	*out = (struct registry_trust){0};
	if (lock == NULL || o->settings->embedded || lock->index_url == NULL ||
	    strcmp(lock->index_url, o->settings->index_url) != 0)
		return false;
	for (uint32_t i = 0; i < lock->key_count && i < REGISTRY_KEYS_MAX; i++)
		add_key(out, &lock->keys[i]);
	return out->key_count > 0;
}

struct client_index *pkg_supply_index(struct pkg_supply *s)
{
	struct registry_trust recorded;

	if (s->index != NULL)
		return s->index;
	s->index = client_open(
	    s->o.settings, recorded_trust(&recorded, &s->o) ? &recorded : NULL, &s->o.watch);
	if (s->o.refresh)
		client_refresh(s->index);
	return s->index;
}

int pkg_supply_store(struct store **out, struct pkg_supply *s, struct err *err)
{
	AUTO_FREE char *root = client_home_path(s->o.settings, "store");
	struct err inner = {0};
	int rc;

	if (s->store == NULL) {
		if (file_mkdirs(s->o.settings->home, &inner) < 0)
			return err_code(err, ERR_PKG, PKG_CODE(IO),
			    "folder of the store: %s; X07_PKG_HOME names another", inner.message);
		rc = store_open(&s->store, root, STORE_WAIT_MS, err);
		if (rc < 0)
			return rc;
	}
	*out = s->store;
	return 0;
}

int pkg_supply_unpacker(struct unpack_client **out, struct pkg_supply *s, struct err *err)
{
	AUTO_FREE char *program = NULL;
	int rc;

	if (s->unpacker == NULL) {
		rc = spawn_find(&program, "x07-unpack", err);
		if (rc < 0)
			return rc;
		rc = unpack_client_start(&s->unpacker, program, err);
		if (rc < 0)
			return rc;
	}
	*out = s->unpacker;
	return 0;
}

void pkg_supply_phase(const struct pkg_supply *s, const char *phase)
{
	if (s->o.watch.phase != NULL)
		s->o.watch.phase(s->o.watch.ctx, phase);
}

void pkg_supply_note_fetched(struct pkg_supply *s, const char *archive)
{
	VEC_PUSH(s->fetched, s->fetched_count, s->fetched_cap,
	    arena_strndup(&s->arena, archive, strlen(archive)));
}

bool pkg_supply_was_fetched(const struct pkg_supply *s, const char *archive)
{
	for (size_t i = 0; i < s->fetched_count; i++) {
		if (strcmp(s->fetched[i], archive) == 0)
			return true;
	}
	return false;
}
