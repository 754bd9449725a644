/* SPDX-License-Identifier: MIT */
/*
 * Promotion: chooses what to take over, has the text edited field by field, and trusts the result
 * only after reading it again: it must be a valid policy that allows exactly what was chosen.
 */
#include "policy/promote.h"

#include "policy/net.h"
#include "policy/parse.h"
#include "policy/promote_text_priv.h"

#include <stdio.h>
#include <string.h>

#define EDIT_MAX_BYTES (8u << 20)

char *policy_base_of(const struct policy *derived)
{
	static const char before[] = "derived from ", after[] = " with g";
	const char *line = strrchr(derived->notes, '\n');
	const char *end;
	struct buf out = buf_init(EDIT_MAX_BYTES);

	line = line ? line + 1 : derived->notes;
	if (strncmp(line, before, sizeof(before) - 1) != 0)
		return NULL;
	line += sizeof(before) - 1;
	/* the last one: the path may hold the words too */
	end = NULL;
	for (const char *at = line; (at = strstr(at, after)) != NULL; at++)
		end = at;
	if (!end || end == line)
		return NULL;
	buf_add(&out, line, (size_t)(end - line));
	return buf_take(&out);
}

/* The policy that the new text must be. Its texts belong to base and derived. */
struct target {
	struct policy policy;
	struct arena arena;
};

static void target_clear(struct target *t)
{
	arena_clear(&t->arena);
}

static void *slot(struct policy *p, size_t offset)
{
	return (char *)p + offset;
}

static const void *slot_of(const struct policy *p, size_t offset)
{
	return (const char *)p + offset;
}

static void take_field(struct policy *to, const struct policy *from, size_t row)
{
	const struct policy_field *f = &policy_fields[row];
	size_t at = f->offset, count = f->count_offset;

	switch (f->kind) {
	case POLICY_BOOL:
		*(bool *)slot(to, at) = *(const bool *)slot_of(from, at);
		break;
	case POLICY_U32:
		*(uint32_t *)slot(to, at) = *(const uint32_t *)slot_of(from, at);
		break;
	case POLICY_U64:
		*(uint64_t *)slot(to, at) = *(const uint64_t *)slot_of(from, at);
		break;
	case POLICY_LIST:
		*(struct policy_list *)slot(to, at) =
		    *(const struct policy_list *)slot_of(from, at);
		break;
	case POLICY_PORTS:
		*(uint16_t **)slot(to, at) = *(uint16_t *const *)slot_of(from, at);
		*(uint32_t *)slot(to, count) = *(const uint32_t *)slot_of(from, count);
		break;
	case POLICY_HOSTS:
		to->net.hosts = from->net.hosts;
		to->net.host_count = from->net.host_count;
		break;
	case POLICY_CONST:
	case POLICY_STRING:
	case POLICY_OBJECT:
		break;
	}
}

/* The row is a member of net.allow_hosts: it has no place in struct policy. */
static bool is_below_array(size_t row)
{
	return strstr(policy_fields[row].path, "[]") != NULL;
}

static void take_below(struct policy *to, const struct policy *from, const char *path)
{
	size_t len = strlen(path);

	for (size_t row = 1; row < policy_field_count; row++) {
		const char *own = policy_fields[row].path;

		if (is_below_array(row) || strncmp(own, path, len) != 0)
			continue;
		if (!len || own[len] == '\0' || own[len] == '/')
			take_field(to, from, row);
	}
}

static void take_item(struct target *t, const struct policy *from, size_t row, uint32_t i)
{
	struct policy_list *list = slot(&t->policy, policy_fields[row].offset);
	const struct policy_list *more = slot_of(from, policy_fields[row].offset);
	const char **items = arena_alloc(&t->arena, (list->count + 1) * sizeof(*items));

	for (uint32_t n = 0; n < list->count; n++) {
		if (strcmp(list->items[n], more->items[i]) == 0)
			return;
		items[n] = list->items[n];
	}
	items[list->count] = more->items[i];
	*list = (struct policy_list){items, list->count + 1};
}

/* A host of the derived policy beside those of the base; the same name twice is a union. */
static void take_host(struct target *t, const struct policy *from, uint32_t i)
{
	struct policy_net *net = &t->policy.net;
	struct policy_host *hosts = arena_alloc(&t->arena, (net->host_count + 1) * sizeof(*hosts));

	if (net->host_count)
		memcpy(hosts, net->hosts, net->host_count * sizeof(*hosts));
	hosts[net->host_count] = from->net.hosts[i];
	net->hosts = hosts;
	net->host_count++;
}

/* "fs/write_roots/1": the field and the index of an item; false when it is none. */
static bool split_index(size_t *row, uint32_t *index, const char *path)
{
	const char *slash = strrchr(path, '/');
	char field[64];

	if (!slash || !slash[1] || strlen(slash + 1) > 5 ||
	    strspn(slash + 1, "0123456789") != strlen(slash + 1))
		return false;
	(void)snprintf(field, sizeof(field), "%.*s", (int)(slash - path), path);
	*row = policy_field_find(field);
	*index = 0;
	for (const char *c = slash + 1; *c; c++)
		*index = *index * 10 + (uint32_t)(*c - '0');
	return *row != 0;
}

static bool take_index(struct target *t, const struct policy *from, const char *path)
{
	size_t row = 0;
	uint32_t i = 0;

	if (!split_index(&row, &i, path))
		return false;
	if (policy_fields[row].kind == POLICY_HOSTS && i < from->net.host_count)
		take_host(t, from, i);
	else if (policy_fields[row].kind == POLICY_LIST &&
		 i < ((const struct policy_list *)slot_of(from, policy_fields[row].offset))->count)
		take_item(t, from, row, i);
	else
		return false;
	return true;
}

static bool is_different(const struct policy *a, const struct policy *b)
{
	CLEANUP(policy_changes_clear) struct policy_changes c = {0};

	policy_diff(&c, a, b);
	return c.count != 0;
}

static int take_pointer(
    struct target *t, const struct policy_promotion *what, const char *pointer, struct err *err)
{
	struct policy before = t->policy;
	const char *path = pointer + 1;

	if (pointer[0] != '/')
		return err_set(err, ERR_USAGE, "\"%.200s\" is no JSON pointer", pointer);
	if (strlen(path) < 64 && policy_field_find(path))
		take_below(&t->policy, what->derived, path);
	else if (strlen(path) >= 64 || !take_index(t, what->derived, path))
		return err_set(err, ERR_USAGE,
		    "%.200s is no section, field or item of the derived policy", pointer);
	if (is_different(&before, &t->policy))
		return 0;
	return err_set(err, ERR_USAGE, "%.200s: no difference there", pointer);
}

static int make_target(struct target *t, const struct policy_promotion *what, struct err *err)
{
	int rc = 0;

	t->policy = *what->base;
	if (!what->only_count)
		take_below(&t->policy, what->derived, "");
	for (size_t i = 0; rc == 0 && i < what->only_count; i++)
		rc = take_pointer(t, what, what->only[i], err);
	return rc;
}

/* Edit the fields that differ, one after the other. */
static int edit(struct buf *out, const struct policy_promotion *what, const struct policy *want,
    const struct policy_changes *changes, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(EDIT_MAX_BYTES);
	const char *last = "";
	int rc = 0;

	buf_add(&text, what->text.ptr, what->text.len);
	for (uint32_t i = 0; rc == 0 && i < changes->count; i++) {
		CLEANUP(buf_clear) struct buf next = buf_init(EDIT_MAX_BYTES);
		size_t row = policy_field_find(changes->items[i].pointer + 1);

		if (strcmp(changes->items[i].pointer, last) == 0)
			continue;
		last = changes->items[i].pointer;
		rc = policy_edit_field(&next, (struct str){text.data, (uint32_t)text.len}, row,
		    want, what->derived, err);
		buf_clear(&text);
		text = TAKE(next);
	}
	if (rc == 0)
		buf_add(out, text.data, text.len);
	return rc;
}

static int verify(const struct buf *text, const struct policy_promotion *what,
    const struct policy *want, struct diag_list *diags, struct err *err)
{
	CLEANUP(policy_clear) struct policy p = {0};
	int rc = text->len > POLICY_MAX_BYTES
		     ? err_set(err, ERR_LIMIT, "more than %u bytes", POLICY_MAX_BYTES)
		     : policy_parse(&p, text->data, text->len, what->base_file, diags, err);

	if (rc < 0)
		return err_wrap(err, "%s would not be valid any more", what->base_file);
	if (is_different(&p, want))
		return err_set(
		    err, ERR_INTERNAL, "%s would not say what was asked for", what->base_file);
	return 0;
}

int policy_promote(struct buf *out, struct policy_changes *changes,
    const struct policy_promotion *what, struct diag_list *diags, struct err *err)
{
	CLEANUP(target_clear) struct target target = {0};
	CLEANUP(policy_changes_clear) struct policy_changes found = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(EDIT_MAX_BYTES);
	int rc = make_target(&target, what, err);

	if (rc < 0)
		return rc;
	policy_diff(&found, what->base, &target.policy);
	rc = edit(&text, what, &target.policy, &found, err);
	if (rc == 0)
		rc = verify(&text, what, &target.policy, diags, err);
	if (rc < 0)
		return rc;
	buf_add(out, text.data, text.len);
	*changes = TAKE(found);
	return 0;
}
