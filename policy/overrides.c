/* SPDX-License-Identifier: MIT */
/* The override flags as sorted sets. What they do to a policy: policy/merge.c. */
#include "policy/overrides.h"

#include "policy/fields_priv.h"
#include "policy/text_priv.h"

#include <stdlib.h>
#include <string.h>

static void clear_hosts(struct policy_override_hosts *h)
{
	for (uint32_t i = 0; i < h->count; i++) {
		free(h->items[i].host);
		free(h->items[i].ports);
	}
	free(h->items);
}

static void clear_roots(struct policy_override_roots *r)
{
	for (uint32_t i = 0; i < r->count; i++)
		free(r->items[i]);
	free(r->items);
}

void policy_overrides_clear(struct policy_overrides *o)
{
	clear_hosts(&o->allow);
	clear_hosts(&o->deny);
	clear_roots(&o->read_roots);
	clear_roots(&o->write_roots);
	*o = (struct policy_overrides){0};
}

bool policy_overrides_are_empty(const struct policy_overrides *o)
{
	return !o->allow.count && !o->deny.count && !o->read_roots.count && !o->write_roots.count;
}

static void add_port(struct policy_override_host *h, uint16_t port)
{
	uint32_t at = 0;

	while (at < h->port_count && h->ports[at] < port)
		at++;
	if (at < h->port_count && h->ports[at] == port)
		return;
	h->ports = base_realloc(h->ports, (h->port_count + 1) * sizeof(*h->ports));
	memmove(&h->ports[at + 1], &h->ports[at], (h->port_count - at) * sizeof(*h->ports));
	h->ports[at] = port;
	h->port_count++;
}

/* `*` swallows the ports: what is denied is denied altogether. */
static void add_ports(struct policy_override_host *h, const struct policy_host_spec *spec)
{
	if (spec->all_ports) {
		h->all_ports = true;
		h->port_count = 0;
	}
	for (uint32_t i = 0; !h->all_ports && i < spec->port_count; i++)
		add_port(h, spec->ports[i]);
}

/* The host of the set, made when it is new; NULL when the set is full. */
static struct policy_override_host *host_of(struct policy_override_hosts *set, const char *host)
{
	uint32_t low = 0, high = set->count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		int order = strcmp(set->items[mid].host, host);

		if (order == 0)
			return &set->items[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (set->count == POLICY_OVERRIDES_MAX)
		return NULL;
	set->items = base_realloc(set->items, (set->count + 1) * sizeof(*set->items));
	memmove(&set->items[low + 1], &set->items[low], (set->count - low) * sizeof(*set->items));
	set->items[low] = (struct policy_override_host){.host = base_strdup(host)};
	set->count++;
	return &set->items[low];
}

int policy_overrides_add_host(
    struct policy_overrides *o, const char *spec, bool deny, struct err *err)
{
	struct policy_host_spec parsed;
	struct policy_override_host *h;
	int rc = policy_host_spec_parse(&parsed, spec, deny, err);

	if (rc < 0)
		return err_wrap(err, deny ? "--deny-host" : "--allow-host");
	h = host_of(deny ? &o->deny : &o->allow, parsed.host);
	if (!h)
		return err_set(
		    err, ERR_LIMIT, "more than %d hosts on the command line", POLICY_OVERRIDES_MAX);
	add_ports(h, &parsed);
	return 0;
}

static bool is_blank_text(const char *p)
{
	return p[strspn(p, " \t\r")] == '\0';
}

/* One line without its comment. A NUL would cut it short unseen. */
static int add_line(struct policy_overrides *o, struct str line, bool deny, struct err *err)
{
	char text[2048];
	const char *comment = memchr(line.ptr, '#', line.len);
	size_t len = comment ? (size_t)(comment - line.ptr) : line.len;

	if (len >= sizeof(text) || memchr(line.ptr, '\0', len))
		return err_set(err, ERR_USAGE, "not a line of text with one host");
	memcpy(text, line.ptr, len);
	while (len && (text[len - 1] == '\r' || text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	text[len] = '\0';
	return is_blank_text(text) ? 0 : policy_overrides_add_host(o, text, deny, err);
}

int policy_overrides_add_hosts(struct policy_overrides *o, const char *text, size_t len,
    const char *name, bool deny, struct err *err)
{
	const char *end = text + len;
	unsigned number = 1;

	if (len > POLICY_HOST_FILE_MAX_BYTES)
		return err_set(
		    err, ERR_LIMIT, "%.256s: more than %u bytes", name, POLICY_HOST_FILE_MAX_BYTES);
	for (; text < end; number++) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		struct str line = {text, (uint32_t)((stop ? stop : end) - text)};

		if (add_line(o, line, deny, err) < 0)
			return err_wrap(err, "%.256s:%u", name, number);
		text = stop ? stop + 1 : end;
	}
	return 0;
}

static struct str trim(const char *text)
{
	size_t skip = strspn(text, " \t\r\n"), len = strlen(text + skip);

	while (len && strchr(" \t\r\n", text[skip + len - 1]))
		len--;
	return (struct str){text + skip, (uint32_t)len};
}

static bool has_parent_segment(struct str s)
{
	for (uint32_t at = 0, i = 0; i <= s.len; i++) {
		if (i < s.len && s.ptr[i] != '/')
			continue;
		if (i - at == 2 && s.ptr[at] == '.' && s.ptr[at + 1] == '.')
			return true;
		at = i + 1;
	}
	return false;
}

int policy_overrides_add_root(
    struct policy_overrides *o, const char *root, bool write, struct err *err)
{
	struct policy_override_roots *set = write ? &o->write_roots : &o->read_roots;
	struct str s = trim(root);
	const char *help = NULL;
	uint32_t at = 0;
	char *copy;

	if (!s.len || policy_text_chars(s) > 4096 || policy_text_fault(POLICY_TEXT_PLAIN, s, &help))
		return err_set(err, ERR_USAGE,
		    "--allow-%s-root \"%.300s\": wanted 1 to 4096 characters without `;`",
		    write ? "write" : "read", root);
	if (has_parent_segment(s))
		return err_set(err, ERR_USAGE,
		    "--allow-%s-root \"%.300s\": has a `..` segment; name the folder itself, by "
		    "its "
		    "absolute path when it lies outside the project",
		    write ? "write" : "read", root);
	while (at < set->count && str_cmp(str_c(set->items[at]), s) < 0)
		at++;
	if (at < set->count && str_eq_c(s, set->items[at]))
		return 0;
	if (set->count == POLICY_ROOTS_MAX)
		return err_set(
		    err, ERR_LIMIT, "more than %d roots on the command line", POLICY_ROOTS_MAX);
	copy = base_calloc(s.len + 1, 1);
	memcpy(copy, s.ptr, s.len);
	set->items = base_realloc(set->items, (set->count + 1) * sizeof(*set->items));
	memmove(&set->items[at + 1], &set->items[at], (set->count - at) * sizeof(*set->items));
	set->items[at] = copy;
	set->count++;
	return 0;
}
