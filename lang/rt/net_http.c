/* SPDX-License-Identifier: MIT */
/*
 * HTTP: a request document goes to the broker, the answer becomes a response document or a file.
 * Body frames land where they will stay; nothing is copied twice.
 * Source: docs/format/net-heads.md, docs/spec/net.md 3.3, 4, 5.
 */
#include "lang/rt/arena.h"
#include "lang/rt/config.h"
#include "lang/rt/config_priv.h"
#include "lang/rt/decide.h"
#include "lang/rt/effect.h"
#include "lang/rt/fs_path.h"
#include "lang/rt/fs_place.h"
#include "lang/rt/mem.h"
#include "lang/rt/net_channel.h"
#include "lang/rt/net_doc.h"
#include "lang/rt/net_wire.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define NO_VIEW ((rt_view){NULL, 0})
#define PREFIX 10u /* u8 1, u8 version, u32 status, u32 header count */
#define SLACK 65536u
#define SLACK_FILE 64u /* behind a short answer */

/* The response as it grows. */
struct answer {
	rt_u8 *ptr; /* not counted until it is complete */
	uint64_t len, cap;
	rt_u32 headers_left; /* bytes of entries still to come */
	uint64_t body_at;    /* of its first byte */
	rt_u8 version;       /* of the document */
	int file;            /* or -1: the body goes there */
	uint64_t file_len;
	rt_u32 code; /* first failure on our side */
};

static bool grow(struct answer *a, uint64_t need)
{
	uint64_t cap = a->cap + a->cap / 2 > need ? a->cap + a->cap / 2 : need;
	rt_u8 *larger;

	if (need <= a->cap)
		return true;
	if (need > RT_ALLOC_MAX)
		return false;
	if (cap > RT_ALLOC_MAX)
		cap = need;
	if (a->ptr && rt_heap_grow(a->ptr, cap)) {
		a->cap = cap;
		return true;
	}
	larger = rt_heap_alloc(cap, false);
	if (!larger && cap > need) {
		cap = need;
		larger = rt_heap_alloc(cap, false);
	}
	if (!larger)
		return false;
	if (a->ptr) {
		memcpy(larger, a->ptr, a->len);
		rt_heap_free(a->ptr);
	}
	a->ptr = larger;
	a->cap = cap;
	return true;
}

/* HEAD: status, entries; then u32 bytes of entries, u32 body expected */
static bool take_head(
    struct answer *a, const struct rt_net_frame *f, const rt_u8 *payload, rt_u32 len)
{
	rt_u32 expected;

	if (len != 8 || a->ptr)
		return false;
	a->headers_left = rt_net_get32(payload);
	expected = a->file >= 0 ? 0 : rt_net_get32(payload + 4);
	/* what the server announces is a hint, not a reason to fail */
	if ((!grow(a, PREFIX + (uint64_t)a->headers_left + 4 + expected + SLACK) &&
		!grow(a, PREFIX + (uint64_t)a->headers_left + 4 + SLACK)) ||
	    !a->ptr)
		return false;
	a->ptr[0] = 1;
	a->ptr[1] = a->version;
	rt_net_put32(a->ptr + 2, f->a);
	rt_net_put32(a->ptr + 6, f->b);
	a->len = PREFIX;
	a->body_at = PREFIX + (uint64_t)a->headers_left + 4;
	return true;
}

static bool take_headers(struct answer *a, rt_u32 len)
{
	if (len > a->headers_left || !a->ptr)
		return false;
	a->headers_left -= len;
	a->len += len; /* the bytes are there already */
	if (!a->headers_left && a->len + 4 == a->body_at && a->file < 0)
		a->len += 4;
	return true;
}

static void take_body(struct answer *a, const rt_u8 *payload, rt_u32 len)
{
	if (a->file < 0) {
		a->len += len;
		return;
	}
	if (!a->code && rt_write_all(a->file, payload, len))
		a->code = RT_NET_INTERNAL;
	a->file_len += len;
}

/* WHOLE: status, entries; u32 bytes of entries, u32 bytes of the body, both. */
static bool take_whole(
    struct answer *a, const struct rt_net_frame *f, const rt_u8 *payload, rt_u32 len)
{
	rt_u32 head, body;

	if (!payload || len < 8 || a->ptr)
		return false;
	head = rt_net_get32(payload);
	body = rt_net_get32(payload + 4);
	if (head > len - 8 || body != len - 8 - head ||
	    !grow(a, PREFIX + (uint64_t)head + 4 + body + SLACK_FILE) || !a->ptr)
		return false;
	a->ptr[0] = 1;
	a->ptr[1] = a->version;
	rt_net_put32(a->ptr + 2, f->a);
	rt_net_put32(a->ptr + 6, f->b);
	memcpy(a->ptr + PREFIX, payload + 8, head);
	a->len = PREFIX + head;
	a->body_at = a->len + 4;
	if (a->file < 0) {
		a->len += 4;
		memcpy(a->ptr + a->len, payload + 8 + head, body);
	}
	take_body(a, payload + 8 + head, body);
	return true;
}

/* One frame; @return false at the end of the request. */
static bool step(struct answer *a, rt_u32 id)
{
	struct rt_net_frame f = {0};
	bool room = a->ptr && grow(a, a->len + RT_NET_PAYLOAD_MAX);
	rt_u8 beside[RT_NET_PAYLOAD_MAX];
	/* the place of header entries and body is the end of the document */
	rt_u8 *to = room && a->file < 0 ? a->ptr + a->len : beside;
	int fd = -1;
	long n;

	if (a->ptr && !room)
		a->code = RT_NET_INTERNAL; /* no memory: the rest is read and dropped */
	n = rt_net_receive(&f, to, RT_NET_PAYLOAD_MAX, &fd);
	if (fd >= 0)
		close(fd);
	if (n < 0) {
		a->code = RT_NET_INTERNAL;
		return false;
	}
	if (f.id != id)
		return true;
	if (f.kind == RT_NET_DONE) {
		if (f.a)
			a->code = f.a <= RT_NET_INTERNAL ? f.a : RT_NET_INTERNAL;
		return false;
	}
	if (f.kind == RT_NET_WHOLE) {
		if (!a->code && !take_whole(a, &f, to, (rt_u32)n))
			a->code = RT_NET_INTERNAL;
		return false;
	}
	if (a->code)
		return true;
	if (f.kind == RT_NET_HEAD && !take_head(a, &f, to, (rt_u32)n))
		a->code = RT_NET_INTERNAL;
	else if (f.kind == RT_NET_HEADERS) {
		if (to == beside && a->ptr && (uint64_t)n <= a->headers_left)
			memcpy(a->ptr + a->len, beside, (size_t)n);
		if (!take_headers(a, (rt_u32)n))
			a->code = RT_NET_INTERNAL;
	} else if (f.kind == RT_NET_BODY)
		take_body(a, to, (rt_u32)n);
	return true;
}

/* The whole document, in as many frames as it takes. */
static rt_u32 send_request(rt_view req, rt_u32 max_body)
{
	struct rt_net_frame f = {RT_NET_HTTP, rt_net_next_id(), req.len, max_body};

	do {
		rt_u32 part = req.len < RT_NET_PAYLOAD_MAX ? req.len : RT_NET_PAYLOAD_MAX;

		if (!rt_net_send(&f, (rt_view){req.ptr, part}, NO_VIEW))
			return 0;
		req.ptr += part;
		req.len -= part;
		f.kind = RT_NET_MORE;
	} while (req.len);
	return f.id;
}

static void run_request(struct answer *a, rt_view req, rt_u32 max_body)
{
	rt_u32 id = send_request(req, max_body);

	if (!id)
		a->code = RT_NET_INTERNAL;
	while (id && step(a, id))
		continue;
	if (!a->code && (!a->ptr || a->headers_left))
		a->code = RT_NET_INTERNAL;
}

static rt_bytes finish(struct answer *a)
{
	rt_bytes b = {a->ptr, (rt_u32)a->len};

	if (a->len > RT_ALLOC_MAX)
		a->code = RT_NET_INTERNAL;
	if (a->code) {
		if (a->ptr)
			rt_heap_free(a->ptr);
		return rt_net_error(a->code);
	}
	rt_mem_adopt(b.ptr);
	return b;
}

/* ---- the parts of a request that are ours ---- */

/* What this side needs of u8 ver, u8 method, u32 url_len, url, ... The broker checks the rest. */
struct request {
	rt_u8 version;
	rt_view url;
	rt_view path; /* version 3 */
};

static bool skip(rt_view req, uint64_t *at, rt_u32 fixed, rt_view *text)
{
	rt_u32 len;

	*at += fixed;
	if (*at + 4 > req.len)
		return false;
	len = rt_net_get32(req.ptr + *at);
	*at += 4;
	if (len > req.len - *at)
		return false;
	*text = (rt_view){req.ptr + *at, len};
	*at += len;
	return true;
}

static bool read_request(struct request *out, rt_view req)
{
	uint64_t at = 0;
	rt_view text;
	rt_u32 count;

	*out = (struct request){0};
	if (req.len < 2 || !skip(req, &at, 2, &out->url) || at + 4 > req.len)
		return false;
	out->version = req.ptr[0];
	if (out->version != 3)
		return true;
	count = rt_net_get32(req.ptr + at);
	at += 4;
	for (rt_u32 i = 0; i < count; i++) {
		/* name, then value */
		if (!skip(req, &at, 0, &text))
			return false;
		if (!skip(req, &at, 0, &text))
			return false;
	}
	return skip(req, &at, 0, &text) && skip(req, &at, 20, &out->path) && at == req.len;
}

static const rt_u8 *find(rt_view text, const char *any)
{
	for (rt_u32 i = 0; i < text.len; i++) {
		if (text.ptr[i] && strchr(any, text.ptr[i]))
			return text.ptr + i;
	}
	return NULL;
}

/* "host:port" for the report of a refusal that the broker never sees. */
static rt_view destination(char out[RT_NET_NAME_MAX + 8], rt_view url)
{
	bool tls = url.len > 8 && memcmp(url.ptr, "https://", 8) == 0;
	bool http = url.len > 7 && memcmp(url.ptr, "http://", 7) == 0;
	rt_u32 skipped = tls ? 8 : http ? 7 : 0;
	rt_view host = {url.ptr + skipped, url.len - skipped};
	const rt_u8 *end = skipped ? find(host, "/?#") : NULL;
	const rt_u8 *user;
	const char *port;
	rt_u32 port_len;

	if (!skipped)
		return url;
	if (end)
		host.len = (rt_u32)(end - host.ptr);
	while ((user = find(host, "@")) != NULL) {
		host.len -= (rt_u32)(user + 1 - host.ptr);
		host.ptr = user + 1;
	}
	if (host.len == 0 || host.len > RT_NET_NAME_MAX)
		return url;
	if (find(host, ":") && host.ptr[host.len - 1] != ']')
		return host;
	port = tls ? ":443" : ":80";
	port_len = tls ? 4 : 3;
	memcpy(out, host.ptr, host.len);
	memcpy(out + host.len, port, port_len);
	return (rt_view){(const rt_u8 *)out, host.len + port_len};
}

/* Not empty, relative, no NUL or backslash, no segment "", ".", ".." or ".x07_*". Spec net 5. */
static bool safe_path(rt_view path)
{
	rt_u32 start = 0;

	if (!path.len || path.len >= RT_PATH_MAX || memchr(path.ptr, 0, path.len) ||
	    memchr(path.ptr, '\\', path.len))
		return false;
	for (rt_u32 i = 0; i <= path.len; i++) {
		const rt_u8 *seg = path.ptr + start;
		rt_u32 len = i - start;

		if (i < path.len && path.ptr[i] != '/')
			continue;
		if (len == 0 || (len == 1 && seg[0] == '.') ||
		    (len == 2 && seg[0] == '.' && seg[1] == '.') ||
		    (len >= 5 && memcmp(seg, ".x07_", 5) == 0))
			return false;
		start = i + 1;
	}
	return true;
}

/* ---- a body into a file ---- */

struct target {
	int base, fd;
	char rest[RT_PATH_MAX];
	char shown[2 * RT_PATH_MAX]; /* root/rest, or the path as it was given */
};

static rt_u32 refuse_file(enum rt_event_reason why, rt_view path)
{
	rt_deny(RT_EV_FS_WRITE, why, 0, path);
	return RT_NET_DENIED;
}

/* @param shut  set when a read root inside this root holds the path. */
static bool open_in_root(struct target *t, rt_u32 i, const char *path, bool *shut)
{
	const char *root = rt_list_item(&rt_state.config->write_roots, i);
	bool in_root = false;
	size_t n = strlen(root);

	path += rt_decide_below(&in_root, root, path);
	if (rt_fs_read_only(i, path)) {
		*shut = true;
		return false;
	}
	t->base = rt_fs_root(true, i);
	if (t->base < 0 || n + strlen(path) + 2 > sizeof(t->shown))
		return false;
	memcpy(t->rest, path, strlen(path) + 1);
	memcpy(t->shown, root, n);
	if (n && root[n - 1] != '/')
		t->shown[n++] = '/';
	memcpy(t->shown + n, path, strlen(path) + 1);
	t->fd = rt_fs_open(t->base, t->rest, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	return t->fd >= 0;
}

static rt_u32 open_target(struct target *t, rt_view path)
{
	char text[RT_PATH_MAX];
	bool shut = false;

	if (!safe_path(path))
		return RT_NET_INVALID;
	memcpy(text, path.ptr, path.len);
	text[path.len] = '\0';
	*t = (struct target){.base = AT_FDCWD, .fd = -1};
	if (!rt_sandboxed()) {
		memcpy(t->rest, text, path.len + 1);
		memcpy(t->shown, text, path.len + 1);
		t->fd = rt_fs_open(AT_FDCWD, text, O_WRONLY | O_CREAT | O_TRUNC, 0666);
		return t->fd >= 0 ? RT_NET_OK : RT_NET_INTERNAL;
	}
	if (!rt_allowed(RT_GATE_FS))
		return refuse_file(RT_WHY_DISABLED, path);
	if ((rt_state.config->gates & RT_GATE_DENY_HIDDEN) && rt_fs_hidden(path))
		return refuse_file(RT_WHY_HIDDEN, path);
	for (rt_u32 i = 0; i < rt_state.config->write_roots.count; i++) {
		if (open_in_root(t, i, text, &shut))
			return RT_NET_OK;
	}
	return refuse_file(shut ? RT_WHY_READ_ROOT : RT_WHY_NO_ROOT, path);
}

/* The document of version 3 ends with the path and the length of the file. */
static void end_file(struct answer *a, struct target *t)
{
	rt_u32 len = (rt_u32)strlen(t->shown);

	if (close(t->fd) < 0 && !a->code)
		a->code = RT_NET_INTERNAL;
	if (!a->code && a->file_len > UINT32_MAX)
		a->code = RT_NET_TOO_LARGE;
	if (!a->code && !grow(a, a->len + 8 + len))
		a->code = RT_NET_INTERNAL;
	if (a->code) {
		(void)unlinkat(t->base, t->rest, 0);
		return;
	}
	rt_net_put32(a->ptr + a->len, len);
	memcpy(a->ptr + a->len + 4, t->shown, len);
	rt_net_put32(a->ptr + a->len + 4 + len, (rt_u32)a->file_len);
	a->len += 8 + len;
}

rt_bytes rt_os_net_http_fetch_v1(rt_view req, rt_u32 max_body)
{
	char text[RT_NET_NAME_MAX + 8];
	struct answer a = {.file = -1};
	struct request r;
	struct target target = {.fd = -1};
	rt_u32 code = RT_NET_OK;

	if (!read_request(&r, req) || req.len > RT_NET_REQUEST_MAX || max_body > INT32_MAX)
		code = RT_NET_INVALID;
	if (!code)
		code = rt_net_open(RT_OP_NET_HTTP, destination(text, r.url));
	if (!code && r.version == 3)
		code = open_target(&target, r.path);
	if (code)
		return rt_net_error(code);
	a.file = target.fd;
	a.version = r.version;
	run_request(&a, req, max_body);
	if (a.file >= 0)
		end_file(&a, &target);
	else if (!a.code)
		rt_net_put32(a.ptr + a.body_at - 4, (rt_u32)(a.len - a.body_at));
	return finish(&a);
}
