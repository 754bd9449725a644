/* SPDX-License-Identifier: MIT */
/* What is believed of a registry (belief_priv.h). Source: docs/format/index.md, "keys". */
#include "registry/client/belief_priv.h"

#include "registry/client/trust_seen.h"
#include "registry/client/url.h"
#include "registry/codes.h"
#include "registry/config.h"

#include <string.h>
#include <time.h>

static int64_t now_s(void)
{
	struct timespec ts = {0};

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec;
}

int client_belief_begin(struct client_belief *b, const struct client_settings *s,
    const struct registry_trust *recorded, struct err *err)
{
	struct registry_trust *trust = &b->trust;
	int rc = client_trust_load(trust, s, err);

	if (rc < 0)
		return rc;
	b->stored = *trust;
	if (trust->key_count == 0 && recorded->key_count > 0) {
		memcpy(trust->keys, recorded->keys, sizeof(trust->keys));
		trust->key_count = recorded->key_count;
		trust->required = true;
	}
	if (s->key_count > 0) {
		memcpy(trust->keys, s->keys, sizeof(s->keys));
		trust->key_count = s->key_count;
		trust->configured = true;
	}
	trust->required = trust->required || s->require_signatures;
	return 0;
}

/* An address that a registry gives leads to no weaker place than its own, and not to our files. */
static int check_lead(
    const struct client_settings *s, const char *what, const char *to, struct err *err)
{
	if (to == NULL || strstr(to, "://") == NULL || fetch_url_may_lead(s->base, to))
		return 0;
	return err_code(err, ERR_PKG, REGISTRY_CODE(INDEX_CONFIG),
	    "config.json of %s: `%s` leads to %.200s, which is not followed from there",
	    s->index_url, what, to);
}

/* A registry with other keys is somebody else's, until its owner says otherwise. */
static int other_keys(const struct client_settings *s, struct err *err)
{
	struct err inner = *err;

	if (!err_is(err, REGISTRY_CODE(SIGNATURE_KEY_MISSING)) &&
	    !err_is(err, REGISTRY_CODE(KEY_CHANGED)))
		return err_wrap(err, "%s", s->index_url);
	return err_code(err, ERR_PKG, inner.what,
	    "%s: %s; if its owner confirms the new key, name it in `trusted_keys` of "
	    "x07.config.json",
	    s->index_url, inner.message);
}

int client_belief_config(struct client_belief *b, const struct client_peer *peer,
    const struct client_text *text, struct err *err)
{
	struct str said = client_text_str(text);
	int rc;

	if (!text->ok)
		return client_request_fault(
		    err, peer, REGISTRY_CODE(INDEX_CONFIG), "config.json", &text->response);
	rc = registry_config_parse(&b->config, said.ptr, said.len, err);
	if (rc < 0)
		return err_wrap(err, "%s", peer->s->index_url);
	b->has_config = true;
	rc = check_lead(peer->s, "dl", b->config.dl, err);
	if (rc == 0)
		rc = check_lead(peer->s, "api", b->config.api, err);
	if (rc < 0)
		return rc;
	b->before = b->trust;
	rc = registry_trust_update(&b->trust, &b->trust, &b->config, NULL, err);
	return rc < 0 ? other_keys(peer->s, err) : 0;
}

/*
 * While a new key takes over, and through caches, the new config.json may come with the old
 * snapshot. A key that was trusted until now may still have signed that one, and is kept for it.
 */
static int check_snapshot(struct client_belief *b, const struct client_settings *s, struct err *err)
{
	/* What ships with the tool is as old as the tool: it does not expire. */
	int64_t now = s->embedded ? b->snapshot.issued_s : now_s();
	struct registry_trust before = b->before;
	struct err ignored = {0};
	int rc = registry_snapshot_check(&b->trust, &b->snapshot, now, err);

	if (rc == 0 || before.key_count == 0 || !err_is(err, REGISTRY_CODE(SNAPSHOT_INVALID)) ||
	    registry_snapshot_check(&before, &b->snapshot, now, &ignored) < 0)
		return rc;
	*err = (struct err){0};
	b->trust = before;
	return 0;
}

int client_belief_snapshot(struct client_belief *b, const struct client_peer *peer,
    const struct client_text *text, struct err *err)
{
	struct str said = client_text_str(text);
	int rc;

	/* Offline it cannot be newer than what is cached: nothing can be replayed. */
	if (peer->s->offline && peer->s->kind != CLIENT_INDEX_FILE)
		return 0;
	if (!b->config.has_snapshot && b->trust.snapshot_version == 0)
		return 0;
	if (!text->ok)
		return client_request_fault(err, peer, REGISTRY_CODE(SNAPSHOT_INVALID),
		    REGISTRY_SNAPSHOT_NAME, &text->response);
	rc = registry_snapshot_parse(&b->snapshot, said.ptr, said.len, err);
	if (rc < 0)
		return err_wrap(err, "%s", peer->s->index_url);
	b->has_snapshot = true;
	rc = check_snapshot(b, peer->s, err);
	return rc < 0 ? err_wrap(err, "%s", peer->s->index_url) : 0;
}

/*
 * What is remembered for all projects. Keys and wishes of a configuration are those of one project,
 * which may be anybody's: they count there alone.
 */
static struct registry_trust trust_to_store(const struct client_belief *b)
{
	struct registry_trust t = b->trust;

	if (t.configured) {
		memcpy(t.keys, b->stored.keys, sizeof(t.keys));
		t.key_count = b->stored.key_count;
	}
	t.required = b->stored.required || t.key_count > 0;
	return t;
}

static bool trust_changed(const struct registry_trust *a, const struct registry_trust *b)
{
	if (a->key_count != b->key_count || a->required != b->required ||
	    a->snapshot_version != b->snapshot_version ||
	    strcmp(a->snapshot_registry, b->snapshot_registry) != 0)
		return true;
	for (uint32_t i = 0; i < a->key_count; i++) {
		if (strcmp(a->keys[i].id, b->keys[i].id) != 0 ||
		    memcmp(a->keys[i].pub, b->keys[i].pub, sizeof(a->keys[i].pub)) != 0)
			return true;
	}
	return false;
}

int client_belief_save(
    const struct client_belief *b, const struct client_settings *s, struct err *err)
{
	struct registry_trust store = trust_to_store(b);

	return trust_changed(&b->stored, &store) ? client_trust_save(s, &store, err) : 0;
}

void client_belief_clear(struct client_belief *b)
{
	if (b->has_config)
		registry_config_clear(&b->config);
	if (b->has_snapshot)
		registry_snapshot_clear(&b->snapshot);
	*b = (struct client_belief){0};
}
