/* SPDX-License-Identifier: MIT */
/*
 * The text of a derived policy: named after its base and the digest of what was asked, so that
 * equal flags give the equal file.
 * Source: docs/spec/run-and-policy.md 7.2, steps 10 and 11, digest8.
 */
#include "policy/derive.h"
#include "policy/merge.h"
#include "policy/overrides.h"

#include "base/hash.h"
#include "base/json.h"
#include "policy/fields_priv.h"
#include "policy/parse.h"
#include "policy/print.h"
#include "policy/text_priv.h"

#include <stdio.h>
#include <string.h>

#define DERIVED_MAX_BYTES (8u << 20)
#define NOTES_MAX 4096
#define ID_KEPT 54

static void put_hosts(
    struct jsonw *w, const char *key, const struct policy_override_hosts *hosts, bool deny)
{
	jsonw_key(w, key);
	jsonw_array(w);
	for (uint32_t i = 0; i < hosts->count; i++) {
		const struct policy_override_host *h = &hosts->items[i];

		jsonw_object(w);
		if (deny)
			jsonw_kv_bool(w, "all_ports", h->all_ports);
		jsonw_kv_string(w, "host", h->host);
		jsonw_key(w, "ports");
		jsonw_array(w);
		for (uint32_t n = 0; n < h->port_count; n++)
			jsonw_uint(w, h->ports[n]);
		jsonw_end_array(w);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void put_roots(struct jsonw *w, const char *key, const struct policy_override_roots *roots)
{
	jsonw_key(w, key);
	jsonw_array(w);
	for (uint32_t i = 0; i < roots->count; i++)
		jsonw_string(w, roots->items[i]);
	jsonw_end_array(w);
}

static void put_digest(char out[9], struct str base, const struct policy_overrides *o)
{
	CLEANUP(buf_clear) struct buf text = buf_init(64u << 20);
	struct jsonw w = jsonw_init(&text, false);
	uint8_t digest[SHA256_BYTES];
	char hex[SHA256_HEX_SIZE];
	struct sha256 h;

	jsonw_object(&w);
	put_hosts(&w, "allow_hosts", &o->allow, false);
	put_roots(&w, "allow_read_roots", &o->read_roots);
	put_roots(&w, "allow_write_roots", &o->write_roots);
	put_hosts(&w, "deny_hosts", &o->deny, true);
	jsonw_end_object(&w);
	sha256_init(&h);
	sha256_add(&h, base.ptr, base.len);
	sha256_add(&h, text.data, text.len);
	sha256_end(&h, digest);
	sha256_hex(hex, digest);
	memcpy(out, hex, 8);
	out[8] = '\0';
}

/* One line more, unless the notes would become too long. */
static void extend_notes(struct policy *p, const char *base_path, const char *digest8)
{
	const char *notes = arena_printf(&p->arena, "%s%sderived from %s with g%s", p->notes,
	    p->notes[0] ? "\n" : "", base_path, digest8);

	if (policy_text_chars(str_c(notes)) > NOTES_MAX)
		return;
	p->notes = notes;
	policy_set_present(p, policy_field_find("notes"));
}

void policy_derived_clear(struct policy_derived *d)
{
	policy_clear(&d->policy);
	buf_clear(&d->text);
}

/* The derived document, checked like any other. */
static int finish(struct policy_derived *d, struct diag_list *diags, struct err *err)
{
	int rc;

	if (d->text.overflow || d->text.len > POLICY_MAX_BYTES)
		return err_set(
		    err, ERR_LIMIT, "derived policy: more than %u bytes", POLICY_MAX_BYTES);
	rc = policy_parse(&d->policy, d->text.data, d->text.len, d->file_name, diags, err);
	return rc < 0 ? err_wrap(err, "derived") : 0;
}

int policy_derive(struct policy_derived *out, const char *base_path, struct str text,
    const struct policy_overrides *o, struct diag_list *diags, struct err *err)
{
	CLEANUP(policy_derived_clear)
	struct policy_derived d = {.text = buf_init(DERIVED_MAX_BYTES)};
	CLEANUP(policy_clear) struct policy p = {0};
	int rc = policy_parse(&p, text.ptr, text.len, base_path, diags, err);

	if (rc == 0)
		rc = policy_merge(&p, o, err);
	if (rc < 0)
		return rc;
	put_digest(d.digest8, text, o);
	(void)snprintf(
	    d.file_name, sizeof(d.file_name), "%s.g%s.policy.json", p.policy_id, d.digest8);
	p.policy_id = arena_printf(&p.arena, "%.*s.g%s", ID_KEPT, p.policy_id, d.digest8);
	extend_notes(&p, base_path, d.digest8);
	policy_print(&d.text, &p);
	rc = finish(&d, diags, err);
	if (rc < 0)
		return rc;
	*out = TAKE(d);
	return 0;
}
