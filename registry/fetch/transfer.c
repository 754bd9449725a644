/* SPDX-License-Identifier: MIT */
/*
 * One HTTP transfer: how it is set up, what its bytes may do, and what to make of its end. Every
 * hop of a redirect is a transfer of its own, so that libcurl follows nothing by itself.
 */

#include "registry/fetch/transfer_priv.h"

#include "registry/client/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADERS_MAX ((size_t)64 << 10)      /* of one answer, informational ones included */
#define DISCARD_MAX ((uint64_t)1 << 20)     /* of the body of a redirect */
#define ERROR_BODY_MAX ((uint64_t)64 << 10) /* kept of an error answer */
#define RETRY_AFTER_MAX_MS 10000
#define STALL_BYTES_PER_S 128L
/* Its clock and ours both leave out parts of milliseconds; its timer may be early by some. */
#define ROUNDING_MS 20
#define PROGRESS_EVERY_MS 100

static char *copy(const char *text)
{
	return base_strdup(text);
}

int fetch_transfer_init(struct fetch_transfer *t, struct fetch_frame *f, int sock, struct err *err)
{
	struct stat st = {0};

	if (f->fds[0] < 0 || f->numbers[FETCH_REQUEST_KIND] > FETCH_POST ||
	    !fetch_url_is_allowed(f->texts[FETCH_REQUEST_URL]) ||
	    strncmp(f->texts[FETCH_REQUEST_URL], "file:", 5) == 0)
		return err_set(err, ERR_FORMAT, "a request that is none");
	if (f->numbers[FETCH_REQUEST_KIND] == FETCH_POST &&
	    (f->fds[1] < 0 || fstat(f->fds[1], &st) < 0 || !S_ISREG(st.st_mode)))
		return err_set(err, ERR_FORMAT, "a POST without a body");
	memset(t, 0, sizeof(*t));
	t->state = FETCH_TRANSFER_WAITING;
	t->id = f->id;
	t->kind = (enum fetch_kind)f->numbers[FETCH_REQUEST_KIND];
	t->compressed = f->numbers[FETCH_REQUEST_COMPRESSED] != 0;
	t->url = copy(f->texts[FETCH_REQUEST_URL]);
	t->origin = copy(f->texts[FETCH_REQUEST_URL]);
	t->sha256 = copy(f->texts[FETCH_REQUEST_SHA256]);
	t->etag = copy(f->texts[FETCH_REQUEST_ETAG]);
	t->token = copy(f->texts[FETCH_REQUEST_TOKEN]);
	t->content_type = copy(f->texts[FETCH_REQUEST_CONTENT_TYPE]);
	t->sink =
	    (struct fetch_sink){.fd = take_fd(&f->fds[0]), .max = f->numbers[FETCH_REQUEST_MAX]};
	t->body_fd = take_fd(&f->fds[1]);
	t->body_bytes = (uint64_t)st.st_size;
	t->sock = sock;
	return 0;
}

static void drop_handle(struct fetch_transfer *t)
{
	if (t->easy != NULL)
		curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
	t->easy = NULL;
	t->headers = NULL;
}

void fetch_transfer_clear(struct fetch_transfer *t)
{
	drop_handle(t);
	base_free_ptr(&t->url);
	base_free_ptr(&t->origin);
	base_free_ptr(&t->sha256);
	base_free_ptr(&t->etag);
	if (t->token != NULL)
		explicit_bzero(t->token, strlen(t->token));
	base_free_ptr(&t->token);
	base_free_ptr(&t->content_type);
	base_close_fd(&t->body_fd);
	base_close_fd(&t->sink.fd);
	memset(t, 0, sizeof(*t));
}

static long status_of(const struct fetch_transfer *t)
{
	long status = 0;

	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

static size_t on_body(char *data, size_t size, size_t n, void *user)
{
	struct fetch_transfer *t = user;
	size_t len = size * n;
	long status = status_of(t);
	int64_t now;

	if (status >= 300 && status < 400) {
		t->discarded += len;
		return t->discarded > DISCARD_MAX ? 0 : len;
	}
	if (status >= 400 && t->sink.bytes + len > ERROR_BODY_MAX) {
		t->discarded += len;
		return t->discarded > DISCARD_MAX ? 0 : len;
	}
	if (!fetch_sink_add(&t->sink, data, len))
		return 0;
	now = fetch_now_ms();
	if (now - t->told >= PROGRESS_EVERY_MS) {
		t->told = now;
		fetch_send_progress(t->sock, t->id, t->sink.bytes);
	}
	return len;
}

/* `name: value` with blanks around the value. Source: RFC 9110, section 5.5. */
static bool header_value(char *out, size_t size, const char *line, size_t len, const char *name)
{
	size_t skip = strlen(name);

	if (len <= skip || strncasecmp(line, name, skip) != 0 || line[skip] != ':')
		return false;
	skip++;
	while (skip < len && (line[skip] == ' ' || line[skip] == '\t'))
		skip++;
	while (len > skip && (unsigned char)line[len - 1] <= ' ')
		len--;
	if (len - skip >= size)
		return false;
	memcpy(out, line + skip, len - skip);
	out[len - skip] = '\0';
	return true;
}

static size_t on_header(char *line, size_t size, size_t n, void *user)
{
	struct fetch_transfer *t = user;
	size_t len = size * n;

	t->header_bytes += len;
	if (t->header_bytes > HEADERS_MAX) {
		t->sink.fault = FETCH_LIMIT;
		return 0;
	}
	if (len > 5 && memcmp(line, "HTTP/", 5) == 0)
		t->new_etag[0] = '\0';
	(void)header_value(t->new_etag, sizeof(t->new_etag), line, len, "etag");
	return len;
}

static size_t on_send(char *data, size_t size, size_t n, void *user)
{
	struct fetch_transfer *t = user;
	ssize_t got = read(t->body_fd, data, size * n);

	return got < 0 ? CURL_READFUNC_ABORT : (size_t)got;
}

static void add_header(struct fetch_transfer *t, const char *name, const char *value)
{
	CLEANUP(buf_clear) struct buf line = buf_init(8192);
	struct curl_slist *longer;

	/* A value with a line feed would be a second header. */
	if (strpbrk(value, "\r\n") != NULL)
		return;
	buf_printf(&line, "%s: %s", name, value);
	longer = line.overflow ? NULL : curl_slist_append(t->headers, line.data);
	if (longer != NULL)
		t->headers = longer;
	if (line.data != NULL)
		explicit_bzero(line.data, line.len);
}

static void add_headers(struct fetch_transfer *t)
{
	if (t->etag[0] != '\0')
		add_header(t, "If-None-Match", t->etag);
	if (t->token[0] != '\0' && fetch_url_same_origin(t->url, t->origin)) {
		CLEANUP(buf_clear) struct buf bearer = buf_init((size_t)2 * FETCH_TOKEN_MAX);

		buf_printf(&bearer, "Bearer %s", t->token);
		if (!bearer.overflow)
			add_header(t, "Authorization", bearer.data);
		if (bearer.data != NULL)
			explicit_bzero(bearer.data, bearer.len);
	}
	if (t->kind == FETCH_POST) {
		struct curl_slist *longer = curl_slist_append(t->headers, "Expect:");

		if (longer != NULL)
			t->headers = longer;
		add_header(t, "Content-Type",
		    t->content_type[0] != '\0' ? t->content_type : "application/octet-stream");
	}
}

static CURLcode set_post(struct fetch_transfer *t)
{
	CURL *e = t->easy;
	CURLcode rc = curl_easy_setopt(e, CURLOPT_POST, 1L);

	if (rc == CURLE_OK && lseek(t->body_fd, 0, SEEK_SET) < 0)
		rc = CURLE_READ_ERROR;
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->body_bytes);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_READFUNCTION, on_send);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_READDATA, t);
	return rc;
}

#define SET(option, value)                                                                         \
	do {                                                                                       \
		if (rc == CURLE_OK)                                                                \
			rc = curl_easy_setopt(t->easy, (option), (value));                         \
	} while (0)

static CURLcode set_limits(struct fetch_transfer *t, const struct fetch_limits *limits)
{
	CURLcode rc = CURLE_OK;

	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)limits->connect_ms);
	SET(CURLOPT_TIMEOUT_MS, (long)limits->total_ms);
	SET(CURLOPT_LOW_SPEED_LIMIT, STALL_BYTES_PER_S);
	SET(CURLOPT_LOW_SPEED_TIME, (long)((limits->stall_ms + 999) / 1000));
	if (!t->compressed)
		SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->sink.max);
	return rc;
}

/* The same for every request. */
static const struct {
	CURLoption option;
	long value;
} rules[] = {
    {CURLOPT_NOSIGNAL, 1},
    {CURLOPT_FOLLOWLOCATION, 0},
    {CURLOPT_NETRC, CURL_NETRC_IGNORED},
    {CURLOPT_SSL_VERIFYPEER, 1},
    {CURLOPT_SSL_VERIFYHOST, 2},
    {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
    {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS},
};

static CURLcode set_trust(struct fetch_transfer *t, const struct fetch_limits *limits)
{
	bool https = strncmp(t->url, "https:", 6) == 0;
	CURLcode rc = CURLE_OK;

	for (size_t i = 0; rc == CURLE_OK && i < ARRAY_LEN(rules); i++)
		rc = curl_easy_setopt(t->easy, rules[i].option, rules[i].value);
	SET(CURLOPT_PROTOCOLS_STR, https ? "https" : "http");
	/* Plain http is for this machine: a proxy would take it, token and all, to another. */
	if (!https)
		SET(CURLOPT_NOPROXY, "*");
	/* Wait for the first connection: over HTTP/2 it carries all of them. */
	SET(CURLOPT_PIPEWAIT, https ? 1L : 0L);
	if (limits->ca_bundle != NULL) {
		SET(CURLOPT_CAINFO, limits->ca_bundle);
		SET(CURLOPT_CAPATH, NULL);
	}
	return rc;
}

static CURLcode set_callbacks(struct fetch_transfer *t)
{
	CURLcode rc = CURLE_OK;

	SET(CURLOPT_PRIVATE, t);
	SET(CURLOPT_ERRORBUFFER, t->error);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, t);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, t);
	return rc;
}

static CURLcode set_request(struct fetch_transfer *t)
{
	CURLcode rc = set_callbacks(t);

	SET(CURLOPT_URL, t->url);
	SET(CURLOPT_USERAGENT, "x07");
	SET(CURLOPT_HTTPHEADER, t->headers);
	if (t->compressed)
		SET(CURLOPT_ACCEPT_ENCODING, "gzip");
	if (rc == CURLE_OK && t->kind == FETCH_POST)
		rc = set_post(t);
	return rc;
}

int fetch_transfer_prepare(
    struct fetch_transfer *t, const struct fetch_limits *limits, struct err *err)
{
	CURLcode rc = CURLE_OUT_OF_MEMORY;

	drop_handle(t);
	t->error[0] = '\0';
	t->new_etag[0] = '\0';
	t->header_bytes = 0;
	t->discarded = 0;
	t->started = fetch_now_ms();
	fetch_sink_reset(&t->sink);
	add_headers(t);
	t->easy = curl_easy_init();
	if (t->easy != NULL)
		rc = set_trust(t, limits);
	if (rc == CURLE_OK)
		rc = set_limits(t, limits);
	if (rc == CURLE_OK)
		rc = set_request(t);
	if (rc != CURLE_OK)
		return err_set(err, ERR_INTERNAL, "libcurl: %s", curl_easy_strerror(rc));
	return 0;
}

/* libcurl has one code for three ends of patience; the clock tells them apart. Its own one is as
 * old as the last byte. */
static enum fetch_fault late_fault(
    const struct fetch_transfer *t, const struct fetch_limits *limits)
{
	curl_off_t ready = 0;

	(void)curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
	if (fetch_now_ms() - t->started + ROUNDING_MS >= limits->total_ms)
		return FETCH_TIMEOUT;
	return ready == 0 ? FETCH_CONNECT : FETCH_STALL;
}

static const struct {
	CURLcode code;
	enum fetch_fault fault;
} code_faults[] = {
    {CURLE_URL_MALFORMAT, FETCH_URL},
    {CURLE_COULDNT_RESOLVE_PROXY, FETCH_CONNECT},
    {CURLE_COULDNT_RESOLVE_HOST, FETCH_CONNECT},
    {CURLE_COULDNT_CONNECT, FETCH_CONNECT},
    {CURLE_PROXY, FETCH_CONNECT},
    {CURLE_SSL_CONNECT_ERROR, FETCH_TLS},
    {CURLE_PEER_FAILED_VERIFICATION, FETCH_TLS},
    {CURLE_SSL_CERTPROBLEM, FETCH_TLS},
    {CURLE_SSL_CIPHER, FETCH_TLS},
    {CURLE_SSL_CACERT_BADFILE, FETCH_TLS},
    {CURLE_SSL_ISSUER_ERROR, FETCH_TLS},
    {CURLE_SSL_INVALIDCERTSTATUS, FETCH_TLS},
    {CURLE_PARTIAL_FILE, FETCH_LENGTH},
    {CURLE_FILESIZE_EXCEEDED, FETCH_LIMIT},
    {CURLE_READ_ERROR, FETCH_WRITE},
    {CURLE_ABORTED_BY_CALLBACK, FETCH_WRITE},
};

static enum fetch_fault code_fault(
    const struct fetch_transfer *t, CURLcode code, const struct fetch_limits *limits)
{
	if (code == CURLE_OPERATION_TIMEDOUT)
		return late_fault(t, limits);
	if (code == CURLE_WRITE_ERROR)
		return t->sink.fault != FETCH_OK ? t->sink.fault : FETCH_LIMIT;
	for (size_t i = 0; i < ARRAY_LEN(code_faults); i++) {
		if (code_faults[i].code == code)
			return code_faults[i].fault;
	}
	return FETCH_RESET;
}

static enum fetch_fault status_fault(const struct fetch_transfer *t, long status)
{
	if (status == 304)
		return t->etag[0] != '\0' ? FETCH_OK : FETCH_STATUS;
	if (status == 401 || status == 403)
		return FETCH_DENIED;
	if (status == 404 || status == 410)
		return FETCH_NOT_FOUND;
	if (status == 200 || (t->kind == FETCH_POST && status == 201))
		return FETCH_OK;
	return FETCH_STATUS;
}

/* A POST is repeated only when the server cannot have acted on it. */
static bool may_retry(const struct fetch_transfer *t, enum fetch_fault fault, long status)
{
	bool busy = fault == FETCH_STATUS && status == 429;

	if (t->kind == FETCH_POST)
		return fault == FETCH_CONNECT || busy;
	if (fault == FETCH_STALL)
		return t->attempts < 2;
	return fault == FETCH_CONNECT || fault == FETCH_RESET || fault == FETCH_LENGTH || busy ||
	       (fault == FETCH_STATUS && status >= 500);
}

static int64_t backoff_ms(const struct fetch_transfer *t, const struct fetch_limits *limits)
{
	int64_t wait = (int64_t)limits->backoff_ms << (t->attempts - 1);
	uint32_t random = 0;
	curl_off_t asked = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = 0;
	if (wait > RETRY_AFTER_MAX_MS)
		wait = RETRY_AFTER_MAX_MS;
	wait = wait / 2 + (int64_t)(random % (uint32_t)(wait / 2 + 1));
	if (curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &asked) == CURLE_OK && asked > 0) {
		int64_t asked_ms =
		    asked > RETRY_AFTER_MAX_MS / 1000 ? RETRY_AFTER_MAX_MS : asked * 1000;

		wait = asked_ms > wait ? asked_ms : wait;
	}
	return wait;
}

static enum fetch_fault follow(struct fetch_transfer *t, char message[256])
{
	char *to = NULL;

	(void)curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &to);
	if (to == NULL || t->kind == FETCH_POST) {
		(void)snprintf(message, 256, "a redirect that is not followed");
		return FETCH_REDIRECT;
	}
	if (!fetch_url_may_lead(t->url, to)) {
		(void)snprintf(message, 256, "a redirect to %.180s is not followed", to);
		return FETCH_REDIRECT;
	}
	if (++t->redirects > FETCH_REDIRECTS_MAX) {
		(void)snprintf(message, 256, "more than %d redirects", FETCH_REDIRECTS_MAX);
		return FETCH_REDIRECT;
	}
	to = copy(to);
	base_free_ptr(&t->url);
	t->url = to;
	return FETCH_OK;
}

static bool is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static void describe(const struct fetch_transfer *t, CURLcode code, const struct fetch_outcome *out,
    char message[256])
{
	const char *text = t->error[0] != '\0' ? t->error : curl_easy_strerror(code);

	if (out->fault == FETCH_LIMIT)
		(void)snprintf(message, 256, "the answer is larger than %llu bytes",
		    (unsigned long long)t->sink.max);
	else if (out->fault == FETCH_WRITE)
		(void)snprintf(message, 256, "the result could not be stored");
	else if (out->fault == FETCH_DIGEST)
		(void)snprintf(message, 256, "sha256 is %s, not %.64s", out->sha256, t->sha256);
	else if (code != CURLE_OK)
		(void)snprintf(message, 256, "%.250s", text);
	else
		(void)snprintf(message, 256, "HTTP %d", out->status);
}

/* What the end of an attempt means; `follow` comes before. */
static enum fetch_fault judge_fault(
    struct fetch_transfer *t, CURLcode code, long status, const struct fetch_limits *limits)
{
	enum fetch_fault fault;

	/* An error page over a cap of ours is still that error. */
	if (status >= 400 && (code == CURLE_FILESIZE_EXCEEDED || code == CURLE_WRITE_ERROR))
		code = CURLE_OK;
	fault = code != CURLE_OK ? code_fault(t, code, limits) : status_fault(t, status);
	if (fault == FETCH_OK && t->sink.fault != FETCH_OK)
		return t->sink.fault;
	fetch_sink_digest(&t->sink, t->digest);
	if (fault == FETCH_OK && status != 304 && t->sha256[0] != '\0' &&
	    strcmp(t->sha256, t->digest) != 0)
		return FETCH_DIGEST;
	return fault;
}

enum fetch_transfer_next fetch_transfer_judge(struct fetch_transfer *t, CURLcode code,
    const struct fetch_limits *limits, struct fetch_outcome *out, char message[256])
{
	long status = status_of(t);

	message[0] = '\0';
	*out = (struct fetch_outcome){.status = (int)status, .message = message};
	if (code == CURLE_OK && is_redirect(status)) {
		out->fault = follow(t, message);
		if (out->fault == FETCH_OK)
			return FETCH_TRANSFER_AGAIN;
	} else {
		out->fault = judge_fault(t, code, status, limits);
	}
	out->attempts = ++t->attempts;
	if (may_retry(t, out->fault, status) && t->attempts <= limits->retries) {
		t->not_before = fetch_now_ms() + backoff_ms(t, limits);
		return FETCH_TRANSFER_LATER;
	}
	out->not_modified = out->fault == FETCH_OK && status == 304;
	out->bytes = t->sink.bytes;
	out->etag = t->new_etag;
	out->sha256 = t->digest;
	if (out->fault != FETCH_OK && message[0] == '\0')
		describe(t, code, out, message);
	return FETCH_TRANSFER_DONE;
}
