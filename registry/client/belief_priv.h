/* SPDX-License-Identifier: MIT */
/*
 * What is believed of a registry: its keys, its config.json, its snapshot. Pure but for the file of
 * trust_seen.h; nothing is fetched here.
 */
#ifndef REGISTRY_CLIENT_BELIEF_PRIV_H
#define REGISTRY_CLIENT_BELIEF_PRIV_H

#include "registry/client/request_priv.h"
#include "registry/client/settings.h"
#include "registry/client/texts_priv.h"
#include "registry/snapshot.h"
#include "registry/trust.h"
#include "registry/types.h"

/** A registry as far as it is believed. Zero-initialise; client_belief_clear. */
struct client_belief {
	struct registry_trust trust;  /* now */
	struct registry_trust stored; /* as the user's folder has it */
	struct registry_trust before; /* `trust` without what config.json says now */
	struct registry_config config;
	struct registry_snapshot snapshot;
	bool has_config, has_snapshot;
};

/**
 * What is known before anything is asked: the keys of the configuration, else what was seen before,
 * else what the lock recorded.
 * @return as client_trust_load.
 */
MUST_CHECK int client_belief_begin(struct client_belief *b, const struct client_settings *s,
    const struct registry_trust *recorded, struct err *err);
/**
 * Take config.json in.
 * @return 0; ERR_PKG with INDEX_CONFIG, OFFLINE_INDEX, and those of registry_trust_update.
 */
MUST_CHECK int client_belief_config(struct client_belief *b, const struct client_peer *peer,
    const struct client_text *text, struct err *err);
/**
 * Take snapshot.json in, after config.json.
 * @return 0, also when the registry needs none; ERR_PKG with those of snapshot.h.
 */
MUST_CHECK int client_belief_snapshot(struct client_belief *b, const struct client_peer *peer,
    const struct client_text *text, struct err *err);
/** Remember for all projects what may be remembered. @return as client_trust_save. */
MUST_CHECK int client_belief_save(
    const struct client_belief *b, const struct client_settings *s, struct err *err);
/** Free what was read; nothing is believed any more. */
void client_belief_clear(struct client_belief *b);

#endif
