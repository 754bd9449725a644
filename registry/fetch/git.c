/* SPDX-License-Identifier: MIT */
/*
 * The git mode of x07-fetch: keeps one bare copy of each repository in the cache folder and takes
 * files or folders out of it, by commit, into the descriptor of the request. Nothing is ever
 * checked out, no configuration but our own is read and no hook exists here.
 */

#include "registry/fetch/git.h"

#include "base/file.h"
#include "base/path.h"
#include "base/vec.h"
#include "registry/client/fetch.h"
#include "registry/client/url.h"
#include "registry/client/wire.h"
#include "registry/fetch/confine_priv.h"
#include "registry/fetch/sink_priv.h"
#include "registry/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <git2.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define GIT_WIRE_MAX ((size_t)512 << 20) /* received for one repository */
#define GIT_FILES_MAX 10000
#define GIT_ENTRIES_MAX 100000
#define GIT_DEPTH_MAX 64
#define GIT_REPOSITORIES_MAX 1024
#define PROGRESS_EVERY_MS 100
#define LOCK_POLL_NS 20000000L

struct serve {
	int sock;
	struct fetch_frame frame;
	bool configured, closed;
	char *cache;       /* owned */
	uint32_t total_ms; /* for one request */
	char **fresh;      /* owned; addresses fetched by this process */
	size_t fresh_count, fresh_cap;
	int64_t deadline, told;
	uint32_t id;
	const char *token; /* of the request; NULL */
	bool token_used;
	struct fetch_sink sink;
};

/* Everything that is taken out of a tree. */
struct harvest {
	struct registry_member *members;
	git_blob **blobs;
	size_t count, cap, blob_count, blob_cap, entries;
	uint64_t bytes, max;
	git_repository *repo;
	enum fetch_fault fault;
	const char *why;
};

static int say(enum fetch_fault *fault, char message[256], enum fetch_fault what, const char *why)
{
	const git_error *e = git_error_last();

	*fault = what;
	(void)snprintf(message, 256, "%.100s%s%.140s", why, e != NULL ? ": " : "",
	    e != NULL && e->message != NULL ? e->message : "");
	return -1;
}

static int on_progress(const git_indexer_progress *stats, void *user)
{
	struct serve *s = user;
	int64_t now = fetch_now_ms();

	if (stats->received_bytes > GIT_WIRE_MAX || now > s->deadline)
		return -1;
	if (now - s->told >= PROGRESS_EVERY_MS) {
		s->told = now;
		/* Not part of the body: a sign of life only. */
		fetch_send_progress(s->sock, s->id, 0);
	}
	return 0;
}

/* Asked again after a refusal; the second time there is nothing else to offer. */
static int on_credentials(
    git_credential **out, const char *url, const char *user, unsigned types, void *ctx)
{
	struct serve *s = ctx;

	(void)user;
	if (s->token == NULL || s->token_used || (types & GIT_CREDENTIAL_USERPASS_PLAINTEXT) == 0 ||
	    !fetch_url_same_origin(url, s->frame.texts[FETCH_REQUEST_URL]))
		return GIT_EAUTH;
	s->token_used = true;
	return git_credential_userpass_plaintext_new(out, "x07", s->token);
}

static int set_default_branch(git_repository *repo, git_remote *remote)
{
	git_buf name = {0};
	int rc = git_remote_default_branch(&name, remote);

	if (rc == 0)
		rc = git_repository_set_head(repo, name.ptr);
	git_buf_dispose(&name);
	/* A repository without a branch is an empty one: found out when something is looked up. */
	return rc == GIT_ENOTFOUND ? 0 : rc;
}

static int fetch_all(struct serve *s, git_repository *repo, const char *url)
{
	char heads[] = "+refs/heads/*:refs/heads/*", tags[] = "+refs/tags/*:refs/tags/*";
	char *specs[] = {heads, tags};
	git_strarray list = {specs, ARRAY_LEN(specs)};
	git_fetch_options o;
	git_remote *remote = NULL;
	int rc = git_fetch_options_init(&o, GIT_FETCH_OPTIONS_VERSION);

	if (rc == 0)
		rc = git_remote_create_anonymous(&remote, repo, url);
	o.callbacks.transfer_progress = on_progress;
	o.callbacks.credentials = on_credentials;
	o.callbacks.payload = s;
	o.prune = GIT_FETCH_PRUNE;
	o.update_fetchhead = 0;
	/* As in transfer.c: plain http does not leave this machine. */
	o.proxy_opts.type = strncmp(url, "https:", 6) == 0 ? GIT_PROXY_AUTO : GIT_PROXY_NONE;
	o.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	s->token_used = false;
	if (rc == 0)
		rc = git_remote_fetch(remote, &list, &o, NULL);
	if (rc == 0)
		rc = set_default_branch(repo, remote);
	git_remote_free(remote);
	return rc;
}

static bool is_fresh(const struct serve *s, const char *url)
{
	for (size_t i = 0; i < s->fresh_count; i++) {
		if (strcmp(s->fresh[i], url) == 0)
			return true;
	}
	return false;
}

static bool is_commit(const char *ref)
{
	return strlen(ref) == GIT_OID_HEXSZ && strspn(ref, "0123456789abcdef") == GIT_OID_HEXSZ;
}

/* A commit that is here already never changes: nothing to ask for. */
static bool has_commit(git_repository *repo, const char *ref)
{
	git_commit *commit = NULL;
	git_oid oid;
	bool has = is_commit(ref) && git_oid_fromstr(&oid, ref) == 0 &&
		   git_commit_lookup(&commit, repo, &oid) == 0;

	git_commit_free(commit);
	return has;
}

/* Another process may be fetching the same repository for minutes: that is no silence of ours. */
static bool wait_for_lock(struct serve *s, int fd)
{
	const struct timespec pause = {.tv_nsec = LOCK_POLL_NS};

	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int64_t now = fetch_now_ms();

		if ((errno != EWOULDBLOCK && errno != EINTR) || now > s->deadline)
			return false;
		if (now - s->told >= PROGRESS_EVERY_MS) {
			s->told = now;
			fetch_send_progress(s->sock, s->id, 0);
		}
		(void)nanosleep(&pause, NULL);
	}
	return true;
}

/* The bare copy of a repository, brought up to date once in the life of this process. */
static int open_copy(struct serve *s, git_repository **repo, const char *url, const char *ref)
{
	git_repository_init_options o;
	char name[SHA256_HEX_SIZE], lock_name[SHA256_HEX_SIZE + 8];
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *lock_path = NULL;
	AUTO_CLOSE int lock = -1;
	int rc = git_repository_init_options_init(&o, GIT_REPOSITORY_INIT_OPTIONS_VERSION);

	sha256_text(name, url, strlen(url));
	(void)snprintf(lock_name, sizeof(lock_name), "%s.lock", name);
	path = path_join(s->cache, name);
	lock_path = path_join(s->cache, lock_name);
	/* Two processes that update one copy would trip over each other's reference locks. */
	lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock < 0 || !wait_for_lock(s, lock))
		return -1;
	o.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH |
		  GIT_REPOSITORY_INIT_NO_DOTGIT_DIR;
	if (rc == 0)
		rc = git_repository_init_ext(repo, path, &o);
	if (rc < 0 || is_fresh(s, url) || has_commit(*repo, ref))
		return rc;
	rc = fetch_all(s, *repo, url);
	if (rc == 0 && s->fresh_count < GIT_REPOSITORIES_MAX)
		VEC_PUSH(s->fresh, s->fresh_count, s->fresh_cap, base_strdup(url));
	return rc;
}

static bool ref_is_plain(const char *ref)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "._/+-";

	return ref[0] != '-' && ref[0] != '/' && strlen(ref) <= 200 &&
	       strspn(ref, chars) == strlen(ref) && strstr(ref, "..") == NULL;
}

/* A tag, a branch or a whole commit id; none of git's other ways to name a revision. */
static int find_commit(git_commit **out, git_repository *repo, const char *ref)
{
	static const char *const places[] = {"refs/tags/", "refs/heads/"};
	git_object *found = NULL;
	int rc = GIT_ENOTFOUND;

	if (ref[0] == '\0')
		rc = git_revparse_single(&found, repo, "HEAD");
	else if (is_commit(ref))
		rc = git_revparse_single(&found, repo, ref);
	for (size_t i = 0; rc != 0 && ref[0] != '\0' && i < ARRAY_LEN(places); i++) {
		char name[256];

		(void)snprintf(name, sizeof(name), "%s%s", places[i], ref);
		rc = git_revparse_single(&found, repo, name);
	}
	if (rc == 0)
		rc = git_object_peel((git_object **)(void *)out, found, GIT_OBJECT_COMMIT);
	git_object_free(found);
	return rc;
}

static int refuse(struct harvest *h, enum fetch_fault fault, const char *why)
{
	h->fault = fault;
	h->why = why;
	return -1;
}

/* Asked before an object is read: a megabyte of a pack may be terabytes of zeros. */
static bool blob_fits(git_repository *repo, const git_oid *id, uint64_t max)
{
	git_object_t type = GIT_OBJECT_INVALID;
	git_odb *odb = NULL;
	size_t size = 0;
	bool fits = git_repository_odb(&odb, repo) == 0 &&
		    git_odb_read_header(&size, &type, odb, id) == 0 && size <= max;

	git_odb_free(odb);
	return fits;
}

static int take_blob(struct harvest *h, const char *root, const git_tree_entry *e)
{
	CLEANUP(buf_clear) struct buf path = buf_init(FETCH_URL_MAX);
	struct registry_member member = {0};
	git_blob *blob = NULL;

	if (h->count >= GIT_FILES_MAX)
		return refuse(h, FETCH_LIMIT, "the folder holds too many files");
	if (!blob_fits(h->repo, git_tree_entry_id(e), h->max - h->bytes))
		return refuse(h, FETCH_LIMIT, "the folder is larger than allowed");
	if (git_blob_lookup(&blob, h->repo, git_tree_entry_id(e)) < 0)
		return refuse(h, FETCH_GIT, "a file cannot be read");
	VEC_PUSH(h->blobs, h->blob_count, h->blob_cap, blob);
	member.data = git_blob_rawcontent(blob);
	member.len = (size_t)git_blob_rawsize(blob);
	h->bytes += member.len;
	buf_printf(&path, "%s%s", root, git_tree_entry_name(e));
	if (h->bytes > h->max || path.overflow)
		return refuse(h, FETCH_LIMIT, "the folder is larger than allowed");
	member.path = buf_take(&path);
	VEC_PUSH(h->members, h->count, h->cap, member);
	return 0;
}

static int on_entry(const char *root, const git_tree_entry *e, void *user)
{
	struct harvest *h = user;
	git_filemode_t mode = git_tree_entry_filemode(e);
	size_t depth = 0;

	for (const char *at = root; *at != '\0'; at++)
		depth += *at == '/';
	if (depth > GIT_DEPTH_MAX)
		return refuse(h, FETCH_LIMIT, "the folder is deeper than 64 levels");
	/* Folders count too: ten in each of ten in each of ten are ten trees in a repository. */
	if (++h->entries > GIT_ENTRIES_MAX)
		return refuse(h, FETCH_LIMIT, "the folder holds too many files");
	if (mode == GIT_FILEMODE_TREE)
		return 0;
	if (mode != GIT_FILEMODE_BLOB && mode != GIT_FILEMODE_BLOB_EXECUTABLE)
		return refuse(h, FETCH_GIT, "the folder holds a link or a submodule");
	return take_blob(h, root, e);
}

static int by_path(const void *a, const void *b)
{
	const struct registry_member *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static void harvest_clear(struct harvest *h)
{
	for (size_t i = 0; i < h->count; i++)
		free((void *)(uintptr_t)h->members[i].path);
	for (size_t i = 0; i < h->blob_count; i++)
		git_blob_free(h->blobs[i]);
	base_free_ptr(&h->members);
	base_free_ptr(&h->blobs);
	git_repository_free(h->repo);
}

/* Put one file or a packed folder into the sink. */
static int deliver_tree(struct serve *s, struct harvest *h, git_tree *tree)
{
	CLEANUP(buf_clear) struct buf archive = buf_init((size_t)s->sink.max);
	struct err err = {0};

	if (git_tree_walk(tree, GIT_TREEWALK_PRE, on_entry, h) < 0)
		return h->fault != FETCH_OK ? -1
					    : refuse(h, FETCH_GIT, "the folder cannot be read");
	if (h->count == 0)
		return refuse(h, FETCH_NOT_FOUND, "the folder is empty");
	qsort(h->members, h->count, sizeof(*h->members), by_path);
	if (registry_pack_members(&archive, h->members, h->count, &err) < 0)
		return refuse(h, FETCH_LIMIT, "the folder is larger than allowed");
	if (!fetch_sink_add(&s->sink, archive.data, archive.len))
		return refuse(h, s->sink.fault, "the archive could not be stored");
	return 0;
}

static int deliver_blob(struct serve *s, struct harvest *h, git_blob *blob)
{
	if ((uint64_t)git_blob_rawsize(blob) > s->sink.max)
		return refuse(h, FETCH_LIMIT, "the file is larger than allowed");
	if (!fetch_sink_add(&s->sink, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob)))
		return refuse(h, s->sink.fault, "the file could not be stored");
	return 0;
}

static int deliver(
    struct serve *s, struct harvest *h, git_commit *commit, const char *path, bool file)
{
	git_object *object = NULL;
	git_tree *tree = NULL;
	git_tree_entry *entry = NULL;
	int rc = git_commit_tree(&tree, commit);

	if (rc == 0 && path[0] != '\0') {
		rc = git_tree_entry_bypath(&entry, tree, path);
		if (rc == 0 && git_tree_entry_type(entry) == GIT_OBJECT_BLOB &&
		    !blob_fits(h->repo, git_tree_entry_id(entry), s->sink.max)) {
			git_tree_entry_free(entry);
			git_tree_free(tree);
			return refuse(h, FETCH_LIMIT, "the file is larger than allowed");
		}
		if (rc == 0)
			rc = git_tree_entry_to_object(&object, h->repo, entry);
	}
	if (rc < 0)
		rc = refuse(h, rc == GIT_ENOTFOUND ? FETCH_NOT_FOUND : FETCH_GIT, "no such path");
	else if (file && object != NULL && git_object_type(object) == GIT_OBJECT_BLOB &&
		 git_tree_entry_filemode(entry) != GIT_FILEMODE_LINK)
		rc = deliver_blob(s, h, (git_blob *)(void *)object);
	else if (!file && object == NULL)
		rc = deliver_tree(s, h, tree);
	else if (!file && git_object_type(object) == GIT_OBJECT_TREE)
		rc = deliver_tree(s, h, (git_tree *)(void *)object);
	else
		rc = refuse(h, FETCH_NOT_FOUND, file ? "no regular file" : "no folder");
	git_object_free(object);
	git_tree_entry_free(entry);
	git_tree_free(tree);
	return rc;
}

static int check_request(const struct fetch_frame *f, const struct serve *s,
    struct fetch_outcome *out, char message[256])
{
	const char *url = f->texts[FETCH_REQUEST_URL], *path = f->texts[FETCH_REQUEST_GIT_PATH];

	if (!fetch_url_is_allowed(url))
		return say(&out->fault, message, FETCH_URL, "an address that is not followed");
	if (s->cache == NULL)
		return say(
		    &out->fault, message, FETCH_GIT, "no folder to keep git repositories in");
	if (!ref_is_plain(f->texts[FETCH_REQUEST_GIT_REF]))
		return say(
		    &out->fault, message, FETCH_URL, "a revision that is no branch, tag or commit");
	if (path[0] != '\0' && !path_is_safe_relative(path))
		return say(&out->fault, message, FETCH_URL, "a path that leads outside");
	return 0;
}

static enum fetch_fault fetch_fault_of(const struct serve *s, int rc)
{
	const git_error *e = git_error_last();

	if (fetch_now_ms() > s->deadline)
		return FETCH_TIMEOUT;
	if (rc == GIT_EAUTH)
		return FETCH_DENIED;
	if (rc == GIT_ECERTIFICATE || (e != NULL && e->klass == GIT_ERROR_SSL))
		return FETCH_TLS;
	return rc == GIT_ENOTFOUND ? FETCH_NOT_FOUND : FETCH_GIT;
}

/* libgit2 takes a plain path for what is on this machine. */
static char *address_of(const char *url)
{
	char *path = fetch_url_file_path(url);

	return path != NULL ? path : base_strdup(url);
}

static int perform(struct serve *s, struct fetch_outcome *out, char message[256],
    char commit_id[GIT_OID_HEXSZ + 1])
{
	const struct fetch_frame *f = &s->frame;
	CLEANUP(harvest_clear) struct harvest h = {.max = f->numbers[FETCH_REQUEST_MAX]};
	AUTO_FREE char *address = address_of(f->texts[FETCH_REQUEST_URL]);
	bool file = f->numbers[FETCH_REQUEST_KIND] == FETCH_GIT_FILE;
	git_commit *commit = NULL;
	int rc = open_copy(s, &h.repo, address, f->texts[FETCH_REQUEST_GIT_REF]);

	if (rc < 0) {
		rc = say(&out->fault, message, fetch_fault_of(s, rc), "the repository");
	} else if (find_commit(&commit, h.repo, f->texts[FETCH_REQUEST_GIT_REF]) < 0) {
		rc = say(&out->fault, message, FETCH_NOT_FOUND, "no such revision");
	} else {
		(void)git_oid_tostr(commit_id, GIT_OID_HEXSZ + 1, git_commit_id(commit));
		git_error_clear();
		rc = deliver(s, &h, commit, f->texts[FETCH_REQUEST_GIT_PATH], file);
		if (rc < 0)
			rc = say(&out->fault, message, h.fault, h.why);
	}
	git_commit_free(commit);
	return rc;
}

static int serve_request(struct serve *s, struct err *err)
{
	struct fetch_frame *f = &s->frame;
	char message[256] = "", digest[SHA256_HEX_SIZE] = "", commit_id[GIT_OID_HEXSZ + 1] = "";
	struct fetch_outcome out = {.attempts = 1, .message = message};
	const char *want = f->texts[FETCH_REQUEST_SHA256];

	if (f->kind != FETCH_FRAME_REQUEST || f->fds[0] < 0)
		return err_set(err, ERR_FORMAT, "a request that is none");
	s->id = f->id;
	s->token = f->texts[FETCH_REQUEST_TOKEN][0] != '\0' ? f->texts[FETCH_REQUEST_TOKEN] : NULL;
	s->deadline = fetch_now_ms() + s->total_ms;
	s->sink = (struct fetch_sink){.fd = f->fds[0], .max = f->numbers[FETCH_REQUEST_MAX]};
	fetch_sink_reset(&s->sink);
	git_error_clear();
	if (check_request(f, s, &out, message) == 0 && perform(s, &out, message, commit_id) == 0) {
		fetch_sink_digest(&s->sink, digest);
		if (want[0] != '\0' && strcmp(want, digest) != 0)
			(void)say(&out.fault, message, FETCH_DIGEST, "other bytes than wanted");
	}
	out.bytes = s->sink.bytes;
	out.sha256 = digest;
	out.etag = commit_id;
	return fetch_send_done(s->sock, f->id, &out, err);
}

static int configure(struct serve *s, struct err *err)
{
	const char *cache = s->frame.texts[FETCH_CONFIG_GIT_CACHE];
	int rc = 0;

	if (s->frame.kind != FETCH_FRAME_CONFIG)
		return err_set(err, ERR_FORMAT, "the first frame is no configuration");
	s->configured = true;
	s->total_ms = (uint32_t)s->frame.numbers[FETCH_CONFIG_TOTAL_MS];
	if (cache[0] != '\0') {
		rc = file_mkdirs(cache, err);
		if (rc == 0)
			s->cache = base_strdup(cache);
		if (rc == 0)
			rc = fetch_confine_to_folder(cache, err);
	}
	return rc;
}

static int set_up(struct err *err)
{
	const char *bundle = getenv("X07_CA_BUNDLE");
	int rc = git_libgit2_init() < 0 ? -1 : 0;

	/* No configuration of the machine or the user: it could rewrite addresses. */
	for (int level = GIT_CONFIG_LEVEL_PROGRAMDATA; rc == 0 && level <= GIT_CONFIG_LEVEL_GLOBAL;
	     level++)
		rc = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
	/* The check is for programs that run what a repository configures; this one runs nothing.
	 */
	if (rc == 0)
		rc = git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	if (rc == 0 && bundle != NULL)
		rc = git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, bundle, NULL);
	return rc < 0 ? err_set(err, ERR_INTERNAL, "libgit2 does not start") : 0;
}

static void serve_clear(struct serve *s)
{
	for (size_t i = 0; i < s->fresh_count; i++)
		base_free_ptr(&s->fresh[i]);
	base_free_ptr(&s->fresh);
	base_free_ptr(&s->cache);
	git_libgit2_shutdown();
}

int fetch_git_serve(int sock, struct err *err)
{
	CLEANUP(serve_clear) struct serve s = {.sock = sock};
	int rc = set_up(err);

	while (rc == 0 && !s.closed) {
		struct pollfd p = {.fd = sock, .events = POLLIN};

		if (poll(&p, 1, -1) < 0 && errno != EINTR)
			return err_sys(err, ERR_IO, "poll");
		rc = fetch_frame_receive(&s.frame, sock, &s.closed, err);
		if (rc <= 0)
			continue;
		rc = s.configured ? serve_request(&s, err) : configure(&s, err);
		fetch_frame_close(&s.frame);
	}
	return rc < 0 ? rc : 0;
}
